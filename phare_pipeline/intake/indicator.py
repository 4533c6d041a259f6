"""Makes the row of a new indicator and computes it from the raw files, before anything is written.

The registry itself judges the row; the figures are those of the second computation (`explain`).
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from phare_pipeline.errors import RegistryError
from phare_pipeline.explain.recompute.indicators import measures_needed, recompute
from phare_pipeline.registry.loader import columns_of, load_registry
from phare_pipeline.registry.model import Aggregation, Indicator, Level, Registry, Role, parse_terms
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.staging import stage

INDICATORS: Final = "indicators.csv"
SOCLE: Final = "socle.csv"
STEP: Final = 10


@dataclass(frozen=True)
class Trial:
    """What a new indicator would say.

    Attributes:
        row: its row of `indicators.csv`.
        years: data years of each measure at the level of regions.
        year: the newest with a figure in all 13 regions, else the newest with any; None: no figure.
        values: of the regions in that year, by name; None where there is none.
        france: the reference in that year.
        complete: the years in which all regions have a figure.
    """

    row: Mapping[str, str]
    years: Mapping[str, tuple[int, ...]]
    year: int | None
    values: Mapping[str, float | None]
    france: float | None
    complete: tuple[int, ...]

    @property
    def scale(self) -> float | None:
        """The largest gap of a region to France, which a frozen scale of that year would be."""
        present = [value for value in self.values.values() if value is not None]
        if self.france is None or not present:
            return None
        return max(abs(value - self.france) for value in present)


def row_of(answers: Mapping[str, str], registry: Registry) -> dict[str, str]:
    """Complete what somebody says of an indicator by what follows from its measures.

    Raises:
        RegistryError: a measure is unknown.
    """
    names = [
        term.measure_id
        for side in ("numerator", "denominator")
        for term in parse_terms(answers.get(side, ""))
    ]
    unknown = [name for name in names if name not in registry.measures]
    if unknown or not names:
        raise RegistryError(
            "There is no such measure",
            found=", ".join(unknown) or "nothing",
            expected="measures.csv",
        )
    first = registry.measures[names[0]]
    is_published = first.aggregation is Aggregation.NON_ADDITIVE
    alike = [i for i in registry.indicators.values() if first.measure_id in i.measure_ids]
    places = [i.order for i in registry.indicators.values() if i.domain_id == answers["domain_id"]]
    usual = {
        "order": str(max(places, default=0) // STEP * STEP + STEP),
        "operation": alike[0].operation if alike else first.source_id,
        "annualise": alike[0].annualise if alike else "",
        "scale": "100" if answers.get("denominator") else "1",
        "transform": "identity",
        "max_age_years": "2",
        "nature": "part" if answers.get("denominator") else "stock",
        "reference": "published" if is_published else "own",
        "reference_perimeter": first.perimeter,
        "decimals": "1",
        "unit": "%" if answers.get("denominator") else first.unit,
    }
    row = dict.fromkeys(columns_of(Indicator), "")
    return {**row, **usual, **{key: value for key, value in answers.items() if value}}


def try_row(row: Mapping[str, str], tables: Path, raw: Path) -> Trial:
    """Compute an indicator that is not in the registry yet; nothing is written.

    Raises:
        RegistryError: the registry refuses the row.
        SourceError: a source cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tables"
        shutil.copytree(tables, copy)
        # Periods of the socle follow from the figures, which are not there yet.
        is_socle = row["role"] == Role.SOCLE
        add_rows(copy / INDICATORS, [{**row, "role": Role.COMPLEMENT.value} if is_socle else row])
        registry = load_registry(copy)
    indicator = registry.indicators[row["indicator_id"]]
    cells = _cells(registry, indicator, raw)
    steps = recompute(registry, cells, [indicator.indicator_id])
    return _trial(row, indicator, registry, steps.figures, steps.annual)


def _cells(registry: Registry, indicator: Indicator, raw: Path) -> pd.DataFrame:
    sources = load_sources(raw)
    needed = measures_needed(registry, [indicator])
    names = {r.source_id for name in needed for r in registry.measures[name].readings}
    staged = [stage(sources[name], registry, raw).observations for name in sorted(names)]
    return pd.concat(staged, ignore_index=True)


def _trial(
    row: Mapping[str, str],
    indicator: Indicator,
    registry: Registry,
    figures: pd.DataFrame,
    annual: pd.DataFrame,
) -> Trial:
    of_regions = figures["territory_level"] == Level.REGION.value
    units = {unit.code: unit.name_fr for unit in registry.units_of(Level.REGION)}
    regions = figures[of_regions & figures["territory_code"].isin(list(units))]
    present = regions[regions["value"].notna()].groupby("data_year").size()
    complete = tuple(int(year) for year in present.index[present == len(units)])
    year = max(complete or [int(y) for y in present.index], default=None)
    own = regions[regions["data_year"] == year].set_index("territory_code")["value"]
    national = figures[
        (figures["territory_level"] == Level.NATIONAL.value)
        & (figures["territory_code"] == indicator.reference_perimeter)
        & (figures["data_year"] == year)
    ]["value"].dropna()
    measured = annual[(annual["territory_level"] == Level.REGION.value) & annual["value"].notna()]
    years: dict[str, set[int]] = {name: set() for name in indicator.measure_ids}
    for name, data_year in zip(measured["measure_id"], measured["data_year"], strict=True):
        years[name].add(int(data_year))
    return Trial(
        row=row,
        years={name: tuple(sorted(found)) for name, found in years.items()},
        year=year,
        values={
            name: float(own[code]) if code in own and pd.notna(own[code]) else None
            for code, name in units.items()
        },
        france=float(national.iloc[0]) if len(national) else None,
        complete=complete,
    )


def add_rows(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Add rows to a table of the registry, which keeps its other bytes."""
    content = path.read_text("utf-8")
    columns = next(csv.reader([content.splitlines()[0].removeprefix("\ufeff")]))
    text = io.StringIO()
    csv.DictWriter(text, columns, lineterminator="\n").writerows(rows)
    draft = path.with_suffix(".csv.new")
    draft.write_text(content.rstrip("\n") + "\n" + text.getvalue(), "utf-8")
    draft.replace(path)


def write_trial(trial: Trial, tables: Path) -> None:
    """Write the row, and for one of the socle the periods that were found.

    Raises:
        RegistryError: a row of the socle has no year in which all regions have a figure.
    """
    socle = []
    if trial.row["role"] == Role.SOCLE:
        if not trial.complete:
            raise RegistryError(
                "A row of the socle has no figure in all regions",
                found=f"{trial.row['indicator_id']}, newest year {trial.year}",
                expected="a year with 13 figures",
                action="complete its measures, or make it a complement",
            )
        first, last = str(min(trial.complete)), str(max(trial.complete))
        socle = [
            {
                "indicator_id": trial.row["indicator_id"],
                "territory_level": Level.REGION.value,
                "first_period": first,
                "last_period": last,
            }
        ]
    add_rows(tables / INDICATORS, [trial.row])
    if socle:
        add_rows(tables / SOCLE, socle)
