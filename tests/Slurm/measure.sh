#!/usr/bin/env bash
# A sweep of many short cells on a Slurm of four nodes on this machine, while tasks are killed or queued again at random: is anything lost,
# is anything done twice, and what does it cost?
#
#   tests/Slurm/measure.sh [CELLS [KILLS [EPOCHS]]]   200 cells, 20 kills, 200 epochs; PROGRAM="dotnet badminima.dll" names the program
#
# Each node runs one task at a time, a task one cell at a time on one thread. Every second victim gets SIGKILL, with all its processes; the
# others are queued again by Slurm, as after a preemption. The moment is after so many further cells, at random.
#   overhead = 1 - (seconds of all cells, by their results) / (4 x seconds from the first task's start to the last result)
# Everything but training counts as overhead: starting processes, work that a kill undid, Slurm itself, nodes that idle at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
cells=${1:-200} kills=${2:-20} epochs=${3:-200} nodes=4
root=$PWD
read -ra program <<<"${PROGRAM:-dotnet $root/$(ls src/Demos/Experiments/bin/Release/net*/*/badminima.dll src/Demos/Experiments/bin/Release/net*/badminima.dll 2>/dev/null | head -1)}"
work=$(mktemp -d)
trap 'tests/Slurm/cluster.sh stop "$work/slurm"; rm -rf "$work"' EXIT
tests/Slurm/cluster.sh start "$work/slurm" "$nodes" 1
export SLURM_CONF=$work/slurm/slurm.conf
cat >"$work/sweep.json" <<END
{ "name": "short cells", "data": { "name": "synthetic", "train": 1000, "test": 200 }, "architectures": "mlp-1x512", "starts": "random",
  "recipes": "none", "seeds": $cells, "training": { "epochs": $epochs, "batchSize": 50, "stopAt": "off" } }
END
out=$work/out
submit() { "${program[@]}" sweep "$work/sweep.json" --out "$out" --slurm --parallel 1 --threads 1 "$@"; }
results() { find "$out/cells" -name result.json 2>/dev/null | wc -l; }
RANDOM=1 killed=0 submissions=1
submit --tasks $((kills + nodes)) --array-limit "$nodes"
while [ "$(results)" -lt "$cells" ]; do
  if [ -z "$(squeue --noheader)" ]; then
    # The last tasks were among the killed.
    submissions=$((submissions + 1))
    submit --tasks "$nodes"
  fi
  if [ "$killed" -lt "$kills" ] && [ "$(results)" -ge "${next:-1}" ]; then
    mapfile -t running < <(squeue --noheader --array --states=RUNNING --format=%i)
    if [ "${#running[@]}" -gt 0 ]; then
      victim=${running[RANDOM % ${#running[@]}]}
      if [ $((killed % 2)) -eq 0 ]; then scancel --signal=KILL --full "$victim"; else scontrol requeue "$victim"; fi
      killed=$((killed + 1))
      next=$(($(results) + 1 + RANDOM % (2 * cells / (kills + 1) - 1)))
    fi
  fi
  sleep 0.5
done
submit --status | head -1
wait_for_end() { while [ -n "$(squeue --noheader)" ]; do sleep 0.5; done; }
wait_for_end

begin=$(cat "$out"/slurm/logs/*.txt | awk '/ task .* restarts: / {print $1}' | sort | head -1)
end=$(cat "$out"/cells/*/log.txt | awk '/Finished\./ {print $1}' | sort | tail -1)
starts=$(cat "$out"/slurm/logs/*.txt | grep -c ' restarts: ')
twice=0
for cell in "$out"/cells/*/; do
  [ "$(grep -c 'Finished\.' "$cell/log.txt")" -eq 1 ] || twice=$((twice + 1))
  [ "$(tail -n +2 "$cell/metrics.csv" | cut -d, -f2 | sort -n | uniq | wc -l)" -eq "$epochs" ] || twice=$((twice + 1))
  [ "$(tail -n +2 "$cell/metrics.csv" | wc -l)" -eq "$epochs" ] || twice=$((twice + 1))
done
training=$(cat "$out"/cells/*/result.json | awk -F: '/^  "seconds"/ {sub(/,/, "", $2); sum += $2} END {print sum}')
wall=$(awk -v a="$(date -d "$begin" +%s.%N)" -v b="$(date -d "$end" +%s.%N)" 'BEGIN {print b - a}')
awk -v cells="$cells" -v done="$(results)" -v twice="$twice" -v killed="$killed" -v starts="$starts" -v training="$training" -v wall="$wall" \
  -v nodes="$nodes" -v submissions="$submissions" 'BEGIN {
    printf "%d cells, %d finished, %d lost, %d run twice; %d tasks killed or queued again, %d starts of tasks, %d submissions\n",
      cells, done, cells - done, twice, killed, starts, submissions
    printf "%.1f s for %.1f s of cells on %d nodes (%.1f s each): overhead %.1f %%, %.1f s for each start of a task\n",
      wall, training, nodes, training / cells, 100 * (1 - training / (nodes * wall)), (nodes * wall - training) / starts
  }'
[ "$(results)" -eq "$cells" ] && [ "$twice" -eq 0 ]
