#!/usr/bin/env bash
# Compiles our interface to oneDNN against version 3 of the library, whose headers come as a Python wheel.
# Skips, with the reason, where they cannot be had; INTEROP=required fails instead.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
sources="$root/Sources/System/CDNNL"

skip() {
    echo "oneDNN 3: skipped: $1" >&2
    [ "${INTEROP:-}" = required ] && exit 1
    exit 0
}

command -v python3 >/dev/null || skip "python3 is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" onednn-devel-cpu-gomp==2023.2.0 \
    >&2 || skip "the headers cannot be had"
python3 -m zipfile -e "$work"/*.whl "$work/wheel"
include=$(dirname "$(find "$work/wheel" -path '*/include/dnnl.h')")
[ -f "$include/dnnl.h" ] || skip "the wheel holds no headers"
for file in "$sources"/*.c; do
    clang -std=c11 -Wall -Wextra -Werror -I"$include" -I"$sources/include" -fsyntax-only "$file"
    echo "ok     $(basename "$file") compiles against oneDNN 3"
done
