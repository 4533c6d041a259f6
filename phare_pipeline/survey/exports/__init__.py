"""Reads the answers that institutes and survey programs export into one canonical form.

What belongs here: opening .sav, .csv and .xlsx, finding columns, decoding cells by the codebook,
and the rules an export must keep. Weighting, estimates and disclosure are elsewhere.

No text of a cell is ever part of a message: cells may hold what names a person (see `echo`).
"""

from phare_pipeline.survey.exports.issues import ExportError, Issue, Severity
from phare_pipeline.survey.exports.reading import Export, read_export

__all__ = ["Export", "ExportError", "Issue", "Severity", "read_export"]
