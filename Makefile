# Every target works as the first command after a clone: it sets up what it needs.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help run test check bench lock clean

help: ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: .venv/run ## both examples: the published 2019 ranking and the demonstration round
	@$(BIN)/chiso run examples/vietnam-ict-2019
	@$(BIN)/chiso demo examples/demo-round
	@$(BIN)/chiso run examples/demo-round/2019

test: .venv/dev check ## every check and every test
	@$(BIN)/pytest -n 2 --dist loadfile

check: .venv/dev ## format, lint, types, architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: .venv/dev ## measure what is claimed, beside the bare computation
	@$(BIN)/python benchmarks/scoring.py
	@$(BIN)/python benchmarks/robustness.py
	@$(BIN)/python -m benchmarks.checks

lock: .venv/dev ## lock the requirements anew
	@sh scripts/lock.sh

clean: ## remove what was set up and built
	rm -rf .venv examples/*/release examples/demo-round/20*

.venv/run: requirements/run.txt requirements/bootstrap.txt pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh run

.venv/dev: requirements/dev.txt requirements/bootstrap.txt pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh dev
