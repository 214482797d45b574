/*
 * A provider as mapisim explores it: it finds MAPI as a shipped one does, opens, asks, advises,
 * and then reads the state.
 *
 * -DLEAKS   its disconnect does not unadvise while a transition runs
 * -DEARLY   it reads the state before it advises
 * -DFORGETS it does not initialise MAPI, and connects though it is refused
 * -DBLOCKS  it goes offline and back, and waits each time; so does its callback, on another object
 * -DREFUSES its connect fails
 * -DCONCLUDES it says of each state that it reads or is told whether it works online, and takes its mask from
 *           MASK: the whole word, if that is ~0u
 * -DSPINS   its connect reads the state until it is what it never becomes, whatever the answer
 */
#define INITGUID
#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisession.h"
#include "mapisim_client.h"

#include "../callback.h"

namespace {

IMAPIOfflineMgr *manager;
IMAPIOfflineMgr *helper;
ULONG token;
bool changing;
HMODULE mapi;

HRESULT set(IMAPIOfflineMgr *object, ULONG state) {
    HRESULT hr = object->SetCurrentState(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE_MASK,
                                         state, nullptr);
    return hr == E_PENDING ? S_OK : hr;
}

class ClientCallback : public Callback {
  public:
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        changing = info->NotifyType != MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE;
        if (helper != nullptr && info->NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE) {
            set(helper, info->Info.StateChange.ulStateNew);
        }
    }
};

HRESULT advise() {
    ClientCallback *callback = new ClientCallback();
    HRESULT hr = ::advise(manager, callback, &token);
    callback->Release();
    return hr;
}

#ifdef CONCLUDES
void conclude(ULONG state) {
    typedef int32_t (*OBSERVE)(const char *, const char *);
    OBSERVE observe = reinterpret_cast<OBSERVE>(GetProcAddress(mapi, "mapisim_observe"));
    observe("works online", (state & MASK) == MAPIOFFLINE_STATE_ONLINE ? "yes" : "no");
}
#endif

HRESULT read() {
    ULONG state = 0;
    HRESULT hr = manager->GetCurrentState(&state);
#ifdef CONCLUDES
    conclude(state);
#endif
    return hr;
}

#ifdef BLOCKS
HRESULT make_helper(LPCWSTR profile) {
    LPHRCREATEOFFLINEOBJ create =
        reinterpret_cast<LPHRCREATEOFFLINEOBJ>(GetProcAddress(mapi, "HrCreateOfflineObj@12"));
    MAPIOFFLINE_CREATEINFO info;
    memset(&info, 0, sizeof info);
    info.ulSize = sizeof info;
    info.pwszProfileName = profile;
    info.ulCapabilities = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
    return create(0, &info, &helper);
}
#endif

} // namespace

HRESULT mapisim_client_connect(LPCWSTR profile) {
#ifdef REFUSES
    return profile != nullptr ? E_FAIL : S_OK;
#endif
    changing = false;
    mapi = LoadLibraryA("msmapi32.dll");
    if (mapi == nullptr) {
        return E_FAIL;
    }
#ifndef FORGETS
    reinterpret_cast<LPMAPIINITIALIZE>(GetProcAddress(mapi, "MAPIInitialize"))(nullptr);
#endif
    LPHROPENOFFLINEOBJ open =
        reinterpret_cast<LPHROPENOFFLINEOBJ>(GetProcAddress(mapi, "HrOpenOfflineObj"));
    HRESULT hr = open(0, profile, &GUID_GlobalState, nullptr, &manager);
#ifdef FORGETS
    if (FAILED(hr)) {
        return S_OK;
    }
#endif
    ULONG capabilities = 0;
    if (SUCCEEDED(hr)) {
        hr = manager->GetCapabilities(&capabilities);
    }
#ifdef SPINS
    for (;;) {
        read();
    }
#endif
#ifdef EARLY
    if (SUCCEEDED(hr)) {
        hr = read();
    }
    return SUCCEEDED(hr) ? advise() : hr;
#endif
    if (SUCCEEDED(hr)) {
        hr = advise();
    }
    if (SUCCEEDED(hr)) {
        hr = read();
    }
#ifdef BLOCKS
    if (SUCCEEDED(hr)) {
        hr = make_helper(profile);
    }
    if (SUCCEEDED(hr)) {
        hr = set(manager, MAPIOFFLINE_STATE_OFFLINE);
    }
    if (SUCCEEDED(hr)) {
        hr = set(manager, MAPIOFFLINE_STATE_ONLINE);
    }
#endif
    return hr;
}

HRESULT mapisim_client_disconnect(void) {
#ifdef FORGETS
    if (manager == nullptr) {
        return S_OK;
    }
#endif
#ifdef LEAKS
    if (!changing)
#endif
    {
        manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token);
    }
    if (helper != nullptr) {
        helper->Release();
        helper = nullptr;
    }
    manager->Release();
    manager = nullptr;
#ifndef FORGETS
    reinterpret_cast<LPMAPIUNINITIALIZE>(GetProcAddress(mapi, "MAPIUninitialize"))();
#endif
    if (mapi != nullptr) {
        FreeLibrary(mapi);
    }
    return S_OK;
}
