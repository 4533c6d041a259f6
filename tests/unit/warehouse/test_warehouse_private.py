"""Private files: their owner's only from the first byte, also where others could read before."""

import os
from pathlib import Path

import pytest

from phare_pipeline.warehouse.private import private_folder, write_private


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(autouse=True)
def an_open_mask():
    before = os.umask(0o000)
    yield
    os.umask(before)


def test_a_private_file_and_its_folders_are_closed(tmp_path):
    tmp_path.chmod(0o755)
    path = tmp_path / "surveys" / "essai" / "citoyens.parquet"
    seen = []

    def write(temporary: Path) -> None:
        seen.append((mode(temporary), mode(temporary.parent)))
        temporary.unlink()
        temporary.write_text("a writer that makes the file anew")

    write_private(path, write, below=tmp_path)
    assert seen == [(0o600, 0o700)]
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert mode(tmp_path) == 0o755


def test_a_private_folder_lies_below_the_one_that_is_named(tmp_path):
    with pytest.raises(ValueError, match="subpath"):
        private_folder(tmp_path / "a", tmp_path / "b")
