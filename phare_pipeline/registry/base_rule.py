"""Says how much must be known for a score to be published; the rule is declared, with its reasons.

How it is applied belongs in `index/hierarchy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from phare_pipeline.registry.rows import Row, read_rows

FILE = "base_rule.csv"
COLUMNS = ("rule", "value", "reason_fr")


@dataclass(frozen=True)
class BaseRule:
    """The rule of base.

    Attributes:
        domain_rows: indicators that a scored domain has at least.
        domain_operations: statistical operations they come from, unless the domain is an exception.
        domain_share: share of the expected weight of the domain.
        axis_share: share of the domains' weight of a scored axis.
        pair_share: the same where an axis has two domains.
        axes_share: share of the axes' weight of a scored index.
        index_share: share of the domains' weight of a scored index.
        index_domains: scored domains that a scored index has at least.
        headline_domains: scored domains that the edition shown first has at least.
        headline_share: share of the expected weight that it has.
        headline_recent_share: share of this weight that is recent.
        headline_recent_years: years that a recent figure is older than the edition at most.
        expects_declared: 1 when an edition expects the socle rows whose declared periods reach it;
            0 when it expects what some territory has.
    """

    domain_rows: int = 1
    domain_operations: int = 1
    domain_share: float = 2 / 3
    axis_share: float = 1 / 2
    pair_share: float = 1 / 2
    axes_share: float = 1.0
    index_share: float = 0.6
    index_domains: int = 1
    headline_domains: int = 1
    headline_share: float = 0.01
    headline_recent_share: float = 0.01
    headline_recent_years: int = 2
    expects_declared: int = 0


_COUNTS = frozenset(
    {
        "domain_rows",
        "domain_operations",
        "index_domains",
        "headline_domains",
        "headline_recent_years",
        "expects_declared",
    }
)


def load_base_rule(tables: Path) -> BaseRule:
    """Load the rule.

    Raises:
        RegistryError: an unknown rule, one that stands twice, or a value out of range.
    """
    return _rule(read_rows(tables / FILE, COLUMNS))


def _rule(rows: Iterable[Row]) -> BaseRule:
    names = [field.name for field in fields(BaseRule)]
    found: dict[str, float] = {}
    for row in rows:
        name = row.one_of("rule", names)
        if name in found:
            raise row.error("rule", f"{name} stands twice", expected="each rule once")
        row.text("reason_fr")
        found[name] = _value(row, name)
    return BaseRule(**found)  # type: ignore[arg-type]


def _value(row: Row, name: str) -> float:
    """Read a count, or a share in ]0, 1]."""
    if name in _COUNTS:
        value = row.whole("value")
        least = 0 if name == "expects_declared" else 1
        if value < least or (name == "expects_declared" and value > 1):
            expected = "0 or 1" if name == "expects_declared" else "a whole number of 1 or more"
            raise row.error("value", f"{value} for {name}", expected=expected)
        return value
    share = row.number("value")
    if not 0 < share <= 1:
        raise row.error("value", f"{share} for {name}", expected="a share in ]0, 1]")
    return share
