"""Runs the benchmarks, all or the named ones, one after the other.

Usage: python -m benchmarks [--rounds N] [PART ...]
"""

from __future__ import annotations

import argparse
import importlib

# Each is a module here whose main(rounds) prints a Markdown table.
PARTS = {
    "runs": "whole runs of the pipeline",
    "publication": "reports, explorer, files for other tools, release, PDFs",
    "pareto": "fronts, dominance counts, average ranks",
    "uncertainty": "draws, Sobol indices, influence, structure",
    "large_list": "sums of a list of three million rows (0.5 GB on disk for a while)",
    "scale": "normalise + aggregate for all communes and editions (1.5 GB on disk for a while)",
}


def main() -> None:
    """Run the parts in their order."""
    listed = "\n".join(f"  {name:<13} {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"Times the pipeline. Parts:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=3, help="repetitions behind a median")
    parser.add_argument("parts", nargs="*", metavar="PART", help="all of them by default")
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"found part {part!r}, expected one of {', '.join(PARTS)}")
    for part, what in PARTS.items():
        if part in arguments.parts or not arguments.parts:
            print(f"\n## {part}: {what}\n", flush=True)
            importlib.import_module(f"benchmarks.{part}").main(arguments.rounds)


if __name__ == "__main__":
    main()
