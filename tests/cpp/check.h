/* What the programs here are made of: an emulated Outlook, a callback, and checks that say where. */
#ifndef CHECK_H
#define CHECK_H

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisession.h"
#include "mapisim.h"

#include "callback.h"

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

/* Compares an HRESULT, and shows both by name. */
#define CHECK_HR(call, expected)                                                                   \
    do {                                                                                           \
        HRESULT got_ = (call);                                                                     \
        if (got_ != (expected)) {                                                                  \
            const char *name_ = mapisim_hresult_name(got_);                                        \
            std::fprintf(stderr, "%s:%d: %s gave %s (%#x), not %s\n", __FILE__, __LINE__, #call,   \
                         name_ ? name_ : "?", static_cast<unsigned>(got_), #expected);             \
            std::exit(1);                                                                          \
        }                                                                                          \
    } while (0)

/* One profile, "Work", which is the default; policy settings as knob, value, knob, value ... */
inline void describe(const std::vector<const char *> &policy = std::vector<const char *>()) {
    CHECK_HR(mapisim_begin(), S_OK);
    CHECK_HR(mapisim_profile("Work", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL,
                             MAPISIM_PROFILE_DEFAULT),
             S_OK);
    for (size_t i = 0; i + 1 < policy.size(); i += 2) {
        CHECK_HR(mapisim_policy(policy[i], policy[i + 1]), S_OK);
    }
}

/* Whether initialize() has been called, and finish() has not yet undone it. */
inline bool &is_initialized() {
    static bool initialized = false;
    return initialized;
}

inline void initialize() {
    CHECK_HR(MAPIInitialize(nullptr), S_OK);
    is_initialized() = true;
}

inline void start(const std::vector<const char *> &policy = std::vector<const char *>()) {
    describe(policy);
    CHECK_HR(mapisim_start(), S_OK);
    initialize();
}

/* Shuts down, and gives the ids of what was found. Most programs try single calls, so never-reached, a note, says
 * nothing of them. */
inline std::multiset<std::string> finish() {
    uint32_t count = 0;
    if (is_initialized()) {
        MAPIUninitialize();
        is_initialized() = false;
    }
    CHECK_HR(mapisim_shut_down(&count), S_OK);
    std::multiset<std::string> ids;
    for (uint32_t i = 0; i < count; ++i) {
        mapisim_finding finding;
        CHECK_HR(mapisim_finding_at(i, &finding), S_OK);
        const char *where = nullptr;
        CHECK_HR(mapisim_finding_where(i, &where), S_OK);
        std::printf("finding: %s (%s) %s: %s; %s\n", finding.id, finding.rule,
                    finding.client ? finding.client : "nobody", finding.detail, where);
        if (std::string("never-reached") != finding.id)
            ids.insert(finding.id);
    }
    CHECK_HR(mapisim_clear(), S_OK);
    return ids;
}

typedef std::multiset<std::string> Ids;

/* What a client gets that asks for HrOpenOfflineObj@20 alone: a note, where the loader is ours and programs have 64 bits
 * (OPEN-8). */
inline Ids decorated_name() {
#ifdef _WIN32
    return Ids();
#else
    return sizeof(void *) == 8 ? Ids({"decorated-name"}) : Ids();
#endif
}

inline IMAPIOfflineMgr *open_work() {
    IMAPIOfflineMgr *manager = nullptr;
    CHECK_HR(HrOpenOfflineObj(0, OLESTR("Work"), &GUID_GlobalState, nullptr, &manager), S_OK);
    CHECK(manager != nullptr);
    ULONG capabilities = 0;
    CHECK_HR(manager->GetCapabilities(&capabilities), S_OK);
    return manager;
}

#endif
