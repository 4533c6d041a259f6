"""Stages one source: raw files in, observations and quarantine out; nothing is written here.

The steps, in order: pins, reading, corrections, bounds, keys, completeness, contract. Every
rejected row is collected; the caller decides what a quarantine that is not empty means.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.measure_rules import MeasureRules
from phare_pipeline.registry.model import Aggregation, Registry
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.catalogue import Source, SourceFile
from phare_pipeline.sources.completeness import Completeness, zero_figure
from phare_pipeline.sources.corrections import FILE as CORRECTIONS
from phare_pipeline.sources.corrections import Correction, Corrector, load_corrections
from phare_pipeline.sources.figures import RawFigure, Rejection
from phare_pipeline.sources.gaps import FILE as GAPS
from phare_pipeline.sources.gaps import Absences, Gap, load_gaps
from phare_pipeline.sources.matching import SeriesMap
from phare_pipeline.sources.observations import Collector, Observation
from phare_pipeline.sources.parts import find_parts_above
from phare_pipeline.sources.pins import check_pin
from phare_pipeline.sources.readers import READERS
from phare_pipeline.sources.thousands import find_thousands

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Staged:
    """What staging makes of a source.

    `observations` and `quarantine` have exactly the columns of the contract's tables
    `staged_observations` and `quarantine`; `rejections` are the rows of `quarantine` as objects.
    Rows of overseas territories are recognised, counted in `outside_study` and left out.
    """

    observations: pd.DataFrame
    quarantine: pd.DataFrame
    rejections: tuple[Rejection, ...]
    corrections_applied: tuple[str, ...]
    outside_study: int


def stage(source: Source, registry: Registry, raw_dir: Path) -> Staged:
    """Read, check and type every figure of a source that a measure of the registry takes.

    Raises:
        SourceError: a file as a whole is not what the catalogue says (missing, changed, not
            readable, header moved, unit contradicted), or a declaration names no known source.
        RegistryError: `corrections.csv` or `gaps.csv` is wrong.
    """
    measures = registry.measures_of(source.source_id)
    corrections, gaps = load_corrections(raw_dir), load_gaps(raw_dir)
    check_known_sources([*corrections.values(), *gaps], registry)
    corrector = Corrector(corrections.values(), source.source_id)
    absences = Absences(gaps, source.source_id)
    series_map = SeriesMap(measures)
    rules = MeasureRules(registry.measure_rules)
    figures: list[RawFigure] = []
    rejections: list[Rejection] = []
    open_lists: set[str] = set()
    outside_study = 0
    reader = READERS[source.reader]
    territories = Territories(registry)
    for file in source.files:
        check_pin(raw_dir, file)
        options = source.options_of(file)
        reading = reader.read(
            raw_dir / file.path, file.path, options, territories, series_map.is_wanted
        )
        if not (reading.figures or reading.rejections):
            raise _nothing_read(source, file, series_map)
        figures += reading.figures
        rejections += reading.rejections
        if "thousands" not in options:
            rejections += find_thousands(reading.figures, series_map, rules)
        outside_study += reading.outside_study
        if reading.absent_is_zero:
            open_lists.add(file.path)
    read = series_map.series_of(figures)
    collector = Collector(source.source_id, series_map, read, corrector, rules)
    for figure in figures:
        collector.add(figure)
    completeness = Completeness(registry, absences)
    first_file = source.files[0].path
    for measure in measures:
        series = read[measure.reading_id]
        rejections += completeness.missing_series(measure, series, series_map, first_file)
        rejections += completeness.missing_ends(measure, collector.presence, first_file)
        rejections += completeness.missing_levels(measure, collector.presence, first_file)
        rejections += completeness.missing_parts(measure, collector.presence)
    for key, who in list(collector.presence.items()):
        measure = registry.measures[key[0]].reading_of(int(key[3][:4]))
        rejections += completeness.empty_period(measure, key, who)
        for code, rejection in completeness.missing_territories(measure, key, who):
            if who.first.file in open_lists and measure.aggregation is Aggregation.ADDITIVE:
                collector.add_to(zero_figure(who, code), measure)
            else:
                rejections.append(rejection)
    rejections += find_parts_above(rules.rows, collector.observations)
    rejections += [*collector.rejections, *corrector.rejections(), *absences.rejections()]
    observations, refused = _keep_contract(collector.observations)
    rejections += refused
    return Staged(
        observations=observations,
        quarantine=_quarantine(source.source_id, rejections),
        rejections=tuple(rejections),
        corrections_applied=tuple(corrector.applied),
        outside_study=outside_study,
    )


def _nothing_read(source: Source, file: SourceFile, series_map: SeriesMap) -> SourceError:
    lines = source.options_of(file).get("header_lines", [])
    return SourceError(
        "No figure of any measure is read from a file",
        where=", ".join([f"raw/{file.path}", *(f"line {line}" for line in lines)]),
        found="series " + (", ".join(map(repr, series_map.seen[-8:])) or "none"),
        expected="a series of a measure of this source, under the declared header",
        action="compare the file with `header_lines`, `sheets` and `where` in raw/sources.toml, "
        "or remove its entry",
    )


def check_known_sources(declared: Iterable[Correction | Gap], registry: Registry) -> None:
    """Refuse corrections and gaps of a source that no measure reads: they would never be met.

    Raises:
        SourceError: with file, line and the nearest source.
    """
    known = registry.source_ids
    for row in declared:
        if row.source_id not in known:
            near = get_close_matches(row.source_id, known, n=1)
            file = CORRECTIONS if isinstance(row, Correction) else GAPS
            raise SourceError(
                "A declaration names a source that no measure reads",
                where=f"raw/{file}, line {row.line}, column source_id",
                found=repr(row.source_id),
                expected="a source_id of measures.csv or measure_series.csv",
                action=f"did you mean {near[0]!r}?" if near else "correct or remove this line",
            )


def _keep_contract(rows: Sequence[Observation]) -> tuple[pd.DataFrame, list[Rejection]]:
    """Validate in lazy mode; rows that break the contract become rejections."""
    from pandera.errors import SchemaErrors

    from phare_pipeline.contract.schemas import pandera_schema

    frame = _frame("staged_observations", rows)
    try:
        pandera_schema("staged_observations").validate(frame, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
        rejections = []
        for case in failures.to_dict("records"):
            row = rows[int(case["index"])] if case["index"] == case["index"] else None
            rejections.append(
                Rejection(
                    row.origin_file if row else "",
                    row.origin_sheet if row else None,
                    row.origin_line if row else 0,
                    row.origin_column if row else "",
                    "contract",
                    f"{case['column']} = {case['failure_case']!r}",
                    f"{case['column']}: {case['check']}",
                )
            )
        bad = failures["index"].dropna().astype(int).unique()
        return frame.drop(index=bad).reset_index(drop=True), rejections
    return frame, []


def _quarantine(source_id: str, rejections: Iterable[Rejection]) -> pd.DataFrame:
    return _frame(
        "quarantine",
        [
            (source_id, r.file, r.sheet, r.line, r.column, r.rule, r.found, r.expected)
            for r in rejections
        ],
    )


def _frame(table: str, rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Make the frame of a contract table, each column with its declared type."""
    import pandas as pd

    from phare_pipeline.contract.schemas import PANDAS_TYPES
    from phare_pipeline.contract.tables import fields_of, table_of

    fields = fields_of(table_of(table))
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(fields)
    return pd.DataFrame(
        {
            field.name: pd.Series(column, dtype=PANDAS_TYPES[field.type])
            for field, column in zip(fields, columns, strict=True)
        }
    )
