/* Unadvise with a token from before the object was opened again is reported (UNADV-1). */
#define INITGUID
#include "check.h"

class Silent : public Callback {
    void notified(const MAPIOFFLINE_NOTIFY *) override {}
};

int main() {
    start();
    Silent *callback = new Silent;
    IMAPIOfflineMgr *manager = open_work();
    ULONG stale = 0, token = 0;
    CHECK_HR(advise(manager, callback, &stale), S_OK);
    CHECK(stale != 0);
    CHECK_HR(manager->Unadvise(0, stale), S_OK);
    manager->Release();

    manager = open_work();
    CHECK_HR(advise(manager, callback, &token), S_OK);
    callback->Release();
    CHECK(token != stale);
    CHECK_HR(manager->Unadvise(0, stale), S_OK);
    CHECK_HR(manager->Unadvise(0, token), S_OK);
    manager->Release();
    CHECK(finish() == Ids({"stale-token"}));
    return 0;
}
