//! `docs/choices.md`: what is chosen, what speaks for it and against it, and what would decide it.

use std::fmt::Write;

use mapi_offline_core::{DecidedBy, Ground, KNOB_MEANINGS, KNOBS, RULES, Rule, RuleChoice};

use crate::markdown::{heading, paragraph, point, row, sentence};
use crate::pages::{UPDATE, compare};

const HEAD: &str = "\
The documentation of this API leaves much open. Every [rule](rules.md) that this project chose, wholly or in
part, is here, with what speaks for it and against it, and the experiment in a real Outlook that would
decide it. Pages of the reference and sources are named as in [rules.md](rules.md). A client must work
under every plausible answer; where there is more than one the rule has a [knob](#knobs). What is known of
single versions of Outlook is in `fixtures/outlooks`.

Experiments are made with a test profile whose state is put back, on a machine whose Outlook may be ended.
";

/// The whole page.
fn page() -> String {
    let mut page = format!(
        "# What is chosen\n\n\
         <!-- Made from the tables of crates/mapi-offline-core (rules.rs, policy.rs, choices/).\n\
         Do not edit it here. To make it again: {UPDATE} -->\n\n\
         {HEAD}"
    );
    let mut group = "";
    for rule in RULES.iter().filter(|rule| rule.is_chosen()) {
        if rule.group != group {
            group = rule.group;
            write!(page, "\n## {group}\n").unwrap();
        }
        choice(&mut page, rule);
    }
    knobs(&mut page);
    page
}

/// One rule: what it says, which part of it is chosen, and what is known about that.
fn choice(page: &mut String, rule: &Rule) {
    let choice = RuleChoice::find(rule.id).expect("each chosen rule has its entry");
    write!(page, "\n### {}\n\n", rule.id).unwrap();
    paragraph(page, rule.text);
    page.push('\n');
    grounds(page, rule);
    point(page, &format!("For it: {}", choice.evidence_for));
    let against = match choice.evidence_against {
        "" => "Nothing that is known.",
        against => against,
    };
    point(page, &format!("Against it: {against}"));
    for difference in rule.differences {
        point(page, &format!("*todo*: {}", difference.differs));
    }
    match choice.decision {
        DecidedBy::Experiment(how) => point(page, &format!("Experiment: {how}")),
        DecidedBy::OfTheEmulation(why) => point(page, &format!("No experiment: {why}")),
    }
    if !rule.knobs.is_empty() {
        let links = rule.knobs.iter().map(|knob| format!("[`{knob}`](#{knob})"));
        let links: Vec<String> = links.collect();
        point(page, &format!("Knobs: {}.", links.join(", ")));
    }
}

/// Which part of a rule is chosen, and what the rest of it rests on.
fn grounds(page: &mut String, rule: &Rule) {
    let is_chosen = |ground: &&Ground| ground.kind.is_chosen();
    let (chosen, others): (Vec<&Ground>, Vec<&Ground>) = rule.grounds.iter().partition(is_chosen);
    let parts: Vec<&str> = chosen.iter().map(|ground| ground.part).collect();
    let chosen = match (others.is_empty(), parts.join("; ")) {
        (true, part) if part.is_empty() => "all of it".to_owned(),
        (true, part) => format!("all of it ({part})"),
        (false, part) => part,
    };
    point(page, &format!("Chosen: {chosen}."));
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(ToString::to_string).collect();
        point(page, &format!("The rest: {}.", others.join("; ")));
    }
}

/// What the values of the knobs would mean for a client.
fn knobs(page: &mut String) {
    page.push_str(
        "\n## Knobs\n\n\
         What each value would mean for a client. The first value is the default; `noise` is a set, \
         and by default\nempty.\n",
    );
    for (meaning, knob) in KNOB_MEANINGS.iter().zip(KNOBS) {
        write!(page, "\n### {}\n\n", knob.name).unwrap();
        paragraph(page, &format!("{} Rule {}.", about(knob.about), knob.rule));
        page.push('\n');
        heading(page, &["value", "for a client"]);
        for (value, means) in meaning.values {
            row(page, &[&format!("`{value}`"), means]);
        }
        page.push('\n');
        point(page, &format!("Known: {}", meaning.evidence));
        point(page, &format!("Experiment: {}", meaning.experiment));
    }
}

/// What a knob decides, as a sentence.
fn about(text: &str) -> String {
    let text = sentence(text.trim());
    if text.ends_with('.') {
        text
    } else {
        format!("{text}.")
    }
}

#[test]
fn the_page_of_choices_says_what_the_tables_say() {
    compare("choices.md", &page());
}
