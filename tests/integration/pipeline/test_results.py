"""What a release holds: exact sums, same bytes from two folders, no partial sum, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.contract.tables import CUT_FROM, TABLES
from phare_pipeline.errors import ReleaseError
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.edition import core
from phare_pipeline.steps.release import gather as release
from phare_pipeline.steps.release import publish
from phare_pipeline.warehouse.switch import rollback
from tests.integration.small import RUN, YEAR, Installation, make_installation

HDF = "region=hauts-de-france"


def mart(installation: Installation, name: str) -> pd.DataFrame:
    """Read a flat table of the current release."""
    return pd.read_parquet(installation.warehouse / "current" / "marts" / f"{name}.parquet")


def test_population_2014_of_hauts_de_france(published_small: Installation) -> None:
    """The sum of the five départements is the figure of the 2016 study's year (6 006 156)."""
    measures = pd.read_parquet(
        published_small.warehouse / "build" / "core" / "core_measures" / f"{YEAR}.parquet"
    )
    row = measures[
        (measures["measure_id"] == "pop_total")
        & (measures["territory_level"] == "region")
        & (measures["territory_code"] == "32")
        & (measures["period"] == "2014")
    ]
    assert row["value"].tolist() == [6_006_156.0]
    assert row["parts_expected_count"].tolist() == [5]


def test_every_level_adds_up_to_france(published_small: Installation) -> None:
    """Départements, former regions, regions and France have the same total of each measure."""
    measures = pd.read_parquet(
        published_small.warehouse / "build" / "core" / "core_measures" / f"{YEAR}.parquet"
    )
    population = measures[(measures["measure_id"] == "pop_total") & (measures["period"] == "2016")]
    totals = population.groupby("territory_level")["value"].agg(["sum", "count"])
    assert totals["count"].to_dict() == {
        "departement": 96,
        "former_region": 22,
        "region": 13,
        "national": 1,
    }
    assert totals["sum"].nunique() == 1


def test_a_partial_sum_is_never_published(small: Installation) -> None:
    """A département without a figure empties its region and France, with its code; no other."""
    path = small.raw_file("arcep_ftth")
    text = path.read_text("utf-8")
    assert ",106868,112817,116403" in text
    path.write_text(text.replace(",106868,112817,116403", ",nd,nd,nd", 1), "utf-8")
    renew_pins(small.raw)
    # Three figures of the last release are gone: somebody has to say that this is true.
    assert main(["accept", "arcep_ftth", "--because", "essai"]) == 0
    context = load_context()
    sources = {"arcep_ftth": context.sources["arcep_ftth"]}
    from phare_pipeline.steps.run import PlainExecutor

    PlainExecutor(context).stage(list(sources))
    PlainExecutor(context).unite()
    measures = next(
        result.table.to_pandas()
        for result in core.PART.build(context, 2018)
        if result.name == "core_measures"
    )
    fibre = measures[
        (measures["measure_id"] == "ftth_premises") & (measures["period"] == "2018-T1")
    ]
    empty = fibre[fibre["value"].isna()]
    assert set(zip(empty["territory_level"], empty["territory_code"], strict=True)) == {
        ("departement", "01"),
        ("former_region", "82"),
        ("region", "84"),
        ("national", "metropole"),
    }
    assert set(empty["missing_parts"]) == {"01"}
    assert set(empty["value_status"]) == {"not_available"}


