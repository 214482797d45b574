/* How long each Notify takes, as the control API tells it. */
#define INITGUID
#include "check.h"

struct Times {
    std::vector<std::string> clients;
    std::vector<uint32_t> types;
};

static void timed(void *context, const char *client, uint32_t type, uint64_t) {
    Times *times = static_cast<Times *>(context);
    times->clients.push_back(client);
    times->types.push_back(type);
}

class Silent : public Callback {
    void notified(const MAPIOFFLINE_NOTIFY *) override {}
};

int main() {
    Times times;
    describe();
    CHECK_HR(mapisim_notify_times(timed, &times), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    CHECK_HR(mapisim_notify_times(timed, &times), E_UNEXPECTED);
    initialize();
    Silent *callback = new Silent;
    IMAPIOfflineMgr *manager = open_work();
    ULONG token = 0;
    CHECK_HR(advise(manager, callback, &token), S_OK);
    callback->Release();
    CHECK(times.types.empty());
    CHECK_HR(mapisim_work_offline(nullptr), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK(times.clients == std::vector<std::string>(3, "client"));
    CHECK(times.types == std::vector<uint32_t>({MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START,
                                                MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE,
                                                MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE}));
    CHECK_HR(manager->Unadvise(0, token), S_OK);
    manager->Release();
    CHECK(finish() == Ids());

    /* Null: none is timed. */
    describe();
    CHECK_HR(mapisim_notify_times(nullptr, nullptr), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    CHECK_HR(mapisim_work_offline(nullptr), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK(times.types.size() == 3);
    CHECK(finish() == Ids());
    return 0;
}
