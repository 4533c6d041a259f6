"""Dagster's view of the pipeline: thin assets over `steps/`, one module a layer.

An asset calls a step and shows what it did; no figure is computed here.
"""

import warnings

import dagster as dg

# Observable sources and checks by partition are marked beta and preview. Dagster is pinned exactly,
# and the smoke test runs both: a warning at every import would tell nobody anything.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
