"""The command that compares two releases, or a release with what is built now."""

from __future__ import annotations

import argparse
import json


def diff(options: argparse.Namespace) -> int:
    """Print what differs and why.

    Returns:
        0 when both sides publish the same, 1 when something differs or cannot be compared.
    """
    from phare_pipeline.compare.diff import compare
    from phare_pipeline.compare.render import as_data, as_markdown, as_text
    from phare_pipeline.compare.side import side_of
    from phare_pipeline.steps.common.loading import load_context

    context = load_context()
    found = compare(side_of(context, options.before), side_of(context, options.after))
    if options.json:
        print(json.dumps(as_data(found), indent=1, ensure_ascii=False))
    else:
        for line in as_markdown(found) if options.markdown else as_text(found):
            print(line)
    return 0 if found.is_same else 1
