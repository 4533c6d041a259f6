"""The guard ends a process group once the process that holds its input is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from phare_pipeline.cli import guard

# A server that starts a group and its guard, as `phare ui` does, and says which group it is.
SERVER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}], start_new_session=True)
guard = subprocess.Popen([sys.executable, {guard!r}, str(child.pid)],
                         stdin=subprocess.PIPE, start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""
OBEDIENT = "import time; time.sleep(60)"
# It has a child of its own, which stays in the group.
WITH_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {OBEDIENT!r}])"


@pytest.mark.parametrize("child", [OBEDIENT, WITH_CHILD])
def test_nothing_is_left_when_the_server_is_killed(child):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(child=child, guard=guard.__file__)],
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    group = int(server.stdout.readline())
    server.stdout.close()
    os.killpg(group, 0)
    server.send_signal(signal.SIGKILL)
    server.wait()
    deadline = time.monotonic() + 20
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.05)


def test_who_does_not_listen_is_ended_by_force():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += "print('deaf', flush=True); time.sleep(60)"
    child = subprocess.Popen(
        [sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()
    guard.end_group(child.pid, grace=0.3)
    assert child.wait(10) == -signal.SIGKILL
