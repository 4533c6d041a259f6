"""How indicators hang together: do those of a domain measure one thing, does one repeat another?

For judgement and for information; nothing here enters a score, and no component is ever a weight.
The correlations themselves, and how little 13 units say about them, are in ``correlation``.

Sources: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 4; Cronbach (1951),
Psychometrika 16; Feldt (1965), Psychometrika 30, for the interval of alpha; Horn (1965),
Psychometrika 30, for the share that chance alone gives a component.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phare_pipeline.index.checks import Booleans, Floats, Integers, refuse_infinite
from phare_pipeline.index.correlation import (
    MIN_UNITS,
    Correlations,
    correlation_interval,
    correlations,
    critical_correlation,
    detection_power,
)
from phare_pipeline.index.hierarchy import IndexScores
from phare_pipeline.index.influence import domain_without
from phare_pipeline.index.ties import comparable

LOWEST_FIT: Final = 0.2
HIGHEST_FIT: Final = 0.95
NOISE_DRAWS: Final = 500
NOISE_QUANTILE: Final = 0.95


@dataclass(frozen=True, eq=False)
class DomainFit:
    """How each of m indicators goes with its domain; NaN where it cannot be said.

    Attributes:
        with_domain: (m,) Spearman correlation of z with F of the domain. It contains the indicator
            itself: of two that contradict each other at −0.3, both still reach 0.59.
        with_others: (m,) the same with F of the domain without the indicator, which the flags go
            by; NaN for one that is alone in its domain.
        low, high: (m,) 95 % interval of ``with_others``.
        count: (m,) units that ``with_others`` rests on.
        flag: (m,) '' or
            'contradicts' below 0: where the others are fragile it says the opposite;
            'unrelated' from 0 to below 0.2;
            'repeats' above 0.95: it says the same again and counts twice.
        is_conclusive: (m,) the whole interval lies where the flag says. With 13 units hardly ever
            for 'unrelated', and for 'contradicts' only below −0.56; a flag that is not conclusive
            asks for a look, not for a removal.
    """

    with_domain: Floats
    with_others: Floats
    low: Floats
    high: Floats
    count: Integers
    flag: NDArray[np.str_]
    is_conclusive: Booleans


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of k items over the n units that have all of them.

    Attributes:
        alpha: k/(k − 1)·(1 − Σ s²ᵢ/s²_sum); may be negative; NaN with fewer than two items or
            three complete units, or without variance.
        low, high: 95 % interval by Feldt, for normal items of equal covariances.
        n_items, n_units: k and n.
    """

    alpha: float
    low: float
    high: float
    n_items: int
    n_units: int


@dataclass(frozen=True, eq=False)
class ComponentShares:
    """Shares of variance of the principal components of standardised columns, largest first.

    Attributes:
        shares: (k,) sum 1, k columns that are not constant; empty when nothing can be said. Of n
            units at most n − 1 are above 0.
        noise_share: what the first component reaches in 95 % of tables as large in which nothing is
            related; a first share below it is no sign of a common dimension. NaN when empty.
        n_units: complete units.
    """

    shares: Floats
    noise_share: float
    n_units: int


@dataclass(frozen=True, eq=False)
class Structure:
    """What n units say about how m indicators and D domains hang together.

    Attributes:
        indicators: correlations (m, m) of z; those of one domain by its rows and columns. NaN for
            indicators that are not used.
        domains: correlations (D, D) of F.
        fit: of each indicator with its domain.
        alpha: of each domain, over the z of its used indicators.
        components: of each domain's used indicators.
        domain_components: of the domains' F.
        n_units: rows that have any value.
        critical: smallest |r| that is told from 0 by ``n_units``: 0.553 by the 13 regions.
        power: chance that a true correlation of 0.5 is told from 0: 0.44 by the 13 regions.
        is_too_few: fewer than MIN_UNITS units, so ``power`` is below 0.8: what is not found proves
            nothing, and the matrices, alphas and shares are for looking, not for concluding.
    """

    indicators: Correlations
    domains: Correlations
    fit: DomainFit
    alpha: tuple[Alpha, ...]
    components: tuple[ComponentShares, ...]
    domain_components: ComponentShares
    n_units: int
    critical: float
    power: float
    is_too_few: bool


def structure(scores: IndexScores, *, seed: int) -> Structure:
    """Describe how the indicators and domains of one edition hang together.

    Over all units that have values, classified or not. z is taken as scored: clipped, oriented so
    that correlations within a domain are expected to be positive.

    Args:
        scores: of n units of one level.
        seed: of the tables of noise behind ``ComponentShares``.
    """
    tree, used = scores.hierarchy, scores.used_columns
    members = [used[tree.domain_of[used] == d] for d in range(tree.domain_weights.size)]
    n_units = int((~np.isnan(scores.z)).any(axis=1).sum())
    return Structure(
        indicators=correlations(scores.z),
        domains=correlations(scores.domain.F),
        fit=domain_fit(scores),
        alpha=tuple(cronbach_alpha(scores.z[:, columns]) for columns in members),
        components=tuple(component_shares(scores.z[:, columns], seed) for columns in members),
        domain_components=component_shares(scores.domain.F, seed),
        n_units=n_units,
        critical=float(critical_correlation(n_units)),
        power=float(detection_power(n_units)),
        is_too_few=n_units < MIN_UNITS,
    )


