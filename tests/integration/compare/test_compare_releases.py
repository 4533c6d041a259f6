"""Each cause of a change is found by recomputing: data, correction, registry, geography, code."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.common.studies import waves
from phare_pipeline.steps.run import PlainExecutor
from phare_pipeline.steps.staging.source import is_staged
from phare_pipeline.steps.staging.surveys import is_staged as is_asked
from tests.integration.small import (
    RUN,
    STUDY,
    YEAR,
    Installation,
    pin_study_file,
    verify_current,
)

POWER, RATE = "odre_enr", "taux_chomage"


def compared(
    capsys: pytest.CaptureFixture[str], before: str = "current", after: str = "build"
) -> dict[str, Any]:
    """Compare two sides that must differ; return the data."""
    capsys.readouterr()
    assert main(["diff", before, after, "--json"]) == 1
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return data


def build() -> None:
    """Build what is due as `phare run --no-release` does, without cuts and reports: faster."""
    context = load_context()
    executor = PlainExecutor(context)
    executor.stage([s for s in context.sources if not is_staged(context, context.sources[s])])
    executor.unite()
    executor.ask([wave for wave in waves(context) if not is_asked(context, wave)])
    executor.build(YEAR)


def edit_registry(small: Installation, table: str, where: dict[str, str], **cells: str) -> None:
    """Change cells of the rows of a registry table that have some values."""
    path = small.registry / table
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    is_row = pd.Series(True, index=frame.index)
    for column, value in where.items():
        is_row &= frame[column] == value
    assert is_row.any()
    for column, value in cells.items():
        frame.loc[is_row, column] = value
    frame.to_csv(path, index=False, lineterminator="\n")


def causes_of(data: dict[str, Any], table: str) -> set[str]:
    return set(data["tables"][table]["causes"])


def edit(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_text(encoding)
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding)


def other_power(small: Installation, value: str) -> None:
    """Give one region another figure in one year."""
    edit(small.raw_file(POWER), "8214.948", value, "utf-8-sig")
    renew_pins(small.raw)


def test_the_same_release_is_the_same(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """No difference, exit code 0, also against what is built."""
    del small
    capsys.readouterr()
    assert main(["diff", "current", "current"]) == 0
    assert "no table differs" in capsys.readouterr().out
    assert main(["diff", "current"]) == 0
    assert "no table differs" in capsys.readouterr().out


def test_a_new_figure_of_a_source_is_data_with_its_cell(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two releases: cell, file and line, figures and ranks that moved, each with its cause."""
    assert main(["releases", "--name", "before", "current"]) == 0
    other_power(small, "0.948")
    assert main(["accept", POWER, "--because", "essai"]) == 0
    assert main(RUN) == 0
    data = compared(capsys, "before", "current")
    assert next(iter(data["inputs"]["files"].values()))["source"] == POWER
    [cell] = data["cells"]
    assert (cell["raw_text_a"], cell["raw_text_b"]) == ("8214.948", "0.948")
    assert cell["origin_file"].endswith("prod-region-annuelle-enr.csv")
    assert int(cell["origin_line"]) > 1
    for table, found in data["tables"].items():
        if found["status"] == "changed":
            assert set(found["causes"]) == {"data"}, table
    moves = data["tables"]["out_indicators"]["moves"]
    assert {tuple(move["causes"]) for move in moves} == {("data",)}
    assert all(move["evidence"][0].startswith(f"{POWER}: line ") for move in moves)
    assert [move["size"] for move in moves] == sorted((m["size"] for m in moves), reverse=True)
    # A region whose own value stands still changes rank: the cause is the same data.
    ranks = data["tables"]["out_indicators"]["ranks"]
    assert len({move["row"]["region_code"] for move in ranks}) > 1
    assert {tuple(move["causes"]) for move in ranks} == {("data",)}
    # The same as text and as a page.
    assert main(["diff", "before", "current"]) == 1
    text = capsys.readouterr().out
    assert "'8214.948' -> '0.948'" in text
    assert f"data: {POWER}: raw/" in text
    assert f"(data; {POWER}: line " in text
    assert main(["diff", "before", "current", "--markdown"]) == 1
    page = capsys.readouterr().out
    assert page.startswith("# From ")
    assert "## Largest moves" in page
    assert "## Ranks that changed" in page


