"""Says of which code, packages and files a run is: taken once, before any work, and held to.

`modules` derives from the code itself what a module depends on, `snapshot` holds the files of the
package as they were when the process began, `packages` the installed versions. Nothing is listed.
"""
