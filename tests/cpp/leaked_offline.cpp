/* An IMAPIOffline that was queried and never released is reported (LIFE-4), by client. */
#define INITGUID
#include "check.h"

int main() {
    start();
    CHECK_HR(mapisim_enter_client("careless"), S_OK);
    IMAPIOfflineMgr *manager = open_work();
    IMAPIOffline *offline = nullptr;
    CHECK_HR(manager->QueryInterface(IID_IMAPIOffline, reinterpret_cast<void **>(&offline)), S_OK);
    ULONG state = 0;
    CHECK_HR(offline->GetCurrentState(&state), S_OK);
    CHECK((state & MAPIOFFLINE_STATE_OFFLINE_MASK) == MAPIOFFLINE_STATE_ONLINE);
    manager->Release();
    CHECK_HR(mapisim_leave_client(), S_OK);
    CHECK_HR(mapisim_leave_client(), E_UNEXPECTED);

    uint32_t count = 0;
    CHECK_HR(mapisim_quit(), S_OK);
    CHECK_HR(mapisim_finding_count(&count), S_OK);
    CHECK(count == 1);
    mapisim_finding finding;
    CHECK_HR(mapisim_finding_at(0, &finding), S_OK);
    CHECK(std::string("leaked-reference") == finding.id);
    CHECK(std::string("careless") == finding.client);
    CHECK(finding.severity == 2);
    CHECK_HR(mapisim_finding_at(1, &finding), MAPI_E_NOT_FOUND);

    /* After log-off calls fail, and Release is allowed (LIFE-4). */
    CHECK_HR(offline->GetCurrentState(&state), E_FAIL);
    offline->Release();
    CHECK(finish() == Ids({"leaked-reference", "call-after-logoff"}));
    return 0;
}
