"""What every staged and published table promises; schemas are derived here, data never enters.

`fields` declares each column once, `tables` lists the columns and the key of each table, `schemas`
derives pandera, Arrow and DuckDB from the two.
"""

CONTRACT_VERSION = "1.0.0"
