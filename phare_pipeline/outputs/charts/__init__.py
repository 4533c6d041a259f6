"""Charts as deterministic SVG with French words, each a pure function: typed data in, `Chart` out.

    from phare_pipeline.outputs.charts import Caption, RankInterval, Ranks, rank_intervals

    chart = rank_intervals(
        [RankInterval("32", "Hauts-de-France", Ranks(median=1, low=1, high=3, best=1, worst=6))],
        Caption(title="…", source="Insee, calculs PHARE", subtitle="…", note="Lecture : …"),
        highlight="32",
        width=640,
        prefix="rangs-2018",
    )
    chart.svg, chart.alt_fr, chart.table.headers, chart.table.rows, chart.data_uri

What holds for all of them:

- **Same data, same bytes.** No clock, no randomness, no style sheet, no script, no font file.
- **Width.** Text has a fixed size (11 to 16 pixels), so draw a chart for the width at which it is
  shown (320 pixels or more: 400 for a phone or a column, 640 for a page, 900 for a screen) and let
  CSS shrink it by a little at most (`max-width: 100%; height: auto`). Drawing takes milliseconds:
  draw it twice, with two prefixes, where two widths are needed.
- **Ids** begin with `prefix`, which must be unique in the document.
- **Words.** The picture carries title, subtitle, note and source, so that a copy of it alone still
  says what it is. `alt_fr` says the message; `table` is the twin that stands below it in a page.
- **Missing** values (None or NaN) are drawn as missing, with the reason, which is required, and
  never as 0; ±inf and contradictory data raise ValueError.
- **Synthetic** data (`Caption.is_synthetic`) are marked in picture, title, alt text and source.
- **No meaning by colour alone**: shape, position, thickness or words say the same. Text keeps a
  contrast of 4.5; labels are broken into lines, never cut.

The charts:

| function | shows |
|---|---|
| `rank_intervals` | median rank, 90 % interval and rank range of the regions |
| `hasse_diagram` | which regions dominate which on all axes |
| `contributions` | domains and indicators that make F differ from 100 |
| `domain_profile` | the domains of a region, with the range of all regions |

What does not belong here: computing a figure (the caller brings it), choosing a title, HTML pages,
files, Dagster. Numbers are written by `outputs.french`.
"""

from phare_pipeline.outputs.charts.chart import Caption, Chart, TableTwin
from phare_pipeline.outputs.charts.contributions import Contribution, contributions
from phare_pipeline.outputs.charts.hasse import Unit, hasse_diagram
from phare_pipeline.outputs.charts.profile import DomainPoint, domain_profile
from phare_pipeline.outputs.charts.ranks import RankInterval, Ranks, rank_intervals

__all__ = [
    "Caption",
    "Chart",
    "Contribution",
    "DomainPoint",
    "RankInterval",
    "Ranks",
    "TableTwin",
    "Unit",
    "contributions",
    "domain_profile",
    "hasse_diagram",
    "rank_intervals",
]
