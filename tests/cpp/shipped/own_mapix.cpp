/*
 * A client in the style of those that shipped: MAPI's own mapix.h and mapiutil.h first, linked with
 * the library, and the Offline State API of every profile that the profile table names.
 */
#define INITGUID
#include "mapiwindows.h"

#include <mapix.h>
#include <mapiutil.h>

#include "mapioffline.h"
#include "mapisession.h"

#include <string>
#include <vector>

/* Counts the profiles that are offline, and frees whatever it was given. */
class CProfileWalker {
  public:
    CProfileWalker() : m_pAdmin(NULL), m_pTable(NULL), m_pRows(NULL) {}
    ~CProfileWalker() {
        if (m_pRows) FreeProws(m_pRows);
        if (m_pTable) m_pTable->Release();
        if (m_pAdmin) m_pAdmin->Release();
    }

    HRESULT Read() {
        enum { eName, eDefault, cCols };
        static SizedSPropTagArray(cCols, sptCols) = {cCols, {PR_DISPLAY_NAME_A, PR_DEFAULT_PROFILE}};
        static SizedSSortOrderSet(1, sosName) = {1, 0, 0, {{PR_DISPLAY_NAME_A, TABLE_SORT_DESCEND}}};
        HRESULT hr = MAPIAdminProfiles(0, &m_pAdmin);
        if (HR_FAILED(hr)) return hr;
        hr = m_pAdmin->GetProfileTable(0, &m_pTable);
        if (HR_FAILED(hr)) return hr;
        return HrQueryAllRows(m_pTable, (LPSPropTagArray)&sptCols, NULL, (LPSSortOrderSet)&sosName, 0, &m_pRows);
    }

    std::vector<std::string> Offline() const {
        std::vector<std::string> names;
        for (ULONG i = 0; m_pRows && i < m_pRows->cRows; ++i) {
            const char *szName = m_pRows->aRow[i].lpProps[0].Value.lpszA;
            if (IsOffline(szName)) names.push_back(szName);
        }
        return names;
    }

    ULONG Count() const { return m_pRows->cRows; }
    HRESULT First(LPSRowSet *ppRows) { return HrQueryAllRows(m_pTable, NULL, NULL, NULL, 1, ppRows); }

  private:
    static bool IsOffline(const char *szName) {
        WCHAR wszName[MAX_PATH];
        IMAPIOfflineMgr *pManager = NULL;
        ULONG ulState = 0;
        if (!MultiByteToWideChar(CP_ACP, 0, szName, -1, wszName, MAX_PATH)) return false;
        if (hrSuccess != HrOpenOfflineObj(0, wszName, &GUID_GlobalState, NULL, &pManager)) return false;
        HRESULT hr = pManager->GetCurrentState(&ulState);
        pManager->Release();
        return SUCCEEDED(hr) && MAPIOFFLINE_STATE_OFFLINE == (ulState & MAPIOFFLINE_STATE_OFFLINE_MASK);
    }

    LPPROFADMIN m_pAdmin;
    LPMAPITABLE m_pTable;
    LPSRowSet m_pRows;
};

/* The profile of a session, as one property of its global section. */
static HRESULT SessionProfile(LPMAPISESSION pSession, std::string *pName) {
    LPPROFSECT pSection = NULL;
    LPSPropValue pValue = NULL;
    LPMAPIFREEBUFFER pfnFree = MAPIFreeBuffer;
    HRESULT hr = pSession->OpenProfileSection((LPMAPIUID)pbGlobalProfileSectionGuid, NULL, 0, &pSection);
    if (HR_FAILED(hr)) return hr;
    hr = HrGetOneProp(pSection, CHANGE_PROP_TYPE(PR_PROFILE_NAME, PT_STRING8), &pValue);
    if (!HR_FAILED(hr)) *pName = pValue->Value.lpszA;
    pfnFree(pValue);
    pValue = NULL;
    if (HrGetOneProp(pSection, PR_DISPLAY_NAME_A, &pValue) != MAPI_E_NOT_FOUND || pValue) hr = E_UNEXPECTED;
    pSection->Release();
    return hr;
}

/* ---- Its test. ---- */

#include "../check.h"

int main() {
    describe();
    CHECK_HR(mapisim_profile("Home", MAPISIM_OFFLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(mapisim_profile("Lab", MAPISIM_OFFLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    for (const char *name : {"Home", "Lab", "Work"}) {
        mapisim_log_on(name);
    }
    MAPIINIT_0 init = {MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS};
    CHECK_HR(MAPIInitialize(&init), S_OK);
    {
        CProfileWalker walker;
        LPSRowSet rows = NULL;
        CHECK_HR(walker.Read(), S_OK);
        CHECK(walker.Count() == 3);
        CHECK_HR(walker.First(&rows), MAPI_E_TABLE_TOO_BIG);
        CHECK(walker.Offline() == (std::vector<std::string>{"Lab", "Home"}));
    }
    LPMAPISESSION session = NULL;
    std::string name;
    CHECK_HR(MAPILogonEx(0, NULL, NULL, MAPI_EXTENDED | MAPI_USE_DEFAULT | MAPI_NEW_SESSION, &session), S_OK);
    CHECK_HR(SessionProfile(session, &name), S_OK);
    CHECK(name == "Work");
    session->Logoff(0, 0, 0);
    session->Release();
    MAPIUninitialize();
    CHECK(finish() == Ids());
    return 0;
}
