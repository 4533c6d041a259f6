"""Parses the command line and turns errors into messages and exit codes; no command lives here."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from phare_pipeline.errors import PhareError
from phare_pipeline.warehouse.files import refusal
from phare_pipeline.warehouse.lock import TIMEOUT_SECONDS

# Where a command's function is, unless it is in `commands`.
MODULES = {
    "accept": "accept",
    "diff": "diff",
    "explain": "explain",
    "releases": "releases",
    "rollback": "releases",
    "verify": "verify",
    "prune": "releases",
    "source": "source",
    "indicator": "indicator",
    "health": "service",
    "env": "service",
}

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of `phare` with all its commands."""
    parser = argparse.ArgumentParser(
        prog="phare", description="From raw extracts to regional figures and a fragility index."
    )
    parser.add_argument("--traceback", action="store_true", help="show where an error was raised")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    for name, text in (
        ("plan", "say what a run would do, and why"),
        ("run", "do what is due and publish"),
    ):
        command = commands.add_parser(name, help=text)
        _add_scope(command)
        if name == "run":
            command.add_argument(
                "--study", metavar="ID", help="only this study, in a release of its own"
            )
            command.add_argument(
                "--exports",
                type=Path,
                metavar="FOLDER",
                help="with the exports of that study, where they have no pin (synthetic ones)",
            )
            command.add_argument(
                "--plain", action="store_true", help="call the steps without Dagster"
            )
            command.add_argument(
                "--no-release", action="store_true", help="build and publish nothing (see diff)"
            )
            _add_wait(command)
        else:
            command.add_argument("--all", action="store_true", help="also list what is unchanged")

    check = commands.add_parser("check", help="read and audit the sources without writing anything")
    check.add_argument("--all", action="store_true", help="list equal rejections one by one")
    what = check.add_mutually_exclusive_group()
    what.add_argument("--source", action="append", metavar="ID", help="only this source")
    what.add_argument("--study", action="append", metavar="ID", help="what this study has printed")

    commands.add_parser("pin", help="renew the pins of raw/sources.toml, show what changed")

    accepted = commands.add_parser(
        "accept", help="declare that what a renewed source changed beyond the limits is true"
    )
    accepted.add_argument("source", metavar="SOURCE")
    accepted.add_argument("--because", required=True, metavar="TEXT", help="how it is known")

    _add_source_commands(commands)

    goalposts = commands.add_parser("goalposts", help="show what renewing the scales would move")
    goalposts.add_argument("--renew", action="store_true", help="write goalposts.csv")

    explained = commands.add_parser("explain", help="say where a published figure comes from")
    explained.add_argument(
        "figure",
        nargs="+",
        metavar="FIGURE",
        help="its reference (HDF-2016-taux_chomage); or area (region, département, former region, "
        "area of a survey), subject and edition or study; or a published table",
    )
    explained.add_argument(
        "--study", metavar="ID", help="in the release of this study alone (phare-demo)"
    )
    explained.add_argument("--release", default="current", help="current, a name or an id")
    explained.add_argument("--all", action="store_true", help="print every part of long lists")
    explained.add_argument("--json", action="store_true", help="print plain data")

    compared = commands.add_parser("diff", help="compare two releases, say why figures moved")
    compared.add_argument("before", help="current, a name, an id, or `build`: what is built now")
    compared.add_argument("after", nargs="?", default="build", help="the same; build by default")
    compared.add_argument("--json", action="store_true", help="print plain data, nothing cut")
    compared.add_argument("--markdown", action="store_true", help="print a page for a changelog")

    verified = commands.add_parser("verify", help="examine a release: files, tables, figures")
    verified.add_argument("release", nargs="?", default="current", help="current, a name or an id")
    verified.add_argument("--no-rebuild", action="store_true", help="do not build it again")
    verified.add_argument("--json", action="store_true", help="print plain data")

    _add_release_commands(commands)

    shown = commands.add_parser("open", help="open the explorer, or the report of a region")
    shown.add_argument(
        "region", nargs="?", help="code, ISO code, slug or name, or france; without: the explorer"
    )
    shown.add_argument("--year", type=int, metavar="YEAR", help="edition, the newest by default")
    shown.add_argument(
        "--print", action="store_true", dest="only_print", help="only print its path"
    )

    export = commands.add_parser(
        "export", help="write published tables for a spreadsheet, or reports as PDF"
    )
    _add_scope(export)
    export.add_argument(
        "--format",
        choices=("xlsx", "csv", "excel-csv", "parquet", "pdf"),
        default="xlsx",
        dest="kind",
    )
    export.add_argument("--to", default="exports", metavar="FOLDER", help="where the files go")

    ui = commands.add_parser("ui", help="open Dagster on this machine's loopback address")
    ui.add_argument("--port", type=int, default=3000)

    health = commands.add_parser("health", help="say whether the installation is well; 1 if not")
    health.add_argument("--json", action="store_true", help="print one JSON object a line")
    commands.add_parser("env", help='the variables of Dagster\'s own commands: eval "$(phare env)"')
    return parser


