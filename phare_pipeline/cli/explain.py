"""The command that says where a published figure comes from."""

from __future__ import annotations

import argparse
import json

from phare_pipeline.config import Workspace


def explain(options: argparse.Namespace) -> int:
    """Print the tree of a figure; 1 when its cells do not give the published number."""
    from phare_pipeline.explain.figures import explain as explain_figure
    from phare_pipeline.explain.figures import find_reference
    from phare_pipeline.explain.published import Published
    from phare_pipeline.explain.render import as_text
    from phare_pipeline.warehouse.releases import find_release

    release = find_release(Workspace.from_environment(), options.release)
    published = Published(release)
    reference = find_reference(published, options.figure)
    explanation = explain_figure(published, reference)
    if options.json:
        print(json.dumps(explanation.as_data(), indent=1, ensure_ascii=False))
    else:
        for line in as_text(explanation, everything=options.all):
            print(line)
    return 0 if explanation.is_equal else 1
