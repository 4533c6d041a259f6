"""The shapes of a codebook; reading and checking them belongs in the modules that read tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phare_pipeline.survey.codebook.vocabulary import (
    STATISTICS,
    AreaKind,
    ExportFormat,
    MarginUnit,
    OptionKind,
    QuestionType,
    VariableType,
)
from phare_pipeline.survey.expressions import Filter


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
class ExportFile:
    """An export of answers below `raw/surveys/` and how it was written.

    Attributes:
        sheet: of a workbook with several; None takes the only one.
        header_rows: rows that name the columns; their texts are joined by " / ".
        blank: the kind of missing that an empty cell is where the question was asked; None when
            no cell may be empty there.
        sha256, bytes: its pin; None for an export of a synthetic study, which is given to the run.
    """

    actor: str
    path: str
    format: ExportFormat
    sheet: str | None
    header_rows: int
    blank: OptionKind | None
    sha256: str | None
    bytes: int | None


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
class Target:
    """What a category of a variable must weigh among an actor's respondents of an area.

    Attributes:
        categories: options of the variable's scale, or ids of areas for a region, that are counted
            together, as rare ones must be; none for the total of a numeric variable.
        target: in `unit`; percentages are of 100.
    """

    actor: str
    area_id: str
    variable_id: str
    categories: tuple[str, ...]
    target: float
    unit: MarginUnit
    source_fr: str

    @property
    def label(self) -> str:
        """The categories in one text, as messages name them."""
        return " + ".join(self.categories)


@dataclass(frozen=True)
class Codebook:
    """A study, checked; every mapping keeps the order of its table.

    `year` and `max_age_years` say which editions may show the study: those of its year and of so
    many years after it; both are None for a study that enters none. `based_on` names the study
    whose questionnaire this one takes over; `is_synthetic` is true for a study whose answers are
    made up, which stands alone and says so wherever it is seen.
    """

    study_id: str
    title: str
    producer: str
    vintage: str
    licence: str
    year: int | None
    max_age_years: int | None
    note_fr: str
    based_on: str | None
    is_synthetic: bool
    actors: Mapping[str, Actor]
    files: tuple[PinnedFile, ...]
    exports: tuple[ExportFile, ...]
    areas: Mapping[str, Area]
    scales: Mapping[str, Scale]
    questions: Mapping[str, Question]
    variables: Mapping[str, Variable]
    segments: Mapping[tuple[str, str], Segment]
    samples: Mapping[tuple[str, str], Sample]
    columns: tuple[Column, ...]
    margins: tuple[Target, ...]

    def file(self, kind: str) -> PinnedFile:
        """The pinned file of a kind.

        Raises:
            KeyError: the study has none.
        """
        for file in self.files:
            if file.kind == kind:
                return file
        raise KeyError(f"{self.study_id} has no file of kind {kind!r}")

    def export_of(self, actor: str) -> ExportFile:
        """The export of an actor.

        Raises:
            KeyError: the study has none.
        """
        for export in self.exports:
            if export.actor == actor:
                return export
        raise KeyError(f"{self.study_id} has no export of {actor!r}")

    def columns_of(self, actor: str) -> tuple[Column, ...]:
        """The columns of an actor's export, in the order of the table."""
        return tuple(column for column in self.columns if column.actor == actor)

    def variable_of(self, actor: str, kind: VariableType) -> Variable | None:
        """The variable of a type of which an actor has at most one (see `ONCE`)."""
        own = (v for v in self.variables.values() if v.actor == actor and v.type is kind)
        return next(own, None)

    def questions_of(self, topic: str) -> tuple[Question, ...]:
        """The questions on a topic, in the order of the table."""
        return tuple(q for q in self.questions.values() if q.topic == topic)
