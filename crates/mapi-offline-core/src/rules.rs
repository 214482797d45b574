//! The rule table: every behaviour of the emulation, its id, and why we believe it.

use crate::basis::{Difference, Ground, GroundKind};
use crate::sources::{
    ADD_IN_REPORT, ADMIN_SCRIPTS, CORRECTIONS, INDEXER, KOPANO, MAPI4LINUX, SAMPLE_POST,
    SHUTDOWN_POSTS, THREADING_RULES, ZIMBRA,
};

/// A rule of the emulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, as code, tests, traces and documentation cite it.
    pub id: &'static str,
    /// The interface, function or subject that it is about. The rules of one group stand together.
    pub group: &'static str,
    /// What it says.
    pub text: &'static str,
    /// Why we believe it, each reason with the part of the rule that it bears.
    pub grounds: &'static [Ground],
    /// What is known to differ in the real thing, and is to be changed here.
    pub differences: &'static [Difference],
    /// The [knobs](crate::KNOBS) that vary it.
    pub knobs: &'static [&'static str],
}

impl Rule {
    /// The rule of that id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }

    /// Its grounds in one line.
    #[must_use]
    pub fn basis(&self) -> String {
        let grounds: Vec<String> = self.grounds.iter().map(Ground::to_string).collect();
        grounds.join("; ")
    }

    /// Whether this project chose it, wholly or in part.
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        self.grounds.iter().any(|ground| ground.kind.is_chosen())
    }
}

/// One ground: the letter of its kind, its pages or its sources, and the part of the rule.
macro_rules! ground {
    (D [$($page:literal),+] $($part:literal)?) => { ground!(Documented, [$($page),+], [], $($part)?) };
    (M [$($page:literal),+] $($part:literal)?) => {
        ground!(DocumentedForMapi, [$($page),+], [], $($part)?)
    };
    (O [$($source:ident),+] $($part:literal)?) => { ground!(Observed, [], [$($source),+], $($part)?) };
    (COM $($part:literal)?) => { ground!(Com, [], [], $($part)?) };
    (C $($part:literal)?) => { ground!(Chosen, [], [], $($part)?) };
    (OURS $($part:literal)?) => { ground!(ChosenAlone, [], [], $($part)?) };
    ($kind:ident, $pages:tt, $seen:tt, $($part:literal)?) => {
        Ground {
            kind: GroundKind::$kind,
            pages: &$pages,
            seen: &$seen,
            part: concat!($($part)?),
        }
    };
}

/// How long a difference stands.
#[allow(unused_macros, reason = "at the moment nothing is known to differ")]
macro_rules! stands {
    (while $words:literal) => {
        crate::basis::Stands::While($words)
    };
    (until $words:literal) => {
        crate::basis::Stands::Until($words)
    };
}

/// The knob that a difference announces, if it does.
#[allow(unused_macros, reason = "at the moment nothing is known to differ")]
macro_rules! announced {
    () => {
        None
    };
    ($knob:literal [$($value:literal),+]) => {
        Some(($knob, &[$($value),+]))
    };
}

/// Declares the rules by group: id, knobs if there are any, grounds, known differences, and text.
macro_rules! rules {
    ($( $group:literal { $(
        $id:literal $([$($knob:literal),+])?
            { $($kind:ident $([$($what:tt),+])? $($part:literal)?);+ }
            $(todo { $differs:literal $stands:tt $words:literal $(knob $new:literal $values:tt)? })*
            : $text:literal
    )+ } )+) => {
        /// Every rule, by group, in the order of their ids.
        pub const RULES: &[Rule] = &[$($(
            Rule {
                id: $id,
                group: $group,
                text: $text,
                grounds: &[$(ground!($kind $([$($what),+])? $($part)?)),+],
                differences: &[$(Difference {
                    differs: $differs,
                    stands: stands!($stands $words),
                    knob: announced!($($new $values)?),
                }),*],
                knobs: &[$($($knob),+)?],
            },
        )+)+];
    };
}

