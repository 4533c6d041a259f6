"""Rules on one question's results: right tables and near misses pass, faults are found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phare_pipeline.survey.consistency import results as rules
from phare_pipeline.survey.estimates import round_half_up
from tests.unit.survey.report import BOOK, explained_by, found_by, passes, result, study

MODEST = settings(max_examples=40, deadline=None, derandomize=True)
Q1, Q2, Q3, Q19, Q20 = (
    "citoyens:Q1",
    "citoyens:Q2",
    "citoyens:Q3",
    "entreprises:Q19",
    "entreprises:Q20",
)
NOTE = ("share_band_low", "share_band_mid", "share_band_high")


def note(low, mid, high, nsp=None, mean=None, question=Q1, item="emploi"):
    texts = dict(zip(NOTE, (low, mid, high), strict=True))
    texts |= {} if nsp is None else {"share_nsp": nsp}
    texts |= {} if mean is None else {"mean": mean}
    return [result(question, item, statistic, text) for statistic, text in texts.items()]


@pytest.mark.parametrize(
    "shares",
    [("17%", "25%", "47%", "11%"), ("17%", "25%", "47%", "10%"), ("17%", "25%", "47%", "12%")],
)
def test_bands_of_99_to_101_pass(shares):
    passes(rules.bands_sum, study(*note(*shares)))


def test_bands_that_round_badly_are_explained():
    finding = explained_by(rules.bands_sum, study(*note("17%", "25%", "47%", "13%")))
    assert "102" in finding.message_fr


def test_bands_beyond_rounding_are_found():
    finding = found_by(rules.bands_sum, study(*note("17%", "25%", "57%", "11%")))
    assert "110" in finding.message_fr
    assert [place.printed for place in finding.places] == ["17%", "25%", "57%", "11%"]


def test_bands_without_don_t_knows_make_a_hundred_among_themselves():
    passes(rules.bands_sum, study(*note("20%", "30%", "50%", question=Q19)))
    found_by(rules.bands_sum, study(*note("20%", "30%", "40%", question=Q19)))


def test_bands_that_are_not_all_printed_are_not_summed():
    passes(rules.bands_sum, study(*note("17%", "25%", "90%")[1:]))


def test_a_band_that_is_missing_is_found():
    bands = note("17%", "25%", "47%", "11%")
    passes(rules.bands_complete, study(*bands))
    # The highest band may be cited alone.
    passes(rules.bands_complete, study(bands[2]))
    finding = found_by(rules.bands_complete, study(*bands[1:]))
    assert "share_band_low" in finding.message_fr


def single(question, **shares):
    return [result(question, item, "share", text) for item, text in shares.items()]


def test_a_single_choice_makes_a_hundred():
    passes(rules.options_sum, study(*single(Q3, oui="70%", non="29%", nsp="1%")))
    passes(rules.options_sum, study(*single(Q3, oui="70%", non="30%", nsp="1%")))
    found_by(rules.options_sum, study(*single(Q3, oui="70%", non="39%", nsp="1%")))


def test_a_single_choice_without_its_don_t_knows_makes_a_hundred_at_most():
    passes(rules.options_sum, study(*single(Q3, oui="70%", non="20%")))
    found_by(rules.options_sum, study(*single(Q3, oui="70%", non="35%")))


def test_a_part_of_a_total():
    first = result(Q2, "emploi", "share_top1", "20%")
    passes(rules.part_of_total, study(first, result(Q2, "emploi", "share_top2", "20%")))
    found_by(rules.part_of_total, study(first, result(Q2, "emploi", "share_top2", "19%")))


def top3(total):
    """All items of Q20 with the same total, but for emploi which takes the rest."""
    items = list(BOOK.questions[Q20].items)
    each = total // len(items)
    rest = total - each * (len(items) - 1)
    return [
        result(Q20, item, "share_top3_total", f"{rest if item == items[0] else each}%")
        for item in items
    ]


@pytest.mark.parametrize("total", [300, 285, 100, 93])
def test_three_choices_make_100_to_300(total):
    passes(rules.top3_sum, study(*top3(total)))


def test_three_choices_a_little_above_300_are_explained_by_rounding():
    assert "302" in explained_by(rules.top3_sum, study(*top3(302))).message_fr


@pytest.mark.parametrize("total", [309, 80])
def test_three_choices_cannot_make_more_than_rounding_allows(total):
    assert f"{total}" in found_by(rules.top3_sum, study(*top3(total))).message_fr


def test_three_choices_of_which_few_are_printed_may_make_little():
    passes(rules.top3_sum, study(*top3(90)[:3]))


def balance(net, **shares):
    question = "entreprises:Q22"
    return [*single(question, **shares), result(question, "net", "net_balance", net)]


@pytest.mark.parametrize("net", ["+42", "+41", "+43"])
def test_a_balance_within_one_point(net):
    passes(rules.derived_sum, study(*balance(net, developper="45%", diminuer="3%")))


def test_a_balance_that_is_not_its_difference():
    finding = found_by(rules.derived_sum, study(*balance("+28", developper="45%", diminuer="3%")))
    assert "45 − 3 = 42" in finding.message_fr
    assert finding.places[0].printed == "+28"


def test_a_balance_without_its_parts_is_not_judged():
    passes(rules.derived_sum, study(*balance("+28", developper="45%")))


def test_a_mean_that_its_bands_allow():
    passes(rules.mean_in_bands, study(*note("17%", "25%", "47%", "11%", mean="7,3")))


def test_a_mean_that_its_bands_exclude():
    finding = found_by(rules.mean_in_bands, study(*note("80%", "10%", "5%", "5%", mean="7,3")))
    assert "7,3" in finding.message_fr


def test_many_don_t_knows():
    passes(rules.many_dont_know, study(*note("30%", "25%", "20%", "25%")))
    found_by(rules.many_dont_know, study(*note("13%", "8%", "5%", "74%")))


# --- a right table passes, whatever its answers ---------------------------------------------------
def percent(mask):
    return f"{round_half_up(float(np.mean(mask)), factor=100)}%"


@MODEST
@given(
    counts=st.lists(st.integers(0, 60), min_size=10, max_size=10).filter(lambda c: sum(c) > 20),
    nsp=st.integers(0, 20),
)
def test_rounded_notes_are_never_a_fault(counts, nsp):
    notes = np.concatenate([np.repeat(np.arange(1, 11), counts), np.zeros(nsp)])
    bands = BOOK.questions[Q1].bands
    shares = [percent(np.isin(notes, [int(c) for c in bands[name].codes])) for name in NOTE]
    mean = str(round_half_up(float(notes[notes > 0].mean()), 1)).replace(".", ",")
    printed = study(*note(*shares, percent(notes == 0), mean=mean))
    passes(rules.bands_sum, printed)
    passes(rules.mean_in_bands, printed)


@MODEST
@given(answers=st.lists(st.integers(0, 3), min_size=5, max_size=400))
def test_rounded_balances_are_never_a_fault(answers):
    """Three roundings make less than two points, and whole numbers differ by whole points."""
    codes = np.array(answers)
    shares = {
        item: percent(codes == code)
        for code, item in enumerate(("developper", "stagner", "diminuer", "nsp"))
    }
    net = np.mean(codes == 0) - np.mean(codes == 2)
    printed = study(*balance(f"{round_half_up(float(net), factor=100)}", **shares))
    passes(rules.options_sum, printed)
    passes(rules.derived_sum, printed)


@MODEST
@given(seed=st.integers(0, 1000), n=st.integers(20, 300))
def test_rounded_choices_are_never_a_fault(seed, n):
    rng = np.random.default_rng(seed)
    items = list(BOOK.questions[Q20].items)
    chosen = np.array([rng.permutation(len(items))[:3] for _ in range(n)])
    printed = study(
        *(
            result(Q20, item, "share_top3_total", percent((chosen == i).any(axis=1)))
            for i, item in enumerate(items)
        )
    )
    passes(rules.top3_sum, printed)
