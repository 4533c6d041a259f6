"""The attacker on answers of real people: Histoire de vie 2003, 2 000 respondents with weights.

Educations stand for regions, two of them together for a super-region, occupations for segments:
many groups of fewer than eleven persons, within groups so small that rounding protects nobody.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.survey.codebook import WHOLE, Area, AreaKind, Codebook, load_codebook
from phare_pipeline.survey.disclosure import attack_results, disclose
from phare_pipeline.survey.parts import Parts, cut
from phare_pipeline.survey.results import Disclosure, Provenance, Result
from tests.integration.survey.rdata import read_rdata

pytestmark = pytest.mark.slow

Q3 = "citoyens:Q3"
ANSWERS = {
    "clso": {"oui": "Oui", "non": "Non", "nsp": "Ne sait pas"},
    # 14 of 2 000 listen to hard rock: a rare answer.
    "hard.rock": {"oui": "Oui", "non": "Non"},
    "peche.chasse": {"oui": "Oui", "non": "Non"},
}
TOGETHER = ("N'a jamais fait d'etudes", "Derniere annee d'etudes primaires")


@pytest.fixture(scope="module")
def people(shared_dir: Path) -> pd.DataFrame:
    path = shared_dir / "data" / "enquetes" / "hdv2003.RData"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    return read_rdata(path, "hdv2003").fillna({"nivetud": "?"})


@pytest.fixture(scope="module")
def book(repository: Path, people) -> Codebook:
    registry = load_registry()
    found = load_codebook(repository / "raw/surveys/codebooks/phare-2016", registry)
    regions = {
        name: Area(name, name, AreaKind.REGION, "", "") for name in people["nivetud"].unique()
    }
    return replace(found, areas={**found.areas, **regions})


def masks_of(people: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    areas = {name: (people["nivetud"] == name).to_numpy() for name in people["nivetud"].unique()}
    areas["nord-est"] = people["nivetud"].isin(TOGETHER).to_numpy()
    areas["france"] = np.ones(len(people), dtype=np.bool_)
    segments = {name: (people["occup"] == name).to_numpy() for name in people["occup"].unique()}
    segments[WHOLE] = areas["france"]
    return {
        (area, segment): here & own
        for area, here in areas.items()
        for segment, own in segments.items()
        if (here & own).any()
    }


def computed(people: pd.DataFrame, column: str) -> tuple[list[Result], dict[str, Parts]]:
    """Rows of a question in every group, by formulas written here, and the parts of the groups."""
    masks = masks_of(people)
    weights = people["poids"].to_numpy()
    place, held = cut(list(masks.values()))
    size = np.bincount(place, weights)
    said = {item: (people[column] == text).to_numpy() for item, text in ANSWERS[column].items()}
    lines = {
        (item, "share"): 100 * np.bincount(place, weights * own) / size
        for item, own in said.items()
    }
    rows = [
        Result(
            study_id="hdv", actor="citoyens", area_id=area, question_id=Q3, item_code=item,
            segment_id=segment, statistic="share", band="", unit="%",
            provenance=Provenance.COMPUTED, base_n=int(mask.sum()),
            value=100 * float(np.average(own[mask], weights=weights[mask])),
            n_eff=float(weights[mask].sum() ** 2 / (weights[mask] ** 2).sum()),
        )
        for (area, segment), mask in masks.items()
        for item, own in said.items()
    ]  # fmt: skip
    groups = dict(zip(masks, held, strict=True))
    return rows, {Q3: Parts(groups, {}, dict.fromkeys(lines, size), lines)}


@pytest.mark.parametrize("column", ANSWERS)
def test_no_secret_of_real_people_is_found(people, book, column):
    rows, parts = computed(people, column)
    shown = disclose(rows, book, parts)
    secret = [row for row in shown if row.disclosure is Disclosure.SMALL_CELL]
    tries = attack_results(shown, book, parts)
    assert len(tries) == len(secret) > 20
    assert [tried.key for tried in tries if tried.is_known] == []
    truth = {row.key: row.value for row in rows}
    assert all(t.found.low - 1e-6 <= truth[t.key] <= t.found.high + 1e-6 for t in tries)
    # Whatever is needed less than ten points wide is a rare answer in everybody's eyes.
    everybody = {
        row.item_code: row.value
        for row in rows
        if (row.area_id, row.segment_id) == ("france", WHOLE)
    }
    for tried in tries:
        share = everybody[tried.key[1]]
        assert tried.needed >= 10 or min(share, 100 - share) < 10
    assert all(row.is_shown for row in shown if (row.area_id, row.segment_id) == ("france", WHOLE))


def test_without_protection_they_are(people, book):
    rows, parts = computed(people, "clso")
    shown = disclose(rows, book, parts)
    besides = [row for row in shown if row.disclosure is Disclosure.SECONDARY]
    assert besides
    leaky = [replace(row, disclosure=Disclosure.SHOWN) if row in besides else row for row in shown]
    assert any(tried.is_known for tried in attack_results(leaky, book, parts))
    # Little is hidden beside what is sound, though half of the groups here have under 11 persons.
    sound = [row for row in shown if row.base_n >= 30]
    assert len(besides) < 0.15 * len(sound)
