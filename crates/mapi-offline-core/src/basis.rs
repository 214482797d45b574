//! Why we believe a rule: its grounds, their standing, and what is known to differ.

use std::fmt;

use crate::sources::EvidenceSource;

/// What kind of reason a [`Ground`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroundKind {
    /// Documented for this API: pages of the Outlook MAPI reference say so.
    Documented,
    /// Documented for MAPI in general, so a client must live with it here too.
    DocumentedForMapi,
    /// A convention or a rule of COM.
    Com,
    /// Observed, in shipped client code or by people who used the real thing.
    Observed,
    /// Chosen. The documentation is silent, or says what must be and not what happens otherwise.
    Chosen,
    /// Chosen, about a question that nothing documented or observed touches.
    ChosenAlone,
}

impl GroundKind {
    /// How the table of the rules writes it.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Documented => "D",
            Self::DocumentedForMapi => "M",
            Self::Com => "COM",
            Self::Observed => "O",
            Self::Chosen => "C",
            Self::ChosenAlone => "C, ours",
        }
    }

    /// Whether it is a choice of this project.
    #[must_use]
    pub const fn is_chosen(self) -> bool {
        matches!(self, Self::Chosen | Self::ChosenAlone)
    }

    /// The word for it in the column "standing".
    const fn standing(self) -> &'static str {
        match self {
            Self::Documented | Self::DocumentedForMapi | Self::Com => "documented",
            Self::Observed => "observed",
            Self::Chosen | Self::ChosenAlone => "chosen",
        }
    }
}

/// One reason to believe a rule, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// What kind of reason it is.
    pub kind: GroundKind,
    /// The pages of the Outlook MAPI reference that say so, by the names of their files.
    pub pages: &'static [&'static str],
    /// What was seen, for what was observed.
    pub seen: &'static [EvidenceSource],
    /// The part of the rule that it bears, or what the page says. Empty when it bears all of it.
    pub part: &'static str,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.letter())?;
        let seen = self.seen.iter().map(|source| source.name);
        let names: Vec<&str> = self.pages.iter().copied().chain(seen).collect();
        if !names.is_empty() {
            write!(f, " {}", names.join(", "))?;
        }
        match (self.part, names.is_empty()) {
            ("", _) => Ok(()),
            (part, true) if self.kind == GroundKind::ChosenAlone => write!(f, ": {part}"),
            (part, true) => write!(f, " {part}"),
            (part, false) => write!(f, ": {part}"),
        }
    }
}

/// What kinds of reasons a rule rests on, in a word or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleStanding {
    /// All of it is documented. That it was observed too does not change that.
    Documented,
    /// All of it was observed.
    Observed,
    /// All of it is chosen.
    Chosen,
    /// It has parts of different standing.
    Mixed,
}

impl RuleStanding {
    /// The standing of a rule that rests on these grounds.
    #[must_use]
    pub fn of(grounds: &[Ground]) -> Self {
        let words = words(grounds);
        match words[..] {
            ["documented"] | ["documented", "observed"] => Self::Documented,
            ["observed"] => Self::Observed,
            ["chosen"] => Self::Chosen,
            _ => Self::Mixed,
        }
    }
}

