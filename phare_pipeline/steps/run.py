"""Decides what is due and has it done, in order; who does it (plainly or in Dagster) is given.

What a step does belongs in its own module, what a person sees of it in `cli`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Protocol

from phare_pipeline.steps.common import studies
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.studies import Wave
from phare_pipeline.steps.documents import making as documents
from phare_pipeline.steps.documents.document import Maker
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.edition.part import part_key
from phare_pipeline.steps.release import gather as release
from phare_pipeline.steps.release import publish
from phare_pipeline.steps.staging import observations, surveys, unusual
from phare_pipeline.steps.staging import source as staging
from phare_pipeline.warehouse import run_log
from phare_pipeline.warehouse.releases import Release
from phare_pipeline.warehouse.staging import staging_key

Pair = tuple[str, int]
Report = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One thing that a run does or leaves, and why."""

    name: str
    is_due: bool
    reason: str


@dataclass(frozen=True)
class Scope:
    """The editions and regions of a run; `asked` are the editions that a person has named."""

    years: tuple[int, ...]
    slugs: tuple[str, ...]
    asked: tuple[int, ...] = ()


class Executor(Protocol):
    """Does what a run has found to be due; each call raises when its work is refused."""

    def stage(self, source_ids: Sequence[str]) -> None:
        """Stage sources."""

    def unite(self) -> None:
        """Unite the staged sources."""

    def ask(self, waves: Sequence[Wave]) -> None:
        """Stage the results of surveys."""

    def build(self, year: int) -> None:
        """Build the core tables of an edition."""

    def cut(self, pairs: Sequence[Pair]) -> None:
        """Cut the published files of regions and editions."""

    def document(self, maker: Maker, pairs: Sequence[Pair]) -> None:
        """Make documents of regions (or France) and editions."""

    def publish(self, report: Report) -> Release:
        """Assemble and switch the release; tell what leaves it."""


@dataclass(frozen=True)
class PlainExecutor:
    """Calls the steps as plain functions, without Dagster."""

    context: Context

    def stage(self, source_ids: Sequence[str]) -> None:
        """Stage sources."""
        for source_id in source_ids:
            staging.stage_source(self.context, self.context.sources[source_id])

    def unite(self) -> None:
        """Unite the staged sources."""
        observations.unite(self.context)

    def ask(self, waves: Sequence[Wave]) -> None:
        """Stage the results of surveys."""
        for wave in waves:
            surveys.stage_wave(self.context, wave)

    def build(self, year: int) -> None:
        """Build the parts of an edition that are due."""
        for part in edition.PARTS:
            if not edition.is_part_built(self.context, part, year):
                edition.make_part(self.context, part, year)

    def cut(self, pairs: Sequence[Pair]) -> None:
        """Cut the published files of regions and editions."""
        for year in sorted({year for _, year in pairs}):
            tables = publish.EditionTables(self.context, year)
            publish.cut_regions(self.context, [slug for slug, y in pairs if y == year], tables)

    def document(self, maker: Maker, pairs: Sequence[Pair]) -> None:
        """Make documents of regions (or France) and editions."""
        for year in sorted({year for _, year in pairs}):
            slugs = [slug for slug, y in pairs if y == year]
            documents.make_documents(self.context, maker, year, slugs)

    def publish(self, report: Report) -> Release:
        """Assemble and switch the release; tell what leaves it."""
        return release.make_release(self.context, notice=report)


