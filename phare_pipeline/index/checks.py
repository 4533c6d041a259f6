"""Refusals shared by the modules of the index: shapes, infinities, weights.

Nothing that computes a figure goes in here.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


def as_vector(name: str, values: ArrayLike, length: int | None = None) -> Floats:
    """Return ``values`` as float64 (length,); ValueError on another shape."""
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1 or (length is not None and vector.size != length):
        wanted = "(n,)" if length is None else f"({length},)"
        raise ValueError(f"{name}: found shape {vector.shape}, expected {wanted}")
    return vector


def as_matrix(name: str, values: ArrayLike) -> Floats:
    """Return ``values`` as a C-contiguous float64 (n, m) with m ≥ 1; ValueError otherwise.

    The memory order is fixed because numpy sums a row in another order when columns are
    contiguous, and a territory's score must not depend on how its table was stored.
    """
    matrix = np.ascontiguousarray(values, dtype=np.float64)
    if np.ndim(values) != 2 or matrix.shape[1] == 0:
        raise ValueError(f"{name}: found shape {np.shape(values)}, expected (n, m) with m ≥ 1")
    return matrix


def refuse_infinite(name: str, values: Floats) -> None:
    """Raise ValueError when ``values`` holds ±inf; NaN passes, it means missing."""
    refuse_where(name, values, np.isinf(values), "finite numbers, or NaN where missing")


def refuse_where(name: str, values: NDArray[Any], is_wrong: Booleans, expected: str) -> None:
    """Raise ValueError naming the first wrong entry, how many there are, and what was expected."""
    if is_wrong.any():
        first = tuple(int(i) for i in np.argwhere(is_wrong)[0])
        raise ValueError(
            f"{name}: found {values[first]} at position {first} "
            f"({int(is_wrong.sum())} such values), expected {expected}"
        )


def as_weights(name: str, weights: ArrayLike, length: int) -> Floats:
    """Return ``weights`` as float64 (length,): finite, none negative, at least one positive."""
    vector = as_vector(name, weights, length)
    refuse_where(name, vector, ~(np.isfinite(vector) & (vector >= 0)), "finite weights ≥ 0")
    if not vector.any():
        raise ValueError(f"{name}: found {length} weights, all zero; expected at least one > 0")
    return vector


def as_groups(name: str, groups: ArrayLike, length: int, n_groups: int) -> Integers:
    """Return ``groups`` as int64 (length,) with every entry in 0 … n_groups − 1."""
    found = np.asarray(groups)
    if found.shape != (length,) or not np.issubdtype(found.dtype, np.integer):
        raise ValueError(
            f"{name}: found shape {found.shape} of {found.dtype}, expected ({length},) integers"
        )
    refuse_where(name, found, (found < 0) | (found >= n_groups), f"0 … {n_groups - 1}")
    return found.astype(np.int64)
