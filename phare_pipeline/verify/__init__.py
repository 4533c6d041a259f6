"""Examines a release: its files, its tables, its figures, and what a rebuild gives; writes nothing.

Each module is one kind of check and returns `Check`s, that say also what was not verified.
"""
