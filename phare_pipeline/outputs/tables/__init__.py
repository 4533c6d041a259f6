"""Published tables in the formats of other tools, and the metadata that go with them.

Modules: ``cells`` (text that no spreadsheet may run), ``csv_files``, ``workbook`` (XLSX),
``datapackage`` (Data Package), ``catalog`` (DCAT), ``dictionary`` (a page for people). Parquet and
DuckDB are written in ``warehouse``.
"""
