"""What a release is made of: changed code is found, a mixture is refused, scope is declared.

The project is copied, modules of the copy are really changed, and it runs a small installation.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.config import REPORTS_VARIABLE
from tests.integration.small import RUN, YEAR, Installation, verify_current
from tests.unit.state.test_state_modules import LOADED, closure_of

pytestmark = pytest.mark.slow

DRAWN = 10
WRONG = "core_scores"
EVERYTHING = ("run", "--plain")

# Prints the fingerprint of each step of the installation, beside the module that makes it.
FINGERPRINTS = """
import json
from phare_pipeline.steps.documents import making as documents
from phare_pipeline.steps.edition import build as edition
from phare_pipeline.steps.staging import observations
from phare_pipeline.steps.release import publish
from phare_pipeline.steps.staging import source as staging
from phare_pipeline.steps.common import studies
from phare_pipeline.steps.staging import surveys
from phare_pipeline.steps.common.loading import load_context
context = load_context()
found = {}
for source in context.sources.values():
    value = staging.staging_fingerprint(context, source)
    found[f"stg_{source.source_id}"] = staging.__name__, value
found["observations"] = observations.__name__, observations.observations_fingerprint(context)
for wave in studies.waves(context):
    found[wave.name] = surveys.__name__, surveys.wave_fingerprint(context, wave)
for year in context.editions:
    for part in edition.PARTS:
        key = f"{part.name}/{year}"
        found[key] = part.build.__module__, edition.part_fingerprint(context, part, year)
    found[f"cut/{year}"] = publish.__name__, publish.cut_fingerprint(context, year)
    for maker in documents.MAKERS:
        key = f"{maker.document.name}/{year}"
        found[key] = maker.make.__module__, maker.fingerprint(context, year)
print(json.dumps(found))
"""

# Runs the command and changes a module of the project when a certain step begins.
CHANGED_MEANWHILE = """
import sys
from pathlib import Path
import phare_pipeline
from phare_pipeline.cli import screen
from phare_pipeline.cli.main import main
told = screen.Progress.__call__
def tell(self, text):
    if text.startswith(sys.argv[1]):
        path = Path(phare_pipeline.__file__).parent / sys.argv[2]
        path.write_text(path.read_text("utf-8") + sys.argv[3], "utf-8")
    told(self, text)
screen.Progress.__call__ = tell
sys.exit(main(sys.argv[4:]))
"""

# Runs the command with a check of one table that fails.
RED = """
import sys
import pandas as pd
from phare_pipeline.cli.main import main
from phare_pipeline.steps.common import audit
judge, wrong = audit.contract_audit, sys.argv[1]
def refuse(table, name):
    found = judge(table, name)
    rows = pd.DataFrame({"region_code": ["11"], "score": [-1.0]})
    return audit.failing(found.check, found.description, rows) if name == wrong else found
audit.contract_audit = refuse
sys.exit(main(sys.argv[2:]))
"""


class Project:
    """A copy of the project's code that runs on an installation."""

    def __init__(self, repository: Path, folder: Path, installation: Installation) -> None:
        self.folder, self._installation = folder, installation
        for name in ("phare_pipeline", "dbt_like_sql"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(repository / name, folder / name, ignore=ignored)
        for name in ("requirements.lock", "dagster.yaml", "workspace.yaml"):
            shutil.copyfile(repository / name, folder / name)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the code of the copy."""
        environment = {**os.environ, **self._installation.environment}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def phare(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        return self.python("-m", "phare_pipeline", *arguments)

    def change(self, module: str, text: str = "\nPROBE_OF_A_TEST = 1\n") -> None:
        """Make a module do something else."""
        path = self.folder / Path(*module.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    def fingerprints(self) -> dict[str, tuple[str, str]]:
        """Return module and fingerprint of each step."""
        found = self.python("-c", FINGERPRINTS)
        assert found.returncode == 0, found.stderr
        return {key: (module, value) for key, (module, value) in json.loads(found.stdout).items()}


@pytest.fixture
def project(repository: Path, tmp_path: Path, small: Installation) -> Project:
    return Project(repository, tmp_path / "project", small)


def test_every_changed_module_makes_due_what_loads_it(
    project: Project, repository: Path, tmp_path: Path, small: Installation
) -> None:
    """Ten modules, drawn anew each time; what Python loads says which steps must be due."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    found = project.python("-c", LOADED)
    loaded = {name: set(asked) for name, asked in json.loads(found.stdout).items()}
    before = project.fingerprints()
    real = {made: closure_of(made, loaded) for made in {made for made, _ in before.values()}}
    computing = sorted(set.union(*real.values()) - {"phare_pipeline"})
    drawn = random.Random(seed).sample(computing, DRAWN)

    def judge(number: int, module: str) -> None:
        other = Project(repository, tmp_path / f"changed-{number}", small)
        other.change(module)
        after = other.fingerprints()
        for key, (made, fingerprint) in before.items():
            if module in real[made]:
                assert after[key][1] != fingerprint, f"{key} does not depend on {module}"

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(judge, range(DRAWN), drawn))
    for module in drawn:
        project.change(module)
    wanted = {key for key, (made, _) in before.items() if real[made] & set(drawn)}
    done = project.phare(*EVERYTHING)
    assert done.returncode == 0, done.stderr
    ledger = small.warehouse / "build" / "ledger"
    now = project.fingerprints()
    for key in wanted & {
        path.relative_to(ledger).as_posix()[:-5] for path in ledger.rglob("*.json")
    }:
        record = json.loads((ledger / f"{key}.json").read_text("utf-8"))
        assert record["fingerprint"] == now[key][1] != before[key][1], key


