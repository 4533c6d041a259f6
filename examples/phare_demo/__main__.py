"""Writes the exports of the demonstration study into a folder, below their paths in the study.

Usage: python -m examples.phare_demo FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

from examples.phare_demo import write_demo_exports
from phare_pipeline.config import Workspace
from phare_pipeline.registry.loader import load_registry


def main() -> None:
    """Write them and print their paths."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.phare_demo",
        description="Writes the exports of the demonstration study.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="that takes them")
    folder = parser.parse_args().folder
    for path in write_demo_exports(Workspace.from_environment().surveys, folder, load_registry()):
        print(path)


if __name__ == "__main__":
    main()
