"""The installation as a Dagster resource: where folders are, loaded anew by each run."""

from __future__ import annotations

import dagster as dg

from phare_pipeline.steps.context import Context


class Installation(dg.ConfigurableResource[Context]):
    """Gives assets their context.

    It is loaded when a run asks for it, so an edited registry counts without a restart.
    """

    def context(self) -> Context:
        """Load registry and sources; folders come from the environment (see `config`)."""
        return Context.load()
