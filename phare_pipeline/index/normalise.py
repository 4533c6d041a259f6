"""From raw indicator values to z, the scale on which 100 is France and 70–130 is the field.

No choice of t0 or of perimeter here: the reference and the frozen scale are given by the caller.

Source: Mazziotta & Pareto (2016), Soc Indic Res 127, goalposts centred on a reference.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import (
    Booleans,
    Floats,
    as_matrix,
    as_vector,
    refuse_infinite,
    refuse_where,
)
from phare_pipeline.index.ties import comparable

Z_MIN, Z_REFERENCE, Z_MAX = 70.0, 100.0, 130.0
SATURATION_SHARE = 0.25


@dataclass(frozen=True, eq=False)
class Normalised:
    """z of n units on m indicators; above 100 = more fragile than the reference.

    Attributes:
        z: (n, m), clipped to [70, 130]; NaN where there is no value, no reference or no base.
        z_unclipped: (n, m), the same before clipping; the one to use for change over time.
        is_clipped: (n, m), z_unclipped lies outside [70, 130]; False where z is NaN.
        is_saturated: (m,), more than 25 % of the units that have a z are clipped.
        is_non_discriminant: (m,), at least one z and all of them equal: the indicator separates
            nobody, whether all stand at the reference (z = 100) or all at the same distance of it
            (all 130 or all 70 when Δ was measured in that edition).
        has_reference: (m,), the reference is not missing.
        has_base: (m,), every value that could be placed was: Δ is there, and is not a zero that
            the values of this edition contradict.
    """

    z: Floats
    z_unclipped: Floats
    is_clipped: Booleans
    is_saturated: Booleans
    is_non_discriminant: Booleans
    has_reference: Booleans
    has_base: Booleans


def goalpost_scale(values: ArrayLike, reference: float, *, quantile: float = 1.0) -> float:
    """Scale of one indicator in its base edition t0: Δ = max over units of |x − reference|.

    Args:
        values: (n,) raw values of all units of one level in t0, in the indicator's unit.
        reference: the national value in t0, same unit.
        quantile: 1 for the maximum; 0.99 for communes (linear interpolation between the two
            neighbouring order statistics).

    Returns:
        Δ ≥ 0 in the indicator's unit; NaN when the reference or any unit is missing, since such an
        edition cannot be t0. Δ = 0 says that no unit differs from the reference: by definition t0
        is then a later edition, and 0 is a valid goalpost only while that stays true.

    Raises:
        ValueError: ±inf, no unit at all, or a quantile outside ]0, 1].
    """
    vector = as_vector("values", values)
    refuse_infinite("values", vector)
    refuse_infinite("reference", np.asarray([reference]))
    if vector.size == 0:
        raise ValueError("values: found no unit, expected at least one")
    if not 0 < quantile <= 1:
        raise ValueError(f"quantile: found {quantile}, expected a number in ]0, 1]")
    distances = np.abs(vector - reference)
    if np.isnan(distances).any():
        return float("nan")
    return float(np.quantile(distances, quantile))


def normalise(
    values: ArrayLike, reference: ArrayLike, scale: ArrayLike, direction: ArrayLike
) -> Normalised:
    """Place raw values on the scale z = 100 + 30·σ·(x − reference)/Δ, clipped to [70, 130].

    Each value depends on its own row alone, so removing a unit changes no other z (the flags by
    indicator do describe the whole column). For change over time, give the reference of t0 and
    read ``z_unclipped``.

    Three cases that the formula leaves open:

    * Δ missing (no t0): z is missing and ``has_base`` False.
    * Δ = 0 and x = reference: z = 100, which holds for every possible scale.
    * Δ = 0 and x ≠ reference (the goalpost was frozen when nobody differed): the value is on no
      scale, so z is missing and ``has_base`` False. By definition t0 is the first edition with
      Δ > 0, which is this one: the goalpost has to be renewed. Clipping to 130 or 70 instead would
      turn a rounding difference into the worst score of the field.

    Args:
        values: (n, m) raw values, NaN where missing.
        reference: (m,) national value of the edition, NaN where missing.
        scale: (m,) frozen Δ ≥ 0 of each indicator, NaN where there is no t0.
        direction: (m,) σ, +1 where more is more fragile, −1 where more is less fragile. Context
            indicators (0) are not scored and must not be passed.

    Raises:
        ValueError: ±inf anywhere, a negative scale, a direction other than ±1, wrong shapes, or a
            scale so small beside the values that z overflows.
    """
    x = as_matrix("values", values)
    m = x.shape[1]
    ref, delta = as_vector("reference", reference, m), as_vector("scale", scale, m)
    sign = as_vector("direction", direction, m)
    for name, array in (("values", x), ("reference", ref), ("scale", delta)):
        refuse_infinite(name, array)
    refuse_where("scale", delta, delta < 0, "Δ ≥ 0")
    refuse_where("direction", sign, np.abs(sign) != 1, "+1 or −1 (0, context, is not scored)")

    is_at_reference = comparable(x) == comparable(ref)
    is_off_zero_scale = (delta == 0) & ~is_at_reference & ~np.isnan(x) & ~np.isnan(ref)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        steps = np.where(is_off_zero_scale, np.nan, (x - ref) / delta)
        steps = np.where((delta == 0) & is_at_reference, 0.0, steps)
        z_unclipped = Z_REFERENCE + 30.0 * (sign * steps)
    refuse_infinite("z_unclipped", z_unclipped)

    z = np.clip(z_unclipped, Z_MIN, Z_MAX)
    compared = comparable(z_unclipped)
    is_clipped = (compared < Z_MIN) | (compared > Z_MAX)
    return Normalised(
        z=z,
        z_unclipped=z_unclipped,
        is_clipped=is_clipped,
        is_saturated=is_clipped.sum(axis=0) > SATURATION_SHARE * (~np.isnan(z)).sum(axis=0),
        is_non_discriminant=_is_constant(comparable(z)),
        has_reference=~np.isnan(ref),
        has_base=~np.isnan(delta) & ~is_off_zero_scale.any(axis=0),
    )


def log_transform(values: ArrayLike) -> Floats:
    """Natural logarithm, for positive ratio scales; to be applied to the reference as well.

    NaN stays NaN. Raises ValueError for ±inf and for values ≤ 0, which no logarithm can place.
    """
    x = np.asarray(values, dtype=np.float64)
    refuse_infinite("values", x)
    refuse_where("values", x, x <= 0, "values > 0 for a log transform")
    return np.log(x)


def _is_constant(z: Floats) -> Booleans:
    """Say for each column whether it has values and they are all the same."""
    is_present = ~np.isnan(z)
    lowest = np.where(is_present, z, np.inf).min(axis=0, initial=np.inf)
    highest = np.where(is_present, z, -np.inf).max(axis=0, initial=-np.inf)
    return np.asarray(lowest == highest)
