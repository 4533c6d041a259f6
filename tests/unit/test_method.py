"""The worked example of docs/method.md: every figure in it is what the code gives.

Inputs are read from the document too, so neither side can drift alone.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from phare_pipeline.index.decomposition import Contributions, contributions, split_score
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores, score_index
from phare_pipeline.index.normalise import normalise

MINUS = "−"


def written(value: float, decimals: int) -> str:
    """Write a number as the document does."""
    return f"{value:.{decimals}f}".replace(".", ",").replace("-", MINUS)


def read(text: str) -> float:
    return float(text.replace(",", ".").replace(MINUS, "-"))


def table(text: str, first_header: str) -> list[list[str]]:
    """Return the rows of the Markdown table that begins with this header."""
    lines = iter(text.splitlines())
    next(line for line in lines if line.startswith(f"| {first_header} |"))
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


class Example:
    """The inputs of the document, scored by the code."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rows = table(text, "indicateur")
        self.domains = list(dict.fromkeys(row[1] for row in self.rows))
        axis_of = {row[1]: row[2] for row in self.rows}
        self.axes = list(dict.fromkeys(axis_of.values()))
        values, references, scales, directions = (
            [read(row[k]) for row in self.rows] for k in (3, 4, 5, 6)
        )
        self.notes = normalise([values], references, scales, directions).z
        tree = Hierarchy(
            np.ones(len(self.rows)),
            [self.domains.index(row[1]) for row in self.rows],
            np.ones(len(self.domains)),
            [self.axes.index(axis_of[domain]) for domain in self.domains],
            np.ones(len(self.axes)),
        )
        self.scores: IndexScores = score_index(self.notes, tree)
        self.added: Contributions = contributions(self.scores)

    def composites(self) -> list[list[str]]:
        """The second table as it should be written."""
        scores, added = self.scores, self.added
        levels = (
            ("domaine", self.domains, scores.domain, added.domain[0]),
            ("axe", self.axes, scores.axis, added.axis[0]),
            ("indice", ["Indice"], scores.index, scores.index.F - 100),
        )
        return [
            [
                name,
                level,
                written(np.ravel(composite.mean)[k], 2),
                written(np.ravel(composite.imbalance)[k], 2),
                written(np.ravel(composite.F)[k], 2),
                written(contribution[k], 2),
            ]
            for level, names, composite, contribution in levels
            for k, name in enumerate(names)
        ]


@pytest.fixture(scope="module")
def example(repository: Path) -> Example:
    return Example((repository / "docs" / "method.md").read_text("utf-8"))


def test_notes(example: Example) -> None:
    assert len(example.rows) == 6
    assert [row[7] for row in example.rows] == [written(z, 1) for z in example.notes[0]]


def test_domains_axes_and_index(example: Example) -> None:
    assert table(example.text, "composante") == example.composites()


def test_figures_in_the_text(example: Example) -> None:
    """The sentences that work the example out, whatever their line breaks."""
    text = re.sub(r"[ \n>]+", " ", example.text)
    split = split_score(example.scores)
    gap, unemployment = example.scores.index.F[0] - 100, example.added.indicator[0, 0]
    housing = example.added.domain[0, example.domains.index("Logement")]
    first, second = example.notes[0, :2]
    score = (first**2 + second**2) / (first + second)
    assert example.scores.domain.F[0, 0] == pytest.approx(score)
    for sentence in (
        f"100 + 30 × (12 − 9) ÷ 3 = {written(first, 0)}",
        f"100 − 30 × (73 − 74) ÷ 4 = {written(second, 1)}",
        f"{first**2 + second**2:,.2f}".replace(",", "\u202f").replace(".", ",")
        + f" ÷ {written(first + second, 1)} = {written(score, 2)}",
        f"soit {written(score - (first + second) / 2, 2)} point de déséquilibre",
        f"plus fragile que la France de {written(gap, 2)} points",
        f"la moyenne de toutes les notes est {written(split.mean[0], 2)}",
        f"s’y ajoutent {written(split.within_domains[0], 2)} point de déséquilibre dans",
        f"{written(split.between_domains[0], 2)} entre les domaines",
        f"et {written(split.between_axes[0], 2)} entre les axes",
        f"s’additionnent à {written(gap, 2)}",
        f"chômage y compte pour {written(unemployment, 2)}",
        f"le logement en retire {written(-housing, 2)}",
    ):
        assert sentence in text, sentence


def test_the_constants_in_the_text(example: Example) -> None:
    """130 and 70 make 109; the subtracted penalty falls when a value rises."""
    pair = score_index([[130.0, 70.0]], Hierarchy([1, 1], [0, 0], [1], [0], [1])).domain
    assert pair.F[0, 0] == 109 and "130 et 70 font 109" in example.text
    values = np.full((2, 16), 70.0)
    values[:, 0] = (112, 130)
    domain = score_index(values, Hierarchy(np.ones(16), [0] * 16, [1], [0], [1])).domain
    subtracted = domain.mean[:, 0] - domain.imbalance[:, 0]
    numbers = [f"{value:.3f}" for value in subtracted]
    assert re.search(rf"from {numbers[0]} to {numbers[1]}", re.sub(r"\s+", " ", example.text))
    assert subtracted[1] < subtracted[0]
