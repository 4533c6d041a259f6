"""What the parts of an edition declare: tables, audits, lineage and editions that fit together."""

from __future__ import annotations

import pytest

from phare_pipeline.config import EDITIONS
from phare_pipeline.contract.tables import table_of
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.edition import core
from phare_pipeline.steps.edition.part import Part, made_from, taken_from

COMPUTED = [part for part in edition.PARTS if part is not core.PART]


@pytest.mark.parametrize("part", COMPUTED, ids=lambda part: part.name)
def test_lineage_names_columns_that_exist_in_tables_that_are_read(part: Part) -> None:
    assert set(part.lineage) <= set(part.tables)
    for table, columns in part.lineage.items():
        assert set(columns) <= set(table_of(table).columns), table
        assert set(table_of(table).key) - set(columns) <= UNDERIVED, table
        for deps in columns.values():
            for source, name in deps:
                assert source in part.sources[table], f"{table} does not read {source}"
                assert name in table_of(source).columns, f"{source}.{name}"


# Parts of keys that the registry, or the step itself, decides.
UNDERIVED = {
    "component_level",
    "component_id",
    "part_level",
    "influence_level",
    "method_id",
    "comparison_basis",
    "structure_level",
    "scope_id",
    "within_code",
    "compared_part",
    "compared_id",
}


@pytest.mark.parametrize("part", edition.PARTS, ids=lambda part: part.name)
def test_parts_read_what_comes_before_them(part: Part) -> None:
    position = edition.PARTS.index(part)
    before = {table for earlier in edition.PARTS[:position] for table in earlier.tables}
    assert set(part.reads) <= before
    assert set(part.audits) <= set(part.tables)


@pytest.mark.parametrize("part", edition.PARTS, ids=lambda part: part.name)
def test_no_part_looks_ahead(part: Part) -> None:
    for year in EDITIONS:
        years = part.years_read(year)
        assert year in years and max(years) == year and set(years) <= set(EDITIONS)


def test_how_lineage_is_written() -> None:
    assert made_from("a.x b.y", "p q") == {
        "p": (("a", "x"), ("b", "y")),
        "q": (("a", "x"), ("b", "y")),
    }
    assert taken_from("a", "x y") == {"x": (("a", "x"),), "y": (("a", "y"),)}
