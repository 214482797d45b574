/*
 * A client in the style of those that shipped: smart pointers of ATL, wide characters throughout,
 * and a header of its own with the definitions. It finds the library that Outlook has loaded.
 */
#define INITGUID
#include "mapiwindows.h"

#include "connection_state.h"

/* Hears when Outlook has gone offline or online. */
class CStateSink : public IMAPIOfflineNotify {
  public:
    explicit CStateSink(ULONG *pulState) : m_cRef(1), m_pulState(pulState) {}
    virtual ~CStateSink() {}

    STDMETHOD(QueryInterface)(REFIID riid, void **ppv) {
        if (!ppv) return E_POINTER;
        *ppv = NULL;
        if (!IsEqualIID(riid, IID_IUnknown) && !IsEqualIID(riid, IID_IMAPIOfflineNotify)) return E_NOINTERFACE;
        *ppv = static_cast<IMAPIOfflineNotify *>(this);
        AddRef();
        return S_OK;
    }
    STDMETHOD_(ULONG, AddRef)() { return InterlockedIncrement(&m_cRef); }
    STDMETHOD_(ULONG, Release)() {
        LONG cRef = InterlockedDecrement(&m_cRef);
        if (!cRef) delete this;
        return cRef;
    }
    STDMETHOD_(VOID, Notify)(const MAPIOFFLINE_NOTIFY *pInfo) {
        if (pInfo->NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE)
            *m_pulState = pInfo->Info.StateChange.ulStateNew & MAPIOFFLINE_STATE_OFFLINE_MASK;
    }

  private:
    LONG m_cRef;
    ULONG *m_pulState;
};

/* Follows the state of one profile. */
class CStateFollower {
  public:
    CStateFollower() : m_ulState(0), m_ulToken(0) {}

    HRESULT Connect(LPCTSTR pszProfile) {
        HMODULE hMAPI = GetModuleHandle(_T("msmapi32.dll"));
        if (!hMAPI) return HRESULT_FROM_WIN32(GetLastError());
        HROPENOFFLINEOBJ pfnOpen = (HROPENOFFLINEOBJ)(void *)GetProcAddress(hMAPI, "HrOpenOfflineObj@20");
        if (!pfnOpen) return E_NOINTERFACE;
        HRESULT hr = pfnOpen(0, pszProfile, &GUID_GlobalState, NULL, &m_spManager);
        if (FAILED(hr)) return hr;
        m_spOffline = m_spManager;
        if (!m_spOffline) return E_NOINTERFACE;
        hr = m_spOffline->GetCurrentState(&m_ulState);
        if (FAILED(hr)) return hr;
        m_ulState &= MAPIOFFLINE_STATE_OFFLINE_MASK;

        CComPtr<IMAPIOfflineNotify> spSink;
        spSink.Attach(new CStateSink(&m_ulState));
        MAPIOFFLINE_ADVISEINFO info = {};
        info.ulSize = sizeof(info);
        info.CallbackType = MAPIOFFLINE_CALLBACK_TYPE_NOTIFY;
        info.pCallback = spSink;
        info.ulAdviseTypes = MAPIOFFLINE_ADVISE_TYPE_STATECHANGE;
        info.ulStateMask = MAPIOFFLINE_STATE_ALL;
        return m_spManager->Advise(MAPIOFFLINE_ADVISE_DEFAULT, &info, &m_ulToken);
    }

    HRESULT GoOffline() {
        return m_spOffline->SetCurrentState(MAPIOFFLINE_FLAG_BLOCK, MAPIOFFLINE_STATE_OFFLINE_MASK,
                                            MAPIOFFLINE_STATE_OFFLINE, NULL);
    }

    void Disconnect() {
        if (m_spManager) m_spManager->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, m_ulToken);
        m_spOffline.Release();
        m_spManager.Release();
    }

    ULONG State() const { return m_ulState; }
    const CComPtr<IMAPIOfflineMgr> &Manager() const { return m_spManager; }

  private:
    ULONG m_ulState, m_ulToken;
    CComPtr<IMAPIOfflineMgr> m_spManager;
    CComQIPtr<IMAPIOffline> m_spOffline;
};

/* ---- Its test. ---- */

#include "mapisession.h"
#include "mapisim.h"

#include <cstdio>
#include <cstring>

#define CHECK(condition)                                                                           \
    if (!(condition)) {                                                                            \
        std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                       \
        return 1;                                                                                  \
    }

/* What else of the pointers clients rely on. */
static int pointers(const CComPtr<IMAPIOfflineMgr> &manager) {
    CComPtr<IMAPIOfflineMgr> copy(manager), other = manager;
    CComQIPtr<IMAPIOfflineNotify> no_interface(manager.p);
    CComPtr<IMAPIOffline> asked;
    CHECK(copy.QueryInterface(&asked) == S_OK && asked.IsEqualObject(manager));
    CHECK(!no_interface && other == manager);
    other = NULL;
    CHECK(!other && copy.CopyTo(&other) == S_OK && other.p == copy.p);
    IMAPIOfflineMgr *raw = other.Detach();
    CHECK(!other && raw == copy.p);
    other.Attach(raw);
    return 0;
}

int main() {
    CHECK(mapisim_begin() == S_OK);
    CHECK(mapisim_profile("Work", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, MAPISIM_PROFILE_DEFAULT) == S_OK);
    CHECK(mapisim_start() == S_OK && MAPIInitialize(NULL) == S_OK);
    CStateFollower follower;
    CHECK(follower.Connect(_T("Nobody")) == MAPI_E_NOT_FOUND);
    CHECK(follower.Connect(_T("Work")) == S_OK && follower.State() == MAPIOFFLINE_STATE_ONLINE);
    CHECK(follower.GoOffline() == S_OK && follower.State() == MAPIOFFLINE_STATE_OFFLINE);
    CHECK(mapisim_work_online(NULL) == S_OK && mapisim_run_until_idle() == S_OK);
    CHECK(follower.State() == MAPIOFFLINE_STATE_ONLINE);
    CHECK(pointers(follower.Manager()) == 0);
    follower.Disconnect();
    MAPIUninitialize();
    uint32_t count = 1;
    CHECK(mapisim_shut_down(&count) == S_OK);
    /* It looked for a profile that there is not, never asked for the capabilities, and in 64 bits asked for a name that may
     * not be there, as some that shipped do. */
    const char *const expected[] = {"unknown-profile", "no-capability-check", "decorated-name"};
#ifdef _WIN32
    CHECK(count == 2);
#else
    CHECK(count == (sizeof(void *) == 8 ? 3u : 2u));
#endif
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        CHECK(mapisim_finding_at(i, &finding) == S_OK);
        CHECK(std::strcmp(finding.id, expected[i]) == 0);
    }
    CHECK(mapisim_clear() == S_OK);
    return 0;
}
