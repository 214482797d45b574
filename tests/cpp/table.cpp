/* The profile table, through its vtable: where FindRow begins, and what QueryRows gives (TABLE-4), under each value of
 * the knobs. */
#define INITGUID
#include "check.h"

static LPMAPITABLE table;

/* Goes to the row of that number, counted from 0. */
static void go_to(LONG row) { CHECK_HR(table->SeekRow(BOOKMARK_BEGINNING, row, nullptr), S_OK); }

static ULONG position() {
    ULONG row = 0, part = 0, whole = 0;
    CHECK_HR(table->QueryPosition(&row, &part, &whole), S_OK);
    return row;
}

static HRESULT find(SPropValue *wanted, BOOKMARK origin, ULONG flags) {
    SRestriction restriction;
    restriction.rt = RES_PROPERTY;
    restriction.res.resProperty.relop = RELOP_EQ;
    restriction.res.resProperty.ulPropTag = wanted->ulPropTag;
    restriction.res.resProperty.lpProp = wanted;
    return table->FindRow(&restriction, origin, flags);
}

static HRESULT find(const char *name, BOOKMARK origin, ULONG flags) {
    SPropValue wanted;
    wanted.ulPropTag = PR_DISPLAY_NAME_A;
    wanted.Value.lpszA = const_cast<char *>(name);
    return find(&wanted, origin, flags);
}

/* The names of the rows that QueryRows gives. */
static std::vector<std::string> rows(LONG count, ULONG flags) {
    LPSRowSet rows = nullptr;
    CHECK_HR(table->QueryRows(count, flags, &rows), S_OK);
    std::vector<std::string> names;
    for (ULONG i = 0; i < rows->cRows; ++i) {
        names.push_back(rows->aRow[i].lpProps[0].Value.lpszA);
        MAPIFreeBuffer(rows->aRow[i].lpProps);
    }
    MAPIFreeBuffer(rows);
    return names;
}

typedef std::vector<std::string> Names;

