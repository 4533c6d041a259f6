"""Correlations, fit, reliability and components as tables: each against its function or by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.edition import structure
from phare_pipeline.steps.edition.notes import notes_of

from .kit import DOMAINS, INDICATORS, VALUES, scored, standard_registry, tampered, with_holes


def build(values=VALUES) -> dict[str, Built]:
    registry = standard_registry()
    normalised = scored(values, registry)["core_normalised"]
    return {result.name: result for result in structure.build_structure(normalised, registry)}


@pytest.fixture(scope="module")
def whole() -> dict[str, Built]:
    return build()


def frame(built: Built) -> pd.DataFrame:
    return built.table.to_pandas()


def test_every_pair_of_a_domain_once(whole: dict[str, Built]) -> None:
    assert all(built.passed for built in whole.values())
    rows = frame(whole["core_correlations"])
    pairs = set(zip(rows["first_id"], rows["second_id"], strict=True))
    expected = set(combinations(DOMAINS, 2))
    for domain in DOMAINS:
        members = [name for name, (of, _, _) in INDICATORS.items() if of == domain]
        expected |= set(combinations(members, 2))
    assert len(rows) == len(pairs) and pairs == expected


def test_correlations_are_those_of_the_notes(whole: dict[str, Built]) -> None:
    registry = standard_registry()
    notes = notes_of(scored(VALUES, registry)["core_normalised"], registry)
    z = pd.DataFrame(notes.scores.z, columns=list(INDICATORS))
    rows = frame(whole["core_correlations"]).set_index(["first_id", "second_id"])
    for method in ("pearson", "spearman"):
        ranked = z.rank() if method == "spearman" else z
        expected = np.corrcoef(ranked["deces"], ranked["medecins"])[0, 1]
        assert rows.loc[("deces", "medecins"), method] == pytest.approx(expected, abs=1e-12)
    assert rows["unit_count"].eq(4).all()
    # With four regions only a correlation above 0.95 is told from 0.
    assert rows["critical_correlation"].round(3).eq(0.950).all()
    told = rows["spearman"].abs() >= rows["critical_correlation"]
    assert rows["is_told_from_zero"].astype(bool).equals(told)


def test_too_few_regions_are_said(whole: dict[str, Built]) -> None:
    rows = frame(whole["core_reliability"])
    assert set(rows["scope_id"]) == {*DOMAINS, "domains"}
    assert rows["is_too_few_units"].all()
    alone = rows[rows["scope_id"] == "revenu"].iloc[0]
    assert alone["item_count"] == 1 and pd.isna(alone["cronbach_alpha"])


def test_components_make_the_whole(whole: dict[str, Built]) -> None:
    rows = frame(whole["core_components"])
    totals = rows.groupby("scope_id")["variance_pct"].sum()
    assert totals.to_list() == pytest.approx([100] * len(totals))
    assert rows["noise_pct"].notna().equals(rows["component_rank"] == 1)


def test_an_empty_domain_has_no_pairs_and_leaves_the_others_alone() -> None:
    """Nobody has culture: the domains are compared without it, not given up."""
    codes = ("11", "24", "32", "94")
    empty = [(code, name) for code in codes for name in ("musees", "cinemas")]
    results = build(with_holes(VALUES, empty))
    assert all(built.passed for built in results.values())
    pairs = frame(results["core_correlations"])
    assert not {"musees", "culture"} & {*pairs["first_id"], *pairs["second_id"]}
    domains = frame(results["core_reliability"]).set_index("scope_id").loc["domains"]
    assert (domains["item_count"], domains["unit_count"]) == (3, 4)
    assert frame(results["core_fit"])["indicator_id"].nunique() == len(INDICATORS) - 2


@pytest.mark.parametrize(("column", "value"), [("with_others", 1.5), ("fit_flag", "repeats")])
def test_flags_that_do_not_follow_are_refused(
    whole: dict[str, Built], column: str, value: float | str
) -> None:
    table = whole["core_fit"].table
    row = table.to_pandas().query("with_others > 0.2 and with_others < 0.95").index[0]
    assert structure.audit_flags(tampered(table, column, row, value)).failed_count == 1


def test_shares_that_do_not_add_up_are_refused(whole: dict[str, Built]) -> None:
    table = whole["core_components"].table
    rows = table.to_pandas()
    size = int((rows["scope_id"] == rows.loc[0, "scope_id"]).sum())
    assert structure.audit_shares(tampered(table, "variance_pct", 0, 1.0)).failed_count == size
