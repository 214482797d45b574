//! What the values of each knob would mean for a client.

use super::KnobMeaning;

/// Declares the meanings of the knobs' values.
macro_rules! knob_meanings {
    ($( $knob:literal {
        $( $value:literal: $means:literal; )+
        evidence: $evidence:literal;
        experiment: $experiment:literal;
    } )+) => {
        /// Every knob, in the order of [`KNOBS`](crate::KNOBS).
        pub const KNOB_MEANINGS: &[KnobMeaning] = &[$(
            KnobMeaning {
                knob: $knob,
                values: &[$(($value, $means)),+],
                evidence: $evidence,
                experiment: $experiment,
            },
        )+];
    };
}

knob_meanings! {
"open-bad-argument" {
    "E_INVALIDARG": "A client can tell its own mistake from an object that is not there.";
    "MAPI_E_NOT_FOUND": "A client that takes this for \"not in Outlook\" hides its own mistake.";
    evidence: "The page names MAPI_E_NOT_FOUND alone.";
    experiment: "Open with ulReserved = 1.";
}
"open-during-logon" {
    "found": "A client can open the object and register as soon as it is connected.";
    "not-found": "A client that opens in its Logon or in OnConnection has to try again later, and not to take the \
        failure for \"not in Outlook\".";
    evidence: "No page says when the object is there; a shipped provider opens it in its Logon and falls back to a state \
        of its own (Kopano's provider).";
    experiment: "Open in OnConnection at startup, and again in OnStartupComplete.";
}
"aggregate" {
    "nondelegating": "The client owns the inner object by the pointer, and gives the outer object's \
        QueryInterface what it asks of it.";
    "delegating": "The pointer counts on the outer object: released too late it keeps the client's own \
        store alive for ever.";
    evidence: "The page says that QueryInterface passes through, and not which pointer comes back.";
    experiment: "Ask the out pointer for an interface that the outer object alone has.";
}
"visible" {
    "statechange": "Who reads the state in STATECHANGE reads the new one.";
    "done": "A client that reads the state in STATECHANGE, instead of the notification, acts on the old \
        one.";
    evidence: "The names of the types allow both.";
    experiment: "Read the state inside STATECHANGE.";
}
"default-returns" {
    "S_OK": "Success does not mean that the state has changed: a client has to wait for the \
        notification.";
    "E_PENDING": "A client that takes E_PENDING for a refusal, and asks again, asks twice; one that \
        takes every failure for its own, as Zimbra's connector, gives up although the change begins.";
    evidence: "The page defines both answers so that either fits. Kopano's provider does not look.";
    experiment: "Call SetCurrentState with DEFAULT, and note the code.";
}
"first-notify" {
    "after-return": "A client can note the call's answer before it hears of the change.";
    "during-call": "Notify comes on the stack of the call: a lock that is held over the call is taken \
        twice.";
    evidence: "MAPI's pages say both of IMAPIAdviseSink.";
    experiment: "Set a flag before the call and clear it after; Notify notes whether it is set.";
}
"block-returns" {
    "after-done": "After the call everybody has heard that the change is complete.";
    "before-done": "After the call DONE is still to come: a client that unregisters then hears none.";
    evidence: "The page says \"until the state change is complete\".";
    experiment: "Let a second registration sleep in DONE.";
}
"redundant" {
    "silent": "A client that waits for a notification of its own call waits for ever.";
    "notify": "A client that reverts every change must compare the states, or it reverts its own.";
    evidence: "Nothing.";
    experiment: "Set ONLINE when online.";
}
"set-in-done" {
    "accepted": "A client can go back from inside DONE; two that disagree go on for ever.";
    "pending": "A client that goes back from inside DONE is refused, and must ask again later.";
    evidence: "An add-in's author went back this way in 2006 (add-in report), which speaks for \
        accepted; \"all calls\" of the page speaks for pending.";
    experiment: "Call SetCurrentState with DEFAULT inside DONE.";
}
"null-callback" {
    "E_INVALIDARG": "A null callback looks like any other mistake in the structure.";
    "E_NOINTERFACE": "It looks like a callback without the interface.";
    evidence: "The page documents both, for a parameter and for a callback interface that is not valid.";
    experiment: "Advise with a null pCallback.";
}
"join" {
    "next-phase": "A client that registers during a change hears its end without its beginning.";
    "next-transition": "It hears nothing of a running change: having read the old state, it believes it \
        until the next change.";
    evidence: "Nothing.";
    experiment: "Register a second callback inside START.";
}
"owner-release" {
    "keep": "A client that forgets Unadvise is notified after it has released everything.";
    "drop": "A client that releases its object too early hears nothing any more.";
    evidence: "Implementations differ (canceling-a-notification).";
    experiment: "Register, release the object, and toggle.";
}
"late" {
    "never": "After Unadvise a client can take its callback's surroundings down.";
    "queued": "Notify comes after Unadvise: what it uses must live until the callback is released.";
    evidence: "MAPI warns of late notifications (timing-a-notification).";
    experiment: "Cancel on another thread while a callback sleeps.";
}
"order" {
    "registration": "Who came first hears first.";
    "reverse": "Who came last hears first.";
    "shuffled": "No client may count on another one's having been told.";
    evidence: "Nothing.";
    experiment: "Register five callbacks and note their order.";
}
"thread" {
    "worker": "Notify comes on a thread that the client has never seen, without a COM apartment of its \
        making.";
    "initializing": "It comes on the thread of the first MAPIInitialize, and only while that one pumps.";
    "registering": "It comes on the client's own thread, and only while that one pumps.";
    "caller": "It comes on the thread that changes the state, inside its call.";
    evidence: "MAPI's pages say the first three of IMAPIAdviseSink, depending on flags and adapters.";
    experiment: "Note the thread of each Notify, for a change by the user and by SetCurrentState on a \
        worker.";
}
"user-switch" {
    "follows": "What a client sets lasts: the server that comes back, or the next start, does not undo it. A \
        client that sets OFFLINE for a moment has to set ONLINE again.";
    "apart": "The host may undo at any event what a client has set, and a new logon begins as the user left \
        it.";
    evidence: "Kopano's provider takes the state for what the Work Offline button shows, and sets it when its \
        user chooses to go on without the server.";
    experiment: "Set OFFLINE with SetCurrentState and look at the button; unplug the network and plug it in \
        again; quit, start, and read the state in OnStartupComplete.";
}
"quit" {
    "asks": "Each client gets its OnDisconnection, and what it has not given back by then is its mistake.";
    "fast": "A client gets none unless it requires one: what has to be saved is saved before, and nothing is \
        called any more, MAPIUninitialize included.";
    "waits": "A client that gives its references back only in OnDisconnection never gets there, and Outlook \
        stays.";
    evidence: "pia/systematically-releasing-objects says that Outlook does not ask since 2010, by default; the \
        shutdown posts say that before 2007 it waited for references to its object model.";
    experiment: "Quit with a registration and a reference left over, and again with none; write to a log whether \
        OnDisconnection comes, and whether the callback is released.";
}
"profile-names" {
    "documented": "A name with a hyphen or a point cannot be created, though such profiles exist.";
    "registry": "A client has to quote names, and two long ones can mean one profile.";
    evidence: "CreateProfile documents the characters; administrators' scripts use names with hyphens.";
    experiment: "With a test profile only: create profiles named with a hyphen and a point, and two that \
        differ in the 65th character; note the codes, and delete what was made.";
}
"first-profile" {
    "plain": "Until SetDefaultProfile is called, MAPI_USE_DEFAULT finds no profile.";
    "default": "The first profile can be logged on to with MAPI_USE_DEFAULT at once.";
    evidence: "Reported by administrators as what happens in general; mapi4linux has no default.";
    experiment: "Only on a machine without profiles: create one, and read PR_DEFAULT_PROFILE.";
}
"app-profiles" {
    "supported": "A profile that is made with the flag is hidden from whoever does not give it.";
    "unrecognized": "It is an ordinary one, which everybody sees and may delete.";
    evidence: "The flag is documented since November 2024 (office-developer-client-docs, pull request \
        787); the page for Outlook 2007 does not have it, and that for 2013 and 2016 had not before.";
    experiment: "Create a test profile with the flag, and read the table without it.";
}
"initialized" {
    "host": "A client that is loaded into Outlook can do without MAPIInitialize, and does not learn that it needs it \
        elsewhere.";
    "client": "A client that forgets MAPIInitialize gets MAPI_E_NOT_INITIALIZED from its first call.";
    evidence: "MAPI's pages ask for MAPIInitialize before any other call. The documented sample add-in calls it on \
        none of its pages, and Kopano's provider does not either: Outlook has done so for its process.";
    experiment: "In an add-in that has called nothing: call HrOpenOfflineObj and MAPIAdminProfiles, before and after \
        MAPIInitialize; note the codes.";
}
"find-backward" {
    "before": "A backward search from the row that was found last goes on, and finds the one before it.";
    "at": "It finds the same row again: a loop over all hits does not end.";
    evidence: "The page says that a backward search begins with the row before the bookmark; mapi4linux \
        looks at the origin.";
    experiment: "With three test profiles: FindRow backward from each bookmark, for a row that stands \
        there and for one before it.";
}
"rows" {
    "all": "One QueryRows of enough rows gives the whole table.";
    "fewer": "Only a QueryRows that gives no row says that the table is at its end.";
    evidence: "The page calls the number a request and no requirement.";
    experiment: "QueryRows of 1, 2 and 1,000 rows of a profile table; note how many come.";
}
"noise" {
    "state-bits": "A client that compares the state without a mask sees neither online nor offline, as \
        the documented sample and Kopano's provider would.";
    "capability-bits": "A client that compares the mask instead of testing its bits registers for \
        nothing.";
    "notifications": "A client that does not look at type and mask takes another change for its own.";
    evidence: "Other notifications and other capabilities are documented to exist \
        (imapiofflinenotify-notify, imapioffline-getcapabilities); other bits of the state are not.";
    experiment: "Note all bits of state, capabilities and notifications for a day of work.";
}
}
