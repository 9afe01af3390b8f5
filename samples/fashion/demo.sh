#!/usr/bin/env bash
# The main job on the bundled images: folders of PNG and JPEG in, a compressed early-exit student and its report out.
# Usage: demo.sh PATH_TO_ERDE OUTPUT_FOLDER
set -euo pipefail
erde=$1
out=$2
here=$(dirname "$0")
rm -rf "$out"
mkdir -p "$out"

run() {
    printf '\n\033[1m$ %s\033[0m\n' "$*" | sed "s#$erde#erde#" >&2
    "$@"
}
[ -t 2 ] || run() {
    printf '\n$ %s\n' "$*" | sed "s#$erde#erde#" >&2
    "$@"
}

run "$erde" ingest "$here" -o "$out/fashion.erds"
run "$erde" train "$out/fashion.erds" -o "$out/teacher.pb" --arch preresnet-20x1 --epochs 16
run "$erde" compress "$out/teacher.pb" --target-macs 4M --epochs 16 --output "$out"
run "$erde" classify "$out/student.pb" "$here/test" --budget 4M --output "$out/classes.csv"
echo >&2
head -4 "$out/classes.csv"