def test_a_change_of_what_all_tables_go_through_rebuilds_all(
    project: Project, small: Installation
) -> None:
    before = verify_current(small)
    assert "unchanged" in project.phare(*EVERYTHING).stdout
    project.change("phare_pipeline.warehouse.tables")
    told = project.phare(*EVERYTHING).stdout
    assert "7 sources staged, 1 editions built, 13 region-years written" in told
    assert "writing 14 documents" in told
    # The same figures by other code are another release: its manifest names the code.
    assert verify_current(small) != before
    # The older one stays readable: explained, compared, gone back to; a rebuild says what differs.
    assert project.phare("rollback", before).returncode == 0
    explained = project.phare("explain", f"HDF-{YEAR}-taux_chomage")
    assert explained.returncode == 0 and f"publication {before}" in explained.stdout
    assert "code: package warehouse" in project.phare("diff", before, "build").stdout
    verified = project.phare("verify")
    assert verified.returncode == 3, verified.stdout
    assert "not what the release was made from" in verified.stdout


def test_a_rule_that_changed_is_no_damage_of_an_older_release(
    project: Project, small: Installation
) -> None:
    """Figures that the present code computes otherwise are not verified; they have not failed."""
    before = verify_current(small)
    path = project.folder / "phare_pipeline" / "explain/recompute/comparison.py"
    text = path.read_text("utf-8")
    assert "count / 4" in text
    path.write_text(text.replace("count / 4", "count / 3"), "utf-8")
    verified = project.phare("verify", "--no-rebuild")
    assert verified.returncode == 1 and "is_in_worst_quarter" in verified.stdout
    project.change("phare_pipeline.index.ranks")
    verified = project.phare("verify", "--no-rebuild")
    assert verified.returncode == 3 and "made by other code" in verified.stdout
    assert verify_current(small) == before


def test_what_only_reads_makes_nothing_due(project: Project, small: Installation) -> None:
    before = verify_current(small)
    for module in (
        "explain.check.figures",
        "compare.diff",
        "verify.rebuild",
        "cli.screen",
        "assets.core",
    ):
        project.change(f"phare_pipeline.{module}")
    told = project.phare(*EVERYTHING).stdout
    assert "0 sources staged, 0 editions built, 0 region-years written" in told
    assert verify_current(small) == before


@pytest.mark.parametrize("moment", ["building", "writing", "assembling"])
def test_code_changed_while_a_run_is_on_is_refused(
    moment: str, project: Project, small: Installation
) -> None:
    before = verify_current(small)
    project.change("phare_pipeline.warehouse.tables")
    command = ("-c", CHANGED_MEANWHILE, moment, "index/ranks.py")
    told = project.python(*command, "\nPROBE_OF_A_TEST = 2\n", *EVERYTHING)
    assert told.returncode == 1
    assert "changed while the run was on" in told.stderr
    assert "phare_pipeline.index.ranks" in told.stderr
    assert verify_current(small) == before
    # What was built meanwhile was recorded under the code that built it: it is judged anew.
    again = project.phare(*EVERYTHING)
    assert again.returncode == 0 and "1 editions built" in again.stdout


def test_a_comment_written_while_a_run_is_on_is_not_refused(
    project: Project, small: Installation
) -> None:
    project.change("phare_pipeline.warehouse.tables")
    command = ("-c", CHANGED_MEANWHILE, "building", "index/ranks.py", "\n# why\n")
    assert project.python(*command, *EVERYTHING).returncode == 0