/* Work, Home and Archive, in this order. */
static void run(const std::vector<const char *> &policy, void (*code)()) {
    describe(policy);
    CHECK_HR(mapisim_profile("Home", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(mapisim_profile("Archive", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, 0), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    initialize();
    LPPROFADMIN admin = nullptr;
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    CHECK_HR(admin->GetProfileTable(0, &table), S_OK);
    code();
    table->Release();
    admin->Release();
    CHECK(finish() == Ids());
}

static void forward() {
    /* The row of the origin is looked at first, and the position is on the row that is found. */
    CHECK_HR(find("Work", BOOKMARK_BEGINNING, 0), S_OK);
    CHECK(position() == 0);
    CHECK_HR(find("Archive", BOOKMARK_CURRENT, 0), S_OK);
    CHECK(position() == 2);
    CHECK_HR(find("Archive", BOOKMARK_CURRENT, 0), S_OK);
    CHECK(position() == 2);
    /* Without a hit the position stays. */
    CHECK_HR(find("Home", BOOKMARK_CURRENT, 0), MAPI_E_NOT_FOUND);
    CHECK(position() == 2);
    CHECK_HR(find("Work", BOOKMARK_END, 0), MAPI_E_NOT_FOUND);
    CHECK(position() == 2);
}

static void from_the_current_row() {
    /* BOOKMARK_CURRENT is valid wherever the table stands, at its end and when it is empty too. */
    for (LONG row = 0; row <= 3; ++row) {
        for (ULONG flags : {0u, static_cast<unsigned>(DIR_BACKWARD)}) {
            go_to(row);
            HRESULT found = find("Nobody", BOOKMARK_CURRENT, flags);
            CHECK_HR(found, MAPI_E_NOT_FOUND);
        }
    }
    SPropValue nobody;
    nobody.ulPropTag = PR_DISPLAY_NAME_A;
    char name[] = "Nobody";
    nobody.Value.lpszA = name;
    SRestriction restriction;
    restriction.rt = RES_PROPERTY;
    restriction.res.resProperty.relop = RELOP_EQ;
    restriction.res.resProperty.ulPropTag = PR_DISPLAY_NAME_A;
    restriction.res.resProperty.lpProp = &nobody;
    BOOKMARK bookmark = 0;
    CHECK_HR(table->CreateBookmark(&bookmark), S_OK);
    CHECK_HR(table->Restrict(&restriction, 0), S_OK);
    CHECK_HR(find("Work", BOOKMARK_CURRENT, 0), MAPI_E_NOT_FOUND);
    CHECK_HR(find("Work", BOOKMARK_CURRENT, DIR_BACKWARD), MAPI_E_NOT_FOUND);
    CHECK_HR(find("Work", bookmark, 0), MAPI_E_INVALID_BOOKMARK);
}

static void backward_before() {
    go_to(1);
    CHECK_HR(find("Home", BOOKMARK_CURRENT, DIR_BACKWARD), MAPI_E_NOT_FOUND);
    CHECK(position() == 1);
    CHECK_HR(find("Work", BOOKMARK_CURRENT, DIR_BACKWARD), S_OK);
    CHECK(position() == 0);
    CHECK_HR(find("Archive", BOOKMARK_END, DIR_BACKWARD), S_OK);
    CHECK(position() == 2);
    CHECK_HR(find("Work", BOOKMARK_BEGINNING, DIR_BACKWARD), MAPI_E_NOT_FOUND);
    CHECK(position() == 2);
}

static void backward_at() {
    go_to(1);
    CHECK_HR(find("Home", BOOKMARK_CURRENT, DIR_BACKWARD), S_OK);
    CHECK(position() == 1);
    CHECK_HR(find("Archive", BOOKMARK_END, DIR_BACKWARD), S_OK);
    CHECK(position() == 2);
    CHECK_HR(find("Work", BOOKMARK_BEGINNING, DIR_BACKWARD), S_OK);
    CHECK(position() == 0);
}

/* A row is found again by the PR_INSTANCE_KEY that it gave. */
static void instance_key() {
    SizedSPropTagArray(1, tags) = {1, {PR_INSTANCE_KEY}};
    CHECK_HR(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&tags), 0), S_OK);
    for (LONG row = 0; row < 3; ++row) {
        go_to(row);
        LPSRowSet rows = nullptr;
        CHECK_HR(table->QueryRows(1, TBL_NOADVANCE, &rows), S_OK);
        CHECK(rows->cRows == 1 && rows->aRow[0].lpProps[0].ulPropTag == PR_INSTANCE_KEY);
        CHECK_HR(find(rows->aRow[0].lpProps, BOOKMARK_BEGINNING, 0), S_OK);
        CHECK(position() == static_cast<ULONG>(row));
        CHECK_HR(find(rows->aRow[0].lpProps, BOOKMARK_END, DIR_BACKWARD), S_OK);
        CHECK(position() == static_cast<ULONG>(row));
        MAPIFreeBuffer(rows->aRow[0].lpProps);
        MAPIFreeBuffer(rows);
    }
}

static void all_rows() {
    CHECK(rows(-1, 0) == Names());
    CHECK(rows(2, TBL_NOADVANCE) == Names({"Work", "Home"}));
    CHECK(position() == 0);
    CHECK(rows(9, 0) == Names({"Work", "Home", "Archive"}));
    CHECK(position() == 3);
    CHECK(rows(1, 0) == Names());
    CHECK(rows(-2, 0) == Names({"Home", "Archive"}));
    CHECK(position() == 3);
    CHECK(rows(-2, TBL_NOADVANCE) == Names({"Home", "Archive"}));
    CHECK(position() == 1);
    CHECK(rows(-9, 0) == Names({"Work"}));
    CHECK(position() == 1);
}

static void fewer_rows() {
    CHECK(rows(9, 0) == Names({"Work", "Home"}));
    CHECK(rows(9, 0) == Names({"Archive"}));
    CHECK(rows(9, 0) == Names());
    CHECK(rows(-2, TBL_NOADVANCE) == Names({"Home"}));
    CHECK(position() == 1);
}

int main() {
    for (const char *value : {"before", "at"}) {
        run({"find-backward", value}, forward);
        run({"find-backward", value}, from_the_current_row);
        run({"find-backward", value}, instance_key);
    }
    run({"find-backward", "before"}, backward_before);
    run({"find-backward", "at"}, backward_at);
    run({"rows", "all"}, all_rows);
    run({"rows", "fewer"}, fewer_rows);
    return 0;
}
