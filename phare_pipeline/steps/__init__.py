"""What the pipeline does, step by step, as plain functions; Dagster is nowhere in here.

A step reads what the one before wrote, builds tables in memory, audits them, and only then writes.
The rooms in the order of the data: `staging`, `edition`, `dimensions`, `documents`, `release`, all
on `common`. What a person asks for stands beside them: `run` (what is due, in order), `export` and
`report_pdf`, `goalposts`. `assets` wraps these functions for Dagster, `cli` plans and runs them.
"""
