/*
 * A provider that does what ends a process, or keeps it for ever. -DFAULT=… says what, and when:
 *
 * FREED         its callback uses memory that is freed after Unadvise: a late notification finds it gone
 * ASSERTS       an assertion of its callback does not hold
 * ABORTS        its callback aborts
 * EXITS         its callback calls exit
 * THROWS        an exception leaves its Notify
 * THROWS_LATE   an exception leaves the Release of its callback
 * OVERFLOWS     its callback calls itself until its stack is full
 * JUMPS         its callback leaves its Notify by longjmp, back into connect
 * DEAD_LOCK     its connect holds a mutex while it reads the state, and its callback takes it
 * WAITS         its connect waits for a flag that its callback sets
 * SPINS         its callback reads the state for ever
 * CONNECT       its connect uses memory that is not there
 * DISCONNECT    so does its disconnect
 * TWICE         its disconnect releases the manager twice, and then does the same
 * CLOCK         every second execution leaks its registration
 */
#define INITGUID
#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisim_client.h"

#include "../callback.h"

#include <assert.h>
#include <atomic>
#include <mutex>
#include <setjmp.h>
#include <stdexcept>
#include <stdlib.h>

namespace {

enum Fault {
    FREED,
    ASSERTS,
    ABORTS,
    EXITS,
    THROWS,
    THROWS_LATE,
    OVERFLOWS,
    JUMPS,
    DEAD_LOCK,
    WAITS,
    SPINS,
    CONNECT,
    DISCONNECT,
    TWICE,
    CLOCK
};
const Fault fault = FAULT;

IMAPIOfflineMgr *manager;
ULONG token;
std::mutex guard;
std::atomic<bool> is_told;
jmp_buf back;
unsigned executions;
/* What its callback uses. */
int *data;
/* What the compiler must not see through. */
int *volatile nowhere = nullptr;

int overflow(int depth) {
    volatile char room[4096];
    room[0] = static_cast<char>(depth);
    return depth < 0 ? 0 : overflow(depth + 1) + room[0];
}

class ClientCallback : public Callback {
  public:
    STDMETHODIMP_(ULONG) Release() override {
        ULONG left = Callback::Release();
        if (left == 0 && fault == THROWS_LATE) {
            throw std::runtime_error("thrown by Release");
        }
        return left;
    }
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        if (info->NotifyType != MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START) {
            return;
        }
        switch (fault) {
        case FREED:
            ++*data;
            break;
        case ASSERTS:
            assert(!"the provider is ready");
            break;
        case ABORTS:
            abort();
        case EXITS:
            exit(7);
        case THROWS:
            throw std::runtime_error("thrown by Notify");
        case OVERFLOWS:
            *data = overflow(0);
            break;
        case JUMPS:
            longjmp(back, 1);
        case DEAD_LOCK: {
            std::lock_guard<std::mutex> lock(guard);
            break;
        }
        case SPINS:
            for (;;) {
                ULONG state = 0;
                manager->GetCurrentState(&state);
            }
        default:
            is_told = true;
        }
    }
};

HRESULT advise() {
    ClientCallback *callback = new ClientCallback();
    HRESULT hr = ::advise(manager, callback, &token);
    callback->Release();
    return hr;
}

HRESULT read() {
    ULONG state = 0;
    return manager->GetCurrentState(&state);
}

} // namespace

HRESULT mapisim_client_connect(LPCWSTR profile) {
    if (fault == CONNECT) {
        *nowhere = 1;
    }
    ++executions;
    is_told = false;
    data = new int(0);
    HMODULE mapi = LoadLibraryA("msmapi32.dll");
    if (mapi == nullptr) {
        return E_FAIL;
    }
    LPHROPENOFFLINEOBJ open =
        reinterpret_cast<LPHROPENOFFLINEOBJ>(GetProcAddress(mapi, "HrOpenOfflineObj"));
    HRESULT hr = open(0, profile, &GUID_GlobalState, nullptr, &manager);
    ULONG capabilities = 0;
    if (SUCCEEDED(hr)) {
        hr = manager->GetCapabilities(&capabilities);
    }
    if (SUCCEEDED(hr)) {
        hr = advise();
    }
    if (fault == DEAD_LOCK) {
        std::lock_guard<std::mutex> lock(guard);
        return read();
    }
    if (fault == JUMPS && setjmp(back) != 0) {
        return S_OK;
    }
    if (SUCCEEDED(hr)) {
        hr = read();
    }
    while (fault == WAITS && !is_told) {
    }
    return hr;
}

HRESULT mapisim_client_disconnect(void) {
    if (fault == DISCONNECT) {
        *nowhere = 1;
    }
    if (fault != CLOCK || executions % 2 == 0) {
        manager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token);
    }
    if (fault == FREED) {
        delete data;
        data = nowhere;
    }
    manager->Release();
    if (fault == TWICE) {
        manager->Release();
        *nowhere = 1;
    }
    manager = nullptr;
    return S_OK;
}
