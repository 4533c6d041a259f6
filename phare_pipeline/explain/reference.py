"""Makes and reads the short reference that is printed beside a figure, and nothing else.

`HDF-2016-taux_chomage` is the value of an indicator for Hauts-de-France in the edition of 2016,
`HDF-2016-taux_chomage.rang` its rank, `HDF-2016-domaine:emploi` a score of the index,
`HDF-2016-citoyens:Q3:logement` an answer of a survey. A reference names a place in the published
tables, so it stays the same from release to release; it says nothing of the figure's size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from phare_pipeline.errors import PhareError
from phare_pipeline.registry.model import Departement, FormerRegion, Region

NATIONAL_AREA = "FRA"
EXAMPLES = "HDF-2016-taux_chomage, HDF-2016-taux_chomage.rang, HDF-2016-domaine:emploi"

_REFERENCE = re.compile(
    r"(?P<area>[A-Za-z0-9_]+)-(?P<year>[0-9]{4})-(?P<subject>[A-Za-z0-9_:]+)(\.(?P<facet>[a-z_]+))?"
)


class Kind(StrEnum):
    """What kind of figure a reference names; the value is its word in a reference."""

    INDICATOR = "indicateur"
    DOMAIN = "domaine"
    AXIS = "axe"
    INDEX = "indice"
    SURVEY = "enquete"


# The facets of each kind and the published column that each of them names; "" is the figure itself.
# Facets of the notes (`out_normalised`) and of the partial order (`out_pareto`) stand with the
# indicator and the index that they describe.
FACETS: dict[Kind, dict[str, str]] = {
    Kind.INDICATOR: {
        "": "out_indicators.value",
        "france": "out_indicators.france_value",
        "part": "out_indicators.share_of_france_pct",
        "ecart": "out_indicators.gap",
        "rang": "out_indicators.rank",
        "rang_fragilite": "out_indicators.fragility_rank",
        "note": "out_normalised.z",
    },
    **{
        kind: {
            "": "out_scores.score",
            "moyenne": "out_scores.mean_score",
            "desequilibre": "out_scores.imbalance",
            "bas": "out_scores.score_low",
            "haut": "out_scores.score_high",
            "couverture": "out_scores.coverage_pct",
            "rang": "out_scores.fragility_rank",
        }
        for kind in (Kind.DOMAIN, Kind.AXIS, Kind.INDEX)
    },
    Kind.SURVEY: {"": ""},
}
FACETS[Kind.INDEX] |= {
    "front": "out_pareto.front_fragile_rank",
    "rang_min": "out_pareto.rank_best",
    "rang_max": "out_pareto.rank_worst",
    "rang_moyen": "out_pareto.average_rank",
    "ecart_front": "out_pareto.pareto_gap",
}


@dataclass(frozen=True, order=True)
class Reference:
    """A figure of the published tables.

    Attributes:
        area: `HDF` and the like for a region (see `area_of`), `FRA` for France.
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
        if self.kind is Kind.INDEX:
            return Kind.INDEX.value
        is_prefixed = self.kind in (Kind.DOMAIN, Kind.AXIS)
        return ":".join([self.kind.value, *self.subject] if is_prefixed else self.subject)

    @property
    def column(self) -> str:
        """The published column it names, `table.column`."""
        return FACETS[self.kind][self.facet]


def area_of(territory: Region | FormerRegion | Departement) -> str:
    """Return the short name of a territory in references: HDF, A31 (former region), D59."""
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
    facet = found["facet"] or ""
    if facet not in FACETS[kind]:
        raise PhareError(
            f"A figure of this kind ({kind.value}) has no such facet",
            where=text,
            found=facet,
            expected=", ".join(name for name in FACETS[kind] if name) or "none",
        )
    return Reference(found["area"], int(found["year"]), kind, subject, facet)


def _subject(text: str, reference: str) -> tuple[Kind, tuple[str, ...]]:
    first, *rest = text.split(":")
    if not rest:
        return (Kind.INDEX, ()) if first == Kind.INDEX.value else (Kind.INDICATOR, (first,))
    if not all((first, *rest)):
        raise PhareError(
            "A reference has an empty part", where=reference, found=text, expected=EXAMPLES
        )
    if first in (Kind.DOMAIN.value, Kind.AXIS.value):
        if len(rest) > 1:
            raise PhareError(
                "A reference names more than one component",
                where=reference,
                found=text,
                expected=f"{first}:{rest[0]}",
            )
        return Kind(first), (rest[0],)
    return Kind.SURVEY, (first, *rest)
