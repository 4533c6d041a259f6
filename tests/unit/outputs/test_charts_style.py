"""Colours can be told apart: by contrast, in grey, and by colour-blind eyes."""

from __future__ import annotations

import itertools
import math

import pytest

from phare_pipeline.outputs.charts import style

# Machado, Oliveira & Fernandes (2009), IEEE TVCG 15: full deficiency, on linear RGB.
VISIONS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# CIELAB distance; two colours 10 apart are told apart side by side without effort.
LEAST_DISTANCE = 12
TEXT_COLOURS = ("INK", "MUTED", "ACCENT", "FRAGILE", "ROBUST", "ALERT")


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    red, green, blue = (
        min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear, strict=True))))
        for row in VISIONS[vision]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (
        t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("vision", VISIONS)
def test_the_axes_keep_apart(vision):
    for a, b in itertools.combinations(style.AXIS_COLOURS.values(), 2):
        assert math.dist(lab(a, vision), lab(b, vision)) >= LEAST_DISTANCE, (a, b)


@pytest.mark.parametrize("vision", VISIONS)
def test_fragile_robust_and_accent_keep_apart(vision):
    for a, b in itertools.combinations((style.FRAGILE, style.ROBUST, style.ACCENT), 2):
        assert math.dist(lab(a, vision), lab(b, vision)) >= LEAST_DISTANCE, (a, b)


def test_every_axis_has_a_shape_of_its_own():
    assert style.AXIS_COLOURS.keys() == style.AXIS_SHAPES.keys()
    assert len(set(style.AXIS_SHAPES.values())) == len(style.AXIS_SHAPES)


@pytest.mark.parametrize("name", TEXT_COLOURS)
def test_text_colours_are_read_on_white(name):
    assert style.contrast(getattr(style, name), style.PAPER) >= 4.5


@pytest.mark.parametrize("colour", style.AXIS_COLOURS.values())
def test_axis_colours_are_read_on_white(colour):
    assert style.contrast(colour, style.PAPER) >= 4.5


def test_marks_of_the_other_regions_are_seen():
    assert style.contrast(style.LINE, style.PAPER) >= 3


def test_the_sequence_prints_in_grey():
    lightness = [lab(colour, "usual")[0] for colour in style.SEQUENCE]
    assert all(a - b >= 10 for a, b in itertools.pairwise(lightness))


@pytest.mark.parametrize("colour", [*style.SEQUENCE, *style.AXIS_COLOURS.values(), style.BAND])
def test_one_of_the_two_inks_is_read_on_every_fill(colour):
    assert style.contrast(style.ink_on(colour), colour) >= 4.5


def test_contrast_of_known_pairs():
    assert style.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert style.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert style.contrast("#123456", "#123456") == 1
