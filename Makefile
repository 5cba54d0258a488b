.DEFAULT_GOAL := help
.PHONY: help .venv demo test check lint bench docs chromium spark

help: ## this list
	@awk -F':.*## ' '/^[a-z.]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

.venv: ## Python and everything that is needed, as pinned in requirements.lock
	@sh tools/venv

demo: .venv ## the simulated market from the sellers' records to the books, at http://127.0.0.1:8000
	@.venv/bin/lendmill demo

test: .venv chromium spark ## the whole suite, on a PostgreSQL of its own
	.venv/bin/pytest -n 2 --dist worksteal

check: lint test ## all that must hold before a change is kept; what CI runs
	@changed=$$(git status --porcelain -- $$(.venv/bin/lendmill docs)); [ -z "$$changed" ] || { echo "Commit the generated pages that changed:"; echo "$$changed"; exit 1; }

lint: .venv
	.venv/bin/ruff format --check && .venv/bin/ruff check && .venv/bin/mypy && .venv/bin/lint-imports

bench: .venv ## the speed budgets, each beside its ceiling
	@for each in bench/[a-z]*.py; do echo "== $$each"; .venv/bin/python $$each || exit 1; done
	@.venv/bin/python bench/_page.py

docs: .venv ## write the generated pages anew
	@.venv/bin/lendmill docs

chromium:
	@sh tools/chromium

spark: .venv
	@sh tools/spark
