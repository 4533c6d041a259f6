"""Reads the questions of a study and their lines; what they must agree with is in `checks`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook.checks import check_filter, check_question
from phare_pipeline.survey.codebook.model import Item, Question, Scale, Variable
from phare_pipeline.survey.codebook.rows import (
    CODE,
    ID,
    WHOLE_NUMBER,
    CodebookRow,
    Tables,
    add_once,
    read_uid,
    refuse_strangers,
)
from phare_pipeline.survey.codebook.scales import read_bands, read_derived
from phare_pipeline.survey.codebook.vocabulary import (
    CONFIDENCES,
    ITEM_KINDS,
    NOTES,
    RANKS,
    STATISTICS,
    OptionKind,
    QuestionType,
)
from phare_pipeline.survey.expressions import GRAMMAR, Filter, parse_filter

QUESTION_COLUMNS = (
    *("question_id", "actor", "topic", "type", "scale_id", "wording_fr", "max_choices", "filter"),
    *("base_fr", "statistics", "slides", "id_printed", "confidence", "note_fr"),
)
ITEM_COLUMNS = (
    *("question_id", "item_code", "code", "label_fr", "aliases", "domain_id", "no_domain_fr"),
    *("kind", "is_exclusive"),
)


def read_questions(
    tables: Tables,
    actors: Collection[str],
    scales: Mapping[str, Scale],
    derived_rows: list[CodebookRow],
    variables: Mapping[str, Variable],
    registry: Registry,
) -> dict[str, Question]:
    """Read and check the questions with their items, bands, derived figures and filters.

    Raises:
        CodebookError: a cell is wrong, or a row is about a question that is not there.
    """
    bands = read_bands(tables, actors)
    item_rows = list(tables.rows("items.csv", ITEM_COLUMNS))
    found: dict[str, Question] = {}
    rows: dict[str, CodebookRow] = {}
    for row in tables.rows("questions.csv", QUESTION_COLUMNS):
        uid, actor = read_uid(row, "question_id", actors)
        if uid in variables:
            raise row.error("question_id", "the id of a variable", expected="an id of its own")
        kind = QuestionType(row.one_of("type", [kind.value for kind in QuestionType]))
        scale = _scale_of(row, kind, scales)
        items = _items(row, item_rows, kind, scale, registry)
        question = Question(
            question_id=uid,
            actor=actor,
            topic=row.matching("topic", ID, "a snake_case id"),
            type=kind,
            scale=scale,
            wording_fr=row.text("wording_fr"),
            max_choices=row.count("max_choices"),
            filter=_filter(row),
            base_fr=row.text("base_fr"),
            statistics=row.words("statistics", STATISTICS),
            slides=_slides(row),
            id_is_printed=row.boolean("id_printed"),
            confidence=row.one_of("confidence", CONFIDENCES),
            note_fr=row.cells["note_fr"],
            items=items,
            derived=read_derived(derived_rows, uid, scale, items),
            bands=bands.get((actor, kind.value), {}),
        )
        check_question(row, question)
        add_once(found, uid, question, row, "question_id")
        rows[uid] = row
    refuse_strangers(item_rows, "question_id", found)
    for uid, question in found.items():
        check_filter(rows[uid], question, found, variables)
    return found


def _scale_of(row: CodebookRow, kind: QuestionType, scales: Mapping[str, Scale]) -> Scale | None:
    if kind is QuestionType.NUMERIC:
        row.one_of("scale_id", ("",))
        return None
    scale = scales[row.one_of("scale_id", scales)]
    answers = scale.codes(OptionKind.ANSWER)
    expected = {
        QuestionType.NOTE: (answers == NOTES, "the answers 1 to 10, in order"),
        QuestionType.TOP3: (answers == RANKS, "the ranks 1, 2, 3, in order"),
        QuestionType.AGREE: (len(answers) == 4, "four answers"),
        QuestionType.IMPACT: (len(answers) == 4, "four answers"),
        QuestionType.MULTI: (
            len(answers) == 2 and len(scale.positive_codes) == 1,
            "two answers, one of them positive",
        ),
    }
    is_right, wanted = expected.get(kind, (len(answers) >= 2, "at least two answers"))
    if not is_right:
        raise row.error(
            "scale_id",
            f"the answers of a {kind.value} question are {' '.join(answers)}",
            expected=f"a scale with {wanted}",
        )
    return scale


def _slides(row: CodebookRow) -> tuple[int, ...]:
    slides = row.words("slides")
    if not all(WHOLE_NUMBER.fullmatch(slide) for slide in slides):
        raise row.error("slides", "no list of pages", expected="whole numbers between blanks")
    return tuple(int(slide) for slide in slides)


def _filter(row: CodebookRow) -> Filter | None:
    text = row.cells["filter"]
    if not text:
        return None
    try:
        return parse_filter(text)
    except ValueError as error:
        raise row.error("filter", str(error), expected=GRAMMAR) from error


def _items(
    question: CodebookRow,
    rows: list[CodebookRow],
    kind: QuestionType,
    scale: Scale | None,
    registry: Registry,
) -> dict[str, Item]:
    """The lines of a question; those of a `single` question are the options of its scale."""
    own = [row for row in rows if row.cells["question_id"] == question.cells["question_id"]]
    if kind is QuestionType.SINGLE and scale is not None:
        for row in own:
            raise row.error(
                "question_id", "an item of a single question", expected="its options instead"
            )
        return _options_as_items(scale)
    found: dict[str, Item] = {}
    missing = () if scale is None else tuple(o.code for o in scale.options if o.is_missing)
    for row in own:
        item = _item(row, registry)
        add_once(found, item.item_code, item, row, "item_code")
        _refuse_second_domain(row, item, found)
        if (kind is QuestionType.TOP3) != (item.code is not None):
            raise row.error("code", f"the code of a {kind.value} item", expected="only of a top-3")
        codes = [other.code for other in found.values() if other.code is not None]
        if item.code is not None and (codes.count(item.code) > 1 or item.code in missing):
            raise row.error("code", "a code has two meanings", expected="a code of its own")
    return found


def _options_as_items(scale: Scale) -> dict[str, Item]:
    """Answers and don't-knows are results of a `single` question; the other missings are not."""
    kinds = {OptionKind.ANSWER: "item", OptionKind.DONT_KNOW: "dont_know"}
    return {
        o.option_id: Item(o.option_id, o.code, o.label_fr, o.aliases, None, "", kinds[o.kind], True)
        for o in scale.options
        if o.kind in kinds
    }


