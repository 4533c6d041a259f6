"""Reads `study.toml` and `areas.csv`: the study, its actors, areas and pinned files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import fold
from phare_pipeline.sources.options import Options
from phare_pipeline.survey.codebook.model import Actor, Area, ExportFile, PinnedFile
from phare_pipeline.survey.codebook.rows import ID, CodebookRow, Tables
from phare_pipeline.survey.codebook.vocabulary import (
    ACTORS,
    FILE_KINDS,
    AreaKind,
    ExportFormat,
    OptionKind,
)

STUDY = "study.toml"
MAX_HEADER_ROWS = 3
FIRST_YEAR, LAST_YEAR = 1990, 2100
AREA_COLUMNS = ("area_id", "label_fr", "kind", "region_code", "note_fr")

_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_study(folder: Path) -> Options:
    """Open `study.toml`; its keys are read one by one elsewhere.

    Raises:
        SourceError: it is missing or no TOML.
    """
    where = f"{folder.name}/{STUDY}"
    try:
        values = tomllib.loads((folder / STUDY).read_text("utf-8"))
    except OSError as error:
        raise SourceError(
            "The study of a codebook is missing",
            where=where,
            found=error.strerror,
            expected="a TOML file",
            action="restore it, or name a folder that holds a codebook",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            "The study of a codebook is no TOML", where=where, found=str(error), action="correct it"
        ) from error
    return Options(values, where)


def read_years(study: Options) -> tuple[int | None, int | None]:
    """Read the year of a study and how many years later an edition may still show it.

    Raises:
        SourceError: one of the two alone, or a number that cannot be.
    """
    year, max_age_years = study.get("year", int), study.get("max_age_years", int)
    if (year is None) != (max_age_years is None):
        raise study.error("year", "one number of two", "both year and max_age_years, or neither")
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise study.error("year", repr(year), f"from {FIRST_YEAR} to {LAST_YEAR}")
    if max_age_years is not None and max_age_years < 0:
        raise study.error("max_age_years", repr(max_age_years), "0 or more")
    return year, max_age_years


def read_actors(study: Options, areas: Mapping[str, Area]) -> dict[str, Actor]:
    """Read the actors of a study, in the order of `ACTORS`.

    Raises:
        SourceError: no actor, an unknown one, or one with an area or dates that cannot be.
    """
    tables = study.table("actors")
    actors = {}
    for actor in ACTORS:
        if tables.get(actor, dict) is not None:
            actors[actor] = _actor(actor, tables.table(actor), areas)
    tables.finish()
    if not actors:
        raise study.error("actors", "nothing", "a table for one of " + ", ".join(ACTORS))
    return actors


def _actor(actor: str, options: Options, areas: Mapping[str, Area]) -> Actor:
    found = Actor(
        actor=actor,
        label_fr=options.need("label_fr", str),
        unit_fr=options.need("unit_fr", str),
        population_fr=options.need("population_fr", str),
        mode_fr=options.need("mode_fr", str),
        field_start=_period(options, "field_start"),
        field_end=_period(options, "field_end"),
        sampling_fr=options.need("sampling_fr", str),
        areas=options.texts("areas") or (),
        note_fr=options.get("note_fr", str) or "",
    )
    options.finish()
    for area_id in found.areas:
        if area_id not in areas:
            near = get_close_matches(area_id, areas, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise options.error("areas", repr(area_id), f"an area of areas.csv{hint}")
    if not found.areas:
        raise options.error("areas", "nothing", "at least one area of areas.csv")
    if (found.field_start is None) != (found.field_end is None):
        raise options.error("field_end", "one date of two", "both dates of the fieldwork, or none")
    if found.field_start and found.field_end and found.field_start > found.field_end:
        raise options.error("field_end", repr(found.field_end), f"{found.field_start} or later")
    return found


def _period(options: Options, key: str) -> str | None:
    text = options.get(key, str)
    if text is not None and not _PERIOD.fullmatch(text):
        raise options.error(key, repr(text), "a month or a day, such as 2015-10 or 2015-10-05")
    return text


def read_pinned_file(options: Options) -> PinnedFile:
    """Read the pin of a file of published figures.

    Raises:
        SourceError: an unknown kind, a path that leaves its folder, a sha256 that is none.
    """
    file = PinnedFile(
        kind=options.need("kind", str),
        path=_path(options),
        sha256=options.need("sha256", str),
        bytes=options.need("bytes", int),
    )
    options.finish()
    if file.kind not in FILE_KINDS:
        raise options.error("kind", repr(file.kind), "one of " + ", ".join(FILE_KINDS))
    _sha256(options, file.sha256)
    return file


def read_export_file(
    options: Options, actors: Collection[str], *, is_synthetic: bool
) -> ExportFile:
    """Read where an export lies, how it was written, and its pin.

    Raises:
        SourceError: an unknown actor or format, a path that leaves its folder or does not fit the
            format, half a pin, an export of a synthetic study whose name does not say so.
    """
    blanks = [kind.value for kind in OptionKind if kind is not OptionKind.ANSWER]
    actor = _one_of(options, "actor", actors)
    kind = ExportFormat(_one_of(options, "format", [kind.value for kind in ExportFormat]))
    blank = _one_of(options, "blank", ["", *blanks]) or None
    header_rows = options.get("header_rows", int)
    file = ExportFile(
        actor=actor,
        path=_path(options),
        format=kind,
        sheet=options.get("sheet", str),
        header_rows=1 if header_rows is None else header_rows,
        blank=None if blank is None else OptionKind(blank),
        sha256=_sha256(options, options.get("sha256", str)),
        bytes=options.get("bytes", int),
    )
    options.finish()
    if PurePosixPath(file.path).suffix.lower() not in kind.endings:
        raise options.error("path", repr(file.path), "a name in " + " or ".join(kind.endings))
    if is_synthetic and "synthetic" not in PurePosixPath(file.path).name:
        raise options.error("path", repr(file.path), "a name with the word synthetic in it")
    if (file.sha256 is None) != (file.bytes is None):
        raise options.error("sha256", "half a pin", "both sha256 and bytes, or neither")
    if not 1 <= file.header_rows <= MAX_HEADER_ROWS:
        raise options.error("header_rows", repr(header_rows), f"from 1 to {MAX_HEADER_ROWS}")
    return file


def _one_of(options: Options, key: str, allowed: Collection[str]) -> str:
    value = options.get(key, str) or ""
    if value not in allowed:
        near = get_close_matches(value, allowed, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        listed = ", ".join(filter(None, allowed))
        raise options.error(key, repr(value) if value else "nothing", f"one of {listed}{hint}")
    return value


def _path(options: Options) -> str:
    path = options.need("path", str)
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise options.error("path", repr(path), "a path below raw/surveys/, with /")
    return path


def _sha256(options: Options, text: str | None) -> str | None:
    if text is not None and not _SHA256.fullmatch(text):
        raise options.error("sha256", repr(text), "64 hexadecimal digits in lower case")
    return text


def read_areas(tables: Tables, registry: Registry) -> Iterator[tuple[CodebookRow, Area]]:
    """Yield the areas with their rows; only one of the 13 regions may bear its name.

    Raises:
        CodebookError: an area is no region, or bears the name of one without being it.
    """
    regions = {region.region_code: region.name_fr for region in registry.study_regions}
    taken: set[str | None] = set()
    for row in tables.rows("areas.csv", AREA_COLUMNS):
        kind = AreaKind(row.one_of("kind", [kind.value for kind in AreaKind]))
        # A super-region named after a region is the very confusion this table prevents.
        code = row.one_of("region_code", regions if kind is AreaKind.REGION else ("",)) or None
        label = row.text("label_fr")
        if code is not None and label != regions[code]:
            raise row.error("label_fr", "a region under another name", expected=repr(regions[code]))
        if code is None and fold(label) in {fold(name) for name in regions.values()}:
            raise row.error(
                "label_fr", f"a {kind.value} bears the name of a region", expected="its own name"
            )
        if code is not None and code in taken:
            raise row.error("region_code", "two areas of one region", expected="one")
        taken.add(code)
        area_id = row.matching("area_id", ID, "lower-case letters, digits and -")
        yield row, Area(area_id, label, kind, code, row.cells["note_fr"])
