# The only list of commands. Each one sets up what it needs in .venv, from a bare checkout with Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes
LOCK := $(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes \
	--no-header --no-annotate --quiet --upgrade

.DEFAULT_GOAL := help
.PHONY: help demo test soak validation check bench lock docs clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: requirements/core.lock pyproject.toml | $(BIN)/python
	$(PIP) -r requirements/core.lock
	$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/core.stamp
	$(PIP) -r requirements/dev.lock
	@touch $@

demo: $(VENV)/core.stamp ## five reports on reconstructed cohorts, and a clinic of invented people, served to this machine
	$(BIN)/foramen demo --out demo-output

test: $(VENV)/dev.stamp check ## everything that must hold, in under ten minutes
	@rm -rf build/validation
	FORAMEN_VALIDATION=build/validation/sqlite.json $(BIN)/python -m pytest -m "not soak" -n auto
	FORAMEN_VALIDATION=build/validation/postgresql.json $(BIN)/python -m tests.postgres -- $(BIN)/python -m pytest -m "not soak and not one_database" -n auto tests/clinic

soak: $(VENV)/dev.stamp ## kill, race and load tests, and long ones
	FORAMEN_VALIDATION=build/validation/soak-sqlite.json $(BIN)/python -m pytest -m soak
	FORAMEN_VALIDATION=build/validation/soak-postgresql.json \
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m pytest -n auto tests/clinic/test_api_schema.py

validation: $(VENV)/dev.stamp ## requirement, test, result, version: a page of the last make test
	$(BIN)/python -m tests.validation

check: $(VENV)/dev.stamp ## format, lint, layers, types
	$(BIN)/ruff format --check src tests bench docs
	$(BIN)/ruff check src tests bench docs
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

.venv-bench/bench.stamp: requirements/bench.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes -r $<
	@touch $@

bench: $(VENV)/dev.stamp .venv-bench/bench.stamp ## time the reports against what a user would pick instead
	$(BIN)/python bench/run.py $(ARGS)
	$(BIN)/python bench/clinic.py
	$(BIN)/python -m tests.postgres -- $(BIN)/python bench/clinic.py --treatments 200000

docs: $(VENV)/dev.stamp ## regenerate the reference pages
	$(BIN)/python -m docs.generate

lock: $(VENV)/dev.stamp ## resolve the hash-pinned locks anew
	$(LOCK) pyproject.toml --extra build --output-file requirements/core.lock
	$(LOCK) pyproject.toml --extra build --extra dev --output-file requirements/dev.lock
	$(LOCK) requirements/bench.in --constraint requirements/core.lock --output-file requirements/bench.lock

clean: ## remove what these commands made
	rm -rf $(VENV) .venv-bench demo-output .mypy_cache .ruff_cache .pytest_cache
