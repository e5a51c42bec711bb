# make setup | demo | check | study | protocols | replicate | test | bench | lint | format | settings | locks | guide | pictures | tidy | clean
PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin
LOCK := envs/requirements.lock
ALONE := envs/without_dependencies.lock
DEVELOPMENT := envs/development.lock
GUIDE := envs/guide.lock
SNAKEFILES := Snakefile workflow/Snakefile $(wildcard rules/*.smk)
NEWER := .system/newer_plink2/bin
# Snakemake and Matplotlib keep caches at home; where nothing can be written there, beside the study
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)
ifneq ($(shell mkdir -p "$(CACHE)" 2>/dev/null && test -w "$(CACHE)" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache
export MPLCONFIGDIR := $(CURDIR)/.snakemake/cache/matplotlib
endif
NAME ?=
CONFIG ?=
FIRST ?=
SECOND ?=
RESULTS ?= results
UPGRADE ?=

.PHONY: setup ready demo check study protocols replicate test lint format settings locks guide pictures bench tidy clean
.DEFAULT_GOAL := demo

# what checks and tests need on top of what a study needs
setup: ready .venv/.development

# what a study needs
ready: .venv/.installed
	@bash envs/setup_system.sh

.venv/.installed: $(LOCK) $(ALONE)
	@bash envs/setup_python.sh $(PYTHON) .venv .installed $(LOCK) $(ALONE)

.venv/.development: .venv/.installed $(DEVELOPMENT)
	@bash envs/setup_python.sh $(PYTHON) .venv .development $(DEVELOPMENT)

.venv-guide/.installed: $(GUIDE)
	@bash envs/setup_python.sh $(PYTHON) .venv-guide .installed $(GUIDE)

demo: ready
	@$(BIN)/python -m tools.clear_stale_lock
	@$(BIN)/snakemake --cores $(CORES) --quiet rules reason host
	@$(BIN)/python -m tools.print_summary results

# a study's inputs alone: what they hold, and what is wrong with them
check: ready
	@if [ ! -f "$(CONFIG)" ]; then echo "check: no such file: CONFIG=$(CONFIG); a copy of config.ukb.yaml is asked for"; exit 1; fi
	@$(BIN)/snakemake check --cores $(CORES) --quiet rules progress host reason --configfile $(CONFIG)

# a study of one's own, begun or gone on with after whatever stopped it
study: ready
	@if [ ! -f "$(CONFIG)" ]; then echo "study: no such file: CONFIG=$(CONFIG); a copy of config.ukb.yaml is asked for"; exit 1; fi
	@$(BIN)/python -m tools.clear_stale_lock
	@$(BIN)/snakemake --cores $(CORES) --configfile $(CONFIG)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check $(SNAKEFILES)
	$(BIN)/snakemake --lint

format: setup
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
	$(BIN)/snakefmt $(SNAKEFILES)

# what each choice of the publication does to a study, in a folder of results of its own
protocols: ready
	@$(BIN)/python -m tools.compare_protocols --cores $(CORES) $(if $(CONFIG),--configfile $(CONFIG))

# which claims of either of two studies hold in the other's cohort
replicate: ready
	@$(BIN)/python -m tools.replicate_studies --cores $(CORES) --first $(FIRST) --second $(SECOND)

# what follows from the typed settings, the schemas and the rules: config.yaml, JSON schemas, pages of docs/
settings: setup
	$(BIN)/python -m tools.make_settings
	$(BIN)/python -m tools.make_outputs
	$(BIN)/python -m tools.make_reruns
	$(BIN)/python -m tools.draw_workflow

# what is installed, of what pyproject.toml asks for (asks the package index); UPGRADE=yes: the newest that fit
locks: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.make_locks $(if $(UPGRADE),--upgrade)
	$(BIN)/python -m tools.make_conda_environment

# docs/ as a site that needs no network, in site/
guide: .venv-guide/.installed
	@.venv-guide/bin/python -m tools.build_guide

# the pictures of README and guide, of the finished demo and of the rules
pictures: ready
	@$(BIN)/python -m tools.picture_report $(RESULTS)
	@$(BIN)/python -m tools.draw_workflow

test: lint .venv-guide/.installed
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist loadfile --durations=10 tests/unit
	@bash envs/setup_newer_plink2.sh
	[ ! -x $(NEWER)/plink2 ] || OMP_NUM_THREADS=1 PATH="$(CURDIR)/$(NEWER):$$PATH" $(BIN)/pytest -q -n 2 tests/unit/genetics
	@set -e; CGNI_TINY=$$(mktemp -d); export CGNI_TINY; trap 'rm -rf "$$CGNI_TINY"' EXIT; set -x; \
	  $(BIN)/pytest -q -n 2 tests/workflow/test_reruns.py; \
	  $(BIN)/pytest -q -n 2 --dist loadfile -m "not cluster" --durations=30 --ignore=tests/workflow/test_reruns.py \
	    tests/workflow tests/integration; \
	  $(BIN)/pytest -q -m cluster --durations=10 tests/workflow tests/integration

bench: ready
	@if [ -n "$(NAME)" ] && [ ! -f benchmarks/bench_$(NAME).py ]; then \
	  echo "bench: there is no benchmark $(NAME); known: $(patsubst benchmarks/bench_%.py,%,$(wildcard benchmarks/bench_*.py))"; exit 1; fi
	@for script in $(if $(NAME),benchmarks/bench_$(NAME).py,$(wildcard benchmarks/bench_*.py)); do PYTHONPATH=. $(BIN)/python $$script || exit 1; done

# what a finished study can do without and make again (docs/cluster.md)
tidy:
	rm -rf $(RESULTS)/resume $(RESULTS)/genetics/chrom*/genotypes.parquet $(RESULTS)/simulation/images $(RESULTS)/imaging/store/maps.npy
	rm -rf .snakemake/slurm_logs .snakemake/scripts

clean:
	rm -rf results results-tiny .snakemake
