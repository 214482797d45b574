/* Clients that do what no client may. The argument says what. A program that gives 0 has gone on after it, with the
 * finding that it expects; the others end, and the test reads what they say. */
#define INITGUID
#include <setjmp.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "../check.h"

static std::string fault;
static jmp_buf back;
static bool is_destroyed;
/* The next Release is the emulation's. */
static bool is_released_next;

static bool is(const char *name) { return fault == name; }

static void leave() { throw std::runtime_error("nobody catches this"); }

class Faulty : public Callback {
  public:
    explicit Faulty(IMAPIOfflineMgr *manager) : manager(manager), token(0), calls(0) {}
    ~Faulty() { is_destroyed = true; }

    STDMETHODIMP QueryInterface(REFIID iid, void **out) override {
        if (is("QueryInterface throws")) {
            leave();
        }
        return Callback::QueryInterface(iid, out);
    }
    STDMETHODIMP_(ULONG) Release() override {
        if (is("Release throws") && calls > 0) {
            leave();
        }
        if (is("Release jumps") && is_released_next) {
            is_released_next = false;
            Callback::Release();
            longjmp(back, 1);
        }
        return Callback::Release();
    }

    IMAPIOfflineMgr *manager;
    ULONG token;
    int calls;

  private:
    void notified(const MAPIOFFLINE_NOTIFY *) override {
        ++calls;
        if (is("Notify throws")) {
            leave();
        }
        if (is("Notify jumps") && calls == 1) {
            longjmp(back, 1);
        }
        if (is("releases itself")) {
            CHECK_HR(manager->Unadvise(0, token), S_OK);
            Callback::Release();
            CHECK(!is_destroyed);
        }
    }
};

static const ULONG OFFLINE = MAPIOFFLINE_STATE_OFFLINE;

static HRESULT set(IMAPIOfflineMgr *manager, ULONG flags, ULONG state) {
    return manager->SetCurrentState(flags, MAPIOFFLINE_STATE_OFFLINE_MASK, state, nullptr);
}

extern "C" {
static void throws(void *) { leave(); }
static void throws_of_line(void *, const char *) { leave(); }
}

/* A client whose callback does what the argument says, while a call waits or time passes. */
static void one_client(bool blocks) {
    start();
    is_destroyed = false;
    CHECK_HR(mapisim_enter_client("provider"), S_OK);
    IMAPIOfflineMgr *manager = open_work();
    Faulty *callback = new Faulty(manager);
    CHECK_HR(advise(manager, callback, &callback->token), S_OK);
    if (setjmp(back) == 0) {
        set(manager, blocks ? MAPIOFFLINE_FLAG_BLOCK : MAPIOFFLINE_FLAG_DEFAULT, OFFLINE);
        CHECK_HR(mapisim_run_until_idle(), S_OK);
    }
    if (is("releases itself")) {
        CHECK(is_destroyed);
    } else {
        /* After a jump the rest of the transition comes. */
        CHECK_HR(mapisim_run_until_idle(), S_OK);
        CHECK(callback->calls == 3);
        ULONG token = callback->token;
        if (!is("Release throws")) {
            callback->Release();
        }
        is_released_next = true;
        if (setjmp(back) == 0) {
            CHECK_HR(manager->Unadvise(0, token), S_OK);
        }
        CHECK(is_released_next == !is("Release jumps"));
    }
    ULONG state = 0;
    CHECK_HR(manager->GetCurrentState(&state), S_OK);
    CHECK((state & MAPIOFFLINE_STATE_OFFLINE_MASK) == OFFLINE);
    manager->Release();
    CHECK_HR(mapisim_leave_client(), S_OK);
}

/* A client that jumps out of a callback inside of a callback, into the outer one. */
class Outer : public Callback {
  public:
    Outer(IMAPIOfflineMgr *inner) : calls(0), inner_(inner) {}
    int calls;

  private:
    IMAPIOfflineMgr *inner_;
    void notified(const MAPIOFFLINE_NOTIFY *) override {
        if (++calls == 1 && setjmp(back) == 0) {
            set(inner_, MAPIOFFLINE_FLAG_BLOCK, OFFLINE);
            CHECK(!"the inner one has jumped");
        }
        CHECK_HR(mapisim_shut_down(nullptr), E_UNEXPECTED);
    }
};

static IMAPIOfflineMgr *child_of(IMAPIOfflineMgr *parent) {
    MAPIOFFLINE_CREATEINFO info;
    std::memset(&info, 0, sizeof info);
    info.ulSize = sizeof info;
    info.pParent = parent;
    info.ulCapabilities =
        MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
    info.pwszProfileName = OLESTR("Work");
    IMAPIOfflineMgr *child = nullptr;
    CHECK_HR(HrCreateOfflineObj(0, &info, &child), S_OK);
    ULONG capabilities = 0;
    CHECK_HR(child->GetCapabilities(&capabilities), S_OK);
    return child;
}

static void jumps_between_callbacks() {
    start();
    IMAPIOfflineMgr *work = open_work();
    IMAPIOfflineMgr *first = child_of(work);
    IMAPIOfflineMgr *second = child_of(work);
    Outer *outer = new Outer(second);
    Faulty *inner = new Faulty(second);
    ULONG token = 0;
    CHECK_HR(advise(first, outer, &token), S_OK);
    CHECK_HR(advise(second, inner, &inner->token), S_OK);
    CHECK_HR(set(first, MAPIOFFLINE_FLAG_BLOCK, OFFLINE), S_OK);
    CHECK(outer->calls == 3);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK(inner->calls == 3);
    ULONG inner_token = inner->token;
    outer->Release();
    inner->Release();
    CHECK_HR(first->Unadvise(0, token), S_OK);
    CHECK_HR(second->Unadvise(0, inner_token), S_OK);
    second->Release();
    first->Release();
    work->Release();
}

