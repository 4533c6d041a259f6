"""Says which figures of a published table can be explained, and how those that cannot are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phare_pipeline.contract.places import FACETS, LOWER_FACETS, WITHOUT_REFERENCE
from phare_pipeline.contract.tables import PUBLISHED_FROM, TABLES


def is_table(words: Sequence[str]) -> bool:
    """Tell whether the words name a published table and not a figure."""
    return len(words) == 1 and words[0] in PUBLISHED_FROM


def told(table: str) -> Iterator[str]:
    """Yield what can be asked of a table, line by line."""
    yield f"{table} : {TABLES[table].description_fr}"
    if table in WITHOUT_REFERENCE:
        yield "ses chiffres n’ont pas de référence : phare explain ne les explique pas un à un"
        yield f"méthode : {WITHOUT_REFERENCE[table]}"
        yield "recalculée par la reconstruction de phare verify"
        return
    for area, kinds in (("région ou FRA", FACETS), ("D59 ou A31", LOWER_FACETS)):
        for kind, facets in kinds.items():
            for facet, place in facets.items():
                if place.table == table:
                    name = f".{facet}" if facet else ""
                    yield f"{place.column} : <{area}>-<année>-{kind.value}:…{name}"
