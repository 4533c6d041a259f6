"""Turns what sources write for a territory into level and code; it never guesses.

A nomenclature is a way of writing codes or names; each source declares its own. A code that the
declared nomenclature does not know is not resolved: the reader rejects the row and says why.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

from phare_pipeline.registry.model import Level, Region, Registry

_CORSICA = {"20A": "2A", "20B": "2B", "201": "2A", "202": "2B"}
# What ISO 3166-2 called a region before it changed its code.
_FORMER_ISO = {"FR-20R": "FR-COR"}
_DITP = {"D": Level.DEPARTEMENT, "R": Level.REGION}


@dataclass(frozen=True)
class TerritoryRef:
    """A territory of the registry: its level, its code, and whether the study covers it."""

    level: Level
    code: str
    is_in_study: bool


def fold(text: str) -> str:
    """Reduce a name to lower-case letters and digits: accents, case, punctuation are dropped."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("\x92", "'")
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", ascii_text.lower()).strip()


class Territories:
    """The territories of a registry, ready to be looked up."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._refs: dict[Level, dict[str, TerritoryRef]] = {
            Level.DEPARTEMENT: {
                d.departement_code: TerritoryRef(
                    Level.DEPARTEMENT, d.departement_code, d.perimeter == "metropole"
                )
                for d in registry.departements.values()
            },
            Level.REGION: {
                r.region_code: TerritoryRef(Level.REGION, r.region_code, r.perimeter == "metropole")
                for r in registry.regions.values()
            },
            Level.FORMER_REGION: {
                code: TerritoryRef(Level.FORMER_REGION, code, True)
                for code in registry.former_regions
            },
            Level.NATIONAL: {
                code: TerritoryRef(Level.NATIONAL, code, True) for code in registry.perimeters
            },
        }
        self._names: dict[Level, dict[str, str]] = {
            Level.DEPARTEMENT: {fold(d.name_fr): code for code, d in registry.departements.items()},
            Level.REGION: {fold(r.name_fr): code for code, r in registry.regions.items()},
            Level.FORMER_REGION: {
                fold(r.name_fr): code for code, r in registry.former_regions.items()
            },
        }

    def codes(self, level: Level, *, study_only: bool = True) -> frozenset[str]:
        """The codes of a level, by default those of metropolitan France only."""
        refs = self._refs[level].values()
        return frozenset(r.code for r in refs if r.is_in_study or not study_only)

    def by_code(self, level: Level, code: str) -> TerritoryRef | None:
        """Look up an exact code."""
        return self._refs.get(level, {}).get(code)

    def resolve(self, level: Level, raw: str, nomenclature: str) -> TerritoryRef | None:
        """Resolve the text of a cell under a declared nomenclature; None when it is unknown.

        Raises:
            ValueError: the nomenclature itself is unknown.
        """
        text = raw.strip()
        match nomenclature:
            case "insee":
                code = text
            case "insee_unpadded":
                code = _CORSICA.get(text, text).zfill(2)
            case "drees":
                code = _CORSICA.get(text, text)
            case "label_code":
                code = text.split("-", 1)[0].strip()
            case "name":
                code = self._names.get(level, {}).get(fold(text), "")
            case "ditp":
                if text[:1] not in _DITP or _DITP[text[:1]] is not level:
                    return None
                code = text[1:]
            case _:
                raise ValueError(f"unknown nomenclature {nomenclature!r}")
        return self.by_code(level, code)

    def why_unknown(self, level: Level, raw: str) -> str:
        """Say what an unresolved code or name most likely is, for the error message."""
        text = raw.strip()
        padded = text.zfill(2)
        if text != padded and self.by_code(level, padded):
            return f"{text!r} has lost its leading zero ({padded!r} is a {level})"
        for other in (Level.FORMER_REGION, Level.REGION, Level.DEPARTEMENT):
            if other is not level and self.by_code(other, text):
                return f"{text!r} is a {other} code, not a {level} code"
        near = get_close_matches(fold(text), self._names.get(level, {}), n=1)
        if near:
            return f"{text!r} is no {level} ({self._names[level][near[0]]} is written much alike)"
        return f"{text!r} is no {level} of the registry"

    def find_region(self, text: str) -> Region:
        """Find a study region by code, ISO code, slug, short name or name.

        Raises:
            KeyError: nothing fits; the message suggests the nearest name.
        """
        names: dict[str, Region] = {}
        for region in self._registry.study_regions:
            codes = {region.iso_code, _FORMER_ISO.get(region.iso_code, region.iso_code)}
            shorts = (code.removeprefix("FR-") for code in codes)
            for key in (region.region_code, *codes, *shorts, region.slug, region.name_fr):
                names[fold(key)] = region
        found = names.get(fold(text))
        if found is None:
            near = get_close_matches(fold(text), names, n=1)
            hint = f"; did you mean {names[near[0]].slug!r}?" if near else ""
            raise KeyError(f"no region {text!r}{hint}")
        return found
