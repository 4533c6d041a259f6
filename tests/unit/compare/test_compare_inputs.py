"""Declared rows and staged cells of two states, whatever version of a table they come from."""

from __future__ import annotations

import shutil

import pyarrow as pa
import pytest

from phare_pipeline.compare.causes import Cause
from phare_pipeline.compare.declared import RowChange
from phare_pipeline.compare.evidence import Evidence
from phare_pipeline.compare.inputs import compare_cells, compare_inputs
from phare_pipeline.explain.reading.state import State
from phare_pipeline.registry.loader import TABLES
from phare_pipeline.warehouse.tables import conform, write_parquet
from tests.unit.warehouse.kit import frame


class Side:
    def __init__(self, **inputs):
        self.inputs = {
            "sources": {}, "studies": {}, "code": {}, "contract": {}, "lock": "", "editions": {},
            **inputs,
        }  # fmt: skip


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "one"
    shutil.copytree(TABLES, folder / "registry")
    (folder / "models" / "core").mkdir(parents=True)
    (folder / "models" / "core" / "core_measures.sql").write_text("select 1")
    (folder / "corrections.csv").write_text("correction_id,found\nc1,12\n")
    (folder / "gaps.csv").write_text("source_id,measure_id,period\ns,m,2014\ns,m,2015\n")
    rows = conform(frame("core_observations", 5), "core_observations")
    write_parquet(rows, "core_observations", folder / "core_observations.parquet", {})
    return State(folder)


@pytest.fixture
def other(state, tmp_path):
    shutil.copytree(state.folder, tmp_path / "two")
    return State(tmp_path / "two")


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_nothing_differs(state, other):
    found = compare_inputs(Side(), Side(), (state, other))
    assert found.is_same
    assert compare_cells(state, other).empty


def test_rows_are_named_with_their_columns_and_cause(state, other):
    folder = other.folder
    edit(folder / "registry" / "domains.csv", "emploi,economique", "emploi,social")
    edit(folder / "registry" / "perimeters.csv", "France entière", "France")
    edit(folder / "corrections.csv", "c1,12", "c2,12")
    edit(folder / "gaps.csv", "s,m,2015", "s,m,2016")
    found = compare_inputs(Side(), Side(), (state, other))
    assert {(r.cause, r.table, r.row_id, r.kind, r.columns) for r in found.rows} == {
        ("registry", "domains", "emploi", "changed", ("axis_id",)),
        ("geography", "perimeters", "france_entiere", "changed", ("label_fr",)),
        ("correction", "corrections", "c1", "removed", ()),
        ("correction", "corrections", "c2", "added", ()),
        ("data", "gaps", "s, m, 2015", "removed", ()),
        ("data", "gaps", "s, m, 2016", "added", ()),
    }
    assert found.rows_of("domains") == (RowChange("domains", "emploi", ("axis_id",), "changed"),)


def test_a_row_of_the_registry_that_comes_goes_or_moves_is_a_cause_of_its_own(state, other):
    path = other.folder / "registry" / "indicators.csv"
    edit(path, "taux_chomage_t4,", "taux_chomage_bis,")
    edit(path, "en un an,emploi,30,", "en un an,emploi,35,")
    edit(path, ",Taux de chômage des femmes,", ",Chômage,")
    found = compare_inputs(Side(), Side(), (state, other))
    assert {(r.cause, r.row_id, r.kind, r.columns) for r in found.rows} == {
        ("row added", "taux_chomage_bis", "added", ()),
        ("row removed", "taux_chomage_t4", "removed", ()),
        ("row moved", "taux_chomage_evolution_1an", "moved", ("order",)),
        ("registry", "taux_chomage_femmes", "changed", ("label_fr",)),
    }
    evidence = Evidence(found, compare_cells(state, other), (), {})
    proven = frozenset({Cause.REGISTRY, Cause.DATA})
    named = {
        name: evidence.named_by_rows(name, proven) - {Cause.DATA}
        for name in ("taux_chomage_bis", "taux_chomage_femmes", "ass_taux")
    }
    assert named == {
        "taux_chomage_bis": {Cause.ROW_ADDED},
        "taux_chomage_femmes": {Cause.REGISTRY},
        "ass_taux": {Cause.REGISTRY},
    }


def test_a_column_that_one_version_lacks_does_not_hide_rows(state, other):
    edit(other.folder / "corrections.csv", "correction_id,found\nc1,12", "correction_id,new\nc1,1")
    [row] = compare_inputs(Side(), Side(), (state, other)).rows
    assert (row.row_id, row.kind, row.columns) == ("c1", "changed", ("found", "new"))


def test_files_models_code_and_lock(state, other):
    edit(other.folder / "models" / "core" / "core_measures.sql", "1", "2")
    before = Side(sources={"s": {"files": {"a.csv": "1", "b.csv": "2"}}}, code={"sql": "1"})
    after = Side(
        sources={"s": {"files": {"a.csv": "9"}}, "t": {"files": {"c.csv": "3"}}},
        code={"sql": "1", "index": "2"},
        lock="x",
    )
    found = compare_inputs(before, after, (state, other))
    assert found.files == {
        "a.csv": ("s", "1", "9"),
        "b.csv": ("s", "2", None),
        "c.csv": ("t", None, "3"),
    }
    assert (found.models, found.code, found.others) == (("core_measures",), ("index",), ("lock",))


def test_cells_tell_what_changed_and_where(state, other):
    rows = frame("core_observations", 6).iloc[1:]
    rows.loc[rows.index[1], "value"] = 77.0
    rows.loc[rows.index[1], "raw_text"] = "77"
    rows.loc[rows.index[2], "origin_line"] = 99
    path = other.folder / "core_observations.parquet"
    path.unlink()
    table = conform(rows, "core_observations")
    assert isinstance(table, pa.Table)
    write_parquet(table, "core_observations", path, {})
    cells = compare_cells(state, other).set_index("item")
    assert cells["kind"].to_dict() == {
        "item 00": "removed",
        "item 02": "changed",
        "item 05": "added",
    }
    assert cells.loc["item 02", "raw_text_b"] == "77"
    assert cells.loc["item 00", "origin_file"] == "origin_file 00"
    assert cells.loc["item 05", "origin_file"] == "origin_file 05"
