"""Holds a run to one state: what it was begun with is what lies there when it publishes.

A run records what it does under the code and the declarations that it has loaded. When one of these
is changed meanwhile, what it would publish is of no state that anybody could build again.
"""

from __future__ import annotations

from phare_pipeline.errors import ReleaseError
from phare_pipeline.state.digests import digest, value_digest
from phare_pipeline.state.snapshot import code_digest, started_with
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.common.origins import declared_files
from phare_pipeline.warehouse.files import sha256_of

# The module that orders all steps imports the code of all of them.
ALL_STEPS = "phare_pipeline.steps.run"
MOST_NAMED = 8
# Its record in the ledger.
RUN = "run"


def check_unchanged(context: Context, module: str = ALL_STEPS) -> None:
    """Refuse to go on when code or a declaration is no longer what this run was begun with.

    Args:
        context: with the hashes of the declarations as they were loaded.
        module: dotted name of the module that makes what is about to be published.

    Raises:
        ReleaseError: with the names of what was changed.
    """
    present = {name: sha256_of(path) for name, path in declared_files(context).items()}
    names = present.keys() | context.declared.keys()
    declared = sorted(n for n in names if present.get(n) != context.declared.get(n))
    changed = [*started_with().changed(module), *declared]
    if changed:
        more = len(changed) - MOST_NAMED
        raise ReleaseError(
            "Code or declarations were changed while the run was on",
            found=", ".join(changed[:MOST_NAMED]) + (f" and {more} more" if more > 0 else ""),
            expected="one state from the beginning to the end of a run",
            action="run again (restart `phare ui` first if it is on); what is built is judged anew",
        )


def join_run(context: Context, run_id: str) -> None:
    """Begin a run, or join it as another of its processes, which loads code and files anew.

    Args:
        context: as this process has loaded it.
        run_id: what all processes of the run are given.

    Raises:
        ReleaseError: the run was begun with other code, packages or declarations.
    """
    state = digest(code_digest(ALL_STEPS), value_digest(dict(context.declared)))
    ledger = context.ledger
    if ledger.facts_of(RUN).get("run") == run_id and ledger.fingerprint_of(RUN) != state:
        raise ReleaseError(
            "Code or declarations were changed while the run was on",
            where=f"Dagster run {run_id}",
            found="a step that is of another state than the step before",
            expected="one state from the beginning to the end of a run",
            action="launch the run again; what is built is judged anew",
        )
    ledger.record(RUN, state, (), {"run": run_id})
