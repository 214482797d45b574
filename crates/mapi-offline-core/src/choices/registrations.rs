//! Choices about registrations and notifications: ADV, UNADV, NOTE.

use super::{choices, decision};

choices! {
"ADV-1" {
    for: "The pages list what is supported, and E_INVALIDARG is documented for an invalid parameter.",
    against: "E_NOINTERFACE is documented for a callback interface that is not valid, and null is one. \
        What is not supported may be accepted and ignored.",
    experiment: "Advise with each member wrong, one at a time, and note the codes; with a null \
        pCallback; with ulSize too large and too small.",
}
"ADV-3" {
    for: "Unadvise releases \"its reference\": there is one.",
    against: "Outlook may hold more than one, for instance one for each thread.",
    experiment: "Count AddRef and Release of the callback over Advise, a transition, and Unadvise.",
}
"ADV-4" {
    for: "MAPI's connection numbers are not zero, and the sample clears its token to 0 when it has \
        none.",
    against: "The pages of this API do not say it; a first token of 0 is possible.",
    experiment: "Note the tokens of three registrations; cancel the second, register again, and note \
        the token.",
}
"ADV-5" {
    for: "COM's convention clears out pointers on failure; 0 is no token (ADV-4).",
    against: "A number that is not an interface may be left alone.",
    experiment: "Fill the token with 0xDDDDDDDD, call Advise with a bad argument, and look at it.",
}
"ADV-6" {
    for: "Each Advise gives a token, and Unadvise takes one: they are a registration each.",
    against: "A callback that is registered twice may be kept once.",
    experiment: "Register one callback twice with different client tokens, toggle, and count; cancel \
        one and toggle again.",
}
"ADV-7" {
    for: "A list that is walked phase by phase has who is in it.",
    against: "Outlook may take a copy of the list when a transition begins.",
    experiment: "Register a second callback inside START, inside STATECHANGE and inside DONE of the \
        first, and note what it hears of that transition.",
}
"ADV-8" {
    for: "The global object lives with its profile (LIFE-2), so a registration on it need not go with \
        the pointer of its client.",
    against: "Some providers release their advise sinks when the advise source is released \
        (canceling-a-notification). The sample keeps its pointer as long as its registration.",
    experiment: "Register, release every reference on the object, toggle, and see whether the callback \
        hears of it.",
}
"UNADV-1" {
    for: "The page says that the call must return S_OK, without exception.",
    against: "The sentence may be an order to implementers rather than a promise; IMAPISupport's \
        Unsubscribe gives MAPI_E_NOT_FOUND for an unknown number.",
    experiment: "Cancel token 0, a random one, one that is cancelled already, and a live one with flags \
        1; note the codes.",
}
"UNADV-2" {
    for: "For another thread MAPI documents that the Release waits for the running notification, and \
        what holds there cannot be less on this thread, whose callback is still on the stack.",
    against: "On the same thread Outlook may release at once; a callback that is careless then runs on \
        without its object.",
    experiment: "Cancel its own registration inside Notify, with a reference of its own, and note when \
        the count falls; the same from another thread while Notify sleeps.",
}
"UNADV-3" {
    for: "A dispatcher that looks whether a registration is alive before it calls keeps this promise \
        at no cost.",
    against: "MAPI warns that notifications may come after Unadvise (timing-a-notification, \
        canceling-a-notification).",
    experiment: "Cancel a second registration inside START of the first, and from another thread while \
        a callback sleeps; see whether the second still hears anything.",
}
"UNADV-4" {
    for: "MAPI asks handlers to be reentrant, and no page forbids the call.",
    against: "Outlook may hold a lock while it notifies, and the call may wait for it.",
    experiment: "Call Unadvise inside each phase, for itself and for another, on a watchdog.",
}
"UNADV-5" {
    for: "A stale token that is live by accident would cancel a stranger's registration, and no test \
        would see it.",
    against: "Outlook may count anew for each session.",
    experiment: "Note the first token of a session, end Outlook, start it, and note it again. A new \
        process says little; the recorder notes it all the same.",
}
"NOTE-1" {
    for: "The three types are before, during and after, and a client that acts at START relies on all \
        others being told before the change.",
    against: "Outlook may tell one client all three, and then the next. In 2004 START was not \
        documented (corrections): an old Outlook may not send it.",
    experiment: "With three registrations note type, token, thread and time of each Notify over both \
        directions, started by the user and by SetCurrentState.",
}
"NOTE-2" {
    for: "A notification of a change whose states are the same tells of none.",
    against: "The page does not say that they differ.",
    experiment: "Note the six words of every notification, over toggles, a lost server, and log-off.",
}
"NOTE-3" {
    for: "What MAPI says of NOTIFICATION holds for a structure that is passed the same way.",
    emulation: "Memory that is not valid any more may hold anything; 0xDD makes it show.",
}
"NOTE-4" {
    for: "The order of registration is the simplest, and a parent that changes before its children \
        tells its clients first.",
    against: "No page gives an order. A map, or a list that is pushed at its front, gives another.",
    experiment: "Register five callbacks, toggle three times, and note their order; cancel the middle \
        one, register again, and note it again.",
}
"NOTE-5" {
    for: "MAPI's notifications come on the thread of the first MAPIInitialize, or on one of their own \
        (mapiinit_0); Outlook itself is multithreaded.",
    against: "All pages speak of IMAPIAdviseSink. This API has no window and no key of a notification, \
        and Outlook may call Notify on the thread that changes the state: its main thread for the \
        user's click, the caller's for SetCurrentState.",
    experiment: "Note the thread of each Notify for a toggle by the user, for SetCurrentState on the \
        main thread and on a worker, and for a lost server; note which thread registered.",
}
"NOTE-7" {
    for: "Unwinding through a foreign frame is undefined, and a callback that fails must not silence \
        the others.",
    emulation: "It is about adapters of this project, of which Outlook knows nothing.",
}
"NOTE-8" {
    for: "Each transition begins where the one before ended.",
    against: "Transitions that are overtaken may be told as one, or not at all.",
    experiment: "Toggle quickly ten times, and look whether the old state is always the last new one.",
}
"NOTE-9" {
    for: "One round of each kind of noise for each transition is enough to show a client that reacts.",
    emulation: "Which other notifications Outlook sends, and when, NOTE-2's experiment shows.",
}
"NOTE-10" {
    for: "A child's change comes from its parent's, so the parent's clients come first.",
    against: "Outlook may notify bottom up, so that stores are ready before the profile is.",
    experiment: "Register on the global object and on a child, in both orders, and toggle.",
}
"NOTE-11" {
    for: "Virtual time has one thread.",
    emulation: "It is about a driver of this project.",
}
"NOTE-12" {
    for: "A test that hangs says nothing.",
    emulation: "It is about a driver of this project.",
}
}
