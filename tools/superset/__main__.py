"""Opens the current release in Apache Superset: every view is queried, one chart is looked at.

    make test-superset

Superset gets an environment of its own below `.superset/` (0.7 GB, made once), listens on the
loopback address and is ended at the end. The picture of the chart stays beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HOME = PROJECT / ".superset"
PYTHON = HOME / "venv" / "bin" / "python"
STAMP = HOME / "venv" / ".ready"
USER = "phare"
START_SECONDS = 180
PAGE_SECONDS = 180
CHART_VIEW = "Indice de fragilité"

Json = dict[str, Any]


def main() -> int:
    """Install, start, load, compare; returns 0 when Superset shows what DuckDB holds."""
    release = (PROJECT / "warehouse" / "current" / "phare.duckdb").resolve()
    if not release.is_file():
        print("Nothing is published yet: make run", file=sys.stderr)
        return 1
    install()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        # Superset's DuckDB may want to write beside the file; a release is read-only.
        copy = Path(folder) / "phare.duckdb"
        shutil.copyfile(release, copy)
        server.log_in()
        database = server.post(
            "database/",
            {
                "database_name": "PHARE",
                "sqlalchemy_uri": f"duckdb:///{copy}?access_mode=read_only",
                "expose_in_sqllab": True,
            },
        )["id"]
        views = views_of(release)
        for view, rows in views.items():
            dataset = server.post(
                "dataset/", {"database": database, "schema": "main", "table_name": view}
            )["id"]
            found = server.count(dataset)
            print(f"{view}: {found} rows")
            if found != rows:
                print(f"error: {view}: found {found} rows, expected {rows}", file=sys.stderr)
                return 1
            if view == CHART_VIEW:
                picture = server.draw(dataset, newest_edition(release))
        print(f"{len(views)} views read; picture: {picture.relative_to(PROJECT)}")
    return 0


def views_of(release: Path) -> dict[str, int]:
    """Return the French views of the release and how many rows each has, by our own DuckDB."""
    with duckdb.connect(str(release), read_only=True) as connection:
        names = connection.execute(
            "select view_name from duckdb_views() where not internal order by view_name"
        ).fetchall()
        counts = {}
        for (name,) in names:
            # A name of our own catalogue.
            query = f'select count(*) from "{name}"'  # noqa: S608
            counts[name] = int(connection.execute(query).fetchall()[0][0])
    return counts


def newest_edition(release: Path) -> int:
    """Return the newest edition in which the regions are classified."""
    with duckdb.connect(str(release), read_only=True) as connection:
        query = "select max(year) from dim_edition where is_classified"
        return int(connection.execute(query).fetchall()[0][0])


def install() -> None:
    """Make Superset's own environment, once for each list of requirements."""
    wanted = (HERE / "requirements.txt").read_text("utf-8")
    if STAMP.is_file() and STAMP.read_text("utf-8") == wanted:
        return
    print("Installing Superset in an environment of its own (0.7 GB, a minute or two)", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(HOME / "venv")], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")]
    subprocess.run(pip, check=True)
    STAMP.write_text(wanted, "utf-8")


class Server:
    """The REST interface of a running Superset."""

    def __init__(self, port: int, password: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._password = password
        self._token = ""

    def log_in(self) -> None:
        """Get a token for the calls that follow."""
        answer = self.post(
            "security/login",
            {"username": USER, "password": self._password, "provider": "db", "refresh": False},
        )
        self._token = answer["access_token"]

    def post(self, path: str, content: Json) -> Json:
        """Call the interface; an error shows what Superset answered."""
        request = urllib.request.Request(
            f"{self.address}/api/v1/{path}",
            json.dumps(content).encode("utf-8"),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                found: Json = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise SystemExit(f"Superset refuses {path}: {error.read().decode()}") from error

    def count(self, dataset: int) -> int:
        """Count the rows of a dataset by Superset's own query."""
        metric = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "rows"}
        answer = self.post(
            "chart/data",
            {
                "datasource": {"id": dataset, "type": "table"},
                "queries": [{"columns": [], "metrics": [metric]}],
                "result_format": "json",
                "result_type": "full",
            },
        )
        return int(answer["result"][0]["data"][0]["rows"])

    def draw(self, dataset: int, year: int) -> Path:
        """Make a bar chart of the regions' fragility in an edition and take its picture."""
        metric = {
            "expressionType": "SQL",
            "sqlExpression": 'max("Fragilité")',
            "label": "Fragilité",
        }
        only = {"expressionType": "SQL", "clause": "WHERE"}
        level = only | {"sqlExpression": "\"Niveau de l’indice\" = 'index'"}
        newest = only | {"sqlExpression": f'"Édition" = {year}'}
        chart = self.post(
            "chart/",
            {
                "slice_name": "Fragilité des régions",
                "viz_type": "echarts_timeseries_bar",
                "datasource_id": dataset,
                "datasource_type": "table",
                "params": json.dumps(
                    {
                        "datasource": f"{dataset}__table",
                        "viz_type": "echarts_timeseries_bar",
                        "x_axis": "Région",
                        "metrics": [metric],
                        "groupby": [],
                        "x_axis_sort": "Fragilité",
                        "x_axis_sort_asc": True,
                        "adhoc_filters": [level, newest],
                        "orientation": "horizontal",
                        "row_limit": 100,
                    }
                ),
            },
        )["id"]
        picture = HOME / "chart.png"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            # The page shares the cookies of its context, so this logs it in.
            form: dict[str, str | float | bool] = {
                "username": USER,
                "password": self._password,
            }
            page.request.post(f"{self.address}/login/", form=form)
            page.goto(f"{self.address}/explore/?slice_id={chart}&standalone=1")
            page.wait_for_selector("canvas", timeout=PAGE_SECONDS * 1000)
            page.wait_for_timeout(3_000)
            page.screenshot(path=picture)
            browser.close()
        return picture


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start Superset with an empty database of its own, and end it."""
    password = secrets.token_urlsafe(16)
    environment = {
        **os.environ,
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "PHARE_SUPERSET_SECRET": secrets.token_urlsafe(32),
        "PHARE_SUPERSET_HOME": str(folder),
        "FLASK_APP": "superset.app:create_app()",
        "HOME": str(folder),
    }
    superset = [str(PYTHON.parent / "superset")]
    admin = ["fab", "create-admin", "--username", USER, "--firstname", "P", "--lastname", "P"]
    admin += ["--email", "phare@example.org", "--password", password]
    log = (folder / "superset.log").open("w+")
    for arguments in (["db", "upgrade"], admin, ["init"]):
        done = subprocess.run(
            superset + arguments, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            raise SystemExit(f"superset {arguments[0]} fails:\n{tail(log)}")
    port = free_port()
    command = [*superset, "run", "-h", "127.0.0.1", "-p", str(port), "--with-threads"]
    process = subprocess.Popen(
        command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        wait_for(port, process)
        yield Server(port, password)
    except BaseException:
        print(tail(log), file=sys.stderr)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        log.close()


def tail(log: Any, length: int = 3000) -> str:
    """Return the end of the log."""
    log.flush()
    log.seek(0)
    text: str = log.read()
    return text[-length:]


def free_port() -> int:
    """Return a port that nothing uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until Superset answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("Superset ends before it answers")
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2),
        ):
            return
        time.sleep(1)
    raise SystemExit(f"Superset does not answer within {START_SECONDS} s")


if __name__ == "__main__":
    raise SystemExit(main())
