/*
 * The test of the sample add-in: it plays Outlook, the user, and the add-in's buttons, and prints
 * what the add-in logs. It gives 0 if all is as it should be.
 */
#include <cstdio>
#include <cstring>

#include "mapisim.h"
#include "offline_monitor.h"

static int lines = 0;

static void print(const char *line) {
    std::printf("  add-in: %s\n", line);
    ++lines;
}

static bool failed(const char *what, HRESULT hr, HRESULT expected = S_OK) {
    const char *name = mapisim_hresult_name(hr);
    std::printf("%s: %s\n", what, name != nullptr ? name : "?");
    return hr != expected;
}

static int run() {
    mapisim_begin();
    mapisim_profile("Work", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, MAPISIM_PROFILE_DEFAULT);
    if (failed("mapisim_start", mapisim_start())) return 1;
    mapisim_enter_client("add-in");

    LPMAPISESSION session = nullptr;
    if (failed("MAPIInitialize", MAPIInitialize(nullptr))) return 1;
    if (failed("MAPILogonEx",
               MAPILogonEx(0, nullptr, nullptr, MAPI_EXTENDED | MAPI_USE_DEFAULT, &session)))
        return 1;
    {
        COfflineMonitor monitor(print);
        if (failed("CacheProfileName", monitor.CacheProfileName(session))) return 1;
        if (failed("LoadMAPI", monitor.LoadMAPI("msmapi32.dll"))) return 1;
        if (failed("InitMonitor", monitor.InitMonitor())) return 1;

        ULONG state = 0;
        if (failed("GetState", monitor.GetState(&state)) || state != MAPIOFFLINE_STATE_ONLINE)
            return 1;

        std::printf("the user chooses Work Offline\n");
        mapisim_work_offline(nullptr);
        mapisim_run_until_idle();
        if (failed("GetState", monitor.GetState(&state)) || state != MAPIOFFLINE_STATE_OFFLINE)
            return 1;

        if (failed("SetState online, and wait",
                   monitor.SetState(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_ONLINE)))
            return 1;
        if (failed("SetState offline",
                   monitor.SetState(MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE)))
            return 1;
        if (failed("SetState online, too early",
                   monitor.SetState(MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_ONLINE), E_PENDING))
            return 1;
        mapisim_run_until_idle();
        std::printf("DeinitMonitor\n");
        monitor.DeinitMonitor();
        mapisim_work_online(nullptr);
        mapisim_run_until_idle();
    }
    session->Logoff(0, 0, 0);
    session->Release();
    MAPIUninitialize();
    return lines == 9 ? 0 : 1;
}

int main() {
    int wrong = run();
    uint32_t count = 0;
    if (failed("mapisim_shut_down", mapisim_shut_down(&count))) return 1;
    std::printf("%u findings\n", static_cast<unsigned>(count));
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        if (mapisim_finding_at(i, &finding) == S_OK) {
            std::printf("  %s (%s): %s\n", finding.id, finding.rule, finding.detail);
        }
    }
    mapisim_clear();
    return wrong != 0 || count != 0 ? 1 : 0;
}
