"""Reads a .sav in a process of its own and writes it as Arrow; `spss` starts it and reads that.

pyreadstat is native code: a damaged file may end the process or ask for all memory, and that must
not end a pipeline. Nothing of the file's content is printed, whatever happens.

It imports nothing of the project: it is started by its path, as quickly as can be.

Usage: python -I spss_worker.py FILE.sav RESULT.arrow
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY_BYTES = 4 * 1024**3
CPU_SECONDS = 120
REFUSED = 3
"""Exit code when the reader itself says that the file is wrong; its message is on stderr."""

FAILED = 4
"""Exit code when anything else is raised; the name of the exception is on stderr."""


def main(source: str, target: str) -> int:
    """Convert one file; return 0, `REFUSED` or `FAILED`."""
    _limit()
    import pyreadstat

    try:
        _convert(source, target)
    except pyreadstat.ReadstatError as error:
        sys.stderr.write("".join(c for c in str(error)[:200] if c.isprintable()))
        return REFUSED
    except Exception as error:
        # Its text may hold bytes of the file: only its name goes out.
        sys.stderr.write(type(error).__name__)
        return FAILED
    return 0


def _limit() -> None:
    for kind, bound in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(
            kind, (bound if hard == resource.RLIM_INFINITY else min(bound, hard), hard)
        )


def _convert(source: str, target: str) -> None:
    import pyarrow as pa
    import pyreadstat

    data, meta = pyreadstat.read_sav(
        source, user_missing=True, disable_datetime_conversion=True, output_format="dict"
    )
    about: dict[str, Any] = {
        "missing": meta.missing_ranges,
        "labels": {
            name: [[code, str(label)] for code, label in labels.items()]
            for name, labels in meta.variable_value_labels.items()
        },
        "formats": meta.original_variable_types,
    }
    arrays = {
        name: pa.array(
            data[name],
            pa.string() if meta.readstat_variable_types[name] == "string" else pa.float64(),
            from_pandas=True,
        )
        for name in meta.column_names
    }
    table = pa.table(arrays).replace_schema_metadata({"spss": json.dumps(about)})
    with pa.OSFile(target, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
