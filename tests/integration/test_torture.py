"""kill -9, power cuts, full disks, two runs at once, at seeded moments of every command.

`PHARE_TORTURE` says how many (10 by default, 100 in `make torture`), `PHARE_SEED` which. A moment
is a call of the system that Python makes on a file of the warehouse (open, rename, link, remove …),
counted: the same seed dies at the same place on any machine, however slow. Every second kill comes
by the clock instead, and may meet DuckDB or Arrow inside a file. Kills at chosen places are in
`test_bad_inputs`.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.config import Workspace
from phare_pipeline.explain.reading.published import Published
from phare_pipeline.sources.pins import renew_pins
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.verify.check import Outcome
from phare_pipeline.verify.files import check_files
from phare_pipeline.verify.run import verify
from phare_pipeline.warehouse import files
from phare_pipeline.warehouse.files import TEMPORARY
from phare_pipeline.warehouse.lock import exclusive
from phare_pipeline.warehouse.releases import all_releases, find_release
from tests.integration.small import (
    RUN,
    Installation,
    make_installation,
    verify_current,
    verify_release,
)

POWER, FIBRE = "odre_enr", "arcep_ftth"
KILLS = int(os.environ.get("PHARE_TORTURE", "10"))
SEED = int(os.environ.get("PHARE_SEED", "2016"))
IS_LONG = KILLS >= 100
RELEASES = 50 if IS_LONG else 2
FULL_DISKS = 60 if IS_LONG else 6
WAITING = (*RUN, "--wait", "600")

# Calls that change the disk; the others are moments to die at as well.
WRITES = frozenset({"os.rename", "os.link", "os.symlink", "os.mkdir", "os.truncate", "open"})
EVENTS = WRITES | {
    "os.remove", "os.rmdir", "os.chmod", "shutil.copyfile", "shutil.rmtree", "os.listdir",
    "os.scandir",
}  # fmt: skip


# --- an installation with two states of a source -----------------------------------------------
@dataclass
class Torture:
    """A tiny installation, the release that each state of its source gives, and the present one.

    `moments` and `seconds` are those that each command takes when nobody disturbs it.
    """

    tiny: Installation
    releases: tuple[str, str]
    moments: dict[str, int]
    seconds: dict[str, float]
    state: int = 1

    def put(self, state: int) -> None:
        """Give the source the figure of a state."""
        put(self.tiny, state)
        self.state = state


def put(tiny: Installation, number: int) -> None:
    """Give the source another figure, as if it had come like that; nobody reads it meanwhile."""
    with exclusive(tiny.warehouse, "a test", 600):
        path = tiny.raw_file(POWER)
        # Bytes: another line end would be another file, and rightly another release.
        content = path.read_bytes()
        [now] = [n for n in range(100) if f"82{n:02d}.948".encode() in content]
        old, new = (f"82{n:02d}.948".encode() for n in (now, 14 + number))
        path.write_bytes(content.replace(old, new))
        renew_pins(tiny.raw)


@pytest.fixture(scope="module", autouse=True)
def _quick_disk() -> Iterator[None]:
    """Wait for no disk: a killed process loses nothing that it has handed to the system."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "flush", no_wait)
        yield


def no_wait(_: Path) -> None:
    """Stand in for files.flush."""


@pytest.fixture(scope="module")
def torture(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Torture]:
    """Publish both states; count the moments of every command on the way."""
    folder = tmp_path_factory.mktemp("torture") / "installation"
    tiny = make_installation(repository, folder, (POWER, FIBRE))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in tiny.environment.items():
            patch.setenv(name, value)
        assert main(RUN) == 0
        first = verify_current(tiny)
        put(tiny, 1)
        measured = {"build": counted(tiny, *RUN, "--no-release")}
        measured["release"] = counted(tiny, *RUN)
        second = verify_current(tiny)
        measured["rollback"] = counted(tiny, "rollback", first)
        assert main(["rollback", second]) == 0
        other = tiny.copy_to(folder.with_name("pruned"))
        patch.setenv("PHARE_WAREHOUSE", str(other.warehouse))
        measured["prune"] = counted(other, "prune", "--keep", "0")
        patch.setenv("PHARE_WAREHOUSE", str(tiny.warehouse))
        assert first != second
        moments = {name: count for name, (count, _) in measured.items()}
        seconds = {name: taken for name, (_, taken) in measured.items()}
        for found in (moments, seconds):
            found["run"] = found.pop("build") + found["release"]
        yield Torture(tiny, (first, second), moments, seconds)


