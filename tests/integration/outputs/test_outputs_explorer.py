"""The explorer in a real browser, from a file: what it shows, its links, keyboard and downloads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, expect

from phare_pipeline.outputs.charts.classes import natural_classes
from phare_pipeline.outputs.charts.style import SEQUENCE
from phare_pipeline.outputs.explorer.build import explorer_page
from tests.integration.small import YEAR, Installation

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def tables(published_small: Installation) -> dict[str, pl.DataFrame]:
    marts = published_small.warehouse / "current" / "marts"
    return {path.stem: pl.read_parquet(path) for path in marts.glob("*.parquet")}


@pytest.fixture(scope="module")
def address(published_small: Installation) -> str:
    return (published_small.warehouse / "current" / "explorer.html").resolve().as_uri()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may neither ask the network for anything nor write to the console."""
    opened = browser.new_page(viewport={"width": 1100, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    opened.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []


def link(address: str, **state: str | int) -> str:
    return f"{address}#" + "&".join(f"{key}={value}" for key, value in state.items())


def indicator(tables: dict[str, pl.DataFrame], name: str = "taux_chomage_t4") -> pl.DataFrame:
    found = tables["out_indicators"].filter(
        (pl.col("indicator_id") == name) & (pl.col("year") == YEAR)
    )
    assert found["value"].null_count() < found.height
    return found


@pytest.mark.parametrize("ground", ["carte", "tuiles"])
def test_map_and_tiles_show_every_region_with_its_value_and_the_class_that_reports_give_it(
    page: Page, address: str, tables: dict[str, pl.DataFrame], ground: str
) -> None:
    state = {"edition": YEAR, "domaine": "emploi", "indicateur": "taux_chomage_t4"}
    page.goto(link(address, **state, fond=ground))
    expect(page.locator(".area")).to_have_count(13)
    rows = indicator(tables)
    classes = natural_classes(rows["value"].to_list())
    for row in rows.iter_rows(named=True):
        area = page.locator(f'.area[aria-label^="{row["region_name"]}, "]')
        label = area.get_attribute("aria-label")
        assert label is not None
        assert label.endswith(f"{row['value']:.1f}".replace(".", ",") + "\u202f%")
        colour = SEQUENCE.index(classes.fill(row["value"]))
        expect(area.locator(f".shape.c{colour}")).to_have_count(1)


def test_the_ground_is_chosen_by_keyboard_and_the_card_follows_the_focus(
    page: Page, address: str
) -> None:
    page.goto(link(address, edition=YEAR, domaine="emploi", indicateur="taux_chomage_t4"))
    expect(page.locator("svg.map")).to_have_count(1)
    page.get_by_role("button", name="Tuiles").focus()
    page.keyboard.press("Enter")
    expect(page.locator("svg.tiles")).to_have_count(1)
    expect(page.get_by_role("button", name="Tuiles")).to_be_focused()
    assert "fond=tuiles" in page.url
    page.locator('.area[data-region="corse"]').focus()
    expect(page.locator("#card .who")).to_have_text("Corse")
    page.get_by_role("tab", name="Carte").focus()
    expect(page.locator("#card .who")).to_have_text("Hauts-de-France")


def test_the_ranking_is_in_the_order_of_the_values(
    page: Page, address: str, tables: dict[str, pl.DataFrame]
) -> None:
    page.goto(
        link(
            address,
            edition=YEAR,
            domaine="emploi",
            indicateur="taux_chomage_t4",
            vue="classement",
        )
    )
    page.locator("summary").click()
    names = page.locator("tbody th").all_inner_texts()
    ordered = indicator(tables).sort(["value", "region_name"], descending=[True, False])
    assert names == ordered["region_name"].to_list()


def test_choosing_changes_the_address_and_back_undoes_it(page: Page, address: str) -> None:
    page.goto(address)
    page.select_option("#region", "bretagne")
    page.select_option("#domaine", "emploi")
    page.select_option("#indicateur", "taux_chomage_t4")
    page.get_by_role("tab", name="Classement").click()
    assert "region=bretagne" in page.url
    assert "vue=classement" in page.url
    page.go_back()
    expect(page.get_by_role("tab", name="Carte")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#sentence")).to_contain_text("Bretagne")


def test_it_works_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(link(address, edition=YEAR, domaine="emploi", indicateur="taux_chomage_t4"))
    page.locator('.area[data-region="corse"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sentence")).to_contain_text("Corse")
    assert page.evaluate("document.activeElement.dataset.region") == "corse"
    page.get_by_role("tab", name="Carte").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Classement")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Deux régions")).to_have_attribute("aria-selected", "true")


def test_a_link_that_asks_for_nothing_known_is_said_to(page: Page, address: str) -> None:
    page.goto(link(address, region="atlantide", edition=YEAR))
    expect(page.locator("#notice")).to_contain_text("region « atlantide »")


def test_a_missing_figure_has_its_reason(
    page: Page, address: str, tables: dict[str, pl.DataFrame]
) -> None:
    missing = tables["out_indicators"].filter(
        pl.col("value").is_null() & (pl.col("region_code") == "32")
    )
    row = missing.row(0, named=True)
    state = {
        "region": "hauts-de-france",
        "edition": row["year"],
        "domaine": row["domain_id"],
        "indicateur": row["indicator_id"],
    }
    page.goto(link(address, **state))
    expect(page.locator("#sentence")).to_contain_text("non disponible")
    expect(page.locator("#sentence")).to_contain_text(row["reason_fr"])


@pytest.mark.parametrize("kind", ["csv", "excel", "parquet"])
def test_downloads_hold_exactly_what_is_shown(
    page: Page, address: str, kind: str, tables: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    page.goto(link(address, edition=YEAR, domaine="emploi", indicateur="taux_chomage_t4"))
    with page.expect_download() as download:
        page.locator(f'[data-kind="{kind}"]').click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    expected = dict(indicator(tables).select("region_code", "value").iter_rows())
    if kind == "parquet":
        found = pl.read_parquet(path)
    elif kind == "csv":
        found = pl.read_csv(path, schema_overrides={"region_code": pl.String})
    else:
        text = path.read_text("utf-8-sig").replace(",", ".")
        found = pl.read_csv(
            io.StringIO(text), separator=";", schema_overrides={"Code région": pl.String}
        ).rename({"Code région": "region_code", "Valeur": "value"})
    assert dict(found.select("region_code", "value").iter_rows()) == expected


VIEWS = ("carte", "classement", "evolution", "perception", "comparaison")
# Text that leaves the picture it stands in, as the browser draws it.
CUT = """() => [...document.querySelectorAll('#panel svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => {
    const box = t.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1
      || box.bottom > frame.bottom + 1;
  }).map(t => t.textContent);
})"""


@pytest.mark.parametrize("width", [400, 1100])
def test_no_view_has_an_accessibility_fault_cuts_a_text_or_overflows(
    page: Page, address: str, width: int, node_modules: Path
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.add_script_tag(path=node_modules / "axe-core" / "axe.min.js")
    shown = [{"vue": view} for view in VIEWS] + [{"vue": "carte", "fond": "tuiles"}]
    for state in shown:
        page.goto(link(address, edition=YEAR, domaine="emploi", **state))
        expect(page.locator(f"#vue-{state['vue']}")).to_have_attribute("aria-selected", "true")
        found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
        assert (state, found) == (state, [])
        assert (state, page.evaluate(CUT)) == (state, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_is_small_and_first_shown_within_a_second(
    page: Page, address: str, tmp_path: Path
) -> None:
    """The bound of the page itself; the browser's own start is not in it."""
    page.goto(address)
    expect(page.locator(".area")).to_have_count(13)
    path = Path(address.removeprefix("file://"))
    assert path.stat().st_size < 2_000_000
    painted = "performance.getEntriesByName('first-contentful-paint')"
    page.wait_for_function(f"{painted}.length > 0")
    paint = page.evaluate(f"{painted}[0].startTime")
    # A machine shared by others paints later; alone it takes about 300 ms.
    assert paint < 3000


@pytest.fixture
def arrow_tables(published_small: Installation) -> dict[str, pa.Table]:
    marts = published_small.warehouse / "current" / "marts"
    return {path.stem: pq.read_table(path) for path in marts.glob("*.parquet")}


def test_an_edition_without_a_study_says_so(
    page: Page, arrow_tables: dict[str, pa.Table], tmp_path: Path
) -> None:
    arrow_tables["out_perception"] = arrow_tables["out_perception"].slice(0, 0)
    file = tmp_path / "explorer.html"
    file.write_text(explorer_page(arrow_tables), "utf-8")
    page.goto(link(file.as_uri(), edition=YEAR, vue="perception"))
    expect(page.locator("#panel")).to_contain_text("Aucune étude")


def test_a_page_with_answers_that_are_invented_says_so(arrow_tables: dict[str, pa.Table]) -> None:
    tables = arrow_tables
    assert "Données synthétiques" not in explorer_page(tables)
    studies = tables["dim_study"]
    place = studies.column_names.index("is_synthetic")
    invented = pa.array([True] * studies.num_rows)
    tables["dim_study"] = studies.set_column(place, "is_synthetic", invented)
    assert "Données synthétiques" in explorer_page(tables)


def with_basket(tables: dict[str, pl.DataFrame], folder: Path, years: list[int]) -> str:
    """The address of a page whose index has a constant basket in these years, made for the test."""
    regions = tables["dim_region"]["region_code"]
    rows = [
        {
            "year": year,
            "region_code": code,
            "component_level": "index",
            "component_id": "index",
            "basket_score": 90.0 + place + year % 10,
            "basket_count": 7,
            "first_edition": years[0],
            "last_edition": years[-1],
        }
        for year in years
        for place, code in enumerate(regions)
    ]
    basket = tables["out_basket"]
    made = pl.DataFrame(rows, schema_overrides=basket.schema) if rows else basket.clear()
    arrow = {name: table.to_arrow() for name, table in tables.items()}
    columns = [name for name in basket.columns if name in made.columns]
    file = folder / "explorer.html"
    file.write_text(explorer_page(arrow | {"out_basket": made.select(columns).to_arrow()}), "utf-8")
    return file.as_uri()


@pytest.mark.parametrize("years", [[2014, 2015, 2016], [2011, 2013], []])
def test_scores_are_joined_only_where_they_hold_the_same_indicators(
    page: Page, tables: dict[str, pl.DataFrame], tmp_path: Path, years: list[int]
) -> None:
    address = with_basket(tables, tmp_path, years)
    page.goto(link(address, vue="evolution", domaine="indice", indicateur="indice"))
    drawn = page.locator("path.line-value").get_attribute("d") if years else ""
    assert drawn is not None
    joined = sum(after - before == 1 for before, after in pairwise(years))
    assert drawn.count("L") == joined
    if years:
        expect(page.locator("#panel")).to_contain_text(f"7 mêmes indicateurs de {years[0]}")
        expect(page.locator("circle.dot")).to_have_count(len(years) + 1)  # one in the key
    for path in page.locator("path.line-value, path.line-reference").all():
        assert years or "L" not in (path.get_attribute("d") or "")


def test_the_page_says_on_how_many_indicators_the_index_of_the_edition_rests(
    page: Page, address: str, tables: dict[str, pl.DataFrame]
) -> None:
    for row in tables["out_foundation"].iter_rows(named=True):
        page.goto("about:blank")
        page.goto(link(address, edition=row["year"], vue="carte", domaine="indice"))
        said = page.locator("#foundation")
        expect(said).to_be_visible()
        expect(said).to_contain_text(
            f"{row['present_count']} des {row['expected_count']} indicateurs attendus"
        )
        expect(said).to_contain_text(
            f"{row['scored_domain_count']} domaines notés sur {row['domain_total']}"
        )
