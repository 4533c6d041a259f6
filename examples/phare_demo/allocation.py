"""Deals answers out to weighted respondents so that weighted sums come near to given targets.

Pure arithmetic on arrays: which question, actor or area is meant belongs in `answers`.
Everything is deterministic for a given random generator.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import Floats, Integers

_ROUNDS = 2_000
_NEAR = 1e-9
_ATTEMPTS = 12
_GOOD = 0.003
_SHAKE = 2.0


def deal(weights: ArrayLike, targets: ArrayLike, latent: ArrayLike) -> Integers:
    """Give each of n respondents one of k categories, so that each weighs nearly its target.

    Fills the categories one after the other in the order of a latent variable, then moves and
    exchanges respondents between the fullest and the emptiest ones while that brings both nearer.

    Args:
        weights: (n,) > 0.
        targets: (k,) ≥ 0, any total: they are scaled to Σ weights.
        latent: (n,) what is asked of somebody, from the first category to the last; the order of
            it counts.

    Returns:
        (n,) category of each respondent. A category of target 0 stays empty.
    """
    w, t = np.asarray(weights, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    order = np.argsort(np.asarray(latent, dtype=np.float64), kind="stable")
    if w.size == 0:
        return np.zeros(0, dtype=np.int64)
    t = t * (w.sum() / t.sum())
    best, least = _fill(w, t, order), np.inf
    for attempt in range(_ATTEMPTS):
        labels = _balance(w, t, _fill(w, t, order))
        miss = float(np.abs(np.bincount(labels, w, t.size) - t).max()) / float(w.sum())
        if miss < least:
            best, least = labels, miss
        if least < _GOOD:
            break
        # Few respondents weigh too much to fit from one start: exchange some neighbours and retry.
        order = order[np.argsort(np.arange(w.size) + _SHAKE * _noise(w.size, attempt))]
    return best


def _noise(n: int, attempt: int) -> Floats:
    return np.random.default_rng(attempt).standard_normal(n)


def _fill(w: Floats, t: Floats, order: Integers) -> Integers:
    """Fill the categories one after the other, each up to its target."""
    middle = np.cumsum(w[order]) - w[order] / 2
    labels = np.empty(w.size, dtype=np.int64)
    labels[order] = np.searchsorted(np.cumsum(t), middle, side="right").clip(0, t.size - 1)
    return labels


def _balance(w: Floats, t: Floats, labels: Integers) -> Integers:
    """Move or exchange respondents between categories while the sum of squared gaps falls."""
    is_open = t > 0
    gaps = np.bincount(labels, w, t.size) - t
    for _ in range(_ROUNDS):
        best = (-_NEAR, -1, -1, -1, -1)
        for a in np.argsort(-gaps)[:3]:
            for b in np.argsort(np.where(is_open, gaps, np.inf))[:3]:
                if a != b and gaps[a] > gaps[b]:
                    best = min(best, _best_step(w, labels, int(a), int(b), gaps))
        _, i, j, a, b = best
        if i < 0:
            break
        labels[i] = b
        shift = w[i]
        if j >= 0:
            labels[j] = a
            shift -= w[j]
        gaps[a] -= shift
        gaps[b] += shift
    return labels


def _best_step(
    w: Floats, labels: Integers, a: int, b: int, gaps: Floats
) -> tuple[float, int, int, int, int]:
    """The move of one from a to b, or exchange of two, that lowers the squared gaps most."""
    ideal = (gaps[a] - gaps[b]) / 2
    inside, beside = np.flatnonzero(labels == a), np.flatnonzero(labels == b)
    best = (0.0, -1, -1, a, b)
    if inside.size:
        i = inside[np.argmin(np.abs(w[inside] - ideal))]
        best = min(best, (_gain(w[i], ideal), int(i), -1, a, b))
    if inside.size and beside.size:
        ascending = beside[np.argsort(w[beside], kind="stable")]
        places = np.searchsorted(w[ascending], w[inside] - ideal).clip(0, ascending.size - 1)
        shifts = w[inside] - w[ascending[places]]
        k = int(np.argmin(np.abs(shifts - ideal)))
        pair = (_gain(shifts[k], ideal), int(inside[k]), int(ascending[places[k]]), a, b)
        best = min(best, pair)
    return best


def _gain(shift: float, ideal: float) -> float:
    """Change of the two squared gaps, halved: (shift − ideal)² − ideal²."""
    return float((shift - ideal) ** 2 - ideal**2)


def shift_mean(
    values: Integers,
    weights: Floats,
    target: float,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    rng: np.random.Generator,
) -> Integers:
    """Change values by ones, within their own bounds, until Σ w x is nearly the target.

    Args:
        values: (n,) whole numbers.
        weights: (n,) > 0.
        target: of Σ w x.
        low: (n,) least value of each.
        high: (n,) greatest value of each.
        rng: decides whose value changes first.

    Returns:
        (n,) new values. The sum stays as near as the bounds let it.
    """
    values = values.copy()
    order = rng.permutation(values.size)
    gap = target - float(weights @ values)
    while True:
        step = 1 if gap > 0 else -1
        room = (values < high) if step > 0 else (values > low)
        moved = False
        for i in order[room[order]]:
            if abs(gap) > weights[i] / 2 and step * gap > 0:
                values[i] += step
                gap -= step * float(weights[i])
                moved = True
        if not moved:
            return values


def deal_choices(
    weights: ArrayLike, first: ArrayLike, total: ArrayLike, rng: np.random.Generator
) -> Integers:
    """Give each of n respondents three different items in order, some of them perhaps none.

    Args:
        weights: (n,) > 0.
        first: (k,) share of each item put first, in any unit; scaled to make the whole.
        total: (k,) share of each item put anywhere, in the unit in which the whole is 1.
        rng: decides who gets what.

    Returns:
        (n, 3) items 0 … k − 1; −1 where there is no second or third choice.
    """
    w = np.asarray(weights, dtype=np.float64)
    shares = np.asarray(total, dtype=np.float64)
    n, k = w.size, shares.size
    chosen = np.full((n, 3), k, dtype=np.int64)
    chosen[:, 0] = deal(w, first, rng.random(n))
    wanted = shares * w.sum() - np.bincount(chosen[:, 0], w, k)
    wanted = np.append(np.maximum(wanted, 0.0), 0.0)
    wanted[k] = max(2 * w.sum() - wanted[:k].sum(), 0.0)
    gaps = -wanted
    for i in rng.permutation(n):
        for rank in (1, 2):
            order = np.argsort(gaps, kind="stable")
            pick = next(item for item in order if item == k or item not in chosen[i, :rank])
            chosen[i, rank] = pick
            gaps[pick] += w[i]
    _balance_choices(w, chosen, gaps)
    chosen[:, 1:] = np.sort(np.where(chosen[:, 1:] == k, k, chosen[:, 1:]), axis=1)
    return np.where(chosen == k, -1, chosen)


def _balance_choices(w: Floats, chosen: Integers, gaps: Floats) -> None:
    """Change second and third choices while the sum of squared gaps falls."""
    k = gaps.size - 1
    for _ in range(_ROUNDS):
        best = (-_NEAR, -1, -1, -1)
        for a in np.argsort(-gaps)[:4]:
            for b in np.argsort(gaps)[:4]:
                ideal = (gaps[a] - gaps[b]) / 2
                if a == b or ideal <= 0:
                    continue
                may = (chosen[:, 1:] == a).any(axis=1)
                if b != k:
                    may &= ~(chosen == b).any(axis=1)
                who = np.flatnonzero(may)
                if who.size:
                    i = who[np.argmin(np.abs(w[who] - ideal))]
                    best = min(best, (_gain(w[i], ideal), int(i), int(a), int(b)))
        _, i, a, b = best
        if i < 0:
            return
        rank = 1 + int(np.flatnonzero(chosen[i, 1:] == a)[0])
        chosen[i, rank] = b
        gaps[a] -= w[i]
        gaps[b] += w[i]
