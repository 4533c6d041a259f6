"""Published figures may be compared with each other where one source gives them side by side."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from phare_pipeline.errors import RegistryError
from phare_pipeline.registry.loader import TABLES, load_registry


def with_terms(folder: Path, numerator: str, denominator: str) -> Path:
    """The registry, one published rate of which has other terms."""
    tables = shutil.copytree(TABLES, folder / "tables")
    with (tables / "indicators.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["indicator_id"] == "ecart_activite_femmes_hommes":
            row |= {"numerator": numerator, "denominator": denominator}
    with (tables / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return tables


MEN, WOMEN = "taux_activite_rp_hommes_15_64_ans", "taux_activite_rp_femmes_15_64_ans"


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [(f"{MEN} - {WOMEN}", ""), (WOMEN, MEN), (f"{MEN} - {WOMEN}", MEN)],
)
def test_rates_of_one_source_are_compared(tmp_path: Path, numerator: str, denominator: str) -> None:
    load_registry(with_terms(tmp_path, numerator, denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [
        pytest.param(f"{MEN} - menages_monoparentaux_part", "", id="another source"),
        pytest.param(WOMEN, "actifs_15_64_femmes", id="a count that adds"),
        pytest.param(f"{MEN} - actifs_15_64_femmes", "", id="a count that adds, above"),
    ],
)
def test_rates_are_not_mixed_with_what_adds_or_comes_from_elsewhere(
    tmp_path: Path, numerator: str, denominator: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        load_registry(with_terms(tmp_path, numerator, denominator))
    assert "does not add is combined" in str(caught.value)
