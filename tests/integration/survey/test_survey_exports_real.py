"""The readers on .sav files that other programs wrote: declared missings, labels, letters."""

from pathlib import Path

import pytest

from phare_pipeline.survey.exports.spss import read_spss
from phare_pipeline.survey.exports.table import RawTable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(shared_dir: Path) -> Path:
    return shared_dir / "data" / "enquetes"


def read(folder: Path, name: str) -> RawTable:
    return read_spss(folder / name, name)


def test_declared_missing_values_stay_in_their_cells(folder):
    table = read(folder, "sample_missing.sav")
    assert table.n == 7
    declared = table.declared_missing
    assert [(m.low, m.high) for m in declared["mynum"]] == [(2000, 3000), (-1, -1)]
    held = [v for v in table.columns["mynum"] if v is not None and declared["mynum"][0].holds(v)]
    assert held, "user_missing keeps what SPSS would hide"
    assert table.value_labels["mylabl"] == {"-1": "undetermined", "1": "Male", "2": "Female"}


def test_all_types_of_spss(folder):
    table = read(folder, "simple_alltypes.sav")
    assert (table.n, len(table.columns)) == (6, 12)
    assert [(m.low, m.high) for m in table.declared_missing["x"]] == [(7, 7), (8, 8), (99, 99)]
    assert table.value_labels["x"] == {"1": "red", "2": "green", "3": "blue"}


def test_letters_of_labels(folder):
    table = read(folder, "umlauts.sav")
    assert table.value_labels["var1"] == {
        "1": "the ä umlaut",
        "2": "the ü umlaut",
        "3": "the ö umlaut",
    }


def test_a_larger_one(folder):
    table = read(folder, "sample_large.sav")
    assert (table.n, len(table.columns)) == (485, 7)
    assert all(cells.size == 485 for cells in table.columns.values())
