"""Writes the entry of a new source into `raw/sources.toml`, its files pinned below `raw/`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from phare_pipeline.errors import SourceError
from phare_pipeline.intake.opening import completed
from phare_pipeline.intake.proposal import Proposal
from phare_pipeline.registry.territories import fold
from phare_pipeline.sources.catalogue import (
    ADDRESS_TO_COMPLETE,
    CATALOGUE,
    TO_COMPLETE,
    load_sources,
)

if TYPE_CHECKING:
    from tomlkit.items import Table

# What no file says of itself.
DESCRIPTION: Final = ("title", "producer", "licence", "address", "vintage")


def id_of(path: Path) -> str:
    """Return a source id made of the name of a file."""
    name = re.sub(r"[^a-z0-9]+", "_", fold(path.stem)).strip("_")
    return name if name[:1].isalpha() else f"source_{name}"


def place_of(source_id: str, path: Path, raw: Path) -> str:
    """Return where a file is to lie below `raw/`: where it is, if it is there already."""
    resolved = path.resolve()
    if resolved.is_relative_to(raw.resolve()):
        return resolved.relative_to(raw.resolve()).as_posix()
    return f"{source_id}/{path.name}"


def entry_of(
    source_id: str, proposals: Mapping[Path, Proposal], raw: Path, geography_year: int
) -> dict[str, Any]:
    """Return the entry of a source; options that files differ in stand with the file."""
    first, *others = proposals.values()
    shared = {
        key: value
        for key, value in first.options.items()
        if all(other.options.get(key) == value for other in others)
    }
    files = []
    for path, proposal in proposals.items():
        content = completed(path)
        own = {k: v for k, v in proposal.options.items() if k not in shared}
        files.append(
            {
                "path": place_of(source_id, path, raw),
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "origin_title": path.name,
                "origin_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                **({"options": own} if own else {}),
            }
        )
    return {
        **dict.fromkeys(DESCRIPTION, TO_COMPLETE),
        "address": ADDRESS_TO_COMPLETE,
        "geography_year": geography_year,
        "reader": first.reader,
        "note_fr": "",
        "options": shared,
        "files": files,
    }


def check_id(source_id: str, raw: Path) -> None:
    """Refuse an id that another source has.

    Raises:
        SourceError: it is taken.
    """
    if source_id in load_sources(raw):
        raise SourceError(
            "There is a source of this id",
            found=source_id,
            expected="an id of its own",
            action="choose one with --id; a new vintage of a source replaces its files (phare pin)",
        )


def as_toml(source_id: str, entry: Mapping[str, Any]) -> str:
    """Write an entry as the catalogue has them: options a line each, files as tables."""
    import tomlkit

    document = tomlkit.document()
    table = tomlkit.table()
    for key, value in entry.items():
        if key == "files":
            files = tomlkit.aot()
            for file in value:
                files.append(_table(file))
            table.add(key, files)
        else:
            table.add(key, _table(value) if key == "options" else value)
    document.add(source_id, table)
    return tomlkit.dumps(document)


def _table(values: Mapping[str, Any]) -> Table:
    import tomlkit

    table = tomlkit.table()
    for key, value in values.items():
        if isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update(value)
            table.add(key, inline)
        else:
            table.add(key, value)
    return table


def write_entry(source_id: str, entry: Mapping[str, Any], paths: Sequence[Path], raw: Path) -> None:
    """Copy the files to their place and add the entry at the end of the catalogue.

    Raises:
        SourceError: another file lies where one of them is to lie.
    """
    targets = {path: raw / file["path"] for path, file in zip(paths, entry["files"], strict=True)}
    for path, target in targets.items():
        if target.exists() and target.read_bytes() != completed(path):
            raise SourceError(
                "Another file lies where the new one is to lie",
                where=f"raw/{target.relative_to(raw).as_posix()}",
                action="choose another id with --id",
            )
    for path, target in targets.items():
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(completed(path))
    catalogue = raw / CATALOGUE
    draft = catalogue.with_suffix(".toml.new")
    text = catalogue.read_text("utf-8").rstrip("\n")
    draft.write_text(f"{text}\n\n{as_toml(source_id, entry)}", "utf-8")
    draft.replace(catalogue)
