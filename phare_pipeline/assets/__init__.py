"""Dagster's view of the pipeline: thin assets over `steps/`, one module a layer.

An asset calls a step and shows what it did; no figure is computed here.
"""
