//! `docs/rules.md`: the rules with their standing, the knobs, the findings, the known differences
//! and the sources.

use std::fmt::Write;

use mapi_offline_core::{FindingId, KNOBS, RULES, Rule, RuleStanding, SOURCES, standing_in_words};

use crate::markdown::{heading, names, row};
use crate::pages::{UPDATE, compare};

const HEAD: &str = "\
What the emulation does, and why. Code, tests, traces and findings cite the ids.

The basis of a rule says why we believe it, each reason with the part of the rule that it bears:

- **D**: documented for this API. The pages of the Outlook MAPI reference are named by their files, which
  are in the folder docs/outlook/mapi of the repository MicrosoftDocs/office-developer-client-docs (those
  whose names begin with pia, in the folder beside it).
- **M**: documented for MAPI generally, so a client must live with it.
- **O**: observed, in shipped client code or reported by people who used the real thing. The
  [sources](#sources) are at the end.
- **C**: chosen. The documentation is silent, or says what must be and not what happens otherwise.
  \"C, ours\" is a choice about a question that nothing documented or observed touches.
- **COM**: a convention or a rule of COM.

The standing sums it up: *documented* (D, M, COM), *observed* (where, when), *chosen*, or *mixed*. What a
recording of a real Outlook shows will be *seen in Outlook N*; there is none yet. What speaks for and
against each choice, and what would decide it, is in [choices.md](choices.md). *todo* marks a
[difference](#known-differences) from the real thing that is known.

Where more than one answer is plausible a rule has a [knob](#knobs).
";

/// The whole page.
fn page() -> String {
    let mut page = format!(
        "# Rules, knobs and findings\n\n\
         <!-- Made from the tables of crates/mapi-offline-core (rules.rs, policy.rs, finding.rs, \
         sources.rs).\n\
         Do not edit it here. To make it again: {UPDATE} -->\n\n\
         {HEAD}\n"
    );
    rules(&mut page);
    knobs(&mut page);
    findings(&mut page);
    differences(&mut page);
    sources(&mut page);
    page
}

fn rules(page: &mut String) {
    page.push_str("## Rules\n\n");
    standings(page);
    let mut group = "";
    for rule in RULES {
        if rule.group != group {
            group = rule.group;
            write!(page, "\n### {group}\n\n").unwrap();
            heading(page, &["id", "rule", "knobs", "basis", "standing"]);
        }
        let mut standing = standing_in_words(rule.grounds);
        if !rule.differences.is_empty() {
            standing.push_str("; *todo*");
        }
        row(
            page,
            &[
                rule.id,
                rule.text,
                &names(rule.knobs),
                &rule.basis(),
                &standing,
            ],
        );
    }
}

/// How many rules there are of each standing.
fn standings(page: &mut String) {
    let count = |standing: RuleStanding| {
        let same = |rule: &&Rule| RuleStanding::of(rule.grounds) == standing;
        RULES.iter().filter(same).count()
    };
    let differing = RULES.iter().filter(|rule| !rule.differences.is_empty());
    let differing = match differing.count() {
        0 => "none".to_owned(),
        count => count.to_string(),
    };
    writeln!(
        page,
        "Of {} rules {} are documented, {} observed, {} chosen and {} mixed; of {} it is known that \
         the real thing\ndiffers.",
        RULES.len(),
        count(RuleStanding::Documented),
        count(RuleStanding::Observed),
        count(RuleStanding::Chosen),
        count(RuleStanding::Mixed),
        differing,
    )
    .unwrap();
}

fn knobs(page: &mut String) {
    page.push_str(
        "\n## Knobs\n\n\
         A knob is set under `[policy]` in a scenario file or with `--policy KNOB=VALUE`. The \
         first value is the\ndefault, and the most literal reading of the documentation. `noise` \
         takes a set of its values; its\ndefault is none of them. A client must work under every \
         value of every knob.\n\n",
    );
    heading(page, &["knob", "decides", "values", "rule"]);
    for knob in KNOBS {
        let name = format!("`{}`", knob.name);
        row(
            page,
            &[&name, knob.about.trim(), &names(knob.values), knob.rule],
        );
    }
}

fn findings(page: &mut String) {
    page.push_str(
        "\n## Findings\n\n\
         What the emulation tells the author of a client. An error is a mistake, a warning is \
         probably one, a\nnote is worth knowing.\n\n",
    );
    heading(page, &["finding", "severity", "when"]);
    for id in FindingId::ALL {
        let name = format!("`{id}`");
        row(page, &[&name, &id.severity().to_string(), id.about()]);
    }
}

fn differences(page: &mut String) {
    page.push_str(
        "\n## Known differences\n\n\
         What is known of the real thing and is not so here yet. A mark goes with the change of its \
         rule: a test\nfails when it is not needed any more.\n\n",
    );
    if RULES.iter().all(|rule| rule.differences.is_empty()) {
        page.push_str("There is none at the moment.\n");
        return;
    }
    heading(page, &["rule", "todo", "knob to come"]);
    for rule in RULES {
        for difference in rule.differences {
            let knob = difference.knob.map_or_else(String::new, |(name, values)| {
                format!("`{name}`: {}", names(values))
            });
            row(page, &[rule.id, difference.differs, &knob]);
        }
    }
}

fn sources(page: &mut String) {
    page.push_str(
        "\n## Sources\n\n\
         What was observed, and where. None of it is a recording of a real Outlook yet.\n\n",
    );
    heading(page, &["source", "kind", "years", "what it shows", "where"]);
    for source in SOURCES {
        row(
            page,
            &[
                source.name,
                source.kind.words(),
                source.years,
                source.what,
                source.place,
            ],
        );
    }
}

#[test]
fn the_rule_page_says_what_the_tables_say() {
    compare("rules.md", &page());
}
