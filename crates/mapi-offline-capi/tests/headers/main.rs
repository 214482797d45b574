//! The headers: clean under every compiler that is here, and in agreement with the tables in
//! `fixtures/abi`, with which the Rust side is compared too (`mapi-offline-sys`, `tests/`).
//!
//! From the tables programs are made: one of compile-time assertions, which cross compilers check
//! too, and one that prints GUIDs and calls every C++ method to see in which slot it is.
//!
//! A test that lacks its compiler says so and counts as ignored.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use support::{build, c_compiler, cxx_compiler, exists, include, root, run, trial};

/// One of the tables in `fixtures/abi`, as far as a header can agree with it.
#[derive(Deserialize)]
struct Abi {
    constants: BTreeMap<String, u32>,
    #[serde(default)]
    hresults: BTreeMap<String, u32>,
    guids: BTreeMap<String, String>,
    structs: BTreeMap<String, Struct>,
    interfaces: BTreeMap<String, Interface>,
}

#[derive(Deserialize)]
struct Struct {
    size: Bytes,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    offset: Bytes,
}

/// A number of bytes for each size of a pointer.
#[derive(Deserialize)]
struct Bytes {
    bits64: usize,
    bits32: usize,
}

#[derive(Deserialize)]
struct Interface {
    inherits: Option<String>,
    slots: BTreeMap<String, usize>,
}

