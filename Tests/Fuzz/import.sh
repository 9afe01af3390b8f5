#!/usr/bin/env bash
# Feeds changed ONNX files to the reader of foreign ones, under the address sanitizer.
# Usage: import.sh [SECONDS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=.build-fuzz
swift build -c release --sanitize address --scratch-path "$build" --product FuzzImport
export ASAN_OPTIONS=detect_leaks=0:hard_rss_limit_mb=3000:allocator_may_return_null=0
"$build/release/FuzzImport" "${1:-1800}" "${2:-1}" Tests/Goldens/imports/*.onnx
