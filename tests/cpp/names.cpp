/* Every function is found under its plain and its decorated name, in programs of 64 bits too; and
 * a process may load, use and free the library as often as it likes (OPEN-8). */
#include "check.h"

static const struct {
    const char *plain, *decorated;
} names[] = {
    {"FreePadrlist", "FreePadrlist@4"},
    {"FreeProws", "FreeProws@4"},
    {"HrCreateOfflineObj", "HrCreateOfflineObj@12"},
    {"HrGetOneProp", "HrGetOneProp@12"},
    {"HrOpenOfflineObj", "HrOpenOfflineObj@20"},
    {"HrQueryAllRows", "HrQueryAllRows@24"},
    {"MAPIAdminProfiles", "MAPIAdminProfiles@8"},
    {"MAPIAllocateBuffer", "MAPIAllocateBuffer@8"},
    {"MAPIAllocateMore", "MAPIAllocateMore@12"},
    {"MAPIFreeBuffer", "MAPIFreeBuffer@4"},
    {"MAPIInitialize", "MAPIInitialize@4"},
    {"MAPILogonEx", "MAPILogonEx@20"},
    {"MAPIUninitialize", "MAPIUninitialize@0"},
};

int main() {
    HMODULE library = LoadLibraryA("msmapi32.dll");
    CHECK(library != NULL);
    for (const auto &name : names) {
        FARPROC plain = GetProcAddress(library, name.plain);
        CHECK(plain != NULL && plain == GetProcAddress(library, name.decorated));
    }
    CHECK(GetProcAddress(library, "HrOpenOfflineObjects@20") == NULL);
    CHECK(FreeLibrary(library));

    /* On Windows more often than a process has indexes for thread-local storage. Elsewhere there is no such
     * limit, and valgrind reads the whole library anew in each round. */
#ifdef _WIN32
    const int rounds = 1500;
#else
    const int rounds = 10;
#endif
    for (int round = 0; round < rounds; ++round) {
        library = LoadLibraryA("msmapi32.dll");
        CHECK(library != NULL);
        void *found = reinterpret_cast<void *>(GetProcAddress(library, "MAPIInitialize@4"));
        LPMAPIINITIALIZE initialize = reinterpret_cast<LPMAPIINITIALIZE>(found);
        CHECK(initialize(nullptr) == MAPI_E_NOT_INITIALIZED);
        FreeLibrary(library);
    }
    return 0;
}
