"""What the codes of a question or variable stand for; cells are compared with them in `codes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.codebook import OptionKind, Question, QuestionType, Scale, Variable


class Kind(IntEnum):
    """What a cell is. `BLANK` and `WRONG` do not outlive the reading; `NONE` is no further choice.

    The three kinds of missing keep apart from the first to the last step.
    """

    ANSWER = 0
    DONT_KNOW = 1
    REFUSED = 2
    NOT_ASKED = 3
    BLANK = 4
    WRONG = 5
    NONE = 6


OF_OPTION: Mapping[OptionKind, Kind] = {
    OptionKind.ANSWER: Kind.ANSWER,
    OptionKind.DONT_KNOW: Kind.DONT_KNOW,
    OptionKind.REFUSED: Kind.REFUSED,
    OptionKind.NOT_ASKED: Kind.NOT_ASKED,
}


@dataclass(frozen=True)
class Meaning:
    """What a code stands for: its kind, and the option or item it names."""

    kind: Kind
    code: str
    choice: str | None
    labels: tuple[str, ...]


def meanings_of(thing: Question | Variable) -> tuple[Meaning, ...]:
    """What the codes of a question or variable mean; of a top 3, its items and its missings."""
    scale = thing.scale
    if scale is None:
        return ()
    if isinstance(thing, Question) and thing.type is QuestionType.TOP3:
        items = (
            Meaning(Kind.ANSWER, item.code or "", item.item_code, (item.label_fr, *item.aliases))
            for item in thing.items.values()
        )
        return (*items, *(m for m in _of_scale(scale) if m.kind is not Kind.ANSWER))
    return _of_scale(scale)


def _of_scale(scale: Scale) -> tuple[Meaning, ...]:
    return tuple(
        Meaning(OF_OPTION[o.kind], o.code, o.option_id, (o.label_fr, *o.aliases))
        for o in scale.options
    )


def meaning_of_label(text: str, meanings: Sequence[Meaning]) -> Meaning | None:
    """The meaning whose label is written so, else so but for case, accents and punctuation.

    Labels that differ by punctuation only ("CSP+", "CSP-") are told apart as they are written.
    """
    exact = [meaning for meaning in meanings if text in meaning.labels]
    folded = fold(text)
    alike = [m for m in meanings if folded and folded in map(fold, m.labels)]
    found = exact or alike
    return found[0] if len(found) == 1 else None
