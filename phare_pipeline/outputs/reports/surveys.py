"""Fills the survey blocks of a report: items, figures, national values and base, or a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.outputs.reports.blocks import ACTORS, TOPICS, Part, SurveyTopic
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import Figure, Label, Shown, Year, count, say
from phare_pipeline.outputs.reports.survey_rows import (
    HIDDEN,
    RESULTS,
    WHOLE,
    own_rows,
    printed,
    printed_national,
    reference_of,
    why_none,
)

# Columns of a block by type of question, in order; the first is the one that lines are ordered by.
COLUMNS: dict[str, tuple[str, ...]] = {
    "note_1_10": ("share_band_high", "mean"),
    "impact4": ("share_top2", "share_top1", "share_nsp"),
    "agree4": ("share_top2", "share_top1"),
    "top3_rank": ("share_top3_total", "share_first"),
    "single": ("share",),
    "multi": ("share_multi",),
}
# The statistic whose national value stands beside the area's, where it is not the first column.
NATIONAL = {"note_1_10": "mean"}
HEADERS = {
    "share_band_high": "Notes {band}",
    "mean": "Note moyenne",
    "share_top1": "{band}",
    "share_top2": "{band}",
    "share_nsp": "Ne sait pas",
    "share_first": "{band}",
    "share_top3_total": "{band}",
    "share": "Part",
    "share_multi": "Part",
}
TOTALS = ("share_net", "net_balance")
LAST = ("autre", "autres", "aucun", "nsp")
"""Items that end a block whatever their figure is."""
CHOICES = ("single",)
"""Types of question whose answers keep the order of the questionnaire."""
DIFFERENCES = {
    "above": "significativement au-dessus de l’ensemble",
    "below": "significativement au-dessous de l’ensemble",
}


@dataclass(frozen=True)
class SurveyLine:
    """A line of a block.

    Attributes:
        label: of the item.
        cells: a figure for each column, then the national value, unless the area is France.
        reference: of the first figure.
        difference: what the test says, empty when it says nothing.
        bar: percent of the first column, for a bar; None for none.
        is_total: a sum or balance of other lines.
    """

    label: Label
    cells: tuple[Shown | None, ...]
    reference: str
    difference: str
    bar: float | None
    is_total: bool = False


@dataclass(frozen=True)
class SegmentTable:
    """The answers of parts of the respondents: a row a segment, a column an item."""

    columns: tuple[Label, ...]
    rows: tuple[tuple[Label, tuple[Shown, ...]], ...]


@dataclass(frozen=True)
class SurveyBlock:
    """A block of results.

    Attributes:
        title, actor: of the block, in French; `actor_id` names the actor in tables.
        question: what was asked, None without a study.
        area: name of the area that the results hold for, `is_other_area` when it is not the
            report's own.
        columns: headers of the figures.
        lines: items in order.
        segments: by part of the respondents; None where the study shows none.
        hidden_segments: why there are parts that are not shown.
        base: who answered, and how many.
        study: title and year of the study.
        is_synthetic: the answers are made up.
        reason: why there is nothing, empty when there is.
    """

    title: str
    actor_id: str
    actor: str
    reason: str = ""
    question: Label | None = None
    area: Label | None = None
    is_other_area: bool = False
    columns: tuple[Label, ...] = ()
    lines: tuple[SurveyLine, ...] = ()
    segments: SegmentTable | None = None
    hidden_segments: str = ""
    base: Markup | None = None
    study: Markup | None = None
    is_synthetic: bool = False


def survey_blocks(edition: Edition, area: Area, part: Part) -> Iterator[SurveyBlock]:
    """Yield the blocks of a part of the report."""
    for topic in TOPICS:
        if topic.part == part:
            yield _block(edition, area, topic)


def topic_rows(edition: Edition, area: Area, actor: str, topic: str) -> list[Row]:
    """Return the results of an actor on a topic, all segments."""
    return [row for row in own_rows(edition, area, RESULTS, actor) if row["topic"] == topic]


def _block(edition: Edition, area: Area, topic: SurveyTopic) -> SurveyBlock:
    rows = topic_rows(edition, area, topic.actor, topic.topic)
    actor = ACTORS[topic.actor]
    if not rows:
        return SurveyBlock(topic.title, topic.actor, actor, reason=why_none(edition, topic.actor))
    first = rows[0]
    kind = edition.question(first["study_id"], first["question_id"])["question_type"]
    columns = [c for c in COLUMNS[kind] if any(row["statistic"] == c for row in rows)]
    return SurveyBlock(
        title=topic.title,
        actor_id=topic.actor,
        actor=actor,
        question=Label(first["question_label"], f"{RESULTS}.question_label"),
        area=Label(first["area_label"], f"{RESULTS}.area_label"),
        is_other_area=first["area_kind"] == "super_region",
        columns=tuple(_headers(rows, columns, kind, area)),
        lines=tuple(_lines(edition, area, rows, columns, kind)),
        segments=_segments(edition, rows),
        hidden_segments=_hidden_segments(rows),
        base=_base(edition, rows),
        study=_study(edition, first),
        is_synthetic=any(row["is_synthetic"] for row in rows),
    )


def _headers(rows: Sequence[Row], columns: Sequence[str], kind: str, area: Area) -> Iterator[Label]:
    for column in columns:
        bands = [row["band"] for row in rows if row["statistic"] == column and row["band"]]
        text = HEADERS[column].format(band=bands[0].replace("-", " à ") if bands else "")
        yield Label(french.capitalised(text.strip()), f"{RESULTS}.band")
    if not area.is_national:
        what = " (note)" if kind in NATIONAL else ""
        yield Label(f"France{what}", f"{RESULTS}.national_value")


def _lines(
    edition: Edition, area: Area, rows: Sequence[Row], columns: Sequence[str], kind: str
) -> Iterator[SurveyLine]:
    whole = [row for row in rows if row["segment_id"] == WHOLE]
    by_item: dict[str, dict[str, Row]] = {}
    for row in sorted(whole, key=lambda row: row["item_order"]):
        by_item.setdefault(row["item_code"], {})[row["statistic"]] = row
    plain = [item for item in by_item.values() if any(c in item for c in columns)]
    if kind not in CHOICES:
        plain.sort(key=lambda item: order_of(item, columns[0]))
    for item in plain:
        yield _line(edition, area, item, columns, NATIONAL.get(kind, columns[0]))
    for item in by_item.values():
        for statistic in TOTALS:
            if statistic in item:
                line = _line(edition, area, item, [statistic], statistic)
                blank = [None] * (len(columns) - 1)
                cells = (line.cells[0], *blank, *line.cells[1:])
                yield replace(line, cells=cells, bar=None, is_total=True)


def order_of(item: dict[str, Row], column: str) -> tuple[bool, float, int]:
    """Return what an item of a block is ordered by: others last, then its share, the largest first.

    Args:
        item: its rows by statistic.
        column: the statistic that orders.
    """
    row = item.get(column)
    first = next(iter(item.values()))
    value = row["value"] if row is not None and row["value"] is not None else -1.0
    return first["item_code"].startswith(LAST), -value, first["item_order"]


def _line(
    edition: Edition, area: Area, item: dict[str, Row], columns: Sequence[str], national: str
) -> SurveyLine:
    first = next(item[c] for c in columns if c in item)
    cells = [printed(edition, item.get(column)) for column in columns]
    if not area.is_national:
        cells.append(printed_national(edition, item.get(national)))
    is_share = first["unit"] == "%" and first["value"] is not None
    return SurveyLine(
        label=Label(first["item_label"], f"{RESULTS}.item_label"),
        cells=tuple(cells),
        reference=reference_of(edition, first),
        difference=DIFFERENCES.get(first["test_outcome"] or "", ""),
        bar=first["value"] if is_share else None,
    )


def _segments(edition: Edition, rows: Sequence[Row]) -> SegmentTable | None:
    parts = [row for row in rows if row["segment_id"] != WHOLE and row["statistic"] == "share"]
    segments = list(dict.fromkeys((r["segment_id"], r["segment_label"]) for r in parts))
    items = {r["item_code"]: r for r in sorted(parts, key=lambda r: r["item_order"])}
    if all(row["value"] is None for row in parts):
        return None
    found = {(row["segment_id"], row["item_code"]): row for row in parts}
    return SegmentTable(
        columns=tuple(Label(r["item_label"], f"{RESULTS}.item_label") for r in items.values()),
        rows=tuple(
            (
                Label(label, f"{RESULTS}.segment_label"),
                tuple(printed(edition, found.get((segment, code))) for code in items),
            )
            for segment, label in segments
        ),
    )


def _hidden_segments(rows: Sequence[Row]) -> str:
    reasons = {
        r["reason_fr"] or HIDDEN for r in rows if r["segment_id"] != WHOLE and r["value"] is None
    }
    return french.listing(sorted(reasons))


def _base(edition: Edition, rows: Sequence[Row]) -> Markup:
    """Say who answered: the base in words and numbers, and the margin where it is known."""
    whole = [row for row in rows if row["segment_id"] == WHOLE]
    first = whole[0]
    question = edition.question(first["study_id"], first["question_id"])
    words = Label(question["base_fr"], "dim_question.base_fr")
    bases = {row["base_n"] for row in whole if row["base_n"] is not None}
    if not bases:
        return say("{}\u00a0; effectif non publié", words)
    number = count(max(bases), f"{RESULTS}.base_n")
    margins = [row["moe95"] for row in whole if row["moe95"] is not None and row["unit"] == "%"]
    if not margins:
        return say("{}\u00a0: {} réponses", words, number)
    largest = Figure(
        french.quantity(max(margins), "points", 0), max(margins), "", f"{RESULTS}.moe95"
    )
    return say("{}\u00a0: {} réponses, marge d’erreur d’au plus {}", words, number, largest)


def _study(edition: Edition, row: Row) -> Markup:
    studies = {study["study_id"]: study for study in edition.rows("dim_study")}
    title = Label(studies[row["study_id"]]["study_title"], "dim_study.study_title")
    return say("{}, {}", title, Year(row["study_year"]))
