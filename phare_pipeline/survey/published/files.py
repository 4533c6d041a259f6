"""Finds a study's file of printed figures and refuses one that is not the pinned one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from phare_pipeline.errors import SourceError
from phare_pipeline.survey.codebook import Codebook, PinnedFile


def pinned_file(surveys_dir: Path, codebook: Codebook, kind: str) -> PinnedFile:
    """Return the file of a kind after comparing it with its pin, by size first.

    Args:
        surveys_dir: the folder `raw/surveys`.
        codebook: of the study; it names and pins the file.
        kind: one of `FILE_KINDS`.

    Raises:
        SourceError: the study has no such file, or it is missing or not the pinned one.
    """
    try:
        file = codebook.file(kind)
    except KeyError as error:
        raise SourceError(
            "A study has no published figures of this kind",
            where=f"{codebook.study_id}/study.toml",
            found=", ".join(f.kind for f in codebook.files) or "no [[files]]",
            expected=f"a [[files]] entry of kind {kind!r}",
            action="add it, or do not ask for them",
        ) from error
    check_file(surveys_dir, file)
    return file


def check_file(surveys_dir: Path, file: PinnedFile) -> None:
    """Refuse a file that is not the pinned one.

    Raises:
        SourceError: it is missing, or its size or hash differ; both are shown.
    """
    where = f"raw/surveys/{file.path}"
    expected = f"sha256 {file.sha256}, {file.bytes} bytes"
    path = surveys_dir / file.path
    if not path.is_file():
        raise SourceError(
            "A file of published figures is missing",
            where=where,
            found="no such file",
            expected=expected,
            action="restore it",
        )
    size = path.stat().st_size
    # A file of another size is refused before it is read, however large it is.
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if size == file.bytes else "not read"
    if sha256 != file.sha256:
        raise SourceError(
            "A file of published figures has changed since it was pinned",
            where=where,
            found=f"sha256 {sha256}, {size} bytes",
            expected=expected,
            action="restore it; a change that is meant is reviewed and pinned in study.toml",
        )
