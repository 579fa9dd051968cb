# make run   set up everything, load the sample library, recluster, serve it
# make demo  the same but the serving
# make test  set up everything, run the tests
# All else is for who works on the code; `make help` lists it.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

# A local run: settings.py is strict unless told otherwise.
run demo: export DEBUG ?= 1

.DEFAULT_GOAL := help
.PHONY: help run demo test coverage lint format requirements clean bench-quality bench-recluster bench-scale bench-import bench-search

help: ## list what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

run: demo ## set up everything, load the sample library, recluster, serve it on 127.0.0.1:$PORT
	@echo
	@echo "musicdb: http://127.0.0.1:$(PORT)/   admin: http://127.0.0.1:$(PORT)/admin/   stop: Ctrl-C"
	@$(MANAGE) runserver --noreload --skip-checks 127.0.0.1:$(PORT)

demo: $(VENV)/.installed ## all of `make run` but the serving
	@$(MANAGE) bootstrap
	@$(MANAGE) recluster

test: $(VENV)/.installed-dev ## set up everything, run the tests
	@$(BIN)/python -m pytest -n auto

coverage: $(VENV)/.installed-dev ## run the tests and print what they do not reach
	@$(BIN)/python -m pytest -n auto --cov --cov-report=term-missing:skip-covered

lint: $(VENV)/.installed-dev ## style, types, layers, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@SECRET_KEY=lint $(MANAGE) makemigrations --check --dry-run

format: $(VENV)/.installed-dev ## put the code into its one shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench-quality: $(VENV)/.installed-dev ## compare our clusters with a baseline's, genre by genre (needs the data; minutes)
	@$(BIN)/python -m benchmarks.quality

bench-recluster: $(VENV)/.installed-dev ## compare recluster with the bare numbers, on SQLite and PostgreSQL (a quarter hour)
	@$(BIN)/python -m benchmarks.recluster

bench-scale: $(VENV)/.installed-dev ## recluster 1.2 million tracks (minutes)
	@$(BIN)/python -m benchmarks.scale

bench-import: $(VENV)/.installed-dev ## import 114,000 rows, against a plain resource (minutes)
	@$(BIN)/python -m benchmarks.imports

bench-search: $(VENV)/.installed-dev ## search 500,000 tracks in the admin, on SQLite and PostgreSQL (minutes)
	@$(BIN)/python -m benchmarks.search

# Extras are kept in the pins: without them, pip looks at newer releases for `coverage[toml]` than the pinned
# `coverage`, and in hash mode refuses the first that appears.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url

requirements: $(VENV)/.installed-dev ## pin the dependencies of pyproject.toml anew
	@$(COMPILE) --upgrade --output-file requirements.txt pyproject.toml
	@$(COMPILE) --upgrade --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## remove what was installed and generated, but no data
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache .coverage htmlcov

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "musicdb needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

# The stamps are made last, so that an install that was interrupted is taken up again.
$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing what musicdb needs (once; a minute or two) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what its tests need (once; a minute or two) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
