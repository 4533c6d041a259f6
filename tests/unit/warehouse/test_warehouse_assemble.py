"""Releases are assembled whole or not at all, and named by their content."""

import errno
import hashlib
import json
import os
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from phare_pipeline.contract.tables import CUT_FROM
from phare_pipeline.errors import PhareError, ReleaseError
from phare_pipeline.warehouse import assemble as assembling
from phare_pipeline.warehouse import files
from phare_pipeline.warehouse.assemble import assemble, regional_files
from phare_pipeline.warehouse.digests import content_digest
from phare_pipeline.warehouse.releases import current_release
from phare_pipeline.warehouse.wholeness import damages
from tests.unit.warehouse import kit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    made = kit.workspace(tmp_path_factory.mktemp("built"))
    kit.build(made)
    return made


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """These tests pull no plug: what is written is seen by all, whether the disk has it or not."""
    monkeypatch.setattr(files, "flush", lambda folder: None)


@pytest.fixture
def place(built, tmp_path):
    made = kit.workspace(tmp_path)
    shutil.copytree(built.warehouse, made.warehouse)
    return made


def present(place):
    return sorted(p.name for p in place.releases.iterdir())


def test_a_release_is_whole_linked_and_read_only(place):
    assert current_release(place) is None
    made = kit.publish(place)
    assert made.is_new
    assert place.current.readlink() == Path("releases") / made.release_id
    assert current_release(place).release_id == made.release_id
    found = kit.snapshot(place.current)
    regional = {
        f"{table}/region={slug}/{year}.parquet"
        for table in CUT_FROM
        for slug in kit.SLUGS
        for year in kit.EDITIONS
    }
    flat = {f"marts/{name}.parquet" for name in kit.FLAT}
    assert set(found) == regional | flat | {"manifest.json", "phare.duckdb"}
    manifest = json.loads(found["manifest.json"])
    assert set(manifest["files"]) == regional | flat
    assert manifest["inputs"] == kit.INPUTS
    assert manifest["catalogue"] == {
        name: {"rows": rows.num_rows, "sha256": content_digest(rows)}
        for name, rows in kit.marts().items()
    }
    for path in place.current.rglob("*.parquet"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    table, slug = "out_scores", kit.SLUGS[0]
    built = place.out_file(table, slug, 2016)
    assert built.samefile(place.current / table / f"region={slug}" / "2016.parquet")


def test_writing_in_the_build_area_does_not_touch_what_is_published(place):
    kit.publish(place)
    before = kit.snapshot(place.current)
    kit.cut(place, kit.SLUGS[0], 2016, "c" * 64, value=9.0)
    assert kit.snapshot(place.current) == before


def test_links_are_not_needed(place, monkeypatch):
    linked = kit.publish(place)
    shutil.rmtree(place.releases)

    def refuse(self, target):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert kit.publish(place).release_id == linked.release_id


def test_unchanged_keeps_name_and_bytes(place):
    first = kit.publish(place)
    inodes = {p: p.stat().st_ino for p in first.path.rglob("*")}
    before = kit.snapshot(first.path)
    second = kit.publish(place)
    assert (second.release_id, second.is_new) == (first.release_id, False)
    assert kit.snapshot(first.path) == before
    assert {p: p.stat().st_ino for p in first.path.rglob("*")} == inodes
    assert present(place) == [first.release_id]


def test_two_folders_give_the_same_release(tmp_path):
    made = []
    for name in ("one", "somewhere-else"):
        other = kit.workspace(tmp_path / name)
        kit.build(other)
        made.append(kit.publish(other))
    one, two = (kit.snapshot(m.path) for m in made)
    assert made[0].release_id == made[1].release_id
    one.pop("phare.duckdb")
    two.pop("phare.duckdb")
    assert one == two
    with (
        duckdb.connect(made[0].path / "phare.duckdb", read_only=True) as first,
        duckdb.connect(made[1].path / "phare.duckdb", read_only=True) as second,
    ):
        for name in kit.FLAT:
            rows = first.table(name).to_arrow_table()
            assert rows.equals(second.table(name).to_arrow_table())
            assert rows.num_rows > 0


def test_stale_and_missing_regions_are_refused(place):
    before = kit.publish(place)
    kit.cut(place, "corse", 2016, "c" * 64)
    for table in CUT_FROM:
        for slug in kit.SLUGS:
            place.out_file(table, slug, 2015).unlink()
    with pytest.raises(ReleaseError) as caught:
        kit.publish(place, value=2.0)
    message = str(caught.value)
    assert "2015: all regions" in message
    assert "2016: corse" in message
    assert "bretagne" not in message
    assert "phare run --year 2015 --year 2016" in message
    assert current_release(place).release_id == before.release_id
    assert present(place) == [before.release_id]


def writers(monkeypatch, allowed):
    """Let `allowed` writes pass, then fail each as a full disk does; return the counter."""
    count = [0]

    def guarded(owner, name):
        original = getattr(owner, name)

        def call(*args, **options):
            count[0] += 1
            if count[0] > allowed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return original(*args, **options)

        monkeypatch.setattr(owner, name, call)

    for name in ("mkdir", "hardlink_to", "symlink_to", "replace", "rename"):
        guarded(Path, name)
    guarded(shutil, "copyfile")
    guarded(files, "_write_bytes")
    guarded(assembling, "write_parquet")
    guarded(assembling, "write_catalogue")
    return count


def test_a_full_disk_at_any_write_leaves_current(place, tmp_path):
    first = kit.publish(place)
    before = kit.snapshot(place.current)

    def options(where):
        regional = regional_files(where, kit.EDITIONS, kit.SLUGS)
        contents = [("csv/dim_region.csv", b"region_code\n"), ("page.html", b"<p>")]
        tables = kit.marts(2.0)
        return {"files": regional, "contents": contents, "marts": tables, "inputs": kit.INPUTS}

    with pytest.MonkeyPatch.context() as patch:
        # How many writes there are, counted in a copy.
        shutil.copytree(place.warehouse, tmp_path / "copy" / "warehouse", symlinks=True)
        count = writers(patch, 10**9)
        copy = kit.workspace(tmp_path / "copy")
        assemble(copy, **options(copy))
        total = count[0]
    assert total > 50
    steps = sorted({*range(0, total, 7), *range(total - 12, total)})
    for allowed in steps:
        with pytest.MonkeyPatch.context() as patch:
            writers(patch, allowed)
            with pytest.raises(PhareError, match="The disk is full"):
                assemble(place, **options(place))
        assert current_release(place).release_id == first.release_id, allowed
        assert not list(place.warehouse.rglob(".tmp-*")), allowed
        # A complete folder that was not switched to is used by the next run; begin anew here.
        for name in set(present(place)) - {first.release_id}:
            shutil.rmtree(place.releases / name)
    assert kit.snapshot(place.current) == before
    second = assemble(place, **options(place))
    assert second.release_id != first.release_id
    listed = json.loads((second.path / "manifest.json").read_text("utf-8"))["files"]
    assert {"csv/dim_region.csv", "page.html"} <= listed.keys()
    assert damages(second.path) == []


def test_no_clock_and_no_folder_in_what_is_published(place, tmp_path):
    made = kit.publish(place)
    for name, content in kit.snapshot(made.path).items():
        assert str(tmp_path).encode() not in content, name
    manifest = (made.path / "manifest.json").read_bytes()
    assert made.release_id == hashlib.sha256(manifest).hexdigest()[:16]


def test_a_damaged_release_is_made_anew(place):
    made = kit.publish(place)
    before = kit.snapshot(made.path)
    (made.path / "marts" / "dim_region.parquet").unlink()
    again = kit.publish(place)
    assert (again.release_id, again.is_new) == (made.release_id, True)
    after = kit.snapshot(made.path)
    before.pop("phare.duckdb")
    after.pop("phare.duckdb")
    assert after == before
    assert present(place) == [made.release_id]
