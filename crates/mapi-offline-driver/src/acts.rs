//! What each client does in a run: its calls, and what it says that it has concluded. Where two runs
//! differ in the noise alone, a client whose acts differ reacts to it (finding `reacts-to-noise`).

use std::collections::BTreeMap;

use mapi_offline_core::{CalledFunction, Noise, NumberedCall};

use crate::event_log::EventLog;
use crate::fields::{Fields, Value};
use crate::found_place::{FoundPlace, PlacedCall};
use crate::record::{Observer, Record};
use crate::words::Words;

/// The argument and the result that is an advise token.
const TOKEN: &str = "advise_token";

/// One act, without what may be another in another run of the same client: advise tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ClientAct {
    /// It calls.
    Call {
        function: CalledFunction,
        /// In which an advise token is that of which Advise it comes from, in words.
        args: Fields<'static>,
    },
    /// It has concluded something.
    Conclusion { name: String, value: String },
}

impl ClientAct {
    fn in_words(&self) -> String {
        match self {
            Self::Call { function, args } => format!("calls {function}({args})"),
            Self::Conclusion { name, value } => format!("concludes that {name} is {value}"),
        }
    }
}

/// What the clients do in one run. As an observer it takes it in while it happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientActs {
    /// In their order: whose, and what.
    acts: Vec<(String, ClientAct)>,
    /// The number of each in the trace.
    numbers: Vec<u64>,
    /// The advise tokens that each client got, in their order.
    tokens: BTreeMap<String, Vec<u64>>,
    /// Whether the run was left before it came to its end.
    is_cut_off: bool,
}

/// Where what a client does in one run differs from what it does in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActDifference {
    /// The client.
    pub client: String,
    /// How many acts of all clients came before, in the run in which it shows first.
    at: usize,
    /// How many of its own acts are the same.
    same: usize,
    quiet: Option<ClientAct>,
    noisy: Option<ClientAct>,
    /// The number of the act with noise in its trace.
    seq: Option<u64>,
}

impl ActDifference {
    /// The rule that says what the client has to ignore: that of the noise there was. Of several kinds, the one whose
    /// notifications nobody asked for.
    #[must_use]
    pub fn rule(noise: Noise) -> &'static str {
        let last = noise.kinds().last();
        last.map_or(Noise::KINDS[2].rule, |kind| kind.rule)
    }

    /// The call with noise that is another one, or the conclusion.
    #[must_use]
    pub fn call(&self) -> Option<NumberedCall> {
        let function = match self.noisy.as_ref()? {
            ClientAct::Call { function, .. } => *function,
            ClientAct::Conclusion { .. } => CalledFunction::Observe,
        };
        Some(NumberedCall {
            seq: self.seq?,
            function,
            gave: None,
            line: None,
        })
    }

    /// The same as the place of a finding.
    #[must_use]
    pub fn place(&self) -> FoundPlace {
        FoundPlace {
            call: self.call().as_ref().map(PlacedCall::from),
            ..FoundPlace::default()
        }
    }

    /// What differs. `noise`: what one run had, and the other had not.
    #[must_use]
    pub fn in_words(&self, noise: Noise) -> String {
        let after = match self.same {
            0 => "from the beginning".to_owned(),
            1 => "after 1 act".to_owned(),
            same => format!("after {same} acts"),
        };
        let kinds = noise.kinds();
        let kinds: Vec<String> = kinds
            .map(|kind| format!("{} ({})", kind.name, kind.about))
            .collect();
        let kinds = kinds.join(", ");
        let what = |act: &Option<ClientAct>| {
            let act = act.as_ref();
            act.map_or_else(|| "does nothing more".to_owned(), ClientAct::in_words)
        };
        match (&self.quiet, &self.noisy) {
            // What comes in the place of a conclusion that is not drawn says nothing.
            (Some(ClientAct::Conclusion { .. }), None | Some(ClientAct::Call { .. })) => {
                let concludes = what(&self.quiet);
                format!("{after} it {concludes} without noise, and not with {kinds}")
            }
            (None | Some(ClientAct::Call { .. }), Some(ClientAct::Conclusion { .. })) => {
                let concludes = what(&self.noisy);
                format!("{after} it {concludes} with {kinds}, and not without noise")
            }
            (quiet, noisy) => {
                let (quiet, noisy) = (what(quiet), what(noisy));
                format!("{after} it {quiet} without noise, and {noisy} with {kinds}")
            }
        }
    }
}

