//! Program.
use serde::Deserialize;
use toml::de::{DeTable, DeValue};
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct S {
    name: serde_spanned::Spanned<String>,
    n: Option<serde_spanned::Spanned<u32>>,
    #[serde(default)]
    on: Vec<serde_spanned::Spanned<O>>,
}
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct O {
    call: String,
}
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct F {
    title: String,
    #[serde(default)]
    step: Vec<serde_spanned::Spanned<S>>,
}
fn show(v: &DeValue, d: usize) {
    match v {
        DeValue::Table(t) => {
            for (k, v) in t.iter() {
                println!("{:d$}{:?} {:?} {:?}", "", k.as_ref(), k.span(), v.span());
                show(v.get_ref(), d + 2)
            }
        }
        DeValue::Array(a) => {
            for v in a.iter() {
                println!("{:d$}- {:?}", "", v.span());
                show(v.get_ref(), d + 2)
            }
        }
        _ => {}
    }
}
fn main() {
    for t in [
        "title='a'\n[[step]]\nname='b'\n  [[step.on]]\n  call='a'\n  [[step.on]]\n call='x'\n[[step]]\nname='q'\nn=3",
        "title='a'\n[[step]]\nname='b'\nfoo=3\n",
        "title='a'\n[[step]]\nname=3\n",
        "title='a'\n[[step]]\nn=1\n",
        "title='a'\n[[step]]\nn=99999999999999999999999\n",
        "title='a'\n[[step]]\nname='b'\non=[{call='c'},{cal='d'}]",
        "\u{feff}title='a'\r\n[[stip]]\r\nname='b'",
        "title='a'\nstep=3\nx=[\n=\n[d",
        "title='a'\ntitle='b'\n[step]\n[[step]]\n",
        "",
        "title='a'\u{0}",
        "title='a'\n[[step]]\nname='b'\nn=-1",
        "title='a'\n[[step]]\nname='b'\nn=1.5\n[step.on]",
    ] {
        println!("=== {t:?}");
        let (d, e) = DeTable::parse_recoverable(t);
        println!("{:?}", d.span());
        show(&DeValue::Table(d.get_ref().clone()), 0);
        for e in e {
            println!("syntax {:?} {:?}", e.span(), e.message());
        }
        match F::deserialize(toml::Deserializer::from(d)) {
            Ok(f) => println!("{f:?}"),
            Err(e) => println!("ERR {:?} {:?}", e.span(), e.message()),
        }
    }
    let deep = "a=".to_string() + &"[".repeat(100_000);
    let (d, e) = DeTable::parse_recoverable(&deep);
    println!(
        "{:?} {:?}",
        d.span(),
        e.iter()
            .map(|e| (e.span(), e.message().to_owned()))
            .take(3)
            .collect::<Vec<_>>()
    );
    let deep = "a".to_string() + &".a".repeat(100_000) + "=1";
    let (d, e) = DeTable::parse_recoverable(&deep);
    println!(
        "{:?} {:?}",
        d.span(),
        e.iter()
            .map(|e| (e.span(), e.message().to_owned()))
            .take(3)
            .collect::<Vec<_>>()
    );
    let deep = "a={".to_string() + &"a={".repeat(100_000) + "=1";
    let (d, e) = DeTable::parse_recoverable(&deep);
    println!(
        "{:?} {:?}",
        d.span(),
        e.iter()
            .map(|e| (e.span(), e.message().to_owned()))
            .take(3)
            .collect::<Vec<_>>()
    );
}
