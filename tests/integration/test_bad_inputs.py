"""Every bad input of the project's list, end to end: a clear refusal, and the last release stands.

Each case starts from a small installation that has published, damages one thing, and runs the real
command. Where the damage is meant to get past the pin, the pins are renewed by the project itself.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.warehouse import files
from tests.integration.small import (
    RUN,
    Installation,
    make_installation,
    published_files,
    sha256_of,
    verify_current,
    verify_release,
)

Damage = Callable[[Installation], None]
RATES = "insee_chomage_localise"
CENSUS = "insee_rp_activite"
FIBRE = "arcep_ftth"
POWER = "odre_enr"
INCOME = "insee_filosofi_dep_2017"
SEEKERS = "france_travail_jeunes"

FIBRE_FILE = "arcep/ftth/ftthDepartements.csv"
SEEKERS_FILE = "france_travail/demandeurs_moins_25/Demandeurs_emploi_moins_25.csv"
CENSUS_FILE = "insee/rp_activite/TCRD_015_DEP.xlsx"
RATES_FILE = "insee/chomage_localise/famille_TAUX-CHOMAGE_21032025.xlsx"
POWER_FILE = "odre/production_renouvelable/prod-region-annuelle-enr.csv"
INCOME_FILE = "insee/filosofi_dep_2017/cc_filosofi_2017_DEP.csv"


@pytest.fixture(scope="module", autouse=True)
def _quick_disk() -> Iterator[None]:
    """Wait for no disk: a killed process loses nothing that it has handed to the system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "flush", no_wait)
        yield


def no_wait(_: Path) -> None:
    """Stand in for files.flush."""


# --- damages -----------------------------------------------------------------------------------
def swap(source_id: str, old: str, new: str, *, pinned: bool = True) -> Damage:
    """Replace the first occurrence of a text in a csv."""

    def damage(small: Installation) -> None:
        path = small.raw_file(source_id)
        content = path.read_bytes()
        assert old.encode() in content
        path.write_bytes(content.replace(old.encode(), new.encode(), 1))
        if pinned:
            renew_pins(small.raw)

    return damage


def rewrite(source_id: str, change: Callable[[bytes], bytes]) -> Damage:
    """Change the bytes of a raw file."""

    def damage(small: Installation) -> None:
        path = small.raw_file(source_id)
        path.write_bytes(change(path.read_bytes()))
        renew_pins(small.raw)

    return damage


def edit_book(source_id: str, change: Callable[[openpyxl.Workbook], object]) -> Damage:
    """Change a workbook."""

    def damage(small: Installation) -> None:
        path = small.raw_file(source_id)
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        renew_pins(small.raw)

    return damage


def set_cell(source_id: str, sheet: str, cell: str, value: object) -> Damage:
    """Change one cell of a workbook."""

    def change(book: openpyxl.Workbook) -> None:
        assert book[sheet][cell].value != value
        book[sheet][cell].value = value

    return edit_book(source_id, change)


def set_registry(table: str, row_id: str, column: str, value: str) -> Damage:
    """Change one cell of a registry table."""

    def damage(small: Installation) -> None:
        path = small.registry / table
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        is_row = frame.iloc[:, 0] == row_id
        assert is_row.sum() == 1
        frame.loc[is_row, column] = value
        frame.to_csv(path, index=False, lineterminator="\n")

    return damage


def remove_file(small: Installation) -> None:
    """Remove a raw file."""
    small.raw_file(FIBRE).unlink()


def lines_of(table: str, row_id: str) -> Callable[[Installation], int]:
    """Return what finds the line of a registry row."""

    def find(small: Installation) -> int:
        rows = (small.registry / table).read_text("utf-8").splitlines()
        return next(i for i, row in enumerate(rows, start=1) if row.startswith(f"{row_id},"))

    return find


# --- cases: damage, and what must stand in each part of the message ----------------------------
FIBRE_01 = "01,Locaux Raccordables,106868,112817,116403\n"
FIBRE_02 = "02,Locaux Raccordables,43088,53928,65809\n"

