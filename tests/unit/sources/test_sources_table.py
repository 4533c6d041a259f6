"""The `table` family on small files: layouts, encodings, headers, periods, series."""

import datetime as dt

import pytest

from phare_pipeline.errors import SourceError
from tests.unit.sources.kit import (
    DEPARTEMENTS,
    REGIONS,
    Kit,
    make_measure,
    rejections,
    statuses,
    values,
)

CSV = {
    "header_lines": [1],
    "territory": {"column": "code", "level": "departement"},
    "period": {"fixed": "2021"},
    "series": {"values": ["n"]},
}


def rows_of(codes=DEPARTEMENTS, text="{}"):
    return [[code, text.format(i)] for i, code in enumerate(codes)]


def csv_of(codes=DEPARTEMENTS, text="{}", header="code;n", end="\n", delimiter=";"):
    lines = [header, *(delimiter.join(row) for row in rows_of(codes, text))]
    return end.join(lines) + end


def test_a_small_file_with_every_mark(kit: Kit):
    staged = kit.stage("\ufeff\ufeff" + csv_of(end="\r\n"), CSV)
    assert not staged.rejections
    assert values(staged) == {code: i for i, code in enumerate(DEPARTEMENTS)}
    first = staged.observations.iloc[0]
    assert (first.origin_line, first.origin_column, first.raw_text) == (2, "B", "0")
    assert (first.period, first.data_year, first["item"], first.source_id) == (
        "2021",
        2021,
        "",
        "essai",
    )
    assert staged.observations["origin_sheet"].isna().all()


def test_comma_file_named_tsv(kit: Kit):
    content = csv_of(header="code,n", delimiter=",")
    staged = kit.stage(content, {**CSV, "delimiter": ","}, name="f.tsv")
    assert len(staged.observations) == 96
    assert not staged.rejections


def test_wrong_delimiter_is_suspected(kit: Kit):
    with pytest.raises(SourceError, match="is the delimiter right"):
        kit.stage(csv_of(header="code,n", delimiter=","), CSV)


def test_text_numbers_and_mixed_marks_in_a_workbook(kit: Kit):
    rows = [["code", "n"], *([c, "12,5"] for c in DEPARTEMENTS[:50])]
    rows += [[c, "12.5"] for c in DEPARTEMENTS[50:95]] + [["2B", 12.5]]
    measure = make_measure(unit="ha")
    staged = kit.stage({"Feuil1": rows}, {**CSV, "decimal": "mixed"}, measure)
    assert not staged.rejections
    assert set(values(staged).values()) == {12.5}


def test_one_byte_encoding(kit: Kit):
    options = {**CSV, "encoding": "cp1252", "series": {"values": ["effectif âgé"]}}
    content = csv_of(header="code;effectif âgé").encode("cp1252")
    assert len(kit.stage(content, options).observations) == 96


def test_c1_controls_are_read_as_apostrophes(kit: Kit):
    names = [d.name_fr for d in kit.registry.departements.values() if d.perimeter == "metropole"]
    content = "code;n\n" + "".join(f"{n.replace(chr(39), chr(0x92))};1\n" for n in names)
    territory = {"column": "code", "level": "departement", "nomenclature": "name"}
    staged = kit.stage(content, {**CSV, "territory": territory})
    assert not staged.rejections
    assert set(values(staged)) == set(DEPARTEMENTS)


def test_a_blob_and_trailing_columns_do_not_matter(kit: Kit):
    blob = '"{""coordinates"": [[' + "1.5, " * 60_000 + '0]]}"'
    lines = [f"{c};{i};{blob if i == 0 else ''};;;" for i, c in enumerate(DEPARTEMENTS)]
    staged = kit.stage("code;n;geom;;;\n" + "\n".join(lines) + "\n", CSV)
    assert not staged.rejections
    assert len(staged.observations) == 96


def test_a_quoted_line_break_keeps_line_numbers(kit: Kit):
    lines = [f'{c};{i};"a\nb"' for i, c in enumerate(DEPARTEMENTS)]
    staged = kit.stage("code;n;note\n" + "\n".join(lines) + "\n", CSV)
    assert staged.observations["origin_line"].tolist()[:3] == [2, 4, 6]


def test_empty_rows_below_a_sheet_cost_nothing(kit: Kit):
    import xlsxwriter

    path = kit.raw_dir / "f.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Feuil1")
        for i, row in enumerate([["code", "n"], *rows_of()]):
            sheet.write_row(i, 0, row)
        sheet.write_blank(65_535, 1, None, book.add_format({"bold": True}))
    staged = kit.stage_source(kit.source([kit.file("f.xlsx")], CSV))
    assert len(staged.observations) == 96


