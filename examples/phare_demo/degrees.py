"""Invents degrees of agreement or impact whose first, and first two together, are printed."""

from __future__ import annotations

from examples.phare_demo.work import Booleans, Cells, Part, Work
from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.codebook import OptionKind

_DEFAULT_NSP = 3.0
_WEAKER_OF_TWO = 0.6


def invent_degrees(work: Work) -> dict[Part, Cells]:
    """Four degrees of which the first, and the first two together, are printed."""
    found: dict[Part, Cells] = {}
    for item in work.question.items:
        top1, top2 = (work.here.get(item, f"share_top{i}") or 0.0 for i in (1, 2))
        nsp = work.here.get(item, "share_nsp")
        nsp = min(_DEFAULT_NSP, 100.0 - top2) if nsp is None else nsp
        cells = work.blank()
        w = work.own_weights
        strong = work.pick(work.own, w, top1 / 100 * w[work.own].sum())
        above = top2 / 100 * w[work.own].sum() - w[strong].sum()
        upper = strong | work.pick(work.own & ~strong, w, above)
        _grade(work, cells, w, (work.own, upper, strong), nsp)

        w = work.country_weights
        national = work.country.get(item, "share_top2")
        everybody = work.own | work.others
        wanted = top2 / 100 * w[work.others].sum()
        if national is not None:
            wanted = national / 100 * w[everybody].sum() - w[upper].sum()
        upper = work.pick(work.others, w, wanted)
        strong = work.pick(upper, w, top1 / top2 * w[upper].sum())
        _grade(work, cells, w, (work.others, upper, strong), nsp)
        found[item, None] = cells
    return found


def _grade(
    work: Work,
    cells: Cells,
    weights: Floats,
    groups: tuple[Booleans, Booleans, Booleans],
    nsp: float,
) -> None:
    """Write the codes of a group: strong, upper but not strong, don't know, third and fourth."""
    assert work.question.scale is not None
    first, second, third, fourth = work.question.scale.codes(OptionKind.ANSWER)
    group, upper, strong = groups
    lower = group & ~upper
    unknown = work.pick(lower, weights, min(nsp / 100 * weights[group].sum(), weights[lower].sum()))
    weak = lower & ~unknown
    cells[strong], cells[upper & ~strong] = first, second
    cells[weak], cells[unknown] = fourth, work.code(OptionKind.DONT_KNOW)
    cells[work.pick(weak, weights, _WEAKER_OF_TWO * weights[weak].sum())] = third
