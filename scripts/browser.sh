#!/usr/bin/env bash
# Tests the timeline page in a real browser: headless Chromium, driven by playwright-core. It needs node, npm and
# Chromium (CHROMIUM says where, if it is not in the path). UPDATE_PICTURES=1 writes the pictures anew.
set -euo pipefail
cd "$(dirname "$0")/.."

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$CHROMIUM" ] || ! command -v npm >/dev/null; then
    echo "Chromium, node and npm are needed: on Debian apt-get install chromium fonts-dejavu-core nodejs npm" >&2
    exit 2
fi
export CHROMIUM

target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
export PAGES="$target/browser"
mkdir -p "$PAGES"
npm install --silent --no-audit --no-fund --no-package-lock --prefix "$PAGES" playwright-core@1.65.1 axe-core@4.14.1

# A name that is markup, everywhere.
cat >"$PAGES/hostile.toml" <<'TOML'
title = "</title><b>bold</b> <!-- -->"
[[profile]]
name = "Work"
[[client]]
name = "<img src=x onerror=window.wrong=1>"
profile = "Work"
[[step]]
client = "<img src=x onerror=window.wrong=1>"
call = "HrOpenOfflineObj"
TOML

# Eight providers hear of 1,540 transitions, and ask for the state: more than 100,000 events.
{
    printf 'title = "Many events"\n[[profile]]\nname = "Work"\n'
    for client in 1 2 3 4 5 6 7 8; do
        printf '[[client]]\nname = "provider %s"\nprofile = "Work"\n' $client
        printf '[[client.on]]\ntype = "STATECHANGE"\ncall = "GetCurrentState"\n'
    done
    for client in 1 2 3 4 5 6 7 8; do
        for call in HrOpenOfflineObj GetCapabilities Advise; do
            printf '[[step]]\nclient = "provider %s"\ncall = "%s"\n' $client $call
        done
    done
    for _ in $(seq 770); do
        printf '[[step]]\nhost = "work-offline"\nwait = true\n[[step]]\nhost = "work-online"\nwait = true\n'
    done
} >"$PAGES/many.toml"

mapisim() { cargo run --quiet -- "$@" >/dev/null; }
mapisim explore --report "$PAGES/explored.html" fixtures/exploring/reads-then-advises.toml || [ $? = 1 ]
mapisim explore --report "$PAGES/always.html" fixtures/exploring/unadvise-of-another.toml || [ $? = 1 ]
mapisim run --report "$PAGES/racing.html" fixtures/scenarios/racing-clients.toml
mapisim run --report "$PAGES/hostile.html" "$PAGES/hostile.toml"
mapisim run --report "$PAGES/many.html" "$PAGES/many.toml"
mapisim explore --report "$PAGES/played.html" --report-play fixtures/exploring/reads-then-advises.toml || [ $? = 1 ]
mapisim run --report "$PAGES/played-run.html" --report-play fixtures/exploring/reads-then-advises.toml || [ $? = 1 ]
export MAPISIM="$target/debug/mapisim"
cargo run --quiet -p mapi-offline --example threaded -- "$PAGES/threads.html" >/dev/null

# Client libraries: one that reads the state too early, and one whose disconnect ends the process.
CXX=${CXX:-$(command -v c++ || command -v g++ || command -v clang++ || true)}
if [ -n "$CXX" ] && [ "$(uname)" = Linux ]; then
    cargo build --quiet -p mapi-offline-capi
    explore_client() {
        "$CXX" -std=c++11 -g -shared -fPIC -fvisibility=hidden -I crates/mapi-offline-capi/include "$2" "tests/cpp/clients/$1.cpp" -o "$PAGES/lib$1.so" -ldl
        mapisim explore --schedules 500 --report "$PAGES/$1.html" --client "$PAGES/lib$1.so" || [ $? = 1 ]
    }
    explore_client planted -DCLIENT=READS_FIRST
    explore_client faulty -DFAULT=TWICE
    export LIBRARIES=yes
else
    echo "the pages of client libraries are left out: they need Linux and a C++ compiler" >&2
fi

# What plays in these pages: the module that the program has, and one that is built now where its target is installed.
cargo build --quiet -p mapi-offline-play --example answers
export ANSWERS="$target/debug/examples/answers"
export MODULES=crates/mapi-offline-report/play/module.wasm.gz
if rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -r test -d; then
    scripts/page-module.sh "$PAGES/module.wasm.gz"
    MODULES="$MODULES:$PAGES/module.wasm.gz"
else
    echo "the module is not built anew: rustup target add wasm32-unknown-unknown" >&2
fi

NODE_PATH="$PAGES/node_modules" node --test --test-concurrency=1 tests/browser/
