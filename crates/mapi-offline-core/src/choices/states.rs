//! Choices about capabilities and states: CAP, STATE, SET.

use super::{choices, decision};

choices! {
"CAP-1" {
    for: "E_INVALIDARG is what Advise documents for an invalid parameter.",
    against: "E_POINTER, or a crash, is just as common for a null out pointer.",
    experiment: "Call GetCapabilities with null. Read the mask in an Exchange, an IMAP, a POP and a \
        PST-only profile, and note the bits outside 0x3.",
}
"CAP-2" {
    for: "The capabilities are those of notifying, and depend on the mail server \
        (imapioffline-getcapabilities).",
    against: "mapioffline_createinfo calls them the capability of going there, so that the object may \
        not change at all. An object without a capability may send the notifications all the same.",
    experiment: "Make an object with one capability under the global one, toggle Work Offline both \
        ways, and note its state and what its registrations hear.",
}
"CAP-3" {
    for: "The bits show a client that does not mask, whatever they are.",
    emulation: "Which bits a real object sets, CAP-1's experiment shows; these are sent on purpose.",
}
"STATE-1" {
    for: "MAPIOFFLINE_STATE_ALL has more bits than those of online and offline, the mask of the \
        notification says which part has changed, and a shipped client masks what it reads.",
    against: "The page allows two values and no other. The documented sample and Kopano's provider \
        compare without a mask, and would be wrong with other bits.",
    experiment: "Read the state online, offline, during a lost connection, and while Send/Receive \
        runs; note all 32 bits. Call GetCurrentState with null.",
}
"STATE-2" {
    for: "STATECHANGE says that the change is taking place, so whoever hears it and reads the state \
        sees the new one.",
    against: "DONE says that the change has completed, and before that the old state may be read.",
    experiment: "Read the state inside START, STATECHANGE and DONE of both directions, on the thread \
        of the callback and on another one.",
}
"STATE-3" {
    for: "They are all the bits of MAPIOFFLINE_STATE_ALL that do not mean online or offline.",
    emulation: "Which bits a real object sets, STATE-1's experiment shows; these are sent on purpose.",
}
"SET-0" {
    for: "An object that is gone cannot look at arguments, and arguments are looked at before the \
        state, as everywhere in COM.",
    against: "E_PENDING may come before the look at the arguments.",
    experiment: "During a transition call SetCurrentState with a bad mask, and with BLOCK from inside \
        a callback with a bad state; the codes tell the order.",
}
"SET-1" {
    for: "The page lists what is supported; E_INVALIDARG is what Advise documents for the rest.",
    against: "What is not supported may be ignored: a mask of MAPIOFFLINE_STATE_ALL may work.",
    experiment: "Call it with flags 1, with a mask of 0 and of MAPIOFFLINE_STATE_ALL, with states 0 and \
        3, and with a pReserved that is not null; note each code and whether the state changes.",
}
"SET-2" {
    for: "S_OK is the answer of a call that did what it was asked to; notifications of MAPI come after \
        the call as a rule (timing-a-notification).",
    against: "S_OK is documented as \"has been changed\", which a change that only begins has not; \
        E_PENDING as \"is changing\". Kopano's provider does not look at the answer, and so works with \
        both.",
    experiment: "Call with DEFAULT, note the code and the time of its return and of the first Notify, \
        and read the state right after the call.",
}
"SET-3" {
    for: "The page blocks until the change is complete, and DONE is the notification that it has \
        completed.",
    against: "The call may return when the state has changed, before the last client has been told.",
    experiment: "Call with BLOCK while a second registration sleeps for a second in STATECHANGE and in \
        DONE, and note when the call returns.",
}
"SET-5" {
    for: "Nothing changes, so there is nothing to tell.",
    against: "The page says nothing of it, and a notification whose old state is its new one is \
        possible.",
    experiment: "Set the state that is there, with DEFAULT and with BLOCK; note the code and whether \
        anything is notified.",
}
"SET-6" {
    for: "An object that is not capable of going offline (mapioffline_createinfo) cannot be set there; \
        MAPI_E_NO_SUPPORT is MAPI's word for that.",
    against: "imapioffline-getcapabilities has the capability mean the notification alone, so that the \
        set would work and nobody would hear.",
    experiment: "Make an object with one capability and set the other state. In a profile whose global \
        object lacks a capability, set that state.",
}
"SET-7" {
    for: "A call that waits for an end which waits for the call cannot return; an add-in's author \
        avoided BLOCK in STATECHANGE_DONE because of the deadlock (add-in report).",
    against: "In START and STATECHANGE Outlook may answer E_PENDING by its own rule, without waiting.",
    experiment: "Call with BLOCK inside START and inside STATECHANGE, on a watchdog that ends the \
        process after ten seconds. Not inside DONE, which is said to hang.",
}
"SET-8" {
    for: "An add-in's author reverts his user's switch with DEFAULT from STATECHANGE_DONE, which could \
        not work if the answer were E_PENDING (add-in report).",
    against: "He says what he calls, not what it returns. All calls are to give E_PENDING until the \
        change is complete, and whether it is complete while DONE runs is open.",
    experiment: "Call with DEFAULT inside DONE, once and twice, from one and from two registrations; \
        note the codes and what follows.",
}
"SET-10" {
    for: "A request from inside DONE is a call like any other, so the other rules hold for it.",
    experiment: "Inside DONE set the state that has just been reached, and one whose capability is \
        missing; note the codes.",
}
"SET-11" {
    for: "What comes during the call comes without delay, or it would not be during the call.",
    emulation: "When the later phases come is the emulation's time; what Outlook does, SET-2's \
        experiment shows.",
}
"SET-12" {
    for: "A run that never ends says nothing.",
    emulation: "The bounds are this project's own: no real client comes near them.",
}
}
