//! From text to the types of the format: syntax, keys and types, with every mistake at its place.

use serde::Deserialize;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::format::{Act, File};
use super::problem::{Fault, Problems, Span};
use super::suggest;
use super::word::At;
use crate::text::brief;

/// More mistakes of one file than this are not reported at once.
const REPORTED: usize = 20;

/// Syntax errors tend to cause others.
const SYNTAX_REPORTED: usize = 3;

/// Reads a file; `None` if it is not one of the format, which is then among the problems.
pub(super) fn read(text: &str, problems: &mut Problems) -> Option<File> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        report_syntax(text, &errors, problems);
        return None;
    }
    let span = document.span();
    let document = Spanned::new(span, DeValue::Table(document.into_inner()));
    read_types(document, problems)
}

/// The first error of each of the first lines that have one.
fn report_syntax(text: &str, errors: &[Error], problems: &mut Problems) {
    let end = text.trim_end().len();
    let mut lines: Vec<Span> = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or_else(|| longest_key(text));
        // What is unclosed is noticed at the end only; that follows from another error.
        let follows = !lines.is_empty() && span.start >= end;
        if follows || lines.iter().any(|line| line.contains(&span.start)) {
            continue;
        }
        let message = brief(error.message(), 200);
        problems.say(&span, Fault::Syntax(message), None);
        if lines.len() + 1 == SYNTAX_REPORTED {
            return;
        }
        let at = text.floor_char_boundary(span.start);
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let next = text[at..]
            .find('\n')
            .map_or(text.len(), |newline| at + newline);
        lines.push(start..next + 1);
    }
}

/// Where the line with the most dots begins. The parser says of brackets that are nested too deep where they
/// stand, and of keys with too many parts it does not.
fn longest_key(text: &str) -> Span {
    let mut longest = (0, 0..0);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let dots = line.bytes().filter(|&byte| byte == b'.').count();
        if dots > longest.0 {
            longest = (dots, start..start + line.trim_end().len());
        }
        start += line.len();
    }
    longest.1
}

/// Gives the document to serde, which stops at the first mistake: the mistake is cut out, and
/// the rest tried again.
fn read_types(mut document: Spanned<DeValue<'_>>, problems: &mut Problems) -> Option<File> {
    // Tables that a mistake was cut out of: a key may be missing from them for that reason.
    let mut cut: Vec<Span> = Vec::new();
    loop {
        let DeValue::Table(table) = document.get_ref().clone() else {
            return None;
        };
        let table = Spanned::new(document.span(), table);
        let error = match File::deserialize(toml::Deserializer::from(table)) {
            Ok(mut file) => {
                note_keys(&mut file, document.get_ref());
                return problems.is_empty().then_some(file);
            }
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        if !cut.contains(&span) {
            report(&error, &span, problems);
        }
        let may_go_on = problems.len() < REPORTED;
        if !may_go_on || !cut_out(&mut document, &span, &mut cut) {
            return None;
        }
    }
}

fn report(error: &Error, span: &Span, problems: &mut Problems) {
    let message = error.message();
    // serde says: unknown field `a`, expected one of `b`, `c`
    let mut quoted = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field")
        && let Some(key) = quoted.next()
    {
        // A step has so many keys that they are not listed here.
        let help = suggest::help(key, quoted);
        let help = help.unwrap_or_else(|| "`mapisim schema` lists the keys".to_owned());
        problems.say(span, Fault::UnknownKey(brief(key, 60)), help);
    } else {
        problems.say(span, Fault::Shape(brief(message, 200)), None);
    }
}

/// Cuts the key or list element at `span` out of a value. `false`: it is not in there.
fn cut_out(value: &mut Spanned<DeValue<'_>>, span: &Span, cut: &mut Vec<Span>) -> bool {
    let own = value.span();
    match value.get_mut() {
        DeValue::Table(table) => {
            let mut found = None;
            for (key, inner) in table.iter_mut() {
                if cut_out(inner, span, cut) {
                    return true;
                }
                if key.span() == *span || inner.span() == *span {
                    found = Some(key.clone());
                }
            }
            match found {
                Some(key) => {
                    cut.push(own);
                    table.remove(&key).is_some()
                }
                None => false,
            }
        }
        DeValue::Array(list) => {
            if list.iter_mut().any(|inner| cut_out(inner, span, cut)) {
                return true;
            }
            let place = list.iter().position(|inner| inner.span() == *span);
            if let Some(place) = place {
                let others = list.iter().enumerate().filter(|(other, _)| *other != place);
                *list = others.map(|(_, inner)| inner.clone()).collect();
            }
            place.is_some()
        }
        _ => false,
    }
}

/// Tells each step and reaction which keys it has.
fn note_keys(file: &mut File, document: &DeValue<'_>) {
    note_keys_of(&mut file.step, document.get("step"));
    for (place, client) in file.client.iter_mut().enumerate() {
        let clients = document.get("client").map(Spanned::get_ref);
        let client_table = clients.and_then(|all| all.get(place));
        let on = client_table.and_then(|client| client.get_ref().get("on"));
        note_keys_of(&mut client.value_mut().on, on);
    }
}

fn note_keys_of(acts: &mut [At<Act>], list: Option<&Spanned<DeValue<'_>>>) {
    let list = list
        .map(Spanned::get_ref)
        .and_then(DeValue::as_array)
        .into_iter()
        .flatten();
    for (act, table) in acts.iter_mut().zip(list) {
        if let DeValue::Table(table) = table.get_ref() {
            let keys = table.keys();
            act.value_mut().keys = keys
                .map(|key| (key.get_ref().to_string(), key.span()))
                .collect();
        }
    }
}
