"""Write envs/environment.yaml (conda) from envs/requirements.lock, so that both hold the same versions."""

from pathlib import Path

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


def environment(lock: str) -> str:
    """The conda environment's text for a lock's text."""
    pins = [line for line in lock.splitlines() if line and not line.startswith("#")]
    return HEAD + "".join(f"      - {pin}\n" for pin in pins)


if __name__ == "__main__":
    (ENVIRONMENTS / "environment.yaml").write_text(environment((ENVIRONMENTS / "requirements.lock").read_text()))
