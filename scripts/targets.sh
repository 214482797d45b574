#!/usr/bin/env bash
# Runs the suites that hold on every machine on Linux machines of other kinds, under qemu-user: other widths of a
# pointer, other orders of bytes, other processors.
#
#   scripts/targets.sh [i686|aarch64|s390x …]
#
# What is missing is installed on Debian by root: Rust's targets, cross compilers, qemu. A test that starts a program
# of the other machine needs the kernel to know qemu (binfmt_misc), which root can tell it, or for i686 a loader; where
# that cannot be, these suites are left out, and it is said.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
[ $# -gt 0 ] || set -- i686 aarch64 s390x

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    packages=(qemu-user)
    for machine in "$@"; do
        packages+=("g++-$machine-linux-gnu")
        # An x86-64 processor runs programs of i686 itself, once their loader and libraries are there.
        [ "$machine-$(uname -m)" != i686-x86_64 ] || packages+=(libc6-i386 lib32gcc-s1 lib32stdc++6)
    done
    if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
        say "installing ${packages[*]}"
        apt-get update -qq || echo "some lists of packages could not be had"
        apt-get install -y -qq --no-install-recommends "${packages[@]}" || echo "some could not be installed"
    fi
fi

# Tells the kernel what runs programs of this machine: the first 20 bytes of an ELF file say for which it is.
teach_kernel() {
    local machine=$1 binfmt=/proc/sys/fs/binfmt_misc head mask order
    case $machine in
    aarch64) head='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00' order=little ;;
    s390x) head='\x7fELF\x02\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x16' order=big ;;
    *) return 0 ;;
    esac
    [ "$(id -u)" = 0 ] || return 0
    [ -e $binfmt/register ] || mount -t binfmt_misc binfmt_misc $binfmt 2>/dev/null || return 0
    grep -qs "^interpreter.*qemu-$machine" $binfmt/* && return 0
    case $order in
    little) mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' ;;
    big) mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff' ;;
    esac
    echo ":mapi-offline-$machine:M::$head:$mask:$(command -v "qemu-$machine"):" >$binfmt/register || true
}

# Whether the kernel starts programs of this machine.
starts_programs() {
    local folder status=0
    folder=$(mktemp -d)
    echo 'int main(void) { return 0; }' >"$folder/program.c"
    "$1-linux-gnu-gcc" "$folder/program.c" -o "$folder/program"
    "$folder/program" >/dev/null 2>&1 || status=1
    rm -rf "$folder"
    return $status
}

suites() {
    local machine=$1 begin=$SECONDS target=$1-unknown-linux-gnu
    for program in "$machine-linux-gnu-gcc" cargo; do
        if ! command -v "$program" >/dev/null; then
            echo "$program is missing" >&2
            return 2
        fi
    done
    if command -v rustup >/dev/null; then
        rustup --quiet target add "$target"
    fi
    local name
    name=$(tr 'a-z-' 'A-Z_' <<<"$target")
    export "CARGO_TARGET_${name}_LINKER=$machine-linux-gnu-gcc"
    # Where the loader and the libraries of the other machine are.
    export QEMU_LD_PREFIX=/usr/$machine-linux-gnu
    teach_kernel "$machine"
    local starts=true
    if ! starts_programs "$machine"; then
        starts=false
        local qemu=qemu-$machine
        export "CARGO_TARGET_${name}_RUNNER=${qemu/i686/i386}"
    fi
    local test=(cargo test --target "$target")

    say "$target: words, core, driver, scenarios, golden traces"
    "${test[@]}" -p mapi-offline-sys -p mapi-offline-core -p mapi-offline-driver -p mapi-offline-scenario \
        --lib --tests
    say "$target: conformance"
    "${test[@]}" -p mapi-offline-tests --test conformance
    if [ "$machine" = s390x ]; then
        say "$target: the program and the explorer are left out, since corosensei has no stacks for it"
    elif ! $starts; then
        say "$target: the program and the C door are left out, since the kernel starts nothing of this machine"
    else
        say "$target: the program"
        "${test[@]}" -p mapisim --test program golden
    fi
    if [ "$machine" != s390x ] && $starts; then
        say "$target: the C door"
        # valgrind is that of this machine, and runs no programs of another.
        local skipped=(--skip valgrind::)
        # qemu has the last word when a program crashes, and not the client that crashed; and it has no bound for the
        # memory of a program alone.
        [ "$machine" = i686 ] || skipped+=(
            --skip _throws --skip an_assertion_that_does_not_hold_is_told_with_its_line
            --skip an_exception_that_leaves_a_callback_is_a_crash_of_its_client
            --skip jumps_out_of_a_scenario --skip memory_runs_out
        )
        CC=$machine-linux-gnu-gcc CXX=$machine-linux-gnu-g++ "${test[@]}" -p mapi-offline-capi --lib --tests -- \
            "${skipped[@]}"
    fi
    say "all is well on $target, in $((SECONDS - begin)) s"
}

for machine in "$@"; do
    suites "$machine"
done
