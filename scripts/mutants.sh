#!/usr/bin/env bash
# Changes the core in one place at a time, and sees whether a test notices (cargo-mutants).
#
#   scripts/mutants.sh [SHARD/SHARDS]
#
# What no test notices has to stand in .cargo/mutants.toml, with the reason why it makes no difference. It fails for any
# other. The output is in target/mutants.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cargo mutants --version >/dev/null 2>&1; then
    echo "cargo-mutants is missing: cargo install --locked cargo-mutants" >&2
    exit 2
fi
mkdir -p target/mutants
exec cargo mutants --package mapi-offline-core --output target/mutants --timeout 300 ${1:+--shard "$1"} \
    --test-package mapi-offline-core,mapi-offline-driver,mapi-offline-scenario,mapi-offline-tests
