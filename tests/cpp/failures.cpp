/* Calls that fail on purpose (FAIL-1). */
#define INITGUID
#include "check.h"

class Counting : public Callback {
  public:
    int count = 0;

  private:
    void notified(const MAPIOFFLINE_NOTIFY *) override { count++; }
};

int main() {
    start();
    CHECK_HR(mapisim_fail("client", "Advise", 2, E_OUTOFMEMORY), S_OK);
    CHECK_HR(mapisim_fail("client", "Advise", 0, E_OUTOFMEMORY), E_INVALIDARG);
    CHECK_HR(mapisim_fail("client", "Release", 1, E_FAIL), E_INVALIDARG);
    CHECK_HR(mapisim_fail("client", "Advice", 1, E_FAIL), E_INVALIDARG);
    CHECK_HR(mapisim_fail("client", "Advise", 1, E_PENDING), E_INVALIDARG);
    CHECK_HR(mapisim_fail(NULL, "Advise", 1, E_FAIL), E_INVALIDARG);

    Counting *callback = new Counting;
    IMAPIOfflineMgr *manager = open_work();
    ULONG first = 0, second = 7;
    CHECK_HR(advise(manager, callback, &first), S_OK);
    CHECK_HR(advise(manager, callback, &second), E_OUTOFMEMORY);
    int *count = &callback->count;
    callback->Release();
    CHECK(first != 0 && second == 0);
    CHECK_HR(mapisim_work_offline(NULL), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK(*count == 3);

    CHECK_HR(manager->Unadvise(0, first), S_OK);
    manager->Release();
    CHECK(finish() == Ids({}));
    return 0;
}
