"""Opens a .sav or .zsav with its declared missing values; what cells mean is in `codes`.

`user_missing` is always on: without it declared codes vanish, and the share of don't-knows with
them. The native reader runs in `spss_worker`, so that no file can end this process.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from phare_pipeline.survey.exports import spss_worker
from phare_pipeline.survey.exports.door import check_shape
from phare_pipeline.survey.exports.issues import ExportError
from phare_pipeline.survey.exports.spss_header import read_shape
from phare_pipeline.survey.exports.table import Cells, MissingRange, RawTable
from phare_pipeline.survey.expressions import canonical_code

TIMEOUT_SECONDS = 300
_DATE = re.compile(r"(A|E|J|S)?DATE(TIME)?[0-9.]*|YMDHMS[0-9.]*")
_EPOCH = dt.datetime(1582, 10, 14)


def read_spss(path: Path, file: str) -> RawTable:
    """Read a file of SPSS; cases count from 1.

    Args:
        path: where the file lies; its size is known to be right.
        file: how messages name it.

    Raises:
        ExportError: a damaged file, too many variables or cases, no case.
    """
    read_shape(path, file)
    with tempfile.TemporaryDirectory(prefix="phare-sav-") as folder:
        target = Path(folder) / "table.arrow"
        _run(path, target, file)
        with pa.OSFile(str(target)) as source:
            table = pa.ipc.open_file(source).read_all()
    check_shape(table.num_rows, table.num_columns, file)
    if not table.num_rows:
        raise _damaged(file, "no case")
    about: dict[str, Any] = json.loads(table.schema.metadata[b"spss"])
    columns = {
        name: _cells(table.column(i), about["formats"].get(name, ""))
        for i, name in enumerate(table.column_names)
    }
    return RawTable(
        columns=columns,
        lines=np.arange(1, table.num_rows + 1, dtype=np.int64),
        declared_missing={
            name: tuple(MissingRange(_trimmed(r["lo"]), _trimmed(r["hi"])) for r in ranges)
            for name, ranges in about["missing"].items()
        },
        value_labels={
            name: {canonical_code(code) or "": label for code, label in labels}
            for name, labels in about["labels"].items()
        },
    )


def _run(path: Path, target: Path, file: str) -> None:
    command = [sys.executable, "-I", spss_worker.__file__, str(path.resolve()), str(target)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _damaged(file, f"no end after {TIMEOUT_SECONDS} seconds") from None
    if done.returncode < 0:
        raise _damaged(file, f"a reader stopped by signal {-done.returncode}")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").splitlines()[-1:] or ["no reason"]
        raise _damaged(
            file,
            said[0] if done.returncode == spss_worker.REFUSED else f"a reader failed: {said[0]}",
        )


def _damaged(file: str, found: str) -> ExportError:
    return ExportError(
        "An SPSS file cannot be read",
        where=file,
        found=found,
        expected="a complete .sav or .zsav with at least one case",
        action="export it again",
    )


def _trimmed(value: float | str) -> float | str:
    """A text of SPSS is filled up with blanks."""
    return value.strip() if isinstance(value, str) else value


def _cells(column: pa.ChunkedArray, spss_format: str) -> Cells:
    values = column.to_pylist()
    cells = np.empty(len(values), dtype=object)
    if column.type == pa.string():
        cells[:] = [value.strip() or None if value is not None else None for value in values]
    elif _DATE.fullmatch(spss_format):
        cells[:] = [_date(value) for value in values]
    else:
        cells[:] = values
    return cells


def _date(seconds: float | None) -> dt.datetime | float | None:
    """The day and time that SPSS counts in seconds; what no calendar has stays a number."""
    if seconds is None:
        return None
    try:
        return _EPOCH + dt.timedelta(seconds=seconds)
    except OverflowError:
        return seconds
