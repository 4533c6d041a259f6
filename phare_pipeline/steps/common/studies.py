"""Says which studies there are, which files they are made of, and which editions show them.

How answers become results is `surveys`; nothing is read here but the files' hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phare_pipeline.contract.tables import SURVEY_PREFIX
from phare_pipeline.errors import SourceError
from phare_pipeline.state.digests import digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.survey.published.files import check_file
from phare_pipeline.survey.published.study import CODEBOOKS
from phare_pipeline.warehouse.files import sha256_of

if TYPE_CHECKING:
    from phare_pipeline.survey.codebook import Codebook


@dataclass(frozen=True)
class Wave:
    """One actor asked in one study."""

    study_id: str
    actor: str

    @property
    def name(self) -> str:
        """Its table, asset and ledger key."""
        return f"{SURVEY_PREFIX}{self.study_id.replace('-', '_')}_{self.actor}"


def waves(context: Context) -> tuple[Wave, ...]:
    """Return what is to be staged: the actors of every study that has results for them."""
    return tuple(
        Wave(study_id, actor)
        for study_id, book in context.studies.items()
        for actor in book.actors
        if has_export(book, actor) or any(file.kind == "results" for file in book.files)
    )


def has_export(book: Codebook, actor: str) -> bool:
    """Tell whether the answers of an actor are at hand, so that results are computed from them."""
    return any(export.actor == actor for export in book.exports)


def exports_folder(context: Context, book: Codebook) -> Path:
    """Return where the exports of a study lie: in `raw/`, or where those without a pin are kept.

    Raises:
        SourceError: a real export without a pin.
    """
    if all(export.sha256 for export in book.exports):
        return context.workspace.surveys
    if not book.is_synthetic:
        raise SourceError(
            "An export of a study has no pin",
            where=f"{book.study_id}/study.toml",
            found=", ".join(e.path for e in book.exports if not e.sha256),
            expected="sha256 and bytes of each export",
            action="add them; only a synthetic study has exports without a pin",
        )
    return context.workspace.build / "made"


def declared_studies(context: Context) -> dict[str, Path]:
    """Return the codebooks and published figures of the studies, by their path below `raw/`.

    Never exports: answers of respondents stay in the private build area.
    """
    surveys = context.workspace.surveys
    found = {
        surveys / name
        for study_id, book in context.studies.items()
        for name in (*_codebook_files(context, study_id), *(file.path for file in book.files))
    }
    return {path.relative_to(context.workspace.raw).as_posix(): path for path in sorted(found)}


def _codebook_files(context: Context, study_id: str) -> list[str]:
    """The tables of a study and of the one it is based on, below `raw/surveys/`."""
    surveys, book = context.workspace.surveys, context.studies[study_id]
    folders = [surveys / CODEBOOKS / name for name in (book.based_on, study_id) if name]
    files = (path for folder in folders for path in sorted(folder.iterdir()) if path.is_file())
    return [path.relative_to(surveys).as_posix() for path in files]


def study_files(context: Context, study_id: str) -> dict[str, str]:
    """Return the sha256 of all that a study is made of, by path below `raw/surveys/`.

    Codebooks are tables of the project and have no pin; published files do, and are compared.

    Raises:
        SourceError: a pinned file is missing or is another.
    """
    surveys, book = context.workspace.surveys, context.studies[study_id]
    found = {name: sha256_of(surveys / name) for name in _codebook_files(context, study_id)}
    for file in book.files:
        check_file(surveys, file)
        found[file.path] = file.sha256
    folder = exports_folder(context, book)
    for export in book.exports:
        # Its pin is compared when it is read; one without a pin counts by its bytes.
        path = folder / export.path
        found[export.path] = export.sha256 or (sha256_of(path) if path.is_file() else "missing")
    return found


def check_files(context: Context) -> None:
    """Refuse to go on when a pinned file of a study is missing or is another.

    Raises:
        SourceError: with both hashes.
    """
    for study_id in context.studies:
        study_files(context, study_id)


def study_version(context: Context, study_id: str) -> str:
    """Return the hash of all that a study is made of."""
    parts = (f"{path}:{sha256}" for path, sha256 in study_files(context, study_id).items())
    return digest(*parts)


def entering(context: Context, year: int) -> tuple[Wave, ...]:
    """Return the waves that an edition shows: of its year, or not older than the study states.

    Raises:
        SourceError: a study says no year.
    """
    return tuple(wave for wave in waves(context) if _enters(context.studies[wave.study_id], year))


def _enters(book: Codebook, year: int) -> bool:
    if book.year is None or book.max_age_years is None:
        raise SourceError(
            "A study does not say which editions may show it",
            where=f"{book.study_id}/study.toml",
            found="no year",
            expected="year and max_age_years",
            action="add them",
        )
    return book.year <= year <= book.year + book.max_age_years
