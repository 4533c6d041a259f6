"""Reads the registry tables and checks them against each other; no data and no raw file here.

A wrong cell gives a `RegistryError` with file, line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from itertools import combinations
from pathlib import Path

from phare_pipeline.registry.base_rule import load_base_rule
from phare_pipeline.registry.limits import check_limits
from phare_pipeline.registry.measure_rules import load_measure_rules
from phare_pipeline.registry.model import (
    PLACES,
    Aggregation,
    Axis,
    Break,
    Departement,
    Domain,
    DomainLabel,
    FormerRegion,
    Goalpost,
    Indicator,
    Level,
    Measure,
    Perimeter,
    Region,
    Registry,
    Role,
    SoclePeriod,
    Term,
    parse_terms,
)
from phare_pipeline.registry.rows import Row, by_id, read_rows
from phare_pipeline.registry.series import levels, load_other_series, series_names

TABLES = Path(__file__).parent / "tables"

CHANGE_KINDS = ("", "pct", "points", "annual_pct")
NATURES = ("taux", "part", "ratio", "densité", "stock", "évolution", "médiane", "indice", "âge")
ANNUALISE = ("", "mean", *(f"T{q}" for q in range(1, 5)), *(f"M{m:02d}" for m in range(1, 13)))
AGREEMENTS = ("masculine_singular", "feminine_singular", "masculine_plural")
SOCLE_LEVELS = tuple(
    level.value for level in (Level.REGION, Level.FORMER_REGION, Level.DEPARTEMENT)
)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
# Label variants also name what is no domain of the study.
OTHER_DOMAIN = "autre"


def columns_of(
    kind: type, *, without: tuple[str, ...] = ("line",), **renamed: str
) -> tuple[str, ...]:
    """Return the header of a table: the field names of its row type, some under another name."""
    names = (f.name for f in fields(kind) if f.name not in without)
    return tuple(renamed.get(name, name) for name in names)


def load_registry(tables: Path = TABLES) -> Registry:
    """Load and check all tables.

    Raises:
        RegistryError: a table, line or cell is wrong; the message says which.
    """
    axes = by_id(
        ((r, _axis(r)) for r in read_rows(tables / "axes.csv", columns_of(Axis))), "axis_id"
    )
    domains = by_id(
        ((r, _domain(r, axes)) for r in read_rows(tables / "domains.csv", columns_of(Domain))),
        "domain_id",
    )
    regions = by_id(
        ((r, _region(r)) for r in read_rows(tables / "regions.csv", columns_of(Region))),
        "region_code",
    )
    former = by_id(
        (
            (r, _former_region(r, regions))
            for r in read_rows(tables / "former_regions.csv", columns_of(FormerRegion))
        ),
        "former_region_code",
    )
    departements = by_id(
        (
            (r, _departement(r, former, regions))
            for r in read_rows(tables / "departements.csv", columns_of(Departement))
        ),
        "departement_code",
    )
    perimeters = by_id(
        (
            (r, _perimeter(r, departements))
            for r in read_rows(tables / "perimeters.csv", columns_of(Perimeter))
        ),
        "perimeter_id",
    )
    measures = _load_measures(tables, perimeters)
    indicators = _load_indicators(tables, domains, measures, perimeters)
    check_limits(tables)
    return Registry(
        axes=axes,
        domains=domains,
        domain_labels=tuple(_load_domain_labels(tables, domains)),
        regions=regions,
        former_regions=former,
        departements=departements,
        perimeters=perimeters,
        measures=measures,
        indicators=indicators,
        socle=_load_socle(tables, indicators),
        base_rule=load_base_rule(tables),
        measure_rules=load_measure_rules(tables, measures),
        breaks=tuple(
            Break(r.one_of("measure_id", measures), r.whole("year"), r.text("note_fr"))
            for r in read_rows(tables / "breaks.csv", columns_of(Break))
        ),
        goalposts=_load_goalposts(tables, indicators),
    )


def _axis(row: Row) -> Axis:
    return Axis(row.text("axis_id"), row.text("label_fr"), row.whole("axis_order"), _weight(row))


def _weight(row: Row) -> float:
    weight = row.number("weight", default=1.0)
    if weight < 0:
        raise row.error("weight", "a negative weight", expected="0 or more")
    return weight


def _domain(row: Row, axes: dict[str, Axis]) -> Domain:
    return Domain(
        row.text("domain_id"),
        row.one_of("axis_id", axes),
        row.text("label_fr"),
        row.whole("domain_order"),
        _weight(row),
        row.cells["single_operation_fr"],
    )


def _load_domain_labels(tables: Path, domains: dict[str, Domain]) -> Iterator[DomainLabel]:
    for row in read_rows(tables / "domain_labels.csv", columns_of(DomainLabel)):
        domain_id = row.one_of("domain_id", (*domains, OTHER_DOMAIN))
        yield DomainLabel(domain_id, row.text("actor"), row.text("context"), row.text("label_fr"))


def _region(row: Row) -> Region:
    return Region(
        row.text("region_code"),
        row.text("iso_code"),
        row.text("slug"),
        row.text("name_fr"),
        row.one_of("perimeter", ("metropole", "outre_mer")),
        row.date("valid_from"),
        _form(row, "subject_fr"),
        _form(row, "locative_fr"),
        _form(row, "genitive_fr"),
        row.one_of("agreement", AGREEMENTS),
    )


def _form(row: Row, column: str) -> str:
    form, name = row.text(column), row.text("name_fr").replace("'", "’")
    if not form.endswith(name.removeprefix("La ")):
        raise row.error(column, "a form that does not end with the name", expected=f"… {name}")
    return form


def _former_region(row: Row, regions: dict[str, Region]) -> FormerRegion:
    return FormerRegion(
        row.text("former_region_code"),
        row.text("name_fr"),
        row.one_of("region_code", regions),
        row.date("valid_from"),
        row.date("valid_to"),
    )


def _departement(
    row: Row, former: dict[str, FormerRegion], regions: dict[str, Region]
) -> Departement:
    perimeter = row.one_of("perimeter", ("metropole", "outre_mer"))
    region_code = row.one_of("region_code", regions)
    former_code = row.one_of("former_region_code", former if perimeter == "metropole" else ("",))
    if former_code and former[former_code].region_code != region_code:
        raise row.error(
            "region_code",
            "a département lies in another region than its former region does",
            expected=former[former_code].region_code,
        )
    return Departement(
        row.text("departement_code"), row.text("name_fr"), former_code, region_code, perimeter
    )


def _perimeter(row: Row, departements: dict[str, Departement]) -> Perimeter:
    excluded = tuple(row.cells["excluded_departements"].split())
    unknown = [code for code in excluded if code not in departements]
    if unknown:
        raise row.error(
            "excluded_departements", f"unknown départements {unknown}", expected="known codes"
        )
    return Perimeter(
        row.text("perimeter_id"), row.text("label_fr"), row.boolean("is_summable"), excluded
    )


def _load_measures(tables: Path, perimeters: dict[str, Perimeter]) -> dict[str, Measure]:
    columns = columns_of(Measure, without=("line", "others", "span"), source_levels="source_level")
    rows = list(read_rows(tables / "measures.csv", columns))
    measures = by_id(((row, _measure(row, perimeters)) for row in rows), "measure_id")
    for row in rows:
        _check_base(row, measures)
    others = load_other_series(tables, measures)
    return {name: replace(m, others=others.get(name, ())) for name, m in measures.items()}


def _measure(row: Row, perimeters: dict[str, Perimeter]) -> Measure:
    aggregation = Aggregation(row.one_of("aggregation", [a.value for a in Aggregation]))
    summable = [p.perimeter_id for p in perimeters.values() if p.is_summable]
    lower, upper = row.optional_number("min"), row.optional_number("max")
    if lower is not None and upper is not None and lower > upper:
        raise row.error("max", "an upper bound below the lower one", expected=f"at least {lower}")
    return Measure(
        measure_id=row.text("measure_id"),
        label_fr=row.text("label_fr"),
        unit=row.text("unit"),
        aggregation=aggregation,
        source_id=row.text("source_id"),
        series=series_names(row),
        source_levels=levels(row, aggregation),
        factor=row.number("factor", default=1.0),
        base_measure_id=row.optional("base_measure_id"),
        rate_scale=row.optional_number("rate_scale"),
        rate_decimals=row.optional_whole("rate_decimals"),
        universe=row.text("universe"),
        perimeter=row.one_of("perimeter", summable) if row.cells["perimeter"] else "metropole",
        min=lower,
        max=upper,
        tolerance_pct=row.optional_number("tolerance_pct"),
        note_fr=row.cells["note_fr"],
        line=row.line,
    )


def _check_base(row: Row, measures: dict[str, Measure]) -> None:
    """A reconstructed count needs an additive base of the same universe and level, nothing else."""
    measure = measures[row.text("measure_id")]
    needed = ("base_measure_id", "rate_scale", "rate_decimals")
    is_reconstructed = measure.aggregation is Aggregation.RECONSTRUCTED
    for column in needed:
        if bool(row.cells[column]) != is_reconstructed:
            raise row.error(
                column,
                "only a reconstructed measure has a base, and it needs one",
                expected="a value" if is_reconstructed else "an empty cell",
            )
    if not is_reconstructed:
        return
    base = measures[row.one_of("base_measure_id", measures)]
    if base.aggregation is not Aggregation.ADDITIVE:
        raise row.error(
            "base_measure_id",
            "the base of a reconstructed measure is not additive",
            expected="an additive measure (a base that is itself reconstructed would be a cycle)",
        )
    if base.universe != measure.universe:
        raise row.error(
            "universe",
            f"rate and base {base.measure_id!r} count different universes",
            expected=repr(base.universe),
        )
    if base.source_levels != measure.source_levels:
        raise row.error(
            "source_level",
            f"rate and base {base.measure_id!r} are of different levels",
            expected=", ".join(base.source_levels),
        )


def _load_indicators(
    tables: Path,
    domains: dict[str, Domain],
    measures: dict[str, Measure],
    perimeters: dict[str, Perimeter],
) -> dict[str, Indicator]:
    rows = list(read_rows(tables / "indicators.csv", columns_of(Indicator)))
    indicators = by_id(
        ((row, _indicator(row, domains, measures, perimeters)) for row in rows), "indicator_id"
    )
    _check_order(rows, indicators)
    _check_former(rows, indicators)
    places = {name: (domains[i.domain_id].domain_order, i.order) for name, i in indicators.items()}
    return {name: indicators[name] for name in sorted(indicators, key=places.__getitem__)}


def _check_former(rows: list[Row], indicators: Mapping[str, Indicator]) -> None:
    """A former id that is another's id, or that two rows claim, would name two things."""
    taken = dict.fromkeys(indicators, "an indicator")
    for row in rows:
        for former in indicators[row.text("indicator_id")].former_ids:
            if former in taken:
                raise row.error(
                    "former_ids", f"{former!r} is {taken[former]}", expected="ids no longer in use"
                )
            taken[former] = "the former id of another row"


