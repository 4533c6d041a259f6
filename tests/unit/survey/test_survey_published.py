"""Printed figures: read as they stand, refused when they are not what was pinned or declared."""

import csv
import hashlib
import io
import math
from dataclasses import replace

import pytest

from phare_pipeline.errors import SourceError
from phare_pipeline.survey.codebook import CodebookError
from phare_pipeline.survey.disclosure import disclose
from phare_pipeline.survey.published import (
    RESULT_COLUMNS,
    SAMPLE_STRUCTURE_COLUMNS,
    published_rows,
    read_published,
    read_sample_structure,
)
from phare_pipeline.survey.results import Disclosure

GOOD = {
    "actor": "citoyens",
    "question_id": "citoyens:Q1",
    "item_code": "emploi",
    "area_id": "hauts-de-france",
    "segment_id": "ensemble",
    "statistic": "mean",
    "band": "",
    "value": "7.3",
    "value_printed": "7,3",
    "unit": "note",
    "base_n": "182",
    "universe_n": "6000000",
    "base_from": "page",
    "slide": "15",
    "support": "chart",
    "confidence": "certain",
    "note_fr": "",
}
SAMPLE = {
    "actor": "citoyens",
    "area_id": "hauts-de-france",
    "variable_id": "citoyens:sexe",
    "item_code": "homme",
    "statistic": "share",
    "value": "48",
    "value_printed": "48%",
    "unit": "%",
    "slide": "72",
    "confidence": "certain",
    "note_fr": "",
}


def write(folder, codebook, kind, rows):
    """Write rows as the study's file of a kind; return the codebook that pins it."""
    columns = RESULT_COLUMNS if kind == "results" else SAMPLE_STRUCTURE_COLUMNS
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    (folder / "published").mkdir(exist_ok=True)
    (folder / f"published/{kind}.csv").write_bytes(content)
    pin = replace(
        codebook.file(kind),
        path=f"published/{kind}.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
    )
    return replace(codebook, files=(pin,))


def test_all_figures_of_2016_are_read(printed, surveys, codebook):
    assert len(printed) == 642
    assert len(read_sample_structure(surveys, codebook)) == 117
    assert {r.area_id for r in printed if r.actor == "associations"} == {"nord-est", "france"}
    [emploi] = [r for r in printed if r.key == (*GOOD_KEY, "mean")]
    assert (emploi.value, emploi.base_n, emploi.slide) == (7.3, 182, 15)


GOOD_KEY = ("citoyens:Q1", "emploi", "hauts-de-france", "ensemble")


def test_the_line_of_a_figure_is_its_line_in_the_file(printed, surveys):
    lines = (surveys / printed[0].file).read_text("utf-8").splitlines()
    for result in printed[:: len(printed) // 20]:
        cells = next(csv.reader([lines[result.line - 1]]))
        assert cells[:7] == [
            result.actor,
            *(result.question_id, result.item_code, result.area_id, result.segment_id),
            *(result.statistic, result.band),
        ]


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"actor": "institutions"}, "actor", "unknown value"),
        ({"question_id": "associations:q23"}, "question_id", "unknown value"),
        ({"item_code": "chomage"}, "item_code", "unknown value"),
        ({"area_id": "nord-est"}, "area_id", "unknown value"),
        ({"segment_id": "employeuse"}, "segment_id", "unknown value"),
        ({"statistic": "share_first"}, "statistic", "unknown value"),
        ({"band": "8-10"}, "band", "unknown value"),
        ({"value": "7,3"}, "value", "not written as it must be"),
        ({"value": "7.4"}, "value", "is not the printed"),
        ({"value": "10.5", "value_printed": "10,5"}, "value", "out of bounds"),
        ({"value_printed": "?"}, "value_printed", "not written as it must be"),
        ({"value_printed": "n.d."}, "value", "beside the mark"),
        ({"unit": "%"}, "unit", "unknown value"),
        ({"base_n": "0"}, "base_n", "nobody"),
        ({"base_n": "1e3"}, "base_n", "not written as it must be"),
        ({"base_from": ""}, "base_from", "base without its place"),
        ({"base_n": "", "universe_n": ""}, "base_from", "the place of no base"),
        ({"slide": "0"}, "slide", "without its page"),
        ({"support": "photo"}, "support", "unknown value"),
        ({"confidence": "sure"}, "confidence", "unknown value"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, codebook, cells, column, message):
    changed = write(tmp_path, codebook, "results", [{**GOOD, **cells}])
    with pytest.raises(CodebookError) as caught:
        read_published(tmp_path, changed)
    assert message in str(caught.value)
    assert f"published/results.csv, line 2, column {column}" in str(caught.value)


