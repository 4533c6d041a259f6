"""Calibration: closed forms, optimality, refusals, properties."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.survey.calage import (
    CalageError,
    CategoryMargin,
    Method,
    NumericMargin,
    calibrate,
    kish_design_effect,
)

MODEST = settings(max_examples=40, deadline=None, derandomize=True)
NAN, INF = float("nan"), float("inf")
BOUNDS = (0.3, 2.5)
RULES = [(Method.LINEAR, None), (Method.RAKING, None), (Method.LOGIT, BOUNDS)]


def make(seed=0, n=400, sizes=(2, 5, 4), spread=0.15):
    """Categories by independent draws, unequal weights, targets near the sample's own shares."""
    rng = np.random.default_rng(seed)
    columns, margins = {}, []
    for j, size in enumerate(sizes):
        shares = rng.dirichlet(np.full(size, 20.0))
        # Ten of each first, so that no category is too small.
        codes = np.concatenate(
            [np.repeat(np.arange(size), 10), rng.choice(size, n - 10 * size, p=shares)]
        )
        columns[f"v{j}"] = rng.permutation(codes)
        targets = (np.bincount(codes) / n) * np.exp(rng.normal(0, spread, size))
        targets *= 100 / targets.sum()
        margins.append(CategoryMargin(f"v{j}", dict(enumerate(targets.tolist()))))
    return columns, margins, np.exp(rng.normal(0, 0.2, n))


def indicators(columns, margins) -> tuple[np.ndarray, np.ndarray]:
    """X (n, k) and the targets in percent (k,)."""
    x = [np.asarray(columns[m.variable]) == c for m in margins for c in m.targets]
    return np.column_stack(x).astype(float), np.array(
        [t for m in margins for t in m.targets.values()]
    )


def test_linear_is_the_closed_form():
    columns, margins, d = make()
    x, percent = indicators(columns, margins)
    t = percent / 100 * d.sum()
    multipliers = np.linalg.pinv(x.T @ (d[:, None] * x)) @ (t - x.T @ d)
    found = calibrate(columns, margins, d, method=Method.LINEAR)
    np.testing.assert_allclose(found.weights, d * (1 + x @ multipliers), rtol=1e-8)
    assert found.iterations == 1
    assert found.n_redundant == 2


def test_raking_is_the_limit_of_proportional_fitting():
    columns, margins, d = make()
    x, percent = indicators(columns, margins)
    t = percent / 100 * d.sum()
    w, start = d.copy(), np.cumsum([0, 2, 5, 4])
    for _ in range(200):
        for block in map(slice, start[:-1], start[1:]):
            w *= x[:, block] @ (t[block] / (x[:, block].T @ w))
    found = calibrate(columns, margins, d)
    np.testing.assert_allclose(found.weights, w, rtol=1e-8)


@pytest.mark.parametrize(("method", "bounds"), RULES)
def test_one_margin_is_post_stratification(method, bounds):
    columns, margins, d = make(sizes=(5,))
    found = calibrate(columns, margins, d, method=method, bounds=bounds)
    codes = columns["v0"]
    targets = np.array(list(margins[0].targets.values())) / 100 * d.sum()
    np.testing.assert_allclose(found.ratios, (targets / np.bincount(codes, d))[codes], rtol=1e-10)


def inverse_logit(g, low, high):
    a = (high - low) / ((1 - low) * (high - 1))
    return np.log((g - low) * (high - 1) / ((high - g) * (1 - low))) / a


@pytest.mark.parametrize(
    ("method", "bounds", "inverse"),
    [
        (Method.LINEAR, None, lambda g: g - 1),
        (Method.RAKING, None, np.log),
        (Method.LOGIT, (0.5, 1.6), lambda g: inverse_logit(g, 0.5, 1.6)),
        (Method.LOGIT, (0.0, 9.0), lambda g: inverse_logit(g, 0.0, 9.0)),
    ],
)
def test_weights_are_the_optimum(method, bounds, inverse):
    """Margins met and F⁻¹(w/d) in the span of the margins: only the optimum has both."""
    columns, margins, d = make(seed=3)
    x, percent = indicators(columns, margins)
    found = calibrate(columns, margins, d, method=method, bounds=bounds)
    np.testing.assert_allclose(x.T @ found.weights, percent / 100 * d.sum(), rtol=1e-9)
    u = inverse(found.ratios)
    np.testing.assert_allclose(x @ np.linalg.lstsq(x, u)[0], u, atol=1e-8)
    if bounds is not None:
        assert bounds[0] < found.ratios.min()
        assert found.ratios.max() < bounds[1]


