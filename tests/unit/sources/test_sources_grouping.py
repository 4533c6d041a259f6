"""Equal rejections are one message; different ones stay apart."""

from __future__ import annotations

import random

from phare_pipeline.sources.figures import Rejection
from phare_pipeline.sources.grouping import SHOWN_SINGLY, grouped_messages
from tests.unit.sources.kit import DEPARTEMENTS


def missing(code: str, year: int, measure: str) -> Rejection:
    return Rejection(
        "a.csv", None, 0, "", "missing_territory",
        f"no figure for departement {code}, {year}", f"a figure of measure {measure}",
    )  # fmt: skip


def test_a_wrong_period_is_one_message() -> None:
    rows = [missing(c, y, m) for c in DEPARTEMENTS for y in (2015, 2016) for m in ("aa", "b_c")]
    random.shuffle(rows)
    [message] = grouped_messages(rows)
    assert message.startswith(rows[0].message)
    assert f"and {len(rows) - 1} more like it" in message
    assert grouped_messages(rows, singly=True) == [row.message for row in rows]


def test_lines_and_columns_are_told() -> None:
    rows = [
        Rejection("a.csv", None, line, column, "unreadable", "'x'", "a number")
        for line in (14, 3, 9)
        for column in ("B", "D")
    ]
    [message] = grouped_messages(rows)
    assert "5 more like it, lines 3 to 14, 2 columns" in message


def test_few_and_different_ones_stay_apart() -> None:
    few = [missing(code, 2015, "m") for code in random.sample(DEPARTEMENTS, SHOWN_SINGLY)]
    assert grouped_messages(few) == [row.message for row in few]
    words = [
        Rejection("a.csv", None, n, "B", "unreadable", f"'{word}'", "a number")
        for n, word in enumerate(["nul", "secret", "environ", "voir", "idem"], start=2)
    ]
    assert grouped_messages(words) == [row.message for row in words]
    sheets = [row._replace(sheet=str(n)) for n, row in enumerate([few[0]] * 5)]
    assert len(grouped_messages(sheets)) == 5