def _check_order(rows: list[Row], indicators: Mapping[str, Indicator]) -> None:
    """Two indicators of a domain at one place would follow each other by chance."""
    taken: dict[tuple[str, int], str] = {}
    for row in rows:
        indicator = indicators[row.text("indicator_id")]
        other = taken.setdefault((indicator.domain_id, indicator.order), indicator.indicator_id)
        if other != indicator.indicator_id:
            raise row.error(
                "order", f"the place of {other!r} is taken twice", expected="a place of its own"
            )


def _indicator(
    row: Row,
    domains: dict[str, Domain],
    measures: dict[str, Measure],
    perimeters: dict[str, Perimeter],
) -> Indicator:
    indicator = Indicator(
        indicator_id=_identifier(row, "indicator_id"),
        former_ids=tuple(row.cells["former_ids"].split()),
        label_fr=row.text("label_fr"),
        domain_id=row.one_of("domain_id", domains),
        order=row.whole("order"),
        role=Role(row.one_of("role", [role.value for role in Role])),
        concept=_identifier(row, "concept") if row.cells["concept"] else None,
        operation=_identifier(row, "operation"),
        numerator=_terms(row, "numerator", measures),
        denominator=_terms(row, "denominator", measures),
        scale=row.number("scale", default=1.0),
        change_years=row.optional_whole("change_years"),
        change_kind=row.one_of("change_kind", CHANGE_KINDS),
        annualise=row.one_of("annualise", ANNUALISE),
        unit=row.text("unit"),
        direction=int(row.one_of("direction", ("1", "-1", "0"))),
        transform=row.one_of("transform", ("identity", "log")),
        weight=_weight(row),
        max_age_years=row.whole("max_age_years"),
        nature=row.one_of("nature", NATURES),
        reference=row.one_of("reference", ("own", "published")),
        reference_perimeter=row.one_of("reference_perimeter", perimeters),
        decimals=row.whole("decimals"),
        definition_fr=row.text("definition_fr"),
        reason_fr=row.text("reason_fr"),
        note_fr=row.cells["note_fr"],
        line=row.line,
    )
    _check_indicator(row, indicator, measures)
    _check_role(row, indicator)
    return indicator


