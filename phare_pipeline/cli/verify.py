"""The command that examines a release."""

from __future__ import annotations

import argparse
import json

from phare_pipeline.cli.screen import Progress


def verify(options: argparse.Namespace) -> int:
    """Print what was verified, what failed, and what was not verified and why.

    Returns:
        0 when all that was asked is verified, 1 when something is wrong, 3 when something asked
        could not be verified.
    """
    from phare_pipeline.explain.reading.published import Published
    from phare_pipeline.steps.common.loading import load_context
    from phare_pipeline.verify.check import Check, Outcome, exit_code
    from phare_pipeline.verify.run import verify as run_checks
    from phare_pipeline.warehouse.releases import find_release

    context = load_context()
    published = Published(find_release(context.workspace, options.release))
    progress = Progress()
    checks: list[Check] = []
    for check in run_checks(
        context,
        published,
        _nothing if options.json else progress,
        is_rebuilt=not options.no_rebuild,
    ):
        checks.append(check)
        if not options.json:
            progress.close()
            print(f"{check.outcome:<12}  {check.name:<12}  {check.what}")
            for line in check.details:
                print(f"{'':14}{line}")
    code = exit_code(checks)
    if options.json:
        data = {"release": published.release.release_id, "exit_code": code}
        print(json.dumps({**data, "checks": [c.as_data() for c in checks]}, indent=1))
        return code
    if options.no_rebuild:
        print(f"{'not asked':<12}  {'rebuild':<12}  --no-rebuild")
    counts = {o: sum(c.outcome is o for c in checks) for o in Outcome}
    print(
        f"release {published.release.release_id}: "
        + ", ".join(f"{n} {o}" for o, n in counts.items())
    )
    return code


def _nothing(_: str) -> None:
    """Stand in for progress where only data is wanted."""
