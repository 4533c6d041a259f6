"""The installation as a Dagster resource: registry, sources, folders, loaded by each run."""

import dagster as dg
from pydantic import PrivateAttr

from phare_pipeline.steps.context import Context


class Installation(dg.ConfigurableResource[Context]):
    """Gives assets their context.

    It is loaded when a run begins, so an edited registry counts without a restart, and every step
    of a run sees the same. Folders come from the environment (see `config`).
    """

    _context: Context = PrivateAttr()

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Load registry and sources once for the run."""
        del context
        self._context = Context.load()

    def context(self) -> Context:
        """Return the context of this run."""
        return self._context
