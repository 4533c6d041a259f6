"""Reads a page as a hurried reader does: the first screen alone, each sentence that compares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from phare_pipeline.french import MINUS, NARROW, NO_BREAK, typographic
from tests.unit.outputs.reports.page_kit import Element

_NUMBER = r"[−+]?[\d ]+(?:,\d+)?"
_COMPARISON = re.compile(
    rf"«(?P<label>[^«»]*)», (?P<value>{_NUMBER})(?P<unit>[^()]*?) contre (?P<france>{_NUMBER})"
    rf"[^()]* en France \(écart de (?P<gap>{_NUMBER})[^()]*, (?P<rank>\d+)er? rang de fragilité\)"
)


@dataclass(frozen=True)
class Answer:
    """A line of « En bref »: name, score, rank, base (scored, expected) and since when."""

    label: str
    score: float
    rank: int
    base: tuple[int, int]
    since: int | None


@dataclass(frozen=True)
class Comparison:
    """« X contre Y en France (écart de Z, n-ième rang de fragilité) » as it is printed."""

    label: str
    value: Decimal
    unit: str
    france: Decimal
    gap: Decimal
    rank: int


def plain(element: Element) -> str:
    """The text of an element with plain spaces."""
    return re.sub(rf"[\s{NARROW}{NO_BREAK}]+", " ", element.text).strip()


def first_screen(page: Element) -> tuple[list[Answer], list[Answer], str]:
    """Return the fragilities, the strengths and how sure they are, as the page says them."""
    (brief,) = (e for e in page.all("section") if e.attributes.get("class") == "brief")
    ends = [e for e in brief.all("div") if e.all("h3") and not e.all("div")]
    assert [plain(e.all("h3")[0]) for e in ends] == ["Les plus fragiles", "Les moins fragiles"]
    fragile, strong = ([_answer(item) for item in end.all("li")] for end in ends)
    sure = next(e for e in brief.all("div") if e.all("dt") and "sûr" in plain(e.all("dt")[0]))
    return fragile, strong, plain(sure.all("dd")[0])


def _answer(item: Element) -> Answer:
    # The label comes first, then the score, then the rest in small print.
    small = next(e for e in item.all("span") if e.attributes.get("class") == "detail")
    said = plain(small)
    label = plain(item).removesuffix(said).rpartition(" ")[0].rpartition(" ")[0]
    rank = re.match(r"(\d+)", said)
    base = re.search(r"(\d+) sur (\d+)", said)
    since = re.search(r"(?:depuis|qu’en) (\d{4})", said)
    assert rank is not None
    assert base is not None, said
    return Answer(
        label=label,
        score=float(plain(item.all("strong")[0]).replace(",", ".")),
        rank=int(rank[1]),
        base=(int(base[1]), int(base[2])),
        since=int(since[1]) if since else None,
    )


def comparisons(page: Element) -> list[Comparison]:
    """Return all that the sentences of a page compare with France."""
    found = []
    for paragraph in page.all("p"):
        for match in _COMPARISON.finditer(plain(paragraph)):
            found.append(
                Comparison(
                    match["label"].strip(),
                    _number(match["value"]),
                    match["unit"].strip(),
                    _number(match["france"]),
                    _number(match["gap"]),
                    int(match["rank"]),
                )
            )
    return found


def wrong_comparisons(page: Element, units: dict[str, str]) -> list[str]:
    """Return the comparisons of a page that are not what they say, and how they are not.

    Args:
        page: a report.
        units: of the indicators by label, with plain spaces.
    """
    found = comparisons(page)
    faults = [] if len(found) == plain(page).count("(écart de") else ["a comparison not read"]
    for c in found:
        if c.gap != c.value - c.france:
            faults.append(f"{c.label}: {c.gap} is not {c.value} − {c.france}")
        if c.gap == 0:
            faults.append(f"{c.label}: no gap")
        if not c.unit and units[c.label].casefold() not in c.label.casefold():
            faults.append(f"{c.label}: no unit")
    return faults


def wrong_answers(page: Element, scores: list[dict[str, Any]], code: str | None) -> list[str]:
    """Compare the first screen with the scores of the edition; return what differs.

    Args:
        page: a report.
        scores: rows of `out_scores` of its edition.
        code: of the region, None for France.
    """
    fragile, strong, sure = first_screen(page)
    if code is None:
        rows = [row for row in scores if row["component_level"] == "index"]
        key = "region_name"
    else:
        rows = [
            row
            for row in scores
            if row["component_level"] == "domain" and row["region_code"] == code
        ]
        key = "component_label"
    known = {_plain(row[key]): row for row in rows if row["score"] is not None}
    order = sorted(known, key=lambda label: known[label]["score"])
    expected = [
        [label for label in reversed(order) if known[label]["score"] >= 101][:3],
        [label for label in order if known[label]["score"] <= 99][:3],
    ]
    faults = [] if sure else ["nothing is said of how sure it is"]
    for said, wanted in zip((fragile, strong), expected, strict=True):
        if [known[answer.label]["score"] for answer in said] != [known[w]["score"] for w in wanted]:
            faults.append(f"found {[a.label for a in said]}, expected {wanted}")
        for answer in said:
            row = known[answer.label]
            if abs(answer.score - row["score"]) > 0.0501 or answer.rank != row["fragility_rank"]:
                faults.append(f"{answer.label}: {answer.score}, {answer.rank}")
            if not 0 < answer.base[0] <= answer.base[1]:
                faults.append(f"{answer.label}: base {answer.base}")
    return faults


def _plain(label: str) -> str:
    return re.sub(rf"[\s{NARROW}{NO_BREAK}]+", " ", typographic(label)).strip()


def _number(text: str) -> Decimal:
    return Decimal(text.replace(" ", "").replace(",", ".").replace(MINUS, "-"))
