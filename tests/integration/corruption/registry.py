"""Damage to the tables of the registry: refused when they are loaded, or they declare otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from phare_pipeline.errors import PhareError
from tests.integration.corruption.kinds import Change, Judgement, Kind, Outcome
from tests.integration.corruption.staged import Clean, compare, context_of, judge_comparison
from tests.integration.small import Installation


def registry(table: str, edit: Callable[[pd.DataFrame, random.Random], pd.DataFrame]) -> Change:
    """Return a change of a table of the registry."""

    def change(folder: Path, chance: random.Random) -> None:
        path = Installation(folder).registry / table
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        edit(frame, chance).to_csv(path, index=False, lineterminator="\n")

    return change


def cell_of(row_id: str, column: str, value: str) -> Callable[..., pd.DataFrame]:
    """Return an edit of one cell of a registry table."""

    def edit(frame: pd.DataFrame, _: random.Random) -> pd.DataFrame:
        is_row = frame.iloc[:, 0] == row_id
        assert is_row.sum() == 1, row_id
        frame.loc[is_row, column] = value
        return frame

    return edit


def duplicate_id(frame: pd.DataFrame, _: random.Random) -> pd.DataFrame:
    return pd.concat([frame, frame.head(1)])


def shuffle_rows(frame: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    order = list(range(len(frame)))
    chance.shuffle(order)
    return frame.iloc[order]


DECLARED = "the registry decides; `phare diff` names the row and column"

KINDS: tuple[Kind, ...] = (
    Kind(
        "registry: unknown domain",
        "indicators.csv",
        registry("indicators.csv", cell_of("taux_chomage", "domain_id", "emplois")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: identifier repeated",
        "indicators.csv",
        registry("indicators.csv", duplicate_id),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: unknown measure",
        "indicators.csv",
        registry("indicators.csv", cell_of("taux_chomage", "numerator", "taux_chomag")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: direction out of range",
        "indicators.csv",
        registry("indicators.csv", cell_of("taux_chomage", "direction", "2")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: negative weight",
        "indicators.csv",
        registry("indicators.csv", cell_of("taux_chomage", "weight", "-1")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: column missing",
        "measures.csv",
        registry("measures.csv", lambda f, _: f.drop(columns="unit")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: département in two regions",
        "departements.csv",
        registry("departements.csv", cell_of("59", "region_code", "11")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: département dropped",
        "departements.csv",
        registry("departements.csv", lambda f, _: f[f["departement_code"] != "59"]),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: text in a number",
        "measures.csv",
        registry("measures.csv", cell_of("ftth_premises", "max", "beaucoup")),
        Outcome.REFUSED,
    ),
    Kind(
        "registry: rows in another order",
        "perimeters.csv",
        registry("perimeters.csv", shuffle_rows),
        Outcome.UNCHANGED,
    ),
    Kind(
        "registry: direction reversed",
        "indicators.csv",
        registry("indicators.csv", cell_of("taux_chomage", "direction", "-1")),
        Outcome.SILENT,
        DECLARED,
    ),
    Kind(
        "registry: formula scaled",
        "indicators.csv",
        registry("indicators.csv", cell_of("taux_chomage", "scale", "10")),
        Outcome.SILENT,
        DECLARED,
    ),
)


def judge(kind: Kind, clean: Clean, folder: Path) -> Judgement:
    """Damage a copy; say what becomes of it, and the message."""
    copy = clean.installation.copy_to(folder)
    kind.change(copy.folder, kind.chance)
    try:
        context = context_of(copy)
        if context.registry_hash == context_of(clean.installation).registry_hash:
            return Outcome.UNCHANGED, ""
        return judge_comparison(clean.compared, compare(context))
    except PhareError as error:
        return Outcome.REFUSED, error.what
