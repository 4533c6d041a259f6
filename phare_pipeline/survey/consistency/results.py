"""Rules on the results of one question: what adds up, what is a part of what, what is possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from phare_pipeline.survey.codebook import (
    NOTE_BANDS,
    OptionKind,
    Question,
    QuestionType,
)
from phare_pipeline.survey.consistency.findings import (
    Finding,
    Rule,
    Severity,
    number_fr,
    place_of,
    places_of,
)
from phare_pipeline.survey.published.canonical import largest_variance
from phare_pipeline.survey.published.precision import half_unit
from phare_pipeline.survey.published.results import PublishedResult
from phare_pipeline.survey.published.study import PublishedStudy

MANY_DONT_KNOW = 25.0

# In a block of one area and segment: (item, statistic) → figure.
Block = Mapping[tuple[str, str], PublishedResult]


def blocks(study: PublishedStudy) -> Iterator[tuple[Question, str, Block]]:
    """Yield the figures of each question, area and segment, with a name for the block."""
    found: dict[tuple[str, str, str], dict[tuple[str, str], PublishedResult]] = defaultdict(dict)
    for figure in study.results:
        if not figure.source_label:
            block = found[figure.question_id, figure.area_id, figure.segment_id]
            block[figure.item_code, figure.statistic] = figure
    for (question_id, area_id, segment_id), block in found.items():
        name = f"{question_id} · {area_id} · {segment_id}"
        yield study.codebook.questions[question_id], name, block


def _bands(study: PublishedStudy) -> Iterator[tuple[str, Block, str, list[PublishedResult]]]:
    """Yield the notes of each item: what they are called, their block, the item, the bands."""
    for question, name, block in blocks(study):
        if question.type is QuestionType.NOTE:
            for item in question.items:
                bands = [block[item, s] for s in NOTE_BANDS if (item, s) in block]
                yield f"{name} · {item}", block, item, bands


def bands_sum(study: PublishedStudy) -> Iterator[Finding]:
    """Bands of a note, with don't-knows where printed, make 100 %."""
    for name, block, item, bands in _bands(study):
        if len(bands) == len(NOTE_BANDS):
            nsp = [block[item, "share_nsp"]] if (item, "share_nsp") in block else []
            yield from _hundred("bands_sum", name, [*bands, *nsp])


def bands_complete(study: PublishedStudy) -> Iterator[Finding]:
    """Bands of a note come together; the highest may be cited alone, the others never are."""
    for name, _, _, bands in _bands(study):
        absent = [s for s in NOTE_BANDS if s not in {band.statistic for band in bands}]
        if absent and any(band.statistic != NOTE_BANDS[-1] for band in bands):
            yield Finding(
                "bands_complete",
                Severity.HIGH,
                name,
                f"Il manque {len(absent)} des {len(NOTE_BANDS)} bandes ({', '.join(absent)})",
                "Reprendre la bande manquante dans le tableau d’origine",
                places_of(bands),
            )


def options_sum(study: PublishedStudy) -> Iterator[Finding]:
    """The options of a single choice make 100 %, or less where don't-knows are not printed."""
    for question, name, block in blocks(study):
        if question.type is not QuestionType.SINGLE or question.scale is None:
            continue
        kinds = {o.option_id: o.kind for o in question.scale.options}
        answers = [item for item in question.items if kinds[item] is OptionKind.ANSWER]
        shares = [block[item, "share"] for item in question.items if (item, "share") in block]
        if all((item, "share") in block for item in answers):
            is_whole = len(shares) == len(question.items)
            yield from _hundred("options_sum", name, shares, may_be_less=not is_whole)


def _hundred(
    rule_id: str, subject: str, shares: list[PublishedResult], *, may_be_less: bool = False
) -> Iterator[Finding]:
    """Within 1 point nothing is said; within what rounding explains it is said that it does."""
    total = sum(share.value for share in shares)
    rounding = sum(half_unit(share.value_printed) for share in shares)
    excess = total - 100.0 if may_be_less else abs(total - 100.0)
    if excess <= 1.0:
        return
    is_rounding = excess <= rounding
    yield Finding(
        rule_id,
        Severity.INFO if is_rounding else Severity.HIGH,
        subject,
        f"La somme des parts est {number_fr(total)}\u202f% et non 100\u202f%"
        + (" ; les arrondis suffisent à l’expliquer" if is_rounding else ""),
        "Rien, mais dire que les parts sont arrondies"
        if is_rounding
        else "Reprendre la série dans le tableau d’origine ; ne pas publier ces parts d’ici là",
        places_of(shares),
    )


def part_of_total(study: PublishedStudy) -> Iterator[Finding]:
    """What is cited first is cited at all; "tout à fait" is among "tout à fait + plutôt"."""
    pairs = (("share_first", "share_top3_total"), ("share_top1", "share_top2"))
    for question, name, block in blocks(study):
        for item in question.items:
            for part, whole in pairs:
                if (item, part) in block and (item, whole) in block:
                    first, total = block[item, part], block[item, whole]
                    if first.value > total.value:
                        yield Finding(
                            "part_of_total",
                            Severity.HIGH,
                            f"{name} · {item}",
                            f"La part {number_fr(first.value)}\u202f% dépasse son total "
                            f"{number_fr(total.value)}\u202f%",
                            "Vérifier si les deux séries sont interverties",
                            (place_of(first), place_of(total)),
                        )


