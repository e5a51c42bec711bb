# make setup | demo | test | bench | lint | format | clean
PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin
LOCK := envs/requirements.lock
SNAKEFILES := Snakefile $(wildcard rules/*.smk)
NAME ?=

.PHONY: setup demo test lint format bench clean
.DEFAULT_GOAL := demo

setup: .venv/.installed
	@bash envs/setup_system.sh

.venv/.installed: $(LOCK)
	@bash envs/setup_python.sh $(PYTHON) $(LOCK)

demo: setup
	@$(BIN)/python envs/clear_stale_lock.py
	@$(BIN)/snakemake --cores $(CORES) --rerun-incomplete --quiet rules reason
	@$(BIN)/python -m workflow_scripts.print_summary results

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check $(SNAKEFILES)
	$(BIN)/snakemake --lint

format: setup
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/snakefmt $(SNAKEFILES)

test: lint
	$(BIN)/pytest -q -n 2 tests/unit
	$(BIN)/pytest -q tests/workflow tests/integration

bench: setup
	@if [ -n "$(NAME)" ] && [ ! -f benchmarks/bench_$(NAME).py ]; then \
	  echo "bench: there is no benchmark $(NAME); known: $(patsubst benchmarks/bench_%.py,%,$(wildcard benchmarks/bench_*.py))"; exit 1; fi
	@for script in $(if $(NAME),benchmarks/bench_$(NAME).py,$(wildcard benchmarks/bench_*.py)); do PYTHONPATH=. $(BIN)/python $$script || exit 1; done

clean:
	rm -rf results results-tiny .snakemake
