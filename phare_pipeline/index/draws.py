"""What is drawn: the choices behind an index that could defensibly have been made otherwise.

How the units score under the drawn choices is in ``simulation``, what becomes of their ranks in
``rank_uncertainty``.

Six factors are drawn independently of each other: normalisation, aggregation, weights, which
indicators stand for each domain (``content``), what stands in holes, and the sampling error of
notes that have one. Meant for regions and départements, not for communes.

Source: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 7; Saisana, Saltelli &
Tarantola (2005), J. R. Statist. Soc. A 168.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from phare_pipeline.index.checks import Booleans, Floats, Integers, as_matrix, refuse_where
from phare_pipeline.index.content import Candidates, Complement, candidates_of
from phare_pipeline.index.hierarchy import Hierarchy, IndexScores
from phare_pipeline.index.normalisations import oriented_gaps
from phare_pipeline.index.normalise import Z_MAX, Z_MIN

N_DRAWS: Final = 10_000
WEIGHT_CV: Final = 0.25

NORMALISATIONS: Final = ("goalposts", "ampi_goalposts", "percentile")
AGGREGATIONS: Final = ("contraharmonic", "arithmetic", "quadratic", "geometric")
FACTORS: Final = ("normalisation", "aggregation", "weights", "content", "holes", "notes")
# Factors that are also taken together: how much is method, whatever the content.
GROUPS: Final = {"method": ("normalisation", "aggregation", "weights")}


@dataclass(frozen=True, eq=False)
class Experiment:
    """What the choices are drawn for: n classified units of N, u indicators that could be used.

    Those of the index come first, then those of the complement, which have no holes.

    Attributes:
        gaps: (N, u) oriented gaps to the reference on the scale of z, NaN where missing. Of all
            units, since some normalisations place a unit among all that have a value.
        errors: (N, u) standard errors of the gaps, 0 where there is none.
        is_hole: (n, u) missing, though the unit's domain is scored.
        is_whole_hole: (n, D) the unit's domain is not scored, and has weight.
        weights: (u,) declared weights.
        candidates: what subsets of the u are drawn from.
        hierarchy: the whole tree.
        rows: (n,) positions of the classified units among the N.
        reference: (n,) the published F.
    """

    gaps: Floats
    errors: Floats
    is_hole: Booleans
    is_whole_hole: Booleans
    weights: Floats
    candidates: Candidates
    hierarchy: Hierarchy
    rows: Integers
    reference: Floats

    @property
    def domain_of(self) -> Integers:
        """(u,) domains of the indicators."""
        return self.candidates.domain_of

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
        """The factors that vary here: content, holes and notes only when there are any."""
        varies = {
            "content": self.candidates.varies,
            "holes": self.n_holes > 0,
            "notes": bool((self.errors > 0).any()),
        }
        return tuple(f for f in FACTORS if varies.get(f, True))


@dataclass(frozen=True, eq=False)
class Draws:
    """Choices of s draws: one array for each of FACTORS, each with s rows.

    Attributes:
        normalisation, aggregation: (s,) positions in NORMALISATIONS and AGGREGATIONS.
        weights: (s, u + D + A) factors on the declared weights of indicators, domains and axes, of
            mean 1 and coefficient of variation 25 %. Equal weights are then Dirichlet within their
            composite, where the variation of a share is a little less: of a half 17 %.
        content: (s, u) whether the indicator stands for its domain.
        holes: (s, h) values for single holes, row by row, then for whole ones.
        notes: (s, c) standard normal deviates of the gaps that have an error, row by row.
    """

    normalisation: Integers
    aggregation: Integers
    weights: Floats
    content: Booleans
    holes: Floats
    notes: Floats

    def __len__(self) -> int:
        return len(self.normalisation)

    def take(self, rows: Integers) -> "Draws":
        """Return the draws of these rows."""
        return Draws(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def with_factor(self, factor: str, other: "Draws") -> "Draws":
        """Return these draws with one of FACTORS, or of GROUPS, taken from ``other``."""
        names = GROUPS.get(factor, (factor,))
        return replace(self, **{name: getattr(other, name) for name in names})


def prepare(
    scores: IndexScores,
    z_unclipped: ArrayLike,
    standard_errors: ArrayLike | None = None,
    complement: Complement | None = None,
) -> Experiment:
    """Lay out the classified units for the draws.

    Args:
        scores: of all N units of the level.
        z_unclipped: (N, m) as ``normalise`` gives it: 100 + a positive multiple, by column, of the
            oriented gap to the reference, which is all that the other normalisations need.
        standard_errors: (N, m) of the gaps on the scale of z, where notes come from a sample; NaN
            or 0 where there is none. Reference and Δ are taken as known.
        complement: indicators that could stand in the index too; those that a classified unit has
            not are left out. None: subsets are drawn from the index alone.

    Raises:
        ValueError: another shape than ``scores.z``, ±inf, a value missing where z has one, a
            negative error.
    """
    used, rows, tree = scores.used_columns, np.flatnonzero(scores.index.is_scored), scores.hierarchy
    gaps = oriented_gaps(scores.z, z_unclipped)[:, used]
    errors = np.where(np.isnan(gaps), 0.0, _check_errors(scores, standard_errors)[:, used])
    weights = tree.weights[used]
    if complement is not None:
        complement = complement.of_all(rows)
        gaps = np.hstack([gaps, complement.gaps])
        errors = np.hstack([errors, np.zeros(complement.gaps.shape)])
        weights = np.concatenate([weights, complement.weights])
    candidates = candidates_of(scores, complement)
    is_scored = scores.domain.is_scored[rows]
    return Experiment(
        gaps=gaps,
        errors=errors,
        is_hole=np.isnan(gaps[rows]) & is_scored[:, candidates.domain_of],
        is_whole_hole=~is_scored & (tree.domain_weights_in_index > 0),
        weights=weights,
        candidates=candidates,
        hierarchy=tree,
        rows=rows,
        reference=scores.index.F[rows],
    )


def draw(experiment: Experiment, size: int, seed: int) -> Draws:
    """Draw ``size`` times: the same for the same seed, whatever other factors there are.

    Normalisation and aggregation are equally likely; every weight of the tree is multiplied by an
    independent gamma variable; each domain is stood for by an admissible subset; holes are uniform
    on [70, 130]; notes are normal.

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
        content=experiment.candidates.draw(size, random["content"]),
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
