/* A callback whose maker's own reference is never dropped is reported (ADV-3); one that is dropped after Unadvise, one
 * that is static and one that does not count are not. */
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

/* Its maker holds a reference until everything else is done, as a member that is a smart pointer does. */
static Ids run_dropped_last() {
    start();
    IMAPIOfflineMgr *manager = open_work();
    Silent *callback = new Silent;
    ULONG token = 0;
    CHECK_HR(advise(manager, callback, &token), S_OK);
    CHECK_HR(manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token), S_OK);
    manager->Release();
    CHECK(callback->Release() == 0);
    return finish();
}

/* Gives the same numbers whatever it is asked. */
class Uncounted : public IMAPIOfflineNotify {
  public:
    Uncounted(ULONG taken, ULONG left) : taken_(taken), left_(left) {
    }

    STDMETHODIMP QueryInterface(REFIID iid, void **out) override {
        if (iid != IID_IUnknown && iid != IID_IMAPIOfflineNotify) {
            *out = nullptr;
            return E_NOINTERFACE;
        }
        *out = static_cast<IMAPIOfflineNotify *>(this);
        return S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override {
        return taken_;
    }
    STDMETHODIMP_(ULONG) Release() override {
        return left_;
    }
    STDMETHODIMP_(void) Notify(const MAPIOFFLINE_NOTIFY *) override {
    }

  private:
    ULONG taken_, left_;
};

static Ids run_with(IMAPIOfflineNotify *callback) {
    start();
    IMAPIOfflineMgr *manager = open_work();
    ULONG token = 0;
    CHECK_HR(advise(manager, callback, &token), S_OK);
    CHECK_HR(manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token), S_OK);
    manager->Release();
    return finish();
}

int main() {
    CHECK(run_dropped_last() == Ids());
    static Silent is_static;
    CHECK(run_with(&is_static) == Ids());
    Uncounted one(2, 1), many(0xffffffff, 0xffffffff);
    CHECK(run_with(&one) == Ids());
    CHECK(run_with(&many) == Ids());

    CHECK(run(false, false) == Ids({"leaked-callback"}));
    CHECK(run(true, false) == Ids());
    CHECK(run(false, true) == Ids());
    return 0;
}
