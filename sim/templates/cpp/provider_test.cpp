/* The provider in an emulated Outlook: the test plays the host and the user, and reads what was found. */
#include <cstdio>
#include <cstring>

#include "mapisession.h"
#include "mapisim.h"
#include "provider.h"

static int failures = 0;

static void check(bool holds, const char *what) {
    if (holds) return;
    std::printf("failed: %s\n", what);
    ++failures;
}

static void work_offline_and_back(Provider &provider) {
    check(provider.IsOnline(), "it is online at first");
    mapisim_work_offline(nullptr);
    mapisim_run_until_idle();
    check(!provider.IsOnline(), "it has gone offline with the user");
    mapisim_work_online(nullptr);
    mapisim_run_until_idle();
    check(provider.IsOnline(), "it has come back with the user");
}

/* Prints what the emulation has found, and gives how much. */
static uint32_t findings() {
    uint32_t count = 0;
    mapisim_shut_down(&count);
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        mapisim_finding_at(i, &finding);
        std::printf("%s (%s): %s\n", finding.id, finding.rule, finding.detail);
        std::printf("    mapisim explain %s   says what to do about it\n", finding.id);
    }
    return count;
}

int main(int argc, char **argv) {
    bool leaves = argc > 1 && std::strcmp(argv[1], "leaves") == 0;
    mapisim_begin();
    mapisim_profile("Work", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, MAPISIM_PROFILE_DEFAULT);
    if (leaves) mapisim_report_file("offline.html");
    mapisim_start();
    mapisim_enter_client("provider");
    MAPIInitialize(nullptr);

    Provider provider;
    check(SUCCEEDED(provider.Connect(OLESTR("Work"))), "it connects");
    work_offline_and_back(provider);
    provider.Disconnect();
    MAPIUninitialize();

    uint32_t found = findings();
    if (leaves) check(found == 0, "it leaves nothing behind (offline.html shows what happened)");
    return failures == 0 ? 0 : 1;
}