impl ClientActs {
    /// What the clients do in a run.
    #[must_use]
    pub fn of_log(log: &EventLog) -> Self {
        let mut acts = Self::default();
        for event in log.events() {
            acts.take_in(&event.what, event.seq);
        }
        acts
    }

    /// The same of a run that was left before its end, so that what is missing at the end says nothing.
    #[must_use]
    pub const fn cut_off(mut self, is_cut_off: bool) -> Self {
        self.is_cut_off = is_cut_off;
        self
    }

    fn take_in(&mut self, words: &Words<'_>, seq: u64) {
        match words {
            Words::Call {
                actor,
                function,
                args,
            } => {
                let args = self.without_tokens(actor, args.clone().into_owned());
                let function = *function;
                self.acts(actor, ClientAct::Call { function, args }, seq);
            }
            Words::Return { actor, out, .. } => {
                if let Some(&Value::Number(token)) = out.get(TOKEN) {
                    let own = self.tokens.entry(actor.as_ref().to_owned());
                    own.or_default().push(token);
                }
            }
            Words::Observe { actor, name, value } => {
                let name = name.as_ref().to_owned();
                let value = value.as_ref().to_owned();
                self.acts(actor, ClientAct::Conclusion { name, value }, seq);
            }
            _ => {}
        }
    }

    fn acts(&mut self, actor: &str, act: ClientAct, seq: u64) {
        self.acts.push((actor.to_owned(), act));
        self.numbers.push(seq);
    }

    /// The arguments of a call, in which an advise token is that of which Advise it comes from.
    fn without_tokens(&self, actor: &str, mut args: Fields<'static>) -> Fields<'static> {
        let own = self.tokens.get(actor);
        for (_, token) in args.0.iter_mut().filter(|(key, _)| key == TOKEN) {
            let is_it = |own: &u64| *token == Value::Number(*own);
            let place = own.and_then(|own| own.iter().rposition(is_it));
            *token = match place {
                Some(place) => format!("that of its Advise {}", place + 1).into(),
                None => "one that it did not get".into(),
            };
        }
        args
    }

    /// The client whose acts are the first that differ in the run with noise. Others may follow suit.
    #[must_use]
    pub fn difference(&self, noisy: &Self) -> Option<ActDifference> {
        let all = self.acts.iter().chain(&noisy.acts);
        let mut clients: Vec<&str> = all.map(|(client, _)| client.as_str()).collect();
        clients.sort_unstable();
        clients.dedup();
        let differences = clients
            .into_iter()
            .filter_map(|client| self.difference_of(noisy, client));
        differences.min_by_key(|difference| difference.at)
    }

    /// Where the acts of one client first differ in the run with noise.
    #[must_use]
    pub fn difference_of(&self, noisy: &Self, client: &str) -> Option<ActDifference> {
        fn own<'a>(
            acts: &'a ClientActs,
            client: &'a str,
        ) -> impl Iterator<Item = (usize, &'a ClientAct)> {
            let numbered = acts.acts.iter().enumerate();
            let own = numbered.filter(move |(_, (actor, _))| actor == client);
            own.map(|(at, (_, act))| (at, act))
        }
        let number = |at: usize| noisy.numbers.get(at).copied();
        let (mut quiets, mut noisies) = (own(self, client), own(noisy, client));
        let mut same = 0;
        loop {
            let (at, quiet, noisy, seq) = match (quiets.next(), noisies.next()) {
                (None, None) => return None,
                (Some((_, quiet)), Some((_, noisy))) if quiet == noisy => {
                    same += 1;
                    continue;
                }
                (Some(_), None) if noisy.is_cut_off => return None,
                (None, Some(_)) if self.is_cut_off => return None,
                (Some((at, quiet)), None) => (at, Some(quiet), None, None),
                (None, Some((at, noisy))) => (at, None, Some(noisy), number(at)),
                (Some((at, quiet)), Some((before, noisy))) => {
                    (at.min(before), Some(quiet), Some(noisy), number(before))
                }
            };
            return Some(ActDifference {
                client: client.to_owned(),
                at,
                same,
                quiet: quiet.cloned(),
                noisy: noisy.cloned(),
                seq,
            });
        }
    }

    /// The clients that did something.
    pub fn clients(&self) -> impl Iterator<Item = &str> {
        let mut clients: Vec<&str> = self
            .acts
            .iter()
            .map(|(client, _)| client.as_str())
            .collect();
        clients.sort_unstable();
        clients.dedup();
        clients.into_iter()
    }
}

