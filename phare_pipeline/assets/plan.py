"""Tells Dagster what `phare plan` finds due, so that both windows show one truth.

Beside each layer stands an asset that nobody builds: one partition for each step of a plan, whose
data version is BUILT or DUE. What a step makes depends on it, so Dagster calls it stale when, and
only when, the plan has it due. What is due is decided in `steps/run`, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.graph.base_asset_graph import BaseAssetGraph
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    NULL_EVENT_POINTER,
    CachingStaleStatusResolver,
    StaleStatus,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.loader import LoadingContext

from phare_pipeline.assets.metadata import OWNERS
from phare_pipeline.assets.partitions import REGION_YEARS, SLUGS, YEARS, region_year
from phare_pipeline.contract.documents import NATIONAL
from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.steps.common import studies
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.documents import making as documents
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.edition.part import part_key
from phare_pipeline.steps.release import publish
from phare_pipeline.steps.run import Scope, Step, plan
from phare_pipeline.steps.staging import observations
from phare_pipeline.warehouse.staging import staging_key

BUILT, DUE = "built", "due"
GROUP = "plan"
# Steps without an edition; the release and the explorer are one step.
STEPS, EDITION, REGION, RELEASE = "plan_steps", "plan_edition", "plan_region", "release"
RELEASE_ASSETS = ("release", "explorer")

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
PARTITION = "dagster/partition"


@dataclass(frozen=True)
class Place:
    """Where a step of a plan stands in Dagster.

    Attributes:
        state: the asset that says whether it is due.
        key: the partition of that asset.
        assets: what the step makes.
        partition: its partition; None where there is none.
    """

    state: str
    key: str
    assets: tuple[str, ...]
    partition: str | None


def state_of_document(asset: str) -> str:
    """Return the asset that says whether documents of an asset are due."""
    return f"plan_{asset.removeprefix('out_')}"


def national_name(name: str) -> str:
    """Return the asset of the documents of France, by the asset of those of regions."""
    return f"{name}_{NATIONAL}"


def state_specs(context: Context) -> tuple[dg.AssetSpec, ...]:
    """Build the assets that say what is due."""
    steps = dg.StaticPartitionsDefinition(sorted(_steps(context)))
    partitions: dict[str, dg.PartitionsDefinition] = {
        STEPS: steps, EDITION: YEARS, REGION: REGION_YEARS
    }  # fmt: skip
    for maker in documents.MAKERS:
        partitions[state_of_document(maker.document.name)] = REGION_YEARS
        partitions[state_of_document(national_name(maker.document.name))] = YEARS
    return tuple(
        dg.AssetSpec(
            name,
            group_name=GROUP,
            description="Says what `phare plan` has due: the job `comparison` looks again.",
            owners=OWNERS,
            partitions_def=found,
        )
        for name, found in partitions.items()
    )


def dep_on_step(name: str) -> dg.AssetDep:
    """Return the dependency of an asset without partitions on the step that makes it."""
    return dg.AssetDep(STEPS, partition_mapping=dg.SpecificPartitionsPartitionMapping([name]))


def _steps(context: Context) -> Iterator[str]:
    yield from (staging_key(source_id) for source_id in context.sources)
    yield observations.NAME
    yield from (wave.name for wave in studies.waves(context))
    yield RELEASE


def places(context: Context) -> dict[str, Place]:
    """Return where each step that a plan may name stands, by its name."""
    found = {name: Place(STEPS, name, (name,), None) for name in _steps(context)}
    found[RELEASE] = Place(STEPS, RELEASE, RELEASE_ASSETS, None)
    for year in context.editions:
        key = str(year)
        found[part_key(edition.PARTS[0], year)] = Place(EDITION, key, edition.TABLES, key)
        for slug in context.slugs:
            pair = str(region_year(slug, year))
            found[publish.cut_key(slug, year)] = Place(REGION, pair, tuple(CUT_FROM), pair)
    for maker in documents.MAKERS:
        name = maker.document.name
        for year in {*maker.years(context)} & {*context.editions}:
            for slug in documents.places(context):
                asset = national_name(name) if slug == NATIONAL else name
                key = str(year) if slug == NATIONAL else str(region_year(slug, year))
                step = documents.document_key(maker, slug, year)
                found[step] = Place(state_of_document(asset), key, (asset,), key)
    return found


def judged(context: Context) -> dict[str, Step]:
    """Return every step with whether it is due; documents wait for an edition that is due.

    Raises:
        SourceError: a raw file is missing or is not the pinned one.
    """
    steps = {step.name: step for step in plan(context, Scope(context.editions, context.slugs))}
    for maker in documents.MAKERS:
        for year in {*maker.years(context)} & {*context.editions}:
            below = steps[part_key(edition.PARTS[0], year)].is_due
            for slug in documents.places(context):
                name = documents.document_key(maker, slug, year)
                steps.setdefault(name, Step(name, below, "its edition is due" if below else ""))
    # In the order of building: what is confirmed is newer than what it is made from.
    steps[RELEASE] = steps.pop(RELEASE)
    return steps


# --- telling ----------------------------------------------------------------------------------
def compare(
    context: Context, instance: dg.DagsterInstance, graph: BaseAssetGraph[Any]
) -> list[str]:
    """Make Dagster's freshness that of the plan; return the names of the steps that are due.

    What the command line has built without Dagster is confirmed as a materialisation: the ledger
    holds that it is made from what is there now.

    Args:
        context: the installation.
        instance: where Dagster keeps what it knows.
        graph: all assets.
    """
    steps, known = mark(context, instance), places(context)
    window = Window(instance, graph)
    for name, step in steps.items():
        if not step.is_due:
            for asset in window.not_fresh(known[name]):
                version = _version(context, name, asset, known[name])
                window.confirm(asset, known[name].partition, version)
    return [name for name, step in steps.items() if step.is_due]


def mark(context: Context, instance: dg.DagsterInstance) -> dict[str, Step]:
    """Report to Dagster what is due and what is not, and return it; builds are not confirmed."""
    steps, known = judged(context), places(context)
    _observe(instance, {known[name]: step.is_due for name, step in steps.items()})
    return steps


def _version(context: Context, step: str, asset: str, place: Place) -> str:
    """Return the data version that building an asset gives it."""
    if place.state == EDITION:
        for part in edition.PARTS:
            if asset in part.tables:
                outputs = context.ledger.outputs_of(part_key(part, int(place.key)))
                return outputs[f"core/{asset}/{place.key}.parquet"]
    if step == RELEASE:
        return str(context.ledger.facts_of(RELEASE)["release_id"])
    return context.ledger.fingerprint_of(step) or BUILT


def promise(instance: dg.DagsterInstance, run: dg.DagsterRun, context: Context) -> None:
    """Say before a run that what it makes is built, so that it is fresh once it is made.

    A run that fails leaves what it promised until somebody compares again; it is red meanwhile.
    """
    selected = {key.to_user_string() for key in run.asset_selection or ()}
    keys = None if (asked := _partitions(run.tags)) is None else set(asked)
    made = [
        place
        for place in places(context).values()
        if (place.partition is None or keys is None or place.partition in keys)
        and (selected & {*place.assets} if selected else _is_of(place, run.job_name))
    ]
    _observe(instance, dict.fromkeys(made, False))


def _is_of(place: Place, job: str) -> bool:
    """Tell whether a job makes all assets of a place."""
    if job == "publication":
        return place.key == RELEASE
    if job == "staging":
        return place.state == STEPS and place.key != RELEASE
    return place.state == f"plan_{job}"


def _partitions(tags: Mapping[str, str]) -> Iterable[str] | None:
    """Return the partitions that a run makes; None when it has none."""
    if RANGE_START in tags:
        (first, start), (last, end) = (_halves(tags[tag]) for tag in (RANGE_START, RANGE_END))
        years = YEARS.get_partition_keys()
        within = years[years.index(start) : years.index(end) + 1]
        if not first:
            return within
        slugs = SLUGS.get_partition_keys()
        rows = slugs[slugs.index(first) : slugs.index(last) + 1]
        return [f"{slug}|{year}" for slug in rows for year in within]
    return [tags[PARTITION]] if PARTITION in tags else None


def _halves(key: str) -> tuple[str, str]:
    slug, _, year = key.rpartition("|")
    return slug, year


def _observe(instance: dg.DagsterInstance, due: Mapping[Place, bool]) -> None:
    """Report the states that are not those last reported."""
    last: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for place, is_due in due.items():
        if place.state not in last:
            last[place.state] = instance.event_log_storage.get_latest_tags_by_partition(
                dg.AssetKey(place.state), dg.DagsterEventType.ASSET_OBSERVATION, [DATA_VERSION_TAG]
            )
        version = DUE if is_due else BUILT
        if last[place.state].get(place.key, {}).get(DATA_VERSION_TAG) != version:
            tags = {DATA_VERSION_TAG: version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
            instance.report_runless_asset_event(
                dg.AssetObservation(place.state, partition=place.key, tags=tags)
            )


class _Loading(LoadingContext):
    """What the resolver reads through: nothing is kept beyond one look."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self._loaders: dict[Any, Any] = {}

    @property
    def instance(self) -> dg.DagsterInstance:
        """Where Dagster keeps what it knows."""
        return self._instance

    @property
    def loaders(self) -> dict[Any, Any]:
        """The loaders of this look."""
        return self._loaders


