"""Perceived beside measured: what is compared with what, and what with nothing."""

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.steps.edition.perceived import (
    NO_NATIONAL_FR,
    NO_REGION_FR,
    NOT_SCORED_FR,
    TOO_OLD_FR,
    perceived_rows,
)
from phare_pipeline.survey.codebook import load_codebook
from phare_pipeline.survey.disclosure import disclose
from phare_pipeline.survey.published import published_rows, read_published
from phare_pipeline.survey.vision import domain_notes

REGISTRY = load_registry()


@pytest.fixture(scope="module")
def book(repository: Path):
    return load_codebook(repository / "raw/surveys/codebooks/phare-2016", REGISTRY)


@pytest.fixture(scope="module")
def notes(repository: Path, book):
    printed = read_published(repository / "raw/surveys", book)
    return domain_notes(disclose(published_rows(printed, book), book), book)


def scores(value: float, region_code: str = "32") -> pd.DataFrame:
    """F of one region: the same in every domain and in all."""
    components = [("index", "index"), *(("domain", d) for d in REGISTRY.domains)]
    return pd.DataFrame(
        [
            {
                "region_code": region_code,
                "component_level": level,
                "component_id": c,
                "score": value,
            }
            for level, c in components
        ]
    )


def rows(notes, book, f, year=2016, **changes):
    found = perceived_rows(notes, replace(book, **changes), REGISTRY, f, year)
    return {(row["actor"], area_id, row["component_id"]): row for area_id, row in found}


def test_every_actor_and_area_but_the_country(notes, book):
    found = rows(notes, book, scores(110.0))
    assert len(found) == 3 * 17
    assert {(actor, area) for actor, area, _ in found} == {
        ("citoyens", "hauts-de-france"),
        ("associations", "nord-est"),
        ("entreprises", "hauts-de-france"),
    }


def test_the_gap_is_perceived_less_measured(notes, book):
    row = rows(notes, book, scores(110.0))["citoyens", "hauts-de-france", "sante"]
    # 6.6 against 6.2 is the largest gap of the citizens: the end of their scale.
    assert row["perception_scale"] == pytest.approx(0.4)
    assert row["perceived"] == pytest.approx(130.0)
    assert row["perception_gap"] == pytest.approx(20.0)
    assert row["quadrant"] == "recognised"
    # ± 0.26 of a note is ± 19 on this scale: 20 points are told from nothing.
    assert row["perceived_se"] == pytest.approx(0.25534 * 30 / 0.4, abs=0.01)
    assert row["is_told_apart"] is False and row["is_quadrant_sure"] is False


def test_without_an_error_nothing_is_told(notes, book):
    row = rows(notes, book, scores(110.0))["entreprises", "hauts-de-france", "mobilite"]
    assert math.isnan(row["perceived_se"])
    assert row["is_told_apart"] is None and row["is_quadrant_sure"] is None
    assert row["perception_gap"] == pytest.approx(20.0)


def test_a_super_region_is_compared_with_no_region(notes, book):
    found = rows(notes, book, scores(110.0))
    for domain in REGISTRY.domains:
        row = found["associations", "nord-est", domain]
        assert math.isnan(row["measured"]) and row["quadrant"] is None
        assert row["reason_fr"] == NO_REGION_FR


def test_what_is_not_measured_is_said(notes, book):
    row = rows(notes, book, scores(math.nan))["citoyens", "hauts-de-france", "emploi"]
    assert math.isnan(row["perception_gap"]) and row["reason_fr"] == NOT_SCORED_FR
    other = rows(notes, book, scores(110.0, "44"))["citoyens", "hauts-de-france", "emploi"]
    assert math.isnan(other["measured"])


@pytest.mark.parametrize(("year", "is_compared"), [(2016, True), (2021, True), (2022, False)])
def test_old_perception_is_compared_with_nothing_of_today(notes, book, year, is_compared):
    row = rows(notes, book, scores(110.0), year)["citoyens", "hauts-de-france", "emploi"]
    assert (row["reason_fr"] is None) is is_compared
    assert is_compared or (row["reason_fr"] == TOO_OLD_FR and math.isnan(row["perception_gap"]))
    assert not math.isnan(row["perceived"])


def test_without_a_gap_to_the_country_there_is_no_scale(notes, book):
    same = [
        replace(n, result=None if n.result is None else replace(n.result, value=6.0)) for n in notes
    ]
    row = rows(same, book, scores(110.0))["citoyens", "hauts-de-france", "emploi"]
    assert math.isnan(row["perceived"]) and row["reason_fr"] == NO_NATIONAL_FR