def _identifier(row: Row, column: str) -> str:
    text = row.text(column)
    if not _IDENTIFIER.fullmatch(text):
        raise row.error(column, "no short id", expected="lower-case ASCII letters, digits and _")
    return text


def _terms(row: Row, column: str, measures: dict[str, Measure]) -> tuple[Term, ...]:
    expected = "measure ids joined by + or -"
    text = row.text(column) if column == "numerator" else row.cells[column]
    try:
        terms = parse_terms(text)
    except ValueError as error:
        raise row.error(column, str(error), expected=expected) from error
    for term in terms:
        if term.measure_id not in measures:
            raise row.error(
                column, f"unknown measure {term.measure_id!r}", expected="a measure of measures.csv"
            )
    return terms


def _check_indicator(row: Row, indicator: Indicator, measures: dict[str, Measure]) -> None:
    """The rules that keep rates from being averaged and counts from being scored."""
    terms = (*indicator.numerator, *indicator.denominator)
    used = [measures[t.measure_id] for t in terms]
    is_published_rate = any(m.aggregation is Aggregation.NON_ADDITIVE for m in used)
    if is_published_rate and not _is_comparison(used):
        raise row.error(
            "numerator",
            "a measure that does not add is combined with others",
            expected="a non_additive measure alone, or several of one source, levels and unit",
        )
    if is_published_rate != (indicator.reference == "published"):
        raise row.error(
            "reference",
            "the national reference does not fit the measures",
            expected="published for a non_additive measure, own for sums",
        )
    if indicator.nature == "stock" and indicator.is_scored:
        raise row.error("direction", "a count is scored", expected="0 for a stock")
    perimeters = {measures[t.measure_id].perimeter for t in terms}
    if len(perimeters) > 1:
        raise row.error(
            "numerator", f"measures of different perimeters {sorted(perimeters)}", expected="one"
        )
    if indicator.reference == "own" and {indicator.reference_perimeter} != perimeters:
        raise row.error(
            "reference_perimeter",
            "the sum of the regions has another perimeter",
            expected=perimeters.pop(),
        )
    if bool(indicator.change_kind) != (indicator.change_years is not None):
        raise row.error(
            "change_years", "a change needs its kind and its years", expected="both or none"
        )
    if indicator.max_age_years < 0:
        raise row.error("max_age_years", "a negative age", expected="0 or more")


