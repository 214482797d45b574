//! What the author of a client does about each finding.

use crate::finding::FindingId;

use FindingId as F;

/// Every finding with its remedy, in the order of [`FindingId::ALL`].
const REMEDIES: &[(FindingId, &str)] = &[
    (
        F::LeakedRegistration,
        "Call Unadvise with the token that Advise gave before the profile logs off: in \
        OnDisconnection, or when the provider is logged off. Keep the token beside the interface that \
        gave it.",
    ),
    (
        F::LeakedReference,
        "Release each interface that HrOpenOfflineObj, HrCreateOfflineObj, QueryInterface or AddRef gave, \
        once for each, before the profile logs off. A smart pointer in a static or in a cycle is the usual \
        cause.",
    ),
    (
        F::LeakedCallback,
        "Release the reference that the client made the callback with, after Advise has taken its own. A \
        callback that holds the object that holds it is a cycle: break it at Unadvise.",
    ),
    (
        F::OverRelease,
        "Look for the Release that has no AddRef: a raw pointer that was copied into two smart pointers, or \
        a Release after a failed call.",
    ),
    (
        F::UseAfterRelease,
        "Keep a reference as long as the pointer is used. In a Notify that calls Unadvise and Release, copy \
        what is needed afterwards into a local variable first.",
    ),
    (
        F::StaleToken,
        "Unadvise a token once, on the object that gave it, and forget it then. A token means nothing after \
        the log-off, and nothing on another object.",
    ),
    (
        F::BlockInNotify,
        "Inside Notify call SetCurrentState without MAPIOFFLINE_FLAG_BLOCK, or do it after Notify has \
        returned, on another thread or in a posted message.",
    ),
    (
        F::PanicInNotify,
        "Let no panic and no exception out of Notify: catch it there, and keep it for the thread that can \
        deal with it.",
    ),
    (
        F::WrongSize,
        "Set ulSize to sizeof of the structure, compiled for the same word size as the library.",
    ),
    (
        F::BadArgument,
        "Compare the call with the page of the function: the detail says which argument was refused.",
    ),
    (
        F::UnknownProfile,
        "Pass the name of the profile that the session is logged on to (PR_PROFILE_NAME_W of the global \
        section): in UTF-16, with a zero at its end. Where wchar_t has 32 bits, convert it first.",
    ),
    (
        F::DecoratedName,
        "Ask GetProcAddress for HrOpenOfflineObj first, and for HrOpenOfflineObj@20 if there is none: stdcall names \
        are decorated in 32 bits alone.",
    ),
    (
        F::PlaceholderCalled,
        "Do not call the methods that the documentation calls placeholders. If the client does not mean to, \
        its header has the methods in another order.",
    ),
    (
        F::NotEmulated,
        "The emulation does not have this method. Test this part of the client elsewhere, or ask for it.",
    ),
    (
        F::NoCapabilityCheck,
        "Call GetCapabilities before Advise, and bear that the object notifies of one state alone, or of \
        none.",
    ),
    (
        F::CallAfterLogoff,
        "Give up the interfaces when the profile logs off. What has to be done is done before.",
    ),
    (
        F::ReactsToNoise,
        "Mask a state word with MAPIOFFLINE_STATE_OFFLINE_MASK before it is compared, test capabilities bit \
        by bit, and ignore notifications of unknown types.",
    ),
    (
        F::StaleBelief,
        "Call Advise first and read the state after it, and take the new state from each notification: \
        otherwise a change in between is missed. On threads count the notifications, and store what was read \
        only if none has come since.",
    ),
    (
        F::NeverLearned,
        "Call GetCurrentState once after Advise: notifications tell of changes alone, and as long as there \
        is none the client knows nothing.",
    ),
    (
        F::LostRequest,
        "After E_PENDING wait for the STATECHANGE_DONE of the transition that is under way, and ask again if \
        the state is still not the one that is wanted.",
    ),
    (
        F::Livelock,
        "Do not set the state back whenever somebody else has set it: ask once, and accept the answer.",
    ),
    (
        F::Deadlock,
        "Hold no lock over a call that waits, and do not wait inside Notify for what only another Notify \
        can bring.",
    ),
    (
        F::NobodyPumps,
        "Pump messages on the thread that initialised MAPI or that registered, or ask for notifications on \
        another thread with MAPI_MULTITHREAD_NOTIFICATIONS.",
    ),
    (
        F::KeepsHostAlive,
        "Release what the client holds before Outlook asks it to disconnect, when the last window closes or the \
        profile logs off: an Outlook that waits for references never comes to OnDisconnection.",
    ),
    (
        F::NeverReached,
        "Look whether the client has loaded this library, calls MAPIInitialize where it has to, and names \
        a profile that there is: in UTF-16, and in full. A client that is meant to do nothing is left out, or \
        allowed in [[always]].",
    ),
    (
        F::Crashed,
        "Run the replay in a debugger: what ended the process is the client's own code, or memory that it uses \
        after it was freed. Notifications come until Unadvise returns, also after the host has asked the client to \
        disconnect, and Unadvise does not end a Notify that is under way: free what a callback uses after both.",
    ),
    (
        F::Stuck,
        "Hold no lock that a callback takes over a call of MAPI, and do not wait for what only a callback \
        brings.",
    ),
    (
        F::NotDeterministic,
        "Take clocks, random numbers, addresses and threads of the client's own out of what it decides, or set \
        them in connect, so that one schedule gives one execution.",
    ),
    (
        F::WrongThread,
        "Call and release each interface on the thread of the test: a Release that is refused leaves its \
        reference. A client that works on several threads is tested with `ThreadedOutlook`.",
    ),
    (
        F::NotInitialized,
        "Call MAPIInitialize before the first other call of MAPI, and MAPIUninitialize once for each after the \
        last: a client that is loaded into another program than Outlook has nobody who does it.",
    ),
    (
        F::UseAfterUninitialize,
        "Release everything that MAPI gave before the last MAPIUninitialize: a smart pointer in a static is \
        released after it.",
    ),
    (
        F::BadFree,
        "Call MAPIFreeBuffer once for each buffer, and never for what MAPIAllocateMore gave: that goes with the \
        buffer that it was allocated with.",
    ),
    (
        F::JoinedOtherSession,
        "Pass MAPI_NEW_SESSION where a certain profile is meant, and no name where the session that there is will do.",
    ),
    (
        F::SharedLogoff,
        "Pass 0, or MAPI_LOGOFF_UI, to Logoff: the session of others is not yours to end.",
    ),
    (
        F::LeakedBuffer,
        "Free what MAPIAllocateBuffer, GetProps, GetPropList, HrGetOneProp gave with MAPIFreeBuffer, and rows \
        with FreeProws.",
    ),
    (
        F::UnbalancedInitialize,
        "Call MAPIUninitialize once for each MAPIInitialize that gave S_OK, on the same thread, after everything \
        that MAPI gave has been released, and not where MAPIInitialize failed.",
    ),
    (
        F::OrderDependent,
        "Decide from what the last notification says or from the state itself, and not from which of two \
        things came first.",
    ),
];

impl FindingId {
    /// What the author of the client does about it. Empty: nothing is known that helps.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        let mut entries = REMEDIES.iter();
        entries
            .find(|(id, _)| *id == self)
            .map_or("", |(_, text)| *text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_has_its_remedy_and_none_has_two() {
        let found: Vec<&str> = REMEDIES.iter().map(|(id, _)| id.name()).collect();
        let expected: Vec<&str> = F::ALL.iter().map(|id| id.name()).collect();
        assert_eq!(found, expected);
        for (id, remedy) in REMEDIES {
            assert_eq!(id.remedy(), *remedy);
            assert!(!remedy.is_empty());
        }
    }
}
