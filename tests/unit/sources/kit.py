"""Builds small sources on disk for the tests of the readers: files, pins, measures, catalogue."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from phare_pipeline.registry.model import Aggregation, Level, Measure, Registry
from phare_pipeline.sources import corrections, gaps
from phare_pipeline.sources.catalogue import Source, SourceFile
from phare_pipeline.sources.figures import Rejection
from phare_pipeline.sources.staging import Staged, stage

SOURCE_ID = "essai"

DEPARTEMENTS = [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
REGIONS = ["11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94"]


def make_measure(measure_id: str = "mesure", series: str = "*", **values: Any) -> Measure:
    """A measure of the test source: additive, by département, not below 0, unless said."""
    levels = values.pop("levels", "departement").split("+")
    fields: dict[str, Any] = {
        "measure_id": measure_id,
        "label_fr": measure_id,
        "unit": "personnes",
        "aggregation": Aggregation(values.pop("aggregation", "additive")),
        "source_id": SOURCE_ID,
        "series": tuple(series.split(" + ")),
        "source_levels": tuple(Level(level) for level in levels),
        "factor": 1.0,
        "base_measure_id": None,
        "rate_scale": None,
        "rate_decimals": None,
        "universe": "personnes",
        "perimeter": "metropole",
        "min": 0.0,
        "max": None,
        "tolerance_pct": None,
        "note_fr": "",
        "line": 2,
    }
    return Measure(**{**fields, **values})


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    """Write a workbook; None and "" are empty cells, texts stay texts."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, str) and cell:
                        sheet.write_string(i, j, cell)
                    elif cell not in (None, ""):
                        sheet.write(i, j, cell)


@dataclasses.dataclass
class Kit:
    """A private `raw/` folder and the registry; `stage` writes what it is given and stages it."""

    raw_dir: Path
    registry: Registry

    def write(
        self, name: str, content: str | bytes | Mapping[str, Sequence[Sequence[Any]]]
    ) -> Path:
        """Write a raw file: a text as UTF-8, bytes as they are, a mapping as a workbook."""
        path = self.raw_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Mapping):
            write_workbook(path, content)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def declare(self, corrected: Iterable[str] = (), absent: Iterable[str] = ()) -> None:
        """Write `corrections.csv` and `gaps.csv` from their lines."""
        for module, lines in ((corrections, corrected), (gaps, absent)):
            text = "\n".join([",".join(module.COLUMNS), *lines]) + "\n"
            (self.raw_dir / module.FILE).write_text(text, "utf-8")

    def file(self, name: str, **options: Any) -> SourceFile:
        """The catalogue entry of a written file, pinned as it is."""
        content = (self.raw_dir / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return SourceFile(name, digest, len(content), "original", "0" * 64, options)

    def source(
        self, files: Sequence[SourceFile], options: Mapping[str, Any], reader: str = "table"
    ) -> Source:
        """A source of some files."""
        return Source(
            SOURCE_ID, "Essai", "Insee", "LO", "https://insee.fr", "2021", 2021, reader,
            options, "", tuple(files),
        )  # fmt: skip

    def stage_source(self, source: Source, *measures: Measure) -> Staged:
        """Stage a source under some measures (one that takes everything by default)."""
        if not (self.raw_dir / corrections.FILE).exists():
            self.declare()
        chosen = measures or (make_measure(),)
        registry = dataclasses.replace(self.registry, measures={m.measure_id: m for m in chosen})
        return stage(source, registry, self.raw_dir)

    def stage(
        self,
        content: str | bytes | Mapping[str, Sequence[Sequence[Any]]],
        options: Mapping[str, Any],
        *measures: Measure,
        reader: str = "table",
        name: str | None = None,
    ) -> Staged:
        """Write one file and stage it."""
        name = name or ("f.xlsx" if isinstance(content, Mapping) else "f.csv")
        self.write(name, content)
        return self.stage_source(self.source([self.file(name)], options, reader), *measures)


def rejections(staged: Staged, rule: str) -> list[Rejection]:
    """The rejected rows of a rule."""
    return [r for r in staged.rejections if r.rule == rule]


def assert_rejected(
    staged: Staged, rule: str, *, line: int, column: str, found: str, expected: str
) -> None:
    """One row is rejected by a rule, and its message names all that the operator needs."""
    rows = rejections(staged, rule)
    assert len(rows) == 1, [r.message for r in staged.rejections]
    row = rows[0]
    assert (row.line, row.column) == (line, column)
    assert found in row.found
    assert expected in row.expected
    for part in (row.file, f"line {line}", f"column {column}", rule, row.found, row.expected):
        assert part in row.message
    quarantine = staged.quarantine.to_dict("records")
    assert any(q["rule"] == rule and q["origin_line"] == line for q in quarantine)


def values(staged: Staged) -> dict[str, float]:
    """Territory code -> value."""
    frame = staged.observations
    return dict(zip(frame["territory_code"], frame["value"], strict=True))


def statuses(staged: Staged) -> dict[str, str]:
    """Territory code -> status."""
    frame = staged.observations
    return dict(zip(frame["territory_code"], frame["value_status"], strict=True))
