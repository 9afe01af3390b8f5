#!/bin/sh
# Generates C from the schemas: `schemas/generate.sh` into Sources/System/CSchemas,
# `schemas/generate.sh --check` compares instead and fails when the committed C is not current.
set -eu
cd "$(dirname "$0")/.."
target=Sources/System/CSchemas

if ! command -v protoc-c >/dev/null 2>&1; then
    echo "schemas/generate.sh: protoc-c is not installed; install protobuf-c-compiler" >&2
    exit 69
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/include"
for schema in onnx calibration; do
    protoc-c --proto_path=schemas --c_out="$work" "$schema.proto"
    mv "$work/$schema.pb-c.h" "$work/include/"
done

case "${1:-}" in
--check)
    status=0
    for schema in onnx calibration; do
        for file in "$schema.pb-c.c" "include/$schema.pb-c.h"; do
            diff -u "$target/$file" "$work/$file" || status=1
        done
    done
    if [ "$status" -ne 0 ]; then
        echo "schemas/generate.sh: the generated C is not current; run make generate and commit it" >&2
    fi
    exit "$status"
    ;;
"")
    mkdir -p "$target/include"
    cp "$work"/*.pb-c.c "$target/"
    cp "$work"/include/*.pb-c.h "$target/include/"
    ;;
*)
    echo "usage: schemas/generate.sh [--check]" >&2
    exit 64
    ;;
esac