# --- headers ---------------------------------------------------------------------------------
TITLES = [["Titre"], ["(en %)"], []]


def test_title_rows_two_level_header_and_notes(kit: Kit):
    rows = [
        *TITLES,
        ["", "", "Population active", "", "Taux\u00a0d’activité1\n(en %)", ""],
        ["", "", "Ensemble", "Hommes", "15 – 64 ans", "25 – 54 ans"],
        *([c, "nom", 10 + i, 4, 70.5, 90] for i, c in enumerate(DEPARTEMENTS)),
        ["Source : Insee."],
        ["1. Note au bas du tableau"],
    ]
    options = {
        **CSV,
        "header_lines": [4, 5],
        "territory": {"column": "@A", "level": "departement"},
        "series": {},
        "expect": [{"sheet": "DEP", "cell": "A2", "text": "en %"}],
    }
    staged = kit.stage(
        {"DEP": rows},
        options,
        make_measure("actifs", "Population active / Ensemble"),
        make_measure("taux", "Taux d’activité1 (en %) / 25 – 54 ans"),
    )
    assert not staged.rejections
    frame = staged.observations.set_index(["measure_id", "territory_code"])
    assert frame.loc[("actifs", "01"), "value"] == 10
    assert frame.loc[("actifs", "01"), "origin_column"] == "C"
    assert frame.loc[("taux", "2B"), "value"] == 90
    assert frame.loc[("taux", "2B"), ["origin_sheet", "origin_column"]].tolist() == ["DEP", "F"]


def test_merged_cells_stop_at_the_next_upper_text(kit: Kit):
    rows = [["code", "A", "", "B", ""], ["", "x", "y", "x", ""]]
    rows += [[c, 1, 2, 3, ""] for c in DEPARTEMENTS]
    options = {**CSV, "header_lines": [1, 2], "series": {}}
    measures = [make_measure(m, s) for m, s in (("a", "A / x"), ("b", "A / y"), ("c", "B / x"))]
    staged = kit.stage({"s": rows}, options, *measures)
    assert not staged.rejections
    by_measure = staged.observations.groupby("measure_id")["value"].max()
    assert by_measure.to_dict() == {"a": 1, "b": 2, "c": 3}


def test_label_row_over_code_row(kit: Kit):
    rows = [["Libellé du code", "Libellé long"], ["", "en %"], ["DEP", "TAUX60"], *rows_of()]
    options = {**CSV, "header_lines": [3], "series": {"values": ["TAUX60"]}}
    options["territory"] = {"column": "DEP", "level": "departement"}
    assert len(kit.stage({"s": rows}, options).observations) == 96


def test_no_header_at_all(kit: Kit):
    options = {
        "territory": {"column": "@A", "level": "departement"},
        "period": {"fixed": "2021"},
        "series": {"values": ["@B"]},
    }
    content = "".join(";".join(row) + "\n" for row in rows_of())
    staged = kit.stage(content, options, make_measure(series="@B"))
    assert not staged.rejections
    assert len(staged.observations) == 96


def test_moved_header_says_where_it_stands(kit: Kit):
    rows = [["Titre"], [], ["code", "n"], *rows_of()]
    with pytest.raises(SourceError) as error:
        kit.stage({"DEP": rows}, CSV)
    assert "header 'code'" in str(error.value)
    assert "f.xlsx, sheet 'DEP', header lines 1" in str(error.value.where)
    assert error.value.found == "'code' on line 3, column A"
    assert error.value.expected == "one column headed 'code'"
    assert "raw/sources.toml" in str(error.value.action)


def test_changed_header_names_the_nearest(kit: Kit):
    with pytest.raises(SourceError) as error:
        kit.stage(csv_of(header="code;nombres"), {**CSV, "series": {"values": ["nombre"]}})
    assert error.value.found == "'nombres' on line 1, column B"


def test_header_given_twice(kit: Kit):
    content = "code;n;n\n" + "".join(f"{c};1;2\n" for c in DEPARTEMENTS)
    options = {**CSV, "where": {"n": "1"}}
    with pytest.raises(SourceError, match="stands twice") as error:
        kit.stage(content, options)
    assert error.value.found == "columns B, C"


