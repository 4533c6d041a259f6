"""Carry the published figures of the 2016 surveys from tables typed off the report into `raw/`.

Development tool only: the pipeline never runs it. It names everything by the codebook's ids, keeps
every value as it stands, takes the printed form of a figure from the text of the report, and pins
the two files it writes. What a figure means is said by the codebook; nothing is corrected here.

Usage: python tools/carry_surveys.py FOLDER_OF_TABLES
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import tomlkit

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.survey.codebook import WHOLE, Codebook, Derived, Item, Option, load_codebook
from phare_pipeline.survey.published import RESULT_COLUMNS, SAMPLE_STRUCTURE_COLUMNS

SURVEYS = Path(__file__).resolve().parent.parent / "raw" / "surveys"
STUDY = SURVEYS / "codebooks" / "phare-2016"

Cells = Mapping[str, str]

ID_SUFFIX = " (id absent du deck)"
SUPPORTS = {
    "chart": "chart",
    "chart (synthesis infographic)": "synthesis",
    "narrative": "text",
}
CONFIDENCES = {"certain": "certain", "inferred from order": "inferred", "ambiguous": "ambiguous"}
UNITS = {"%": "%", "note /10": "note", "points": "points"}
# Pages with a line of base under their chart; elsewhere a base comes from the pages of method.
PAGES_WITH_BASE = frozenset({15, 16, 17, 30, 31, 33, 38, 39, 41, 42, 43, 44, 45, 46, 47, 50})

SWAPPED = "Les séries régionale et nationale de « tout à fait + plutôt » peuvent être interverties"
Q18_ORDER = "Page 47, valeurs nationales dans l’ordre imprimé : 52, 52, 31, 6, 5, 29, 4"
Q13_ORDER = "Page 39 : « 29 » et « 67 » imprimés ensemble"
NOTES = {
    "": "",
    "checked: bands+NSP = 99..101": "Bandes et NSP font de 99 à 101",
    "cross-checked with the domain pages 19-27": "Identique aux pages 19 à 27",
    "checked: 3 bands = 99..101": "Les trois bandes font de 99 à 101",
    "checked: 3 bands = 100 exactly": "Les trois bandes font 100",
    "series identity inferred (legend NSP; unsorted series near 25%)": (
        "Série reconnue par sa légende (NSP) et son ordre"
    ),
    "first 4 items confirmed by slide 63 (49/46/42/40)": "Quatre premiers confirmés page 63",
    "sorted; repeated on slide 52": "Série triée, répétée page 52",
    "series identity inferred: <= top2 everywhere": (
        "Série reconnue : partout au plus égale à « fort + très fort »"
    ),
    "which pie is national settled by slide 67: 70% des citoyens HdF": (
        "La page 67 dit quel camembert est régional"
    ),
    "shown as significantly higher than ensemble (public spécifique)": (
        "Donné comme significativement supérieur à l’ensemble"
    ),
    "sorted; repeated on slide 54; column sums to 302 (expected <=300 + rounding)": (
        "Série triée, répétée page 54"
    ),
    "series sums to 100; <= total everywhere": "La série fait 100",
    "first 3 items confirmed by slide 63 (46/38/19)": "Trois premiers confirmés page 63",
    "national value of this slide is an image (not in the text)": (
        "La valeur nationale de cette page est une image"
    ),
    "checked: en place + intention = total; total + ni = 100": "Les parts font 100",
    "65% régional confirmed by slide 55": "Le 65 % régional est confirmé page 55",
    "47% régional confirmed by slide 55": "Le 47 % régional est confirmé page 55",
    "all four confirmed by slide 56 text": "Confirmé par le texte de la page 56",
    'text order "29%67%": 67 can only be mécénat': f"{Q13_ORDER} ; 67 ne peut être que le mécénat",
    'text order "29%67%"': Q13_ORDER,
    'text order "25%26%": innovation/coopération = 25 or 26': (
        "Page 39 : 25 et 26 imprimés ensemble, l’un ou l’autre"
    ),
    "sorted series": "Série triée",
    "top 3 confirmed by slide 56 (consolider, aide matérielle, effet de levier)": (
        "Trois premiers confirmés page 56"
    ),
    'identity by exclusion: last item 62 > 60 so it cannot be "tout à fait"': (
        "Série reconnue par exclusion"
    ),
    "<= top2 everywhere": "Partout au plus égal à « tout à fait + plutôt »",
    "identity by exclusion: 41 > 34 on the last item": "Série reconnue par exclusion",
    "confirmed by slide 58 text": "Confirmé par le texte de la page 58",
    "all four confirmed by slide 58 text": "Confirmé par le texte de la page 58",
    "all four confirmed by slide 59 text": "Confirmé par le texte de la page 59",
    "sorted; top 3 confirmed by slide 59 text": "Trois premiers confirmés page 59",
    "first and third series could be swapped (region top2 vs national top2); slide 41 order is "
    "region, top1, national": SWAPPED,
    "first and third series could be swapped (region top2 vs national top2)": SWAPPED,
    "sorted; 64 and 51 confirmed by slide 59 text": "64 et 51 confirmés page 59",
    "60 and 32 confirmed by slide 59 text": "60 et 32 confirmés page 59",
    "printed order: 52 52 31 6 5 29 4": Q18_ORDER,
    "= développer - diminuer (checked)": "Égal à développer − diminuer",
    "Q21 46-8=+38 matches the printed balance": "46 − 8 = 38, solde imprimé",
    "Q22 45-3=+42: slide prints +28, slide 59 text says +42": (
        "45 − 3 = 42, mais la page imprime +28 et la page 59 +42"
    ),
    "= 46-8 (checked)": "Égal à 46 − 8",
    "INCONSISTENT: bars give 45-3=+42 and slide 59 text says +42": (
        "Contredit par les barres (45 − 3 = 42) et par la page 59 (+42)"
    ),
    "only source of Q20 in the deck (slide 33 shows the wrong chart); sorted list paired in order; "
    "sum 285": "Seule source, la page 33 montrant un autre graphique ; liste triée, somme 285",
    "question id and wording not shown for associations": "Ni numéro ni libellé de question",
    "by analogy with slide 63 order": "Par analogie avec l’ordre de la page 63",
    "candidate; could not be cross-checked": "Attribution possible, sans recoupement",
    "only national value left for entreprises/emploi": "Seule valeur nationale restante",
    "29 or 27": "29 ou 27",
    "38% confirmed by slide 67": "38 % confirmé page 67",
    "37% confirmed by slide 67": "37 % confirmé page 67",
    "38+38+24=100": "38 + 38 + 24 = 100",
    "37+5+58=100": "37 + 5 + 58 = 100",
}
SAMPLE_NOTES = {
    "": "",
    "quota": "Quota",
    "stratification: catégorie d’agglomération": "Strate",
    "quota; actifs 58 = CSP+ 23 + CSP- 35": "Quota ; actifs 58 = 23 + 35",
    "9+12+8 = 29 vs ST Oui 28 (rounding)": "9 + 12 + 8 = 29, total imprimé 28 (arrondis)",
    "values printed before all labels; paired top to bottom": (
        "Valeurs imprimées avant les libellés, appariées dans l’ordre"
    ),
    "quota (employeuse / non employeuse); 17% employeuses confirmed slide 55; classes differ from "
    "slide 37 (1-9, 10-249, 250+)": "Quota employeuse ou non ; classes autres que page 37",
    "confirmed by slide 55": "Confirmé page 55",
    "16+14=30 vs printed total 31 (rounding)": "16 + 14 = 30, total imprimé 31 (arrondis)",
    'announced "plusieurs réponses possibles" but sums to exactly 100 -> behaves as single '
    "response": "Annoncée à plusieurs réponses, la série fait 100",
    "quota (taille)": "Quota",
    "confirmed by slide 58": "Confirmé page 58",
    "quota (secteur); services 27 confirmed by slide 58": "Quota ; services confirmés page 58",
}


def code_of(label: str, things: Mapping[str, Item | Option | Derived]) -> str:
    """Find by its label, or by the id itself, what a figure is about; exactly one must fit."""
    found = [code for code, t in things.items() if label in (code, t.label_fr, *t.aliases)]
    if len(found) != 1:
        raise SystemExit(f"{label!r} names {found or 'nothing'} of {list(things)}")
    return found[0]


def printed(line: str, value: str) -> str:
    """Find the printed form of a value on its line of the report."""
    for token in re.findall(r"[+−-]?[0-9]+(?:[.,][0-9]+)? ?%?", line):
        if float(token.rstrip(" %").replace(",", ".").replace("−", "-")) == float(value):
            return str(token).strip()
    raise SystemExit(f"the value {value} is not on its line {line!r}")


def result_row(cells: Cells, deck: list[str], codebook: Codebook) -> list[str]:
    """Rename one published result."""
    actor = cells["actor"]
    question = codebook.questions[cells["question_uid"].removesuffix(ID_SUFFIX)]
    areas = {a.label_fr: a.area_id for a in codebook.areas.values()}
    segments = {s.label_fr: i for (owner, i), s in codebook.segments.items() if owner == actor}
    area_id, segment_id = areas[cells["geo_label"]], segments[cells["segment"]]
    base_n, universe_n = cells["base_n_unweighted"], cells["universe_n"]
    # The tables repeat the size of the whole sample where the base itself is not printed.
    is_national = codebook.areas[area_id].kind == "national"
    if segment_id != WHOLE or (is_national and question.filter is not None):
        base_n = universe_n = ""
    has_base = bool(base_n or universe_n)
    is_on_page = not is_national and int(cells["slide"]) in PAGES_WITH_BASE
    return [
        *(actor, question.question_id),
        code_of(cells["item_label"], {**question.items, **question.derived}),
        *(area_id, segment_id, cells["statistic"], cells["band"], cells["value"]),
        printed(deck[int(cells["source_line"]) - 1], cells["value"]),
        *(UNITS[cells["unit"]], base_n, universe_n),
        ("page" if is_on_page else "method") if has_base else "",
        *(cells["slide"], SUPPORTS[cells["source_kind"]], CONFIDENCES[cells["confidence"]]),
        NOTES[cells["note"]],
    ]


def sample_row(cells: Cells, deck: list[str], codebook: Codebook) -> list[str]:
    """Rename one figure of the structure of a sample."""
    areas = {a.label_fr: a.area_id for a in codebook.areas.values()}
    variables = {(v.actor, v.label_fr): v for v in codebook.variables.values()}
    variable = variables[cells["actor"], cells["variable"]]
    options = () if variable.scale is None else variable.scale.options
    item_code = code_of(
        cells["modality"], {**{o.option_id: o for o in options}, **variable.derived}
    )
    derived = variable.derived.get(item_code)
    return [
        *(cells["actor"], areas[cells["geo_label"]], variable.variable_id, item_code),
        "share" if derived is None else derived.statistic,
        cells["value"],
        printed(deck[int(cells["source_line"]) - 1], cells["value"]),
        *(cells["unit"], cells["slide"], CONFIDENCES[cells["confidence"]]),
        SAMPLE_NOTES[cells["note"]],
    ]


def encode(columns: tuple[str, ...], rows: Iterable[list[str]]) -> bytes:
    """Write a table as the bytes of its CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def read(path: Path) -> list[dict[str, str]]:
    """Read a table as texts."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def carry(seed: Path) -> dict[str, bytes]:
    """Return the results and the sample structure, by kind of file."""
    codebook = load_codebook(STUDY, load_registry())
    deck = (seed / "deck_2016.txt").read_text("utf-8").split("\n")
    results = read(seed / "survey_results_canonical.csv")
    samples = read(seed / "sample_structure.csv")
    return {
        "results": encode(RESULT_COLUMNS, (result_row(c, deck, codebook) for c in results)),
        "sample": encode(
            SAMPLE_STRUCTURE_COLUMNS, (sample_row(c, deck, codebook) for c in samples)
        ),
    }


def write_and_pin(tables: Mapping[str, bytes]) -> None:
    """Write tables where `study.toml` has their kind, and pin them there."""
    study = tomlkit.parse((STUDY / "study.toml").read_text("utf-8"))
    for file in study["files"]:
        content = tables.get(file["kind"])
        if content is not None:
            (SURVEYS / file["path"]).write_bytes(content)
            file["sha256"], file["bytes"] = hashlib.sha256(content).hexdigest(), len(content)
            lines = content.count(b"\n") - 1
            print(f"{file['path']}: {lines} lines, {len(content)} bytes")
    (STUDY / "study.toml").write_text(tomlkit.dumps(study), "utf-8")


if __name__ == "__main__":
    write_and_pin(carry(Path(sys.argv[1])))
