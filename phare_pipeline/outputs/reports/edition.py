"""The published tables of one edition, ready to be looked up row by row; nothing is computed.

A table that the release does not have gives no rows: the block that needs it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.contract.reference import NATIONAL_AREA
from phare_pipeline.french import typographic

Row = dict[str, Any]

INDEX = "index"


@dataclass(frozen=True)
class Area:
    """What a report is about: a region, or France.

    Attributes:
        code: INSEE code of the region, None for France.
        short: begins its references: HDF, FRA.
        slug: of the region, `france` for France.
        name: Hauts-de-France.
        subject, locative, genitive: les Hauts-de-France, dans les Hauts-de-France, des
            Hauts-de-France.
        is_plural, is_feminine: for agreement with the subject.
    """

    code: str | None
    short: str
    slug: str
    name: str
    subject: str
    locative: str
    genitive: str
    is_plural: bool = False
    is_feminine: bool = True

    @property
    def is_national(self) -> bool:
        """True for France."""
        return self.code is None

    @property
    def be(self) -> str:
        """The verb of a sentence whose subject it is: est, sont."""
        return "sont" if self.is_plural else "est"

    def agree(self, word: str) -> str:
        """Make an adjective agree with it: classé, classée, classés; fragile, fragiles.

        Args:
            word: masculine singular; one that ends with a silent e has no other feminine.
        """
        feminine = "e" if self.is_feminine and not word.endswith("e") else ""
        return f"{word}{feminine}{'s' if self.is_plural else ''}"


FRANCE = Area(None, NATIONAL_AREA, NATIONAL, "France", "la France", "en France", "de la France")


def area_of(row: Row) -> Area:
    """Return the region of a row of `dim_region`."""
    return Area(
        code=row["region_code"],
        short=row["iso_code"].removeprefix("FR-"),
        slug=row["slug"],
        name=typographic(row["region_name"]),
        subject=row["subject_fr"],
        locative=row["locative_fr"],
        genitive=row["genitive_fr"],
        is_plural=row["agreement"].endswith("plural"),
        is_feminine=row["agreement"].startswith("feminine"),
    )


class Edition:
    """The tables of one edition.

    Args:
        year: the edition.
        tables: published tables by name, rows of this edition only, and dimensions.
    """

    def __init__(self, year: int, tables: Mapping[str, pa.Table]) -> None:
        self.year = year
        self._tables = tables
        self._rows: dict[str, list[Row]] = {}
        self._actors: dict[str, dict[str, list[Row]]] = {}

    def has(self, name: str) -> bool:
        """Tell whether a table is there and has rows."""
        return name in self._tables and self._tables[name].num_rows > 0

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a table, none when there is no such table."""
        if name not in self._rows:
            table = self._tables.get(name)
            self._rows[name] = [] if table is None else table.to_pylist()
        return self._rows[name]

    def actor_rows(self, name: str, actor: str) -> list[Row]:
        """Return the rows of an actor in a table of surveys."""
        if name not in self._actors:
            found = self._actors.setdefault(name, {})
            for row in self.rows(name):
                found.setdefault(row["actor"], []).append(row)
        return self._actors[name].get(actor, [])

    @cached_property
    def areas(self) -> dict[str, Area]:
        """The regions by code, in the order of readers (alphabetical)."""
        rows = sorted(self.rows("dim_region"), key=lambda row: row["region_order"])
        return {row["region_code"]: area_of(row) for row in rows}

    @cached_property
    def domains(self) -> list[Row]:
        """The domains, in the order of the study."""
        return sorted(self.rows("dim_domain"), key=lambda row: row["domain_order"])

    @cached_property
    def axes(self) -> list[Row]:
        """The axes with id, label and order, in the order of the study."""
        found = {row["axis_id"]: row for row in self.domains}
        return sorted(found.values(), key=lambda row: row["axis_order"])

    @cached_property
    def lexicon(self) -> dict[str, Row]:
        """Rows of `dim_indicator` by indicator."""
        return {row["indicator_id"]: row for row in self.rows("dim_indicator")}

    @cached_property
    def _questions(self) -> dict[tuple[str, str], Row]:
        rows = self.rows("dim_question")
        return {(row["study_id"], row["question_id"]): row for row in rows}

    def question(self, study_id: str, question_id: str) -> Row:
        """Return the row of `dim_question` of a question."""
        return self._questions[study_id, question_id]

    @cached_property
    def perimeters(self) -> dict[str, str]:
        """Names of the perimeters of national references."""
        rows = self.rows("dim_perimeter")
        return {row["perimeter_id"]: row["perimeter_label"] for row in rows}

    @cached_property
    def _comparison(self) -> dict[str, dict[str, Row]]:
        found: dict[str, dict[str, Row]] = {code: {} for code in self.areas}
        order = sorted(self.rows("out_indicators"), key=lambda row: row["indicator_order"])
        for row in order:
            found[row["region_code"]][row["indicator_id"]] = row
        return found

    def indicators(self, code: str) -> dict[str, Row]:
        """Return the rows of `out_indicators` of a region by indicator, in the registry's order."""
        return self._comparison[code]

    @cached_property
    def _by_domain(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for code, rows in self._comparison.items():
            for row in rows.values():
                found.setdefault((code, row["domain_id"]), []).append(row)
        return found

    def domain_indicators(self, code: str, domain_id: str) -> list[Row]:
        """Return the rows of `out_indicators` of a domain in a region, in the registry's order."""
        return self._by_domain.get((code, domain_id), [])

    def indicator(self, indicator_id: str) -> list[Row]:
        """Return the rows of an indicator in all regions, in the order of readers."""
        rows = (self._comparison[code].get(indicator_id) for code in self.areas)
        return [row for row in rows if row is not None]

    @cached_property
    def _scores(self) -> dict[tuple[str, str, str], Row]:
        return {
            (row["region_code"], row["component_level"], row["component_id"]): row
            for row in self.rows("out_scores")
        }

    def score(self, code: str, level: str, component: str) -> Row | None:
        """Return the score of a region for a domain, an axis or the index (`INDEX`, `INDEX`)."""
        return self._scores.get((code, level, component))

    def scores(self, level: str, component: str) -> list[Row]:
        """Return the scores of all regions for a component, in the order of readers."""
        rows = (self.score(code, level, component) for code in self.areas)
        return [row for row in rows if row is not None]

    @cached_property
    def _notes(self) -> dict[tuple[str, str], Row]:
        rows = self.rows("out_normalised")
        return {(row["region_code"], row["indicator_id"]): row for row in rows}

    def note(self, code: str, indicator_id: str) -> Row | None:
        """Return the row of `out_normalised` of an indicator, None for a context figure."""
        return self._notes.get((code, indicator_id))

    @cached_property
    def _orders(self) -> dict[str, Row]:
        return {row["region_code"]: row for row in self.rows("out_pareto")}

    def order(self, code: str) -> Row | None:
        """Return the row of `out_pareto` of a region."""
        return self._orders.get(code)

    @property
    def foundation(self) -> Row | None:
        """The row of `out_foundation` of the edition."""
        return next(iter(self.rows("out_foundation")), None)

    @cached_property
    def _uncertainties(self) -> dict[str, Row]:
        return {row["region_code"]: row for row in self.rows("out_uncertainty")}

    def uncertainty(self, code: str) -> Row | None:
        """Return the row of `out_uncertainty` of a region."""
        return self._uncertainties.get(code)

    @cached_property
    def _coverage(self) -> dict[tuple[str, str], Row]:
        return {(r["region_code"], r["domain_id"]): r for r in self.rows("out_coverage")}

    def coverage(self, code: str, domain_id: str) -> Row | None:
        """Return the row of `out_coverage` of a region and domain."""
        return self._coverage.get((code, domain_id))
