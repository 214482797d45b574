//! The headers: clean under every compiler that is here, and in agreement with the tables in
//! `fixtures/abi`, with which the Rust side is compared too (`mapi-offline-sys`, `tests/`).
//!
//! From the tables programs are made: one of compile-time assertions, which cross compilers check
//! too, and one that prints GUIDs and calls every C++ method to see in which slot it is.
//!
//! A test that lacks its compiler says so and counts as ignored.

mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use mapi_offline_compiled::{
    Binary, Kind, exists, include, prepares, program, root, run, trial, wine_headers,
};
use programs::{INCLUDES, assertions, expected, includes_beside, tables, walker};

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Failed> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

/// The program that prints the GUIDs and the slots; its source is written into the folder.
fn walks(folder: &Path) -> Result<Binary, Failed> {
    let source = write(folder, "walker.cpp", &walker())?;
    Ok(Binary::new("walker", Kind::Program, vec![source]))
}

fn walk() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = walks(folder.path())?.make(folder.path())?;
    let printed = run(&mut program(&binary))?.stdout;
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
        "PT_TSTRING",
        // Words of the language of interfaces, and what MAPI_DIM says in their place.
        "INTERFACE",
        "MAPISTORE_UNKNOWN_METHODS",
        "MAPISTORE_PROP_METHODS",
        "STDMAPIINITCALLTYPE",
        "STDINITMETHODIMP",
        "MAPI_DIM",
    ];
    for header in [
        "mapioffline.h",
        "mapisession.h",
        "mapistore.h",
        "mapitable.h",
        "mapiprofiles.h",
        "mapiprovider.h",
        "mapiutilities.h",
    ] {
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

/// The program that each compiler gets: each header alone, in each order, and all together.
const ALL: &str = "
int main(void) { return 0; }
";

/// The headers that a program may include.
const HEADERS: [&str; 7] = [
    "mapioffline.h",
    "mapisession.h",
    "mapiprovider.h",
    "mapiutilities.h",
    "mapisim.h",
    "mapisim_client.h",
    "mapiwindows.h",
];

/// A C compiler, and the C++ compiler beside it.
const COMPILERS: [(&str, &str); 4] = [
    ("gcc", "g++"),
    ("clang", "clang++"),
    ("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-g++"),
    ("i686-w64-mingw32-gcc", "i686-w64-mingw32-g++"),
];

/// What is missing to use that compiler.
fn lacks(compiler: &str) -> Option<String> {
    (!exists(compiler)).then(|| compiler.to_owned())
}

/// Each header compiles without a warning, alone and with the others.
fn clean() -> Vec<Trial> {
    let mut trials = Vec::new();
    let languages = COMPILERS.into_iter().flat_map(|(c, cxx)| {
        [
            (c, ["c99", "c11"], "all.c"),
            (cxx, ["c++11", "c++20"], "all.cpp"),
        ]
    });
    for (compiler, standards, file) in languages {
        for standard in standards {
            for (suffix, argument) in [
                ("", None),
                ("::short_wchar", Some("-fshort-wchar")),
                ("::unicode", Some("-DUNICODE")),
            ] {
                let name = format!("clean::{compiler}::{standard}{suffix}");
                let mut arguments = vec![format!("-std={standard}")];
                arguments.extend(argument.map(str::to_owned));
                trials.push(trial(name, lacks(compiler), move || {
                    for header in HEADERS {
                        let alone = format!("#include \"{header}\"{ALL}");
                        compile(compiler, &arguments, file, &alone)?;
                    }
                    compile(compiler, &arguments, file, &format!("{INCLUDES}{ALL}"))
                }));
            }
        }
    }
    trials
}

/// The headers agree with the tables.
fn agree() -> Vec<Trial> {
    let trials = COMPILERS.map(|(c, _)| {
        trial(format!("agree::{c}"), lacks(c), move || {
            let arguments = ["-std=c11".to_owned()];
            compile(c, &arguments, "assertions.c", &assertions(INCLUDES))
        })
    });
    trials.into()
}

/// A compiler that has MAPI's own headers: mingw's, or Wine's if it is asked to look there.
struct Theirs {
    c: &'static str,
    cxx: &'static str,
    headers: &'static [&'static str],
    is_wine: bool,
}

impl Theirs {
    const ALL: [Self; 4] = [
        Self::wine("gcc", "g++"),
        Self::wine("clang", "clang++"),
        Self::mingw("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-g++"),
        Self::mingw("i686-w64-mingw32-gcc", "i686-w64-mingw32-g++"),
    ];

