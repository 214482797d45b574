//! Objects that can never be made, because each needs another as its parent first (CREATE-8).

use std::collections::BTreeSet;

use super::super::format::{Act, File};
use super::super::problem::Fault;
use super::super::word::At;
use super::{Checker, names};
use crate::text::brief;

/// The object variable that HrOpenOfflineObj without a name sets.
pub(super) const GLOBAL: &str = "global";

/// A call that sets a variable.
struct Maker<'f> {
    sets: &'f str,
    parent: Option<&'f At<String>>,
}

impl Checker<'_> {
    pub(super) fn no_circles(&mut self, file: &File) {
        for client in &file.client {
            let client = client.value().name.value();
            let acts = names::acts(file).filter(|(name, _)| name == client);
            let makers: Vec<Maker<'_>> = acts.filter_map(|(_, act)| maker(act)).collect();
            let can = can_be_made(&makers);
            // Parents that nothing sets are reported elsewhere.
            let is_set = |name: &str| makers.iter().any(|maker| maker.sets == name);
            let mut reported = BTreeSet::new();
            for maker in &makers {
                if let Some(parent) = maker.parent
                    && !can.contains(maker.sets)
                    && is_set(parent.value())
                    && reported.insert(maker.sets)
                {
                    let fault = Fault::Circle(brief(maker.sets, 60));
                    let help = "one of them must have no parent, or the parent `global`";
                    self.problems.say(&parent.span(), fault, help.to_owned());
                }
            }
        }
    }
}

fn maker(act: &Act) -> Option<Maker<'_>> {
    let sets = act.object.as_ref().map_or(GLOBAL, |name| name.value());
    let parent = match act.call.as_ref()?.value().as_str() {
        "HrOpenOfflineObj" => None,
        "HrCreateOfflineObj" => act.parent.as_ref(),
        _ => return None,
    };
    Some(Maker { sets, parent })
}

/// The variables that some order of the calls can set.
fn can_be_made<'f>(makers: &[Maker<'f>]) -> BTreeSet<&'f str> {
    // What nothing sets counts as there, so that only circles are left over.
    let set: BTreeSet<&str> = makers.iter().map(|maker| maker.sets).collect();
    let mut can = BTreeSet::new();
    loop {
        let before = can.len();
        for maker in makers {
            let is_there = |parent: &str| can.contains(parent) || !set.contains(parent);
            if maker.parent.is_none_or(|parent| is_there(parent.value())) {
                can.insert(maker.sets);
            }
        }
        if can.len() == before {
            return can;
        }
    }
}
