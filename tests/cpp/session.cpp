/* MAPILogonEx, IMAPISession and the profile section (LOGON, PROF-9, PROF-10). */
#define INITGUID
#include "check.h"

static char *text(const char *words) { return const_cast<char *>(words); }

static LPMAPIUID global_section() {
    static MAPIUID uid;
    std::memcpy(&uid, pbGlobalProfileSectionGuid, sizeof uid);
    return &uid;
}

static std::string profile_of(LPMAPISESSION session) {
    LPPROFSECT section = nullptr;
    CHECK_HR(session->OpenProfileSection(global_section(), nullptr, 0, &section), S_OK);
    SizedSPropTagArray(1, tags) = {1, {PR_PROFILE_NAME_A}};
    ULONG count = 0;
    LPSPropValue values = nullptr;
    CHECK_HR(section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &values), S_OK);
    CHECK(count == 1 && values->ulPropTag == PR_PROFILE_NAME_A);
    std::string name = values->Value.lpszA;
    CHECK(MAPIFreeBuffer(values) == 0);
    section->Release();
    return name;
}

static void logon() {
    LPMAPISESSION session = nullptr, other = nullptr;
    const ULONG own = MAPI_NEW_SESSION;
    CHECK_HR(MAPILogonEx(0, text("None"), nullptr, own, &session), MAPI_E_LOGON_FAILED);
    CHECK_HR(MAPILogonEx(0, text("Work"), text("secret"), own, &session), MAPI_E_LOGON_FAILED);
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, own | MAPI_LOGON_UI, &session), MAPI_E_LOGON_FAILED);
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, 0x400, &session), MAPI_E_UNKNOWN_FLAGS);
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, 0, nullptr), MAPI_E_INVALID_PARAMETER);
    CHECK(session == nullptr);

    /* A shared session wins over the name, unless a new one is asked for. */
    WCHAR home[] = {'H', 'o', 'm', 'e', 0};
    ULONG flags = MAPI_EXTENDED | MAPI_ALLOW_OTHERS | MAPI_UNICODE | MAPI_NEW_SESSION;
    CHECK_HR(MAPILogonEx(0, reinterpret_cast<LPTSTR>(home), nullptr, flags, &session), S_OK);
    CHECK(profile_of(session) == "Home");
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, MAPI_EXTENDED, &other), S_OK);
    CHECK(profile_of(other) == "Home");
    other->Release();
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, MAPI_NEW_SESSION | MAPI_USE_DEFAULT, &other), S_OK);
    CHECK(profile_of(other) == "Work");

    /* After Logoff only Release is allowed, of its section too (LOGON-2). */
    LPPROFSECT section = nullptr, kept = nullptr;
    CHECK_HR(session->OpenProfileSection(global_section(), nullptr, 0, &kept), S_OK);
    LPPROFADMIN admin = nullptr;
    LPMAPITABLE table = nullptr;
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    CHECK_HR(admin->GetProfileTable(0, &table), S_OK);
    CHECK_HR(session->Logoff(0, 0, 0), S_OK);
    CHECK_HR(kept->SaveChanges(0), E_FAIL);
    kept->Release();
    CHECK_HR(session->OpenProfileSection(global_section(), nullptr, 0, &section), E_FAIL);
    session->Release();
    /* Profile administration belongs to no session. */
    ULONG count = 0;
    CHECK_HR(table->GetRowCount(0, &count), S_OK);
    CHECK(count == 2);
    CHECK_HR(admin->SetDefaultProfile(text("Work"), 0), S_OK);
    table->Release();
    admin->Release();
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, 0, &session), S_OK);
    CHECK(profile_of(session) == "Work");
    session->Release();
    other->Release();
}

