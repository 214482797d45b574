#!/usr/bin/env bash
# Makes what is released, from what cargo has built.
#
#   scripts/dist.sh archive [--profile release|dev] [--target TARGET]
#   scripts/dist.sh deb     [--profile release|dev]
#   scripts/dist.sh stage   [--profile release|dev] [--target TARGET] FOLDER
#
# `stage` lays the files out in a folder as they are installed, below a prefix such as /usr: the program, the
# libraries, the headers, the pkg-config file, the CMake package, completions, the manual page, documentation, and
# the versions and licences of what is bundled. `archive` packs them, `deb` makes a Debian package of them with
# cargo-deb; both build first, and write to target/dist. Without a target it is the system that it runs on.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
    echo "usage: scripts/dist.sh archive|deb|stage [--profile release|dev] [--target TARGET] [FOLDER]" >&2
    exit 1
}

what=${1:-} profile=release target='' folder=''
shift || usage
while [ $# -gt 0 ]; do
    case "$1" in
    --profile) profile=$2 && shift 2 ;;
    --target) target=$2 && shift 2 ;;
    -*) usage ;;
    *) folder=$1 && shift ;;
    esac
done

host=$(rustc -vV | sed -n 's/^host: //p')
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
cargo_target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
system=${target:-$host}
built="$cargo_target${target:+/$target}/$([ "$profile" = dev ] && echo debug || echo "$profile")"
# Of the last commit, so that the same source gives the same archive.
moment=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

build() {
    cargo build --locked --profile "$profile" ${target:+--target "$target"} -p mapisim -p mapi-offline-capi
}

# The packages whose code is in the program or the library, a line each: name, version, licence.
bundled() {
    cargo tree --locked -p mapisim -p mapi-offline-capi --target "$system" -e normal,no-proc-macro \
        --prefix none --format '{p}|{l}' |
        sed 's/ (\*)$//' | grep -v '^$\|(/\|([A-Z]:' | sed 's/ v/|/; s/ (proc-macro)//' | LC_ALL=C sort -u
}

# Their list, and the texts of their licences, which have to come along.
licences() {
    local to=$1 name version licence source file
    mkdir -p "$to/licences"
    {
        echo "# What is bundled"
        echo
        echo "The program and the libraries for $system contain code of these packages besides our own, and of Rust's"
        echo "standard library ($(rustc --version | cut -d' ' -f2); MIT OR Apache-2.0). The folder licences has the texts."
        case $system in *-windows-gnu)
            echo "They contain start-up code of mingw-w64, too, which is in the public domain." ;;
        esac
        echo
        echo "| package | version | licence |"
        echo "| --- | --- | --- |"
        bundled | while IFS='|' read -r name version licence; do
            echo "| $name | $version | $licence |"
        done
    } >"$to/BUNDLED.md"
    # Of the standard library and what it is made of.
    file=$(rustc --print sysroot)/share/doc/rust/COPYRIGHT-library.html
    [ ! -f "$file" ] || cp "$file" "$to/licences/rust-COPYRIGHT-library.html"
    bundled | while IFS='|' read -r name version licence; do
        for source in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-$version"; do
            for file in "$source"/LICEN[CS]E* "$source"/license* "$source"/COPYING* "$source"/UNLICENSE* "$source"/NOTICE*; do
                [ ! -f "$file" ] || cp "$file" "$to/licences/$name-$(basename "$file")"
            done
        done
    done
}

