/* A state that is compared without its mask is found by running twice, with and without
 * noise = state-bits (STATE-1, finding reacts-to-noise). */
#define INITGUID
#include "check.h"

/* Says what it makes of the word, and calls the same whatever that is. */
static void concludes(void *masks) {
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    IMAPIOfflineMgr *manager = open_work();
    ULONG state = 0;
    CHECK_HR(manager->GetCurrentState(&state), S_OK);
    if (masks != nullptr) {
        state &= MAPIOFFLINE_STATE_OFFLINE_MASK;
    }
    CHECK_HR(mapisim_observe("works online", state == MAPIOFFLINE_STATE_ONLINE ? "yes" : "no"), S_OK);
    CHECK_HR(mapisim_observe("", "yes"), E_INVALIDARG);
    CHECK_HR(mapisim_observe("works online", nullptr), E_INVALIDARG);
    manager->Release();
    MAPIUninitialize();
}

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

static uint32_t check(void (*program)(void *), void *masks, const char *noise, std::string *found) {
    describe({"noise", noise});
    uint32_t count = 0;
    CHECK_HR(mapisim_check_noise(program, masks, &count), S_OK);
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        CHECK_HR(mapisim_finding_at(i, &finding), S_OK);
        std::printf("finding: %s: %s\n", finding.id, finding.detail);
        *found = std::string(finding.id) + " " + finding.rule + ": " + finding.detail;
    }
    CHECK_HR(mapisim_clear(), S_OK);
    return count;
}

int main() {
    std::string found;
    int yes = 1;
    const char *all = "state-bits,capability-bits,notifications";
    CHECK(check(careless, nullptr, "state-bits", &found) == 1);
    CHECK(found.find("reacts-to-noise STATE-1: after 4 acts it calls SetCurrentState(") == 0);
    CHECK(check(careless, &yes, "state-bits", &found) == 0);
    /* Of several kinds the one that causes it is named. */
    CHECK(check(concludes, nullptr, all, &found) == 1);
    CHECK(found == "reacts-to-noise STATE-1: after 4 acts it concludes that works online is yes without noise, "
                   "and concludes that works online is no with state-bits (GetCurrentState sets other bits too)");
    CHECK(check(concludes, &yes, all, &found) == 0);
    CHECK(check(concludes, nullptr, "notifications", &found) == 0);
    CHECK_HR(mapisim_observe("works online", "yes"), E_UNEXPECTED);
    return 0;
}
