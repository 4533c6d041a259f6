"""Carry the contours of départements and regions into one small file of arcs for the maps.

Development tool only. The contours are projected (Lambert-93), cut into arcs where territories
meet, simplified arc by arc (so neighbours keep touching) and put on a grid. Regions are made of the
arcs that do not separate two départements of one region.

Usage: python -m tools.carry_contours DEPARTEMENTS.geojson
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from phare_pipeline.registry.loader import load_registry

TARGET = Path(__file__).parents[1] / "phare_pipeline/outputs/charts/data/contours.json"

ABOUT = {
    "title": "Contours des départements et des régions de France métropolitaine, simplifiés",
    "producer": "IGN, contours administratifs (GEOFLA, Admin Express), par france-geojson",
    "licence": "Licence Ouverte (Etalab)",
    "address": "https://geoservices.ign.fr/adminexpress",
    "through": "https://github.com/gregoiredavid/france-geojson",
    "vintage": "2018",
    "note_fr": (
        "Projetés en Lambert-93, découpés en arcs, simplifiés et mis sur une grille par "
        "tools/carry_contours.py. Les petites îles manquent. Pour dessiner, pas pour mesurer."
    ),
}

UNIT_M = 250
TOLERANCE_M = 1400.0
# The départements around Paris are so small that they need more detail.
FINE = frozenset({"75", "92", "93", "94"})
FINE_TOLERANCE_M = 250.0
_LEAST_M2 = 40e6  # islands below 40 km² are left out

Point = tuple[float, float]
Ring = list[Point]


def main(arguments: list[str]) -> int:
    """Write the file; return 2 when the source is not named."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    source = Path(arguments[0])
    content = source.read_bytes()
    rings = _rings(json.loads(content))
    arcs, made_of = _topology(rings)
    owners: dict[int, set[str]] = defaultdict(set)
    for code, outlines in made_of.items():
        for outline in outlines:
            for index in outline:
                owners[_index(index)].add(code)
    simple = [_on_grid(_simplify(arc, _tolerance(owners[k]))) for k, arc in enumerate(arcs)]
    left, top, right, bottom = _bounds(simple)
    simple = [[(x - left, bottom - y) for x, y in arc] for arc in simple]
    regions = _regions(made_of, simple)
    labels = {code: _label_point(outlines, simple) for code, outlines in regions.items()}
    TARGET.write_text(
        _written(
            {
                **ABOUT,
                "origin_file": source.name,
                "origin_sha256": hashlib.sha256(content).hexdigest(),
                "unit_m": UNIT_M,
                "size": [right - left, bottom - top],
                "label_points": labels,
                "regions": regions,
                "departements": made_of,
                "arcs": [_deltas(arc) for arc in simple],
            }
        ),
        encoding="utf-8",
    )
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(arcs)} arcs, "
          f"{sum(map(len, simple))} points")  # fmt: skip
    return 0