def test_logit_keeps_bounds_that_raking_breaks():
    columns, margins, d = make(seed=3, spread=0.3)
    free = calibrate(columns, margins, d).ratios
    bounds = (free.min() * 1.1, free.max() / 1.1)
    with pytest.raises(CalageError, match="outside the bounds"):
        calibrate(columns, margins, d, bounds=bounds)
    found = calibrate(columns, margins, d, method=Method.LOGIT, bounds=bounds)
    assert bounds[0] <= found.ratios.min()
    assert found.ratios.max() <= bounds[1]
    assert found.max_error < 1e-6


def test_counts_and_numbers_together():
    columns, margins, d = make(n=300)
    size = np.arange(300) % 17 + 1.0
    counts = CategoryMargin(
        "v0", {c: p * 60.0 for c, p in margins[0].targets.items()}, is_percent=False
    )
    staff = NumericMargin("size", 1.03 * 20 * size.sum())
    for method, bounds in RULES:
        start = d if bounds is None else d * 6000 / d.sum()
        found = calibrate(
            {**columns, "size": size}, [counts, margins[1], staff], start,
            method=method, bounds=bounds,
        )  # fmt: skip
        assert found.weights.sum() == pytest.approx(6000, rel=1e-9)
        assert found.weights @ size == pytest.approx(staff.total, rel=1e-9)
    line = found.margins[-1]
    assert line[:3] == ("size", None, 300)
    assert line.before == pytest.approx(start @ size)
    assert line.after == pytest.approx(line.target, rel=1e-9)


def test_numeric_margins_alone():
    x = np.arange(1.0, 51.0)
    found = calibrate({"x": x}, [NumericMargin("x", 1300.0)], np.ones(50), method=Method.LINEAR)
    np.testing.assert_allclose(found.weights, 1 + x * (1300 - x.sum()) / (x @ x), rtol=1e-12)
    centred = x - 26.0
    found = calibrate({"x": centred}, [NumericMargin("x", 0.0)], np.ones(50))
    assert found.weights @ centred == pytest.approx(0, abs=1e-9)


def test_linear_and_raking_do_not_depend_on_the_scale_of_the_weights():
    columns, margins, d = make()
    for method in (Method.LINEAR, Method.RAKING):
        one = calibrate(columns, margins, d, method=method, total=6e6)
        other = calibrate(columns, margins, d * 1e4, method=method, total=6e6)
        np.testing.assert_allclose(one.weights, other.weights, rtol=1e-9)
        assert one.weights.sum() == pytest.approx(6e6, rel=1e-12)


def test_rounded_percentages_are_brought_to_one_hundred():
    codes = np.repeat([0, 1, 2], 20)
    margin = CategoryMargin("a", {0: 33.3, 1: 33.3, 2: 33.3})
    found = calibrate({"a": codes}, [margin], np.ones(60))
    np.testing.assert_allclose(found.weights, 1.0, rtol=1e-12)
    with pytest.raises(CalageError, match="do not sum"):
        calibrate({"a": codes}, [CategoryMargin("a", {0: 33.2, 1: 33.3, 2: 33.3})], np.ones(60))


