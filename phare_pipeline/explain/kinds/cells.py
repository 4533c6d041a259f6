"""Shows the cells of the sources under a figure, and reads their text again on its own.

The readers of `sources` made a number of each text; here a few lines say what it must be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from phare_pipeline.explain.reading.state import State
from phare_pipeline.explain.rendering.tree import Step, absent, plain
from phare_pipeline.registry.model import Measure
from phare_pipeline.sources.catalogue import Source
from phare_pipeline.sources.cells import clean
from phare_pipeline.sources.corrections import Correction
from phare_pipeline.sources.sums import PLUS
from phare_pipeline.sources.values import ZERO
from phare_pipeline.sources.weights import PER, TIMES

Cell = Mapping[str, Any]

STATUSES_FR = {
    "observed": "observé",
    "estimated": "estimé",
    "provisional": "provisoire",
    "not_available": "non disponible",
    "confidential": "secret statistique",
    "not_applicable": "sans objet",
}
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


def reread(text: str) -> float | None:
    """Return the number that the text of a cell begins with, or the sum or product that it writes.

    Spaces group digits, comma and point are both decimal marks; what follows the number is a flag
    of the producer. None when there is no number. A blank part of a sum is none of what is counted.
    """
    if PLUS in text:
        terms = [reread(part) for part in text.split(PLUS) if part.strip()]
        present = [term for term in terms if term is not None]
        return sum(present) if len(present) == len(terms) else None
    if TIMES in text:
        product, _, per = text.partition(PER)
        factors = [reread(part) for part in product.split(TIMES)]
        known = [factor for factor in factors if factor is not None]
        return prod(known) / float(per) if len(known) == len(factors) else None
    found = _NUMBER.match(_SPACES.sub("", text).replace("\u2212", "-"))
    return float(found.group().replace(",", ".")) if found else None


def expected_value(
    raw_text: str, factor: float, correction: Correction | None, reading: FileReading
) -> float | None:
    """Return the figure that a cell stands for.

    Args:
        raw_text: the cell as the producer wrote it.
        factor: by which the measure multiplies its cells.
        correction: applied to the cell, if any.
        reading: how the texts of the file are to be taken.
    """
    if correction is not None:
        return None if correction.replacement is None else correction.replacement * factor
    if reading.counts_rows:
        return float(bool(raw_text)) * factor
    value = reread(raw_text)
    if value is None and clean(raw_text) in reading.zeros:
        return 0.0
    return None if value is None else value * factor


@dataclass(frozen=True)
class FileReading:
    """How the texts of a file are to be taken, beyond plain numbers.

    Attributes:
        counts_rows: the file lists things, a row each, and a territory it does not name has none.
        zeros: the texts by which it writes zero.
    """

    counts_rows: bool
    zeros: frozenset[str]


def file_reading(source: Source, path: str) -> FileReading:
    """Return how a source declares the texts of one of its files."""
    file = next(file for file in source.files if file.path == path)
    options = source.options_of(file)
    tables = [options, *options.get("blocks", ())]
    zeros = {
        clean(text)
        for table in tables
        for text, meaning in table.get("missing", {}).items()
        if meaning == ZERO
    }
    # A territory that an open list does not name has none, and no text.
    if options.get("absent") == ZERO:
        zeros.add("")
    return FileReading(
        counts_rows=any(table.get("count") == "rows" for table in tables), zeros=frozenset(zeros)
    )


def cell_step(cell: Cell, measure: Measure, state: State) -> Step:
    """Return one cell with its place, its text and its file."""
    source = state.sources[cell["source_id"]]
    measure = measure.reading_of(cell["data_year"])
    file = next(file for file in source.files if file.path == cell["origin_file"])
    correction = state.corrections.get(cell["correction_id"] or "")
    text = cell["raw_text"]
    value = absent(cell["value"])
    reading = file_reading(source, file.path)
    facts = [
        (_text_name(text), f"« {text} »" if text else "absent de la liste"),
        ("fichier", f"raw/{file.path} (sha256 {file.sha256})"),
        ("extrait de", f"{file.origin_title} (sha256 {file.origin_sha256})"),
    ]
    status = STATUSES_FR[cell["value_status"]]
    if status != STATUSES_FR["observed"]:
        facts.append(("statut", status))
    if correction is not None:
        facts += [
            ("correction", f"{correction.correction_id}, décidée le {correction.decided_on}"),
            ("raison", correction.reason_fr),
            ("preuve", correction.evidence_fr),
        ]
    return Step(
        label=_place(cell),
        value=plain(value),
        number=value,
        formula="" if reading.counts_rows else _product(text, measure.factor, value),
        facts=tuple(facts),
    )


def source_facts(source: Source) -> tuple[tuple[str, str], ...]:
    """Return who publishes a source, under which title and licence, where."""
    facts = [
        ("source", f"{source.title} ({source.producer})"),
        ("millésime", f"{source.vintage}, géographie {source.geography_year}"),
        ("licence", source.licence),
        ("adresse", source.address),
    ]
    return tuple(facts + ([("note de la source", source.note_fr)] if source.note_fr else []))


def series_facts(measure: Measure, year: int, state: State) -> tuple[tuple[str, str], ...]:
    """Return where a measure of a year is read: its source, and its series if others have it too.

    The series is named where a measure has several, with the years and the reason.
    """
    reading = measure.reading_of(year)
    facts = source_facts(state.sources[reading.source_id])
    if not measure.others:
        return facts
    series = f"« {' + '.join(reading.series)} »"
    if reading.span is None:
        spans = ", ".join(f"{o.first_period} à {o.last_period}" for o in measure.others)
        return (*facts, ("série", f"{series} ; lue ailleurs de {spans}"))
    years = f"{reading.span.first_period} à {reading.span.last_period}"
    return (*facts, ("série", f"{series}, de {years} : {reading.span.note_fr}"))


def _place(cell: Cell) -> str:
    parts = [f"feuille « {cell['origin_sheet']} »"] if cell["origin_sheet"] else []
    parts += [f"ligne {int(cell['origin_line'])}", f"colonne {cell['origin_column']}"]
    item = f" ({cell['item']})" if cell["item"] else ""
    return f"{', '.join(parts)}{item}"


def _text_name(text: str) -> str:
    count = len(text.split(PLUS))
    return "texte de la cellule" if count == 1 else f"textes des {count} cellules additionnées"


def _product(text: str, factor: float, value: float | None) -> str:
    if value is None or factor == 1:
        return ""
    product = f"({text})" if PLUS in text else text
    return f"{product} × {plain(factor)} = {plain(value)}"
