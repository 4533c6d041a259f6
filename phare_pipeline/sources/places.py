"""Resolves the territory of a row under its declared nomenclature; it never guesses a code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phare_pipeline.registry.model import Level
from phare_pipeline.registry.territories import Territories, TerritoryRef, fold
from phare_pipeline.sources.cells import clean
from phare_pipeline.sources.table_options import TerritoryOptions

_POSTCODE_CORSICA = {"200": "2A", "201": "2A", "202": "2B", "206": "2B"}


def _from_commune(text: str) -> str:
    """Département of an INSEE commune code."""
    if not re.fullmatch(r"(\d\d|2[AB])\d{3}", text):
        return ""
    return text[:3] if text.startswith("97") else text[:2]


def _from_postcode(text: str) -> str:
    """Département of a postcode (near a border, that of the post office)."""
    if not re.fullmatch(r"\d{5}", text):
        return ""
    if text.startswith("20"):
        return _POSTCODE_CORSICA.get(text[:3], "")
    return text[:3] if text.startswith("97") else text[:2]


def _from_postcode_unpadded(text: str) -> str:
    return _from_postcode(text.zfill(5))


def _from_padded3(text: str) -> str:
    """Département of a three-character code (`001`, `02A`, `971`)."""
    return text[1:] if len(text) == 3 and text.startswith("0") else text


_WRITTEN_OTHERWISE = (
    (re.compile(r"'(.+)"), "a code protected by an apostrophe"),
    (re.compile(r"=?\"(.+)\""), "a protected code"),
    (re.compile(r"(\d{1,6})[.,]0+"), "a code read as a number"),
    (re.compile(r"([0-9]{1,3}[a-b]\d{0,3})"), "a code in lower case"),
    (re.compile(r"(?:FR-?|D|DEP-?|REG-?)(\w{1,3})", re.IGNORECASE), "a prefixed code"),
)
"""Ways of writing a code that no nomenclature has: pattern with the bare code, and its name."""

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE][+-]?\d+")

_TO_DEPARTEMENT = {
    "commune": _from_commune,
    "postcode": _from_postcode,
    "postcode_unpadded": _from_postcode_unpadded,
    "insee_padded3": _from_padded3,
}


@dataclass(frozen=True)
class Unknown:
    """A territory that was not resolved: by which rule, and why."""

    rule: str
    why: str


Place = TerritoryRef | Unknown


class Places:
    """Looks up the territories of one table; every text is resolved once."""

    def __init__(self, territories: Territories, options: TerritoryOptions) -> None:
        self._territories = territories
        self._nomenclatures = options.nomenclatures
        self._national = {clean(key): code for key, code in options.national.items()}
        self._aliases = {clean(key): code for key, code in options.aliases.items()}
        self._pattern = options.pattern
        self._cache: dict[str, Place] = {}

    def find(self, text: str) -> Place:
        """Resolve a cleaned text."""
        place = self._cache.get(text)
        if place is None:
            place = self._cache[text] = self._find(text)
        return place

    def _find(self, text: str) -> Place:
        if text in self._national:
            code = self._national[text]
            ref = self._territories.by_code(Level.NATIONAL, code)
            return ref or Unknown("unknown_territory", f"{code!r} is no perimeter of the registry")
        key = self._aliases.get(text, text)
        if key == text and self._pattern is not None:
            match = self._pattern.search(text)
            found_key = match.group(1).strip() if match else text
            key = self._aliases.get(found_key, found_key)
        key = key.replace("’", "'")
        found = [
            ref
            for level, nomenclature in self._nomenclatures
            if (ref := self._resolve(level, key, nomenclature)) is not None
        ]
        if not found:
            return self._unknown(key)
        if len(found) > 1 and any(ref.is_in_study for ref in found):
            levels = ", ".join(ref.level for ref in found)
            return Unknown("ambiguous_territory", f"{text!r} is a territory of levels {levels}")
        return found[0]

    def _resolve(self, level: Level, key: str, nomenclature: str) -> TerritoryRef | None:
        if nomenclature == "label_code":
            return self._resolve_labelled(level, key)
        to_departement = _TO_DEPARTEMENT.get(nomenclature)
        if to_departement is not None:
            is_known = level is Level.DEPARTEMENT
            return self._territories.by_code(level, to_departement(key)) if is_known else None
        return self._territories.resolve(level, key, nomenclature)

    def _resolve_labelled(self, level: Level, key: str) -> TerritoryRef | None:
        """`22 - Picardie` is no Côtes-d'Armor: the label must not be the name of another place."""
        ref = self._territories.resolve(level, key, "label_code")
        label = key.partition("-")[2]
        if ref is None or not fold(label):
            return None
        levels = (Level.DEPARTEMENT, Level.REGION, Level.FORMER_REGION)
        named = [r for r in (self._territories.resolve(x, label, "name") for x in levels) if r]
        if named:
            return ref if ref in named else None
        return ref if len(self._nomenclatures) == 1 else None

    def _meant(self, key: str) -> str | None:
        """Say what a code most likely was before a spreadsheet or a producer wrote it otherwise."""
        for pattern, what in _WRITTEN_OTHERWISE:
            match = pattern.fullmatch(key)
            if match is None:
                continue
            bare = match.group(1).upper()
            for level, nomenclature in self._nomenclatures:
                for code in (bare, bare.zfill(2)):
                    if self._resolve(level, code, nomenclature) is not None:
                        return f"{key!r} is {what}, of {level} {code!r}"
        if _SCIENTIFIC.fullmatch(key):
            return f"{key!r} is a code that a spreadsheet has turned into a power of ten"
        if key == "20" and (Level.DEPARTEMENT, "insee") in self._nomenclatures:
            return "'20' is Corse before 1976, '2A' and '2B' since"
        return None

    def _unknown(self, key: str) -> Unknown:
        if not key:
            return Unknown("unknown_territory", "the cell of the territory is blank")
        if not self._nomenclatures:
            return Unknown("unknown_territory", f"{key!r} is not declared in territory.national")
        levels = [level for level, _ in self._nomenclatures]
        meant = self._meant(key)
        if meant is not None:
            return Unknown("unknown_territory", meant)
        for level in levels:
            padded = key.zfill(2)
            if padded != key and self._territories.by_code(level, padded):
                return Unknown("lost_zero", self._territories.why_unknown(level, key))
        is_former = self._territories.by_code(Level.FORMER_REGION, key) is not None
        if Level.REGION in levels and is_former:
            why = f"{key!r} is a former_region code, not a region code"
            return Unknown("former_region_code", why)
        return Unknown("unknown_territory", self._territories.why_unknown(levels[0], key))