def nested(shift=0.0):
    fine = np.arange(80) % 4
    margins = [
        CategoryMargin("coarse", {0: 55.0, 1: 45.0}),
        CategoryMargin("fine", {0: 30.0 + shift, 1: 25.0, 2: 20.0, 3: 25.0 - shift}),
        CategoryMargin("other", {0: 50.0, 1: 50.0}),
    ]
    other = (np.arange(80) * 7 // 8) % 2
    return {"coarse": fine // 2, "fine": fine, "other": other}, margins, np.ones(80)


@pytest.mark.parametrize(("method", "bounds"), RULES)
def test_margins_that_follow_from_others_are_set_aside(method, bounds):
    columns, margins, d = nested()
    found = calibrate(columns, margins, d, method=method, bounds=bounds)
    without = calibrate(columns, margins[1:], d, method=method, bounds=bounds)
    np.testing.assert_allclose(found.weights, without.weights, rtol=1e-9)
    assert found.n_redundant == 3


def test_contradictory_margins_name_their_variables():
    with pytest.raises(CalageError, match="contradict each other") as error:
        calibrate(*nested(shift=0.5), where="citoyens, Hauts-de-France")
    assert error.value.found == "the variables coarse, fine"
    assert "where: citoyens, Hauts-de-France" in str(error.value)


@pytest.mark.parametrize(("method", "bounds"), RULES[1:])
def test_margins_that_no_positive_weights_meet_do_not_converge(method, bounds):
    # Every "1" of a is a "1" of b, yet a asks for more of them than b has in all.
    a = np.repeat([0, 0, 1], 20)
    b = np.repeat([0, 1, 1], 20)
    margins = [CategoryMargin("a", {0: 30.0, 1: 70.0}), CategoryMargin("b", {0: 60.0, 1: 40.0})]
    with pytest.raises(CalageError, match="did not converge"):
        calibrate({"a": a, "b": b}, margins, np.ones(60), method=method, bounds=bounds)
    with pytest.raises(CalageError, match="not positive"):
        calibrate({"a": a, "b": b}, margins, np.ones(60), method=Method.LINEAR)


def test_bounds_too_narrow_do_not_converge():
    columns, margins, d = make(spread=0.4)
    with pytest.raises(CalageError, match="did not converge"):
        calibrate(columns, margins, d, method=Method.LOGIT, bounds=(0.95, 1.05))


def test_a_step_limit_is_an_error():
    columns, margins, d = make()
    with pytest.raises(CalageError, match="did not converge") as error:
        calibrate(columns, margins, d, max_iterations=1)
    assert "after 1 steps" in str(error.value)


CODES = np.repeat([0, 1], 10)
HALVES = {0: 50.0, 1: 50.0}


@pytest.mark.parametrize(
    ("column", "targets", "message"),
    [
        (np.where(CODES == 0, NAN, CODES), HALVES, "missing values"),
        (pd.Categorical([None, *"a" * 10, *"b" * 9]), {"a": 50.0, "b": 50.0}, "1 of 20"),
        (CODES, {0: 50.0, 1: 40.0, 2: 10.0}, "only a target: 2"),
        (CODES, {0: 100.0}, "only in the sample: 1"),
        (CODES, {"0": 50.0, "1": 50.0}, "only in the sample: 0, 1; only a target: '0', '1'"),
        (np.repeat([0, 1], [16, 4]), HALVES, r"1 \(4\)"),
        (CODES, {0: 100.0, 1: 0.0}, "no number above 0"),
        (CODES, {0: 50.0, 1: NAN}, "no number above 0"),
        (CODES, {}, "no number above 0|different categories"),
        (CODES[:-1], HALVES, "differ in length"),
    ],
)
def test_refused_margin_variables(column, targets, message):
    with pytest.raises(CalageError, match=message):
        calibrate({"a": column}, [CategoryMargin("a", targets)], np.ones(20))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"margins": []}, "empty"),
        ({"margins": [CategoryMargin("a", HALVES)] * 2}, "twice"),
        ({"margins": [CategoryMargin("b", HALVES)]}, "b is not in the sample"),
        ({"weights": np.zeros(20)}, "not all positive"),
        ({"weights": np.r_[NAN, np.ones(19)]}, "nan at position 0"),
        ({"weights": np.r_[np.ones(19), INF]}, "inf at position 19"),
        ({"weights": []}, "no respondent"),
        ({"method": Method.LOGIT}, "without bounds"),
        ({"bounds": (1.0, 2.0)}, "bounds of the weight ratio"),
        ({"bounds": (0.5, INF)}, "bounds of the weight ratio"),
        ({"total": 0.0}, "total of the weights"),
        ({"method": Method.LOGIT, "bounds": BOUNDS, "total": 6e6}, "leave out the mean ratio"),
        ({"margins": [NumericMargin("text", 1.0)]}, "not about numbers"),
        ({"margins": [NumericMargin("a", NAN)]}, "not about numbers"),
        ({"margins": [NumericMargin("far", 1.0)]}, "infinite values"),
        ({"margins": [NumericMargin("none", 1.0)]}, "0 for every respondent"),
    ],
)
def test_refused_arguments(arguments, message):
    variables = {
        "a": CODES,
        "text": ["x"] * 20,
        "far": np.r_[INF, np.ones(19)],
        "none": np.zeros(20),
    }
    given = {"margins": [CategoryMargin("a", HALVES)], "weights": np.ones(20), **arguments}
    with pytest.raises(CalageError, match=message):
        calibrate(variables, **given)


