#define INITGUID
#include "offline_monitor.h"

#include <stdio.h>
#include <string.h>

CMyOfflineNotify::CMyOfflineNotify(LOGLINE log) : m_cRef(1), m_log(log) {}

CMyOfflineNotify::~CMyOfflineNotify() {}

STDMETHODIMP CMyOfflineNotify::QueryInterface(REFIID riid, LPVOID *ppvObj) {
    if (ppvObj == NULL) {
        return E_POINTER;
    }
    *ppvObj = NULL;
    if (riid == IID_IMAPIOfflineNotify || riid == IID_IUnknown) {
        *ppvObj = static_cast<IMAPIOfflineNotify *>(this);
        AddRef();
        return S_OK;
    }
    return E_NOINTERFACE;
}

STDMETHODIMP_(ULONG) CMyOfflineNotify::AddRef() {
    return static_cast<ULONG>(InterlockedIncrement(&m_cRef));
}

STDMETHODIMP_(ULONG) CMyOfflineNotify::Release() {
    LONG cRef = InterlockedDecrement(&m_cRef);
    if (cRef == 0) {
        delete this;
    }
    return static_cast<ULONG>(cRef);
}

STDMETHODIMP_(void) CMyOfflineNotify::Notify(const MAPIOFFLINE_NOTIFY *pNotifyInfo) {
    char szLine[256];
    const char *szType = "unknown";
    switch (pNotifyInfo->NotifyType) {
    case MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START:
        szType = "STATECHANGE_START";
        break;
    case MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE:
        szType = "STATECHANGE";
        break;
    case MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE:
        szType = "STATECHANGE_DONE";
        break;
    default:
        break;
    }
    snprintf(szLine, sizeof szLine, "Notify ulSize=%u NotifyType=%s ulClientToken=%u ulMask=%#x "
                                    "ulStateOld=%#x ulStateNew=%#x",
             static_cast<unsigned>(pNotifyInfo->ulSize), szType,
             static_cast<unsigned>(pNotifyInfo->ulClientToken),
             static_cast<unsigned>(pNotifyInfo->Info.StateChange.ulMask),
             static_cast<unsigned>(pNotifyInfo->Info.StateChange.ulStateOld),
             static_cast<unsigned>(pNotifyInfo->Info.StateChange.ulStateNew));
    m_log(szLine);
}

COfflineMonitor::COfflineMonitor(LOGLINE log)
    : m_pwszProfile(NULL), m_hMAPI(NULL), m_pfnHrOpenOfflineObj(NULL), m_pfnFreeBuffer(NULL),
      m_pOfflineMgr(NULL), m_pOffline(NULL), m_ulAdviseToken(0), m_pName(NULL), m_log(log) {}

COfflineMonitor::~COfflineMonitor() {
    DeinitMonitor();
    if (m_pName != NULL && m_pfnFreeBuffer != NULL) {
        m_pfnFreeBuffer(m_pName);
    }
    if (m_hMAPI != NULL) {
        FreeLibrary(m_hMAPI);
    }
}

HRESULT COfflineMonitor::CacheProfileName(LPMAPISESSION pSession) {
    MAPIUID uidSection;
    memcpy(&uidSection, pbGlobalProfileSectionGuid, sizeof uidSection);
    LPPROFSECT pSection = NULL;
    HRESULT hr = pSession->OpenProfileSection(&uidSection, NULL, 0, &pSection);
    if (FAILED(hr)) {
        return hr;
    }
    SizedSPropTagArray(1, sptName) = {1, {PR_PROFILE_NAME_W}};
    ULONG cValues = 0;
    LPSPropValue pName = NULL;
    hr = pSection->GetProps(reinterpret_cast<LPSPropTagArray>(&sptName), 0, &cValues, &pName);
    pSection->Release();
    if (hr != S_OK) {
        return FAILED(hr) ? hr : MAPI_E_NOT_FOUND;
    }
    m_pName = pName;
    m_pwszProfile = pName->Value.lpszW;
    return S_OK;
}

HRESULT COfflineMonitor::LoadMAPI(const char *szLibrary) {
    m_hMAPI = LoadLibraryA(szLibrary);
    if (m_hMAPI == NULL) {
        return MAPI_E_NOT_FOUND;
    }
    FARPROC pfnOpen = GetProcAddress(m_hMAPI, "HrOpenOfflineObj");
    if (pfnOpen == NULL) {
        pfnOpen = GetProcAddress(m_hMAPI, "HrOpenOfflineObj@20"); // its name in 32 bits
    }
    m_pfnHrOpenOfflineObj = reinterpret_cast<HROPENOFFLINEOBJ *>(pfnOpen);
    m_pfnFreeBuffer = reinterpret_cast<FREEBUFFER *>(GetProcAddress(m_hMAPI, "MAPIFreeBuffer"));
    return m_pfnHrOpenOfflineObj != NULL && m_pfnFreeBuffer != NULL ? S_OK : MAPI_E_NOT_FOUND;
}

HRESULT COfflineMonitor::InitMonitor() {
    HRESULT hr = m_pfnHrOpenOfflineObj(0, m_pwszProfile, &GUID_GlobalState, NULL, &m_pOfflineMgr);
    if (FAILED(hr)) {
        return hr;
    }
    hr = m_pOfflineMgr->QueryInterface(IID_IMAPIOffline, reinterpret_cast<LPVOID *>(&m_pOffline));
    if (FAILED(hr)) {
        return hr;
    }
    ULONG ulCapabilities = 0;
    hr = m_pOffline->GetCapabilities(&ulCapabilities);
    if (FAILED(hr) || (ulCapabilities & MAPIOFFLINE_CAPABILITY_OFFLINE) == 0) {
        return FAILED(hr) ? hr : MAPI_E_NO_SUPPORT;
    }

    CMyOfflineNotify *pNotify = new CMyOfflineNotify(m_log);
    MAPIOFFLINE_ADVISEINFO info;
    ZeroMemory(&info, sizeof info);
    info.ulSize = sizeof info;
    info.ulClientToken = 99;
    info.CallbackType = MAPIOFFLINE_CALLBACK_TYPE_NOTIFY;
    info.pCallback = pNotify;
    info.ulAdviseTypes = MAPIOFFLINE_ADVISE_TYPE_STATECHANGE;
    info.ulStateMask = MAPIOFFLINE_STATE_ALL;
    hr = m_pOfflineMgr->Advise(MAPIOFFLINE_ADVISE_DEFAULT, &info, &m_ulAdviseToken);
    pNotify->Release(); /* the registration holds the reference that it needs */
    return hr;
}

HRESULT COfflineMonitor::GetState(ULONG *pulState) {
    HRESULT hr = m_pOffline->GetCurrentState(pulState);
    if (SUCCEEDED(hr)) {
        *pulState &= MAPIOFFLINE_STATE_OFFLINE_MASK;
    }
    return hr;
}

HRESULT COfflineMonitor::SetState(ULONG ulFlags, ULONG ulState) {
    return m_pOffline->SetCurrentState(ulFlags, MAPIOFFLINE_STATE_OFFLINE_MASK, ulState, NULL);
}

void COfflineMonitor::DeinitMonitor() {
    if (m_ulAdviseToken != 0) {
        m_pOfflineMgr->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, m_ulAdviseToken);
        m_ulAdviseToken = 0;
    }
    if (m_pOffline != NULL) {
        m_pOffline->Release();
        m_pOffline = NULL;
    }
    if (m_pOfflineMgr != NULL) {
        m_pOfflineMgr->Release();
        m_pOfflineMgr = NULL;
    }
}
