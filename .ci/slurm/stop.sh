#!/usr/bin/env bash
# Stop the cluster that start.sh started, by the pids in its own files; with --purge also remove what it wrote.
set -uo pipefail
state=${CGNI_SLURM_STATE:-/var/lib/cgni-slurm}
alive() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }
# stop_one PIDFILE NAME: TERM, at most 15 s, KILL
stop_one() {
  local pid left=150
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && alive "$pid" "$2" || return 0
  kill "$pid"
  while alive "$pid" "$2" && [ $left -gt 0 ]; do left=$((left - 1)); sleep 0.1; done
  if alive "$pid" "$2"; then kill -9 "$pid"; fi
}

jobs=$(timeout 10 squeue -h -o %A 2>/dev/null | sort -u)
# shellcheck disable=SC2086 # one word a job
if [ -n "$jobs" ]; then timeout 10 scancel $jobs; sleep 2; fi
for node in cpu1 gpu1; do stop_one "$state/run/slurmd-$node.pid" slurmd & done
wait
stop_one "$state/state/slurmctld.pid" slurmctld
stop_one "$state/state/slurmdbd.pid" slurmdbd
stop_one "$state/mysql-run/mariadbd.pid" mariadbd
if [ -e "$state/munged.ours" ]; then stop_one /run/munge/munged.pid munged; rm -f "$state/munged.ours"; fi
if [ "${1:-}" = --purge ] && grep -qs '^ClusterName=cgni$' /etc/slurm/slurm.conf; then
  rm -f /etc/slurm/slurm.conf /etc/slurm/gres.conf /etc/slurm/slurmdbd.conf
  rm -rf -- "$state"
fi