def test_a_declaration_changed_while_a_run_is_on_is_refused(
    small: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from phare_pipeline.steps.documents import making as documents

    before = verify_current(small)
    change_weight(small, 3)
    make = documents.make_documents

    def change_first(*arguments: object, **named: object) -> object:
        change_weight(small, 4)
        return make(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "make_documents", change_first)
    assert main(RUN) == 1
    error = capsys.readouterr().err
    assert "changed while the run was on" in error and "registry/indicators.csv" in error
    assert verify_current(small) == before


def change_weight(installation: Installation, weight: float) -> None:
    """Give the first indicator another weight."""
    path = installation.registry / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["weight"] = str(weight)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_each_process_of_a_run_is_of_the_state_of_the_first(small: Installation) -> None:
    """Dagster starts one for each step: it loads code and declarations anew."""
    from phare_pipeline.errors import ReleaseError
    from phare_pipeline.steps.common.loading import load_context
    from phare_pipeline.steps.common.one_state import join_run

    join_run(load_context(), "run-1")
    join_run(load_context(), "run-1")
    change_weight(small, 3)
    with pytest.raises(ReleaseError, match="changed while the run was on"):
        join_run(load_context(), "run-1")
    join_run(load_context(), "run-2")


def test_two_methods_are_not_published_together(
    small: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One weight changed and one edition rerun: the other edition is of another method."""
    monkeypatch.setenv("PHARE_EDITIONS", f"{YEAR}-{YEAR + 1}")
    assert main(EVERYTHING) == 0
    before = verify_current(small)
    change_weight(small, 3)
    capsys.readouterr()
    assert main([*EVERYTHING, "--year", str(YEAR)]) == 1
    error = capsys.readouterr().err
    assert "mixture of states" in error and f"edition {YEAR + 1}" in error
    assert "do: phare run" in error and "Traceback" not in error
    assert verify_current(small) == before
    assert main(EVERYTHING) == 0
    assert verify_current(small) != before


def test_another_package_is_another_state(
    small: Installation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    """Another version of what computes makes all due; the same bytes are the same release."""
    from phare_pipeline.state import modules
    from phare_pipeline.state.snapshot import started_with
    from phare_pipeline.steps.common.loading import load_context
    from phare_pipeline.steps.release.gather import is_current

    before = verify_current(small)
    assert is_current(load_context())
    versions = modules.versions_behind
    monkeypatch.setattr(
        modules, "versions_behind", lambda names: {**versions(names), "numpy": "0.0"}
    )
    # A process computes its digests once: this one begins again, and so do the tests after it.
    started_with.cache_clear()
    request.addfinalizer(started_with.cache_clear)
    assert not is_current(load_context())
    assert main(RUN) == 0
    told = capsys.readouterr().out
    assert "7 sources staged, 1 editions built, 13 region-years written" in told
    assert verify_current(small) == before


def test_the_documents_of_a_release_are_declared(
    small: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They follow from what is declared, not from what was made once; none leaves unnamed."""
    monkeypatch.setenv("PHARE_EDITIONS", f"{YEAR}-{YEAR + 1}")
    assert main(EVERYTHING) == 0
    plain = verify_current(small)
    held = {int(p.stem) for p in (small.warehouse / "current" / "reports").rglob("*.html")}
    [other] = {YEAR, YEAR + 1} - held
    monkeypatch.setenv(REPORTS_VARIABLE, str(other))
    assert main([*EVERYTHING, "--year", str(other)]) == 0
    reports = list((small.warehouse / "current" / "reports").rglob(f"{other}.html"))
    assert len(reports) == 14 and verify_current(small) != plain
    monkeypatch.delenv(REPORTS_VARIABLE)
    capsys.readouterr()
    assert main(EVERYTHING) == 0
    assert f"14 documents of {other} (out_report) leave the release" in capsys.readouterr().out
    assert verify_current(small) == plain


@pytest.mark.parametrize("options", [["run"], ["run", "--plain"]], ids=["dagster", "plain"])
def test_a_red_check_is_told_in_five_lines(
    options: list[str], project: Project, small: Installation
) -> None:
    """What fails, in which edition, what was found, and that no extract is at fault."""
    before = verify_current(small)
    change_weight(small, 3)
    told = project.python("-c", RED, WRONG, *options)
    assert told.returncode == 1
    assert "error: " in told.stderr, told.stderr
    error = told.stderr[told.stderr.index("error: ") :]
    assert f"{WRONG} (edition {YEAR}): the check contract fails" in error
    assert "found: 1 rows, first: region_code=11, score=-1.0" in error
    assert "no extract is at fault" in error and "Traceback" not in told.stderr
    assert error.count("\n") <= 5
    assert verify_current(small) == before


def test_a_scope_that_is_none_is_refused(
    small: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for wrong in ("1999", "2012-2030", "2018-2016", "tout"):
        monkeypatch.setenv("PHARE_EDITIONS", wrong)
        assert main(RUN) == 1
        error = capsys.readouterr().err
        assert "PHARE_EDITIONS names an edition that there is not" in error and wrong in error
