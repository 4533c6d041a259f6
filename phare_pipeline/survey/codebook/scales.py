"""Reads what answers are coded with and counted by: scales, bands and derived figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from phare_pipeline.survey.codebook.model import Band, Derived, Option, Scale
from phare_pipeline.survey.codebook.rows import CODE, ID, CodebookRow, Tables, add_once
from phare_pipeline.survey.codebook.vocabulary import (
    DERIVED_STATISTICS,
    STATISTICS,
    OptionKind,
    QuestionType,
)

OPTION_COLUMNS = ("scale_id", "option_id", "code", "label_fr", "aliases", "kind", "is_positive")
DERIVED_COLUMNS = (
    *("uid", "item_code", "label_fr", "aliases", "statistic", "plus", "minus", "part_of"),
)
BAND_COLUMNS = ("actor", "type", "statistic", "label_fr", "codes")


def read_scales(tables: Tables) -> dict[str, Scale]:
    """Read the scales, each with its options in the order of the table.

    Raises:
        CodebookError: a code with two meanings, an option given twice, a positive missing.
    """
    found: dict[str, dict[str, Option]] = {}
    for row in tables.rows("options.csv", OPTION_COLUMNS):
        options = found.setdefault(row.matching("scale_id", ID, "a snake_case id"), {})
        option = Option(
            option_id=row.matching("option_id", ID, "a snake_case id"),
            code=row.matching("code", CODE, "letters, digits and _"),
            label_fr=row.text("label_fr"),
            aliases=row.aliases(),
            kind=OptionKind(row.one_of("kind", [kind.value for kind in OptionKind])),
            is_positive=row.boolean("is_positive"),
        )
        if option.code in {other.code for other in options.values()}:
            raise row.error("code", "a code has two meanings", expected="a code of its own")
        if option.is_positive and option.kind is not OptionKind.ANSWER:
            raise row.error("is_positive", "a missing answer counts as positive", expected="false")
        add_once(options, option.option_id, option, row, "option_id")
    return {scale_id: Scale(scale_id, tuple(o.values())) for scale_id, o in found.items()}


def read_bands(tables: Tables, actors: Collection[str]) -> dict[tuple[str, str], dict[str, Band]]:
    """Bands by actor and type of question, as the actor's questions of that type share them."""
    found: dict[tuple[str, str], dict[str, Band]] = {}
    banded = [name for name, statistic in STATISTICS.items() if statistic.has_band]
    for row in tables.rows("bands.csv", BAND_COLUMNS):
        actor = row.one_of("actor", actors)
        kind = QuestionType(row.one_of("type", [kind.value for kind in QuestionType]))
        statistic = row.one_of("statistic", banded)
        if kind not in STATISTICS[statistic].types:
            raise row.error(
                "statistic",
                f"a {kind.value} question has no such statistic",
                expected=" or ".join(sorted(STATISTICS[statistic].types)),
            )
        band = Band(statistic, row.text("label_fr"), row.words("codes"))
        if not band.codes:
            raise row.error("codes", "a band of no code", expected="codes separated by blanks")
        bands = found.setdefault((actor, kind.value), {})
        add_once(bands, statistic, band, row, "statistic")
    return found


def read_derived(
    rows: Iterable[CodebookRow], uid: str, scale: Scale | None, taken: Collection[str]
) -> dict[str, Derived]:
    """The derived figures of one question or variable."""
    options = [] if scale is None else [o.option_id for o in scale.options]
    found: dict[str, Derived] = {}
    for row in rows:
        if row.cells["uid"] != uid:
            continue
        derived = Derived(
            item_code=row.matching("item_code", ID, "a snake_case id"),
            label_fr=row.text("label_fr"),
            aliases=row.aliases(),
            statistic=row.one_of("statistic", DERIVED_STATISTICS),
            plus=row.words("plus", options),
            minus=row.words("minus", options),
            part_of=row.one_of("part_of", ("", *options)) or None,
        )
        if derived.item_code in taken:
            raise row.error("item_code", "the id of an item or option", expected="an id of its own")
        _check_derived(row, derived)
        add_once(found, derived.item_code, derived, row, "item_code")
    return found


def _check_derived(row: CodebookRow, derived: Derived) -> None:
    is_balance = derived.statistic == "net_balance"
    is_sum = is_balance or derived.statistic == "share_net"
    if is_sum != bool(derived.plus):
        raise row.error("plus", "a sum without its parts, or parts of no sum", expected="options")
    if is_balance != bool(derived.minus):
        raise row.error("minus", "only a balance subtracts", expected="options of a balance")
    if (derived.statistic == "share_part") != (derived.part_of is not None):
        raise row.error("part_of", "a part needs its whole", expected="an option for share_part")
    if set(derived.plus) & set(derived.minus):
        raise row.error("minus", "an option is added and subtracted", expected="one of the two")
