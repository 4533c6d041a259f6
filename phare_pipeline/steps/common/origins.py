"""Keeps what each edition was built from: the figures of all sources and all that was declared.

A release takes it along, so that every figure of it can be explained, and two releases compared,
when raw files, registry and models have moved on. A state is a folder named by its content; nothing
is computed here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from phare_pipeline.errors import ReleaseError
from phare_pipeline.sources.catalogue import CATALOGUE as SOURCES
from phare_pipeline.sources.corrections import FILE as CORRECTIONS
from phare_pipeline.sources.gaps import FILE as GAPS
from phare_pipeline.state.digests import digest
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import declared_studies
from phare_pipeline.warehouse.files import TEMPORARY, link, refusal, remove_folder, sha256_of

FOLDER = "origins"
OBSERVATIONS = "core_observations.parquet"
REGISTRY = "registry"
MODELS = "models"
ID_LENGTH = 16


def declared_files(context: Context) -> dict[str, Path]:
    """Return the files that a person writes and that decide figures, by their path in a state."""
    place = context.workspace
    found = {name: place.raw / name for name in (SOURCES, CORRECTIONS, GAPS)}
    found |= _below(REGISTRY, place.registry, "*.csv")
    found |= _below(MODELS, place.models / "models", "*.sql")
    return found | declared_studies(context)


def _below(name: str, folder: Path, pattern: str) -> dict[str, Path]:
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob(pattern))
    }


def state_of(context: Context) -> str:
    """Return the name of the state that an edition built now is made from.

    Raises:
        ReleaseError: the figures of the sources have not been united.
    """
    if not context.workspace.observations_file.is_file():
        raise ReleaseError(
            "The figures of all sources are missing",
            where="warehouse/build/core",
            expected=OBSERVATIONS,
            action="phare run",
        )
    return _name({**declared_files(context), OBSERVATIONS: context.workspace.observations_file})


def _name(files: Mapping[str, Path]) -> str:
    parts = (part for name in sorted(files) for part in (name, sha256_of(files[name])))
    return digest(*parts)[:ID_LENGTH]


def keep_state(context: Context) -> str:
    """Keep the present state in the build area, if it is not there yet, and return its name.

    Raises:
        PhareError: the disk is full.
    """
    observations = {OBSERVATIONS: context.workspace.observations_file}
    return _keep(context, state_of(context), declared_files(context), observations)


def keep_study_state(context: Context) -> str:
    """Keep what decides the figures of a study that stands alone, and return its name.

    The registry and the codebooks; never an export, nor anything that is made of answers.

    Raises:
        PhareError: the disk is full.
    """
    files = {**_below(REGISTRY, context.workspace.registry, "*.csv"), **declared_studies(context)}
    return _keep(context, _name(files), files, {})


def _keep(
    context: Context, name: str, copied: Mapping[str, Path], linked: Mapping[str, Path]
) -> str:
    """Keep files as a state in the build area, if it is not there yet, and return its name."""
    folder = context.workspace.build / FOLDER / name
    if is_kept(context, name):
        return name
    draft = folder.with_name(f"{TEMPORARY}{os.getpid()}-{name}")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for path, source in copied.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            # Copied, for a person may write into the declared file.
            shutil.copyfile(source, draft / path)
        for path, source in linked.items():
            link(source, draft / path)
        remove_folder(folder)
        draft.rename(folder)
    except OSError as error:
        raise refusal(error, folder) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return name


def is_kept(context: Context, state: str) -> bool:
    """Tell whether a state is there with the content that its name says."""
    folder = context.workspace.build / FOLDER / state
    return folder.is_dir() and _name(_files(folder)) == state


def _files(folder: Path) -> dict[str, Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


def state_files(context: Context, states: Iterable[str]) -> dict[str, Path]:
    """Return the files of states by their path in a release.

    Raises:
        ReleaseError: a state is not there as it was.
    """
    files: dict[str, Path] = {}
    for state in sorted(set(states)):
        if not is_kept(context, state):
            raise ReleaseError(
                "What an edition was built from is no longer there",
                where=f"warehouse/build/{FOLDER}/{state}",
                expected="the figures and declarations that its record names",
                action="delete warehouse/build/ledger/core and run again: phare run",
            )
        folder = context.workspace.build / FOLDER / state
        files |= {f"{FOLDER}/{state}/{path}": file for path, file in _files(folder).items()}
    return files


def forget_states(context: Context, needed: Iterable[str]) -> None:
    """Remove the states that no edition was built from any more."""
    kept = set(needed)
    for folder in sorted((context.workspace.build / FOLDER).glob("*")):
        if folder.name not in kept:
            remove_folder(folder)
