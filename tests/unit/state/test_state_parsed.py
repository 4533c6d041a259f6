"""Code that was parsed once is remembered by its bytes, and never believed for other bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from phare_pipeline.state import parsed
from phare_pipeline.state.modules import Modules
from phare_pipeline.state.parsed import parse, remembered, sha256_of_bytes

ONE = b"import numpy\nfrom p.a import f\nX = f()\n"
TWO = b'"""Say."""\nY = 2\n'
WRONG = b"def f(:\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where it is kept what was found."""
    return tmp_path / "build" / "code.json"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is really parsed."""
    found: list[bytes] = []

    def recorded(content: bytes) -> parsed.Parsed:
        found.append(content)
        return parse(content)

    monkeypatch.setattr(parsed, "parse", recorded)
    return found


def expected(*contents: bytes) -> dict[str, parsed.Parsed]:
    return {sha256_of_bytes(content): parse(content) for content in contents}


def test_only_new_bytes_are_parsed(store: Path, asked: list[bytes]) -> None:
    assert remembered([ONE, TWO], store) == expected(ONE, TWO)
    assert sorted(asked) == sorted([ONE, TWO])
    asked.clear()
    assert remembered([ONE, TWO], store) == expected(ONE, TWO)
    assert asked == []
    other = TWO.replace(b"2", b"3")
    assert remembered([ONE, other], store) == expected(ONE, other)
    assert asked == [other]


def test_what_cannot_be_parsed_is_left_to_whoever_needs_it(store: Path) -> None:
    assert remembered([ONE, WRONG], store) == expected(ONE)
    with pytest.raises(SyntaxError):
        parse(WRONG)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": []}', b'{"parser": 1}'])
def test_a_damaged_store_is_not_believed(content: bytes, store: Path, asked: list[bytes]) -> None:
    remembered([ONE], store)
    store.write_bytes(content)
    asked.clear()
    assert remembered([ONE], store) == expected(ONE)
    assert asked == [ONE]


def test_what_another_parser_has_found_is_not_believed(store: Path, asked: list[bytes]) -> None:
    remembered([ONE], store)
    kept = json.loads(store.read_bytes())
    kept["parser"] = sha256_of_bytes(b"another")
    store.write_text(json.dumps(kept))
    asked.clear()
    assert remembered([ONE], store) == expected(ONE)
    assert asked == [ONE]


def test_where_nothing_can_be_written_all_is_parsed(store: Path) -> None:
    store.parent.write_text("a file in the place of the folder")
    assert remembered([ONE, TWO], store) == expected(ONE, TWO)


def test_modules_are_the_same_from_what_is_kept(store: Path, asked: list[bytes]) -> None:
    plain, first, second = (Modules("p", {"a.py": ONE, "b.py": TWO}) for _ in range(3))
    first.remember(store)
    asked.clear()
    second.remember(store)
    for name in ("p.a", "p.b"):
        assert second.module(name) == plain.module(name)
    assert asked == []
