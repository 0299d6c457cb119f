#!/usr/bin/env bash
# A Slurm cluster of several nodes on this one machine, for tests: munge, slurmctld and a slurmd for each node, without accounting, with all
# their files, keys, sockets and ports in one folder. Nothing outside it changes.
#
#   tests/Slurm/cluster.sh start FOLDER [NODES [CPUS]]   4 nodes of 1 CPU. Then: export SLURM_CONF=FOLDER/slurm.conf
#   tests/Slurm/cluster.sh stop FOLDER                   ends every job and daemon and removes the folder
#   tests/Slurm/cluster.sh install                       Debian's packages, where root may install them
#
# It needs root (slurmd starts jobs as their users). Exit codes: 0 done, 1 it failed (a message says why), 77 there is no Slurm here.
set -uo pipefail

packages='slurmctld slurmd slurm-client munge'

missing() {
  for program in munged slurmctld slurmd sbatch squeue scontrol; do
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || { echo "$program"; return; }
  done
}

install() {
  [ -z "$(missing)" ] && return
  command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ] || { echo "$(missing) is missing; on Debian: apt-get install $packages" >&2; return 77; }
  # The daemons that come with it are not to start by themselves.
  local policy=/usr/sbin/policy-rc.d made=
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=1; }
  DEBIAN_FRONTEND=noninteractive timeout 300 sh -c "apt-get update && apt-get install -y --no-install-recommends $packages" >/dev/null 2>&1
  [ -z "$made" ] || rm -f "$policy"
  [ -z "$(missing)" ] || { echo "$(missing) could not be installed" >&2; return 77; }
}

# A port that nobody listens at, and none after it up to NODES more.
free_ports() {
  for _ in $(seq 50); do
    first=$((20000 + RANDOM % 10000))
    ss -Htln 2>/dev/null | awk -v first="$first" -v last=$((first + $1)) '{sub(/.*:/, "", $4); if ($4 >= first && $4 <= last) exit 1}' && { echo "$first"; return; }
  done
  return 1
}

fail() {
  echo "$1" >&2
  tail -n 5 "$folder"/log/*.log >&2
  stop
  exit 1
}

start() {
  local nodes=$1 cpus=$2
  [ -z "$(missing)" ] || { echo "$(missing) is missing; on Debian: apt-get install $packages" >&2; exit 77; }
  [ "$(id -u)" -eq 0 ] || { echo "slurmd needs root" >&2; exit 77; }
  mkdir -p "$folder"/{munge,state,log} || exit 1
  chmod 755 "$folder" "$folder/munge"
  head -c 1024 /dev/urandom >"$folder/munge/key" && chmod 400 "$folder/munge/key"
  munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
    --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed" || fail "munged did not start"

  local port host
  port=$(free_ports "$nodes") || fail "no free ports"
  host=$(hostname)
  # cred_expire is also how long a requeued task waits before it starts again: 120 s by default.
  cat >"$folder/slurm.conf" <<END
ClusterName=badminima
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,sched_min_interval=100000
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
MinJobAge=60
CompleteWait=0
MaxArraySize=10001
END
  for i in $(seq "$nodes"); do
    echo "NodeName=node$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=$cpus RealMemory=4096 State=UNKNOWN" >>"$folder/slurm.conf"
    mkdir -p "$folder/spool.node$i"
  done
  echo "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP" >>"$folder/slurm.conf"
  export SLURM_CONF=$folder/slurm.conf
  slurmctld || fail "slurmctld did not start"
  for i in $(seq "$nodes"); do
    slurmd -N "node$i" || fail "slurmd of node$i did not start"
  done
  for _ in $(seq 150); do
    [ "$(sinfo --noheader --Node --states=idle 2>/dev/null | wc -l)" -eq "$nodes" ] && return
    sleep 0.2
  done
  fail "the nodes did not become idle"
}

stop() {
  [ -e "$folder/slurm.conf" ] || { rm -rf "$folder"; return; }
  export SLURM_CONF=$folder/slurm.conf
  timeout 10 scancel --state=PENDING --user=root 2>/dev/null
  timeout 10 scancel --user=root 2>/dev/null
  for _ in $(seq 50); do
    [ -z "$(timeout 10 squeue --noheader 2>/dev/null)" ] && break
    sleep 0.2
  done
  local pids=
  for file in "$folder"/slurmctld.pid "$folder"/slurmd.*.pid "$folder"/munge/pid; do
    [ -s "$file" ] && pids+=" $(cat "$file")"
  done
  # shellcheck disable=SC2086
  [ -n "$pids" ] && kill $pids 2>/dev/null
  for _ in $(seq 50); do
    # shellcheck disable=SC2086
    kill -0 $pids 2>/dev/null || break
    sleep 0.1
  done
  # shellcheck disable=SC2086
  kill -9 $pids 2>/dev/null
  rm -rf "$folder"
}

PATH=$PATH:/usr/sbin:/sbin
case "${1:-}" in
  install) install ;;
  start | stop)
    [ -n "${2:-}" ] || { echo "FOLDER is missing" >&2; exit 1; }
    mkdir -p "$2" && folder=$(cd "$2" && pwd) || exit 1
    if [ "$1" = start ]; then start "${3:-4}" "${4:-1}"; else stop; fi
    ;;
  *) sed -n '2,10p' "$0" | cut -c3-; exit 1 ;;
esac