stage() {
    local to=$1 file library
    rm -rf "$to"
    mkdir -p "$to"/bin "$to"/lib/pkgconfig "$to"/lib/cmake/mapi-offline "$to"/include/mapi-offline \
        "$to"/share/doc/mapi-offline "$to"/share/mapi-offline
    for file in mapisim mapisim.exe msmapi32.dll; do
        [ ! -f "$built/$file" ] || install -m 755 "$built/$file" "$to/bin/"
    done
    for file in libmsmapi32.so libmsmapi32.dylib libmsmapi32.a libmsmapi32.dll.a msmapi32.lib msmapi32.dll.lib; do
        [ ! -f "$built/$file" ] || install -m 644 "$built/$file" "$to/lib/"
    done
    strip_symbols "$to"
    install -m 644 crates/mapi-offline-capi/include/*.h "$to/include/mapi-offline/"
    for file in mapi-offline.pc mapi-offline-config.cmake mapi-offline-config-version.cmake; do
        case $file in *.pc) library=pkgconfig ;; *) library=cmake/mapi-offline ;; esac
        sed "s/@VERSION@/$version/" "scripts/dist/$file" >"$to/lib/$library/$file"
    done
    generated "$to"
    cp README.md CHANGELOG.md SECURITY.md LICENSE-MIT LICENSE-APACHE "$to/share/doc/mapi-offline/"
    cp -R docs "$to/share/doc/mapi-offline/docs"
    cp -R examples "$to/share/mapi-offline/examples"
    mkdir "$to/share/mapi-offline/scenarios"
    cp fixtures/scenarios/*.toml "$to/share/mapi-offline/scenarios/"
    licences "$to/share/doc/mapi-offline"
}

# Debugging information is left in what cargo has built.
strip_symbols() {
    local strip=strip
    case $system in
    "$host") ;;
    *-windows-gnu) strip=${system%%-*}-w64-mingw32-strip ;;
    *-linux-gnu) strip=${system%%-*}-linux-gnu-strip ;;
    esac
    command -v "$strip" >/dev/null || return 0
    case $system in *-apple-darwin | *-msvc) return 0 ;; esac
    find "$1" -type f \( -name 'mapisim*' -o -name '*msmapi32*' \) -exec "$strip" --strip-debug {} +
}

# Completions and the manual page: by the program for this system, of whatever target they are.
generated() {
    local program="$built/mapisim"
    if [ "$system" != "$host" ]; then
        cargo build --locked --quiet --profile "$profile" -p mapisim
        program="$cargo_target/${built##*/}/mapisim"
    fi
    case $system in *-windows-*) return 0 ;; esac
    mkdir -p "$1"/share/man/man1 "$1"/share/bash-completion/completions "$1"/share/zsh/site-functions \
        "$1"/share/fish/vendor_completions.d
    "$program" man >"$1/share/man/man1/mapisim.1"
    "$program" completions bash >"$1/share/bash-completion/completions/mapisim"
    "$program" completions zsh >"$1/share/zsh/site-functions/_mapisim"
    "$program" completions fish >"$1/share/fish/vendor_completions.d/mapisim.fish"
}

# One folder in an archive that is the same again for the same files.
pack() {
    local name=$1 file=
    find "$name" -exec touch -h -d "@$moment" {} + 2>/dev/null || true
    case $system in
    *-windows-*) file=$name.zip && rm -f "$file" && cmake -E tar cf "$file" --format=zip "$name" ;;
    *)
        file=$name.tar.gz
        if tar --version | grep -q GNU; then
            tar --sort=name --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -n9 >"$file"
        else
            tar -czf "$file" "$name"
        fi
        ;;
    esac
    if command -v sha256sum >/dev/null; then
        sha256sum "$file" >"$file.sha256"
    else
        shasum -a 256 "$file" >"$file.sha256"
    fi
    echo "target/dist/$file"
}

case $what in
stage)
    [ -n "$folder" ] || usage
    stage "$folder"
    ;;
archive)
    build
    name=mapi-offline-$version-$system
    stage "target/dist/$name"
    cd target/dist
    pack "$name"
    ;;
deb)
    build
    # The folder that the list of assets in sim/Cargo.toml names.
    stage target/dist/debian
    gzip -n9 target/dist/debian/share/man/man1/mapisim.1
    cargo deb -p mapisim --no-build --no-strip --output target/dist/
    ;;
*) usage ;;
esac
