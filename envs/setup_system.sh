#!/usr/bin/env bash
# Make sure that plink2 and the AAL atlas are there: used if present, else installed by apt (root),
# else unpacked into .system/ (no root needed), else one message says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
local_root="$PWD/.system"
atlas=usr/share/mricron/templates/aal.nii.gz
# What plink2 links against; apt-get download does not fetch dependencies.
libraries=(libblas3 liblapack3 libgfortran5 libquadmath0 libdeflate0 libzstd1)

is_plink2() { command -v "$1" >/dev/null && "$1" --version 2>/dev/null | grep -q '^PLINK v2'; }
has_plink2() { is_plink2 plink2 || is_plink2 "$local_root/bin/plink2"; }
has_atlas() { [ -f "/$atlas" ] || [ -f "$local_root/$atlas" ]; }
find_missing() {
  missing=()
  has_plink2 || missing+=(plink2)
  has_atlas || missing+=(mricron-data)
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

unpack_locally() {
  local packages=("${missing[@]}") package
  if [[ " ${missing[*]} " == *" plink2 "* ]]; then
    for package in "${libraries[@]}"; do
      is_installed "$package" || packages+=("$package")
    done
  fi
  mkdir -p "$local_root/packages"
  if (cd "$local_root/packages" && apt-get download -qq "${packages[@]}"); then
    for package in "$local_root"/packages/*.deb; do dpkg-deb -x "$package" "$local_root"; done
  fi
  rm -rf "$local_root/packages"
  [ -e "$local_root/usr/bin/plink2" ] && write_plink2_launcher
  return 0
}

write_plink2_launcher() {
  mkdir -p "$local_root/bin"
  cat >"$local_root/bin/plink2" <<'LAUNCHER'
#!/usr/bin/env bash
# plink2 unpacked without root finds the libraries unpacked beside it.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
folders="$(find "$root/usr/lib" -name 'lib*.so*' -printf '%h\n' | sort -u | paste -sd:)"
export LD_LIBRARY_PATH="${folders}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$root/usr/bin/plink2" "$@"
LAUNCHER
  chmod +x "$local_root/bin/plink2"
}

find_missing
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: fetching ${missing[*]}"
if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq || true
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || true
  fi
  find_missing
  if [ ${#missing[@]} -gt 0 ] && command -v dpkg-deb >/dev/null; then
    unpack_locally
  fi
fi

find_missing
if [ ${#missing[@]} -gt 0 ]; then
  cat >&2 <<'MESSAGE'
setup: plink2 (version 2) or the AAL atlas is missing and could not be fetched here. Install them by one of:
  apt:    sudo apt update && sudo apt install plink2 mricron-data
  conda:  conda install -c bioconda plink2; for the atlas: python -c
          "from nilearn.datasets import fetch_atlas_aal; print(fetch_atlas_aal(version='SPM12').maps)"
          and give the image and a table `index name` as inputs.atlas and inputs.atlas_labels
Then run make setup again.
MESSAGE
  exit 1
fi
