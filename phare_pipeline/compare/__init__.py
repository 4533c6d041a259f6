"""Compares two releases, or a release and the present build, and says why each figure moved.

`tables` finds what differs, `inputs` what they were made from, `causes` why; nothing is written.
"""
