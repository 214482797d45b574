//! From the format to the model: every name resolved, every word a number.

mod act; //    steps and reactions
mod call; //   the calls and their arguments
mod circle; // objects that can never be made
mod expect; // what must hold
mod fail; //   calls that fail on purpose
mod names; //  what the file has names for
mod provider; // clients that are MAPI providers
mod time; //   `10ms`
mod value; //  words and numbers

use crate::model::{ClientSpec, ProfileSpec, Scenario};
use mapi_offline_core::{
    CAPABILITIES_ALL, ClientId, KNOBS, Policy, PolicyError, ProfileSettings, State,
    is_registry_name, same_name,
};
use mapi_offline_driver::{Environment, Micros};

use super::format::{self, File};
use super::problem::{Fault, Problems, Span};
use super::source::Source;
use super::suggest;
use super::word::{At, Word, WordOrList};
use crate::text::brief;
use names::NamesInFile;

/// Checks a file; what is wrong is among the problems, and the scenario is then of no use.
pub(super) fn check(file: &File, source: &Source, problems: &mut Problems) -> Scenario {
    let mut check = Checker {
        source,
        names: NamesInFile::of(file),
        problems,
    };
    let seed = check.seed(file.seed.as_ref());
    check.not_empty(&file.title, "the title");
    check.no_circles(file);
    Scenario {
        title: file.title.value().clone(),
        seed,
        environment: check.environment(file.environment.as_ref()),
        policy: check.policy(file),
        profiles: check.profiles(&file.profile),
        clients: check.clients(&file.client),
        failures: check.failures(&file.client),
        shutdown_notifications: shutdown_notifications(&file.client),
        fast_shutdown: check.fast_shutdown(file),
        steps: check.steps(&file.step),
        expect: check.expectations(&file.expect, false),
        always: check.expectations(&file.always, true),
    }
}

/// The clients that are asked when the host quits fast, too.
fn shutdown_notifications(clients: &[At<format::Client>]) -> Vec<ClientId> {
    let clients = clients.iter().zip(0..);
    let asked = clients.filter(|(at, _)| at.value().shutdown_notification == Some(true));
    asked.map(|(_, place)| ClientId(place)).collect()
}

/// A file that is being checked.
struct Checker<'f> {
    source: &'f Source,
    names: NamesInFile<'f>,
    problems: &'f mut Problems,
}

impl Checker<'_> {
    fn line(&self, span: &Span) -> usize {
        self.source.line_at(span.start)
    }

    fn not_empty(&mut self, text: &At<String>, what: &'static str) {
        if text.value().trim().is_empty() {
            self.problems.say(&text.span(), Fault::Empty(what), None);
        }
    }

    fn environment(&mut self, given: Option<&format::EnvironmentTable>) -> Environment {
        let usual = Environment::default();
        let Some(given) = given else {
            return usual;
        };
        let mut time = |time: &Option<At<Word>>, usual: Micros| {
            let time = time.as_ref().map(|time| self.time(time));
            time.unwrap_or(usual)
        };
        Environment {
            start: time(&given.start, usual.start),
            change: time(&given.change, usual.change),
            done: time(&given.done, usual.done),
            is_outlook: given.outlook.unwrap_or(usual.is_outlook),
        }
    }

    fn policy(&mut self, file: &File) -> Policy {
        let mut policy = Policy::default();
        for (knob, value) in &file.policy {
            // `noise` takes a list; a comma-separated text would hide which word is wrong.
            let words = match value.value() {
                WordOrList::One(word) => vec![(word, value.span())],
                WordOrList::Many(words) => words.iter().map(|at| (at.value(), at.span())).collect(),
            };
            if !matches!(value.value(), WordOrList::One(_)) && knob.value() != "noise" {
                let known = KNOBS.iter().find(|known| known.name == knob.value());
                if let Some(known) = known {
                    let fault = format!("`{}` has one value, not a list of them", known.name);
                    let help = suggest::help("", known.values.iter().copied());
                    self.problems
                        .say(&value.span(), Fault::Conflict(fault), help);
                    continue;
                }
            }
            let mut set = Vec::new();
            for (word, span) in words {
                let word = word.to_string();
                match Policy::default().set(knob.value(), &word) {
                    Ok(()) => set.push(word),
                    Err(error) => {
                        self.policy_error(&error, &knob.span(), &span);
                        break;
                    }
                }
            }
            // What is refused here has been reported above.
            let _ = policy.set(knob.value(), &set.join(","));
        }
        policy
    }

    fn policy_error(&mut self, error: &PolicyError, knob_at: &Span, value_at: &Span) {
        match error {
            PolicyError::UnknownKnob { knob } => {
                let known = KNOBS.iter().map(|knob| knob.name);
                self.problems
                    .unknown_name(knob_at, knob, "policy knob", known);
            }
            PolicyError::UnknownValue {
                value, expected, ..
            } => {
                let expected = expected.iter().copied();
                self.problems
                    .unknown_word(value_at, value, "a value of this knob", expected);
            }
        }
    }

    fn profiles(&mut self, profiles: &[At<format::ProfileEntry>]) -> Vec<ProfileSpec> {
        let mut specs: Vec<ProfileSpec> = Vec::new();
        for profile in profiles {
            let profile = profile.value();
            let name = profile.name.value();
            if !is_registry_name(name) {
                let help = "1 to 255 characters, none of them a backslash or a control character";
                self.problems.say(
                    &profile.name.span(),
                    Fault::ProfileName(brief(name, 60)),
                    help.to_owned(),
                );
            } else if specs.iter().any(|spec| same_name(&spec.name, name)) {
                let help = "profile names are compared without regard to case (OPEN-6)";
                self.problems
                    .twice(&profile.name.span(), "profile", name, help);
            }
            let is_default = profile.default.as_ref().is_some_and(|at| *at.value());
            if is_default
                && specs.iter().any(|spec| spec.is_default)
                && let Some(at) = &profile.default
            {
                let fault = "there are two default profiles".to_owned();
                self.problems.say(
                    &at.span(),
                    Fault::Conflict(fault),
                    "at most one is (PROF-6)".to_owned(),
                );
            }
            let state = profile.state.as_ref().map(|state| self.state_name(state));
            let capabilities = profile.capabilities.as_ref();
            specs.push(ProfileSpec {
                name: name.clone(),
                is_default,
                settings: ProfileSettings {
                    state: state.unwrap_or(State::Online),
                    capabilities: capabilities
                        .map_or(CAPABILITIES_ALL, |given| self.capabilities(given)),
                    offline_object: profile.offline_object.unwrap_or(true),
                    app: profile.app.unwrap_or(false),
                },
            });
        }
        specs
    }

    fn clients(&mut self, clients: &[At<format::Client>]) -> Vec<ClientSpec> {
        let mut specs: Vec<ClientSpec> = Vec::new();
        for (place, client) in clients.iter().enumerate() {
            let client = client.value();
            let name = client.name.value();
            self.not_empty(&client.name, "the name of a client");
            if specs.iter().any(|spec| spec.name == *name) {
                self.problems
                    .twice(&client.name.span(), "client", name, "rename one of them");
            }
            let profile = client.profile.value();
            if !self.names.has_profile(profile) {
                let known = self.names.profiles.clone();
                self.problems
                    .unknown_name(&client.profile.span(), profile, "profile", known);
            }
            specs.push(ClientSpec {
                name: name.clone(),
                profile: profile.clone(),
                token: self.plain_number(client.token.as_ref(), 0),
                on: self.reactions(place, &client.on),
            });
        }
        specs
    }
}
