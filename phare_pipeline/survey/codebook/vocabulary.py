"""The words of every codebook: types of question, kinds of missing, statistics; no study here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

ACTORS = ("citoyens", "associations", "entreprises", "institutions")
WHOLE = "ensemble"
"""The segment of every respondent of an actor."""

CONFIDENCES = ("certain", "inferred", "ambiguous")
FILE_KINDS = ("results", "sample", "reprints", "figures", "claims", "labels")
SYNTHETIC_FR = "données synthétiques"
"""Words that the title of a synthetic study bears."""

ITEM_KINDS = ("item", "other", "none", "dont_know")


class QuestionType(StrEnum):
    """How a question is answered, which fixes the statistics it can have."""

    NOTE = "note_1_10"
    SINGLE = "single"
    MULTI = "multi"
    TOP3 = "top3_rank"
    AGREE = "agree4"
    IMPACT = "impact4"
    NUMERIC = "numeric"


class VariableType(StrEnum):
    """What a column that is no question is for.

    `date` is the day of the answer; `area` names the super-region in which a respondent was drawn.
    """

    ID = "id"
    REGION = "region"
    WEIGHT = "weight"
    QUOTA = "quota"
    PROFILE = "profile"
    NUMERIC = "numeric"
    DATE = "date"
    AREA = "area"


ONCE = (
    VariableType.ID,
    VariableType.REGION,
    VariableType.WEIGHT,
    VariableType.DATE,
    VariableType.AREA,
)
"""Types of which an actor has one variable at most."""


class OptionKind(StrEnum):
    """An answer, or one of the three kinds of missing, which are never merged.

    A don't-know stays in the base of shares and leaves that of means; a refused answer is missing;
    a question not asked (filter) has no base at all.
    """

    ANSWER = "answer"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"


class AreaKind(StrEnum):
    """A region of the 13, the whole country, or a super-region, which is neither."""

    REGION = "region"
    NATIONAL = "national"
    SUPER_REGION = "super_region"


class ExportFormat(StrEnum):
    """Who wrote an export, which fixes how its cells are meant."""

    SPSS = "spss"
    LIMESURVEY = "limesurvey"
    INSTITUTE = "institute"

    @property
    def endings(self) -> tuple[str, ...]:
        """How the names of such files end."""
        return (".sav", ".zsav") if self is ExportFormat.SPSS else (".csv", ".xlsx")


class MarginUnit(StrEnum):
    """What a calibration target is: percent of the universe, units of it, or a sum of numbers."""

    PERCENT = "%"
    COUNT = "count"
    TOTAL = "total"


class Statistic(NamedTuple):
    """A published statistic: unit, inclusive bounds, types of question, whether it has a band.

    `item` says which items it takes: those of the question, a derived one, or either.
    """

    unit: str
    low: float
    high: float
    types: frozenset[QuestionType]
    has_band: bool = False
    item: str = "own"


_SCALED = frozenset({QuestionType.NOTE, QuestionType.AGREE, QuestionType.IMPACT})


def _share(*types: QuestionType, has_band: bool = False, item: str = "own") -> Statistic:
    return Statistic("%", 0, 100, frozenset(types), has_band, item)


STATISTICS: Mapping[str, Statistic] = {
    "share": _share(QuestionType.SINGLE),
    "share_net": _share(QuestionType.SINGLE, item="derived"),
    "share_multi": _share(QuestionType.MULTI),
    "share_top1": _share(QuestionType.AGREE, QuestionType.IMPACT, has_band=True),
    "share_top2": _share(QuestionType.AGREE, QuestionType.IMPACT, has_band=True),
    "share_first": _share(QuestionType.TOP3, has_band=True),
    "share_top3_total": _share(QuestionType.TOP3, has_band=True),
    "share_band_low": _share(QuestionType.NOTE, has_band=True),
    "share_band_mid": _share(QuestionType.NOTE, has_band=True),
    "share_band_high": _share(QuestionType.NOTE, has_band=True),
    "share_nsp": Statistic("%", 0, 100, _SCALED),
    "mean": Statistic("note", 1, 10, frozenset({QuestionType.NOTE})),
    "net_balance": Statistic("points", -100, 100, frozenset({QuestionType.SINGLE}), item="derived"),
}
NOTES = tuple(str(note) for note in range(1, 11))
RANKS = ("1", "2", "3")
NOTE_BANDS = ("share_band_low", "share_band_mid", "share_band_high")
DERIVED_STATISTICS = ("share_net", "net_balance", "share_part", "mean")
"""What a derived item may be; `share_part` and `mean` are for the structure of a sample only."""
