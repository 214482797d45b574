//! Which findings may be there: those that clients of the round deserve.

use mapi_offline::{FindingId, Found};
use mapi_offline_core::{OwnerRelease, Quit};

use crate::configuration::{Configuration, Ending};

/// The findings about an Outlook of the round that its clients do not deserve.
pub(crate) fn false_findings<'f>(
    configuration: &Configuration,
    outlook: usize,
    found: &'f [Found],
) -> Vec<&'f Found> {
    // A callback stays as long as a notification waits for a thread, with the references that it holds.
    let nobody_pumps = found.iter().any(|found| found.id == FindingId::NobodyPumps);
    let keeps = |id| nobody_pumps && id == FindingId::LeakedReference;
    let all = found.iter();
    all.filter(|found| !is_allowed(configuration, outlook, found.id) && !keeps(found.id))
        .collect()
}

/// Returns true when there may be such a finding.
fn is_allowed(configuration: &Configuration, outlook: usize, id: FindingId) -> bool {
    use FindingId as Id;
    let Configuration {
        logs_off,
        unadvises_twice,
        ending,
        ..
    } = *configuration;
    let outlook = &configuration.outlooks[outlook];
    match id {
        // The panic of an observer may come out before a player has unregistered what it was about to.
        Id::LeakedRegistration | Id::LeakedReference => {
            logs_off || ending != Ending::Clean || configuration.observers_panic()
        }
        // A log-off, or another who unregisters it, may come before the client has given up its own reference.
        Id::LeakedCallback => logs_off,
        Id::StaleToken => {
            logs_off || unadvises_twice || outlook.policy.owner_release == OwnerRelease::Drop
        }
        Id::CallAfterLogoff | Id::BadArgument => logs_off,
        // What was read before a registration that hears of the next change only.
        Id::StaleBelief | Id::BlockInNotify => true,
        // Not every client comes to use what it has opened.
        Id::NeverReached => true,
        Id::NobodyPumps => outlook.passes_over(),
        Id::KeepsHostAlive => outlook.policy.quit == Quit::Waits,
        // The panic of an observer comes out where a destructor calls the Outlook.
        Id::PanicInNotify => configuration.observers_panic(),
        _ => false,
    }
}