def top3_sum(study: PublishedStudy) -> Iterator[Finding]:
    """Three choices make at most 300 %, first choices at most 100 %, and at least 100 % in all."""
    limits = {"share_top3_total": (100.0, 300.0), "share_first": (0.0, 100.0)}
    for question, name, block in blocks(study):
        if question.type is not QuestionType.TOP3:
            continue
        for statistic, (least, most) in limits.items():
            shares = [block[i, statistic] for i in question.items if (i, statistic) in block]
            is_whole = len(shares) == len(question.items)
            total = sum(share.value for share in shares)
            rounding = sum(half_unit(share.value_printed) for share in shares)
            if total > most + rounding or (is_whole and total < least - rounding):
                yield Finding(
                    "top3_sum",
                    Severity.HIGH,
                    f"{name} · {statistic}",
                    f"La colonne fait {number_fr(total)}\u202f%, hors de "
                    f"{number_fr(least)} à {number_fr(most)}\u202f%, arrondis compris",
                    "Vérifier que la colonne est bien celle de cette question",
                    places_of(shares),
                )
            elif total > most:
                yield Finding(
                    "top3_sum",
                    Severity.INFO,
                    f"{name} · {statistic}",
                    f"La colonne fait {number_fr(total)}\u202f% pour {number_fr(most)}\u202f% au "
                    f"plus ; l’arrondi de {len(shares)} lignes explique jusqu’à "
                    f"{number_fr(most + rounding)}\u202f%",
                    "Rien, mais dire que les parts sont arrondies",
                    places_of(shares),
                )


def derived_sum(study: PublishedStudy) -> Iterator[Finding]:
    """A balance is the difference of its parts, a net their sum, within one point of rounding."""
    for question, name, block in blocks(study):
        for code, derived in question.derived.items():
            if (code, derived.statistic) not in block:
                continue
            parts = [*derived.plus, *derived.minus]
            if not all((item, "share") in block for item in parts):
                continue
            printed = block[code, derived.statistic]
            plus = sum(block[item, "share"].value for item in derived.plus)
            minus = sum(block[item, "share"].value for item in derived.minus)
            if abs(printed.value - (plus - minus)) > 1.0:
                sign = f" − {number_fr(minus)}" if derived.minus else ""
                yield Finding(
                    "derived_sum",
                    Severity.HIGH,
                    f"{name} · {code}",
                    f"Imprimé {printed.value_printed}, alors que {number_fr(plus)}{sign} = "
                    f"{number_fr(plus - minus)}",
                    "Recalculer à partir des parts ; ne pas publier le chiffre imprimé",
                    (place_of(printed), *places_of(block[item, "share"] for item in parts)),
                )


def mean_in_bands(study: PublishedStudy) -> Iterator[Finding]:
    """Some answers have the printed mean and the printed shares of bands at once."""
    for question, name, block in blocks(study):
        if question.type is not QuestionType.NOTE:
            continue
        for item in question.items:
            shares = [block[item, s] for s in NOTE_BANDS if (item, s) in block]
            if len(shares) < len(NOTE_BANDS) or (item, "mean") not in block:
                continue
            mean = block[item, "mean"]
            bands = [
                (
                    tuple(int(code) for code in question.bands[share.statistic].codes),
                    share.value,
                    half_unit(share.value_printed),
                )
                for share in shares
            ]
            if largest_variance(mean.value, half_unit(mean.value_printed), bands) is None:
                yield Finding(
                    "mean_in_bands",
                    Severity.HIGH,
                    f"{name} · {item}",
                    f"Aucune réponse ne donne à la fois la moyenne {mean.value_printed} et les "
                    f"bandes {', '.join(share.value_printed for share in shares)}",
                    "Vérifier que moyenne et bandes sont celles du même item",
                    (place_of(mean), *places_of(shares)),
                )


def many_dont_know(study: PublishedStudy) -> Iterator[Finding]:
    """Where more than a quarter do not know, a mean is that of few."""
    for _, name, block in blocks(study):
        many = [
            figure
            for (_, statistic), figure in block.items()
            if statistic == "share_nsp" and figure.value > MANY_DONT_KNOW
        ]
        if many:
            listed = ", ".join(f"{figure.item_code} {figure.value_printed}" for figure in many)
            yield Finding(
                "many_dont_know",
                Severity.LOW,
                name,
                f"Plus d’un quart de « ne sait pas » ({listed}) : les autres chiffres de ces "
                "lignes sont ceux de peu de répondants",
                "Ne pas classer ces items avec les autres sans le dire",
                places_of(many),
            )


RULES = (
    Rule("bands_complete", "Les bandes d’une note sont toutes imprimées", bands_complete),
    Rule("bands_sum", "Les bandes et les NSP font 100 %", bands_sum),
    Rule("options_sum", "Les réponses à un choix unique font 100 %", options_sum),
    Rule("part_of_total", "Une part ne dépasse pas son total", part_of_total),
    Rule("top3_sum", "Trois choix font au plus 300 %", top3_sum),
    Rule("derived_sum", "Un solde est la différence de ses parts", derived_sum),
    Rule("mean_in_bands", "La moyenne est possible avec ses bandes", mean_in_bands),
    Rule("many_dont_know", "Moins d’un quart de NSP", many_dont_know),
)
