#!/usr/bin/env bash
# Changes the core in one place at a time, and sees whether a test notices (cargo-mutants).
#
#   scripts/mutants.sh [SHARD/SHARDS]
#
# What no test notices has to stand in crates/mapi-offline-core/tests/mutants/survivors.toml, with the reason why it makes
# no difference. It fails for any other, and for an entry that a test notices or that is gone. The output is in
# target/mutants.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cargo mutants --version >/dev/null 2>&1; then
    echo "cargo-mutants is missing: cargo install --locked cargo-mutants" >&2
    exit 2
fi
mkdir -p target/mutants
mutants=(cargo mutants --package mapi-offline-core)
"${mutants[@]}" --list --json >target/mutants/list.json

# The tests that judge the core. The house rules are left out, since they read the sources. A test that never ends
# has noticed the mutant.
status=0
"${mutants[@]}" --output target/mutants --timeout 60 ${1:+--shard "$1"} \
    --test-package mapi-offline-core,mapi-offline-driver,mapi-offline-scenario,mapi-offline-tests \
    -- --lib --test docs --test worlds --test sweep_conditions --test observed_policies --test sweeps \
    --test golden --test unobserved --test conformance ||
    status=$?
case $status in
0 | 2 | 3) ;; # some are not noticed, some never end: the list says whether that is as it should be
*) exit "$status" ;;
esac
cargo test -p mapi-offline-core --test mutants -- --include-ignored