/// The different words for the grounds, in the order in which they stand there.
fn words(grounds: &[Ground]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for ground in grounds {
        let word = ground.kind.standing();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The standing in full: what was observed says where and when, what was seen in an Outlook says in
/// which, and what is mixed says of what.
#[must_use]
pub fn standing_in_words(grounds: &[Ground]) -> String {
    let sources: Vec<&EvidenceSource> = grounds.iter().flat_map(|ground| ground.seen).collect();
    let words = words(grounds);
    let mut text = match RuleStanding::of(grounds) {
        RuleStanding::Mixed => format!("mixed: {}", words.join(", ")),
        _ => words.join(" and "),
    };
    if !sources.is_empty() {
        let places = sources.iter().map(|source| source.place_and_years());
        text = format!("{text} ({})", places.collect::<Vec<_>>().join("; "));
    }
    for outlook in sources.iter().filter_map(|source| source.outlook) {
        text = format!("{text}, seen in Outlook {outlook}");
    }
    text
}

/// A difference between a rule and what is known of the real thing: the rule is to be changed.
///
/// The mark says how to tell that it is not needed any more, and a test fails then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is known to differ, and how it is known.
    pub differs: &'static str,
    /// How long the mark stands.
    pub stands: Stands,
    /// The knob that is to come, and its values, the default first.
    pub knob: Option<(&'static str, &'static [&'static str])>,
}

/// How long a [`Difference`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// As long as the rule's text has these words.
    While(&'static str),
    /// Until the rule's text has these words.
    Until(&'static str),
}

impl Stands {
    /// Whether a rule of this text still differs.
    #[must_use]
    pub fn still(self, text: &str) -> bool {
        match self {
            Self::While(words) => text.contains(words),
            Self::Until(words) => !text.contains(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{ADD_IN_REPORT, SourceKind};

    const DOCUMENTED: Ground = Ground {
        kind: GroundKind::Documented,
        pages: &["hropenofflineobj", "imapiofflinemgr-advise"],
        seen: &[],
        part: "that it fails",
    };
    const CHOSEN: Ground = Ground {
        kind: GroundKind::Chosen,
        pages: &[],
        seen: &[],
        part: "the code",
    };
    const OBSERVED: Ground = Ground {
        kind: GroundKind::Observed,
        pages: &[],
        seen: &[ADD_IN_REPORT],
        part: "",
    };

    #[test]
    fn a_ground_is_written_with_its_letter_its_sources_and_its_part() {
        let pages = "D hropenofflineobj, imapiofflinemgr-advise: that it fails";
        assert_eq!(DOCUMENTED.to_string(), pages);
        assert_eq!(CHOSEN.to_string(), "C the code");
        assert_eq!(OBSERVED.to_string(), "O add-in report");
        let chosen_alone = Ground {
            kind: GroundKind::ChosenAlone,
            ..CHOSEN
        };
        assert_eq!(chosen_alone.to_string(), "C, ours: the code");
    }

    #[test]
    fn the_standing_says_what_a_rule_rests_on() {
        assert_eq!(RuleStanding::of(&[DOCUMENTED]), RuleStanding::Documented);
        assert_eq!(RuleStanding::of(&[CHOSEN, CHOSEN]), RuleStanding::Chosen);
        assert_eq!(RuleStanding::of(&[OBSERVED]), RuleStanding::Observed);
        assert_eq!(RuleStanding::of(&[OBSERVED, CHOSEN]), RuleStanding::Mixed);
        assert_eq!(
            RuleStanding::of(&[DOCUMENTED, OBSERVED]),
            RuleStanding::Documented
        );
        assert_eq!(standing_in_words(&[CHOSEN]), "chosen");
        assert_eq!(
            standing_in_words(&[DOCUMENTED, CHOSEN]),
            "mixed: documented, chosen"
        );
        assert_eq!(
            standing_in_words(&[OBSERVED]),
            "observed (report by a client's author, 2006)"
        );
    }

    #[test]
    fn what_a_recording_shows_is_said_to_be_seen_in_its_outlook() {
        const RECORDED: Ground = Ground {
            seen: &[EvidenceSource {
                name: "recording",
                kind: SourceKind::Recording,
                years: "2027",
                what: "A recording.",
                place: "fixtures",
                outlook: Some("16.0.20000"),
            }],
            ..OBSERVED
        };
        assert_eq!(
            standing_in_words(&[RECORDED]),
            "observed (recording of a real Outlook, 2027), seen in Outlook 16.0.20000"
        );
    }

    #[test]
    fn a_difference_stands_while_or_until_the_rule_says_something() {
        assert!(Stands::While("asks").still("quit asks"));
        assert!(!Stands::While("asks").still("quit is fast"));
        assert!(Stands::Until("fast").still("quit asks"));
        assert!(!Stands::Until("fast").still("quit is fast"));
    }
}
