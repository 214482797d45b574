#!/usr/bin/env bash
# Fuzzes a target for so many seconds, beginning with what the corpus and the fixtures have; then reduces the corpus to
# the inputs that reach different code.
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
scenario) seeds=(fixtures/scenarios fixtures/exploring) ;;
replay) seeds=(fixtures/replays/version-1) ;;
observed_policy) seeds=(fixtures/outlooks) ;;
esac
fuzz() { cargo "+$toolchain" fuzz "$1" --fuzz-dir fuzz/libfuzzer --target-dir target/fuzz "$target" "${@:2}"; }

found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
# The explorer and the emulation keep what is one a process as long as the process is: no leak.
# A client may ask MAPIAllocateBuffer for 4 GB, and then gets none, as where memory runs out.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024
limits=(-timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=8192)
fuzz run "$found" "$corpus" "${seeds[@]}" -- -max_total_time="$seconds" -max_len=4096 "${limits[@]}"
fuzz run "$corpus" "$found" -- -merge=1 -max_len=4096 "${limits[@]}"
echo "$(find "$corpus" -type f | wc -l) inputs in $corpus"
