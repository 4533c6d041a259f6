"""Classes of values for maps and tiles: natural breaks, their colours and their key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from phare_pipeline import french
from phare_pipeline.index.ties import compared
from phare_pipeline.outputs.charts import parts, style
from phare_pipeline.outputs.charts.canvas import Canvas
from phare_pipeline.outputs.charts.chart import TableTwin, known
from phare_pipeline.outputs.charts.ranking import Measure


@dataclass(frozen=True)
class PlaceValue:
    """The value of one territory.

    Attributes:
        key: its code (`32`, or `2A` for a département).
        label: its name.
        value: in the unit of the chart; None when missing.
        reason: why it is missing; required then.
    """

    key: str
    label: str
    value: float | None
    reason: str = ""

    def __post_init__(self) -> None:
        if known(self.value) is None and not self.reason:
            raise ValueError(f"{self.label}: found no value and no reason, expected one of them")


@dataclass(frozen=True)
class Classes:
    """Values divided into classes, the higher the darker.

    Attributes:
        limits: lowest and highest value of each class, from the lowest class.
    """

    limits: tuple[tuple[float, float], ...]

    def index(self, value: float) -> int:
        """Return the class of a value that was classified."""
        return next(k for k, (_, high) in enumerate(self.limits) if compared(value) <= high)

    def fill(self, value: float) -> str:
        """Return the colour of a value."""
        return self.colours[self.index(value)]

    @property
    def colours(self) -> tuple[str, ...]:
        """One colour a class, spread over the sequence."""
        last, count = len(style.SEQUENCE) - 1, len(self.limits)
        if count == 1:
            return (style.SEQUENCE[last // 2],)
        return tuple(style.SEQUENCE[round(k * last / (count - 1))] for k in range(count))


def natural_classes(values: Sequence[float], count: int = len(style.SEQUENCE)) -> Classes:
    """Divide values so that the squared distances within classes are least (Fisher–Jenks).

    Values that compare as equal are never divided; there are fewer classes than asked for when
    there are fewer different values. Exact, by dynamic programming over the different values: n² ×
    count steps.

    Args:
        values: finite, at least one, in any order.
        count: at most so many classes, up to five.

    Source: Fisher (1958), J. Am. Stat. Assoc. 53.
    """
    if not values or not 1 <= count <= len(style.SEQUENCE):
        raise ValueError(f"found {len(values)} values and {count} classes, expected 1 and 1 to 5")
    values = [compared(value) for value in values]
    different = sorted(set(values))
    weights = [values.count(v) for v in different]
    n = len(different)
    count = min(count, n)
    totals, squares, masses = [0.0], [0.0], [0]
    middle = math.fsum(values) / len(values)
    for value, weight in zip(different, weights, strict=True):
        # Around the mean, so that large values lose no digits.
        totals.append(totals[-1] + weight * (value - middle))
        squares.append(squares[-1] + weight * (value - middle) ** 2)
        masses.append(masses[-1] + weight)

    def spread(start: int, end: int) -> float:
        total, mass = totals[end] - totals[start], masses[end] - masses[start]
        return squares[end] - squares[start] - total * total / mass

    cost = [[math.inf] * (n + 1) for _ in range(count + 1)]
    cut = [[0] * (n + 1) for _ in range(count + 1)]
    cost[0][0] = 0.0
    for k in range(1, count + 1):
        for end in range(k, n + 1):
            cost[k][end], cut[k][end] = min(
                (cost[k - 1][start] + spread(start, end), start) for start in range(k - 1, end)
            )
    limits, end = [], n
    for k in range(count, 0, -1):
        start = cut[k][end]
        limits.append((different[start], different[end - 1]))
        end = start
    return Classes(tuple(reversed(limits)))


def classify(places: Sequence[PlaceValue]) -> Classes | None:
    """Return the natural classes of the known values; None when there is none."""
    values = [v for p in places if (v := known(p.value)) is not None]
    return natural_classes(values) if values else None


def class_key(
    canvas: Canvas,
    classes: Classes | None,
    places: Sequence[PlaceValue],
    measure: Measure,
    words: tuple[str, str],
) -> list[parts.KeyEntry]:
    """Return the key: for each class its values and how many territories it has.

    Args:
        canvas: gets the pattern of what is missing.
        classes: of the values.
        places: all territories.
        measure: unit and decimals.
        words: a territory and several (« région », « régions »).
    """
    entries = []
    values = [v for p in places if (v := known(p.value)) is not None]
    if classes is not None:
        for index, (low, high) in enumerate(classes.limits):
            count = sum(classes.index(v) == index for v in values)
            written = measure.write_range(low, high)
            label = f"{written} ({french.counted(count, *words)})"
            entries.append(_entry(classes.colours[index], label))
    if any(known(p.value) is None for p in places):
        entries.append(_entry(canvas.hatch(), "pas de valeur"))
    france = known(measure.france)
    if france is not None:
        words_fr = f"France{french.NO_BREAK}: {measure.write_short(france)}"
        entries.append(parts.KeyEntry(0, lambda canvas, x, y: None, words_fr))
    return entries


def _entry(paint: str, label: str) -> parts.KeyEntry:
    def draw(canvas: Canvas, x: float, y: float) -> None:
        canvas.rect(x, y - 6, 18, 12, paint, stroke=style.LINE)

    return parts.KeyEntry(18, draw, label)


def message(
    places: Sequence[PlaceValue],
    measure: Measure,
    highlight: str | None,
    words: tuple[str, str],
) -> str:
    """Say the extremes, the highlighted territory and what is missing."""
    found = sorted(
        ((v, p) for p in places if (v := known(p.value)) is not None),
        key=lambda pair: (-compared(pair[0]), pair[1].label),
    )
    if not found:
        return "Aucun territoire n’a de valeur."
    sentences = []
    for value, place in found:
        if place.key == highlight:
            position = french.ordinal(
                sum(compared(v) > compared(value) for v, _ in found) + 1, is_feminine=True
            )
            sentences.append(
                f"{place.label}{french.NO_BREAK}: {measure.write(value)}, {position} valeur "
                f"sur{french.NO_BREAK}{len(found)}."
            )
    most = 1 if len(found) < 6 else 3
    high = [f"{p.label} ({measure.write_short(v)})" for v, p in found[:most]]
    sentences.append(f"Les plus hautes valeurs{french.NO_BREAK}: {french.listing(high)}.")
    if len(found) > most:
        low = [f"{p.label} ({measure.write_short(v)})" for v, p in found[-most:][::-1]]
        sentences.append(f"Les plus basses{french.NO_BREAK}: {french.listing(low)}.")
    france = known(measure.france)
    if france is not None:
        above = sum(compared(v) > compared(france) for v, _ in found)
        sentences.append(
            f"France{french.NO_BREAK}: {measure.write(france)}, {french.counted(above, *words)} "
            "au-dessus."
        )
    missing = [p.label for p in places if known(p.value) is None]
    if missing:
        sentences.append(f"Sans valeur{french.NO_BREAK}: {french.listing(missing)}.")
    return french.typographic(" ".join(sentences))


def table(places: Sequence[PlaceValue], measure: Measure) -> TableTwin:
    """Return the values from the highest, then what is missing, then France."""

    def order(place: PlaceValue) -> tuple[bool, float, str]:
        value = known(place.value)
        return (value is None, -compared(value or 0.0), place.label)

    rows = []
    for place in sorted(places, key=order):
        value = known(place.value)
        written = parts.missing(place.reason) if value is None else measure.write(value)
        rows.append((place.label, written))
    france = known(measure.france)
    if france is not None:
        rows.append(("France", measure.write(france)))
    return TableTwin.of(("Territoire", "Valeur"), rows)


def draw_reasons(canvas: Canvas, places: Sequence[PlaceValue], top: float) -> float:
    """Write under a map why values are missing, territories of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for place in places:
        if known(place.value) is None:
            by_reason.setdefault(place.reason, []).append(place.label)
    for reason, names in by_reason.items():
        text = f"{french.listing(names)}, {parts.missing(reason)}"
        top = parts.draw_remark(canvas, text, top)
    return top


def refuse_unknown(places: Sequence[PlaceValue], codes: Sequence[str]) -> None:
    """Raise ValueError for no place, a code that no outline has, or one that comes twice."""
    if not places:
        raise ValueError("found no territory, expected at least one")
    keys = [place.key for place in places]
    wrong = sorted({key for key in keys if key not in codes or keys.count(key) > 1})
    if wrong:
        raise ValueError(f"found {wrong}, expected each of {sorted(codes)} at most once")
