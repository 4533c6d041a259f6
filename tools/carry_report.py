"""Carry what the 2016 report prints besides its results: repeats, own figures, claims, labels.

Development tool only: the pipeline never runs it. It names everything by the codebook's ids, keeps
every cell as it is printed, and pins the files it writes. Where the tables typed off the report
have put a printed figure right, the print is restored (`AS_PRINTED`).

Usage: python tools/carry_report.py FOLDER_OF_TABLES
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from carry_surveys import (
    CONFIDENCES,
    ID_SUFFIX,
    STUDY,
    Cells,
    code_of,
    encode,
    printed,
    read,
    write_and_pin,
)

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.survey.codebook import Codebook, Derived, Item, Option, load_codebook
from phare_pipeline.survey.published.claims import CLAIM_COLUMNS, ClaimKind
from phare_pipeline.survey.published.figures import FIGURE_COLUMNS, Definition, read_definitions
from phare_pipeline.survey.published.labels import LABEL_COLUMNS
from phare_pipeline.survey.published.reprints import DIFFERENCE, REPRINT_COLUMNS

IDENTITY = ("slide", "source_line", "question_uid", "item_label", "segment", "geo_label",
            "statistic", "band", "value")  # fmt: skip
SUPPORTS = {"narrative": "text", "chart (synthesis infographic)": "synthesis"}
HEADINGS = {
    (52, "share_band_high"): "Note 8 à 10",
    (52, "share_top2"): "très+assez fort",
    (54, "share_band_high"): "Note 7 à 10",
    (54, "share_top3_total"): "très+assez fort",
    (57, "share_band_high"): "Note 7 à 10",
    (57, "share_top3_total"): "Une priorité – total des 3 choix",
}
# Page 67 speaks of the region: « 95% des responsables associatifs des Hauts-de-France ».
AREAS_CLAIMED = {(67, "nord-est"): "hauts-de-france"}
# Page 63 pairs Mobilité 39% and Dév. éco 29%; the tables pair them as page 57 does.
AS_PRINTED = {
    (63, "entreprises:Q20", "dev_eco", "39"): ("mobilite", "39", "Valeur imprimée sous Mobilité"),
    (63, "entreprises:Q20", "mobilite", "27"): ("dev_eco", "29", "Valeur imprimée sous Dév. éco"),
}
UNATTRIBUTED = "entreprises:q23/Q19"
LABELLED_PAGES = {17, 33, 54, 57}
PAGE_17 = (771, 830)

UNITS_PRINTED = {
    "M€ (not printed)": "",
    "(not printed)": "",
    "% (printed)": "%",
    "milliers (label) / personnes (value)": "milliers",
    "millions": "millions de foyers",
    "% du PIB": "%",
    "?": "",
}
NOT_PRINTED = ("", "-")

# Profile key of the tables → figure and column.
PROFILE = {
    "superficie_km2": ("superficie", "region"),
    "terrains_agricoles_km2": ("terrains_agricoles", "region"),
    "densite_nationale": ("densite", "france"),
    "part_territoire": ("superficie", "share_of_france"),
    "part_terrains_agricoles": ("terrains_agricoles", "share_of_france"),
    "part_population": ("population", "share_of_france"),
    "part_pib": ("pib", "share_of_france"),
    "part_entreprises": ("entreprises", "share_of_france"),
    "part_associations": ("associations", "share_of_france"),
    "part_communes": ("communes", "share_of_france"),
    "population_evolution": ("evolution_population", "region"),
    "inconnu_2125": ("", "region"),
    "univers_ent10": ("entreprises_10_salaries", "region"),
    "univers_ent10_france": ("entreprises_10_salaries", "france"),
    "univers_ent10_part": ("entreprises_10_salaries", "share_of_france"),
    "part_mono": ("part_mono_etablissement", "region"),
    "part_mono_france": ("part_mono_etablissement", "france"),
    "part_multi": ("part_multi_sites", "region"),
    "part_multi_france": ("part_multi_sites", "france"),
    "etab10": ("etablissements_10_salaries", "region"),
    "part_services_france": ("part_services", "france"),
    "perimetre_ent_local": ("perimetre_entreprises_local", "region"),
    "perimetre_ent_regional": ("perimetre_entreprises_regional", "region"),
    "perimetre_ent_national": ("perimetre_entreprises_national", "region"),
    "perimetre_ent_intl": ("perimetre_entreprises_international", "region"),
    "univers_asso_part": ("part_associations_nord_est", "region"),
    "asso_employeuses": ("part_associations_employeuses", "region"),
    "asso_plus10": ("part_employeuses_plus_10", "region"),
    "perimetre_asso_local": ("perimetre_associations_local", "region"),
    "perimetre_asso_régional": ("perimetre_associations_regional", "region"),
    "perimetre_asso_national": ("perimetre_associations_national", "region"),
    "perimetre_asso_intl": ("perimetre_associations_international", "region"),
}
# The tables give these in millions.
SCALES = {"population": 1e6}
COUNTS = (
    ("nombre_indicateurs", "indicateurs_347"),
    ("nombre_indicateurs", "indicateurs_334"),
    ("nombre_domaines", "domaines16"),
    ("nombre_regions", "regions13"),
    ("nombre_regions", "consolidation3"),
    ("nombre_regions", "consolidation13"),
)
CLAIMED_ABOVE = (
    ("citoyens", "hauts-de-france", "citoyens:Q3", "oui", "engage", "share", 31,
     "Public donné comme significativement supérieur"),
    ("entreprises", "hauts-de-france", "entreprises:Q10", "diversite_handicap", "ensemble",
     "share_multi", 59, "Domaine dit significativement plus représenté"),
    ("entreprises", "hauts-de-france", "entreprises:Q10", "developpement_economique", "ensemble",
     "share_multi", 59, "Domaine dit significativement plus représenté"),
)  # fmt: skip


def reprint_rows(seed: Path, deck: list[str], book: Codebook) -> Iterator[list[str]]:
    """Rename the figures that are no results of their own, as printed."""
    results = {tuple(c[k] for k in IDENTITY) for c in read(seed / "survey_results_canonical.csv")}
    for cells in read(seed / "survey_results.csv"):
        if tuple(cells[k] for k in IDENTITY) not in results:
            yield _reprint(cells, deck, book)


def _reprint(cells: Cells, deck: list[str], book: Codebook) -> list[str]:
    actor, slide = cells["actor"], int(cells["slide"])
    areas = {a.label_fr: a.area_id for a in book.areas.values()}
    area_id = areas[cells["geo_label"]]
    segments = {s.label_fr: i for (owner, i), s in book.segments.items() if owner == actor}
    question_id = item_code = ""
    if cells["question_uid"] != UNATTRIBUTED:
        question_id = cells["question_uid"].removesuffix(ID_SUFFIX)
        item_code = _item(cells, book)
    value, note = cells["value"], ""
    changed = AS_PRINTED.get((slide, question_id, item_code, value))
    value_printed = printed(deck[int(cells["source_line"]) - 1], value)
    if changed is not None:
        item_code, value, note = changed
        value_printed = f"{value}%"
    statistic = cells["statistic"]
    return [
        *(actor, question_id, item_code, area_id, segments[cells["segment"]]),
        DIFFERENCE if statistic == "diff_region_national" else statistic,
        HEADINGS.get((slide, statistic), ""),
        *(value, value_printed, str(slide)),
        SUPPORTS.get(cells["source_kind"], "chart"),
        AREAS_CLAIMED.get((slide, area_id), ""),
        CONFIDENCES[cells["confidence"]],
        note,
    ]


def _item(cells: Cells, book: Codebook) -> str:
    """Find the item by its domain where a page names it in other words, else by id or label."""
    question = book.questions[cells["question_uid"].removesuffix(ID_SUFFIX)]
    for code, item in question.items.items():
        if cells["domain_id"] and item.domain_id == cells["domain_id"]:
            return code
    items: dict[str, Item | Option | Derived] = {**question.items, **question.derived}
    return (
        cells["item_code"] if cells["item_code"] in items else code_of(cells["item_label"], items)
    )


def label_rows(seed: Path, deck: list[str], book: Codebook) -> Iterator[list[str]]:
    """Give the item labels that pages print otherwise than the codebook."""
    seen = set()
    texts = [line.strip() for line in deck[PAGE_17[0] : PAGE_17[1]]]
    for cells in read(seed / "survey_results.csv"):
        slide = int(cells["slide"])
        if slide not in LABELLED_PAGES or not cells["domain_id"]:
            continue
        question_id = cells["question_uid"]
        item_code = _item(cells, book)
        item = book.questions[question_id].items[item_code]
        label = cells["item_label"]
        if slide in (17, 33):
            label = next(
                (t for t in texts if re.fullmatch(re.escape(label) + r" - \d,\d", t)), label
            )
        row = [question_id, item_code, str(slide), label]
        if label not in (item.label_fr, *item.aliases) and tuple(row) not in seen:
            seen.add(tuple(row))
            yield row


def figure_rows(seed: Path, definitions: Mapping[str, Definition]) -> Iterator[list[str]]:
    """Rename the figures of the identity card, the indicators and the counts."""
    labels = {label: d for d in definitions.values() for label in (d.label_fr, *d.aliases)}
    for cells in read(seed / "region_profile.csv"):
        yield _profile(cells, labels)
    for cells in read(seed / "indicators.csv"):
        yield from _indicator(cells, labels[cells["label"]])
    statements = {cells["key"]: cells for cells in read(seed / "methodology.csv")}
    for figure_id, key in COUNTS:
        cells = statements[key]
        for slide in cells["slide"].split("-")[:1]:
            value = cells["value"]
            yield [figure_id, "region", slide, value, value, cells["unit"], "", "certain", ""]


def _profile(cells: Cells, labels: Mapping[str, Definition]) -> list[str]:
    figure_id, column = PROFILE.get(cells["key"], (cells["key"], "region"))
    if cells["key"] == "csp":
        figure_id = labels[cells["label"]].figure_id
    printed_value = _bare(cells["raw"]) if cells["value"] else ""
    value = cells["value"]
    if value and figure_id in SCALES and column == "region":
        value = f"{float(value) * SCALES[figure_id]:.0f}"
    unit = UNITS_PRINTED.get(cells["unit"], cells["unit"]).removesuffix(" (approx.)")
    is_share = column == "share_of_france"
    return [
        *(figure_id, column, cells["slide"], value, printed_value),
        "%" if is_share else "habitants" if figure_id == "population" else unit,
        *(cells["year"], CONFIDENCES[cells["confidence"]]),
        "" if figure_id else "Sous « Nb de dpt / région », sans autre libellé",
    ]


def _bare(raw: str) -> str:
    """The number of a printed cell with what stands against it, without the words around."""
    match = re.match(
        r"^\(?(?:~ |Plus de )?[+−-]? ?[0-9][0-9 .,;]*(?: ?(?:%|Md€|M€|K€|K|M)(?![a-zé]))?", raw
    )
    return raw.strip("« »") if match is None else match[0].lstrip("(").strip()


def _indicator(cells: Cells, definition: Definition) -> Iterator[list[str]]:
    """One line of a page: the region, its share, its rank, the country, its share of a block."""
    is_repeat = cells["nature"] == "repeat"
    unit = definition.unit if is_repeat else UNITS_PRINTED.get(cells["unit"], cells["unit"])
    period = cells["year"]
    confidence = CONFIDENCES[cells["confidence"]]

    def row(column: str, value: str, text: str, unit: str) -> list[str]:
        return [definition.figure_id, column, cells["slide"], value, text, unit, period, confidence,
                ""]  # fmt: skip

    region = cells["region_raw"]
    if is_repeat:
        region, _, france = region.partition("/")
        if cells["region_value"]:
            yield row("region", cells["region_value"], region.strip(), unit)
        if france:
            yield row("france", cells["france_value"], france.strip(), unit)
        if cells["share_france_pct"]:
            text = cells["region_raw"].split(" ")[0]
            yield row("share_of_france", cells["share_france_pct"], text, "%")
        return
    yield row("region", cells["region_value"], region.split("= ")[-1], unit)
    if cells["share_france_raw"] not in NOT_PRINTED:
        text = cells["share_france_raw"]
        yield row("share_of_france", cells["share_france_pct"], text, "%")
    if cells["rank"]:
        yield row("rank", cells["rank"], cells["rank"], "")
    if cells["france_value"]:
        text = re.sub(r"\(| (en )?France\)", "", cells["france_raw"]).split("= ")[-1]
        yield row("france", cells["france_value"], text, unit)
    if cells["budget_share_pct"]:
        yield row("share_of_block", cells["budget_share_pct"], cells["budget_share_pct"], "%")


def claim_rows(seed: Path, book: Codebook) -> Iterator[list[str]]:
    """Give the rankings, the significance and the precision that the report states."""
    for cells in read(seed / "narrative_rankings.csv"):
        question = book.questions[f"{cells['actor']}:{cells['question_id']}"]
        [item] = [c for c, i in question.items.items() if i.domain_id == cells["domain_id"]]
        area = book.actors[cells["actor"]].areas[0]
        yield [ClaimKind.RANK.value, cells["actor"], area, question.question_id, item, "ensemble",
               cells["statistic"], cells["rank_in_text"], cells["slide"], cells["ranking"],
               ]  # fmt: skip
    for actor, area, question_id, item, segment, statistic, slide, note in CLAIMED_ABOVE:
        yield [ClaimKind.ABOVE.value, actor, area, question_id, item, segment, statistic, "",
               str(slide), note]  # fmt: skip
    [margin] = [cells for cells in read(seed / "methodology.csv") if cells["key"] == "asso_ic"]
    yield [ClaimKind.MARGIN.value, "associations", "nord-est", "", "", "ensemble", "",
           margin["value"].split("-")[1], margin["slide"],
           "Précision annoncée de 2 à 3 points"]  # fmt: skip


def carry(seed: Path) -> dict[str, bytes]:
    """Return the four tables, by kind of file."""
    book = load_codebook(STUDY, load_registry())
    definitions = read_definitions(STUDY)
    deck = (seed / "deck_2016.txt").read_text("utf-8").split("\n")
    return {
        "reprints": encode(REPRINT_COLUMNS, reprint_rows(seed, deck, book)),
        "figures": encode(FIGURE_COLUMNS, figure_rows(seed, definitions)),
        "claims": encode(CLAIM_COLUMNS, claim_rows(seed, book)),
        "labels": encode(LABEL_COLUMNS, label_rows(seed, deck, book)),
    }


if __name__ == "__main__":
    write_and_pin(carry(Path(sys.argv[1])))
