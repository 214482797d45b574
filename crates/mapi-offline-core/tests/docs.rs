//! What is written about the rules agrees with the rules: `docs/rules.md` is made from the
//! tables, and every rule that is cited anywhere in the workspace exists.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_core::{FindingId, KNOBS, RULES};

const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p mapi-offline-core --test docs";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

/// Names in code style, separated by commas.
fn names<'a>(names: impl IntoIterator<Item = &'a &'a str>) -> String {
    let quoted = names.into_iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

fn row(page: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).unwrap();
}

fn heading(page: &mut String, columns: &[&str]) {
    row(page, columns);
    row(page, &vec!["---"; columns.len()]);
}

/// `docs/rules.md`
fn page() -> String {
    let mut page = format!(
        "# Rules, knobs and findings\n\n\
         <!-- Made from the tables of crates/mapi-offline-core (rules.rs, policy.rs, finding.rs).\n\
         Do not edit it here. To make it again: {UPDATE} -->\n\n\
         What the emulation does, and why. Code, tests, traces and findings cite the ids.\n\n\
         The basis of a rule says why we believe it:\n\n\
         - **D**: documented for this API. The page of the Outlook MAPI reference is named.\n\
         - **M**: documented for notification in MAPI generally, so a client must live with it.\n\
         - **O**: observed, in shipped client code or reported by people who used the real thing.\n\
         - **C**: chosen. The documentation is silent, or says what must be and not what happens \
         otherwise.\n  \"C, ours\" is a choice about a question that nothing documented or \
         observed touches.\n\
         - **COM**: a convention or a rule of COM.\n\n\
         Where more than one answer is plausible a rule has a [knob](#knobs).\n\n\
         ## Rules\n"
    );
    let mut group = "";
    for rule in RULES {
        if rule.group != group {
            group = rule.group;
            write!(page, "\n### {group}\n\n").unwrap();
            heading(&mut page, &["id", "rule", "knobs", "basis"]);
        }
        row(
            &mut page,
            &[rule.id, rule.text, &names(rule.knobs), rule.basis],
        );
    }
    page.push_str(
        "\n## Knobs\n\n\
         A knob is set under `[policy]` in a scenario file or with `--policy KNOB=VALUE`. The \
         first value is the\ndefault, and the most literal reading of the documentation. `noise` \
         takes a set of its values; its\ndefault is none of them. A client must work under every \
         value of every knob.\n\n",
    );
    heading(&mut page, &["knob", "decides", "values", "rule"]);
    for knob in KNOBS {
        let name = format!("`{}`", knob.name);
        row(
            &mut page,
            &[&name, knob.about.trim(), &names(knob.values), knob.rule],
        );
    }
    page.push_str(
        "\n## Findings\n\n\
         What the emulation tells the author of a client. An error is a mistake, a warning is \
         probably one, a\nnote is worth knowing.\n\n",
    );
    heading(&mut page, &["finding", "severity", "when"]);
    for id in FindingId::ALL {
        let name = format!("`{id}`");
        row(&mut page, &[&name, &id.severity().to_string(), id.about()]);
    }
    page
}

#[test]
fn the_rule_page_says_what_the_tables_say() {
    let path = workspace().join("docs/rules.md");
    let expected = page();
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap();
        return;
    }
    assert!(
        read(&path) == expected,
        "docs/rules.md is out of date; make it again with\n    {UPDATE}"
    );
}

/// The files in and below `folder` in which rules are cited.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return; // a room that does not exist (yet)
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                sources(&path, found);
            }
        } else if ["rs", "toml", "md", "h", "cpp"]
            .iter()
            .any(|kind| path.extension().is_some_and(|is| is == *kind))
        {
            found.push(path);
        }
    }
}

/// The family of a word that has the form of a rule id.
fn family(word: &str) -> Option<&str> {
    let (family, number) = word.split_once('-')?;
    let is_id = !family.is_empty()
        && family.bytes().all(|b| b.is_ascii_uppercase())
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit());
    is_id.then_some(family)
}

#[test]
fn every_rule_that_is_cited_exists() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    let families: BTreeSet<&str> = ids.iter().filter_map(|id| family(id)).collect();
    let mut files = Vec::new();
    for room in ["crates", "sim", "fixtures", "tests", "benches", "docs"] {
        sources(&workspace().join(room), &mut files);
    }
    let mut cited = BTreeSet::new();
    let mut unknown = Vec::new();
    for path in files {
        let text = read(&path);
        for (number, line) in text.lines().enumerate() {
            let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
            for word in words {
                // In a text a word of this form may be something else, like UTF-16.
                let is_citation = family(word).is_some_and(|family| {
                    families.contains(family)
                        || (family != "UTF" && line.contains(&format!("\"{word}\"")))
                });
                if is_citation && !ids.contains(word) {
                    unknown.push(format!("{}:{}: {word}", path.display(), number + 1));
                } else if is_citation {
                    cited.insert(word.to_owned());
                }
            }
        }
    }
    assert!(
        unknown.is_empty(),
        "there are no such rules:\n{}",
        unknown.join("\n")
    );
    assert!(cited.len() > 50, "the search found only {cited:?}");
}
