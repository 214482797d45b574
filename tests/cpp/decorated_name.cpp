/* A 64-bit client that asks for HrOpenOfflineObj by its decorated name alone is told so; one that asks for the plain name
 * too is not (OPEN-8). */
#define INITGUID
#include "check.h"

static HMODULE library;

static LPHROPENOFFLINEOBJ ask(const char *name) {
    FARPROC function = GetProcAddress(library, name);
    CHECK(function != NULL);
    return reinterpret_cast<LPHROPENOFFLINEOBJ>(reinterpret_cast<void *>(function));
}

/* The client of that name opens the object, after it has asked for these names. */
static void open(const char *client, const std::vector<const char *> &names) {
    static LPHROPENOFFLINEOBJ function;
    CHECK_HR(mapisim_enter_client(client), S_OK);
    for (size_t i = 0; i < names.size(); ++i)
        function = ask(names[i]);
    IMAPIOfflineMgr *manager = nullptr;
    CHECK_HR(function(0, OLESTR("Work"), &GUID_GlobalState, nullptr, &manager), S_OK);
    manager->Release();
    CHECK_HR(mapisim_leave_client(), S_OK);
}

/* Whom the only finding of that kind is about. */
static std::string whom() {
    uint32_t count = 0;
    std::string client = "none";
    CHECK_HR(mapisim_shut_down(&count), S_OK);
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        CHECK_HR(mapisim_finding_at(i, &finding), S_OK);
        if (std::string("decorated-name") == finding.id) {
            CHECK(client == "none");
            CHECK(std::string("OPEN-8") == finding.rule);
            client = finding.client ? finding.client : "nobody";
        }
    }
    CHECK_HR(mapisim_clear(), S_OK);
    return client;
}

static void begin() {
    describe();
    CHECK_HR(mapisim_start(), S_OK);
}

int main() {
    library = LoadLibraryA("msmapi32.dll");
    CHECK(library != NULL);
    const bool is_told = !decorated_name().empty();

    /* Both names, in either order, and one alone. */
    begin();
    open("decorated-first", {"HrOpenOfflineObj@20", "HrOpenOfflineObj"});
    open("plain-first", {"HrOpenOfflineObj", "HrOpenOfflineObj@20"});
    open("plain", {"HrOpenOfflineObj"});
    CHECK(finish() == Ids());
    begin();
    open("decorated", {"HrOpenOfflineObj@20"});
    open("plain", {});
    CHECK(whom() == (is_told ? "decorated" : "none"));

    /* It keeps the address, so it does not ask again; another run has nothing to do with it. */
    begin();
    open("decorated", {});
    open("another", {"HrOpenOfflineObj@20"});
    Ids both = finish();
    CHECK(both.count("decorated-name") == (is_told ? 2u : 0u) && both.size() == both.count("decorated-name"));
    begin();
    open("plain", {});
    CHECK(finish() == Ids());

    /* Other functions have one name in what is asked. */
    begin();
    open("third", {"HrOpenOfflineObj"});
    CHECK(GetProcAddress(library, "HrCreateOfflineObj@12") != NULL);
    CHECK(GetProcAddress(library, "MAPIInitialize@4") != NULL);
    CHECK(finish() == Ids());

    /* Who asks before an emulation begins is nobody in particular. */
    ask("HrOpenOfflineObj@20");
    begin();
    CHECK(whom() == (is_told ? "nobody" : "none"));
    ask("HrOpenOfflineObj");
    begin();
    open("decorated", {});
    CHECK(finish() == Ids());
    return 0;
}
