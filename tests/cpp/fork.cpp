/* A child process that is forked writes nothing of its parent's trace, whatever it does with what it
 * inherited; so each line stands there once. */
#define INITGUID
#include "check.h"

#ifdef _WIN32
int main() { return 0; }
#else
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

static void reads(IMAPIOfflineMgr *manager, int times) {
    for (int time = 0; time < times; ++time) {
        ULONG state = 0;
        CHECK_HR(manager->GetCurrentState(&state), S_OK);
    }
}

/* In the child, many calls are made, or none. */
static void forked(int calls) {
    char path[] = "/tmp/mapisim-fork-XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0 && close(file) == 0);
    describe();
    CHECK_HR(mapisim_trace_file(path), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    initialize();
    IMAPIOfflineMgr *manager = open_work();

    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        reads(manager, calls);
        manager->Release();
        CHECK(finish() == Ids());
        std::exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    reads(manager, 1);
    manager->Release();
    CHECK(finish() == Ids());

    std::ifstream trace(path);
    std::string line;
    unsigned long expected = 0;
    while (std::getline(trace, line)) {
        unsigned long seq = 0;
        CHECK(std::sscanf(line.c_str(), "{\"seq\":%lu,", &seq) == 1);
        CHECK(seq == expected);
        ++expected;
    }
    CHECK(expected > 4);
    CHECK(std::remove(path) == 0);
}

int main() {
    forked(0);
    forked(1000);
    return 0;
}
#endif
