/* A callback, and registering one: what programs and client libraries have alike. */
#ifndef CALLBACK_H
#define CALLBACK_H

#include <cstring>

#include "mapiwindows.h"

#include "mapioffline.h"

inline HRESULT advise(IMAPIOfflineMgr *manager, IUnknown *callback, ULONG *token,
                      ULONG client_token = 42) {
    MAPIOFFLINE_ADVISEINFO info;
    std::memset(&info, 0, sizeof info);
    info.ulSize = sizeof info;
    info.ulClientToken = client_token;
    info.CallbackType = MAPIOFFLINE_CALLBACK_TYPE_NOTIFY;
    info.pCallback = callback;
    info.ulAdviseTypes = MAPIOFFLINE_ADVISE_TYPE_STATECHANGE;
    info.ulStateMask = MAPIOFFLINE_STATE_ALL;
    return manager->Advise(MAPIOFFLINE_ADVISE_DEFAULT, &info, token);
}

/* A callback. Whoever makes it has a reference. */
class Callback : public IMAPIOfflineNotify {
  public:
    virtual ~Callback() {}
    virtual void notified(const MAPIOFFLINE_NOTIFY *info) = 0;

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
        if (left == 0) {
            delete this;
        }
        return left;
    }
    STDMETHODIMP_(void) Notify(const MAPIOFFLINE_NOTIFY *info) override { notified(info); }

  private:
    ULONG references_ = 1;
};

#endif
