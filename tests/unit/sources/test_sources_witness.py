"""Damages and renewals drawn anew: each damage is stopped, each true renewal passes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.config import PROJECT
from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.witness_limits import COLUMNS as LIMIT_COLUMNS
from phare_pipeline.registry.witness_limits import FILE as LIMITS_FILE
from phare_pipeline.registry.witness_limits import load_witness_limits
from phare_pipeline.sources.witness import KEY, Comparison, compare
from phare_pipeline.steps.staging.accepted import FILE, add_accepted, load_accepted, open_findings
from tests.unit.sources.kit import DEPARTEMENTS

LIMITS = load_witness_limits(PROJECT / "phare_pipeline" / "registry" / "tables")
# Workers draw their own: the names of the tests must not depend on them; a failure shows `seed`.
SEEDS = [random.SystemRandom().randrange(10**9) for _ in range(3)]


def drawn_source(rng: np.random.Generator, is_count: bool) -> pd.DataFrame:
    """A measure of all départements over some years: sizes differ, years follow each other."""
    codes = sorted(DEPARTEMENTS)
    first, years = int(rng.integers(2006, 2016)), int(rng.integers(3, 9))
    size = rng.lognormal(8, 1, len(codes)) if is_count else rng.uniform(4, 30, len(codes))
    rows = []
    for year in range(first, first + years):
        size = size * rng.normal(1.01, 0.02, len(codes))
        values = np.round(size) if is_count else np.round(size, 1)
        rows += [
            ("m", "departement", code, str(year), "", value)
            for code, value in zip(codes, values, strict=True)
        ]
    return pd.DataFrame(rows, columns=[*KEY, "value"])


def last_of(frame: pd.DataFrame) -> pd.Series:
    return frame["period"] == frame["period"].max()


def one_cell(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    frame.loc[rng.choice(frame.index), "value"] *= 1000
    return frame


def column_divided(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    frame.loc[frame["period"] == rng.choice(frame["period"]), "value"] /= 1000
    return frame


def all_times_100(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame.assign(value=frame["value"] * 100)


def cut_in_half(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame.head(len(frame) // 2)


def cut_and_zero(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    codes = frame["territory_code"].unique()
    lost = rng.choice(codes, len(codes) // 2, replace=False)
    frame.loc[last_of(frame) & frame["territory_code"].isin(lost), "value"] = 0.0
    return frame


def copied_to_the_next(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    year = int(rng.choice(sorted(frame["period"].unique())[:-1]))
    kept = frame[frame["period"] != str(year + 1)]
    copied = frame[frame["period"] == str(year)].assign(period=str(year + 1))
    return pd.concat([kept, copied])


def a_period_lost(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame[frame["period"] != rng.choice(frame["period"])]


def a_territory_lost(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame[frame["territory_code"] != rng.choice(frame["territory_code"])]


def next_year(frame: pd.DataFrame, factor: pd.Series | float) -> pd.DataFrame:
    last = frame[last_of(frame)]
    year = str(int(last["period"].iloc[0]) + 1)
    return pd.concat([frame, last.assign(period=year, value=last["value"] * factor)])


def new_year_in_thousands(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    noise = pd.Series(rng.normal(1.01, 0.02, len(frame)), frame.index)
    return next_year(frame, noise / 1000)


def new_year_copied(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return next_year(frame, 1.0)


DAMAGES: dict[Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame], set[str]] = {
    one_cell: {"jumped"},
    column_divided: {"jumped", "total"},
    all_times_100: {"jumped", "total"},
    cut_in_half: {"gone"},
    cut_and_zero: {"jumped"},
    copied_to_the_next: {"repeated"},
    a_period_lost: {"gone"},
    a_territory_lost: {"gone"},
    new_year_in_thousands: {"stepped"},
    new_year_copied: {"repeated"},
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("is_count", [True, False], ids=["count", "rate"])
@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_a_drawn_damage_is_stopped(seed: int, is_count: bool, damage: object) -> None:
    rng = np.random.default_rng(seed)
    before = drawn_source(rng, is_count)
    found = compare(before, damage(before.copy(), rng), LIMITS)  # type: ignore[operator]
    rules = {finding.rule for finding in found.findings}
    assert DAMAGES[damage] <= rules, (seed, rules)  # type: ignore[index]


@pytest.mark.parametrize("is_count", [True, False], ids=["count", "rate"])
@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_a_true_renewal_passes(seed: int, is_count: bool) -> None:
    """Small revisions, a new year, a few new secrets."""
    rng = np.random.default_rng(seed)
    before = drawn_source(rng, is_count)
    digits = 0 if is_count else 1
    revised = before.assign(
        value=(before["value"] * rng.normal(1, 0.01, len(before))).round(digits)
    )
    after = next_year(revised, pd.Series(rng.normal(1.01, 0.02, len(before)), before.index))
    after = after.reset_index(drop=True)
    after.loc[rng.choice(after.index, 2, replace=False), "value"] = np.nan
    found = compare(before, after, LIMITS)
    assert found.findings == (), (seed, [finding.text for finding in found.findings])
    assert found.added > 90 and found.changed > 0


def test_the_same_figures_are_no_change() -> None:
    before = drawn_source(np.random.default_rng(SEEDS[0]), is_count=True)
    found = compare(before, before.sample(frac=1, random_state=1), LIMITS)
    assert found == Comparison(len(before), 0, 0, 0, ())


def test_chance_of_small_counts_and_static_measures_pass() -> None:
    before = drawn_source(np.random.default_rng(SEEDS[0]), is_count=True)
    small = before.assign(value=[float(i % 4) for i in range(len(before))])
    moved = small.assign(value=[float((i + 1) % 4) for i in range(len(before))])
    assert {f.rule for f in compare(small, moved, LIMITS).findings} == set()
    first = before[before["period"] == before["period"].min()]
    static = before.drop(columns="value").merge(first[["territory_code", "value"]])
    assert compare(static, next_year(static, 1.0), LIMITS).findings == ()


def test_a_finding_names_cells_and_scale_in_one_sentence() -> None:
    before = drawn_source(np.random.default_rng(SEEDS[0]), is_count=True)
    after = before.assign(value=before["value"].where(~last_of(before), before["value"] * 1000))
    jumped = next(f for f in compare(before, after, LIMITS).findings if f.rule == "jumped")
    assert len(jumped.cells) == 96
    assert "96 of them × 1000" in jumped.text and "and 93 more" in jumped.text
    assert jumped.text.count("→") == 3


def test_what_is_accepted_is_bound_to_bytes_and_cells(tmp_path: Path) -> None:
    rng = np.random.default_rng(SEEDS[0])
    before = drawn_source(rng, is_count=True)
    after = one_cell(before.copy(), rng)
    findings = compare(before, after, LIMITS).findings
    assert load_accepted(tmp_path) == frozenset()
    add_accepted(
        tmp_path, findings[:1], "s", "a" * 64, "Champ élargi, dit l’éditeur.", "2026-12-01"
    )
    add_accepted(tmp_path, findings[1:], "s", "a" * 64, "De même, « vrai »", "2026-12-01")
    accepted = load_accepted(tmp_path)
    assert open_findings(findings, accepted, "s", "a" * 64) == ()
    assert open_findings(findings, accepted, "s", "b" * 64) == findings
    assert open_findings(findings, accepted, "t", "a" * 64) == findings
    other = compare(before, one_cell(after, rng), LIMITS).findings
    assert open_findings(other, accepted, "s", "a" * 64) != ()
    text = (tmp_path / FILE).read_text("utf-8")
    (tmp_path / FILE).write_text(text.replace("Champ élargi, dit l’éditeur.", ""), "utf-8")
    with pytest.raises(RegistryError, match="empty cell"):
        load_accepted(tmp_path)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("moved_share,1,Essai.", "between 0 and 1"),
        ("jump_factor,1,Essai.", "a factor above 1"),
        ("jump_cells,11,Essai.", "from 0 to 10"),
        ("moved_share,0.1,", "a value"),
        ("moved,0.1,Essai.", "one of"),
        ("moved_share,0.1,Essai.\nmoved_share,0.1,Essai.", "once"),
        ("moved_share,0.1,Essai.", "jump_factor"),
    ],
)
def test_a_wrong_limit_is_named(tmp_path: Path, line: str, expected: str) -> None:
    (tmp_path / LIMITS_FILE).write_text(f"{','.join(LIMIT_COLUMNS)}\n{line}\n", "utf-8")
    with pytest.raises(RegistryError, match=expected):
        load_witness_limits(tmp_path)


def test_the_limits_are_what_stops() -> None:
    rng = np.random.default_rng(SEEDS[0])
    before = drawn_source(rng, is_count=True)
    after = one_cell(before.copy(), rng)
    lenient = replace(LIMITS, jump_cells=1, total_change=0.9999)
    assert compare(before, after, lenient).findings == ()
