/*
 * A client in the style of those that shipped: it asks the registry and mapistub.dll where
 * Outlook's MAPI library is, loads it, and takes every function from it by name. It is linked with
 * nothing. On a machine whose registry knows nothing of Outlook it falls back to the plain name.
 */
#define INITGUID
#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisession.h"
#include "mapiutilities.h"

typedef BOOL(STDAPICALLTYPE FGETCOMPONENTPATH)(LPCSTR, LPCSTR, LPSTR, DWORD, BOOL);
typedef HRESULT(STDMETHODCALLTYPE HRQUERYALLROWS)(LPMAPITABLE, LPSPropTagArray, LPSRestriction,
                                                  LPSSortOrderSet, LONG, LPSRowSet *);
typedef void(STDMETHODCALLTYPE FREEPROWS)(LPSRowSet);

static const CHAR c_szOutlookMAPI[] = "{FF1D0740-D227-11D1-A4B0-006008AF820E}";
static const TCHAR c_szMailClient[] = _T("Software\\Clients\\Mail\\Microsoft Outlook");
static const TCHAR c_szOutlook[] = _T("Software\\Microsoft\\Office\\16.0\\Outlook");

/* The MAPI library, which is loaded once, whichever thread asks first. */
class CMapiLibrary {
  public:
    CMapiLibrary() : m_hStub(NULL), m_hMAPI(NULL), m_cUsers(0) { InitializeCriticalSection(&m_cs); }
    ~CMapiLibrary() {
        if (m_hMAPI) FreeLibrary(m_hMAPI);
        if (m_hStub) FreeLibrary(m_hStub);
        DeleteCriticalSection(&m_cs);
    }

    HRESULT Load() {
        HRESULT hr = hrSuccess;
        EnterCriticalSection(&m_cs);
        if (!m_hMAPI) {
            CHAR szPath[MAX_PATH + 1] = {0};
            if (!FindByComponent(szPath, MAX_PATH)) StringCchPrintfA(szPath, MAX_PATH + 1, "%s", "msmapi32.dll");
            m_hMAPI = LoadLibraryA(szPath);
            if (!m_hMAPI) hr = HRESULT_FROM_WIN32(GetLastError());
        }
        LeaveCriticalSection(&m_cs);
        if (!HR_FAILED(hr)) InterlockedIncrement(&m_cUsers);
        return hr;
    }

    template <class F> F *Get(LPCSTR szName) {
        return reinterpret_cast<F *>(reinterpret_cast<void *>(GetProcAddress(m_hMAPI, szName)));
    }

    LONG Users() const { return m_cUsers; }

  private:
    /* The path that mapistub.dll knows for the component, in the language of the registry. */
    bool FindByComponent(LPSTR szPath, DWORD cchPath) {
        CHAR szStub[MAX_PATH + 1] = {0}, szSystem[MAX_PATH + 1] = {0};
        if (!GetSystemDirectoryA(szSystem, MAX_PATH)) return false;
        if (FAILED(StringCchPrintfA(szStub, MAX_PATH + 1, "%s\\%s", szSystem, "mapistub.dll"))) return false;
        m_hStub = LoadLibraryA(szStub);
        if (!m_hStub) return false;
        FGETCOMPONENTPATH *pfn = reinterpret_cast<FGETCOMPONENTPATH *>(
            reinterpret_cast<void *>(GetProcAddress(m_hStub, "FGetComponentPath")));
        if (!pfn) return false;

        HKEY hKey = NULL;
        CHAR szLCID[MAX_PATH] = {0};
        if (ERROR_SUCCESS == RegOpenKeyEx(HKEY_LOCAL_MACHINE, c_szMailClient, 0, KEY_READ, &hKey)) {
            DWORD dwType = 0, cb = sizeof szLCID;
            if (ERROR_SUCCESS != RegQueryValueExA(hKey, "MSIApplicationLCID", NULL, &dwType,
                                                  reinterpret_cast<LPBYTE>(szLCID), &cb) ||
                REG_MULTI_SZ != dwType)
                szLCID[0] = '\0';
            RegCloseKey(hKey);
        }
        return pfn(c_szOutlookMAPI, szLCID[0] ? szLCID : NULL, szPath, cchPath, TRUE) && szPath[0];
    }

