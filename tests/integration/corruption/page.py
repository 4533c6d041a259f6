"""Runs every kind and writes the page of `docs/`: `python -m tests.integration.corruption.page`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.integration.corruption import raw, registry, staged, surveys
from tests.integration.corruption.kinds import SEED, Judgement, Kind, Outcome

Judge = Callable[[Kind, staged.Clean, Path], Judgement]
FAMILIES: tuple[tuple[tuple[Kind, ...], Judge], ...] = (
    (raw.KINDS, staged.judge),
    (registry.KINDS, registry.judge),
    (surveys.KINDS, surveys.judge),
)
KINDS = tuple(kind for kinds, _ in FAMILIES for kind in kinds)
PAGE = Path("docs") / "corrupted-inputs.md"
Found = tuple[Kind, Outcome, str]


def judge(kind: Kind, clean: staged.Clean, folder: Path) -> Judgement:
    """Say what becomes of a damage of any family."""
    [judge_one] = [judge_one for kinds, judge_one in FAMILIES if kind in kinds]
    return judge_one(kind, clean, folder)


def outcomes(repository: Path, folder: Path) -> Iterator[Found]:
    """Yield what becomes of each kind."""
    clean = staged.make_clean(repository, folder / "clean")
    for number, kind in enumerate(KINDS):
        yield kind, *judge(kind, clean, folder / str(number))


def page(found: Sequence[Found]) -> str:
    """Return the page of `docs/`."""
    detected = [row for row in found if row[1] is not Outcome.SILENT]
    silent = [row for row in found if row[1] is Outcome.SILENT]
    counts = ", ".join(f"{sum(o is one for _, o, _ in found)} {one}" for one in Outcome)
    lines = [
        "# What becomes of corrupted inputs",
        "",
        "Made by `python -m tests.integration.corruption.page --write` and held to the code by",
        "`tests/integration/test_corruption.py`. Every damage arrives as if a producer had",
        "delivered it, with renewed pins: a file that changed behind its pin is always refused,",
        f"with both hashes. {len(found)} kinds, seed {SEED}: {counts}.",
        "",
        "| damage | to | outcome | first line of the message, or what is published |",
        "|---|---|---|---|",
        *(f"| {k.name} | {k.where} | {o} | {_cell(text)} |" for k, o, text in detected),
        "",
        "## What cannot be detected in principle",
        "",
        "These give figures that could be true. No rule that accepts true figures can refuse them;",
        "`phare diff` against the last release shows each of them before anybody else sees it.",
        "",
        "| damage | to | why, and what shows it |",
        "|---|---|---|",
        *(f"| {k.name} | {k.where} | {k.note} |" for k, _, _ in silent),
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split()) or "—"


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[3]
    with tempfile.TemporaryDirectory() as made:
        text = page(list(outcomes(root, Path(made))))
    print(text, end="")
    if "--write" in sys.argv:
        (root / PAGE).write_text(text, "utf-8")
