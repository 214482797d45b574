/*
 * A provider that bears what a call may answer: it is explored with calls that fail on purpose. Whatever fails, it undoes
 * what it has done, and says so. -DFAULT=… leaves one thing out:
 *
 * NONE         nothing
 * OPENS        it uses the object of an HrOpenOfflineObj that failed
 * LOGS_ON      it uses the session of a MAPILogonEx that failed
 * LEAKS        it does not release the object when Advise fails
 * READS        its callback asserts that it can read the state
 * ASKS_ONCE    it goes offline, and does not ask again where it is told to do so
 * ASKS_AGAIN   it goes offline, and does ask again: that is right
 * STAYS        it does not try again when Unadvise fails
 */
#define INITGUID
#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisession.h"
#include "mapisim_client.h"

#include "../callback.h"

#include <assert.h>

namespace {

enum Fault { NONE, OPENS, LOGS_ON, LEAKS, READS, ASKS_ONCE, ASKS_AGAIN, STAYS };
const Fault fault = FAULT;

IMAPIOfflineMgr *manager;
IMAPISession *session;
ULONG token;
bool wants_offline;

HRESULT go_offline() {
    HRESULT hr =
        manager->SetCurrentState(MAPIOFFLINE_FLAG_DEFAULT, MAPIOFFLINE_STATE_OFFLINE_MASK,
                                 MAPIOFFLINE_STATE_OFFLINE, nullptr);
    wants_offline = FAILED(hr) && fault == ASKS_AGAIN;
    return hr == E_PENDING ? S_OK : hr;
}

class ClientCallback : public Callback {
  public:
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        if (wants_offline && info->NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE) {
            go_offline();
        }
        ULONG state = 0;
        HRESULT hr = manager->GetCurrentState(&state);
        assert(fault != READS || SUCCEEDED(hr));
        (void)hr;
    }
};

template <typename Call> HRESULT again(Call call) {
    HRESULT hr = call();
    for (int left = 3; left > 0 && FAILED(hr) && fault != STAYS; left--) {
        hr = call();
    }
    return hr;
}

void leave() {
    if (token != 0) {
        again([] { return manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token); });
        token = 0;
    }
    if (manager != nullptr) {
        manager->Release();
        manager = nullptr;
    }
    if (session != nullptr) {
        session->Logoff(0, 0, 0);
        session->Release();
        session = nullptr;
    }
    MAPIUninitialize();
}

HRESULT enter(LPCWSTR profile) {
    const ULONG flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_UNICODE;
    HRESULT hr = MAPILogonEx(0, reinterpret_cast<LPTSTR>(const_cast<LPWSTR>(profile)), nullptr,
                             flags, &session);
    if (FAILED(hr) && fault != LOGS_ON) {
        return hr;
    }
    session->AddRef();
    session->Release();
    hr = HrOpenOfflineObj(0, profile, &GUID_GlobalState, nullptr, &manager);
    if (FAILED(hr) && fault != OPENS) {
        return hr;
    }
    ULONG capabilities = 0;
    hr = manager->GetCapabilities(&capabilities);
    if (FAILED(hr)) {
        return hr;
    }
    ClientCallback *callback = new ClientCallback();
    hr = advise(manager, callback, &token);
    callback->Release();
    if (FAILED(hr)) {
        token = 0;
        if (fault == LEAKS) {
            manager = nullptr;
        }
        return hr;
    }
    ULONG state = 0;
    hr = manager->GetCurrentState(&state);
    return SUCCEEDED(hr) && (fault == ASKS_ONCE || fault == ASKS_AGAIN) ? go_offline() : hr;
}

} // namespace

HRESULT mapisim_client_connect(LPCWSTR profile) {
    MAPIInitialize(nullptr);
    HRESULT hr = enter(profile);
    if (FAILED(hr)) {
        leave();
    }
    return hr;
}

HRESULT mapisim_client_disconnect(void) {
    leave();
    return S_OK;
}
