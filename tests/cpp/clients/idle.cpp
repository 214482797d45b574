/*
 * A client that tests nothing: whatever it does succeeds, and it never advises, reads or sets.
 *
 * -DWRONG_NAME  it asks for the profile by the first letter of its name, as code does that takes
 *               UTF-16 for text with wider characters, and goes on without the object
 * -DONLY_OPENS  it opens the offline object and releases it
 */
#define INITGUID
#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisim_client.h"

HRESULT mapisim_client_connect(LPCWSTR profile) {
#if defined(WRONG_NAME) || defined(ONLY_OPENS)
    WCHAR first[2] = {profile[0], 0};
    IMAPIOfflineMgr *manager = nullptr;
#ifdef WRONG_NAME
    profile = first;
#endif
    (void)first;
    HrOpenOfflineObj(0, profile, &GUID_GlobalState, nullptr, &manager);
    if (manager != nullptr)
        manager->Release();
#else
    (void)profile;
#endif
    return S_OK;
}

HRESULT mapisim_client_disconnect(void) { return S_OK; }