    HMODULE m_hStub, m_hMAPI;
    CRITICAL_SECTION m_cs;
    volatile LONG m_cUsers;
};

/* The name of the default profile, of the registry or, if that has none, of the profile table. */
static HRESULT DefaultProfile(CMapiLibrary &mapi, LPWSTR wszName, int cchName) {
    HKEY hKey = NULL;
    CHAR szName[MAX_PATH] = {0};
    if (ERROR_SUCCESS == RegOpenKeyEx(HKEY_CURRENT_USER, c_szOutlook, 0, KEY_READ, &hKey)) {
        DWORD cb = sizeof szName;
        LONG lr = RegQueryValueExA(hKey, "DefaultProfile", NULL, NULL, reinterpret_cast<LPBYTE>(szName), &cb);
        RegCloseKey(hKey);
        if (ERROR_SUCCESS == lr)
            return MultiByteToWideChar(CP_ACP, 0, szName, -1, wszName, cchName) ? S_OK : MAPI_E_NOT_FOUND;
    }
    MAPIADMINPROFILES *pfnAdmin = mapi.Get<MAPIADMINPROFILES>("MAPIAdminProfiles");
    HRQUERYALLROWS *pfnRows = mapi.Get<HRQUERYALLROWS>("HrQueryAllRows@24");
    FREEPROWS *pfnFree = mapi.Get<FREEPROWS>("FreeProws@4");
    if (!pfnAdmin || !pfnRows || !pfnFree) return MAPI_E_NO_SUPPORT;
    LPPROFADMIN pAdmin = NULL;
    LPMAPITABLE pTable = NULL;
    LPSRowSet pRows = NULL;
    HRESULT hr = pfnAdmin(0, &pAdmin);
    if (SUCCEEDED(hr)) hr = pAdmin->GetProfileTable(0, &pTable);
    SizedSPropTagArray(2, sptCols) = {2, {PR_DISPLAY_NAME_A, PR_DEFAULT_PROFILE}};
    if (SUCCEEDED(hr)) hr = pfnRows(pTable, reinterpret_cast<LPSPropTagArray>(&sptCols), NULL, NULL, 0, &pRows);
    if (SUCCEEDED(hr)) {
        hr = MAPI_E_NOT_FOUND;
        for (ULONG i = 0; i < pRows->cRows; ++i) {
            LPSPropValue pProps = pRows->aRow[i].lpProps;
            if (pProps[1].Value.b && MultiByteToWideChar(CP_ACP, 0, pProps[0].Value.lpszA, -1, wszName, cchName))
                hr = S_OK;
        }
        pfnFree(pRows);
    }
    if (pTable) pTable->Release();
    if (pAdmin) pAdmin->Release();
    return hr;
}

/* Says whether Outlook is online, as its default profile has it. */
static HRESULT IsOnline(CMapiLibrary &mapi, bool *pfOnline) {
    HRESULT hr = mapi.Load();
    if (HR_FAILED(hr)) return hr;
    MAPIINITIALIZE *pfnInitialize = mapi.Get<MAPIINITIALIZE>("MAPIInitialize");
    MAPIUNINITIALIZE *pfnUninitialize = mapi.Get<MAPIUNINITIALIZE>("MAPIUninitialize");
    LPHROPENOFFLINEOBJ pfnOpen = mapi.Get<HROPENOFFLINEOBJ>("HrOpenOfflineObj@20");
    if (!pfnInitialize || !pfnUninitialize || !pfnOpen) return MAPI_E_NO_SUPPORT;
    hr = pfnInitialize(NULL);
    if (FAILED(hr)) return hr;

    WCHAR wszProfile[MAX_PATH] = {0};
    IMAPIOfflineMgr *pManager = NULL;
    hr = DefaultProfile(mapi, wszProfile, MAX_PATH);
    if (SUCCEEDED(hr)) hr = pfnOpen(0, wszProfile, &GUID_GlobalState, NULL, &pManager);
    if (SUCCEEDED(hr)) {
        ULONG ulState = 0;
        hr = pManager->GetCurrentState(&ulState);
        *pfOnline = (ulState & MAPIOFFLINE_STATE_OFFLINE_MASK) == MAPIOFFLINE_STATE_ONLINE;
        pManager->Release();
    }
    pfnUninitialize();
    return hr;
}

