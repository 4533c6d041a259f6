"""Prints an explanation as an indented text in French; JSON is its plain data."""

from __future__ import annotations

from collections.abc import Iterator

from phare_pipeline.explain.tree import Explanation, Step
from phare_pipeline.outputs.french import counted, plural

MAX_PARTS = 24
INDENT = "  "


def as_text(explanation: Explanation, *, everything: bool = False) -> Iterator[str]:
    """Yield the lines of an explanation.

    Args:
        explanation: the figure and its tree.
        everything: print every part; long lists are cut otherwise, and parts that have a
            reference of their own are not opened more than two levels down.
    """
    yield f"{explanation.title} : {explanation.printed}"
    yield f"référence {explanation.reference} · publication {explanation.release_id}"
    if explanation.published is None:
        yield "valeur absente : le motif est ci-dessous"
    elif explanation.unverified:
        yield f"non recalculé : {explanation.unverified}"
    elif explanation.is_equal and explanation.draws:
        yield f"refait ({explanation.draws}) : égal à la valeur publiée"
    elif explanation.is_equal:
        yield "recalculé depuis les cellules des sources : égal à la valeur publiée"
    else:
        yield (
            f"ATTENTION : recalculé {explanation.recomputed!r}, publié {explanation.published!r}"
        )
    yield ""
    yield from _body(explanation.root, 0, everything)


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
