"""One row of survey results, wherever it comes from: printed in a report or computed from answers.

How a row is filled belongs in `published.canonical` or in `computed`; what may be shown of it in
`disclosure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ResultKey = tuple[str, str, str, str, str]

SOURCE_MARKS = {"s": "secret statistique", "secret": "secret statistique", "n.d.": "non disponible"}
"""What a source prints instead of a figure that it does not give."""


class Provenance(StrEnum):
    """Where a figure comes from."""

    PUBLISHED = "published"
    COMPUTED = "computed"


class ErrorKind(StrEnum):
    """What a standard error rests on.

    COMPUTED: on the answers and their weights. SIMPLE_RANDOM: on the printed base, as if it had
    been drawn at random with equal weights, the design being unknown. UPPER_BOUND: on the largest
    variance that the printed figures allow. NONE: there is none.
    """

    COMPUTED = "computed"
    SIMPLE_RANDOM = "simple_random"
    UPPER_BOUND = "upper_bound"
    NONE = "none"


class Reliability(StrEnum):
    """What the unweighted base says: 100 and more, 30 to 99, under 30, or nothing known."""

    SUFFICIENT = "sufficient"
    FRAGILE = "fragile"
    INSUFFICIENT = "insufficient"
    UNKNOWN = "unknown"


class Disclosure(StrEnum):
    """Whether a figure is shown, or the first reason why it is not."""

    SHOWN = "shown"
    NO_VALUE = "no_value"
    SOURCE = "suppressed_by_source"
    SMALL_BASE = "small_base"
    UNKNOWN_BASE = "unknown_base"
    SMALL_CELL = "small_cell"
    DOMINANT_UNIT = "dominant_unit"
    SECONDARY = "secondary"


@dataclass(frozen=True)
class Result:
    """One figure: actor × area × question × item × segment × statistic, of one study.

    A field that does not apply, or that a source does not give, is None; `reason_fr` says why a
    value is not shown, `error_note_fr` why there is no error or what it assumes.

    Attributes:
        area_id: where it holds; a super-region is never one of its regions.
        band: what the statistic counts ("8-10"); empty where it counts no band.
        unit: "%", "note" or "points"; all figures of the row but base and p are in it.
        value: unrounded when computed, as printed when published; None when the source has none.
        base_n: unweighted respondents, don't-knows included; the n of every threshold.
        base_n_answered: those of them who gave an answer.
        universe_n: how many the base stands for.
        n_eff: (Σw)²/Σw²; None where weights are unknown.
        se: standard error, of the kind `error_kind`.
        national_value: of the same study, question, item and statistic.
        diff: value − national_value.
        test: an `Outcome` of `significance`, against everybody else.
        p_adj: p_value adjusted within its question and area.
        value_public: what may be shown, rounded once; None when `disclosure` is not "shown".
        base_public: the base that may be shown; None when it is unknown or would tell a secret.
        answered_public: those of them who answered, where that may be shown.
        shows_test: False where the test beside a shown value would tell a secret.
        value_printed: as the report prints it; empty for a computed figure.
        largest_share: of an amount, the share (0 … 1) of its largest unit; None elsewhere.
        source_label: suppression mark of the source (s, n.d., secret), empty without one.
        origin_file: path below `raw/surveys/`.
    """

    study_id: str
    actor: str
    area_id: str
    question_id: str
    item_code: str
    segment_id: str
    statistic: str
    band: str
    unit: str
    provenance: Provenance
    value: float | None
    base_n: int | None = None
    base_n_answered: int | None = None
    universe_n: int | None = None
    n_eff: float | None = None
    se: float | None = None
    moe95: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    error_kind: ErrorKind = ErrorKind.NONE
    error_note_fr: str = ""
    national_value: float | None = None
    diff: float | None = None
    test: str = ""
    p_value: float | None = None
    p_adj: float | None = None
    reliability: Reliability = Reliability.UNKNOWN
    disclosure: Disclosure = Disclosure.SHOWN
    value_public: float | None = None
    base_public: int | None = None
    answered_public: int | None = None
    shows_test: bool = True
    reason_fr: str = ""
    largest_share: float | None = None
    source_label: str = ""
    is_synthetic: bool = False
    value_printed: str = ""
    confidence: str = "certain"
    slide: int | None = None
    support: str = ""
    origin_file: str = ""
    origin_line: int | None = None
    note_fr: str = ""

    @property
    def key(self) -> ResultKey:
        """What no two rows of a study share: question, item, area, segment, statistic."""
        return self.question_id, self.item_code, self.area_id, self.segment_id, self.statistic

    @property
    def is_shown(self) -> bool:
        """True when `value_public` is given."""
        return self.disclosure is Disclosure.SHOWN
