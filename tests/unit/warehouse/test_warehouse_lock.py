"""The lock: one writer at a time, which says who it is, and frees it however it ends."""

import json
import os
import signal
import subprocess
import sys

import pytest

from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.lock import TOKEN, exclusive

HOLDER = """
import sys, time
from pathlib import Path
from phare_pipeline.warehouse.lock import exclusive
with exclusive(Path(sys.argv[1]), "a test"):
    print("holding", flush=True)
    time.sleep(float(sys.argv[2]))
"""
CHILD = """
import sys
from pathlib import Path
from phare_pipeline.warehouse.lock import exclusive
with exclusive(Path(sys.argv[1]), "a child", 0.1):
    pass
"""


def start(folder, repository, seconds=60.0):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), str(seconds)],
        stdout=subprocess.PIPE,
        cwd=repository,
    )
    assert process.stdout.readline() == b"holding\n"
    return process


def end(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def run_child(folder, repository, **variables):
    environment = {k: v for k, v in os.environ.items() if k != TOKEN} | variables
    command = [sys.executable, "-c", CHILD, str(folder)]
    return subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, check=False
    )


def test_the_lock_says_who_holds_it_and_ends_with_its_holder(tmp_path, repository):
    process = start(tmp_path, repository)
    heard = []
    try:
        with (
            pytest.raises(ReleaseError, match=rf"process {process.pid} .*\(a test\)"),
            exclusive(tmp_path, "another", 0.3, heard.append),
        ):
            pass
    finally:
        end(process)
    assert len(heard) == 1
    assert f"process {process.pid}" in heard[0]
    with exclusive(tmp_path, "another", 0.1):
        holder = json.loads((tmp_path / "build" / "lock").read_text())
        assert (holder["process"], holder["what"]) == (os.getpid(), "another")
    assert TOKEN not in os.environ


def test_the_second_waits_for_the_first(tmp_path, repository):
    process = start(tmp_path, repository, 0.5)
    with exclusive(tmp_path, "another", 30):
        assert process.wait(5) == 0
    process.stdout.close()


def test_a_holder_may_ask_again_and_so_may_its_children(tmp_path, repository):
    with exclusive(tmp_path, "outer", 0.1):
        with exclusive(tmp_path, "inner", 0.1):
            pass
        # The inner one leaves the lock to the outer one.
        token = os.environ[TOKEN]
        assert run_child(tmp_path, repository, **{TOKEN: token}).returncode == 0
        refused = run_child(tmp_path, repository)
        assert refused.returncode == 1
        assert b"(outer)" in refused.stderr
    assert run_child(tmp_path, repository, **{TOKEN: token}).returncode == 0


def test_leftovers_are_swept_once_the_lock_is_held(tmp_path, repository):
    leftover = tmp_path / "releases" / ".tmp-1" / "x.parquet"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"x")
    process = start(tmp_path, repository)
    try:
        # Whose they are is known only to the holder.
        assert not leftover.exists()
        leftover.parent.mkdir(parents=True)
        leftover.write_bytes(b"x")
        with pytest.raises(ReleaseError), exclusive(tmp_path, "another", 0.1):
            pass
        assert leftover.exists()
    finally:
        end(process)
    with exclusive(tmp_path, "another", 0.1):
        assert not leftover.parent.exists()
        leftover.parent.mkdir(parents=True)
        with exclusive(tmp_path, "inner", 0.1):
            assert leftover.parent.exists()
