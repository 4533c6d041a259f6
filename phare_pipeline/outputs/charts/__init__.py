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
| `perception_quadrant` | what an actor perceives against what is measured |
| `actor_notes` | the notes of the actors beside the national ones |
| `stacked_bands` | how survey answers divide, « ne sait pas » included |
| `region_ranking` | one value of each region as bars, France marked |
| `time_series` | one to four series by year: gaps, breaks, provisional figures |
| `rank_moves` | how the ranks move under other methods |
| `correlation_matrix` | correlations of domains or indicators |
| `region_map`, `departement_map` | values in classes that print in grey |
| `region_tiles` | the same as tiles of one size, with name and value |

What does not belong here: computing a figure (the caller brings it), choosing a title, HTML pages,
files, Dagster. Numbers are written by `french`.
"""

from phare_pipeline.outputs.charts.actors import ActorNotes, Note, actor_notes
from phare_pipeline.outputs.charts.bands import BandItem, stacked_bands
from phare_pipeline.outputs.charts.chart import Caption, Chart, TableTwin
from phare_pipeline.outputs.charts.classes import PlaceValue
from phare_pipeline.outputs.charts.contributions import Contribution, contributions
from phare_pipeline.outputs.charts.correlation import correlation_matrix
from phare_pipeline.outputs.charts.hasse import Unit, hasse_diagram
from phare_pipeline.outputs.charts.maps import departement_map, region_map
from phare_pipeline.outputs.charts.moves import MethodRanks, rank_moves
from phare_pipeline.outputs.charts.profile import DomainPoint, domain_profile
from phare_pipeline.outputs.charts.quadrant import DomainView, perception_quadrant
from phare_pipeline.outputs.charts.quadrant_field import Plane
from phare_pipeline.outputs.charts.ranking import Measure, RankedValue, region_ranking
from phare_pipeline.outputs.charts.ranks import RankInterval, Ranks, rank_intervals
from phare_pipeline.outputs.charts.series import Series, YearValue, time_series
from phare_pipeline.outputs.charts.tiles import region_tiles

__all__ = [
    "ActorNotes",
    "BandItem",
    "Caption",
    "Chart",
    "Contribution",
    "DomainPoint",
    "DomainView",
    "Measure",
    "MethodRanks",
    "Note",
    "PlaceValue",
    "Plane",
    "RankInterval",
    "RankedValue",
    "Ranks",
    "Series",
    "TableTwin",
    "Unit",
    "YearValue",
    "actor_notes",
    "contributions",
    "correlation_matrix",
    "departement_map",
    "domain_profile",
    "hasse_diagram",
    "perception_quadrant",
    "rank_intervals",
    "rank_moves",
    "region_map",
    "region_ranking",
    "region_tiles",
    "stacked_bands",
    "time_series",
]