class Timer:
    """Passes on what begins, and measures how long each thing takes."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._begun: dict[str, float] = {}

    def __call__(self, text: str) -> None:
        """Tell and note what begins now."""
        self._begun[text] = time.monotonic()
        self._report(text)

    @property
    def seconds(self) -> dict[str, float]:
        """How long each thing took, the last one until now."""
        moments = [*self._begun.values(), time.monotonic()]
        spans = [round(end - begin, 3) for begin, end in pairwise(moments)]
        return dict(zip(self._begun, spans, strict=True))


@dataclass(frozen=True)
class Outcome:
    """What a run did; `notes` are lines on the figures that were united."""

    staged: tuple[str, ...]
    editions: tuple[int, ...]
    cuts: tuple[Pair, ...]
    documents: tuple[Pair, ...]
    release: Release | None
    stale_editions: tuple[int, ...]
    notes: tuple[str, ...] = ()


def run(
    context: Context,
    start: Callable[[], Executor],
    scope: Scope,
    report: Report,
    *,
    is_published: bool = True,
) -> Outcome:
    """Do what is due within the scope, skip what is unchanged, and publish.

    Every step is judged again when its turn comes: a source that is read anew but holds the same
    figures leaves the editions alone.

    Args:
        context: the installation.
        start: makes the executor; called when the first thing is due.
        scope: the editions and regions to look at.
        report: told what begins.
        is_published: whether a release is made of it; else the last one stands.

    Raises:
        PhareError: a step is refused; the last release stands.
    """
    executor = cache(start)
    timer = Timer(report)
    staging.check_files(context)
    studies.check_files(context)
    staged = tuple(s for s in context.sources if not staging.is_staged(context, context.sources[s]))
    if staged:
        timer(f"staging {len(staged)} sources")
        executor().stage(staged)
    notes: tuple[str, ...] = ()
    if not observations.are_united(context):
        timer("uniting all figures")
        executor().unite()
        notes = unusual.list_unusual(context)
    asked = tuple(wave for wave in studies.waves(context) if not surveys.is_staged(context, wave))
    if asked:
        timer(f"staging {len(asked)} surveys")
        executor().ask(asked)
    built = []
    for year in scope.years:
        if not edition.is_edition_built(context, year):
            timer(f"building edition {year}")
            executor().build(year)
            built.append(year)
    cuts = tuple(due_cuts(context, scope))
    if cuts:
        regions, years = {slug for slug, _ in cuts}, {year for _, year in cuts}
        timer(f"cutting {len(regions)} regions × {len(years)} editions")
        executor().cut(cuts)
    made: list[Pair] = []
    for maker in documents.MAKERS:
        due = tuple(due_documents(context, maker, scope))
        if due:
            timer(f"writing {len(due)} documents ({maker.document.name})")
            executor().document(maker, due)
            made += due
    published = None
    if is_published and not release.is_current(context):
        timer("assembling the release")
        published = executor().publish(report)
    stale = tuple(
        year
        for year in release.built_editions(context)
        if year not in scope.years and not edition.is_edition_built(context, year)
    )
    outcome = Outcome(staged, tuple(built), cuts, tuple(made), published, stale, notes)
    if timer.seconds:
        _log(context, outcome, timer)
    return outcome


def _log(context: Context, outcome: Outcome, timer: Timer) -> None:
    """Note what a run did and how long it took."""
    run_log.write_entry(
        context.workspace,
        run_log.RUN,
        release=outcome.release.release_id if outcome.release else None,
        staged=list(outcome.staged),
        editions=list(outcome.editions),
        region_years=len(outcome.cuts),
        documents=len(outcome.documents),
        notes=list(outcome.notes),
        seconds=timer.seconds,
    )


def due_cuts(context: Context, scope: Scope) -> Iterator[Pair]:
    """Yield the regions and editions whose published files are missing or of another state."""
    for year in scope.years:
        fingerprint = publish.cut_fingerprint(context, year)
        for slug in scope.slugs:
            if not publish.is_cut(context, slug, year, fingerprint):
                yield slug, year


def due_documents(context: Context, maker: Maker, scope: Scope) -> Iterator[Pair]:
    """Yield the regions (or France) and editions whose documents a run has to make."""
    return documents.due_documents(context, maker, scope.years, scope.slugs)


def plan(context: Context, scope: Scope) -> Iterator[Step]:
    """Yield every step of a run with its reason, without doing anything.

    Raises:
        SourceError: a raw file is missing or is not the pinned one.
    """
    staging.check_files(context)
    studies.check_files(context)
    upstream = False
    for source_id, source in context.sources.items():
        due = not staging.is_staged(context, source)
        upstream |= due
        key = staging_key(source_id)
        yield Step(key, due, _why(context, key, due, "file, options, registry or reader changed"))
    due = upstream or not observations.are_united(context)
    yield Step(observations.NAME, due, _below(context, observations.NAME, due, upstream))
    for wave in studies.waves(context):
        is_due = not surveys.is_staged(context, wave)
        due |= is_due
        reason = _why(context, wave.name, is_due, "codebook, figures or code changed")
        yield Step(wave.name, is_due, reason)
    for year in scope.years:
        key = part_key(edition.PARTS[0], year)
        year_due = due or not edition.is_edition_built(context, year)
        yield Step(key, year_due, _below(context, key, year_due, due))
        one_year = Scope((year,), scope.slugs)
        stale = set() if year_due else {slug for slug, _ in due_cuts(context, one_year)}
        for slug in scope.slugs:
            cut_due = year_due or slug in stale
            cut = publish.cut_key(slug, year)
            yield Step(cut, cut_due, _below(context, cut, cut_due, year_due))
            upstream |= cut_due
        for maker in () if year_due else documents.MAKERS:
            for slug, _ in due_documents(context, maker, replace(scope, years=(year,))):
                key = documents.document_key(maker, slug, year)
                changed = "its edition, the registry, the code or a template changed"
                yield Step(key, True, _why(context, key, True, changed))
                upstream = True
    release_due = upstream or due or not release.is_current(context)
    reason = "something below is due" if upstream or due else "no release holds this state"
    yield Step("release", release_due, reason if release_due else "unchanged")


def _why(context: Context, key: str, due: bool, changed: str) -> str:
    if not due:
        return "unchanged"
    return changed if context.ledger.fingerprint_of(key) else "never built"


def _below(context: Context, key: str, due: bool, upstream: bool) -> str:
    if due and upstream and context.ledger.fingerprint_of(key):
        return "something below is due; it is judged again when its turn comes"
    return _why(context, key, due, "its inputs, the registry or the code changed")
