/* A client in C: the vtables, and the macros of COBJMACROS. */
#define INITGUID
#define COBJMACROS
#include <stdio.h>
#include <stdlib.h>

#include "mapioffline.h"
#include "mapisession.h"
#include "mapisim.h"

#define CHECK(condition)                                                                           \
    if (!(condition)) {                                                                            \
        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                            \
        exit(1);                                                                                   \
    }

typedef struct {
    IMAPIOfflineNotify notify;
    ULONG references;
    int heard[4];
} Monitor;

static HRESULT STDMETHODCALLTYPE query(IMAPIOfflineNotify *this, REFIID iid, void **out) {
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IMAPIOfflineNotify)) {
        return E_NOINTERFACE;
    }
    IMAPIOfflineNotify_AddRef(this);
    *out = this;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE add_ref(IMAPIOfflineNotify *this) {
    return ++((Monitor *)this)->references;
}

static ULONG STDMETHODCALLTYPE release(IMAPIOfflineNotify *this) {
    return --((Monitor *)this)->references;
}

static void STDMETHODCALLTYPE notify(IMAPIOfflineNotify *this, const MAPIOFFLINE_NOTIFY *info) {
    ++((Monitor *)this)->heard[info->NotifyType];
}

static const IMAPIOfflineNotifyVtbl VTABLE = {query, add_ref, release, notify};

int main(void) {
    static const WCHAR work[] = {'W', 'o', 'r', 'k', 0};
    Monitor monitor = {{&VTABLE}, 0, {0}};
    MAPIOFFLINE_ADVISEINFO info = {sizeof info,
                                   1,
                                   MAPIOFFLINE_CALLBACK_TYPE_NOTIFY,
                                   (IUnknown *)&monitor.notify,
                                   MAPIOFFLINE_ADVISE_TYPE_STATECHANGE,
                                   MAPIOFFLINE_STATE_ALL};
    IMAPIOfflineMgr *manager = NULL;
    ULONG capabilities = 0, token = 0;
    uint32_t count = 9;

    CHECK(mapisim_begin() == S_OK);
    CHECK(mapisim_profile("Work", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, 0) == S_OK);
    CHECK(mapisim_start() == S_OK);
    CHECK(MAPIInitialize(NULL) == S_OK);
    CHECK(HrOpenOfflineObj(0, work, &GUID_GlobalState, NULL, &manager) == S_OK);
    CHECK(IMAPIOfflineMgr_GetCapabilities(manager, &capabilities) == S_OK && capabilities == 3);
    CHECK(IMAPIOfflineMgr_Advise(manager, 0, &info, &token) == S_OK);
    CHECK(manager->lpVtbl->SetCurrentState(manager, MAPIOFFLINE_FLAG_BLOCK,
                                           MAPIOFFLINE_STATE_OFFLINE_MASK,
                                           MAPIOFFLINE_STATE_OFFLINE, NULL) == S_OK);
    CHECK(monitor.heard[1] == 1 && monitor.heard[2] == 1 && monitor.heard[3] == 1);
    CHECK(IMAPIOfflineMgr_Unadvise(manager, 0, token) == S_OK);
    CHECK(monitor.references == 0);
    CHECK(IMAPIOfflineMgr_Release(manager) == 0);
    MAPIUninitialize();
    CHECK(mapisim_shut_down(&count) == S_OK && count == 0);
    CHECK(mapisim_clear() == S_OK);
    return 0;
}
