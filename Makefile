# Everything a contributor runs. Needs git, make and Python 3.11 or newer with its venv module.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PROXY_VENV := .venv-proxy
SAMPLE ?= shipping

# The first interpreter that is new enough; `make PYTHON=/path/to/python3.12 test` names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; \
	done)

# Tests wait for processes about half of their time, so more of them run than there are processors.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() * 3 + 1) // 2)')

.PHONY: help demo test test-languages test-slow lint format types test-proxy docs bench bench-judge clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(READY) ## the main job on a sample project with recorded replies (SAMPLE=ledger, basket, roster, limiter or invoice for another)
	$(BIN)/python sample_projects/demo.py $(SAMPLE)

test: lint types ## everything that must hold: lint, format, types, tests
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

test-slow: $(READY) ## what takes minutes: more versions of Python, an independent judge, published packages
	$(BIN)/python -m pytest tests/slow --numprocesses $(WORKERS) --dist worksteal -rs

test-languages: $(READY) ## the samples in other languages, with Node.js, Go and Maven as far as they are there
	$(BIN)/python -m pytest tests/slow/test_other_languages.py --numprocesses $(WORKERS) -rs

lint: $(READY) ## look for mistakes and for unformatted files
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(READY) ## put the files into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(READY) ## check the types
	$(BIN)/mypy

test-proxy: $(PROXY_VENV)/.ready ## tests against a real liteLLM proxy process, which installs more
	$(PROXY_VENV)/bin/python -m pytest -m proxy

docs: .venv-docs/.ready ## build the site from docs/ into site/; a broken link is an error
	rm -rf site # and not with --clean, which empties .cache, where the tests have their interpreters
	.venv-docs/bin/zensical build --strict

bench: $(READY) ## measure; figures are ratios within one run
	for script in benchmarks/*.py benchmarks/repository; do $(BIN)/python $$script || exit 1; done

bench-judge: $(READY) ## measure judging beside other ways of doing it; half an hour
	$(BIN)/python benchmarks/judge

clean: ## remove everything that these commands made
	rm -rf $(VENV) $(PROXY_VENV) .venv-docs site .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): GROUPS := --group dev
$(PROXY_VENV)/.ready: GROUPS := --group dev --group proxy

# A virtual environment with testgen and its groups (pip knows them from 25.1 on), made again when the
# project file changes.
%/.ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer; name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $*
	$*/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	$*/bin/python -m pip install --quiet --editable . $(GROUPS)
	touch $@

.venv-docs/.ready: pyproject.toml
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-docs/bin/python -m pip install --quiet --group docs
	touch $@
