"""Says where a published figure comes from, down to the cell of the source; nothing is published.

`reference` is the short name of a figure that reports print. One module a kind of figure;
`phare explain` and the batch check of a release use the same functions. No Dagster.
"""
