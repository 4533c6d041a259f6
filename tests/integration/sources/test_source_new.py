"""`phare source new` on official files: the right entry, or the open question named."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phare_pipeline.intake.opening import open_unknown
from phare_pipeline.intake.proposal import Proposal, propose
from phare_pipeline.registry.loader import load_registry

pytestmark = pytest.mark.slow


@pytest.fixture
def looked_at(shared_dir: Path, tmp_path: Path):
    """Look at an official file in a folder of its own, in less than a minute."""

    def look(name: str) -> Proposal:
        path = shutil.copyfile(shared_dir / "data" / name, tmp_path / Path(name).name)
        started = time.monotonic()
        proposal = propose(open_unknown(path), load_registry())
        assert time.monotonic() - started < 60
        return proposal

    return look


def figure(found: Proposal, code: str, series: str, period: str) -> float | None:
    assert found.reading is not None
    rows = [
        f.value
        for f in found.reading.figures
        if (f.territory_code, f.series, f.period) == (code, series, period)
    ]
    assert len(rows) == 1
    return rows[0]


def options(found: Proposal, *names: str) -> Mapping[str, Any]:
    return {name: found.options.get(name) for name in names}


def test_years_in_headers_under_titles(looked_at) -> None:
    found = looked_at("sante/esperance_de_vie_departement.csv")
    assert options(found, "header_lines", "decimal") == {"header_lines": [3], "decimal": "."}
    assert found.options["territory"] == {
        "column": "Code", "level": "departement", "nomenclature": "insee",
    }  # fmt: skip
    assert figure(found, "01", "Espérance de vie des femmes à la naissance", "2023") == 86.2
    assert not found.reading.rejections
    [question] = found.questions
    assert "no line end after the last line" in question


def test_years_as_two_digits_of_the_headers(looked_at) -> None:
    """The year is proposed and asked for; decimals have commas, which is the rule."""
    found = looked_at("revenus/FILO2018_DISP_DEP.csv")
    assert found.options["period"] == {"fixed": "2018"}
    assert "decimal" not in found.options
    assert figure(found, "02", "NBUC18", "2018") == 349382.7
    assert "CODGEO" not in found.options["series"]["values"]
    year, end = found.questions
    assert "most headers end in 18" in year
    assert "no line end after the last line" in end


def test_a_long_list_of_two_dimensions(looked_at) -> None:
    """Sex and age tell its rows apart; names of départements and regions do not."""
    found = looked_at("population/pop_dep_age_sexe.csv")
    assert found.options["series"] == {"columns": ["sexe", "trage"], "values": ["Pop"]}
    assert found.options["period"] == {"column": "annee"}
    assert figure(found, "83", "H|40 à 44 ans|Pop", "2021") == 30605
    assert found.questions == ()


def test_dates_and_levels_in_columns(looked_at) -> None:
    """Codes of two levels are read at once; what dates stand for, and what is left, is asked."""
    found = looked_at("barometre_ditp/ind/ind-320.csv")
    assert found.options["territory"]["level"] == "departement|region"
    assert found.options["where"] == {"maille": ["DEPT", "REG"]}
    assert figure(found, "01", "indic_va", "2022-M03") == 25
    asked = " ".join(found.questions)
    assert "taken for a month" in asked
    assert "left: NAT" in asked


def test_a_year_in_a_title_of_an_old_text(looked_at) -> None:
    """cp1252, commas, two heading lines below titles, three levels in one column."""
    found = looked_at("sante/rpps2018_effectif_par_departement_age.csv")
    assert options(found, "encoding", "delimiter", "header_lines") == {
        "encoding": "cp1252", "delimiter": ",", "header_lines": [5, 6],
    }  # fmt: skip
    assert found.options["period"] == {"fixed": "2018"}
    assert found.options["expect"] == [{"cell": "A2", "text": "ANNEE - 2018"}]
    levels = {f.territory_level for f in found.reading.figures}
    assert levels == {"departement", "region", "national"}
    assert any("'62 - Nord-Pas-de-Calais'" in question for question in found.questions)


def test_a_workbook_of_several_sheets(looked_at) -> None:
    """Merged headings; the sheets that are left and the totals below the table are named."""
    found = looked_at("itdd/electricite-renouvelable-par-departement-2015.xls")
    assert found.options["header_lines"] == [4, 5]
    assert found.options["territory"]["column"] == "Département"
    assert figure(found, "01", "Biogaz / Nombre d'installations", "2015") == 6
    assert any("'Total'" in question for question in found.questions)


def test_a_list_of_establishments_is_asked_about(looked_at) -> None:
    """Nothing may be added up that is not said to add."""
    found = looked_at("education/Fr-boursiers-par-departement.csv")
    assert "sum_repeated" not in found.options
    asked = " ".join(found.questions)
    assert "a list?" in asked
    assert "may say a status" in asked
