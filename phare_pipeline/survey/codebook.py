"""Loads a codebook: what a study asked whom, where, and how answers are coded; no answers here.

A codebook is a folder of `raw/surveys/codebooks/`: `study.toml` and small CSV tables. A new study
is a new folder. Published figures are read in `published`, exports elsewhere.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

from phare_pipeline.errors import RegistryError, SourceError
from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.rows import Row, by_id, read_rows
from phare_pipeline.registry.territories import fold
from phare_pipeline.sources.options import Options
from phare_pipeline.survey.expressions import GRAMMAR, Filter, parse_filter

K = TypeVar("K")
V = TypeVar("V")

STUDY = "study.toml"
ACTORS = ("citoyens", "associations", "entreprises", "institutions")
WHOLE = "ensemble"
"""The segment of every respondent of an actor."""

CONFIDENCES = ("certain", "inferred", "ambiguous")
FILE_KINDS = ("results", "sample")
ITEM_KINDS = ("item", "other", "none", "dont_know")
BETWEEN_ALIASES = " | "

_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?")
_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_LOCAL_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CODE = re.compile(r"[A-Za-z0-9_]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]*")


class QuestionType(StrEnum):
    """How a question is answered, which fixes the statistics it can have."""

    NOTE = "note_1_10"
    SINGLE = "single"
    MULTI = "multi"
    TOP3 = "top3_rank"
    AGREE = "agree4"
    IMPACT = "impact4"
    NUMERIC = "numeric"


class VariableType(StrEnum):
    """What a column that is no question is for."""

    ID = "id"
    REGION = "region"
    WEIGHT = "weight"
    QUOTA = "quota"
    PROFILE = "profile"
    NUMERIC = "numeric"


class OptionKind(StrEnum):
    """An answer, or one of the three kinds of missing, which are never merged.

    A don't-know stays in the base of shares and leaves that of means; a refused answer is missing;
    a question not asked (filter) has no base at all.
    """

    ANSWER = "answer"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"


class AreaKind(StrEnum):
    """A region of the 13, the whole country, or a super-region, which is neither."""

    REGION = "region"
    NATIONAL = "national"
    SUPER_REGION = "super_region"


class Statistic(NamedTuple):
    """A published statistic: unit, inclusive bounds, types of question, whether it has a band.

    `item` says which items it takes: those of the question, a derived one, or either.
    """

    unit: str
    low: float
    high: float
    types: frozenset[QuestionType]
    has_band: bool = False
    item: str = "own"


_SCALED = frozenset({QuestionType.NOTE, QuestionType.AGREE, QuestionType.IMPACT})


def _share(*types: QuestionType, has_band: bool = False, item: str = "own") -> Statistic:
    return Statistic("%", 0, 100, frozenset(types), has_band, item)


STATISTICS: Mapping[str, Statistic] = {
    "share": _share(QuestionType.SINGLE),
    "share_net": _share(QuestionType.SINGLE, item="derived"),
    "share_multi": _share(QuestionType.MULTI),
    "share_top1": _share(QuestionType.AGREE, QuestionType.IMPACT, has_band=True),
    "share_top2": _share(QuestionType.AGREE, QuestionType.IMPACT, has_band=True),
    "share_first": _share(QuestionType.TOP3, has_band=True),
    "share_top3_total": _share(QuestionType.TOP3, has_band=True),
    "share_band_low": _share(QuestionType.NOTE, has_band=True),
    "share_band_mid": _share(QuestionType.NOTE, has_band=True),
    "share_band_high": _share(QuestionType.NOTE, has_band=True),
    "share_nsp": Statistic("%", 0, 100, _SCALED),
    "mean": Statistic("note", 1, 10, frozenset({QuestionType.NOTE})),
    "net_balance": Statistic("points", -100, 100, frozenset({QuestionType.SINGLE}), item="derived"),
}
NOTES = tuple(str(note) for note in range(1, 11))
RANKS = ("1", "2", "3")
NOTE_BANDS = ("share_band_low", "share_band_mid", "share_band_high")
DERIVED_STATISTICS = ("share_net", "net_balance", "share_part", "mean")
"""What a derived item may be; `share_part` and `mean` are for the structure of a sample only."""


class CodebookError(RegistryError):
    """A cell of a codebook is wrong or contradicts another."""


class CodebookRow(Row):
    """A line of a codebook's table; `file` holds the folder and the name."""

    def error(self, column: str, what: str, *, expected: str) -> CodebookError:
        """Build the error for one cell of this row."""
        return CodebookError(
            f"Codebook: {what}",
            where=f"{self.file}, line {self.line}, column {column}",
            found=repr(self.cells.get(column, "")),
            expected=expected,
            action="correct this cell of the codebook and run again",
        )

    def matching(self, column: str, pattern: re.Pattern[str], expected: str) -> str:
        """Return a cell that fits a pattern as a whole."""
        value = self.text(column)
        if not pattern.fullmatch(value):
            raise self.error(column, "a cell is not written as it must be", expected=expected)
        return value

    def count(self, column: str) -> int | None:
        """Return a whole number of plain digits, None when the cell is empty."""
        if not self.cells[column]:
            return None
        return int(self.matching(column, _WHOLE_NUMBER, "a whole number in plain digits"))

    def words(self, column: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """Return the words of a cell, each once and, where a list is given, of that list."""
        words = tuple(self.cells[column].split())
        if len(set(words)) < len(words):
            raise self.error(column, "a word is given twice", expected="each once")
        for word in words if allowed is not None else ():
            CodebookRow(self.file, self.line, {column: word}).one_of(column, allowed or ())
        return words

    def aliases(self) -> tuple[str, ...]:
        """Return the other labels under which the study prints the same thing."""
        return tuple(filter(None, self.cells["aliases"].split(BETWEEN_ALIASES)))


@dataclass(frozen=True)
class Actor:
    """Those who were asked; field dates are None when the study does not print them.

    Attributes:
        areas: ids of the areas for which this actor has results.
        field_start: first month or day of fieldwork, `2015-10` or `2015-10-05`.
    """

    actor: str
    label_fr: str
    unit_fr: str
    population_fr: str
    mode_fr: str
    field_start: str | None
    field_end: str | None
    sampling_fr: str
    areas: tuple[str, ...]
    note_fr: str


@dataclass(frozen=True)
class PinnedFile:
    """A file of published figures below `raw/surveys/` and its pin."""

    kind: str
    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Area:
    """Where a result holds; `region_code` is given for one of the 13 regions only."""

    area_id: str
    label_fr: str
    kind: AreaKind
    region_code: str | None
    note_fr: str


@dataclass(frozen=True)
class Option:
    """A code of a scale and what it means."""

    option_id: str
    code: str
    label_fr: str
    aliases: tuple[str, ...]
    kind: OptionKind
    is_positive: bool

    @property
    def is_missing(self) -> bool:
        """True for each of the three kinds of missing."""
        return self.kind is not OptionKind.ANSWER


@dataclass(frozen=True)
class Scale:
    """The codes of an answer, in the order of the questionnaire."""

    scale_id: str
    options: tuple[Option, ...]

    def codes(self, kind: OptionKind) -> tuple[str, ...]:
        """The codes of one kind."""
        return tuple(option.code for option in self.options if option.kind is kind)

    @property
    def positive_codes(self) -> tuple[str, ...]:
        """The codes that count as yes."""
        return tuple(option.code for option in self.options if option.is_positive)


@dataclass(frozen=True)
class Item:
    """A line of a question; of a `single` question, an option it may be answered with.

    Attributes:
        code: how the answer to a `top3_rank` or `single` question names it in an export.
        kind: item, other (the line "autres"), none (the line "aucun") or dont_know.
        domain_id: one of the 16 domains; None with its reason in `no_domain_fr`.
    """

    item_code: str
    code: str | None
    label_fr: str
    aliases: tuple[str, ...]
    domain_id: str | None
    no_domain_fr: str
    kind: str
    is_exclusive: bool


@dataclass(frozen=True)
class Derived:
    """A figure made of options: Σ `plus` − Σ `minus`, or a part of the option `part_of`."""

    item_code: str
    label_fr: str
    aliases: tuple[str, ...]
    statistic: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    part_of: str | None


@dataclass(frozen=True)
class Band:
    """The codes (of a top-3, the ranks) that a statistic counts, and how they are printed."""

    statistic: str
    label_fr: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A question as it was put to one actor; ids of two actors may be the same, uids are not.

    Attributes:
        question_id: `actor:id`.
        topic: what questions of several actors have in common (`fragilite`, `priorite`, ...).
        filter: who was asked; None when everybody was.
        bands: statistic -> what it counts for this actor.
        id_is_printed: False when the study shows results without naming the question.
    """

    question_id: str
    actor: str
    topic: str
    type: QuestionType
    scale: Scale | None
    wording_fr: str
    max_choices: int | None
    filter: Filter | None
    base_fr: str
    statistics: tuple[str, ...]
    slides: tuple[int, ...]
    id_is_printed: bool
    confidence: str
    note_fr: str
    items: Mapping[str, Item]
    derived: Mapping[str, Derived]
    bands: Mapping[str, Band]

    @property
    def exclusive_items(self) -> tuple[str, ...]:
        """Items that go with no other ("aucun", "ne sait pas")."""
        return tuple(code for code, item in self.items.items() if item.is_exclusive)

    def results_of(self, statistic: str) -> tuple[str, ...]:
        """The item codes that a published statistic of this question may have."""
        if STATISTICS[statistic].item == "derived":
            return tuple(c for c, d in self.derived.items() if d.statistic == statistic)
        return tuple(self.items)


@dataclass(frozen=True)
class Variable:
    """A column that is no question: identifier, region, weight, quota or profile."""

    variable_id: str
    actor: str
    type: VariableType
    label_fr: str
    scale: Scale | None
    slide: int | None
    note_fr: str
    derived: Mapping[str, Derived]


@dataclass(frozen=True)
class Segment:
    """A part of an actor's respondents; without `options` a note says why it cannot be rebuilt."""

    actor: str
    segment_id: str
    label_fr: str
    variable_id: str | None
    options: tuple[str, ...]
    note_fr: str


@dataclass(frozen=True)
class Sample:
    """Sampling sizes of an actor in an area; None where the study prints none."""

    actor: str
    area_id: str
    sample_n: int | None
    universe_n: int | None
    share_of_france_pct: int | None
    slide: int | None
    note_fr: str


@dataclass(frozen=True)
class Column:
    """A column of a microdata export: its question or variable, its item or its rank."""

    actor: str
    name: str
    uid: str
    item_code: str | None
    rank: int | None


@dataclass(frozen=True)
class Codebook:
    """A study, checked; every mapping keeps the order of its table."""

    study_id: str
    title: str
    producer: str
    vintage: str
    licence: str
    note_fr: str
    actors: Mapping[str, Actor]
    files: tuple[PinnedFile, ...]
    areas: Mapping[str, Area]
    scales: Mapping[str, Scale]
    questions: Mapping[str, Question]
    variables: Mapping[str, Variable]
    segments: Mapping[tuple[str, str], Segment]
    samples: Mapping[tuple[str, str], Sample]
    columns: tuple[Column, ...]

    def file(self, kind: str) -> PinnedFile:
        """The pinned file of a kind.

        Raises:
            KeyError: the study has none.
        """
        for file in self.files:
            if file.kind == kind:
                return file
        raise KeyError(f"{self.study_id} has no file of kind {kind!r}")

    def questions_of(self, topic: str) -> tuple[Question, ...]:
        """The questions on a topic, in the order of the table."""
        return tuple(q for q in self.questions.values() if q.topic == topic)


def load_codebook(folder: Path, registry: Registry) -> Codebook:
    """Load and check the codebook of a study.

    Args:
        folder: a folder of `raw/surveys/codebooks/`, named as the study's id.
        registry: for the domains of items and the codes of regions.

    Raises:
        CodebookError: a table, line or cell is wrong or contradicts another.
        SourceError: `study.toml` is missing or wrong.
    """
    study = _read_study(folder)
    areas = by_id(_areas(folder, registry), "area_id")
    actors = _actors(study, areas)
    texts = {key: study.need(key, str) for key in _STUDY_TEXTS}
    note = study.get("note_fr", str) or ""
    files = tuple(_pinned_file(table) for table in study.tables("files"))
    study.finish()
    if texts["study_id"] != folder.name:
        raise study.error("study_id", repr(texts["study_id"]), f"{folder.name!r}, as the folder")
    scales = _scales(folder)
    derived_rows = list(_rows(folder, "derived.csv", DERIVED_COLUMNS))
    variables = _variables(folder, actors, scales, derived_rows)
    questions = _questions(folder, actors, scales, derived_rows, variables, registry)
    _refuse_strangers(derived_rows, "uid", {*questions, *variables})
    return Codebook(
        **texts,
        note_fr=note,
        actors=actors,
        files=files,
        areas=areas,
        scales=scales,
        questions=questions,
        variables=variables,
        segments=_segments(folder, actors, variables),
        samples=_samples(folder, actors),
        columns=_columns(folder, actors, questions, variables),
    )


def codebook_rows(path: Path, columns: tuple[str, ...]) -> Iterator[CodebookRow]:
    """Yield the lines of a table of a codebook, or of the figures that belong to it.

    Raises:
        CodebookError: the file is missing, no UTF-8 or no CSV, or its header is another.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        for row in read_rows(path, columns):
            yield CodebookRow(name, row.line, row.cells)
    except csv.Error as error:
        raise CodebookError(
            "Codebook: a table is no CSV", where=name, found=str(error), action="restore it"
        ) from error
    except CodebookError:
        raise
    except RegistryError as error:
        raise CodebookError(
            error.what.replace("Registry:", "Codebook:", 1),
            where=(error.where or path.name).replace(path.name, name, 1),
            found=error.found,
            expected=error.expected,
            action=error.action,
        ) from error


AREA_COLUMNS = ("area_id", "label_fr", "kind", "region_code", "note_fr")
QUESTION_COLUMNS = (
    *("question_id", "actor", "topic", "type", "scale_id", "wording_fr", "max_choices", "filter"),
    *("base_fr", "statistics", "slides", "id_printed", "confidence", "note_fr"),
)
ITEM_COLUMNS = (
    *("question_id", "item_code", "code", "label_fr", "aliases", "domain_id", "no_domain_fr"),
    *("kind", "is_exclusive"),
)
OPTION_COLUMNS = ("scale_id", "option_id", "code", "label_fr", "aliases", "kind", "is_positive")
DERIVED_COLUMNS = (
    *("uid", "item_code", "label_fr", "aliases", "statistic", "plus", "minus", "part_of"),
)
BAND_COLUMNS = ("actor", "type", "statistic", "label_fr", "codes")
VARIABLE_COLUMNS = ("variable_id", "actor", "type", "label_fr", "scale_id", "slide", "note_fr")
SEGMENT_COLUMNS = ("actor", "segment_id", "label_fr", "variable_id", "options", "note_fr")
SAMPLE_COLUMNS = (
    *("actor", "area_id", "sample_n", "universe_n", "share_of_france_pct", "slide", "note_fr"),
)
COLUMN_COLUMNS = ("actor", "column", "uid", "item_code", "rank")


_STUDY_TEXTS = ("study_id", "title", "producer", "vintage", "licence")


def _rows(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[CodebookRow]:
    return codebook_rows(folder / name, columns)


def _add_once(found: dict[K, V], key: K, value: V, row: CodebookRow, column: str) -> None:
    if key in found:
        raise row.error(column, "the same thing is given twice", expected="once")
    found[key] = value


def _refuse_strangers(rows: Iterable[CodebookRow], column: str, known: Collection[str]) -> None:
    """Refuse a row about a question, variable or scale that the codebook does not have."""
    for row in rows:
        row.one_of(column, known)


# --- the study, its actors and its areas ---------------------------------------------------------
def _read_study(folder: Path) -> Options:
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


def _actors(study: Options, areas: Mapping[str, Area]) -> dict[str, Actor]:
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


def _pinned_file(options: Options) -> PinnedFile:
    file = PinnedFile(
        kind=options.need("kind", str),
        path=options.need("path", str),
        sha256=options.need("sha256", str),
        bytes=options.need("bytes", int),
    )
    options.finish()
    if file.kind not in FILE_KINDS:
        raise options.error("kind", repr(file.kind), "one of " + ", ".join(FILE_KINDS))
    parts = PurePosixPath(file.path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in file.path:
        raise options.error("path", repr(file.path), "a path below raw/surveys/, with /")
    if not _SHA256.fullmatch(file.sha256):
        raise options.error("sha256", repr(file.sha256), "64 hexadecimal digits in lower case")
    return file


def _areas(folder: Path, registry: Registry) -> Iterator[tuple[CodebookRow, Area]]:
    regions = {region.region_code: region.name_fr for region in registry.study_regions}
    for row in _rows(folder, "areas.csv", AREA_COLUMNS):
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
        area_id = row.matching("area_id", _ID, "lower-case letters, digits and -")
        yield row, Area(area_id, label, kind, code, row.cells["note_fr"])


# --- scales, bands and derived figures -----------------------------------------------------------
def _scales(folder: Path) -> dict[str, Scale]:
    found: dict[str, dict[str, Option]] = {}
    for row in _rows(folder, "options.csv", OPTION_COLUMNS):
        options = found.setdefault(row.matching("scale_id", _ID, "a snake_case id"), {})
        option = Option(
            option_id=row.matching("option_id", _ID, "a snake_case id"),
            code=row.matching("code", _CODE, "letters, digits and _"),
            label_fr=row.text("label_fr"),
            aliases=row.aliases(),
            kind=OptionKind(row.one_of("kind", [kind.value for kind in OptionKind])),
            is_positive=row.boolean("is_positive"),
        )
        if option.code in {other.code for other in options.values()}:
            raise row.error("code", "a code has two meanings", expected="a code of its own")
        if option.is_positive and option.kind is not OptionKind.ANSWER:
            raise row.error("is_positive", "a missing answer counts as positive", expected="false")
        _add_once(options, option.option_id, option, row, "option_id")
    return {scale_id: Scale(scale_id, tuple(o.values())) for scale_id, o in found.items()}


def _bands(folder: Path, actors: Collection[str]) -> dict[tuple[str, str], dict[str, Band]]:
    """Bands by actor and type of question, as the actor's questions of that type share them."""
    found: dict[tuple[str, str], dict[str, Band]] = {}
    banded = [name for name, statistic in STATISTICS.items() if statistic.has_band]
    for row in _rows(folder, "bands.csv", BAND_COLUMNS):
        actor = row.one_of("actor", actors)
        kind = QuestionType(row.one_of("type", [kind.value for kind in QuestionType]))
        statistic = row.one_of("statistic", banded)
        if kind not in STATISTICS[statistic].types:
            raise row.error(
                "statistic",
                f"a {kind.value} question has no such statistic",
                expected=" or ".join(sorted(STATISTICS[statistic].types)),
            )
        band = Band(statistic, row.text("label_fr"), row.words("codes"))
        if not band.codes:
            raise row.error("codes", "a band of no code", expected="codes separated by blanks")
        bands = found.setdefault((actor, kind.value), {})
        _add_once(bands, statistic, band, row, "statistic")
    return found


def _derived(
    rows: Iterable[CodebookRow], uid: str, scale: Scale | None, taken: Collection[str]
) -> dict[str, Derived]:
    """The derived figures of one question or variable."""
    options = [] if scale is None else [o.option_id for o in scale.options]
    found: dict[str, Derived] = {}
    for row in rows:
        if row.cells["uid"] != uid:
            continue
        derived = Derived(
            item_code=row.matching("item_code", _ID, "a snake_case id"),
            label_fr=row.text("label_fr"),
            aliases=row.aliases(),
            statistic=row.one_of("statistic", DERIVED_STATISTICS),
            plus=row.words("plus", options),
            minus=row.words("minus", options),
            part_of=row.one_of("part_of", ("", *options)) or None,
        )
        if derived.item_code in taken:
            raise row.error("item_code", "the id of an item or option", expected="an id of its own")
        _check_derived(row, derived)
        _add_once(found, derived.item_code, derived, row, "item_code")
    return found


def _check_derived(row: CodebookRow, derived: Derived) -> None:
    is_balance = derived.statistic == "net_balance"
    is_sum = is_balance or derived.statistic == "share_net"
    if is_sum != bool(derived.plus):
        raise row.error("plus", "a sum without its parts, or parts of no sum", expected="options")
    if is_balance != bool(derived.minus):
        raise row.error("minus", "only a balance subtracts", expected="options of a balance")
    if (derived.statistic == "share_part") != (derived.part_of is not None):
        raise row.error("part_of", "a part needs its whole", expected="an option for share_part")
    if set(derived.plus) & set(derived.minus):
        raise row.error("minus", "an option is added and subtracted", expected="one of the two")


# --- questions and variables ---------------------------------------------------------------------
def _uid(row: CodebookRow, column: str, actors: Collection[str]) -> tuple[str, str]:
    """Read `actor:id`, whose actor must be that of the row; return uid and actor."""
    actor = row.one_of("actor", actors)
    uid = row.text(column)
    prefix, _, local = uid.partition(":")
    if prefix != actor or not _LOCAL_ID.fullmatch(local):
        raise row.error(column, "no id of this actor", expected=f"{actor}: and letters, digits, _")
    return uid, actor


def _variables(
    folder: Path,
    actors: Collection[str],
    scales: Mapping[str, Scale],
    derived_rows: list[CodebookRow],
) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for row in _rows(folder, "variables.csv", VARIABLE_COLUMNS):
        uid, actor = _uid(row, "variable_id", actors)
        kind = VariableType(row.one_of("type", [kind.value for kind in VariableType]))
        coded = (VariableType.QUOTA, VariableType.PROFILE)
        scale = scales[row.one_of("scale_id", scales)] if kind in coded else None
        if scale is None:
            row.one_of("scale_id", ("",))
        option_ids = [] if scale is None else [o.option_id for o in scale.options]
        variable = Variable(
            variable_id=uid,
            actor=actor,
            type=kind,
            label_fr=row.text("label_fr"),
            scale=scale,
            slide=row.count("slide"),
            note_fr=row.cells["note_fr"],
            derived=_derived(derived_rows, uid, scale, option_ids),
        )
        _add_once(found, uid, variable, row, "variable_id")
    return found


def _questions(
    folder: Path,
    actors: Collection[str],
    scales: Mapping[str, Scale],
    derived_rows: list[CodebookRow],
    variables: Mapping[str, Variable],
    registry: Registry,
) -> dict[str, Question]:
    bands = _bands(folder, actors)
    item_rows = list(_rows(folder, "items.csv", ITEM_COLUMNS))
    found: dict[str, Question] = {}
    rows: dict[str, CodebookRow] = {}
    for row in _rows(folder, "questions.csv", QUESTION_COLUMNS):
        uid, actor = _uid(row, "question_id", actors)
        if uid in variables:
            raise row.error("question_id", "the id of a variable", expected="an id of its own")
        kind = QuestionType(row.one_of("type", [kind.value for kind in QuestionType]))
        scale = _scale_of(row, kind, scales)
        items = _items(row, item_rows, kind, scale, registry)
        question = Question(
            question_id=uid,
            actor=actor,
            topic=row.matching("topic", _ID, "a snake_case id"),
            type=kind,
            scale=scale,
            wording_fr=row.text("wording_fr"),
            max_choices=row.count("max_choices"),
            filter=_filter(row),
            base_fr=row.text("base_fr"),
            statistics=row.words("statistics", STATISTICS),
            slides=_slides(row),
            id_is_printed=row.boolean("id_printed"),
            confidence=row.one_of("confidence", CONFIDENCES),
            note_fr=row.cells["note_fr"],
            items=items,
            derived=_derived(derived_rows, uid, scale, items),
            bands=bands.get((actor, kind.value), {}),
        )
        _check_question(row, question)
        _add_once(found, uid, question, row, "question_id")
        rows[uid] = row
    _refuse_strangers(item_rows, "question_id", found)
    for uid, question in found.items():
        _check_filter(rows[uid], question, found, variables)
    return found


def _scale_of(row: CodebookRow, kind: QuestionType, scales: Mapping[str, Scale]) -> Scale | None:
    if kind is QuestionType.NUMERIC:
        row.one_of("scale_id", ("",))
        return None
    scale = scales[row.one_of("scale_id", scales)]
    answers = scale.codes(OptionKind.ANSWER)
    expected = {
        QuestionType.NOTE: (answers == NOTES, "the answers 1 to 10, in order"),
        QuestionType.TOP3: (answers == RANKS, "the ranks 1, 2, 3, in order"),
        QuestionType.AGREE: (len(answers) == 4, "four answers"),
        QuestionType.IMPACT: (len(answers) == 4, "four answers"),
        QuestionType.MULTI: (
            len(answers) == 2 and len(scale.positive_codes) == 1,
            "two answers, one of them positive",
        ),
    }
    is_right, wanted = expected.get(kind, (len(answers) >= 2, "at least two answers"))
    if not is_right:
        raise row.error(
            "scale_id",
            f"the answers of a {kind.value} question are {' '.join(answers)}",
            expected=f"a scale with {wanted}",
        )
    return scale


def _slides(row: CodebookRow) -> tuple[int, ...]:
    slides = row.words("slides")
    if not all(_WHOLE_NUMBER.fullmatch(slide) for slide in slides):
        raise row.error("slides", "no list of pages", expected="whole numbers between blanks")
    return tuple(int(slide) for slide in slides)


def _filter(row: CodebookRow) -> Filter | None:
    text = row.cells["filter"]
    if not text:
        return None
    try:
        return parse_filter(text)
    except ValueError as error:
        raise row.error("filter", str(error), expected=GRAMMAR) from error


def _items(
    question: CodebookRow,
    rows: list[CodebookRow],
    kind: QuestionType,
    scale: Scale | None,
    registry: Registry,
) -> dict[str, Item]:
    """The lines of a question; those of a `single` question are the options of its scale."""
    own = [row for row in rows if row.cells["question_id"] == question.cells["question_id"]]
    if kind is QuestionType.SINGLE and scale is not None:
        for row in own:
            raise row.error(
                "question_id", "an item of a single question", expected="its options instead"
            )
        return _options_as_items(scale)
    found: dict[str, Item] = {}
    missing = () if scale is None else tuple(o.code for o in scale.options if o.is_missing)
    for row in own:
        item = _item(row, registry)
        _add_once(found, item.item_code, item, row, "item_code")
        _refuse_second_domain(row, item, found)
        if (kind is QuestionType.TOP3) != (item.code is not None):
            raise row.error("code", f"the code of a {kind.value} item", expected="only of a top-3")
        codes = [other.code for other in found.values() if other.code is not None]
        if item.code is not None and (codes.count(item.code) > 1 or item.code in missing):
            raise row.error("code", "a code has two meanings", expected="a code of its own")
    return found


def _options_as_items(scale: Scale) -> dict[str, Item]:
    """Answers and don't-knows are results of a `single` question; the other missings are not."""
    kinds = {OptionKind.ANSWER: "item", OptionKind.DONT_KNOW: "dont_know"}
    return {
        o.option_id: Item(o.option_id, o.code, o.label_fr, o.aliases, None, "", kinds[o.kind], True)
        for o in scale.options
        if o.kind in kinds
    }


def _item(row: CodebookRow, registry: Registry) -> Item:
    item = Item(
        item_code=row.matching("item_code", _ID, "a snake_case id"),
        code=row.matching("code", _CODE, "letters, digits and _") if row.cells["code"] else None,
        label_fr=row.text("label_fr"),
        aliases=row.aliases(),
        domain_id=row.one_of("domain_id", ("", *registry.domains)) or None,
        no_domain_fr=row.cells["no_domain_fr"],
        kind=row.one_of("kind", ITEM_KINDS),
        is_exclusive=row.boolean("is_exclusive"),
    )
    if (item.domain_id is None) != bool(item.no_domain_fr):
        raise row.error(
            "no_domain_fr",
            "an item has neither domain nor reason, or both",
            expected="a reason when and only when domain_id is empty",
        )
    if item.is_exclusive != (item.kind in ("none", "dont_know")):
        raise row.error(
            "is_exclusive", f"an item of kind {item.kind}", expected="true for none and dont_know"
        )
    return item


def _refuse_second_domain(row: CodebookRow, item: Item, items: Mapping[str, Item]) -> None:
    domains = [other.domain_id for other in items.values()]
    if item.domain_id is not None and domains.count(item.domain_id) > 1:
        raise row.error("domain_id", "two items of a question on one domain", expected="one")


def _check_question(row: CodebookRow, question: Question) -> None:
    kind = question.type
    has_lines = kind not in (QuestionType.SINGLE, QuestionType.NUMERIC)
    if has_lines and not question.items:
        raise row.error("question_id", "a question without items", expected="lines in items.csv")
    if kind is QuestionType.NUMERIC and question.items:
        raise row.error("question_id", "a numeric question with items", expected="none")
    for name in question.statistics:
        statistic = STATISTICS[name]
        if kind not in statistic.types:
            raise row.error(
                "statistics", f"{name} of a {kind.value} question", expected="one of its type"
            )
        if statistic.has_band and name not in question.bands:
            raise row.error(
                "statistics",
                f"{name} has no band for {question.actor}",
                expected=f"a row {question.actor}, {kind.value}, {name} in bands.csv",
            )
        if not question.results_of(name):
            raise row.error("statistics", f"no item for {name}", expected="a row in derived.csv")
    _check_choices(row, question)
    _check_bands(row, question)


def _check_choices(row: CodebookRow, question: Question) -> None:
    limits = {
        QuestionType.SINGLE: 1,
        QuestionType.TOP3: 3,
        QuestionType.MULTI: len(question.items) - len(question.exclusive_items),
    }
    limit = limits.get(question.type)
    choices = question.max_choices
    is_right = choices is None if limit is None else choices is not None and 1 <= choices <= limit
    if question.type is not QuestionType.MULTI:
        is_right = choices == limit
    if not is_right:
        expected = "empty" if limit is None else f"at most {limit}"
        raise row.error("max_choices", f"choices of a {question.type.value}", expected=expected)


def _check_bands(row: CodebookRow, question: Question) -> None:
    """Bands take known answers; those of a note cut 1–10 into three without gap or overlap."""
    if question.scale is None or not question.bands:
        return
    answers = question.scale.codes(OptionKind.ANSWER)
    for band in question.bands.values():
        if not set(band.codes) <= set(answers):
            raise row.error(
                "type", f"the band {band.label_fr!r} has codes of no answer", expected=str(answers)
            )
    cut = [code for name in NOTE_BANDS if (b := question.bands.get(name)) for code in b.codes]
    if cut and tuple(cut) != answers:
        raise row.error(
            "type",
            f"the bands of {question.actor} are {' '.join(cut)}",
            expected="low, mid and high cover 1 to 10 in order, each note once (bands.csv)",
        )
    top2 = question.bands.get("share_top2")
    if top2 is not None and set(top2.codes) != set(question.scale.positive_codes):
        raise row.error(
            "scale_id",
            f"top 2 counts {' '.join(top2.codes)}",
            expected="the positive codes of the scale: " + " ".join(question.scale.positive_codes),
        )


def _check_filter(
    row: CodebookRow,
    question: Question,
    questions: Mapping[str, Question],
    variables: Mapping[str, Variable],
) -> None:
    """A filter looks at one-column questions or variables of the same actor and at known codes."""
    if question.filter is None:
        return
    columns: dict[str, Question | Variable] = {**questions, **variables}
    known = {
        uid.partition(":")[2]: thing
        for uid, thing in columns.items()
        if thing.actor == question.actor and uid != question.question_id and _is_one_column(thing)
    }
    for comparison in question.filter.comparisons:
        if comparison.name not in known:
            near = get_close_matches(comparison.name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise row.error(
                "filter",
                f"unknown question {comparison.name!r} in a filter",
                expected=f"a single or numeric question of {question.actor}{hint}",
            )
        scale = known[comparison.name].scale
        if comparison.is_ordering != (scale is None):
            raise row.error(
                "filter",
                f"{comparison.operator} on {comparison.name}",
                expected="<, <=, >, >= for numbers; ==, !=, in, not in for codes",
            )
        codes = [] if scale is None else [option.code for option in scale.options]
        for code in () if scale is None else comparison.codes:
            if code not in codes:
                raise row.error(
                    "filter",
                    f"{comparison.name} has no code {code}",
                    expected="one of " + ", ".join(codes),
                )


def _is_one_column(thing: Question | Variable) -> bool:
    if isinstance(thing, Question):
        return thing.type in (QuestionType.SINGLE, QuestionType.NUMERIC)
    return thing.scale is not None or thing.type is VariableType.NUMERIC


# --- segments, sampling sizes and columns of exports ---------------------------------------------
def _segments(
    folder: Path, actors: Collection[str], variables: Mapping[str, Variable]
) -> dict[tuple[str, str], Segment]:
    found: dict[tuple[str, str], Segment] = {}
    for row in _rows(folder, "segments.csv", SEGMENT_COLUMNS):
        actor = row.one_of("actor", actors)
        coded = [uid for uid, v in variables.items() if v.actor == actor and v.scale is not None]
        segment_id = row.matching("segment_id", _ID, "a snake_case id")
        variable_id = row.one_of("variable_id", ("", *coded)) or None
        scale = None if variable_id is None else variables[variable_id].scale
        known = () if scale is None else [option.option_id for option in scale.options]
        segment = Segment(
            actor=actor,
            segment_id=segment_id,
            label_fr=row.text("label_fr"),
            variable_id=variable_id,
            options=row.words("options", known),
            note_fr=row.cells["note_fr"],
        )
        if segment_id != WHOLE and not segment.options and not segment.note_fr:
            raise row.error("note_fr", "a segment without options", expected="options, or why not")
        _add_once(found, (actor, segment_id), segment, row, "segment_id")
    for actor in actors:
        if (actor, WHOLE) not in found:
            raise CodebookError(
                f"Codebook: {actor} have no segment {WHOLE!r}",
                where=f"{folder.name}/segments.csv",
                expected=f"a row {actor},{WHOLE}",
                action="add it",
            )
    return found


def _samples(folder: Path, actors: Mapping[str, Actor]) -> dict[tuple[str, str], Sample]:
    found: dict[tuple[str, str], Sample] = {}
    for row in _rows(folder, "samples.csv", SAMPLE_COLUMNS):
        actor = row.one_of("actor", actors)
        sample = Sample(
            actor=actor,
            area_id=row.one_of("area_id", actors[actor].areas),
            sample_n=row.count("sample_n"),
            universe_n=row.count("universe_n"),
            share_of_france_pct=row.count("share_of_france_pct"),
            slide=row.count("slide"),
            note_fr=row.cells["note_fr"],
        )
        n, universe = sample.sample_n, sample.universe_n
        if n == 0 or universe == 0 or (n is not None and universe is not None and n > universe):
            raise row.error("sample_n", "impossible sizes", expected="0 < sample ≤ universe")
        _add_once(found, (actor, sample.area_id), sample, row, "area_id")
    return found


def _columns(
    folder: Path,
    actors: Collection[str],
    questions: Mapping[str, Question],
    variables: Mapping[str, Variable],
) -> tuple[Column, ...]:
    """The columns of the study's exports; a study without microdata has no such table."""
    if not (folder / "columns.csv").exists():
        return ()
    names: dict[tuple[str, str], Column] = {}
    meanings: dict[tuple[str, str | None, int | None], Column] = {}
    for row in _rows(folder, "columns.csv", COLUMN_COLUMNS):
        actor = row.one_of("actor", actors)
        known = [uid for uid in (*questions, *variables) if uid.startswith(f"{actor}:")]
        uid = row.one_of("uid", known)
        question = questions.get(uid)
        items, ranks = _parts(question)
        rank = row.one_of("rank", ranks)
        column = Column(
            actor=actor,
            name=row.text("column"),
            uid=uid,
            item_code=row.one_of("item_code", items) or None,
            rank=int(rank) if rank else None,
        )
        _add_once(names, (actor, column.name), column, row, "column")
        _add_once(meanings, (uid, column.item_code, column.rank), column, row, "uid")
    return tuple(names.values())


def _parts(question: Question | None) -> tuple[Collection[str], Collection[str]]:
    """The item codes and ranks that a column of a question may have."""
    if question is None or question.type in (QuestionType.SINGLE, QuestionType.NUMERIC):
        return ("",), ("",)
    if question.type is QuestionType.TOP3:
        return ("",), RANKS
    return tuple(question.items), ("",)
