"""Times whole runs in processes of their own and prints medians and ratios as a table."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("full run, Dagster", ("run",), True),
    ("full run, plain functions", ("run", "--plain"), True),
    ("unchanged rerun", ("run",), False),
    ("one region × year, its files removed", ("run", "--region", "HDF", "--year", "2016"), False),
)


def timed(arguments: tuple[str, ...], warehouse: Path) -> float:
    """Run the command in a process of its own and return the seconds it took."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "phare_pipeline", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PHARE_WAREHOUSE": str(warehouse)},
    )
    return time.perf_counter() - start


def main(rounds: int) -> None:
    """Print a Markdown table of medians."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in CASES}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for number, (name, arguments, is_fresh) in enumerate(CASES):
                warehouse = Path(folder) / (str(number) if is_fresh else "0")
                if "region" in name:
                    for path in warehouse.glob("build/out/*/region=hauts-de-france/2016.parquet"):
                        path.unlink()
                times[name].append(timed(arguments, warehouse))
    medians = {name: statistics.median(values) for name, values in times.items()}
    plain = medians["full run, plain functions"]
    print("| what | seconds (median) | ratio to the plain full run |\n|---|---|---|")
    for name, value in medians.items():
        print(f"| {name} | {value:.1f} | {value / plain:.2f} |")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"| largest memory of one process | {memory:.0f} MB | |")
