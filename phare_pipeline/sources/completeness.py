"""Finds what a source should hold and does not: territories, levels, series; figures are not read.

Only the levels that the registry takes are checked, each for the periods it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from phare_pipeline.registry.model import Level, Measure, Registry
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.gaps import Absences
from phare_pipeline.sources.matching import SeriesMap, unmatched_patterns
from phare_pipeline.sources.observations import Presence, PresenceKey
from phare_pipeline.sources.values import Status

_COMPLETE = frozenset({Level.DEPARTEMENT, Level.FORMER_REGION, Level.REGION})


class Completeness:
    """The checks of one source against the registry and the declared absences."""

    def __init__(self, registry: Registry, absences: Absences) -> None:
        self._registry = registry
        self._territories = Territories(registry)
        self._absences = absences

    def expected_codes(self, measure: Measure, level: Level) -> frozenset[str]:
        """The territories of the study at a level, without those the perimeter leaves out."""
        codes = self._territories.codes(level)
        if level is not Level.DEPARTEMENT:
            return codes
        return codes - set(self._registry.perimeters[measure.perimeter].excluded_departements)

    def missing_series(
        self, measure: Measure, read: tuple[str, ...], series_map: SeriesMap, file: str
    ) -> Iterator[Rejection]:
        """Reject patterns of a measure that match nothing in the whole source."""
        for pattern in unmatched_patterns(measure, read):
            near = get_close_matches(pattern, series_map.seen, n=3, cutoff=0.4)
            offered = near or series_map.seen[:8]
            found = "no figure of it; the source holds " + ", ".join(repr(s) for s in offered)
            expected = f"series {pattern!r} of measure {measure.measure_id} ({measure.declared_at})"
            yield Rejection(file, None, 0, "", "missing_series", found, expected)

    def missing_ends(
        self, measure: Measure, presence: Mapping[PresenceKey, Presence], file: str
    ) -> Iterator[Rejection]:
        """Reject the first or last year of a declared span of which nothing is read."""
        if measure.span is None:
            return
        years = {int(key[3][:4]) for key in _own(presence, measure)}
        for year in sorted({measure.span.first_period, measure.span.last_period} - years):
            found = "only years " + (", ".join(map(str, sorted(years))) or "of other series")
            expected = f"{year} of measure {measure.measure_id} ({measure.declared_at})"
            yield Rejection(file, None, 0, "", "missing_period", found, expected)

    def missing_levels(
        self, measure: Measure, presence: Mapping[PresenceKey, Presence], file: str
    ) -> Iterator[Rejection]:
        """Reject levels that the registry takes and the source has not at all."""
        levels = {key[2] for key in _own(presence, measure)}
        for level in measure.source_levels:
            if levels and level not in levels:
                found = "only levels " + ", ".join(sorted(levels))
                expected = f"level {level} of measure {measure.measure_id}"
                yield Rejection(file, None, 0, "", "missing_level", found, expected)

    def missing_parts(
        self, measure: Measure, presence: Mapping[PresenceKey, Presence]
    ) -> Iterator[Rejection]:
        """Reject periods in which a summed measure lacks one of its parts."""
        if len(measure.series) == 1:
            return
        read: dict[tuple[str, str], dict[str, RawFigure]] = {}
        for key in _own(presence, measure):
            _, series, level, period = key
            read.setdefault((level, period), {})[series] = presence[key].first
        for (level, period), series_read in read.items():
            for pattern in unmatched_patterns(measure, series_read):
                found = f"for {level}, {period} only " + ", ".join(map(repr, series_read))
                expected = f"series {pattern!r}, a part of {measure.measure_id}"
                yield _at(next(iter(series_read.values())), "missing_part", found, expected)

    def missing_territories(
        self, measure: Measure, key: PresenceKey, who: Presence
    ) -> Iterator[tuple[str, Rejection]]:
        """Return the absent, undeclared territories of a series, level and period."""
        _, series, level_name, period = key
        level = Level(level_name)
        if level not in measure.source_levels or level not in _COMPLETE:
            return
        for code in sorted(self.expected_codes(measure, level) - who.codes):
            if not self._absences.covers(measure.measure_id, period, level, code):
                found = f"no figure for {level} {code}, {period} ({measure.measure_id}, {series!r})"
                expected = "a figure, a marker of a missing one, or a line in raw/gaps.csv"
                yield code, _at(who.first, "missing_territory", found, expected)

    def empty_period(
        self, measure: Measure, key: PresenceKey, who: Presence
    ) -> Iterator[Rejection]:
        """Reject a period in which no territory has anything: a column that moved looks like that.

        One that a producer truly leaves blank is a line of `gaps.csv`.
        """
        _, series, level, period = key
        if not who.is_empty or Level(level) not in _COMPLETE:
            return
        covered = [self._absences.covers(measure.measure_id, period, level, c) for c in who.codes]
        if not all(covered):
            found = f"nothing in any {level} in {period} ({measure.measure_id}, {series!r})"
            expected = "a figure or a marker somewhere, or a line in raw/gaps.csv"
            yield _at(who.first, "empty_period", found, expected)


def _own(presence: Mapping[PresenceKey, Presence], measure: Measure) -> list[PresenceKey]:
    """Return what is present of a measure in the years that are read from its series."""
    return [
        key for key in presence if key[0] == measure.measure_id and measure.holds(int(key[3][:4]))
    ]


def zero_figure(who: Presence, code: str) -> RawFigure:
    """The figure 0 of a territory that a list does not name, placed where the list begins."""
    return who.first._replace(
        territory_code=code, item="", raw_text="", value=0.0, status=str(Status.OBSERVED)
    )


def _at(figure: RawFigure, rule: str, found: str, expected: str) -> Rejection:
    return Rejection(figure.file, figure.sheet, figure.line, figure.column, rule, found, expected)
