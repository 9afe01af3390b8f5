#!/usr/bin/env bash
# A teacher at half its MACs, pruned in several ways with equal training, on Fashion-MNIST.
# Usage: run.sh PATH_TO_ERDE OUTPUT_FOLDER   (the data: apt install dataset-fashion-mnist)
# In the folder a teacher.pb with its fashion-mnist.erds is used if there is one. An interrupted run goes on when the script is
# started again. SEEDS, EPOCHS (after the last of three steps), TO, THREADS and WAYS may be set.
set -euo pipefail
erde=$(realpath "$1")
mkdir -p "$2"
cd "$2"
data=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
to=${TO:-50%}

[ -f fashion-mnist.erds ] || "$erde" ingest "$data" -o fashion-mnist.erds
resume() {
    if [ -e "$1.checkpoint" ] || compgen -G "$1.step*.pb" >/dev/null || compgen -G "$1.step*.checkpoint" >/dev/null; then
        echo --resume
    fi
}
[ -f teacher.pb ] || "$erde" train fashion-mnist.erds -o teacher.pb --arch preresnet-20x2 --epochs 10 $(resume teacher)

# name, then what differs: all else is equal.
prune() {
    local name=$1
    shift
    [ -f "$name.pb" ] || "$erde" prune teacher.pb --data fashion-mnist.erds --to "$to" --epochs "${EPOCHS:-8}" \
        ${THREADS:+--threads "$THREADS"} -o "$name.pb" $(resume "$name") "$@" >"$name.txt"
    [ -f "$name.eval" ] || "$erde" evaluate "$name.pb" fashion-mnist.erds >"$name.partial"
    [ -f "$name.eval" ] || mv "$name.partial" "$name.eval"
}

# Li et al. 2017: each layer by the L1 norm of its own filters, the shared channels untouched, no normalisation.
l1=(--importance l1 --no-shared --normalize none)
for seed in ${SEEDS:-1 2 3}; do
    for way in ${WAYS:-taylor taylor-macs l1 random erde erde-l1 erde-random}; do
        case $way in
        taylor) options=(--importance taylor) ;;
        taylor-macs) options=(--importance taylor --normalize macs) ;;
        l1) options=("${l1[@]}") ;;
        random) options=(--importance random) ;;
        erde) options=(--importance taylor --teacher teacher.pb) ;;
        erde-l1) options=("${l1[@]}" --teacher teacher.pb) ;;
        erde-random) options=(--importance random --teacher teacher.pb) ;;
        *) echo "run.sh: no way called $way" >&2; exit 64 ;;
        esac
        prune "$way-$seed" "${options[@]}" --seed "$seed"
    done
done

[ -f teacher.eval ] || "$erde" evaluate teacher.pb fashion-mnist.erds >teacher.eval
printf '%-16s %s\n' model "whole network on test images: accuracy, 95 % interval, MACs"
for file in teacher.eval *-[0-9]*.eval; do
    printf '%-16s %s\n' "${file%.eval}" "$(grep '^full depth' "$file")"
done | tee result.txt
