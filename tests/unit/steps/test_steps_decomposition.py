"""Split, contributions and influence as tables: exact fractions, and audits that can fail."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from phare_pipeline.steps.common.audit import Built
from phare_pipeline.steps.edition import decomposition, influence
from phare_pipeline.steps.edition.decomposition import build_decomposition
from phare_pipeline.steps.edition.notes import notes_of

from .kit import (
    DOMAINS,
    INDICATORS,
    REGIONS,
    VALUES,
    scored,
    standard_registry,
    tampered,
    with_holes,
)

TOLERANCE = 1e-9


def build(values=VALUES) -> dict[str, Built]:
    registry = standard_registry()
    tables = scored(values, registry)
    results = build_decomposition(tables["core_normalised"], tables["core_scores"], registry)
    return {result.name: result for result in results}


@pytest.fixture(scope="module")
def whole() -> dict[str, Built]:
    return build()


def frame(built: Built) -> pd.DataFrame:
    return built.table.to_pandas()


class Exact:
    """The definition in exact fractions, for one region without holes."""

    def __init__(self, region: str) -> None:
        k = list(REGIONS).index(region)
        self.z = {}
        for name, (_, direction, _) in INDICATORS.items():
            row = [Fraction(v) for v in VALUES[name]]
            scale = max(abs(x - row[-1]) for x in row[:-1])
            self.z[name] = 100 + 30 * direction * (row[k] - row[-1]) / scale
        self.domain = {
            d: self.mix([(w, self.z[i]) for i, (of, _, w) in INDICATORS.items() if of == d])
            for d in DOMAINS
        }
        self.exact_axis = {
            a: self.mix([(1, self.domain[d][0]) for d, of in DOMAINS.items() if of == a])
            for a in ("eco", "soc")
        }
        self.axis = {a: Fraction(str(round(float(f[0]), 6))) for a, f in self.exact_axis.items()}
        self.index = self.mix([(1, f) for f in self.axis.values()])

    @staticmethod
    def mix(parts: list[tuple[float, Fraction]]) -> tuple[Fraction, Fraction]:
        """F and the weighted mean of weighted parts."""
        weights = [(Fraction(w), f) for w, f in parts]
        total = sum(w for w, _ in weights)
        mean = sum(w * f for w, f in weights) / total
        return sum(w * f * f for w, f in weights) / sum(w * f for w, f in weights), mean


@pytest.mark.parametrize("region", REGIONS)
def test_split_equals_exact_fractions(whole: dict[str, Built], region: str) -> None:
    exact = Exact(region)
    rows = frame(whole["core_decomposition"])
    own = rows[rows["region_code"] == region].set_index("component_id")
    for name, (score, mean) in exact.domain.items():
        assert own.loc[name, "score"] == pytest.approx(float(score), abs=TOLERANCE)
        assert own.loc[name, "notes_mean"] == pytest.approx(float(mean), abs=TOLERANCE)
        assert own.loc[name, "within_domains"] == pytest.approx(float(score - mean), abs=TOLERANCE)
        assert own.loc[name, ["between_domains", "between_axes", "axis_rounding"]].isna().all()
    index = own.loc["index"]
    means = [exact.domain[d][1] for d in DOMAINS]
    expected = {
        "score": exact.index[0],
        "france_gap": exact.index[0] - 100,
        "notes_mean": sum(means) / 4,
        "within_domains": sum(f - m for f, m in exact.domain.values()) / 4,
        "between_domains": sum(f - m for f, m in exact.exact_axis.values()) / 2,
        "between_axes": exact.index[0] - exact.index[1],
        "axis_rounding": sum(exact.axis[a] - exact.exact_axis[a][0] for a in exact.axis) / 2,
    }
    for column, value in expected.items():
        assert index[column] == pytest.approx(float(value), abs=TOLERANCE), column


@pytest.mark.parametrize("region", REGIONS)
def test_contributions_equal_exact_fractions(whole: dict[str, Built], region: str) -> None:
    exact = Exact(region)
    rows = frame(whole["core_contributions"])
    own = rows[rows["region_code"] == region].set_index("part_id")
    of_axes = sum(exact.axis.values())
    for name, (domain, _, weight) in INDICATORS.items():
        axis = DOMAINS[domain]
        of_domains = sum(exact.domain[d][0] for d, of in DOMAINS.items() if of == axis)
        of_notes = sum(
            Fraction(w) * exact.z[i] for i, (of, _, w) in INDICATORS.items() if of == domain
        )
        in_axis = (
            exact.domain[domain][0] / of_domains * Fraction(weight) * exact.z[name] / of_notes
        ) * (exact.z[name] - 100 + exact.axis[axis] - exact.exact_axis[axis][0])
        assert own.loc[name, "axis_contribution"] == pytest.approx(float(in_axis), abs=TOLERANCE)
        assert own.loc[name, "contribution"] == pytest.approx(
            float(in_axis * exact.axis[axis] / of_axes), abs=TOLERANCE
        )


def test_every_level_adds_up_and_the_first_five_are_marked(whole: dict[str, Built]) -> None:
    rows, scores = frame(whole["core_contributions"]), scored(VALUES, standard_registry())
    index = scores["core_scores"].to_pandas().query("component_level == 'index'")
    gap = index.set_index("region_code")["score"] - 100
    for (region, _), group in rows.groupby(["region_code", "part_level"]):
        assert group["contribution"].sum() == pytest.approx(gap[region], abs=TOLERANCE)
    indicators = rows[rows["part_level"] == "indicator"]
    assert indicators["rank_of"].eq(len(INDICATORS)).all()
    for _, group in indicators.groupby("region_code"):
        first = group.nlargest(5, "contribution")
        expected = set(first.loc[first["contribution"] > 0, "part_id"])
        assert set(group.loc[group["is_top_contributor"], "part_id"]) == expected
        assert group.sort_values("contribution_rank")["contribution"].is_monotonic_decreasing


def test_influence_ranks_at_both_levels(whole: dict[str, Built]) -> None:
    rows = frame(whole["core_influence"])
    assert set(rows["influence_level"]) == {"territory", "axis"}
    territory = rows[rows["influence_level"] == "territory"]
    assert territory["rank_of"].eq(len(INDICATORS)).all()
    axis = rows[rows["influence_level"] == "axis"]
    # Three indicators feed the economic axis, five the social one.
    assert axis.groupby("axis_id")["rank_of"].unique().map(list).to_dict() == {
        "eco": [3],
        "soc": [5],
    }
    for (_, _), group in territory.groupby(["region_code", "influence_level"]):
        by_removal = group.sort_values("leave_one_out_rank")["leave_one_out_shift"]
        assert by_removal.dropna().is_monotonic_increasing
    alone = territory[territory["indicator_id"] == "revenu_median"]
    assert alone["total_effect"].max() < 1e-12, "the weight of the only indicator decides nothing"


def test_holes_stay_empty_and_unclassified_regions_keep_their_rows() -> None:
    """Beta lacks one of three health figures; Gamma lacks all economic ones."""
    holes = [("24", "deces")] + [("32", n) for n in ("chomage", "activite", "revenu_median")]
    results = build(with_holes(VALUES, holes))
    assert all(result.passed for result in results.values())
    rows = frame(results["core_contributions"])
    assert rows.groupby("region_code").size().nunique() == 1
    beta = rows[(rows["region_code"] == "24") & (rows["part_id"] == "deces")].iloc[0]
    assert pd.isna(beta["contribution"]) and pd.isna(beta["contribution_rank"])
    assert not beta["is_top_contributor"]
    gamma = rows[rows["region_code"] == "32"]
    assert gamma["contribution"].isna().all()
    assert gamma.loc[gamma["axis_id"] == "soc", "axis_contribution"].notna().any()
    split = frame(results["core_decomposition"]).query("region_code == '32'")
    assert split.set_index("component_id")["score"].isna()["index"]


def test_audits_name_the_row_that_does_not_add_up(whole: dict[str, Built]) -> None:
    registry = standard_registry()
    tables = scored(VALUES, registry)
    scores = tables["core_scores"].to_pandas()
    built = whole
    split, parts = built["core_decomposition"].table, built["core_contributions"].table
    for column in ("notes_mean", "within_domains"):
        wrong = tampered(split, column, 0, 99.0)
        assert decomposition.audit_split(wrong, scores).failed_count == 1
    row = parts.to_pandas().query("part_level == 'indicator'").index[0]
    for value in (1e-6, None):
        moved = None if value is None else parts["contribution"][row].as_py() + value
        wrong = tampered(parts, "contribution", row, moved)
        assert decomposition.audit_sums(wrong, scores).failed_count == 1
        assert decomposition.audit_nesting(wrong).failed_count == 1
        ranked = built["core_influence"].table
        assert influence.audit_influence(ranked, wrong).failed_count == 1
    wrong = tampered(built["core_influence"].table, "contribution_rank", 0, 50)
    assert influence.audit_influence(wrong, parts).failed_count == 1


def test_notes_read_back_give_the_published_scores_bit_for_bit() -> None:
    registry = standard_registry()
    tables = scored(with_holes(VALUES, [("24", "deces")]), registry)
    notes = notes_of(tables["core_normalised"], registry)
    index = tables["core_scores"].to_pandas().query("component_level == 'index'")
    assert notes.scores.index.F.tolist() == index["score"].tolist()
    assert notes.region_codes == tuple(index["region_code"])


def test_weights_are_those_of_what_is_there() -> None:
    """A hole gives its weight to the others of its domain; the sum stays 100 %."""
    holed = with_holes(VALUES, [("11", "deces")])
    for values, count in ((VALUES, 3), (holed, 2)):
        rows = frame(build(values)["core_weights"]).set_index(["region_code", "indicator_id"])
        own = rows.loc["11"]
        assert own.loc["medecins", "weight_in_domain_pct"] == pytest.approx(100 / count)
        assert own.loc["medecins", "weight_in_axis_pct"] == pytest.approx(100 / count / 2)
        assert own.loc["medecins", "weight_in_index_pct"] == pytest.approx(100 / count / 4)
        assert own.loc["activite", "weight_in_domain_pct"] == pytest.approx(200 / 3)
        assert own["weight_in_index_pct"].sum() == pytest.approx(100)
    assert pd.isna(own.loc["deces", "weight_in_index_pct"])


def test_weights_that_do_not_add_up_are_found() -> None:
    table = build()["core_weights"].table
    assert decomposition.audit_weights(table).passed
    assert not decomposition.audit_weights(tampered(table, "weight_in_domain_pct", 0, 1.0)).passed
