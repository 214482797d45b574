/* A kept pNotifyInfo shows: when the call is over its memory is 0xDD (NOTE-3), and stays so. */
#define INITGUID
#include "check.h"

class Keeper : public Callback {
  public:
    std::vector<const MAPIOFFLINE_NOTIFY *> kept;

  private:
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        CHECK(info->ulSize == sizeof *info);
        CHECK(info->ulClientToken == 42);
        CHECK(info->NotifyType == static_cast<int>(kept.size()) + 1);
        CHECK(info->Info.StateChange.ulMask == MAPIOFFLINE_STATE_OFFLINE_MASK);
        CHECK(info->Info.StateChange.ulStateOld == MAPIOFFLINE_STATE_ONLINE);
        CHECK(info->Info.StateChange.ulStateNew == MAPIOFFLINE_STATE_OFFLINE);
        kept.push_back(info);
    }
};

int main() {
    start();
    IMAPIOfflineMgr *manager = open_work();
    Keeper *keeper = new Keeper;
    ULONG token = 0;
    CHECK_HR(advise(manager, keeper, &token), S_OK);
    CHECK_HR(mapisim_work_offline(nullptr), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK(keeper->kept.size() == 3);
    for (const MAPIOFFLINE_NOTIFY *info : keeper->kept) {
        CHECK(info->ulSize == 0xdddddddd);
        CHECK(info->ulClientToken == 0xdddddddd);
        CHECK(info->Info.StateChange.ulStateNew == 0xdddddddd);
    }
    keeper->Release();
    CHECK_HR(manager->Unadvise(0, token), S_OK);
    manager->Release();
    CHECK(finish() == Ids());
    return 0;
}
