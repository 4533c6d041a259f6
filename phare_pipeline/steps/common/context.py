"""What every step is given: folders and what was loaded from them; it loads and computes nothing.

How it is loaded belongs in `loading`, so that a step depends on what it uses of it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from phare_pipeline.config import EDITIONS, KEPT_RELEASES, Workspace
from phare_pipeline.steps.common.declared import models_digest, registry_digest
from phare_pipeline.warehouse.ledger import Ledger

if TYPE_CHECKING:
    from phare_pipeline.registry.model import Registry
    from phare_pipeline.sources.catalogue import Source
    from phare_pipeline.sql.project import SqlProject
    from phare_pipeline.survey.codebook import Codebook


@dataclass(frozen=True)
class Context:
    """One installation with its registry, sources, studies and models, checked against each other.

    Attributes:
        workspace: the folders.
        registry: territories, domains, measures, indicators.
        sources: what figures are read from, by id.
        studies: codebooks of the studies, by id; synthetic ones never stand beside real figures.
        project: the SQL models.
        declared: sha256 of each file that a person writes and that decides figures, as it was
            before it was loaded, by its path in a state (see `origins`).
        editions: the declared scope: a release holds exactly these.
        report_years: editions whose reports are published besides the default ones.
        study_id: the one study of an installation that holds nothing else.
        kept_releases: how many releases stay when one is published.
    """

    workspace: Workspace
    registry: Registry
    sources: dict[str, Source]
    studies: Mapping[str, Codebook]
    project: SqlProject
    declared: Mapping[str, str] = field(repr=False)
    editions: tuple[int, ...] = EDITIONS
    report_years: tuple[int, ...] = ()
    study_id: str | None = None
    kept_releases: int = KEPT_RELEASES

    @cached_property
    def ledger(self) -> Ledger:
        """The record of what was built from what."""
        return Ledger(self.workspace.build)

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
