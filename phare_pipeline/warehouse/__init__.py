"""Files of the warehouse: staging, Parquet, ledger, releases; what figures mean is elsewhere."""
