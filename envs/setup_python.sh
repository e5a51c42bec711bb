#!/usr/bin/env bash
# Make an environment with the pinned packages: setup_python.sh PYTHON FOLDER LOCK [LOCK_OF_PACKAGES_WITHOUT_DEPENDENCIES]
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 folder=$2 lock=$3 alone=${4:-}

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

echo "setup: installing the pinned packages of $lock (a few minutes the first time)"
pip=("$folder/bin/python" -m pip install --quiet --disable-pip-version-check)
"${pip[@]}" -r "$lock"
[ -z "$alone" ] || "${pip[@]}" --no-deps -r "$alone"
touch "$folder/.installed"
