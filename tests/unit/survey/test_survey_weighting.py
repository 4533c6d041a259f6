"""Weights area by area: own targets, those of the country, or none; the reports of calage."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.survey.calage import CalageError, CategoryMargin, Method, NumericMargin
from phare_pipeline.survey.codebook import MarginUnit, Target
from phare_pipeline.survey.members import area_members, categories_of, numbers_of
from phare_pipeline.survey.weighting import calage_margins, weigh
from tests.unit.survey.exports_kit import N, Study, rows, write_csv


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory):
    study = Study(tmp_path_factory.mktemp("weighting"), "institute", ".csv")
    write_csv(study.path, rows())
    return study.codebook, study.read()


def target(area: str, variable: str, categories: str, value: float, unit: str = "%") -> Target:
    return Target(
        "citoyens", area, f"citoyens:{variable}", tuple(categories.split()), value,
        MarginUnit(unit), "essai",
    )  # fmt: skip


FRANCE = [target("france", "sexe", "homme", 40), target("france", "sexe", "femme", 60)]
REGION = [
    target("hauts-de-france", "age", "jeune", 30),
    target("hauts-de-france", "age", "vieux", 70),
]


def weights_of(read, margins, **options):
    codebook, export = read
    return weigh(codebook, "citoyens", export.respondents, export.answers, margins, **options)


def test_members_and_categories(read):
    codebook, export = read
    respondents, answers = export.respondents, export.answers
    assert area_members(respondents, codebook.areas["hauts-de-france"]).sum() == 24
    assert area_members(respondents, codebook.areas["france"]).all()
    assert not area_members(respondents, codebook.areas["nord-est"]).any()
    regions = categories_of(codebook.variables["citoyens:region"], respondents, answers, codebook)
    assert set(regions) == {"hauts-de-france", "bretagne"}
    sexes = categories_of(codebook.variables["citoyens:sexe"], respondents, answers, codebook)
    assert list(sexes).count("femme") == 21
    numbers = numbers_of(codebook.variables["citoyens:salaries"], respondents, answers)
    assert numbers.tolist() == [10 + i for i in range(N)]


def test_an_area_has_its_own_targets_or_those_of_the_country(read):
    codebook, export = read
    found = weights_of(read, [*FRANCE, *REGION])
    assert list(found) == ["hauts-de-france", "france"]
    country, region = found["france"], found["hauts-de-france"]
    assert (country.targets_of, region.targets_of) == ("france", "hauts-de-france")
    women = categories_of(
        codebook.variables["citoyens:sexe"], export.respondents, export.answers, codebook
    )
    assert country.weights[women == "femme"].sum() / country.weights.sum() == pytest.approx(0.6)
    assert country.weights.sum() == pytest.approx(N)
    assert (region.weights[~region.members] == 0).all()
    assert region.weights.sum() == pytest.approx(24)
    young = categories_of(
        codebook.variables["citoyens:age"], export.respondents, export.answers, codebook
    )
    assert region.weights[young == "jeune"].sum() / 24 == pytest.approx(0.3)
    assert region.calibration is not None
    assert [line.category for line in region.calibration.margins] == ["jeune", "vieux"]
    assert region.calibration.max_error < 1e-6

    without = weights_of(read, FRANCE)["hauts-de-france"]
    assert (without.targets_of, without.calibration) == ("france", None)
    np.testing.assert_array_equal(
        without.weights[without.members], country.weights[without.members]
    )


def test_without_targets_weights_are_those_of_the_export(read):
    _, export = read
    for found in weights_of(read, []).values():
        assert found.targets_of is None and found.calibration is None
        initial = export.respondents["weight"].to_numpy()
        np.testing.assert_array_equal(found.weights[found.members], initial[found.members])


def test_initial_weights_matter_and_keep_their_ratios_within_a_category(read):
    _, export = read
    found = weights_of(read, FRANCE)["france"]
    ratio = found.weights / export.respondents["weight"].to_numpy()
    assert len(set(np.round(ratio, 9))) == 2


def test_counts_make_weights_sum_to_the_universe(read):
    counts = [
        target("france", "region", "hauts-de-france", 6_000, "count"),
        target("france", "region", "bretagne", 3_300, "count"),
        *FRANCE,
        target("france", "salaries", "", 300_000, "total"),
    ]
    found = weights_of(read, counts)["france"]
    assert found.weights.sum() == pytest.approx(9_300)
    assert found.weights @ np.arange(10, 10 + N) == pytest.approx(300_000)


def test_rare_categories_are_counted_together(read):
    merged = [target("france", "sexe", "homme femme", 100), *REGION]
    found = weights_of(read, merged)["france"]
    assert found.calibration is not None
    assert [line.category for line in found.calibration.margins] == ["homme + femme"]
    assert calage_margins([*FRANCE, target("france", "salaries", "", 9, "total")]) == [
        CategoryMargin("citoyens:sexe", {"homme": 40, "femme": 60}),
        NumericMargin("citoyens:salaries", 9),
    ]


def test_method_and_bounds_are_passed_on(read):
    found = weights_of(read, FRANCE, method=Method.LOGIT, bounds=(0.5, 2.0))["france"]
    assert found.calibration is not None
    assert found.calibration.bounds == (0.5, 2.0)
    assert found.calibration.method is Method.LOGIT


def test_what_cannot_be_calibrated_is_named(read):
    with pytest.raises(CalageError, match="citoyens, hauts-de-france"):
        weights_of(read, [*FRANCE, REGION[0]])
    with pytest.raises(CalageError, match="do not sum to their total"):
        weights_of(read, [FRANCE[0], target("france", "sexe", "femme", 61)])


def test_categories_without_answer_are_refused(read, tmp_path: Path):
    codebook, export = read
    answers = export.answers[export.answers["respondent_id"] != "r000"]
    with pytest.raises(CalageError, match="missing values"):
        weigh(codebook, "citoyens", export.respondents, pd.DataFrame(answers), FRANCE)
