//! Choices about the host, lifetimes, profiles, tables and sessions: HOST, LIFE, PROF, TABLE, LOGON.

use super::{choices, decision};

choices! {
"HOST-1" {
    for: "The Work Offline button and the connection are two reasons to be offline, and one is enough.",
    against: "Kopano's provider takes the state in this API for what the button shows, so a lost \
        server may not change it at all.",
    experiment: "Unplug the network, wait, and read the state and the button; set it with \
        SetCurrentState and look at the button; plug in again and look at both.",
}
"HOST-2" {
    for: "An add-in is disconnected before the session ends, and its clean-up is what tests are for. It \
        is what Outlook 2007 does, and a policy that later ones still have.",
    against: "Since 2010 Outlook does not tell add-ins that it ends by default \
        (pia/systematically-releasing-objects). Before 2007 it could wait for references to its object \
        model (shutdown posts); whether those to an offline object count is not said.",
    experiment: "Quit with a registration and a reference left over, under each value of the policy \
        and with RequireShutdownNotification; write to a log what is called, and whether the callback \
        is released.",
}
"HOST-3" {
    for: "The Work Offline button keeps its position when Outlook is started again.",
    against: "Whether it is kept for each profile or for the user is not documented.",
    experiment: "Work offline, quit, start, and read the state in OnStartupComplete; with two profiles \
        look at the other one.",
}
"HOST-4" {
    for: "A wish that will not be carried out has nothing to wait for.",
    emulation: "`wait` is a word of scenario files.",
}
"HOST-5" {
    for: "The overview has MAPI query each provider before it answers its client, and an add-in that requires \
        it is told of the shutdown before the process begins to end.",
    against: "MAPI may stop at the first refusal, and add-ins may be told before any provider is asked: the \
        pages on add-ins and those on providers do not name each other.",
    experiment: "A store and a transport provider that write a log, of which the first refuses, beside an add-in \
        with RequireShutdownNotification: quit under each value of FastShutdownBehavior, and read the order.",
}
"HOST-6" {
    for: "A profile that logs on has its object, so that nothing that a client is told of comes before it can look.",
    against: "A provider's Logon is part of the profile's logging on, and the one provider that is known to open the \
        object there has an answer ready for the failure (Kopano's provider).",
    experiment: "Open the object in OnConnection with ext_cm_Startup, in a provider's Logon, and in \
        OnStartupComplete, and compare the answers and the pointers.",
}
"LIFE-1" {
    for: "COM's rules, and the two interfaces of the pages. An object that answered IAgileObject would \
        promise more than any page does.",
    against: "Outlook's object may answer IMarshal, or interfaces of its own.",
    experiment: "Ask the object for IUnknown, IMAPIOffline, IMAPIOfflineMgr, IAgileObject, IMarshal, \
        IInspectable and IDispatch, and back; compare the pointers.",
}
"LIFE-2" {
    for: "The state of a profile outlives any client that asks for it.",
    against: "The object may be made at the first open and go with the last release.",
    experiment: "Note what Release gives; open, release all, open again, and compare the pointers; set \
        the state in between from another client.",
}
"LIFE-3" {
    for: "Objects become invalid at log-off (ending-a-mapi-session), and a call that waits for a \
        transition that will not end must come back.",
    against: "A fast shutdown releases nothing: the process ends.",
    experiment: "End Outlook with a registration left, under the policy that asks add-ins, and log \
        whether the callback is released, and on which thread.",
}
"LIFE-4" {
    for: "The page lets the call fail. E_FAIL says no more than that; Unadvise must return S_OK.",
    against: "MAPI_E_INVALID_OBJECT and MAPI_E_END_OF_SESSION would say more, and a crash is possible: \
        the page allows no call.",
    experiment: "None that is safe: a call on an object of an ended session may crash Outlook.",
}
"LIFE-5" {
    for: "A call on memory that is gone tells nobody anything; an object that is kept can.",
    emulation: "In Outlook such a call is undefined behaviour.",
}
"LIFE-6" {
    for: "Who leaks can be told only if each reference has an owner.",
    emulation: "Real COM has no owners of references.",
}
"LIFE-7" {
    for: "One emulated Outlook of virtual time is one value, which threads must not share; an error \
        that can be seen is better than a data race.",
    emulation: "MAPI's objects are free-threaded as a rule (using-thread-safe-objects); \
        `ThreadedOutlook` is for that.",
}
"PROF-3" {
    for: "The pages give the characters and the length. mapi4linux gives MAPI_E_INVALID_PARAMETER for \
        a null name.",
    against: "The pages give no code for another name, and profiles with hyphens and points in their \
        names exist: `profile-names`.",
    experiment: "With a test profile only: create profiles named with a hyphen, a point, a backslash, a \
        leading space, 64 and 65 characters; note the codes, and delete what was made.",
}
"PROF-4" {
    for: "Creating and copying document the code for a name that is taken, and renaming is the same \
        question. mapi4linux agrees for CreateProfile.",
    against: "The page of RenameProfile names neither a taken nor an unknown name.",
    experiment: "Rename a test profile onto another one, and rename an unknown one; note the codes.",
}
"PROF-6" {
    for: "No page says that creating a profile makes it the default, and SetDefaultProfile is there for \
        that.",
    against: "Administrators report that the first profile becomes the default in general.",
    experiment: "Only on a machine without profiles: create one, and read PR_DEFAULT_PROFILE.",
}
"PROF-7" {
    for: "The other methods document MAPI_E_LOGON_FAILED for a wrong password, and CreateProfile \
        documents that it must be null or empty.",
    against: "CreateProfile may ignore it, as mapi4linux does.",
    experiment: "Create a test profile with a password, note the code, and delete it.",
}
"PROF-10" {
    for: "Both codes are documented for the first step, in which parameters and flags are checked; which \
        is for what, their names say.",
    against: "The page gives S_OK for MAPI that has not been initialized before, and says nothing of the \
        second call.",
    experiment: "Call MAPIInitialize twice, with ulVersion 1, and with the flag 0x40; note the codes.",
}
"PROF-11" {
    for: "A profile that is deleted when it is not in use any more is there until then.",
    against: "Outlook may open its object no longer, or free its name at once.",
    experiment: "Delete the running test profile, then open its object, create a profile of its name, \
        and read the table; restart.",
}
"PROF-12" {
    for: "A flag that is not recognized and not refused is ignored.",
    against: "An unknown flag may give MAPI_E_UNKNOWN_FLAGS.",
    experiment: "Create a test profile with MAPI_APP_PROFILE, read the table without it, and delete it \
        without it; note the codes and the rows.",
}
"PROF-13" {
    for: "Windows compares names of registry keys character by character in upper case.",
    experiment: "Create test profiles whose names differ in the sharp s, in the dotless i and in \
        accents alone.",
}
"PROF-14" {
    for: "UTF-8 is the one code page that is the same everywhere, and Windows has it as 65001. The codes \
        are MAPI's words for such mistakes.",
    against: "A real machine has another code page as a rule, and null names may crash.",
    experiment: "Note the code page of the process; call each method with an unknown flag. Null \
        pointers are not tried.",
}
"PROF-15" {
    for: "\"Any other MAPI call\" are the exported functions, since an interface can only come from one \
        of them.",
    against: "After the last MAPIUninitialize the library may be gone, and a Release with it crashes.",
    experiment: "In an add-in that has called nothing: call HrOpenOfflineObj and MAPIAdminProfiles on \
        the main thread and on a new one, before and after MAPIInitialize; note the codes.",
}
"PROF-16" {
    for: "A client of this API reads one property, and what is not emulated says so.",
    against: "OpenProfileSection with MAPI_MODIFY makes a new section, and its properties can be set.",
    experiment: "Call SetProps on the global section, opened without MAPI_MODIFY; note the code. \
        Nothing is written.",
}
"PROF-17" {
    for: "MAPIFreeBuffer gives an SCODE, and a pointer that it does not know is a bad parameter.",
    against: "The page names S_OK alone; the real function may end the process.",
    emulation: "What is wrong is a finding in any case, and none of it is tried in a real Outlook.",
}
"TABLE-4" {
    for: "A table of four rows has nothing to abort and nothing to wait for; one that is static has no \
        registrations.",
    against: "imapitable-unadvise documents S_OK alone. mapi4linux looks at the origin backward too. Of \
        the end, one page says that backward begins before it, and another that the bookmark is the \
        last row.",
    experiment: "With three test profiles: QueryRows of -1 and -5 from each position with and without \
        TBL_NOADVANCE, FindRow in both directions from each bookmark, and SeekRow(0) after each to \
        learn the position.",
}
"TABLE-5" {
    for: "The pages leave it to the table what is too complex, and undefined what a column gives that \
        is not there.",
    against: "Outlook's table may know more kinds of restriction, and sort by columns that it does not \
        show.",
    experiment: "Restrict the profile table by a text, by a column that it lacks, and with a bit mask; \
        sort by PR_INSTANCE_KEY; note the codes and the rows.",
}
"LOGON-2" {
    for: "A session that others may join ends with its last user, and what ended it cannot be told \
        apart from a release.",
    against: "The page gives no code for a call after Logoff, and says only that none is allowed.",
    experiment: "Log on twice with MAPI_ALLOW_OTHERS, log off once, and log on without a name; note \
        which profile it is. Calls after Logoff are not tried.",
}
"LOGON-3" {
    for: "What is still held when the host ends is what a test wants to know.",
    emulation: "It is a finding, not a behaviour.",
}
"LOGON-4" {
    for: "Outlook logs on for its user, and the documented sample logs on with MAPI_USE_DEFAULT and without \
        MAPI_NEW_SESSION, to be where its user is.",
    against: "Outlook may log on without MAPI_ALLOW_OTHERS, and so share nothing; a name that is too long may be refused \
        or cut off.",
    experiment: "With Outlook running call MAPILogonEx without MAPI_NEW_SESSION and with another profile's name, in an \
        add-in and in a program of its own, and read PR_PROFILE_NAME of the session; then with 65 characters.",
}
"LOGON-5" {
    for: "The page tells clients never to pass the flag; what it would bring about ends the process that is tested.",
    emulation: "The emulation reports the mistake and goes on, so that what comes after it can be tested.",
}
"FAIL-1" {
    for: "A client must bear every answer that a call may give, and a real Outlook gives the rare ones \
        when no test is running.",
    emulation: "It is a means of testing, which no Outlook has.",
}
}
