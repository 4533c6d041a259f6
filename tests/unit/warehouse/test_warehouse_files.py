"""Atomic writing: failures, kills and full disks leave the old file."""

import errno
import os
import shutil
import signal
import subprocess
import sys

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phare_pipeline.errors import PhareError
from phare_pipeline.warehouse import files
from phare_pipeline.warehouse.files import (
    batch,
    remove_folder,
    sha256_of,
    sweep,
    write_atomic,
    write_bytes_atomic,
)

KILLED = """
import sys, time
from pathlib import Path
from phare_pipeline.warehouse.files import write_atomic
def write(temporary):
    temporary.write_bytes(b"half of the n")
    print("writing", flush=True)
    time.sleep(60)
write_atomic(Path(sys.argv[1]), write)
"""


def start(script, argument, repository):
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(argument)],
        stdout=subprocess.PIPE,
        cwd=repository,
    )
    process.stdout.readline()
    return process


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "new" / "file"
    write_bytes_atomic(path, b"one")
    write_bytes_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["file"]
    assert sha256_of(path) == "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"


def test_a_batch_is_on_the_disk_once_before_any_of_it_is_moved(tmp_path, monkeypatch):
    names_then, place = [], tmp_path / "deep" / "new"
    for name in ("one", "two"):
        write_bytes_atomic(place / name, b"old")
    monkeypatch.setattr(files, "flush", lambda folder: names_then.append(contents(place)))
    with batch() as put:
        for name in ("one", "two", "three"):
            write_bytes_atomic(place / name, name.encode(), put)
        assert contents(place)["one"] == b"old"
    [then] = names_then
    assert (then["one"], then["two"], "three" in then) == (b"old", b"old", False)
    assert sorted(then.values()) == sorted([b"old", b"old", b"one", b"two", b"three"])
    assert contents(place) == {"one": b"one", "two": b"two", "three": b"three"}


def test_a_batch_that_fails_moves_nothing(tmp_path, monkeypatch):
    write_bytes_atomic(tmp_path / "one", b"old")

    def fail(folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(KeyError), batch() as put:
        write_bytes_atomic(tmp_path / "one", b"new", put)
        raise KeyError("no")
    monkeypatch.setattr(files, "flush", fail)
    with pytest.raises(PhareError, match="The disk is full"), batch() as put:
        write_bytes_atomic(tmp_path / "one", b"new", put)
    assert contents(tmp_path) == {"one": b"old"}


def test_what_the_system_cannot_put_on_the_disk_is_said(tmp_path):
    files.flush(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        files.flush(tmp_path / "absent")


def test_a_hard_link_keeps_the_old_content(tmp_path):
    path, link = tmp_path / "file", tmp_path / "published"
    write_bytes_atomic(path, b"old")
    link.hardlink_to(path)
    write_bytes_atomic(path, b"new")
    assert (link.read_bytes(), path.read_bytes()) == (b"old", b"new")


def test_a_failing_writer_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    write_bytes_atomic(path, b"old")

    def write(temporary):
        temporary.write_bytes(b"half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        write_atomic(path, write)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        duckdb.TransactionException(
            'TransactionContext Error: Failed to commit: Could not write file "x": '
            "No space left on device"
        ),
    ],
    ids=["disk", "quota", "duckdb"],
)
def test_a_full_disk_is_said(tmp_path, error):
    path = tmp_path / "file"
    write_bytes_atomic(path, b"old")

    def write(temporary):
        temporary.write_bytes(b"half")
        raise error

    with pytest.raises(PhareError, match="The disk is full") as caught:
        write_atomic(path, write)
    assert caught.value.where == "file"
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_readers_do_not_match_what_is_being_written(tmp_path):
    def write(temporary):
        pq.write_table(pa.table({"a": [99]}), temporary)
        pattern = str(tmp_path / "*.parquet")
        assert duckdb.execute("select a from read_parquet(?)", [pattern]).fetchall() == [(1,)]
        assert pl.read_parquet(pattern).rows() == [(1,)]
        assert [p.name for p in tmp_path.glob("*.parquet")] == ["2015.parquet"]

    pq.write_table(pa.table({"a": [1]}), tmp_path / "2015.parquet")
    write_atomic(tmp_path / "2016.parquet", write)
    assert names(tmp_path) == ["2015.parquet", "2016.parquet"]


def test_a_killed_writer_leaves_the_old_file_and_sweep_cleans(tmp_path, repository):
    path = tmp_path / "deep" / "2016.parquet"
    write_bytes_atomic(path, b"old")
    kill(start(KILLED, path, repository))
    assert path.read_bytes() == b"old"
    assert len(names(path.parent)) == 2
    draft = tmp_path / ".tmp-123"
    draft.mkdir()
    (draft / "x.parquet").write_bytes(b"x")
    (tmp_path / "tmp-of-someone-else").write_bytes(b"x")
    assert len(sweep(tmp_path)) == 2
    assert names(path.parent) == ["2016.parquet"]
    assert names(tmp_path) == ["deep", "tmp-of-someone-else"]


def test_a_folder_goes_in_one_step(tmp_path, monkeypatch):
    folder = tmp_path / "x"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "file").write_bytes(b"x")

    def fail(path, **options):
        if path.exists():
            raise OSError(errno.EIO, "no")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", fail)
        with pytest.raises(OSError, match="no"):
            remove_folder(folder)
    [grave] = tmp_path.iterdir()
    assert grave.name.startswith(".tmp-")
    assert (grave / "deep" / "file").is_file()
    remove_folder(folder)
    assert sweep(tmp_path) == [grave]
    assert names(tmp_path) == []


def test_a_folder_that_goes_leaves_the_draft_that_takes_its_place(tmp_path):
    folder, draft = tmp_path / "state", tmp_path / f".tmp-{os.getpid()}-state"
    for place in (folder, draft):
        place.mkdir()
        (place / place.name).write_bytes(b"x")
    remove_folder(folder)
    draft.rename(folder)
    assert [path.name for path in folder.iterdir()] == [draft.name]
