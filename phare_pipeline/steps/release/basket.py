"""Builds the table of constant baskets: composites of the same indicators over a span of editions.

It reads the published rows of all editions, so it is made with the release and not with an edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from phare_pipeline.contract.tables import table_of
from phare_pipeline.index.basket import Basket, longest_basket
from phare_pipeline.index.checks import Booleans, Floats
from phare_pipeline.index.ranks import fragility_rank
from phare_pipeline.registry.model import Registry
from phare_pipeline.steps.edition.change import LEAST_COMMON_PCT, EditionNotes, state_of, unbroken
from phare_pipeline.steps.edition.notes import component_parts, counted_in
from phare_pipeline.warehouse.tables import conform


def basket_table(facts: Mapping[str, pa.Table], registry: Registry) -> pa.Table:
    """Return `out_basket`: no row for a composite that no span of two editions follows.

    Args:
        facts: `out_normalised` and `out_indicators` of the release, all regions and editions.
        registry: scales, breaks of series and the tree.
    """
    editions = _editions(facts, registry)
    rows = [row for found in _baskets(editions, registry) for row in found]
    return conform(pd.DataFrame(rows, columns=list(table_of("out_basket").columns)), "out_basket")


def _editions(facts: Mapping[str, pa.Table], registry: Registry) -> list[EditionNotes]:
    """Lay all editions out on the same indicators, in order."""
    tables = {
        year: (_of_year(facts["out_normalised"], year), _of_year(facts["out_indicators"], year))
        for year in sorted(set(facts["out_normalised"]["year"].to_pylist()))
    }
    counted = (counted_in(notes, registry, year) for year, (notes, _) in tables.items())
    wanted = frozenset[str]().union(*counted)
    return [
        EditionNotes.of(notes, comparison, registry, wanted)
        for notes, comparison in tables.values()
    ]


def _of_year(table: pa.Table, year: int) -> pa.Table:
    return table.filter(pc.equal(table["year"], year))


def _baskets(
    editions: Sequence[EditionNotes], registry: Registry
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of each composite that has a basket."""
    if len(editions) < 2:
        return
    notes = editions[0].notes
    tree = notes.scores.hierarchy
    states = [state_of(edition.notes, registry) for edition in editions]
    is_broken = np.array(
        [np.zeros(tree.weights.size, dtype=np.bool_)]
        + [~unbroken(now, then, registry).all(axis=0) for then, now in pairwise(editions)]
    )
    for level, parts in component_parts(notes).items():
        for position, part in enumerate(parts.to_dict("records")):
            place = {} if level == "index" else {level: position}
            least = LEAST_COMMON_PCT / 100
            basket = longest_basket(states, is_broken, tree, least, **place)
            if basket is not None:
                yield list(_rows(basket, editions, part))


def _rows(
    basket: Basket, editions: Sequence[EditionNotes], part: Mapping[Any, Any]
) -> Iterator[dict[str, Any]]:
    """Yield a row for each edition of the span and region."""
    span = editions[basket.first : basket.last + 1]
    for k, edition in enumerate(span):
        notes, scores = edition.notes, basket.scores[k]
        ranking = fragility_rank(scores, 1)
        renewed = _renewed(span[k - 1].data_year, edition.data_year, basket.members) if k else None
        for i, code in enumerate(notes.region_codes):
            yield {
                "year": notes.year,
                "region_code": code,
                "region_name": notes.region_names[i],
                **part,
                "basket_score": scores[i],
                "basket_rank": ranking.rank[i],
                "rank_of": ranking.rank_of,
                "first_edition": span[0].notes.year,
                "last_edition": span[-1].notes.year,
                "basket_count": int(basket.members.sum()),
                "renewed_count": None if renewed is None else int(renewed[i]),
                "basket_weight_pct": 100 * basket.common,
                "basket_indicators": ", ".join(
                    indicator.indicator_id
                    for indicator, is_in in zip(notes.indicators, basket.members, strict=True)
                    if is_in
                ),
            }


def _renewed(then: Floats, now: Floats, members: Booleans) -> Floats:
    """Count (n,) the members whose figure is of another year than in the edition before."""
    counts: Floats = ((now != then) & members).sum(axis=1)
    return counts
