//! The tables in `fixtures/abi`, and the C and C++ programs that are made from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;

use mapi_offline_compiled::root;

/// One of the tables in `fixtures/abi`, as far as a header can agree with it.
#[derive(Deserialize)]
pub struct Abi {
    pub constants: BTreeMap<String, u32>,
    #[serde(default)]
    pub hresults: BTreeMap<String, u32>,
    pub guids: BTreeMap<String, String>,
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

/// The tables.
pub fn tables() -> Vec<Abi> {
    let table = |name: &str| {
        let text = fs::read_to_string(root().join("fixtures/abi").join(name)).expect(name);
        toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    ["offline.toml", "session.toml", "mapi.toml"]
        .map(table)
        .into()
}

pub const INCLUDES: &str = "\
#define INITGUID
#define COBJMACROS
#include \"mapiwindows.h\"
#include \"mapioffline.h\"
#include \"mapisession.h\"
#include \"mapiprovider.h\"
#include \"mapiutilities.h\"
#include \"mapisim.h\"
";

/// The same where MAPI's own headers are included too: after `mapiwindows.h`, as after
/// `windows.h`, and before the rest.
pub fn includes_beside(theirs: &[&str]) -> String {
    let theirs: String = theirs
        .iter()
        .map(|header| format!("#include <{header}>\n"))
        .collect();
    let windows = "#include \"mapiwindows.h\"\n";
    INCLUDES.replace(windows, &format!("{windows}{theirs}"))
}

/// A C11 program that compiles only if every constant, offset, size and slot is right.
pub fn assertions(includes: &str) -> String {
    let mut code =
        format!("{includes}#define HERE(b64, b32) (sizeof(void *) == 8 ? (b64) : (b32))\n");
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

/// What the program defines where a callee takes its arguments off the stack, as on 32-bit Windows: one that looks at
/// none cannot be called there, and the slots are those of C alone (`assertions`).
const CALLEE_CLEANS: &str = "CALLEE_CLEANS";

/// A C++ program that prints GUIDs, and calls every method on an object whose vtable tells which
/// slot was called.
pub fn walker() -> String {
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
        line(format!("#ifndef {CALLEE_CLEANS}"));
        for (name, interface) in table.interfaces {
            for method in interface.slots.keys() {
                // mingw has two of them: its own has a template's, too.
                let exact = match (name.as_str(), method.as_str()) {
                    ("IUnknown", "QueryInterface") => ", IUnknown, HRESULT, REFIID, void **",
                    _ => "",
                };
                line(format!(
                    "printf(\"{name}.{method} %d\\n\", slot<{name}{exact}>(&{name}::{method}));"
                ));
            }
        }
        line("#endif".to_owned());
    }
    code.push_str("    return 0;\n}\n");
    code
}

const WALKER: &str = r#"
#include <stdio.h>
#include <type_traits>

#if defined(_WIN32) && !defined(_WIN64)
#define CALLEE_CLEANS
#endif

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
    struct { Slot *vtable; } object = {Up<48>::all};
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
pub fn expected() -> BTreeMap<String, String> {
    let mut expected = BTreeMap::new();
    for table in tables() {
        expected.extend(table.guids);
        if cfg!(all(windows, target_arch = "x86")) {
            continue;
        }
        for (name, interface) in table.interfaces {
            let slots = interface.slots.into_iter();
            expected
                .extend(slots.map(|(method, slot)| (format!("{name}.{method}"), slot.to_string())));
        }
    }
    expected
}
