//! Which steps may start, and when.

use std::collections::BTreeMap;

use mapi_offline_driver::Micros;

use crate::model::{Action, Scenario};

/// Who acts: the host, or a client.
fn actor(action: &Action) -> usize {
    match action {
        Action::Host { .. } => 0,
        Action::Client { client, .. } => client + 1,
    }
}

/// The steps of a scenario, and how far they have come.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    /// When each step returned.
    returned: Vec<Option<Micros>>,
    started: Vec<bool>,
    /// The first step that has not returned.
    front: usize,
    /// Per actor that has a parallel step: its steps that have not returned, the next one last.
    left: BTreeMap<usize, Vec<usize>>,
    /// Per step: the actor's step before it.
    before: Vec<Option<usize>>,
    /// Those that may start, with the earliest time, in file order.
    ready: Vec<(Micros, usize)>,
}

impl Steps {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let count = scenario.steps.len();
        let mut left: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut before = vec![None; count];
        for (index, step) in scenario.steps.iter().enumerate() {
            let own = left.entry(actor(&step.action)).or_default();
            before[index] = own.last().copied();
            own.push(index);
        }
        left.retain(|_, own| own.iter().any(|&index| scenario.steps[index].parallel));
        left.values_mut().for_each(|own| own.reverse());
        let mut steps = Self {
            returned: vec![None; count],
            started: vec![false; count],
            front: 0,
            left,
            before,
            ready: Vec::new(),
        };
        steps.find_ready(scenario);
        steps
    }

    /// Those that may start, with the earliest time, in file order.
    pub(crate) fn ready(&self) -> &[(Micros, usize)] {
        &self.ready
    }

    /// The steps that never returned.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = usize> + '_ {
        (self.front..self.returned.len()).filter(|&index| self.returned[index].is_none())
    }

    pub(crate) fn start(&mut self, index: usize) {
        self.started[index] = true;
        self.ready.retain(|&(_, ready)| ready != index);
    }

    pub(crate) fn finish(&mut self, scenario: &Scenario, index: usize, now: Micros) {
        self.returned[index] = Some(now);
        while self.returned.get(self.front).is_some_and(Option::is_some) {
            self.front += 1;
        }
        if let Some(own) = self.left.get_mut(&actor(&scenario.steps[index].action)) {
            // An actor's steps return in their order.
            own.pop();
        }
        self.find_ready(scenario);
    }

    fn find_ready(&mut self, scenario: &Scenario) {
        self.ready.clear();
        let next = self.left.values().filter_map(|own| own.last().copied());
        let parallel = next.filter(|&index| scenario.steps[index].parallel);
        let front = Some(self.front).filter(|&front| front < self.started.len());
        let mut candidates: Vec<usize> = parallel
            .chain(front)
            .filter(|&index| !self.started[index])
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        for index in candidates {
            let step = &scenario.steps[index];
            let before = if step.parallel {
                self.before[index]
            } else {
                index.checked_sub(1)
            };
            let after = step.after.map_or(0, |after| {
                let end = before.and_then(|before| self.returned[before]);
                end.unwrap_or(0).saturating_add(after)
            });
            self.ready.push((after.max(step.at.unwrap_or(0)), index));
        }
    }
}