def test_two_folders_give_the_same_release(
    repository: Path, published_small: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same inputs, another folder: same name, same bytes, and the same rows in the catalogue."""
    other = make_installation(repository, tmp_path / "elsewhere")
    for name, value in other.environment.items():
        monkeypatch.setenv(name, value)
    assert main(RUN) == 0
    first = (published_small.warehouse / "current").resolve()
    second = (other.warehouse / "current").resolve()
    assert first.name == second.name
    names = {p.relative_to(first) for p in first.rglob("*") if p.is_file()}
    assert names == {p.relative_to(second) for p in second.rglob("*") if p.is_file()}
    for name in names - {Path("phare.duckdb")}:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    with (
        duckdb.connect(first / "phare.duckdb", read_only=True) as one,
        duckdb.connect(second / "phare.duckdb", read_only=True) as two,
    ):
        for table in (n for n, t in TABLES.items() if t.layer in ("out", "dim")):
            query = f'select * from "{table}"'
            assert one.execute(query).fetchall() == two.execute(query).fetchall(), table


def test_rerunning_a_region_leaves_the_rest_alone(small: Installation) -> None:
    """A removed region file comes back with the same bytes; nothing else is touched."""
    build = small.warehouse / "build" / "out"
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in build.rglob("*.parquet")}
    mine = {p for p in before if HDF in p.as_posix()}
    for path in mine:
        path.unlink()
    assert main([*RUN, "--region", "HDF"]) == 0
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in build.rglob("*.parquet")}
    assert {p: b for p, (b, _) in after.items()} == {p: b for p, (b, _) in before.items()}
    assert all(after[p] == before[p] for p in before if p not in mine)


def test_a_mixture_of_states_is_refused(small: Installation) -> None:
    """When an edition changes, a region cut anew cannot be published beside the old twelve."""
    before = (small.warehouse / "current").resolve()
    path = small.raw_file("odre_enr")
    text = path.read_text("utf-8-sig")
    assert "14250.278" in text
    path.write_text(text.replace("14250.278", "14251.278"), "utf-8-sig")
    renew_pins(small.raw)
    assert main([*RUN, "--region", "grand-est"]) == 1
    context = load_context()
    with pytest.raises(ReleaseError, match="mixture of states"):
        release.make_release(context)
    assert (small.warehouse / "current").resolve() == before
    assert main(RUN) == 0
    assert (small.warehouse / "current").resolve() != before
    rollback(context.workspace, before.name)
    assert (small.warehouse / "current").resolve() == before


def test_readers_agree(published_small: Installation) -> None:
    """pandas, pyarrow, polars and DuckDB read the same rows, alone and by folder."""
    file = published_small.warehouse / "current" / "out_indicators" / HDF / f"{YEAR}.parquet"
    rows = len(pd.read_parquet(file))
    assert rows == pq.read_table(file, partitioning=None).num_rows == pl.read_parquet(file).height
    folder = published_small.warehouse / "current" / "out_indicators"
    query = "select count(*) from read_parquet(?, hive_partitioning = true)"
    whole = duckdb.execute(query, [f"{folder}/*/*.parquet"]).fetchall()
    assert whole == [(13 * rows,)]


def test_missing_figures_have_a_reason_and_footers_tell_the_edition(
    published_small: Installation,
) -> None:
    """Every hole has its French reason; every regional file names its edition's hash."""
    table = mart(published_small, "out_indicators")
    assert (table["value"].isna() == table["reason_fr"].notna()).all()
    manifest = json.loads(
        (published_small.warehouse / "current" / "manifest.json").read_text("utf-8")
    )
    expected = manifest["inputs"]["editions"][str(YEAR)]["hash"]
    for name in CUT_FROM:
        file = published_small.warehouse / "current" / name / HDF / f"{YEAR}.parquet"
        assert pq.read_schema(file).metadata[b"edition_hash"].decode() == expected


def test_published_files_hold_no_path_of_this_machine(published_small: Installation) -> None:
    """No published file names the folder it was made in."""
    current = (published_small.warehouse / "current").resolve()
    folder = str(published_small.warehouse.parent).encode()
    for path in current.rglob("*"):
        if path.is_file():
            assert folder not in path.read_bytes(), path.name


def test_cut_is_only_a_filter(small: Installation) -> None:
    """The regional files of an edition are its core tables, row for row.

    What surveys say of no region of today (France, an area of a study) is in the flat table alone.
    """
    context = load_context()
    tables = publish.EditionTables(context, YEAR).tables
    for name, whole in tables.items():
        parts = [
            pq.read_table(context.workspace.out_file(name, slug, YEAR), partitioning=None)
            for slug in context.slugs
        ]
        assert sum(part.num_rows for part in parts) == len(whole["region_code"].drop_null())
