//! A function fits on a page. Functions in macro calls count too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::exceptions::{self, Problem};
use crate::repository::{self, Source};

/// The most lines of a function, from the word `fn` to its last brace. So doc comments and
/// attributes before it do not count.
const MOST: usize = 70;

#[test]
fn no_function_is_longer_than_70_lines() {
    let problems: Vec<Problem> = repository::rust_files().iter().flat_map(check).collect();
    let advice = "A function does one thing at one level: give its parts names, as functions.";
    exceptions::hold("functions", &problems, advice);
}

fn check(file: &Source) -> Vec<Problem> {
    let mut found = Vec::new();
    functions(file.tokens(), &mut found);
    found
        .into_iter()
        .filter(|function| function.lines > MOST)
        .map(|Function { name, line, lines }| Problem {
            name: format!("{}: {name}", file.path),
            text: format!(
                "{}:{line}: fn {name} has {lines} lines, more than {MOST}",
                file.path
            ),
        })
        .collect()
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Finds the functions with a body, at any depth.
fn functions(tokens: TokenStream, found: &mut Vec<Function>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (place, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            functions(group.stream(), found);
        }
        let [
            TokenTree::Ident(word),
            TokenTree::Ident(name),
            signature @ ..,
        ] = &tokens[place..]
        else {
            continue;
        };
        if word != "fn" {
            continue;
        }
        if let Some(body) = body(signature) {
            let line = word.span().start().line;
            found.push(Function {
                name: name.to_string(),
                line,
                lines: body.span_close().end().line - line + 1,
            });
        }
    }
}

/// The body behind a signature; `None`: there is only a semicolon.
fn body(signature: &[TokenTree]) -> Option<&Group> {
    let is_end = |token: &&TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    match signature.iter().find(is_end) {
        Some(TokenTree::Group(body)) => Some(body),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: String) -> Vec<String> {
        let path = "a.rs".to_owned();
        let file = Source { path, text };
        check(&file).into_iter().map(|it| it.text).collect()
    }

    fn function(name: &str, lines: usize) -> String {
        format!("fn {name}() -> u32 {{\n{}1 }}", "//\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_one_line_more_is_found() {
        assert_eq!(problems(function("short", MOST)), [""; 0]);
        let found = problems(format!("\n{}", function("long", MOST + 1)));
        assert_eq!(found, ["a.rs:2: fn long has 71 lines, more than 70"]);
    }

    #[test]
    fn comments_and_attributes_before_it_do_not_count() {
        let before = format!("{}#[test]\n#[ignore]\n", "/// Says something.\n".repeat(50));
        assert_eq!(problems(before + &function("short", MOST)), [""; 0]);
    }

    #[test]
    fn methods_and_functions_in_macros_and_functions_are_found() {
        let long = function("long", MOST + 1);
        for (before, after) in [
            ("impl X { ", " }"),
            ("proptest! { ", " }"),
            ("mod m { pub const ", " }"),
        ] {
            assert_eq!(problems(format!("{before}{long}{after}")).len(), 1);
        }
        // Here the function around it is too long as well.
        assert_eq!(problems(format!("fn outer() {{ {long} }}")).len(), 2);
    }

    #[test]
    fn what_has_no_body_is_no_function() {
        let text = format!(
            "trait T {{ fn f(); }} type F = fn(u32) -> u32; {}",
            function("short", MOST)
        );
        assert_eq!(problems(text), [""; 0]);
    }
}
