#!/usr/bin/env bash
# Make .venv/ with the pinned packages: setup_python.sh PYTHON LOCK LOCK_OF_PACKAGES_WITHOUT_DEPENDENCIES
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 lock=$2 alone=$3

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "setup: Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.11" >&2
  exit 1
}

has_pip() { .venv/bin/python -m pip --version >/dev/null 2>&1; }
make_environment() { "$python" -m venv --clear .venv >/dev/null 2>&1 && has_pip; }

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

echo "setup: installing the pinned packages (a few minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r "$alone"
touch .venv/.installed
