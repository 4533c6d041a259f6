"""Traps of the extracts of digital access and mobility, on the extracts themselves."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from phare_pipeline.explain.kinds.cells import reread
from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import Territories
from phare_pipeline.sources.catalogue import load_sources
from phare_pipeline.sources.figures import RawFigure
from phare_pipeline.sources.readers import READERS
from tests.unit.sources.kit import DEPARTEMENTS, Kit, rejections, values

Figures = Callable[[str], list[RawFigure]]


@pytest.fixture
def figures(repository: Path, registry: Registry) -> Figures:
    """Read a source of the repository, everything it holds and nothing refused."""
    raw = repository / "raw"
    sources, territories = load_sources(raw), Territories(registry)

    def read(source_id: str) -> list[RawFigure]:
        source, found = sources[source_id], []
        for file in source.files:
            options = source.options_of(file)
            reading = READERS[source.reader].read(
                raw / file.path, file.path, options, territories, lambda _: True
            )
            assert not reading.rejections
            found += reading.figures
        return found

    return read


def total(rows: list[RawFigure], *key: str) -> Counter[tuple[str, ...]]:
    """Add up figures by some of their fields."""
    sums: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        sums[tuple(getattr(row, name) for name in key)] += row.value or 0
    return sums


def test_months_of_road_deaths_make_the_years_that_onisr_prints(figures: Figures) -> None:
    rows = figures("sig_barometre")
    years = total([r for r in rows if r.series == "nb-morts-routes"], "period")
    printed = {"2017": 3448, "2018": 3248, "2019": 3244, "2020": 2541, "2021": 2944}
    assert {period: value for (period,), value in years.items()} == printed


def test_three_years_of_road_deaths_are_those_of_the_years(figures: Figures) -> None:
    rows = figures("sig_barometre")
    yearly = {
        (r.territory_code, r.period): r.value or 0 for r in rows if r.series == "nb-morts-routes"
    }
    three = [r for r in rows if r.series == "tués sur trois ans"]
    assert len(three) == 3 * len(DEPARTEMENTS)
    for row in three:
        years = [str(int(row.period) - back) for back in range(3)]
        assert row.value == sum(yearly[row.territory_code, year] for year in years)


def test_shares_of_circonscriptions_give_the_mean_that_is_printed(
    figures: Figures, repository: Path
) -> None:
    path = (
        repository / "raw/insee/circonscriptions/indic-stat-circonscriptions-legislatives-2022.xlsx"
    )
    grid = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    names = grid[7]
    printed, *all_rows = (dict(zip(names, row, strict=True)) for row in grid[8:])
    rows = [row for row in all_rows if isinstance(row["modtrans_voit"], float)]
    for name in ("modtrans_voit", "modtrans_velo", "modtrans_commun", "part_eloig"):
        weights = [
            row["pop_légal_19"] * (1 if name == "part_eloig" else row["actemp"]) for row in rows
        ]
        mean = sum(w * row[name] for w, row in zip(weights, rows, strict=True)) / sum(weights)
        assert mean == pytest.approx(printed[name], abs=0.1)
    read = total(figures("insee_circonscriptions"), "series", "territory_code")
    here = [row for row in rows if row["circo"].startswith("59")]
    expected = sum(row["pop_légal_19"] * row["actemp"] * row["modtrans_voit"] for row in here)
    assert read["modtrans_voit", "59"] == pytest.approx(expected / 10_000)


def test_every_label_of_the_trains_is_one_of_eleven_regions(figures: Figures) -> None:
    rows = [r for r in figures("sncf_ter") if r.series == "Nombre de trains programmés"]
    by_year: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        by_year[row.period][row.territory_code] = row.value or 0
    assert list(map(len, by_year.values())) == [11] * 7
    # A former region's label that stood for itself alone would halve the trains of its region.
    trains = [by_year[year] for year in sorted(by_year)]
    for before, after in pairwise(trains):
        assert all(after[code] > 0.6 * before[code] for code in before)


def test_households_on_line_lie_around_the_national_figure(
    figures: Figures, registry: Registry
) -> None:
    rows = figures("eurostat_haut_debit")
    national = {r.period: r.value for r in rows if r.territory_level == "national"}
    assert sorted(national) == ["2016", "2017", "2018", "2019", "2021"]
    population = {"11": 12.3, "24": 2.6, "27": 2.8, "28": 3.3, "32": 6.0, "44": 5.6, "52": 3.8}
    population |= {"53": 3.4, "75": 6.0, "76": 5.9, "84": 8.0, "93": 5.1}
    for period, value in national.items():
        regions = {r.territory_code: r.value or 0 for r in rows if r.period == period}
        mean = sum(p * regions[code] for code, p in population.items()) / sum(population.values())
        # Sums of three surveys; the overseas départements lower the national ones.
        assert value is not None
        assert -0.5 < mean - value < 3
        assert "94" not in regions


def test_a_share_times_its_weights_is_summed_and_read_again(kit: Kit) -> None:
    draw = random.Random(17)
    lines, expected = ["code;part;pop;emploi"], dict.fromkeys(DEPARTEMENTS, 0.0)
    for code in DEPARTEMENTS * 2:
        share, people, jobs = draw.randint(0, 999) / 10, draw.randint(1, 9999), draw.randint(1, 99)
        lines.append(f"{code};{share};{people};{jobs}".replace(".", ","))
        expected[code] += share * people * jobs / 10_000
    options = {
        "header_lines": [1],
        "territory": {"column": "code", "level": "departement"},
        "period": {"fixed": "2021"},
        "series": {"values": ["part"]},
        "sum_repeated": True,
        "weights": {"columns": ["pop", "emploi"], "per": 10_000},
    }
    staged = kit.stage("\n".join(lines) + "\n", options)
    assert not staged.rejections
    assert values(staged) == pytest.approx(expected)
    assert set(staged.observations["value_status"]) == {"estimated"}
    again = [reread(text) for text in staged.observations["raw_text"]]
    assert again == pytest.approx(list(staged.observations["value"]))


@pytest.mark.parametrize("weight", ["nd", "douze"])
def test_a_share_without_its_weight_is_no_part_of_a_sum(kit: Kit, weight: str) -> None:
    lines = [f"{code};50;10" for code in DEPARTEMENTS] + [f"59;50;{weight}"]
    options = {
        "header_lines": [1],
        "territory": {"column": "code", "level": "departement"},
        "period": {"fixed": "2021"},
        "series": {"values": ["part"]},
        "sum_repeated": True,
        "weights": {"columns": ["pop"], "per": 100},
    }
    staged = kit.stage("code;part;pop\n" + "\n".join(lines) + "\n", options)
    assert "59" not in values(staged)
    assert [r.line for r in rejections(staged, "missing_part")] == [98]
