#!/usr/bin/env bash
# The lints for the systems that are not this one, without a linker or a compiler of C for them: what only they compile,
# and what is unused only there.
#
#   scripts/lints-elsewhere.sh [TARGET…]
#
# The benchmarks are left out: criterion has C in it.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
[ $# != 0 ] || targets=(
    i686-unknown-linux-gnu aarch64-unknown-linux-gnu s390x-unknown-linux-gnu
    x86_64-pc-windows-msvc i686-pc-windows-msvc aarch64-pc-windows-msvc x86_64-pc-windows-gnu i686-pc-windows-gnu
    x86_64-apple-darwin aarch64-apple-darwin
)
no_benchmarks=(--exclude mapi-offline-benches --exclude mapi-offline-measure)
for target in "${targets[@]}"; do
    printf '\n== lints for %s\n' "$target"
    # The explorer's stacks are not to be had on every processor (docs/systems.md).
    no_explorer=() no_tests=()
    case $target in
    s390x-* | aarch64-pc-windows-*)
        for package in mapi-offline-explore mapi-offline-report mapi-offline-fuzz mapi-offline-benches mapisim; do
            no_explorer+=(--exclude "$package")
        done
        no_tests=(--exclude mapi-offline-capi)
        ;;
    esac
    rustup --quiet target add "$target"
    cargo clippy --workspace "${no_explorer[@]}" --target "$target" -- -D warnings
    cargo clippy --workspace "${no_benchmarks[@]}" "${no_explorer[@]}" "${no_tests[@]}" --tests --target "$target" \
        -- -D warnings
done
