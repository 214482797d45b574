//! What must hold: `[[expect]]` and `[[always]]`.

use crate::model::Expectation;
use mapi_offline_core::{FindingId, Phase, State, StateChange};

use super::super::format::Expect;
use super::super::problem::{Fault, Span};
use super::super::vocabulary;
use super::super::word::At;
use super::Checker;

impl Checker<'_> {
    pub(super) fn expectations(&mut self, blocks: &[At<Expect>], always: bool) -> Vec<Expectation> {
        let blocks = blocks.iter();
        blocks
            .map(|block| self.expectation(block, always))
            .collect()
    }

    fn expectation(&mut self, at: &At<Expect>, always: bool) -> Expectation {
        let block = at.value();
        let client = block.client.as_ref().and_then(|client| {
            let place = self.names.client(client.value());
            if place.is_none() {
                self.unknown_client(client);
            }
            place
        });
        self.check_company(at, always);
        if let (Some(client), Some(name), Some(_)) =
            (client, &block.registration, &block.notifications)
        {
            let known = &self.names.clients[client].registrations;
            if !known.contains(&name.value().as_str()) {
                self.unknown_registration(&name.span(), name.value(), client, false);
            }
        }
        if let Some(profile) = &block.profile
            && !self.names.has_profile(profile.value())
        {
            let known = self.names.profiles.clone();
            self.problems
                .unknown_name(&profile.span(), profile.value(), "profile", known);
        }
        let belief = block.belief.as_ref();
        let notifications = block.notifications.as_ref();
        let findings = block.findings.as_ref();
        Expectation {
            client,
            registration: block.registration.as_ref().map(|name| name.value().clone()),
            notifications: notifications
                .map(|all| all.iter().filter_map(|n| self.notification(n)).collect()),
            profile: block.profile.as_ref().map(|name| name.value().clone()),
            state: block.state.as_ref().map(|state| self.state_name(state)),
            findings: findings.map(|all| all.iter().filter_map(|id| self.finding(id)).collect()),
            belief_is_current: belief
                .and_then(|belief| self.one_of(belief, &["current"]))
                .is_some(),
            line: self.line(&at.span()),
        }
    }

    /// Each thing that is expected needs to say of whom, and there must be one.
    fn check_company(&mut self, at: &At<Expect>, always: bool) {
        let block = at.value();
        let (client, profile) = (block.client.is_some(), block.profile.is_some());
        let belief = block.belief.as_ref().map(At::span);
        if let Some(span) = belief.as_ref().filter(|_| !always) {
            let fault = Fault::MisplacedKey {
                key: "belief".to_owned(),
                owner: "[[expect]]".to_owned(),
            };
            let help = "it belongs to [[always]]".to_owned();
            self.problems.say(span, fault, help);
        }
        let of_client = "its `client`";
        let registration = block.registration.as_ref().map(At::span);
        let heard = block.notifications.as_ref().map(|_| at.span());
        self.needs("registration", registration, client, of_client);
        self.needs("notifications", heard, client, of_client);
        self.needs("belief", belief, client, of_client);
        let state = block.state.as_ref().map(At::span);
        self.needs("state", state, profile, "its `profile`");
        let expects = block.notifications.is_some()
            || block.state.is_some()
            || block.findings.is_some()
            || block.belief.is_some();
        if !expects {
            let help = if always {
                "say what: `notifications`, `state`, `findings` or `belief`"
            } else {
                "say what: `notifications`, `state` or `findings`"
            };
            self.problems
                .say(&at.span(), Fault::ExpectsNothing, help.to_owned());
        } else if let Some(span) = block.registration.as_ref().map(At::span)
            && block.notifications.is_none()
        {
            let fault = "`registration` without `notifications` says nothing".to_owned();
            self.problems.say(&span, Fault::Conflict(fault), None);
        }
    }

    fn needs(&mut self, key: &str, given: Option<Span>, there: bool, what: &str) {
        if let Some(span) = given.filter(|_| !there) {
            let fault = format!("`{key}` says nothing without {what}");
            self.problems.say(&span, Fault::Conflict(fault), None);
        }
    }

    fn finding(&mut self, given: &At<String>) -> Option<FindingId> {
        let id = FindingId::from_name(given.value());
        if id.is_none() {
            let known = FindingId::ALL.iter().map(|id| id.name());
            self.problems
                .unknown_word(&given.span(), given.value(), "a finding", known);
        }
        id
    }

    fn notification(&mut self, given: &At<String>) -> Option<StateChange> {
        let change = parse(given.value());
        if change.is_none() {
            let known: Vec<String> = vocabulary::notifications().collect();
            let known = known.iter().map(String::as_str);
            self.problems
                .unknown_word(&given.span(), given.value(), "a notification", known);
        }
        change
    }
}

/// `START ONLINE->OFFLINE`
fn parse(text: &str) -> Option<StateChange> {
    let states = [State::Online, State::Offline];
    let state = |text: &str| states.into_iter().find(|state| state.to_string() == text);
    let (phase, change) = text.split_once(' ')?;
    let (old, new) = change.split_once("->")?;
    Some(StateChange {
        phase: Phase::ALL.into_iter().find(|known| known.name() == phase)?,
        old: state(old)?,
        new: state(new)?,
    })
}
