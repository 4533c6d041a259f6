"""Finds the figure that a person or a reference names, and explains it by its kind."""

from __future__ import annotations

from difflib import get_close_matches

from phare_pipeline.errors import PhareError
from phare_pipeline.explain.composite import explain_composite
from phare_pipeline.explain.facets import explain_indicator
from phare_pipeline.explain.published import Published
from phare_pipeline.explain.reference import (
    EXAMPLES,
    NATIONAL_AREA,
    Kind,
    Reference,
    area_of,
    parse_reference,
)
from phare_pipeline.explain.tree import Explanation
from phare_pipeline.registry.model import Registry
from phare_pipeline.registry.territories import Territories

NATIONAL_NAMES = frozenset({"france", NATIONAL_AREA.lower(), "metropole"})
INDEX_NAMES = frozenset({"index", Kind.INDEX.value})


def find_reference(published: Published, words: list[str]) -> Reference:
    """Return the reference of a figure.

    Args:
        published: the release, whose registry knows the names.
        words: a reference, or region, subject and edition; the subject may be an indicator, a
            domain, an axis, `index`, or `question:item` of a survey, each with `.facet`.

    Raises:
        PhareError: the words name no figure; the nearest name is suggested.
    """
    if len(words) == 1:
        reference = parse_reference(words[0])
    elif len(words) == 3 and words[2].isdigit():
        area, subject, year = words
        registry = published.state_of(int(year)).registry
        reference = parse_reference(
            f"{_area(registry, area)}-{year}-{_prefixed(registry, subject)}"
        )
    else:
        raise PhareError(
            "A figure is named by its reference, or by region, subject and edition",
            found=" ".join(words),
            expected=f"hauts-de-france taux_chomage 2016, or one of {EXAMPLES}",
        )
    registry = published.state_of(reference.year).registry
    _check(registry, reference)
    return reference


def explain(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of a release.

    Raises:
        PhareError: the release does not publish such a figure.
    """
    match reference.kind:
        case Kind.INDICATOR:
            return explain_indicator(published, reference)
        case Kind.SURVEY:
            raise PhareError(
                "The release holds no results of surveys",
                found=str(reference),
                expected="an indicator or a score of the index",
            )
        case _:
            return explain_composite(published, reference)


def _area(registry: Registry, text: str) -> str:
    if text.lower() in NATIONAL_NAMES:
        return NATIONAL_AREA
    try:
        return area_of(Territories(registry).find_region(text))
    except KeyError as error:
        names = [region.slug for region in registry.study_regions]
        raise PhareError(str(error.args[0]), expected=f"one of {', '.join(names)}") from None


def _prefixed(registry: Registry, text: str) -> str:
    """Write a subject as references do: a domain or an axis may be named without its kind."""
    name, point, facet = text.partition(".")
    if name in INDEX_NAMES:
        name = Kind.INDEX.value
    elif name in registry.domains:
        name = f"{Kind.DOMAIN.value}:{name}"
    elif name in registry.axes:
        name = f"{Kind.AXIS.value}:{name}"
    return f"{name}{point}{facet}"


def _check(registry: Registry, reference: Reference) -> None:
    """Refuse names that the registry does not know."""
    known = {
        Kind.INDICATOR: list(registry.indicators),
        Kind.DOMAIN: list(registry.domains),
        Kind.AXIS: list(registry.axes),
    }.get(reference.kind)
    if known is not None and reference.subject[0] not in known:
        names = [*registry.indicators, *registry.domains, *registry.axes]
        near = get_close_matches(reference.subject[0], names, n=1)
        raise PhareError(
            f"There is no such figure ({reference.kind.value})",
            found=reference.subject[0],
            expected=f"did you mean {near[0]!r}?"
            if near
            else "a name of dim_indicator or a domain",
        )
    if reference.area == NATIONAL_AREA:
        if reference.kind is not Kind.INDICATOR:
            raise PhareError(
                "The index compares regions with France: France has no score of its own",
                found=str(reference),
                expected="a region",
            )
        return
    _area(registry, reference.area)
