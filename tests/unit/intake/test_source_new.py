"""A file made up in a layout is read again as it was made; what is doubtful is asked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import tomlkit

from phare_pipeline.cli.main import main
from phare_pipeline.errors import SourceError
from phare_pipeline.intake.opening import open_unknown
from phare_pipeline.intake.proposal import Proposal, propose
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Level
from phare_pipeline.sources.catalogue import CATALOGUE, TO_COMPLETE, load_sources
from phare_pipeline.steps.common.loading import load_context
from tests.unit.sources.kit import write_workbook

REGISTRY = load_registry()
DEPARTEMENTS = [
    (code, d.name_fr, REGISTRY.regions[d.region_code].name_fr)
    for code, d in REGISTRY.departements.items()
    if d.perimeter == "metropole"
]
WRITINGS = {
    "insee": lambda code: code,
    "insee_unpadded": lambda code: code.lstrip("0"),
    "insee_padded3": lambda code: code.zfill(3),
    "ditp": lambda code: f"D{code}",
}


def look(path: Path) -> Proposal:
    return propose(open_unknown(path), REGISTRY)


@pytest.mark.parametrize("seed", range(12))
def test_wide_texts_of_any_writing(seed: int, tmp_path: Path) -> None:
    """Delimiter, encoding, titles, decimal mark, code, years: all are found again."""
    chance = random.Random(seed)
    delimiter, encoding = chance.choice(";,\t"), chance.choice(("utf-8", "cp1252"))
    mark = "." if delimiter == "," else chance.choice(".,")
    nomenclature = chance.choice(list(WRITINGS))
    titles = chance.randrange(3)
    years = sorted(chance.sample(range(1990, 2024), 3))
    values = {
        (code, year): round(chance.uniform(0, 90), 1)
        for code, _, _ in DEPARTEMENTS
        for year in years
    }
    lines = ["Élèves en retard", "Source : Dépp"][:titles]
    lines.append(delimiter.join(["code", "libellé", *map(str, years)]))
    for code, name, _ in DEPARTEMENTS:
        own = [str(values[code, year]).replace(".", mark) for year in years]
        lines.append(delimiter.join([WRITINGS[nomenclature](code), name, *own]))
    path = tmp_path / "retard.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    found = look(path)
    assert found.options["header_lines"] == [titles + 1]
    assert found.options["territory"]["nomenclature"] == nomenclature
    assert found.reading is not None
    assert not found.reading.rejections
    read = {(f.territory_code, int(f.period)): f.value for f in found.reading.figures}
    assert read == values


@pytest.mark.parametrize("seed", range(6))
def test_long_lists_with_dimensions(seed: int, tmp_path: Path) -> None:
    """The columns that tell rows apart are found, those that only repeat the place are not."""
    chance = random.Random(seed)
    groups = [("F", "H"), ("jeunes", "actifs", "âgés")][: chance.choice((1, 2))]
    rows = [()]
    for texts in groups:
        rows = [(*row, text) for row in rows for text in texts]
    names = ["sexe", "âge"][: len(groups)]
    table = [["région", *names, "dep", "année", "effectif"]]
    for code, _, region in DEPARTEMENTS:
        for year in (2019, 2020):
            table += [[region, *row, code, str(year), str(chance.randrange(9999))] for row in rows]
    path = tmp_path / "effectifs.csv"
    path.write_text("\n".join(";".join(row) for row in table) + "\n", "utf-8")
    found = look(path)
    assert found.options["series"] == {"columns": names, "values": ["effectif"]}
    assert found.options["period"] == {"column": "année"}
    assert found.questions == ()


def test_sheets_of_years_and_their_totals(tmp_path: Path) -> None:
    """Sheets named by years are one table; a national row is one, a total is asked about."""
    rows = [["Code", "Lits"], *[[c, i] for i, (c, _, _) in enumerate(DEPARTEMENTS)]]
    rows += [["France métropolitaine", 1], ["Ensemble", 2]]
    path = tmp_path / "lits.xlsx"
    write_workbook(path, {"Lisez-moi": [["Champ", "France"]], "2020": rows, "2021": rows})
    found = look(path)
    assert found.options["period"] == {"sheet": True}
    assert found.options["territory"]["national"] == {"France métropolitaine": "metropole"}
    assert found.reading is not None
    assert {f.period for f in found.reading.figures} == {"2020", "2021"}
    assert any("'Ensemble'" in question for question in found.questions)
    assert any("sheets not read: 'Lisez-moi'" in question for question in found.questions)


def test_regions_in_columns(tmp_path: Path) -> None:
    regions = [unit.name_fr for unit in REGISTRY.units_of(Level.REGION)]
    lines = [";".join(["année", *regions])]
    lines += [";".join([str(y), *(f"{y}{i}" for i in range(13))]) for y in range(2010, 2014)]
    path = tmp_path / "tourne.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = look(path)
    assert found.reader == "territory_columns"
    assert found.reading is not None
    assert len(found.reading.figures) == 52
    assert {f.territory_level for f in found.reading.figures} == {"region"}


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("1.257", "may be thousands"),
        ("<5", "'<5' stands 1 times"),
        ("///", "not_applicable"),
        ("12,4 p", "provisional"),
    ],
)
def test_marks_that_are_proposed_or_asked(cell: str, asked: str, tmp_path: Path) -> None:
    lines = ["code;2020"]
    lines += [
        f"{code};{cell if code == '59' else 100 + i}" for i, (code, _, _) in enumerate(DEPARTEMENTS)
    ]
    path = tmp_path / "marques.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert any(asked in question for question in look(path).questions)


def test_no_territory_and_no_table(tmp_path: Path) -> None:
    """Other zones, archives, nothing: named as what they are."""
    path = tmp_path / "bassins.csv"
    path.write_text("zone;2020\n" + "\n".join(f"bassin {i};{i}" for i in range(50)) + "\n", "utf-8")
    with pytest.raises(SourceError, match="No territory of the registry"):
        look(path)
    archive = tmp_path / "tout.csv"
    archive.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(SourceError, match="This is a ZIP file"):
        look(archive)


def test_the_entry_is_written_previewed_and_not_published_unsaid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / CATALOGUE).write_text("", "utf-8")
    monkeypatch.setenv("PHARE_RAW", str(raw))
    lines = ["code;2020;note"]
    lines += [f"{code};{100 + i};x" for i, (code, _, _) in enumerate(DEPARTEMENTS)]
    path = tmp_path / "Lits d’hôpital.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert main(["source", "new", str(path), "--dry-run"]) == 0
    assert load_sources(raw) == {}
    assert main(["source", "new", str(path)]) == 0
    [source] = load_sources(raw).values()
    assert source.title == TO_COMPLETE
    assert (raw / source.files[0].path).read_bytes() == path.read_bytes()
    # A second time it is refused, for it would be a second source of the same figures.
    assert main(["source", "new", str(path)]) == 1
    capsys.readouterr()
    assert main(["source", "preview", source.source_id]) == 0
    shown = capsys.readouterr().out
    total = sum(100 + i for i in range(96))
    assert f"| 2020 | departement: 96 of 96, sum {total}; 01 '100'" in shown
    assert "C 'note'" in shown
    document = tomlkit.parse((raw / CATALOGUE).read_text("utf-8"))
    assert document[source.source_id]["options"]["period"]["header"]


def test_an_incomplete_entry_is_refused_before_a_run(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers are told the producer and the licence of every source."""
    text = (repository / "raw" / CATALOGUE).read_text("utf-8")
    document = tomlkit.parse(text)
    name = "odre_enr"
    for other in [key for key in document if key != name]:
        del document[other]
    document[name]["licence"] = TO_COMPLETE
    monkeypatch.setenv("PHARE_RAW", str(tmp_path))
    (tmp_path / CATALOGUE).write_text(tomlkit.dumps(document), "utf-8")
    with pytest.raises(SourceError, match="an entry is not complete") as refused:
        load_context()
    assert refused.value.where == f"raw/sources.toml, [{name}], licence"
