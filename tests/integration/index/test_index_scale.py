"""The programs of the scale benchmark, on a small table: all give the same scores."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import scale


@pytest.mark.slow
def test_all_programs_give_the_same_scores(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(scale, "UNITS", 300)
    monkeypatch.setattr(scale, "EDITIONS", 2)
    scale.generate(tmp_path)
    expected, _ = scale.with_pipeline(tmp_path, 2)
    assert expected.shape == (600,) and np.isfinite(expected).all()
    assert not np.allclose(expected[:300], expected[300:])
    for key, (_, function, _) in scale.CASES.items():
        # The statement in one pass is planned for ten seconds.
        if key not in ("pipeline", "duckdb_at_once"):
            found, passed = function(tmp_path, 2)
            np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=key)
            assert passed.wall > 0
