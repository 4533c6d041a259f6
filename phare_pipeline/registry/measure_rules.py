"""Reads what is declared of single measures beyond their nature; staging holds figures to it.

A nature says what a figure may be: a count is whole and not negative, a share lies within 0 and
100, a rate has a ceiling and is not summed. A row of `measure_rules.csv` says where a measure is
otherwise, or of which other measure it is a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.model import Aggregation, Measure, MeasureRule, Rule
from phare_pipeline.registry.rows import Row, read_rows

FILE = "measure_rules.csv"
COLUMNS = tuple(field.name for field in fields(MeasureRule))
SHARE_UNIT = "%"
MEASURED = frozenset({"€", "M€", "ha", "kg", "km", "km²", "t", "tC", "m³", "MWh", "GWh", "MW"})
"""First words of the units that are measured, not counted: figures in them may have decimals."""
YEARLY = " par an"
"""Ends the unit of a mean of years, which has decimals whatever is counted."""


class MeasureRules:
    """The declarations, asked by measure."""

    def __init__(self, rows: Iterable[MeasureRule] = ()) -> None:
        self.rows = tuple(rows)
        self._declared = {(row.measure_id, row.rule) for row in self.rows}

    def says(self, measure: Measure, rule: Rule) -> bool:
        """Tell whether a rule is declared of a measure."""
        return (measure.measure_id, rule) in self._declared

    def is_whole(self, measure: Measure) -> bool:
        """Tell whether a measure counts things: additive, in a unit that is not measured."""
        return (
            measure.aggregation is Aggregation.ADDITIVE
            and measure.unit.split()[0] not in MEASURED
            and not measure.unit.endswith(YEARLY)
            and not self.says(measure, Rule.FRACTIONAL)
        )


def load_measure_rules(tables: Path, measures: Mapping[str, Measure]) -> tuple[MeasureRule, ...]:
    """Load the declarations and hold the bounds of all measures to their nature.

    Raises:
        RegistryError: an unknown measure or rule, a part without its whole, a row twice; or a
            measure whose `min` and `max` its nature does not allow.
    """
    rows: dict[tuple[str, Rule, str | None], MeasureRule] = {}
    for row in read_rows(tables / FILE, COLUMNS):
        rule = _rule(row, measures)
        if rows.setdefault((rule.measure_id, rule.rule, rule.whole_id), rule) is not rule:
            raise row.error("rule", "a rule is given twice", expected="each rule once")
    rules = MeasureRules(rows.values())
    for measure in measures.values():
        _check_bounds(measure, rules)
    return rules.rows


def _rule(row: Row, measures: Mapping[str, Measure]) -> MeasureRule:
    measure = measures[row.one_of("measure_id", measures)]
    rule = Rule(row.one_of("rule", [r.value for r in Rule]))
    whole_id = row.optional("whole_id")
    if (whole_id is None) is (rule is Rule.PART_OF):
        raise row.error("whole_id", "only a part has a whole, and it needs one", expected="one")
    if whole_id is not None:
        whole = measures[row.one_of("whole_id", measures)]
        if whole is measure or (whole.unit, whole.source_id) != (measure.unit, measure.source_id):
            expected = f"another measure in {measure.unit} from {measure.source_id}"
            raise row.error("whole_id", "a part cannot be compared with it", expected=expected)
    return MeasureRule(measure.measure_id, rule, whole_id, row.text("note_fr"))


def _check_bounds(measure: Measure, rules: MeasureRules) -> None:
    """A nature bounds what is read; what lies beyond is declared or refused."""
    lower, upper = measure.min, measure.max
    if (lower is None or lower < 0) and not rules.says(measure, Rule.SIGNED):
        raise _error(measure, "min", lower, "0 or more", Rule.SIGNED)
    if measure.aggregation is not Aggregation.NON_ADDITIVE and measure.unit != SHARE_UNIT:
        return
    if upper is None:
        raise _error(measure, "max", upper, "the highest value that can be true", None)
    if measure.unit == SHARE_UNIT and upper > 100 and not rules.says(measure, Rule.ABOVE_100):
        raise _error(measure, "max", upper, "at most 100", Rule.ABOVE_100)


def _error(
    measure: Measure, column: str, found: float | None, expected: str, rule: Rule | None
) -> RegistryError:
    row = "" if rule is None else f", or a line '{measure.measure_id},{rule},,why' in {FILE}"
    return RegistryError(
        "Registry: the bounds of a measure are not those of its nature",
        where=f"measures.csv, line {measure.line}, column {column}",
        found="nothing" if found is None else f"{found:g}",
        expected=expected + row,
        action="correct this cell, or declare why the measure is otherwise",
    )
