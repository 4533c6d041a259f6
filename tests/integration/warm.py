"""Imports and computes what every run needs first; a fork server loads it once for its processes.

Only what starts no thread: a forked process would wait for threads that it does not have.
"""

from phare_pipeline.steps.fingerprints import code_digests

code_digests()
