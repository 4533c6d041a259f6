"""Declares what a release holds besides tables: files for people, each made from its tables.

How a document is made belongs in `steps/`; which of them a run makes too.
"""

from __future__ import annotations

from dataclasses import dataclass

NATIONAL = "france"
"""Stands for the whole country where documents are named by a region's slug."""


@dataclass(frozen=True)
class Document:
    """A file for each region and edition, and one for France and each edition.

    Attributes:
        name: of the asset, and of its records in the ledger.
        regional_path, national_path: below the release, with `{slug}` and `{year}`.
        media_type: of the file.
        description_fr: what readers find in it.
    """

    name: str
    regional_path: str
    national_path: str
    media_type: str
    description_fr: str

    def path(self, slug: str, year: int) -> str:
        """Return where the document of a region (or `NATIONAL`) and edition lies in a release."""
        pattern = self.national_path if slug == NATIONAL else self.regional_path
        return pattern.format(slug=slug, year=year)


EXPLORER = "explorer.html"
"""The page on which all regions and editions of a release are explored; one a release."""

REPORT = Document(
    name="out_report",
    regional_path="reports/region={slug}/{year}.html",
    national_path="reports/france/{year}.html",
    media_type="text/html",
    description_fr="Rapport « PHARE – Région » d’une édition, à lire dans un navigateur.",
)
