/* The emulation belongs to one thread: on another every call is refused, and reported (LIFE-7). */
#define INITGUID
#include <thread>

#include "check.h"

int main() {
    start();
    IMAPIOfflineMgr *manager = open_work();
    LPPROFADMIN admin = nullptr;
    CHECK_HR(MAPIAdminProfiles(0, &admin), S_OK);
    LPVOID memory = nullptr;
    CHECK_HR(MAPIAllocateBuffer(8, &memory), S_OK);
    std::thread other([&] {
        ULONG word = 0;
        void *out = manager;
        CHECK_HR(manager->GetCurrentState(&word), RPC_E_WRONG_THREAD);
        CHECK_HR(manager->QueryInterface(IID_IMAPIOffline, &out), RPC_E_WRONG_THREAD);
        CHECK(out == nullptr);
        CHECK_HR(manager->Unadvise(0, 1), RPC_E_WRONG_THREAD);
        CHECK(manager->AddRef() == 0);
        CHECK(manager->Release() == 0);
        CHECK_HR(admin->SetDefaultProfile(nullptr, 0), RPC_E_WRONG_THREAD);
        CHECK_HR(MAPIInitialize(nullptr), RPC_E_WRONG_THREAD);
        MAPIUninitialize(); /* A thread that has not initialised MAPI ends it for no other (PROF-10). */
        CHECK_HR(mapisim_begin(), RPC_E_WRONG_THREAD);
        CHECK_HR(mapisim_run_until_idle(), RPC_E_WRONG_THREAD);
        CHECK(MAPIFreeBuffer(memory) == 0);
    });
    other.join();
    admin->Release();
    CHECK(manager->Release() == 0);
    /* GetCurrentState, QueryInterface, Unadvise, AddRef, Release, SetDefaultProfile, MAPIInitialize and MAPIUninitialize;
     * the control API is the test's own. */
    Ids ids = finish();
    CHECK(ids.count("wrong-thread") == 8);
    CHECK(ids.size() == 8);

    /* When it is over another thread may begin. */
    std::thread next([] {
        start();
        open_work()->Release();
        CHECK(finish() == Ids());
    });
    next.join();
    return 0;
}
