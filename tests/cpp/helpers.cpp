/* HrQueryAllRows, FreeProws, FreePadrlist, HrGetOneProp: what each refuses, and what it gives. */
#define INITGUID
#include "check.h"
#include "mapiutilities.h"

static void refused(LPMAPITABLE table, LPPROFSECT section) {
    LPSRowSet rows = reinterpret_cast<LPSRowSet>(&table);
    CHECK_HR(HrQueryAllRows(nullptr, nullptr, nullptr, nullptr, 0, &rows), MAPI_E_INVALID_PARAMETER);
    CHECK(rows == nullptr);
    CHECK_HR(HrQueryAllRows(table, nullptr, nullptr, nullptr, 0, nullptr), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(HrQueryAllRows(table, nullptr, nullptr, nullptr, -1, &rows), MAPI_E_INVALID_PARAMETER);
    SPropTagArray none = {0, {0}};
    CHECK_HR(HrQueryAllRows(table, &none, nullptr, nullptr, 0, &rows), MAPI_E_INVALID_PARAMETER);
    CHECK(rows == nullptr);

    LPSPropValue property = nullptr;
    CHECK_HR(HrGetOneProp(nullptr, PR_PROFILE_NAME_A, &property), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(HrGetOneProp(section, PR_PROFILE_NAME_A, nullptr), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(HrGetOneProp(section, PR_DISPLAY_NAME_A, &property), MAPI_E_NOT_FOUND);
    CHECK(property == nullptr);
    FreeProws(nullptr);
    FreePadrlist(nullptr);
}

static void given(LPMAPITABLE table, LPPROFSECT section) {
    SizedSPropTagArray(1, columns) = {1, {PR_DISPLAY_NAME_A}};
    LPSRowSet rows = nullptr;
    CHECK_HR(HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 2, &rows), S_OK);
    CHECK(rows->cRows == 2 && rows->aRow[0].cValues == 1);
    CHECK(std::strcmp(rows->aRow[1].lpProps->Value.lpszA, "Home") == 0);
    FreeProws(rows);
    CHECK_HR(HrQueryAllRows(table, nullptr, nullptr, nullptr, 1, &rows), MAPI_E_TABLE_TOO_BIG);
    CHECK(rows == nullptr);

    LPSPropValue property = nullptr;
    CHECK_HR(HrGetOneProp(section, PR_PROFILE_NAME_A, &property), S_OK);
    CHECK(std::strcmp(property->Value.lpszA, "Work") == 0);
    CHECK(MAPIFreeBuffer(property) == 0);

    char name[8] = "";
    CHECK_HR(mapisim_default_profile(name, 4), E_INVALIDARG);
    CHECK_HR(mapisim_default_profile(nullptr, 8), E_INVALIDARG);
    CHECK_HR(mapisim_default_profile(name, sizeof name), S_OK);
    CHECK(std::strcmp(name, "Work") == 0);
}

int main() {
    LPSRowSet rows = nullptr;
    char name[8];
    CHECK_HR(HrQueryAllRows(nullptr, nullptr, nullptr, nullptr, 0, &rows), MAPI_E_NOT_INITIALIZED);
    CHECK_HR(mapisim_default_profile(name, sizeof name), E_UNEXPECTED);
    describe();
    CHECK_HR(mapisim_profile("Home", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    LPPROFADMIN admin = nullptr;
    LPMAPITABLE table = nullptr;
    LPMAPISESSION session = nullptr;
    LPPROFSECT section = nullptr;
    MAPIUID uid;
    std::memcpy(&uid, pbGlobalProfileSectionGuid, sizeof uid);
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    CHECK_HR(admin->GetProfileTable(0, &table), S_OK);
    CHECK_HR(MAPILogonEx(0, nullptr, nullptr, MAPI_EXTENDED | MAPI_USE_DEFAULT, &session), S_OK);
    CHECK_HR(session->OpenProfileSection(&uid, nullptr, 0, &section), S_OK);
    refused(table, section);
    given(table, section);
    section->Release();
    session->Release();
    table->Release();
    admin->Release();
    MAPIUninitialize();
    CHECK(finish() == Ids());
    return 0;
}
