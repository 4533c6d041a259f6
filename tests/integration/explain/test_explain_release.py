"""Every published figure is recomputed from cells; one figure is followed down to its file."""

from __future__ import annotations

import csv
import functools
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.config import Workspace
from phare_pipeline.contract.places import FACETS, LOWER_FACETS, WITHOUT_REFERENCE, Kind
from phare_pipeline.contract.reference import NATIONAL_AREA, parse_reference
from phare_pipeline.contract.schemas import arrow_schema
from phare_pipeline.contract.tables import PUBLISHED_FROM, TABLES
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.check.figures import check_release
from phare_pipeline.explain.check.findings import Finding
from phare_pipeline.explain.figures import explain, find_reference
from phare_pipeline.explain.kinds.rows import number_of, one_row
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.registry.model import Aggregation, Level
from phare_pipeline.sources.cells import cell_text, column_index
from phare_pipeline.warehouse.releases import find_release
from phare_pipeline.warehouse.tables import read_parquet, write_parquet
from tests.integration.small import TWO_YEARS, YEAR, Installation

RATE = "taux_chomage"


@pytest.fixture
def published(small: Installation) -> Published:
    """The release of the small installation."""
    del small
    return Published(find_release(Workspace.from_environment()))


@pytest.fixture(scope="module")
def full(two_editions: Path) -> Published:
    """The release of two editions of all shipped extracts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHARE_WAREHOUSE", str(two_editions))
        return Published(find_release(Workspace.from_environment()))


@pytest.fixture(scope="module")
def checked(full: Published) -> list[Finding]:
    """What a recomputation of all that it publishes finds."""
    return list(check_release(full))


def failures(found: list[Finding]) -> dict[str, tuple[str, ...]]:
    """Return what does not agree, after checking that something was compared at all."""
    assert sum(f.compared for f in found if f.name.startswith("cells")) > 1000
    assert sum(f.compared for f in found if f.name.startswith("out_indicators.")) > 1000
    return {f.name: f.samples for f in found if f.failed}


def test_every_figure_of_a_small_release_follows_from_its_cells(published: Published) -> None:
    """Also where most domains are empty and nobody is classified."""
    found = list(check_release(published))
    assert failures(found) == {}
    assert all(f.compared for f in found)


def test_every_figure_of_the_shipped_extracts_follows_from_its_cells(
    checked: list[Finding],
) -> None:
    """Values, notes, scores and order at three levels, what they are made of, what actors say."""
    assert failures(checked) == {}
    compared = {f.name: f.compared for f in checked}
    assert all(compared.values())
    assert compared["cells of the sources"] > 300_000
    assert compared["out_indicators.value"] > 9_000
    assert compared["out_level_indicators (departement).value"] > 20_000
    assert compared["out_scores (index).score"] == 13 * len(TWO_YEARS)
    assert compared["out_level_scores (departement) (index).score"] == 96 * len(TWO_YEARS)
    assert compared["out_survey_results.value"] == 642 * len(TWO_YEARS)


# Number columns that are not recomputed, by reason.
NAMES_AND_DECLARATIONS = frozenset(
    {
        *("year", "study_year", "indicator_order", "component_order", "domain_order", "item_order"),
        *("part_order", "direction", "weight", "base_edition", "origin_line", "slide", "seed"),
        *("draw_count", "missing_parts"),
    }
)
TOLD = {
    # What describes the column or the order of all, and follows from what is compared.
    "out_indicators": {"rounding_bound", "is_stale"},
    "out_normalised": {"value", "france_value"},
    "out_pareto": {"rank_of", "front_resilient_rank", "dominated_by_count", "dominates_count",
                   "comparable_pairs_pct"},
    "out_level_scores": {"scored_count", "region_scored_count"},
    "out_level_pareto": {"rank_of", "front_resilient_rank", "dominated_by_count",
                         "dominates_count", "comparable_pairs_pct", "average_rank_error"},
    "out_influence": {"total_effect"},
    # A reader is told how each is made (`phare explain TABLE`); a rebuild compares them.
    "out_uncertainty": None, "out_pairs": None, "out_sensitivity": None, "out_alternatives": None,
    **dict.fromkeys(WITHOUT_REFERENCE),
    # From the printed bands by a linear program; computed studies only.
    "out_survey_results": {"base_answered_n", "n_eff"},
}  # fmt: skip


def test_every_number_of_a_release_is_compared(checked: list[Finding]) -> None:
    """No figure column is left out of the comparison without a reason above."""
    compared = {re.sub(r" \(.*?\)", "", f.name) for f in checked}
    for name in PUBLISHED_FROM:
        told = TOLD.get(name, set())
        numbers = {f.name for f in arrow_schema(name) if str(f.type) in ("double", "int32")}
        for column in set() if told is None else numbers - told - NAMES_AND_DECLARATIONS:
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
    published.__dict__.pop("_states", None)


def raised(position: int, by: float) -> Any:
    """Return a change of one value, the first that is there."""

    def change(column: pd.Series) -> pd.Series:
        label = column.dropna().index[position]
        changed = column.copy()
        changed[label] = changed[label] + by
        return changed

    return change


# Figures that are made wrong together: none of them is made from another of its group.
WRONG = (
    (
        ("out_indicators", "value", "out_indicators.gap"),
        ("out_indicators", "value", "out_indicators.value"),
        ("out_level_indicators", "value", "out_level_indicators (departement).value"),
        ("out_survey_results", "value", "out_survey_results.value"),
    ),
    (
        ("out_indicators", "rank", "out_indicators.rank"),
        ("out_indicators", "gap", "out_indicators.gap"),
        ("out_normalised", "z", "out_normalised.z"),
        ("out_level_normalised", "z", "out_level_normalised (departement).z"),
        ("out_coverage", "scored_count", "out_coverage.scored_count"),
        ("out_survey_results", "se", "out_survey_results.se"),
    ),
    (
        ("out_scores", "score", "out_scores (axis).score"),
        ("out_decomposition", "within_domains", "out_decomposition.within_domains"),
        ("out_contributions", "axis_contribution", "out_contributions.axis_contribution"),
        ("out_influence", "leave_one_out_shift", "out_influence.leave_one_out_shift"),
        ("out_dispersion", "value_range", "out_dispersion (departement).value_range"),
        ("out_actor_vision", "note_rank", "out_actor_vision.note_rank"),
        ("out_actor_agreement", "kendall_w_low", "out_actor_agreement.kendall_w_low"),
        ("out_perception", "perceived", "out_perception.perceived"),
    ),
    (
        ("out_indicators", "france_value", "out_indicators.france_value"),
        ("out_scores", "score_high", "out_scores (axis).score_high"),
    ),
)
COUNTS = frozenset({"rank", "note_rank", "scored_count"})


@pytest.mark.parametrize("wrong", WRONG, ids=["values", "derived", "parts", "bounds"])
def test_wrong_figures_are_found(wrong: tuple[Any, ...], published: Published) -> None:
    """A figure that does not follow from its cells is named with its place."""
    list(published.state_of(YEAR).name)
    for table, column in dict.fromkeys((table, column) for table, column, _ in wrong):
        path = published.release.path / "marts" / f"{table}.parquet"
        tamper(published, path, column, raised(0, 1 if column in COUNTS else 1e-6))
    print({t: published.rows(t)[c].notna().sum() for t, c, _ in wrong})
    found = failures(list(check_release(published)))
    for _, _, expected in wrong:
        assert expected in found, found
        assert "expected" in found[expected][0]


def test_a_wrong_cell_is_found(published: Published) -> None:
    """A staged figure that is not what its text says is named with file, line and column."""
    path = published.state_of(YEAR).folder / "core_observations.parquet"
    tamper(published, path, "value", raised(7, 1.0))
    found = failures(list(check_release(published)))
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


# One figure of each table in which the index is classified, or that needs two editions.
EXAMPLES = (
    "HDF-2017-indice",
    "HDF-2017-indice.rang_moyen",
    "HDF-2017-axe:social.entre_domaines",
    "HDF-2017-domaine:emploi.contribution",
    "HDF-2017-domaine:emploi.renseignes",
    "HDF-2017-domaine:emploi.evolution",
    "HDF-2017-domaine:emploi.evolution_couverture_precedente",
    "HDF-2017-taux_chomage.rang_contribution",
    "HDF-2017-taux_chomage.retrait_axe",
    "HDF-2017-taux_chomage.effet_poids",
    "HDF-2017-indice.rang_haut",
    "HDF-2017-paire:GES",
    "FRA-2017-sensibilite:weights.erreur",
    "HDF-2017-methode:copeland.rang",
    "FRA-2017-dispersion:departement:domain:emploi",
    "ARA-2017-dispersion:departement:indicator:taux_chomage.maximum",
    "D59-2017-taux_chomage",
    "D59-2017-taux_chomage.note",
    "D2A-2017-domaine:emploi",
    "D59-2017-indice.rang_moyen",
    "A31-2017-domaine:emploi",
    "A31-2017-indice.ecart_front",
    "A31-2017-axe:social.haut",
    "HDF-2017-citoyens:Q1:emploi:mean",
    "HDF-2017-citoyens:Q1:emploi:mean.nationale",
    "nord_est-2017-associations:q23:emploi:mean.marge",
    "FRA-2017-entreprises:Q19:logement:mean",
    "HDF-2017-vision:citoyens:emploi.rang",
    "HDF-2017-percu:citoyens:indice.ecart",
    "nord_est-2017-percu:associations:emploi",
    "HDF-2017-accord",
    "HDF-2017-accord.haut",
)
SECONDS = 4.0
"""At most, of work for one explanation after imports: twice what is promised, on a busy machine."""


@pytest.mark.parametrize("text", EXAMPLES)
def test_a_figure_of_each_table_is_explained(text: str, full: Published) -> None:
    """It gives the published number, in little time, followed by what it is made of."""
    for name in ("survey", "voices", "drawn"):
        import_module(f"phare_pipeline.explain.kinds.{name}")
    anew = Published(full.release)
    begin = time.process_time()
    reference = find_reference(anew, [text])
    found = explain(anew, reference)
    assert time.process_time() - begin < SECONDS
    assert found.reference == text
    assert found.is_equal, (found.published, found.recomputed)
    assert found.published == number_of(full, reference) is not None
    assert found.root.parts
    assert json.dumps(found.as_data(), ensure_ascii=False)


def test_there_is_an_example_of_each_table() -> None:
    """A table that is added gets one, or says why not."""
    tables = {parse_reference(text).place.table for text in EXAMPLES}
    covered = {"out_indicators", "out_normalised", *WITHOUT_REFERENCE}
    published = {table.name for table in TABLES.values() if table.layer == "out"}
    assert published == tables | covered


def test_every_facet_leads_to_a_figure(full: Published) -> None:
    """Each facet of each kind has a row in the release, and its column."""
    for facets, texts in ((FACETS, EXAMPLES), (LOWER_FACETS, EXAMPLES)):
        for kind, places in facets.items():
            like = next(
                r
                for r in map(parse_reference, texts)
                if r.kind is kind and (r.level is None) is (facets is FACETS)
            )
            for facet in places:
                number_of(full, replace(like, facet=facet))


def test_france_has_the_value_of_an_indicator_and_nothing_of_a_region(full: Published) -> None:
    """A note or a contribution printed for France would be that of some region."""
    assert explain(full, find_reference(full, ["FRA-2017-taux_chomage"])).is_equal
    for facet in filter(None, FACETS[Kind.INDICATOR]):
        with pytest.raises(PhareError, match="no facets"):
            find_reference(full, [f"FRA-2017-taux_chomage.{facet}"])


def printed_references(release: Path, *places: str) -> Iterator[tuple[str, str, float | None]]:
    """Yield the references that reports print, with the column and the number they stand for."""
    for place in places:
        page = (release / "reports" / place / f"{YEAR}.html").read_text("utf-8")
        for value, text, column in FIGURE.findall(page):
            yield text, column, None if value == "None" else float(value)
        for text in PRINTED.findall(page):
            yield text, "", None


FIGURE = re.compile(r'<data value="([^"]*)" data-ref="([^"]*)" data-src="([^"]*)"')
PRINTED = re.compile(r'<span class="ref">([^<]*)</span>')


def test_every_reference_of_the_reports_leads_to_its_figure(full: Published) -> None:
    """The number beside each reference is the one that the release has at its place."""
    held = Held(full.release)
    found = dict.fromkeys(printed_references(full.release.path, "france", "region=hauts-de-france"))
    assert len(found) > 2000
    kinds, rows = set(), {}
    for text, column, value in found:
        reference = parse_reference(text)
        assert str(reference) == text
        row = replace(reference, facet=""), reference.place.table, reference.place.equal
        if row not in rows:
            rows[row] = one_row(held, reference)
        kinds.add(reference.kind)
        if column:
            table, _, name = column.partition(".")
            is_beside = name in ("france_value", "national_value", "national_note")
            assert is_beside or (reference.place.table, reference.place.column) in (
                (table, name),
                ("out_survey_results", "value"),
            ), text
            is_national = reference.area == NATIONAL_AREA and reference.kind is Kind.INDICATOR
            place = "france_value" if is_national else reference.place.column
            assert rows[row][place] == value, text
    assert {Kind.INDICATOR, Kind.DOMAIN, Kind.AXIS, Kind.INDEX, Kind.SURVEY, Kind.VISION} <= kinds


class Held(Published):
    """A release of which each table is read once."""

    def rows(self, table: str, **equal: str | int) -> pd.DataFrame:
        """Return the rows of a table whose columns have the given values."""
        held = self.__dict__.setdefault("held", {})
        if table not in held:
            held[table] = super().rows(table)
        names = tuple(sorted(equal))
        if not names:
            return held[table]
        if (table, names) not in held:
            held[table, names] = held[table].groupby(list(names), sort=False).indices
        key = tuple(equal[name] for name in names)
        found = held[table, names].get(key if len(names) > 1 else key[0], [])
        return held[table].iloc[found]


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
