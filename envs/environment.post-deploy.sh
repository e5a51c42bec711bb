#!/usr/bin/env bash
# Made by tools/make_conda_environment.py from without_dependencies.lock; do not edit.
# Snakemake runs it in the conda environment that it has made of environment.yaml.
set -euo pipefail
python -m pip install --quiet --no-deps antspyx==0.6.3 deepbet==1.0.2
