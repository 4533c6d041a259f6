"""`phare export` on a small release, and the Data Package under a validator of others."""

from __future__ import annotations

import warnings
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from phare_pipeline.cli.main import main
from tests.integration.small import YEAR, Installation


def test_a_region_is_exported_in_every_format(
    small: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "exports"
    year = str(YEAR)
    for kind in ("xlsx", "csv", "excel-csv", "parquet"):
        assert (
            main(
                ["export", "--region", "HDF", "--year", year, "--format", kind, "--to", str(target)]
            )
            == 0
        )
    printed = capsys.readouterr().out.split()
    assert {Path(path) for path in printed} == set(target.iterdir())
    stem = f"phare-hauts-de-france-{year}"
    frame = pl.read_parquet(target / f"{stem}-out_indicators.parquet")
    assert set(frame["region_code"]) == {"32"}
    csv = pl.read_csv(
        target / f"{stem}-out_indicators.csv",
        schema_overrides={"region_code": pl.String},
        infer_schema_length=None,
    )
    assert csv["value"].to_list() == frame["value"].to_list()
    french = duckdb.sql(
        f"from read_csv('{target / f'{stem}-out_indicators-excel.csv'}', decimal_separator=',')"
    ).df()
    assert list(french["Valeur"].dropna()) == list(frame["value"].drop_nulls())
    sheet = openpyxl.load_workbook(target / f"{stem}.xlsx")["Indicateurs"]
    assert sheet.max_row == frame.height + 1


def test_an_edition_that_is_not_published_is_refused(
    small: Installation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PHARE_EDITIONS")
    assert main(["export", "--year", "2012", "--to", str(tmp_path / "exports")]) == 1
    assert "none of these editions" in capsys.readouterr().err
    assert not (tmp_path / "exports").exists()


def test_frictionless_finds_the_package_valid(small: Installation) -> None:
    package = small.warehouse / "current" / "datapackage.json"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless

        report = frictionless.validate(str(package.resolve()))
    assert report.valid, report.to_summary()
    assert len(report.tasks) == len(list((small.warehouse / "current" / "marts").iterdir()))
