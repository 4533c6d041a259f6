"""Every kind of damage ends in a refusal, a flagged value or an unchanged figure, or is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.corruption.kinds import Kind, Outcome
from tests.integration.corruption.page import KINDS, PAGE, judge, page
from tests.integration.corruption.staged import Clean, make_clean

FOUND: dict[str, tuple[Outcome, str]] = {}


@pytest.fixture(scope="module")
def clean(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """An undamaged installation, its figures and its comparison."""
    return make_clean(repository, tmp_path_factory.mktemp("clean") / "it")


def test_there_are_enough_kinds_and_each_is_named_once() -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names) >= 25
    assert all(kind.note for kind in KINDS if kind.expected is Outcome.SILENT)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_damage_ends_as_it_must(kind: Kind, clean: Clean, tmp_path: Path) -> None:
    """Refused with a message, flagged with a reason, without effect, or known undetectable."""
    outcome, text = judge(kind, clean, tmp_path / "damaged")
    FOUND[kind.name] = outcome, text
    assert outcome is kind.expected, text
    assert text or outcome in (Outcome.UNCHANGED, Outcome.SILENT)


@pytest.mark.slow
def test_the_page_of_the_documentation_is_this_table(repository: Path) -> None:
    """docs/corrupted-inputs.md says what the tests above have found."""
    if len(FOUND) < len(KINDS):
        pytest.fail("run the whole file: the page holds every kind")
    expected = page([(kind, *FOUND[kind.name]) for kind in KINDS])
    written = (repository / PAGE).read_text("utf-8")
    assert written == expected, "python -m tests.integration.corruption.page --write"
