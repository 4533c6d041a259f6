"""Prints an explanation as an indented text in French; JSON is its plain data."""

from __future__ import annotations

from collections.abc import Iterator

from phare_pipeline.explain.rendering.tree import Explanation, Step
from phare_pipeline.french import counted, plural

MAX_PARTS = 24
INDENT = "  "
REASON_FR = "motif d’absence"


def as_text(explanation: Explanation, *, everything: bool = False) -> Iterator[str]:
    """Yield the lines of an explanation.

    Args:
        explanation: the figure and its tree.
        everything: print every part; long lists are cut otherwise, and parts that have a
            reference of their own are not opened more than two levels down.
    """
    yield f"{explanation.title} : {explanation.printed}"
    yield f"référence {explanation.reference} · publication {explanation.release_id}"
    yield from _verdict(explanation)
    yield ""
    yield from _body(explanation.root, 0, everything)


def _verdict(explanation: Explanation) -> Iterator[str]:
    """Say whether the number is there, and whether it follows from what it was made of."""
    if explanation.published is None:
        is_said = REASON_FR in {name for step in explanation.root.walk() for name, _ in step.facts}
        yield "valeur absente" + (" : le motif est ci-dessous" if is_said else "")
    if explanation.unverified:
        yield f"non recalculé : {explanation.unverified}"
    elif not explanation.is_equal:
        yield (
            f"ATTENTION : recalculé {explanation.recomputed!r}, publié {explanation.published!r}"
        )
    elif explanation.published is not None:
        how = (
            f"refait ({explanation.draws})"
            if explanation.draws
            else f"recalculé depuis {explanation.basis}"
        )
        yield f"{how} : égal à la valeur publiée"


def _body(step: Step, depth: int, everything: bool) -> Iterator[str]:
    """Yield formula, facts and parts of a step; its own line is printed by its parent."""
    margin = INDENT * depth
    if step.formula:
        yield f"{margin}{step.formula}"
    for name, text in step.facts:
        yield f"{margin}{name} : {text}"
    shown = step.parts if everything else step.parts[:MAX_PARTS]
    for part in shown:
        yield from _part(part, depth, everything)
    hidden = len(step.parts) - len(shown)
    if hidden:
        yield f"{margin}… et {counted(hidden, 'autre')} {plural(hidden, 'partie')} (--all)"


def _part(part: Step, depth: int, everything: bool) -> Iterator[str]:
    value = f" : {part.value}" if part.value else ""
    follow = f"   → {part.reference}" if part.reference else ""
    yield f"{INDENT * depth}- {part.label}{value}{follow}"
    if part.reference and depth >= 1 and not everything:
        return
    yield from _body(part, depth + 1, everything)
