# Everything a person needs to type. `make` alone lists it.

PORT ?= 8000
DATA ?= var
ARGS ?=
WORKERS ?= 2

PYTHON ?= $(or $(shell command -v python3 2>/dev/null),python)
BIN := .venv/bin
CODE := $(wildcard bot actions scripts tests benchmarks)
# What runs in the engine's environment or before any exists, and so on older Pythons than the rest.
OLDER := $(wildcard bot/engine) $(wildcard benchmarks/nlu_worker.py) scripts/bootstrap.py scripts/progress.py scripts/pythons.py
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev run test check lint format typecheck train bench kill-test lock upgrade clean

help: ## list these commands
	@echo "make COMMAND [PORT=8000] [DATA=var] [ARGS=...]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## set up what is missing, train if the data changed, start, print the addresses
	@exec $(BIN)/pes run --port "$(PORT)" --data "$(DATA)"

test: check ## set up what is missing, check the code, train if needed, run every test (ARGS go to pytest, WORKERS at once)
	@$(BIN)/pes train --if-changed
	@chromium="$$($(BIN)/python -m scripts.find_chromium)" && \
	    PES_TEST_CHROMIUM="$$chromium" $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: lint typecheck ## lint and type checks, without the tests

lint: setup-dev ## ruff: rules and formatting
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

format: setup-dev ## ruff: format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)

typecheck: setup-dev ## mypy: everything, then what runs on Python 3.10 as Python 3.10
	@$(BIN)/mypy $(CODE)
	@$(BIN)/mypy --python-version 3.10 $(OLDER)

train: setup ## train the assistant, changed or not
	@$(BIN)/pes train $(ARGS)

bench: setup-dev ## side by side with a stock Rasa project
	@$(BIN)/python -m benchmarks $(ARGS)

kill-test: setup-dev ## kill -9 engine and service at random moments; every message must be answered once
	@$(BIN)/python -m scripts.kill_test $(ARGS)

lock: setup-dev ## compile requirements/*.in into the lock files, keeping versions that still fit
	@$(LOCK) $(ARGS) --python-version 3.11 -o requirements/service.txt requirements/service.in
	@$(LOCK) $(ARGS) --python-version 3.11 -o requirements/dev.txt requirements/dev.in
	@$(LOCK) $(ARGS) --python-version 3.10 -o requirements/rasa.txt requirements/rasa.in
	@$(LOCK) $(ARGS) --python-version 3.8 -o requirements/tools.txt requirements/tools.in

upgrade: ## the same, taking the newest versions
	@$(MAKE) lock ARGS=--upgrade

clean: ## remove the environments, the models and caches; never what people wrote (var/)
	@rm -rf .venv .venv-rasa .setup .rasa models build *.egg-info .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -not -path './node_modules/*' -prune -exec rm -rf {} +

setup:
	@$(PYTHON) -m scripts.bootstrap

setup-dev:
	@$(PYTHON) -m scripts.bootstrap --dev
