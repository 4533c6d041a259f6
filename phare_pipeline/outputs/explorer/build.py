"""Puts the published rows into the explorer's page, as Parquet that the page reads by itself.

What is shown of them, and how, is in ``page/``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined

from phare_pipeline.outputs.charts.geometry import ATTRIBUTION, Frame, load_contours, outlines
from phare_pipeline.outputs.tiles import TILES

# In order: a script uses what stands before it.
SCRIPTS = (
    "parquet_read.js",
    "parquet_write.js",
    "format.js",
    "classes.js",
    "data.js",
    "draw.js",
    "columns.js",
    "view_map.js",
    "view_ranking.js",
    "view_series.js",
    "view_perception.js",
    "view_compare.js",
    "views.js",
    "state.js",
    "download.js",
    "main.js",
)
# What the page shows of each table; the rest is in the release's own files.
WHOLE: dict[str, tuple[str, ...]] = {
    "dim_region": ("region_code", "region_name", "slug"),
    "dim_domain": ("domain_id", "domain_label", "domain_order", "axis_id", "axis_label"),
    "dim_indicator": (
        "indicator_id",
        "indicator_label",
        "indicator_order",
        "domain_id",
        "unit",
        "direction",
        "decimals",
        "definition_fr",
        "note_fr",
    ),
    "dim_edition": ("year", "is_classified", "headline_status"),
    "out_foundation": (
        "year",
        "expected_count",
        "present_count",
        "recent_count",
        "recent_from",
        "scored_domain_count",
        "domain_total",
        "shortfall_fr",
    ),
    "out_basket": (
        "year",
        "region_code",
        "component_level",
        "component_id",
        "basket_score",
        "basket_count",
        "first_edition",
        "last_edition",
    ),
}
BY_EDITION: dict[str, tuple[str, ...]] = {
    "out_indicators": (
        "region_code",
        "indicator_id",
        "value",
        "value_status",
        "data_year",
        "is_stale",
        "reason_fr",
        "has_break",
        "france_value",
        "share_of_france_pct",
        "rank",
        "rank_of",
        "fragility_rank",
    ),
    "out_scores": (
        "region_code",
        "component_level",
        "component_id",
        "score",
        "score_low",
        "score_high",
        "missing_components",
        "fragility_rank",
        "rank_of",
    ),
    "out_perception": (
        "region_code",
        "actor_label",
        "area_label",
        "component_level",
        "component_label",
        "component_order",
        "perceived",
        "perceived_se",
        "measured",
        "perception_gap",
        "is_told_apart",
        "reason_fr",
        "is_synthetic",
    ),
}
ORDER = {"dim_region": "region_order", "dim_domain": "domain_order", "dim_edition": "year"}

TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 84, 66, 6
LONGEST_NAME = 9
MAP_WIDTH = 560


def explorer_page(tables: Mapping[str, pa.Table]) -> str:
    """Return the page as HTML, with all editions of the release in it.

    Args:
        tables: the published tables by name.
    """
    page = files("phare_pipeline.outputs.explorer") / "page"
    scripts = [(page / name).read_text("utf-8") for name in SCRIPTS]
    environment = Environment(
        loader=PackageLoader("phare_pipeline.outputs.explorer", "page"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    producers = sorted(set(tables["dim_source"]["producer"].to_pylist()))
    hashes = tables["dim_edition"]["edition_hash"].to_pylist()
    return environment.get_template("explorer.html.j2").render(
        css=(page / "explorer.css").read_text("utf-8"),
        data=list(_data(tables)),
        script="\n".join([_places(tables["dim_region"]), *scripts]),
        edition_hash=hashes[-1][:16] if hashes else "",
        producers=f"{len(producers)} producteurs",
        is_synthetic=_is_synthetic(tables["dim_study"]),
    )


def _is_synthetic(studies: pa.Table) -> bool:
    return any(studies["is_synthetic"].to_pylist())


def _data(tables: Mapping[str, pa.Table]) -> Iterator[tuple[str, str]]:
    """Yield the id and the content of each block of rows: dimensions, then editions."""
    for name, columns in WHOLE.items():
        table = tables[name]
        if name in ORDER:
            table = table.sort_by(ORDER[name])
        yield name, _parquet(table.select(columns))
    years = sorted(tables["dim_edition"]["year"].to_pylist())
    for name, columns in BY_EDITION.items():
        table = tables[name]
        # An edition without rows has a block too: no study reaches the oldest ones.
        for year in years:
            rows = table.filter(pc.equal(table["year"], year))
            yield f"{name}-{year}", _parquet(rows.select(columns))


def _parquet(table: pa.Table) -> str:
    """Return a table as base64 of a Parquet file; same rows, same text."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(None), sink, compression="snappy")
    return base64.b64encode(sink.getvalue()).decode("ascii")


def _short(region: Mapping[str, str]) -> str:
    """Return what a tile has room for: the name, or the end of the ISO code (HDF, PAC …)."""
    name, code = region["region_name"], region["iso_code"].removeprefix("FR-")
    return name if len(name) <= LONGEST_NAME else code


def _places(regions: pa.Table) -> str:
    """Return the outlines of the regions and the places of their tiles as JavaScript constants."""
    short = {row["region_code"]: _short(row) for row in regions.to_pylist()}
    contours = load_contours("regions")
    scale = MAP_WIDTH / contours.width
    shapes = outlines("regions", Frame(scale, 0, 0))
    across, down = TILE_WIDTH + TILE_GAP, TILE_HEIGHT + TILE_GAP
    places = [
        {
            "code": code,
            "short": short[code],
            "x": TILE_GAP + x * across,
            "y": TILE_GAP + y * down,
            "outline": shapes[code],
            "labelX": round(contours.label_points[code][0] * scale),
            "labelY": round(contours.label_points[code][1] * scale),
        }
        for code, (x, y) in sorted(TILES.items(), key=lambda tile: (tile[1][1], tile[1][0]))
        if code in short
    ]
    tile = {
        "width": TILE_WIDTH,
        "height": TILE_HEIGHT,
        "across": TILE_GAP + (1 + max(x for x, _ in TILES.values())) * across,
        "down": TILE_GAP + (1 + max(y for _, y in TILES.values())) * down,
    }
    size = {"width": MAP_WIDTH, "height": round(contours.height * scale)}
    constants = {"PLACES": places, "TILE": tile, "MAP": size, "ATTRIBUTION": ATTRIBUTION}
    return "\n".join(
        f"const {name} = {json.dumps(value, ensure_ascii=False)};"
        for name, value in constants.items()
    )
