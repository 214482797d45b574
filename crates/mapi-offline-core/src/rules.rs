//! The rule table: every behaviour of the emulation, its id, and why we believe it.

/// A rule of the emulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, as code, tests, traces and documentation cite it.
    pub id: &'static str,
    /// The interface, function or subject that it is about. The rules of one group stand together.
    pub group: &'static str,
    /// What it says.
    pub text: &'static str,
    /// Why we believe it. D: documented for this API, with the page of the Outlook MAPI reference.
    /// M: documented for notification in MAPI generally. O: observed. C: chosen, because the
    /// documentation is silent.
    pub basis: &'static str,
    /// The [knobs](crate::KNOBS) that vary it.
    pub knobs: &'static [&'static str],
}

/// Declares the rules by group: id, knobs if there are any, basis, and text.
macro_rules! rules {
    ($( $group:literal { $( $id:literal $([$($knob:literal),+])? $basis:literal: $text:literal )+ } )+) => {
        /// Every rule, by group, in the order of their ids.
        pub const RULES: &[Rule] = &[$($(
            Rule {
                id: $id,
                group: $group,
                text: $text,
                basis: $basis,
                knobs: &[$($($knob),+)?],
            },
        )+)+];
    };
}

// A basis of "C, ours" marks a choice that this project made on its own account: nothing that is
// documented or observed touches the question.
rules! {
"ABI" {
    "ABI" "D mapi-constants and the pages of the structures, interfaces and functions; MAPI's own \
        headers for the rest":
        "Constants, structure layouts, GUIDs, HRESULTs and vtables are those of \
        `fixtures/abi/offline.toml`: ULONG and HRESULT have 32 bits on every OS, and the strings \
        of the offline API are UTF-16 code units. Profile strings have 8 bits, unless the method \
        documents MAPI_UNICODE (SetDefaultProfile, ChangeProfilePassword, AdminServices, \
        IProfAdmin::GetLastError, MAPILogonEx) and it is set; for any other method that flag \
        gives MAPI_E_BAD_CHARWIDTH. A placeholder of a vtable returns E_NOTIMPL and is reported \
        as `placeholder-called`."
}
"HrOpenOfflineObj" {
    "OPEN-1" ["open-bad-argument"] "C":
        "A ulReserved other than 0, a null name, a null pGUID, a non-null pReserved or a null out \
        pointer gives E_INVALIDARG. With `open-bad-argument = MAPI_E_NOT_FOUND` (default \
        `E_INVALIDARG`) it gives the only failure that the function's page names."
    "OPEN-2" "COM convention":
        "On every failure a `*ppOfflineObj` that can be written to is set to null."
    "OPEN-3" "D hropenofflineobj, that it fails so; C the cases":
        "A profile that is unknown, has no offline object or is not logged on gives \
        MAPI_E_NOT_FOUND."
    "OPEN-4" "C":
        "A pGUID other than GUID_GlobalState gives MAPI_E_NOT_FOUND."
    "OPEN-5" "D hropenofflineobj":
        "When the host process is not Outlook, everyone gets MAPI_E_NOT_FOUND."
    "OPEN-6" "C (profile names are registry key names)":
        "Profile names are compared without regard to case, and keep the case they were created \
        with."
    "OPEN-7" "C; D hropenofflineobj says \"a global offline object\"":
        "Every open of one profile gives the same COM object: the IUnknown pointers are equal. \
        Each open gives a reference of its own."
    "OPEN-8" "D hropenofflineobj, hrcreateofflineobj; O":
        "The functions are exported as `HrOpenOfflineObj` and `HrCreateOfflineObj`, on 32-bit x86 \
        Windows also as `HrOpenOfflineObj@20` and `HrCreateOfflineObj@12`. The page gives the \
        decorated name without a condition, and 64-bit clients ask for it, so the library \
        answers to both names wherever the loader lets it."
    "OPEN-9" "C, ours":
        "A profile that CreateProfile or CopyProfile made is not logged on, and so cannot be \
        opened, until the host logs it on. From then on it has a global object with both \
        capabilities."
}
"HrCreateOfflineObj" {
    "CREATE-1" "D mapioffline_createinfo, mapioffline_aggregateinfo, what they must be; C the code":
        "ulFlags and ulCreateFlags are 0, both ulSize are exact, pConnectInfo and pRefTrackRoot \
        are null, and the structure, the name and the out pointer are not null. Anything else \
        gives E_INVALIDARG."
    "CREATE-2" "D hrcreateofflineobj (\"create/get global offline object\")":
        "GUID_GlobalState without a parent means the profile's one global object, which is \
        created, or returned if it exists, whatever pInstance says."
    "CREATE-3" "D mapioffline_createinfo; C what its registrations get, and what is covered":
        "A child made with pParent inherits the changes of its parent, and the child's \
        registrations are notified of them. A transition covers the object and those of its \
        descendants whose state differs from the target."
    "CREATE-4" "D mapioffline_createinfo, the identity; C the rest":
        "Apart from the global object, one (profile, pGUID, pInstance) is one object. A second \
        create returns it and ignores the capabilities; one that names another parent gives \
        E_INVALIDARG. A null pInstance or a null pGUID always makes a new object."
    "CREATE-5" ["aggregate"] "D mapioffline_aggregateinfo; C":
        "With pAggregateInfo the object is aggregated onto pOuterObj, whose QueryInterface passes \
        through to it. With `aggregate = nondelegating` (the default) the out pointer is the \
        inner, non-delegating one, with no lasting reference on the outer object; with \
        `delegating` it is one that delegates to the outer object."
    "CREATE-6" "C":
        "An object begins in the state of its parent, or ONLINE without one."
    "CREATE-7" "C":
        "A child that sets its own state changes itself and its descendants, never its parent. \
        The call gives E_PENDING while the child, or an object that it would change, is in a \
        transition."
    "CREATE-8" "C":
        "A cycle cannot be made. A parent of another profile gives E_INVALIDARG."
    "CREATE-9" "C; D mapioffline_createinfo, that pMAPISupport may be null":
        "An unknown profile and the wrong host fail as in OPEN-3 and OPEN-5. pMAPISupport may be \
        null."
    "CREATE-10" "C":
        "A child lives while references, registrations or children of it exist. Its reference on \
        its parent does not count as a client's."
    "CREATE-11" "C, ours":
        "A child that is made under an object in a transition is covered from the next phase on, \
        if its state then differs from the target. Its registrations that were made by then hear \
        the phases from there on: STATECHANGE without START, or, with `visible = done`, DONE alone. That \
        is so with either value of `join`, for they were made before the child took part (ADV-7)."
    "CREATE-12" "C, ours":
        "A host wish (HOST-1) waits until nothing that it would change is in a transition. A \
        SET-8 request, once accepted, begins without waiting, and leaves out the descendants that \
        are in a transition of their own."
    "CREATE-13" "C, ours":
        "Only an object that the call has just made, and is not the global one, can be aggregated \
        (CREATE-5); an existing one, or a null pOuterObj, gives E_INVALIDARG. The inner pointer's \
        QueryInterface answers IUnknown itself, and any other interface with a pointer that \
        delegates QueryInterface, AddRef and Release to the outer object. If the outer object asks \
        back while such a pointer asks it, the object answers itself."
}
"IMAPIOffline" {
    "CAP-1" ["noise"] "D imapioffline-getcapabilities; C the code":
        "GetCapabilities gives the object's mask; a null pointer gives E_INVALIDARG. Bits outside \
        0x3 may be set in it: with `noise` containing `capability-bits` they are."
    "CAP-2" "D imapioffline-getcapabilities, that the bits are independent; C":
        "The two capability bits are independent: an object may notify of going online and not \
        of going offline. Notifications of a direction that it lacks are not sent; its state \
        still changes."
    "CAP-3" ["noise"] "C, ours":
        "The bits that `noise` with `capability-bits` sets are 0x003f037c, the same as those of \
        STATE-3."
    "STATE-1" ["noise"] "D imapioffline-getcurrentstate; C the code; O (one shipped client masks \
        with 3, another does not)":
        "GetCurrentState gives exactly ONLINE or OFFLINE; a null pointer gives E_INVALIDARG. With \
        `noise` containing `state-bits` other bits of MAPIOFFLINE_STATE_ALL are set too, so a \
        client must mask with 0x3."
    "STATE-2" ["visible"] "D mapioffline_notify_type (START: going to; DONE: has); C between":
        "In a transition GetCurrentState gives the old state until the first STATECHANGE is about \
        to be sent (`visible = statechange`, the default), and the new one from then on. With \
        `visible = done` the new state shows before the first STATECHANGE_DONE."
    "STATE-3" ["noise"] "C, ours":
        "The bits that `noise` with `state-bits` sets are 0x003f037c, which is \
        MAPIOFFLINE_STATE_ALL without MAPIOFFLINE_STATE_OFFLINE_MASK."
    "SET-0" "C":
        "The rules of SetCurrentState apply in this order: dead or logged-off object (LIFE-5, \
        LIFE-4), SET-1, SET-7, SET-8 and SET-9, SET-4, SET-6, SET-5."
    "SET-1" "D imapioffline-setcurrentstate, what is supported; C the code":
        "ulFlags other than DEFAULT or BLOCK, a ulMask other than \
        MAPIOFFLINE_STATE_OFFLINE_MASK, a ulState that is not exactly ONLINE or OFFLINE, or a \
        non-null pReserved gives E_INVALIDARG."
    "SET-2" ["default-returns", "first-notify"] "D imapioffline-setcurrentstate, contradictory; M \
        supporting-event-notification against imapiadvisesink-onnotify and timing-a-notification":
        "With DEFAULT the transition is asynchronous and the call returns at once: S_OK \
        (`default-returns = S_OK`, the default) or `E_PENDING`. The page defines S_OK as \"has \
        been changed\" and E_PENDING as \"is changing\"; the transition starts either way. The \
        first notification comes after the call (`first-notify = after-return`, the default) or \
        during it (`during-call`)."
    "SET-3" ["block-returns"] "D imapioffline-setcurrentstate; C the exact moment":
        "With BLOCK the call returns S_OK when the change is complete, which is when the last \
        STATECHANGE_DONE has been delivered (`block-returns = after-done`, the default) or before \
        the DONEs (`before-done`). It does not wait for a follow-up that SET-8 accepted. A \
        log-off during the wait gives E_FAIL."
    "SET-4" "D imapioffline-setcurrentstate (\"all … calls\"; its two paragraphs disagree on which \
        flag)":
        "While a transition of the object runs, whichever flag started it, SetCurrentState from \
        anyone gives E_PENDING and changes nothing."
    "SET-5" ["redundant"] "C":
        "Setting the state that the object is already in gives S_OK and no notification \
        (`redundant = silent`, the default), or runs a transition whose old state is its new one \
        (`notify`)."
    "SET-6" "D mapioffline_createinfo, the meaning (\"capable of going\"); C the code":
        "A target state whose capability bit is missing gives MAPI_E_NO_SUPPORT. The host may \
        still go there."
    "SET-7" "O (a client author's report); C":
        "BLOCK from inside a Notify of the same object, or of one that it covers, can never \
        complete; in STATECHANGE_DONE the real one is said to deadlock. The emulation never \
        hangs: in every phase it reports `block-in-notify` and returns E_PENDING."
    "SET-8" ["set-in-done"] "O (an add-in that reverts the user's switch does this); C":
        "DEFAULT from inside a STATECHANGE_DONE is accepted, one a round; a second gives \
        E_PENDING. From then on the object counts as in a transition, which starts when that \
        round of DONEs is delivered. With `set-in-done = pending` (default `accepted`) none is \
        accepted: E_PENDING."
    "SET-9" "D (SET-4)":
        "DEFAULT from inside START or STATECHANGE gives E_PENDING."
    "SET-10" ["default-returns"] "C, ours":
        "A SET-8 request is subject to SET-6 and SET-5 like any other call; its target is \
        compared with the state that the STATECHANGEs brought. An accepted one returns what \
        `default-returns` says, so with `E_PENDING` the answer alone does not tell that it was \
        accepted."
    "SET-11" ["first-notify"] "C, ours":
        "With `first-notify = during-call` the STARTs of a DEFAULT call are delivered inside the \
        call, without delay. The STATECHANGEs and the DONEs follow at their usual distances."
}
"IMAPIOfflineMgr" {
    "ADV-1" ["null-callback"] "D imapiofflinemgr-advise, what is supported; C the codes":
        "Advise gives E_INVALIDARG for ulFlags other than 0, a null info, a null token pointer, a \
        wrong ulSize, a CallbackType other than NOTIFY, a ulAdviseTypes other than STATECHANGE, \
        a ulStateMask other than MAPIOFFLINE_STATE_ALL, or a null pCallback. With \
        `null-callback = E_NOINTERFACE` (default `E_INVALIDARG`) a null pCallback alone gives \
        that."
    "ADV-2" "D imapiofflinemgr-advise":
        "A pCallback whose QueryInterface does not give IMAPIOfflineNotify is refused with \
        E_NOINTERFACE."
    "ADV-3" "D imapiofflinemgr-unadvise (it releases the reference)":
        "A registration holds exactly one reference on its callback."
    "ADV-4" "M (connection numbers are not zero); C":
        "Advise tokens are not zero, are unique among the live registrations of the object, and \
        are not used again before the counter wraps."
    "ADV-5" "COM convention":
        "When Advise fails, a `*pulAdviseToken` that can be written to is 0, and no reference is \
        kept."
    "ADV-6" "C":
        "One callback may be registered many times: it has as many tokens, and gets as many \
        notifications."
    "ADV-7" ["join"] "C":
        "A registration that is made while a transition runs takes part from the next phase on \
        (`join = next-phase`, the default), so it sees STATECHANGE without START, or DONE alone. \
        With `next-transition` it takes part from the next transition on."
    "ADV-8" ["owner-release"] "M canceling-a-notification (implementations differ)":
        "Registrations outlive the object's last reference from outside (`owner-release = keep`, \
        the default), or are dropped with it (`drop`)."
    "UNADV-1" "D imapiofflinemgr-unadvise (\"must return S_OK\"); C":
        "Unadvise always returns S_OK, also for a token that it does not know, which is reported \
        as `stale-token`, and for flags other than 0."
    "UNADV-2" "D imapiofflinemgr-unadvise; M imapisupport-unsubscribe, imsgstore-unadvise (another \
        thread); C (this thread)":
        "Unadvise releases the reference on the callback. While a Notify on it is running the \
        Release waits until that Notify, or at the latest the round, has ended; Unadvise itself \
        never waits."
    "UNADV-3" ["late"] "C; M timing-a-notification (\"possibly after an Unadvise call\")":
        "No Notify starts on a registration after its Unadvise returned, not even in a round that \
        has begun; a Notify has started when the dispatcher found the registration alive. With \
        `late = queued` (default `never`) what was already queued for it still arrives, and the \
        callback is kept alive for it."
    "UNADV-4" "C; M (\"handlers should be reentrant\")":
        "Unadvise is allowed from inside any Notify, for any registration, the one being notified \
        included."
    "UNADV-5" "C, ours":
        "The count that advise tokens come from (ADV-4) goes on from one logon of a profile to \
        the next, so that a token left over from before is not live by accident."
}
"IMAPIOfflineNotify" {
    "NOTE-1" "D mapioffline_notify_type, the three types; C the barrier":
        "One transition sends each registration START, STATECHANGE and STATECHANGE_DONE, in this \
        order, save for ADV-7, CAP-2 and CREATE-11. All STARTs are delivered before the first STATECHANGE, \
        and all STATECHANGEs before the first DONE."
    "NOTE-2" "D mapioffline_notify; C the difference":
        "In a notification ulSize is 24, ulClientToken is what Advise was given, ulMask is \
        MAPIOFFLINE_STATE_OFFLINE_MASK, and the old and the new state are ONLINE or OFFLINE. They \
        differ, save with `redundant = notify` (SET-5)."
    "NOTE-3" "M imapiadvisesink-onnotify":
        "The structure is valid only during the call. Afterwards its memory is overwritten with \
        0xDD so that a kept pointer shows: after each call in the virtual driver, at the end of a \
        round in the threaded one."
    "NOTE-4" ["order"] "C":
        "Within a phase parents come before children, and then the registrations of an object in \
        the order in which they were made (`order = registration`, the default), in the opposite \
        one (`reverse`), or in any (`shuffled`)."
    "NOTE-5" ["thread"] "M mapiinit_0, ensuring-a-thread-safe-notification":
        "The thread of a notification may be another than the registering one: a worker of the \
        emulation (`thread = worker`, the default), the first thread that called MAPIInitialize, \
        when it pumps (`initializing`), the `registering` one, or the `caller` of \
        SetCurrentState. For a DEFAULT call `caller` needs `first-notify = during-call`. A thread \
        that pumps, or waits in a BLOCK call, is notified for every profile. If it has ended, or does not \
        pump while a BLOCK call waits for it (10 s), or has not by the log-off, its notifications are \
        passed over (finding `nobody-pumps`)."
    "NOTE-6" ["noise"] "D mapioffline_notify":
        "With `noise` containing `notifications`, notifications of other types or with other \
        masks arrive at any time, and a client must ignore them. `noise` is a set of \
        `state-bits` (STATE-1), `capability-bits` (CAP-1) and `notifications`; the default is \
        none of them."
    "NOTE-7" "C":
        "A panic in a callback made with our Rust adapters (a closure, or a value of the trait) is \
        contained: it is reported as `panic-in-notify`, and everyone else is still notified. One \
        that unwinds into a foreign COM thunk ends the process, as it would in Outlook."
    "NOTE-8" "C":
        "The notifications of one registration on an object with both capabilities form a chain: \
        the old state of a transition is the new state of the one before."
    "NOTE-9" ["noise"] "C, ours":
        "With `noise` containing `notifications`, each transition is accompanied by two rounds of \
        noise to every registration of the objects it covers: a STATECHANGE with a foreign mask \
        when it begins, and a notification of an unknown type after its DONEs."
    "NOTE-10" ["order"] "C, ours":
        "`order` varies the order among the registrations of one object. Parents come before \
        their children with every value."
    "NOTE-11" ["thread"] "C, ours":
        "In the virtual driver one thread plays every part, so the values of `thread` make no \
        difference there."
}
"The host" {
    "HOST-1" "C":
        "The host wants ONLINE when the user is online and the server is up, and OFFLINE \
        otherwise. Its events (work-offline, work-online, server-lost, server-back) never fail: \
        outside a transition they start one if the state differs. During one the latest wish is \
        kept and starts after the DONEs, before a SET-8 request, which is then dropped."
    "HOST-2" "C":
        "logon makes the objects of a profile openable; profiles start logged on. quit lets each \
        client disconnect in order (its DISCONNECT rules, as an add-in's OnDisconnection) and \
        then logs off; logoff does not ask."
    "HOST-3" "C, ours":
        "A host event without a profile is for every profile that is logged on. Whether the user \
        is online and the server is up is remembered for each profile, across log-off too; at a \
        logon the global object begins in the state that the host wants then."
    "HOST-4" "C, ours":
        "A host event with `wait` that a later, different wish overtakes returns at once."
}
"Lifetime" {
    "LIFE-1" "COM rules":
        "QueryInterface among IUnknown, IMAPIOffline and IMAPIOfflineMgr is reflexive, symmetric \
        and transitive, and IUnknown is one pointer. Any other interface, IAgileObject and \
        IInspectable included, gives E_NOINTERFACE and null."
    "LIFE-2" "C":
        "The global object lives as long as its profile is logged on, whatever clients release."
    "LIFE-3" "M ending-a-mapi-session (objects become invalid); C":
        "Log-off drops what is left of a running transition, wakes BLOCK calls with E_FAIL, and \
        releases the callback of every registration once, after a running Notify has ended."
    "LIFE-4" "M ending-a-mapi-session; C the code":
        "After log-off a call on a kept interface gives E_FAIL (Unadvise: S_OK) and is reported \
        as `call-after-logoff`."
    "LIFE-5" "C":
        "A fully released object can be kept as a zombie, which is an option: calls on it return \
        E_FAIL and are reported as `use-after-release`, and are not undefined behaviour."
    "LIFE-6" "C, ours":
        "In scenario files each client owns the references that it was given: its call on an \
        object of which it has none left is `use-after-release`, also when the object lives on, \
        and releasing more than it has is `over-release` and changes nothing. Between real COM \
        clients references belong to the process. AddRef and Release are allowed after log-off."
    "LIFE-7" "C, ours":
        "The emulated Outlook of virtual time and its objects belong to one thread. On another a \
        method gives RPC_E_WRONG_THREAD and changes nothing; AddRef and Release give 0. A panic \
        in the emulation gives E_FAIL and does not cross the door."
}
"Profiles" {
    "PROF-1" "D iprofadminiunknown":
        "The vtable of IProfAdmin is, in this order: GetLastError, GetProfileTable, \
        CreateProfile, DeleteProfile, ChangeProfilePassword, CopyProfile, RenameProfile, \
        SetDefaultProfile, AdminServices."
    "PROF-2" "D profile-tables, iprofadmin-getprofiletable, imapitable-findrow":
        "The profile table has PR_DISPLAY_NAME and PR_DEFAULT_PROFILE by default, and \
        PR_INSTANCE_KEY can be asked for. It has one row a profile, and none if there is no \
        profile. It is a snapshot: later changes do not show."
    "PROF-3" "D iprofadmin-createprofile; C the code":
        "A profile name has 1 to 64 characters: letters, with accents too, digits, the underscore \
        and spaces within, none at its ends. Any other name gives MAPI_E_INVALID_PARAMETER."
    "PROF-4" "D iprofadmin-createprofile, iprofadmin-deleteprofile, iprofadmin-copyprofile, \
        iprofadmin-setdefaultprofile, iprofadmin-adminservices; C Rename":
        "Creating, or copying or renaming onto, an existing name gives MAPI_E_NO_ACCESS. Delete, \
        Copy, Rename and SetDefault of an unknown name give MAPI_E_NOT_FOUND; AdminServices of one \
        gives MAPI_E_LOGON_FAILED."
    "PROF-5" "D iprofadmin-deleteprofile, iprofadmin-renameprofile":
        "Delete of a profile in use gives S_OK and marks it: it is gone from new tables, and is \
        really deleted when its last session ends. Rename of one in use likewise takes effect \
        then."
    "PROF-6" "D iprofadmin-setdefaultprofile":
        "SetDefaultProfile(null) clears the default. At most one row has PR_DEFAULT_PROFILE TRUE."
    "PROF-7" "D iprofadmin-copyprofile, iprofadmin-renameprofile, iprofadmin-adminservices, \
        iprofadmin-changeprofilepassword; C for Create":
        "A password is null or empty; any other gives MAPI_E_LOGON_FAILED. ChangeProfilePassword \
        gives S_OK and does nothing."
    "PROF-8" ["app-profiles"] "D":
        "A profile made with MAPI_APP_PROFILE is shown in the table only with that flag, and \
        deleting, copying or renaming it without the flag gives MAPI_E_NO_ACCESS. It cannot be \
        the default (E_FAIL); a copy of one is one, and any other copy is not. All this is \
        `app-profiles = supported`, the default; for `unrecognized` see PROF-12."
    "PROF-9" "D setting-up-an-offline-state-add-in, pidtagprofilename, \
        imapisession-openprofilesection, imapiprop-getprops":
        "IMAPISession::OpenProfileSection(pbGlobalProfileSectionGuid) gives an IProfSect whose \
        GetProps answers PR_PROFILE_NAME_W, in memory that MAPIFreeBuffer frees. An absent \
        property gives MAPI_W_ERRORS_RETURNED, with PT_ERROR/MAPI_E_NOT_FOUND in its place; an \
        array of zero tags gives MAPI_E_INVALID_PARAMETER. An unknown section without MAPI_MODIFY \
        gives MAPI_E_NOT_FOUND; the methods for named properties give MAPI_E_NO_SUPPORT."
    "PROF-10" "D mapiinitialize":
        "Before MAPIInitialize every MAPI call gives MAPI_E_NOT_INITIALIZED. Its calls are \
        counted, and as many of MAPIUninitialize end it."
    "PROF-11" "C, ours":
        "A profile marked for deletion (PROF-5) is still found by HrOpenOfflineObj while it is in \
        use, and no longer by profile administration; its name stays taken. A marked rename \
        reserves the new name. A later mark replaces the earlier."
    "PROF-12" ["app-profiles"] "C, ours":
        "With `app-profiles = unrecognized` MAPI_APP_PROFILE is ignored, so that every profile is \
        an ordinary one."
    "PROF-13" "C, ours":
        "Names are compared (OPEN-6) character by character in upper case; a character whose \
        upper case is more than one character stands for itself."
    "PROF-14" "C, ours":
        "8-bit strings are UTF-8, as with the code page 65001; other bytes, and a null name, give \
        MAPI_E_INVALID_PARAMETER. A flag that a method does not know gives MAPI_E_UNKNOWN_FLAGS, \
        and a null out pointer MAPI_E_INVALID_PARAMETER. AdminServices of a profile that could be \
        administered gives MAPI_E_NO_SUPPORT, reported as `not-emulated`."
    "PROF-15" "C, ours":
        "MAPI_E_NOT_INITIALIZED (PROF-10) is what exported functions give, HrOpenOfflineObj and \
        HrCreateOfflineObj included; MAPIFreeBuffer always works. Interfaces from before \
        MAPIUninitialize can still be called."
    "PROF-16" "C, ours":
        "The profile section is read-only: SetProps, DeleteProps and SaveChanges give \
        MAPI_E_NO_ACCESS. OpenProperty, CopyTo and CopyProps give MAPI_E_NO_SUPPORT. With \
        MAPI_MODIFY an unknown section gives MAPI_E_NO_SUPPORT, reported as `not-emulated`."
}
"The profile table" {
    "TABLE-1" "D":
        "The profile table is of type TBLTYPE_SNAPSHOT (0) with status TBLSTAT_COMPLETE (0). Its \
        Advise gives MAPI_E_NO_SUPPORT."
    "TABLE-2" "D":
        "QueryRows(0) gives MAPI_E_INVALID_PARAMETER; at the end of the table it gives S_OK and 0 \
        rows. Each row is allocated on its own, and a column that is not supported has \
        PT_ERROR/MAPI_E_NOT_FOUND in its place. FindRow without a hit gives MAPI_E_NOT_FOUND."
    "TABLE-3" "D":
        "Restrict and SortTable discard the bookmarks and go back to the first row. Freeing a \
        predefined bookmark gives S_OK."
    "TABLE-4" "C, ours":
        "Abort gives S_OK, and WaitForCompletion S_OK with TBLSTAT_COMPLETE; Unadvise, ExpandRow, \
        CollapseRow, GetCollapseState and SetCollapseState give MAPI_E_NO_SUPPORT. A negative \
        QueryRows gives the rows before the position, in the order of the table, and goes to the \
        first of them. FindRow looks at the row of its origin too, and without a hit the position \
        stays."
    "TABLE-5" "C, ours":
        "A restriction on a column that the table does not have, or on a value of another type, \
        does not hold; texts are compared with regard to case unless FL_IGNORECASE or FL_LOOSE \
        says otherwise. RES_SUBRESTRICTION, RELOP_RE, categories, sorting by a column that the \
        table does not have, and more than 1024 conditions or 32 levels give MAPI_E_TOO_COMPLEX."
}
"Logging on" {
    "LOGON-1" "D mapilogonex":
        "MAPILogonEx fails with MAPI_E_LOGON_FAILED. Without MAPI_NEW_SESSION an existing shared \
        session wins over the name; MAPI_USE_DEFAULT takes the default profile. After Logoff only \
        Release is allowed."
    "LOGON-2" "C, ours":
        "A session is shared from a MAPILogonEx with MAPI_ALLOW_OTHERS on until its last \
        IMAPISession is logged off or released; until then its profile is in use (PROF-5). A call \
        after Logoff gives E_FAIL and is reported as `call-after-logoff`. What an offline-state \
        client does not need gives MAPI_E_NO_SUPPORT, reported as `not-emulated`."
    "LOGON-3" "C, ours":
        "Interfaces of profile administration, tables, sessions and profile sections that are \
        alive when the host has quit are reported as `leaked-reference`."
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
    fn every_basis_says_what_kind_it_is() {
        for rule in RULES {
            let kind = rule.basis.split([' ', ',', ';']).next().unwrap();
            assert!(
                ["D", "M", "O", "C", "COM"].contains(&kind),
                "{}: {}",
                rule.id,
                rule.basis
            );
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
