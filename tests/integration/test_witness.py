"""The last release as a witness, by the real commands: stopped, accepted, published."""

from __future__ import annotations

import csv

import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.config import Workspace
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.warehouse import run_log
from tests.integration.small import RUN, Installation, published_files

POWER = "odre_enr"
STAGE = [*RUN, "--no-release"]


def damage(small: Installation, old: str, new: str) -> None:
    path = small.raw_file(POWER)
    # Bytes: another line end would be another file, and rightly another release.
    content = path.read_bytes()
    assert old.encode() in content
    path.write_bytes(content.replace(old.encode(), new.encode(), 1))
    renew_pins(small.raw)


def test_a_cell_in_another_unit_is_stopped_until_it_is_accepted(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the cell and the scale; what is accepted holds for these bytes alone."""
    before = published_files(small)
    damage(small, "8214.948", "8.214948")
    capsys.readouterr()
    assert main(RUN) == 1
    text = capsys.readouterr().err
    assert "8214.948 → 8.214948" in text
    assert "÷ 1000" in text and f"phare accept {POWER}" in text
    assert len(text.splitlines()) < 25
    assert published_files(small) == before
    [*_, entry] = [
        e for e in run_log.read_log(Workspace.from_environment()) if e["event"] == run_log.RENEWED
    ]
    assert entry["source"] == POWER and entry["open"] > 0

    assert main(["accept", POWER, "--because", " "]) == 1
    assert main(["accept", "nobody", "--because", "essai"]) == 1
    assert main(["accept", POWER, "--because", "L’éditeur l’a confirmé, « en entier »."]) == 0
    with (small.raw / "accepted.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["source_id"] for row in rows} == {POWER}
    assert main(["accept", POWER, "--because", "essai"]) == 0
    assert "nothing to accept" in capsys.readouterr().out
    damage(small, "8.214948", "8.214949")
    assert main(STAGE) == 1
    damage(small, "8.214949", "8.214948")
    assert main(STAGE) == 0


def test_published_bytes_do_not_depend_on_what_was_published_before(small: Installation) -> None:
    """The way over an accepted damage and back ends at the same release."""
    before = (small.warehouse / "current").resolve()
    damage(small, "8214.948", "8314.948")
    assert main(RUN) == 0
    assert (small.warehouse / "current").resolve() != before
    damage(small, "8314.948", "8214.948")
    assert main(RUN) == 0
    assert (small.warehouse / "current").resolve() == before
