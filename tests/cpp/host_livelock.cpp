/* A callback that has the host change its mind in each STATECHANGE_DONE: running until all is idle comes back,
 * and says why. */
#define INITGUID
#include "check.h"

class Toggler : public Callback {
  private:
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        if (info->NotifyType != MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE) {
            return;
        }
        if (info->Info.StateChange.ulStateNew == MAPIOFFLINE_STATE_ONLINE) {
            CHECK_HR(mapisim_work_offline(nullptr), S_OK);
        } else {
            CHECK_HR(mapisim_work_online(nullptr), S_OK);
        }
    }
};

int main() {
    start();
    IMAPIOfflineMgr *manager = open_work();
    Toggler *callback = new Toggler();
    ULONG token = 0;
    CHECK_HR(advise(manager, callback, &token), S_OK);
    callback->Release();
    CHECK_HR(mapisim_work_offline(nullptr), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK_HR(manager->Unadvise(0, token), S_OK);
    manager->Release();
    CHECK(finish() == Ids({"livelock"}));
    return 0;
}
