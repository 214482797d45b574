#!/usr/bin/env bash
# Installs what scripts/dist.sh made, and uses it as a stranger would: the program, and the C++ example with CMake,
# with pkg-config and with the static library.
#
#   scripts/dist-test.sh ARCHIVE.tar.gz|PACKAGE.deb [--root]
#
# Into an empty folder; with --root into an empty Debian, which debootstrap makes (root, Debian), where nothing
# of this machine can help: a package is then installed by dpkg, and removed again.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
package=$(realpath "$1")
root=${2:-}
scratch=$(mktemp -d)
system=target/dist/empty-debian
trap 'if mountpoint -q "$system/proc"; then umount "$system/proc"; fi; rm -rf "$scratch"' EXIT

# What is done with an installed package: $1 is its prefix. It runs in the empty system too, by itself.
cat >"$scratch/use.sh" <<'USE'
set -euo pipefail
prefix=$1 work=$2
example="$prefix/share/mapi-offline/examples/sample-add-in"
export LD_LIBRARY_PATH= PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
"$prefix/bin/mapisim" --version
"$prefix/bin/mapisim" run "$prefix/share/mapi-offline/scenarios" | tail -1
test -s "$prefix/share/doc/mapi-offline/BUNDLED.md"
test -s "$prefix/share/doc/mapi-offline/LICENSE-MIT"

echo "-- CMake"
cmake -S "$example" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/cmake" >/dev/null
ctest --test-dir "$work/cmake" --output-on-failure | tail -3
grep -q "mapi-offline_DIR:PATH=$prefix" "$work/cmake/CMakeCache.txt"

echo "-- pkg-config"
c++ -std=c++11 $(pkg-config --cflags mapi-offline) "$example"/*.cpp -o "$work/shared" \
    $(pkg-config --libs mapi-offline) -ldl
LD_LIBRARY_PATH="$prefix/lib" MAPIOFFLINE_LIBRARY="$prefix/lib/libmsmapi32.so" "$work/shared" | tail -1

echo "-- a client library, explored"
c++ -std=c++11 -shared -fPIC $(pkg-config --cflags mapi-offline) "$3" -o "$work/client.so"
(cd "$work" && "$prefix/bin/mapisim" explore --schedules 100 --client ./client.so | tail -1)

echo "-- no path of the machine that built it"
if grep -rIl "$4" "$prefix/lib/cmake/mapi-offline" "$prefix/lib/pkgconfig/mapi-offline.pc"; then exit 1; fi
echo "all of it works from $prefix"
USE
client=tests/cpp/clients/provider.cpp

# Lays the package out below a folder, and says its prefix there.
unpack() {
    case $package in
    *.deb) dpkg-deb -x "$package" "$1" && prefix=/usr ;;
    *) mkdir -p "$1/opt" && tar -xf "$package" -C "$1/opt" && prefix=/opt/$(basename "$package" .tar.gz) ;;
    esac
}

if [ "$root" != --root ]; then
    say "$(basename "$package") in an empty folder"
    unpack "$scratch/root"
    mkdir "$scratch/work"
    env -i PATH="$PATH" HOME="$scratch/work" \
        bash "$scratch/use.sh" "$scratch/root$prefix" "$scratch/work" "$PWD/$client" "$PWD"
    exit
fi

if [ ! -e "$system/usr/bin/cmake" ]; then
    say "an empty Debian in $system"
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    debootstrap --variant=minbase --include=g++,cmake,make,pkg-config "$release" "$system" >"$scratch/log" 2>&1 ||
        { tail "$scratch/log" >&2 && exit 2; }
fi
say "$(basename "$package") in an empty Debian"
rm -rf "$system/tmp/work"
mkdir -p "$system/tmp/work"
# By it a program knows where it is.
mountpoint -q "$system/proc" || mount -t proc proc "$system/proc"
cp "$scratch/use.sh" "$client" "$system/tmp/"
case $package in
*.deb)
    prefix=/usr
    cp "$package" "$system/tmp/package.deb"
    chroot "$system" dpkg -i /tmp/package.deb
    chroot "$system" ldconfig
    ;;
*) unpack "$system" ;;
esac
chroot "$system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
    bash /tmp/use.sh "$prefix" /tmp/work "/tmp/$(basename "$client")" "$PWD"
case $package in
*.deb)
    chroot "$system" dpkg --purge mapi-offline
    if find "$system/usr" -path '*mapi-offline*' | grep .; then exit 1; fi
    echo "and nothing of it is left"
    ;;
*) rm -rf "${system:?}$prefix" ;;
esac
