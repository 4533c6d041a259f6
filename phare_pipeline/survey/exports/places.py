"""Resolves the region or super-region written in an export; it never guesses."""

from __future__ import annotations

from collections.abc import Mapping

from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import fold
from phare_pipeline.survey.codebook import AreaKind, Codebook
from phare_pipeline.survey.expressions import canonical_code

# Names of January to September 2016, before the decrees of 28 September 2016, and short forms.
_OTHER_NAMES = {
    "alsace champagne ardenne lorraine": "44",
    "aquitaine limousin poitou charentes": "75",
    "auvergne et rhone alpes": "84",
    "bourgogne et franche comte": "27",
    "languedoc roussillon midi pyrenees": "76",
    "nord pas de calais picardie": "32",
    "centre": "24",
    "paca": "93",
    "idf": "11",
}


def region_names(registry: Registry) -> Mapping[str, str]:
    """Every way to write a region, folded, and the code of the region of today it lies in.

    Codes, ISO codes, slugs and names of the 13 regions; codes and names of the 22 former ones, each
    of which lies in one of the 13; the names of 2016. A code that both lists have is one place.
    """
    names: dict[str, str] = {}
    for region in registry.study_regions:
        short = region.iso_code.removeprefix("FR-")
        for name in (region.region_code, region.iso_code, short, region.slug, region.name_fr):
            names[fold(name)] = region.region_code
    for former in registry.former_regions.values():
        for name in (former.former_region_code, former.name_fr):
            names.setdefault(fold(name), former.region_code)
    for name, code in _OTHER_NAMES.items():
        names.setdefault(name, code)
    return names


def area_names(codebook: Codebook) -> Mapping[str, str]:
    """Every way to write a super-region of a study, folded, and its area."""
    return {
        fold(name): area.area_id
        for area in codebook.areas.values()
        if area.kind is AreaKind.SUPER_REGION
        for name in (area.area_id, area.label_fr)
    }


def find(value: object, names: Mapping[str, str]) -> str | None:
    """Resolve a cell; a code that has lost its leading zero stays unknown."""
    code = canonical_code(value) if isinstance(value, str | int | float) else None
    return None if code is None else names.get(fold(code.replace("’", "'")))
