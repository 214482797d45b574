/* BLOCK inside Notify does not hang: it is refused and reported, in every phase (SET-7). */
#define INITGUID
#include "check.h"

class Blocker : public Callback {
  public:
    explicit Blocker(IMAPIOfflineMgr *manager) : calls(0), manager_(manager) {}
    int calls;

  private:
    IMAPIOfflineMgr *manager_;
    void notified(const MAPIOFFLINE_NOTIFY *) override {
        ++calls;
        CHECK_HR(manager_->SetCurrentState(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE_MASK,
                                           MAPIOFFLINE_STATE_ONLINE, nullptr),
                 E_PENDING);
        CHECK_HR(mapisim_shut_down(nullptr), E_UNEXPECTED);
    }
};

int main() {
    start();
    IMAPIOfflineMgr *manager = open_work();
    Blocker *callback = new Blocker(manager);
    ULONG token = 0;
    CHECK_HR(advise(manager, callback, &token), S_OK);
    CHECK_HR(manager->SetCurrentState(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE_MASK,
                                      MAPIOFFLINE_STATE_OFFLINE, nullptr),
             S_OK);
    CHECK(callback->calls == 3);
    callback->Release();
    CHECK_HR(manager->Unadvise(0, token), S_OK);
    manager->Release();
    /* And nobody asks again. */
    CHECK(finish() ==
          Ids({"block-in-notify", "block-in-notify", "block-in-notify", "lost-request"}));
    return 0;
}
