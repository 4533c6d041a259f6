"""Times the Pareto layer on generated units: fronts, dominance counts, sampled average ranks.

The first call compiles; its time is printed apart, with a cache of its own that is empty.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from phare_pipeline.index.dominance import dominance_counts, dominance_matrix
from phare_pipeline.index.pareto import order_units
from phare_pipeline.index.sampled_rank import estimate_average_rank

COMMUNES, CRITERIA, DEPARTEMENTS, AXES = 35_000, 16, 96, 4
LOADING = (
    "import time; start = time.perf_counter(); import phare_pipeline.index.dominance_kernel; "
    "print(time.perf_counter() - start)"
)


def seconds(function: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def loading(cache: str) -> float:
    """Return the seconds that a process of its own takes to load the compiled loops."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", LOADING]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


def main(rounds: int) -> None:
    """Print a Markdown table of medians, and how far the sampled ranks are known."""
    random = np.random.default_rng(2)
    communes = random.normal(size=(COMMUNES, CRITERIA)) + random.normal(size=(COMMUNES, 1))
    dominance = dominance_matrix(
        random.normal(size=(DEPARTEMENTS, AXES)) + random.normal(size=(DEPARTEMENTS, 1))
    )
    with tempfile.TemporaryDirectory() as cache:
        first, later = loading(cache), loading(cache)
    dominance_counts(communes)
    tracemalloc.start()
    dominance_counts(communes)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    size = f"{COMMUNES} × {CRITERIA}"
    print("| Pareto layer, generated units | seconds (median) |\n|---|---|")
    print(f"| compiled loops, first load | {first:.2f} |\n| compiled loops, later | {later:.2f} |")
    counts = seconds(lambda: dominance_counts(communes), rounds)
    print(f"| dominance counts {size}, both directions ({peak:.0f} MB) | {counts:.2f} |")
    print(
        f"| the same with fronts from both ends | "
        f"{seconds(lambda: order_units(communes), rounds):.2f} |"
    )
    error = estimate_average_rank(dominance, seed=1).error.max()
    sampled = seconds(lambda: estimate_average_rank(dominance, seed=1), rounds)
    print(f"| average ranks of {DEPARTEMENTS} units, known to ± {error:.2f} | {sampled:.2f} |")
