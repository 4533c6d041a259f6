"""Ends a process group when the process that started this one is gone, however it went.

`python -m phare_pipeline.cli.guard GROUP`: the other end of its standard input is held by the
server, and the system closes it when that is killed. It imports nothing of the project.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.2


def guard(group: int) -> None:
    """Wait for the end of the standard input, then end the group: asked first, by force at last."""
    sys.stdin.buffer.read()
    end_group(group, GRACE_SECONDS)


def end_group(group: int, grace: float) -> None:
    """End what is left of a process group.

    Args:
        group: its number.
        grace: how long its processes may take to end by themselves, in seconds.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(LOOK_SECONDS)
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    guard(int(sys.argv[1]))
