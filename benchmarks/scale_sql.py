"""The index as one SQL statement: normalise and aggregate, with the rules for missing values.

The same definition as ``phare_pipeline.index`` (tests/integration/index/test_index_sql.py compares
all forms with numpy and with exact fractions), for tables too large for a matrix of numpy.

There are three forms of the first step, from raw values to domain scores; ``scale`` measures them:

* ``by_domain``: a wide table, read one domain at a time. The fastest: no value needs a key, and the
  columns of a batch (2 048 rows × 22 indicators) are few enough for the caches.
* ``at_once``: the same table in one pass. With 347 columns planning takes longer than the work.
* ``from_long``: a row for each value, which costs a look-up of its indicator and one of its group,
  so about 1.5 times the work; the statement is short and does not change with the indicators.

Identifiers come from the caller's own code, never from data; all numbers come from tables or views:

* ``facts(edition, unit, <indicator> …)`` or, long, ``facts(edition, unit, indicator, value)``: raw
  values, NULL where missing, never NaN;
* ``goalposts(edition, indicator, domain, reference, slope, weight)``: slope is 30 σ/Δ, weight ≥ 0;
  an indicator whose reference or slope is NULL is not scored;
* ``domains(domain, axis, weight)`` and ``axes(axis, weight)``: declared weights > 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from phare_pipeline.index.hierarchy import AXIS_DECIMALS, Thresholds
from phare_pipeline.index.normalise import Z_MAX, Z_MIN, Z_REFERENCE

RULES: Final = Thresholds()
LOW, MIDDLE, HIGH = (f"{z!r}::double" for z in (Z_MIN, Z_REFERENCE, Z_MAX))
ENOUGH_OF_DOMAIN = repr(RULES.domain - RULES.tolerance)

Members = Mapping[int, Sequence[str]]


# From table or expression ``scored_domains`` to (edition, unit, score); to follow "with".
ABOVE_DOMAINS: Final = f"""
shares as (
    select domain, axis, domains.weight,
        sum(domains.weight) over (partition by axis) as weight_of_axis,
        axes.weight / (select sum(weight) from axes) as share_of_axis
    from domains join axes using (axis)
),
summed_axes as (
    select edition, unit, axis, any_value(share_of_axis) as share,
        sum(weight) filter (score is not null) / any_value(weight_of_axis) as coverage,
        round(sum(weight * score * score) / sum(weight * score), {AXIS_DECIMALS}) as score
    from scored_domains join shares using (domain)
    group by edition, unit, axis
),
scored_axes as (
    select edition, unit, share, coverage,
        case when coverage >= {RULES.axis - RULES.tolerance!r} then score end as score
    from summed_axes
)
select edition, unit,
    case when sum(share) filter (score is not null) >= {RULES.all_axes - RULES.tolerance!r}
            and sum(share * coverage) >= {RULES.index - RULES.tolerance!r}
        then sum(share * score * score) / sum(share * score)
    end as score
from scored_axes
group by edition, unit
"""  # noqa: S608  numbers of the definition


def index_statement(used: str, scored_domains: str) -> str:
    """Return a SELECT of (edition, unit, score), score NULL for an unclassified unit.

    An edition in which no indicator is used has no rows.

    Args:
        used: SELECT of the rows of ``goalposts`` that count, one of the two ``used_…`` below.
        scored_domains: SELECT of (edition, unit, domain, score), one of the three forms below, from
            ``facts`` and ``used_goalposts``.
    """
    return f"with used_goalposts as ({used}), scored_domains as ({scored_domains}), {ABOVE_DOMAINS}"


def used_wide(members: Members) -> str:
    """Goalposts of the indicators that at least one unit has in the edition, from a wide table."""
    names = [name for some in members.values() for name in some]
    return f"""
select goalposts.*
from goalposts semi join (
    from (select edition, {_list("count({0}) as {0}", names)} from facts group by edition)
    unpivot (count for indicator in ({_list("{0}", names)}))
    where count > 0
) using (edition, indicator)
where reference is not null and slope is not null
"""  # noqa: S608  names are the caller's own


def used_long() -> str:
    """Goalposts of the indicators that at least one unit has in the edition, from a long table."""
    return """
