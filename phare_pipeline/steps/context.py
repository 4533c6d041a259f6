"""What every step needs: folders, registry, sources, models, ledger; it computes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from phare_pipeline.config import EDITIONS, Workspace
from phare_pipeline.errors import RegistryError, SourceError
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry
from phare_pipeline.sources.catalogue import Source, load_sources
from phare_pipeline.sql.project import SqlProject
from phare_pipeline.steps.fingerprints import models_digest, registry_digest
from phare_pipeline.survey.codebook import Codebook, load_codebook
from phare_pipeline.survey.published.study import CODEBOOKS, studies
from phare_pipeline.warehouse.ledger import Ledger


@dataclass(frozen=True)
class Context:
    """One installation with its registry and sources, loaded and checked against each other.

    `study_id` names the one study of an installation that holds nothing else; None takes all
    studies but the synthetic ones, which never stand beside real figures.
    """

    workspace: Workspace
    registry: Registry
    sources: dict[str, Source]
    editions: tuple[int, ...] = EDITIONS
    study_id: str | None = None

    @classmethod
    def load(cls, workspace: Workspace | None = None) -> Context:
        """Load everything that is known before any data.

        Raises:
            RegistryError, SourceError: a table or entry is wrong, or names what does not exist.
        """
        workspace = workspace or Workspace.from_environment()
        registry, sources = load_registry(workspace.registry), load_sources(workspace.raw)
        _check_sources(registry, sources)
        return cls(workspace, registry, sources)

    @classmethod
    def of_study(cls, study_id: str, workspace: Workspace | None = None) -> Context:
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
        registry = load_registry(workspace.registry)
        context = cls(workspace.of_study(study_id), registry, {}, study_id=study_id)
        year = context.studies[study_id].year
        if year is None:
            raise SourceError(
                "A study does not say its year",
                where=f"{study_id}/study.toml",
                expected="year and max_age_years",
                action="add them",
            )
        return replace(context, editions=(year,))

    @cached_property
    def studies(self) -> dict[str, Codebook]:
        """The codebooks of the studies of this installation, by id.

        Raises:
            CodebookError, SourceError: a table or entry is wrong.
        """
        folders = {name: self.workspace.surveys / CODEBOOKS / name for name in
                   studies(self.workspace.surveys)}  # fmt: skip
        books = {name: load_codebook(path, self.registry) for name, path in folders.items()}
        if self.study_id is not None:
            return {self.study_id: books[self.study_id]}
        return {name: book for name, book in books.items() if not book.is_synthetic}

    @cached_property
    def ledger(self) -> Ledger:
        """The record of what was built from what."""
        return Ledger(self.workspace.build)

    @cached_property
    def project(self) -> SqlProject:
        """The SQL models."""
        return SqlProject.load(self.workspace.models)

    @cached_property
    def registry_hash(self) -> str:
        """The hash of the registry's content."""
        return registry_digest(self.registry)

    @cached_property
    def models_hash(self) -> str:
        """The hash of the SQL models."""
        return models_digest(self.workspace.models)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The partition keys of the regions, by region code."""
        return tuple(region.slug for region in self.registry.study_regions)


def _check_sources(registry: Registry, sources: dict[str, Source]) -> None:
    for measure in registry.measures.values():
        if measure.source_id not in sources:
            raise RegistryError(
                "Registry: a measure comes from a source that is not declared",
                where=f"measures.csv, line {measure.line}, column source_id",
                found=repr(measure.source_id),
                expected="a source of raw/sources.toml",
                action="correct the measure or declare the source",
            )
    for source_id in sources:
        if not registry.measures_of(source_id):
            raise SourceError(
                "Sources: no measure is read from a source",
                where=f"raw/sources.toml, [{source_id}]",
                expected="at least one measure of measures.csv with this source_id",
                action="add the measure or remove the source",
            )
