"""Write envs/environment.yaml (conda) and what is run after it is made, from the locks: all hold the same versions."""

from pathlib import Path

from tools.make_locks import pins

ENVIRONMENTS = Path(__file__).resolve().parents[1] / "envs"
HEAD = """\
# Made by tools/make_conda_environment.py from requirements.lock; do not edit.
name: cgni
channels:
  - conda-forge
  - bioconda
  - nodefaults
dependencies:
  - python=3.11
  - pip
  - plink2=2.0.0a.6.9
  - pip:
"""
AFTER = """\
#!/usr/bin/env bash
# Made by tools/make_conda_environment.py from without_dependencies.lock; do not edit.
# Snakemake runs it in the conda environment that it has made of environment.yaml.
set -euo pipefail
python -m pip install --quiet --no-deps {pins}
"""


def environment(lock: str) -> str:
    """The conda environment's text for a lock's text."""
    return HEAD + "".join(f"      - {pin}\n" for pin in pins(lock))


def after(lock: str) -> str:
    """The text of the script that installs what a lock names, without its dependencies."""
    return AFTER.format(pins=" ".join(pins(lock)))


if __name__ == "__main__":
    (ENVIRONMENTS / "environment.yaml").write_text(environment((ENVIRONMENTS / "requirements.lock").read_text()))
    alone = (ENVIRONMENTS / "without_dependencies.lock").read_text()
    (ENVIRONMENTS / "environment.post-deploy.sh").write_text(after(alone))