/* More than any stack holds: each callback takes 16 KB of it. 10,000 take half a minute. */
static const int DEPTH = 2000;

/* Each START sets the next object, and waits for it. */
class Deep : public Callback {
  public:
    IMAPIOfflineMgr *next = nullptr;
    ULONG token = 0;

  private:
    void notified(const MAPIOFFLINE_NOTIFY *info) override {
        if (info->NotifyType == MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START && next != nullptr) {
            volatile char large[16 << 10];
            large[0] = 0;
            CHECK_HR(set(next, MAPIOFFLINE_FLAG_BLOCK, OFFLINE), S_OK);
            CHECK(large[0] == 0);
        }
    }
};

static void deep() {
    start();
    IMAPIOfflineMgr *work = open_work();
    std::vector<IMAPIOfflineMgr *> objects;
    std::vector<Deep *> callbacks;
    for (int i = 0; i < DEPTH; ++i) {
        objects.push_back(child_of(work));
        callbacks.push_back(new Deep);
        CHECK_HR(advise(objects[i], callbacks[i], &callbacks[i]->token), S_OK);
        if (i > 0) {
            callbacks[i - 1]->next = objects[i];
        }
    }
    CHECK_HR(set(objects[0], MAPIOFFLINE_FLAG_BLOCK, OFFLINE), S_OK);
    for (int i = 0; i < DEPTH; ++i) {
        ULONG state = 0;
        CHECK_HR(objects[i]->GetCurrentState(&state), S_OK);
        CHECK((state & MAPIOFFLINE_STATE_OFFLINE_MASK) == OFFLINE);
        ULONG token = callbacks[i]->token;
        callbacks[i]->Release();
        CHECK_HR(objects[i]->Unadvise(0, token), S_OK);
        objects[i]->Release();
    }
    work->Release();
}

static const char *const SCENARIO = "work_offline.toml";

/* Plays a scenario in which Work goes offline, with the client that `connect` brings. */
static void play(void (*connect)(void *)) {
    std::ofstream(SCENARIO) << "title = \"Work goes offline\"\n"
                               "[[profile]]\n"
                               "name = \"Work\"\n"
                               "[[client]]\n"
                               "name = \"provider\"\n"
                               "profile = \"Work\"\n"
                               "[[step]]\n"
                               "host = \"work-offline\"\n";
    CHECK_HR(mapisim_begin(), S_OK);
    CHECK_HR(mapisim_run_scenario(SCENARIO, connect, nullptr, nullptr), S_OK);
}

static IMAPIOfflineMgr *joined;

extern "C" {
static void join(void *) {
    initialize();
    CHECK_HR(mapisim_enter_client("provider"), S_OK);
    joined = open_work();
    Faulty *callback = new Faulty(joined);
    CHECK_HR(advise(joined, callback, &callback->token), S_OK);
    CHECK_HR(mapisim_leave_client(), S_OK);
}
}

/* What the client calls after the jump is too late: the scenario that has called it is gone. */
static void jumps_out_of_a_scenario() {
    if (setjmp(back) == 0) {
        play(join);
    }
    ULONG state = 0;
    joined->GetCurrentState(&state);
}

/* The process may have 1 GB, or has 32 bits, and is asked for almost 4. */
static void memory_runs_out() {
    start();
#ifdef __linux__
    rlimit limit = {1 << 30, 1 << 30};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
#else
    int limit = 0;
#endif
    void *memory = &limit;
    CHECK_HR(MAPIAllocateBuffer(0xfffff000, &memory), MAPI_E_NOT_ENOUGH_MEMORY);
    CHECK(memory == nullptr);
    void *root = nullptr;
    CHECK_HR(MAPIAllocateBuffer(16, &root), S_OK);
    memory = &limit;
    CHECK_HR(MAPIAllocateMore(0xfffff000, root, &memory), MAPI_E_NOT_ENOUGH_MEMORY);
    CHECK(memory == nullptr);
    CHECK(MAPIFreeBuffer(root) == 0);
    CHECK(finish() == Ids());
}

int main(int, char **argv) {
    fault = argv[1];
    if (is("disconnect throws")) {
        start();
        CHECK_HR(mapisim_on_disconnect("add-in", throws, nullptr), S_OK);
        CHECK_HR(mapisim_quit(), S_OK);
    } else if (is("trace line throws")) {
        describe();
        CHECK_HR(mapisim_trace_lines(throws_of_line, nullptr), S_OK);
        CHECK_HR(mapisim_start(), S_OK);
        CHECK_HR(MAPIInitialize(nullptr), S_OK);
        open_work();
    } else if (is("program throws")) {
        describe();
        mapisim_check_noise(throws, nullptr, nullptr);
    } else if (is("connect throws")) {
        play(throws);
    } else if (is("Notify jumps out of a scenario")) {
        fault = "Notify jumps";
        jumps_out_of_a_scenario();
    } else if (is("memory runs out")) {
        memory_runs_out();
    } else if (is("is deep")) {
        deep();
        /* To the emulation so many transitions that callbacks begin look like clients that undo each other. */
        CHECK(finish() == Ids({"livelock"}));
    } else if (is("Notify jumps into another")) {
        fault = "Notify jumps";
        jumps_between_callbacks();
        CHECK(finish() == Ids({"panic-in-notify"}));
    } else {
        const bool jumps = is("Notify jumps") || is("Release jumps");
        Ids expected = jumps ? Ids({"panic-in-notify"}) : Ids();
        one_client(false);
        CHECK(finish() == expected);
        one_client(true);
        CHECK(finish() == expected);
    }
    return 0;
}
