/* The calls of MAPI around the Offline State API stand in the trace, and findings go back to them. */
#define INITGUID
#include "check.h"

static std::vector<std::string> lines;

/* Keeps the part of a line that tells of a call or its return: what is called, with what, and what it gave. */
static void trace_line(void *, const char *line) {
    const char *kind = std::strstr(line, "\"kind\":\"call\"");
    const char *returned = std::strstr(line, "\"kind\":\"return\"");
    const char *told = std::strstr(line, "\"fn\":");
    if ((kind == nullptr && returned == nullptr) || told == nullptr)
        return;
    lines.push_back(told);
}

static void begin() {
    lines.clear();
    describe();
    CHECK_HR(mapisim_trace_lines(trace_line, nullptr), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
}

static char *text(const char *words) { return const_cast<char *>(words); }

/* Checks that these lines have been told since the last look. */
static void told(const std::vector<std::string> &expected) {
    for (size_t i = 0; i < expected.size() || i < lines.size(); ++i) {
        std::string is = i < lines.size() ? lines[i] : "nothing", wanted = i < expected.size() ? expected[i] : "nothing";
        if (is != wanted)
            std::printf("told:   %s\nwanted: %s\n", is.c_str(), wanted.c_str());
        CHECK(is == wanted);
    }
    lines.clear();
}

/* Where the only finding of that kind is, and ends the emulation. */
static std::string where(const char *id) {
    uint32_t count = 0;
    std::string found;
    CHECK_HR(mapisim_shut_down(&count), S_OK);
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        const char *place = nullptr;
        CHECK_HR(mapisim_finding_at(i, &finding), S_OK);
        CHECK_HR(mapisim_finding_where(i, &place), S_OK);
        CHECK(finding.id == std::string(id) && found.empty());
        found = place;
    }
    const char *place = nullptr;
    CHECK_HR(mapisim_finding_where(count, &place), MAPI_E_NOT_FOUND);
    CHECK_HR(mapisim_finding_where(0, nullptr), E_INVALIDARG);
    CHECK_HR(mapisim_clear(), S_OK);
    return found;
}

static void every_interface_tells() {
    begin();
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    LPMAPISESSION session = nullptr;
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, MAPI_NEW_SESSION, &session), S_OK);
    LPPROFSECT section = nullptr;
    MAPIUID uid;
    std::memcpy(&uid, pbGlobalProfileSectionGuid, sizeof uid);
    CHECK_HR(session->OpenProfileSection(&uid, nullptr, 0, &section), S_OK);
    CHECK_HR(section->SaveChanges(0), S_OK);
    CHECK(section->Release() == 0);
    CHECK_HR(session->Logoff(0, 0, 0), S_OK);
    CHECK(session->Release() == 0);
    told({
        "\"fn\":\"MAPIInitialize\",\"args\":{}}",
        "\"fn\":\"MAPIInitialize\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"MAPILogonEx\",\"args\":{\"profile\":\"Work\",\"flags\":\"0x2\"}}",
        "\"fn\":\"MAPILogonEx\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"IMAPISession::OpenProfileSection\",\"args\":{}}",
        "\"fn\":\"IMAPISession::OpenProfileSection\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"IProfSect::SaveChanges\",\"args\":{}}",
        "\"fn\":\"IProfSect::SaveChanges\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"IProfSect::Release\",\"args\":{}}",
        "\"fn\":\"IProfSect::Release\",\"hr\":\"S_OK\",\"out\":{\"refs\":0}}",
        "\"fn\":\"IMAPISession::Logoff\",\"args\":{}}",
        "\"fn\":\"IMAPISession::Logoff\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"IMAPISession::Release\",\"args\":{}}",
        "\"fn\":\"IMAPISession::Release\",\"hr\":\"S_OK\",\"out\":{\"refs\":0}}",
    });

    LPPROFADMIN admin = nullptr;
    LPMAPITABLE table = nullptr;
    LPSRowSet rows = nullptr;
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    CHECK_HR(admin->CreateProfile(text("New"), nullptr, 0, 0), S_OK);
    CHECK_HR(admin->CreateProfile(text("Other"), nullptr, 0, 0x40), MAPI_E_UNKNOWN_FLAGS);
    CHECK_HR(admin->GetProfileTable(0, &table), S_OK);
    CHECK_HR(table->QueryRows(-5, 0, &rows), S_OK);
    CHECK(MAPIFreeBuffer(rows) == 0);
    CHECK(table->Release() == 0);
    CHECK(admin->Release() == 0);
    told({
        "\"fn\":\"MAPIAdminProfiles\",\"args\":{}}",
        "\"fn\":\"MAPIAdminProfiles\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"CreateProfile\",\"args\":{\"profile\":\"New\"}}",
        "\"fn\":\"CreateProfile\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"CreateProfile\",\"args\":{\"flags\":\"0x40\"}}",
        "\"fn\":\"CreateProfile\",\"hr\":\"MAPI_E_UNKNOWN_FLAGS\",\"out\":{}}",
        "\"fn\":\"IProfAdmin::GetProfileTable\",\"args\":{}}",
        "\"fn\":\"IProfAdmin::GetProfileTable\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"IMAPITable::QueryRows\",\"args\":{\"rows\":\"-5\"}}",
        "\"fn\":\"IMAPITable::QueryRows\",\"hr\":\"S_OK\",\"out\":{}}",
        "\"fn\":\"IMAPITable::Release\",\"args\":{}}",
        "\"fn\":\"IMAPITable::Release\",\"hr\":\"S_OK\",\"out\":{\"refs\":0}}",
        "\"fn\":\"IProfAdmin::Release\",\"args\":{}}",
        "\"fn\":\"IProfAdmin::Release\",\"hr\":\"S_OK\",\"out\":{\"refs\":0}}",
    });
    MAPIUninitialize();
    told({
        "\"fn\":\"MAPIUninitialize\",\"args\":{}}",
        "\"fn\":\"MAPIUninitialize\",\"hr\":\"S_OK\",\"out\":{}}",
    });
    CHECK(finish() == Ids());
}

