"""The study of 2016 as it lies in the repository, read once."""

from pathlib import Path

import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry
from phare_pipeline.survey.codebook import Codebook, load_codebook
from phare_pipeline.survey.published import PublishedResult, read_published


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def surveys(repository: Path) -> Path:
    return repository / "raw" / "surveys"


@pytest.fixture(scope="session")
def codebook(surveys: Path, registry: Registry) -> Codebook:
    return load_codebook(surveys / "codebooks" / "phare-2016", registry)


@pytest.fixture(scope="session")
def printed(surveys: Path, codebook: Codebook) -> tuple[PublishedResult, ...]:
    return read_published(surveys, codebook)
