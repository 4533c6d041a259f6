"""The PHARE pipeline: from raw extracts to regional figures and a fragility index."""
