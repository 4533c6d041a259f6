"""Invents notes from 1 to 10 whose bands, don't-knows and mean are the printed ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from examples.phare_demo.allocation import deal, shift_mean
from examples.phare_demo.targets import Printed, level
from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.survey.codebook import NOTE_BANDS, Question

DONT_KNOW = 0
"""Stands for a don't-know among notes."""


def own_notes(
    question: Question, item: str, printed: Printed, weights: Floats, latent: Floats,
    rng: np.random.Generator,
) -> Integers:  # fmt: skip
    """Notes of the respondents of the area whose bands are printed; 0 is a don't-know."""
    bands = {name: printed.get(item, name) or 0.0 for name in NOTE_BANDS}
    nsp = printed.get(item, "share_nsp")
    shares = level(bands if nsp is None else {**bands, "share_nsp": nsp})
    rest = 100.0 - sum(shares.values())
    shares["share_nsp"] = shares.get("share_nsp", 0.0) + max(rest, 0.0)
    notes = np.zeros(weights.size, dtype=np.int64)
    knows = _who_knows(weights, shares["share_nsp"] / sum(shares.values()), rng)
    limits = _limits(question)
    place = deal(weights[knows], [shares[name] for name in NOTE_BANDS], latent[knows])
    low, high = (np.array([limits[name][end] for name in NOTE_BANDS])[place] for end in (0, 1))
    notes[knows] = np.rint(low + (high - low) * rng.random(place.size)).astype(np.int64)
    mean = printed.get(item, "mean")
    if mean is not None:
        own = weights[knows]
        notes[knows] = shift_mean(notes[knows], own, mean * float(own.sum()), low, high, rng)
    return notes


def other_notes(
    question: Question,
    own: tuple[Integers, Floats],
    item: str,
    printed: Printed,
    weights: Floats,
    latent: Floats,
    rng: np.random.Generator,
) -> Integers:
    """Notes of everybody else, so that the whole country has its printed mean and upper band.

    Don't-knows and the form of the distribution are those of the own area.

    Args:
        question: of the codebook.
        own: notes of the own area and their weights in the country.
        item: line of the question.
        printed: figures of the country.
        weights: (n,) of the others in the country.
        latent: (n,) from low notes to high ones.
        rng: decides the rest.
    """
    own_values, own_weights = own
    shape = np.bincount(own_values, own_weights, 11)
    notes = np.zeros(weights.size, dtype=np.int64)
    knows = _who_knows(weights, shape[DONT_KNOW] / shape.sum(), rng)
    w = weights[knows]
    lowest = _limits(question)["share_band_high"][0]
    share_high = printed.get(item, "share_band_high")
    total = float(own_weights.sum() + weights.sum())
    if share_high is None:
        notes[knows] = 1 + deal(w, shape[1:] + 1e-9, latent[knows])
        low, high = np.full(w.size, 1), np.full(w.size, 10)
    else:
        wanted = share_high / 100 * total - float(own_weights[own_values >= lowest].sum())
        is_high = deal(w, [max(w.sum() - wanted, 0.0), max(wanted, 0.0)], latent[knows]) == 1
        notes[knows] = np.where(is_high, lowest + 1, lowest - 2)
        low, high = np.where(is_high, lowest, 1), np.where(is_high, 10, lowest - 1)
    mean = printed.get(item, "mean")
    if mean is not None:
        is_answer = own_values > DONT_KNOW
        answered = float(own_weights[is_answer].sum() + w.sum())
        target = mean * answered - float(own_weights[is_answer] @ own_values[is_answer])
        notes[knows] = shift_mean(notes[knows], w, target, low, high, rng)
    return notes


def _limits(question: Question) -> Mapping[str, tuple[int, int]]:
    codes = {name: [int(code) for code in question.bands[name].codes] for name in NOTE_BANDS}
    return {name: (min(notes), max(notes)) for name, notes in codes.items()}


def _who_knows(weights: Floats, share_nsp: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    if share_nsp <= 0:
        return np.ones(weights.size, dtype=np.bool_)
    labels = deal(weights, [1 - share_nsp, share_nsp], rng.random(weights.size))
    return np.asarray(labels == 0, dtype=np.bool_)
