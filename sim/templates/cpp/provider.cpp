#define INITGUID
#include "provider.h"

/* The callback. It belongs to its registration, which holds the only reference in the end. */
class Provider::Monitor : public IMAPIOfflineNotify {
  public:
    explicit Monitor(bool *online) : online_(online) {}
    virtual ~Monitor() {}

    STDMETHODIMP QueryInterface(REFIID iid, void **out) override {
        if (iid == IID_IUnknown || iid == IID_IMAPIOfflineNotify) {
            AddRef();
            *out = this;
            return S_OK;
        }
        *out = nullptr;
        return E_NOINTERFACE;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }
    STDMETHODIMP_(ULONG) Release() override {
        ULONG left = --references_;
        if (left == 0) delete this;
        return left;
    }
    STDMETHODIMP_(void) Notify(const MAPIOFFLINE_NOTIFY *info) override {
        if (info->NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE &&
            info->Info.StateChange.ulMask == MAPIOFFLINE_STATE_OFFLINE_MASK) {
            *online_ = info->Info.StateChange.ulStateNew == MAPIOFFLINE_STATE_ONLINE;
        }
    }

  private:
    bool *online_;
    ULONG references_ = 1;
};

HRESULT Provider::Connect(LPCWSTR profile) {
    HRESULT hr = HrOpenOfflineObj(0, profile, &GUID_GlobalState, nullptr, &manager_);
    if (FAILED(hr)) return hr;
    ULONG capabilities = 0;
    hr = manager_->GetCapabilities(&capabilities);
    if (FAILED(hr)) return hr;

    Monitor *monitor = new Monitor(&online_);
    MAPIOFFLINE_ADVISEINFO info = {};
    info.ulSize = sizeof info;
    info.CallbackType = MAPIOFFLINE_CALLBACK_TYPE_NOTIFY;
    info.pCallback = monitor;
    info.ulAdviseTypes = MAPIOFFLINE_ADVISE_TYPE_STATECHANGE;
    info.ulStateMask = MAPIOFFLINE_STATE_ALL;
    hr = manager_->Advise(MAPIOFFLINE_ADVISE_DEFAULT, &info, &token_);
    monitor->Release();
    if (FAILED(hr)) return hr;

    ULONG state = 0;
    hr = manager_->GetCurrentState(&state);
    online_ = (state & MAPIOFFLINE_STATE_OFFLINE_MASK) == MAPIOFFLINE_STATE_ONLINE;
    return hr;
}

void Provider::Disconnect() {
    /* The mistake that the second test finds. To mend it, take the two slashes away: */
    // manager_->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token_);
    manager_->Release();
    manager_ = nullptr;
}