/// Both tables.
fn tables() -> Vec<Abi> {
    let table = |name: &str| {
        let text = fs::read_to_string(root().join("fixtures/abi").join(name)).expect(name);
        toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    vec![table("offline.toml"), table("session.toml")]
}

const INCLUDES: &str = "\
#define INITGUID
#define COBJMACROS
#include \"mapiwindows.h\"
#include \"mapioffline.h\"
#include \"mapisession.h\"
#include \"mapisim.h\"
";

/// A C11 program that compiles only if every constant, offset, size and slot is right.
fn assertions() -> String {
    let mut code =
        format!("{INCLUDES}#define HERE(b64, b32) (sizeof(void *) == 8 ? (b64) : (b32))\n");
    let mut all = |condition: String| {
        let text = condition.replace('"', "'");
        writeln!(code, "_Static_assert({condition}, \"{text}\");")
            .expect("a string can be written");
    };
    all("sizeof(ULONG) == 4 && sizeof(HRESULT) == 4 && sizeof(WCHAR) == 2".to_owned());
    let tables = tables();
    let mut lengths: BTreeMap<&str, usize> = BTreeMap::from([("IUnknown", 3)]);
    for table in &tables {
        for (name, value) in table.constants.iter().chain(&table.hresults) {
            all(format!("(uint32_t)({name}) == {value:#x}u"));
        }
        for (name, Struct { size, fields }) in &table.structs {
            all(format!(
                "sizeof({name}) == HERE({}, {})",
                size.bits64, size.bits32
            ));
            for Field {
                name: field,
                offset,
            } in fields
            {
                all(format!(
                    "offsetof({name}, {field}) == HERE({}, {})",
                    offset.bits64, offset.bits32
                ));
            }
        }
        for (name, interface) in &table.interfaces {
            for (method, slot) in &interface.slots {
                all(format!(
                    "offsetof({name}Vtbl, {method}) == {slot} * sizeof(void *)"
                ));
            }
        }
    }
    // As many slots as there are, and no more.
    let interfaces: Vec<_> = tables.iter().flat_map(|table| &table.interfaces).collect();
    for _ in 0..interfaces.len() {
        for (name, interface) in &interfaces {
            let parent = interface.inherits.as_deref().unwrap_or_default();
            if let Some(inherited) = lengths.get(parent).copied() {
                lengths.insert(name, inherited + interface.slots.len());
            }
        }
    }
    for (name, _) in &interfaces {
        all(format!(
            "sizeof({name}Vtbl) == {} * sizeof(void *)",
            lengths[name.as_str()]
        ));
    }
    code.push_str("int main(void) { return 0; }\n");
    code
}

/// A C++ program that prints GUIDs, and calls every method on an object whose vtable tells which
/// slot was called.
fn walker() -> String {
    let mut code = format!("{INCLUDES}{}", WALKER);
    let mut line = |text: String| writeln!(code, "    {text}").expect("a string can be written");
    for table in tables() {
        for name in table.guids.keys() {
            match name.as_str() {
                "pbGlobalProfileSectionGuid" => {
                    line("GUID uid; memcpy(&uid, pbGlobalProfileSectionGuid, 16);".to_owned());
                    line(format!("guid(\"{name}\", uid);"));
                }
                _ => line(format!("guid(\"{name}\", {name});")),
            }
        }
        for (name, interface) in table.interfaces {
            for method in interface.slots.keys() {
                line(format!(
                    "printf(\"{name}.{method} %d\\n\", slot<{name}>(&{name}::{method}));"
                ));
            }
        }
    }
    code.push_str("    return 0;\n}\n");
    code
}

const WALKER: &str = r#"
#include <stdio.h>
#include <type_traits>

static int called;
template <int K> void in_slot() { called = K; }
typedef void (*Slot)();
template <int... K> struct Slots { static Slot all[sizeof...(K)]; };
template <int... K> Slot Slots<K...>::all[sizeof...(K)] = {in_slot<K>...};
template <int N, int... K> struct Up : Up<N - 1, N - 1, K...> {};
template <int... K> struct Up<0, K...> : Slots<K...> {};

template <class A> typename std::decay<A>::type &any() {
    static typename std::decay<A>::type value = {};
    return value;
}

/* Which slot a method is called through. The callee looks at no argument. */
template <class T, class C, class R, class... A> int slot(R (C::*method)(A...)) {
    struct { Slot *vtable; } object = {Up<32>::all};
    called = -1;
    (reinterpret_cast<T *>(&object)->*method)(any<A>()...);
    return called;
}

static void guid(const char *name, const GUID &it) {
    printf("%s %08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x\n", name, (unsigned)it.Data1, it.Data2,
           it.Data3, it.Data4[0], it.Data4[1], it.Data4[2], it.Data4[3], it.Data4[4], it.Data4[5],
           it.Data4[6], it.Data4[7]);
}

int main() {
"#;

/// What the walker must print.
fn expected() -> BTreeMap<String, String> {
    let mut expected = BTreeMap::new();
    for table in tables() {
        expected.extend(table.guids);
        for (name, interface) in table.interfaces {
            let slots = interface.slots.into_iter();
            expected
                .extend(slots.map(|(method, slot)| (format!("{name}.{method}"), slot.to_string())));
        }
    }
    expected
}

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Failed> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

fn walk() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let source = write(folder.path(), "walker.cpp", &walker())?;
    let binary = folder.path().join("walker");
    let compiler = cxx_compiler().ok_or("the compiler has gone")?;
    // The casts are what it is for.
    build(&compiler, "c++11", &[source], &binary)?;
    let printed = run(Command::new(binary).env_remove("LD_LIBRARY_PATH"))?.stdout;
    let printed = String::from_utf8(printed)?;
    let pairs = printed.lines().filter_map(|line| line.split_once(' '));
    let printed: BTreeMap<String, String> = pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if printed != expected() {
        return Err(format!("{printed:#?} is not {:#?}", expected()).into());
    }
    Ok(())
}

/// Every constant that a header defines is in a table, so that none is left unproved.
fn nothing_is_unproved() -> Result<(), Failed> {
    let tables = tables();
    let proved: BTreeSet<&str> = tables
        .iter()
        .flat_map(|table| {
            table
                .constants
                .keys()
                .chain(table.hresults.keys())
                .chain(table.guids.keys())
        })
        .map(String::as_str)
        .collect();
    let aliases = [
        "MAPI_E_CALL_FAILED",
        "MAPI_E_INVALID_PARAMETER",
        "PR_DISPLAY_NAME",
        "PR_PROFILE_NAME",
    ];
    for header in ["mapioffline.h", "mapisession.h"] {
        let text = fs::read_to_string(include().join(header))?;
        for line in text.lines() {
            let Some(rest) = line.strip_prefix("#define ") else {
                continue;
            };
            let name: &str = rest.split([' ', '(']).next().unwrap_or_default();
            let is_word = name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_AW".contains(c));
            let has_value = rest.len() > name.len() && !rest[name.len()..].starts_with('(');
            let is_guard = name.ends_with("_H");
            if is_word
                && has_value
                && !is_guard
                && !proved.contains(name)
                && !aliases.contains(&name)
            {
                return Err(format!("{header}: {name} is in no table").into());
            }
        }
    }
    Ok(())
}

/// Checks that a source compiles without a warning.
fn compile(compiler: &str, arguments: &[String], name: &str, text: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let source = write(folder.path(), name, text)?;
    run(Command::new(compiler)
        .args([
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-fsyntax-only",
            "-I",
        ])
        .arg(include())
        .args(arguments)
        .arg(source))
    .map(drop)
}

/// Where Debian's libwine-dev, or `$WINE_INCLUDE`, has Wine's headers.
fn wine() -> Option<String> {
    let named = std::env::var("WINE_INCLUDE").ok();
    let usual = [
        "/usr/include/wine/wine/windows",
        "/usr/include/wine/windows",
    ];
    let places = named.into_iter().chain(usual.map(str::to_owned));
    places
        .into_iter()
        .find(|place| Path::new(place).join("unknwn.h").exists())
}

/// The program that each compiler gets: each header alone, in each order, and all together.
const ALL: &str = "
int main(void) { return 0; }
";

fn matrix() -> Vec<Trial> {
    let mut trials = Vec::new();
    let compilers = [
        ("gcc", "g++"),
        ("clang", "clang++"),
        ("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-g++"),
        ("i686-w64-mingw32-gcc", "i686-w64-mingw32-g++"),
    ];
    for (c, cxx) in compilers {
        for (compiler, standards, file) in [
            (c, ["c99", "c11"], "all.c"),
            (cxx, ["c++11", "c++20"], "all.cpp"),
        ] {
            let missing = (!exists(compiler)).then(|| compiler.to_owned());
            for standard in standards {
                for (suffix, argument) in [
                    ("", None),
                    ("::short_wchar", Some("-fshort-wchar")),
                    ("::unicode", Some("-DUNICODE")),
                ] {
                    let name = format!("clean::{compiler}::{standard}{suffix}");
                    let mut arguments = vec![format!("-std={standard}")];
                    arguments.extend(argument.map(str::to_owned));
                    trials.push(trial(name, missing.clone(), move || {
                        for header in [
                            "mapioffline.h",
                            "mapisession.h",
                            "mapisim.h",
                            "mapisim_client.h",
                            "mapiwindows.h",
                        ] {
                            let alone = format!("#include \"{header}\"{ALL}");
                            compile(compiler, &arguments, file, &alone)?;
                        }
                        compile(compiler, &arguments, file, &format!("{INCLUDES}{ALL}"))
                    }));
                }
            }
        }
        let missing = (!exists(c)).then(|| c.to_owned());
        trials.push(trial(format!("agree::{c}"), missing, move || {
            compile(c, &["-std=c11".to_owned()], "assertions.c", &assertions())
        }));
    }
    for (compiler, standard, file) in [
        ("gcc", "c99", "wine.c"),
        ("clang", "c11", "wine.c"),
        ("g++", "c++11", "wine.cpp"),
        ("clang++", "c++20", "wine.cpp"),
    ] {
        let missing = match (exists(compiler), wine()) {
            (false, _) => Some(compiler.to_owned()),
            (_, None) => Some("Wine's headers".to_owned()),
            _ => None,
        };
        trials.push(trial(
            format!("wine::{compiler}::{standard}"),
            missing,
            move || {
                let wine = wine().ok_or("Wine's headers have gone")?;
                let arguments = [format!("-std={standard}"), format!("-isystem{wine}")];
                compile(compiler, &arguments, file, &format!("{INCLUDES}{ALL}"))?;
                // A project that has included some of them before is told, if that does not work.
                let after = format!("#include <unknwn.h>\n{INCLUDES}{ALL}");
                let works = compile(compiler, &arguments, file, &after).is_ok();
                let told = standard == "c99" || cfg!(not(target_arch = "x86_64")) || !works;
                if told {
                    Ok(())
                } else {
                    Err("Wine's calling convention went unnoticed".into())
                }
            },
        ));
    }
    trials
}

/// A C client that is built with Wine's headers talks to the library.
fn wine_client() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let wine = wine().ok_or("Wine's headers have gone")?;
    let text = fs::read_to_string(root().join("tests/cpp/c_client.c"))?;
    let source = write(folder.path(), "client.c", &text)?;
    let flags = write(folder.path(), "flags", &format!("-isystem{wine}"))?;
    let mut arguments = PathBuf::from("@");
    arguments.as_mut_os_string().push(flags);
    let binary = folder.path().join("client");
    let compiler = c_compiler().ok_or("the compiler has gone")?;
    build(&compiler, "c99", &[arguments, source], &binary)?;
    run(Command::new(binary).env_remove("LD_LIBRARY_PATH")).map(drop)
}

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let mut trials = matrix();
    let unix = cfg!(windows).then(|| "linking of C++ clients in this test on Windows".to_owned());
    let no_cxx = cxx_compiler().is_none().then(|| "C++ compiler".to_owned());
    let no_c = c_compiler().is_none().then(|| "C compiler".to_owned());
    let no_wine = wine().is_none().then(|| "Wine's headers".to_owned());
    trials.push(trial("nothing_is_unproved", None, nothing_is_unproved));
    trials.push(trial(
        "guids_and_slots_agree",
        unix.clone().or(no_cxx),
        walk,
    ));
    trials.push(trial(
        "wine::client",
        unix.or(no_c).or(no_wine),
        wine_client,
    ));
    libtest_mimic::run(&arguments, trials).exit();
}
