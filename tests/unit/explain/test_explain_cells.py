"""The text of a cell is read again on its own; numbers are written with all their digits."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.explain.kinds.cells import FileReading, expected_value, reread
from phare_pipeline.explain.rendering.tree import Explanation, Step, is_equal, plain
from phare_pipeline.sources.corrections import Correction
from phare_pipeline.sources.values import ValueReader


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,4", 12.4),
        ("4 830", 4830.0),
        ("4\u202f830,5", 4830.5),
        ("\u221212", -12.0),
        ("-0.5", -0.5),
        (",5", 0.5),
        ("1e3", 1000.0),
        ("12,4 (p)", 12.4),
        ("155382", 155382.0),
        ("1 + 2 + 4", 7.0),
        ("1 +  + 4", 5.0),
        ("nd", None),
        ("", None),
        ("1 + nd", None),
    ],
)
def test_reread(text, value):
    assert reread(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.sampled_from(",."))
def test_reread_agrees_with_the_readers(number, mark):
    text = f"{number:.6f}".replace(".", mark)
    assert reread(text) == ValueReader(mark).read(text)[0]


PLAIN, LIST = FileReading(False, frozenset({"-"})), FileReading(True, frozenset())


def test_what_a_cell_stands_for():
    assert expected_value("12,5", 1000, None, PLAIN) == 12500
    assert expected_value("-", 1000, None, PLAIN) == 0
    assert expected_value("nd", 1, None, PLAIN) is None
    assert expected_value("Le Méliès", 1, None, LIST) == 1
    assert expected_value("", 1, None, LIST) == 0
    fields = dict.fromkeys(
        ("correction_id", "source_id", "file", "measure_id", "territory_level", "territory_code"),
        "x",
    )
    fields |= dict.fromkeys(("period", "item", "found", "status_after", "reason_fr"), "x")
    corrected = Correction(
        **fields, replacement=3.0, evidence_fr="x", decided_on=dt.date(2024, 1, 1), line=2
    )
    assert expected_value("12,5", 10, corrected, PLAIN) == 30


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3012540.0, "3\u202f012\u202f540"),
        (0.0845, "0,0845"),
        (-12.5, "\u221212,5"),
        (0.1 + 0.2, "0,3"),
        (1e-9, "0,000000001"),
        (0.0, "0"),
        (None, "n.\u00a0d."),
        (float("nan"), "n.\u00a0d."),
    ],
)
def test_plain(value, text):
    assert plain(value) == text


def test_equal_means_equal_but_for_the_order_of_a_sum():
    assert is_equal(0.1 + 0.2, 0.3)
    assert is_equal(1e9, 1e9 + 1e-4)
    assert not is_equal(12.4, 12.4000001)
    assert is_equal(None, None)
    assert not is_equal(None, 0.0)
    assert not is_equal(0.0, None)


def test_an_explanation_is_plain_data():
    leaf = Step("cellule", "12", 12.0, facts=(("fichier", "raw/x.csv"),))
    root = Step("figure", "12 %", 12.0, parts=(leaf,), reference="HDF-2016-x")
    found = Explanation("0" * 16, root, 12.0)
    assert found.is_equal
    data = found.as_data()
    assert data["is_equal"] is True
    said = [data[name] for name in ("reference", "title", "printed", "published")]
    assert said == ["HDF-2016-x", "figure", "12 %", 12.0]
    assert data["root"]["parts"][0]["facts"] == (("fichier", "raw/x.csv"),)
    assert [step.label for step in root.walk()] == ["figure", "cellule"]
