"""Writes `docs/sources.md` from the code and the catalogue: every option, and its users.

Which options there are, and of which kind, is taken from the functions that read them; what they
mean stands here, once. Usage: python -m tools.sources_page
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from phare_pipeline.registry.model import Level
from phare_pipeline.sources.catalogue import CATALOGUE
from phare_pipeline.sources.table_parsing import NOMENCLATURES
from phare_pipeline.sources.values import DECIMALS, SKIP, ZERO, Status

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sources.md"
CODE = ROOT / "phare_pipeline" / "sources"

# Of each family: module, function -> variable -> path of the table that it reads.
READ_BY: Final[Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]] = {
    "entry": {
        "catalogue.py": {"_source": {"options": ""}, "_file": {"options": "files"}},
    },
    "table": {
        "table_parsing.py": {
            "read_file_options": {"options": ""},
            "_delimiter": {"options": ""},
            "_years_summed": {"options": ""},
            "_read_weights": {"options": "", "entry": "weights"},
            "_expected": {"options": "expect"},
            "_read_table": {"options": ""},
            "_read_territory": {"options": "territory"},
            "_nomenclature": {"options": "territory"},
            "_read_recode": {"options": "territory.recode"},
            "_read_period": {"options": "period"},
            "_read_series": {"options": "series"},
            "_read_item": {"options": "item"},
            "_read_status": {"options": "", "entry": "status_column"},
            "_read_skipped": {"options": "ignore_rows"},
        },
    },
    "territory_columns": {
        "territory_columns.py": {"_read_options": {"options": "", "below_period": "period"}},
    },
    "bdm_family": {"bdm.py": {"__init__": {"own": "", "options": ""}}},
}  # fmt: skip
KINDS: Final = {
    "texts": "list of texts", "numbers": "list of whole numbers", "table": "table",
    "tables": "list of tables", "text_map": "table of texts", "pattern": "regular expression",
    "choice": "one of a few",
}  # fmt: skip
TYPES: Final = {
    "str": "text", "int": "whole number", "bool": "true or false", "dict": "table", "list": "list",
    "object": "as in `table`",
}  # fmt: skip
HELPERS: Final = {
    "_statuses": "table of texts", "_read_where": "table of texts or lists", "_read_item": "table",
}  # fmt: skip
_MARKERS = (*Status, SKIP, ZERO)
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "decimal": tuple(sorted(DECIMALS)),
    "territory.level": tuple(Level),
    "territory.nomenclature": tuple(sorted(NOMENCLATURES)),
    "missing": _MARKERS,
    "flags": tuple(Status),
    "status_column.values": tuple(Status),
    "status_column.others": tuple(Status),
    "hidden_rows": ("refused", "read"),
    "thousands": (".", ","),
    "count": ("cells", "rows"),
    "absent": ("missing", "zero"),
}
INTRODUCTIONS: Final = {
    "entry": "",
    "table": "One territory a row. An entry of `blocks` may write `level` for `territory.level`.",
    "territory_columns": (
        "One territory a column. The tables `territory`, `series`, `item` and `period` have the "
        "options of `table`."
    ),
    "bdm_family": "Insee's export of a family of series; it takes the options of `table` too.",
}
_LONGEST = 90
_MOST_USERS = 3

MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "entry": {
        "title": "Title that the producer gives the source.",
        "producer": "Who publishes it.",
        "licence": "Licence of the figures.",
        "address": "Public page of the source.",
        "vintage": "Edition of the source, as readers know it.",
        "geography_year": "Year of the territories that the figures are given for.",
        "reader": "Family of the reader: `table`, `territory_columns` or `bdm_family`.",
        "options": "How all files are read; see the family below.",
        "note_fr": "What is not true of the figures, and what was left out, in French.",
        "files": "The extracts, at least one.",
        "files.path": "Path below `raw/`.",
        "files.sha256": "Pin of the extract; `phare pin` renews it.",
        "files.bytes": "Size of the extract; `phare pin` renews it.",
        "files.origin_title": "The official file that the extract was taken from.",
        "files.origin_sha256": "sha256 of the official file.",
        "files.options": "Completes or replaces the options of the source for this file.",
    },
    "table": {
        "encoding": "Encoding of a text file; utf-8 if absent.",
        "delimiter": "Mark between the cells of a text file, one character; `;` if absent.",
        "expect": "Texts (title, unit, vintage) that must stand in the file, or it is refused.",
        "expect.sheet": "Sheet of the cell; the first if absent.",
        "expect.cell": "Address of the cell.",
        "expect.text": "Text that the cell must hold.",
        "absent": "`zero`: a territory that the list does not name has none.",
        "blocks": "Several tables in one file; each completes the options around it.",
        "sheets": "Names of the sheets that hold the table.",
        "sheets_matching": "The sheets whose names match hold the table.",
        "after": "The table begins below the row that has a cell of this text.",
        "until": "The table ends above the row that has a cell of this text.",
        "header_lines": "Lines that head the columns; their texts are joined by ` / `.",
        "first_line": "First line of figures; the one below the headers if absent.",
        "last_line": "Last line of figures.",
        "territory": "Where territories stand and how they are written.",
        "territory.column": "Column of the code or name: its header, or its letter as `@A`.",
        "territory.label": "Column that is taken where that of the code is blank.",
        "territory.level": "Level of the rows; several are joined by `|`.",
        "territory.national": "Texts of national rows, and the perimeter each stands for.",
        "territory.aliases": "Texts that stand for another code or name.",
        "territory.pattern": "Cuts the code or name, its one group, out of the cell.",
        "territory.nomenclature": "Way of writing, for all levels or a table by level.",
        "territory.recode": "Rows whose territory the source prints wrongly.",
        "territory.recode.item": "Item of the row.",
        "territory.recode.found": "Text that stands there.",
        "territory.recode.replacement": "Text that should.",
        "territory.recode.reason": "What shows it.",
        "period": "Where the period stands: one of `column`, `sheet`, `header`, `fixed`.",
        "period.column": "Column of periods.",
        "period.sheet": "The name of the sheet is the period.",
        "period.header": "Finds the period in the headers; columns without one are not read.",
        "period.fixed": "The period of the whole table.",
        "period.pattern": "Finds the period in a cell or sheet name, by named groups.",
        "series": "What makes the key of a series.",
        "series.fixed": "First part of the key.",
        "series.sheet": "The name of the sheet is a part of the key.",
        "series.header": "Keeps the header of a single column of figures in the key.",
        "series.columns": "Columns whose texts are parts of the key.",
        "series.values": "The columns of figures; all others are left out.",
        "series.rename": "Pairs of a regular expression and its replacement in the key.",
        "item": "What names the parts of a territory in a list.",
        "item.column": "Column of the item.",
        "item.columns": "Columns of the item, joined by `|`.",
        "item.sheet": "Finds the item in the name of the sheet.",
        "status_column": "A column that says the status of the figures of its row.",
        "status_column.column": "That column.",
        "status_column.values": "Text and the status it means.",
        "where": "Keeps the rows whose column has one of the texts.",
        "where_not": "Drops the rows whose column has one of the texts.",
        "where_pattern": "Keeps the rows whose column matches.",
        "ignore_rows": "Rows that are left out on purpose.",
        "ignore_rows.pattern": "Matches the territory, or `column`.",
        "ignore_rows.column": "Column that is matched instead of the territory.",
        "ignore_rows.reason": "Why they are left out.",
        "status_column.others": "Status of the texts that `values` does not name.",
        "ignore_columns": "Columns of figures left out on purpose, as `ignore_rows`.",
        "hidden_rows": "Rows that a workbook hides are refused, or read.",
        "thousands": "Mark between thousands, other than a space.",
        "sum_years": "So many years that follow each other make one figure.",
        "weights": "Columns of the row that a share is multiplied by, so that parts add up.",
        "weights.columns": "Those columns; their product is taken.",
        "weights.per": "What the product is divided by: 100 for a percentage of a count.",
        "count": "`rows`: a list of things; each row counts one.",
        "sum_repeated": "Adds rows of one territory, period and series up.",
        "decimal": "Decimal mark; `,` if absent; `mixed` where a file has both.",
        "missing": "Meaning of texts that stand for a figure.",
        "flags": "Meaning of marks glued to a figure or a period.",
    },
    "territory_columns": {
        "territory_line": "Line whose cells are the territories.",
        "territory": "As in `table`, without `column`.",
        "series": "As in `table`; `columns` are letters (`@A`) of columns before the territories.",
        "series_line": "Line whose cells are parts of the series.",
        "item_line": "Line whose cells are items.",
        "item": "As in `table`.",
        "period": "As in `table`; with `column` a letter and a `pattern`.",
        "period.column": "Letter of the column of periods, as `@A`.",
        "period.pattern": "Finds the period, by named groups.",
        "first_column": "Letter of the first column of figures; B if absent.",
        "last_column": "Letter of the last one.",
        "first_line": "First line of figures; below the headings if absent.",
        "ignore_columns": "Territories that are left out, as `ignore_rows` of `table`.",
        **dict.fromkeys(
            ("encoding", "delimiter", "decimal", "expect", "sheets", "sheets_matching", "missing",
             "flags", "absent", "sum_repeated", "thousands", "hidden_rows"), "As in `table`."
        ),
    },
    "bdm_family": {
        "values_sheet": "Matches the name of the sheet of figures; `^valeurs` if absent.",
        "series_sheet": "Matches the sheet that describes series; `^caractéristiques` if absent.",
        "expect_unit": "Unit that every series must have.",
        "expect_power": "Power of ten that every series must have.",
    },
}  # fmt: skip


def options_of(family: str) -> dict[str, str]:
    """Return the options that the code of a family reads: path -> kind of value."""
    found: dict[str, str] = {}
    for module, functions in READ_BY[family].items():
        tree = ast.parse((CODE / module).read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in functions:
                for path, kind in _read_in(node, functions[node.name], _constants(tree)):
                    found.setdefault(path, kind)
    return found


def _constants(tree: ast.Module) -> dict[str, ast.Tuple]:
    """Return the tuples that a module declares."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _read_in(
    function: ast.FunctionDef, tables: Mapping[str, str], constants: Mapping[str, ast.Tuple]
) -> Iterator[tuple[str, str]]:
    """Yield the options that a function reads of its tables."""
    loops = _loops(function, constants)
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, key, kind = "", node.args[0], ""
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            name, kind = node.func.value.id, _kind(node)
        elif isinstance(node.func, ast.Name) and node.func.id in HELPERS and len(node.args) > 1:
            key, kind = node.args[1], HELPERS[node.func.id]
            name = node.args[0].id if isinstance(node.args[0], ast.Name) else ""
        if name not in tables or not kind:
            continue
        for text in _texts(key, loops.get(id(node), ())):
            yield ".".join(filter(None, (tables[name], text))), kind


