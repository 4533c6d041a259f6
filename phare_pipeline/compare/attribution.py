"""Gives each changed row of every table its causes: those of the figures it follows from.

Only figures are recomputed (`causes`). A rank, a note, a score or an interval is moved by what
moved a figure of its indicator, region's edition or edition; by the registry where its own rows of
the registry changed; where no figure moved, by what changed of all that it is made from; and by
the code where nothing else did. What exactly changed is named in `evidence`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phare_pipeline.compare.causes import INDICATORS, Cause, Causes, FigureCauses, union
from phare_pipeline.compare.declared import SOURCES, RowChange
from phare_pipeline.compare.evidence import Evidence
from phare_pipeline.compare.inputs import Inputs
from phare_pipeline.compare.tables import TableDiff

# The declared tables that each dimension is made of.
DECLARED: dict[str, tuple[str, ...]] = {
    "dim_region": ("regions",),
    "dim_former_region": ("former_regions",),
    "dim_departement": ("departements",),
    "dim_perimeter": ("perimeters",),
    "dim_domain": ("domains", "axes", "domain_labels"),
    "dim_measure": ("measures",),
    "dim_measure_series": ("measures", "measure_series"),
    "dim_indicator": ("indicators",),
    "dim_correction": ("corrections",),
    "dim_source": (SOURCES,),
}
# Rows of the registry that move scores without moving a figure.
INDEX_TABLES = ("indicators", "socle", "goalposts", "domains", "axes")
# Tables of studies that also hold scores.
WITH_SCORES = ("out_actor_vision", "out_perception")
# What of a row's key decides its causes.
CAUSAL = ("year", "indicator_id", "study_id")


@dataclass(frozen=True)
class Attribution:
    """Finds the causes of a row that changed."""

    figures: FigureCauses
    inputs: Inputs
    common_years: frozenset[int]
    evidence: Evidence

    def of_row(self, table: str, key: Mapping[str, Any]) -> Causes:
        """Return the causes of a changed, added or removed row of a table."""
        if "study_id" in key:
            return self._of_study(table, key)
        if "year" in key and int(key["year"]) not in self.common_years:
            return frozenset({Cause.EDITION})
        if table in DECLARED:
            return self._of_dimension(table, str(key.get("indicator_id", "")))
        if "year" not in key:
            return self._rest()
        indicator = key.get("indicator_id")
        if indicator is None:
            figures = self.figures.of_edition(int(key["year"]))
            found = figures | _causes_of(self.inputs.rows_of(*INDEX_TABLES))
        else:
            found = self._of_indicator(table, key, str(indicator))
        return found or self._rest() | self.figures.ties_of_edition(int(key["year"]))

    def of_table(self, diff: TableDiff) -> Counter[str]:
        """Count the rows of a table by their causes, `data + registry` and the like."""
        counts: Counter[str] = Counter()
        names = [*CAUSAL, "region_code"] if diff.name == INDICATORS else list(CAUSAL)
        for frame in (diff.changed, diff.added, diff.removed):
            columns = [name for name in names if name in frame.columns]
            if frame.empty:
                continue
            if not columns:
                counts[_text(self.of_row(diff.name, {}))] += len(frame)
                continue
            sizes = frame.groupby(columns, dropna=False).size()
            for values, size in zip(sizes.index.to_frame().to_dict("records"), sizes, strict=True):
                key = {str(name): value for name, value in values.items()}
                counts[_text(self.of_row(diff.name, key))] += int(size)
        return counts

    def _of_indicator(self, table: str, key: Mapping[str, Any], indicator: str) -> Causes:
        """Return the causes of a row about an indicator; none when nothing of it changed."""
        year = int(key["year"])
        figures = self.figures.of_indicator(year, indicator)
        if table == INDICATORS:
            figure = year, indicator, str(key["region_code"])
            own = self.figures.by_figure.get(figure)
            if figure in self.figures.ties:
                return frozenset({Cause.TIES})
            # A figure that stands still is touched by the others of its indicator: its rank is.
            return own or figures or self.evidence.causes_of_indicator(indicator)
        tables = self.evidence.rows_of_indicator(indicator, INDEX_TABLES)
        return figures | _causes_of(tables) or self.evidence.causes_of_indicator(indicator)

    def _of_dimension(self, table: str, indicator: str) -> Causes:
        rows = self.inputs.rows_of(*DECLARED[table])
        found = _causes_of(tuple(r for r in rows if indicator in r.ids) or rows)
        if table == "dim_source" and self.inputs.files:
            found |= {Cause.DATA}
        return found or self._rest()

    def _of_study(self, table: str, key: Mapping[str, Any]) -> Causes:
        if "year" in key and int(key["year"]) not in self.common_years:
            return frozenset({Cause.EDITION})
        found = frozenset(Cause(name) for name in self.inputs.study_causes(str(key["study_id"])))
        if table in WITH_SCORES and "year" in key:
            found |= self.figures.of_edition(int(key["year"]))
        return found or self._rest()

    def _rest(self) -> Causes:
        """Return what is left as a cause when no figure and no row of its own explains a row."""
        if self.inputs.code or self.inputs.models or self.inputs.others:
            return frozenset({Cause.CODE})
        declared = _causes_of(self.inputs.rows)
        data: Causes = frozenset({Cause.DATA})
        return declared | (data if self.inputs.files or self.inputs.studies else frozenset()) or (
            frozenset({Cause.UNKNOWN})
        )


def _causes_of(rows: tuple[RowChange, ...]) -> Causes:
    return union(frozenset({Cause(row.cause)}) for row in rows)


def _text(causes: Causes) -> str:
    return " + ".join(sorted(causes))
