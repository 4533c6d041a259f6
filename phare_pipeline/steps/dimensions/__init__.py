"""The tables of a release that describe it: dimensions, studies, what they printed wrongly."""
