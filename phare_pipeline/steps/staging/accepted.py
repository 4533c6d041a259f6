"""Keeps what a person has accepted of renewed sources: rows of `raw/accepted.csv`.

A row is bound to the bytes of the source and to the named cells: of another file, or of other
cells, it says nothing. It stops or lets pass; no figure depends on it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from phare_pipeline.registry.rows import read_rows
from phare_pipeline.sources.witness import Finding
from phare_pipeline.warehouse.files import write_bytes_atomic

FILE = "accepted.csv"
COLUMNS = (
    "source_id",
    "data_version",
    "rule",
    "measure_id",
    "territory_level",
    "cells",
    "cells_sha256",
    "because",
    "accepted_on",
)
Accepted = frozenset[tuple[str, ...]]
"""Source, version, rule, measure, level and hash of the cells of what is accepted."""
_KEY = ("source_id", "data_version", "rule", "measure_id", "territory_level", "cells_sha256")


def load_accepted(raw_dir: Path) -> Accepted:
    """Load what is accepted; without the file nothing is.

    Raises:
        RegistryError: a line or cell is wrong.
    """
    path = raw_dir / FILE
    if not path.is_file():
        return frozenset()
    found = set()
    for row in read_rows(path, COLUMNS):
        row.text("because")
        row.date("accepted_on")
        found.add(tuple(row.text(name) for name in _KEY))
    return frozenset(found)


def open_findings(
    findings: Iterable[Finding], accepted: Accepted, source_id: str, data_version: str
) -> tuple[Finding, ...]:
    """Return the findings that nobody has accepted.

    Args:
        findings: what is beyond a limit in the source.
        accepted: what is accepted.
        source_id: the source.
        data_version: the sha256 of its file, or of those of its files.
    """
    return tuple(
        finding
        for finding in findings
        if (source_id, data_version, finding.rule, finding.measure_id, finding.level,
            finding.cells_sha256) not in accepted
    )  # fmt: skip


def add_accepted(
    raw_dir: Path,
    findings: Iterable[Finding],
    source_id: str,
    data_version: str,
    because: str,
    accepted_on: str,
) -> None:
    """Add a row for each finding; the file is replaced whole.

    Raises:
        PhareError: the disk is full; the file is as it was.
    """
    path = raw_dir / FILE
    text = io.StringIO(path.read_text("utf-8") if path.is_file() else f"{','.join(COLUMNS)}\n")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, lineterminator="\n")
    for finding in findings:
        writer.writerow(
            (source_id, data_version, finding.rule, finding.measure_id, finding.level,
             len(finding.cells), finding.cells_sha256, because, accepted_on)
        )  # fmt: skip
    write_bytes_atomic(path, text.getvalue().encode("utf-8"))
