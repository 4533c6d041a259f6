"""Exports of the small study of `kit` in every format, for a test to read or damage."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pyreadstat
import xlsxwriter

from phare_pipeline.survey.codebook import Codebook
from phare_pipeline.survey.exports import Export, read_export
from tests.unit.survey.kit import REGISTRY, change, load, write_study

Rows = list[dict[str, object]]

N = 40
NAMES = (
    *("ident", "region", "poids", "jour", "sexe", "age", "salaries", "Q1[SQ001]", "Q1[SQ002]"),
    *("Q2[SQ001]", "Q3", "Q4[SQ001]", "Q4[SQ002]", "Q4[SQ003]", "Q5[1]", "Q5[2]", "Q5[3]"),
    *("Q6", "Q7"),
)


def rows() -> Rows:
    """40 respondents without any fault: all three kinds of missing, filters, ranks not used."""
    found: Rows = []
    for i in range(N):
        engaged = i % 4 != 3
        woman = i < 21
        actions = 1 + i % 3
        row: dict[str, object] = {
            "ident": f"r{i:03d}",
            "region": "32" if i % 5 < 3 else "Bretagne",
            "poids": 0.5 + i % 4 / 4,
            "jour": f"2020-01-{6 + i % 20:02d}",
            "sexe": 2 if woman else 1,
            "age": 1 + i % 2,
            "salaries": 10 + i,
            "Q1[SQ001]": 1 + i % 10,
            "Q1[SQ002]": (98, 99, 4, 7, 9, 10, 1, 3)[i % 8],
            "Q2[SQ001]": (1, 2, 3, 4, 98)[i % 5],
            "Q3": 1 if engaged else (2, 98, 99)[i % 3],
            "Q4[SQ001]": None,
            "Q4[SQ002]": None,
            "Q4[SQ003]": None,
            "Q5[1]": 1 + i % 4,
            "Q5[2]": 1 + (i + 1) % 4 if i % 6 else None,
            "Q5[3]": 1 + (i + 2) % 4 if i % 6 > 1 else None,
            "Q6": actions if engaged else None,
            "Q7": (1, 2, 3)[i % 3] if engaged and actions >= 2 and woman else None,
        }
        if engaged:
            ticked = ((1, 0, 0), (1, 1, 0), (0, 0, 1))[i % 3]
            row |= {f"Q4[SQ00{j + 1}]": box for j, box in enumerate(ticked)}
        found.append(row)
    return found


def write_csv(
    path: Path,
    data: Rows,
    *,
    delimiter: str = ";",
    encoding: str = "cp1252",
    above: tuple[str, ...] = (),
    decimal: str = ",",
) -> None:
    """Write as an institute does: semicolons, decimal comma, Windows letters."""
    text = io.StringIO()
    for line in above:
        text.write(line + "\r\n")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    names = list(data[0])
    writer.writerow(names)
    for row in data:
        writer.writerow([_text(row.get(name), decimal) for name in names])
    path.write_bytes(text.getvalue().encode(encoding))


def _text(value: object, decimal: str) -> str:
    if value is None:
        return ""
    return str(value).replace(".", decimal) if isinstance(value, float) else str(value)


def write_limesurvey(path: Path, data: Rows) -> None:
    """Write as LimeSurvey does: commas, all quoted, Y for a ticked box, blank for any other."""
    shown = []
    for i, row in enumerate(data):
        line: dict[str, object] = {"id": i + 1, "lastpage": 5, "startlanguage": "fr", **row}
        for name in row:
            if name.startswith("Q4"):
                line[name] = {1: "Y", 0: "", None: ""}.get(row[name], row[name])  # type: ignore[call-overload]
        shown.append(line)
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(shown[0])
    for line in shown:
        writer.writerow([_text(value, ".") for value in line.values()])
    path.write_text(text.getvalue(), "utf-8-sig")


def write_xlsx(path: Path, data: Rows, *, title: bool = True, merged: bool = True) -> int:
    """Write as an institute does: title rows, a header over two rows; return the first line."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Réponses")
    top = 0
    if title:
        sheet.merge_range(0, 0, 0, 6, "Étude d’essai – réponses individuelles")
        sheet.write(1, 0, "Février 2020")
        top = 3
    for i, name in enumerate(data[0]):
        if merged:
            sheet.merge_range(top, i, top + 1, i, name)
        else:
            sheet.write(top, i, name)
    first = top + (2 if merged else 1)
    for j, row in enumerate(data):
        for i, value in enumerate(row.values()):
            if value is not None:
                sheet.write(first + j, i, value)
    book.close()
    return first + 1


def write_sav(path: Path, data: Rows, **options: object) -> None:
    """Write as SPSS does: names without brackets are not asked of it here, codes as numbers."""
    frame = pd.DataFrame(data)
    for name in frame:
        is_text = frame[name].map(lambda value: isinstance(value, str)).any()
        frame[name] = frame[name].astype(object if is_text else float)
        if is_text:
            frame[name] = frame[name].map(lambda v: "" if v is None or v != v else str(v))
    frame.columns = [sav_name(name) for name in frame]
    pyreadstat.write_sav(frame, path, **options)


def sav_name(name: str) -> str:
    """SPSS has no brackets in names."""
    return name.replace("[", "_").rstrip("]")


class Study:
    """The study of `kit` in a folder with the export of the citizens, in one format."""

    def __init__(self, parent: Path, export_format: str, ending: str) -> None:
        self.surveys = parent / "surveys"
        self.folder = write_study(self.surveys / "codebooks")
        self.path = self.surveys / "exports" / f"citoyens{ending}"
        self.path.parent.mkdir()
        change(self.folder, "study.toml", "exports/citoyens.csv", f"exports/citoyens{ending}")
        change(self.folder, "study.toml", '"institute"', f'"{export_format}"')
        self.change("margins.csv", ",48,%", ",47,%")
        self.change("margins.csv", ",52,%", ",53,%")
        if export_format == "spss":
            text = (self.folder / "columns.csv").read_text("utf-8")
            names = [line.split(",") for line in text.splitlines()]
            lines = [",".join([n[0], sav_name(n[1]), *n[2:]]) for n in names]
            (self.folder / "columns.csv").write_text("\n".join(lines) + "\n", "utf-8")

    def change(self, table: str, old: str, new: str) -> None:
        change(self.folder, table, old, new)

    def declare(self, line: str) -> None:
        """Add a line to the entry of the export."""
        with (self.folder / "study.toml").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    @property
    def codebook(self) -> Codebook:
        return load(self.folder)

    def read(self) -> Export:
        if self.path.is_file():
            self.path.chmod(0o600)
        return read_export(self.surveys, self.codebook, "citoyens", REGISTRY)
