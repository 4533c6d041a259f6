"""Times normalise + aggregate on generated figures of all communes: 347 indicators, 15 editions.

182 million cells, 3 % of them missing, from one Parquet file to a score for each commune and
edition. The file lies in a temporary folder and goes with it. Every program runs in a process of
its own, on the same file, and has to give the same scores.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.scale_sql import (
    ABOVE_DOMAINS,
    RULES,
    at_once,
    by_domain,
    from_long,
    used_long,
    used_wide,
)
from phare_pipeline.index.hierarchy import AXIS_DECIMALS, Hierarchy, score_index
from phare_pipeline.index.normalise import normalise

UNITS, INDICATORS, EDITIONS = 35_000, 347, 15
THREADS, MEMORY = 2, "1500MB"
NEEDED_BYTES = 4_000_000_000

NAMES = [f"indicator_{j}" for j in range(INDICATORS)]
TREE = Hierarchy(
    weights=1 + np.arange(INDICATORS) % 3,
    domain_of=np.arange(INDICATORS) % 16,
    domain_weights=np.ones(16),
    axis_of=np.arange(16) // 4,
    axis_weights=np.ones(4),
)
MEMBERS = {d: [NAMES[j] for j in np.flatnonzero(TREE.domain_of == d)] for d in range(16)}
DIRECTION = np.where(np.arange(INDICATORS) % 3 == 0, -1.0, 1.0)
SCALE = np.full(INDICATORS, 30.0)


def references(edition: int) -> np.ndarray:
    """National values (m,) of one edition."""
    return 50 + np.arange(INDICATORS) % 7 * 0.1 + edition * 0.05


def generate(folder: Path) -> None:
    """Write facts.parquet: a wide table, a row group for each edition.

    Not compressed: full random fractions would not get smaller, which is the worst case.
    """
    random = np.random.default_rng(0)
    keys = [pa.field("edition", pa.int16()), pa.field("unit", pa.int32())]
    schema = pa.schema([*keys, *(pa.field(name, pa.float64()) for name in NAMES)])
    options: dict[str, Any] = {"compression": "none", "use_dictionary": ["edition"]}
    with pq.ParquetWriter(folder / "facts.parquet", schema, **options) as writer:
        for edition in range(EDITIONS):
            values = random.normal(50, 10, (INDICATORS, UNITS))
            is_hole = random.random((INDICATORS, UNITS), dtype=np.float32) < 0.03
            columns = [
                pa.array(np.full(UNITS, edition, dtype=np.int16)),
                pa.array(np.arange(UNITS, dtype=np.int32)),
                *(pa.array(x, mask=hole) for x, hole in zip(values, is_hole, strict=True)),
            ]
            table = pa.Table.from_arrays(columns, schema=schema)
            writer.write_table(table, row_group_size=UNITS)


def goalposts() -> pa.Table:
    """References, slopes and weights of all indicators and editions, a row each."""
    return pa.table(
        {
            "edition": np.repeat(np.arange(EDITIONS, dtype=np.int16), INDICATORS),
            "indicator": NAMES * EDITIONS,
            "domain": np.tile(TREE.domain_of, EDITIONS),
            "reference": np.concatenate([references(e) for e in range(EDITIONS)]),
            "slope": np.tile(30 * DIRECTION / SCALE, EDITIONS),
            "weight": np.tile(TREE.weights, EDITIONS),
        }
    )


@dataclass
class Clock:
    """Seconds since it was made: by the wall, and of work in all threads of this process."""

    wall: float = field(default_factory=time.perf_counter)
    work: float = field(default_factory=time.process_time)

    def stop(self) -> Clock:
        """Return the seconds that passed."""
        return Clock(time.perf_counter() - self.wall, time.process_time() - self.work)


def duckdb_by_domain(folder: Path, editions: int) -> tuple[np.ndarray, Clock]:
    """One statement a domain, and one for what is above: planning all in one takes seconds."""
    parts = [by_domain({domain: names}) for domain, names in MEMBERS.items()]
    return _with_duckdb(folder, editions, used_wide(MEMBERS), parts)


def duckdb_at_once(folder: Path, editions: int) -> tuple[np.ndarray, Clock]:
    return _with_duckdb(folder, editions, used_wide(MEMBERS), [at_once(MEMBERS)])


def duckdb_from_long(folder: Path, editions: int) -> tuple[np.ndarray, Clock]:
    return _with_duckdb(folder, editions, used_long(), [from_long()], is_long=True)


def with_polars(folder: Path, editions: int) -> tuple[np.ndarray, Clock]:
    """The same steps as ``by_domain``, lazily and streaming."""
    import polars as pl

    facts = pl.scan_parquet(folder / "facts.parquet").filter(pl.col("edition") < editions)
    posts = pl.DataFrame(goalposts()).lazy()
    clock = Clock()
    branches = []
    for domain, names in MEMBERS.items():
        wide = (
            posts.filter(domain=domain)
            .group_by("edition")
            .agg(
                pl.col(kind).filter(indicator=name).first().alias(f"{kind}_{name}")
                for name in names
                for kind in ("reference", "slope", "weight")
            )
        )
        counts = facts.group_by("edition").agg(pl.col(n).count().alias(f"count_{n}") for n in names)
        z = [
            (100 + pl.col(f"slope_{n}") * (pl.col(n) - pl.col(f"reference_{n}"))).clip(70, 130)
            for n in names
        ]
        weights = [pl.col(f"weight_{n}") * (pl.col(f"count_{n}") > 0) for n in names]
        terms = list(zip(weights, z, strict=True))
        present = pl.sum_horizontal(w * x.is_not_null() for w, x in terms)
        above = pl.sum_horizontal(w * x * x for w, x in terms)
        below = pl.sum_horizontal(w * x for w, x in terms)
        is_enough = present / pl.sum_horizontal(weights) >= RULES.domain - RULES.tolerance
        branches.append(
            facts.select("edition", "unit", *names)
            .join(wide.join(counts, on="edition"), on="edition")
            .select(
                "edition",
                "unit",
                pl.lit(domain // 4).alias("axis"),
                pl.when(is_enough).then(above / below).alias("score"),
            )
        )
    score, square = pl.col("score"), pl.col("score") ** 2
    axes = (
        pl.concat(branches)
        .group_by("edition", "unit", "axis")
        .agg(
            (score.count() / 4).alias("coverage"),
            (square.sum() / score.sum()).round(AXIS_DECIMALS).alias("score"),
        )
        .with_columns(pl.when(pl.col("coverage") >= RULES.axis).then(score).alias("score"))
    )
    is_classified = (score.count() == 4) & (pl.col("coverage").mean() >= RULES.index)
    result = (
        axes.group_by("edition", "unit")
        .agg(pl.when(is_classified).then(square.sum() / score.sum()).alias("score"))
        .collect(engine="streaming")
    )
    passed = clock.stop()
    return result.sort("edition", "unit")["score"].to_numpy(), passed


def with_pandas(folder: Path, editions: int) -> tuple[np.ndarray, Clock]:
    """One edition after the other, each in memory."""
    import pandas as pd

    clock = Clock()
    scores = []
    for edition in range(editions):
        frame = pd.read_parquet(folder / "facts.parquet", filters=[("edition", "==", edition)])
        z = (100 + 30 * DIRECTION / SCALE * (frame[NAMES] - references(edition))).clip(70, 130)
        weights = pd.Series(TREE.weights, NAMES).where(z.notna().any(), 0.0)
        domains = pd.DataFrame(index=frame.index)
        for domain, names in MEMBERS.items():
            w, x = weights[names], z[names]
            weighted = x * w
            is_enough = x.notna().mul(w).sum(axis=1) / w.sum() >= RULES.domain - RULES.tolerance
            domains[domain] = ((weighted * x).sum(axis=1) / weighted.sum(axis=1)).where(is_enough)
        axes = pd.DataFrame(index=frame.index)
        for axis in range(4):
            part = domains[range(4 * axis, 4 * axis + 4)]
            score = ((part**2).sum(axis=1) / part.sum(axis=1)).round(AXIS_DECIMALS)
            axes[axis] = score.where(part.notna().mean(axis=1) >= RULES.axis)
        is_classified = axes.notna().all(axis=1) & (domains.notna().mean(axis=1) >= RULES.index)
        scores.append(((axes**2).sum(axis=1) / axes.sum(axis=1)).where(is_classified))
    passed = clock.stop()
    return np.concatenate(scores), passed


def with_pipeline(folder: Path, editions: int) -> tuple[np.ndarray, Clock]:
    """The pipeline's own functions, which also give bounds, means, imbalances and coverage."""
    clock = Clock()
    scores = []
    for edition in range(editions):
        table = pq.read_table(folder / "facts.parquet", filters=[("edition", "==", edition)])
        x = np.column_stack([table[name].to_numpy() for name in NAMES])
        z = normalise(x, references(edition), SCALE, DIRECTION).z
        scores.append(score_index(z, TREE).index.F)
    return np.concatenate(scores), clock.stop()


