/* IProfAdmin and the profile table, through vtables (PROF, TABLE). */
#define INITGUID
#include "check.h"

static char *text(const char *words) { return const_cast<char *>(words); }

static LPTSTR wide(const char16_t *words) {
    return reinterpret_cast<LPTSTR>(const_cast<char16_t *>(words));
}

/* The first column of the rows that are left, and frees them. */
static std::vector<std::string> names(LPMAPITABLE table, LONG count = 100) {
    LPSRowSet rows = nullptr;
    CHECK_HR(table->QueryRows(count, 0, &rows), S_OK);
    std::vector<std::string> names;
    for (ULONG i = 0; i < rows->cRows; ++i) {
        const SRow &row = rows->aRow[i];
        CHECK(row.cValues >= 1 && row.lpProps[0].ulPropTag == PR_DISPLAY_NAME_A);
        names.push_back(row.lpProps[0].Value.lpszA);
        CHECK(MAPIFreeBuffer(row.lpProps) == 0);
    }
    CHECK(MAPIFreeBuffer(rows) == 0);
    return names;
}

typedef std::vector<std::string> Names;

static LPMAPITABLE open_table(LPPROFADMIN admin, ULONG flags = 0) {
    LPMAPITABLE table = nullptr;
    CHECK_HR(admin->GetProfileTable(flags, &table), S_OK);
    return table;
}

