#!/usr/bin/env bash
# The whole chain in one command on Fashion-MNIST: a student is chosen, distilled, pruned and quantized for 20 M MACs an image.
# Usage: run.sh PATH_TO_ERDE OUTPUT_FOLDER   (the teacher is that of samples/fashion-mnist, made in its output folder)
# EPOCHS and SEARCH_EPOCHS may be set. An interrupted run goes on when the script is started again.
set -euo pipefail
erde=$(realpath "$1")
cd "$2"
[ -f teacher.pb ] || { echo "run.sh: teacher.pb is missing in $2; make it with samples/fashion-mnist/run.sh" >&2; exit 66; }
"$erde" compress teacher.pb --target-macs 20M --prune --quantize int8 --epochs "${EPOCHS:-3}" \
    --search-epochs "${SEARCH_EPOCHS:-1}" --output out $([ -d out ] && echo --resume)
