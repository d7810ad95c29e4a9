# Two commands for newcomers: `make demo` and `make test`. Needs Python 3.11+ and make, nothing else.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := .venv/bin
PACKAGES := api cli commerce engines evaluation indexer language ranking recommender registry
export UV_PROJECT_ENVIRONMENT := .venv
export OPENBLAS_NUM_THREADS := 1

.PHONY: help demo test coverage lint format bench bench-scale bench-buyers clean opensearch opensearch-cluster opensearch-stop

help:  ## Show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

demo: .venv/serving  ## Load both samples, index them, serve on port 8080
	@# Two processes start: where Python writes no bytecode, each would compile every library for itself.
	PYTHONDONTWRITEBYTECODE= $(RUN)/vitrine demo

test: .venv/development  ## Run all tests
	$(RUN)/python -m compileall -q $(PACKAGES)
	$(RUN)/python -m pytest -n 2

coverage: .venv/development  ## Run all tests and print what they leave out: takes twice as long as the tests alone
	$(RUN)/python -m compileall -q $(PACKAGES)
	$(RUN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered

lint: .venv/development  ## Check style, types, spelling and the arrows between packages
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/codespell

format: .venv/development  ## Put the code in its standard form
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

bench: .venv/development  ## Print speed, size and quality beside their references
	$(RUN)/python -m benchmarks.run

opensearch:  ## Start one OpenSearch node on port 9200 (see deploy/opensearch-local)
	$(PYTHON) deploy/opensearch-local/local.py start

opensearch-cluster:  ## Start three OpenSearch nodes on ports 9201 to 9203
	$(PYTHON) deploy/opensearch-local/local.py start --nodes 3

opensearch-stop:  ## End the OpenSearch nodes that were started here
	$(PYTHON) deploy/opensearch-local/local.py stop

bench-scale: .venv/development  ## Build a million products and measure; needs 15 GB of disk and half an hour
	$(RUN)/python -m benchmarks.scale

bench-buyers: .venv/development  ## Ten thousand price lists and five hundred assortments beside none
	$(RUN)/python -m benchmarks.buyers

clean:  ## Remove the environments and the demo's data
	rm -rf .venv .tools .vitrine

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python lacks venv: install it (Debian: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/serving: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --frozen --inexact --python $(PYTHON)
	@touch $@

.venv/development: $(UV) uv.lock pyproject.toml
	@# The tests start many processes; where Python writes no bytecode, each would compile every library again.
	$(UV) sync --quiet --frozen --inexact --python $(PYTHON) --extra dev --compile-bytecode
	@touch $@ .venv/serving
