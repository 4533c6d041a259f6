"""Says what a cell holds without saying it: a cell may hold a name, and messages are kept in logs.

Only what can name nobody is repeated: short numbers, codes of one letter and three digits, and
labels that stand in the codebook anyway.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from phare_pipeline.registry.territories import fold

_CODE = re.compile(r"[A-Za-z]?[0-9]{0,3}|-?[0-9]{1,3}[.,][0-9]{1,2}|-[0-9]{1,3}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,20}([\[.][A-Za-z0-9_]{1,20}\]?)?")
_ALIKE = 0.8


def cell_found(value: object) -> str:
    """Describe a cell: repeated when it is a short code or number, else its kind and length."""
    if value is None:
        return "an empty cell"
    if isinstance(value, str):
        is_code = _CODE.fullmatch(value) is not None
        return repr(value) if is_code else f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        text = f"{value:g}"
        return text if len(text) <= 6 else f"a number of {len(text)} characters"
    return f"a {type(value).__name__}"


def hint(text: object, known: Collection[str]) -> str:
    """Suggest the known text that is much alike, as `; did you mean 'x'?`, or nothing."""
    if not isinstance(text, str):
        return ""
    folded = {fold(name): name for name in known}
    near = get_close_matches(fold(text), folded, n=1, cutoff=_ALIKE)
    return f"; did you mean {folded[near[0]]!r}?" if near else ""


def column_name(name: str) -> str:
    """Repeat the name of a column when it is written like one, else give its length."""
    return repr(name) if _NAME.fullmatch(name) else f"a name of {len(name)} characters"
