"""The reports of a region or of France: published tables → view → template → HTML → PDF.

A module makes the view of one part of the report; templates hold the fixed words and the layout,
never a figure.
"""
