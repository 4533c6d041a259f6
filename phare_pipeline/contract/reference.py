"""Makes and reads the short reference that is printed beside a figure, and nothing else.

`HDF-2016-taux_chomage` is the value of an indicator for Hauts-de-France in the edition of 2016,
`HDF-2016-taux_chomage.rang` its rank, `HDF-2016-domaine:emploi` a score of the index,
`D59-2016-indice` that of a département, `HDF-2016-citoyens:Q3:logement` an answer of a survey. A
reference names a place in the published tables (`places`), so it stays the same from release to
release; it says nothing of the figure's size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from phare_pipeline.contract.places import FACETS, LOWER_FACETS, Kind, Place
from phare_pipeline.errors import PhareError
from phare_pipeline.registry.model import Departement, FormerRegion, Level, Region

NATIONAL_AREA = "FRA"
EXAMPLES = "HDF-2016-taux_chomage, HDF-2016-taux_chomage.rang, HDF-2016-domaine:emploi"

_REFERENCE = re.compile(
    r"(?P<area>[A-Za-z0-9_]+)-(?P<year>[0-9]{4})-(?P<subject>[A-Za-z0-9_:]+)(\.(?P<facet>[a-z_]+))?"
)
_LOWER = {"D": Level.DEPARTEMENT, "A": Level.FORMER_REGION}
_LOWER_AREA = re.compile(r"[DA][0-9][0-9AB]")
# Kinds that a word of their own begins, with how many names follow it.
_NAMES_AFTER = {
    Kind.INDEX: 0,
    Kind.AGREEMENT: 0,
    Kind.DOMAIN: 1,
    Kind.AXIS: 1,
    Kind.PAIR: 1,
    Kind.FACTOR: 1,
    Kind.METHOD: 1,
    Kind.VISION: 2,
    Kind.PERCEIVED: 2,
    Kind.DISPERSION: 3,
}


@dataclass(frozen=True, order=True)
class Reference:
    """A figure of the published tables.

    Attributes:
        area: `HDF` and the like for a region (see `area_of`), `D59` for a département, `A31` for a
            former region, `FRA` for France, `nord_est` for the area of a survey.
        year: the edition.
        kind: the kind of figure.
        subject: identifiers: one for an indicator, a domain or an axis, none for the index, actor,
            question, item and so on for a survey.
        facet: which figure of its row, `""` for the value itself.
    """

    area: str
    year: int
    kind: Kind
    subject: tuple[str, ...]
    facet: str = ""

    def __str__(self) -> str:
        """Return the text that is printed."""
        facet = f".{self.facet}" if self.facet else ""
        return f"{self.area}-{self.year}-{self.subject_text}{facet}"

    @property
    def subject_text(self) -> str:
        """What the figure is about, without area, edition and facet."""
        word = [self.kind.value] if self.kind in _NAMES_AFTER else []
        return ":".join([*word, *self.subject])

    @property
    def level(self) -> Level | None:
        """The level of a territory below the regions, None for every other area."""
        return _LOWER[self.area[0]] if _LOWER_AREA.fullmatch(self.area) else None

    @property
    def place(self) -> Place:
        """The published column that it names."""
        facets = FACETS if self.level is None else LOWER_FACETS
        return facets[self.kind][self.facet]


def area_of(territory: Region | FormerRegion | Departement) -> str:
    """Return the short name of a territory in references: HDF, A31 (former region), D59.

    That of a region is its ISO 3166-2 code without the country: 20R for Corse.
    """
    if isinstance(territory, Region):
        return territory.iso_code.removeprefix("FR-")
    if isinstance(territory, FormerRegion):
        return f"A{territory.former_region_code}"
    return f"D{territory.departement_code}"


def parse_reference(text: str) -> Reference:
    """Read a reference; whether there is such a figure is for the reader of the tables to say.

    Raises:
        PhareError: the text is no reference, or names a facet that its kind does not have.
    """
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        raise PhareError("This is no reference of a figure", found=text, expected=EXAMPLES)
    kind, subject = _subject(found["subject"], text)
    reference = Reference(found["area"], int(found["year"]), kind, subject, found["facet"] or "")
    facets = (FACETS if reference.level is None else LOWER_FACETS).get(kind)
    if facets is None:
        raise PhareError(
            f"A figure of this kind ({kind.value}) is published for regions only",
            found=text,
            expected="an indicator, a domain, an axis or the index",
        )
    if reference.facet not in facets:
        raise PhareError(
            f"A figure of this kind ({kind.value}) has no such facet",
            where=text,
            found=reference.facet,
            expected=", ".join(name for name in facets if name) or "none",
        )
    return reference


def _subject(text: str, reference: str) -> tuple[Kind, tuple[str, ...]]:
    first, *rest = text.split(":")
    if not all((first, *rest)):
        raise PhareError(
            "A reference has an empty part", where=reference, found=text, expected=EXAMPLES
        )
    for kind, count in _NAMES_AFTER.items():
        if first != kind.value:
            continue
        if len(rest) != count:
            raise PhareError(
                f"A reference of this kind ({first}) has {count} names after it",
                where=reference,
                found=text,
                expected=":".join([first, *("…" for _ in range(count))]),
            )
        return kind, tuple(rest)
    return (Kind.SURVEY, (first, *rest)) if rest else (Kind.INDICATOR, (first,))
