"""The rule of base as it is declared, what an edition expects, and what becomes of it."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.base_rule import FILE, BaseRule, load_base_rule
from phare_pipeline.registry.loader import TABLES, load_registry
from phare_pipeline.registry.model import Level, Registry, Role
from phare_pipeline.steps.edition.base import base_of, is_expected, thresholds_of

HEADER = "rule,value,reason_fr\n"


def written(folder: Path, *lines: str) -> Path:
    (folder / FILE).write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(TABLES)


def test_the_shipped_rule_is_that_of_the_method(registry: Registry) -> None:
    """Three rows of two operations, half of what is expected, pairs whole, twelve domains."""
    rule = registry.base_rule
    assert (rule.domain_rows, rule.domain_operations, rule.index_domains) == (3, 2, 12)
    assert (rule.domain_share, rule.axis_share, rule.pair_share, rule.axes_share) == (
        0.5,
        0.5,
        1,
        1,
    )
    assert rule.expects_declared == 1
    assert thresholds_of(registry).rows == 3


def test_a_rule_that_is_not_declared_is_the_default(tmp_path: Path) -> None:
    assert load_base_rule(written(tmp_path)) == BaseRule()
    assert load_base_rule(written(tmp_path, "domain_rows,5,Essai.")) == BaseRule(domain_rows=5)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("domain_row,3,Essai.", "domain_row"),
        ("domain_rows,0,Essai.", "0 for domain_rows"),
        ("domain_rows,2.5,Essai.", "2.5"),
        ("domain_share,1.2,Essai.", "1.2 for domain_share"),
        ("domain_share,0,Essai.", "0.0 for domain_share"),
        ("expects_declared,2,Essai.", "2 for expects_declared"),
        ("domain_rows,3,", "reason_fr"),
        ("domain_rows,3,Essai.\ndomain_rows,4,Essai.", "domain_rows stands twice"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(tmp_path: Path, line: str, found: str) -> None:
    with pytest.raises(RegistryError) as error:
        load_base_rule(written(tmp_path, line))
    assert found in str(error.value) and f"{FILE}, line" in str(error.value)


def test_an_edition_expects_what_is_published_in_time(registry: Registry) -> None:
    """From the first period on, and as long as the last one is within the row's maximum age."""
    for (name, level), period in registry.socle.items():
        indicator = registry.indicators[name]
        assert indicator.role is Role.SOCLE
        last = period.last_period + indicator.max_age_years
        for year, expected in (
            (period.first_period - 1, False),
            (period.first_period, True),
            (last, True),
            (last + 1, False),
        ):
            assert is_expected(registry, indicator, level, year) is expected, (name, year)


def test_what_is_not_of_the_socle_is_never_expected(registry: Registry) -> None:
    others = [i for i in registry.indicators.values() if i.role is not Role.SOCLE]
    assert len(others) > 200
    assert not any(is_expected(registry, i, Level.REGION, y) for i in others for y in (2014, 2022))


def test_without_declared_periods_what_is_there_is_expected(registry: Registry) -> None:
    indicators = [i for i in registry.indicators.values() if i.is_scored]
    has_note = np.arange(len(indicators)) % 2 == 0
    lenient = replace(registry, base_rule=BaseRule())
    found = base_of(lenient, indicators, Level.REGION, 2016, has_note)
    assert (found.is_expected == has_note).all()
    declared = base_of(registry, indicators, Level.REGION, 2016, has_note)
    assert not (declared.is_expected == has_note).all()
    operations = {i.operation for i in indicators}
    assert len(set(found.operation_of.tolist())) == len(operations)


def test_every_rule_has_its_line_in_the_docstring() -> None:
    assert BaseRule.__doc__ is not None
    assert all(f"{field.name}:" in BaseRule.__doc__ for field in fields(BaseRule))