static void administer(LPPROFADMIN admin) {
    CHECK_HR(admin->CreateProfile(text("Home"), nullptr, 0, 0), S_OK);
    CHECK_HR(admin->CreateProfile(text("home"), nullptr, 0, 0), MAPI_E_NO_ACCESS);
    CHECK_HR(admin->CreateProfile(text("L\xc3\xa9on"), text(""), 0, 0), S_OK);
    CHECK_HR(admin->CreateProfile(text("\xff"), nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(admin->CreateProfile(text(" x"), nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(admin->CreateProfile(nullptr, nullptr, 0, 0), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(admin->CreateProfile(text("x"), text("secret"), 0, 0), MAPI_E_LOGON_FAILED);
    CHECK_HR(admin->CreateProfile(text("x"), nullptr, 0, MAPI_UNICODE), MAPI_E_BAD_CHARWIDTH);
    CHECK_HR(admin->CreateProfile(text("x"), nullptr, 0, 0x100), MAPI_E_UNKNOWN_FLAGS);
    CHECK_HR(admin->CreateProfile(text("App"), nullptr, 0, MAPI_APP_PROFILE), S_OK);
    CHECK_HR(admin->DeleteProfile(text("App"), 0), MAPI_E_NO_ACCESS);
    CHECK_HR(admin->SetDefaultProfile(text("App"), 0), E_FAIL);
    CHECK_HR(admin->CopyProfile(text("Home"), nullptr, text("Copy"), 0, 0), S_OK);
    CHECK_HR(admin->CopyProfile(text("None"), nullptr, text("x"), 0, 0), MAPI_E_NOT_FOUND);
    CHECK_HR(admin->RenameProfile(text("Copy"), nullptr, text("Archive"), 0, 0), S_OK);
    CHECK_HR(admin->RenameProfile(text("Archive"), nullptr, text("Home"), 0, 0), MAPI_E_NO_ACCESS);
    CHECK_HR(admin->SetDefaultProfile(wide(u"Home"), MAPI_UNICODE), S_OK);
    CHECK_HR(admin->SetDefaultProfile(text("None"), 0), MAPI_E_NOT_FOUND);
    CHECK_HR(admin->ChangeProfilePassword(text("Home"), nullptr, text("new"), 0), S_OK);
    LPSERVICEADMIN services = nullptr;
    CHECK_HR(admin->AdminServices(text("None"), nullptr, 0, 0, &services), MAPI_E_LOGON_FAILED);
    CHECK_HR(admin->AdminServices(text("Home"), nullptr, 0, 0, &services), MAPI_E_NO_SUPPORT);
    LPMAPIERROR error = reinterpret_cast<LPMAPIERROR>(&services);
    CHECK_HR(admin->GetLastError(E_FAIL, MAPI_UNICODE, &error), S_OK);
    CHECK(error == nullptr);
}

static void walk(LPPROFADMIN admin) {
    LPMAPITABLE table = open_table(admin);
    CHECK_HR(admin->DeleteProfile(text("Archive"), 0), S_OK); /* a snapshot: PROF-2 */
    CHECK(names(table) == Names({"Work", "Home", "L\xc3\xa9on", "Archive"}));
    CHECK(names(table) == Names());
    LPSRowSet rows = nullptr;
    CHECK_HR(table->QueryRows(0, 0, &rows), MAPI_E_INVALID_PARAMETER);

    ULONG status = 9, type = 9, count = 0;
    CHECK_HR(table->GetStatus(&status, &type), S_OK);
    CHECK(status == TBLSTAT_COMPLETE && type == TBLTYPE_SNAPSHOT);
    CHECK_HR(table->GetRowCount(0, &count), S_OK);
    CHECK(count == 4);

    /* Columns: one of them is not supported (TABLE-2). */
    SizedSPropTagArray(4, tags) = {
        4, {PR_DEFAULT_PROFILE, PR_DISPLAY_NAME_W, PR_INSTANCE_KEY, PROP_TAG(PT_LONG, 0x1234)}};
    CHECK_HR(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&tags), 0), S_OK);
    CHECK_HR(table->SeekRow(BOOKMARK_BEGINNING, 1, nullptr), S_OK);
    CHECK_HR(table->QueryRows(1, TBL_NOADVANCE, &rows), S_OK);
    CHECK(rows->cRows == 1 && rows->aRow[0].cValues == 4);
    const SPropValue *values = rows->aRow[0].lpProps;
    CHECK(values[0].ulPropTag == PR_DEFAULT_PROFILE && values[0].Value.b == 1);
    CHECK(values[1].ulPropTag == PR_DISPLAY_NAME_W);
    CHECK(std::memcmp(values[1].Value.lpszW, OLESTR("Home"), 10) == 0);
    CHECK(values[2].ulPropTag == PR_INSTANCE_KEY && values[2].Value.bin.cb == 4);
    CHECK(values[3].ulPropTag == PROP_TAG(PT_ERROR, 0x1234));
    CHECK(values[3].Value.err == MAPI_E_NOT_FOUND);
    CHECK(MAPIFreeBuffer(rows->aRow[0].lpProps) == 0 && MAPIFreeBuffer(rows) == 0);
    LPSPropTagArray columns = nullptr;
    CHECK_HR(table->QueryColumns(0, &columns), S_OK);
    CHECK(columns->cValues == 4 && columns->aulPropTag[1] == PR_DISPLAY_NAME_W);
    MAPIFreeBuffer(columns);
    tags.cValues = 1;
    tags.aulPropTag[0] = PR_DISPLAY_NAME_A;
    CHECK_HR(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&tags), 0), S_OK);

    /* Bookmarks, positions, and finding. */
    BOOKMARK bookmark = 0;
    CHECK_HR(table->CreateBookmark(&bookmark), S_OK);
    SPropValue wanted;
    wanted.ulPropTag = PR_DISPLAY_NAME_A;
    wanted.Value.lpszA = text("Archive");
    SRestriction restriction;
    restriction.rt = RES_PROPERTY;
    restriction.res.resProperty.relop = RELOP_EQ;
    restriction.res.resProperty.ulPropTag = PR_DISPLAY_NAME_A;
    restriction.res.resProperty.lpProp = &wanted;
    CHECK_HR(table->FindRow(&restriction, BOOKMARK_BEGINNING, 0), S_OK);
    ULONG row = 0, numerator = 0, denominator = 0;
    CHECK_HR(table->QueryPosition(&row, &numerator, &denominator), S_OK);
    CHECK(row == 3 && numerator == 3 && denominator == 4);
    LONG sought = 0;
    CHECK_HR(table->SeekRow(bookmark, -5, &sought), S_OK);
    CHECK(sought == -1);
    CHECK_HR(table->SeekRowApprox(1, 2), S_OK);
    CHECK(names(table, 1) == Names({"L\xc3\xa9on"}));

    SRestriction both[2];
    both[0].rt = RES_CONTENT;
    both[0].res.resContent.ulFuzzyLevel = FL_SUBSTRING | FL_IGNORECASE;
    both[0].res.resContent.ulPropTag = PR_DISPLAY_NAME_A;
    SPropValue part;
    part.ulPropTag = PR_DISPLAY_NAME_W;
    WCHAR letter[] = {'O', 0};
    part.Value.lpszW = letter;
    both[0].res.resContent.lpProp = &part;
    both[1].rt = RES_NOT;
    SRestriction exact = restriction;
    wanted.Value.lpszA = text("Work");
    both[1].res.resNot.lpRes = &exact;
    restriction.rt = RES_AND;
    restriction.res.resAnd.cRes = 2;
    restriction.res.resAnd.lpRes = both;
    CHECK_HR(table->Restrict(&restriction, TBL_BATCH), S_OK);
    CHECK_HR(table->SeekRow(bookmark, 0, nullptr), MAPI_E_INVALID_BOOKMARK);
    SSortOrderSet order = {1, 0, 0, {{PR_DISPLAY_NAME_A, TABLE_SORT_DESCEND}}};
    CHECK_HR(table->SortTable(&order, 0), S_OK);
    CHECK(names(table) == Names({"L\xc3\xa9on", "Home"}));
    both[1].res.resNot.lpRes = &restriction; /* contains itself */
    CHECK_HR(table->Restrict(&restriction, 0), MAPI_E_TOO_COMPLEX);
    CHECK_HR(table->Restrict(nullptr, 0), S_OK);
    CHECK_HR(table->FreeBookmark(BOOKMARK_END), S_OK);
    CHECK_HR(table->FreeBookmark(bookmark), MAPI_E_INVALID_BOOKMARK);

    CHECK_HR(table->Advise(0, nullptr, nullptr), MAPI_E_NO_SUPPORT);
    CHECK_HR(table->ExpandRow(0, nullptr, 0, 0, nullptr, nullptr), MAPI_E_NO_SUPPORT);
    CHECK_HR(table->Abort(), S_OK);
    CHECK(table->Release() == 0);
}

int main() {
    LPPROFADMIN admin = nullptr;
    describe();
    CHECK_HR(MAPIAdminProfiles(0, &admin), MAPI_E_NOT_INITIALIZED);
    start();
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    administer(admin);
    walk(admin);

    /* The app profile shows with the flag only (PROF-8); one in use is only marked (PROF-5). */
    LPMAPITABLE table = open_table(admin, MAPI_APP_PROFILE);
    CHECK(names(table) == Names({"Work", "Home", "L\xc3\xa9on", "App"}));
    CHECK_HR(admin->DeleteProfile(text("Work"), 0), S_OK);
    table->Release();
    table = open_table(admin);
    CHECK(names(table) == Names({"Home", "L\xc3\xa9on"}));

    /* What is not released is reported (LOGON-3). */
    IUnknown *unknown = nullptr;
    CHECK_HR(admin->QueryInterface(IID_IMAPITable, reinterpret_cast<void **>(&unknown)),
             E_NOINTERFACE);
    CHECK_HR(admin->QueryInterface(IID_IProfAdmin, reinterpret_cast<void **>(&unknown)), S_OK);
    MAPIUninitialize();
    is_initialized() = false;
    CHECK(finish() == Ids({"leaked-reference", "leaked-reference", "not-emulated"}));
    unknown->Release();
    admin->Release();
    table->Release();
    return 0;
}
