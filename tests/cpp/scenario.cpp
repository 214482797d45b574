/* A scenario file that a C++ client takes part in. */
#define INITGUID
#include "check.h"

#include <fstream>

static const char *const NAME = "scenario_of_a_client.toml";

/* The client that the file calls "provider". */
class Provider : public Callback {
  public:
    static void connect(void *context) { static_cast<Provider *>(context)->join(); }
    static void disconnect(void *context) { static_cast<Provider *>(context)->leave(); }
    int heard = 0;

  private:
    void notified(const MAPIOFFLINE_NOTIFY *) override { ++heard; }

    void join() {
        CHECK_HR(MAPIInitialize(nullptr), S_OK);
        CHECK_HR(mapisim_enter_client("provider"), S_OK);
        manager_ = open_work();
        CHECK_HR(advise(manager_, this, &token_), S_OK);
        CHECK_HR(mapisim_leave_client(), S_OK);
        CHECK_HR(mapisim_on_disconnect("provider", disconnect, this), S_OK);
    }

    void leave() {
        CHECK_HR(manager_->Unadvise(MAPIOFFLINE_UNADVISE_DEFAULT, token_), S_OK);
        manager_->Release();
        MAPIUninitialize();
    }

    IMAPIOfflineMgr *manager_ = nullptr;
    ULONG token_ = 0;
};

static void write(const std::string &text) {
    std::ofstream file(NAME);
    file << text;
    CHECK(file.good());
}

static const std::string SCENARIO = "title = \"A script sets what a provider in C++ hears\"\n"
                                    "[[profile]]\n"
                                    "name = \"Work\"\n"
                                    "[[client]]\n"
                                    "name = \"provider\"\n"
                                    "profile = \"Work\"\n"
                                    "[[client]]\n"
                                    "name = \"script\"\n"
                                    "profile = \"Work\"\n"
                                    "[[step]]\n"
                                    "client = \"script\"\n"
                                    "call = \"HrOpenOfflineObj\"\n"
                                    "[[step]]\n"
                                    "client = \"script\"\n"
                                    "call = \"SetCurrentState\"\n"
                                    "state = \"OFFLINE\"\n"
                                    "flags = \"BLOCK\"\n"
                                    "returns = \"S_OK\"\n"
                                    "[[step]]\n"
                                    "client = \"script\"\n"
                                    "call = \"Release\"\n"
                                    "[[expect]]\n"
                                    "client = \"provider\"\n"
                                    "notifications = [\n";

static void run(const std::string &expected, uint32_t unmet_expected, const char *said) {
    write(SCENARIO + expected);
    uint32_t unmet = 9;
    Provider *provider = new Provider;
    CHECK_HR(mapisim_begin(), S_OK);
    CHECK_HR(mapisim_run_scenario(NAME, Provider::connect, provider, &unmet), S_OK);
    CHECK(provider->heard == 3);
    provider->Release();
    std::printf("%s", mapisim_scenario_report());
    CHECK(unmet == unmet_expected);
    CHECK(std::strstr(mapisim_scenario_report(), said) != nullptr);
    CHECK_HR(mapisim_clear(), S_OK);
}

/* What a real client hears meets what the file expects of it, or does not. */
static void run_one_that_holds_and_one_that_does_not() {
    run("  \"START ONLINE->OFFLINE\",\n"
        "  \"STATECHANGE ONLINE->OFFLINE\",\n"
        "  \"STATECHANGE_DONE ONLINE->OFFLINE\",\n"
        "]\n",
        0, "all held");
    run("]\n", 1, "notifications of provider");
}

/* What is not a scenario is told, and the description can be used again. */
static void run_what_is_none() {
    CHECK_HR(mapisim_run_scenario(NAME, nullptr, nullptr, nullptr), E_UNEXPECTED);
    CHECK_HR(mapisim_begin(), S_OK);
    CHECK(mapisim_scenario_report() == nullptr);
    CHECK_HR(mapisim_run_scenario(nullptr, nullptr, nullptr, nullptr), E_INVALIDARG);
    CHECK_HR(mapisim_run_scenario("no-such-file.toml", nullptr, nullptr, nullptr), MAPI_E_NOT_FOUND);
    CHECK(std::strstr(mapisim_scenario_report(), "no-such-file.toml") != nullptr);
    write("title = \"Nobody\"\nsteps = 1\n");
    CHECK_HR(mapisim_run_scenario(NAME, nullptr, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
    CHECK(std::strstr(mapisim_scenario_report(), "scenario_of_a_client.toml:2:1: ") != nullptr);
    write("title = \"Nothing happens\"\n");
    CHECK_HR(mapisim_run_scenario(NAME, nullptr, nullptr, nullptr), S_OK);
    CHECK(std::strcmp(mapisim_scenario_report(), "all held\n") == 0);
    CHECK_HR(mapisim_clear(), S_OK);
}

int main() {
    run_what_is_none();
    run_one_that_holds_and_one_that_does_not();
    std::remove(NAME);
    return 0;
}
