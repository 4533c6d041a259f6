"""Write a page with an example of every chart at several widths, to look at.

Development tool only. The examples are those of the tests: invented, and marked as such.

Usage: python -m tools.chart_gallery PAGE.html
"""

from __future__ import annotations

import html
import sys
from pathlib import Path

from phare_pipeline.outputs.charts import Chart
from tests.unit.outputs.chart_samples import SAMPLES

WIDTHS = (400, 640, 900)


def main(arguments: list[str]) -> int:
    """Write the page; return 2 when it is not named."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    charts = [
        (name, width, draw(width, f"{name}-{width}", True))
        for name, draw in SAMPLES.items()
        for width in WIDTHS
    ]
    body = "\n".join(_figure(name, width, chart) for name, width, chart in charts)
    Path(arguments[0]).write_text(
        '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Graphiques</title>'
        f'<body style="background:#ccc;font-family:sans-serif">{body}</body></html>\n',
        encoding="utf-8",
    )
    return 0


def _figure(name: str, width: float, chart: Chart) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in chart.table.headers)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
        for row in chart.table.rows
    )
    return (
        f"<figure><h2>{name}, {width}</h2>{chart.svg}<p>{html.escape(chart.alt_fr)}</p>"
        f"<details><summary>Tableau</summary><table><tr>{head}</tr>{rows}</table></details>"
        "</figure>"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