def _add_scope(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--region", action="append", metavar="REGION", help="code, ISO code, slug or name; repeat"
    )
    command.add_argument(
        "--year", action="append", type=int, metavar="YEAR", help="edition; repeat"
    )


def _add_source_commands(commands: Commands) -> None:
    source = commands.add_parser("source", help="bring a new file in, look at what is read of one")
    what = source.add_subparsers(dest="what", required=True, metavar="WHAT")
    new = what.add_parser("new", help="look at files, write their entry of raw/sources.toml")
    new.add_argument("file", nargs="+", metavar="FILE", help="files of one layout")
    new.add_argument("--id", metavar="ID", help="id of the source; from the file's name by default")
    new.add_argument("--dry-run", action="store_true", help="show the entry, write nothing")
    preview = what.add_parser("preview", help="show what is read of a source, without any measure")
    preview.add_argument("source", metavar="ID")
    preview.add_argument("--all", action="store_true", help="list every series")

    indicator = commands.add_parser("indicator", help="make a new indicator of measures")
    which = indicator.add_subparsers(dest="what", required=True, metavar="WHAT")
    made = which.add_parser("new", help="ask for it, show its 13 values, write its row")
    for name in (
        "indicator-id", "label-fr", "domain-id", "numerator", "denominator", "role", "direction",
        "definition-fr", "reason-fr", "unit", "nature", "scale", "decimals",
    ):  # fmt: skip
        made.add_argument(f"--{name}", metavar="TEXT", help="column of indicators.csv")
    made.add_argument("--dry-run", action="store_true", help="show the figures, write nothing")


def _add_release_commands(commands: Commands) -> None:
    listed = commands.add_parser("releases", help="list the releases, give them names")
    listed.add_argument("--name", nargs=2, metavar=("NAME", "RELEASE"), help="name a release")
    listed.add_argument("--unname", metavar="NAME", help="take a name away")
    listed.add_argument("--json", action="store_true", help="print plain data")
    _add_wait(listed)

    back = commands.add_parser("rollback", help="make an earlier release the current one")
    back.add_argument("release", help="its name, its id or the beginning of its id")
    _add_wait(back)

    pruned = commands.add_parser("prune", help="remove old releases, never current or named ones")
    pruned.add_argument("--keep", type=int, metavar="N", help="how many stay (service.toml)")
    pruned.add_argument("--dry-run", action="store_true", help="only say what would go")
    _add_wait(pruned)


def _add_wait(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--wait",
        type=float,
        default=TIMEOUT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for another run to end",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when done, 1 when something is refused, 2 for a wrong command line, 130 when interrupted.
    """
    options = build_parser().parse_args(arguments)
    # Commands import pandas, DuckDB and sometimes Dagster: `phare --help` must not wait for them.
    module = import_module(f"phare_pipeline.cli.{MODULES.get(options.command, 'commands')}")

    try:
        return int(getattr(module, options.command)(options))
    except PhareError as error:
        if options.traceback:
            raise
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who read the output (head, less) has enough; nothing may be flushed into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # A writer says itself that the disk is full; this is for the few small files beside them.
        refused = refusal(error, Path(error.filename or "warehouse"))
        if refused is error or options.traceback:
            raise
        print(f"error: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the last release stands", file=sys.stderr)
        return 130