def domain_fit(scores: IndexScores) -> DomainFit:
    """Correlate each indicator with its domain, with and without itself, and flag the odd ones."""
    domain_of, m = scores.hierarchy.domain_of, scores.z.shape[1]
    with_domain, with_others = np.full(m, np.nan), np.full(m, np.nan)
    count = np.zeros(m, dtype=np.int64)
    for column in scores.used_columns:
        domains = np.column_stack(
            [scores.domain.F[:, domain_of[column]], domain_without(scores, column)]
        )
        found = correlations(scores.z[:, [column]], domains)
        with_domain[column], with_others[column] = found.spearman[0]
        count[column] = found.count[0, 1]
    low, high = correlation_interval(with_others, count, "spearman")
    compared, lowest, highest = comparable(with_others), comparable(low), comparable(high)
    is_contrary = compared < 0
    is_unrelated = (compared >= 0) & (compared < LOWEST_FIT)
    is_repeating = compared > HIGHEST_FIT
    return DomainFit(
        with_domain=with_domain,
        with_others=with_others,
        low=low,
        high=high,
        count=count,
        flag=np.select(
            [is_contrary, is_unrelated, is_repeating], ["contradicts", "unrelated", "repeats"], ""
        ),
        is_conclusive=(is_contrary & (highest < 0))
        | (is_unrelated & (lowest >= 0) & (highest < LOWEST_FIT))
        | (is_repeating & (lowest > HIGHEST_FIT)),
    )


def cronbach_alpha(values: ArrayLike) -> Alpha:
    """Cronbach's alpha of items (n, k) on one scale, over the units that have all of them.

    It grows with the number of items and supposes one dimension: high is no proof of it, and low
    does not forbid a domain whose indicators are meant to complete each other. k may be 0.

    Raises:
        ValueError: ±inf, another shape.
    """
    from scipy.special import fdtri  # type: ignore[import-untyped]  # slow to import

    x = _complete(values)
    n, k = x.shape
    nothing = Alpha(np.nan, np.nan, np.nan, n_items=k, n_units=n)
    if k < 2 or n < 3:
        return nothing
    total = x.sum(axis=1).var()
    if not total > 1e-20 * max(1.0, float((x**2).max())):
        return nothing
    alpha = k / (k - 1) * (1 - x.var(axis=0).sum() / total)
    low, high = (
        1 - (1 - alpha) * fdtri(n - 1, (n - 1) * (k - 1), quantile) for quantile in (0.975, 0.025)
    )
    return Alpha(float(alpha), float(low), float(high), n_items=k, n_units=n)


def component_shares(values: ArrayLike, seed: int) -> ComponentShares:
    """Principal components of columns (n, k), standardised, over the units that have all of them.

    Constant columns are left out. k may be 0.

    Args:
        values: notes or scores, NaN where missing.
        seed: of the 500 tables of independent normal values behind ``noise_share``.

    Raises:
        ValueError: ±inf, another shape.
    """
    x = _complete(values)
    x = x[:, np.ptp(comparable(x), axis=0) > 0] if len(x) else x[:, :0]
    n, k = x.shape
    if n < 3 or k < 2:
        return ComponentShares(np.empty(0), np.nan, n_units=n)
    random = np.random.Generator(np.random.PCG64(seed))
    noise = _shares(random.normal(size=(NOISE_DRAWS, n, k)))[:, 0]
    return ComponentShares(
        _shares(x[None])[0], float(np.quantile(noise, NOISE_QUANTILE)), n_units=n
    )


def _complete(values: ArrayLike) -> Floats:
    """Rows without a hole of values (n, k), k ≥ 0."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"values: found shape {x.shape}, expected (n, k)")
    refuse_infinite("values", x)
    return x[~np.isnan(x).any(axis=1)]


def _shares(tables: Floats) -> Floats:
    """Shares (t, k) of variance of the components of t tables (n, k) without constant columns."""
    centred = tables - tables.mean(axis=1, keepdims=True)
    standardised = centred / np.sqrt((centred**2).sum(axis=1, keepdims=True))
    n, k = tables.shape[1:]
    # The smaller of the two Gram matrices: they have the same eigenvalues but for zeros.
    turned = standardised.transpose(0, 2, 1)
    product = turned @ standardised if k <= n else standardised @ turned
    squares = np.linalg.eigvalsh(product)[:, ::-1]
    shares = np.zeros((len(tables), k))
    shares[:, : squares.shape[1]] = np.maximum(squares, 0) / k
    return shares