/* ---- Its test. ---- */

#include "../check.h"

/* What of the text functions real clients rely on. */
static void text() {
    CHAR narrow[16];
    WCHAR wide[16];
    CHECK_HR(StringCchPrintfA(narrow, 16, "%05lu|%hs|%X", static_cast<DWORD>(42), "ab", 255u), S_OK);
    CHECK(std::strcmp(narrow, "00042|ab|FF") == 0);
    CHECK_HR(StringCchPrintfA(narrow, 4, "%s", "abcdef"), STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(std::strcmp(narrow, "abc") == 0);
    CHECK_HR(StringCchPrintfA(narrow, 0, "%s", ""), STRSAFE_E_INVALID_PARAMETER);
    CHECK_HR(StringCchPrintfW(wide, 16, OLESTR("%s-%hs-%d"), OLESTR("W"), "a", -1), S_OK);
    CHECK(std::memcmp(wide, OLESTR("W-a--1"), 7 * sizeof(WCHAR)) == 0);
    CHECK_HR(StringCchPrintfA(narrow, 16, "%ws|%S|%3c|%-3d|", OLESTR("x"), OLESTR("y"), 'z', 7), S_OK);
    CHECK(std::strcmp(narrow, "x|y|  z|7  |") == 0);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "\xc3\xbc\xf0\x9f\x93\xab", -1, NULL, 0) == 4);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "\xc3\xbc\xf0\x9f\x93\xab", -1, wide, 16) == 4);
    CHECK(wide[0] == 0xfc && wide[1] == 0xd83d && wide[2] == 0xdceb && wide[3] == 0);
    CHECK(WideCharToMultiByte(CP_UTF8, 0, wide, -1, narrow, 16, NULL, NULL) == 7);
    CHECK(std::memcmp(narrow, "\xc3\xbc\xf0\x9f\x93\xab", 7) == 0);
    CHECK(WideCharToMultiByte(CP_UTF8, 0, wide, -1, narrow, 3, NULL, NULL) == 0);
    CHECK(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
}

static void sync() {
    LONG volatile number = 5;
    CHECK(InterlockedCompareExchange(&number, 7, 5) == 5 && number == 7);
    CHECK(InterlockedExchange(&number, 9) == 7 && InterlockedExchangeAdd(&number, 1) == 9);
    CHECK(InterlockedIncrement(&number) == 11 && InterlockedDecrement(&number) == 10);
    CRITICAL_SECTION section;
    InitializeCriticalSection(&section);
    EnterCriticalSection(&section);
    CHECK(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&section);
    DeleteCriticalSection(&section);
}

int main() {
    text();
    sync();
    start();
    MAPIUninitialize();
    is_initialized() = false;
    {
        CMapiLibrary mapi;
        bool online = false;
        CHECK_HR(IsOnline(mapi, &online), S_OK);
        CHECK(online);
        CHECK_HR(mapisim_work_offline(nullptr), S_OK);
        CHECK_HR(mapisim_run_until_idle(), S_OK);
        CHECK_HR(IsOnline(mapi, &online), S_OK);
        CHECK(!online && mapi.Users() == 2);
    }
    CHECK(finish() == decorated_name());
    return 0;
}
