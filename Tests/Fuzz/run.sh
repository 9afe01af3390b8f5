#!/usr/bin/env bash
# Builds the readers of untrusted bytes with libFuzzer and address sanitizer and runs each. Usage: run.sh [SECONDS [TARGET…]]
# Corpora and findings lie in .build/fuzz; a finding is run again with: ERDE_FUZZ=TARGET .build/fuzz/…/FuzzReaders FILE
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=${*:-png jpeg archive mat pickle idx dataset list}
place=.build/fuzz
goldens=Tests/Goldens

ERDE_FUZZ_BUILD=1 swift build -c release --scratch-path "$place/build" --sanitize=address --sanitize=fuzzer \
    -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address --product FuzzReaders
program=$place/build/release/FuzzReaders

# The sound files that mutation begins with.
seeds() {
    case $1 in
        png) cp $goldens/images/*.png "$2" ;;
        jpeg) cp $goldens/images/*.jpg "$2" ;;
        archive) cp $goldens/datasets/archives/* $goldens/datasets/hostile/*.tar $goldens/datasets/hostile/*.zip "$2" ;;
        mat) cp $goldens/datasets/svhn/*.mat "$2" ;;
        pickle)
            for set in $goldens/datasets/cifar*py*.tar.xz; do
                name=$(basename "$set" .tar.xz)
                mkdir -p "$2/../unpacked/$name"
                tar -xJf "$set" -C "$2/../unpacked/$name"
                find "$2/../unpacked/$name" -type f -size -200k | while read -r file; do
                    cp "$file" "$2/$name-$(basename "$file")"
                done
            done
            cp $goldens/datasets/hostile/*.pickle "$2"
            ;;
        idx) cp $goldens/datasets/emnist/*.gz "$2" ;;
        dataset) [ ! -x .build/release/erde ] || .build/release/erde ingest $goldens/datasets/archives/set.zip -o "$2/set.erds" -q >/dev/null 2>&1 || true ;;
        list) printf 'a.png\nb/c.png\n\n' > "$2/lines"; printf 'a\0b\xff\0' > "$2/zeros" ;;
    esac
}

status=0
for target in $targets; do
    corpus=$place/corpus/$target
    mkdir -p "$corpus" "$place/findings/$target"
    [ -n "$(ls -A "$corpus")" ] || seeds "$target" "$corpus"
    printf '== %s for %s s\n' "$target" "$seconds"
    ERDE_FUZZ=$target ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 "$program" "$corpus" \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$place/findings/$target/" 2>"$place/$target.log" </dev/null || status=1
    grep -E '^(stat::number_of_executed_units|stat::new_units|stat::peak_rss|SUMMARY|.*ERROR)' "$place/$target.log" || true
done
exit $status
