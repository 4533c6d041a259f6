"""Shows how a measure of a territory and period is made: its parts with their shares, their cells.

The numbers come from `recompute`; here they are laid out as steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from phare_pipeline.explain.kinds.cells import STATUSES_FR, cell_step, series_facts
from phare_pipeline.explain.reading.published import Row, records
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.recompute.indicators import QUARTERS, TERRITORY, Steps
from phare_pipeline.explain.rendering.tree import Step, absent, plain
from phare_pipeline.french import quantity
from phare_pipeline.registry.model import Aggregation, Level, Measure

Key = tuple[str, str, str, str]
Rows = Mapping[Key, list[Row]]

AGGREGATIONS_FR = {
    Aggregation.ADDITIVE: "somme des parties",
    Aggregation.RECONSTRUCTED: "somme d’effectifs reconstitués : taux publié × base publiée",
    Aggregation.NON_ADDITIVE: "publiée à ce niveau : ne s’additionne pas",
}
LEVELS_FR = {
    Level.DEPARTEMENT: "département",
    Level.FORMER_REGION: "ancienne région",
    Level.REGION: "région",
    Level.NATIONAL: "France",
}


class Consolidation:
    """The steps of measures, found by measure, level, territory and period."""

    def __init__(self, steps: Steps, state: State) -> None:
        self._state = state
        self._registry = state.registry
        self._cells = _by_key(steps.cells)
        self._territories = _by_key(steps.territories)
        self._wholes = _by_key(steps.wholes)
        self._parts = {
            (p["measure_id"], p["territory_level"], p["part_code"], p["period"]): p
            for p in records(steps.parts)
        }
        self._passage = steps.passage

    def annual_step(
        self, measure: Measure, annualise: str, level: Level, code: str, year: int
    ) -> Step:
        """Return a measure brought to a year, with the periods it was made from."""
        periods = sorted(
            key[3]
            for key in self._wholes
            if key[:3] == (measure.measure_id, level.value, code) and key[3][:4] == str(year)
        )
        if annualise and annualise != "mean":
            periods = [p for p in periods if p.endswith(f"-{annualise}") or len(p) == 4]
        found = [self.measure_step(measure, level, code, period) for period in periods]
        facts = tuple(self._facts(measure, year))
        if len(found) == 1 and (len(periods[0]) == 4 or annualise != "mean"):
            return replace(found[0], facts=(*facts, *found[0].facts))
        expected = QUARTERS if any("-T" in p for p in periods) else 12
        numbers = [step.number for step in found if step.number is not None]
        is_whole = len(numbers) == expected
        value = sum(numbers) / len(numbers) if is_whole else None
        return Step(
            label=f"{measure.label_fr}, {self.name(level, code)}, {year}",
            value=_with_unit(value, measure),
            number=value,
            formula=(
                f"moyenne de {len(numbers)} périodes : ("
                + " + ".join(plain(n) for n in numbers)
                + f") / {len(numbers)} = {plain(value)}"
                if is_whole
                else f"{len(numbers)} périodes sur {expected} : pas de moyenne annuelle"
            ),
            facts=facts,
            parts=tuple(found),
        )

    def measure_step(self, measure: Measure, level: Level, code: str, period: str) -> Step:
        """Return a measure of a territory and period: as it is published, or added up."""
        key = (measure.measure_id, level.value, code, period)
        [whole] = self._wholes.get(key, [{"value": None}])
        value = absent(whole["value"])
        if measure.aggregation is Aggregation.NON_ADDITIVE:
            formula, parts = "", self._cell_steps(key, measure)
        elif measure.reading_of(year_of(period)).source_levels == (level,):
            return self._part_step(measure, level, code, period, None)
        else:
            formula, parts = self._sum(measure, level, code, period, value)
        return Step(
            label=f"{measure.label_fr}, {self.name(level, code)}, {period_fr(period)}",
            value=_with_unit(value, measure),
            number=value,
            formula=formula,
            facts=tuple(self._published_total(measure, key, value)),
            parts=parts,
        )

    def _facts(self, measure: Measure, year: int) -> Iterable[tuple[str, str]]:
        yield "consolidation", AGGREGATIONS_FR[measure.aggregation]
        yield "champ", measure.universe
        yield "périmètre", self._registry.perimeters[measure.perimeter].label_fr
        if measure.note_fr:
            yield "note", measure.note_fr
        yield from series_facts(measure, year, self._state)
        for entry in self._registry.breaks:
            if entry.measure_id == measure.measure_id:
                yield f"rupture de série en {entry.year}", entry.note_fr

    def _published_total(
        self, measure: Measure, key: Key, own: float | None
    ) -> Iterable[tuple[str, str]]:
        """Set our own sum beside the total that the producer prints, where there is one."""
        if measure.aggregation is not Aggregation.ADDITIVE or key not in self._territories:
            return
        published = absent(self._territories[key][0]["value"])
        if published is None or own is None:
            return
        gap = 100 * (own / published - 1) if published else 0.0
        tolerance = (
            "aucune tolérance déclarée"
            if measure.tolerance_pct is None
            else f"tolérance {plain(measure.tolerance_pct)} %"
        )
        yield (
            "total publié par le producteur",
            f"{plain(published)}, écart {quantity(gap, '%', 4)} ({tolerance})",
        )

    def _sum(
        self, measure: Measure, level: Level, code: str, period: str, total: float | None
    ) -> tuple[str, tuple[Step, ...]]:
        """Lay out the parts of a whole, by former region where they are départements."""
        [part_level] = measure.reading_of(year_of(period)).source_levels
        rows = self._passage[
            (self._passage["perimeter"] == measure.perimeter)
            & (self._passage["part_level"] == part_level.value)
            & (self._passage["territory_level"] == level.value)
            & (self._passage["territory_code"] == code)
        ]
        steps = [
            (former, self._part_step(measure, part_level, part, period, total))
            for part, former in zip(rows["part_code"], rows["former_region_code"], strict=True)
        ]
        missing = [s.label for _, s in steps if s.number is None]
        formula = f"{len(steps)} parties : " + (
            f"il manque {', '.join(missing)}" if missing else f"leur somme est {plain(total)}"
        )
        if part_level is not Level.DEPARTEMENT or level is Level.FORMER_REGION:
            return formula, tuple(step for _, step in steps)
        return formula, tuple(self._by_former_region(steps, total))

    def _by_former_region(
        self, steps: list[tuple[str, Step]], total: float | None
    ) -> Iterable[Step]:
        for former in dict.fromkeys(code for code, _ in steps):
            parts = tuple(step for code, step in steps if code == former)
            numbers = [step.number for step in parts if step.number is not None]
            value = sum(numbers) if len(numbers) == len(parts) else None
            name = self._registry.former_regions[former].name_fr
            yield Step(
                label=f"{name} (ancienne région {former})",
                value=plain(value),
                number=value,
                facts=_share(value, total),
                parts=parts,
            )

    def _part_step(
        self, measure: Measure, level: Level, code: str, period: str, total: float | None
    ) -> Step:
        """Return one part: the count that is published, or a rate times its base."""
        key = (measure.measure_id, level.value, code, period)
        part = self._parts.get(key)
        cells = self._cell_steps(key, measure)
        if part is None:
            return Step(self.name(level, code), plain(None), facts=(("absent", "aucune cellule"),))
        value = absent(part["value"])
        formula, parts = "", cells
        if part["is_reconstructed"]:
            base = self._registry.measures[part["base_measure_id"]]
            base_key = (base.measure_id, level.value, code, period)
            rate, count = absent(part["own_value"]), absent(part["base_value"])
            formula = (
                f"{plain(rate)} × {plain(count)} / {plain(part['rate_scale'])} = {plain(value)}"
            )
            parts = (
                Step(measure.label_fr, _with_unit(rate, measure), rate, parts=cells),
                Step(
                    f"base : {base.label_fr}",
                    _with_unit(count, base),
                    count,
                    facts=series_facts(base, year_of(period), self._state),
                    parts=self._cell_steps(base_key, base),
                ),
            )
        elif len(cells) > 1:
            formula = f"somme de {len(cells)} cellules"
        return Step(
            label=f"{self.name(level, code)}, {period_fr(period)}"
            if total is None
            else self.name(level, code),
            value=_with_unit(value, measure),
            number=value,
            formula=formula,
            facts=_share(value, total),
            parts=parts,
        )

    def _cell_steps(self, key: Key, measure: Measure) -> tuple[Step, ...]:
        return tuple(cell_step(cell, measure, self._state) for cell in self._cells.get(key, ()))

    def name(self, level: Level, code: str) -> str:
        """Return a territory's name with its code."""
        registry = self._registry
        match level:
            case Level.DEPARTEMENT:
                return f"{registry.departements[code].name_fr} ({code})"
            case Level.FORMER_REGION:
                return f"{registry.former_regions[code].name_fr} (ancienne région {code})"
            case Level.REGION:
                return registry.regions[code].name_fr
            case _:
                return registry.perimeters[code].label_fr


def status_fact(status: str) -> tuple[str, str]:
    """Return the status of a figure as a fact."""
    return "statut", STATUSES_FR[status]


def year_of(period: str) -> int:
    """Return the year of a period."""
    return int(period[:4])


def period_fr(period: str) -> str:
    """Write a period: `2014`, `T4 2014`, `décembre 2014` as its month's number."""
    year, _, part = period.partition("-")
    return f"{part} {year}" if part else year


def _share(value: float | None, total: float | None) -> tuple[tuple[str, str], ...]:
    if value is None or not total:
        return ()
    return (("part du total", quantity(100 * value / total, "%", 2)),)


def _with_unit(value: float | None, measure: Measure) -> str:
    return plain(value) if value is None else f"{plain(value)} {measure.unit}"


def _by_key(frame: pd.DataFrame) -> Rows:
    found: dict[Key, list[Row]] = {}
    for row in records(frame):
        measure_id, level, code, period = (row[column] for column in TERRITORY)
        found.setdefault((measure_id, level, code, period), []).append(row)
    return found
