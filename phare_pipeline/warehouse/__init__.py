"""Files of the warehouse: how they are written, read, recorded and published; no figure is made here.

`files` writes, `tables` keeps the contract, `staging` and `catalogue` are DuckDB, `ledger` remembers
what was built from what, `release` publishes.
"""
