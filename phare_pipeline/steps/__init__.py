"""What the pipeline does, step by step, as plain functions; Dagster is nowhere in here.

Each module is one layer: it reads what the layer below wrote, builds tables in memory, audits them,
and only then writes. `assets/` wraps these functions for Dagster, `cli` plans and runs them.
"""
