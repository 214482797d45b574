/* A state that is compared without its mask is found by running twice, with and without
 * noise = state-bits (STATE-1, finding reacts-to-noise). */
#define INITGUID
#include "check.h"

/* Goes back online, but sees the whole word. */
static void careless(void *masks) {
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    IMAPIOfflineMgr *manager = open_work();
    CHECK_HR(mapisim_work_offline("Work"), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    ULONG state = 0;
    CHECK_HR(manager->GetCurrentState(&state), S_OK);
    if (masks != nullptr) {
        state &= MAPIOFFLINE_STATE_OFFLINE_MASK;
    }
    if (state == MAPIOFFLINE_STATE_OFFLINE) {
        CHECK_HR(manager->SetCurrentState(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE_MASK,
                                          MAPIOFFLINE_STATE_ONLINE, nullptr),
                 S_OK);
    }
    manager->Release();
    MAPIUninitialize();
}

static uint32_t check(void *masks, std::string *found) {
    describe({"noise", "state-bits"});
    uint32_t count = 0;
    CHECK_HR(mapisim_check_noise(careless, masks, &count), S_OK);
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        CHECK_HR(mapisim_finding_at(i, &finding), S_OK);
        std::printf("finding: %s: %s\n", finding.id, finding.detail);
        *found = finding.id;
    }
    CHECK_HR(mapisim_clear(), S_OK);
    return count;
}

int main() {
    std::string found;
    int yes = 1;
    CHECK(check(nullptr, &found) == 1);
    CHECK(found == "reacts-to-noise");
    CHECK(check(&yes, &found) == 0);
    return 0;
}
