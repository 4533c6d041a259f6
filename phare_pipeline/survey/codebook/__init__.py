"""What a study asked whom, where, and how answers are coded; no answers here.

A codebook is a folder of `raw/surveys/codebooks/`: `study.toml` and small CSV tables. A new study
is a new folder. Published figures are read in `published`, exports in `exports`.
"""

from phare_pipeline.survey.codebook.loading import load_codebook
from phare_pipeline.survey.codebook.model import (
    Actor,
    Area,
    Band,
    Codebook,
    Column,
    Derived,
    ExportFile,
    Item,
    Option,
    PinnedFile,
    Question,
    Sample,
    Scale,
    Segment,
    Target,
    Variable,
)
from phare_pipeline.survey.codebook.rows import CodebookError, CodebookRow, codebook_rows
from phare_pipeline.survey.codebook.vocabulary import (
    ACTORS,
    CONFIDENCES,
    NOTE_BANDS,
    RANKS,
    STATISTICS,
    SYNTHETIC_FR,
    WHOLE,
    AreaKind,
    ExportFormat,
    MarginUnit,
    OptionKind,
    QuestionType,
    Statistic,
    VariableType,
)

__all__ = [
    "ACTORS",
    "CONFIDENCES",
    "NOTE_BANDS",
    "RANKS",
    "STATISTICS",
    "SYNTHETIC_FR",
    "WHOLE",
    "Actor",
    "Area",
    "AreaKind",
    "Band",
    "Codebook",
    "CodebookError",
    "CodebookRow",
    "Column",
    "Derived",
    "ExportFile",
    "ExportFormat",
    "Item",
    "MarginUnit",
    "Option",
    "OptionKind",
    "PinnedFile",
    "Question",
    "QuestionType",
    "Sample",
    "Scale",
    "Segment",
    "Statistic",
    "Target",
    "Variable",
    "VariableType",
    "codebook_rows",
    "load_codebook",
]
