#!/usr/bin/env bash
# Makes the module that a timeline page plays, of the crate mapi-offline-play: WebAssembly, compressed with gzip. It needs
# the target wasm32-unknown-unknown (rustup target add wasm32-unknown-unknown). The first argument says where it goes;
# without one it goes where the program takes it from.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
cargo build --quiet --locked --profile play --target wasm32-unknown-unknown -p mapi-offline-play
gzip -9 -n -c "$target/wasm32-unknown-unknown/play/mapi_offline_play.wasm" >"${1:-crates/mapi-offline-report/play/module.wasm.gz}"
