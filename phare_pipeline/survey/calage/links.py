"""The methods, by the function F that gives the weight ratio w/d = F(x'λ), with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.calage.model import Method


class Link(NamedTuple):
    """F, its derivative, its primitive and its inverse, each on arrays of u = x'λ."""

    ratio: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    primitive: Callable[[Floats], Floats]
    inverse: Callable[[float], float]
    low: float
    high: float


def link_of(method: Method, bounds: tuple[float, float] | None) -> Link:
    """Return the functions of a method; logit needs its bounds."""
    if method is Method.LINEAR:
        return Link(
            ratio=lambda u: 1.0 + u,
            slope=np.ones_like,
            primitive=lambda u: u + u * u / 2,
            inverse=lambda g: g - 1.0,
            low=-np.inf,
            high=np.inf,
        )
    if method is Method.RAKING:
        return Link(
            ratio=np.exp,
            slope=np.exp,
            primitive=np.exp,
            inverse=lambda g: float(np.log(g)),
            low=0.0,
            high=np.inf,
        )
    assert bounds is not None
    return _logit_link(*bounds)


def _logit_link(low: float, high: float) -> Link:
    """F = L + (U − L)·expit(a u + b), written so that F(0) = F'(0) = 1."""
    from scipy.special import expit  # type: ignore[import-untyped]  # slow to import

    width = high - low
    a = width / ((1.0 - low) * (high - 1.0))
    b = float(np.log((1.0 - low) / (high - 1.0)))

    def slope(u: Floats) -> Floats:
        s = expit(a * u + b)
        return np.asarray(width * a * s * expit(-(a * u + b)))

    return Link(
        ratio=lambda u: low + width * expit(a * u + b),
        slope=slope,
        primitive=lambda u: low * u + width / a * np.logaddexp(0.0, a * u + b),
        inverse=lambda g: (float(np.log((g - low) / (high - g))) - b) / a,
        low=low,
        high=high,
    )