def _item(row: CodebookRow, registry: Registry) -> Item:
    item = Item(
        item_code=row.matching("item_code", ID, "a snake_case id"),
        code=row.matching("code", CODE, "letters, digits and _") if row.cells["code"] else None,
        label_fr=row.text("label_fr"),
        aliases=row.aliases(),
        domain_id=row.one_of("domain_id", ("", *registry.domains)) or None,
        no_domain_fr=row.cells["no_domain_fr"],
        kind=row.one_of("kind", ITEM_KINDS),
        is_exclusive=row.boolean("is_exclusive"),
    )
    if (item.domain_id is None) != bool(item.no_domain_fr):
        raise row.error(
            "no_domain_fr",
            "an item has neither domain nor reason, or both",
            expected="a reason when and only when domain_id is empty",
        )
    if item.is_exclusive != (item.kind in ("none", "dont_know")):
        raise row.error(
            "is_exclusive", f"an item of kind {item.kind}", expected="true for none and dont_know"
        )
    return item


def _refuse_second_domain(row: CodebookRow, item: Item, items: Mapping[str, Item]) -> None:
    domains = [other.domain_id for other in items.values()]
    if item.domain_id is not None and domains.count(item.domain_id) > 1:
        raise row.error("domain_id", "two items of a question on one domain", expected="one")
