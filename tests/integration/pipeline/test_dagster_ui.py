"""One smoke test against a real Dagster webserver and daemon, through its GraphQL API."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from phare_pipeline.sources.pins import renew_pins
from tests.integration.small import YEAR, Installation

START_SECONDS = 120
RUN_SECONDS = 120

LAUNCH = """
mutation Launch($location: String!, $repository: String!, $job: String!, $tags: [ExecutionTag!]!) {
  launchRun(executionParams: {
    selector: {repositoryLocationName: $location, repositoryName: $repository, jobName: $job},
    mode: "default", runConfigData: "{}", executionMetadata: {tags: $tags}
  }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}
"""
STATUS = "query Status($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
ASSETS = "{ assetNodes { assetKey { path } groupName isPartitioned } }"
LOCATION = """
{ workspaceOrError { ... on Workspace { locationEntries {
    locationOrLoadError { __typename ... on RepositoryLocation { name repositories {
      name jobs { name } } } ... on PythonError { message } } } } } }
"""
CHECKS = """
query Checks($key: AssetKeyInput!, $name: String!) {
  assetCheckExecutions(assetKey: $key, checkName: $name, limit: 5) {
    status evaluation { success } } }
"""


def free_port() -> int:
    """Return a port of the loopback address that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """A running `phare ui`, asked as its own web page asks it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/graphql"
        self.repository: dict[str, str] = {}

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            content: dict[str, Any] = json.load(answer)
        assert "errors" not in content, content["errors"]
        data: dict[str, Any] = content["data"]
        return data

    def run(self, job: str, **tags: str) -> str:
        """Launch a job through the queue and return how it ended."""
        listed = [{"key": f"dagster/{k.replace('__', '/')}", "value": v} for k, v in tags.items()]
        launched = self.ask(LAUNCH, **self.repository, job=job, tags=listed)["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            status = self.ask(STATUS, id=launched["run"]["runId"])["runOrError"]["status"]
            if status in ("SUCCESS", "FAILURE", "CANCELED"):
                return str(status)
            time.sleep(1)
        raise TimeoutError(job)


@contextmanager
def serving() -> Iterator[Server]:
    """Run `phare ui` in a process group of its own and end the group."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "phare_pipeline", "ui", "--port", str(port)],
        env=os.environ.copy(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(port)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                server.ask("{ version }")
                break
            except OSError:
                assert process.poll() is None, "the server ended by itself"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(1)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every Parquet file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


@pytest.mark.ui
@pytest.mark.slow
def test_a_person_runs_and_reruns_in_the_ui(small: Installation) -> None:
    """Assets and jobs load; an edition and a region rerun; a bad figure turns a check red."""
    build = small.warehouse / "build"
    with serving() as server:
        [entry] = server.ask(LOCATION)["workspaceOrError"]["locationEntries"]
        location = entry["locationOrLoadError"]
        assert location["__typename"] == "RepositoryLocation", location
        server.repository = {
            "location": location["name"],
            "repository": location["repositories"][0]["name"],
        }
        jobs = {job["name"] for job in location["repositories"][0]["jobs"]}
        assert {"observation", "staging", "edition", "region", "publication", "everything"} <= jobs
        nodes = {"/".join(n["assetKey"]["path"]): n for n in server.ask(ASSETS)["assetNodes"]}
        assert {n["groupName"] for n in nodes.values()} == {
            "raw",
            "staging",
            "core",
            "out",
            "release",
            "plan",
        }
        assert {"raw_arcep_ftth", "stg_arcep_ftth", "core_scores", "out_pareto"} <= nodes.keys()

        before = hashes(build)
        assert server.run("edition", partition=str(YEAR)) == "SUCCESS"
        assert server.run("region", partition=f"hauts-de-france|{YEAR}") == "SUCCESS"
        assert hashes(build) == before
        key = {"path": ["core_measures"]}
        [check] = server.ask(CHECKS, key=key, name="totals_conserved")["assetCheckExecutions"]
        assert check["evaluation"]["success"] is True

        path = small.raw_file("arcep_ftth")
        path.write_text(path.read_text("utf-8").replace("\n01,", "\n99,", 1), "utf-8")
        renew_pins(small.raw)
        assert server.run("staging") == "FAILURE"
        key = {"path": ["stg_arcep_ftth"]}
        [check] = server.ask(CHECKS, key=key, name="no_rejected_rows")["assetCheckExecutions"]
        assert check["evaluation"]["success"] is False
        assert hashes(build) == before
