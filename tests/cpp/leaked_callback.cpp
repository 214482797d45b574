/* A callback whose maker's own reference is never dropped is reported (ADV-3). */
#define INITGUID
#include "check.h"

class Silent : public Callback {
    void notified(const MAPIOFFLINE_NOTIFY *) override {}
};

static Ids run(bool drops, bool declares) {
    start();
    IMAPIOfflineMgr *manager = open_work();
    Silent *callback = new Silent;
    ULONG token = 0;
    CHECK_HR(advise(manager, callback, &token), S_OK);
    if (drops) {
        callback->Release();
    }
    if (declares) {
        CHECK_HR(mapisim_declare_held(callback, 1), S_OK);
    }
    CHECK_HR(manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token), S_OK);
    manager->Release();
    Ids ids = finish();
    if (!drops) {
        callback->Release();
    }
    return ids;
}

int main() {
    CHECK(run(false, false) == Ids({"leaked-callback"}));
    CHECK(run(true, false) == Ids());
    CHECK(run(false, true) == Ids());
    return 0;
}
