"""What is drawn: the choices behind an index that could defensibly have been made otherwise.

How the units score under the drawn choices is in ``simulation``, what becomes of their ranks in
``rank_uncertainty``.

Six factors are drawn independently of each other: normalisation, aggregation, weights, which
indicator of each domain is left out, what stands in holes, and the sampling error of notes that
have one. Meant for regions and départements, not for communes.

Source: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 7; Saisana, Saltelli &
Tarantola (2005), J. R. Statist. Soc. A 168.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Booleans, Floats, Integers, as_matrix, refuse_where
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores
from phare_pipeline.index.normalisations import oriented_gaps
from phare_pipeline.index.normalise import Z_MAX, Z_MIN

N_DRAWS: Final = 10_000
WEIGHT_CV: Final = 0.25

NORMALISATIONS: Final = ("goalposts", "ampi_goalposts", "percentile")
AGGREGATIONS: Final = ("contraharmonic", "arithmetic", "quadratic", "geometric")
FACTORS: Final = ("normalisation", "aggregation", "weights", "dropped", "holes", "notes")


@dataclass(frozen=True, eq=False)
class Experiment:
    """What the choices are drawn for: n classified units of N, the u indicators that are used.

    Attributes:
        gaps: (N, u) oriented gaps to the reference on the scale of z, NaN where missing. Of all
            units, since some normalisations place a unit among all that have a value.
        errors: (N, u) standard errors of the gaps, 0 where there is none.
        is_hole: (n, u) missing, though the unit's domain is scored.
        is_whole_hole: (n, D) the unit's domain is not scored, and has weight.
        weights: (u,) declared weights of the used indicators.
        domain_of: (u,) their domains.
        hierarchy: the whole tree.
        rows: (n,) positions of the classified units among the N.
        reference: (n,) the published F.
    """

    gaps: Floats
    errors: Floats
    is_hole: Booleans
    is_whole_hole: Booleans
    weights: Floats
    domain_of: Integers
    hierarchy: Hierarchy
    rows: Integers
    reference: Floats

    @property
    def n_units(self) -> int:
        """Number of classified units; with none there is nothing to rank, and no error either."""
        return len(self.rows)

    @property
    def n_holes(self) -> int:
        """Number of single holes and whole ones."""
        return int(self.is_hole.sum() + self.is_whole_hole.sum())

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors that vary here: holes and notes only when there are any."""
        varies = {"holes": self.n_holes > 0, "notes": bool((self.errors > 0).any())}
        return tuple(f for f in FACTORS if varies.get(f, True))


@dataclass(frozen=True, eq=False)
class Draws:
    """Choices of s draws: one array for each of FACTORS, each with s rows.

    Attributes:
        normalisation, aggregation: (s,) positions in NORMALISATIONS and AGGREGATIONS.
        weights: (s, u + D + A) factors on the declared weights of indicators, domains and axes, of
            mean 1 and coefficient of variation 25 %. Equal weights are then Dirichlet within their
            composite, where the variation of a share is a little less: of a half 17 %.
        dropped: (s, D) position among the u of the indicator left out of each domain, −1 where the
            domain has only one.
        holes: (s, h) values for single holes, row by row, then for whole ones.
        notes: (s, c) standard normal deviates of the gaps that have an error, row by row.
    """

    normalisation: Integers
    aggregation: Integers
    weights: Floats
    dropped: Integers
    holes: Floats
    notes: Floats

    def __len__(self) -> int:
        return len(self.normalisation)

    def take(self, rows: Integers) -> "Draws":
        """Return the draws of these rows."""
        return Draws(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def with_factor(self, factor: str, other: "Draws") -> "Draws":
        """Return these draws with one of FACTORS taken from ``other``."""
        return replace(self, **{factor: getattr(other, factor)})


def prepare(
    scores: IndexScores, z_unclipped: ArrayLike, standard_errors: ArrayLike | None = None
) -> Experiment:
    """Lay out the classified units for the draws.

    Args:
        scores: of all N units of the level.
        z_unclipped: (N, m) as ``normalise`` gives it: 100 + a positive multiple, by column, of the
            oriented gap to the reference, which is all that the other normalisations need.
        standard_errors: (N, m) of the gaps on the scale of z, where notes come from a sample; NaN
            or 0 where there is none. Reference and Δ are taken as known.

    Raises:
        ValueError: another shape than ``scores.z``, ±inf, a value missing where z has one, a
            negative error.
    """
    used, rows, tree = scores.used_columns, np.flatnonzero(scores.index.is_scored), scores.hierarchy
    gaps = oriented_gaps(scores.z, z_unclipped)[:, used]
    domain_of = tree.domain_of[used]
    is_scored = scores.domain.is_scored[rows]
    return Experiment(
        gaps=gaps,
        errors=np.where(np.isnan(gaps), 0.0, _check_errors(scores, standard_errors)[:, used]),
        is_hole=np.isnan(gaps[rows]) & is_scored[:, domain_of],
        is_whole_hole=~is_scored & (tree.domain_weights_in_index > 0),
        weights=tree.weights[used],
        domain_of=domain_of,
        hierarchy=tree,
        rows=rows,
        reference=scores.index.F[rows],
    )


def draw(experiment: Experiment, size: int, seed: int) -> Draws:
    """Draw ``size`` times: the same for the same seed, whatever other factors there are.

    Normalisation and aggregation are equally likely; every weight of the tree is multiplied by an
    independent gamma variable; in each domain with two indicators or more one is left out, each
    equally likely; holes are uniform on [70, 130]; notes are normal.

    Raises:
        ValueError: a size below 1.
    """
    if size < 1:
        raise ValueError(f"size: found {size}, expected at least one draw")
    streams = dict(zip(FACTORS, np.random.SeedSequence(seed).spawn(len(FACTORS)), strict=True))
    random = {name: np.random.Generator(np.random.PCG64(s)) for name, s in streams.items()}
    tree, shape = experiment.hierarchy, 1 / WEIGHT_CV**2
    n_weights = experiment.weights.size + tree.domain_weights.size + tree.axis_weights.size
    return Draws(
        normalisation=random["normalisation"].integers(0, len(NORMALISATIONS), size),
        aggregation=random["aggregation"].integers(0, len(AGGREGATIONS), size),
        weights=random["weights"].gamma(shape, 1 / shape, (size, n_weights)),
        dropped=_draw_dropped(experiment, size, random["dropped"]),
        holes=random["holes"].uniform(Z_MIN, Z_MAX, (size, experiment.n_holes)),
        notes=random["notes"].normal(size=(size, int((experiment.errors > 0).sum()))),
    )


def _check_errors(scores: IndexScores, standard_errors: ArrayLike | None) -> Floats:
    """Standard errors (N, m), 0 where there is none."""
    if standard_errors is None:
        return np.zeros(scores.z.shape)
    errors = as_matrix("standard_errors", standard_errors)
    if errors.shape != scores.z.shape:
        raise ValueError(f"standard_errors: found {errors.shape}, expected {scores.z.shape}, as z")
    refuse_where("standard_errors", errors, (errors < 0) | np.isinf(errors), "finite errors ≥ 0")
    return np.where(np.isnan(errors), 0.0, errors)


def _draw_dropped(experiment: Experiment, size: int, random: np.random.Generator) -> Integers:
    n_domains = experiment.hierarchy.domain_weights.size
    dropped = np.full((size, n_domains), -1)
    for domain in range(n_domains):
        members = np.flatnonzero(experiment.domain_of == domain)
        if members.size > 1:
            dropped[:, domain] = random.choice(members, size)
    return dropped
