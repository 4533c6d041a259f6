"""Turns rows of published tables into printed figures, each with its reference.

How a number is written is said by `french`, what a column means by the contract. The short
references are made by `contract.reference`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.outputs.reports.edition import Area, Row
from phare_pipeline.outputs.reports.figures import Figure, Missing, Shown

SCORE_DECIMALS = 1
# Units short enough to stand behind each number; longer ones are said once, with the label.
SHORT_UNITS = frozenset({"%", "‰", "€", "M€"})
KINDS = {"domain": Kind.DOMAIN, "axis": Kind.AXIS, "index": Kind.INDEX}
SAID_IN_LABEL = ("pour ", "par ", "rapport", "indice")
NO_REFERENCE = "aucune référence nationale n’est publiée"


@lru_cache(maxsize=50_000)
def _quantity(value: float, unit: str, decimals: int, is_signed: bool) -> str:
    """Write a quantity; the figures of France stand in every report and are written once."""
    return french.quantity(value, unit, decimals, is_signed=is_signed)


@lru_cache(maxsize=100)
def _ordinal(position: int) -> str:
    return french.ordinal(position)


class IndicatorCells:
    """The figures of one row of `out_indicators`."""

    def __init__(self, area: Area, row: Row, decimals: int) -> None:
        self.row = row
        self._area = area
        self._decimals = decimals

    @property
    def reference(self) -> str:
        """The reference of the value; other figures of the row add a facet."""
        return self._reference("")

    def _reference(self, facet: str) -> str:
        subject = (self.row["indicator_id"],)
        return str(Reference(self._area.short, self.row["year"], Kind.INDICATOR, subject, facet))

    def _amount(self, column: str, facet: str, *, is_signed: bool = False) -> Figure:
        value, unit = self.row[column], self.row["unit"]
        shown = unit if unit in SHORT_UNITS else ""
        text = _quantity(value, shown, self._decimals, is_signed)
        return Figure(text, value, self._reference(facet), f"out_indicators.{column}")

    @property
    def value(self) -> Shown:
        """The region's value."""
        if self.row["value"] is None:
            return Missing(self.row["reason_fr"])
        return self._amount("value", "")

    @property
    def value_with_unit(self) -> Shown:
        """The region's value as a sentence writes it: with its unit, unless the label says it."""
        shown, unit = self.value, self.row["unit"]
        if not isinstance(shown, Figure) or unit in SHORT_UNITS or unit.startswith(SAID_IN_LABEL):
            return shown
        text = french.with_unit(shown.text, unit, french.rounded(shown.value, self._decimals))
        return replace(shown, text=text)

    @property
    def france(self) -> Shown:
        """The national reference."""
        if self.row["france_value"] is None:
            return Missing(self.row["reason_fr"] or NO_REFERENCE)
        return self._amount("france_value", "france")

    @property
    def france_alone(self) -> Shown:
        """The national figure where it stands for France itself and not beside a region."""
        shown = self.france
        return replace(shown, reference=self.reference) if isinstance(shown, Figure) else shown

    @property
    def gap(self) -> Figure | None:
        """Value minus France, with its sign; None when either is missing.

        The gap between two percentages is in points.
        """
        if self.row["gap"] is None:
            return None
        figure = self._amount("gap", "ecart", is_signed=True)
        if self.row["unit"] != "%":
            return figure
        text = _quantity(self.row["gap"], "points", self._decimals, True)
        return replace(figure, text=text)

    @property
    def share(self) -> Figure | None:
        """Share of France, for counts."""
        value = self.row["share_of_france_pct"]
        if value is None:
            return None
        text = _quantity(value, "%", 1, False)
        column = "out_indicators.share_of_france_pct"
        return Figure(text, value, self._reference("part"), column)

    @property
    def rank(self) -> Figure | None:
        """Rank by descending value."""
        return self._rank("rank", "rang")

    @property
    def fragility_rank(self) -> Figure | None:
        """Rank from the most fragile."""
        return self._rank("fragility_rank", "rang_fragilite")

    def _rank(self, column: str, facet: str) -> Figure | None:
        value = self.row[column]
        if value is None:
            return None
        source = f"out_indicators.{column}"
        return Figure(_ordinal(value), value, self._reference(facet), source)


class ScoreCells:
    """The figures of one row of `out_scores`."""

    def __init__(self, area: Area, row: Row) -> None:
        self.row = row
        self._area = area
        self._kind = KINDS[row["component_level"]]

    @property
    def reference(self) -> str:
        """The reference of the score; other figures of the row add a facet."""
        return self._reference("")

    def _reference(self, facet: str) -> str:
        subject = () if self._kind is Kind.INDEX else (self.row["component_id"],)
        return str(Reference(self._area.short, self.row["year"], self._kind, subject, facet))

    def _figure(self, column: str, facet: str, text: str) -> Figure:
        return Figure(text, self.row[column], self._reference(facet), f"out_scores.{column}")

    @property
    def is_scored(self) -> bool:
        """True when there is a score."""
        return self.row["score"] is not None

    @property
    def score(self) -> Shown:
        """The score, France = 100."""
        if not self.is_scored:
            return Missing(why_unscored(self.row))
        return self._figure("score", "", french.number(self.row["score"], SCORE_DECIMALS))

    @property
    def rank(self) -> Figure | None:
        """Rank from the most fragile."""
        value = self.row["fragility_rank"]
        if value is None:
            return None
        return self._figure("fragility_rank", "rang", french.ordinal(value))

    @property
    def bounds(self) -> tuple[Figure, Figure]:
        """What the score could be at least and at most, whatever the missing figures are."""
        low, high = (
            french.number(self.row[c], SCORE_DECIMALS) for c in ("score_low", "score_high")
        )
        return self._figure("score_low", "bas", low), self._figure("score_high", "haut", high)

    @property
    def coverage(self) -> Figure:
        """Share of the weight that is present."""
        text = french.quantity(self.row["coverage_pct"], "%", 0)
        return self._figure("coverage_pct", "couverture", text)


class OrderCells:
    """The figures of one row of `out_pareto`."""

    FACETS = (
        ("front_fragile_rank", "front"),
        ("rank_best", "rang_min"),
        ("rank_worst", "rang_max"),
    )

    def __init__(self, area: Area, row: Row) -> None:
        self.row = row
        self._area = area

    @property
    def is_ordered(self) -> bool:
        """True when the region is classified."""
        return self.row["rank_best"] is not None

    def _figure(self, column: str, facet: str, text: str) -> Figure:
        place = Reference(self._area.short, self.row["year"], Kind.INDEX, (), facet)
        return Figure(text, self.row[column], str(place), f"out_pareto.{column}")

    def __getitem__(self, column: str) -> Figure:
        """Return a rank of the row: front_fragile_rank, rank_best, rank_worst."""
        return self._figure(column, dict(self.FACETS)[column], french.ordinal(self.row[column]))

    @property
    def average_rank(self) -> Figure:
        """Mean rank over all orders that the axes allow."""
        text = french.number(self.row["average_rank"], 1)
        return self._figure("average_rank", "rang_moyen", text)

    @property
    def gap(self) -> Figure:
        """Margin by which another region is less fragile on every axis; not above 0 for none."""
        return self._figure("pareto_gap", "ecart_front", french.number(self.row["pareto_gap"], 1))


def why_unscored(row: Row) -> str:
    """Say why a row of `out_scores` has no score."""
    missing = row["missing_components"]
    return f"couverture insuffisante, il manque : {missing}" if missing else "aucun indicateur noté"
