//! Schedules as lists of choices.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{Choice, Strategy as Decides};

/// A schedule as a list of choices: who goes next, by place among those that can. When the list
/// is used up, the first goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Choices {
    list: Vec<usize>,
    made: usize,
    begun: bool,
}

impl Choices {
    /// These choices; a number too high counts on from the first again.
    #[must_use]
    pub const fn new(list: Vec<usize>) -> Self {
        Self {
            list,
            made: 0,
            begun: false,
        }
    }

    /// The choices.
    #[must_use]
    pub fn list(&self) -> &[usize] {
        &self.list
    }
}

impl Decides for Choices {
    fn name(&self) -> &'static str {
        "choices"
    }

    fn begin(&mut self) -> bool {
        self.made = 0;
        !std::mem::replace(&mut self.begun, true)
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        let choice = self.list.get(self.made).copied().unwrap_or(0);
        self.made += 1;
        choice % choices.len()
    }
}

/// Schedules as lists of at most so many [`Choices`]. Shrinks to short lists of zeros.
pub fn choices(at_most: usize) -> impl Strategy<Value = Choices> {
    vec(0..8_usize, 0..=at_most).prop_map(Choices::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_that_are_used_up_go_on_with_the_first() {
        let choice = |label: &str| Choice {
            actor: crate::Actor::Host,
            label: label.to_owned(),
            is_noise: false,
        };
        let three = [choice("a"), choice("b"), choice("c")];
        let mut choices = Choices::new(vec![2, 4]);
        assert!(choices.begin());
        assert_eq!([(); 3].map(|()| choices.choose(&three)), [2, 1, 0]);
        assert!(!choices.begin());
    }
}