def test_a_band_is_printed_as_the_codebook_has_it(tmp_path, codebook):
    band = {"statistic": "share_band_high", "band": "7-10", "value": "47", "value_printed": "47%"}
    changed = write(tmp_path, codebook, "results", [{**GOOD, **band, "unit": "%"}])
    with pytest.raises(CodebookError, match="8-10"):
        read_published(tmp_path, changed)


def test_a_mark_of_the_source_is_kept_and_no_value_made(tmp_path, codebook):
    changed = write(tmp_path, codebook, "results", [{**GOOD, "value": "", "value_printed": "s"}])
    [figure] = read_published(tmp_path, changed)
    assert (figure.source_label, math.isnan(figure.value)) == ("s", True)
    [row] = disclose(published_rows([figure], changed), changed)
    assert (row.value, row.value_public, row.disclosure) == (None, None, Disclosure.SOURCE)


def test_a_figure_given_twice_is_refused(tmp_path, codebook):
    other = {**GOOD, "value": "7.1", "value_printed": "7,1", "slide": "19"}
    changed = write(tmp_path, codebook, "results", [GOOD, other])
    with pytest.raises(CodebookError, match="given twice"):
        read_published(tmp_path, changed)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"variable_id": "citoyens:taille"}, "unknown value"),
        ({"item_code": "autre"}, "unknown value"),
        ({"value": "101", "value_printed": "101%"}, "out of bounds"),
        ({"unit": "ans"}, "unknown value"),
        ({"statistic": "mean"}, "unknown value"),
    ],
)
def test_a_wrong_cell_of_a_sample_is_named(tmp_path, codebook, cells, message):
    changed = write(tmp_path, codebook, "sample", [{**SAMPLE, **cells}])
    with pytest.raises(CodebookError, match=message):
        read_sample_structure(tmp_path, changed)


def test_a_mean_of_a_sample_keeps_its_unit(tmp_path, codebook):
    age = {"variable_id": "citoyens:age", "item_code": "age_moyen", "statistic": "mean"}
    changed = write(
        tmp_path,
        codebook,
        "sample",
        [{**SAMPLE, **age, "value": "47.7", "value_printed": "47,7 ans", "unit": "ans"}],
    )
    [figure] = read_sample_structure(tmp_path, changed)
    assert (figure.value, figure.unit) == (47.7, "ans")


def test_a_changed_file_is_refused_with_both_hashes(tmp_path, codebook):
    changed = write(tmp_path, codebook, "results", [GOOD])
    path = tmp_path / "published/results.csv"
    path.write_bytes(path.read_bytes().replace(b"7,3", b"7,8"))
    with pytest.raises(SourceError) as caught:
        read_published(tmp_path, changed)
    assert changed.file("results").sha256 in str(caught.value)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in str(caught.value)


def test_a_file_of_another_size_is_refused_unread(tmp_path, codebook):
    changed = write(tmp_path, codebook, "results", [GOOD])
    with (tmp_path / "published/results.csv").open("ab") as file:
        file.write(b" " * 100)
    with pytest.raises(SourceError, match="not read"):
        read_published(tmp_path, changed)


def test_a_missing_file_and_a_kind_without_file_are_refused(tmp_path, codebook):
    changed = write(tmp_path, codebook, "results", [GOOD])
    with pytest.raises(SourceError, match="no published figures of this kind"):
        read_sample_structure(tmp_path, changed)
    (tmp_path / "published/results.csv").unlink()
    with pytest.raises(SourceError, match="missing"):
        read_published(tmp_path, changed)
