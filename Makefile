# Every target sets itself up. Needed: make, sh and Python 3.11 or newer with pip.
# The network is used by `setup` (once) and `lock` only, through pip as this machine configures it.

# Compiled modules are kept, also where the environment says otherwise: the tests start the command
# often, and compiling takes most of a start.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.phare-setup
UV_VERSION := 0.13.9
# A file of tests stays in one process, for what its tests share; the slow files come first.
PYTEST := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup run ui pdf demo test test-fast test-tools test-superset torture lint format bench lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sort \
		| awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: $(STAMP) ## create .venv and install the locked packages (once; again when the lock changes)
	@echo "$(VENV) is ready"

$(STAMP): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "make: $(PYTHON) is missing: install Python 3.11 or newer," \
			"or name one: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $(PYTHON) is $$("$(PYTHON)" -V 2>&1 | head -n 1); expected Python 3.11 or newer;" \
			"name one: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "make: $(PYTHON) has no venv module: install the Debian package python3-venv" >&2; \
		exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { \
		echo "Creating $(VENV)"; "$(PYTHON)" -m venv --clear $(VENV); }
	@echo "Installing the packages of requirements.lock (about 1 GB, one minute or two)"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

run: $(STAMP) ## run the main job on the extracts of raw/ and print the newest classified edition
	@$(VENV)/bin/phare run

ui: $(STAMP) ## open Dagster on loopback: see, rerun and watch
	@$(VENV)/bin/phare ui

pdf: $(STAMP) ## write the published reports as PDF into exports/ (needs Pango, see the message)
	@$(VENV)/bin/phare export --format pdf

demo: $(STAMP) ## invent the answers of the demonstration study and publish it, alone
	@$(PY) -m examples.phare_demo build/demo
	@$(VENV)/bin/phare run --study phare-demo --exports build/demo

test: $(STAMP) ## all tests
	@$(PYTEST)

test-fast: $(STAMP) ## the tests that need no other program and take milliseconds
	@$(PYTEST) -m 'not slow and not system and not ui'

test-tools: $(STAMP) ## install the programs of others that some tests compare with (npm, pip)
	@npm ci --silent --no-audit --no-fund --prefix tests/node
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --upgrade \
		--target tests/duckdb_1_4/packages -r tests/duckdb_1_4/requirements.txt

test-superset: $(STAMP) ## open the current release in Apache Superset, in an environment of its own
	@$(PY) -m tools.superset

lint: $(STAMP) ## ruff (rules and format), mypy in strict mode, the layers of docs/architecture.md
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache --no-logo

format: $(STAMP) ## put the code in ruff's format and repair what ruff can repair
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

torture: $(STAMP) ## kill every writing command at 100 random moments; readers during 50 releases
	@PHARE_TORTURE=100 $(PY) -m pytest -rP tests/integration/test_torture.py

bench: $(STAMP) ## measure runs, publication, Pareto layer, draws, all communes (PARTS="scale …")
	@$(PY) -m benchmarks $(PARTS)

lock: $(STAMP) ## renew requirements.lock from pyproject.toml (needs the package index)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(PY) -m uv pip compile pyproject.toml --extra dev --python-version 3.11 --universal \
		--generate-hashes --no-strip-extras --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

clean: ## remove what can be made again: warehouse, Dagster's runs, caches (.venv stays)
	@find warehouse -mindepth 1 ! -name README.md -delete
	@rm -rf .dagster .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
