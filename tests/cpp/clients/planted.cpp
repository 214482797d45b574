/*
 * The clients of docs/planted-bugs.md as client libraries: -DCLIENT=… says which, and -DRIGHT makes its right twin.
 *
 * READS_FIRST     reads the state, and then advises
 * BLOCKS          blocks in a Notify of its helper object
 * UNADVISES_OTHER unadvises another's registration in its callback
 * SILENCE         uses its object in a notification after Unadvise and Release
 * UNMASKED        compares the state without a mask, and gives up if it does not know it
 * LEAVES          does not unadvise when it is disconnected while a transition runs
 * LOGGED_OFF      registers while its profile logs off
 * RELEASES_FIRST  releases its object while it is registered
 * RELEASES_TWICE  releases in its callback, and again when it is disconnected
 * REGISTERS_ANEW  registers anew at every change, and unadvises once
 * TAKES           takes a reference at every change
 */
#define INITGUID
#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisim_client.h"

#include "../callback.h"

namespace {

enum Client {
    READS_FIRST,
    BLOCKS,
    UNADVISES_OTHER,
    SILENCE,
    UNMASKED,
    LEAVES,
    LOGGED_OFF,
    RELEASES_FIRST,
    RELEASES_TWICE,
    REGISTERS_ANEW,
    TAKES
};
const Client client = CLIENT;
#ifdef RIGHT
const bool is_right = true;
#else
const bool is_right = false;
#endif

HMODULE mapi;
IMAPIOfflineMgr *manager;
/* What it is registered on. */
IMAPIOfflineMgr *object;
ULONG token;
bool is_changing;

void reacts(ULONG state, bool is_done);

class ClientCallback : public Callback {
  public:
    ClientCallback(bool is_silent, IMAPIOfflineMgr *keeps) : is_silent_(is_silent), keeps_(keeps) {
        if (keeps_ != nullptr) {
            keeps_->AddRef();
        }
    }
    ~ClientCallback() override {
        if (keeps_ != nullptr) {
            keeps_->Release();
        }
    }
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        if (!is_silent_ && info->Info.StateChange.ulMask == MAPIOFFLINE_STATE_OFFLINE_MASK) {
            bool is_done = info->NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE;
            is_changing = !is_done;
            reacts(info->Info.StateChange.ulStateNew, is_done);
        }
    }

  private:
    bool is_silent_;
    IMAPIOfflineMgr *keeps_;
};

HRESULT advise(IMAPIOfflineMgr *on, bool is_silent, ULONG *gets) {
    /* The right one's callback has a reference of its own. */
    ClientCallback *callback = new ClientCallback(is_silent, client == SILENCE && is_right ? manager : nullptr);
    HRESULT hr = ::advise(on, callback, gets, 0);
    callback->Release();
    return hr;
}

ULONG read() {
    ULONG state = 0;
    manager->GetCurrentState(&state);
    return state;
}

void set(ULONG flags, ULONG state) {
    manager->SetCurrentState(flags, MAPIOFFLINE_STATE_OFFLINE_MASK, state, nullptr);
}

/* What it does when it is told of a change. */
void reacts(ULONG state, bool is_done) {
    if (client == SILENCE || client == RELEASES_FIRST) {
        read();
    }
    if (!is_done) {
        return;
    }
    switch (client) {
    case BLOCKS:
        if (state == MAPIOFFLINE_STATE_OFFLINE) {
            set(is_right ? MAPIOFFLINE_FLAG_DEFAULT : MAPIOFFLINE_FLAG_BLOCK,
                MAPIOFFLINE_STATE_ONLINE);
        }
        break;
    case UNADVISES_OTHER:
        if (!is_right) {
            /* Two clients are registered. */
            manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, 3 - token);
        }
        break;
    case RELEASES_TWICE:
        if (!is_right) {
            manager->Release();
            manager->Release();
        }
        break;
    case REGISTERS_ANEW: {
        ULONG another = 0;
        if (SUCCEEDED(advise(manager, true, &another)) && is_right) {
            manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, another);
        }
        break;
    }
    case TAKES:
        manager->AddRef();
        if (is_right) {
            manager->Release();
        }
        break;
    default:
        break;
    }
}

HRESULT open(LPCWSTR profile) {
    mapi = LoadLibraryA("msmapi32.dll");
    if (mapi == nullptr) {
        return E_FAIL;
    }
    LPHROPENOFFLINEOBJ function =
        reinterpret_cast<LPHROPENOFFLINEOBJ>(GetProcAddress(mapi, "HrOpenOfflineObj"));
    HRESULT hr = function(0, profile, &GUID_GlobalState, nullptr, &manager);
    ULONG capabilities = 0;
    return SUCCEEDED(hr) ? manager->GetCapabilities(&capabilities) : hr;
}

HRESULT make_helper(LPCWSTR profile) {
    LPHRCREATEOFFLINEOBJ create =
        reinterpret_cast<LPHRCREATEOFFLINEOBJ>(GetProcAddress(mapi, "HrCreateOfflineObj@12"));
    MAPIOFFLINE_CREATEINFO info;
    memset(&info, 0, sizeof info);
    info.ulSize = sizeof info;
    info.pwszProfileName = profile;
    info.ulCapabilities = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
    info.pParent = manager;
    HRESULT hr = create(0, &info, &object);
    ULONG capabilities = 0;
    return SUCCEEDED(hr) ? object->GetCapabilities(&capabilities) : hr;
}

void let_go() {
    if (object != nullptr) {
        if (token != 0) {
            object->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token);
        }
        if (object != manager) {
            object->Release();
        }
        manager->Release();
        token = 0;
        object = manager = nullptr;
    }
}

} // namespace

HRESULT mapisim_client_connect(LPCWSTR profile) {
    manager = object = nullptr;
    token = 0;
    is_changing = false;
    HRESULT hr = open(profile);
    if (FAILED(hr)) {
        /* Its profile may be logged off. */
        return client == LOGGED_OFF ? S_OK : hr;
    }
    object = manager;
    if (client == UNMASKED) {
        ULONG state = read();
        if (is_right) {
            state &= MAPIOFFLINE_STATE_OFFLINE_MASK;
        }
        bool is_known = state == MAPIOFFLINE_STATE_ONLINE || state == MAPIOFFLINE_STATE_OFFLINE;
        if (!is_known) {
            let_go();
            return E_FAIL;
        }
    }
    if (client == READS_FIRST && !is_right) {
        read();
    }
    if (client == BLOCKS) {
        hr = make_helper(profile);
    }
    if (SUCCEEDED(hr)) {
        hr = advise(object, false, &token);
    }
    if (FAILED(hr)) {
        let_go();
        return client == LOGGED_OFF ? S_OK : hr;
    }
    if (client != READS_FIRST || is_right) {
        if (client == BLOCKS) {
            ULONG state = 0;
            object->GetCurrentState(&state);
        } else {
            read();
        }
    }
    if (client == SILENCE || (client == LOGGED_OFF && is_right)) {
        IMAPIOfflineMgr *released = manager;
        let_go();
        manager = client == SILENCE ? released : nullptr;
    }
    if (client == RELEASES_FIRST && !is_right) {
        object = nullptr;
        manager->Release();
    }
    return S_OK;
}

HRESULT mapisim_client_disconnect(void) {
    if (client == LEAVES && !is_right && is_changing) {
        manager->Release();
        object = nullptr;
    }
    let_go();
    FreeLibrary(mapi);
    return S_OK;
}
