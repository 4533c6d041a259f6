"""The synthesis of the measured half: what stands out, what holds up, and lessons drawn by rule.

What the actors say is put beside it by `vision`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.reports.cells import ScoreCells
from phare_pipeline.outputs.reports.domains import Line, line_of
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import counted, listing, say, sentence
from phare_pipeline.outputs.reports.sentences import CENTRE, scored_note

OUTSTANDING = 9
"""Indicators shown as standing out, as many as the study of 2016 showed."""
HOLDING = 4
"""Indicators shown as holding up."""
DOMAINS_NAMED = 3


@dataclass(frozen=True)
class Vignette:
    """An indicator that stands out, with its axis."""

    axis_id: str
    line: Line


@dataclass(frozen=True)
class Synthesis:
    """What is measured, in short."""

    outstanding: tuple[Vignette, ...]
    holding: tuple[Vignette, ...]
    lessons: tuple[Markup, ...]


def synthesis(edition: Edition, area: Area) -> Synthesis:
    """Return the synthesis of a region or of France."""
    if area.code is None:
        return Synthesis((), (), tuple(_national_lessons(edition)))
    noted = [
        (compared(note["z_unclipped"]), row["indicator_id"], row)
        for note, row in _noted(edition, area.code)
    ]
    fragile = [row for z, _, row in sorted(noted, key=lambda n: (-n[0], n[1])) if z > CENTRE]
    robust = [row for z, _, row in sorted(noted, key=lambda n: (n[0], n[1])) if z < CENTRE]
    return Synthesis(
        outstanding=_vignettes(edition, area, _one_an_axis_first(fragile, OUTSTANDING)),
        holding=_vignettes(edition, area, _one_an_axis_first(robust, HOLDING)),
        lessons=tuple(_lessons(edition, area)),
    )


def _noted(edition: Edition, code: str) -> list[tuple[Row, Row]]:
    """Return note and comparison of the scored indicators of which France has a figure."""
    rows = edition.indicators(code).values()
    return [(note, row) for row in rows if (note := scored_note(edition, code, row)) is not None]


def _one_an_axis_first(rows: Sequence[Row], limit: int) -> list[Row]:
    """Take the first of each axis, then the first of all, and order them by axis."""
    chosen: list[Row] = []
    for row in rows:
        if row["axis_id"] not in {other["axis_id"] for other in chosen}:
            chosen.append(row)
    chosen += [row for row in rows if row not in chosen][: max(0, limit - len(chosen))]
    return sorted(chosen[:limit], key=lambda row: row["indicator_order"])


def _vignettes(edition: Edition, area: Area, rows: Sequence[Row]) -> tuple[Vignette, ...]:
    order = {axis["axis_id"]: axis["axis_order"] for axis in edition.axes}
    ordered = sorted(rows, key=lambda row: (order[row["axis_id"]], row["indicator_order"]))
    return tuple(Vignette(row["axis_id"], line_of(edition, area, row)) for row in ordered)


def _lessons(edition: Edition, area: Area) -> Iterator[Markup]:
    scored = _scored(edition, area, "domain")
    above = [row for row in scored if compared(row["score"]) > CENTRE]
    below = [row for row in reversed(scored) if compared(row["score"]) < CENTRE]
    subject = french.capitalised(area.subject)
    if above:
        yield sentence(
            say(
                "{} {} plus {} que la France dans {}, d’abord {}",
                subject,
                area.be,
                area.agree("fragile"),
                counted(len(above), "out_scores", "domaine", "domaines"),
                _with_scores(area, above),
            )
        )
    if below:
        yield sentence(
            say(
                "{} {} moins {} dans {}, d’abord {}",
                "Ils" if area.is_plural else "Elle" if area.is_feminine else "Il",
                area.be,
                area.agree("fragile"),
                counted(len(below), "out_scores", "domaine", "domaines"),
                _with_scores(area, below),
            )
        )
    yield from _worst_ranks(edition, area, scored)


def _scored(edition: Edition, area: Area, level: str) -> list[Row]:
    """Return the scores of the region at a level, the most fragile first."""
    components = {
        "domain": [row["domain_id"] for row in edition.domains],
        "axis": [row["axis_id"] for row in edition.axes],
    }[level]
    rows = [edition.score(str(area.code), level, component) for component in components]
    known = [row for row in rows if row is not None and row["score"] is not None]
    return sorted(known, key=lambda row: (-compared(row["score"]), row["component_order"]))


def _with_scores(area: Area, rows: Sequence[Row]) -> Markup:
    named = (
        say("{} ({})", row["component_label"], ScoreCells(area, row).score)
        for row in rows[:DOMAINS_NAMED]
    )
    return listing(named)


def _worst_ranks(edition: Edition, area: Area, scored: Sequence[Row]) -> Iterator[Markup]:
    first = [row for row in scored if row["fragility_rank"] == 1]
    if first:
        named = listing([row["component_label"] for row in first])
        number = counted(len(edition.areas), "dim_region", "région")
        yield sentence(say("Aucune des {} n’est plus fragile dans\u00a0: {}", number, named))
    axes = _scored(edition, area, "axis")
    if len(axes) > 1:
        top, bottom = axes[0], axes[-1]
        yield sentence(
            say(
                "Des axes, l’axe {} est celui où l’indice est le plus haut ({}), l’axe {} celui où "
                "il est le plus bas ({})",
                top["component_label"].lower(),
                ScoreCells(area, top).score,
                bottom["component_label"].lower(),
                ScoreCells(area, bottom).score,
            )
        )


def _national_lessons(edition: Edition) -> Iterator[Markup]:
    """Say which region is most fragile on each axis."""
    for axis in edition.axes:
        rows = [row for row in edition.scores("axis", axis["axis_id"]) if row["score"] is not None]
        if not rows:
            continue
        top = min(rows, key=lambda row: (row["fragility_rank"], row["region_code"]))
        region = edition.areas[top["region_code"]]
        yield sentence(
            say(
                "Sur l’axe {}, {} {} le plus haut indice ({})",
                axis["axis_label"].lower(),
                region.subject,
                "ont" if region.is_plural else "a",
                ScoreCells(region, top).score,
            )
        )