Case = Callable[[Path, int], tuple[np.ndarray, Clock]]
# Printed name, function, editions: slow ones take a part.
CASES: dict[str, tuple[str, Case, int]] = {
    "duckdb": ("DuckDB, one domain at a time", duckdb_by_domain, EDITIONS),
    "polars": ("polars, streaming", with_polars, EDITIONS),
    "pandas": ("pandas", with_pandas, 1),
    "pipeline": ("numpy, the pipeline’s own functions", with_pipeline, 1),
    "duckdb_at_once": ("DuckDB, all domains at once", duckdb_at_once, 1),
    "duckdb_from_long": ("DuckDB, long table", duckdb_from_long, 1),
}


def main(_: int) -> None:
    """Print a Markdown table of seconds, memory and ratios; of one round, a minute long."""
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free
        if free < NEEDED_BYTES:
            raise SystemExit(
                f"scale: found {free / 1e9:.1f} GB free in the temporary folder, "
                f"expected {NEEDED_BYTES / 1e9:.0f} GB; set TMPDIR to a larger disk"
            )
        _in_process("generate", folder)
        size = (Path(folder) / "facts.parquet").stat().st_size / 1e9
        print(
            f"| normalise + aggregate, {size:.1f} GB of Parquet | cells (million) | seconds | "
            "CPU seconds | memory (MB) | CPU ns a cell | ratio |\n|---|---|---|---|---|---|---|"
        )
        first: dict[str, Any] = {}
        for key, (name, _, editions) in CASES.items():
            found = _in_process(key, folder)
            cells = UNITS * INDICATORS * editions
            found["speed"] = found["work"] / cells * 1e9
            first = first or found
            _compare(name, found, first)
            print(
                f"| {name} | {cells / 1e6:.0f} | {found['seconds']:.1f} | "
                f"{found['work']:.1f} | {found['memory']:.0f} | "
                f"{found['speed']:.0f} | {found['speed'] / first['speed']:.1f} |",
                flush=True,
            )


