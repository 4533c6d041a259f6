"""Times a list of three million rows in the layout of the BPE: the reader beside DuckDB alone.

24 columns, 0.5 GB of text; the rows are counted by département and type of equipment, from the code
of the commune, and their capacities summed. DuckDB gives the bare sums, the reader figures
that name every cell. Each runs in a process of its own; both have to give the same sums.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

ROWS = 3_000_000
COLUMNS = (
    "AN", "NOMRS", "CNOMRS", "NUMVOIE", "INDREP", "TYPVOIE", "LIBVOIE", "CADR", "CODPOS", "DEPCOM",
    "DEP", "REG", "LIBCOM", "DOM", "SDOM", "TYPEQU", "SIRET", "LAMBERT_X", "LAMBERT_Y", "QP",
    "QUALITE_XY", "EPSG", "CAPACITE", "COUVERT",
)  # fmt: skip
THREADS = 2
TYPES = 188
OPTIONS: dict[str, Any] = {
    "header_lines": [1],
    "period": {"column": "AN"},
    "sum_repeated": True,
    "absent": "zero",
    "territory": {"column": "DEPCOM", "level": "departement", "nomenclature": "commune"},
}
CASES: dict[str, dict[str, Any]] = {
    "rows": {"count": "rows", "series": {"columns": ["TYPEQU"]}},
    "sums": {"series": {"columns": ["TYPEQU"], "values": ["CAPACITE"]}, "item": {"column": "DOM"}},
}
OF_DUCKDB = {"rows": "count(*)", "sums": "sum(CAPACITE::double)"}


def generate(path: Path, rows: int = ROWS) -> None:
    """Write the list: communes of 94 départements, in no order."""
    cells = {
        "AN": "'2023'",
        "NOMRS": "'ETABLISSEMENT ' || md5(i::varchar)[:12]",
        "NUMVOIE": "(hash(i, 1) % 300)::varchar",
        "TYPVOIE": "['RUE', 'AV', 'PL', 'CHE'][(1 + hash(i, 2) % 4)::integer]",
        "LIBVOIE": "'DE LA REPUBLIQUE ' || (hash(i, 3) % 900)",
        "CODPOS": "lpad((c // 372 + 1)::varchar, 2, '0') || '000'",
        "DEPCOM": "d || lpad((124 + c % 372)::varchar, 3, '0')",
        "DEP": "d",
        "REG": "'84'",
        "LIBCOM": "'Commune ' || c",
        "DOM": "chr((65 + t % 6)::integer)",
        "SDOM": "chr((65 + t % 6)::integer) || t % 9",
        "TYPEQU": "chr((65 + t % 6)::integer) || lpad((100 + t)::varchar, 3, '0')",
        "SIRET": "lpad((hash(i, 4) % 99999999999999)::varchar, 14, '0')",
        "LAMBERT_X": "round(100000 + (hash(i, 5) % 1100000000) / 1000.0, 2)::varchar",
        "LAMBERT_Y": "round(6000000 + (hash(i, 6) % 1100000000) / 1000.0, 2)::varchar",
        "QP": "'CSZ'",
        "QUALITE_XY": "'Bonne'",
        "EPSG": "'2154'",
        "CAPACITE": "(1 + hash(i, 7) % 40)::varchar",
    }
    select = ", ".join(f"{cells.get(name, chr(39) * 2)} as {name}" for name in COLUMNS)
    # Without Corse, whose codes have letters; no commune stands beside its arrondissements.
    codes = "[x for x in range(1, 96) if x != 20]"
    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"copy (select {select} from (select *, lpad(({codes})[1 + c // 372]::varchar, 2, '0') "  # noqa: S608
            "as d from (select i, (hash(i, 8) % 34968)::integer as c, "
            f"(hash(i, 9) % {TYPES})::integer as t from range({rows}) r(i)))) "
            f"to '{path}' (header, delimiter ';', quote '\"')"
        )


def with_duckdb(path: Path, case: str) -> dict[str, Any]:
    """The bare sums."""
    query = (
        "select count(*), sum(n) from (select DEPCOM[:2] as d, TYPEQU, AN, DOM, "  # noqa: S608
        f"{OF_DUCKDB[case]} as n from read_csv('{path}', delim = ';', header = true, "
        "all_varchar = true) group by all)"
    )
    with duckdb.connect(config={"threads": THREADS, "memory_limit": "400MB"}) as connection:
        found = connection.execute(query).fetchone()
    assert found is not None
    return {"keys": found[0], "sum": found[1], "cells": 0}


def with_reader(path: Path, case: str) -> dict[str, Any]:
    """Figures with their cells."""
    from phare_pipeline.registry.loader import load_registry
    from phare_pipeline.registry.territories import Territories
    from phare_pipeline.sources.table import read_table

    territories = Territories(load_registry())
    reading = read_table(path, path.name, OPTIONS | CASES[case], territories, lambda _: True)
    if reading.rejections:
        raise SystemExit(f"large_list: {reading.rejections[0].message}")
    return {
        "keys": len(reading.figures),
        "sum": sum(figure.value or 0 for figure in reading.figures),
        "cells": sum(figure.raw_text.count(" + ") + 1 for figure in reading.figures),
    }


PROGRAMS: dict[str, Callable[[Path, str], dict[str, Any]]] = {
    "DuckDB, bare sums": with_duckdb,
    "the reader, every cell named": with_reader,
}


def main(_: int) -> None:
    """Print a Markdown table of seconds, CPU and memory; of one round."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bpe.csv"
        generate(path)
        size = path.stat().st_size / 1e6
        print(
            f"| list of {ROWS} rows, {size:.0f} MB | seconds | CPU seconds | ratio | "
            "memory (MB) |\n|---|---|---|---|---|"
        )
        for case in CASES:
            first: dict[str, Any] = {}
            for name in PROGRAMS:
                command = [sys.executable, "-m", "benchmarks.large_list", name, case, str(path)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
                found = json.loads(done.stdout)
                first = first or found
                if any(found[key] != first[key] for key in ("keys", "sum")):
                    raise SystemExit(f"large_list: {name} found {found}, expected {first}")
                print(
                    f"| {name}: {case} | {found['seconds']:.1f} | {found['work']:.1f} | "
                    f"{found['work'] / first['work']:.1f} | {found['memory']:.0f} |",
                    flush=True,
                )


def run_program(name: str, case: str, path: Path) -> None:
    """Run one program in this process and print what came out as JSON."""
    wall = time.perf_counter()
    found = PROGRAMS[name](path, case)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found["seconds"] = time.perf_counter() - wall
    found |= {"work": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}
    print(json.dumps(found))


if __name__ == "__main__":
    run_program(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
