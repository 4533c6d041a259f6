"""Calibration (calage, redressement): weights that meet known margins and stay near given ones.

Margins are given as figures: where they come from, and how a sample is read, belong elsewhere. One
call is one sample of one actor in one area; actors are never calibrated together.

Sources: Deville & Särndal (1992), JASA 87; Sautory, *La macro CALMAR*; Kish (1992) for the design
effect.
"""

from phare_pipeline.survey.calage.calibration import calibrate, kish_design_effect
from phare_pipeline.survey.calage.model import (
    CalageError,
    Calibration,
    CategoryMargin,
    Finding,
    Margin,
    MarginFit,
    Method,
    NumericMargin,
)

__all__ = [
    "CalageError",
    "Calibration",
    "CategoryMargin",
    "Finding",
    "Margin",
    "MarginFit",
    "Method",
    "NumericMargin",
    "calibrate",
    "kish_design_effect",
]