def _is_comparison(measures: list[Measure]) -> bool:
    """Figures that a source publishes side by side for each territory may be compared there.

    A gap of two rates or a ratio of two means is then as published as they are.
    """
    kinds = {(m.aggregation, m.source_id, m.source_levels, m.unit) for m in measures}
    return len(kinds) == 1


def _check_role(row: Row, indicator: Indicator) -> None:
    """What has no direction can only be context, and what has one is more than context."""
    if not 0 < indicator.order < PLACES:
        raise row.error("order", "a place out of range", expected=f"1 to {PLACES - 1}")
    if (indicator.role is Role.CONTEXT) != (indicator.direction == 0):
        raise row.error(
            "role",
            f"the role does not fit the direction {indicator.direction}",
            expected="contexte for 0, socle or complement for 1 and -1",
        )
    if not indicator.reason_fr.endswith("."):
        raise row.error("reason_fr", "a reason that is no sentence", expected="a full stop")


def _load_socle(
    tables: Path, indicators: Mapping[str, Indicator]
) -> dict[tuple[str, Level], SoclePeriod]:
    found: dict[tuple[str, Level], SoclePeriod] = {}
    rows: dict[tuple[str, Level], Row] = {}
    for row in read_rows(tables / "socle.csv", columns_of(SoclePeriod)):
        period = _socle_period(row, indicators)
        key = period.indicator_id, period.territory_level
        if key in found:
            raise row.error(
                "territory_level", "the periods of a level are given twice", expected="one row"
            )
        found[key], rows[key] = period, row
    _check_regions(tables / "indicators.csv", indicators, found)
    _check_concepts(rows, indicators, found)
    return found


