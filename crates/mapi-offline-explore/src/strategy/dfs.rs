//! Depth-first search, by replay.

use super::{Choice, SampledStrategy, Strategy};

/// Depth-first search without stored worlds (Godefroid, VeriSoft, POPL 1997): each execution
/// repeats the one before up to the last decision at which something else could be tried. It
/// departs from the paper in reducing nothing, and in bounding how many decisions are tried: those
/// after the bound always take the first choice.
#[derive(Clone, Debug)]
pub struct Dfs {
    bound: usize,
    left: u64,
    /// Per decision of the execution at hand: what was chosen, of how many.
    decisions: Vec<(usize, usize)>,
    at: usize,
    begun: bool,
    exhausted: bool,
    beyond: bool,
    /// Itself, until the first execution begins.
    value: Option<SampledStrategy>,
}

impl Dfs {
    /// Tries the first `bound` decisions of an execution, in at most so many executions.
    #[must_use]
    pub const fn new(bound: usize, schedules: u64) -> Self {
        Self {
            bound,
            left: schedules,
            decisions: Vec::new(),
            at: 0,
            begun: false,
            exhausted: false,
            beyond: false,
            value: Some(SampledStrategy::Dfs { bound, schedules }),
        }
    }

    /// Returns true when everything has been tried, and no execution went beyond the bound.
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        self.exhausted && !self.beyond
    }
}

impl Strategy for Dfs {
    fn name(&self) -> &'static str {
        "dfs"
    }

    fn begin(&mut self) -> bool {
        self.value = None;
        self.at = 0;
        if self.begun {
            while let Some((chosen, possible)) = self.decisions.pop() {
                if chosen + 1 < possible {
                    self.decisions.push((chosen + 1, possible));
                    break;
                }
            }
            self.exhausted = self.decisions.is_empty();
        }
        self.begun = true;
        let goes_on = !self.exhausted && self.left > 0;
        self.left = self.left.saturating_sub(1);
        goes_on
    }

    fn choose(&mut self, choices: &[Choice]) -> usize {
        // Where there is no choice there is no decision.
        if choices.len() < 2 {
            return 0;
        }
        let at = self.at;
        self.at += 1;
        if at >= self.bound {
            self.beyond = true;
            return 0;
        }
        if at == self.decisions.len() {
            self.decisions.push((0, choices.len()));
        }
        self.decisions[at].0.min(choices.len() - 1)
    }

    fn as_value(&self) -> Option<SampledStrategy> {
        self.value
    }
}
