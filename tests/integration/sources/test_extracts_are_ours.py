"""Extracts are carried, never copied: no file of `raw/` is an official file as it was found."""

from __future__ import annotations

from pathlib import Path

from phare_pipeline.config import PROJECT
from phare_pipeline.warehouse.files import sha256_of


def test_no_extract_is_an_official_file_unchanged(shared_dir: Path) -> None:
    extracts = [path for path in (PROJECT / "raw").rglob("*") if path.is_file()]
    sizes = {path.stat().st_size for path in extracts}
    official = [path for path in (shared_dir / "data").rglob("*") if path.is_file()]
    alike = {sha256_of(path) for path in official if path.stat().st_size in sizes}
    assert official and extracts
    assert [path.name for path in extracts if sha256_of(path) in alike] == []
