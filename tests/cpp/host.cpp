/* The control API itself: host events, time, the trace, disconnecting, and what it refuses. */
#define INITGUID
#include "check.h"

static void add_line(void *lines, const char *line) {
    static_cast<std::vector<std::string> *>(lines)->push_back(line);
}

static void disconnect(void *manager) { static_cast<IMAPIOfflineMgr *>(manager)->Release(); }

static std::vector<std::string> run() {
    std::vector<std::string> lines;
    describe({"order", "shuffled"});
    CHECK_HR(mapisim_seed(7), S_OK);
    CHECK_HR(mapisim_durations(10, 20, 30), S_OK);
    CHECK_HR(mapisim_trace_lines(add_line, &lines), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    initialize();
    IMAPIOfflineMgr *manager = open_work();
    CHECK_HR(mapisim_on_disconnect("add-in", disconnect, manager), S_OK);

    uint32_t state = 0;
    uint64_t now = 0;
    CHECK_HR(mapisim_server_lost(nullptr), S_OK);
    CHECK_HR(mapisim_run_for(29), S_OK);
    CHECK_HR(mapisim_state("Work", &state), S_OK);
    CHECK(state == MAPISIM_ONLINE);
    CHECK_HR(mapisim_run_for(1), S_OK);
    CHECK_HR(mapisim_state("work", &state), S_OK);
    CHECK(state == MAPISIM_OFFLINE);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK_HR(mapisim_now(&now), S_OK);
    CHECK(now == 60);
    CHECK_HR(mapisim_work_offline("Work"), S_OK);
    CHECK_HR(mapisim_server_back("Work"), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK_HR(mapisim_state("Work", &state), S_OK);
    CHECK(state == MAPISIM_OFFLINE);
    CHECK_HR(mapisim_work_online("Work"), S_OK);
    CHECK_HR(mapisim_run_until_idle(), S_OK);
    CHECK_HR(mapisim_work_online("None"), MAPI_E_NOT_FOUND);
    CHECK_HR(mapisim_log_off("None"), MAPI_E_NOT_FOUND);
    CHECK_HR(mapisim_log_on(nullptr), E_INVALIDARG);
    CHECK_HR(mapisim_state(nullptr, &state), E_INVALIDARG);
    CHECK_HR(mapisim_begin(), E_UNEXPECTED);
    CHECK_HR(mapisim_clear(), E_UNEXPECTED);
    CHECK_HR(mapisim_seed(1), E_UNEXPECTED);
    CHECK(finish() == Ids());
    return lines;
}

int main() {
    CHECK_HR(mapisim_start(), E_UNEXPECTED);
    CHECK_HR(mapisim_quit(), E_UNEXPECTED);
    CHECK_HR(mapisim_shut_down(nullptr), E_UNEXPECTED);
    CHECK(std::string("MAPI_E_NOT_FOUND") == mapisim_hresult_name(MAPI_E_NOT_FOUND));
    CHECK(mapisim_hresult_name(1) == nullptr);

    /* What is wrong with a description is told, and can be put right. */
    CHECK_HR(mapisim_begin(), S_OK);
    CHECK_HR(mapisim_profile(nullptr, MAPISIM_ONLINE, 3, 0), E_INVALIDARG);
    CHECK_HR(mapisim_profile("Work", 7, 3, 0), E_INVALIDARG);
    CHECK_HR(mapisim_profile("Work", MAPISIM_ONLINE, 3, 0x80), E_INVALIDARG);
    CHECK_HR(mapisim_policy("order", "backwards"), MAPI_E_NOT_FOUND);
    CHECK_HR(mapisim_profile("a\\b", MAPISIM_ONLINE, 3, 0), S_OK);
    CHECK_HR(mapisim_start(), MAPI_E_INVALID_PARAMETER);
    CHECK_HR(mapisim_clear(), S_OK);

    /* The same program gives the same trace. */
    std::vector<std::string> lines = run();
    CHECK(lines == run());
    CHECK(lines.size() > 10);
    CHECK(lines[0].find("\"seq\":0") != std::string::npos);
    return 0;
}