select goalposts.*
from goalposts semi join (
    select distinct edition, indicator from facts where value is not null
) using (edition, indicator)
where reference is not null and slope is not null
"""


def by_domain(members: Members) -> str:
    """Domain scores, each domain from its own columns of the wide table."""
    return " union all ".join(
        f"""(
select edition, unit, {domain} as domain, {_score(domain, names)} as score
from ({_clipped({domain: names})})
)"""  # noqa: S608
        for domain, names in members.items()
    )


def at_once(members: Members) -> str:
    """Domain scores, all from one pass over the wide table."""
    scores = ", ".join(f'{_score(d, names)} as "{d}"' for d, names in members.items())
    listed = ", ".join(f'"{domain}"' for domain in members)
    return f"""
select edition, unit, domain::integer as domain, score
from (select edition, unit, {scores} from ({_clipped(members)}))
unpivot include nulls (score for domain in ({listed}))
"""  # noqa: S608


def from_long() -> str:
    """Domain scores from a row for each value."""
    return f"""
select edition, unit, domain,
    case when sum(weight) filter (z is not null) / any_value(total) >= {ENOUGH_OF_DOMAIN}
        then sum(weight * z * z) / sum(weight * z)
    end as score
from (
    select edition, unit, domain, weight, total,
        case when y < {LOW} then {LOW} when y > {HIGH} then {HIGH} else y end as z
    from (
        select edition, unit, domain, weight, total,
            {MIDDLE} + slope * (value - reference) as y
        from facts join (
            select *, sum(weight) over (partition by edition, domain) as total
            from used_goalposts
        ) using (edition, indicator)
    )
)
group by edition, unit, domain
"""  # noqa: S608


def _clipped(members: Members) -> str:
    """SELECT of (edition, unit, z and weight of each indicator, total weight of each domain).

    A missing z becomes 0, which adds nothing to any of the sums; z itself is never 0. CASE, because
    least() and greatest() take twice as long, and skip NULL. What is the same for all units of an
    edition is computed there, once.
    """
    names = [name for some in members.values() for name in some]
    posts = _list(
        "max(reference) filter (indicator = '{0}') as ref_{0}, "
        "max(slope) filter (indicator = '{0}') as slope_{0}, "
        "coalesce(max(weight) filter (indicator = '{0}'), 0) as weight_{0}",
        names,
    )
    totals = ", ".join(
        f"coalesce(sum(weight) filter (domain = {d}), 0) as total_{d}" for d in members
    )
    kept = _list("weight_{0}", names) + ", " + ", ".join(f"total_{d}" for d in members)
    placed = f"{MIDDLE} + slope_{{0}} * ({{0}} - ref_{{0}}) as {{0}}"
    clipped = (
        f"case when {{0}} is null then 0.0::double when {{0}} < {LOW} then {LOW} "
        f"when {{0}} > {HIGH} then {HIGH} else {{0}} end as {{0}}"
    )
    return f"""
select edition, unit, {_list(clipped, names)}, {kept}
from (
    select edition, unit, {_list(placed, names)}, {kept}
    from facts join (
        select edition, {posts}, {totals} from used_goalposts group by edition
    ) using (edition)
)"""  # noqa: S608


def _score(domain: int, names: Sequence[str]) -> str:
    """F of one domain from z and weight of its indicators, NULL with too few of them."""
    present = _sum("weight_{0} * ({0} > 0)::int", names)
    above, below = _sum("weight_{0} * {0} * {0}", names), _sum("weight_{0} * {0}", names)
    return (
        f"case when total_{domain} > 0 and ({present}) / total_{domain} >= {ENOUGH_OF_DOMAIN} "
        f"then ({above}) / ({below}) end"
    )


def _list(template: str, names: Iterable[str]) -> str:
    return ", ".join(template.format(name) for name in names)


def _sum(template: str, names: Iterable[str]) -> str:
    return " + ".join(template.format(name) for name in names)
