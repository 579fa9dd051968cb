# make run   set up everything, load the sample library, recluster, serve it
# make run LIBRARY=liked.csv  the same with your library in place of the sample
# make demo  the same but the serving
# make test  set up everything, run the quick tests
# The other targets are for developers; `make help` lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

# Each process of the tests would compile the project anew where the shell forbids to keep bytecode.
export PYTHONDONTWRITEBYTECODE :=

# settings.py is strict by default; a local run needs DEBUG.
run demo: export DEBUG ?= 1

.DEFAULT_GOAL := help
.PHONY: help run demo test test-all coverage lint format requirements screenshots clean bench-quality bench-recluster bench-scale bench-import bench-memory bench-export bench-search bench-site-search bench-libraries bench-map bench-pages bench-similar

help: ## list what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

run: demo ## set up everything, load the sample library (or LIBRARY=FILE), recluster, serve it on 127.0.0.1:$PORT
	@echo
	@echo "musicdb: http://127.0.0.1:$(PORT)/   admin: http://127.0.0.1:$(PORT)/admin/   stop: Ctrl-C"
	@$(MANAGE) runserver --noreload --skip-checks 127.0.0.1:$(PORT)

demo: $(VENV)/.installed ## the same without serving
	@$(MANAGE) bootstrap $(if $(LIBRARY),--without-sample)
	@# Not every shell replaces ~ in LIBRARY=~/liked.csv.
	@$(if $(LIBRARY),$(MANAGE) importlibrary "$(LIBRARY:~/%=$(HOME)/%)")
	@$(MANAGE) recluster

# worksteal: a worker that has finished its share takes tests from the others.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

test: $(VENV)/.installed-dev ## set up everything, run the quick tests
	@$(PYTEST)

test-all: $(VENV)/.installed-dev ## run the quick and the slow tests
	@$(PYTEST) -m "not browser"

coverage: $(VENV)/.installed-dev ## run the quick and the slow tests and print the lines that they miss
	@$(PYTEST) -m "not browser" --cov

# Against the empty tree, git finds the marks of a merge conflict in every file, templates too.
EMPTY_TREE := $(shell git hash-object -t tree /dev/null)

lint: $(VENV)/.installed-dev ## conflict marks, style, types, layers, migrations
	@git -c core.whitespace=-trailing-space,-space-before-tab,-blank-at-eof diff --check $(EMPTY_TREE)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@SECRET_KEY=lint $(MANAGE) makemigrations --check --dry-run

format: $(VENV)/.installed-dev ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

screenshots: $(VENV)/.installed-dev ## take the pictures of the README anew, with Chromium (a minute)
	@$(BIN)/python -m docs.screenshots

bench-quality: $(VENV)/.installed-dev ## compare our clusters with a baseline's, genre by genre (needs the data; minutes)
	@$(BIN)/python -m benchmarks.quality

bench-libraries: $(VENV)/.installed-dev ## import and cluster real libraries, and an earlier revision's clusters of them (minutes)
	@$(BIN)/python -m benchmarks.libraries

bench-recluster: $(VENV)/.installed-dev ## compare recluster with the bare numbers, on SQLite and PostgreSQL (a quarter hour)
	@$(BIN)/python -m benchmarks.recluster

bench-scale: $(VENV)/.installed-dev ## recluster 1.2 million tracks (minutes)
	@$(BIN)/python -m benchmarks.scale

bench-import: $(VENV)/.installed-dev ## import 114,000 rows, against a plain resource (minutes)
	@$(BIN)/python -m benchmarks.imports

bench-memory: $(VENV)/.installed-dev ## measure the memory of imports of up to a million rows (a quarter hour)
	@$(BIN)/python -m benchmarks.memory

bench-export: $(VENV)/.installed-dev ## compare list exports with the library file, on SQLite and PostgreSQL (minutes)
	@$(BIN)/python -m benchmarks.exports

bench-similar: $(VENV)/.installed-dev ## find similar tracks among 500,000, against brute force (a minute)
	@$(BIN)/python -m benchmarks.similar

bench-search: $(VENV)/.installed-dev ## search 500,000 tracks in the admin, on SQLite and PostgreSQL (minutes)
	@$(BIN)/python -m benchmarks.search

bench-site-search: $(VENV)/.installed-dev ## search 500,000 tracks as visitors do, on SQLite and PostgreSQL (minutes)
	@$(BIN)/python -m benchmarks.site_search

bench-pages: $(VENV)/.installed-dev ## ask for pages over 50 connections, against an empty page and a static file (ten minutes)
	@$(BIN)/python -m benchmarks.pages

bench-map: $(VENV)/.installed-dev ## move and zoom the map of 100,000 tracks in a slow browser (minutes)
	@$(BIN)/python -m benchmarks.map_frames

# The pins keep the extras. Without them pip looks for a newer `coverage[toml]` than the pinned `coverage`, and in hash
# mode refuses it.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url

requirements: $(VENV)/.installed-dev ## pin the newest versions that pyproject.toml allows
	@$(COMPILE) --upgrade --output-file requirements.txt pyproject.toml
	@$(COMPILE) --upgrade --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## remove what was installed and generated, but no data
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache .coverage htmlcov

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "musicdb needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile
# pip compiles with one process only. What cannot be compiled is nothing that runs.
BYTECODE := $(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true

# The stamps are made last, so that an interrupted install is repeated.
$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing what musicdb needs (once; a minute or two) …"
	@$(INSTALL) -r requirements.txt
	@$(BYTECODE)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what its tests need (once; a minute or two) …"
	@$(INSTALL) -r requirements-dev.txt
	@$(BYTECODE)
	@touch $@
