# The commands of the portal; each works from a fresh clone with nothing but Python 3.11 or newer and make.

VENV := .venv
PY := $(VENV)/bin/python
export PORT ?= 8000
# The first Python that is new enough; PYTHON=/path/to/python overrides it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# The lock names everything, so nothing is left to resolve: pip would look beyond it for a package that another
# one asks for with an extra, and fail on the day a newer release of that package appears.
PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input --no-compile --no-deps --require-hashes
UV := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: help run test check faults bench lock messages clean
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. PYTHON=/path/to/python says where it is."; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make a venv; on Debian: apt-get install python3-venv."; \
		rm -rf $(VENV); exit 1; }

$(VENV)/runtime.stamp: requirements/runtime.txt | $(PY)
	@echo "Installing what the portal needs"
	@$(PIP) -r $<
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/runtime.txt | $(PY)
	@echo "Installing what the tests need"
	@$(PIP) -r $<
	@touch $(VENV)/runtime.stamp $@

run: $(VENV)/runtime.stamp ## Run the portal on http://127.0.0.1:8000 (PORT= changes it)
	@$(PY) -m portal.first_run

test: $(VENV)/dev.stamp ## Run every test, on SQLite and on PostgreSQL
	@$(PY) -m tests.harness.both

check: $(VENV)/dev.stamp ## Format, lint, types, import rules, templates, migrations, messages, deployment
	@$(PY) -m tests.harness.checks

faults: $(VENV)/dev.stamp ## Races, kills and doubled forms at full size, on both databases
	@$(PY) -m tests.harness.faults

bench: $(VENV)/dev.stamp ## Run the benchmarks
	@$(PY) -m benchmarks

lock: $(VENV)/dev.stamp ## Renew the locked requirements from pyproject.toml
	@$(UV) pyproject.toml -o requirements/runtime.txt
	@$(UV) --group dev pyproject.toml -o requirements/dev.txt

messages: $(VENV)/dev.stamp ## Bring the Chinese catalogue up to the sources; then translate by hand
	@$(PY) -m portal.catalogues

clean: ## Remove everything that was built, but neither .env nor the database
	@rm -rf $(VENV) var/static var/static.stamp .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	@rm -rf .coverage htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete
