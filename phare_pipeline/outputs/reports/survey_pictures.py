"""The charts of the actors: how their notes divide, what they perceive beside what is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phare_pipeline import french
from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.outputs.charts import (
    BandItem,
    Caption,
    Chart,
    DomainView,
    perception_quadrant,
    stacked_bands,
)
from phare_pipeline.outputs.reports.blocks import ACTORS
from phare_pipeline.outputs.reports.edition import Area, Edition, Row
from phare_pipeline.outputs.reports.picture import Picture, make_picture
from phare_pipeline.outputs.reports.sentences import CENTRE
from phare_pipeline.outputs.reports.survey_rows import (
    HIDDEN,
    PERCEPTION,
    WHOLE,
    own_rows,
    reference_of,
)
from phare_pipeline.outputs.reports.surveys import order_of, topic_rows

BANDS = ("share_band_low", "share_band_mid", "share_band_high")
FRAGILITY = "fragilite"


def survey_pictures(edition: Edition, area: Area) -> Iterator[Picture]:
    """Yield the charts of the actors that have the results for them."""
    for actor in ACTORS:
        rows = topic_rows(edition, area, actor, FRAGILITY)
        if {row["statistic"] for row in rows}.issuperset(BANDS):
            yield _bands(edition, actor, rows)
        seen = [
            row
            for row in own_rows(edition, area, PERCEPTION, actor)
            if row["component_level"] == "domain" and row["region_code"] == area.code
        ]
        if not area.is_national and any(row["quadrant"] for row in seen):
            yield _quadrant(edition, area, actor, seen)


def _bands(edition: Edition, actor: str, rows: Sequence[Row]) -> Picture:
    items: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row["segment_id"] == WHOLE:
            items.setdefault(row["item_code"], {})[row["statistic"]] = row
    ordered = sorted(
        (item for item in items.values() if item.keys() >= set(BANDS)),
        key=lambda item: order_of(item, BANDS[-1]),
    )
    bands = [f"notes de {ordered[0][band]['band'].replace('-', ' à ')}" for band in BANDS]
    first = rows[0]
    caption = Caption(
        title=f"Fragilités vues par les {actor}",
        subtitle=f"{first['area_label']}, étude de {first['study_year']}, part des réponses",
        source=_study(edition, first),
        note="Du plus au moins souvent jugé très fragile. Les seuils diffèrent selon l’acteur.",
        is_synthetic=first["is_synthetic"],
    )
    entries = [_item(item) for item in ordered]

    def draw(width: int, prefix: str) -> Chart:
        return stacked_bands(bands, entries, caption, width=width, prefix=prefix)

    places = [reference_of(edition, item[BANDS[-1]]) for item in ordered]
    return make_picture(f"bandes-{actor}", draw, places)


def _item(item: dict[str, Row]) -> BandItem:
    label = next(iter(item.values()))["item_label"]
    shares = [item[band]["value"] for band in BANDS]
    known = [share for share in shares if share is not None]
    if len(known) < len(BANDS):
        return BandItem(label, None, reason=HIDDEN)
    unknown = item["share_nsp"]["value"] if "share_nsp" in item else None
    return BandItem(label, tuple(known), unknown)


def _quadrant(edition: Edition, area: Area, actor: str, rows: Sequence[Row]) -> Picture:
    domains = {domain["domain_id"]: domain for domain in edition.domains}
    ordered = sorted(rows, key=lambda row: row["component_order"])
    views = [
        DomainView(
            label=row["component_label"],
            axis_id=domains[row["component_id"]]["axis_id"],
            axis_label=domains[row["component_id"]]["axis_label"],
            measured=row["measured"],
            perceived=row["perceived"],
            error=row["perceived_se"],
            reason=row["reason_fr"] or "",
        )
        for row in ordered
    ]
    first = ordered[0]
    caption = Caption(
        title=f"Ce que perçoivent les {actor}, ce qui est mesuré",
        subtitle=(
            f"{area.name}, édition {edition.year}, étude de {first['study_year']}, "
            f"France = {CENTRE} des deux côtés"
        ),
        source=f"{_study(edition, first)}\u00a0; calculs PHARE",
        note="La perception se compare à celle du même acteur en France.",
        is_synthetic=first["is_synthetic"],
    )

    def draw(width: int, prefix: str) -> Chart:
        return perception_quadrant(f"les {actor}", views, caption, width=width, prefix=prefix)

    places = [
        str(Reference(area.short, edition.year, Kind.DOMAIN, (row["component_id"],)))
        for row in ordered
    ]
    return make_picture(f"percu-{actor}", draw, places)


def _study(edition: Edition, row: Row) -> str:
    studies = {study["study_id"]: study for study in edition.rows("dim_study")}
    return french.typographic(studies[row["study_id"]]["study_title"])
