"""The shapes of the registry's rows; reading and checking them belongs in `loader`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from phare_pipeline.registry.base_rule import BaseRule


class Level(StrEnum):
    """Territorial levels, from the smallest to the largest."""

    COMMUNE = "commune"
    DEPARTEMENT = "departement"
    FORMER_REGION = "former_region"
    REGION = "region"
    NATIONAL = "national"


class Aggregation(StrEnum):
    """How a measure passes to the level above (see `docs/method.md`)."""

    ADDITIVE = "additive"
    RECONSTRUCTED = "reconstructed"
    NON_ADDITIVE = "non_additive"


class Role(StrEnum):
    """What an indicator is for (see `docs/indicators.md`)."""

    SOCLE = "socle"
    COMPLEMENT = "complement"
    CONTEXT = "contexte"


@dataclass(frozen=True)
class Axis:
    """One of the four axes; `weight` is its share in the index before normalisation."""

    axis_id: str
    label_fr: str
    axis_order: int
    weight: float


@dataclass(frozen=True)
class Domain:
    """One of the sixteen domains; `weight` is relative to the other domains of its axis.

    `single_operation_fr` says why the figures of a domain may come from one operation; empty where
    they may not.
    """

    domain_id: str
    axis_id: str
    label_fr: str
    domain_order: int
    weight: float
    single_operation_fr: str


@dataclass(frozen=True)
class DomainLabel:
    """A wording under which an actor or a document names a domain."""

    domain_id: str
    actor: str
    context: str
    label_fr: str


@dataclass(frozen=True)
class Region:
    """A region of today (law 2015-29, in force since 2016-01-01), metropolitan or overseas.

    `subject_fr`, `locative_fr` and `genitive_fr` are its name in a sentence (les Hauts-de-France,
    dans les Hauts-de-France, des Hauts-de-France): French has no rule that gives them.
    """

    region_code: str
    iso_code: str
    slug: str
    name_fr: str
    perimeter: str
    valid_from: dt.date
    subject_fr: str
    locative_fr: str
    genitive_fr: str
    agreement: str


@dataclass(frozen=True)
class FormerRegion:
    """One of the 22 metropolitan regions of before 2016 and the region it belongs to now."""

    former_region_code: str
    name_fr: str
    region_code: str
    valid_from: dt.date
    valid_to: dt.date


@dataclass(frozen=True)
class Departement:
    """A département; overseas ones have no former region of another code and stand apart."""

    departement_code: str
    name_fr: str
    former_region_code: str
    region_code: str
    perimeter: str


@dataclass(frozen=True)
class Unit:
    """One of the territories of a level that are compared with each other."""

    code: str
    name_fr: str
    region_code: str


@dataclass(frozen=True)
class Perimeter:
    """A named set of territories for which a national figure is given.

    `excluded_departements` lists what a smaller metropolitan perimeter leaves out;
    `is_summable` is true when the départements of the registry add up to it.
    """

    perimeter_id: str
    label_fr: str
    is_summable: bool
    excluded_departements: tuple[str, ...]


@dataclass(frozen=True)
class MeasureSeries:
    """What a measure is read from in some years, the first and the last of them included.

    A new vintage or another layout prolongs a measure with it; `line` is its place in
    `measure_series.csv`.
    """

    measure_id: str
    source_id: str
    series: tuple[str, ...]
    source_levels: tuple[Level, ...]
    factor: float
    first_period: int
    last_period: int
    note_fr: str
    line: int

    def holds(self, year: int) -> bool:
        """Tell whether the measure is read from here in a year."""
        return self.first_period <= year <= self.last_period


@dataclass(frozen=True)
class Measure:
    """A quantity observed on territories; `line` is its place in `measures.csv`.

    `others` are the series it is read from in some years, by their first one; `span` is set on
    what one of them makes of the measure (see `readings`).
    """

    measure_id: str
    label_fr: str
    unit: str
    aggregation: Aggregation
    source_id: str
    series: tuple[str, ...]
    source_levels: tuple[Level, ...]
    factor: float
    base_measure_id: str | None
    rate_scale: float | None
    rate_decimals: int | None
    universe: str
    perimeter: str
    min: float | None
    max: float | None
    tolerance_pct: float | None
    note_fr: str
    line: int
    others: tuple[MeasureSeries, ...] = ()
    span: MeasureSeries | None = None

    def takes(self, series_key: str) -> bool:
        """Tell whether a series of the source is part of this measure (glob patterns)."""
        return any(fnmatchcase(series_key, pattern) for pattern in self.series)

    def holds(self, year: int) -> bool:
        """Tell whether the figures of a year are read from this source and series."""
        if self.span is not None:
            return self.span.holds(year)
        return not any(other.holds(year) for other in self.others)

    @property
    def readings(self) -> tuple[Measure, ...]:
        """The measure as each of its series gives it: that of `measures.csv`, then the others."""
        return (
            self,
            *(
                replace(
                    self,
                    source_id=other.source_id,
                    series=other.series,
                    source_levels=other.source_levels,
                    factor=other.factor,
                    line=other.line,
                    others=(),
                    span=other,
                )
                for other in self.others
            ),
        )

    def reading_of(self, year: int) -> Measure:
        """Return the measure with the source and series that its figures of a year come from."""
        if not self.others:
            return self
        return next(reading for reading in self.readings if reading.holds(year))

    @property
    def reading_id(self) -> str:
        """The measure with the first year of the series, which tells its readings apart."""
        return (
            self.measure_id if self.span is None else f"{self.measure_id}@{self.span.first_period}"
        )

    @property
    def declared_at(self) -> str:
        """The table and line that declare the series."""
        table = "measures.csv" if self.span is None else "measure_series.csv"
        return f"{table}, line {self.line}"


class Rule(StrEnum):
    """What may be declared of a measure beyond its nature."""

    FRACTIONAL = "fractional"
    SIGNED = "signed"
    ABOVE_100 = "above_100"
    SUMMED = "summed"
    PART_OF = "part_of"


@dataclass(frozen=True)
class MeasureRule:
    """One declaration; `whole_id` is the measure that a part is never above, at each place."""

    measure_id: str
    rule: Rule
    whole_id: str | None
    note_fr: str


@dataclass(frozen=True)
class Term:
    """A measure and the sign with which it enters a numerator or denominator."""

    measure_id: str
    sign: int


@dataclass(frozen=True)
class Indicator:
    """What is published: a ratio, share, change or count of measures.

    `former_ids` are names under which releases have published it. `order` is its place within the
    domain, from 1 to 9 999. `operation` names the statistical operation its figures come from: two
    vintages or files of one are one. `concept` names what several rows measure in turn, from one
    source and then another; None where a row stands alone.
    """

    indicator_id: str
    former_ids: tuple[str, ...]
    label_fr: str
    domain_id: str
    order: int
    role: Role
    concept: str | None
    operation: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    scale: float
    change_years: int | None
    change_kind: str
    annualise: str
    unit: str
    direction: int
    transform: str
    weight: float
    max_age_years: int
    nature: str
    reference: str
    reference_perimeter: str
    decimals: int
    definition_fr: str
    reason_fr: str
    note_fr: str
    line: int

    @property
    def measure_ids(self) -> tuple[str, ...]:
        """Every measure the indicator reads, each once, in order of appearance."""
        return tuple(dict.fromkeys(t.measure_id for t in (*self.numerator, *self.denominator)))

    @property
    def is_scored(self) -> bool:
        """True when the indicator enters the index: it is of the socle."""
        return self.role is Role.SOCLE


@dataclass(frozen=True)
class SoclePeriod:
    """The periods for which the producer publishes a socle row at a level, read here or not."""

    indicator_id: str
    territory_level: Level
    first_period: int
    last_period: int

    def reaches(self, year: int, max_age_years: int) -> bool:
        """Tell whether an edition expects the row: a period of its own year or not too old."""
        return self.first_period <= year <= self.last_period + max_age_years


@dataclass(frozen=True)
class Break:
    """The first year of a new series: values before and after must not be compared."""

    measure_id: str
    year: int
    note_fr: str


@dataclass(frozen=True)
class Goalpost:
    """The frozen scale of an indicator at one level (see `docs/method.md`)."""

    level: str
    indicator_id: str
    base_edition: int
    reference_value: float
    scale: float


# Places of a domain: `order` is below.
PLACES = 10_000

_TERM = re.compile(r"\s*([+-]?)\s*([a-z][a-z0-9_]*)")


def parse_terms(text: str) -> tuple[Term, ...]:
    """Read `a + b - c` into signed terms; an empty text gives no term.

    Raises:
        ValueError: the text is no sum or difference of measure ids.
    """
    terms: list[Term] = []
    position = 0
    while text[position:].strip():
        match = _TERM.match(text, position)
        if match is None or (terms and not match.group(1)):
            raise ValueError(f"{text!r} is no sum or difference of measure ids")
        terms.append(Term(match.group(2), -1 if match.group(1) == "-" else 1))
        position = match.end()
    return tuple(terms)


@dataclass(frozen=True)
class Registry:
    """All tables of the registry, keyed by id, in the order of their files.

    Indicators follow the order of their domains and their own `order`, wherever a row stands.
    """

    axes: dict[str, Axis]
    domains: dict[str, Domain]
    domain_labels: tuple[DomainLabel, ...]
    regions: dict[str, Region]
    former_regions: dict[str, FormerRegion]
    departements: dict[str, Departement]
    perimeters: dict[str, Perimeter]
    measures: dict[str, Measure]
    indicators: dict[str, Indicator]
    socle: dict[tuple[str, Level], SoclePeriod]
    breaks: tuple[Break, ...]
    goalposts: dict[tuple[str, str], Goalpost]
    base_rule: BaseRule = field(default_factory=BaseRule)
    measure_rules: tuple[MeasureRule, ...] = ()

    @property
    def study_regions(self) -> tuple[Region, ...]:
        """The 13 regions of the study, ordered by code."""
        regions = (r for r in self.regions.values() if r.perimeter == "metropole")
        return tuple(sorted(regions, key=lambda r: r.region_code))

    def place_of(self, indicator: Indicator) -> int:
        """The published order of an indicator; no other row has a part in it."""
        return self.domains[indicator.domain_id].domain_order * PLACES + indicator.order

    @property
    def successors(self) -> dict[str, str]:
        """The present id of each former one."""
        return {
            former: indicator.indicator_id
            for indicator in self.indicators.values()
            for former in indicator.former_ids
        }

    def units_of(self, level: Level) -> tuple[Unit, ...]:
        """The 13 regions, 22 former regions or 96 départements of the study, ordered by code.

        Raises:
            ValueError: a level whose territories the registry does not list.
        """
        units: Iterable[Unit]
        if level is Level.REGION:
            units = (Unit(r.region_code, r.name_fr, r.region_code) for r in self.study_regions)
        elif level is Level.FORMER_REGION:
            units = (
                Unit(f.former_region_code, f.name_fr, f.region_code)
                for f in self.former_regions.values()
            )
        elif level is Level.DEPARTEMENT:
            units = (
                Unit(d.departement_code, d.name_fr, d.region_code)
                for d in self.departements.values()
                if d.perimeter == "metropole"
            )
        else:
            raise ValueError(f"level: found {level.value}, expected region or below, no commune")
        return tuple(sorted(units, key=lambda unit: unit.code))

    def measures_of(self, source_id: str) -> tuple[Measure, ...]:
        """The measures as they are read from a source, in order of the file."""
        return tuple(
            reading
            for measure in self.measures.values()
            for reading in measure.readings
            if reading.source_id == source_id
        )

    @property
    def source_ids(self) -> frozenset[str]:
        """The sources that measures are read from."""
        return frozenset(
            reading.source_id for m in self.measures.values() for reading in m.readings
        )
