# Everything a newcomer needs: `make demo` shows the program at work, `make test` is what CI runs.
.PHONY: help setup build demo test bench bench-diff lint format clean
.DEFAULT_GOAL := help

SWIFT_SOURCES := Sources Tests Package.swift

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: ## Install what is missing (Debian packages, .venv with dbt and PostgreSQL)
	@bash scripts/setup.sh

build: setup ## Build the release binary
	swift build -c release --product proc2dbt

demo: build ## Convert and prove the sample procedures, with engines of its own
	.build/release/proc2dbt demo

# The tests of `diff` wait for servers, and would keep others from the few threads that tests share; those of the runner of dbt
# measure time and need a thread at once: both run by themselves.
test: setup lint ## Lint, then run all tests
	swift test --skip 'DiffTests|DbtRunnerTests'
	swift test --skip-build --filter DbtRunnerTests
	swift test --skip-build --filter DiffTests

coverage: setup ## Write docs/coverage.md anew from the executable cases
	P2D_RENEW=1 swift test --filter CoverageTests

bench: build ## Measure the hot paths (BENCH=demo: the demo, too)
	bash scripts/bench.sh $(BENCH)

bench-diff: build ## Measure `diff` beside other tools (ROWS="1000000 10000000")
	bash scripts/bench_diff.sh $(ROWS)

lint: ## Check the formatting
	swift format lint -s -r $(SWIFT_SOURCES)

format: ## Format the sources in place
	swift format -i -r $(SWIFT_SOURCES)

clean: ## Remove build products (the virtual environment stays)
	rm -rf .build demo-out
