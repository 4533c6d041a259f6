"""Writes the sentences about a domain by rule: value, gap, rank, direction, then every doubt.

No figure is computed here but counts of rows and the choice of the indicators to name.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from phare_pipeline import french
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.reports.cells import IndicatorCells, ScoreCells
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.figures import (
    Figure,
    Label,
    Year,
    count,
    counted,
    listing,
    say,
    sentence,
)

CENTRE = 100
"""France on the scale of the index."""
CLOSE = 1.0
"""Points of the index within which a score is said to be close to France."""
THIN = 4
"""Scored indicators below which a domain's score says little."""
NAMED = 2
"""Indicators that a sentence names."""


def france_is() -> Figure:
    """Return the place of France on the scale of the index."""
    return count(CENTRE, "out_normalised.z")


def stands(area: Area, row: Row, scored: int) -> Markup:
    """Say where a region stands in a domain: direction, score, rank."""
    cells = ScoreCells(area, row)
    assert isinstance(cells.score, Figure)
    subject = french.capitalised(area.subject)
    place = say("avec un indice de {} (France\u00a0=\u00a0{})", cells.score, france_is())
    rank = say(
        "{}\u00a0rang du plus au moins fragile parmi {}",
        cells.rank,
        counted(scored, "dim_region", "région"),
    )
    difference = compared(row["score"]) - CENTRE
    if abs(difference) < CLOSE:
        what = say("{} {} {} de la France", subject, area.be, area.agree("proche"))
    else:
        word = "plus" if difference > 0 else "moins"
        what = say("{} {} {} {} que la France", subject, area.be, word, area.agree("fragile"))
    return sentence(say("{}, {}\u00a0: {}", what, place, rank))


def weighs(edition: Edition, area: Area, rows: Sequence[Row]) -> Markup:
    """Name the indicators that stand out: most fragile first, then the one that is least.

    Only scored indicators whose note is on that side of France are named.
    """
    assert area.code is not None
    noted = [
        (compared(note["z"]), row) for row in rows if (note := scored_note(edition, area.code, row))
    ]
    worst = sorted((n for n in noted if n[0] > CENTRE), key=lambda n: (-n[0], n[1]["indicator_id"]))
    best = sorted((n for n in noted if n[0] < CENTRE), key=lambda n: (n[0], n[1]["indicator_id"]))
    clauses: list[Markup] = []
    if worst:
        named = listing([_named(edition, area, row) for _, row in worst[:NAMED]])
        clauses.append(sentence(say("Ce qui fragilise le plus\u00a0: {}", named)))
    if best:
        named = _named(edition, area, best[0][1])
        lead = "À l’inverse" if worst else "Ce qui protège le plus"
        clauses.append(sentence(say("{}\u00a0: {}", lead, named)))
    return Markup(" ").join(clauses)


def scored_note(edition: Edition, code: str, row: Row) -> Row | None:
    """Return the note of an indicator that enters the index in this edition, else None."""
    note = edition.note(code, row["indicator_id"])
    return note if note is not None and note["score_status"] == "scored" else None


def _named(edition: Edition, area: Area, row: Row) -> Markup:
    """Name an indicator with its value, France, the gap and its rank of fragility."""
    cells = IndicatorCells(area, row, edition.lexicon[row["indicator_id"]]["decimals"])
    label = Label(row["indicator_label"], "dim_indicator.indicator_label")
    return say(
        "«\u00a0{}\u00a0», {} contre {} en France (écart de {}, {}\u00a0rang de fragilité)",
        label,
        cells.value_with_unit,
        cells.france,
        cells.gap,
        cells.fragility_rank,
    )


def doubts(edition: Edition, area: Area, domain: Row) -> list[Markup]:
    """Say why a domain's score must be read with care, one sentence a reason; none for none."""
    assert area.code is not None
    rows = edition.domain_indicators(area.code, domain["domain_id"])
    scored = [row for row in rows if scored_note(edition, area.code, row)]
    found = [
        _few(scored, rows),
        _old(scored, edition.year),
        _flagged(scored, "has_break", "rupture de série", "ruptures de série"),
        _estimated(scored),
        _bounded(edition, area, domain),
    ]
    return [clause for clause in found if clause]


def _few(scored: Sequence[Row], rows: Sequence[Row]) -> Markup:
    if not scored or len(scored) >= THIN:
        return Markup()
    word = french.plural(len(scored), "seul indicateur noté", "indicateurs notés seulement")
    return sentence(
        say(
            "Note fragile\u00a0: {} {}, sur {} au registre",
            count(len(scored), "out_normalised"),
            word,
            count(len(rows), "out_indicators"),
        )
    )


def _old(scored: Sequence[Row], year: int) -> Markup:
    old = [row for row in scored if row["is_stale"]]
    if not old:
        return Markup()
    verb = french.plural(len(old), "est antérieur", "sont antérieurs")
    return sentence(
        say(
            "{} {} à l’édition, le plus ancien de {}",
            _part(old, scored),
            verb,
            Year(min(row["data_year"] for row in old)),
        )
    )


def _part(some: Sequence[Row], scored: Sequence[Row]) -> Markup:
    """Write « 3 des 8 indicateurs notés », or « tous » and « le seul » when it is all of them."""
    if len(some) == len(scored):
        if len(some) == 1:
            return Markup("Le seul indicateur noté")
        return say("Les {} indicateurs notés", count(len(some), "out_normalised"))
    several = counted(len(scored), "out_normalised", "indicateur noté", "indicateurs notés")
    return say("{} des {}", count(len(some), "out_indicators"), several)


def _flagged(scored: Sequence[Row], column: str, one: str, several: str) -> Markup:
    flagged = [row for row in scored if row[column]]
    if not flagged:
        return Markup()
    labels = [Label(row["indicator_label"], "dim_indicator.indicator_label") for row in flagged]
    named = [say("«\u00a0{}\u00a0»", label) for label in labels[:NAMED]]
    words = french.capitalised(french.plural(len(flagged), one, several))
    if len(flagged) > NAMED:
        named.append(counted(len(flagged) - NAMED, "out_indicators", "autre"))
    return sentence(say("{}\u00a0: {}", words, listing(named)))


def _estimated(scored: Sequence[Row]) -> Markup:
    kinds = (("estimated", "estimé", "estimés"), ("provisional", "provisoire", "provisoires"))
    clauses = []
    for status, one, several in kinds:
        some = [row for row in scored if row["value_status"] == status]
        if some:
            verb = french.plural(len(some), f"est {one}", f"sont {several}")
            clauses.append(sentence(say("{} {}", _part(some, scored), verb)))
    return Markup(" ").join(clauses)


def _bounded(edition: Edition, area: Area, domain: Row) -> Markup:
    row = edition.score(str(area.code), "domain", domain["domain_id"])
    if row is None or row["score"] is None or row["score_low"] == row["score_high"]:
        return Markup()
    low, high = ScoreCells(area, row).bounds
    return sentence(
        say("Selon les valeurs manquantes, l’indice pourrait aller de {} à {}", low, high)
    )
