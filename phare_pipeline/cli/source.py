"""`phare source`: looks at new files and writes their entry, shows what is read of a source."""

from __future__ import annotations

import argparse
import datetime as dt
import time
from pathlib import Path

from phare_pipeline.config import Workspace
from phare_pipeline.errors import SourceError
from phare_pipeline.intake.entry import as_toml, check_id, entry_of, id_of, write_entry
from phare_pipeline.intake.opening import open_unknown
from phare_pipeline.intake.preview import Group, preview
from phare_pipeline.intake.proposal import Proposal, propose
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.steps.common.loading import OPEN

MOST_GROUPS = 40
MOST_NAMED = 20


def source(options: argparse.Namespace) -> int:
    """Run `phare source new` or `phare source preview`."""
    return _new(options) if options.what == "new" else _preview(options)


def _new(options: argparse.Namespace) -> int:
    """Look at files, show their entry and what is open, write it; 0 whatever is open."""
    started = time.monotonic()
    workspace = Workspace.from_environment()
    registry = load_registry(workspace.registry)
    paths = [Path(name) for name in options.file]
    source_id = options.id or id_of(paths[0])
    check_id(source_id, workspace.raw)
    proposals = {path: propose(open_unknown(path), registry) for path in paths}
    readers = {proposal.reader for proposal in proposals.values()}
    if len(readers) > 1:
        raise SourceError(
            "The files are not of one layout",
            found=", ".join(f"{path.name}: {p.reader}" for path, p in proposals.items()),
            expected="one source for each layout",
        )
    entry = entry_of(source_id, proposals, workspace.raw, dt.date.today().year)
    print(as_toml(source_id, entry))
    for path, proposal in proposals.items():
        _show(path, proposal)
    described = ", ".join(key for key, value in entry.items() if value in OPEN)
    print(f"to complete: {described}; geography_year {entry['geography_year']}: right?")
    if options.dry_run:
        print("nothing is written")
    else:
        write_entry(source_id, entry, paths, workspace.raw)
        print(f"written: raw/sources.toml, [{source_id}]")
        print(f"next: answer what is open, then phare source preview {source_id};")
        print("      a run wants at least one measure of it in measures.csv")
    print(f"{time.monotonic() - started:.1f} s")
    return 0


def _show(path: Path, proposal: Proposal) -> None:
    reading = proposal.reading
    if reading is None:
        print(f"{path.name}: nothing is read yet")
    else:
        series = {figure.series for figure in reading.figures}
        periods = sorted({figure.period for figure in reading.figures})
        levels = sorted({figure.territory_level for figure in reading.figures})
        span = f"{periods[0]} to {periods[-1]}" if periods else "none"
        print(
            f"{path.name}: {len(reading.figures)} figures, {len(series)} series, "
            f"{', '.join(levels)}, periods {span}, {len(reading.rejections)} rejected, "
            f"{reading.outside_study} rows outside of the study"
        )
    for question in proposal.questions:
        print(f"  open: {question}")


def _preview(options: argparse.Namespace) -> int:
    """Print what is read of a source; 1 when rows are rejected."""
    workspace = Workspace.from_environment()
    sources = load_sources(workspace.raw)
    if options.source not in sources:
        raise SourceError(
            "There is no such source", found=options.source, expected=f"one of {', '.join(sources)}"
        )
    registry = load_registry(workspace.registry)
    found = preview(sources[options.source], registry, workspace.raw)
    shown = found.groups if options.all else found.groups[:MOST_GROUPS]
    for group in shown:
        print(_line(group))
    if len(shown) < len(found.groups):
        print(f"and {len(found.groups) - len(shown)} more (--all)")
    for place, columns in found.unread.items():
        if columns:
            print(f"no figure is read from {place}: {_few(columns)}")
    if found.untaken:
        print(f"series that no measure takes: {_few([repr(name) for name in found.untaken])}")
    rejected = [row for reading in found.readings.values() for row in reading.rejections]
    for row in rejected[:MOST_NAMED]:
        print(f"rejected: {row.message}")
    print(f"{sum(g.count for g in found.groups)} figures, {len(rejected)} rejected")
    return int(bool(rejected))


def _line(group: Group) -> str:
    cells = "; ".join(
        f"{f.territory_code} {f.raw_text!r} "
        f"({f'sheet {f.sheet!r}, ' if f.sheet else ''}line {f.line}, column {f.column})"
        for f in group.first
    )
    return (
        f"{group.file} | {group.series or '(one series)'} | {group.period} | {group.level}: "
        f"{group.present} of {group.count}, sum {group.total:.12g}; {cells}"
    )


def _few(names: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
