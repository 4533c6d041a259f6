"""Turns a published report into a tagged PDF (PDF/UA-1) with WeasyPrint, from its HTML alone.

WeasyPrint draws with Pango, a library of the system; where it is missing, the error says which
packages bring it. The bytes depend on the fonts of the machine, so no PDF is part of a release.
"""

from __future__ import annotations

import html as entities
import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from phare_pipeline import french
from phare_pipeline.errors import PhareError

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu"
"""Debian packages that WeasyPrint 70 draws with, and a font that has all that reports write."""

# What only a screen needs; leaving it out makes the layout a third faster.
_LEFT_OUT = re.compile(
    r'<details>.*?</details>|<div class="narrow">.*?</svg>\s*</div>'
    r'|<button.*?</button>|<div class="sources">.*?(?=<footer)|<p class="toggle">.*?</p>'
    r'|<span class="vh">[^<]*</span>|<a class="skip"[^>]*>[^<]*</a>',
    re.DOTALL,
)
_WRAPPERS = re.compile(r"</?(?:data|time)\b[^>]*>|<span data-src[^>]*>([^<]*)</span>")
# A line of small print becomes one text: each text of its own costs a layout.
_INNER = re.compile(r"<strong>([^<]*)</strong>(?=[^<]*</span>)")
# What a screen folds stands on paper behind the report, under the heading it had.
_FOLDED = re.compile(
    r'<details class="fold[^"]*">\s*<summary>([^<]*)</summary>(.*?)</details>', re.DOTALL
)
_HEADING = re.compile(r"<h[234][^>]*>(.*?)</h[234]>", re.DOTALL)
_TITLE = re.compile(r"<title id=[^>]*>([^<]*)</title>\s*<desc id=[^>]*>([^<]*)</desc>")


def print_version(page: str) -> str:
    """Return a report as it is printed: same words and pictures, without what a screen needs.

    What a screen folds becomes annexes. A picture's title takes in its message: WeasyPrint makes a
    picture's alternative text of it.
    """
    page = _annexed(_LEFT_OUT.sub("", page))
    page = _WRAPPERS.sub(lambda match: match[1] or "", page)
    page = _INNER.sub(lambda match: match[1], page)
    return _TITLE.sub(lambda match: f"<title>{_joined(match[1], match[2])}</title>", page)


def _annexed(page: str) -> str:
    """Move what is folded behind the report, each with its summary and the heading before it."""
    annexes: list[str] = []

    def move(match: re.Match[str]) -> str:
        headings = _HEADING.findall(page, 0, match.start())
        annexes.append(f"<h3>{headings[-1]} – {match[1]}</h3>{match[2]}")
        return f'<p class="moved">{match[1]}{french.NO_BREAK}: voir les annexes.</p>'

    page = _FOLDED.sub(move, page)
    annex = f'<section class="part annexes"><h2>Annexes</h2>{"".join(annexes)}</section></main>'
    return page.replace("</main>", annex, 1) if annexes else page


def _joined(title: str, message: str) -> str:
    title = entities.unescape(title).rstrip(".")
    return entities.escape(f"{title}. {entities.unescape(message)}", quote=False)


def pdf_of(page: str) -> bytes:
    """Return a report as PDF; same page and same fonts, same bytes.

    Raises:
        PhareError: a library of the system is missing.
    """
    weasyprint = _weasyprint()
    with _no_clock():
        document = weasyprint.HTML(string=print_version(page))
        content: bytes = document.write_pdf(
            pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=False
        )
    return content


def _weasyprint() -> Any:
    try:
        with warnings.catch_warnings():
            # Without libharfbuzz-subset it warns of future versions; the message below names it.
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint
    except OSError as error:
        raise PhareError(
            "PDF files need libraries of the system that are not here",
            found=str(error).splitlines()[0],
            expected="Pango, HarfBuzz and a font",
            action=f"apt-get install {PACKAGES}",
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


@contextmanager
def _no_clock() -> Iterator[None]:
    """Have fonts and metadata dated by nothing: fontTools and WeasyPrint read this variable."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
