"""Brings together all that a study has published, read and pinned, for those who judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from phare_pipeline.errors import SourceError
from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook import Codebook, load_codebook
from phare_pipeline.survey.published.claims import Claim, read_claims
from phare_pipeline.survey.published.figures import (
    Definition,
    PrintedFigure,
    read_definitions,
    read_figures,
)
from phare_pipeline.survey.published.labels import PrintedLabel, read_labels
from phare_pipeline.survey.published.relations import FigureRelation, read_relations
from phare_pipeline.survey.published.reprints import Reprint, read_reprints
from phare_pipeline.survey.published.results import PublishedResult, read_published
from phare_pipeline.survey.published.sample import SampleFigure, read_sample_structure

CODEBOOKS = "codebooks"


@dataclass(frozen=True)
class PublishedStudy:
    """A study and what its report prints; a table that the study does not have is empty."""

    codebook: Codebook
    registry: Registry
    results: tuple[PublishedResult, ...]
    sample: tuple[SampleFigure, ...] = ()
    reprints: tuple[Reprint, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    figures: tuple[PrintedFigure, ...] = ()
    relations: tuple[FigureRelation, ...] = ()
    claims: tuple[Claim, ...] = ()
    labels: tuple[PrintedLabel, ...] = ()


def studies(surveys_dir: Path) -> tuple[str, ...]:
    """Return the ids of the studies that have a codebook, in alphabetical order."""
    return tuple(sorted(p.parent.name for p in (surveys_dir / CODEBOOKS).glob("*/study.toml")))


def load_published_study(surveys_dir: Path, study_id: str, registry: Registry) -> PublishedStudy:
    """Load all that a study has published.

    Args:
        surveys_dir: the folder `raw/surveys`.
        study_id: a folder of `raw/surveys/codebooks`.
        registry: for domains and regions.

    Raises:
        SourceError: there is no such study, or a file is missing or not the pinned one.
        CodebookError: a line of its tables is wrong.
    """
    known = studies(surveys_dir)
    if study_id not in known:
        raise SourceError(
            "There is no such study", found=study_id, expected=f"one of {', '.join(known)}"
        )
    folder = surveys_dir / CODEBOOKS / study_id
    codebook = load_codebook(folder, registry)
    kinds = {file.kind for file in codebook.files}
    definitions = read_definitions(folder) if "figures" in kinds else {}
    return PublishedStudy(
        codebook=codebook,
        registry=registry,
        results=read_published(surveys_dir, codebook) if "results" in kinds else (),
        sample=read_sample_structure(surveys_dir, codebook) if "sample" in kinds else (),
        reprints=read_reprints(surveys_dir, codebook) if "reprints" in kinds else (),
        definitions=definitions,
        figures=read_figures(surveys_dir, codebook, definitions) if "figures" in kinds else (),
        relations=read_relations(folder, codebook, definitions) if "figures" in kinds else (),
        claims=read_claims(surveys_dir, codebook) if "claims" in kinds else (),
        labels=read_labels(surveys_dir, codebook) if "labels" in kinds else (),
    )
