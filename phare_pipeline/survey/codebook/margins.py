"""Reads the calibration targets of a study; weighting with them belongs in `calage`."""

from __future__ import annotations

from collections.abc import Mapping

from phare_pipeline.survey.codebook.model import Actor, Area, Target, Variable
from phare_pipeline.survey.codebook.rows import CodebookRow, Tables, add_once
from phare_pipeline.survey.codebook.vocabulary import AreaKind, MarginUnit, VariableType

MARGIN_COLUMNS = (
    *("actor", "area_id", "variable_id", "categories"),
    *("target", "unit", "source_fr"),
)
_TYPES = (VariableType.QUOTA, VariableType.PROFILE, VariableType.REGION, VariableType.NUMERIC)


def read_margins(
    tables: Tables,
    actors: Mapping[str, Actor],
    areas: Mapping[str, Area],
    variables: Mapping[str, Variable],
) -> tuple[Target, ...]:
    """Read `margins.csv`; a study without microdata has no such table.

    That the targets of a variable sum to their total is seen when they are used: what is rounded
    may miss 100 by a little.

    Raises:
        CodebookError: an unknown actor, area, variable or category, a target not above 0, a
            variable with two units, a target given twice.
    """
    found: dict[tuple[str, str, str, str], Target] = {}
    units: dict[tuple[str, str, str], MarginUnit] = {}
    for row in tables.optional_rows("margins.csv", MARGIN_COLUMNS):
        actor = row.one_of("actor", actors)
        own = [uid for uid, v in variables.items() if v.actor == actor and v.type in _TYPES]
        variable = variables[row.one_of("variable_id", own)]
        target = Target(
            actor=actor,
            area_id=row.one_of("area_id", actors[actor].areas),
            variable_id=variable.variable_id,
            categories=row.words("categories", _categories(variable, areas)),
            target=row.number("target"),
            unit=_unit(row, variable),
            source_fr=row.text("source_fr"),
        )
        block = actor, target.area_id, target.variable_id
        if units.setdefault(block, target.unit) is not target.unit:
            raise row.error("unit", "a variable with two units", expected=units[block])
        if bool(target.categories) != (target.unit is not MarginUnit.TOTAL):
            raise row.error("categories", "categories of a total, or none", expected="one or more")
        if target.categories and not target.target > 0:
            raise row.error("target", "a category that must weigh nothing", expected="above 0")
        for category in target.categories or ("",):
            add_once(found, (*block, category), target, row, "categories")
    return tuple(dict.fromkeys(found.values()))


def _categories(variable: Variable, areas: Mapping[str, Area]) -> tuple[str, ...]:
    if variable.type is VariableType.REGION:
        return tuple(a.area_id for a in areas.values() if a.kind is AreaKind.REGION)
    if variable.scale is None:
        return ()
    return tuple(option.option_id for option in variable.scale.options if not option.is_missing)


def _unit(row: CodebookRow, variable: Variable) -> MarginUnit:
    is_numeric = variable.type is VariableType.NUMERIC
    units = (MarginUnit.TOTAL,) if is_numeric else (MarginUnit.PERCENT, MarginUnit.COUNT)
    return MarginUnit(row.one_of("unit", units))
