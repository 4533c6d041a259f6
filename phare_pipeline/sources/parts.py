"""Compares figures with the wholes that the registry declares them part of; none is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phare_pipeline.registry.model import MeasureRule, Rule
from phare_pipeline.sources.figures import Rejection
from phare_pipeline.sources.observations import Observation

ROUNDING = 1e-9
"""Relative; a part that equals its whole may differ in the last digit."""

_Place = tuple[str, str, str]


def find_parts_above(
    rules: Sequence[MeasureRule], observations: Sequence[Observation]
) -> Iterator[Rejection]:
    """Reject each part that is above its whole at the same level, territory and period.

    Args:
        rules: the declarations of the registry; those of other kinds are passed over.
        observations: all those of one source. Items are summed first, and places where one of
            them has no value are not compared.
    """
    pairs = [(r.measure_id, r.whole_id) for r in rules if r.rule is Rule.PART_OF]
    named = {measure_id for pair in pairs for measure_id in pair}
    totals: dict[str | None, dict[_Place, float]] = {}
    places: dict[tuple[str, _Place], Observation] = {}
    for seen in observations:
        if seen.measure_id in named:
            place = (seen.territory_level, seen.territory_code, seen.period)
            own = totals.setdefault(seen.measure_id, {})
            value = float("nan") if seen.value is None else seen.value
            own[place] = own.get(place, 0.0) + value
            places.setdefault((seen.measure_id, place), seen)
    for part_id, whole_id in pairs:
        wholes = totals.get(whole_id, {})
        for place, part in totals.get(part_id, {}).items():
            whole = wholes.get(place)
            if whole is not None and part > whole * (1 + ROUNDING):
                found = f"{part:.15g} {part_id} of {whole:.15g} {whole_id}"
                yield _rejection(places[part_id, place], found)


def _rejection(at: Observation, found: str) -> Rejection:
    expected = (
        f"a part not above its whole, {at.territory_level} {at.territory_code}, {at.period} "
        "(measure_rules.csv)"
    )
    place = (at.origin_file, at.origin_sheet, at.origin_line, at.origin_column)
    return Rejection(*place, "part_above_whole", found, expected)