def _known(row: Row, indicators: Mapping[str, Indicator]) -> str:
    """Return the id of an indicator; a former one is refused with that of today."""
    name = row.cells["indicator_id"]
    for indicator in indicators.values():
        if name in indicator.former_ids:
            raise row.error(
                "indicator_id", "a former id of an indicator", expected=indicator.indicator_id
            )
    return row.one_of("indicator_id", indicators)


def _socle_period(row: Row, indicators: Mapping[str, Indicator]) -> SoclePeriod:
    indicator = indicators[_known(row, indicators)]
    if indicator.role is not Role.SOCLE:
        raise row.error(
            "indicator_id", f"periods of a row that is {indicator.role}", expected="a socle row"
        )
    period = SoclePeriod(
        indicator.indicator_id,
        Level(row.one_of("territory_level", SOCLE_LEVELS)),
        row.whole("first_period"),
        row.whole("last_period"),
    )
    if period.last_period < period.first_period:
        raise row.error(
            "last_period",
            "the last period lies before the first",
            expected=f"{period.first_period} or later",
        )
    return period


def _check_regions(
    path: Path,
    indicators: Mapping[str, Indicator],
    periods: Mapping[tuple[str, Level], SoclePeriod],
) -> None:
    """A socle row without periods would be expected of no edition, and never be missing."""
    for row in read_rows(path, columns_of(Indicator)):
        indicator = indicators[row.text("indicator_id")]
        if indicator.role is Role.SOCLE and (indicator.indicator_id, Level.REGION) not in periods:
            raise row.error(
                "role",
                f"socle.csv has no region row for {indicator.indicator_id!r}",
                expected="the first and last period that its producer publishes by region",
            )


def _check_concepts(
    rows: Mapping[tuple[str, Level], Row],
    indicators: Mapping[str, Indicator],
    periods: Mapping[tuple[str, Level], SoclePeriod],
) -> None:
    """Rows of one concept relieve each other: no edition expects two of them."""
    for (one, level), (other, other_level) in combinations(periods, 2):
        first, second = indicators[one], indicators[other]
        if level is not other_level or first.concept is None or first.concept != second.concept:
            continue
        start = max(periods[one, level].first_period, periods[other, level].first_period)
        if all(
            periods[name, level].reaches(start, indicators[name].max_age_years)
            for name in (one, other)
        ):
            raise rows[other, level].error(
                "first_period",
                f"edition {start} expects {one!r} and {other!r}, both {first.concept!r}",
                expected="periods and max_age_years that leave one row of a concept an edition",
            )


def _load_goalposts(
    tables: Path, indicators: dict[str, Indicator]
) -> dict[tuple[str, str], Goalpost]:
    found: dict[tuple[str, str], Goalpost] = {}
    for row in read_rows(tables / "goalposts.csv", columns_of(Goalpost)):
        goalpost = Goalpost(
            level=row.one_of("level", [level.value for level in Level]),
            indicator_id=_known(row, indicators),
            base_edition=row.whole("base_edition"),
            reference_value=row.number("reference_value"),
            scale=row.number("scale"),
        )
        key = (goalpost.level, goalpost.indicator_id)
        if key in found:
            raise row.error("indicator_id", "a goalpost is given twice", expected="one a level")
        if goalpost.scale <= 0:
            raise row.error("scale", "a scale that is not positive", expected="above 0")
        found[key] = goalpost
    return found
