"""Prints plans, progress and results: in place on a terminal, plain lines elsewhere."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from phare_pipeline.errors import PhareError
from phare_pipeline.registry.model import Level
from phare_pipeline.sources.grouping import grouped_messages
from phare_pipeline.sources.pins import PinChange
from phare_pipeline.sources.staging import Staged
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.dimensions.tables import empty_domains
from phare_pipeline.steps.edition.foundation import HEADLINE, NEAREST, OTHER, headline_statuses
from phare_pipeline.steps.goalposts import GoalpostChange, Proposal
from phare_pipeline.steps.run import Outcome, Step
from phare_pipeline.warehouse.tables import read_parquet

THIN_DOMAIN = 4
HEAVIEST = 10
_STATUSES = {
    HEADLINE: "the best-founded: the newest with all regions, enough domains and recent figures",
    NEAREST: "the nearest to an index founded well enough; none is (registry/base_rule.csv)",
}


# "json" asks for progress as JSON lines.
LOG_VARIABLE = "PHARE_LOG"


class Progress:
    """Tells what is being done: one line rewritten on a terminal, one line a step elsewhere.

    With PHARE_LOG=json each line is a JSON object, for those who gather logs.
    """

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._is_json = os.environ.get(LOG_VARIABLE) == "json"
        self._is_terminal = sys.stdout.isatty() and not self._is_json

    def __call__(self, text: str) -> None:
        """Show what begins now."""
        if self._is_json:
            seconds = round(time.monotonic() - self._start, 3)
            at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
            entry = {"at": at, "seconds": seconds, "message": text}
            print(json.dumps(entry, ensure_ascii=False), flush=True)
            return
        line = f"[{time.monotonic() - self._start:5.1f} s] {text}"
        if not self._is_terminal:
            print(line, flush=True)
            return
        width = shutil.get_terminal_size().columns
        shown = line if len(line) < width else line[: width - 2] + "…"
        print(f"\r\033[K{shown}", end="", flush=True)

    def close(self) -> None:
        """Leave the last line alone and go on below it."""
        if self._is_terminal:
            print("\r\033[K", end="", flush=True)


def show_plan(steps: Iterable[Step], *, everything: bool) -> None:
    """Print what is due with its reason; what is unchanged is counted, or listed when asked."""
    unchanged = 0
    for step in steps:
        unchanged += not step.is_due
        if step.is_due or everything:
            print(f"{'run ' if step.is_due else 'skip'}  {step.name:<45} {step.reason}")
    print(f"{unchanged} steps unchanged")


def show_outcome(context: Context, outcome: Outcome) -> None:
    """Print what was done, warnings, the ranking of the regions and where to look."""
    release = outcome.release
    _show_done(
        context, outcome, f"release {release.release_id}" if release else "release unchanged"
    )
    marts = context.workspace.current / "marts"
    scores = pd.read_parquet(marts / "out_scores.parquet")
    base = read_parquet(marts / "out_foundation.parquet").to_pylist()
    statuses = headline_statuses(base)
    for row in (row for row in base if statuses[row["year"]] != OTHER):
        year = row["year"]
        _show_base(row, statuses[year])
        if row["classified_region_count"]:
            _show_ranking(scores, pd.read_parquet(marts / "out_uncertainty.parquet"), year)
            _show_thin_domains(pd.read_parquet(marts / "out_normalised.parquet"), year)
    _show_editions(base)
    _show_heaviest(pd.read_parquet(marts / "out_weights.parquet"))
    _show_sources(context)
    print(f"\nread: {context.workspace.current}")
    print(f"      {marts / 'out_indicators.parquet'} (one file a table)")
    print(f"      {context.workspace.current / 'phare.duckdb'} (all tables, French views)")


def show_build(context: Context, outcome: Outcome) -> None:
    """Print what was done of a run that publishes nothing, and how to see what it would change."""
    _show_done(context, outcome, "nothing published")
    print("compare with what readers see: phare diff current build; publish it: phare run")


def _show_done(context: Context, outcome: Outcome, ending: str) -> None:
    print(
        f"done: {len(outcome.staged)} sources staged, {len(outcome.editions)} editions built, "
        f"{len(outcome.cuts)} region-years written, {ending}"
    )
    for warning in _warnings(context, outcome):
        print(f"warning: {warning}")
    for note in outcome.notes:
        print(f"look: {note}")


def _warnings(context: Context, outcome: Outcome) -> Iterable[str]:
    if outcome.stale_editions:
        years = ", ".join(map(str, outcome.stale_editions))
        yield f"editions {years} were built from older inputs; `phare run` renews them"
    registry = context.registry
    scaled = {name for level, name in registry.goalposts if level == Level.REGION.value}
    if not registry.goalposts:
        yield "no goalposts: nothing is scored; `phare goalposts --renew` writes them"
    elif bare := [
        i.indicator_id for i in registry.indicators.values()
        if i.is_scored and i.indicator_id not in scaled
    ]:  # fmt: skip
        yield f"no scale, not scored: {', '.join(bare)}; `phare goalposts` shows what would be"


def _show_editions(base: Iterable[Mapping[str, Any]]) -> None:
    """Print one line an edition: what its index rests on."""
    print("\nedition  rows/expected  weight  recent  domains  regions classified")
    for row in base:
        recent = row["recent_weight_pct"]
        shown = "-" if pd.isna(recent) else f"{recent:.0f} %"
        print(
            f"{row['year']:>7}  {row['present_count']:>6}/{row['expected_count']:<6}"
            f"{row['expected_weight_pct']:>6.0f} %{shown:>8}{row['scored_domain_count']:>6}/"
            f"{row['domain_total']:<5}{row['classified_region_count']:>6}/{row['region_total']}"
        )


def _show_base(row: Mapping[str, Any], status: str) -> None:
    """Print which edition is shown first, on what it rests, and what it is short of.

    Args:
        row: of `out_foundation`.
        status: its `headline_status`.
    """
    print(f"\nedition {row['year']}, {_STATUSES[status]}")
    print(
        f"on {row['present_count']} rows of {row['expected_count']} expected "
        f"({row['expected_weight_pct']:.0f} % of the weight), {row['scored_domain_count']} domains "
        f"of {row['domain_total']}, {row['recent_count']} rows of {row['recent_from']} or later"
    )
    if row["shortfall_fr"]:
        print("\n".join(textwrap.wrap(f"short of a headline: {row['shortfall_fr']}", 100)))


def _show_ranking(scores: pd.DataFrame, ranks: pd.DataFrame, year: int) -> None:
    """Print the regions of an edition by their index.

    Args:
        scores: `out_scores`.
        ranks: `out_uncertainty`.
        year: the edition, in which some region is classified.
    """
    index = scores[(scores["year"] == year) & (scores["component_level"] == "index")]
    print(f"\nFragility index, edition {year} (France = 100, above is more fragile)")
    print(
        f"{'rank':>4}  {'region':<28}{'F':>7}  {'bounds':^16}  {'median':>6}  {'90 %':>6}"
        f"{'coverage':>10}"
    )
    drawn = ranks[ranks["year"] == year].drop(columns=["fragility_rank", "score"])
    rows = index.merge(drawn, on="region_code", validate="one_to_one", suffixes=("", "_drawn"))
    for row in rows.sort_values(["fragility_rank", "region_code"]).to_dict("records"):
        name = row["region_name"]
        if not row["is_scored"]:
            print(f"   -  {name:<28} not classified: {row['missing_components']}")
            continue
        bounds = f"[{row['score_low']:6.2f}; {row['score_high']:6.2f}]"
        interval = f"{int(row['rank_low'])}-{int(row['rank_high'])}"
        print(
            f"{int(row['fragility_rank']):>4}  {name:<28}{row['score']:>7.2f}  {bounds}  "
            f"{int(row['rank_median']):>6}  {interval:>6}{row['coverage_pct']:>8.0f} %"
        )
    factors = drawn["drawn_factors"].iloc[0]
    print(f"median and 90 %: rank over {int(drawn['draw_count'].iloc[0])} draws of {factors}")
    empty = empty_domains(scores, year)
    print(f"domains without a score in {year}: {', '.join(empty) or 'none'}")


def _show_thin_domains(notes: pd.DataFrame, year: int) -> None:
    """Print the domains that so few indicators stand for that their score says little."""
    scored = notes[(notes["year"] == year) & (notes["score_status"] == "scored")]
    counts = scored.groupby("domain_id")["indicator_id"].nunique()
    thin = [f"{name} ({count})" for name, count in counts.items() if count < THIN_DOMAIN]
    if thin:
        print(f"domains scored on fewer than {THIN_DOMAIN} indicators: {', '.join(thin)}")


def _show_heaviest(weights: pd.DataFrame) -> None:
    """Print the indicators that weigh most in the index of each edition, in some region."""
    own = weights.groupby(["year", "indicator_id"])["weight_in_index_pct"].max().dropna()
    if own.empty:
        return
    print(
        f"\nthe {HEAVIEST} heaviest indicators of each index, by their largest weight in a region"
    )
    for year, found in own.groupby("year"):
        heaviest = found.droplevel("year").sort_values(ascending=False, kind="stable")
        shown = (f"{name} {weight:.1f}\u00a0%" for name, weight in heaviest.head(HEAVIEST).items())
        text = f"{year}: {', '.join(shown)}"
        print("\n".join(textwrap.wrap(text, 100, subsequent_indent="      ")))


def _show_sources(context: Context) -> None:
    producers = sorted({source.producer for source in context.sources.values()})
    text = (
        f"{len(context.registry.indicators)} indicators from {len(context.sources)} sources "
        f"({'; '.join(producers)}), each with licence and vintage in marts/dim_source.parquet"
    )
    print("\n".join(textwrap.wrap(text, 100)))


def show_check(name: str, staged: Staged, *, everything: bool = False) -> None:
    """Print the rejected rows of a source (equal ones once), or that there are none."""
    found = len(staged.quarantine)
    print(f"{name}: {len(staged.observations)} figures, {found} rejected rows")
    for message in grouped_messages(staged.rejections, singly=everything):
        print(f"  {message}")


def show_refusal(name: str, error: PhareError) -> None:
    """Print why a source cannot be read at all."""
    print(f"{name}: {error}")


def show_pins(changes: Sequence[PinChange]) -> None:
    """Print the pins that changed."""
    for change in changes:
        print(
            f"{change.path}: {change.old_sha256 or 'no pin'} ({change.old_bytes} bytes) -> "
            f"{change.new_sha256} ({change.new_bytes} bytes)"
        )
    print(f"{len(changes)} pins changed")


def show_goalposts(changes: Sequence[GoalpostChange]) -> None:
    """Print the goalposts that would move."""
    for change in changes:
        before = f"{change.before.base_edition}: {change.before.scale:g}" if change.before else "-"
        after = f"{change.after.base_edition}: {change.after.scale:g}" if change.after else "-"
        print(f"{change.level:<14} {change.indicator_id:<45} {before} -> {after}")
    print(f"{len(changes)} goalposts differ")


def show_score_moves(proposal: Proposal) -> None:
    """Print the index and the ranks of the regions by the scales in use and by the new ones."""
    if proposal.edition is None:
        print("no edition classifies regions: no score moves")
        return
    print(f"index of edition {proposal.edition}, scales in use -> new scales")
    for move in proposal.moves:
        before, after = (
            "not classified" if score is None else f"{score:.2f} (rank {rank})"
            for score, rank in (
                (move.score_before, move.rank_before),
                (move.score_after, move.rank_after),
            )
        )
        print(f"  {move.region_name:<28} {before} -> {after}")
    moved = [m for m in proposal.moves if m.rank_before != m.rank_after]
    largest = max(
        (abs(m.score_after - m.score_before) for m in proposal.moves
         if m.score_after is not None and m.score_before is not None),
        default=0.0,
    )  # fmt: skip
    print(f"{len(moved)} ranks move, the largest move of a score is {largest:.2f} points")
