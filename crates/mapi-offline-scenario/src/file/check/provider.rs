//! Clients that are MAPI providers, and fast shutdown (HOST-5).

use mapi_offline_core::{ClientId, FastShutdownBehavior, ProviderKind};
use mapi_offline_sys::{MAPI_E_NO_SUPPORT, S_OK, hresult};

use super::super::format::{Client, File};
use super::super::problem::Fault;
use super::super::vocabulary;
use super::super::word::WordOrList;
use super::Checker;
use crate::model::{FastShutdown, ScriptedProvider};

impl Checker<'_> {
    pub(super) fn fast_shutdown(&mut self, file: &File) -> FastShutdown {
        let mut providers = Vec::new();
        for (place, client) in (0..).zip(&file.client) {
            providers.extend(self.providers(ClientId(place), client.value()));
        }
        FastShutdown {
            behavior: self.fast_shutdown_behavior(file),
            providers,
        }
    }

    fn fast_shutdown_behavior(&mut self, file: &File) -> FastShutdownBehavior {
        let environment = file.environment.as_ref();
        let Some(given) = environment.and_then(|it| it.fast_shutdown_behavior.as_ref()) else {
            return FastShutdownBehavior::default();
        };
        let behavior = FastShutdownBehavior::from_number(*given.value());
        behavior.unwrap_or_else(|| {
            let what = "`fast_shutdown_behavior`, which is 0, 1 or 2";
            let number = given.value().to_string();
            let fault = Fault::OutOfRange { what, number };
            self.problems.say(&given.span(), fault, None);
            FastShutdownBehavior::default()
        })
    }

    /// The providers that a client is: one of each kind that is named.
    fn providers(&mut self, client: ClientId, given: &Client) -> Vec<ScriptedProvider> {
        let answer = given.fast_shutdown.as_ref();
        let Some(kinds) = &given.provider else {
            if let Some(answer) = answer {
                let fault = Fault::MissingKey {
                    key: "provider",
                    owner: "a client with `fast_shutdown`".to_owned(),
                };
                self.problems.say(&answer.span(), fault, None);
            }
            return Vec::new();
        };
        let words = match kinds.value() {
            WordOrList::One(word) => vec![(word.to_string(), kinds.span())],
            WordOrList::Many(words) => words
                .iter()
                .map(|at| (at.value().to_string(), at.span()))
                .collect(),
        };
        let answer = answer.and_then(|answer| {
            let hr = hresult::from_name(answer.value());
            let hr = hr.filter(|hr| [S_OK, MAPI_E_NO_SUPPORT].contains(hr));
            if hr.is_none() {
                let what = "an answer to QueryFastShutdown";
                let known = vocabulary::SHUTDOWN_ANSWERS;
                self.problems
                    .unknown_word(&answer.span(), answer.value(), what, known);
            }
            hr
        });
        let mut providers: Vec<ScriptedProvider> = Vec::new();
        for (word, span) in words {
            let Some(kind) = ProviderKind::from_name(&word) else {
                let known = ProviderKind::ALL.map(ProviderKind::name);
                self.problems
                    .unknown_word(&span, &word, "a kind of provider", known);
                continue;
            };
            if providers.iter().any(|other| other.kind == kind) {
                let help = "a client is one provider of a kind at most";
                self.problems.twice(&span, "kind of provider", &word, help);
                continue;
            }
            providers.push(ScriptedProvider {
                client,
                kind,
                answer,
            });
        }
        providers
    }
}
