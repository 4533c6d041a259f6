"""Builds the tables that say how far the ranks hold when the method varies: draws, Sobol indices.

The named alternatives, one by one, are in `alternatives`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from phare_pipeline.contract.tables import table_of
from phare_pipeline.index.checks import Floats, Integers
from phare_pipeline.index.content import Complement
from phare_pipeline.index.draws import FACTORS, N_DRAWS, prepare
from phare_pipeline.index.normalise import Z_REFERENCE, normalise
from phare_pipeline.index.rank_uncertainty import RankUncertainty, rank_uncertainty
from phare_pipeline.index.ranks import fragility_rank
from phare_pipeline.index.sobol import RankShiftSensitivity, rank_shift_sensitivity
from phare_pipeline.registry.model import Level, Registry, Role
from phare_pipeline.steps.common.audit import Audit, Built, built, failing
from phare_pipeline.steps.common.context import Context
from phare_pipeline.steps.edition.base import numbers_of
from phare_pipeline.steps.edition.matrix import matrix_of
from phare_pipeline.steps.edition.notes import Notes, notes_of, region_rows
from phare_pipeline.steps.edition.part import Part, made_from, taken_from
from phare_pipeline.warehouse.tables import conform, read_parquet

SEED: Final = 2016
# Half of these draws a set: errors of the indices of about 0.02, which are printed beside them.
SOBOL_DRAWS: Final = 4096
FACTOR_LABELS: Final = {
    "normalisation": "Normalisation (échelle PHARE, bornes AMPI, percentiles)",
    "aggregation": "Agrégation (contraharmonique, arithmétique, quadratique, géométrique)",
    "weights": "Poids des indicateurs, domaines et axes (coefficient de variation de 25 %)",
    "content": "Contenu : sous-ensembles admissibles du socle et de son complément, par domaine",
    "holes": "Valeurs manquantes, entre 70 et 130",
    "notes": "Erreur de sondage des notes",
    "method": "Méthode : normalisation, agrégation et poids ensemble",
}


def build_uncertainty(
    normalised: pa.Table, comparison: pa.Table, registry: Registry
) -> Iterator[Built]:
    """Yield `core_uncertainty`, `core_pairs` and `core_sensitivity` of one edition.

    Args:
        normalised: `core_normalised` of the edition.
        comparison: `core_comparison` of the edition, for the complement of the socle.
        registry: names, weights, scales and the tree.
    """
    notes = notes_of(normalised, registry)
    complement = complement_of(notes, comparison, registry)
    experiment = prepare(notes.scores, notes.z_unclipped, complement=complement)
    drawn = rank_shift_sensitivity(experiment, N_DRAWS, SEED, design=SOBOL_DRAWS)
    ranks = rank_uncertainty(drawn.scores, experiment.reference)

    table = conform(_region_rows(notes, ranks, drawn), "core_uncertainty")
    yield built("core_uncertainty", table, [audit_intervals(table)])
    pairs = conform(_pair_rows(notes, ranks), "core_pairs")
    yield built("core_pairs", pairs, [audit_pairs(pairs)])
    yield built("core_sensitivity", conform(_factor_rows(notes, drawn), "core_sensitivity"))


def complement_of(notes: Notes, comparison: pa.Table, registry: Registry) -> Complement | None:
    """Return the complement of the socle on the scale of the notes; None where none is declared."""
    level = Level.REGION
    matrix = matrix_of(comparison, registry, notes.year, level, Role.COMPLEMENT)
    if not matrix.indicators:
        return None
    posts = [registry.goalposts.get((level.value, i.indicator_id)) for i in matrix.indicators]
    placed = normalise(
        matrix.values,
        matrix.reference,
        [post.scale if post else np.nan for post in posts],
        [i.direction for i in matrix.indicators],
    )
    domain_of = {d.domain_id: k for k, d in enumerate(notes.domains)}
    m = len(notes.indicators)
    # The socle first: its operations then have the numbers that its base has given them.
    both = (*notes.indicators, *matrix.indicators)
    operations = numbers_of([i.operation for i in both])
    concepts = numbers_of([i.concept or i.indicator_id for i in both])
    return Complement(
        gaps=placed.z_unclipped - Z_REFERENCE,
        weights=np.array([i.weight for i in matrix.indicators], dtype=np.float64),
        domain_of=np.array([domain_of[i.domain_id] for i in matrix.indicators], dtype=np.int64),
        operation_of=operations[m:],
        concept_of=concepts[m:],
        socle_concept_of=concepts[:m],
    )


def _of_all(notes: Notes, figures: Floats | Integers) -> Floats:
    """Put figures of the classified regions in their places; the others stay empty."""
    result = np.full((len(notes.region_codes), *figures.shape[1:]), np.nan)
    result[notes.scores.index.is_scored] = figures
    return result


def _region_rows(notes: Notes, ranks: RankUncertainty, drawn: RankShiftSensitivity) -> pd.DataFrame:
    place = fragility_rank(notes.scores.index.F, 1)
    whole = pd.DataFrame(index=range(1))
    return region_rows(
        notes,
        whole,
        {
            "score": notes.scores.index.F,
            "fragility_rank": place.rank,
            "rank_of": place.rank_of,
            "rank_median": _of_all(notes, ranks.median),
            "rank_low": _of_all(notes, ranks.low),
            "rank_high": _of_all(notes, ranks.high),
            "top_three_pct": 100 * _of_all(notes, ranks.p_top),
            "drawn_factors": ", ".join(f for f in drawn.factors if f in FACTORS),
            "draw_count": N_DRAWS,
            "seed": SEED,
        },
    )


def _pair_rows(notes: Notes, ranks: RankUncertainty) -> pd.DataFrame:
    """List every ordered pair of regions; empty where one of the two is not classified."""
    n = len(notes.region_codes)
    chance = np.full((n, n), np.nan)
    rows = np.flatnonzero(notes.scores.index.is_scored)
    chance[np.ix_(rows, rows)] = ranks.p_above
    others = pd.DataFrame(
        {"other_region_code": notes.region_codes, "other_region_name": notes.region_names}
    )
    figures = {"more_fragile_pct": 100 * chance, "draw_count": N_DRAWS, "seed": SEED}
    pairs = region_rows(notes, others, figures)
    return pairs[pairs["region_code"] != pairs["other_region_code"]]


def _factor_rows(notes: Notes, drawn: RankShiftSensitivity) -> pd.DataFrame:
    """List the choices that are drawn; none in an edition that classifies nobody."""
    indices = drawn.indices
    return pd.DataFrame(
        {
            "year": notes.year,
            "factor": drawn.factors,
            "factor_label": [FACTOR_LABELS[factor] for factor in drawn.factors],
            "first_order": indices.first,
            "first_order_error": indices.first_error,
            "total_order": indices.total,
            "total_order_error": indices.total_error,
            "draw_count": SOBOL_DRAWS,
            "seed": SEED,
        },
        columns=list(table_of("core_sensitivity").columns),
    )


def audit_intervals(table: pa.Table) -> Audit:
    """Check that intervals hold their median within the ranks there are, and chances add up."""
    rows = table.to_pandas()
    ordered = (
        (rows["rank_low"] >= 1)
        & (rows["rank_low"] <= rows["rank_median"])
        & (rows["rank_median"] <= rows["rank_high"])
        & (rows["rank_high"] <= rows["rank_of"])
    )
    is_there = rows["score"].notna()
    is_empty = rows[["rank_low", "rank_median", "rank_high", "top_three_pct"]].isna().all(axis=1)
    return failing(
        "intervals_hold_median",
        "1 <= low <= median <= high <= number of regions; nothing where no score is",
        rows[~ordered.where(is_there, is_empty)],
    )


def audit_pairs(table: pa.Table) -> Audit:
    """Check that the chances of a pair, read both ways, make 100 %."""
    rows = table.to_pandas()
    pair = ["region_code", "other_region_code"]
    turned = rows[[*pair, "more_fragile_pct"]].set_axis([*pair[::-1], "turned"], axis=1)
    both = rows.merge(turned, on=pair, how="left", validate="one_to_one")
    total = both["more_fragile_pct"] + both["turned"]
    is_wrong = (both["more_fragile_pct"].isna() != both["turned"].isna()) | (
        (total - 100).abs() > 1e-9
    )
    return failing("pairs_add_up", "the chances of a pair, both ways, make 100 %", both[is_wrong])


def _build(context: Context, year: int) -> Iterator[Built]:
    normalised, comparison = (
        read_parquet(context.workspace.core_file(name, year))
        for name in ("core_normalised", "core_comparison")
    )
    return build_uncertainty(normalised, comparison, context.registry)


_READ = ("core_comparison", "core_normalised")
_DRAWN_FROM = "core_normalised.z core_normalised.z_unclipped core_comparison.value"

PART = Part(
    name="uncertainty",
    sources={
        "core_uncertainty": _READ,
        "core_pairs": _READ,
        "core_sensitivity": _READ,
    },
    audits={
        "core_uncertainty": ("intervals_hold_median",),
        "core_pairs": ("pairs_add_up",),
    },
    lineage={
        "core_uncertainty": {
            **taken_from("core_normalised", "year region_code"),
            **made_from("core_normalised.z", "score fragility_rank rank_of drawn_factors"),
            **made_from(_DRAWN_FROM, "rank_median rank_low rank_high top_three_pct"),
        },
        "core_pairs": {
            **taken_from("core_normalised", "year region_code"),
            **made_from("core_normalised.region_code", "other_region_code"),
            **made_from(_DRAWN_FROM, "more_fragile_pct"),
        },
        "core_sensitivity": {
            **taken_from("core_normalised", "year"),
            **made_from(
                _DRAWN_FROM,
                "factor first_order first_order_error total_order total_order_error",
            ),
        },
    },
    build=_build,
)
