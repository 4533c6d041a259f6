"""Releases that stand: found, named, gone back to, removed; the log tells their order."""

import json
import shutil

import pytest

from phare_pipeline.errors import PhareError, ReleaseError
from phare_pipeline.warehouse import files, run_log
from phare_pipeline.warehouse.prune import prune, removable
from phare_pipeline.warehouse.releases import (
    all_releases,
    current_release,
    find_release,
    name_release,
    release_names,
    unname_release,
)
from phare_pipeline.warehouse.summary import summaries
from phare_pipeline.warehouse.switch import rollback
from phare_pipeline.warehouse.wholeness import damages
from tests.unit.warehouse import kit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three releases, the last one current."""
    place = kit.workspace(tmp_path_factory.mktemp("made"))
    kit.build(place)
    ids = [kit.publish(place, value=float(n)).release_id for n in range(3)]
    return place, ids


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(files, "flush", lambda folder: None)


@pytest.fixture
def ids(made):
    return made[1]


@pytest.fixture
def place(made, tmp_path):
    copy = kit.workspace(tmp_path)
    shutil.copytree(made[0].warehouse, copy.warehouse, symlinks=True)
    return copy


def current(place):
    return current_release(place).release_id


def present(place):
    return {p.name for p in place.releases.iterdir()}


def test_the_order_is_that_of_use(place, ids):
    assert [r.release_id for r in all_releases(place)] == ids
    rollback(place, ids[0])
    assert [r.release_id for r in all_releases(place)] == [ids[1], ids[2], ids[0]]
    run_log.log_file(place).unlink()
    assert {r.release_id for r in all_releases(place)} == set(ids)


def test_a_release_is_found_by_id_prefix_name_and_current(place, ids):
    name_release(place, "etude-2016", find_release(place, ids[0]))
    assert find_release(place).release_id == ids[2]
    assert find_release(place, "etude-2016").release_id == ids[0]
    assert find_release(place, ids[1][:6]).release_id == ids[1]
    for wrong in ("0" * 16, ids[1][:3], "etude", "../releases"):
        with pytest.raises(ReleaseError, match="There is no such release") as caught:
            find_release(place, wrong)
        assert "etude-2016" in caught.value.expected
    twin = place.releases / f"{ids[1][:6]}0123456789"
    shutil.copytree(place.releases / ids[1], twin)
    with pytest.raises(ReleaseError, match="More than one"):
        find_release(place, ids[1][:6])


def test_nothing_published(tmp_path):
    empty = kit.workspace(tmp_path)
    assert (all_releases(empty), release_names(empty), removable(empty)) == ([], {}, [])
    assert summaries(empty) == []
    with pytest.raises(ReleaseError, match="Nothing is published"):
        find_release(empty)
    with pytest.raises(ReleaseError, match="no such release"):
        find_release(empty, "0123456789abcdef")


def test_rollback_and_back(place, ids):
    assert rollback(place, ids[0]).release_id == ids[0]
    assert current(place) == ids[0]
    with pytest.raises(ReleaseError, match="There is no such release"):
        rollback(place, "0" * 16)
    assert current(place) == ids[0]
    # The next run puts the newest content back.
    assert kit.publish(place, value=2.0).release_id == ids[2]
    assert current(place) == ids[2]


@pytest.mark.parametrize("harm", ["missing", "changed", "extra", "manifest", "catalogue"])
def test_a_damaged_release_is_not_gone_back_to(place, ids, harm):
    folder = place.releases / ids[0]
    file = folder / "marts" / "dim_region.parquet"
    assert damages(folder) == []
    if harm == "missing":
        file.unlink()
    elif harm == "changed":
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif harm == "extra":
        (folder / "marts" / "new.csv").write_text("a\n")
    elif harm == "catalogue":
        (folder / "phare.duckdb").unlink()
    else:
        text = (folder / "manifest.json").read_text("utf-8")
        (folder / "manifest.json").unlink()
        (folder / "manifest.json").write_text(text.replace("1" * 64, "3" * 64), "utf-8")
    assert len(damages(folder)) == 1
    with pytest.raises(ReleaseError, match="damaged"):
        rollback(place, ids[0])
    assert current(place) == ids[2]


def test_a_manifest_of_another_version_says_so(place, ids):
    path = place.releases / ids[0] / "manifest.json"
    path.unlink()
    path.write_text('{"files": {}}')
    with pytest.raises(ReleaseError, match="another version"):
        rollback(place, ids[0])
    path.write_text("[")
    with pytest.raises(ReleaseError, match="cannot be read"):
        rollback(place, ids[0])
    path.unlink()
    with pytest.raises(ReleaseError, match="no manifest"):
        rollback(place, ids[0])


def test_names_are_links_that_move(place, ids):
    name_release(place, "deck", find_release(place, ids[0]))
    link = place.warehouse / "named" / "deck"
    assert (link / "manifest.json").is_file()
    assert release_names(place) == {"deck": ids[0]}
    name_release(place, "deck", find_release(place, ids[1]))
    assert release_names(place) == {"deck": ids[1]}
    unname_release(place, "deck")
    assert release_names(place) == {}
    with pytest.raises(ReleaseError, match="No release has this name"):
        unname_release(place, "deck")
    for wrong in ("current", "abcd1234", "Étude", "a b", "../x", ""):
        with pytest.raises(ReleaseError, match="cannot be the name"):
            name_release(place, wrong, find_release(place))
    assert [p.name for p in link.parent.iterdir()] == []


def test_current_and_named_releases_are_never_removed(place, ids):
    name_release(place, "deck", find_release(place, ids[1]))
    rollback(place, ids[0])
    assert [r.release_id for r in removable(place, 0)] == [ids[2]]
    assert [r.release_id for r in prune(place, 0)] == [ids[2]]
    assert present(place) == {ids[0], ids[1]}
    assert prune(place, 0) == []
    unname_release(place, "deck")
    assert [r.release_id for r in prune(place, 0)] == [ids[1]]
    assert current(place) == ids[0]
    with pytest.raises(PhareError, match="not negative"):
        prune(place, -1)


def test_publishing_keeps_the_last_ones(place, ids):
    rollback(place, ids[0])
    last = kit.publish(place, value=9.0, keep=2).release_id
    assert present(place) == {ids[0], last}
    assert kit.publish(place, value=9.0, keep=0).release_id == last
    assert present(place) == {last}


def test_a_release_that_was_never_current_goes_first(place, ids):
    orphan = place.releases / ("f" * 16)
    shutil.copytree(place.releases / ids[0], orphan)
    assert [r.release_id for r in removable(place, 3)] == [orphan.name]


def test_the_log_tells_what_happened_and_where(place, ids):
    rollback(place, ids[0])
    name_release(place, "deck", find_release(place, ids[1]))
    prune(place, 0)
    entries = run_log.read_log(place)
    assert [(e["event"], e["release"]) for e in entries] == [
        *(("published", release_id) for release_id in ids),
        ("restored", ids[0]),
        ("named", ids[1]),
        ("removed", ids[2]),
    ]
    assert all(e["at"] and e["machine"]["python"] for e in entries)
    with run_log.log_file(place).open("a") as file:
        file.write("half a li")
    with pytest.raises(ReleaseError, match=r"log\.jsonl, line 7|cannot be read"):
        run_log.read_log(place)


def test_a_list_says_size_names_and_origin(place, ids):
    name_release(place, "deck", find_release(place, ids[0]))
    found = summaries(place)
    assert [s.release_id for s in found] == ids[::-1]
    assert [s.is_current for s in found] == [True, False, False]
    assert found[2].names == ("deck",)
    assert all(0 < s.own_bytes <= s.bytes for s in found)
    assert found[0].origin.startswith("1 sources, editions 2015–2016, registry 11111111, code ")
    path = place.releases / ids[0] / "manifest.json"
    path.unlink()
    path.write_text(json.dumps({"format": 99}))
    assert "another version" in summaries(place)[2].origin
