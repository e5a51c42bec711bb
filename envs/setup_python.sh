#!/usr/bin/env bash
# Make an environment of complete locks with hashes, or add to it: setup_python.sh PYTHON FOLDER DONE LOCK...
# DONE is the file in the folder that says that all of them are installed.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 folder=$2 done=$3
shift 3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "setup: Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.11" >&2
  exit 1
}

has_pip() { "$folder/bin/python" -m pip --version >/dev/null 2>&1; }
make_environment() { "$python" -m venv --clear "$folder" >/dev/null 2>&1 && has_pip; }

# Debian and Ubuntu keep venv's pip in a package of its own.
if ! has_pip && ! make_environment; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: fetching python$version-venv"
    apt-get update -qq || true
    apt-get install -y -qq --no-install-recommends "python$version-venv" >/dev/null || true
  fi
  make_environment || {
    echo "setup: $python cannot make virtual environments; install them by: sudo apt install python$version-venv" >&2
    exit 1
  }
fi

echo "setup: installing the pinned packages of $* (a few minutes the first time)"
pip=("$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps)
if [[ " $* " == *" envs/requirements.lock "* ]]; then
  # refused where no index has it; then the build that the next lock names is taken
  "${pip[@]}" -r envs/torch_for_cpus.lock >/dev/null 2>&1 || true
fi
for lock; do "${pip[@]}" -r "$lock"; done
# torch's build for GPUs needs libraries that its build for CPUs goes without
asks_for_cuda='
from importlib.metadata import PackageNotFoundError, requires
try:
    asked = requires("torch") or []
except PackageNotFoundError:
    asked = []
raise SystemExit(not any("nvidia" in line for line in asked))'
if "$folder/bin/python" -c "$asks_for_cuda"; then "${pip[@]}" -r envs/cuda.lock; fi
touch "$folder/$done"
