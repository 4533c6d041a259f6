"""Runs Dagster's web page and daemon on the loopback address and ends them with itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from phare_pipeline.assets.instance import dagster_environment
from phare_pipeline.config import PROJECT, Workspace

HOST = "127.0.0.1"
GRACE_SECONDS = 10


def serve(port: int) -> int:
    """Start `dagster dev` in a process group of its own and wait; an interrupt ends the group.

    A `dagster dev` that a shell puts in the background ignores signals, hence the group.
    """
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(PROJECT / "workspace.yaml")]
    command += ["-h", HOST, "-p", str(port)]
    environment = {**os.environ, **dagster_environment(Workspace.from_environment())}
    print(f"Dagster starts on http://{HOST}:{port} (about 20 s); Ctrl-C ends it", flush=True)
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(process)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
