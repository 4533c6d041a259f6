"""Reads the head of a .sav or .zsav in plain Python: its shape, before native code sees the file.

A file that lies here is refused; what is behind the list of variables is read in `spss`.
Layout: PSPP developers' guide, "System File Format".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from phare_pipeline.survey.exports.door import check_shape
from phare_pipeline.survey.exports.issues import ExportError

_VARIABLE = 2
_CONTINUED = -1
_MAX_LABEL = 65_535
_MAX_ELEMENTS = 1_000_000


@dataclass(frozen=True)
class SpssShape:
    """What the head of a file says of it; `n_cases` is None where the writer did not know."""

    n_variables: int
    n_cases: int | None
    n_elements: int


def read_shape(path: Path, file: str) -> SpssShape:
    """Count the variables of a file and refuse one that is too wide, too long, or cut off.

    Raises:
        ExportError: the head is not that of an SPSS file, or the shape is out of bounds.
    """
    with path.open("rb") as stream:
        order, n_cases, declared = _file_header(stream, file)
        n_variables, n_elements = _variables(stream, order, file)
    if declared not in (-1, n_elements):
        raise _broken(file, f"{n_elements} elements a case where {declared} are declared")
    check_shape(n_cases or 0, n_variables, file)
    check_shape(n_cases or 0, 1, file)
    return SpssShape(n_variables, n_cases, n_elements)


def _file_header(stream: BinaryIO, file: str) -> tuple[str, int | None, int]:
    """Return byte order, cases and elements of a case."""
    head = stream.read(176)
    if len(head) < 176 or head[:4] not in (b"$FL2", b"$FL3"):
        raise _broken(file, f"a head of {len(head)} bytes")
    for order in ("<", ">"):
        layout, elements, _, _, n_cases = struct.unpack(f"{order}5i", head[64:84])
        if layout in (2, 3):
            break
    else:
        raise _broken(file, "an unknown layout")
    if n_cases < -1 or elements < -1 or elements > _MAX_ELEMENTS:
        raise _broken(file, f"{n_cases} cases of {elements} elements")
    return order, None if n_cases == -1 else n_cases, elements


def _variables(stream: BinaryIO, order: str, file: str) -> tuple[int, int]:
    """Walk over the records of variables; return how many there are, and elements of a case."""
    n_variables = n_elements = 0
    while _int(stream, order, file) == _VARIABLE:
        width, has_label, n_missing = struct.unpack(f"{order}3i", _take(stream, 12, file))
        _take(stream, 16, file)
        if not (_CONTINUED <= width <= 255 and has_label in (0, 1) and -3 <= n_missing <= 3):
            raise _broken(file, f"a variable of width {width} with {n_missing} missing values")
        if has_label:
            length = _int(stream, order, file)
            if not 0 <= length <= _MAX_LABEL:
                raise _broken(file, f"a label of {length} bytes")
            _take(stream, (length + 3) // 4 * 4, file)
        _take(stream, 8 * abs(n_missing), file)
        n_elements += 1
        n_variables += width != _CONTINUED
        check_shape(0, n_variables, file)
        if n_elements > _MAX_ELEMENTS:
            raise _broken(file, f"more than {_MAX_ELEMENTS} elements a case")
    if not n_variables:
        raise _broken(file, "no variable")
    return n_variables, n_elements


def _int(stream: BinaryIO, order: str, file: str) -> int:
    number: int = struct.unpack(f"{order}i", _take(stream, 4, file))[0]
    return number


def _take(stream: BinaryIO, n: int, file: str) -> bytes:
    found = stream.read(n)
    if len(found) < n:
        raise _broken(file, "a file that ends within its list of variables")
    return found


def _broken(file: str, found: str) -> ExportError:
    return ExportError(
        "The head of an SPSS file is damaged",
        where=file,
        found=found,
        expected="a complete .sav or .zsav",
        action="export it again; do not open or send it in text mode",
    )
