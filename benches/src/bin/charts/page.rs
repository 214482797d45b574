//! A page whose tables are written by a program: each stands between two marks.

use std::io;

/// The page with the table of that name replaced.
pub fn replace(page: &str, name: &str, table: &str) -> io::Result<String> {
    let begin = format!("<!-- table: {name} -->\n");
    let end = "<!-- end -->";
    let missing = || io::Error::other(format!("the page has no marks of the table `{name}`"));
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{table}{end}{after}"))
}

/// A table in Markdown. The first column is text, the others are numbers.
pub fn table(headings: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut ruler = vec!["---".to_owned()];
    ruler.resize(headings.len(), "---:".to_owned());
    let rows = rows.iter().map(|row| line(row));
    [line(headings), line(&ruler)]
        .into_iter()
        .chain(rows)
        .collect()
}

/// `1,048,576`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&groups.join(&b',')).into_owned()
}

/// A number with three significant digits, if it is not a whole one with more.
pub fn number(number: f64) -> String {
    match number {
        _ if number >= 1000.0 => count(number.round() as u64),
        _ if number >= 100.0 => format!("{number:.0}"),
        _ if number >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = "a\n<!-- table: x -->\nold\n<!-- end -->\nb\n";
        let new = replace(page, "x", "new\n").expect("it has the marks");
        assert_eq!(new, "a\n<!-- table: x -->\nnew\n<!-- end -->\nb\n");
        assert!(replace(page, "y", "new\n").is_err());
    }

    #[test]
    fn numbers_have_three_digits() {
        let shown = [1.234, 12.34, 123.4, 1234.4, 1_048_576.0].map(number);
        assert_eq!(shown, ["1.23", "12.3", "123", "1,234", "1,048,576"]);
    }
}
