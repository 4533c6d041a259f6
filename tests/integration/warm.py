"""Imports and computes what every run needs first; a fork server loads it once for its processes.

Only what starts no thread: a forked process would wait for threads that it does not have.
"""

from phare_pipeline.state.snapshot import code_digest

code_digest("phare_pipeline.steps.release.gather")
