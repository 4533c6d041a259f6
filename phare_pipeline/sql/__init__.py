"""Runs the dbt-shaped models of `dbt_like_sql/` in process; no model and no figure is in here."""
