# Everything a developer does here, each by one word. `make help` lists the words.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
WORKERS ?= 2
JOBS ?= 2
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal --durations=15
TEMPLATES := $(wildcard app/templates booking/templates calendars/templates notifications/templates)
NODE := $(if $(shell command -v npm),tests/conformance/node/node_modules/.lock)
ZONES := UTC Pacific/Apia America/St_Johns Asia/Kathmandu

.PHONY: help run test test-long check bench bench-quick

help: ## List these words
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: export GARAGENDA_ENV := development
run: export GARAGENDA_DATA_DIR := var
run: export GARAGENDA_PUBLIC_URL := http://127.0.0.1:$(PORT)
run: .venv/runtime.lock ## Set everything up, load the demo garage if there is none, and serve it
	@$(FLASK) db upgrade
	@$(FLASK) demo load --if-empty
	@exec $(FLASK) serve --port $(PORT) --workers $(WORKERS)

test: .venv/dev.lock $(NODE) ## All tests but the long ones, on SQLite and PostgreSQL
	$(PYTEST) -m "not long"

test-long: .venv/dev.lock $(NODE) ## What make test leaves to full size, then the tests of time under four zones
	$(PYTEST) -m long
	for zone in $(ZONES); do echo "TZ=$$zone"; TZ=$$zone $(PYTEST) -m "time and not long"; done

check: .venv/dev.lock ## Format, lint, types, imports, templates, translations, style sheets, drawn pages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(TEMPLATES)
	$(BIN)/python tools/translations.py --check
	$(BIN)/python tools/build_css.py --check
	$(BIN)/python tools/draw_availability.py --check

bench: .venv/dev.lock .venv/bench.lock ## Measure speed as ratios, one table and one JSON file; QUICK=1 or bench-quick for less
	$(BIN)/python -m bench.run $(if $(QUICK),--quick)
	for program in bench/bench_*.py; do PYTHONPATH=. $(BIN)/python "$$program"; done

bench-quick: .venv/dev.lock .venv/bench.lock ## The same with fewer pairs and smaller sizes
	$(BIN)/python -m bench.run --quick

# A lock is installed when its text is another than at the last time; the copy beside it remembers.
# It names everything, so nothing is left to resolve: pip 23 would look for `pydantic[email]`, which
# a library asks for, among newer releases than the one locked, and stop.
.venv/runtime.lock: requirements.txt | $(BIN)/python
.venv/dev.lock: requirements-dev.txt | $(BIN)/python
.venv/bench.lock: requirements-bench.txt .venv/dev.lock | $(BIN)/python
.venv/runtime.lock .venv/dev.lock .venv/bench.lock:
	@cmp -s $< $@ || $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r $<
	@cp $< $@

# Other people's programs that the conformance tests hold ours against; without npm they are left out.
tests/conformance/node/node_modules/.lock: tests/conformance/node/package-lock.json
	cd tests/conformance/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@cp $< $@

$(BIN)/python:
	$(PYTHON) -m venv .venv
