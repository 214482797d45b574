//! Choices about opening and making objects: ABI, OPEN, CREATE.

use super::{choices, decision};

choices! {
"ABI" {
    for: "A placeholder is not supported (imapiofflineiunknown, imapiofflinemgrimapioffline), and \
        E_NOTIMPL is COM's word for that. The profile methods that take no MAPI_UNICODE declare \
        8-bit strings.",
    against: "The stubs of Kopano's provider gave MAPI_E_NO_SUPPORT. What a placeholder does in \
        Outlook is its own business: it may do anything. mapi4linux takes MAPI_UNICODE in \
        GetProfileTable.",
    experiment: "Call CreateProfile and GetProfileTable with MAPI_UNICODE, and note the codes. \
        Placeholders are not called: they are internal, and may do harm.",
}
"OPEN-1" {
    for: "E_INVALIDARG is what any COM method gives for a bad argument, and IMAPIOfflineMgr::Advise \
        documents it.",
    against: "The page of HrOpenOfflineObj names one failure, MAPI_E_NOT_FOUND.",
    experiment: "Call HrOpenOfflineObj with one bad argument at a time: ulReserved = 1, a null name, \
        a null pGUID, a pReserved that is not null. Note each code, and whether the call survives.",
}
"OPEN-3" {
    for: "MAPI_E_NOT_FOUND is the only failure that the page names, and the three cases are those in \
        which there is no object to open.",
    against: "For a profile that exists and is not logged on Outlook may make the object at the first \
        open: the page speaks of opening for a profile, not for a session.",
    experiment: "Open with the name of no profile; of a second profile that is not logged on; and of \
        the profile that runs. Note the codes.",
}
"OPEN-4" {
    for: "The page says that pGUID must be GUID_GlobalState, and that the function answers failures \
        with MAPI_E_NOT_FOUND.",
    against: "It may be an invalid argument instead, or open an object that a provider made with \
        HrCreateOfflineObj under that GUID.",
    experiment: "Open with a random GUID; then make an object with HrCreateOfflineObj under that GUID \
        and open again.",
}
"OPEN-6" {
    for: "Profiles are keys of the registry, whose names are compared without regard to case and keep \
        the case that they were made with.",
    experiment: "Open the running profile with its name in upper case, and compare the IUnknown \
        pointers.",
}
"OPEN-7" {
    for: "The documentation has one global object for each profile, and the sample opens it anew for \
        each question and expects to see the same state.",
    against: "Outlook may hand out a new COM object each time that stands for the same state.",
    experiment: "Open twice, ask both for IUnknown, and compare the pointers; advise through one, \
        release it, and see whether notifications come.",
}
"OPEN-8" {
    for: "A stdcall function of three arguments of 4 bytes is decorated @12 on 32-bit x86, and the \
        sample and shipped providers find HrOpenOfflineObj@20. On other systems nothing is decorated.",
    against: "What a 64-bit msmapi32.dll or a current olmapi32.dll exports has not been seen.",
    experiment: "List the exports of msmapi32.dll and olmapi32.dll in a 32-bit and in a 64-bit \
        Outlook (only the names), and ask GetProcAddress for both forms.",
}
"OPEN-9" {
    for: "A profile that nobody has logged on has no session that could hold an object.",
    experiment: "Create a profile while Outlook runs, and open its object by name; start Outlook with \
        it, and read its capabilities.",
}
"CREATE-1" {
    for: "The pages say what the members must be, and E_INVALIDARG is what Advise documents.",
    against: "The page documents no return value at all.",
    experiment: "Call HrCreateOfflineObj with one wrong member at a time, and note the codes.",
}
"CREATE-2" {
    for: "The example makes the parent with a null pInstance, and there is one global object.",
    against: "A pInstance that is not null may name another object of that type.",
    experiment: "Create with GUID_GlobalState and a random pInstance, and compare IUnknown with that \
        of HrOpenOfflineObj.",
}
"CREATE-3" {
    for: "The child inherits the changes of its parent, and a change of which its clients do not hear \
        would not be inherited by them.",
    against: "The child may be left alone whose state already is the target, or be notified all the \
        same.",
    experiment: "Make a provider object under the global one, advise on both, toggle Work Offline, and \
        compare what each hears; set the child first and toggle then.",
}
"CREATE-4" {
    for: "pInstance is there to tell this object from others, and the example of a store object, of \
        which there are many, gives null for both GUIDs.",
    against: "A second create may make a second object, or change the capabilities of the first.",
    experiment: "Create twice with the same GUIDs and other capabilities; compare IUnknown and \
        GetCapabilities.",
}
"CREATE-5" {
    for: "The page lets QueryInterface pass through to the created object, which is COM's aggregation; \
        there the maker gets the inner pointer. Kopano's store was once written to answer \
        IMAPIOfflineMgr itself.",
    against: "The page gives the out pointer as an IMAPIOfflineMgr, not as an IUnknown, so it may \
        delegate to the outer object.",
    experiment: "Aggregate onto an outer object that counts its references and logs QueryInterface; \
        ask the out pointer for IUnknown and for the outer object's interface, and count.",
}
"CREATE-6" {
    for: "A child that inherits changes begins where its parent is, or it would be wrong at once.",
    against: "It may begin ONLINE, or OFFLINE until its provider says otherwise.",
    experiment: "Work offline, create a child of the global object, and read its state; create one \
        without a parent and read it.",
}
"CREATE-7" {
    for: "Changes are inherited from parent to child, and no page lets them go up.",
    against: "A store that goes offline by itself may take its provider along.",
    experiment: "Set a child OFFLINE and read the states of parent, child and grandchild; set during a \
        transition of each.",
}
"CREATE-8" {
    for: "pParent is given when the object is made, and cannot be changed.",
    against: "A parent of another profile may be accepted.",
    experiment: "With two profiles in one process, give the global object of one as parent to an \
        object of the other. Needs a second session; a lone Outlook cannot show it.",
}
"CREATE-9" {
    for: "The two functions stand for the same objects and say nothing different.",
    against: "The page of HrCreateOfflineObj documents no failure.",
    experiment: "Create for an unknown profile name, and from a program that is not Outlook.",
}
"CREATE-10" {
    for: "COM's rule: an object lives as long as somebody holds it. A parent that inherits changes to \
        its children has to know them.",
    against: "A child may hold a reference on its parent that shows in the parent's count.",
    experiment: "Note the number that Release gives on the parent before and after a child is made and \
        released.",
}
"CREATE-11" {
    for: "A child that would hear nothing of a running change of its parent would be in a wrong state \
        until the next one.",
    against: "It may begin in the state that the parent goes to, and hear nothing.",
    experiment: "Make and advise on a child inside each phase of a notification of the global object, \
        and note what it hears.",
}
"CREATE-12" {
    for: "Two changes of one object at once would contradict the E_PENDING of SetCurrentState.",
    against: "The user's click may end a transition of a child early, or pass it by.",
    experiment: "Start a slow change of a child (a callback that sleeps) and toggle Work Offline; note \
        the order of the phases.",
}
"CREATE-13" {
    for: "COM's rules of aggregation: only the maker gets the inner pointer, so an object that exists \
        already cannot be taken into another.",
    against: "An existing object may be given back with its aggregation ignored.",
    experiment: "Create the global object, and one that exists already, with pAggregateInfo, and note \
        the codes.",
}
}
