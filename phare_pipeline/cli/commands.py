"""One function a command: it loads the installation, calls steps and hands results to `screen`."""

from __future__ import annotations

import argparse
import gc
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from phare_pipeline.cli import screen
from phare_pipeline.errors import PhareError, ReleaseError, SourceError
from phare_pipeline.steps import run as runs
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.loading import load_context, load_study_context


def scope_of(context: Context, options: argparse.Namespace) -> runs.Scope:
    """Return the editions and regions that the command line asks for, all by default.

    Raises:
        PhareError: an unknown region or edition.
    """
    years = tuple(sorted(set(options.year or context.editions)))
    unknown = [year for year in years if year not in context.editions]
    if unknown:
        raise PhareError(
            "There is no such edition",
            found=", ".join(map(str, unknown)),
            expected=f"{context.editions[0]} to {context.editions[-1]}",
        )
    names = options.region or context.slugs
    slugs = tuple(dict.fromkeys(slug_of(context, name) for name in names))
    return runs.Scope(years, slugs, tuple(options.year or ()))


def slug_of(context: Context, name: str) -> str:
    """Return the slug of a region given by any of its names.

    Raises:
        PhareError: nothing fits; the nearest name is suggested.
    """
    from phare_pipeline.registry.territories import Territories

    try:
        return Territories(context.registry).find_region(name).slug
    except KeyError as error:
        raise PhareError(
            str(error.args[0]), expected=f"one of {', '.join(context.slugs)}"
        ) from None


def plan(options: argparse.Namespace) -> int:
    """Print each step of a run with its reason."""
    context = load_context()
    screen.show_plan(runs.plan(context, scope_of(context, options)), everything=options.all)
    return 0


def run(options: argparse.Namespace) -> int:
    """Do what is due and print what came out."""
    from phare_pipeline.cli.moved import moved_lines
    from phare_pipeline.config import Workspace
    from phare_pipeline.warehouse.lock import exclusive
    from phare_pipeline.warehouse.releases import current_release

    if options.study:
        return _run_study(options)
    if options.exports:
        raise PhareError(
            "Exports are those of a study",
            found="--exports without --study",
            expected="phare run --study ID --exports FOLDER",
        )
    progress = screen.Progress()
    # Readers make millions of small tuples and hardly any cycle: looking for cycles at the usual
    # pace took a third of the time of staging.
    gc.set_threshold(500_000, 20, 20)
    try:
        with (
            exclusive(Workspace.from_environment().warehouse, "phare run", options.wait, progress),
            ExitStack() as at_end,
        ):
            # Loaded once nobody else writes: who waits must see what is declared now.
            context = load_context()
            scope = scope_of(context, options)
            before = current_release(context.workspace)
            outcome = runs.run(
                context,
                _executor(context, options, at_end),
                scope,
                progress,
                is_published=not options.no_release,
            )
    except PhareError as error:
        _tell_team("failure", str(error))
        raise
    finally:
        progress.close()
    if outcome.release is not None:
        published = outcome.release.release_id
        _tell_team("release", f"the current release is {published}", published)
    if options.no_release:
        screen.show_build(context, outcome)
    else:
        screen.show_outcome(context, outcome)
        if before and outcome.release and before.path != outcome.release.path:
            print(f"\nsince release {before.release_id} (phare diff {before.release_id} current):")
            print("\n".join(f"  {line}" for line in moved_lines(before.path, outcome.release.path)))
    return 0


def _tell_team(event: Literal["failure", "release"], text: str, release: str | None = None) -> None:
    """Tell those whom service.toml names; nobody is waited for who cannot be told."""
    from phare_pipeline.service.notify import News, tell
    from phare_pipeline.service.settings import load_settings

    news = News(event, "phare run", text, release)
    tell(news, load_settings().notify, lambda problem: print(problem, file=sys.stderr))


def _run_study(options: argparse.Namespace) -> int:
    """Publish a study alone, in a warehouse of its own."""
    from phare_pipeline.cli.studies import show_study_release
    from phare_pipeline.steps.release.study import run_study
    from phare_pipeline.warehouse.lock import exclusive

    if options.year or options.region or options.no_release:
        raise PhareError(
            "A study is published whole",
            found="--study with --year, --region or --no-release",
            expected="--study alone",
        )
    context = load_study_context(options.study)
    progress = screen.Progress()
    try:
        with exclusive(context.workspace.warehouse, "phare run --study", options.wait, progress):
            release = run_study(context, progress, options.exports)
    finally:
        progress.close()
    show_study_release(context, release)
    return 0


