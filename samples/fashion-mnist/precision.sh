#!/usr/bin/env bash
# float32 against bfloat16 on Fashion-MNIST: the same small early-exit network from the same seeds, trained and evaluated in each.
# Usage: precision.sh PATH_TO_ERDE OUTPUT_FOLDER   (the data: apt install dataset-fashion-mnist)
# 10,000 images train, because a processor without bfloat16 of its own emulates it, slowly: the accuracy is the same, the speed says
# nothing. SEEDS and EPOCHS may be set; what is done is not done again.
set -euo pipefail
erde=$(realpath "$1")
mkdir -p "$2"
cd "$2"
data=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
[ -f fashion-mnist.erds ] || "$erde" ingest "$data" -o fashion-mnist.erds --calibration-count 50000
for seed in ${SEEDS:-1 2 3}; do
    for precision in float32 bfloat16; do
        name=$precision-$seed
        [ -f "$name.pb" ] || "$erde" train fashion-mnist.erds -o "$name.pb" --arch preresnet:widths=8,16,32:blocks=1,1,1 \
            --epochs "${EPOCHS:-6}" --seed "$seed" --precision "$precision" $([ -d "$name.checkpoint" ] && echo --resume)
        [ -f "$name.json" ] || "$erde" evaluate "$name.pb" fashion-mnist.erds --precision "$precision" --json >"$name.partial"
        [ -f "$name.json" ] || mv "$name.partial" "$name.json"
    done
done
python3 - <<'PYTHON'
import glob, json, statistics
rows = {}
for path in sorted(set(glob.glob("*-*.json")) - set(glob.glob("*.recipe.json"))):
    precision, seed = path[:-5].rsplit("-", 1)
    rows.setdefault(seed, {})[precision] = json.load(open(path))["accuracyPerExit"]
print("test accuracy of the last exit in percent")
print("seed  float32  bfloat16  difference")
differences = []
for seed, found in sorted(rows.items()):
    a, b = 100 * found["float32"][-1], 100 * found["bfloat16"][-1]
    differences.append(b - a)
    print(f"{seed:>4}  {a:7.2f}  {b:8.2f}  {b - a:+10.2f}")
if len(differences) > 1:
    print(f"mean difference {statistics.mean(differences):+.2f}, its standard error "
          f"{statistics.stdev(differences) / len(differences) ** 0.5:.2f}")
PYTHON