static void section() {
    LPMAPISESSION session = nullptr;
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, MAPI_NEW_SESSION, &session), S_OK);
    LPPROFSECT section = nullptr;
    MAPIUID unknown;
    std::memset(&unknown, 7, sizeof unknown);
    CHECK_HR(session->OpenProfileSection(&unknown, nullptr, 0, &section), MAPI_E_NOT_FOUND);
    CHECK_HR(session->OpenProfileSection(nullptr, nullptr, 0, &section), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(session->OpenProfileSection(global_section(), &IID_IMAPITable, 0, &section),
             E_NOINTERFACE);
    CHECK_HR(session->OpenProfileSection(global_section(), &IID_IProfSect, 0, &section), S_OK);

    SizedSPropTagArray(2, tags) = {2, {PR_PROFILE_NAME_W, PR_DISPLAY_NAME_W}};
    LPSPropTagArray array = reinterpret_cast<LPSPropTagArray>(&tags);
    ULONG count = 0;
    LPSPropValue values = nullptr;
    CHECK_HR(section->GetProps(array, MAPI_UNICODE, &count, &values), MAPI_W_ERRORS_RETURNED);
    CHECK(count == 2 && values[0].ulPropTag == PR_PROFILE_NAME_W);
    CHECK(std::memcmp(values[0].Value.lpszW, OLESTR("Work"), 10) == 0);
    CHECK(values[1].ulPropTag == PROP_TAG(PT_ERROR, PROP_ID(PR_DISPLAY_NAME_W)));
    CHECK(values[1].Value.err == MAPI_E_NOT_FOUND);
    MAPIFreeBuffer(values);
    tags.cValues = 0;
    CHECK_HR(section->GetProps(array, 0, &count, &values), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(section->GetProps(nullptr, 0, &count, &values), S_OK);
    CHECK(count == 1);
    MAPIFreeBuffer(values);
    /* It is read-only, and SaveChanges changes nothing (PROF-16). */
    SPropValue other;
    other.ulPropTag = PR_PROFILE_NAME_A;
    other.Value.lpszA = text("Other");
    CHECK_HR(section->SetProps(1, &other, nullptr), MAPI_E_NO_ACCESS);
    tags.cValues = 1;
    CHECK_HR(section->DeleteProps(array, nullptr), MAPI_E_NO_ACCESS);
    CHECK_HR(section->SaveChanges(0), S_OK);
    CHECK(profile_of(session) == "Work");
    tags.cValues = 0;
    CHECK_HR(section->DeleteProps(array, nullptr), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(section->GetIDsFromNames(0, nullptr, 0, &array), MAPI_E_NO_SUPPORT);
    section->Release();

    LPMAPITABLE table = nullptr;
    CHECK_HR(session->GetMsgStoresTable(0, &table), MAPI_E_NO_SUPPORT);
    CHECK_HR(session->Unadvise(1), MAPI_E_NO_SUPPORT);
    session->Release();
}

/* The calls that the trace shows as refused. */
static std::vector<std::string> refused;

static void trace_line(void *, const char *line) {
    const char *const wanted[] = {"\"kind\":\"refused\"", "\"actor\":\"client\"",
                                  "\"gave\":\"MAPI_E_NOT_INITIALIZED\""};
    for (const char *part : wanted) {
        if (std::strstr(line, part) == nullptr)
            return;
    }
    const char *name = std::strstr(line, "\"fn\":\"") + 6;
    const char *end = std::strchr(name, '"');
    refused.push_back(std::string(name, end));
}

/* In Outlook, which has initialised MAPI itself, a client can do without (PROF-15). */
static void host_has_initialized() {
    describe();
    CHECK_HR(mapisim_start(), S_OK);
    LPVOID memory = nullptr;
    CHECK_HR(MAPIAllocateBuffer(8, &memory), S_OK);
    MAPIFreeBuffer(memory);
    LPPROFADMIN admin = nullptr;
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    admin->Release();
    open_work()->Release();
    CHECK(finish() == Ids());
}

/* As many of MAPIUninitialize as of MAPIInitialize (PROF-10). */
static void balance() {
    describe();
    CHECK_HR(mapisim_start(), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    MAPIUninitialize();
    MAPIUninitialize();
    CHECK(finish() == Ids({"unbalanced-initialize"}));

    describe();
    CHECK_HR(mapisim_start(), S_OK);
    CHECK_HR(mapisim_enter_client("one"), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    CHECK_HR(mapisim_leave_client(), S_OK);
    CHECK_HR(mapisim_enter_client("other"), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    MAPIUninitialize();
    CHECK_HR(mapisim_leave_client(), S_OK);
    CHECK(finish() == Ids({"unbalanced-initialize"}));
}

/* What is done wrongly with memory changes nothing, and is found (PROF-17). */
static void memory() {
    start();
    LPVOID buffer = nullptr, piece = nullptr, more = nullptr, kept = nullptr;
    CHECK_HR(MAPIAllocateBuffer(8, &buffer), S_OK);
    CHECK_HR(MAPIAllocateMore(8, buffer, &piece), S_OK);
    CHECK_HR(MAPIAllocateMore(8, piece, &more), MAPI_E_INVALID_PARAMETER);
    CHECK(MAPIFreeBuffer(piece) == static_cast<ULONG>(MAPI_E_INVALID_PARAMETER));
    std::memset(piece, 1, 8);
    CHECK(MAPIFreeBuffer(buffer) == 0);
    CHECK(MAPIFreeBuffer(buffer) == static_cast<ULONG>(MAPI_E_INVALID_PARAMETER));
    int own = 0;
    CHECK(MAPIFreeBuffer(&own) == static_cast<ULONG>(MAPI_E_INVALID_PARAMETER));
    CHECK_HR(MAPIAllocateMore(8, &own, &more), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(MAPIAllocateBuffer(8, &kept), S_OK);
    CHECK_HR(MAPIAllocateMore(8, kept, &more), S_OK);
    CHECK(finish() == Ids({"bad-argument", "bad-argument", "bad-free", "bad-free", "bad-free",
                           "leaked-buffer"}));
    CHECK(MAPIFreeBuffer(kept) == 0);
    start();
    CHECK(finish() == Ids());
}

/* After the last MAPIUninitialize no interface works (PROF-15), unless Outlook has initialised MAPI itself. */
static void after_the_end(const char *initialized) {
    bool is_over = std::strcmp(initialized, "client") == 0;
    start({"initialized", initialized});
    IMAPIOfflineMgr *manager = open_work();
    LPPROFADMIN admin = nullptr;
    LPMAPITABLE table = nullptr;
    LPMAPISESSION session = nullptr;
    LPPROFSECT section = nullptr;
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    CHECK_HR(admin->GetProfileTable(0, &table), S_OK);
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, MAPI_NEW_SESSION, &session), S_OK);
    CHECK_HR(session->OpenProfileSection(global_section(), nullptr, 0, &section), S_OK);
    MAPIUninitialize();
    is_initialized() = false;
    ULONG state = 0, count = 0;
    HRESULT expected = is_over ? MAPI_E_NOT_INITIALIZED : S_OK;
    CHECK_HR(manager->GetCurrentState(&state), expected);
    CHECK_HR(admin->SetDefaultProfile(nullptr, 0), expected);
    CHECK_HR(table->GetRowCount(0, &count), expected);
    CHECK_HR(section->SaveChanges(0), expected);
    CHECK_HR(session->Logoff(0, 0, 0), expected);
    CHECK(section->Release() == 0);
    CHECK(session->Release() == 0);
    CHECK(table->Release() == 0);
    CHECK(admin->Release() == 0);
    CHECK(manager->Release() == 0);
    /* A call of each of the five interfaces, and the Release of each. */
    Ids found = finish();
    CHECK(found.count("use-after-uninitialize") == (is_over ? 10u : 0u));
    CHECK(found.size() == found.count("use-after-uninitialize"));
}

/* While the default profile is logged on Outlook shares its session (LOGON-4). */
static void session_of_the_host() {
    describe();
    CHECK_HR(mapisim_profile("Home", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    initialize();
    LPMAPISESSION session = nullptr;
    const struct {
        const char *name;
        ULONG flags;
        const char *joins;
    } logons[] = {
        {nullptr, 0, "Work"},
        {"", MAPI_EXTENDED, "Work"},
        {"WORK", 0, "Work"},
        {"Home", MAPI_USE_DEFAULT, "Work"},
        {"Home", MAPI_NEW_SESSION, "Home"},
        {"Home", 0, "Work"}, /* joined-other-session */
        {"None", 0, "Work"}, /* the same */
    };
    for (const auto &logon : logons) {
        CHECK_HR(MAPILogonEx(0, text(logon.name), nullptr, logon.flags, &session), S_OK);
        CHECK(profile_of(session) == logon.joins);
        session->Release();
    }

    /* Nobody may end the session of others (LOGON-5); a name has 64 characters at most. */
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, 0, &session), S_OK);
    CHECK_HR(session->Logoff(0, MAPI_LOGOFF_SHARED | MAPI_LOGOFF_UI, 0), S_OK);
    session->Release();
    std::string longest(64, 'a'), longer(65, 'a');
    CHECK_HR(MAPILogonEx(0, text(longest.c_str()), nullptr, MAPI_NEW_SESSION, &session),
             MAPI_E_LOGON_FAILED);
    CHECK_HR(MAPILogonEx(0, text(longer.c_str()), nullptr, MAPI_NEW_SESSION, &session),
             MAPI_E_LOGON_FAILED);

    /* A profile that is not logged on, or is not the default, is not shared. */
    CHECK_HR(mapisim_log_off("Work"), S_OK);
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, 0, &session), MAPI_E_LOGON_FAILED);
    CHECK_HR(MAPILogonEx(0, text("Home"), nullptr, 0, &session), S_OK);
    CHECK(profile_of(session) == "Home");
    session->Release();
    CHECK(finish() == Ids({"bad-argument", "joined-other-session", "joined-other-session",
                           "shared-logoff"}));
}

/* A logon can fail for a while (FAIL-1). */
static void transient_failure() {
    start();
    LPMAPISESSION session = nullptr;
    CHECK_HR(mapisim_fail("client", "MAPILogonEx", 1, MAPI_E_TIMEOUT), S_OK);
    CHECK_HR(mapisim_fail("client", "MAPILogonEx", 2, MAPI_E_LOGON_FAILED), S_OK);
    CHECK_HR(mapisim_fail("client", "MAPILogonEx", 1, MAPI_E_NO_ACCESS), E_INVALIDARG);
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, MAPI_USE_DEFAULT, &session), MAPI_E_TIMEOUT);
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, MAPI_USE_DEFAULT, &session), MAPI_E_LOGON_FAILED);
    CHECK(session == nullptr);
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, MAPI_USE_DEFAULT, &session), S_OK);
    session->Release();
    CHECK(finish() == Ids());
}

