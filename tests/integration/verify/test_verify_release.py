"""What `phare verify` finds: a sound release, damage, forged figures, and what it cannot verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.warehouse.catalogue import write_catalogue
from phare_pipeline.warehouse.digests import describe
from phare_pipeline.warehouse.manifest import CATALOGUE, MANIFEST, build_manifest, id_of
from phare_pipeline.warehouse.tables import read_footer, read_parquet, write_parquet
from tests.integration.small import YEAR, Installation

Change = Callable[[pd.DataFrame], pd.DataFrame]
ALL = {
    "files", "catalogue", "contracts", "regions", "totals", "conservation", "figures", "ranks",
    "rebuild",
}  # fmt: skip


def verified(
    capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the command; return its exit code and its checks by name."""
    capsys.readouterr()
    code = main(["verify", "--json", *options])
    data = json.loads(capsys.readouterr().out)
    assert data["exit_code"] == code
    return code, {check["name"]: check for check in data["checks"]}


def outcomes(checks: dict[str, dict[str, Any]], outcome: str) -> set[str]:
    return {name for name, check in checks.items() if check["outcome"] == outcome}


def current(small: Installation) -> Path:
    return (small.warehouse / "current").resolve()


def test_a_sound_release_is_verified_to_the_last_byte(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every check is made and passes, a rebuild in another folder among them."""
    before = {p: p.read_bytes() for p in current(small).rglob("*") if p.is_file()}
    code, checks = verified(capsys)
    assert code == 0, checks
    assert outcomes(checks, "verified") == ALL == checks.keys()
    assert "built again" in checks["rebuild"]["what"]
    assert {p: p.read_bytes() for p in before} == before


def test_the_text_says_what_was_not_asked(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a rebuild the verdict says so."""
    release = current(small).name
    capsys.readouterr()
    assert main(["verify", release[:8], "--no-rebuild"]) == 0
    text = capsys.readouterr().out
    assert "not asked     rebuild" in text
    assert text.splitlines()[-1] == f"release {release}: 8 verified, 0 failed, 0 not verified"
    assert main(["verify", "0000000000000000"]) == 1


@pytest.mark.parametrize("harm", ["changed", "missing", "extra", "catalogue"])
def test_damaged_files_are_found_and_nothing_else_is_believed(
    harm: str, small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A release whose files are not those of its manifest is not read any further."""
    file = current(small) / "marts" / "dim_region.parquet"
    file.chmod(0o644)
    if harm == "changed":
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif harm == "missing":
        file.unlink()
    elif harm == "extra":
        file.with_name("more.parquet").write_bytes(b"x")
    else:
        catalogue = current(small) / CATALOGUE
        tables = {p.stem: read_parquet(p) for p in file.parent.glob("*.parquet")}
        tables["dim_region"] = tables["dim_region"].slice(1)
        catalogue.unlink()
        write_catalogue(catalogue, tables)
    code, checks = verified(capsys)
    assert code == 1
    broken = "catalogue" if harm == "catalogue" else "files"
    assert outcomes(checks, "failed") == {broken}
    assert checks[broken]["details"]
    assert outcomes(checks, "not verified") == ALL - {"files", "catalogue"}


# --- a forged release: whole by its manifest, wrong in its figures ------------------------------
def forge(small: Installation, table: str, change: Change, *, regional: bool = True) -> None:
    """Change a table everywhere in the release, and describe it as if it had been made so."""
    folder = current(small)
    flat = folder / "marts" / f"{table}.parquet"
    marts = {p.stem: read_parquet(p) for p in flat.parent.glob("*.parquet")}
    frame = change(marts[table].to_pandas())
    schema = marts[table].schema.with_metadata(None)
    marts[table] = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    rewrite(flat, table, marts[table])
    for path in folder.glob(f"{table}/region=*/*.parquet") if regional else ():
        code = read_parquet(path)["region_code"][0].as_py()
        part = frame[(frame["region_code"] == code) & (frame["year"] == int(path.stem))]
        rewrite(path, table, pa.Table.from_pandas(part, schema=schema, preserve_index=False))
    (folder / CATALOGUE).unlink()
    write_catalogue(folder / CATALOGUE, marts)
    inputs = json.loads((folder / MANIFEST).read_text("utf-8"))["inputs"]
    (folder / MANIFEST).unlink()
    catalogue = (folder / CATALOGUE).rename(folder.parent / "catalogue")
    manifest = build_manifest(folder, describe(marts), inputs)
    catalogue.rename(folder / CATALOGUE)
    (folder / MANIFEST).write_bytes(manifest)
    target = folder.rename(folder.with_name(id_of(manifest)))
    (small.warehouse / "current").unlink()
    (small.warehouse / "current").symlink_to(target)


def rewrite(path: Path, name: str, table: pa.Table) -> None:
    footer = {k: v for k, v in read_footer(path).items() if k in ("edition", "edition_hash")}
    path.unlink()
    write_parquet(table, name, path, footer)


def cell(row: int, column: str, value: Any) -> Change:
    """Return a change of one cell, in the row-th row that has a value there."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        label = frame[column].dropna().index[row]
        frame.loc[label, column] = value(frame.loc[label, column])
        return frame

    return change


FORGED: dict[str, tuple[str, Change, set[str]]] = {
    "a value": ("out_indicators", cell(3, "value", lambda x: x * 1.001), {"figures"}),
    "a rank": ("out_indicators", cell(3, "rank", lambda x: 14 - x), {"ranks"}),
    "two regions swapped": (
        "out_indicators",
        lambda f: f.assign(value=f["value"].where(f["region_code"] != "11", f["value"] + 1)),
        {"figures", "ranks"},
    ),
    "a score": ("out_scores", cell(0, "score", lambda x: x + 0.5), {"figures"}),
    "a status": (
        "out_indicators", cell(0, "value_status", lambda x: "guessed"), {"contracts", "figures"},
    ),
    "an empty table": ("out_normalised", lambda f: f.head(0), {"contracts", "figures"}),
    "no indicator": ("out_indicators", lambda f: f.head(0), {"contracts", "figures"}),
    "rows out of order": ("out_indicators", lambda f: f.iloc[::-1], {"contracts"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_figure_is_found(
    name: str, small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures that are whole by their manifest but wrong fail where they are wrong."""
    table, change, expected = FORGED[name]
    forge(small, table, change)
    code, checks = verified(capsys, "--no-rebuild")
    assert code == 1
    assert outcomes(checks, "verified") >= {"files", "catalogue"}
    assert expected <= outcomes(checks, "failed"), checks
    for check in expected:
        assert checks[check]["details"]


def test_a_region_that_differs_from_the_whole_is_found(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A flat table that says something else than its regional files."""
    forge(small, "out_coverage", cell(0, "available_count", lambda x: x + 1), regional=False)
    code, checks = verified(capsys, "--no-rebuild")
    assert code == 1
    assert "regions" in outcomes(checks, "failed")
    assert "has not the rows" in checks["regions"]["details"][0]


def test_a_rebuild_finds_what_no_rule_can(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed label breaks no rule; only building it again shows it."""
    forge(small, "dim_source", cell(0, "title", lambda x: f"{x}."), regional=False)
    code, checks = verified(capsys)
    assert code == 1
    assert outcomes(checks, "failed") == {"rebuild"}
    assert any("marts/dim_source.parquet differs" in line for line in checks["rebuild"]["details"])


def test_what_cannot_be_rebuilt_is_not_called_verified(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """With another registry than the release's, figures are still verified, the rebuild is not."""
    path = small.registry / "indicators.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Taux de chômage, moyenne annuelle", "Taux de chômage"), "utf-8")
    code, checks = verified(capsys)
    assert code == 3
    assert outcomes(checks, "not verified") == {"rebuild"}
    details = "\n".join(checks["rebuild"]["details"])
    assert "registry" in details
    assert "registry/indicators.csv differ" in details
    assert outcomes(checks, "failed") == set()
    assert YEAR