def check(options: argparse.Namespace) -> int:
    """Read and audit sources without writing; list every rejected row, or a study's faults."""
    from phare_pipeline.steps.staging.source import read_source

    if options.study:
        return _check_studies(options.study)
    context = load_context()
    names = options.source or list(context.sources)
    rejected = 0
    for name in names:
        if name not in context.sources:
            raise SourceError(
                "There is no such source",
                found=name,
                expected=f"one of {', '.join(context.sources)}",
            )
        try:
            staged, _ = read_source(context, context.sources[name])
        except PhareError as error:
            rejected += 1
            screen.show_refusal(name, error)
            continue
        rejected += len(staged.quarantine)
        screen.show_check(name, staged, everything=options.all)
    return 1 if rejected else 0


def _check_studies(names: Sequence[str]) -> int:
    """Judge what studies have printed; 1 when a fault is found in one."""
    from phare_pipeline.cli.studies import show_findings
    from phare_pipeline.config import Workspace
    from phare_pipeline.registry.loader import load_registry
    from phare_pipeline.survey.consistency import Severity, check_study
    from phare_pipeline.survey.published.study import load_published_study

    workspace = Workspace.from_environment()
    registry = load_registry(workspace.registry)
    has_faults = False
    for name in names:
        study = load_published_study(workspace.raw / "surveys", name, registry)
        findings = check_study(study)
        show_findings(study, findings)
        has_faults |= any(finding.severity is not Severity.INFO for finding in findings)
    return int(has_faults)


def pin(options: argparse.Namespace) -> int:
    """Renew the pins of raw/sources.toml and show what changed."""
    from phare_pipeline.config import Workspace
    from phare_pipeline.sources.pins import renew_pins

    screen.show_pins(renew_pins(Workspace.from_environment().raw))
    return 0


def goalposts(options: argparse.Namespace) -> int:
    """Show what renewing the frozen scales would move; write them when asked to."""
    from phare_pipeline.steps.goalposts import compare, proposal_of, write_goalposts

    context = load_context()
    proposal = proposal_of(context)
    screen.show_goalposts(compare(context.registry.goalposts.values(), proposal.goalposts))
    screen.show_score_moves(proposal)
    if options.renew:
        write_goalposts(context.workspace.registry, proposal.goalposts)
    return 0


def open(options: argparse.Namespace) -> int:
    """Open the explorer, or the report of a region or of France, and say where it lies."""
    from phare_pipeline.contract.documents import EXPLORER, NATIONAL
    from phare_pipeline.steps.report_pdf import newest_report

    context = load_context()
    if not context.workspace.current.exists():
        raise ReleaseError("Nothing is published yet", action="phare run")
    if options.region is None:
        path = context.workspace.current / EXPLORER
    else:
        is_national = options.region.casefold() == NATIONAL
        slug = NATIONAL if is_national else slug_of(context, options.region)
        path = newest_report(context, slug, options.year)
    print(path)
    if not options.only_print:
        webbrowser.open(path.resolve().as_uri())
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the tables or reports of some regions and editions, as published, in one format."""
    from phare_pipeline.outputs.tables.export import write_export
    from phare_pipeline.steps.export import export_of
    from phare_pipeline.steps.report_pdf import export_pdfs

    context = load_context()
    scope = scope_of(context, options)
    if options.kind == "pdf":
        for path in export_pdfs(context, scope, Path(options.to)):
            print(path, flush=True)
        return 0
    chosen, about = export_of(context, scope)
    for path in write_export(Path(options.to), chosen, about, options.kind):
        print(path)
    return 0


def ui(options: argparse.Namespace) -> int:
    """Run Dagster's UI and daemon on loopback until interrupted."""
    from phare_pipeline.cli.server import serve

    return serve(options.port)


def _executor(
    context: Context, options: argparse.Namespace, at_end: ExitStack
) -> Callable[[], runs.Executor]:
    """Return what makes the executor: Dagster takes seconds to import, a run may not need it.

    Args:
        context: the installation.
        options: whether Dagster does the work.
        at_end: closes the executor when the run ends, however it does.
    """
    if options.plain:
        return lambda: runs.PlainExecutor(context)

    def start_dagster() -> runs.Executor:
        from phare_pipeline.assets.instance import open_instance
        from phare_pipeline.assets.runner import DagsterExecutor
        from phare_pipeline.definitions import defs

        instance = open_instance(context.workspace)
        executor = DagsterExecutor(context, instance, defs.get_repository_def())
        at_end.callback(executor.close)
        return executor

    return start_dagster
