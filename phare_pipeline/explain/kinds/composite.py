"""Explains a score of the index: domain, axis or the whole, by its parts and their contributions.

Each part can be explained in turn by its reference, down to the notes and their indicators.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.explain.kinds.controls import controls_step
from phare_pipeline.explain.reading.published import Published, Row, records
from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.reading.units import SCORES, Territory, notes_at, rows_at, unit_of
from phare_pipeline.explain.recompute.scores import score_parts
from phare_pipeline.explain.rendering.tree import NOTES_FR, Explanation, Step, absent, plain
from phare_pipeline.french import NOT_AVAILABLE, number, quantity
from phare_pipeline.french import rank as rank_fr
from phare_pipeline.index.decomposition import Contributions, contributions, split_score
from phare_pipeline.index.hierarchy import IndexScores, score_index
from phare_pipeline.index.ties import comparable
from phare_pipeline.registry.model import Indicator
from phare_pipeline.steps.edition.base import base_of, thresholds_of
from phare_pipeline.steps.edition.notes import hierarchy_of

LEVELS = {Kind.DOMAIN: "domain", Kind.AXIS: "axis", Kind.INDEX: "index"}
DECIMALS = 1


class Composite:
    """The scores of one territory and edition, with all they are made of."""

    def __init__(self, published: Published, reference: Reference) -> None:
        self.published = published
        self.reference = reference
        self.state: State = published.state_of(reference.year)
        self.registry = self.state.registry
        self.unit: Territory = unit_of(self.registry, reference)
        level, year = self.unit.level, reference.year
        self.notes: pd.DataFrame = notes_at(published, self.registry, level, year)
        self.scores: pd.DataFrame = rows_at(published, SCORES, level, year=year)

    @cached_property
    def recomputed(self) -> dict[str, pd.DataFrame]:
        """The scores of all levels, recomputed from the notes."""
        return score_parts(self.notes, self.registry)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The scored indicators, in the registry's order."""
        return tuple(i for i in self.registry.indicators.values() if i.is_scored)

    @cached_property
    def index(self) -> IndexScores:
        """All territories scored again, for contributions and the split."""
        wide = self.notes.pivot(index="unit_code", columns="indicator_id", values="z")
        z = wide.reindex(columns=[i.indicator_id for i in self.indicators])
        figures = z.to_numpy(np.float64)
        base = base_of(
            self.registry,
            self.indicators,
            self.unit.level,
            self.reference.year,
            ~np.isnan(figures).all(axis=0),
        )
        tree = hierarchy_of(self.registry, self.indicators)
        return score_index(figures, tree, thresholds_of(self.registry), base)

    @cached_property
    def position(self) -> int:
        """The position of the territory among all of its level."""
        return sorted(self.notes["unit_code"].unique()).index(self.unit.code)

    @cached_property
    def contributions(self) -> Contributions:
        """Contributions of indicators, domains and axes."""
        return contributions(self.index)

    def row(self, level: str, component: str) -> Row:
        """Return the published row of a component of the territory."""
        return _one(self.scores, self.unit, component, level)

    def recomputed_row(self, level: str, component: str) -> Row:
        """Return the recomputed row of a component of the territory."""
        return _one(self.recomputed[level], self.unit, component)

    def refer(self, kind: Kind, *subject: str, facet: str = "") -> str:
        """Return the reference of another figure of the territory and edition."""
        return str(Reference(self.unit.short, self.reference.year, kind, subject, facet))

    # --- steps -----------------------------------------------------------------------------
    def index_step(self) -> Step:
        """Return the index with its axes."""
        parts = tuple(
            self.axis_step(axis_id, position) for position, axis_id in enumerate(self.registry.axes)
        )
        split = vars(split_score(self.index))
        names = {
            "mean": "moyenne des notes",
            "within_domains": "déséquilibre dans les domaines",
            "between_domains": "déséquilibre entre domaines",
            "between_axes": "déséquilibre entre axes",
            "rounding": "arrondi des axes",
        }
        facts = tuple(
            (text, plain(absent(split[name][self.position]))) for name, text in names.items()
        )
        step = self._score_step("index", "index", parts)
        return replace(step, facts=(*step.facts, *facts))

    def axis_step(self, axis_id: str, position: int) -> Step:
        """Return an axis with its domains and its contribution to the index."""
        parts = tuple(
            self.domain_step(domain.domain_id, k, is_in_axis=True)
            for k, domain in enumerate(self.registry.domains.values())
            if domain.axis_id == axis_id
        )
        step = self._score_step("axis", axis_id, parts)
        share = absent(self.contributions.axis[self.position, position])
        weight = self.registry.axes[axis_id].weight
        return _with_contribution(step, "contribution à l’indice", share, weight)

    def domain_step(self, domain_id: str, position: int, *, is_in_axis: bool = False) -> Step:
        """Return a domain with its indicators and its contribution."""
        parts = tuple(
            self._note_step(indicator, j)
            for j, indicator in enumerate(self.indicators)
            if indicator.domain_id == domain_id
        )
        step = self._score_step("domain", domain_id, parts)
        of = self.contributions.domain_in_axis if is_in_axis else self.contributions.domain
        share = absent(of[self.position, position])
        name = "contribution à l’axe" if is_in_axis else "contribution à l’indice"
        return _with_contribution(step, name, share, self.registry.domains[domain_id].weight)

    def _note_step(self, indicator: Indicator, position: int) -> Step:
        note = absent(self.index.z[self.position, position])
        step = Step(
            label=indicator.label_fr,
            value=NOT_AVAILABLE if note is None else number(note, DECIMALS),
            number=note,
            reference=self.refer(Kind.INDICATOR, indicator.indicator_id, facet="note"),
        )
        share = absent(self.contributions.indicator[self.position, position])
        return _with_contribution(step, "contribution à l’indice", share, indicator.weight)

    def _score_step(self, level: str, component: str, parts: tuple[Step, ...]) -> Step:
        row = self.row(level, component)
        score = absent(row["score"])
        kind = next(kind for kind, name in LEVELS.items() if name == level)
        subject = () if kind is Kind.INDEX else (component,)
        return Step(
            label=str(row["component_label"]),
            value=NOT_AVAILABLE if score is None else number(score, DECIMALS),
            number=score,
            formula=_formula(parts, score),
            facts=tuple(_score_facts(row)),
            parts=parts,
            reference=self.refer(kind, *subject),
        )


