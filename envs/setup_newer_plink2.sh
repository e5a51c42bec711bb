#!/usr/bin/env bash
# A second plink2 for the tests, newer than Debian 12's: that of Debian 13, with the libraries it needs, in
# .system/newer_plink2/. Where it cannot be had, says so and leaves the tests with one version.
set -euo pipefail
cd "$(dirname "$0")/.."
root="$PWD/.system/newer_plink2"
packages=(plink2 libc6 libgcc-s1 libstdc++6 libgfortran5 libblas3 liblapack3 libdeflate0 libzstd1 zlib1g)

works() { [ -x "$root/bin/plink2" ] && "$root/bin/plink2" --version 2>/dev/null | grep -q '^PLINK v2.0.0-a.6'; }
give_up() {
  echo "setup: no newer plink2 here ($1); the genetics tests run on one version"
  exit 0
}

works && exit 0
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || give_up "no apt"
[ "$(uname -m)" = x86_64 ] || give_up "not x86_64"
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$key" ] || give_up "no Debian keyring"
mirror="$(apt-cache policy | sed -n 's|^ *[0-9]* \(http[^ ]*/debian\) .*|\1|p' | head -n 1)"
[ -n "$mirror" ] || give_up "no Debian mirror"

rm -rf "$root"
mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/packages"
echo "deb [signed-by=$key] $mirror trixie main" >"$root/sources.list"
options=(-qq -o "Dir::Etc::sourcelist=$root/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$root/lists" -o "Dir::Cache=$root/cache" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update >/dev/null 2>&1 || give_up "the mirror does not answer"
(cd "$root/packages" && apt-get "${options[@]}" download "${packages[@]}" >/dev/null 2>&1) || give_up "not on the mirror"
for package in "$root"/packages/*.deb; do dpkg-deb -x "$package" "$root/tree"; done
rm -rf "$root/packages" "$root/lists" "$root/cache"
mkdir -p "$root/bin"
cat >"$root/bin/plink2" <<'LAUNCHER'
#!/usr/bin/env bash
# With its own C library: it is built against a newer one than the system's.
tree="$(cd "$(dirname "${BASH_SOURCE[0]}")/../tree" && pwd)"
libraries="$tree/usr/lib/x86_64-linux-gnu"
program="$tree/usr/lib/plink2/plink2-sse4.1"
grep -qw avx2 /proc/cpuinfo && program="$tree/usr/lib/plink2/plink2-avx2"
exec "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/blas:$libraries/lapack" "$program" "$@"
LAUNCHER
chmod +x "$root/bin/plink2"
works || give_up "it does not run"
