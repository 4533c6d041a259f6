"""Rules between the report's own figures: page and page, region and France, line and block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from phare_pipeline.survey.consistency.figures import Cells, cells_of
from phare_pipeline.survey.consistency.findings import (
    Finding,
    Rule,
    Severity,
    number_fr,
    place_of,
    places_of,
)
from phare_pipeline.survey.consistency.units import interval_of
from phare_pipeline.survey.published.figures import PrintedFigure
from phare_pipeline.survey.published.precision import Interval
from phare_pipeline.survey.published.study import PublishedStudy

FAR = 3.0
REGIONS = 13


def figure_one_value(study: PublishedStudy) -> Iterator[Finding]:
    """A figure has one value on all pages, within the rounding of each."""
    by_column: dict[tuple[str, str], list[PrintedFigure]] = defaultdict(list)
    for figure in study.figures:
        if figure.figure_id and figure.value is not None:
            by_column[figure.figure_id, figure.column].append(figure)
    for (figure_id, column), group in by_column.items():
        unit = study.definitions[figure_id].unit if column in ("region", "france") else "%"
        for other in group[1:]:
            if not interval_of(group[0], unit).meets(interval_of(other, unit)):
                yield Finding(
                    "figure_one_value",
                    Severity.HIGH,
                    f"{figure_id} · {column}",
                    f"{group[0].value_printed} page {group[0].slide}, mais {other.value_printed} "
                    f"page {other.slide}",
                    "Demander lequel est juste ; ne publier ni l’un ni l’autre d’ici là",
                    (place_of(other), place_of(group[0])),
                )


def share_of_france(study: PublishedStudy) -> Iterator[Finding]:
    """A share of France is region / France, within the rounding of all three."""
    cells = cells_of(study)
    for (figure_id, column, slide), share in cells.items():
        region, france = (cells.get((figure_id, c, slide)) for c in ("region", "france"))
        definition = study.definitions[figure_id]
        if column != "share_of_france" or definition.nature not in ("stock", "count"):
            continue
        if region is None or france is None or share.value is None:
            continue
        if region.value is None or not france.value:
            continue
        own, whole = (interval_of(figure, definition.unit) for figure in (region, france))
        if whole.low > 0 and not (own / whole).times(100.0).meets(interval_of(share, "%")):
            found = 100.0 * region.value / france.value
            yield Finding(
                "share_of_france",
                Severity.HIGH,
                figure_id,
                f"Part de la France imprimée {share.value_printed}, alors que "
                f"{region.value_printed} / {france.value_printed} = {number_fr(found, 1)}\u202f%",
                "Corriger la part imprimée",
                (place_of(share), place_of(region), place_of(france)),
            )


def share_of_rate(study: PublishedStudy) -> Iterator[Finding]:
    """A rate has no share of France: only what adds up has one."""
    groups: dict[int, list[PrintedFigure]] = defaultdict(list)
    for figure in study.figures:
        definition = study.definitions.get(figure.figure_id)
        is_share = figure.column == "share_of_france" and bool(figure.value_printed)
        if definition is not None and is_share and definition.nature in ("rate", "ratio"):
            groups[figure.slide].append(figure)
    for slide, group in groups.items():
        yield Finding(
            "share_of_rate",
            Severity.LOW,
            ", ".join(figure.figure_id for figure in group),
            f"Page {slide} : une « part de la France » est donnée pour des taux ; elle ne peut "
            "être que celle d’un effectif, ou un taux mis dans la mauvaise colonne",
            "Nommer l’effectif dont c’est la part, ou déplacer le taux",
            places_of(group),
        )


def ratio_far(study: PublishedStudy) -> Iterator[Finding]:
    """A rate or ratio of a region is not three times, or a third of, that of the country."""
    cells = cells_of(study)
    for (figure_id, column, slide), region in cells.items():
        france = cells.get((figure_id, "france", slide))
        if column != "region" or france is None or not region.value or not france.value:
            continue
        if study.definitions[figure_id].nature not in ("rate", "ratio"):
            continue
        times = region.value / france.value
        if times > FAR or times < 1.0 / FAR:
            yield Finding(
                "ratio_far",
                Severity.MEDIUM,
                figure_id,
                f"{region.value_printed} pour la région et {france.value_printed} pour la France : "
                "un rapport ne s’écarte guère autant, sauf si l’un des deux est une somme de "
                "rapports ou a perdu sa virgule",
                "Demander le calcul ; ne pas publier d’ici là",
                (place_of(region), place_of(france)),
            )


def rank_direction(study: PublishedStudy) -> Iterator[Finding]:
    """Ranks say which end is fragile: by decreasing value alone, good and bad ends look alike."""
    cells = cells_of(study)
    ranks = [f for f in study.figures if f.column == "rank" and f.value is not None and f.figure_id]
    for slide in sorted({figure.slide for figure in ranks}):
        own = [figure for figure in ranks if figure.slide == slide]
        proof = next((f for f in own if _runs_downwards(f, cells)), None)
        turned = [f for f in own if study.definitions[f.figure_id].direction < 0]
        worse = [f for f in own if study.definitions[f.figure_id].direction > 0]
        if proof is not None and turned and worse:
            first = turned[0]
            yield Finding(
                "rank_direction",
                Severity.LOW,
                ", ".join(figure.figure_id for figure in turned),
                f"Page {slide} : les rangs vont par valeur décroissante ({proof.figure_id} est au "
                f"rang {proof.value_printed}) ; pour {first.figure_id}, au rang "
                f"{first.value_printed}, c’est l’autre bout qui est fragile",
                "Donner à chaque rang son sens de fragilité",
                places_of([*turned, proof]),
            )


def _runs_downwards(rank: PrintedFigure, cells: Cells) -> bool:
    """A region above the country and in the first half: rank 1 is the highest value."""
    region = cells.get((rank.figure_id, "region", rank.slide))
    france = cells.get((rank.figure_id, "france", rank.slide))
    if region is None or france is None or region.value is None or france.value is None:
        return False
    return region.value > france.value and (rank.value or 0) <= REGIONS / 2


def block_shares(study: PublishedStudy) -> Iterator[Finding]:
    """Shares of a block are of its main lines: a line already counted in another adds nothing."""
    blocks: dict[tuple[int, str], dict[str, PrintedFigure]] = defaultdict(dict)
    shares: dict[tuple[int, str], list[PrintedFigure]] = defaultdict(list)
    for figure in study.figures:
        definition = study.definitions.get(figure.figure_id)
        if definition is None or figure.value is None:
            continue
        if figure.column == "region":
            blocks[figure.slide, definition.block][figure.figure_id] = figure
        elif figure.column == "share_of_block":
            shares[figure.slide, definition.block].append(figure)
    for (slide, block), group in shares.items():
        lines = blocks[slide, block]
        main = [f for i, f in lines.items() if study.definitions[i].part_of is None]
        wrong = [f for f in group if not _is_share(f, lines, main)]
        if not wrong:
            continue
        every = list(lines.values())
        is_double = all(_is_share(f, lines, every) for f in wrong)
        total, counted = (sum(f.value or 0.0 for f in group) for group in (main, every))
        first = wrong[0]
        right = 100.0 * (lines[first.figure_id].value or 0.0) / total
        yield Finding(
            "block_shares",
            Severity.HIGH,
            block,
            f"Page {slide} : {first.figure_id} fait {number_fr(right, 1)}\u202f% de "
            f"{number_fr(total)} et non {first.value_printed}"
            + (f" ; les parts sont calculées sur {number_fr(counted)}, où les lignes « dont » "
               "comptent deux fois" if is_double else ""),
            "Recalculer les parts sur les lignes principales",
            places_of([*wrong, *every]),
        )  # fmt: skip


def _is_share(
    share: PrintedFigure, lines: dict[str, PrintedFigure], of: list[PrintedFigure]
) -> bool:
    own = lines.get(share.figure_id)
    total = sum(line.value or 0.0 for line in of)
    if own is None or own.value is None or total <= 0:
        return True
    found = 100.0 * own.value / total
    return interval_of(share, "%").meets(Interval(found, found))


RULES = (
    Rule("figure_one_value", "Un indicateur a une seule valeur", figure_one_value),
    Rule("share_of_france", "Part de la France = région / France", share_of_france),
    Rule("share_of_rate", "Un taux n’a pas de part de la France", share_of_rate),
    Rule("ratio_far", "Un rapport régional est proche du national", ratio_far),
    Rule("rank_direction", "Un rang a un sens de fragilité", rank_direction),
    Rule("block_shares", "Les parts d’un tableau sont de ses lignes principales", block_shares),
)