// D: documented for this API. M: documented for MAPI. O: observed. COM: a rule of COM. C: chosen,
// because the documentation is silent. OURS: chosen, and nothing that is documented or observed
// touches the question. The pages are those of the Outlook MAPI reference, by their files' names.
// `todo` marks a difference from the real thing that is known; it goes with the change of the rule.
rules! {
"ABI" {
    "ABI" {
        D ["mapi-constants", "imapiofflineiunknown", "imapiofflinemgrimapioffline"]
            "with the pages of the structures and functions; MAPI's own headers have the rest";
        C "what a placeholder gives, and MAPI_E_BAD_CHARWIDTH"
    }:
        "Constants, structure layouts, GUIDs, HRESULTs and vtables are those of \
        `fixtures/abi/offline.toml`: ULONG and HRESULT have 32 bits on every OS, and the strings \
        of the offline API are UTF-16 code units. Profile strings have 8 bits, unless the method \
        documents MAPI_UNICODE (SetDefaultProfile, ChangeProfilePassword, AdminServices, \
        IProfAdmin::GetLastError, MAPILogonEx) and it is set; for any other method that flag \
        gives MAPI_E_BAD_CHARWIDTH. A placeholder of a vtable returns E_NOTIMPL and is reported \
        as `placeholder-called`."
}
"HrOpenOfflineObj" {
    "OPEN-1" ["open-bad-argument"] {
        D ["hropenofflineobj"] "what the arguments must be"; C "the answer"
    }:
        "A ulReserved other than 0, a null name, a null pGUID, a non-null pReserved or a null out \
        pointer gives E_INVALIDARG. With `open-bad-argument = MAPI_E_NOT_FOUND` (default \
        `E_INVALIDARG`) it gives the only failure that the function's page names."
    "OPEN-2" { COM "an out pointer is null after a failure" }:
        "On every failure a `*ppOfflineObj` that can be written to is set to null."
    "OPEN-3" { D ["hropenofflineobj"] "that it fails so"; C "the cases" }:
        "A profile that is unknown, has no offline object or is not logged on gives \
        MAPI_E_NOT_FOUND. In Outlook a name that no profile has is reported as `unknown-profile`, with \
        the names that there are. What a client gets that is being connected HOST-6 says."
    "OPEN-4" { D ["hropenofflineobj"] "what pGUID must be"; C "the answer" }:
        "A pGUID other than GUID_GlobalState gives MAPI_E_NOT_FOUND."
    "OPEN-5" { D ["hropenofflineobj"]; O [SAMPLE_POST] }:
        "When the host process is not Outlook, everyone gets MAPI_E_NOT_FOUND."
    "OPEN-6" { C "profile names are names of registry keys" }:
        "Profile names are compared without regard to case, and keep the case they were created \
        with."
    "OPEN-7" {
        D ["about-the-offline-state-api"] "there is one global object for a profile";
        C "that its IUnknown is one pointer"
    }:
        "Every open of one profile gives the same COM object: the IUnknown pointers are equal. \
        Each open gives a reference of its own."
    "OPEN-8" {
        D ["hropenofflineobj", "hrcreateofflineobj"]
            "HrOpenOfflineObj@20 for GetProcAddress, and HrCreateOfflineObj as declared";
        O [CORRECTIONS, KOPANO, ZIMBRA] "HrOpenOfflineObj@20";
        C "HrCreateOfflineObj@12, and the names on other systems"
    }:
        "The functions are exported as `HrOpenOfflineObj` and `HrCreateOfflineObj`, on 32-bit x86 \
        Windows also as `HrOpenOfflineObj@20` and `HrCreateOfflineObj@12`. The page gives the \
        decorated name without a condition, and shipped clients ask for it whatever their word size, \
        so the library answers to both names wherever the loader lets it. A 64-bit client that asks \
        the GetProcAddress of mapiwindows.h for `HrOpenOfflineObj@20` and never for `HrOpenOfflineObj` \
        is reported as `decorated-name`, when the host has quit: what a 64-bit msmapi32.dll exports is \
        not known."
    "OPEN-9" { OURS }:
        "A profile that CreateProfile or CopyProfile made is not logged on, and so cannot be \
        opened, until the host logs it on. From then on it has a global object with both \
        capabilities."
}
"HrCreateOfflineObj" {
    "CREATE-1" {
        D ["hrcreateofflineobj", "mapioffline_createinfo", "mapioffline_aggregateinfo"]
            "what ulFlags, ulCreateFlags, the sizes, pConnectInfo and pRefTrackRoot must be";
        C "the answer, and the null pointers"
    }:
        "ulFlags and ulCreateFlags are 0, both ulSize are exact, pConnectInfo and pRefTrackRoot \
        are null, and the structure, the name and the out pointer are not null. Anything else \
        gives E_INVALIDARG."
    "CREATE-2" {
        D ["hrcreateofflineobj"] "its example creates or gets the global object";
        C "that pInstance does not matter"
    }:
        "GUID_GlobalState without a parent means the profile's one global object, which is \
        created, or returned if it exists, whatever pInstance says."
    "CREATE-3" {
        D ["mapioffline_createinfo"] "that changes are inherited";
        C "what its registrations get, and what is covered"
    }:
        "A child made with pParent inherits the changes of its parent, and the child's \
        registrations are notified of them. A transition covers the object and those of its \
        descendants whose state differs from the target."
    "CREATE-4" { D ["mapioffline_createinfo"] "what pGUID and pInstance identify"; C "the rest" }:
        "Apart from the global object, one (profile, pGUID, pInstance) is one object. A second \
        create returns it and ignores the capabilities; one that names another parent gives \
        E_INVALIDARG. A null pInstance or a null pGUID always makes a new object."
    "CREATE-5" ["aggregate"] {
        D ["mapioffline_aggregateinfo", "hrcreateofflineobj"]
            "that QueryInterface passes through, and a store object as the outer one";
        C "which pointer comes back"
    }:
        "With pAggregateInfo the object is aggregated onto pOuterObj, whose QueryInterface passes \
        through to it. With `aggregate = nondelegating` (the default) the out pointer is the \
        inner, non-delegating one, with no lasting reference on the outer object; with \
        `delegating` it is one that delegates to the outer object."
    "CREATE-6" { C }:
        "An object begins in the state of its parent, or ONLINE without one."
    "CREATE-7" { C }:
        "A child that sets its own state changes itself and its descendants, never its parent. \
        The call gives E_PENDING while the child, or an object that it would change, is in a \
        transition."
    "CREATE-8" { C }:
        "A cycle cannot be made. A parent of another profile gives E_INVALIDARG."
    "CREATE-9" { D ["mapioffline_createinfo"] "that pMAPISupport may be null"; C "the failures" }:
        "An unknown profile and the wrong host fail as in OPEN-3 and OPEN-5. pMAPISupport may be \
        null."
    "CREATE-10" { C }:
        "A child lives while references, registrations or children of it exist. Its reference on \
        its parent does not count as a client's."
    "CREATE-11" { OURS }:
        "A child that is made under an object in a transition is covered from the next phase on, \
        if its state then differs from the target. Its registrations that were made by then hear \
        the phases from there on: STATECHANGE without START, or, with `visible = done`, DONE alone. That \
        is so with either value of `join`, for they were made before the child took part (ADV-7)."
    "CREATE-12" { OURS }:
        "A host wish (HOST-1) waits until nothing that it would change is in a transition. A \
        SET-8 request, once accepted, begins without waiting, and leaves out the descendants that \
        are in a transition of their own."
    "CREATE-13" { OURS }:
        "Only an object that the call has just made, and is not the global one, can be aggregated \
        (CREATE-5); an existing one, or a null pOuterObj, gives E_INVALIDARG. The inner pointer's \
        QueryInterface answers IUnknown itself, and any other interface with a pointer that \
        delegates QueryInterface, AddRef and Release to the outer object. If the outer object asks \
        back while such a pointer asks it, the object answers itself."
}
"IMAPIOffline" {
    "CAP-1" ["noise"] {
        D ["imapioffline-getcapabilities"] "the mask, and that it may hold other capabilities";
        C "the code for a null pointer"
    }:
        "GetCapabilities gives the object's mask; a null pointer gives E_INVALIDARG. Bits outside \
        0x3 may be set in it: with `noise` containing `capability-bits` they are."
    "CAP-2" {
        D ["imapioffline-getcapabilities"] "that one direction does not imply the other";
        C "what is not sent, and that the state changes all the same"
    }:
        "The two capability bits are independent: an object may notify of going online and not \
        of going offline. Notifications of a direction that it lacks are not sent; its state \
        still changes."
    "CAP-3" ["noise"] { OURS }:
        "The bits that `noise` with `capability-bits` sets are 0x003f037c, the same as those of \
        STATE-3."
    "STATE-1" ["noise"] {
        D ["imapioffline-getcurrentstate"] "one of the two values";
        O [INDEXER, KOPANO] "the first masks with 3, the second compares without a mask";
        C "the code for a null pointer, and the other bits"
    }:
        "GetCurrentState gives exactly ONLINE or OFFLINE; a null pointer gives E_INVALIDARG. With \
        `noise` containing `state-bits` other bits of MAPIOFFLINE_STATE_ALL are set too, so a \
        client must mask with 0x3."
    "STATE-2" ["visible"] {
        D ["mapioffline_notify_type"]
            "START: is going to take place; STATECHANGE: is taking place; DONE: has completed";
        C "what is visible between"
    }:
        "In a transition GetCurrentState gives the old state until the first STATECHANGE is about \
        to be sent (`visible = statechange`, the default), and the new one from then on. With \
        `visible = done` the new state shows before the first STATECHANGE_DONE."
    "STATE-3" ["noise"] { OURS }:
        "The bits that `noise` with `state-bits` sets are 0x003f037c, which is \
        MAPIOFFLINE_STATE_ALL without MAPIOFFLINE_STATE_OFFLINE_MASK."
    "SET-0" { C }:
        "The rules of SetCurrentState apply in this order: dead or logged-off object (LIFE-5, \
        LIFE-4), SET-1, SET-7, SET-8 and SET-9, SET-4, SET-6, SET-5."
    "SET-1" { D ["imapioffline-setcurrentstate"] "what is supported"; C "the code" }:
        "ulFlags other than DEFAULT or BLOCK, a ulMask other than \
        MAPIOFFLINE_STATE_OFFLINE_MASK, a ulState that is not exactly ONLINE or OFFLINE, or a \
        non-null pReserved gives E_INVALIDARG."
    "SET-2" ["default-returns", "first-notify"] {
        D ["imapioffline-setcurrentstate"] "that it does not block; on the answer it contradicts itself";
        M ["supporting-event-notification", "imapiadvisesink-onnotify", "timing-a-notification"]
            "the first says that notifications come after the call, the others that they may come \
            during it";
        C "which of them holds here"
    }:
        "With DEFAULT the transition is asynchronous and the call returns at once: S_OK \
        (`default-returns = S_OK`, the default) or `E_PENDING`. The page defines S_OK as \"has \
        been changed\" and E_PENDING as \"is changing\"; the transition starts either way. The \
        first notification comes after the call (`first-notify = after-return`, the default) or \
        during it (`during-call`)."
    "SET-3" ["block-returns"] {
        D ["imapioffline-setcurrentstate"] "that it blocks until the change is complete";
        C "the exact moment, and the log-off"
    }:
        "With BLOCK the call returns S_OK when the change is complete, which is when the last \
        STATECHANGE_DONE has been delivered (`block-returns = after-done`, the default) or before \
        the DONEs (`before-done`). It does not wait for a follow-up that SET-8 accepted. A \
        log-off during the wait gives E_FAIL."
    "SET-4" {
        D ["imapioffline-setcurrentstate"]
            "all calls while it changes; whether an earlier DEFAULT or an earlier BLOCK is meant, its \
            paragraphs disagree"
    }:
        "While a transition of the object runs, whichever flag started it, SetCurrentState from \
        anyone gives E_PENDING and changes nothing."
    "SET-5" ["redundant"] { C }:
        "Setting the state that the object is already in gives S_OK and no notification \
        (`redundant = silent`, the default), or runs a transition whose old state is its new one \
        (`notify`)."
    "SET-6" {
        D ["mapioffline_createinfo"] "what a capability means: that the object can go there";
        C "the code, and the host"
    }:
        "A target state whose capability bit is missing gives MAPI_E_NO_SUPPORT. The host may \
        still go there."
    "SET-7" {
        O [ADD_IN_REPORT] "that BLOCK in STATECHANGE_DONE deadlocks"; C "what happens instead"
    }:
        "BLOCK from inside a Notify of the same object, or of one that it covers, can never \
        complete; in STATECHANGE_DONE the real one is said to deadlock. The emulation never \
        hangs: in every phase it reports `block-in-notify` and returns E_PENDING."
    "SET-8" ["set-in-done"] {
        O [ADD_IN_REPORT] "an add-in that reverts its user's switch does this"; C "once a round"
    }:
        "DEFAULT from inside a STATECHANGE_DONE is accepted, one a round; a second gives \
        E_PENDING. From then on the object counts as in a transition, which starts when that \
        round of DONEs is delivered. With `set-in-done = pending` (default `accepted`) none is \
        accepted: E_PENDING."
    "SET-9" { D ["imapioffline-setcurrentstate"] "it follows from SET-4" }:
        "DEFAULT from inside START or STATECHANGE gives E_PENDING."
    "SET-10" ["default-returns"] { OURS }:
        "A SET-8 request is subject to SET-6 and SET-5 like any other call; its target is \
        compared with the state that the STATECHANGEs brought. An accepted one returns what \
        `default-returns` says, so with `E_PENDING` the answer alone does not tell that it was \
        accepted."
    "SET-11" ["first-notify"] { OURS }:
        "With `first-notify = during-call` the STARTs of a DEFAULT call are delivered inside the \
        call, without delay. The STATECHANGEs and the DONEs follow at their usual distances."
    "SET-12" { OURS }:
        "Where the worlds of a run cannot be compared a bound says that clients undo each other for ever \
        (`livelock`). Of transitions that callbacks begin, with nothing from outside between them, it is \
        reached by 10,000 (1,000,000 while somebody has a step waiting), by 10,000 (100,000) registrations \
        more than before the first, and by 10,000,000 notifications; in an exploration by 256 and 64. An \
        execution of real clients under exploration that has not ended after as many turns as it may take \
        has reached it too."
}
"IMAPIOfflineMgr" {
    "ADV-1" ["null-callback"] {
        D ["imapiofflinemgr-advise", "mapioffline_adviseinfo"]
            "what is supported, and E_INVALIDARG for an invalid parameter";
        C "that what is not supported is invalid, and the code for a null pCallback"
    }:
        "Advise gives E_INVALIDARG for ulFlags other than 0, a null info, a null token pointer, a \
        wrong ulSize, a CallbackType other than NOTIFY, a ulAdviseTypes other than STATECHANGE, \
        a ulStateMask other than MAPIOFFLINE_STATE_ALL, or a null pCallback. With \
        `null-callback = E_NOINTERFACE` (default `E_INVALIDARG`) a null pCallback alone gives \
        that."
    "ADV-2" { D ["imapiofflinemgr-advise"] }:
        "A pCallback whose QueryInterface does not give IMAPIOfflineNotify is refused with \
        E_NOINTERFACE."
    "ADV-3" { D ["imapiofflinemgr-unadvise"] "it releases the reference"; C "that it is one" }:
        "A registration holds exactly one reference on its callback."
    "ADV-4" {
        M ["supporting-event-notification", "imapitable-advise"]
            "connection numbers are not zero";
        C "that this holds for tokens, and the rest"
    }:
        "Advise tokens are not zero, are unique among the live registrations of the object, and \
        are not used again before the counter wraps."
    "ADV-5" { COM "a failure leaves nothing behind"; C "that the token is 0" }:
        "When Advise fails, a `*pulAdviseToken` that can be written to is 0, and no reference is \
        kept."
    "ADV-6" { C }:
        "One callback may be registered many times: it has as many tokens, and gets as many \
        notifications."
    "ADV-7" ["join"] { C }:
        "A registration that is made while a transition runs takes part from the next phase on \
        (`join = next-phase`, the default), so it sees STATECHANGE without START, or DONE alone. \
        With `next-transition` it takes part from the next transition on."
    "ADV-8" ["owner-release"] {
        M ["canceling-a-notification"] "implementations differ"; C "which is the default"
    }:
        "Registrations outlive the object's last reference from outside (`owner-release = keep`, \
        the default), or are dropped with it (`drop`)."
    "UNADV-1" {
        D ["imapiofflinemgr-unadvise"] "that it must return S_OK";
        C "for unknown tokens and other flags too"
    }:
        "Unadvise always returns S_OK, also for a token that it does not know, which is reported \
        as `stale-token`, and for flags other than 0."
    "UNADV-2" {
        D ["imapiofflinemgr-unadvise"] "the release";
        M ["imapisupport-unsubscribe", "imsgstore-unadvise"]
            "that it waits for a notification on another thread";
        C "on this thread"
    }:
        "Unadvise releases the reference on the callback. While a Notify on it is running the \
        Release waits until that Notify, or at the latest the round, has ended; Unadvise itself \
        never waits."
    "UNADV-3" ["late"] {
        M ["timing-a-notification", "canceling-a-notification"]
            "notifications may come after Unadvise";
        C "that by default none does"
    }:
        "No Notify starts on a registration after its Unadvise returned, not even in a round that \
        has begun; a Notify has started when the dispatcher found the registration alive. With \
        `late = queued` (default `never`) what was already queued for it still arrives, and the \
        callback is kept alive for it."
    "UNADV-4" {
        M ["implementing-an-advise-sink-object"] "handlers should be reentrant"; C "the rest"
    }:
        "Unadvise is allowed from inside any Notify, for any registration, the one being notified \
        included."
    "UNADV-5" { OURS }:
        "The count that advise tokens come from (ADV-4) goes on from one logon of a profile to \
        the next, so that a token left over from before is not live by accident."
}
"IMAPIOfflineNotify" {
    "NOTE-1" {
        D ["mapioffline_notify_type"] "the three types and what each says";
        C "that all come, and the barrier"
    }:
        "One transition sends each registration START, STATECHANGE and STATECHANGE_DONE, in this \
        order, save for ADV-7, CAP-2 and CREATE-11. All STARTs are delivered before the first STATECHANGE, \
        and all STATECHANGEs before the first DONE."
    "NOTE-2" {
        D ["mapioffline_notify"] "the members and their values"; C "that the states differ"
    }:
        "In a notification ulSize is 24, ulClientToken is what Advise was given, ulMask is \
        MAPIOFFLINE_STATE_OFFLINE_MASK, and the old and the new state are ONLINE or OFFLINE. They \
        differ, save with `redundant = notify` (SET-5)."
    "NOTE-3" {
        M ["imapiadvisesink-onnotify"] "by analogy: the page speaks of NOTIFICATION";
        C "what becomes of the memory"
    }:
        "The structure is valid only during the call. Afterwards its memory is overwritten with \
        0xDD so that a kept pointer shows: after each call in the virtual driver, at the end of a \
        round in the threaded one."
    "NOTE-4" ["order"] { C }:
        "Within a phase parents come before children, and then the registrations of an object in \
        the order in which they were made (`order = registration`, the default), in the opposite \
        one (`reverse`), or in any (`shuffled`)."
    "NOTE-5" ["thread"] {
        M ["mapiinit_0", "initializing-mapi", "ensuring-a-thread-safe-notification"]
            "by analogy: they speak of IMAPIAdviseSink, and no page says on which thread Notify comes";
        O [THREADING_RULES] "the same, of MAPI";
        C "the default, and threads that do not pump"
    }:
        "The thread of a notification may be another than the registering one: a worker of the \
        emulation (`thread = worker`, the default), that of the first MAPIInitialize of the process, when it pumps \
        (`initializing`), or a worker if that call had MAPI_MULTITHREAD_NOTIFICATIONS, the `registering` one, or the `caller` of \
        SetCurrentState. Where the host has initialised MAPI (`initialized = host`) its call was the first, without \
        that flag. For a DEFAULT call `caller` needs `first-notify = during-call`. A thread \
        that pumps, or waits in a BLOCK call, is notified for every profile. If it has ended, or does not \
        pump while a BLOCK call waits for it (10 s), or has not by the log-off, its notifications are \
        passed over (finding `nobody-pumps`)."
    "NOTE-6" ["noise"] { D ["mapioffline_notify", "imapiofflinenotify-notify"] }:
        "With `noise` containing `notifications`, notifications of other types or with other \
        masks arrive at any time, and a client must ignore them. `noise` is a set of \
        `state-bits` (STATE-1), `capability-bits` (CAP-1) and `notifications`; the default is \
        none of them."
    "NOTE-7" { C }:
        "A panic in a callback made with our Rust adapters (a closure, or a value of the trait) is \
        contained: it is reported as `panic-in-notify`, and everyone else is still notified. One \
        that unwinds into a foreign COM thunk ends the process, as it would in Outlook. So does a C++ \
        exception that leaves a callback, and the process says first whose it was. A callback that \
        is left by `longjmp` counts as returned, and is reported as `panic-in-notify`, too."
    "NOTE-8" { C }:
        "The notifications of one registration on an object with both capabilities form a chain: \
        the old state of a transition is the new state of the one before."
    "NOTE-9" ["noise"] { OURS }:
        "With `noise` containing `notifications`, each transition is accompanied by two rounds of \
        noise to every registration of the objects it covers: a STATECHANGE with a foreign mask \
        when it begins, and a notification of an unknown type after its DONEs."
    "NOTE-10" ["order"] { OURS }:
        "`order` varies the order among the registrations of one object. Parents come before \
        their children with every value."
    "NOTE-11" ["thread"] { OURS }:
        "In the virtual driver one thread plays every part, so the values of `thread` make no \
        difference there."
    "NOTE-12" { OURS }:
        "With real threads whoever waits until all is quiet waits for a Notify as long as anything moves. \
        When nothing has moved for the time of a watchdog, 10 s if not set, the client whose Notify runs \
        is `stuck`, and the wait is over."
}
"The host" {
    "HOST-1" ["user-switch"] {
        O [KOPANO] "that a client takes the state in this API for what the Work Offline button shows, and sets it \
            when its user chooses so";
        C "the rest"
    }:
        "The host wants ONLINE when the user is online and the server is up, and OFFLINE \
        otherwise. Its events (work-offline, work-online, server-lost, server-back) never fail: \
        outside a transition they start one if the state differs. During one the latest wish is \
        kept and starts after the DONEs, before a SET-8 request, which is then dropped. With \
        `user-switch = follows` (the default) a client's SetCurrentState on the global object that \
        begins a transition, or gives S_OK because the object is in that state, is the user's choice from \
        then on: a server that comes back without having been lost does not undo it. With `apart` the \
        user's switch is not touched by it. What a client asks for in STATECHANGE_DONE counts when it begins."
    "HOST-2" ["quit"] {
        M ["pia/systematically-releasing-objects"]
            "that add-ins are not asked by default since 2010, save those that require it, that all can be, and \
            that the user's disconnecting one always asks it";
        M ["best-practices-for-fast-shutdown"] "that nothing of MAPI is called after a fast quit";
        M ["imapiprovidershutdown-queryfastshutdown"] "that another quit waits for all references";
        O [SHUTDOWN_POSTS] "that OnDisconnection could wait for references before 2007";
        C "the default, that the references on offline objects count, the codes, and what is released and reported"
    }:
        "logon makes the objects of a profile openable; profiles start logged on. logoff does not ask. \
        quit depends on `quit`. With `asks` (the default, Outlook's policy AddinFastShutdownBehavior = 1) each \
        client disconnects in order (its DISCONNECT rules, as an add-in's OnDisconnection), and then profiles \
        log off. With `fast` only a client with `shutdown_notification` (RequireShutdownNotification = 1) \
        disconnects. Then the process ends: no callback is released, what is left over is no finding, and from \
        then on a call, MAPIUninitialize included, fails with E_FAIL (Unadvise: S_OK) and is \
        `call-after-logoff`; AddRef, Release and MAPIFreeBuffer are allowed. With `waits` a client disconnects when it holds no reference any \
        more; one that does is not asked and is `keeps-host-alive`, nothing else that it left over is \
        reported, and profiles log off. disconnect is the user's disconnecting one client: it disconnects \
        under each value, once."
    "HOST-3" ["user-switch"] { OURS }:
        "A host event without a profile is for every profile that is logged on. Whether the user \
        is online and the server is up is remembered for each profile, across log-off too; at a \
        logon the global object begins in the state that the host wants then. So what a client has \
        chosen for the user (`user-switch = follows`, HOST-1) survives it."
    "HOST-4" { OURS }:
        "A host event with `wait` that a later, different wish overtakes returns at once."
    "HOST-5" ["quit"] {
        M ["fast-shutdown-overview", "fast-shutdown-user-options", "imapiprovidershutdowniunknown"]
            "the methods, their order by kinds of provider, and the three values of FastShutdownBehavior";
        M ["imapiprovidershutdown-queryfastshutdown", "best-practices-for-fast-shutdown"]
            "that Outlook calls neither NotifyProcessShutdown nor DoFastShutdown after a refusal, and waits for \
            all references";
        C "that all are asked before a refusal counts, and that clients disconnect between the queries and the rest"
    }:
        "A host that would quit fast (`quit = fast`) first has MAPI call IMAPIProviderShutdown::QueryFastShutdown of \
        each provider that has this interface: transport providers, then those of address books, then those of \
        stores, and each kind in the order in which they were made known. If none prevents it, the clients that are \
        asked disconnect (HOST-2), then each provider is called NotifyProcessShutdown, then each DoFastShutdown, in the \
        same order, and the process ends. If one prevents it, no provider is called any more, and the host quits as \
        with `quit = waits`. With FastShutdownBehavior 0 (the default) a provider prevents it whose answer is not S_OK; \
        with 1 also one without the interface; with 2 it is always prevented, and no provider is called at all. Quits \
        of another kind call none."
    "HOST-6" ["open-during-logon"] {
        O [KOPANO] "that a provider opens the object in its Logon, and has an answer ready for its failure";
        C "the rest"
    }:
        "A client can be connected when a profile logs on: its CONNECT, as a provider's Logon or an add-in's \
        OnConnection at startup. When all that are connected then have returned, each is told that startup is \
        complete: its STARTED, as an add-in's OnStartupComplete. Inside its CONNECT a client can open offline objects \
        (`open-during-logon = found`, the default), or HrOpenOfflineObj and HrCreateOfflineObj give MAPI_E_NOT_FOUND \
        (`not-found`), whatever the profile."
}
"Lifetime" {
    "LIFE-1" { COM "the rules of QueryInterface"; C "which interfaces there are" }:
        "QueryInterface among IUnknown, IMAPIOffline and IMAPIOfflineMgr is reflexive, symmetric \
        and transitive, and IUnknown is one pointer. Any other interface, IAgileObject and \
        IInspectable included, gives E_NOINTERFACE and null."
    "LIFE-2" { C }:
        "The global object lives as long as its profile is logged on, whatever clients release."
    "LIFE-3" { M ["ending-a-mapi-session"] "that open objects become invalid"; C "the rest" }:
        "Log-off drops what is left of a running transition, wakes BLOCK calls with E_FAIL, and \
        releases the callback of every registration once, after a running Notify has ended."
    "LIFE-4" { M ["ending-a-mapi-session"] "that calls on them are to fail"; C "the codes" }:
        "After log-off a call on a kept interface gives E_FAIL (Unadvise: S_OK) and is reported \
        as `call-after-logoff`."
    "LIFE-5" { C }:
        "A fully released object can be kept as a zombie, which is an option: calls on it return \
        E_FAIL and are reported as `use-after-release`, and are not undefined behaviour."
    "LIFE-6" { OURS }:
        "In scenario files each client owns the references that it was given: its call on an \
        object of which it has none left is `use-after-release`, also when the object lives on, \
        and releasing more than it has is `over-release` and changes nothing. Between real COM \
        clients references belong to the process. AddRef and Release are allowed after log-off."
    "LIFE-7" { OURS }:
        "The emulated Outlook of virtual time and its objects belong to one thread. On another a \
        method gives RPC_E_WRONG_THREAD and changes nothing; AddRef and Release give 0. Each such \
        call is in the trace, and is reported as `wrong-thread`, when the Outlook's own thread goes \
        on. A panic in the emulation gives E_FAIL and does not cross the door."
}
"Profiles" {
    "PROF-1" { D ["iprofadminiunknown"] }:
        "The vtable of IProfAdmin is, in this order: GetLastError, GetProfileTable, \
        CreateProfile, DeleteProfile, ChangeProfilePassword, CopyProfile, RenameProfile, \
        SetDefaultProfile, AdminServices."
    "PROF-2" {
        D ["profile-tables", "iprofadmin-getprofiletable", "imapitable-findrow"]
            "the last asks PR_INSTANCE_KEY of every table"
    }:
        "The profile table has PR_DISPLAY_NAME and PR_DEFAULT_PROFILE by default, and \
        PR_INSTANCE_KEY can be asked for. It has one row a profile, and none if there is no \
        profile. It is a snapshot: later changes do not show."
    "PROF-3" ["profile-names"] {
        D ["iprofadmin-createprofile"] "the characters and the length";
        O [ADMIN_SCRIPTS] "that profiles with other names exist";
        C "that other names are refused, and the code"
    }:
        "The name of a new profile has 1 to 64 characters: letters, with accents too, digits, the \
        underscore and spaces within, none at its ends (`profile-names = documented`, the default). \
        With `registry` it may be any that a registry key can have: 1 to 255 UTF-16 code units, no \
        backslash and no control character; then the first 64 characters tell profiles apart. Any \
        other name gives MAPI_E_INVALID_PARAMETER. A profile that is there from the start may have \
        any name of a registry key with both values."
    "PROF-4" {
        D ["iprofadmin-createprofile", "iprofadmin-deleteprofile", "iprofadmin-copyprofile",
            "iprofadmin-setdefaultprofile", "iprofadmin-adminservices"]
            "the third says MAPI_E_ACCESS_DENIED, which is the same number";
        O [MAPI4LINUX] "the same, save that its AdminServices gives MAPI_E_NOT_FOUND";
        C "RenameProfile"
    }:
        "Creating, or copying or renaming onto, an existing name gives MAPI_E_NO_ACCESS. Delete, \
        Copy, Rename and SetDefault of an unknown name give MAPI_E_NOT_FOUND; AdminServices of one \
        gives MAPI_E_LOGON_FAILED."
    "PROF-5" { D ["iprofadmin-deleteprofile", "iprofadmin-renameprofile"] }:
        "Delete of a profile in use gives S_OK and marks it: it is gone from new tables, and is \
        really deleted when its last session ends. Rename of one in use likewise takes effect \
        then."
    "PROF-6" ["first-profile"] {
        D ["iprofadmin-setdefaultprofile", "setting-a-default-profile"] "SetDefaultProfile, and one default";
        C "what the first profile becomes: administrators report that it becomes the default in general, \
            and mapi4linux has none"
    }:
        "SetDefaultProfile(null) clears the default. At most one row has PR_DEFAULT_PROFILE TRUE. A \
        profile that CreateProfile makes while there is no other is not the default for that \
        (`first-profile = plain`, the default), or it is, unless it is an app profile (`default`)."
    "PROF-7" {
        D ["iprofadmin-copyprofile", "iprofadmin-renameprofile", "iprofadmin-adminservices",
            "iprofadmin-changeprofilepassword"];
        C "for CreateProfile"
    }:
        "A password is null or empty; any other gives MAPI_E_LOGON_FAILED. ChangeProfilePassword \
        gives S_OK and does nothing."
    "PROF-8" ["app-profiles"] {
        D ["iprofadmin-createprofile", "iprofadmin-getprofiletable", "iprofadmin-deleteprofile",
            "iprofadmin-copyprofile", "iprofadmin-renameprofile", "iprofadmin-setdefaultprofile"]
    }:
        "A profile made with MAPI_APP_PROFILE is shown in the table only with that flag, and \
        deleting, copying or renaming it without the flag gives MAPI_E_NO_ACCESS. It cannot be \
        the default (E_FAIL); a copy of one is one, and any other copy is not. All this is \
        `app-profiles = supported`, the default; for `unrecognized` see PROF-12."
    "PROF-9" {
        D ["setting-up-an-offline-state-add-in", "pidtagprofilename-canonical-property",
            "imapisession-openprofilesection", "imapiprop-getprops", "mapi-profiles"]
    }:
        "IMAPISession::OpenProfileSection(pbGlobalProfileSectionGuid) gives an IProfSect whose \
        GetProps answers PR_PROFILE_NAME_W, in memory that MAPIFreeBuffer frees. An absent \
        property gives MAPI_W_ERRORS_RETURNED, with PT_ERROR/MAPI_E_NOT_FOUND in its place; an \
        array of zero tags gives MAPI_E_INVALID_PARAMETER. An unknown section without MAPI_MODIFY \
        gives MAPI_E_NOT_FOUND; the methods for named properties give MAPI_E_NO_SUPPORT."
    "PROF-10" {
        D ["mapiinitialize", "mapiuninitialize", "mapiinit_0"]
            "the counts, what the structure is, and both codes";
        D ["using-thread-safe-objects"] "as many calls of one as of the other, on each thread";
        O [THREADING_RULES] "the same";
        C "which code is for what, and the answer to a second call"
    }:
        "The calls of MAPIInitialize are counted, each giving S_OK, and as many of MAPIUninitialize end \
        it (PROF-15 says what that means). Its structure may be null; \
        a ulVersion other than 0 gives MAPI_E_INVALID_PARAMETER, and a flag other than \
        MAPI_MULTITHREAD_NOTIFICATIONS, MAPI_NO_COINIT and MAPI_NT_SERVICE gives \
        MAPI_E_UNKNOWN_FLAGS, and neither counts. A MAPIUninitialize that has nothing to undo does \
        nothing; it is reported as `unbalanced-initialize`, and so is at the end each client whose \
        MAPIInitialize was not undone. In virtual time one thread calls, and the call of another is \
        refused (LIFE-7), so that what holds for the process holds for the thread. With real threads \
        each thread undoes its own calls: it is reported of each."
    "PROF-11" { OURS }:
        "A profile marked for deletion (PROF-5) is still found by HrOpenOfflineObj while it is in \
        use, and no longer by profile administration; its name stays taken. A marked rename \
        reserves the new name. A later mark replaces the earlier."
    "PROF-12" ["app-profiles"] {
        D ["iprofadmin-createprofile"] "that an implementation may not recognize the flag";
        C "what happens then"
    }:
        "With `app-profiles = unrecognized` MAPI_APP_PROFILE is ignored, so that every profile is \
        an ordinary one."
    "PROF-13" { OURS }:
        "Names are compared (OPEN-6) character by character in upper case; a character whose \
        upper case is more than one character stands for itself."
    "PROF-14" { OURS }:
        "8-bit strings are UTF-8, as with the code page 65001; other bytes, and a null name, give \
        MAPI_E_INVALID_PARAMETER. A flag that a method does not know gives MAPI_E_UNKNOWN_FLAGS, \
        and a null out pointer MAPI_E_INVALID_PARAMETER. AdminServices of a profile that could be \
        administered gives MAPI_E_NO_SUPPORT, reported as `not-emulated`."
    "PROF-15" ["initialized"] {
        D ["mapiinitialize", "initializing-mapi", "using-thread-safe-objects", "mapiuninitialize"]
            "`client`: every MAPI call, each process for itself, and none after the last MAPIUninitialize";
        O [KOPANO] "`host`: it never calls MAPIInitialize, nor does the documented sample add-in";
        C "which functions these are, the code that interfaces give afterwards, and AddRef and Release"
    }:
        "Outlook has initialised MAPI for its process, so that each exported function works for a client \
        that never calls MAPIInitialize (`initialized = host`, the default: observed, and not the literal \
        reading). With `client` a function that is called while MAPIInitialize is not in force (PROF-10) \
        gives MAPI_E_NOT_INITIALIZED, HrOpenOfflineObj and HrCreateOfflineObj included, and changes \
        nothing; the call is in the trace, and is reported as `not-initialized`. MAPIFreeBuffer always \
        works, and MAPIInitialize itself. After the last MAPIUninitialize a method of any interface of MAPI, \
        offline objects included, gives MAPI_E_NOT_INITIALIZED and does nothing, AddRef and Release count \
        all the same, and each is reported as `use-after-uninitialize`. With `host` Outlook's own \
        initialisation stands, and interfaces work as before. \
        Clients in Rust and in scenario files have initialised MAPI."
    "PROF-16" {
        D ["mapi-profiles"] "that SaveChanges does nothing on a profile section";
        C "the rest, a limit of the emulation"
    }:
        "The profile section is read-only: SetProps and DeleteProps give MAPI_E_NO_ACCESS, and \
        SaveChanges gives S_OK and changes nothing. OpenProperty, CopyTo and CopyProps give MAPI_E_NO_SUPPORT. With \
        MAPI_MODIFY an unknown section gives MAPI_E_NO_SUPPORT, reported as `not-emulated`."
    "PROF-17" {
        D ["mapiallocatebuffer", "mapiallocatemore", "mapifreebuffer"]
            "each buffer is freed once; a piece goes with its parent, which is no piece itself";
        C "the codes"
    }:
        "MAPIFreeBuffer of null gives S_OK. Of what was freed before, of what MAPIAllocateMore gave, \
        which is freed with its parent, and of what MAPIAllocateBuffer did not give it frees nothing \
        and gives MAPI_E_INVALID_PARAMETER, and behind the C door it is reported as `bad-free`. \
        MAPIAllocateMore with a parent that is such a piece, or that MAPIAllocateBuffer did not give, \
        gives MAPI_E_INVALID_PARAMETER, reported as `bad-argument`. A buffer that is not freed when the \
        emulation has shut down is reported as `leaked-buffer`."
}
"The profile table" {
    "TABLE-1" {
        D ["profile-tables", "imapitable-getstatus", "imapitable-advise"]
            "a static table, what that type is called, and Advise on one"
    }:
        "The profile table is of type TBLTYPE_SNAPSHOT (0) with status TBLSTAT_COMPLETE (0). Its \
        Advise gives MAPI_E_NO_SUPPORT."
    "TABLE-2" { D ["imapitable-queryrows", "imapitable-findrow"] }:
        "QueryRows(0) gives MAPI_E_INVALID_PARAMETER; at the end of the table it gives S_OK and 0 \
        rows. Each row is allocated on its own, and a column that is not supported has \
        PT_ERROR/MAPI_E_NOT_FOUND in its place. FindRow without a hit gives MAPI_E_NOT_FOUND."
    "TABLE-3" { D ["imapitable-restrict", "imapitable-sorttable", "imapitable-freebookmark"] }:
        "Restrict and SortTable discard the bookmarks and go back to the first row. Freeing a \
        predefined bookmark gives S_OK."
    "TABLE-4" ["find-backward", "rows"] {
        D ["imapitable-queryrows", "imapitable-findrow", "imapitable-getcollapsestate"]
            "how QueryRows moves, that fewer rows may come, where FindRow begins in both directions, \
            that BOOKMARK_CURRENT is always valid, and a table without categories";
        O [MAPI4LINUX] "that a backward FindRow looks at its origin first";
        C "Abort, WaitForCompletion, Unadvise, how many rows are fewer, what FindRow looks at first from \
            BOOKMARK_END, and where the position is after it"
    }:
        "Abort gives S_OK, and WaitForCompletion S_OK with TBLSTAT_COMPLETE; Unadvise, ExpandRow, \
        CollapseRow, GetCollapseState and SetCollapseState give MAPI_E_NO_SUPPORT. QueryRows of -n \
        goes back by n rows, at most to the first, and reads forward the rows that it passed over. \
        Without TBL_NOADVANCE the position is behind the last row that is given, and with it on the \
        first. With `rows = fewer` (default `all`) half of the rows come, at least one. FindRow \
        forward looks at the row of its origin first; backward at the one before it \
        (`find-backward = before`, the default), which is the last row from BOOKMARK_END and none \
        from BOOKMARK_BEGINNING, or at the origin (`at`). After a hit the position is on the row, and \
        without one it stays."
    "TABLE-5" {
        D ["imapitable-restrict", "imapitable-sorttable"]
            "what a restriction on another column gives is undefined, and MAPI_E_TOO_COMPLEX is for \
            what the table cannot do";
        C "what that is"
    }:
        "A restriction on a column that the table does not have, or on a value of another type, \
        does not hold; texts are compared with regard to case unless FL_IGNORECASE or FL_LOOSE \
        says otherwise. RES_SUBRESTRICTION, RELOP_RE, categories, sorting by a column that the \
        table does not have, and more than 1024 conditions or 32 levels give MAPI_E_TOO_COMPLEX."
}
"Logging on" {
    "LOGON-1" { D ["mapilogonex", "imapisession-logoff"] }:
        "MAPILogonEx fails with MAPI_E_LOGON_FAILED. Without MAPI_NEW_SESSION an existing shared \
        session wins over the name; MAPI_USE_DEFAULT takes the default profile. After Logoff only \
        Release is allowed."
    "LOGON-2" { D ["mapilogonex"] "what MAPI_ALLOW_OTHERS shares"; C "until when, and the codes" }:
        "A session is shared from a MAPILogonEx with MAPI_ALLOW_OTHERS on until its last \
        IMAPISession is logged off or released; until then its profile is in use (PROF-5). A call \
        of the session or of a profile section that it gave, Release aside, after Logoff gives E_FAIL and is reported as `call-after-logoff`. What an offline-state \
        client does not need gives MAPI_E_NO_SUPPORT, reported as `not-emulated`."
    "LOGON-3" { OURS }:
        "Interfaces of profile administration, tables, sessions and profile sections that are \
        alive when the host has quit are reported as `leaked-reference`."
    "LOGON-4" {
        D ["mapilogonex"] "that a shared session is joined whatever name is given, that MAPI_NEW_SESSION is for a \
            certain profile, and that a name has 64 characters at most";
        C "that the host shares its session, and what happens to a longer name"
    }:
        "While the default profile is logged on the host shares its session: MAPILogonEx without MAPI_NEW_SESSION joins \
        it, if no client shares another (LOGON-2), whatever name is given, and without looking at the password. A name \
        that is not that of the session that is joined is reported as `joined-other-session`. A name of more than 64 \
        characters is reported as `bad-argument`, and goes on as any other name. After log-off of the default profile, \
        and without one, the host shares nothing."
    "LOGON-5" {
        D ["imapisession-logoff"] "that clients never pass the flag, since every client would begin to shut down";
        C "that nothing of that happens here"
    }:
        "Logoff with MAPI_LOGOFF_SHARED is reported as `shared-logoff`. It ends the session of the caller as any other \
        Logoff, and no other client is told."
}
"Failures on purpose" {
    "FAIL-1" {
        D ["hropenofflineobj", "imapioffline-setcurrentstate", "imapiofflinemgr-advise"]
            "which failures of the API's own calls are documented";
        C "the rest, a means of testing"
    }:
        "A test can have the nth call of a function that a client makes return a failure that is \
        documented for the function, or that any COM call may give (E_OUTOFMEMORY, E_FAIL). The call \
        gives nothing and changes nothing, nobody is notified, and nothing is reported. AddRef and \
        Release never fail. The trace says of such a return that it is on purpose."
}
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::policy::KNOBS;

    /// The family of an id and its number: `("SET", 4)`.
    fn split(id: &str) -> (&str, u32) {
        let (family, number) = id.split_once('-').unwrap_or((id, "0"));
        (family, number.parse().unwrap())
    }

    #[test]
    fn ids_are_unique_and_count_up_within_their_family() {
        let mut last: Option<(&str, u32)> = None;
        let mut families = BTreeSet::new();
        for rule in RULES {
            assert_eq!(Rule::find(rule.id).map(|found| found.id), Some(rule.id));
            let (family, number) = split(rule.id);
            match last {
                Some((same, before)) if same == family => {
                    assert_eq!(number, before + 1, "{} does not follow", rule.id);
                }
                _ => {
                    assert!(families.insert(family), "{family} stands in two places");
                    assert!(number <= 1, "{} is the first of its family", rule.id);
                }
            }
            last = Some((family, number));
        }
    }

    #[test]
    fn the_rules_of_a_group_stand_together() {
        let mut groups: Vec<&str> = RULES.iter().map(|rule| rule.group).collect();
        groups.dedup();
        let distinct: BTreeSet<&str> = groups.iter().copied().collect();
        assert_eq!(groups.len(), distinct.len(), "{groups:?}");
    }

    #[test]
    fn what_is_documented_names_its_pages_and_what_is_observed_its_sources() {
        for rule in RULES {
            assert!(!rule.grounds.is_empty(), "{}", rule.id);
            for ground in rule.grounds {
                let (pages, sources) = match ground.kind {
                    GroundKind::Documented | GroundKind::DocumentedForMapi => (true, false),
                    GroundKind::Observed => (false, true),
                    GroundKind::Com | GroundKind::Chosen | GroundKind::ChosenAlone => {
                        (false, false)
                    }
                };
                assert_eq!(!ground.pages.is_empty(), pages, "{}: {ground}", rule.id);
                assert_eq!(!ground.seen.is_empty(), sources, "{}: {ground}", rule.id);
            }
        }
    }

    #[test]
    fn pages_are_named_by_their_files() {
        let pages = RULES
            .iter()
            .flat_map(|rule| rule.grounds)
            .flat_map(|ground| ground.pages);
        for page in pages {
            let is_name = page
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_/".contains(&b));
            assert!(is_name, "{page}");
        }
    }

    #[test]
    fn what_is_said_to_differ_still_differs() {
        for rule in RULES {
            for difference in rule.differences {
                let said = difference.differs;
                assert!(
                    difference.stands.still(rule.text),
                    "{} has changed: take this mark away, or say what still differs: {said}",
                    rule.id
                );
                let Some((name, values)) = difference.knob else {
                    continue;
                };
                assert!(values.len() > 1, "{}: {name} decides nothing", rule.id);
                assert!(
                    KNOBS.iter().all(|knob| knob.name != name),
                    "{}: there is a knob `{name}` now: take this mark away: {said}",
                    rule.id
                );
            }
        }
    }

    #[test]
    fn every_knob_names_a_rule_that_lists_it_and_explains_its_values() {
        for knob in KNOBS {
            let rule = RULES.iter().find(|rule| rule.id == knob.rule);
            let rule = rule.unwrap_or_else(|| panic!("{} rests on {}", knob.name, knob.rule));
            assert!(
                rule.knobs.contains(&knob.name),
                "{} lacks {}",
                rule.id,
                knob.name
            );
            for value in knob.values {
                assert!(
                    rule.text.contains(value),
                    "{} does not say {} = {value}",
                    rule.id,
                    knob.name
                );
            }
        }
    }

    #[test]
    fn every_knob_that_a_rule_lists_exists_and_is_named_in_its_text() {
        for rule in RULES {
            for name in rule.knobs {
                assert!(
                    KNOBS.iter().any(|knob| knob.name == *name),
                    "{} lists {name}",
                    rule.id
                );
                assert!(
                    rule.text.contains(&format!("`{name}")),
                    "{} does not say {name}",
                    rule.id
                );
            }
        }
    }
}
