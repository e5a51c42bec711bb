#!/usr/bin/env bash
# Start a real one-machine Slurm for the tests: Debian packages, two logical nodes, two pretended GPUs, accounting,
# loopback only; no systemd and no cgroups needed. Needs root. Run twice, it leaves alone what answers.
# Undo with stop.sh. STATE (environment: CGNI_SLURM_STATE) holds state, logs, pid files and the database.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export STATE=${CGNI_SLURM_STATE:-/var/lib/cgni-slurm}
etc=/etc/slurm # the jobstep plugin drops SLURM_CONF, so it must be the default place
socket=$STATE/mysql-run/mysqld.sock
say() { printf 'slurm: %s\n' "$*"; }
die() { printf 'slurm: cannot be started: %s\n' "$*" >&2; exit 1; }

# Does the pid file $1 name a live process called $2?
alive() { local pid; pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]; }
# wait_for WHAT COMMAND...: until the command succeeds, 30 s at most
wait_for() {
  local left=150 what=$1; shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1)); [ "$left" -gt 0 ] || { tail -n 6 "$STATE"/log/*.log >&2; die "$what did not come up"; }
    sleep 0.2
  done
}

install_packages() {
  local package missing=()
  for package in slurmctld slurmd slurm-client slurmdbd mariadb-server munge; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "no apt-get, and not installed: ${missing[*]}"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || true
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || die "apt-get install failed"
}

write_configuration() {
  if [ -e "$etc/slurm.conf" ] && ! grep -q '^ClusterName=cgni$' "$etc/slurm.conf"; then
    die "$etc/slurm.conf belongs to another cluster"
  fi
  install -d -m 755 "$STATE" "$STATE/run" "$STATE/spool" "$STATE/spool/cpu1" "$STATE/spool/gpu1" "$etc"
  install -d -m 755 -o slurm -g slurm "$STATE/state" "$STATE/log"
  sed "s|@STATE@|$STATE|g" "$here/slurm.conf.in" >"$etc/slurm.conf"
  cp "$here/gres.conf" "$etc/gres.conf"
  install -m 600 -o slurm -g slurm /dev/null "$etc/slurmdbd.conf"
  cat >"$etc/slurmdbd.conf" <<CONF
AuthType=auth/munge
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=16819
SlurmUser=slurm
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm_acct_db
CommunicationParameters=NoInAddrAny
LogFile=$STATE/log/slurmdbd.log
PidFile=$STATE/state/slurmdbd.pid
DebugLevel=info
CONF
  # NoInAddrAny makes slurmdbd and srun bind to what the host's name resolves to
  getent ahostsv4 "$(hostname)" >/dev/null || printf '127.0.0.1 %s\n' "$(hostname)" >>/etc/hosts
}

start_munge() {
  install -d -m 755 -o munge -g munge /run/munge
  install -d -m 700 -o munge -g munge /var/log/munge /var/lib/munge /etc/munge
  if [ ! -s /etc/munge/munge.key ]; then
    (umask 077; head -c 1024 /dev/urandom >/etc/munge/munge.key); chown munge:munge /etc/munge/munge.key
  fi
  if ! munge -n 2>/dev/null | unmunge >/dev/null 2>&1; then
    su -s /bin/sh munge -c /usr/sbin/munged
    touch "$STATE/munged.ours" # so that stop.sh stops it
  fi
  wait_for munged sh -c 'munge -n | unmunge'
}

start_accounting() {
  install -d -m 700 -o mysql -g mysql "$STATE/mysql"
  install -d -m 755 -o mysql -g mysql "$STATE/mysql-run"
  [ -d "$STATE/mysql/mysql" ] || mariadb-install-db --no-defaults --user=mysql --datadir="$STATE/mysql" \
    --skip-test-db --auth-root-authentication-method=socket >"$STATE/log/mysql-install.log" 2>&1
  if ! mariadb-admin --no-defaults -S "$socket" ping >/dev/null 2>&1; then
    setsid /usr/sbin/mariadbd --no-defaults --user=mysql --datadir="$STATE/mysql" --socket="$socket" \
      --pid-file="$STATE/mysql-run/mariadbd.pid" --skip-networking --innodb-buffer-pool-size=64M \
      --innodb-log-file-size=32M --innodb-lock-wait-timeout=900 --innodb-flush-log-at-trx-commit=0 \
      >"$STATE/log/mariadbd.log" 2>&1 </dev/null &
  fi
  wait_for mariadbd mariadb-admin --no-defaults -S "$socket" ping
  mariadb --no-defaults -S "$socket" -e "CREATE DATABASE IF NOT EXISTS slurm_acct_db;
    CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket;
    GRANT ALL ON slurm_acct_db.* TO slurm@localhost;"
  alive "$STATE/state/slurmdbd.pid" slurmdbd || MYSQL_UNIX_PORT=$socket slurmdbd >"$STATE/log/slurmdbd.out" 2>&1
  wait_for slurmdbd sh -c 'sacctmgr -n show cluster'
  sacctmgr -n show cluster cgni format=cluster | grep -q cgni || sacctmgr -i add cluster cgni >/dev/null
  # the account that profiles/slurm names
  sacctmgr -n show account research format=account | grep -q research || sacctmgr -i add account research >/dev/null
  sacctmgr -n show assoc user="$(id -un)" account=research format=user | grep -q . ||
    sacctmgr -i add user "$(id -un)" account=research >/dev/null
}

nodes_answer() {
  [ -n "$(sinfo -h -N)" ] && ! sinfo -h -N -o %T | grep -Eqv '^(idle|mixed|allocated|completing)$' && return
  scontrol update nodename=cpu1,gpu1 state=resume >/dev/null 2>&1 # down since an earlier stop
  return 1
}

start_slurm() {
  local node
  alive "$STATE/state/slurmctld.pid" slurmctld || slurmctld >"$STATE/log/slurmctld.out" 2>&1
  wait_for slurmctld scontrol ping
  for node in cpu1 gpu1; do
    alive "$STATE/run/slurmd-$node.pid" slurmd || slurmd -N "$node" >"$STATE/log/slurmd-$node.out" 2>&1
  done
  wait_for "the nodes" nodes_answer
}

[ "$(id -u)" = 0 ] || die "needs root"
install_packages
write_configuration
start_munge
start_accounting
start_slurm
sinfo -N -o '%.6N %.9P %.6t %.4c %.8m %.12G'
