"""Every published figure is recomputed from cells; one figure is followed down to its file."""

from __future__ import annotations

import csv
import functools
import json
import time
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.config import Workspace
from phare_pipeline.contract.tables import TABLES
from phare_pipeline.explain.check import check_release
from phare_pipeline.explain.figures import explain, find_reference
from phare_pipeline.explain.published import Published
from phare_pipeline.explain.reference import FACETS, Kind, Reference, area_of
from phare_pipeline.registry.model import Aggregation, Level
from phare_pipeline.sources.cells import cell_text, column_index
from phare_pipeline.warehouse.releases import find_release
from phare_pipeline.warehouse.tables import read_parquet, write_parquet
from tests.integration.small import YEAR, Installation

RATE = "taux_chomage"


@pytest.fixture
def published(small: Installation) -> Published:
    """The release of the small installation."""
    del small
    return Published(find_release(Workspace.from_environment()))


@pytest.fixture(scope="module")
def full(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A release of all shipped extracts, made for these tests."""
    del repository
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHARE_WAREHOUSE", str(tmp_path_factory.mktemp("full") / "warehouse"))
        assert main(["run", "--plain"]) == 0
        return Published(find_release(Workspace.from_environment()))


def failures(published: Published) -> dict[str, tuple[str, ...]]:
    """Return what does not agree, after checking that something was compared at all."""
    found = list(check_release(published))
    assert found[0].compared > 1000
    assert sum(f.compared for f in found if f.name.startswith("out_indicators.")) > 1000
    return {f.name: f.samples for f in found if f.failed}


def test_every_figure_of_a_release_follows_from_its_cells(published: Published) -> None:
    """Values, France, ranks, notes, scores and order, all of them."""
    assert failures(published) == {}


@pytest.mark.slow
def test_every_figure_of_all_shipped_extracts_follows_from_its_cells(full: Published) -> None:
    """The same over all sources and editions."""
    assert failures(full) == {}
    compared = {f.name: f.compared for f in check_release(full)}
    assert compared["cells of the sources"] > 300_000
    assert compared["out_indicators.value"] > 60_000
    assert compared["out_scores (index).score"] == 169


def test_every_number_of_a_release_is_compared(published: Published) -> None:
    """No figure column of the explained tables is left out of the comparison."""
    compared = {f.name.replace(" (domain)", "") for f in check_release(published)}
    told = {
        # What names a row, what is copied from the registry, and what describes a whole column.
        "year", "indicator_order", "component_order", "direction", "weight", "base_edition",
        "scale_value", "data_year", "rounding_bound", "is_stale", "is_clipped", "is_saturated",
        "is_non_discriminant", "rank_of", "front_resilient_rank", "dominated_by_count",
        "dominates_count", "comparable_pairs_pct", "missing_parts",
    }  # fmt: skip
    for name in ("out_indicators", "out_normalised", "out_scores", "out_pareto"):
        arrow = read_parquet(published.release.path / "marts" / f"{name}.parquet").schema
        numbers = {f.name for f in arrow if str(f.type) in ("double", "int32")} - told
        for column in numbers - {"value", "france_value"} if name == "out_normalised" else numbers:
            assert f"{name}.{column}" in compared, f"{name}.{column}"


# --- what is wrong is found ------------------------------------------------------------------
def tamper(published: Published, path: Path, column: str, change: Any) -> None:
    """Change a column of a Parquet file of the release."""
    table = read_parquet(path)
    name = (table.schema.metadata or {})[b"table"].decode()
    frame = table.to_pandas()
    frame[column] = change(frame[column])
    import pyarrow as pa

    changed = pa.Table.from_pandas(frame, schema=table.schema.with_metadata(None), safe=False)
    path.chmod(0o644)
    path.unlink()
    write_parquet(changed, name, path, {})
    del published.__dict__["_states"]


def raised(position: int, by: float) -> Any:
    """Return a change of one value, the first that is there."""

    def change(column: pd.Series) -> pd.Series:
        label = column.dropna().index[position]
        changed = column.copy()
        changed[label] = changed[label] + by
        return changed

    return change


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("out_indicators", "value", {"out_indicators.value", "out_indicators.gap"}),
        ("out_indicators", "france_value", {"out_indicators.france_value"}),
        ("out_indicators", "rank", {"out_indicators.rank"}),
        ("out_indicators", "gap", {"out_indicators.gap"}),
        ("out_normalised", "z", {"out_normalised.z"}),
        ("out_scores", "score", {"out_scores (axis).score"}),
        ("out_scores", "score_high", {"out_scores (axis).score_high"}),
    ],
)
def test_a_wrong_figure_is_found(
    table: str, column: str, expected: set[str], published: Published
) -> None:
    """A figure that does not follow from its cells is named with its place."""
    path = published.release.path / "marts" / f"{table}.parquet"
    list(published.state_of(YEAR).name)
    by = 1 if column == "rank" else 1e-6
    tamper(published, path, column, raised(0, by))
    found = failures(published)
    assert expected & found.keys(), found
    assert any("expected" in sample for samples in found.values() for sample in samples)


def test_a_wrong_cell_is_found(published: Published) -> None:
    """A staged figure that is not what its text says is named with file, line and column."""
    path = published.state_of(YEAR).folder / "core_observations.parquet"
    tamper(published, path, "value", raised(7, 1.0))
    found = failures(published)
    [first, *_] = found["cells of the sources"]
    assert ", line " in first
    assert "is staged as" in first


# --- one figure ------------------------------------------------------------------------------
def tree_of(published: Published, *words: str) -> dict[str, Any]:
    return explain(published, find_reference(published, list(words))).as_data()


def leaves(step: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells at the end of a tree."""
    facts = dict(step["facts"])
    found = [step] if any(name.startswith("texte") for name in facts) else []
    return found + [leaf for part in step["parts"] for leaf in leaves(part)]


def test_a_published_rate_is_the_mean_of_four_cells(published: Published) -> None:
    """12.2 % for Hauts-de-France in 2016, as the four quarters of the workbook say."""
    data = tree_of(published, "hauts-de-france", RATE, str(YEAR))
    assert data["reference"] == f"HDF-{YEAR}-{RATE}"
    assert data["published"] == pytest.approx(12.2)
    assert data["is_equal"]
    cells = leaves(data["root"])
    assert [cell["number"] for cell in cells] == [12.4, 12.2, 12.0, 12.2]
    assert sum(cell["number"] for cell in cells) / 4 == pytest.approx(data["published"])


def test_every_leaf_is_what_stands_in_the_raw_file(
    published: Published, small: Installation
) -> None:
    """File, sheet, line and column of each leaf lead to the text of the leaf."""
    rows = published.rows("out_indicators", year=YEAR, region_code="32")
    names = rows.loc[rows["value"].notna(), "indicator_id"]
    assert len(names) > 5
    seen, files = 0, set()
    for name in names:
        for cell in leaves(tree_of(published, "HDF", name, str(YEAR))["root"]):
            facts = dict(cell["facts"])
            path, sha256 = facts["fichier"].rstrip(")").split(" (sha256 ")
            assert len(sha256) == 64
            text = facts["texte de la cellule"].removeprefix("« ").removesuffix(" »")
            assert cell_at(small.folder / path, cell["label"]) == text
            seen += 1
            files.add(path)
    assert seen > 30
    assert {Path(path).suffix for path in files} == {".xlsx", ".csv"}


@functools.cache
def sheet_of(file: Path, name: str) -> openpyxl.worksheet.worksheet.Worksheet:
    """Open a sheet of a workbook."""
    return openpyxl.load_workbook(file, data_only=True)[name]


def cell_at(file: Path, label: str) -> str:
    """Return the text of the cell that a leaf's label names."""
    parts = dict(part.split(" ", 1) for part in label.split(" (")[0].split(", "))
    line, column = int(parts["ligne"]), column_index(parts["colonne"])
    if file.suffix == ".xlsx":
        cell = sheet_of(file, parts["feuille"].strip("« »")).cell(line, column + 1).value
        return "" if cell is None else cell_text(cell)
    text = file.read_text("utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text else ","))
    return rows[line - 1][column]


def test_a_sum_shows_former_regions_departements_and_shares(published: Published) -> None:
    """Hauts-de-France is Nord-Pas-de-Calais and Picardie, five départements, shares of 100 %."""
    registry = published.state_of(YEAR).registry
    rows = published.rows("out_indicators", year=YEAR, region_code="32")
    with_value = set(rows.loc[rows["value"].notna(), "indicator_id"])
    name = next(
        i.indicator_id
        for i in registry.indicators.values()
        if i.indicator_id in with_value
        and all(
            m.aggregation is Aggregation.ADDITIVE and m.source_levels == (Level.DEPARTEMENT,)
            for m in map(registry.measures.__getitem__, i.measure_ids)
        )
    )
    data = tree_of(published, "32", name, str(YEAR))
    assert data["is_equal"]
    formers = [
        step
        for step in explain(
            published, find_reference(published, ["32", name, str(YEAR)])
        ).root.walk()
        if "ancienne région" in step.label
    ]
    names = {step.label for step in formers}
    assert names == {
        "Nord-Pas-de-Calais (ancienne région 31)",
        "Picardie (ancienne région 22)",
    }
    assert sum(len(step.parts) for step in formers[:2]) == 5
    for step in formers:
        assert step.number == pytest.approx(sum(part.number or 0 for part in step.parts))
        assert "part du total" in dict(step.facts)


def test_every_facet_of_every_kind_can_be_explained(published: Published) -> None:
    """Whatever a report prints, its reference gives the published number, followed by parts."""
    registry = published.state_of(YEAR).registry
    region = next(r for r in registry.study_regions if r.slug == "hauts-de-france")
    subjects = {
        Kind.INDICATOR: (RATE,),
        Kind.DOMAIN: ("emploi",),
        Kind.AXIS: ("economique",),
        Kind.INDEX: (),
    }
    for kind, subject in subjects.items():
        for facet in FACETS[kind]:
            reference = Reference(area_of(region), YEAR, kind, subject, facet)
            found = explain(published, reference)
            assert found.reference == str(reference)
            assert found.is_equal, reference
            assert found.root.parts
            table, _, column = reference.column.partition(".")
            assert column in TABLES[table].columns


def test_what_can_be_followed_can_be_explained(published: Published) -> None:
    """Each reference in a tree leads to a figure that has the number it was shown with."""
    domain = explain(published, find_reference(published, ["HDF", "emploi", str(YEAR)]))
    followed = [step for step in domain.root.walk() if step.reference != domain.reference]
    references = [step for step in followed if step.reference]
    assert references
    for step in references:
        again = explain(published, find_reference(published, [step.reference]))
        assert again.published == step.number
        assert again.is_equal


def test_a_missing_figure_gives_its_reason(published: Published) -> None:
    """A hole is explained by its reason, not by a number."""
    rows = published.rows("out_indicators", year=YEAR)
    hole = rows[rows["value"].isna() & (rows["region_code"] == "32")].iloc[0]
    data = tree_of(published, "HDF", hole["indicator_id"], str(YEAR))
    assert data["published"] is None
    assert data["is_equal"]
    assert dict(data["root"]["facts"])["motif d’absence"] == hole["reason_fr"]


# --- the command -----------------------------------------------------------------------------
def test_the_command_prints_text_and_json(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same figure by words and by reference, as text and as data; wrong words suggest."""
    del small
    capsys.readouterr()
    assert main(["explain", "hauts-de-france", RATE, str(YEAR)]) == 0
    by_words = capsys.readouterr().out
    assert main(["explain", f"HDF-{YEAR}-{RATE}"]) == 0
    assert capsys.readouterr().out == by_words
    assert "12,2\u202f%" in by_words.splitlines()[0]
    assert "égal à la valeur publiée" in by_words
    assert "famille_TAUX-CHOMAGE_21032025.xlsx" in by_words
    assert main(["explain", "--json", f"FRA-{YEAR}-{RATE}"]) == 0
    assert json.loads(capsys.readouterr().out)["reference"] == f"FRA-{YEAR}-{RATE}"
    for words, suggestion in (
        (["HDF", "taux_chomag", str(YEAR)], "did you mean 'taux_chomage'?"),
        (["haut-de-france", RATE, str(YEAR)], "hauts-de-france"),
        (["HDF", RATE, "2031"], "2016"),
        ([f"HDF-{YEAR}-{RATE}.prix"], "rang"),
        (["HDF", RATE], "HDF-2016-taux_chomage"),
        ([f"FRA-{YEAR}-indice"], "a region"),
    ):
        assert main(["explain", *words]) == 1
        assert suggestion in capsys.readouterr().err, words


@pytest.mark.slow
def test_an_explanation_takes_little_time(full: Published) -> None:
    """At most two seconds of work for the largest trees, whatever else the machine does."""
    references = [
        find_reference(full, ["HDF-2016-indice"]),
        find_reference(full, ["FRA-2018-part_femmes_actifs"]),
        find_reference(full, ["ARA-2018-cinemas_bpe_rate"]),
    ]
    for reference in references:
        begin = time.process_time()
        explain(Published(full.release), reference)
        assert time.process_time() - begin < 2.0, reference