# --- periods ---------------------------------------------------------------------------------
def test_periods_in_headers_with_marks_and_rest(kit: Kit):
    rows = [["code", "Espérance", "", "Taux"], ["", 2014, "2008*", "T4_2014"]]
    rows += [[c, 80, 79, 5] for c in DEPARTEMENTS]
    options = {
        **CSV,
        "header_lines": [1, 2],
        "period": {"header": r" / (T(?P<quarter>\d)_)?(?P<year>\d{4})$"},
        "flags": {"*": "estimated"},
        "series": {},
    }
    staged = kit.stage(
        {"s": rows}, options, make_measure("ev", "Espérance"), make_measure("tx", "Taux")
    )
    assert not staged.rejections
    found = staged.observations.groupby(["measure_id", "period"])["value_status"].unique()
    assert {key: list(v) for key, v in found.items()} == {
        ("ev", "2008"): ["estimated"],
        ("ev", "2014"): ["observed"],
        ("tx", "2014-T4"): ["observed"],
    }


def test_one_sheet_a_year_out_of_order(kit: Kit):
    years = ["2023", "2021", "2022", "À savoir"]
    sheets = {
        year: [["code", "n"], *([c, int(year[:1] == "2")] for c in DEPARTEMENTS)] for year in years
    }
    options = {**CSV, "sheets_matching": r"^\d{4}$", "period": {"sheet": True}}
    staged = kit.stage(sheets, options)
    assert staged.observations.groupby("period").size().to_dict() == {
        "2021": 96, "2022": 96, "2023": 96,
    }  # fmt: skip


def test_period_column_and_pattern(kit: Kit):
    content = "code;quand;n\n" + "".join(
        f"{c};{day};1\n" for c in DEPARTEMENTS for day in ("2022-11-01", "2022-12-01")
    )
    options = {
        **CSV,
        "period": {"column": "quand", "pattern": r"^(?P<year>\d{4})-(?P<month>\d{2})"},
        "where_pattern": {"quand": "-12-"},
    }
    staged = kit.stage(content, options)
    assert set(staged.observations["period"]) == {"2022-M12"}
    assert not staged.rejections


def test_series_break_given_twice(kit: Kit):
    rows = [["code", 2016, "2016 (1)", 2017], *([c, 1, 2, 3] for c in DEPARTEMENTS)]
    options = {**CSV, "period": {"header": r"^(?P<year>\d{4})"}, "series": {"sheet": True}}
    staged = kit.stage(
        {"AAH": rows}, options, make_measure("old", "AAH"), make_measure("new", "AAH|(1)")
    )
    assert not staged.rejections
    found = staged.observations.groupby(["measure_id", "period"])["value"].max().to_dict()
    assert found == {("old", "2016"): 1, ("old", "2017"): 3, ("new", "2016"): 2}


# --- series, blocks, items -------------------------------------------------------------------
def test_long_table_with_dimensions_and_filters(kit: Kit):
    content = "code;mode;spe;n\n" + "".join(
        f"{c};{mode};{spe};{n}\n"
        for c in DEPARTEMENTS
        for mode, spe, n in (("tous", "mg", 3), ("tous", "mk", 2), ("salarié", "mg", 1))
    )
    options = {**CSV, "where": {"mode": "tous"}, "series": {"columns": ["spe"], "values": ["n"]}}
    staged = kit.stage(content, options, make_measure("mg", "mg|n"), make_measure("mk", "mk|*"))
    assert not staged.rejections
    assert staged.observations.groupby("measure_id")["value"].max().to_dict() == {"mg": 3, "mk": 2}


def test_rename_takes_the_year_off_and_files_override(kit: Kit):
    for year in ("14", "15"):
        kit.write(f"FILO20{year}.csv", csv_of(header=f"code;LIBGEO;NBMEN{year}", text="nom;{}"))
    options = {**CSV, "series": {"rename": [["1[4-8]$", ""]]}}
    files = [kit.file(f"FILO20{y}.csv", period={"fixed": f"20{y}"}) for y in ("14", "15")]
    staged = kit.stage_source(kit.source(files, options), make_measure(series="NBMEN"))
    assert not staged.rejections
    assert staged.observations.groupby("period").size().to_dict() == {"2014": 96, "2015": 96}


