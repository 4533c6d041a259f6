"""Releases through the real command, and the lock that runs of the UI take as well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.warehouse.lock import exclusive
from tests.integration.small import RUN, Installation, verify_current, verify_release

POWER = "odre_enr"
# What a run launched from the UI does, in a process of its own.
LAUNCHED = """
import sys
import dagster as dg
from phare_pipeline.assets import resources
from phare_pipeline.definitions import defs
resources.WAIT_SECONDS = float(sys.argv[1])
job = defs.get_repository_def().get_job("observation")
with dg.DagsterInstance.ephemeral() as instance:
    result = job.execute_in_process(instance=instance, raise_on_error=False)
sys.exit(0 if result.success else 3)
"""


def other_figure(small: Installation) -> None:
    """Give a source another figure, as if it had come like that."""
    path = small.raw_file(POWER)
    text = path.read_text("utf-8-sig")
    assert "8214.948" in text
    path.write_text(text.replace("8214.948", "8215.948", 1), "utf-8-sig")
    renew_pins(small.raw)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must succeed and return what it prints."""
    capsys.readouterr()
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_list_name_rollback_prune(small: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    """A person lists releases, names one, goes back to it, and removes the others."""
    first = verify_current(small)
    other_figure(small)
    assert main(RUN) == 0
    second = verify_current(small)
    assert first != second

    listed = printed(capsys, "releases", "--name", "etude", first[:8])
    lines = [line for line in listed.splitlines() if first in line or second in line]
    assert [line.split()[0] for line in lines] == ["*", first]
    assert "named etude" in listed
    assert verify_release((small.warehouse / "named" / "etude").resolve()) == first
    facts = json.loads(printed(capsys, "releases", "--json"))
    assert [(f["release_id"], f["is_current"], f["names"]) for f in facts] == [
        (second, True, []),
        (first, False, ["etude"]),
    ]
    # What a release shares with the build area or another release would not be freed.
    assert 0 < facts[0]["own_bytes"] < facts[0]["bytes"]

    assert first in printed(capsys, "rollback", "etude")
    assert verify_current(small) == first
    assert f"would remove {second}" not in printed(capsys, "prune", "--dry-run")
    assert f"would remove {second}" in printed(capsys, "prune", "--keep", "0", "--dry-run")
    assert (small.warehouse / "releases" / second).is_dir()
    assert f"removed {second}" in printed(capsys, "prune", "--keep", "0")
    assert {p.name for p in (small.warehouse / "releases").iterdir()} == {first}
    assert printed(capsys, "prune", "--keep", "0").startswith("0 releases")

    assert main(["rollback", second]) == 1
    message = capsys.readouterr().err
    assert "There is no such release" in message
    assert "etude" in message
    assert printed(capsys, "releases", "--unname", "etude").count("etude") == 0
    assert main(RUN) == 0
    assert verify_current(small) == second


def test_a_run_is_logged_with_times_and_machine(small: Installation) -> None:
    """The log beside the releases tells what a run did, for how long; the release tells nothing."""
    other_figure(small)
    assert main(RUN) == 0
    current = verify_current(small)
    entries = [
        json.loads(line) for line in (small.warehouse / "log.jsonl").read_text().splitlines()
    ]
    last = entries[-1]
    assert (last["event"], last["release"], last["staged"]) == ("run", current, [POWER])
    assert sum(last["seconds"].values()) > 0
    assert last["machine"]["processors"] >= 1
    # Nothing was due: nothing to tell.
    assert main(RUN) == 0
    assert len((small.warehouse / "log.jsonl").read_text().splitlines()) == len(entries)
    host = last["machine"]["host"].encode()
    manifest = (small.warehouse / "current" / "manifest.json").read_bytes()
    assert last["at"][:10].encode() not in manifest
    assert b'"' + host + b'"' not in manifest


def test_a_second_run_says_why_not(
    small: Installation, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """While another process writes, every command that writes waits, then says who it is."""
    del repository
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from phare_pipeline.warehouse.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1]), 'a long run'):\n"
        "    print('holding', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(small.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"holding\n"
        release = verify_current(small)
        for command in (
            [*RUN, "--wait", "0.2"],
            ["rollback", release, "--wait", "0.2"],
            ["prune", "--wait", "0.2"],
            ["releases", "--name", "x", "current", "--wait", "0.2"],
        ):
            assert main(command) == 1
            message = capsys.readouterr().err
            assert "Another run is writing" in message
            assert f"process {process.pid}" in message
            assert "(a long run)" in message
        # Looking needs no lock.
        assert main(["releases"]) == 0
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()
    assert main([*RUN, "--wait", "0.2"]) == 0


@pytest.mark.slow
def test_a_run_of_the_ui_takes_the_same_lock(small: Installation, repository: Path) -> None:
    """A run launched from the UI waits for the command line, and sweeps when it is alone."""

    def launch(seconds: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", LAUNCHED, str(seconds)],
            cwd=repository,
            env={k: v for k, v in os.environ.items() if k != "PHARE_LOCK_TOKEN"},
            capture_output=True,
            text=True,
            check=False,
        )

    leftover = small.warehouse / "build" / ".tmp-1-x.parquet.part"
    with exclusive(small.warehouse, "phare run"):
        leftover.write_bytes(b"x")
        refused = launch(0.2)
        assert refused.returncode == 3
        assert f"process {os.getpid()}" in refused.stderr
        assert "(phare run)" in refused.stderr
        assert leftover.exists()
    accepted = launch(10)
    assert accepted.returncode == 0, accepted.stderr
    assert not leftover.exists()
