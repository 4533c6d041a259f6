"""Results from answers: each figure against sums written out here, tests, adjustment, notes."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.survey.codebook import MarginUnit, Target
from phare_pipeline.survey.computed import (
    BY_REFERENCE_FR,
    NATIONAL_WEIGHTS_FR,
    NO_CALAGE_FR,
    compute_results,
)
from phare_pipeline.survey.disclosure import disclose
from phare_pipeline.survey.results import ErrorKind, Provenance, Result
from tests.unit.survey.exports_kit import Rows, Study, rows, write_csv

COPIES = 15
MARGINS = [
    Target("citoyens", "france", "citoyens:sexe", (s,), v, MarginUnit.PERCENT, "essai")
    for s, v in (("homme", 48.0), ("femme", 52.0))
]


def many() -> Rows:
    """600 respondents; Hauts-de-France are made to differ in Q3."""
    data = []
    for k in range(COPIES):
        for i, row in enumerate(rows()):
            changed = {**row, "ident": f"k{k}r{i}"}
            if row["region"] == "32" and i % 4 == 3 and k % 2:
                changed |= {"Q3": 98}
            data.append(changed)
    return data


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory):
    study = Study(tmp_path_factory.mktemp("computed"), "institute", ".csv")
    data = many()
    write_csv(study.path, data)
    export = study.read()
    found = compute_results(study.codebook, export.respondents, export.answers, MARGINS)
    return study.codebook, data, export, found


def by_key(results: tuple[Result, ...]) -> dict[tuple[str, ...], Result]:
    return {(r.question_id.partition(":")[2], r.item_code, r.area_id, r.segment_id, r.statistic): r
            for r in results}  # fmt: skip


def test_each_key_once_and_all_of_them(computed):
    codebook, _, _, found = computed
    rows_ = by_key(found.results)
    assert len(rows_) == len(found.results)
    per_area = 2 * (5 * 2 + 3 * 1 + 3 + 3 + 2 * 4 + (4 + 1 + 1))
    assert len(rows_) == 2 * per_area
    assert {r.area_id for r in found.results} == {"hauts-de-france", "france"}
    assert {r.segment_id for r in found.results} == {"ensemble", "femmes"}
    assert all(r.provenance is Provenance.COMPUTED for r in found.results)
    assert "citoyens:Q6" not in {r.question_id for r in found.results}
    assert codebook.study_id == found.results[0].study_id


def sums(data: Rows, weights: np.ndarray, keep, base, yes) -> tuple[float, int]:
    """Weighted share in percent and base, by a loop."""
    top = bottom = 0.0
    n = 0
    for row, w in zip(data, weights, strict=True):
        if keep(row) and base(row):
            bottom += w
            n += 1
            top += w if yes(row) else 0.0
    return 100 * top / bottom, n


FIGURES = [
    # key, who is in the base, who counts
    (("Q1", "sante", "share_band_high"), lambda r: r["Q1[SQ002]"] != 99,
     lambda r: r["Q1[SQ002]"] in (8, 9, 10)),
    (("Q1", "sante", "share_nsp"), lambda r: r["Q1[SQ002]"] != 99,
     lambda r: r["Q1[SQ002]"] == 98),
    (("Q2", "aide", "share_top2"), lambda r: True, lambda r: r["Q2[SQ001]"] in (1, 2)),
    (("Q3", "oui", "share"), lambda r: r["Q3"] != 99, lambda r: r["Q3"] == 1),
    (("Q3", "nsp", "share"), lambda r: r["Q3"] != 99, lambda r: r["Q3"] == 98),
    (("Q4", "local", "share_multi"), lambda r: r["Q3"] == 1, lambda r: r["Q4[SQ001]"] == 1),
    (("Q4", "aucun", "share_multi"), lambda r: r["Q3"] == 1, lambda r: r["Q4[SQ003]"] == 1),
    (("Q5", "sante", "share_first"), lambda r: True, lambda r: r["Q5[1]"] == 2),
    (("Q5", "sante", "share_top3_total"), lambda r: True,
     lambda r: 2 in (r["Q5[1]"], r["Q5[2]"], r["Q5[3]"])),
    (("Q7", "stagner", "share"), lambda r: r["Q7"] is not None, lambda r: r["Q7"] == 2),
    (("Q7", "non_diminuer", "share_net"), lambda r: r["Q7"] is not None,
     lambda r: r["Q7"] in (1, 2)),
]  # fmt: skip


@pytest.mark.parametrize("area", ["hauts-de-france", "france"])
@pytest.mark.parametrize("segment", ["ensemble", "femmes"])
@pytest.mark.parametrize(("key", "base", "yes"), FIGURES)
def test_shares_are_weighted_sums(computed, area, segment, key, base, yes):
    _, data, _, found = computed
    weights = found.weights["citoyens", area].weights
    question, item, statistic = key

    def keep(row):
        is_there = area == "france" or row["region"] == "32"
        return is_there and (segment == "ensemble" or row["sexe"] == 2)

    value, n = sums(data, weights, keep, base, yes)
    row = by_key(found.results)[question, item, area, segment, statistic]
    assert row.value == pytest.approx(value, rel=1e-12)
    assert row.base_n == n


def test_means_balances_and_answers_counted(computed):
    _, data, _, found = computed
    w = found.weights["citoyens", "france"].weights
    notes = np.array([r["Q1[SQ002]"] for r in data], dtype=float)
    known = notes <= 10
    row = by_key(found.results)["Q1", "sante", "france", "ensemble", "mean"]
    mean = (w[known] @ notes[known]) / w[known].sum()
    assert row.value == pytest.approx(mean)
    assert (row.base_n, row.base_n_answered) == (int((notes != 99).sum()), int(known.sum()))
    n_eff = w[known].sum() ** 2 / (w[known] ** 2).sum()
    assert row.n_eff == pytest.approx(n_eff)
    n, gaps = known.sum(), w[known] * (notes[known] - mean)
    assert row.se == pytest.approx(np.sqrt(n / (n - 1) * (gaps @ gaps)) / w[known].sum())
    assert row.unit == "note"

    figures = by_key(found.results)
    plus, minus, net = (
        figures["Q7", item, "france", "ensemble", stat].value
        for item, stat in (("developper", "share"), ("diminuer", "share"), ("net", "net_balance"))
    )
    assert net == pytest.approx(plus - minus)


def test_bands_and_dont_knows_make_a_hundred(computed):
    _, _, _, found = computed
    total = defaultdict(float)
    for r in found.results:
        if r.question_id == "citoyens:Q1" and r.statistic != "mean":
            total[r.item_code, r.area_id, r.segment_id] += r.value
    assert total and all(value == pytest.approx(100) for value in total.values())


def test_bands_have_their_labels_and_intervals_hold_their_values(computed):
    _, _, _, found = computed
    figures = by_key(found.results)
    assert figures["Q1", "emploi", "france", "ensemble", "share_band_high"].band == "8-10"
    assert figures["Q5", "emploi", "france", "ensemble", "share_first"].band == "en premier"
    for r in found.results:
        assert r.ci_low - 1e-9 <= r.value <= r.ci_high + 1e-9
        assert r.error_kind is ErrorKind.COMPUTED


# --- tests ---------------------------------------------------------------------------------------
def test_an_area_is_compared_with_the_country_outside_of_it(computed):
    _, data, _, found = computed
    w = found.weights["citoyens", "france"].weights
    is_in = np.array([r["region"] == "32" for r in data])
    base = np.array([r["Q3"] != 99 for r in data])
    yes = np.array([r["Q3"] == 98 for r in data])

    def part(mask):
        v = w[mask]
        p = (v @ yes[mask]) / v.sum()
        gaps = v * (yes[mask] - p)
        return p, v.size / (v.size - 1) * (gaps @ gaps) / v.sum() ** 2

    (p, a), (q, b) = part(is_in & base), part(~is_in & base)
    z = (p - q) / np.sqrt(a + b)
    from scipy.stats import norm

    row = by_key(found.results)["Q3", "nsp", "hauts-de-france", "ensemble", "share"]
    assert row.p_value == pytest.approx(2 * norm.sf(abs(z)), rel=1e-9)
    assert row.test == ("above" if z > 1.96 else "below" if z < -1.96 else "no_difference")
    national = by_key(found.results)["Q3", "nsp", "france", "ensemble", "share"]
    assert row.national_value == national.value
    assert row.diff == pytest.approx(row.value - national.value)


def test_the_country_is_compared_with_nobody_but_its_segments_are(computed):
    _, _, _, found = computed
    for r in found.results:
        if r.area_id == "france":
            assert r.national_value is None and r.diff is None
            assert (r.test == "") == (r.segment_id == "ensemble")
        else:
            assert r.test and r.national_value is not None


def test_p_values_are_adjusted_by_question_and_area(computed):
    from scipy.stats import false_discovery_control

    _, _, _, found = computed
    blocks = defaultdict(list)
    for r in found.results:
        if r.p_value is not None:
            blocks[r.question_id, r.area_id].append((r.p_value, r.p_adj))
    assert len(blocks) >= 6
    for pairs in blocks.values():
        p, adjusted = zip(*pairs, strict=True)
        np.testing.assert_allclose(adjusted, false_discovery_control(p, method="bh"))
    untested = [r for r in found.results if r.p_value is None]
    assert all(r.p_adj is None for r in untested)


# --- weights and universes -----------------------------------------------------------------------
def test_notes_say_what_errors_and_weights_rest_on(computed):
    codebook, _, export, found = computed
    notes = {r.area_id: r.error_note_fr for r in found.results}
    assert notes["france"] == BY_REFERENCE_FR
    assert notes["hauts-de-france"] == f"{BY_REFERENCE_FR} ; {NATIONAL_WEIGHTS_FR}"
    bare = compute_results(codebook, export.respondents, export.answers, [])
    assert {r.error_note_fr for r in bare.results} == {f"{BY_REFERENCE_FR} ; {NO_CALAGE_FR}"}


def test_a_universe_is_known_without_filter_and_segment_only(computed):
    _, _, _, found = computed
    for r in found.results:
        is_known = (
            r.area_id == "hauts-de-france"
            and r.segment_id == "ensemble"
            and r.question_id not in ("citoyens:Q4", "citoyens:Q7")
        )
        assert r.universe_n == (6_000_000 if is_known else None)


def test_the_same_from_plain_texts_as_from_categories(computed):
    """A table that comes back from a database has no categories and another order."""
    codebook, _, export, found = computed
    answers = export.answers.astype(object).sample(frac=1, random_state=1)
    again = compute_results(codebook, export.respondents, answers, MARGINS)
    assert [r.key for r in again.results] == [r.key for r in found.results]
    np.testing.assert_allclose(
        [r.value for r in again.results], [r.value for r in found.results], rtol=1e-12
    )


def test_results_pass_disclosure(computed):
    codebook, _, _, found = computed
    shown = disclose(found.results, codebook)
    assert len(shown) == len(found.results)
    assert any(r.is_shown for r in shown)


def test_nobody_gives_no_results(computed):
    codebook, _, export, _ = computed
    none = export.respondents.iloc[:0]
    found = compute_results(codebook, none, pd.DataFrame(export.answers.iloc[:0]), MARGINS)
    assert found.results == () and found.weights == {}
