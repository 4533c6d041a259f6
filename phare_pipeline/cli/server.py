"""Runs Dagster's web page and daemon on the loopback address and ends them with itself."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from phare_pipeline.assets.instance import dagster_environment
from phare_pipeline.cli.guard import __file__ as guard_file
from phare_pipeline.config import PROJECT, Workspace
from phare_pipeline.errors import PhareError

HOST = "127.0.0.1"
GRACE_SECONDS = 15
LOOK_SECONDS = 0.5
# `dagster dev` is what the pinned Dagster has; its advice to install another tool helps nobody.
QUIET_WARNINGS = "ignore:Function `dev_command` is superseded"


def serve(port: int) -> int:
    """Run `dagster dev` until an interrupt or a termination signal, which end all it started.

    Raises:
        PhareError: something else already listens on the port.
    """
    _refuse_busy(port)
    # A shell ignores interrupts for what it puts in the background, and children inherit that:
    # both signals are taken here, before the process group that they will end is started.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    workspace = Workspace.from_environment()
    environment = {**os.environ, **workspace.environment, **dagster_environment(workspace)}
    environment |= {"PYTHONWARNINGS": QUIET_WARNINGS, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "dagster", "dev", "-w", str(PROJECT / "workspace.yaml")]
    command += ["-h", HOST, "-p", str(port), "--log-level", "warning"]
    print(f"Dagster starts on http://{HOST}:{port}, in about 20 s", flush=True)
    # Not started in the project folder: Dagster would warn that its dagster.yaml is not used here.
    process = subprocess.Popen(
        command, cwd=environment["DAGSTER_HOME"], env=environment, start_new_session=True
    )
    # Killed by force, this process can end nothing: its end of the pipe tells another one.
    guard = subprocess.Popen(
        [sys.executable, "-S", guard_file, str(process.pid)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        return _watch(process, port)
    except KeyboardInterrupt:
        print("Dagster ends", flush=True)
        return 0
    finally:
        _end(process)
        guard.kill()
        guard.wait()


def _refuse_busy(port: int) -> None:
    with socket.socket() as listener:
        # As the server does: a port that an ended server used a moment ago is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise PhareError(
                "Dagster cannot listen on this port",
                where=f"{HOST}:{port}",
                found=error.strerror,
                expected="a port that nothing else uses",
                action=f"end the other server, or take another port: phare ui --port {port + 1}",
            ) from None


def _watch(process: subprocess.Popen[bytes], port: int) -> int:
    """Say when the page answers, then wait for the end."""
    while not _answers(port):
        if process.poll() is not None:
            return process.returncode
        time.sleep(LOOK_SECONDS)
    print(f"Dagster is ready: open http://{HOST}:{port} (Ctrl-C ends it)", flush=True)
    return process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(LOOK_SECONDS)
        return client.connect_ex((HOST, port)) == 0


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group: by its own leader if it can, by force if it cannot."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
