"""Reads the filters of a codebook, such as `q10 in [1]`, and applies them; nothing is evaluated.

The text is parsed with `ast` and only the nodes of a short list are accepted; what a name or a code
means belongs in `codebook`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

MAX_LENGTH = 200
"""Longest text of a filter; a nest of brackets deep enough to harm the parser does not fit."""

GRAMMAR = (
    "comparisons of a question with codes (==, !=, in, not in, <, <=, >, >=) joined by and / or, "
    "such as `q10 in [1, 2] and age >= 18`"
)

Booleans: TypeAlias = NDArray[np.bool_]

_ORDERINGS: dict[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
_ORDER = dict(_ORDERINGS.values())
_MEMBERSHIPS: dict[type[ast.cmpop], tuple[str, bool]] = {
    ast.Eq: ("==", False),
    ast.NotEq: ("!=", False),
    ast.In: ("in", True),
    ast.NotIn: ("not in", True),
}
_NEGATIVE = ("!=", "not in")


@dataclass(frozen=True)
class Comparison:
    """One question against codes; orderings have exactly one code, a number."""

    name: str
    operator: str
    codes: tuple[str, ...]

    @property
    def is_ordering(self) -> bool:
        """True for <, <=, > and >=, which need a numeric question."""
        return self.operator in _ORDER

    def mask(self, columns: Mapping[str, NDArray[Any]]) -> Booleans:
        """Tell for each respondent whether the comparison holds (see `Filter.mask`)."""
        codes = [canonical_code(value) for value in columns[self.name]]
        return np.array([code is not None and self._holds(code) for code in codes], dtype=np.bool_)

    def _holds(self, code: str) -> bool:
        if self.is_ordering:
            return _ORDER[self.operator](float(code), float(self.codes[0]))
        return (code in self.codes) != (self.operator in _NEGATIVE)


@dataclass(frozen=True)
class Junction:
    """Parts that must all hold (`and`) or of which one must (`or`)."""

    joint: Literal["and", "or"]
    parts: tuple[Node, ...]

    def mask(self, columns: Mapping[str, NDArray[Any]]) -> Booleans:
        """Tell for each respondent whether the parts hold together."""
        join = np.logical_and if self.joint == "and" else np.logical_or
        return np.asarray(join.reduce([part.mask(columns) for part in self.parts]), dtype=np.bool_)


Node: TypeAlias = Comparison | Junction


@dataclass(frozen=True)
class Filter:
    """A parsed filter: who is asked a question."""

    text: str
    root: Node

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons, from left to right."""
        return tuple(_comparisons(self.root))

    @property
    def names(self) -> tuple[str, ...]:
        """The questions the filter looks at, each once."""
        return tuple(dict.fromkeys(comparison.name for comparison in self.comparisons))

    def mask(self, columns: Mapping[str, NDArray[Any]]) -> Booleans:
        """Tell for each respondent whether the filter lets them through.

        A comparison with a missing answer (None, NaN) never holds, whatever its operator: who did
        not answer q10 is not known to be outside it either. The grammar has no `not`, so a missing
        answer can never let anybody through.

        Args:
            columns: name -> answers (n,) as codes, texts or numbers; 1, 1.0 and "1" are one code.

        Returns:
            (n,) booleans.

        Raises:
            KeyError: a question of the filter has no column.
            ValueError: an ordering meets an answer that is no number.
        """
        return self.root.mask(columns)


def canonical_code(value: object) -> str | None:
    """Write a code as a text: 1, 1.0 and "1" become "1"; None, NaN and "" become None.

    Raises:
        ValueError: the value is neither text nor number.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        raise ValueError(f"{value!r} is no code: expected a text or a number")
    if isinstance(value, int | np.integer):
        return str(int(value))
    number = float(value)
    if math.isnan(number):
        return None
    return str(int(number)) if number.is_integer() else repr(number)


def parse_filter(text: str) -> Filter:
    """Parse the text of a filter.

    Raises:
        ValueError: the text is too long, is no expression, or holds anything but comparisons of
            names with codes joined by `and` and `or`; the message says what was found.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a filter of {len(text)} characters (at most {MAX_LENGTH})")
    if not text.isascii() or not text.isprintable():
        raise ValueError("a filter with characters outside ASCII")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"{text!r} is no expression") from error
    return Filter(text, _node(tree.body))


def _node(tree: ast.expr) -> Node:
    if isinstance(tree, ast.BoolOp):
        joint: Literal["and", "or"] = "and" if isinstance(tree.op, ast.And) else "or"
        return Junction(joint, tuple(_node(part) for part in tree.values))
    if isinstance(tree, ast.Compare):
        return _comparison(tree)
    raise _refused(tree)


def _comparison(tree: ast.Compare) -> Comparison:
    if len(tree.ops) != 1:
        raise ValueError(f"a chain of comparisons in {ast.unparse(tree)!r} (join them with and)")
    if not isinstance(tree.left, ast.Name):
        raise _refused(tree.left)
    kind, right = type(tree.ops[0]), tree.comparators[0]
    if kind in _ORDERINGS:
        return Comparison(tree.left.id, _ORDERINGS[kind][0], (_bound(right),))
    if kind not in _MEMBERSHIPS:
        raise _refused(tree)
    sign, takes_list = _MEMBERSHIPS[kind]
    if takes_list != isinstance(right, ast.List):
        wanted = "a list such as [1, 2]" if takes_list else "one code"
        raise ValueError(f"{ast.unparse(tree)!r}: {sign} needs {wanted}")
    elements = right.elts if isinstance(right, ast.List) else [right]
    if not elements:
        raise ValueError(f"{ast.unparse(tree)!r}: an empty list")
    codes = tuple(_code(element) for element in elements)
    if len(set(codes)) < len(codes):
        raise ValueError(f"{ast.unparse(tree)!r}: a code is given twice")
    return Comparison(tree.left.id, sign, codes)


def _code(tree: ast.expr) -> str:
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, str):
        code = canonical_code(tree.value)
        if code is not None:
            return code
    raise _refused(tree)


def _bound(tree: ast.expr) -> str:
    if isinstance(tree, ast.Constant) and type(tree.value) in (int, float):
        code = canonical_code(tree.value)
        if code is not None and math.isfinite(float(code)):
            return code
    raise _refused(tree)


def _refused(tree: ast.expr) -> ValueError:
    return ValueError(f"{type(tree).__name__} {ast.unparse(tree)!r} is not allowed in a filter")


def _comparisons(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
        return
    for part in node.parts:
        yield from _comparisons(part)
