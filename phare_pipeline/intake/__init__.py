"""Brings a new file in: looks at it, proposes its entry of the catalogue, shows what is read of it.

Nothing here decides a published figure: what is proposed is read by `sources` like any other entry.
"""