int main() {
    session_of_the_host();
    transient_failure();
    after_the_end("host");
    after_the_end("client");
    memory();
    balance();
    host_has_initialized();

    describe({"initialized", "client"});
    CHECK_HR(mapisim_profile("Home", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), MAPI_E_NOT_INITIALIZED);
    CHECK_HR(mapisim_trace_lines(trace_line, nullptr), S_OK);
    CHECK_HR(mapisim_start(), S_OK);

    /* Before MAPIInitialize nothing works (PROF-15), and its calls are counted (PROF-10). */
    LPVOID memory = nullptr, more = nullptr;
    CHECK_HR(MAPIAllocateBuffer(8, &memory), MAPI_E_NOT_INITIALIZED);
    IMAPIOfflineMgr *manager = nullptr;
    CHECK_HR(HrOpenOfflineObj(0, OLESTR("Work"), &GUID_GlobalState, nullptr, &manager),
             MAPI_E_NOT_INITIALIZED);
    CHECK(refused == std::vector<std::string>({"MAPIAllocateBuffer", "HrOpenOfflineObj"}));
    MAPIUninitialize();
    MAPIINIT_0 init = {MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
    CHECK_HR(MAPIInitialize(&init), S_OK);
    MAPIINIT_0 wrong = {1, 0};
    CHECK_HR(MAPIInitialize(&wrong), MAPI_E_INVALID_PARAMETER);
    wrong = {MAPI_INIT_VERSION, MAPI_NO_COINIT | 0x40};
    CHECK_HR(MAPIInitialize(&wrong), MAPI_E_UNKNOWN_FLAGS);
    const ULONG known[] = {0, MAPI_NO_COINIT, MAPI_NT_SERVICE};
    for (ULONG flags : known) {
        init.ulFlags = flags;
        CHECK_HR(MAPIInitialize(&init), S_OK);
        MAPIUninitialize();
    }
    for (ULONG flag = 0x2; flag != 0; flag <<= 1) {
        wrong = {MAPI_INIT_VERSION, flag};
        if (flag != MAPI_NO_COINIT && flag != MAPI_NT_SERVICE)
            CHECK_HR(MAPIInitialize(&wrong), MAPI_E_UNKNOWN_FLAGS);
    }
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    MAPIUninitialize();
    CHECK_HR(MAPIAllocateBuffer(8, &memory), S_OK);
    CHECK_HR(MAPIAllocateMore(100000, memory, &more), S_OK);
    std::memset(memory, 1, 8);
    std::memset(more, 2, 100000);
    CHECK_HR(MAPIAllocateMore(1, more, &more), MAPI_E_INVALID_PARAMETER);
    CHECK(MAPIFreeBuffer(memory) == 0);
    CHECK(MAPIFreeBuffer(memory) == static_cast<ULONG>(MAPI_E_INVALID_PARAMETER));
    CHECK(MAPIFreeBuffer(nullptr) == 0);

    logon();
    section();
    MAPIUninitialize();
    MAPIUninitialize();
    CHECK_HR(MAPIAllocateBuffer(8, &memory), MAPI_E_NOT_INITIALIZED);
    CHECK(finish() == Ids({"bad-argument", "bad-free", "call-after-logoff", "call-after-logoff",
                           "joined-other-session", "not-emulated", "not-emulated", "not-initialized",
                           "not-initialized", "not-initialized", "unbalanced-initialize",
                           "unbalanced-initialize"}));
    return 0;
}