def run_case(key: str, folder: Path) -> None:
    """Run one case, or the generator, in this process and print what came out as JSON."""
    if key == "generate":
        generate(folder)
        print("{}")
        return
    _, function, editions = CASES[key]
    scores, passed = function(folder, editions)
    edition = scores[:UNITS]
    found = {
        "seconds": passed.wall,
        "work": passed.work,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "rows": len(scores) / editions,
        "classified": int((~np.isnan(edition)).sum()),
        "sum": float(np.nansum(edition)),
        "hundredth": float(edition[100]),
    }
    print(json.dumps(found))


def _in_process(key: str, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale", key, folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _compare(name: str, found: dict[str, Any], first: dict[str, Any]) -> None:
    """Refuse other scores of the first edition than those of the first case."""
    for key in ("rows", "classified", "sum", "hundredth"):
        if not np.isclose(found[key], first[key], rtol=1e-10, atol=0):
            raise SystemExit(f"{name}: found {key} {found[key]!r}, expected {first[key]!r}")


def _with_duckdb(
    folder: Path, editions: int, used: str, parts: list[str], *, is_long: bool = False
) -> tuple[np.ndarray, Clock]:
    """Run statements that score domains, then the one for axes and index."""
    config = {"threads": THREADS, "memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=config) as connection:
        connection.execute("set preserve_insertion_order = false")
        source = connection.read_parquet(str(folder / "facts.parquet"))
        source.filter(f"edition < {editions}").create_view("facts")
        if is_long:
            _lengthen(connection, folder)
        connection.register("goalposts", goalposts())
        domains = {"domain": range(16), "axis": TREE.axis_of, "weight": TREE.domain_weights}
        connection.register("domains", pa.table(domains))
        connection.register("axes", pa.table({"axis": range(4), "weight": TREE.axis_weights}))
        clock = Clock()
        connection.execute(
            "create table scored_domains "
            "(edition smallint, unit integer, domain tinyint, score double)"
        )
        connection.execute(f"create table used_goalposts as {used}")
        for part in parts:
            connection.execute(f"insert into scored_domains {part}")
        connection.execute(f"create table result as with {ABOVE_DOMAINS}")
        passed = clock.stop()
        scores = connection.execute("select score from result order by edition, unit").fetchnumpy()
    return np.ma.filled(scores["score"].astype(float), np.nan), passed


def _lengthen(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Replace the view of the wide table by one of a long file, a row for each value."""
    path = str(folder / "long.parquet")
    connection.execute(
        "copy (from facts unpivot include nulls "
        "(value for indicator in (columns('indicator_.*')))) "
        f"to '{path}' (format parquet)"
    )
    connection.read_parquet(path).create_view("facts", replace=True)


if __name__ == "__main__":
    run_case(sys.argv[1], Path(sys.argv[2]))