/* Each finding about an object of MAPI goes back to the calls that took it, or to the call in which it was found. */
static void findings_go_back() {
    LPMAPISESSION session = nullptr, same = nullptr, leaked = nullptr;
    begin();
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, 0, &session), S_OK); /* 0 */
    CHECK_HR(session->QueryInterface(IID_IMAPISession, reinterpret_cast<void **>(&same)), S_OK); /* 2 */
    CHECK(session->AddRef() == 3);  /* 4 */
    CHECK(session->Release() == 2); /* 6 */
    leaked = session;
    CHECK(where("leaked-reference") ==
          "IMAPISession, from call 0 (MAPILogonEx) and call 2 (IMAPISession::QueryInterface, gave IMAPISession) "
          "and call 4 (IMAPISession::AddRef)");
    leaked->Release();
    leaked->Release();

    begin();
    CHECK_HR(MAPILogonEx(0, text("Work"), nullptr, 0, &session), S_OK);
    CHECK_HR(session->Logoff(0, 0, 0), S_OK);
    CHECK_HR(session->Logoff(0, 0, 0), E_FAIL); /* 4 */
    session->Release();
    CHECK(where("call-after-logoff") == "IMAPISession, in call 4 (IMAPISession::Logoff)");

    LPPROFADMIN admin = nullptr;
    LPMAPITABLE table = nullptr;
    LPSRowSet rows = nullptr;
    begin();
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    CHECK_HR(admin->GetProfileTable(0, &table), S_OK);
    CHECK_HR(table->QueryRows(5, 0, &rows), S_OK); /* 4 */
    table->Release();
    admin->Release();
    CHECK(where("leaked-buffer") == "from call 4 (IMAPITable::QueryRows)");
    for (ULONG i = 0; i < rows->cRows; ++i)
        MAPIFreeBuffer(rows->aRow[i].lpProps);
    MAPIFreeBuffer(rows);

    begin();
    CHECK_HR(MAPIInitialize(nullptr), S_OK); /* 0 */
    CHECK_HR(MAPIInitialize(nullptr), S_OK); /* 2 */
    MAPIUninitialize();
    CHECK(where("unbalanced-initialize") == "from call 0 (MAPIInitialize) and call 2 (MAPIInitialize)");
}

int main() {
    every_interface_tells();
    findings_go_back();
    return 0;
}
