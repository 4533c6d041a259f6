"""Loads an installation into a context: registry, sources, studies, models, checked together.

What is declared in files is hashed before it is loaded, so that what was loaded can be held to what
is published (see `one_state`).
"""

from __future__ import annotations

from dataclasses import replace

from phare_pipeline.config import Workspace, editions_in_scope, reports_in_scope
from phare_pipeline.errors import RegistryError, SourceError
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry
from phare_pipeline.service.settings import load_settings
from phare_pipeline.sources.catalogue import (
    ADDRESS_TO_COMPLETE,
    TO_COMPLETE,
    Source,
    load_sources,
)
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.state.snapshot import started_with
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.origins import declared_files
from phare_pipeline.survey.codebook import Codebook, load_codebook
from phare_pipeline.survey.published.study import CODEBOOKS, studies
from phare_pipeline.warehouse.files import sha256_of

# What was parsed of the code, below the build area.
PARSED_CODE = "code.json"

OPEN = (TO_COMPLETE, ADDRESS_TO_COMPLETE)


def load_context(workspace: Workspace | None = None) -> Context:
    """Load everything that is known before any data.

    Raises:
        RegistryError, SourceError, CodebookError, SqlError: a table or entry is wrong, or names
            what does not exist.
    """
    workspace = workspace or Workspace.from_environment()
    before = _declared_now(workspace)
    registry, sources = load_registry(workspace.registry), load_sources(workspace.raw)
    _check_sources(registry, sources)
    books = _load_studies(workspace, registry)
    real = {name: book for name, book in books.items() if not book.is_synthetic}
    scope = editions_in_scope(), reports_in_scope()
    return _context(workspace, registry, sources, real, before, *scope)


def load_study_context(study_id: str, workspace: Workspace | None = None) -> Context:
    """Load a study that stands alone, in a warehouse of its own.

    Raises:
        SourceError: there is no such study, or it says no year.
        RegistryError: a table of the registry is wrong.
    """
    workspace = workspace or Workspace.from_environment()
    known = studies(workspace.surveys)
    if study_id not in known:
        raise SourceError(
            "There is no such study", found=study_id, expected=f"one of {', '.join(known)}"
        )
    before = _declared_now(workspace)
    registry = load_registry(workspace.registry)
    books = {study_id: _load_studies(workspace, registry)[study_id]}
    year = books[study_id].year
    if year is None:
        raise SourceError(
            "A study does not say its year",
            where=f"{study_id}/study.toml",
            expected="year and max_age_years",
            action="add them",
        )
    own = workspace.of_study(study_id)
    return replace(_context(own, registry, {}, books, before, (year,), ()), study_id=study_id)


def _context(
    workspace: Workspace,
    registry: Registry,
    sources: dict[str, Source],
    books: dict[str, Codebook],
    before: dict[str, str],
    editions: tuple[int, ...],
    report_years: tuple[int, ...],
) -> Context:
    context = Context(
        workspace=workspace,
        registry=registry,
        sources=sources,
        studies=books,
        project=SqlProject.load(workspace.models),
        declared={},
        editions=editions,
        report_years=report_years,
        kept_releases=load_settings().retention.releases,
    )
    names = {path: name for name, path in declared_files(context).items()}
    declared = {names[path]: before.get(str(path), "absent") for path in names}
    return replace(context, declared=declared)


def _declared_now(workspace: Workspace) -> dict[str, str]:
    """Return the sha256 of every file that a person may have declared something in, by its path.

    The code is taken at the same moment: it is what loads them.
    """
    started_with().remember(workspace.build / PARSED_CODE)
    folders = (
        *((workspace.raw, pattern) for pattern in ("*.toml", "*.csv")),
        (workspace.registry, "*.csv"),
        (workspace.models / "models", "**/*.sql"),
        (workspace.surveys, "**/*"),
    )
    return {
        str(path): sha256_of(path)
        for folder, pattern in folders
        for path in folder.glob(pattern)
        if path.is_file()
    }


def _load_studies(workspace: Workspace, registry: Registry) -> dict[str, Codebook]:
    folder = workspace.surveys / CODEBOOKS
    return {name: load_codebook(folder / name, registry) for name in studies(workspace.surveys)}


def _check_sources(registry: Registry, sources: dict[str, Source]) -> None:
    for source_id, source in sources.items():
        unsaid = [name for name, value in vars(source).items() if value in OPEN]
        if unsaid:
            raise SourceError(
                "Sources: an entry is not complete",
                where=f"raw/sources.toml, [{source_id}], {', '.join(unsaid)}",
                found=TO_COMPLETE,
                expected="what readers are told of a source",
                action="complete the entry",
            )
    for reading in (r for measure in registry.measures.values() for r in measure.readings):
        if reading.source_id not in sources:
            raise RegistryError(
                "Registry: a measure comes from a source that is not declared",
                where=f"{reading.declared_at}, column source_id",
                found=repr(reading.source_id),
                expected="a source of raw/sources.toml",
                action="correct the measure or declare the source",
            )
    for source_id in sources:
        if not registry.measures_of(source_id):
            raise SourceError(
                "Sources: no measure is read from a source",
                where=f"raw/sources.toml, [{source_id}]",
                expected="a measure of measures.csv or measure_series.csv with this source_id",
                action="add the measure or remove the source",
            )
