//! What stands in the file of a page, and what does not.

use mapi_offline_scenario::{parse, run};

use super::*;
use crate::Recording;

fn page(title: &str, scenario: &str) -> TimelinePage {
    let parsed = parse("test.toml", scenario.as_bytes()).expect("a scenario");
    let mut recording = Recording::new();
    let _ = run(&parsed.scenario, Some(&mut recording));
    TimelinePage {
        title: title.to_owned(),
        parts: vec![PagePart {
            name: parsed.scenario.title.clone(),
            notes: vec!["</script><script>alert(1)</script>".to_owned()],
            recording: recording.page(),
            ..PagePart::default()
        }],
        sources: vec![PageSource {
            name: "<b>.toml".to_owned(),
            text: scenario.to_owned(),
        }],
        ..TimelinePage::default()
    }
}

#[test]
fn names_and_texts_are_data_and_never_markup() {
    let scenario = r#"title = "<img src=x onerror=alert(1)>"
[[profile]]
name = "Work"
[[client]]
name = "<img onerror=alert(1)>"
profile = "Work"
[[step]]
client = "<img onerror=alert(1)>"
call = "HrOpenOfflineObj"
"#;
    let html = page("</title><script>alert(1)</script>", scenario).html();
    let code = page("", "title = 'x'\n[[profile]]\nname = 'W'\n").html();
    for tag in ["<img", "<b", "<script", "</script", "</title"] {
        assert_eq!(
            html.matches(tag).count(),
            code.matches(tag).count(),
            "{tag}"
        );
    }
    assert!(
        html.contains("\\u003cimg onerror=alert(1)>"),
        "it is there as data"
    );
}

#[test]
fn a_page_needs_nothing_from_elsewhere() {
    for code in [TEMPLATE, STYLE, SCRIPT] {
        for word in [
            "http:",
            "https:",
            "src=",
            "href=",
            "url(",
            "@import",
            "import(",
            "fetch(",
            "innerHTML",
            "eval(",
        ] {
            assert!(!code.contains(word), "{word}");
        }
    }
    assert!(TEMPLATE.contains("default-src 'none'"));
    let code = TEMPLATE.len() + STYLE.len() + SCRIPT.len();
    assert!(code <= 100_000, "{code} bytes of code");
}

#[test]
fn one_hundred_thousand_events_take_four_megabytes_at_most() {
    let mut scenario = "title = 'many'\n[[profile]]\nname = 'Work'\n".to_owned();
    for client in 0..8 {
        scenario += &format!("[[client]]\nname = 'provider {client}'\nprofile = 'Work'\n");
        scenario += "[[client.on]]\ntype = 'STATECHANGE'\ncall = 'GetCurrentState'\n";
    }
    for client in 0..8 {
        for call in ["HrOpenOfflineObj", "GetCapabilities", "Advise"] {
            scenario += &format!("[[step]]\nclient = 'provider {client}'\ncall = '{call}'\n");
        }
    }
    for turn in 0..1_540 {
        let way = if turn % 2 == 0 {
            "work-offline"
        } else {
            "work-online"
        };
        scenario += &format!("[[step]]\nhost = '{way}'\nwait = true\n");
    }
    let page = page("many", &scenario);
    let count = page.parts[0].recording.len();
    assert!(count >= 100_000, "{count} events");
    let bytes = page.html().len();
    println!("{bytes} bytes for {count} events");
    assert!(bytes <= 4_000_000, "{bytes} bytes for {count} events");
}

#[test]
fn a_finding_comes_with_its_rule_and_a_page_is_the_same_every_time() {
    let scenario = r#"title = "A reference is left"
[[profile]]
name = "Work"
[[client]]
name = "p"
profile = "Work"
[[step]]
client = "p"
call = "HrOpenOfflineObj"
"#;
    let html = page("x", scenario).html();
    let rule = Rule::find("LIFE-3").expect("it is there");
    assert!(html.contains(rule.text) && html.contains(&basis_in_words(rule)));
    assert!(html.contains("leaked-reference"));
    assert_eq!(page("x", scenario).html(), html);
    assert_eq!(data_of_page(&html), Some(page("x", scenario).data()));
    assert_eq!(data_of_page(TEMPLATE), None);
}

#[test]
fn only_a_page_with_a_module_may_play() {
    let mut page = page("x", "title = 'x'\n[[profile]]\nname = 'Work'\n");
    let without = page.html();
    page.module = Some(b"module");
    let with = page.html();
    let module = "<script type=\"application/gzip\" id=\"module\">bW9kdWxl</script>";
    for (html, plays) in [(without, false), (with, true)] {
        assert_eq!(
            html.contains("script-src 'unsafe-inline' 'wasm-unsafe-eval';"),
            plays
        );
        assert_eq!(html.contains(module), plays);
        assert_eq!(html.contains("globalThis.timelinePlayer = "), plays);
        assert!(!html.contains("{{"), "a place is left");
    }
}
