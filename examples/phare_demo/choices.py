"""Invents choices among items: boxes to tick, and three items in order."""

from __future__ import annotations

import numpy as np

from examples.phare_demo.allocation import deal_choices
from examples.phare_demo.targets import Printed
from examples.phare_demo.work import Booleans, Cells, Part, Work
from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.survey.codebook import OptionKind

_FULL = 299.0
"""Percent that three choices a person can make, less a little so that targets stay in reach."""


def invent_boxes(work: Work) -> dict[Part, Cells]:
    """Boxes to tick; whoever ticks one that excludes the others ticks no other."""
    no, yes = _codes(work)
    exclusive = _exclusive(work)
    free = work.among(np.array([cell in (None, "") for cell in exclusive]))
    found: dict[Part, Cells] = {}
    for item in work.question.items:
        cells = work.blank()
        cells[work.own | work.others] = no
        if item in work.question.exclusive_items:
            cells[exclusive == item] = yes
        else:
            shares = [printed.get(item, "share_multi") for printed in (work.here, work.country)]
            cells[free.deal(*_ticks(work, free, shares[0] or 0.0, shares[1])) == yes] = yes
        found[item, None] = cells
    return found


def _codes(work: Work) -> tuple[str, str]:
    """The code of an empty box and that of a ticked one."""
    assert work.question.scale is not None
    yes = work.question.scale.positive_codes[0]
    no = next(code for code in work.question.scale.codes(OptionKind.ANSWER) if code != yes)
    return no, yes


def _exclusive(work: Work) -> Cells:
    """Which exclusive item each respondent ticks, "" for none of them."""
    alone = work.question.exclusive_items
    if not alone:
        return work.blank()

    def shares(printed: Printed) -> dict[str, float]:
        found = {item: printed.get(item, "share_multi") or 0.0 for item in alone}
        return {**found, "": 100.0 - sum(found.values())}

    return work.deal(shares(work.here), shares(work.country) if work.country else None)


def _ticks(
    work: Work, free: Work, here: float, country: float | None
) -> tuple[dict[str, float], dict[str, float] | None]:
    """Shares of a box among those who may tick it, from its shares among all who were asked."""
    no, yes = _codes(work)

    def shares(share: float, weights: Floats, asked: Booleans, may: Booleans) -> dict[str, float]:
        total = float(weights[may].sum())
        ticked = min(share / 100 * float(weights[asked].sum()) / total, 1.0) if total else 0.0
        return {no: 1 - ticked, yes: ticked}

    own = shares(here, work.own_weights, work.own, free.own)
    if country is None:
        return own, None
    groups = work.own | work.others, free.own | free.others
    return own, shares(country, work.country_weights, *groups)


def invent_ranks(work: Work) -> dict[Part, Cells]:
    """Three items in order, of which the first, and all three together, are printed.

    Where no first is printed, items come first as often as they come at all. An item without figure
    for the country is chosen there as often as in the own area.
    """
    items = list(work.question.items)
    here = _whole(np.array([work.here.get(i, "share_top3_total") or 0.0 for i in items]))
    printed_first = [work.here.get(i, "share_first") for i in items]
    first = here if None in printed_first else np.array(printed_first, dtype=np.float64)
    chosen = deal_choices(work.own_weights[work.own], first, here / 100, work.rng)

    printed = [work.country.get(i, "share_top3_total") for i in items]
    country = np.array([own if p is None else p for own, p in zip(here, printed, strict=True)])
    country *= min(1.0, _FULL / country.sum())
    own_w, other_w = (work.country_weights[group] for group in (work.own, work.others))
    total = country / 100 * float(own_w.sum() + other_w.sum())
    wanted = np.clip((total - _cited(chosen, own_w, len(items))) / other_w.sum(), 0, 1)
    lead = np.divide(first, here, out=np.zeros(len(items)), where=here > 0)
    elsewhere = deal_choices(other_w, lead * wanted, wanted, work.rng)

    codes = np.array([*(item.code for item in work.question.items.values()), None], dtype=object)
    found: dict[Part, Cells] = {}
    for rank in range(3):
        cells = work.blank()
        cells[work.own], cells[work.others] = codes[chosen[:, rank]], codes[elsewhere[:, rank]]
        found[None, rank + 1] = cells
    return found


def _whole(total: Floats) -> Floats:
    """Bring printed totals, which may sum to a little over 300, to what three choices allow."""
    is_chosen = total > 0
    too_much = max(float(total.sum()) - 300.0, 0.0)
    return np.asarray(np.maximum(total - too_much / is_chosen.sum() * is_chosen, 0.0))


def _cited(chosen: Integers, weights: Floats, n_items: int) -> Floats:
    """Weight of those who chose each item at any rank: (n_items,)."""
    cited = np.zeros(n_items)
    for rank in range(chosen.shape[1]):
        is_used = chosen[:, rank] >= 0
        cited += np.bincount(chosen[is_used, rank], weights[is_used], n_items)
    return cited