# name -> damage, what, where, found, expected
CASES: dict[str, tuple[Damage, str, str, str, str]] = {
    "missing file": (
        remove_file, "A raw file is missing", f"raw/{FIBRE_FILE}", "no such file",
        "the file that raw/sources.toml lists",
    ),
    "changed hash": (
        swap(FIBRE, "106868", "106869", pinned=False), "has changed since it was pinned",
        f"raw/{FIBRE_FILE}", "sha256 ", "sha256 ",
    ),
    "truncated, pin not renewed": (
        lambda small: small.raw_file(RATES).write_bytes(small.raw_file(RATES).read_bytes()[:20000])
        and None,
        "has changed since it was pinned", f"raw/{RATES_FILE}", "20000 bytes", "55245 bytes",
    ),
    "truncated csv": (
        rewrite(FIBRE, lambda content: content[: content.index(b"50,Locaux") + 22]),
        "does not end with a line end", f"{FIBRE_FILE}, line ", "50,Locaux", "a line end",
    ),
    "truncated workbook": (
        rewrite(CENSUS, lambda content: content[: len(content) // 2]),
        "The workbook cannot be opened", CENSUS_FILE, "Zip", "a complete .xlsx",
    ),
    "wrong encoding": (
        rewrite(FIBRE, lambda content: content.decode().encode("cp1252")),
        "not in the declared encoding", f"{FIBRE_FILE}, line 1", "byte 0xE9", "utf-8",
    ),
    "wrong encoding, two bytes a character": (
        rewrite(SEEKERS, lambda content: content.decode("utf-8-sig").encode("utf-16")),
        "This is a text file in UTF-16", SEEKERS_FILE, "", "",
    ),
    "empty csv": (
        rewrite(FIBRE, lambda _: b""), "The file holds nothing", FIBRE_FILE, "no cell", "a table",
    ),
    "blank csv": (
        rewrite(SEEKERS, lambda _: b"\r\n;;\r\n"), "The file holds nothing", SEEKERS_FILE,
        "no cell", "a table",
    ),
    "empty workbook": (
        rewrite(RATES, lambda _: b""), "The workbook cannot be opened", RATES_FILE, "Zip",
        "a complete .xlsx",
    ),
    "header moved down": (
        swap(FIBRE, "Code département", ",,,,\nCode département"),
        "The header 'Code département' is not where it should be", f"{FIBRE_FILE}, header lines 5",
        "'Code département' on line 6, column A", "one column headed 'Code département'",
    ),
    "title moved down": (
        swap(FIBRE, "Réseaux", ",,,,\nRéseaux"), "A text that must stand in the file",
        f"{FIBRE_FILE}, line 2, column A", "Réseaux en fibre", "'Déploiement par Département'",
    ),
    "header renamed": (
        swap(POWER, "Annee;", "Date;"), "The header 'Annee' is not where it should be",
        f"{POWER_FILE}, header lines 1", "'Date'", "one column headed 'Annee'",
    ),
    "merged header moved down": (
        edit_book(CENSUS, lambda book: book["DEP"].insert_rows(4)),
        "No figure of any measure is read", f"raw/{CENSUS_FILE}, line 4, line 5",
        "'Population active de 15 à 64 ans'", "a series of a measure",
    ),
    "header of a BDM export moved down": (
        edit_book(RATES, lambda book: book["valeurs_trimestrielles"].insert_rows(1)),
        "The header 'idBank' is not where it should be",
        f"{RATES_FILE}, sheet 'valeurs_trimestrielles', header lines 1",
        "'idBank' on line 2, column B", "one column headed 'idBank'",
    ),
    "unknown territory": (
        swap(FIBRE, "\n01,", "\n99,"), "1 unknown_territory", f"{FIBRE_FILE}, line 6, column A",
        "'99'", "'99' is no departement of the registry",
    ),
    "unknown territory in a header": (
        swap(SEEKERS, ";Ain 01;", ";Ain 99;"), "1 unknown_territory",
        f"{SEEKERS_FILE}, line 1, column B", "'Ain 99'", "'99' is no departement",
    ),
    "unknown region": (
        swap(POWER, ";Grand Est;44;", ";Grand Est;45;"), "1 unknown_territory",
        f"{POWER_FILE}, line 2, column C", "'45'", "'45' is a departement code, not a region code",
    ),
    "duplicated territory": (
        swap(FIBRE, FIBRE_02, FIBRE_02.replace("02,", "01,", 1)), "3 duplicated_key",
        f"{FIBRE_FILE}, line 7, column C", "departement 01", "line 6",
    ),
    "duplicated territory in a header": (
        swap(SEEKERS, ";Aisne 02;", ";Aisne 01;"), "228 duplicated_key",
        f"{SEEKERS_FILE}, line 2, column C", "departement 01", "column B",
    ),
    "zero-stripped territory": (
        swap(FIBRE, "\n01,", "\n1,"), "1 lost_zero", f"{FIBRE_FILE}, line 6, column A", "'1'",
        "'01' is a departement",
    ),
    "zero-stripped territory in a workbook": (
        set_cell(CENSUS, "DEP", "A6", 1), "1 lost_zero",
        f"{CENSUS_FILE}, sheet 'DEP', line 6, column A", "'1'", "'01' is a departement",
    ),
    "former region where a region is expected": (
        swap(POWER, ";Grand Est;44;", ";Grand Est;42;"), "1 former_region_code",
        f"{POWER_FILE}, line 2, column C", "'42'", "a former_region code, not a region code",
    ),
    "missing département": (
        swap(FIBRE, FIBRE_01, ""), "3 missing_territory", f"{FIBRE_FILE}, line 6, column C",
        "no figure for departement 01, 2017-T3", "a line in raw/gaps.csv",
    ),
    "missing département in a workbook": (
        edit_book(CENSUS, lambda book: book["DEP"].delete_rows(7)), "8 missing_territory",
        f"{CENSUS_FILE}, sheet 'DEP', line 6, column C", "no figure for departement 02, 2021",
        "a line in raw/gaps.csv",
    ),
    "duplicated key": (
        swap(FIBRE, FIBRE_01, FIBRE_01 * 2), "3 duplicated_key", f"{FIBRE_FILE}, line 7, column C",
        "departement 01", "line 6",
    ),
    "duplicated key with another period in between": (
        swap(POWER, "2019;Corse", "2016;Corse"), "6 duplicated_key", POWER_FILE, "region 94, 2016",
        "line",
    ),
    "text in a value": (
        swap(FIBRE, "106868", "beaucoup"), "1 text_in_value", f"{FIBRE_FILE}, line 6, column C",
        "'beaucoup'", "a number, or a marker",
    ),
    "text in a value under a territory column": (
        swap(SEEKERS, "4 830", "4 83O"), "1 text_in_value", f"{SEEKERS_FILE}, line 2, column B",
        "'4 83O'", "a number, or a marker",
    ),
    "text in a value of a BDM export": (
        set_cell(RATES, "valeurs_trimestrielles", "E2", "env. 8"), "1 text_in_value",
        f"{RATES_FILE}, sheet 'valeurs_trimestrielles', line 2, column E", "'env. 8'",
        "a number, or a marker",
    ),
    **{
        f"{text} in a value": (
            swap(FIBRE, "106868", text), "1 not_finite", f"{FIBRE_FILE}, line 6, column C",
            repr(text), "a finite number",
        )
        for text in ("inf", "-inf", "1e999", "nan", "#DIV/0!")
    },
    "value out of bounds": (
        swap(FIBRE, "106868", "106868000"), "1 out_of_bounds", f"{FIBRE_FILE}, line 6, column C",
        "106868000", "at most 3000000",
    ),
    "rate out of bounds": (
        swap(INCOME, ";54.1;", ";154.1;"), "1 out_of_bounds", f"{INCOME_FILE}, line 2, column E",
        "154.1", "at most 100",
    ),
    "negative count": (
        swap(FIBRE, "106868", "-106868"), "1 negative_count", f"{FIBRE_FILE}, line 6, column C",
        "-106868", "at least 0",
    ),
    "unit contradiction": (
        set_cell(RATES, "caractéristiques", "E3", "Milliers"),
        "The unit of a series contradicts the declaration",
        f"{RATES_FILE}, sheet 'caractéristiques', line 3, column E", "Unité 'Milliers'",
        "Unité '%'",
    ),
    "power contradiction": (
        set_cell(RATES, "caractéristiques", "F3", "3"),
        "The unit of a series contradicts the declaration",
        f"{RATES_FILE}, sheet 'caractéristiques', line 3, column F", "Puissance '3'",
        "Puissance '0'",
    ),
}  # fmt: skip

# name -> table, row, column, wrong text, what, expected
REGISTRY_CASES: dict[str, tuple[str, str, str, str, str, str]] = {
    "unknown domain": (
        "indicators.csv", "taux_chomage", "domain_id", "emplois", "an unknown value",
        "did you mean 'emploi'?",
    ),
    "unknown measure": (
        "indicators.csv", "taux_chomage", "numerator", "taux_chomage_localize", "unknown measure",
        "a measure of measures.csv",
    ),
    "unknown measure in a denominator": (
        "indicators.csv", "part_hydraulique", "denominator", "renewable_sum", "unknown measure",
        "a measure of measures.csv",
    ),
    "unknown direction": (
        "indicators.csv", "taux_chomage", "direction", "2", "an unknown value",
        "one of '1', '-1', '0'",
    ),
    "blank direction": (
        "indicators.csv", "taux_chomage", "direction", "", "an unknown value",
        "one of '1', '-1', '0'",
    ),
    "cycle of one": (
        "measures.csv", "menages_imposes_2017", "base_measure_id", "menages_imposes_2017",
        "the base of a reconstructed measure is not additive", "would be a cycle",
    ),
    "cycle of two": (
        "measures.csv", "menages_imposes_2017", "base_measure_id", "personnes_pauvres_2017",
        "the base of a reconstructed measure is not additive", "would be a cycle",
    ),
    "unknown source": (
        "measures.csv", "ftth_premises", "source_id", "arcep", "a source that is not declared",
        "a source of raw/sources.toml",
    ),
}  # fmt: skip


def refusal_of(small: Installation, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Run the command, which must refuse; return the parts of its message."""
    capsys.readouterr()
    assert main(RUN) == 1
    text = capsys.readouterr().err
    assert "Traceback" not in text
    what, *lines = text.rstrip("\n").split("\n")
    assert what.startswith("error: ")
    parts = dict(re.fullmatch(r"  (\w+): (.*)", line).groups() for line in lines)  # type: ignore[union-attr]
    assert set(parts) == {"where", "found", "expected", "do"}
    assert not list(small.warehouse.rglob(".tmp-*"))
    return {"what": what.removeprefix("error: "), **parts}


@pytest.mark.parametrize("name", CASES)
def test_bad_file(name: str, small: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged raw file is refused with all parts of a message, and the release stands."""
    before = published_files(small)
    damage, what, where, found, expected = CASES[name]
    damage(small)
    parts = refusal_of(small, capsys)
    assert what in parts["what"]
    assert parts["where"].startswith(where)
    assert found in parts["found"]
    assert expected in parts["expected"]
    assert published_files(small) == before


def test_changed_hash_shows_both(small: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not the pinned one is refused with the pinned hash and its own."""
    pinned = sha256_of(small.raw_file(FIBRE))
    swap(FIBRE, "106868", "106869", pinned=False)(small)
    parts = refusal_of(small, capsys)
    assert parts["found"].startswith(f"sha256 {sha256_of(small.raw_file(FIBRE))}, ")
    assert parts["expected"].startswith(f"sha256 {pinned}, ")
    assert "phare pin" in parts["do"]


@pytest.mark.parametrize("name", REGISTRY_CASES)
def test_bad_registry(name: str, small: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong registry row is refused with file, line and column, and the release stands."""
    before = published_files(small)
    table, row_id, column, text, what, expected = REGISTRY_CASES[name]
    line = lines_of(table, row_id)(small)
    set_registry(table, row_id, column, text)(small)
    parts = refusal_of(small, capsys)
    assert what in parts["what"]
    assert parts["where"] == f"{table}, line {line}, column {column}"
    assert (repr(text) if " " not in text else text) in parts["found"]
    assert expected in parts["expected"]
    assert published_files(small) == before


def test_a_repaired_file_gives_the_same_release(
    small: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a refused run leaves behind does not reach the next release."""
    before = verify_current(small)
    swap(POWER, "8214.948", "inf")(small)
    refusal_of(small, capsys)
    swap(POWER, "inf", "8214.948")(small)
    assert main(RUN) == 0
    assert verify_current(small) == before


# --- a still smaller installation --------------------------------------------------------------
@pytest.fixture(scope="module")
def tiny_published(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A still smaller installation, for tests of many runs."""
    tiny = make_installation(
        repository, tmp_path_factory.mktemp("tiny") / "installation", (POWER, FIBRE)
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in tiny.environment.items():
            patch.setenv(name, value)
        assert main(RUN) == 0
    return tiny


@pytest.fixture
def tiny(
    tiny_published: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    """A copy of it, in use."""
    copy = tiny_published.copy_to(tmp_path / "installation")
    for name, value in copy.environment.items():
        monkeypatch.setenv(name, value)
    return copy


OTHER_POWER = swap(POWER, "8214.948", "8215.948")


# --- kill -9 -----------------------------------------------------------------------------------
# Where to die: an audit event of Python, what its arguments look like, and at which such event.
POINTS: dict[str, tuple[str, str, int]] = {
    "staged, not moved in": ("os.rename", r"stg_odre_enr\.duckdb'", 1),
    "between two tables of an edition": ("os.rename", r"/core_comparison/2016\.parquet'", 1),
    "between two regions": ("os.rename", r"/out_indicators/region=\S+/2016\.parquet'", 6),
    "between two links": ("os.link", "", 20),
    "manifest not moved in": ("os.rename", r"manifest\.json'", 1),
    "catalogue not moved in": ("os.rename", r"phare\.duckdb'", 1),
    "assembled, not named": ("os.rename", r"/releases/[0-9a-f]{16}'", 1),
    "named, not switched": ("os.symlink", "current", 1),
    "link made, not switched": ("os.rename", r"/current'", 1),
    "switched, not recorded": ("os.rename", r"ledger/release\.json'", 1),
}


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that begin with the imports done, so that a kill meets work and no import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.warm", "tests.integration.test_bad_inputs"])
    return context


def run_alone(
    environment: dict[str, str], point: tuple[str, str, int] | None, half: int | None
) -> None:
    """Run the command in this process, which dies at a point or in the middle of a Parquet file."""
    os.environ.update(environment)
    files.flush = no_wait
    _be_silent()
    if point is not None:
        _die_at(*point)
    if half is not None:
        _die_in_parquet(half)
    sys.exit(main(RUN))


def _be_silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())


def _die_at(event: str, pattern: str, nth: int) -> None:
    seen = 0

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if name == event and re.search(pattern, repr(arguments)):
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _die_in_parquet(nth: int) -> None:
    import pyarrow.parquet as pq

    original, seen = pq.write_table, 0

    def half(table: object, path: Path, **options: object) -> None:
        nonlocal seen
        original(table, path, **options)
        seen += 1
        if seen == nth:
            os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    pq.write_table = half


def start(
    processes: ForkServerContext,
    installation: Installation,
    *,
    point: tuple[str, str, int] | None = None,
    half: int | None = None,
) -> ForkServerProcess:
    process = processes.Process(target=run_alone, args=(installation.environment, point, half))
    process.start()
    return process


@pytest.fixture(scope="module")
def other_release(
    tiny_published: Installation, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The files that an undisturbed run publishes once the source has its other figure."""
    copy = tiny_published.copy_to(tmp_path_factory.mktemp("undisturbed") / "installation")
    OTHER_POWER(copy)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in copy.environment.items():
            patch.setenv(name, value)
        assert main(RUN) == 0
    return without_catalogue(published_files(copy))


def without_catalogue(found: dict[str, str]) -> dict[str, str]:
    """Leave out phare.duckdb, whose bytes differ at every build."""
    return {name: sha256 for name, sha256 in found.items() if not name.endswith("/phare.duckdb")}


def check_killed(tiny: Installation, before: dict[str, str], after: dict[str, str]) -> None:
    """Check that readers see a whole release, and that the next run ends as if undisturbed."""
    seen = without_catalogue(published_files(tiny))
    assert seen in (before, after)
    assert main(RUN) == 0
    assert without_catalogue(published_files(tiny)) == after
    assert not list(tiny.warehouse.rglob(".tmp-*"))
    releases = sorted(path for path in (tiny.warehouse / "releases").iterdir())
    assert [verify_release(path) for path in releases] == [path.name for path in releases]


@pytest.mark.slow
@pytest.mark.parametrize("name", POINTS)
def test_kill_at_a_point(
    name: str, tiny: Installation, processes: ForkServerContext, other_release: dict[str, str]
) -> None:
    """Killed between two steps of publishing."""
    before = without_catalogue(published_files(tiny))
    OTHER_POWER(tiny)
    process = start(processes, tiny, point=POINTS[name])
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    if name != "switched, not recorded":
        assert without_catalogue(published_files(tiny)) == before
    check_killed(tiny, before, other_release)


@pytest.mark.slow
@pytest.mark.parametrize("nth", [1, 4, 30, 80])
def test_kill_in_the_middle_of_a_parquet_file(
    nth: int, tiny: Installation, processes: ForkServerContext, other_release: dict[str, str]
) -> None:
    """Killed with half a file written: figures, an edition, a region, a flat table."""
    before = without_catalogue(published_files(tiny))
    OTHER_POWER(tiny)
    process = start(processes, tiny, half=nth)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert without_catalogue(published_files(tiny)) == before
    check_killed(tiny, before, other_release)
