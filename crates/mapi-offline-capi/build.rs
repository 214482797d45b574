//! The names that the library goes by.

use std::path::PathBuf;
use std::{env, fs};

/// The functions that Windows decorates in programs of 32 bits, with the bytes of their arguments
/// there. Clients ask for the decorated names in programs of 64 bits too (OPEN-8).
const DECORATED: [(&str, u32); 13] = [
    ("FreePadrlist", 4),
    ("FreeProws", 4),
    ("HrCreateOfflineObj", 12),
    ("HrGetOneProp", 12),
    ("HrOpenOfflineObj", 20),
    ("HrQueryAllRows", 24),
    ("MAPIAdminProfiles", 8),
    ("MAPIAllocateBuffer", 8),
    ("MAPIAllocateMore", 12),
    ("MAPIFreeBuffer", 4),
    ("MAPIInitialize", 4),
    ("MAPILogonEx", 20),
    ("MAPIUninitialize", 0),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let is_x86 = target("ARCH") == "x86";
    let arguments = match target("OS").as_str() {
        // Loading it by name finds the one that the program is linked with.
        "linux" => vec!["-Wl,-soname,libmsmapi32.so".to_owned()],
        "macos" => vec!["-Wl,-install_name,@rpath/libmsmapi32.dylib".to_owned()],
        "windows" if target("ENV") == "msvc" => msvc(is_x86),
        "windows" => vec![definitions(is_x86)],
        _ => Vec::new(),
    };
    for argument in arguments {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
}

/// Exports for the linker of MSVC.
fn msvc(is_x86: bool) -> Vec<String> {
    let export = |(name, bytes)| match is_x86 {
        true => format!("/EXPORT:{name}@{bytes}=_{name}@{bytes}"),
        false => format!("/EXPORT:{name}@{bytes}={name}"),
    };
    DECORATED.map(export).into()
}

/// A module definition file for the linker of GNU, which gives import libraries the names too.
fn definitions(is_x86: bool) -> String {
    let export = |(name, bytes)| match is_x86 {
        true => format!("    {name}@{bytes}\n"),
        false => format!("    \"{name}@{bytes}\" = {name}\n"),
    };
    let exports: String = DECORATED.map(export).concat();
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder"));
    let file = folder.join("decorated.def");
    fs::write(&file, format!("EXPORTS\n{exports}")).expect("cargo's folder can be written");
    file.to_str().expect("the folder is UTF-8").to_owned()
}
