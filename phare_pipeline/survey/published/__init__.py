"""What a report has printed, as printed: results, samples, other printings, figures and claims.

What contradicts is kept, never corrected: judging is in `consistency`. Figures computed from
microdata are made elsewhere.
"""

from phare_pipeline.survey.published.canonical import national_area, published_rows
from phare_pipeline.survey.published.results import (
    RESULT_COLUMNS,
    PublishedResult,
    read_published,
)
from phare_pipeline.survey.published.sample import (
    SAMPLE_STRUCTURE_COLUMNS,
    SampleFigure,
    read_sample_structure,
)

__all__ = [
    "RESULT_COLUMNS",
    "SAMPLE_STRUCTURE_COLUMNS",
    "PublishedResult",
    "SampleFigure",
    "national_area",
    "published_rows",
    "read_published",
    "read_sample_structure",
]
