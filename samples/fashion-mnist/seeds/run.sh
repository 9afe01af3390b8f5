#!/usr/bin/env bash
# Students of three seeds from one teacher, each quantized too, on Fashion-MNIST.
# Usage: run.sh PATH_TO_ERDE OUTPUT_FOLDER   (the data: apt install dataset-fashion-mnist)
# An interrupted run goes on when the script is started again. SEEDS, EPOCHS and THREADS may be set.
set -euo pipefail
erde=$(realpath "$1")
mkdir -p "$2"
cd "$2"
data=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
threads=${THREADS:+--threads $THREADS}
resume() { [ -d "$1" ] && echo --resume || true; }

[ -f fashion-mnist.erds ] || "$erde" ingest "$data" -o fashion-mnist.erds
[ -f teacher.pb ] || "$erde" train fashion-mnist.erds -o teacher.pb --arch preresnet-20x2 --epochs 10 $threads \
    $(resume teacher.checkpoint)
"$erde" evaluate teacher.pb >teacher.eval
for seed in ${SEEDS:-1 2 3}; do
    mkdir -p "$seed"
    [ -f "$seed/student.pb" ] || "$erde" compress teacher.pb --target-macs 12M --student preresnet:widths=16,48,96:blocks=1,2,2 \
        --epochs "${EPOCHS:-25}" --seed "$seed" $threads --output "$seed" $(resume "$seed/student.checkpoint")
    [ -f "$seed/student-int8.pb" ] || "$erde" quantize "$seed/student.pb" -o "$seed/student-int8.pb" $threads
    for model in student student-int8; do "$erde" evaluate "$seed/$model.pb" >"$seed/$model.eval"; done
done
grep -E '^(budget|full depth)' teacher.eval */*.eval
