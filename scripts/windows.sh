#!/usr/bin/env bash
# Builds the project for Windows, and runs its tests, the C and C++ programs, explorations of client
# libraries and the scenarios there, which is under Wine.
#
#   scripts/windows.sh [64|32] [--short]
#
# With --short it is what differs between systems: conformance, the program with its golden traces, the C and C++
# programs, what is wrong in a C client. The rules, the properties, the threaded driver and the explorations of client
# libraries, which take most of the time, are then left out.
# What is missing is installed on Debian by root: Rust's target, mingw, Wine. It ends with 2 if Wine
# or a compiler cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
begin=$SECONDS

case "${1:-64}" in
64) target=x86_64-pc-windows-gnu mingw=x86-64 prefix=x86_64-w64-mingw32 arch=win64 wine=wine64 ;;
32) target=i686-pc-windows-gnu mingw=i686 prefix=i686-w64-mingw32 arch=win32 wine=wine32:i386 ;;
*)
    echo "usage: scripts/windows.sh [64|32] [--short]" >&2
    exit 1
    ;;
esac

# Debian's packages, where they are missing and may be installed.
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    packages=(wine "$wine" "g++-mingw-w64-$mingw" libwine-dev)
    [ "$arch" = win64 ] || packages+=(debootstrap)
    if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
        say "installing ${packages[*]}"
        [ "$arch" = win64 ] || dpkg --add-architecture i386
        apt-get update -qq || echo "some lists of packages could not be had"
        # One by one: that of 32 bits may not go with what is there.
        for package in "${packages[@]}"; do
            apt-get install -y -qq --no-install-recommends "$package" || echo "$package could not be installed"
        done
    fi
fi
folder=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
built="$folder/$target/debug"

# Where packages of 32 bits cannot stand beside those of 64 (their versions have to be the same), a Debian of 32 bits
# has a Wine of its own. It sees this folder, the one of cargo, and /tmp, at their places.
debian_32() {
    local root="$folder/debian-i386" place
    if [ ! -e "$root/usr/bin/wine" ]; then
        say "a Debian of 32 bits, with Wine, in $root"
        # shellcheck source=/dev/null
        debootstrap --arch=i386 --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" >/dev/null
        DEBIAN_FRONTEND=noninteractive chroot "$root" \
            apt-get install -y -qq --no-install-recommends wine wine32 >/dev/null
    fi
    for place in "$PWD" "$folder" /tmp /dev; do
        mkdir -p "$root$place"
        mountpoint -q "$root$place" || mount --bind "$place" "$root$place"
    done
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    mkdir -p "$folder/wine-32"
    cat >"$folder/wine-32/wine" <<WINE
#!/bin/sh
PATH=/usr/bin:/bin HOME=/tmp exec /usr/sbin/chroot '$root' /bin/sh -c 'cd "\$0" && exec wine "\$@"' "\$PWD" "\$@"
WINE
    chmod +x "$folder/wine-32/wine"
    export PATH="$folder/wine-32:$PATH"
}
if [ "$arch" = win32 ] && ! dpkg -s wine32:i386 >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then
    # With mounts of its own, which end with it and which nobody else sees: who deletes the target folder must not
    # delete what is mounted there.
    if [ "${OWN_MOUNTS:-}" != true ]; then
        OWN_MOUNTS=true exec unshare --mount bash scripts/windows.sh "$@"
    fi
    debian_32
fi

for program in wine "$prefix-gcc" "$prefix-g++" cargo; do
    if ! command -v "$program" >/dev/null; then
        echo "$program is missing" >&2
        exit 2
    fi
done
if command -v rustup >/dev/null; then
    rustup target add "$target"
fi

# A Wine of our own, without the folders and settings of whoever calls.
export WINEPREFIX="$folder/wine-$arch" WINEARCH=$arch WINEDEBUG=-all
system="$WINEPREFIX/drive_c/windows/system32"
if [ ! -e "$system/kernel32.dll" ]; then
    say "a Wine prefix in $WINEPREFIX"
    wine wineboot -i >/dev/null 2>&1 || true
    if [ ! -e "$system/kernel32.dll" ]; then
        echo "Wine does not start: are there packages of this width? ($wine)" >&2
        exit 2
    fi
fi
if [ ! -e "$system/bcryptprimitives.dll" ]; then
    # --kill-at: its name has no decoration, in 32 bits either.
    "$prefix-gcc" -shared -O1 -Wl,--kill-at -o "$system/bcryptprimitives.dll" scripts/bcryptprimitives.c -ladvapi32
fi
# Wine's own dbghelp fails on backtraces in 32 bits.
[ "$arch" = win64 ] || export RUST_BACKTRACE=0
# A process of Wine begins only where the page at 0x7ffe0000 is free, and the kernel puts the heap of a 64-bit process
# anywhere in the gigabyte from 0x7d005000: of some thousand processes one does not begin ("Internal error", 1359). Without
# random addresses the heap is always at the same place. Not everywhere may that be asked for.
run=(setarch "$(uname -m)" -R wine)
"${run[@]:0:3}" true 2>/dev/null || run=(wine)
runner=CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$target")_RUNNER
export "$runner=${run[*]}"

say "build for $target"
cargo build -p mapi-offline-capi -p mapisim -p mapirecord --target "$target"

say "programs and client libraries of C and C++, compiled by mingw: under Wine there is no compiler"
case "$arch" in
win64) export MAPIOFFLINE_WINDOWS=$built ;;
win32) export MAPIOFFLINE_WINDOWS_32=$built ;;
esac
export MAPIOFFLINE_CLIENTS=$built/clients
if [ "${2:-}" = --short ]; then
    cargo test -p mapi-offline-capi --test clients --test faults -- --exact prepares

    say "tests, golden traces included, in short"
    cargo test --target "$target" -p mapi-offline-tests --test conformance
    cargo test --target "$target" -p mapisim --test program -- --skip clients:: --skip endings::
    cargo test --target "$target" -p mapi-offline-sys
    cargo test --target "$target" -p mapi-offline-capi --test clients --test faults
else
    cargo test -p mapi-offline-capi --tests -- --exact prepares
    cargo test -p mapisim --test program -- --ignored --exact clients::prepares

    # The tests of the repository that ask cargo have none under Wine, and are the same everywhere.
    say "tests, golden traces included"
    cargo test --workspace --target "$target" -- --skip architecture::
fi

if [ "$arch" = win64 ] && [ "${2:-}" != --short ]; then
    say "the recorder, in a host that does what Outlook does for add-ins"
    cargo test -p mapirecord --test add_in -- --ignored
fi

say "scenarios"
"${run[@]}" "$built/mapisim.exe" run fixtures/scenarios

say "all is well on $target, in $((SECONDS - begin)) s"