impl Observer for ClientActs {
    fn observe(&mut self, record: &Record<'_>) {
        if let Some(words) = record.words() {
            self.take_in(&words, record.seq);
        }
    }
}

#[cfg(test)]
mod tests {
    use mapi_offline_core::Function;
    use mapi_offline_sys::S_OK;

    use super::*;

    const STATE_BITS: Noise = Noise::KINDS[0].alone;

    fn call(actor: &'static str, function: Function) -> Words<'static> {
        Words::Call {
            actor: actor.into(),
            function: function.into(),
            args: Fields::default(),
        }
    }

    fn concludes(actor: &'static str, name: &'static str, value: &'static str) -> Words<'static> {
        Words::Observe {
            actor: actor.into(),
            name: name.into(),
            value: value.into(),
        }
    }

    fn acts(events: &[Words<'static>]) -> ClientActs {
        let mut acts = ClientActs::default();
        for (seq, words) in (0..).zip(events) {
            acts.take_in(words, seq);
        }
        acts
    }

    #[test]
    fn a_conclusion_that_differs_is_a_difference_though_no_call_differs() {
        let reads = call("a", Function::GetCurrentState);
        let quiet = acts(&[reads.clone(), concludes("a", "online", "yes")]);
        let noisy = acts(&[reads, concludes("a", "online", "no")]);
        let found = quiet.difference(&noisy).expect("they differ");
        assert_eq!(found.client, "a");
        assert_eq!(
            found.in_words(STATE_BITS),
            "after 1 act it concludes that online is yes without noise, and concludes that online is no with \
             state-bits (GetCurrentState sets other bits too)"
        );
        assert_eq!(quiet.difference(&quiet), None);
    }

    #[test]
    fn a_conclusion_that_is_not_drawn_is_told_and_not_what_comes_in_its_place() {
        let (next, concludes) = (
            call("a", Function::Release),
            concludes("a", "online", "yes"),
        );
        let (quiet, noisy) = (acts(&[concludes, next.clone()]), acts(&[next]));
        let found = quiet.difference(&noisy).expect("they differ");
        assert_eq!(
            found.in_words(STATE_BITS),
            "from the beginning it concludes that online is yes without noise, and not with state-bits \
             (GetCurrentState sets other bits too)"
        );
        let found = noisy.difference(&quiet).expect("they differ");
        assert!(
            found
                .in_words(STATE_BITS)
                .ends_with("too), and not without noise")
        );
    }

    #[test]
    fn the_rule_is_that_of_the_noise() {
        let rules: Vec<&str> = Noise::KINDS
            .iter()
            .map(|kind| ActDifference::rule(kind.alone))
            .collect();
        assert_eq!(rules, ["STATE-1", "CAP-1", "NOTE-6"]);
        assert_eq!(ActDifference::rule(Noise::ALL), "NOTE-6");
    }

    #[test]
    fn tokens_may_be_other_numbers_but_not_those_of_another_advise() {
        let of = |token: u32| Fields::from_iter([(TOKEN, token.into())]);
        let gives = |token| Words::Return {
            actor: "a".into(),
            function: Function::Advise.into(),
            hr: S_OK,
            out: of(token),
        };
        let takes = |token| Words::Call {
            actor: "a".into(),
            function: Function::Unadvise.into(),
            args: of(token),
        };
        let run = |first, second, token| acts(&[gives(first), gives(second), takes(token)]);
        assert_eq!(run(1, 2, 1).difference(&run(5, 6, 5)), None);
        let found = run(1, 2, 1).difference(&run(5, 6, 6)).expect("they differ");
        assert!(found.in_words(STATE_BITS).contains("that of its Advise 2"));
        let found = run(1, 2, 1).difference(&run(5, 6, 7)).expect("they differ");
        assert!(
            found
                .in_words(STATE_BITS)
                .contains("one that it did not get")
        );
    }

    #[test]
    fn whoever_differs_first_is_to_blame_and_a_run_that_was_left_says_nothing_of_its_end() {
        let (a, b) = (call("a", Function::AddRef), call("b", Function::AddRef));
        let other = call("b", Function::Release);
        let quiet = acts(&[a.clone(), b, a.clone()]);
        let noisy = acts(&[a, other]);
        assert_eq!(quiet.difference(&noisy).expect("b differs").client, "b");
        let gone = quiet.difference_of(&noisy, "a").expect("a does less");
        assert!(
            gone.in_words(STATE_BITS)
                .contains("and does nothing more with")
        );
        assert_eq!(quiet.difference_of(&noisy.cut_off(true), "a"), None);
    }
}
