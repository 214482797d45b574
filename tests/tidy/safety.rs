//! Each SAFETY comment gives a reason of its own. That each `unsafe` block has such a comment is
//! what clippy looks after.

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// What begins such a comment. In two parts, so that this line is none.
const BEGINS: &str = concat!("// ", "SAFETY:");

/// What only points elsewhere.
const POINTERS: [&str; 9] = [
    "",
    "as above",
    "as before",
    "as below",
    "ditto",
    "same as above",
    "see above",
    "see below",
    "the same as above",
];

#[test]
fn every_safety_comment_gives_a_reason() {
    let problems: Vec<Problem> = repository::rust_files().iter().flat_map(check).collect();
    let advice = "Say at each block why it holds there.";
    exceptions::hold("safety", &problems, advice);
}

fn check(file: &Source) -> Vec<Problem> {
    let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
    let mut problems = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(first) = line.strip_prefix(BEGINS) else {
            continue;
        };
        let rest = lines[place + 1..]
            .iter()
            .map_while(|line| line.strip_prefix("// "));
        let reason = [first].into_iter().chain(rest).collect::<String>();
        let reason = reason.trim().trim_end_matches('.').to_lowercase();
        if POINTERS.contains(&reason.as_str()) {
            problems.push(Problem {
                name: file.path.clone(),
                text: format!("{}:{}: \"{line}\" gives no reason", file.path, place + 1),
            });
        }
    }
    problems
}

#[test]
fn a_comment_that_only_points_elsewhere_is_found() {
    let check = |comment: &str| {
        let text = format!("fn f() {{\n    {BEGINS} {comment}\n    unsafe {{ g() }}\n}}\n");
        let path = "a.rs".to_owned();
        check(&Source { path, text })
    };
    for pointer in ["see above.", "As above", "", "Same as above."] {
        assert_eq!(check(pointer).len(), 1, "{pointer}");
    }
    let found = check("see above.").remove(0);
    assert_eq!(found.name, "a.rs");
    assert!(found.text.starts_with("a.rs:2: "), "{}", found.text);
    for reason in [
        "the pointer is null or valid.",
        "as above; the list is behind a lock.",
        "see above.\n    // And the list is behind a lock.",
    ] {
        assert_eq!(check(reason), [], "{reason}");
    }
}