# --- processes that die at a moment ------------------------------------------------------------
@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that begin with the imports done, so that a kill meets work and no import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.warm", __name__])
    return context


@dataclass
class Watch:
    """What this process does to the warehouse: how many moments, when to die, what to refuse."""

    moments: int = 0
    last: int | None = None
    writes_left: int | None = None

    def see(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count a call of the system; die at it, or refuse it."""
        if event not in EVENTS or os.environ["PHARE_WAREHOUSE"] not in str(arguments):
            return
        self.moments += 1
        if self.moments == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.writes_left is not None and is_write(event, arguments):
            self.writes_left -= 1
            if self.writes_left < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


_watching: list[Watch] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watching:
        _watching[0].see(event, arguments)


@cache
def _install_hook() -> None:
    """Watch this process until it ends: a hook cannot be taken away, it sees nothing outside."""
    sys.addaudithook(_hook)


@contextmanager
def watched(last: int | None = None, writes: int | None = None) -> Iterator[Watch]:
    """Watch what happens inside; after `writes` writes the disk is full."""
    _install_hook()
    _watching.append(Watch(last=last, writes_left=writes))
    try:
        yield _watching[0]
    finally:
        _watching.clear()


def is_write(event: str, arguments: tuple[object, ...]) -> bool:
    """Tell whether a call changes the disk: a file that is only read does not."""
    if event != "open":
        return event in WRITES
    path, mode, flags = arguments
    # The other kind opens a descriptor again.
    is_path = isinstance(path, str) and isinstance(flags, int)
    is_for_writing = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR) != 0
    return is_path and (is_for_writing or bool(set(str(mode)) & set("wax+")))


def alone(
    environment: dict[str, str],
    arguments: tuple[str, ...],
    moment: int | None,
    on_disk: Path | None,
) -> None:
    """Run a command in this process, which dies at a moment; note what is on the disk by then."""
    os.environ.update(environment)
    files.flush = no_wait
    if on_disk is not None:
        files.flush = lambda _: note(on_disk)
        note(on_disk)
    be_silent()
    with watched(last=moment):
        sys.exit(main(arguments))


def be_silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())


def files_of(warehouse: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file, and what tells its content from any other that there is."""
    for folder, _, names in os.walk(warehouse):
        for path in (Path(folder, name) for name in names):
            found = path.lstat()
            if stat.S_ISREG(found.st_mode):
                yield path, f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"


def note(on_disk: Path) -> None:
    """Write down that all files of the warehouse are on the disk as they are now."""
    draft = on_disk.with_suffix(".draft")
    present = files_of(Path(os.environ["PHARE_WAREHOUSE"]))
    draft.write_text("\n".join(content for _, content in present))
    draft.replace(on_disk)


def cut_power(warehouse: Path, on_disk: Path) -> int:
    """Empty every file of which the disk did not have the content; names are as they were."""
    held = set(on_disk.read_text().splitlines())
    lost = [path for path, content in files_of(warehouse) if content not in held]
    for path in lost:
        path.chmod(0o644)
        path.write_bytes(b"")
    return len(lost)


def start(
    processes: ForkServerContext,
    tiny: Installation,
    *arguments: str,
    moment: int | None = None,
    on_disk: Path | None = None,
) -> ForkServerProcess:
    process = processes.Process(target=alone, args=(tiny.environment, arguments, moment, on_disk))
    process.start()
    return process


def ended(process: ForkServerProcess) -> int:
    process.join(300)
    assert process.exitcode is not None
    return process.exitcode


def counted(tiny: Installation, *arguments: str) -> tuple[int, float]:
    """Return how many moments a command has, and how many seconds it takes."""
    began = time.monotonic()
    with watched() as watch:
        assert main(arguments) == 0
    assert watch.moments > 10, tiny
    return watch.moments, time.monotonic() - began


def check_whole(torture: Torture) -> None:
    """Check that readers see one whole release of those that they may see, its catalogue too."""
    assert verify_current(torture.tiny) in torture.releases
    published = Published(find_release(Workspace.from_environment()))
    checks = check_files(published)
    if IS_LONG:
        checks = verify(load_context(), published, print, is_rebuilt=False)
    for check in checks:
        # So small an installation leaves tables empty, and that is red.
        is_small = all(line.endswith("it has no row") for line in check.details)
        assert check.outcome is Outcome.VERIFIED or (check.name == "contracts" and is_small), check


def check_next_run(torture: Torture) -> None:
    """Check that the next run ends with the release it should, and leaves nothing lying about."""
    assert main(RUN) == 0
    assert verify_current(torture.tiny) == torture.releases[torture.state]
    assert not list(torture.tiny.warehouse.rglob(f"{TEMPORARY}*"))
    for release in all_releases(Workspace.from_environment()):
        assert verify_release(release.path) == release.release_id


@pytest.mark.slow
@pytest.mark.parametrize("is_power_cut", [False, True], ids=["killed", "power cut"])
def test_killed_anywhere_readers_see_a_whole_release(
    torture: Torture, processes: ForkServerContext, tmp_path: Path, is_power_cut: bool
) -> None:
    """After each kill `current` is whole, and the next run ends with the release it should.

    A power cut also empties every file that the disk did not have yet.
    """
    chance = random.Random(SEED + is_power_cut)
    names: list[str] = []
    killed = dict.fromkeys(torture.moments, 0)
    lost = 0
    on_disk = tmp_path / "on_disk" if is_power_cut else None
    for number in range(KILLS):
        if not names:
            names = chance.sample(sorted(torture.moments), len(torture.moments))
        name = names.pop()
        arguments = prepared(name, torture)
        moment = None if number % 2 else chance.randint(1, torture.moments[name])
        second = chance.uniform(0, torture.seconds[name])
        where = f"after {second:.2f} s" if moment is None else f"at moment {moment}"
        print(f"kill {number} of seed {SEED}: {name} {where}")
        if on_disk is not None:
            # What it says of an earlier process is not what this one begins with.
            on_disk.unlink(missing_ok=True)
        process = start(processes, torture.tiny, *arguments, moment=moment, on_disk=on_disk)
        if moment is None:
            process.join(second)
            process.kill()
        killed[name] += ended(process) == -signal.SIGKILL
        if on_disk is not None and on_disk.is_file():
            lost += cut_power(torture.tiny.warehouse, on_disk)
        check_whole(torture)
        check_next_run(torture)
    print(f"killed: {killed} of {KILLS}, files lost: {lost}")
    assert sum(killed.values()) >= KILLS // 2
    assert min(killed.values()) > 0
    assert (lost > 0) is is_power_cut


def prepared(name: str, torture: Torture) -> tuple[str, ...]:
    """Bring the installation to where a command has something to do; return the command."""
    others = [
        release.release_id
        for release in all_releases(Workspace.from_environment())
        if release.release_id != torture.releases[torture.state]
    ]
    if name in ("run", "release") or not others:
        torture.put(1 - torture.state)
    if name == "run":
        return RUN
    if name == "release":
        assert main([*RUN, "--no-release"]) == 0
        return RUN
    if not others:
        assert main(RUN) == 0
        return prepared(name, torture)
    return ("rollback", others[0]) if name == "rollback" else ("prune", "--keep", "0")


# --- a disk that is full at any write ----------------------------------------------------------
@pytest.mark.slow
def test_a_full_disk_is_said_and_the_release_stands(
    torture: Torture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full from some write on, again and again, until a run gets through."""
    chance = random.Random(SEED)
    before = verify_current(torture.tiny)
    torture.put(1 - torture.state)
    refused = 0
    for number in range(FULL_DISKS):
        writes = 0 if number == 0 else int(chance.paretovariate(0.5)) % 600
        capsys.readouterr()
        with watched(writes=writes):
            code = main(RUN)
        if code == 0:
            torture.put(1 - torture.state)
            before = verify_current(torture.tiny)
            continue
        refused += 1
        text = capsys.readouterr().err
        assert text.startswith("error: The disk is full\n"), text
        assert "Traceback" not in text
        parts = dict(line.strip().split(": ", 1) for line in text.strip().split("\n"))
        assert {"where", "found", "expected", "do"} < set(parts)
        assert verify_current(torture.tiny) in (before, torture.releases[torture.state])
        check_whole(torture)
    assert refused >= FULL_DISKS // 2
    check_next_run(torture)


# --- two runs at once, and a reader ------------------------------------------------------------
def publish_often(environment: dict[str, str], folder: Path, times: int, last: int) -> None:
    """Publish again and again, with another figure each time; the last one is of a state."""
    os.environ.update(environment)
    files.flush = no_wait
    be_silent()
    for number in range(times):
        put(Installation(folder), last if number == times - 1 else 2 + number % 80)
        if main(WAITING) != 0:
            sys.exit(1)


def run_often(environment: dict[str, str], done: Path) -> None:
    """Run again and again beside another one until that one is done."""
    os.environ.update(environment)
    files.flush = no_wait
    be_silent()
    while not done.is_file():
        if main(WAITING) != 0:
            sys.exit(1)
        time.sleep(0.2)


@pytest.mark.slow
def test_two_at_once_and_a_reader_see_nothing_torn(
    torture: Torture, processes: ForkServerContext, tmp_path: Path
) -> None:
    """Two processes run and publish; each release that is met is read whole and of one piece."""
    tiny, state = torture.tiny, 1 - torture.state
    writer = processes.Process(
        target=publish_often, args=(tiny.environment, tiny.folder, RELEASES, state)
    )
    other = processes.Process(target=run_often, args=(tiny.environment, tmp_path / "done"))
    writer.start()
    other.start()
    seen: set[str] = set()
    while writer.is_alive():
        seen.add(read(tiny))
        time.sleep(0.1)
    (tmp_path / "done").touch()
    assert ended(writer) == 0
    assert ended(other) == 0
    seen.add(verify_current(tiny))
    assert len(seen) >= RELEASES // 2, seen
    # Nothing mixed, nothing lost: the last state gives the release that it gave to a run alone.
    torture.state = state
    check_whole(torture)
    assert verify_current(tiny) == torture.releases[state]
    check_next_run(torture)


def read(tiny: Installation) -> str:
    """Read the current release as a reader does that resolves `current` once."""
    release = (tiny.warehouse / "current").resolve(strict=True)
    release_id = verify_release(release)
    flat = pd.read_parquet(release / "marts" / "out_indicators.parquet")
    parts = pd.read_parquet(release / "out_indicators", columns=["value"])
    assert len(flat) == len(parts) > 0
    with duckdb.connect(release / "phare.duckdb", read_only=True) as connection:
        [(rows,)] = connection.sql("select count(*) from out_indicators").fetchall()
    assert rows == len(flat)
    # One that does not resolve it sees whole files all the same.
    assert len(pd.read_parquet(tiny.warehouse / "current" / "marts" / "out_scores.parquet")) > 0
    return release_id
