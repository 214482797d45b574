#!/usr/bin/env bash
# Fuzzes a target for so many seconds, beginning with what the corpus and the fixtures have; then reduces the corpus to
# the few inputs that reach what the fixtures and the inputs with names do not.
#
#   scripts/fuzz.sh TARGET [SECONDS]
#
# It needs a nightly toolchain ($FUZZ_TOOLCHAIN, or nightly) and cargo-fuzz. Both are used by this script alone.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$1 seconds=${2:-300}
toolchain=${FUZZ_TOOLCHAIN:-nightly}
if ! cargo fuzz --version >/dev/null 2>&1; then
    echo "cargo-fuzz is missing: cargo install --locked cargo-fuzz" >&2
    exit 2
fi
corpus=fuzz/corpus/$target
seeds=()
case $target in
scenario) seeds=(fixtures/scenarios fixtures/exploring fixtures/planted/clients) ;;
replay) seeds=(fixtures/replays/version-1) ;;
observed_policy) seeds=(fixtures/outlooks) ;;
esac
fuzz() { cargo "+$toolchain" fuzz "$1" --fuzz-dir fuzz/libfuzzer --target-dir target/fuzz "$target" "${@:2}"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=$work/found given=$work/given kept=$work/kept
mkdir "$found" "$given" "$kept"
# What libFuzzer finds has 40 digits for a name; what somebody has named stays.
find "$corpus" "${seeds[@]}" -maxdepth 1 -type f | grep -Ev '/[0-9a-f]{40}$' | while read -r input; do
    cp "$input" "$given/${input//\//+}"
done
cp "$given"/* "$kept"
# The explorer and the emulation keep what is one a process as long as the process is: no leak.
# A client may ask MAPIAllocateBuffer for 4 GB, and then gets none, as where memory runs out.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024
limits=(-max_len=4096 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=8192)
fuzz run "$found" "$corpus" "${seeds[@]}" -- -max_total_time="$seconds" "${limits[@]}"
# As few as reach each place in the code that any of them reaches, how often does not matter.
fuzz run "$kept" "$found" "$corpus" -- -merge=1 -set_cover_merge=1 -use_counters=0 "${limits[@]}"
find "$corpus" -type f | grep -E '/[0-9a-f]{40}$' | xargs -r rm
# Those that reach the most were written first; fuzz/tests/corpus.rs says how much is let in.
for name in $(ls -rt "$kept"); do
    test ! -e "$given/$name" || continue
    cp "$kept/$name" "$corpus"
    files=$(find "$corpus" -type f | wc -l) bytes=$(cat "$corpus"/* | wc -c)
    ((files <= 60 && bytes <= 95000)) || rm "$corpus/$name"
done
echo "$(find "$corpus" -type f | wc -l) inputs in $corpus"
