//! How a scenario file is laid out: a blank line before each table, `key = value`, and lists on one line as long
//! as they fit. Comments stay where they are.

use toml_edit::{Array, Decor, DocumentMut, Item, RawString, Table, Value};

/// A list that is longer with its key is written on several lines.
const WIDEST: usize = 100;

/// The text, laid out. What is no TOML is given back as it is.
pub(super) fn formatted(text: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return text.to_owned();
    };
    let trailing = comments(document.trailing().as_str().unwrap_or_default(), true);
    lay_out_keys(document.as_table_mut());
    lay_out_tables(document.as_table_mut());
    document.set_trailing(trailing);
    let text = document.to_string();
    format!("{}\n", text.trim())
}

/// The tables below a table, wherever they stand.
fn lay_out_tables(table: &mut Table) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => lay_out(inner),
            Item::ArrayOfTables(list) => list.iter_mut().for_each(lay_out),
            Item::None | Item::Value(_) => {}
        }
    }
}

fn lay_out(table: &mut Table) {
    if !table.is_implicit() {
        before(table.decor_mut(), true);
        after(table.decor_mut());
    }
    lay_out_keys(table);
    lay_out_tables(table);
}

/// The keys of a table, and their values.
fn lay_out_keys(table: &mut Table) {
    for (mut key, item) in table.iter_mut() {
        let Item::Value(value) = item else {
            continue;
        };
        before(key.leaf_decor_mut(), false);
        key.leaf_decor_mut().set_suffix(" ");
        let width = key.get().len() + " = ".len();
        lay_out_value(value, width);
        value.decor_mut().set_prefix(" ");
        after(value.decor_mut());
    }
}

fn lay_out_value(value: &mut Value, width: usize) {
    if let Value::Array(array) = value {
        lay_out_list(array, width);
    }
}

/// A list on one line, or with each item on a line of its own. One with comments stays as it is.
fn lay_out_list(array: &mut Array, width: usize) {
    if array.to_string().contains('#') || array.iter().any(Value::is_inline_table) {
        return;
    }
    let items: usize = array
        .iter()
        .map(|item| item.to_string().trim().len() + 2)
        .sum();
    let is_long = width + items > WIDEST
        || array
            .trailing()
            .as_str()
            .is_some_and(|it| it.contains('\n'));
    for (place, item) in array.iter_mut().enumerate() {
        let prefix = match (is_long, place) {
            (true, _) => "\n  ",
            (false, 0) => "",
            (false, _) => " ",
        };
        item.decor_mut().set_prefix(prefix);
        item.decor_mut().set_suffix("");
    }
    array.set_trailing_comma(is_long);
    array.set_trailing(if is_long { "\n" } else { "" });
}

/// What stands before a table or a key: its comments, and at most one blank line; before a table always one.
fn before(decor: &mut Decor, is_table: bool) {
    let text = decor
        .prefix()
        .and_then(RawString::as_str)
        .unwrap_or_default();
    let text = comments(text, is_table);
    decor.set_prefix(text);
}

/// What stands behind a value: its comment.
fn after(decor: &mut Decor) {
    let text = decor
        .suffix()
        .and_then(RawString::as_str)
        .unwrap_or_default();
    let text = text.trim_end().to_owned();
    decor.set_suffix(text);
}

/// The lines of comments, each from the margin, with single blank lines where there are some.
fn comments(text: &str, begins_blank: bool) -> String {
    let mut lines: Vec<&str> = if begins_blank { vec![""] } else { Vec::new() };
    for line in text.split('\n').map(str::trim) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    // The last line of what stands before is where the key or the header itself begins.
    let is_blank_first = !begins_blank && text.starts_with(['\n', '\r']);
    let mut laid_out = if is_blank_first {
        String::from("\n")
    } else {
        String::new()
    };
    for line in lines {
        laid_out.push_str(line);
        laid_out.push('\n');
    }
    while laid_out.ends_with("\n\n") {
        laid_out.pop();
    }
    laid_out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::EXAMPLES;

    #[test]
    fn blanks_and_lists_are_laid_out_and_comments_stay() {
        let text = "\n\n#  first\ntitle='it'   # what it shows  \nseed   =  1\n\n\n\n  # of the profile\n[[profile]]\n  name = \"Work\"\n[[expect]]\nfindings=[ ]\n\n# its list\n[[expect]]\nclient = \"p\"\nnotifications = [ \"START ONLINE->OFFLINE\",\"STATECHANGE ONLINE->OFFLINE\",\"STATECHANGE_DONE ONLINE->OFFLINE\" ]\n# the end\n";
        let expected = "#  first\ntitle = 'it'   # what it shows\nseed = 1\n\n# of the profile\n[[profile]]\nname = \"Work\"\n\n[[expect]]\nfindings = []\n\n# its list\n[[expect]]\nclient = \"p\"\nnotifications = [\n  \"START ONLINE->OFFLINE\",\n  \"STATECHANGE ONLINE->OFFLINE\",\n  \"STATECHANGE_DONE ONLINE->OFFLINE\",\n]\n\n# the end\n";
        assert_eq!(formatted(text), expected);
        assert_eq!(formatted(expected), expected);
    }

    #[test]
    fn the_projects_own_scenarios_are_formatted() {
        for example in EXAMPLES {
            assert_eq!(formatted(example.text), example.text, "{}", example.name);
        }
    }
}