    const fn wine(c: &'static str, cxx: &'static str) -> Self {
        Self {
            c,
            cxx,
            headers: &["mapix.h", "mapiutil.h"],
            is_wine: true,
        }
    }

    const fn mingw(c: &'static str, cxx: &'static str) -> Self {
        Self {
            c,
            cxx,
            headers: &["mapix.h", "mapiutil.h", "mapispi.h"],
            is_wine: false,
        }
    }

    fn missing(&self) -> Option<String> {
        let no_wine = self.is_wine && wine_headers().is_none();
        lacks(self.c)
            .or_else(|| lacks(self.cxx))
            .or_else(|| no_wine.then(|| "Wine's headers".to_owned()))
    }

    fn compile(
        &self,
        compiler: &str,
        standard: &str,
        file: &str,
        text: &str,
    ) -> Result<(), Failed> {
        let mut arguments = vec![format!("-std={standard}")];
        if self.is_wine {
            let wine = wine_headers().ok_or("Wine's headers have gone")?;
            arguments.push(format!("-isystem{wine}"));
        }
        compile(compiler, &arguments, file, text)
    }

    /// MAPI's own headers agree with the tables, as far as they go; and where they come too late,
    /// the compiler says so.
    fn agree(&self) -> Result<(), Failed> {
        let includes = includes_beside(self.headers);
        self.compile(self.c, "c11", "theirs.c", &assertions(&includes))?;
        for standard in ["c++11", "c++20"] {
            self.compile(
                self.cxx,
                standard,
                "theirs.cpp",
                &format!("{includes}{ALL}"),
            )?;
        }
        let late = format!("#include \"mapisession.h\"\n#include <mapix.h>\n{ALL}");
        self.is_told(&late, "include_MAPIs_own_headers_before_mapisession_h")?;
        let half = format!("#include <mapidefs.h>\n#include \"mapisession.h\"\n{ALL}");
        let half = format!("#include \"mapiwindows.h\"\n{half}");
        self.is_told(&half, "include mapix.h before mapisession.h")
    }

    fn is_told(&self, program: &str, words: &str) -> Result<(), Failed> {
        match self.compile(self.cxx, "c++11", "late.cpp", program) {
            Err(error) if error.message().is_some_and(|said| said.contains(words)) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => Err(format!("{program}compiles").into()),
        }
    }
}

fn beside_theirs() -> Vec<Trial> {
    let trials = Theirs::ALL.map(|theirs| {
        let name = format!("beside_mapi_headers::{}", theirs.c);
        trial(name, theirs.missing(), move || theirs.agree())
    });
    trials.into()
}

/// With Wine's headers in the include path the headers compile; included too late, they are told.
fn with_wine() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (compiler, standard, file) in [
        ("gcc", "c99", "wine.c"),
        ("clang", "c11", "wine.c"),
        ("g++", "c++11", "wine.cpp"),
        ("clang++", "c++20", "wine.cpp"),
    ] {
        let no_wine = wine_headers()
            .is_none()
            .then(|| "Wine's headers".to_owned());
        trials.push(trial(
            format!("wine::{compiler}::{standard}"),
            lacks(compiler).or(no_wine),
            move || {
                let wine = wine_headers().ok_or("Wine's headers have gone")?;
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

/// A C client that is built with Wine's headers.
fn wine_client() -> Binary {
    let source = root().join("tests/cpp/c_client.c");
    let mut client = Binary::new("client", Kind::Program, vec![source]);
    let wine = wine_headers();
    client.flags = wine.map(|it| format!("-isystem{it}")).into_iter().collect();
    client
}

/// It talks to the library.
fn play_wine_client() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let binary = wine_client().make(folder.path())?;
    run(&mut program(&binary)).map(drop)
}

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let mut trials = clean();
    trials.extend(agree());
    trials.extend(beside_theirs());
    trials.extend(with_wine());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let walks = walks(folder.path()).expect("its source can be written");
    let no_wine = wine_headers()
        .is_none()
        .then(|| "Wine's headers".to_owned());
    // mingw has headers of its own.
    let no_wine = no_wine.or(cfg!(windows).then(|| "use of Wine's headers".to_owned()));
    trials.push(trial("nothing_is_unproved", None, nothing_is_unproved));
    trials.push(trial("guids_and_slots_agree", walks.missing(), walk));
    trials.push(trial(
        "wine::client",
        wine_client().missing().or(no_wine),
        play_wine_client,
    ));
    trials.push(prepares(vec![walks]));
    let ran = libtest_mimic::run(&arguments, trials);
    // The process ends without it.
    drop(folder);
    ran.exit();
}
