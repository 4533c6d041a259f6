"""Every bad input of the project's list: refused with a message, and the last release stands."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from phare_pipeline.sources.pins import renew_pins

from .conftest import YEAR, Installation

Damage = Callable[[Installation], None]
FTTH = "arcep_ftth"


def release_of(installation: Installation) -> str:
    """Return the current release after checking each of its files against the manifest."""
    current = (installation.warehouse / "current").resolve()
    manifest = json.loads((current / "manifest.json").read_text("utf-8"))
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((current / name).read_bytes()).hexdigest() == entry["sha256"], name
    text = (current / "manifest.json").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == current.name
    return current.name


def edit(installation: Installation, change: Callable[[str], str]) -> None:
    """Change the text of the csv source and renew its pin, as if it had come like that."""
    path = installation.file(FTTH)
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    renew_pins(installation.raw)


def replaced(old: str, new: str) -> Damage:
    """Return a damage that replaces a text of the csv source, which must be there."""

    def damage(installation: Installation) -> None:
        def change(text: str) -> str:
            assert old in text
            return text.replace(old, new, 1)

        edit(installation, change)

    return damage


def registry_cell(table: str, old: str, new: str) -> Damage:
    """Return a damage that changes one text of a registry table."""

    def damage(installation: Installation) -> None:
        path = installation.registry / table
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return damage


def missing_file(installation: Installation) -> None:
    """Remove a raw file."""
    installation.file(FTTH).unlink()


def changed_hash(installation: Installation) -> None:
    """Change a raw file behind its pin."""
    path = installation.file(FTTH)
    path.write_text(path.read_text("utf-8").replace("106868", "106869"), "utf-8")


def wrong_encoding(installation: Installation) -> None:
    """Save the file in another encoding."""
    path = installation.file(FTTH)
    path.write_bytes(path.read_text("utf-8").encode("cp1252"))
    renew_pins(installation.raw)


def unit_contradiction(installation: Installation) -> None:
    """Change the unit that the producer's workbook states for its series."""
    path = installation.file("insee_chomage_localise")
    book = openpyxl.load_workbook(path)
    sheet = book["caractéristiques"]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(row=2, column=header.index("Unité") + 1).value = "Milliers"
    book.save(path)
    renew_pins(installation.raw)


def former_region_code(installation: Installation) -> None:
    """Give the code of Alsace where the file of regions has Grand Est."""
    path = installation.file("odre_enr")
    text = path.read_text("utf-8-sig")
    assert ";Grand Est;44;" in text
    path.write_text(text.replace(";Grand Est;44;", ";Grand Est;42;", 1), "utf-8-sig")
    renew_pins(installation.raw)


LINE_01 = "01,Locaux Raccordables,106868,112817,116403\n"

CASES: dict[str, tuple[Damage, tuple[str, ...]]] = {
    "missing file": (missing_file, ("missing", "ftthDepartements.csv")),
    "changed hash": (changed_hash, ("sha256", "found", "expected", "phare pin")),
    "truncated file": (
        lambda i: edit(i, lambda text: text[: len(text) // 2]),
        ("rejected", "missing_territory"),
    ),
    "wrong encoding": (wrong_encoding, ("encoding", "ftthDepartements.csv")),
    "empty file": (
        lambda i: edit(i, lambda _: ""),
        ("The file holds nothing", "ftthDepartements.csv"),
    ),
    "header moved": (replaced("Réseaux", "\nRéseaux"), ("ftthDepartements.csv", "found")),
    "unknown territory": (replaced("\n01,", "\n99,"), ("unknown_territory", "99")),
    "zero stripped": (replaced("\n01,", "\n1,"), ("lost_zero", "line 6")),
    "former region code": (former_region_code, ("former_region_code", "42")),
    "duplicated territory": (replaced("\n02,", "\n01,"), ("duplicated_key",)),
    "duplicated key": (replaced(LINE_01, LINE_01 * 2), ("duplicated_key", "line 7")),
    "missing département": (replaced(LINE_01, ""), ("missing_territory", "01")),
    "text in a value": (replaced("106868", "beaucoup"), ("text_in_value", "beaucoup")),
    "infinite value": (replaced("106868", "inf"), ("inf",)),
    "out of bounds": (replaced("106868", "106868000000000"), ("out_of_bounds",)),
    "negative count": (replaced("106868", "-106868"), ("negative_count",)),
    "unit contradiction": (unit_contradiction, ("Milliers", "%")),
    "unknown domain": (
        registry_cell("indicators.csv", ",emploi,", ",emplois,"),
        ("indicators.csv, line 2, column domain_id", "did you mean 'emploi'?"),
    ),
    "unknown measure": (
        registry_cell("indicators.csv", ",emploi,taux", ",emploi,faux"),
        ("column numerator", "unknown measure"),
    ),
    "unknown direction": (
        registry_cell("indicators.csv", ",%,1,identity", ",%,2,identity"),
        ("column direction", "'2'"),
    ),
    "cycle": (
        registry_cell("measures.csv", ",additive,arcep_ftth,", ",reconstructed,arcep_ftth,"),
        ("measures.csv", "reconstructed"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused(
    name: str, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command fails with a message that says what and where; the release stands."""
    before = release_of(installation)
    damage, wanted = CASES[name]
    damage(installation)
    assert installation.run() == 1
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert "Traceback" not in message
    for text in wanted:
        assert text in message, f"{text!r} is not in:\n{message}"
    assert release_of(installation) == before


def test_full_disk_leaves_the_release(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disk that fills up during any write gives a message, and the release stands."""
    before = release_of(installation)
    replaced("106868", "106870")(installation)
    replace = Path.replace
    for allowed in range(0, 12, 3):
        writes = iter(range(allowed))

        def failing(self: Path, target: Path, writes: object = writes) -> Path:
            if next(writes, None) is None:  # type: ignore[call-overload]
                raise OSError(errno.ENOSPC, "No space left on device")
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", failing)
        assert installation.run() == 1
        assert "The disk is full" in capsys.readouterr().err
        assert release_of(installation) == before
    monkeypatch.setattr(Path, "replace", replace)
    assert installation.run() == 0
    assert release_of(installation) != before


@pytest.mark.slow
def test_killed_runs_leave_a_whole_release(installation: Installation) -> None:
    """Killed at random moments, `current` stays whole, and the next run finishes the same."""
    before = release_of(installation)
    replaced("106868", "106870")(installation)
    moments = random.Random(2016)
    command = [sys.executable, "-m", "phare_pipeline", "run", "--plain", "--year", str(YEAR)]
    for _ in range(5):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ.copy()
        )
        time.sleep(moments.uniform(0.8, 5.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        release_of(installation)
    assert installation.run() == 0
    after = release_of(installation)
    assert after != before
    assert not list(installation.warehouse.rglob(".tmp-*"))
    replaced("106870", "106868")(installation)
    assert installation.run() == 0
    assert release_of(installation) == before
