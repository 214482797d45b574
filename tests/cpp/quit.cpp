/* A fast quit: who is asked, and that nothing of MAPI is called afterwards (HOST-2). */
#define INITGUID
#include "check.h"

static void count(void *times) { ++*static_cast<int *>(times); }

int main() {
    describe({"quit", "fast"});
    CHECK_HR(mapisim_start(), S_OK);
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    int asked = 0, not_asked = 0, by_the_user = 0;
    CHECK_HR(mapisim_on_disconnect("archiver", count, &asked), S_OK);
    CHECK_HR(mapisim_on_disconnect("add-in", count, &not_asked), S_OK);
    CHECK_HR(mapisim_on_disconnect("toolbar", count, &by_the_user), S_OK);
    CHECK_HR(mapisim_require_shutdown_notification("archiver"), S_OK);
    CHECK_HR(mapisim_require_shutdown_notification(""), E_INVALIDARG);
    CHECK_HR(mapisim_disconnect(nullptr), E_INVALIDARG);

    /* The user disconnects one, whatever the host does later. */
    CHECK_HR(mapisim_disconnect("toolbar"), S_OK);
    CHECK(by_the_user == 1);

    /* A reference that is left over is no mistake, and may be given up. */
    IMAPIOfflineMgr *manager = open_work();
    CHECK_HR(mapisim_quit(), S_OK);
    CHECK(asked == 1 && not_asked == 0 && by_the_user == 1);
    manager->Release();
    uint32_t found = 1;
    CHECK_HR(mapisim_finding_count(&found), S_OK);
    CHECK(found == 0);

    /* Each call is a mistake, MAPIUninitialize included. */
    LPPROFADMIN admin = reinterpret_cast<LPPROFADMIN>(&found);
    CHECK_HR(MAPIAdminProfiles(0, &admin), E_FAIL);
    CHECK(admin == nullptr);
    MAPIUninitialize();
    CHECK_HR(mapisim_finding_count(&found), S_OK);
    CHECK(found == 2);
    CHECK(finish() == Ids({"call-after-logoff", "call-after-logoff"}));
    return 0;
}
