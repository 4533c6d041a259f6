"""Pairs of scored rows that say the same thing are found by edition, and refused in one domain."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.registry.model import Registry
from tools.socle_correlations import expected_values, pairs_of

CODES = ["11", "24", "27", "28"]
BASE = np.array([1.0, 2.0, 4.0, 8.0])


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def edition(**columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(columns, index=CODES)


def test_a_pair_is_refused_in_one_domain_when_most_editions_agree(registry: Registry) -> None:
    same = edition(taux_chomage=BASE, ass_taux=-2 * BASE + 1, pib_par_emploi=3 * BASE)
    other = edition(taux_chomage=BASE, ass_taux=np.array([8.0, 1.0, 2.0, 4.0]))
    pairs = {
        (p.first, p.second): p for p in pairs_of({2016: same, 2017: same, 2018: other}, registry)
    }
    one = pairs["taux_chomage", "ass_taux"]
    assert one.by_edition[2016] == pytest.approx(-1.0)
    assert one.share_above == pytest.approx(2 / 3)
    assert one.is_refused
    two = pairs["taux_chomage", "pib_par_emploi"]
    assert two.share_above == 1.0
    assert not two.is_one_domain and not two.is_refused
    half = dataclasses.replace(one, by_edition={2016: -1.0, 2017: 0.1})
    assert not half.is_refused


def test_only_rows_that_the_edition_expects_and_has_count(registry: Registry) -> None:
    names = ["taux_chomage", "rsa_activite_taux", "ass_taux", "taux_chomage_t4"]
    rows = pd.DataFrame(
        [
            {"region_code": code, "indicator_id": name, "value": float(value)}
            for name in names
            for code, value in zip(CODES, BASE, strict=True)
        ]
    )
    rows.loc[(rows["indicator_id"] == "ass_taux") & (rows["region_code"] == "11"), "value"] = None
    found = {year: list(expected_values(rows, registry, year)) for year in (2016, 2017)}
    assert found == {2016: ["rsa_activite_taux", "taux_chomage"], 2017: ["taux_chomage"]}
