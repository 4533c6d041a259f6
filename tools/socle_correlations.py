"""Lists the pairs of scored rows that say the same thing: |r| >= 0.95 over the 13 regions.

It reads the comparison of each edition that a run has built and changes nothing. A pair counts in
the editions that expect both rows and have both for all regions; it is refused when it passes the
bound in more than half of them and stands in one domain.

Usage: python -m tools.socle_correlations [WAREHOUSE]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from phare_pipeline.config import EDITIONS, PROJECT
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Level, Registry, Role

BOUND = 0.95


@dataclass(frozen=True)
class Pair:
    """Two scored rows and their correlation in each edition that has both.

    Attributes:
        first: of the two, in the order of the registry.
        second: the other one.
        is_one_domain: both stand in one domain.
        by_edition: Pearson's r over the regions.
    """

    first: str
    second: str
    is_one_domain: bool
    by_edition: Mapping[int, float]

    @property
    def share_above(self) -> float:
        """Share of the editions in which |r| reaches the bound."""
        above = [abs(r) >= BOUND for r in self.by_edition.values()]
        return sum(above) / len(above)

    @property
    def is_refused(self) -> bool:
        """True when the socle of a domain may not hold both."""
        return self.is_one_domain and self.share_above > 0.5

    def __str__(self) -> str:
        values = list(self.by_edition.values())
        place = "one domain" if self.is_one_domain else "two domains"
        return (
            f"{self.first} and {self.second} ({place}): median r {np.median(values):.3f}, "
            f"{self.share_above:.0%} of {len(values)} editions at {BOUND} or more"
        )


def pairs_of(values: Mapping[int, pd.DataFrame], registry: Registry) -> Iterator[Pair]:
    """Yield the pairs of socle rows that some edition has both.

    Args:
        values: by edition, the expected socle rows (columns) of the regions (rows), without blanks.
        registry: for the order and the domains of the rows.
    """
    matrices = {year: frame.corr() for year, frame in values.items()}
    names = [i.indicator_id for i in registry.indicators.values() if i.role is Role.SOCLE]
    domains = {name: registry.indicators[name].domain_id for name in names}
    for first, second in combinations(names, 2):
        found = {
            year: float(matrix.loc[[first], second].to_numpy("float64")[0])
            for year, matrix in matrices.items()
            if first in matrix and second in matrix
        }
        # A row without spread has no correlation.
        found = {year: r for year, r in found.items() if np.isfinite(r)}
        if found:
            yield Pair(first, second, domains[first] == domains[second], found)


def expected_values(comparison: pd.DataFrame, registry: Registry, year: int) -> pd.DataFrame:
    """Return the socle rows that an edition expects and has for all regions.

    Args:
        comparison: `core_comparison` of the edition.
        registry: periods of the socle and ages.
        year: the edition.
    """
    expected = [
        name
        for (name, level), period in registry.socle.items()
        if level is Level.REGION and period.reaches(year, registry.indicators[name].max_age_years)
    ]
    rows = comparison[comparison["indicator_id"].isin(expected)]
    wide = rows.pivot(index="region_code", columns="indicator_id", values="value")
    return wide.dropna(axis="columns").astype(np.float64)


def main(arguments: list[str]) -> int:
    """Print the pairs at the bound; 1 when one of them is refused."""
    folder = Path(arguments[0]) if arguments else PROJECT / "warehouse"
    registry = load_registry()
    built = folder / "build" / "core" / "core_comparison"
    paths = {year: built / f"{year}.parquet" for year in EDITIONS}
    if not any(path.is_file() for path in paths.values()):
        print(f"{built.name}: no edition is built; run: phare run", file=sys.stderr)
        return 2
    values = {
        year: expected_values(pd.read_parquet(path), registry, year)
        for year, path in paths.items()
        if path.is_file()
    }
    shown = [pair for pair in pairs_of(values, registry) if pair.share_above > 0]
    for pair in sorted(shown, key=lambda p: (not p.is_refused, -p.share_above)):
        print(f"{'refused: ' if pair.is_refused else ''}{pair}")
    return int(any(pair.is_refused for pair in shown))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
