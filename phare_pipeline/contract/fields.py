"""Finds a column by its name; columns are declared in `subjects`."""

from __future__ import annotations

from phare_pipeline.contract.model import Field
from phare_pipeline.contract.subjects import ALL_FIELDS


def _index(fields: tuple[Field, ...]) -> dict[str, Field]:
    names = [field.name for field in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"columns declared twice: {', '.join(twice)}")
    return {field.name: field for field in fields}


FIELDS: dict[str, Field] = _index(ALL_FIELDS)
