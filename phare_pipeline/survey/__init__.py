"""The voice of the actors: from codebooks, exports and published tables to survey results.

What belongs here: what a study asked and how its answers are coded (`codebook`, `expressions`), the
figures a producer has already published (`published`), and the mathematics of microdata. A new
study is a new folder below `raw/surveys/codebooks/`, never a module here.

What must not go in: Dagster, the index, the text of reports.
"""
