"""What is known before any data: domains, territories, measures, indicators; no data, no Dagster.

The tables are plain CSV files in `tables/`, made to be edited in a spreadsheet; `loader` reads and
checks them, `model` says what they hold, `territories` turns what sources write into codes.
"""
