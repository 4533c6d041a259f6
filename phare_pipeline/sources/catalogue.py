"""Loads `raw/sources.toml`: each source, its reader and its files; no file is opened here."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.options import Options
from phare_pipeline.sources.readers import READERS
from phare_pipeline.sources.table_parsing import merge_options

CATALOGUE = "sources.toml"
TO_COMPLETE = "À COMPLÉTER"
ADDRESS_TO_COMPLETE = "https://a.completer.invalid"
"""Stand for what a new entry does not say yet: it can be read so, but not published."""
_SHA256 = re.compile("[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/.]{2,}(/\S*)?")
_SOURCE_ID = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class SourceFile:
    """One extract: its path below `raw/`, its pin, and the official file its figures come from."""

    path: str
    sha256: str
    bytes: int
    origin_title: str
    origin_sha256: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """A source as its producer published it, and how it is read."""

    source_id: str
    title: str
    producer: str
    licence: str
    address: str
    vintage: str
    geography_year: int
    reader: str
    options: Mapping[str, Any]
    note_fr: str
    files: tuple[SourceFile, ...]

    @property
    def data_version(self) -> str:
        """The pinned sha256 of the file; of several files, the sha256 of theirs, in order."""
        hashes = [file.sha256 for file in self.files]
        return hashes[0] if len(hashes) == 1 else _digest("\n".join(hashes))

    def options_of(self, file: SourceFile) -> dict[str, Any]:
        """The source's options completed by those of one of its files."""
        return merge_options(self.options, file.options)


def load_sources(raw_dir: Path) -> dict[str, Source]:
    """Load and check the catalogue; the sources keep the order of the file.

    Raises:
        SourceError: the file is missing or no TOML, or an entry has an unknown, missing or wrong
            key; the message names the entry and the key.
    """
    path = raw_dir / CATALOGUE
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise SourceError(
            "The catalogue of sources is missing",
            where=f"raw/{CATALOGUE}",
            expected="a TOML file",
            action="restore it",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            "The catalogue of sources is no TOML", where=f"raw/{CATALOGUE}", found=str(error)
        ) from error
    return {source_id: _source(source_id, entry) for source_id, entry in entries.items()}


def _source(source_id: str, entry: object) -> Source:
    where = f"raw/{CATALOGUE}, {source_id}"
    if not isinstance(entry, dict) or not _SOURCE_ID.fullmatch(source_id):
        raise SourceError(
            "An entry of the catalogue is no source",
            where=where,
            found=repr(entry)[:80],
            expected="a table under a snake_case id",
        )
    options = Options(entry, where)
    source = Source(
        source_id=source_id,
        title=options.need("title", str),
        producer=options.need("producer", str),
        licence=options.need("licence", str),
        address=options.need("address", str),
        vintage=options.need("vintage", str),
        geography_year=options.need("geography_year", int),
        reader=options.need("reader", str),
        options=options.get("options", dict) or {},
        note_fr=options.get("note_fr", str) or "",
        files=tuple(_file(table) for table in options.tables("files")),
    )
    options.finish()
    _check(source, options)
    return source


def _file(options: Options) -> SourceFile:
    file = SourceFile(
        path=options.need("path", str),
        sha256=options.need("sha256", str),
        bytes=options.need("bytes", int),
        origin_title=options.need("origin_title", str),
        origin_sha256=options.need("origin_sha256", str),
        options=options.get("options", dict) or {},
    )
    options.finish()
    parts = PurePosixPath(file.path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in file.path:
        raise options.error("path", repr(file.path), "a path below raw/, with /")
    for key in ("sha256", "origin_sha256"):
        value = getattr(file, key)
        if not _SHA256.fullmatch(value):
            raise options.error(key, repr(value), "64 hexadecimal digits, as `phare pin` writes")
    return file


def _check(source: Source, options: Options) -> None:
    if source.reader not in READERS:
        near = get_close_matches(source.reader, READERS, n=1)
        hint = f"one of {', '.join(READERS)}" + (f"; did you mean {near[0]!r}?" if near else "")
        raise options.error("reader", repr(source.reader), hint)
    if not _ADDRESS.fullmatch(source.address):
        raise options.error("address", repr(source.address), "an address with http:// or https://")
    if not source.files:
        raise options.error("files", "nothing", "at least one [[files]] entry")
    paths = [file.path for file in source.files]
    for path in paths:
        if paths.count(path) > 1:
            raise options.error("files", f"{path!r} twice", "each file once (see `blocks`)")
    for file in source.files:
        where = f"{options.where}.options for {file.path}"
        READERS[source.reader].check(source.options_of(file), where)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
