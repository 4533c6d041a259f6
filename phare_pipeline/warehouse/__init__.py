"""Files of the warehouse: staging, Parquet, ledger, releases; what the figures mean is elsewhere."""
