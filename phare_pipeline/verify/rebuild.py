"""Builds a release again in a temporary folder and compares it byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from phare_pipeline.errors import PhareError
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.documents.making import MAKERS, places
from phare_pipeline.steps.release.gather import present_inputs
from phare_pipeline.steps.run import PlainExecutor, Scope, run
from phare_pipeline.verify.check import Check, Outcome, checked
from phare_pipeline.warehouse.manifest import read_manifest

NAME = "rebuild"


def check_rebuild(context: Context, published: Published, report: Callable[[str], None]) -> Check:
    """Build the editions of a release again from the raw files, and compare every file.

    The catalogue is compared by the rows of its tables. What cannot be rebuilt here, because raw
    files, registry or code are no longer those of the release, is not verified.
    """
    obstacles = list(_obstacles(context, published))
    if obstacles:
        return Check(
            NAME, Outcome.NOT_VERIFIED, "not what the release was made from", tuple(obstacles)
        )
    with tempfile.TemporaryDirectory(prefix="phare-verify-") as folder:
        workspace = replace(context.workspace, warehouse=Path(folder) / "warehouse")
        again = replace(
            context,
            workspace=workspace,
            editions=published.editions,
            report_years=_report_years(context, published),
        )
        try:
            run(again, lambda: PlainExecutor(again), Scope(again.editions, again.slugs), report)
        except PhareError as error:
            return Check(NAME, Outcome.NOT_VERIFIED, "the run is refused", (str(error),))
        manifest = read_manifest(workspace.current)
    wrong = list(_differences(published.manifest, manifest))
    count = len(published.manifest["files"])
    return checked(NAME, f"{count} files built again, byte for byte; the catalogue by rows", wrong)


def _obstacles(context: Context, published: Published) -> Iterator[str]:
    """Yield what differs between the inputs of the release and those that are here."""
    made_from, here = published.manifest["inputs"], present_inputs(context)
    for name, value in here.items():
        if made_from.get(name) != value:
            yield f"{name}: {_first_difference(made_from.get(name), value)}"
    if len({edition["origins"] for edition in made_from["editions"].values()}) > 1:
        yield "editions: they were built from different states of figures and declarations"


def _first_difference(one: Any, two: Any) -> str:
    """Name the first thing in which two inputs differ."""
    if isinstance(one, dict) and isinstance(two, dict):
        names = sorted(name for name in {*one, *two} if one.get(name) != two.get(name))
        return f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} differ from the release"
    return "differs from the release"


def _report_years(context: Context, published: Published) -> tuple[int, ...]:
    """Return the editions whose documents the release holds."""
    files = published.manifest["files"]
    return tuple(
        year
        for year in published.editions
        if any(m.document.path(slug, year) in files for m in MAKERS for slug in places(context))
    )


def _differences(release: dict[str, Any], again: dict[str, Any]) -> Iterator[str]:
    """Yield in what two manifests differ: files, then the catalogue, then the inputs."""
    for part, noun in (("files", "file"), ("catalogue", "table of the catalogue")):
        one, two = release[part], again[part]
        for name in sorted(one.keys() | two.keys()):
            if name not in two:
                yield f"{noun} {name} is not built again"
            elif name not in one:
                yield f"{noun} {name} is built, and is not in the release"
            elif one[name] != two[name]:
                yield f"{noun} {name} differs"
    for name in sorted(release["inputs"].keys() | again["inputs"].keys()):
        if release["inputs"].get(name) != again["inputs"].get(name):
            yield f"input {name} differs"