def _rings(collection: dict[str, Any]) -> dict[str, list[Ring]]:
    """Return the rings of each département in metres, small islands left out."""
    found = {}
    for feature in collection["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        rings = [[_project(*point) for point in ring] for polygon in polygons for ring in polygon]
        largest = max(rings, key=_area)
        found[feature["properties"]["code"]] = [
            ring for ring in rings if ring is largest or _area(ring) >= _LEAST_M2
        ]
    return dict(sorted(found.items()))


def _project(longitude: float, latitude: float) -> Point:
    """Project to Lambert-93 (EPSG:2154): two standard parallels on the GRS 80 ellipsoid."""
    n, c, x0, y0 = 0.7256077650, 11754255.426, 700000.0, 12655612.050
    e = 0.08181919106
    sine = math.sin(math.radians(latitude))
    isometric = math.atanh(sine) - e * math.atanh(e * sine)
    radius, angle = c * math.exp(-n * isometric), n * math.radians(longitude - 3)
    return round(x0 + radius * math.sin(angle), 3), round(y0 - radius * math.cos(angle), 3)


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _topology(
    rings: dict[str, list[Ring]],
) -> tuple[list[Ring], dict[str, list[list[int]]]]:
    """Cut rings where borders meet: arcs, and for each ring its arcs (−k − 1 = k backwards)."""
    near: dict[Point, set[Point]] = defaultdict(set)
    for outlines in rings.values():
        for ring in outlines:
            for a, b in itertools.pairwise(ring):
                near[a].add(b)
                near[b].add(a)
    arcs: list[Ring] = []
    number: dict[tuple[Point, ...], int] = {}

    def register(arc: Ring) -> int:
        forwards, backwards = tuple(arc), tuple(reversed(arc))
        if forwards in number:
            return number[forwards]
        if backwards in number:
            return -number[backwards] - 1
        number[forwards] = len(arcs)
        arcs.append(arc)
        return number[forwards]

    made_of: dict[str, list[list[int]]] = {}
    for code, outlines in rings.items():
        made_of[code] = []
        for ring in outlines:
            open_ring = ring[:-1]
            cuts = [k for k, point in enumerate(open_ring) if len(near[point]) != 2]
            start = cuts[0] if cuts else open_ring.index(min(open_ring))
            turned = open_ring[start:] + open_ring[: start + 1]
            ends = [k for k, p in enumerate(turned) if len(near[p]) != 2] or [0, len(turned) - 1]
            made_of[code].append([register(turned[a : b + 1]) for a, b in itertools.pairwise(ends)])
    return arcs, made_of


def _index(signed: int) -> int:
    return signed if signed >= 0 else -signed - 1


def _tolerance(owners: set[str]) -> float:
    return FINE_TOLERANCE_M if owners & FINE else TOLERANCE_M


def _simplify(arc: Ring, tolerance: float) -> Ring:
    """Keep the ends and every point that lies farther than a tolerance (Douglas & Peucker)."""
    if arc[0] == arc[-1] and len(arc) > 3:
        middle = max(range(len(arc)), key=lambda k: math.dist(arc[0], arc[k]))
        return _simplify(arc[: middle + 1], tolerance)[:-1] + _simplify(arc[middle:], tolerance)
    if len(arc) < 3:
        return arc
    distances = [_distance(point, arc[0], arc[-1]) for point in arc[1:-1]]
    farthest = max(range(len(distances)), key=distances.__getitem__)
    if distances[farthest] <= tolerance:
        return [arc[0], arc[-1]]
    cut = farthest + 1
    return _simplify(arc[: cut + 1], tolerance)[:-1] + _simplify(arc[cut:], tolerance)


def _distance(point: Point, start: Point, end: Point) -> float:
    length = math.dist(start, end)
    if length == 0:
        return math.dist(point, start)
    (x, y), (x1, y1), (x2, y2) = point, start, end
    share = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length**2
    share = min(max(share, 0.0), 1.0)
    return math.dist(point, (x1 + share * (x2 - x1), y1 + share * (y2 - y1)))


def _on_grid(arc: Ring) -> list[tuple[int, int]]:
    points = [(round(x / UNIT_M), round(y / UNIT_M)) for x, y in arc]
    inner = [p for before, p in itertools.pairwise(points[:-1]) if p != before]
    return [points[0], *inner, points[-1]]


def _bounds(arcs: Iterable[Sequence[tuple[int, int]]]) -> tuple[int, int, int, int]:
    points = [point for arc in arcs for point in arc]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _regions(
    made_of: dict[str, list[list[int]]], arcs: Sequence[Sequence[tuple[int, int]]]
) -> dict[str, list[list[int]]]:
    """Join, for each region, the arcs that only one of its départements has."""
    departements = load_registry().departements
    members: dict[str, list[int]] = defaultdict(list)
    for code, outlines in made_of.items():
        members[departements[code].region_code] += [k for ring in outlines for k in ring]
    found = {}
    for region, signed in sorted(members.items()):
        rings = _join([k for k in signed if -k - 1 not in set(signed)], arcs)
        # Borders that do not match exactly leave slivers inside a region.
        found[region] = [r for r in rings if _area(_chain(r, arcs)) * UNIT_M**2 >= _LEAST_M2]
    return found


def _chain(ring: Sequence[int], arcs: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return the points of a ring of arcs."""
    points: list[tuple[int, int]] = []
    for k in ring:
        points += arcs[k] if k >= 0 else arcs[_index(k)][::-1]
    return points


def _join(signed: list[int], arcs: Sequence[Sequence[tuple[int, int]]]) -> list[list[int]]:
    """Chain arcs end to end into rings."""

    def ends(k: int) -> tuple[tuple[int, int], tuple[int, int]]:
        arc = arcs[_index(k)]
        return (arc[0], arc[-1]) if k >= 0 else (arc[-1], arc[0])

    left = sorted(signed)
    rings = []
    while left:
        ring = [left.pop(0)]
        while ends(ring[-1])[1] != ends(ring[0])[0]:
            following = next(k for k in left if ends(k)[0] == ends(ring[-1])[1])
            left.remove(following)
            ring.append(following)
        rings.append(ring)
    return rings


def _label_point(
    outlines: list[list[int]], arcs: Sequence[Sequence[tuple[int, int]]]
) -> tuple[int, int]:
    """Return the point of a grid that lies deepest inside the largest ring, for a wide text."""
    rings = [_chain(outline, arcs) for outline in outlines]
    ring = max(rings, key=_area)
    left, top, right, bottom = _bounds([ring])
    edges = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    best, depth = (0, 0), -1.0
    for y in range(top, bottom, 12):
        for x in range(left, right, 12):
            if not _inside((x, y), edges):
                continue
            # A text is wider than high: distances across count half.
            found = min(
                _distance((x / 2, y), (x1 / 2, y1), (x2 / 2, y2)) for (x1, y1), (x2, y2) in edges
            )
            if found > depth:
                best, depth = (x, y), found
    return best


def _inside(point: Point, edges: Sequence[tuple[Point, Point]]) -> bool:
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in edges:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _deltas(arc: Sequence[tuple[int, int]]) -> list[int]:
    """Write an arc as its first point and the steps to the others."""
    flat = list(arc[0])
    for (x1, y1), (x2, y2) in itertools.pairwise(arc):
        flat += [x2 - x1, y2 - y1]
    return flat


def _written(data: dict[str, Any]) -> str:
    """One key, one territory or one arc a line: readable, and small enough in differences."""
    lines = []
    for key, value in data.items():
        if key == "arcs":
            inner = ",\n".join(json.dumps(arc, separators=(",", ":")) for arc in value)
            lines.append(f'"{key}": [\n{inner}\n]')
        elif isinstance(value, dict):
            inner = ",\n".join(
                f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in value.items()
            )
            lines.append(f'"{key}": {{\n{inner}\n}}')
        else:
            lines.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
