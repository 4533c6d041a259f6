"""`phare check --study`: what a person reads, in which order, and the exit code."""

import re
import subprocess
import sys

import pytest

from phare_pipeline.cli.main import main
from tests.unit.survey.kit import STUDY, change, write_study


@pytest.mark.slow
def test_the_study_of_2016(capsys):
    assert main(["check", "--study", "phare-2016"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("phare-2016: PHARE – Région Hauts-de-France")
    assert out.rstrip().endswith("29 high, 32 medium, 34 low, 0 info")
    grades = re.findall(r"^(high|medium|low|info) +[a-z_0-9]+: ", out, flags=re.MULTILINE)
    assert len(grades) == 95
    assert grades == sorted(grades, key=("high", "medium", "low", "info").index)
    assert len(re.findall(r"^ +do: ", out, flags=re.MULTILINE)) == 95
    assert "page 67, published/phare-2016-reprints.csv, line 354: 52%" in out


def test_a_study_that_does_not_exist(capsys):
    assert main(["check", "--study", "phare-2015"]) == 1
    assert "phare-2016" in capsys.readouterr().err


def test_a_study_and_a_source_are_not_checked_together(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["check", "--study", "phare-2016", "--source", "insee_pib"])
    assert stop.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.fixture
def right_study(tmp_path, monkeypatch):
    """A study without a fault and without published figures."""
    folder = write_study(tmp_path / "raw" / "surveys" / "codebooks")
    toml = (folder / "study.toml").read_text("utf-8")
    toml = toml[: toml.index("[[files]]")]
    dated = 'mode_fr = "CAWI"\nfield_start = "2020-01"\nfield_end = "2020-02"\nsampling_fr = "Lieu"'
    toml = toml.replace('mode_fr = "CAWI"\nsampling_fr = "Lieu"', dated)
    (folder / "study.toml").write_text(toml, "utf-8")
    monkeypatch.setenv("PHARE_RAW", str(tmp_path / "raw"))
    return folder


def test_a_right_study_passes(right_study, capsys):
    change(right_study, "segments.csv", "citoyens,engages,Engagés,,,La page ne dit pas qui.\n", "")
    assert main(["check", "--study", STUDY]) == 0
    assert capsys.readouterr().out.rstrip().endswith("0 high, 0 medium, 0 low, 0 info")


def test_a_wrong_codebook_is_refused(right_study, capsys):
    change(right_study, "bands.csv", "8 9 10", "8 9")
    assert main(["check", "--study", STUDY]) == 1
    assert "bands.csv" in capsys.readouterr().err


@pytest.mark.slow
def test_a_reader_that_has_enough_makes_no_noise(repository):
    command = [sys.executable, "-m", "phare_pipeline", "check", "--study", "phare-2016"]
    with subprocess.Popen(
        command, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
