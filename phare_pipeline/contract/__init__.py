"""What every staged and published table promises; schemas are derived here, data never enters.

`subjects` declares columns and tables, a module a subject; `model` says what a declaration is,
`fields` and `tables` find them by name, `schemas` derives pandera, Arrow and DuckDB from them.
"""

CONTRACT_VERSION = "1.0.0"

DISCLOSURE_RULE = 2
"""Version of the rule by which figures of respondents are hidden. What two rules show of the same
respondents must never stand side by side: each hides other figures, and the one gives away what
the other hides."""
