"""The ledger believes a record only while inputs and outputs are what they were."""

import os

import pytest

from phare_pipeline.errors import PhareError
from phare_pipeline.warehouse.files import write_bytes_atomic
from phare_pipeline.warehouse.ledger import Ledger


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "core" / "2016.parquet"
    write_bytes_atomic(path, b"rows")
    Ledger(tmp_path).record("core/2016", "f1", [path], {"rows": 4, "share": 0.5, "id": "x"})
    return path


def test_fresh_while_nothing_changes(tmp_path, output):
    ledger = Ledger(tmp_path)
    assert ledger.is_fresh("core/2016", "f1")
    assert not ledger.is_fresh("core/2016", "f2")
    assert not ledger.is_fresh("core/2017", "f1")
    os.utime(output, (0, 0))
    assert ledger.is_fresh("core/2016", "f1")
    output.write_bytes(b"ROWS")
    assert not ledger.is_fresh("core/2016", "f1")
    output.unlink()
    assert not ledger.is_fresh("core/2016", "f1")


def test_records_are_read_back_and_repeat(tmp_path, output):
    ledger = Ledger(tmp_path)
    assert ledger.fingerprint_of("core/2016") == "f1"
    assert ledger.facts_of("core/2016") == {"rows": 4, "share": 0.5, "id": "x"}
    assert list(ledger.outputs_of("core/2016")) == ["core/2016.parquet"]
    assert ledger.fingerprint_of("none") is None
    assert ledger.facts_of("none") == ledger.outputs_of("none") == {}
    file = tmp_path / "ledger" / "core" / "2016.json"
    before = file.read_bytes()
    ledger.record("core/2016", "f1", [output], {"id": "x", "share": 0.5, "rows": 4})
    assert file.read_bytes() == before


def test_a_damaged_record_says_what_to_do(tmp_path, output):
    (tmp_path / "ledger" / "core" / "2016.json").write_text("{")
    with pytest.raises(PhareError, match="delete this file"):
        Ledger(tmp_path).is_fresh("core/2016", "f1")
