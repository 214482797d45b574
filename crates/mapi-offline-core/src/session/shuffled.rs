//! `order = shuffled` for who infers a policy: any registration that is still to be notified may come next.

use super::Session;
use crate::ids::{RoundId, Token};
use crate::policy::Order;
use crate::registrations::token_of;

impl<C: Clone + Eq> Session<C> {
    /// The advise tokens of the registrations that can come next in a round that is ready, in the order in
    /// which they were made. Empty unless `order = shuffled`.
    #[must_use]
    pub fn shuffled(&self, round: RoundId) -> Vec<Token> {
        if self.config.policy.order != Order::Shuffled || !self.is_ready(round) {
            return Vec::new();
        }
        let Some(open) = self.rounds.get(&round.number) else {
            return Vec::new();
        };
        for target in open.targets.iter().rev() {
            let Some(object) = self.objects.get(&target.object) else {
                continue;
            };
            let list = &object.registrations;
            let is_current = open.first_object() == Some(target.object);
            let listed = open.at.as_ref().filter(|_| is_current);
            let listed = listed.and_then(|cursor| cursor.listed());
            let due = list.due(round.number).map(|found| found.number);
            let due = due.filter(|number| match listed {
                Some(numbers) => numbers.contains(number),
                None => *number < target.end,
            });
            let tokens: Vec<Token> = due.map(token_of).collect();
            if !tokens.is_empty() {
                return tokens;
            }
        }
        Vec::new()
    }

    /// Lets the registration of this advise token come next, if it is one of [`Session::shuffled`].
    pub fn bring_forward(&mut self, round: RoundId, token: Token) {
        if !self.shuffled(round).contains(&token) {
            return;
        }
        let Some(open) = self.rounds.get_mut(&round.number) else {
            return;
        };
        while let Some(target) = open.targets.last().copied() {
            let Some(object) = self.objects.get(&target.object) else {
                open.targets.pop();
                continue;
            };
            let list = &object.registrations;
            let cursor = open
                .at
                .get_or_insert_with(|| target.cursor(list, &self.config, round.number));
            let mut due = list.due(round.number).map(|found| found.number);
            let number = due.find(|&number| token_of(number) == token);
            match number {
                Some(number) => return cursor.bring_forward(number),
                // Nobody of this object is left.
                None => {
                    open.targets.pop();
                    open.at = None;
                }
            }
        }
    }
}
