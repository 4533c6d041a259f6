"""The command that says where a published figure comes from."""

from __future__ import annotations

import argparse
import json

from phare_pipeline.config import Workspace


def explain(options: argparse.Namespace) -> int:
    """Print the tree of a figure; 1 when its cells do not give the published number."""
    from phare_pipeline.explain.figures import explain as explain_figure
    from phare_pipeline.explain.figures import find_reference
    from phare_pipeline.explain.reading.published import Published
    from phare_pipeline.explain.rendering.render import as_text
    from phare_pipeline.explain.told import is_table, told
    from phare_pipeline.warehouse.releases import find_release

    if is_table(options.figure):
        for line in told(options.figure[0]):
            print(line)
        return 0
    workspace = Workspace.from_environment()
    alone = study_alone(workspace, options.study, options.figure[-1])
    if alone is not None:
        workspace = workspace.of_study(alone)
    published = Published(find_release(workspace, options.release))
    reference = find_reference(published, options.figure)
    explanation = explain_figure(published, reference)
    if options.json:
        print(json.dumps(explanation.as_data(), indent=1, ensure_ascii=False))
    else:
        for line in as_text(explanation, everything=options.all):
            print(line)
    return 1 if explanation.is_equal is False else 0


def study_alone(workspace: Workspace, named: str | None, edition: str) -> str | None:
    """Return the study whose own release is meant: the one named, or that of the edition's word."""
    if named is not None:
        return named
    return edition if workspace.of_study(edition).current.exists() else None
