"""Compiled loops of ``dominance``: how many units stand at or below each one, for many units.

Only for ``dominance`` to call, with what it prepares. Importing this module loads numba (half a
second) and compiles (about two seconds the first time, then a tenth from numba's cache, which lies
in ``__pycache__`` beside this file or where NUMBA_CACHE_DIR says): import it inside the function
that needs it, never in a module that the Dagster graph loads. The results are counts, so they do
not depend on the processor or on how the code was compiled.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from phare_pipeline.index.checks import Integers

WORDS = 8
BLOCK = 64 * WORDS
CHUNK = 4096
_NONE, _ONE, _ALL = np.uint64(0), np.uint64(1), ~np.uint64(0)
_INT32 = "int32[:, ::1]"
_INT64 = "int64[::1]"


@njit("int64(uint64)", cache=True)
def _count_bits(word: np.uint64) -> np.int64:
    """Return how many bits of a word are set (the usual sums of 2, 4 and 8 bits)."""
    pairs = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + (
        (pairs >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    bytes_ = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((bytes_ * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(f"void({_INT32}, {_INT32}, {_INT32}, {_INT32}, {_INT64}, {_INT64})", cache=True)
def count_between_blocks(
    chunk_units: NDArray[np.int32],
    chunk_codes: NDArray[np.int32],
    block_units: NDArray[np.int32],
    block_codes: NDArray[np.int32],
    n_above: Integers,
    n_below: Integers,
) -> None:
    """Add to the counts all pairs of units that lie in different blocks.

    Units are numbered so that one can only stand at or below another of higher number. They are
    taken chunk by chunk and compared with one block at a time: ``left`` holds a row of bits for
    each unit of the chunk, one bit for each unit of the block. Walking a criterion in ascending
    order, ``masks[1]`` has the units of the block at or below the place reached, ``masks[0]`` those
    at or above; a unit keeps the ones it needs, by which side of the block it lies on. What is left
    after the last criterion holds on all of them.

    Args:
        chunk_units: (m, n) units sorted within each chunk by each criterion.
        chunk_codes: (m, n) their places on it, equal for ties.
        block_units: (m, n) units sorted within each block.
        block_codes: (m, n) their places.
        n_above: (n,) to add to: units at or above it on all criteria.
        n_below: (n,) to add to: units at or below it on all criteria.
    """
    m, n = chunk_units.shape
    left = np.empty((CHUNK, WORDS), np.uint64)
    masks = np.empty((2, WORDS), np.uint64)
    everyone = np.empty(WORDS, np.uint64)
    for chunk in range(0, n, CHUNK):
        chunk_end = min(n, chunk + CHUNK)
        for block in range(0, n, BLOCK):
            block_end = min(n, block + BLOCK)
            for word in range(WORDS):
                n_bits = min(64, max(0, block_end - block - 64 * word))
                everyone[word] = _ALL >> np.uint64(64 - n_bits) if n_bits else _NONE
            for row in range(CHUNK):
                for word in range(WORDS):
                    left[row, word] = everyone[word]
            for k in range(m):
                for word in range(WORDS):
                    masks[0, word] = everyone[word]
                    masks[1, word] = _NONE
                below, at_most = block, block
                for position in range(chunk, chunk_end):
                    code = chunk_codes[k, position]
                    while below < block_end and block_codes[k, below] < code:
                        bit = block_units[k, below] - block
                        masks[0, bit >> 6] ^= _ONE << np.uint64(bit & 63)
                        below += 1
                    while at_most < block_end and block_codes[k, at_most] <= code:
                        bit = block_units[k, at_most] - block
                        masks[1, bit >> 6] |= _ONE << np.uint64(bit & 63)
                        at_most += 1
                    unit = chunk_units[k, position]
                    side = 1 if unit >= block else 0
                    row = unit - chunk
                    for word in range(WORDS):
                        left[row, word] &= masks[side, word]
            for unit in range(chunk, chunk_end):
                count = np.int64(0)
                for word in range(WORDS):
                    count += _count_bits(left[unit - chunk, word])
                if unit >= block_end:
                    n_below[unit] += count
                elif unit < block:
                    n_above[unit] += count


@njit(f"void({_INT32}, {_INT64}, {_INT64})", cache=True)
def count_within_blocks(codes: NDArray[np.int32], n_above: Integers, n_below: Integers) -> None:
    """Add to the counts all pairs of units of one block, compared one by one.

    Args:
        codes: (n, m) places of each unit on each criterion.
        n_above: (n,) to add to, as above.
        n_below: (n,) to add to, as above.
    """
    n, m = codes.shape
    for unit in range(n):
        for other in range(unit // BLOCK * BLOCK, unit):
            k = 0
            while k < m and codes[other, k] <= codes[unit, k]:
                k += 1
            if k == m:
                n_below[unit] += 1
                n_above[other] += 1