def test_a_correction_is_called_a_correction(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A figure that only a correction moved is not called new data."""
    context = load_context()
    rows = pd.read_parquet(context.workspace.observations_file)
    row = rows[(rows["source_id"] == POWER) & (rows["raw_text"] == "8214.948")].iloc[0]
    line = ",".join(
        [
            "enr_2016", POWER, row["origin_file"], row["measure_id"], row["territory_level"],
            row["territory_code"], row["period"], row["item"], "8214.948", "9000", "estimated",
            "essai", "essai", "2024-01-01",
        ]
    )  # fmt: skip
    with (small.raw / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    build()
    data = compared(capsys)
    assert causes_of(data, "out_indicators") == {"correction"}
    assert [row["cause"] for row in data["inputs"]["rows"]] == ["correction"]
    assert causes_of(data, "dim_correction") == {"correction"}


def test_formula_and_data_at_once_are_told_apart(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each figure has the cause that moved it; the row of the registry is named."""
    other_power(small, "8814.948")
    edit_registry(small, "indicators.csv", {"indicator_id": RATE}, scale="10")
    before = verify_current(small)
    assert main([*RUN, "--no-release"]) == 0
    assert "nothing published" in capsys.readouterr().out
    assert verify_current(small) == before
    data = compared(capsys)
    assert data["files"] is None
    assert data["after"] == "build"
    [row] = data["inputs"]["rows"]
    assert (row["table"], row["row"], row["columns"]) == ("indicators", RATE, ["scale"])
    moves = data["tables"]["out_indicators"]["moves"]
    by_indicator = {(m["row"]["indicator_id"] == RATE, tuple(m["causes"])) for m in moves}
    assert by_indicator == {(True, ("registry",)), (False, ("data",))}
    named = {m["evidence"][0] for m in moves if m["row"]["indicator_id"] == RATE}
    assert named == {f"indicators: {RATE} changed (scale)"}
    assert causes_of(data, "out_coverage") <= {"data + registry"}


def test_an_inserted_indicator_is_named_and_moves_no_other(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row of the registry that is new is a cause of its own, of its own figures alone."""
    path = small.registry / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    new = {**next(r for r in rows if r["indicator_id"] == RATE), "indicator_id": "nouveau"}
    new |= {"order": "15", "role": "contexte", "direction": "0"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(new), lineterminator="\n")
        writer.writeheader()
        writer.writerows([new, *rows])
    build()
    data = compared(capsys)
    [row] = data["inputs"]["rows"]
    assert (row["cause"], row["table"], row["row"]) == ("row added", "indicators", "nouveau")
    assert causes_of(data, "out_indicators") == {"row added"}
    assert causes_of(data, "dim_indicator") == {"row added"}
    found = data["tables"]["out_indicators"]
    assert (found["changed"], found["removed"]) == ([], [])
    assert {row["indicator_id"] for row in found["added"]} == {"nouveau"}


def test_geography_and_a_label_are_told_apart(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """Auvergne in another region moves sums of départements; a label moves no figure.

    Without Auvergne the published rates of its region still lie between those of the départements
    that are left, or the run would be refused.
    """
    for name in ("former_regions.csv", "departements.csv"):
        edit_registry(small, name, {"former_region_code": "83"}, region_code="76")
    edit_registry(small, "indicators.csv", {"indicator_id": RATE}, label_fr="Chômage")
    build()
    data = compared(capsys)
    assert causes_of(data, "dim_departement") == {"geography"}
    assert causes_of(data, "dim_indicator") == {"registry"}
    moves = data["tables"]["out_indicators"]["moves"]
    assert {tuple(m["causes"]) for m in moves} == {("geography",)}
    assert {m["row"]["region_code"] for m in moves if m["column"] == "value"} == {"76", "84"}
    assert RATE not in {m["row"]["indicator_id"] for m in moves}


def test_a_printed_figure_of_a_study_is_data(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A printed figure of a study moves its results; the row of its table is named."""
    path = small.raw / "surveys" / "published" / f"{STUDY}.csv"
    old = "citoyens,citoyens:Q1,securite,hauts-de-france,ensemble,share_band_low,1-5,27,27%"
    edit(path, old, old.replace("27,27%", "28,28%"))
    pin_study_file(small, path)
    build()
    data = compared(capsys)
    assert causes_of(data, "out_survey_results") == {"data"}
    assert f"surveys/published/{STUDY}.csv" in data["inputs"]["studies"]
    [row] = [r for r in data["inputs"]["rows"] if r["table"].startswith("surveys/published")]
    assert (row["cause"], row["columns"]) == ("data", ["value", "value_printed"])
    assert data["tables"]["out_indicators"]["status"] == "same"


def test_a_missing_or_empty_table_is_red(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A release without a table differs, whatever else is the same."""
    current = (small.warehouse / "current").resolve()
    for number, harm in enumerate(("missing", "empty")):
        other = current.with_name(f"{number}" * 16)
        shutil.copytree(current, other)
        path = other / "marts" / "out_scores.parquet"
        path.chmod(0o644)
        rows = pd.read_parquet(path)
        path.unlink()
        if harm == "empty":
            rows.head(0).to_parquet(path)
        data = compared(capsys, "current", other.name)
        assert data["is_red"]
        assert data["tables"]["out_scores"]["status"] == (
            "missing" if harm == "missing" else "without rows"
        )
        assert main(["diff", "current", other.name]) == 1
        assert "not comparable in whole: out_scores" in capsys.readouterr().out


def test_what_no_input_explains_is_the_code(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A published figure that its own inputs do not give was made by other code."""
    current = (small.warehouse / "current").resolve()
    other = current.with_name("f" * 16)
    shutil.copytree(current, other)
    path = other / "marts" / "out_indicators.parquet"
    path.chmod(0o644)
    rows = pd.read_parquet(path)
    first = rows.index[rows["value"].notna()][0]
    rows.loc[first, "value"] = rows.loc[first, "value"] * 2
    path.unlink()
    rows.to_parquet(path)
    data = compared(capsys, other.name, "current")
    assert causes_of(data, "out_indicators") == {"code"}
    assert data["inputs"]["files"] == {}
