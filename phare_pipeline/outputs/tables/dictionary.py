"""The dictionary of the published tables as one page for people: what is in which column.

The same rows as `dim_dictionary`, with keys, and without any figure.
"""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined

from phare_pipeline.contract.model import Field, Table
from phare_pipeline.contract.tables import fields_of, is_nullable, table_of

LAYERS = (("out", "Résultats"), ("dim", "Ce que les résultats veulent dire"))


def dictionary_page(names: Iterable[str]) -> str:
    """Return the page, HTML without script, of these published tables."""
    tables = [table_of(name) for name in sorted(names)]
    environment = Environment(
        loader=PackageLoader("phare_pipeline.outputs.tables", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    groups = [(title, [t for t in tables if t.layer == layer]) for layer, title in LAYERS]
    template = environment.get_template("dictionary.html.j2")
    return template.render(groups=groups, fields_of=fields_of, kind=_kind, rules=_rules)


def _kind(field: Field) -> str:
    kinds = {
        "string": "texte",
        "int32": "entier",
        "float64": "nombre",
        "bool": "vrai ou faux",
        "date": "date",
    }
    unit = "" if field.unit == "none" else f" ({field.unit})"
    return kinds[field.type] + unit


def _rules(table: Table, field: Field) -> str:
    """Say in French what values the column may hold."""
    rules = ["peut manquer" if is_nullable(table, field.name) else "toujours rempli"]
    if field.minimum is not None and field.maximum is not None:
        rules.append(f"de {field.minimum:g} à {field.maximum:g}")
    elif field.minimum is not None:
        rules.append(f"au moins {field.minimum:g}")
    if field.allowed:
        rules.append(" | ".join(field.allowed))
    return " ; ".join(rules)
