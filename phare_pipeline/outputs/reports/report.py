"""Puts the parts of a report together; each part is made in a module of its own."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from phare_pipeline.contract.places import Kind
from phare_pipeline.contract.reference import Reference
from phare_pipeline.outputs.charts.geometry import ATTRIBUTION
from phare_pipeline.outputs.reports.brief import Brief, brief
from phare_pipeline.outputs.reports.domains import DomainBlock, domain_blocks
from phare_pipeline.outputs.reports.edition import FRANCE, Area, Edition
from phare_pipeline.outputs.reports.figures import Figure, Year, count
from phare_pipeline.outputs.reports.identity import KEY_FIGURES, Identity, identity
from phare_pipeline.outputs.reports.index_pages import IndexPages, index_pages
from phare_pipeline.outputs.reports.method import Method, method
from phare_pipeline.outputs.reports.national import NationalBlock, national_blocks
from phare_pipeline.outputs.reports.picture import Picture
from phare_pipeline.outputs.reports.pictures import pictures
from phare_pipeline.outputs.reports.sentences import france_is
from phare_pipeline.outputs.reports.surveys import SurveyBlock, survey_blocks
from phare_pipeline.outputs.reports.synthesis import Synthesis, synthesis
from phare_pipeline.outputs.reports.vision import ActorVision, actor_visions, shared

SPAN = 30
"""Points of the index that the largest gap to France is worth on its frozen scale."""


@dataclass(frozen=True)
class Counts:
    """How many there are of what the texts speak of."""

    regions: Figure
    domains: Figure
    axes: Figure
    indicators: Figure
    sources: Figure


@dataclass(frozen=True)
class AxisDomains:
    """An axis with the names of its domains, in the order of the study."""

    axis_id: str
    label: str
    domains: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The view of a report: all that its template prints."""

    area: Area
    edition: Year
    year: int
    counts: Counts
    axes: tuple[AxisDomains, ...]
    brief: Brief
    identity: Identity
    index: IndexPages
    actors: tuple[SurveyBlock, ...]
    domains: tuple[DomainBlock, ...]
    national_domains: tuple[NationalBlock, ...]
    coconstruction: tuple[SurveyBlock, ...]
    practices: tuple[SurveyBlock, ...]
    future: tuple[SurveyBlock, ...]
    visions: tuple[ActorVision, ...]
    shared: Markup
    synthesis: Synthesis
    pictures: dict[str, Picture]
    method: Method
    france_is: Figure
    span: Figure
    example: str
    attribution: str = ATTRIBUTION

    @property
    def is_synthetic(self) -> bool:
        """True when answers of a made-up study stand in it."""
        blocks = (*self.actors, *self.coconstruction, *self.practices, *self.future)
        return any(block.is_synthetic for block in blocks)

    @property
    def title(self) -> Markup:
        """The title of the document."""
        return Markup("PHARE – {}, édition {}").format(self.area.name, self.year)


def build_report(edition: Edition, area: Area) -> Report:
    """Return the report of a region or of France."""
    visions = actor_visions(edition, area)
    return Report(
        area=area,
        edition=Year(edition.year),
        year=edition.year,
        counts=_counts(edition),
        axes=tuple(
            AxisDomains(
                axis["axis_id"],
                axis["axis_label"],
                tuple(
                    domain["domain_label"]
                    for domain in edition.domains
                    if domain["axis_id"] == axis["axis_id"]
                ),
            )
            for axis in edition.axes
        ),
        brief=brief(edition, area),
        identity=identity(edition, area),
        index=index_pages(edition, area),
        actors=tuple(survey_blocks(edition, area, "fragilites")),
        domains=() if area.is_national else tuple(domain_blocks(edition, area)),
        national_domains=tuple(national_blocks(edition)) if area.is_national else (),
        coconstruction=tuple(survey_blocks(edition, area, "coconstruction")),
        practices=tuple(survey_blocks(edition, area, "pratiques")),
        future=tuple(survey_blocks(edition, area, "avenir")),
        visions=visions,
        shared=shared(visions),
        synthesis=synthesis(edition, area),
        pictures=pictures(edition, area),
        method=method(edition, area),
        france_is=france_is(),
        span=count(SPAN, "out_normalised.z"),
        example=str(Reference(area.short, edition.year, Kind.INDICATOR, KEY_FIGURES[:1])),
    )


def area_named(edition: Edition, slug: str) -> Area:
    """Return the region of a slug, or France.

    Raises:
        KeyError: there is no such region.
    """
    return {area.slug: area for area in (*edition.areas.values(), FRANCE)}[slug]


def _counts(edition: Edition) -> Counts:
    return Counts(
        regions=count(len(edition.areas), "dim_region"),
        domains=count(len(edition.domains), "dim_domain"),
        axes=count(len(edition.axes), "dim_domain.axis_id"),
        indicators=count(len(edition.lexicon), "dim_indicator"),
        sources=count(len(edition.rows("dim_source")), "dim_source"),
    )
