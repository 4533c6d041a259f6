"""Times draws, Sobol indices, influence and structure on generated units with holes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from phare_pipeline.index.draws import N_DRAWS, Experiment, draw, prepare
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores, score_index
from phare_pipeline.index.influence import leave_one_out, weight_effects
from phare_pipeline.index.rank_uncertainty import rank_uncertainty
from phare_pipeline.index.simulation import evaluate
from phare_pipeline.index.sobol import rank_shift_sensitivity
from phare_pipeline.index.structure import structure

CASES = ((13, 160), (13, 347), (96, 160), (96, 347))


def make(n: int, m: int) -> tuple[IndexScores, Experiment]:
    """Score n units on m indicators of 16 domains, 3 % of the cells missing."""
    random = np.random.default_rng(0)
    z = 100 + 10 * random.normal(size=(n, m))
    z[random.random(z.shape) < 0.03] = np.nan
    tree = Hierarchy(np.ones(m), np.arange(m) % 16, np.ones(16), np.arange(16) // 4, np.ones(4))
    scores = score_index(np.clip(z, 70, 130), tree)
    return scores, prepare(scores, z)


def simulate(experiment: Experiment) -> None:
    """Draw, score and rank, as one region's page asks for."""
    scores = evaluate(experiment, draw(experiment, N_DRAWS, 1))
    rank_uncertainty(scores, experiment.reference)


def seconds(function: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main(rounds: int) -> None:
    """Print a Markdown table of medians."""
    print(
        f"| units × indicators | {N_DRAWS} draws | with Sobol indices | leave one out | "
        "effects of weights | structure |\n|---|---|---|---|---|---|"
    )
    for n, m in CASES:
        scores, experiment = make(n, m)
        functions: tuple[Callable[[], object], ...] = (
            lambda e=experiment: simulate(e),
            lambda e=experiment: rank_shift_sensitivity(e, N_DRAWS, seed=1),
            lambda s=scores: leave_one_out(s),
            lambda s=scores: weight_effects(s, seed=1),
            lambda s=scores: structure(s, seed=1),
        )
        row = " | ".join(f"{seconds(function, rounds):.2f}" for function in functions)
        print(f"| {n} × {m} | {row} |", flush=True)
