"""Recomputes what a release has published and compares, table by table; explains nothing."""
