//! The names that the library goes by.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let arguments: &[&str] = match target("OS").as_str() {
        // Loading it by name finds the one that the program is linked with.
        "linux" => &["-Wl,-soname,libmsmapi32.so"],
        "macos" => &["-Wl,-install_name,@rpath/libmsmapi32.dylib"],
        // The decorated names too (OPEN-8).
        "windows" if target("ENV") == "msvc" && target("ARCH") == "x86" => &[
            "/EXPORT:HrOpenOfflineObj@20=_HrOpenOfflineObj@20",
            "/EXPORT:HrCreateOfflineObj@12=_HrCreateOfflineObj@12",
        ],
        "windows" if target("ENV") == "msvc" => &[
            "/EXPORT:HrOpenOfflineObj@20=HrOpenOfflineObj",
            "/EXPORT:HrCreateOfflineObj@12=HrCreateOfflineObj",
        ],
        _ => &[],
    };
    for argument in arguments {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
}
