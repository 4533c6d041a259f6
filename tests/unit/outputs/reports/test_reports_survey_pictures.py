"""The charts of the actors are drawn from the rows that the page prints, with their references."""

from __future__ import annotations

import pyarrow as pa

from phare_pipeline.outputs.reports.edition import FRANCE
from phare_pipeline.outputs.reports.pictures import pictures
from tests.unit.outputs.reports.report_kit import BRETAGNE, HDF, YEAR, area, make_edition
from tests.unit.outputs.reports.survey_kit import result, with_surveys

BANDS = [
    result("citoyens:Q1", item, statistic, value, band=band)
    for item, values in (("emploi", (17.0, 25.0, 47.0)), ("logement", (35.0, 30.0, 35.0)))
    for statistic, band, value in zip(
        ("share_band_low", "share_band_mid", "share_band_high"),
        ("1-5", "6-7", "8-10"),
        values,
        strict=True,
    )
] + [result("citoyens:Q1", "emploi", "share_nsp", 11.0)]


def perceived(domain: str, p: float, f: float | None):
    return {
        "year": YEAR,
        "study_id": "etude",
        "study_year": YEAR,
        "actor": "citoyens",
        "area_id": "hauts-de-france",
        "area_label": "Hauts-de-France",
        "area_kind": "region",
        "region_code": HDF,
        "component_level": "domain",
        "component_id": domain,
        "component_label": domain,
        "component_order": ["emploi", "logement"].index(domain),
        "perceived": p,
        "perceived_se": 10.0,
        "measured": f,
        "quadrant": None if f is None else "recognised",
        "reason_fr": "non mesuré" if f is None else None,
        "is_synthetic": False,
    }


def test_bands_are_drawn_in_the_order_of_the_table():
    edition = with_surveys(BANDS)
    drawn = pictures(edition, area(edition))["bandes-citoyens"]
    assert [row[0] for row in drawn.wide.table.rows] == ["Emploi / chômage", "Mal logement"]
    assert drawn.references[0] == "HDF-2016-citoyens:Q1:emploi:share_band_high"
    assert "bandes-citoyens" not in pictures(edition, area(edition, BRETAGNE))
    assert "bandes-citoyens" not in pictures(edition, FRANCE)


def test_perceived_beside_measured_for_the_region_itself():
    base = with_surveys(BANDS)
    rows = [perceived("emploi", 115.0, 112.3), perceived("logement", 107.5, None)]
    more = {name: base._tables[name] for name in base._tables if name.startswith(("out_s", "dim_"))}
    edition = make_edition(more={**more, "out_perception": pa.Table.from_pylist(rows)})
    drawn = pictures(edition, area(edition))["percu-citoyens"]
    assert drawn.references == ("HDF-2016-domaine:emploi", "HDF-2016-domaine:logement")
    assert "non mesuré" in drawn.wide.svg
    assert "percu-citoyens" not in pictures(edition, area(edition, BRETAGNE))
