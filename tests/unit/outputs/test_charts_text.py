"""Texts of charts are measured and broken so that they fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phare_pipeline.outputs.charts.text import longest_piece, text_width, widest, wrap

manners = st.sampled_from(["label", "title", "paragraph"])
letters = st.text(alphabet="abcéÎW ilm-/\u00a0’", max_size=60)


@given(letters, st.floats(15, 300), manners, st.booleans())
def test_every_line_fits_and_nothing_is_lost(text, width, manner, is_bold):
    lines = wrap(text, width, 12, is_bold=is_bold, manner=manner)
    assert all(text_width(line, 12, is_bold=is_bold) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(letters, st.floats(15, 300))
def test_even_lines_are_no_more_than_full_ones(text, width):
    assert len(wrap(text, width, 12, manner="title")) <= len(
        wrap(text, width, 12, manner="paragraph")
    )


@pytest.mark.parametrize(
    ("manner", "expected"),
    [
        ("label", ["Provence-Alpes-", "Côte d’Azur"]),
        ("paragraph", ["Provence-Alpes-Côt", "e d’Azur"]),
    ],
)
def test_only_labels_break_after_hyphens(manner, expected):
    width = text_width("Provence-Alpes-Côt", 12)
    assert wrap("Provence-Alpes-Côte d’Azur", width, 12, manner=manner) == expected


def test_lines_break_after_a_slash_and_never_before():
    assert wrap("Emploi / chômage", text_width("Emploi / ch", 12), 12) == ["Emploi /", "chômage"]


def test_a_no_break_space_holds():
    text = "sur\u00a010 choix"
    assert wrap(text, text_width("sur\u00a010", 12), 12) == ["sur\u00a010", "choix"]


def test_a_width_below_one_character_gives_one_character_a_line():
    assert wrap("abc", 1, 12) == ["a", "b", "c"]


def test_bold_is_wider_and_unknown_characters_are_widest():
    assert text_width("Région", 12, is_bold=True) > text_width("Région", 12)
    assert text_width("\u4e2d", 10) >= max(text_width(c, 10) for c in "Wm…●‰")


def test_accents_and_typography_are_in_the_table():
    widest_of_all = text_width("\u4e2d", 1)
    for character in "éèêàçœŒÉÎ’«»–—…\u202f\u00a0−€≥→":
        assert text_width(character, 1) < widest_of_all, character


def test_the_widest_of_several():
    assert widest([], 12) == 0
    assert widest(["i", "W"], 12) == text_width("W", 12)
    assert longest_piece("Bourgogne-Franche-Comté", 12) == text_width("Bourgogne-", 12)
