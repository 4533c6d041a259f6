"""Checks a question against the rest of its codebook: statistics, choices, bands, filter."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from phare_pipeline.survey.codebook.model import Question, Variable
from phare_pipeline.survey.codebook.rows import CodebookRow
from phare_pipeline.survey.codebook.vocabulary import (
    NOTE_BANDS,
    STATISTICS,
    OptionKind,
    QuestionType,
    VariableType,
)


def check_question(row: CodebookRow, question: Question) -> None:
    """Check that items, statistics, choices and bands fit the type of a question.

    Raises:
        CodebookError: they do not; it points to a cell of the row.
    """
    kind = question.type
    has_lines = kind not in (QuestionType.SINGLE, QuestionType.NUMERIC)
    if has_lines and not question.items:
        raise row.error("question_id", "a question without items", expected="lines in items.csv")
    if kind is QuestionType.NUMERIC and question.items:
        raise row.error("question_id", "a numeric question with items", expected="none")
    for name in question.statistics:
        statistic = STATISTICS[name]
        if kind not in statistic.types:
            raise row.error(
                "statistics", f"{name} of a {kind.value} question", expected="one of its type"
            )
        if statistic.has_band and name not in question.bands:
            raise row.error(
                "statistics",
                f"{name} has no band for {question.actor}",
                expected=f"a row {question.actor}, {kind.value}, {name} in bands.csv",
            )
        if not question.results_of(name):
            raise row.error("statistics", f"no item for {name}", expected="a row in derived.csv")
    _check_choices(row, question)
    _check_bands(row, question)


def _check_choices(row: CodebookRow, question: Question) -> None:
    limits = {
        QuestionType.SINGLE: 1,
        QuestionType.TOP3: 3,
        QuestionType.MULTI: len(question.items) - len(question.exclusive_items),
    }
    limit = limits.get(question.type)
    choices = question.max_choices
    is_right = choices is None if limit is None else choices is not None and 1 <= choices <= limit
    if question.type is not QuestionType.MULTI:
        is_right = choices == limit
    if not is_right:
        expected = "empty" if limit is None else f"at most {limit}"
        raise row.error("max_choices", f"choices of a {question.type.value}", expected=expected)


def _check_bands(row: CodebookRow, question: Question) -> None:
    """Bands take known answers; those of a note cut 1–10 into three without gap or overlap."""
    if question.scale is None or not question.bands:
        return
    answers = question.scale.codes(OptionKind.ANSWER)
    for band in question.bands.values():
        if not set(band.codes) <= set(answers):
            raise row.error(
                "type", f"the band {band.label_fr!r} has codes of no answer", expected=str(answers)
            )
    cut = [code for name in NOTE_BANDS if (b := question.bands.get(name)) for code in b.codes]
    if cut and tuple(cut) != answers:
        raise row.error(
            "type",
            f"the bands of {question.actor} are {' '.join(cut)}",
            expected="low, mid and high cover 1 to 10 in order, each note once (bands.csv)",
        )
    top2 = question.bands.get("share_top2")
    if top2 is not None and set(top2.codes) != set(question.scale.positive_codes):
        raise row.error(
            "scale_id",
            f"top 2 counts {' '.join(top2.codes)}",
            expected="the positive codes of the scale: " + " ".join(question.scale.positive_codes),
        )


def check_filter(
    row: CodebookRow,
    question: Question,
    questions: Mapping[str, Question],
    variables: Mapping[str, Variable],
) -> None:
    """A filter looks at one-column questions or variables of the same actor and at known codes."""
    if question.filter is None:
        return
    columns: dict[str, Question | Variable] = {**questions, **variables}
    known = {
        uid.partition(":")[2]: thing
        for uid, thing in columns.items()
        if thing.actor == question.actor and uid != question.question_id and _is_one_column(thing)
    }
    for comparison in question.filter.comparisons:
        if comparison.name not in known:
            near = get_close_matches(comparison.name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise row.error(
                "filter",
                f"unknown question {comparison.name!r} in a filter",
                expected=f"a single or numeric question of {question.actor}{hint}",
            )
        scale = known[comparison.name].scale
        if comparison.is_ordering != (scale is None):
            raise row.error(
                "filter",
                f"{comparison.operator} on {comparison.name}",
                expected="<, <=, >, >= for numbers; ==, !=, in, not in for codes",
            )
        codes = [] if scale is None else [option.code for option in scale.options]
        for code in () if scale is None else comparison.codes:
            if code not in codes:
                raise row.error(
                    "filter",
                    f"{comparison.name} has no code {code}",
                    expected="one of " + ", ".join(codes),
                )


def _is_one_column(thing: Question | Variable) -> bool:
    if isinstance(thing, Question):
        return thing.type in (QuestionType.SINGLE, QuestionType.NUMERIC)
    return thing.scale is not None or thing.type is VariableType.NUMERIC
