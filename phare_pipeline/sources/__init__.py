"""Readers of official files by family of formats: files in, staged observations out; no Dagster.

`staging.stage` is the way in. A new file of a known family is an entry of `raw/sources.toml`.
What a figure means (its measure, unit, bounds) is said by the registry, never here.
"""
