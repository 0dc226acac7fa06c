# The project's one command runner. Works on a machine with python3 and make; everything else is
# installed into .venv from the lock file.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser)

.PHONY: help install demo run test check lint format types imports tests chromium browser bench bench-rules bench-crawl bench-delivery bench-search bench-web mutants chaos docs clean

help:  ## Show what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

install: $(READY)  ## Make .venv with the wirewatch command

demo: $(READY)  ## See it work: a newsroom on this machine, the real daemon, alerts on the terminal
	$(BIN)/wirewatch demo

run: $(READY)  ## Run the daemon on ./watch.yaml
	$(BIN)/wirewatch run

test: lint types imports tests  ## The whole check: lint, types, import rules, tests

lint: $(READY)  ## Style and common mistakes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(READY)  ## Rewrite the code in the project's style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(READY)  ## mypy --strict
	$(BIN)/mypy

imports: $(READY)  ## Who may import whom
	$(BIN)/lint-imports --no-logo

tests: $(READY) chromium  ## The tests, without the long chaos runs
	sh tests/run.sh $(BIN) $(WORKERS)

chromium:  ## Debian's Chromium, where it is missing and may be installed
	@command -v chromium chromium-browser >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  { apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1 || \
	    { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; }; }; } || true

chaos: $(READY)  ## Killed processes, failing receivers and all hostile documents, at length
	$(BIN)/pytest -m chaos -s

browser: $(READY)  ## Pages in a real browser; CHROMIUM=PATH names it, else playwright's own
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-render.lock
	CHROMIUM=$(CHROMIUM) $(BIN)/pytest -m browser

mutants: $(READY)  ## Change what decides, one small thing at a time: do tests notice? MODULES=...
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.lock
	$(BIN)/python -m bench.mutants --processes $(WORKERS) $(MODULES)

bench: $(READY)  ## Side-by-side measurements; CORPUS=DIR adds those on real pages and feeds
	$(BIN)/python -m bench $(if $(CORPUS),--corpus $(CORPUS))

bench-rules: $(READY)  ## How fast rules judge articles, from 100 to 100,000 of them
	$(BIN)/python -m bench.rules --full

bench-crawl: $(READY)  ## What a poll costs, beside bare loops and with more sources
	$(BIN)/python -m bench.crawl

bench-delivery: $(READY)  ## How long an alert is on its way, beside a dead receiver and at a limit
	$(BIN)/python -m bench.delivery

bench-search: $(READY)  ## How fast search answers over ARTICLES generated articles, and what indexing costs
	$(BIN)/python -m bench.search --articles $(or $(ARTICLES),100000)

bench-web: $(READY)  ## How long the desk's pages take over ARTICLES generated articles
	$(BIN)/python -m bench.web --articles $(or $(ARTICLES),1000000)

docs: $(READY)  ## Write what is generated again: the reference, manual pages, completions
	$(BIN)/python -m core.config.reference
	$(BIN)/python -m cli.manual

clean:  ## Remove what was installed and built
	rm -rf $(VENV) build dist mutants *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(READY): requirements-dev.lock pyproject.toml deploy/make-venv.sh
	PYTHON=$(PYTHON) sh deploy/make-venv.sh $(VENV)
	touch $(READY)
