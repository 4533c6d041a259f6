"""Renders the view of a report to HTML: one file, no script, nothing fetched."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import jinja2

from phare_pipeline import french
from phare_pipeline.outputs.reports.figures import Missing
from phare_pipeline.outputs.reports.report import Report

TEMPLATES = files("phare_pipeline.outputs.reports") / "templates"

# What is not text in a template: Jinja, tags, and the style sheets.
_NOT_TEXT = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>)", re.DOTALL)


def _source(name: str) -> str:
    """Return a template with French spaces in its text: no line begins with « ; »."""
    text = (TEMPLATES / name).read_text("utf-8")
    if not name.endswith(".j2"):
        return text
    pieces = _NOT_TEXT.split(text)
    return "".join(p if n % 2 else french.typographic(p) for n, p in enumerate(pieces))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["capitalised"] = french.capitalised
    environment.filters["typographic"] = french.typographic
    environment.tests["absent"] = lambda shown: isinstance(shown, Missing)
    return environment


def render(report: Report) -> str:
    """Return the HTML of a report; same view, same text."""
    return _environment().get_template("report.html.j2").render(report=report)
