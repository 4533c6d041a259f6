"""Rules on the printed structure of the samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from phare_pipeline.survey.consistency.findings import (
    Finding,
    Rule,
    Severity,
    number_fr,
    place_of,
    places_of,
)
from phare_pipeline.survey.published.precision import half_unit
from phare_pipeline.survey.published.sample import SampleFigure
from phare_pipeline.survey.published.study import PublishedStudy


def _structures(study: PublishedStudy) -> dict[tuple[str, str], dict[str, SampleFigure]]:
    found: dict[tuple[str, str], dict[str, SampleFigure]] = defaultdict(dict)
    for figure in study.sample:
        found[figure.variable_id, figure.area_id][figure.item_code] = figure
    return found


def sample_sum(study: PublishedStudy) -> Iterator[Finding]:
    """The categories of a variable make 100 %, within what rounding explains."""
    for (variable_id, area_id), figures in _structures(study).items():
        scale = study.codebook.variables[variable_id].scale
        options = [] if scale is None else [option.option_id for option in scale.options]
        shares = [figures[option] for option in options if option in figures]
        total = sum(share.value for share in shares)
        rounding = max(1.0, sum(half_unit(share.value_printed) for share in shares))
        if shares and abs(total - 100.0) > rounding:
            yield Finding(
                "sample_sum",
                Severity.HIGH,
                f"{variable_id} · {area_id}",
                f"Les modalités font {number_fr(total)}\u202f% et non 100\u202f%",
                "Reprendre la structure dans le tableau d’origine ; ne pas caler dessus",
                places_of(shares),
            )


def sample_nets(study: PublishedStudy) -> Iterator[Finding]:
    """A subtotal is the sum of its categories within rounding; a part does not exceed its whole."""
    for (variable_id, area_id), figures in _structures(study).items():
        for code, derived in study.codebook.variables[variable_id].derived.items():
            if code not in figures or derived.statistic == "mean":
                continue
            printed = figures[code]
            if derived.part_of is not None:
                whole = figures.get(derived.part_of)
                is_wrong = whole is not None and printed.value > whole.value
                parts = [whole] if whole is not None else []
            else:
                parts = [figures[p] for p in derived.plus if p in figures]
                total = sum(part.value for part in parts)
                rounding = sum(half_unit(part.value_printed) for part in [printed, *parts])
                is_wrong = len(parts) == len(derived.plus) and (
                    abs(printed.value - total) > max(1.0, rounding)
                )
            if is_wrong:
                yield Finding(
                    "sample_nets",
                    Severity.HIGH,
                    f"{variable_id} · {area_id} · {code}",
                    f"{printed.value_printed} ne va pas avec "
                    f"{', '.join(part.value_printed for part in parts)}",
                    "Reprendre la structure dans le tableau d’origine",
                    (place_of(printed), *places_of(parts)),
                )


RULES = (
    Rule("sample_sum", "Les modalités d’une structure font 100 %", sample_sum),
    Rule("sample_nets", "Un sous-total est la somme de ses modalités", sample_nets),
)
