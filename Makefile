# `make` or `make help` lists what there is.
PYTHON ?= python3
PORT ?= 8360
VENV := .venv
BIN := $(VENV)/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help setup run test attack check bench journey translate lock clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cermin needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

translations/.compiled: translations/id/LC_MESSAGES/messages.po $(VENV)/.installed
	$(BIN)/pybabel --quiet compile -d translations
	touch $@

setup: $(VENV)/.installed translations/.compiled ## Set up the virtual environment (.venv) and the translations

run: setup ## Set up, build the demo city once, and serve it on http://127.0.0.1:8360 (PORT=… changes it)
	$(BIN)/python -m survey serve --demo

test: setup $(VENV)/.installed-dev ## Set up and run all tests, in parallel
	sh deploy/get_chromium.sh
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

attack: setup $(VENV)/.installed-dev ## Run the long attacks that `make test` leaves out, and print what they found
	$(BIN)/python -m pytest -m attack $(ARGS)

check: setup $(VENV)/.installed-dev ## Lint, types, import contracts, dependencies, templates, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .
	$(BIN)/djlint --lint --quiet templates
	sh translations/check.sh

bench: ## Measure speed against pingouin and pandas, in an environment of its own (var/bench)
	test -x var/bench/bin/python || $(PYTHON) -m venv var/bench
	var/bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	failed=0; for name in alpha cycle streaming; do var/bench/bin/python -m benchmarks.speed_$$name || failed=1; done; exit $$failed

journey: setup $(VENV)/.installed-dev ## Walk from an empty database to a released cycle in a browser (ARGS="--share 0.1"), and print the times
	sh deploy/get_chromium.sh
	$(BIN)/python -m benchmarks.journey $(ARGS)

translate: $(VENV)/.installed ## Collect the messages of the source into the Indonesian catalogue
	$(BIN)/pybabel --quiet extract -F translations/babel.cfg -k lazy_gettext -k _l --no-location --sort-output -o translations/messages.pot .
	$(BIN)/pybabel --quiet update -i translations/messages.pot -d translations -l id --no-fuzzy-matching --ignore-obsolete
	rm translations/messages.pot

lock: ## Compile requirements*.txt with exact versions and hashes (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt

clean: ## Remove the demo city and all data under var/
	rm -rf var
