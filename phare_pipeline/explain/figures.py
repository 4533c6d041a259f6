"""Finds the figure that a person or a reference names, and explains it by its kind."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from phare_pipeline.contract.places import VOICES, Kind
from phare_pipeline.contract.reference import EXAMPLES, NATIONAL_AREA, Reference, parse_reference
from phare_pipeline.errors import PhareError
from phare_pipeline.explain.kinds.composite import explain_composite
from phare_pipeline.explain.kinds.derived import explain_part
from phare_pipeline.explain.kinds.facets import explain_indicator
from phare_pipeline.explain.kinds.partial_order import explain_order
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.explain.reading.units import INDICATORS, NOTES, ORDER, SCORES, find_unit
from phare_pipeline.explain.rendering.tree import Explanation
from phare_pipeline.registry.model import Registry

NATIONAL_NAMES = frozenset({"france", NATIONAL_AREA.lower(), "metropole"})
INDEX_NAMES = frozenset({"index", Kind.INDEX.value})
OF_FRANCE = VOICES | {Kind.INDICATOR, Kind.FACTOR, Kind.DISPERSION}


def find_reference(published: Published, words: list[str]) -> Reference:
    """Return the reference of a figure.

    Args:
        published: the release, whose registry knows the names.
        words: a reference, or area, subject and edition. The area may be a region, a département, a
            former region, the area of a survey or `france`; the subject an indicator, a domain, an
            axis, `index`, `actor:question:item` of a survey or what else a reference has, each with
            `.facet`; the edition its year, or a study, which stands for its own year.

    Raises:
        PhareError: the words name no figure; the nearest name is suggested.
    """
    if len(words) == 1:
        reference = parse_reference(words[0])
    elif len(words) == 3:
        area, subject, edition = words
        year = _year(published, edition)
        registry = published.state_of(year).registry
        subject = _prefixed(registry, subject)
        reference = parse_reference(f"{_area(registry, area, subject)}-{year}-{subject}")
    else:
        raise PhareError(
            "A figure is named by its reference, or by area, subject and edition",
            found=" ".join(words),
            expected=f"hauts-de-france taux_chomage 2016, or one of {EXAMPLES}",
        )
    registry = published.state_of(reference.year).registry
    return _checked(registry, reference)


def explain(published: Published, reference: Reference) -> Explanation:
    """Explain a figure of a release.

    Raises:
        PhareError: the release does not publish such a figure.
    """
    place = reference.place
    if place.table in (*INDICATORS, *NOTES):
        return explain_indicator(published, reference)
    if place.table in SCORES:
        return explain_composite(published, reference)
    if place.table in ORDER:
        return explain_order(published, reference)
    # What few figures need is imported for them.
    if reference.kind is Kind.SURVEY:
        from phare_pipeline.explain.kinds.survey import explain_survey

        return explain_survey(published, reference)
    if reference.kind in VOICES:
        from phare_pipeline.explain.kinds.voices import explain_voice

        return explain_voice(published, reference)
    from phare_pipeline.explain.kinds.drawn import explain_drawn, is_drawn

    if is_drawn(reference):
        return explain_drawn(published, reference)
    return explain_part(published, reference)


def _year(published: Published, text: str) -> int:
    """Return the edition that is named by its year or by a study."""
    if text.isdigit():
        return int(text)
    studies = {r["study_id"]: int(r["study_year"]) for r in published.records("dim_study")}
    if text not in studies:
        near = get_close_matches(text, studies, n=1)
        raise PhareError(
            "An edition is named by its year, or by a study of the release",
            found=text,
            expected=f"did you mean {near[0]!r}?" if near else ", ".join(studies) or "a year",
        )
    return studies[text]


def _area(registry: Registry, text: str, subject: str) -> str:
    if text.lower() in NATIONAL_NAMES:
        return NATIONAL_AREA
    try:
        return find_unit(registry, text).short
    except PhareError:
        # The areas of a survey are its own; whether there is such a one, its table says.
        if parse_reference(f"{NATIONAL_AREA}-2000-{subject}").kind not in VOICES:
            raise
        return text.replace("-", "_")


def _prefixed(registry: Registry, text: str) -> str:
    """Write a subject as references do: a domain or an axis may be named without its kind."""
    name, point, facet = text.partition(".")
    name = registry.successors.get(name, name)
    if name in INDEX_NAMES:
        name = Kind.INDEX.value
    elif name in registry.domains:
        name = f"{Kind.DOMAIN.value}:{name}"
    elif name in registry.axes:
        name = f"{Kind.AXIS.value}:{name}"
    return f"{name}{point}{facet}"


def _checked(registry: Registry, reference: Reference) -> Reference:
    """Refuse names that the registry does not know; return the reference as it is printed.

    An area may be written in another way: `32-2016-indice` is `HDF-2016-indice`.
    """
    known = {
        Kind.INDICATOR: list(registry.indicators),
        Kind.DOMAIN: list(registry.domains),
        Kind.AXIS: list(registry.axes),
    }.get(reference.kind)
    successor = registry.successors.get(next(iter(reference.subject), ""))
    if reference.kind is Kind.INDICATOR and successor is not None:
        reference = replace(reference, subject=(successor, *reference.subject[1:]))
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
        if reference.kind not in OF_FRANCE:
            raise PhareError(
                "The index compares regions with France: France has no score of its own",
                found=str(reference),
                expected="a region",
            )
        if reference.kind is Kind.INDICATOR and reference.facet:
            raise PhareError(
                "A figure of France has no facets",
                found=str(reference),
                expected=str(replace(reference, facet="")),
            )
        return reference
    if reference.kind is Kind.FACTOR:
        raise PhareError(
            "The sensitivity to a choice is that of all regions together",
            found=str(reference),
            expected=f"{NATIONAL_AREA}-{reference.year}-{reference.subject_text}",
        )
    if reference.kind in VOICES:
        return reference
    unit = find_unit(registry, reference.area)
    return parse_reference(str(reference).replace(reference.area, unit.short, 1))
