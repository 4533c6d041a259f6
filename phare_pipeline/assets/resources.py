"""The installation as a Dagster resource: registry, sources, folders, loaded by each run."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Self

import dagster as dg
from pydantic import PrivateAttr

from phare_pipeline.assets.plan import promise
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.common.one_state import join_run
from phare_pipeline.warehouse.lock import exclusive

# A run that somebody launched may wait for another one to end: longer than a full run takes.
WAIT_SECONDS = 600.0


class Installation(dg.ConfigurableResource["Installation"]):
    """Gives assets their context, and the run the lock of the warehouse.

    It is loaded when a run begins, so an edited registry counts without a restart, and every step
    of a run sees the same. Folders come from the environment (see `config`).
    """

    _context: Context = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator[Self]:
        """Load registry and sources once for the run, and let no other run write meanwhile.

        Raises:
            ReleaseError: another run did not end in time, or this one was begun in another state.
        """
        self._context = load_context()
        what = f"Dagster run {context.run_id or 'without a number'}"
        warehouse = self._context.workspace.warehouse
        with exclusive(warehouse, what, WAIT_SECONDS, dg.get_dagster_logger().info):
            if context.run_id:
                join_run(self._context, context.run_id)
            if context.instance is not None and context.run is not None:
                promise(context.instance, context.run, self._context)
            yield self

    def context(self) -> Context:
        """Return the context of this run."""
        return self._context