def test_blocks_of_counts_must_agree():
    counts = [
        CategoryMargin("a", {0: 600.0, 1: 400.0}, is_percent=False),
        CategoryMargin("b", {0: 550.0, 1: 460.0}, is_percent=False),
    ]
    columns = {"a": CODES, "b": CODES[::-1]}
    with pytest.raises(CalageError, match="margin b do not sum") as error:
        calibrate(columns, counts, np.ones(20))
    assert (error.value.found, error.value.expected) == ("1010", "1000 within 1")


def test_design_effect_and_its_warning():
    assert kish_design_effect(np.full(7, 3.0)) == pytest.approx(1.0)
    assert kish_design_effect([1.0, 3.0]) == pytest.approx(2 * 10 / 16)
    codes = np.repeat([0, 1], [95, 5])
    margin = CategoryMargin("a", {0: 50.0, 1: 50.0})
    found = calibrate({"a": codes}, [margin], np.ones(100))
    expected = 100 * (95 * (50 / 95) ** 2 + 5 * 10**2) / 100**2
    assert found.deff_kish == pytest.approx(expected)
    assert [finding.rule for finding in found.findings] == ["deff_kish"]
    even = calibrate({"a": CODES}, [CategoryMargin("a", HALVES)], np.ones(20))
    assert even.findings == ()


def test_ratios_far_from_the_others_are_told():
    codes = np.repeat([0, 1], [95, 5])
    margin = CategoryMargin("a", {0: 30.0, 1: 70.0})
    found = calibrate({"a": codes}, [margin], np.ones(100))
    assert [finding.rule for finding in found.findings] == ["deff_kish", "extreme_ratio"]


@given(st.integers(0, 10**6), st.sampled_from([Method.LINEAR, Method.RAKING]))
@MODEST
def test_margins_are_met_whatever_the_order(seed, method):
    columns, margins, d = make(seed=seed, n=120, sizes=(2, 3), spread=0.1)
    found = calibrate(columns, margins, d, method=method)
    for line in found.margins:
        weight = found.weights[columns[line.variable] == line.category].sum()
        assert weight == pytest.approx(line.target, rel=1e-9)
        assert line.n == (columns[line.variable] == line.category).sum()
    order = np.random.default_rng(seed).permutation(d.size)
    shuffled = {name: column[order] for name, column in columns.items()}
    again = calibrate(shuffled, margins[::-1], d[order], method=method)
    np.testing.assert_allclose(again.weights, found.weights[order], rtol=1e-8)
    twice = calibrate(columns, margins, found.weights, method=method)
    np.testing.assert_allclose(twice.ratios, 1.0, rtol=1e-9)


def test_speed_of_100_000_respondents_and_eleven_margins():
    columns, margins, d = make(n=100_000, sizes=(2, 5, 8, 5, 13, 4, 3, 6, 2, 9, 4), spread=0.05)
    start = time.process_time()
    found = calibrate(columns, margins, d, method=Method.LOGIT, bounds=BOUNDS)
    assert time.process_time() - start < 2
    assert found.max_error < 1e-6
    assert found.n_redundant == 10
