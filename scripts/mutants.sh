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

# The tests that judge the core. The house rules are left out, since they read the sources. They have to pass on the core
# as it is: cargo-mutants would see that with the core's own tests alone, and is told to skip it.
packages=(mapi-offline-core mapi-offline-driver mapi-offline-scenario mapi-offline-tests)
tests=(--lib)
for test in docs worlds sweep_conditions observed_policies sweeps golden unobserved conformance; do
    tests+=("--test=$test")
done
cargo test --quiet "${packages[@]/#/--package=}" "${tests[@]}"

# A test that never ends has noticed the mutant; it may ask for ever more memory until then. The shards are dealt round
# robin, so that each has some of the listed survivors: they say it if tests fail for another reason than the mutant.
ulimit -Sv 8000000 || true # kibibytes; not every system knows this limit
status=0
"${mutants[@]}" --output target/mutants --baseline skip --timeout 60 --sharding round-robin ${1:+--shard "$1"} \
    --test-package "$(IFS=, && echo "${packages[*]}")" "${tests[@]/#/--cargo-arg=}" ||
    status=$?
case $status in
0 | 2 | 3) ;; # some are not noticed, some never end: the list says whether that is as it should be
*) exit "$status" ;;
esac
cargo test -p mapi-offline-core --test mutants -- --include-ignored