def test_stacked_blocks_with_headers_of_their_own(kit: Kit):
    rows = [
        ["", "REGIONS"],
        ["", "Année", 2014],
        *([c, "r", 2] for c in REGIONS),
        ["M ", "France métropolitaine", 26],
        ["nd : non disponible"],
        ["", "DEPARTEMENTS"],
        ["", "Année", 2014],
        *([c, "d", 1] for c in DEPARTEMENTS),
        ["M", "France métropolitaine", 96],
    ]
    below = 6 + len(REGIONS)
    options = {
        "period": {"header": r"^(?P<year>\d{4})$"},
        "territory": {"column": "@A", "national": {"M": "metropole"}},
        "blocks": [
            {"after": "REGIONS", "until": "DEPARTEMENTS", "level": "region|national",
             "header_lines": [2]},
            {"after": "DEPARTEMENTS", "level": "departement", "header_lines": [below],
             "ignore_rows": [{"pattern": "^M$", "reason": "déjà lu plus haut"}]},
        ],
    }  # fmt: skip
    staged = kit.stage({"Social": rows}, options)
    assert not staged.rejections
    assert staged.observations.groupby("territory_level").size().to_dict() == {
        "departement": 96, "national": 1, "region": 13,
    }  # fmt: skip


def test_missing_block_mark(kit: Kit):
    options = {**CSV, "until": "DEPARTEMENTS"}
    with pytest.raises(SourceError, match="'DEPARTEMENTS' that bounds a block"):
        kit.stage(csv_of(), options)


def test_national_rows_without_code(kit: Kit):
    rows = [["N°", "Libellé", "n"], *([c, "nom", 1] for c in DEPARTEMENTS)]
    rows += [["", "France métropolitaine", 96], ["", "DOM", 5], [971, "Guadeloupe*", 5]]
    options = {
        **CSV,
        "territory": {
            "column": "N°",
            "label": "Libellé",
            "level": "departement|national",
            "national": {"France métropolitaine": "metropole"},
        },
        "ignore_rows": [{"pattern": "^DOM$", "reason": "hors étude"}],
    }
    staged = kit.stage({"s": rows}, options)
    assert not staged.rejections
    assert values(staged)["metropole"] == 96
    assert staged.outside_study == 1


def test_rows_of_a_list_are_counted_and_zero_where_declared(kit: Kit):
    content = "code;nom\n01;a\n01;b\n59;c\n"
    options = {
        "header_lines": [1],
        "territory": {"column": "code", "level": "departement"},
        "period": {"fixed": "2021"},
        "series": {"fixed": "musées"},
        "count": "rows",
        "sum_repeated": True,
        "absent": "zero",
    }
    staged = kit.stage(content, options, make_measure(series="musées"))
    assert not staged.rejections
    found = values(staged)
    assert len(found) == 96
    assert (found["01"], found["59"], found["02"]) == (2, 1, 0)


def test_items_of_an_open_list(kit: Kit):
    content = "code;salle;n\n" + "".join(f"{c};{s};2\n" for c in DEPARTEMENTS for s in "ab")
    options = {**CSV, "item": {"column": "salle"}}
    staged = kit.stage(content, options)
    assert not staged.rejections
    assert staged.observations.query("territory_code == '59'")["item"].tolist() == ["a", "b"]


def test_repeated_figures_are_summed_and_need_every_part(kit: Kit):
    lines = [f"{c};1" for c in DEPARTEMENTS] + ["59;2", "62;nd"]
    content = "code;n\n" + "\n".join(lines) + "\n"
    staged = kit.stage(content, {**CSV, "sum_repeated": True})
    assert values(staged)["59"] == 3
    row = staged.observations.query("territory_code == '59'").iloc[0]
    assert row.raw_text == "1 + 2"
    (missing,) = rejections(staged, "missing_part")
    assert (missing.line, missing.column, missing.found) == (99, "B", "'nd'")


def test_dates_and_status_columns(kit: Kit):
    rows = [["code", "jour", "n", "note"]]
    rows += [
        [c, dt.date(2022, 1, 1), 0 if c == "48" else 7, "<5" if c == "48" else ""]
        for c in DEPARTEMENTS
    ]
    options = {
        **CSV,
        "period": {"column": "jour", "pattern": r"^(?P<year>\d{4})-01-01$"},
        "status_column": {"column": "note", "values": {"<5": "confidential"}},
    }
    staged = kit.stage({"s": rows}, options)
    assert not staged.rejections
    assert statuses(staged)["48"] == "confidential"
    assert staged.observations["value"].isna().sum() == 1
    assert set(staged.observations["period"]) == {"2022"}


def test_measure_of_several_series_keeps_them_apart(kit: Kit):
    content = "code;hommes;femmes\n" + "".join(f"{c};1;2\n" for c in DEPARTEMENTS)
    options = {**CSV, "series": {}}
    staged = kit.stage(content, options, make_measure(series="hommes + femmes", factor=1000.0))
    assert not staged.rejections
    rows = staged.observations.query("territory_code == '59'")
    assert rows.set_index("item")["value"].to_dict() == {"hommes": 1000, "femmes": 2000}
