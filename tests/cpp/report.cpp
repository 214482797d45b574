/* A test writes a page for a browser when the emulation ends. What a client is called is no markup there. */
#define INITGUID
#include "check.h"

#include <fstream>
#include <iterator>

static std::string read(const char *path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

static bool has(const std::string &text, const char *part) {
    return text.find(part) != std::string::npos;
}

int main() {
    const char *path = "mapisim-report-test.html";
    describe();
    CHECK_HR(mapisim_report_file("no such folder/report.html"), S_OK);
    CHECK_HR(mapisim_start(), MAPI_E_NO_ACCESS);
    CHECK_HR(mapisim_report_file(path), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    initialize();
    IMAPIOfflineMgr *manager = open_work();
    ULONG state = 0;
    CHECK_HR(manager->GetCurrentState(&state), S_OK);
    manager->Release();
    CHECK(finish() == Ids());

    std::string page = read(path);
    CHECK(std::remove(path) == 0);
    CHECK(page.compare(0, 15, "<!doctype html>") == 0);
    CHECK(has(page, "GetCurrentState") && has(page, "</html>"));
    return 0;
}
