#!/usr/bin/env bash
# The full run on Fashion-MNIST: teacher PreResNet 32-64-128 with 3 blocks a stage, compressed to a tenth of its MACs.
# Usage: run.sh PATH_TO_ERDE OUTPUT_FOLDER   (the data: apt install dataset-fashion-mnist)
set -euo pipefail
erde=$(realpath "$1")
mkdir -p "$2"
cd "$2"
data=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
[ -d "$data" ] || { echo "run.sh: $data is missing; apt install dataset-fashion-mnist" >&2; exit 66; }

# Train = the first 55,000 images of the training file, calibration = its last 5,000, test = 10,000.
"$erde" ingest "$data" -o fashion-mnist.erds
# An interrupted training goes on from its checkpoint when this script is started again.
resume() { [ -d "$1" ] && echo --resume || true; }
[ -f teacher.pb ] || "$erde" train fashion-mnist.erds -o teacher.pb --arch preresnet-20x2 --epochs 10 $(resume teacher.checkpoint)
"$erde" compress teacher.pb --target-macs 12M --student preresnet:widths=16,48,96:blocks=1,2,2 \
    --epochs "${STUDENT_EPOCHS:-10}" --output . $(resume student.checkpoint)
"$erde" evaluate teacher.pb
"$erde" evaluate student.pb

# The student that the program chooses by itself for this budget.
mkdir -p auto
"$erde" compress teacher.pb --target-macs 12M --epochs "${STUDENT_EPOCHS:-10}" --output auto $(resume auto/student.checkpoint)
"$erde" evaluate auto/student.pb
