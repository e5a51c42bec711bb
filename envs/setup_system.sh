#!/usr/bin/env bash
# Make sure that plink2 and the AAL atlas are there: used if present, else installed by apt (root),
# else unpacked into .system/ (no root needed), else one message says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
local_root="$PWD/.system"
atlas=usr/share/mricron/templates/aal.nii.gz

has_plink2() { { command -v plink2 >/dev/null && plink2 --version | grep -q '^PLINK v2'; } || [ -x "$local_root/usr/bin/plink2" ]; }
has_atlas() { [ -f "/$atlas" ] || [ -f "$local_root/$atlas" ]; }

missing=()
has_plink2 || missing+=(plink2)
has_atlas || missing+=(mricron-data)
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: fetching ${missing[*]}"
if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq || true
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || true
  fi
  missing=()
  has_plink2 || missing+=(plink2)
  has_atlas || missing+=(mricron-data)
  if [ ${#missing[@]} -gt 0 ] && command -v dpkg-deb >/dev/null; then
    mkdir -p "$local_root/packages"
    if (cd "$local_root/packages" && apt-get download -qq "${missing[@]}"); then
      for package in "$local_root"/packages/*.deb; do dpkg-deb -x "$package" "$local_root"; done
    fi
    rm -rf "$local_root/packages"
  fi
fi

if ! has_plink2 || ! has_atlas; then
  cat >&2 <<'MESSAGE'
setup: plink2 (version 2) or the AAL atlas is missing and could not be fetched here. Install them by one of:
  apt:    sudo apt install plink2 mricron-data
  conda:  conda install -c bioconda plink2; for the atlas: python -c
          "from nilearn.datasets import fetch_atlas_aal; print(fetch_atlas_aal(version='SPM12').maps)"
          and give the image and a table `index name` as inputs.atlas and inputs.atlas_labels
Then run make setup again.
MESSAGE
  exit 1
fi
