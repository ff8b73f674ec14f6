# What a person runs. Every target makes its own environment first; a second run re-uses it.
.DEFAULT_GOAL := help
.PHONY: demo dev test check bench help

ENVIRONMENT := .venv/.made-from-lock
PYTHON_IN_ENVIRONMENT := .venv/bin/python

demo: $(ENVIRONMENT) ## Run the main job on a real engine, with time in seconds, and clean up afterwards
	@$(PYTHON_IN_ENVIRONMENT) -m cli.demo

dev: $(ENVIRONMENT) ## Keep the engine, its UI and a worker running, with state that survives a restart
	@$(PYTHON_IN_ENVIRONMENT) -m cli.dev

test: check ## Run the checks, then every test; what cannot run here is skipped and says why
	@$(PYTHON_IN_ENVIRONMENT) -m tools.engines
	@$(PYTHON_IN_ENVIRONMENT) -m pytest -n 2 --dist loadfile

check: $(ENVIRONMENT) ## Check style, types and layers
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy .
	@.venv/bin/lint-imports

bench: $(ENVIRONMENT) ## Measure the product beside a bare twin on one engine
	@$(PYTHON_IN_ENVIRONMENT) -m bench

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(ENVIRONMENT): uv.lock tools/environment.sh
	@PYTHON="$(PYTHON)" sh tools/environment.sh
	@touch $@
