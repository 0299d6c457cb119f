#!/usr/bin/env bash
# The GPU's tests, its speed beside PyTorch's on the same card, its memory, and a short experiment, in one command. Meant to take less than eight minutes.
#
#   tests/Gpu/run.sh                    builds, and runs on this machine's GPU
#   tests/Gpu/run.sh --cpu              the same at small sizes on the CPU, to see that all of it runs
#   tests/Gpu/run.sh --publish FOLDER   builds only: a folder to copy to a machine with a GPU, which needs no .NET
#   FOLDER/run.sh --run FOLDER          runs what was built
#
#   --data FOLDER   CIFAR-10's binary files (data_batch_1.bin, ...); without it drawn images stand in
#   --out FOLDER    where device.json and device.md go; default: artifacts/gpu, with --run: the folder itself
#
# The machine needs Linux on x64, and, for a GPU, a python3 with PyTorch 2.10 or newer for CUDA: its libtorch is what runs here too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
device=cuda publish=1 run=1 folder="" data="" out=""
while [ $# -gt 0 ]; do
  case $1 in
    --cpu) device=cpu ;;
    --publish) run=0 folder=${2:?--publish needs a folder}; shift ;;
    --run) publish=0 folder=${2:?--run needs a folder}; shift ;;
    --data) data=${2:?--data needs a folder}; shift ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    *) echo "Unknown: $1. Allowed: --cpu, --publish FOLDER, --run FOLDER, --data FOLDER, --out FOLDER." >&2; exit 2 ;;
  esac
  shift
done
if [ "$publish" -eq 0 ] && [ "$run" -eq 0 ]; then
  echo "--publish and --run are two commands, on two machines; give one of them." >&2
  exit 2
fi
if [ -n "$data" ] && [ ! -f "$data/data_batch_1.bin" ]; then
  echo "--data is $data, which has no data_batch_1.bin: it is not the folder of CIFAR-10's binary files." >&2
  exit 2
fi

if [ "$publish" -eq 1 ]; then
  root=$(cd "$here/../.." && pwd)
  folder=${folder:-$root/artifacts/gpu/program}
  out=${out:-$root/artifacts/gpu}
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  # In folders of its own, unlocked: with the runtime and without libtorch it restores other packages than the build beside it.
  build=$(mktemp -d)
  trap 'rm -rf "$build"' EXIT
  for project in tests/Benchmarks tests/BadMinima.MLNet.Tests; do
    dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained --artifacts-path "$build" -o "$folder" -v quiet -nologo \
      -p:TorchBackend=none -p:RestorePackagesWithLockFile=false -p:RestoreLockedMode=false -p:NuGetLockFilePath="$build/none.json"
  done
  cp "$here/run.sh" "$folder/run.sh"
  if [ "$run" -eq 0 ]; then
    echo "$folder: $(du -sh "$folder" | cut -f1). On the machine with the GPU: FOLDER/run.sh --run FOLDER"
    exit 0
  fi
fi

folder=$(cd "$folder" && pwd)
out=${out:-$folder}

# CUDA's numbers of the cards are nvidia-smi's.
export CUDA_DEVICE_ORDER=PCI_BUS_ID
if [ -z "${BADMINIMA_LIBTORCH:-}" ]; then
  for python in python3 /usr/bin/python3; do
    lib=$("$python" -c 'import torch, os, sys
v = tuple(int(x) for x in torch.__version__.split(".")[:2])
print(os.path.join(torch.__path__[0], "lib") if v >= (2, 10) and (sys.argv[1] == "cpu" or torch.version.cuda) else "")' "$device" 2>/dev/null || true)
    if [ -n "$lib" ]; then
      # The same PyTorch is what is measured beside.
      export BADMINIMA_LIBTORCH=$lib BADMINIMA_PYTHON=$python
      break
    fi
  done
fi
if [ -z "${BADMINIMA_LIBTORCH:-}" ] && [ "$device" = cpu ]; then
  # What the package cache has, which a build of this repository has filled.
  lib=${NUGET_PACKAGES:-$HOME/.nuget/packages}/libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native
  [ -d "$lib" ] && export BADMINIMA_LIBTORCH=$lib
fi
if [ -z "${BADMINIMA_LIBTORCH:-}" ]; then
  echo "There is no python3 with PyTorch 2.10 or newer$([ "$device" = cpu ] || echo ", for CUDA,") here. Install one, or set BADMINIMA_LIBTORCH to its folder torch/lib." >&2
  exit 2
fi

# A test that fails does not keep the numbers from being measured.
status=0
BADMINIMA_TEST_DEVICE=$device "$folder/BadMinima.MLNet.Tests" --filter TestCategory=gpu --progress off || status=$?
"$folder/BadMinima.Benchmarks" --device "$device" --out "$out" ${data:+--data "$data"} || status=$?
exit $status
