/*
 * A provider that keeps the state in a variable of its own, and says what it stores. Between the read and the store it
 * asks for the capabilities, and a notification may come there: the store then undoes it. With -DRIGHT it does not store
 * what it has read if it has been told meanwhile.
 */
#define INITGUID
#include "mapioffline.h"
#include "mapisim.h"
#include "mapisim_client.h"

#include "../callback.h"

namespace {

IMAPIOfflineMgr *manager;
ULONG token;
ULONG is_state;
unsigned told;

void store(ULONG state) {
    is_state = state;
    mapisim_believes("Work", is_state);
}

class StoringCallback : public Callback {
  public:
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        if (info->NotifyType != MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START) {
            ++told;
            store(info->Info.StateChange.ulStateNew);
        }
    }
};

} // namespace

HRESULT mapisim_client_connect(LPCWSTR profile) {
    HRESULT hr = HrOpenOfflineObj(0, profile, &GUID_GlobalState, nullptr, &manager);
    ULONG capabilities = 0, read = 0;
    if (FAILED(hr) || FAILED(hr = manager->GetCapabilities(&capabilities))) {
        return hr;
    }
    StoringCallback *callback = new StoringCallback();
    hr = advise(manager, callback, &token);
    callback->Release();
    unsigned before = told;
    if (SUCCEEDED(hr) && SUCCEEDED(hr = manager->GetCurrentState(&read))) {
        manager->GetCapabilities(&capabilities);
#ifdef RIGHT
        if (told != before) {
            return hr;
        }
#endif
        (void)before;
        store(read & MAPIOFFLINE_STATE_OFFLINE_MASK);
    }
    return hr;
}

HRESULT mapisim_client_disconnect() {
    HRESULT hr = manager->Unadvise(0, token);
    manager->Release();
    manager = nullptr;
    return hr;
}