class Window:
    """What Dagster says of the assets at one moment."""

    def __init__(self, instance: dg.DagsterInstance, graph: BaseAssetGraph[Any]) -> None:
        self._instance = instance
        self._graph = graph
        self._resolver = self._fresh_resolver()

    def _fresh_resolver(self) -> CachingStaleStatusResolver:
        return CachingStaleStatusResolver(self._instance, self._graph, _Loading(self._instance))

    def is_fresh(self, asset: str, partition: str | None) -> bool:
        """Tell whether Dagster calls an asset fresh: neither missing nor stale."""
        return self._resolver.get_status(dg.AssetKey(asset), partition) is StaleStatus.FRESH

    def not_fresh(self, place: Place) -> Sequence[str]:
        """Return the assets of a step that Dagster calls missing or stale."""
        return [asset for asset in place.assets if not self.is_fresh(asset, place.partition)]

    def confirm(self, asset: str, partition: str | None, version: str) -> None:
        """Report that an asset is made from what its inputs are now."""
        key = dg.AssetKey(asset)
        tags = {DATA_VERSION_TAG: version, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
        # Without one, Dagster believes none of the other tags.
        tags[CODE_VERSION_TAG] = self._graph.get(key).code_version or version
        for parent in self._graph.get(key).parent_keys:
            record = self._instance.get_latest_data_version_record(
                parent, self._graph.get(parent).is_external
            )
            found = self._resolver.get_current_data_version(parent)
            tags[get_input_data_version_tag(parent)] = found.value
            pointer = str(record.storage_id) if record else NULL_EVENT_POINTER
            tags[get_input_event_pointer_tag(parent)] = pointer
        self._instance.report_runless_asset_event(
            dg.AssetMaterialization(asset, partition=partition, tags=tags)
        )
        self._resolver = self._fresh_resolver()