def _kind(call: ast.Call) -> str:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in ("get", "need"):
        named = call.args[1] if len(call.args) > 1 else None
        kind = TYPES.get(named.id, "") if isinstance(named, ast.Name) else ""
        return f"{kind}, needed" if kind and method == "need" else kind
    return KINDS.get(method, "")


def _texts(key: ast.expr, looped: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that a getter is called with: the one it names, or those of its loop."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return (key.value,)
    return looped if isinstance(key, ast.Name) else ()


def _loops(
    function: ast.FunctionDef, constants: Mapping[str, ast.Tuple]
) -> dict[int, tuple[str, ...]]:
    """Return the texts that a loop around a call runs over, by the call."""
    found: dict[int, tuple[str, ...]] = {}
    for node in ast.walk(function):
        for iterated in _iterated(node):
            named = iterated.id if isinstance(iterated, ast.Name) else ""
            over = constants.get(named, iterated)
            if isinstance(over, ast.Tuple):
                values = [e.value for e in over.elts if isinstance(e, ast.Constant)]
                texts = tuple(value for value in values if isinstance(value, str))
                found |= {id(n): texts for n in ast.walk(node) if isinstance(n, ast.Call)}
    return found


def _iterated(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp):
        return [generator.iter for generator in node.generators]
    return []


def used_options(catalogue: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return family and path of the options in use: source -> its first value."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for source_id, entry in catalogue.items():
        for path, value in _flat({k: v for k, v in entry.items() if k != "options"}):
            if not path.startswith("files.options."):
                found.setdefault(("entry", path), {}).setdefault(source_id, value)
        if "options" in entry:
            found.setdefault(("entry", "options"), {}).setdefault(source_id, "…")
        for options in (entry.get("options", {}), *(f.get("options", {}) for f in entry["files"])):
            blocks = [b for b in options.get("blocks", ()) if isinstance(b, dict)]
            for own in (options, *blocks):
                for path, value in _flat(own):
                    found.setdefault((entry["reader"], path), {}).setdefault(source_id, value)
    return found


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        path = f"{above}{key}"
        yield path, value
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _flat(part, f"{path}.")


def page_of(catalogue: Mapping[str, Any]) -> str:
    """Return the page as Markdown text."""
    return "\n".join([*_head(), *_families(catalogue), ""])


def _head() -> Iterator[str]:
    yield "# Options of a source"
    yield ""
    yield "Written by `python -m tools.sources_page` from the code that reads `raw/sources.toml`."
    yield ""
    yield (
        "A new file: `phare source new FILE…` looks at it and writes the entry, with what it could "
        "not decide; `phare source preview ID` shows what is read, before any measure; measures "
        "are rows of `measures.csv`. A later vintage or another layout of the same measure is a "
        "row of `measure_series.csv`, its differences of level rows of `breaks.csv`."
    )
    yield ""


def _families(catalogue: Mapping[str, Any]) -> Iterator[str]:
    used = used_options(catalogue)
    titles = {"entry": "The entry"} | {n: f"Family `{n}`" for n in READ_BY if n != "entry"}
    for family, title in titles.items():
        yield f"## {title}"
        yield ""
        if INTRODUCTIONS[family]:
            yield INTRODUCTIONS[family]
            yield ""
        yield "| option | value | meaning | example | used by |"
        yield "|---|---|---|---|---|"
        for path, kind in sorted(options_of(family).items()):
            users = used.get((family, path), {})
            yield _row(path, kind, MEANINGS[family][path], users)
        yield ""


def _row(path: str, kind: str, meaning: str, users: Mapping[str, Any]) -> str:
    choices = ", ".join(f"`{choice}`" for choice in CHOICES.get(path, ()))
    example = f"`{_toml(next(iter(users.values())))}`" if users else ""
    named = ", ".join(f"`{name}`" for name in list(users)[:_MOST_USERS])
    more = f" and {len(users) - _MOST_USERS} more" if len(users) > _MOST_USERS else ""
    cells = (f"`{path}`", f"{kind}: {choices}" if choices else kind, meaning, example, named + more)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _toml(value: Any) -> str:
    import tomlkit

    text = " ".join(tomlkit.item(value).as_string().split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def shipped() -> dict[str, Any]:
    """Return the catalogue of the checkout."""
    return tomllib.loads((ROOT / "raw" / CATALOGUE).read_text("utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page_of(shipped()), "utf-8")
