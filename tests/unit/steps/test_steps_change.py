"""Change between editions: values and coverage apart, breaks, editions that are not there."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from phare_pipeline.config import BASE_EDITION, EDITIONS, FIRST_EDITION
from phare_pipeline.registry.model import Break
from phare_pipeline.steps.edition import change
from phare_pipeline.steps.edition.change import (
    EditionNotes,
    build_change,
    comparisons_of,
    years_read,
)

from .kit import (
    INDICATORS,
    VALUES,
    comparison_of,
    scored,
    standard_registry,
    tampered,
    with_holes,
)


def edition(values, year: int, registry) -> EditionNotes:
    normalised = scored(values, registry, year)["core_normalised"]
    return EditionNotes.of(normalised, comparison_of(values, year), registry)


def built_change(now, then, registry=None) -> pd.DataFrame:
    """Change of edition 2017 since 2016."""
    registry = registry or standard_registry()
    earlier = {2016: edition(then, 2016, registry)} if then is not None else {}
    (built,) = build_change(edition(now, 2017, registry), earlier, registry)
    assert built.passed
    rows = built.table.to_pandas()
    return rows[rows["comparison_basis"] == "previous"].set_index(["component_id", "region_code"])


def with_value(name: str, **by_position: float):
    values = {n: list(row) for n, row in VALUES.items()}
    for position, value in by_position.items():
        values[name][int(position[1:])] = value
    return values


def test_which_editions_are_compared() -> None:
    assert comparisons_of(FIRST_EDITION) == ()
    assert comparisons_of(BASE_EDITION) == (("previous", BASE_EDITION - 1),)
    assert comparisons_of(2020) == (("reference", BASE_EDITION), ("previous", 2019))
    for year in EDITIONS:
        assert year in years_read(year)
        assert all(then <= year for then in years_read(year)), "an edition never looks ahead"


def test_nothing_moved() -> None:
    rows = built_change(VALUES, VALUES)
    scored_rows = rows[rows["change_status"] == "measured"]
    assert len(scored_rows) == len(rows)
    assert (scored_rows[["change_total", "change_value", "change_coverage"]] == 0).all(axis=None)
    assert scored_rows["common_weight_pct"].eq(100).all()


def test_one_value_moves_its_domain_axis_and_index() -> None:
    """Unemployment of Alpha 8 → 9: 30 × 1 / 2.5 = 12 points, a third of its domain's weight."""
    rows = built_change(with_value("chomage", _0=9.0), VALUES)
    expected = {"emploi": 12 / 3, "eco": 12 / 3 / 2, "index": 12 / 3 / 2 / 2}
    for component, points in expected.items():
        found = rows.loc[(component, "11")]
        assert found["change_value"] == pytest.approx(points, abs=1e-9)
        assert found["change_coverage"] == pytest.approx(0, abs=1e-9)
    assert rows.loc[("sante", "11"), "change_total"] == 0
    assert rows.loc[("index", "24"), "change_total"] == 0


def test_france_moving_changes_no_absolute_note() -> None:
    """The score moves with its reference, the change on the frozen scale does not."""
    rows = built_change(with_value("chomage", _4=11.0), VALUES)
    assert (rows["change_total"].dropna() == 0).all()


def test_under_70_percent_in_common_no_change_is_told() -> None:
    """Two scores of other things have no difference, only the reason why."""
    rows = built_change(with_holes(VALUES, [("11", "deces")]), VALUES)
    found = rows.loc[("sante", "11")]
    assert (found["common_count"], found["now_count"], found["then_count"]) == (2, 2, 3)
    assert found["common_weight_pct"] == pytest.approx(200 / 3)
    assert found["change_status"] == "little_in_common"
    assert found[["change_total", "change_value", "change_coverage"]].isna().all()
    # Of the axis it is 1/6 that is gone: its change is told, as an effect of coverage.
    axis = rows.loc[("soc", "11")]
    assert axis["common_weight_pct"] == pytest.approx(100 * (2 / 3 + 1) / 2)
    assert axis["change_status"] == "measured" and axis["change_value"] == 0
    assert axis["change_total"] == axis["change_coverage"] != 0


def test_a_figure_of_the_same_year_is_no_evidence_of_change() -> None:
    """Both editions show it: it is in common, and stands outside the movement."""
    registry = standard_registry()
    now, then = with_value("chomage", _0=9.0), VALUES
    editions = []
    for values, year in ((now, 2017), (then, 2016)):
        notes = edition(values, year, registry)
        column = [i.indicator_id for i in notes.notes.indicators].index("activite")
        years = notes.data_year.copy()
        years[:, column] = 2015
        editions.append(replace(notes, data_year=years))
    [found] = build_change(editions[0], {2016: editions[1]}, registry)
    rows = found.table.to_pandas().set_index(["comparison_basis", "component_id", "region_code"])
    row = rows.loc[("previous", "emploi", "11")]
    assert row["common_weight_pct"] == 100
    assert (row["common_count"], row["repeated_count"]) == (2, 1)
    # 12 points of unemployment alone, not a third of them.
    assert row["change_value"] == pytest.approx(12)
    assert row["change_total"] == pytest.approx(4)


def test_a_broken_series_is_no_change_of_value() -> None:
    now = with_value("chomage", _0=9.0)
    registry = standard_registry(breaks=[Break("m_chomage", 2017, "")])
    found = built_change(now, VALUES, registry).loc[("eco", "11")]
    assert found["common_weight_pct"] == pytest.approx(100 * (2 / 3 + 1) / 2)
    assert found["change_value"] == pytest.approx(0, abs=1e-9)
    assert found["change_coverage"] == pytest.approx(2, abs=1e-9)
    assert found["common_count"] == 2
    before = standard_registry(breaks=[Break("m_chomage", 2016, "")])
    assert built_change(now, VALUES, before).loc[("emploi", "11"), "common_count"] == 2


def test_little_in_common_and_not_scored_are_said() -> None:
    others = [("11", "medecins"), ("11", "dentistes")]
    registry = standard_registry(
        breaks=[Break("m_medecins", 2017, ""), Break("m_dentistes", 2017, "")]
    )
    rows = built_change(VALUES, VALUES, registry)
    assert rows.loc[("sante", "11"), "change_status"] == "little_in_common"
    assert rows.loc[("sante", "11"), "common_weight_pct"] == pytest.approx(100 / 3)
    gone = built_change(with_holes(VALUES, [*others, ("11", "deces")]), VALUES)
    assert gone.loc[("sante", "11"), "change_status"] == "not_scored"
    assert pd.isna(gone.loc[("sante", "11"), "change_total"])


def test_an_edition_that_is_not_built_is_said() -> None:
    rows = built_change(VALUES, None)
    assert rows["change_status"].eq("edition_missing").all()
    assert rows[["change_total", "change_value", "common_weight_pct"]].isna().all(axis=None)
    assert rows.loc[("index", "11"), "now_count"] == len(INDICATORS)


def test_the_first_edition_has_no_rows() -> None:
    registry = standard_registry()
    (built,) = build_change(edition(VALUES, FIRST_EDITION, registry), {}, registry)
    assert built.passed and built.table.num_rows == 0


@pytest.mark.parametrize(
    ("column", "value"), [("change_value", 3.0), ("change_value", None), ("common_count", 99)]
)
def test_a_change_that_does_not_add_up_is_refused(column: str, value: float | None) -> None:
    registry = standard_registry()
    earlier = {2016: edition(VALUES, 2016, registry)}
    (built,) = build_change(edition(VALUES, 2017, registry), earlier, registry)
    assert change.audit(tampered(built.table, column, 0, value)).failed_count == 1