def _one(rows: pd.DataFrame, unit: Territory, component: str, level: str | None = None) -> Row:
    is_wanted = (rows["unit_code"] == unit.code) & (rows["component_id"] == component)
    if level is not None:
        is_wanted &= rows["component_level"] == level
    [row] = records(rows[is_wanted])
    return row


def _formula(parts: tuple[Step, ...], score: float | None) -> str:
    """Write F = Σwx²/Σwx in words, with the number of parts that are there."""
    present = [part for part in parts if part.number is not None]
    return (
        f"Σ poids × note² / Σ poids × note sur {len(present)} parties "
        f"(de {len(parts)}) = {plain(score)}"
    )


def _score_facts(row: Row) -> Iterable[tuple[str, str]]:
    mean, imbalance = absent(row["mean_score"]), absent(row["imbalance"])
    if mean is not None:
        yield "moyenne + déséquilibre", f"{plain(mean)} + {plain(imbalance)}"
    yield "bornes", f"{number(row['score_low'], DECIMALS)} à {number(row['score_high'], DECIMALS)}"
    yield "couverture", quantity(row["coverage_pct"], "%")
    if row["fragility_rank"] is not None:
        yield "rang de fragilité", rank_fr(int(row["fragility_rank"]), int(row["rank_of"]))
    if not row["is_scored"]:
        yield "statut", "non classé : trop peu de parties sont renseignées"
    if row["missing_components"] is not None:
        yield "manquants", str(row["missing_components"])


def _with_contribution(step: Step, name: str, share: float | None, weight: float) -> Step:
    facts = [("poids", plain(weight))]
    if share is not None:
        facts.append((name, number(share, 2, is_signed=True)))
    return replace(step, facts=(*facts, *step.facts))


def explain_composite(published: Published, reference: Reference) -> Explanation:
    """Explain a score of the index: its mean, imbalance, bounds, coverage, rank."""
    composite = Composite(published, reference)
    column = reference.place.column
    level = LEVELS[reference.kind]
    component = reference.subject[0] if reference.subject else "index"
    if reference.kind is Kind.INDEX:
        step = composite.index_step()
    elif reference.kind is Kind.AXIS:
        step = composite.axis_step(component, list(composite.registry.axes).index(component))
    else:
        step = composite.domain_step(component, list(composite.registry.domains).index(component))
    row = composite.row(level, component)
    root = replace(
        step,
        label=f"{step.label}, {composite.unit.name}, édition {reference.year}",
        value=_printed(column, row),
        number=absent(row[column]),
        parts=(*step.parts, controls_step(published, composite.state, reference.place.table)),
        reference=str(reference),
    )
    recomputed = _recomputed(composite, level, component, column)
    return Explanation(published.release.release_id, root, recomputed, basis=NOTES_FR)


def _printed(column: str, row: Row) -> str:
    value = row[column]
    if value is None:
        return NOT_AVAILABLE
    if column == "fragility_rank":
        return rank_fr(int(value), int(row["rank_of"]))
    return quantity(value, "%") if column == "coverage_pct" else number(value, DECIMALS)


def _recomputed(composite: Composite, level: str, component: str, column: str) -> float | None:
    row = composite.recomputed_row(level, component)
    if column == "fragility_rank":
        scores = composite.recomputed[level]
        same = scores[scores["component_id"] == component].set_index("unit_code")["score"]
        places = pd.Series(comparable(same), same.index).rank(method="min", ascending=False)
        return absent(float(places[composite.unit.code]))
    return absent(row[column])
