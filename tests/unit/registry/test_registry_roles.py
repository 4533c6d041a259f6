"""Order, role and periods of indicators: refused by file, line and column where they are wrong."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.loader import TABLES, load_registry
from phare_pipeline.registry.model import Level, Role, SoclePeriod
from phare_pipeline.steps.edition.registry_tables import indicator_dimension, sql_relations

Rows = list[dict[str, str]]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return shutil.copytree(TABLES, tmp_path / "tables")


def rewrite(path: Path, change: Callable[[Rows], Rows]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


def set_cells(path: Path, indicator_id: str, **cells: str) -> None:
    def change(rows: Rows) -> Rows:
        for row in rows:
            if row["indicator_id"] == indicator_id:
                row.update(cells)
        return rows

    rewrite(path, change)


def with_row_first(rows: Rows) -> Rows:
    """Put a new row of the middle of a domain at the head of the file."""
    return [
        {**rows[0], "indicator_id": "taux_chomage_bis", "order": "45", "label_fr": "Autre"},
        *rows,
    ]


def test_an_inserted_row_moves_no_other(tables: Path) -> None:
    before = load_registry(tables)
    rewrite(tables / "indicators.csv", with_row_first)
    set_cells(tables / "indicators.csv", "taux_chomage_bis", role="contexte", direction="0")
    after = load_registry(tables)
    assert set(after.indicators) - set(before.indicators) == {"taux_chomage_bis"}
    kept = [i for i in after.indicators.values() if i.indicator_id != "taux_chomage_bis"]
    assert [indicator_dimension(after, i) for i in kept] == [
        indicator_dimension(before, i) for i in before.indicators.values()
    ]
    old, new = (sql_relations(r)["indicators"].to_pylist() for r in (before, after))
    assert [row for row in new if row["indicator_id"] != "taux_chomage_bis"] == old
    assert list(after.indicators).index("taux_chomage_bis") == 4


def test_the_order_of_the_file_says_nothing(tables: Path) -> None:
    before = load_registry(tables)
    rewrite(tables / "indicators.csv", lambda rows: rows[::-1])
    after = load_registry(tables)
    assert list(after.indicators) == list(before.indicators)
    places = [after.place_of(i) for i in after.indicators.values()]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("indicator_id", "cells", "column", "what"),
    [
        ("taux_chomage", {"order": "20"}, "order", "taken twice"),
        ("taux_chomage", {"order": "0"}, "order", "out of range"),
        ("taux_chomage", {"role": "noyau"}, "role", "unknown value"),
        ("taux_chomage", {"role": "contexte"}, "role", "does not fit the direction 1"),
        ("taux_chomage_t4", {"role": "complement"}, "role", "does not fit the direction 0"),
        ("taux_chomage_evolution_5ans", {"role": "socle"}, "role", "no region row"),
        ("taux_chomage", {"former_ids": "ass_taux"}, "former_ids", "is an indicator"),
        ("taux_chomage", {"former_ids": "hydro_share"}, "former_ids", "of another row"),
        ("taux_chomage", {"operation": "Chômage"}, "operation", "no short id"),
        ("taux_chomage", {"operation": ""}, "operation", "empty cell"),
        ("taux_chomage", {"reason_fr": ""}, "reason_fr", "empty cell"),
        ("taux_chomage", {"reason_fr": "Socle"}, "reason_fr", "no sentence"),
    ],
)
def test_a_wrong_cell_is_named(
    tables: Path, indicator_id: str, cells: dict[str, str], column: str, what: str
) -> None:
    set_cells(tables / "indicators.csv", indicator_id, **cells)
    message = refusal(tables)
    assert what in message and "indicators.csv, line" in message
    assert f"column {column}" in message


def test_a_former_id_is_refused_by_name(tables: Path) -> None:
    rewrite(tables / "socle.csv", lambda rows: [{**rows[0], "indicator_id": "neet_rate"}, *rows])
    message = refusal(tables)
    assert "a former id of an indicator" in message and "jeunes_non_inseres_part" in message


def test_ids_are_french_and_former_ones_have_a_successor() -> None:
    registry = load_registry()
    assert registry.successors["burglaries_rate"] == "cambriolages_taux"
    assert not set(registry.successors) & set(registry.indicators)
    english = ("_rate", "_share", "_count", "_itdd", "_per_head")
    assert [i for i in registry.indicators if i.endswith(english)] == []


def refusal(tables: Path) -> str:
    with pytest.raises(RegistryError) as caught:
        load_registry(tables)
    message = str(caught.value)
    assert len(message.splitlines()) == 5
    return message


@pytest.mark.parametrize(
    ("cells", "column", "what"),
    [
        ({"indicator_id": "taux_chomage_t4"}, "indicator_id", "a row that is contexte"),
        ({"territory_level": "commune"}, "territory_level", "unknown value"),
        ({"territory_level": "departement"}, "territory_level", "given twice"),
        ({"last_period": "1999"}, "last_period", "before the first"),
    ],
)
def test_wrong_periods_are_named(
    tables: Path, cells: dict[str, str], column: str, what: str
) -> None:
    rewrite(tables / "socle.csv", lambda rows: [{**rows[0], **cells}, *rows[1:]])
    message = refusal(tables)
    assert what in message and "socle.csv, line" in message
    assert f"column {column}" in message


def test_two_rows_of_a_concept_in_an_edition_are_refused(tables: Path) -> None:
    for name in ("taux_chomage", "ass_taux_20_59"):
        set_cells(tables / "indicators.csv", name, concept="manque_d_emploi")
    message = refusal(tables)
    assert "edition 2000 expects 'taux_chomage' and 'ass_taux_20_59'" in message


def test_rows_of_a_concept_may_relieve_each_other(tables: Path) -> None:
    registry = load_registry(tables)
    first, second = (registry.indicators[name] for name in ("ass_taux_20_59", "ass_taux"))
    assert first.concept == second.concept == "ass"
    periods = [registry.socle[i.indicator_id, Level.REGION] for i in (first, second)]
    reached = [
        [y for y in range(2012, 2025) if p.reaches(y, i.max_age_years)]
        for p, i in zip(periods, (first, second), strict=True)
    ]
    assert reached == [list(range(2012, 2016)), list(range(2016, 2024))]


def test_a_period_reaches_as_far_as_its_age() -> None:
    period = SoclePeriod("i", Level.REGION, 2013, 2015)
    assert [y for y in range(2010, 2025) if period.reaches(y, 3)] == list(range(2013, 2019))


def test_every_socle_row_has_a_direction_and_periods() -> None:
    registry = load_registry()
    socle = {i.indicator_id for i in registry.indicators.values() if i.role is Role.SOCLE}
    assert {name for name, level in registry.socle if level is Level.REGION} == socle
    assert {name for name, _ in registry.socle} == socle
