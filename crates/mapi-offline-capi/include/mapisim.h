/*
 * The control API: with it a test program plays the host, and reads what was found.
 *
 *     mapisim_begin();
 *     mapisim_profile("Work", MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, MAPISIM_PROFILE_DEFAULT);
 *     mapisim_start();
 *     ... MAPIInitialize, HrOpenOfflineObj, Advise: the code under test ...
 *     mapisim_work_offline(NULL);
 *     mapisim_run_until_idle();
 *     ... look at what the code under test did; let it clean up ...
 *     mapisim_shut_down(&count);
 *     ... mapisim_finding_at(0, &finding) ...
 *
 * There is one emulated Outlook a process. It runs in virtual time on the thread that called
 * mapisim_begin: nothing happens by itself, only mapisim_run_until_idle, mapisim_run_for and a
 * blocking SetCurrentState let time pass, and the same program gives the same trace every time.
 * On any other thread every function and every method gives RPC_E_WRONG_THREAD.
 *
 * Names are UTF-8. Functions that return a mapisim_hresult give S_OK (0), or
 *     E_UNEXPECTED        at this moment the call makes no sense, as said with each group
 *     E_INVALIDARG        a string is null or not UTF-8, or a number or pointer is not allowed
 *     RPC_E_WRONG_THREAD  the emulation belongs to another thread
 *     E_FAIL              the emulation itself failed; nothing crosses into the caller
 * and what is said with each function.
 */
#ifndef MAPISIM_H
#define MAPISIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An HRESULT. */
typedef int32_t mapisim_hresult;

/* States and capabilities: those of MAPIOFFLINE_STATE_* and MAPIOFFLINE_CAPABILITY_*. */
#define MAPISIM_OFFLINE 0x1u
#define MAPISIM_ONLINE 0x2u
#define MAPISIM_CAPABILITIES_ALL 0x3u

/* Flags of mapisim_profile. */
#define MAPISIM_PROFILE_DEFAULT 0x1u           /* it is the default profile */
#define MAPISIM_PROFILE_APP 0x2u               /* it is an app profile (PROF-8) */
#define MAPISIM_PROFILE_NO_OFFLINE_OBJECT 0x4u /* it has no offline object (OPEN-3) */

/* Kinds of MAPI providers, in the order in which MAPI calls them. */
#define MAPISIM_PROVIDER_TRANSPORT 1u
#define MAPISIM_PROVIDER_ADDRESS_BOOK 2u
#define MAPISIM_PROVIDER_STORE 3u

/* ---- Describing it: between mapisim_begin and mapisim_start, else E_UNEXPECTED. ---- */

/* Begins the description of an emulated Outlook, and forgets what was found before.
 * E_UNEXPECTED: one is running. */
mapisim_hresult mapisim_begin(void);

/* Adds a profile, logged on. state: MAPISIM_ONLINE or MAPISIM_OFFLINE; capabilities: what its
 * offline object notifies of; flags: MAPISIM_PROFILE_*. What is wrong with its name,
 * mapisim_start tells. */
mapisim_hresult mapisim_profile(const char *name, uint32_t state, uint32_t capabilities,
                                uint32_t flags);

/* Sets a policy knob, such as ("order", "reverse") or ("noise", "state-bits").
 * MAPI_E_NOT_FOUND: there is no such knob, or it has no such value. */
mapisim_hresult mapisim_policy(const char *knob, const char *value);

/* Decides what goes first among what falls on one instant. 0, the default: what became due first. */
mapisim_hresult mapisim_seed(uint64_t seed);

/* Virtual microseconds from the call to the STARTs, from there to the STATECHANGEs, and from there
 * to the STATECHANGE_DONEs. Default: 1000, 20000, 5000. */
mapisim_hresult mapisim_durations(uint64_t start_us, uint64_t change_us, uint64_t done_us);

/* The host process is not Outlook, so that nothing can be opened (OPEN-5). */
mapisim_hresult mapisim_not_outlook(void);

/* What the administrator has set for fast shutdown, the registry value FastShutdownBehavior (HOST-5): 0,
 * the default: it is done unless a provider refuses; 1: only if every provider agrees; 2: never.
 * E_INVALIDARG: another number. */
mapisim_hresult mapisim_fast_shutdown_behavior(uint32_t behavior);

/* Whether objects that are fully released stay as zombies, so that a call on one is a finding and
 * not undefined behaviour (LIFE-5). Default: 1. With 0 a tool such as valgrind sees the call. */
mapisim_hresult mapisim_zombies(int32_t keep);

/* Writes the trace to a file, one JSON object a line; null: to none. Until mapisim_shut_down the file
 * stands beside its name, with `.part` behind it, and has every line that there was. Then it gets a
 * last line of the kind "end", and its name. */
mapisim_hresult mapisim_trace_file(const char *path);

/* Writes a page for a browser to a file when the emulation ends: one file of HTML that shows what
 * happened, and needs no network; null: none. A page that cannot be written then is named on stderr. */
mapisim_hresult mapisim_report_file(const char *path);

/* Hands each line of the trace to a function, which must not call back; null: to none. */
mapisim_hresult mapisim_trace_lines(void (*line)(void *context, const char *line), void *context);

/* Times each Notify by the machine's own clock, from just before the call to just after its return, and
 * then hands a function the client, the NotifyType and the nanoseconds. It must not call back; null: no
 * Notify is timed. What a client waits for in Notify is part of the time. */
mapisim_hresult mapisim_notify_times(
    void (*timed)(void *context, const char *client, uint32_t notify_type, uint64_t nanoseconds),
    void *context);

/* Starts it. MAPI_E_INVALID_PARAMETER: a bad profile name (PROF-3). MAPI_E_NO_ACCESS: a profile is
 * there twice, or the trace or the page cannot be made. E_FAIL: an app profile cannot be the default.
 * After a failure the description can be changed. */
mapisim_hresult mapisim_start(void);

/* ---- The host: while it runs, else E_UNEXPECTED. Allowed in callbacks. ---- */

/* What the user and the server do (HOST-1), in one profile, or (null) in every one that is logged
 * on. MAPI_E_NOT_FOUND: there is no such profile. */
mapisim_hresult mapisim_work_offline(const char *profile);
mapisim_hresult mapisim_work_online(const char *profile);
mapisim_hresult mapisim_server_lost(const char *profile);
mapisim_hresult mapisim_server_back(const char *profile);

/* Logs a profile on or off (HOST-2, LIFE-3). MAPI_E_NOT_FOUND: there is no such profile. */
mapisim_hresult mapisim_log_on(const char *profile);
mapisim_hresult mapisim_log_off(const char *profile);

/* Lets virtual time pass until nothing is left that could happen. */
mapisim_hresult mapisim_run_until_idle(void);

/* Lets so much virtual time pass. */
mapisim_hresult mapisim_run_for(uint64_t time_us);

/* Virtual time since the start. */
mapisim_hresult mapisim_now(uint64_t *time_us);

/* The state of a profile's offline object, without asking as a client: MAPISIM_ONLINE or
 * MAPISIM_OFFLINE. MAPI_E_NOT_FOUND: it is not logged on, or has none. */
mapisim_hresult mapisim_state(const char *profile, uint32_t *state);

/* The name of the default profile, with a zero behind it. MAPI_E_NOT_FOUND: there is none.
 * E_INVALIDARG: it does not fit into so many bytes. */
mapisim_hresult mapisim_default_profile(char *name, uint32_t size);

/* Quits as the knob quit says (HOST-2): under asks each client disconnects in order, then every profile
 * logs off. */
mapisim_hresult mapisim_quit(void);

/* ---- Clients: while it runs, else E_UNEXPECTED. ---- */

/* From now on calls are made on behalf of the client of that name, whose references, registrations
 * and findings they count as. Callbacks run on behalf of whoever registered them. The name of who
 * calls when nobody is entered is "client". */
mapisim_hresult mapisim_enter_client(const char *name);

/* Undoes the last mapisim_enter_client. E_UNEXPECTED: there is none. */
mapisim_hresult mapisim_leave_client(void);

/* The client that calls now says what it has concluded, such as ("works online", "yes"). It stands in the
 * trace. A client whose conclusions differ when only the noise differs has the finding reacts-to-noise,
 * though it calls the same: this is looked for by mapisim_check_noise, and by an exploration under a policy
 * with noise. E_INVALIDARG: a null pointer, an empty name, or text that is not UTF-8. */
mapisim_hresult mapisim_observe(const char *name, const char *value);

/* The client that calls now says what it now takes the state of a profile for, MAPISIM_OFFLINE or MAPISIM_ONLINE: to be
 * called where it stores what it has read or been told. The emulation sees reads and notifications, but not the store:
 * one that comes late, and undoes what a notification has stored meanwhile, is found so (stale-belief, NOTE-8), in
 * explorations of client libraries too. A profile that is not logged on is passed over. E_INVALIDARG: profile is null,
 * or it is no state. E_UNEXPECTED: nothing is running. */
mapisim_hresult mapisim_believes(const char *profile, uint32_t state);

/* code(context) runs now on behalf of the client of that name, which is being connected, as in a provider's
 * Logon or an add-in's OnConnection at startup (HOST-6): with open-during-logon = not-found it can open
 * nothing in there. E_INVALIDARG: a null pointer, or an empty name. */
mapisim_hresult mapisim_connect(const char *client, void (*code)(void *context), void *context);

/* The same for an add-in's OnStartupComplete (HOST-6). */
mapisim_hresult mapisim_started(const char *client, void (*code)(void *context), void *context);

/* code(context) runs on behalf of the client of that name when it disconnects, as an add-in's
 * OnDisconnection (HOST-2): when the host quits, if it asks the client then, or in mapisim_disconnect. */
mapisim_hresult mapisim_on_disconnect(const char *client, void (*code)(void *context),
                                      void *context);

/* From now on the client of that name is asked to disconnect when the host quits fast, too (HOST-2,
 * quit = fast), as an add-in with RequireShutdownNotification. E_INVALIDARG: a null pointer, or an empty
 * name. */
mapisim_hresult mapisim_require_shutdown_notification(const char *client);

/* The client of that name is a MAPI provider of that kind, MAPISIM_PROVIDER_*: provider, a COM object, or
 * null. It is asked for IMAPIProviderShutdown now, and if it has that the emulation holds a reference on it
 * until mapisim_shut_down, and calls it when the host quits fast (HOST-5). E_INVALIDARG: the name is null or
 * empty, or there is no such kind. */
mapisim_hresult mapisim_add_provider(const char *client, uint32_t kind, void *provider);

/* The user disconnects the client of that name, under every value of quit (HOST-2): what
 * mapisim_on_disconnect was given for it runs. E_INVALIDARG: a null pointer, or an empty name. */
mapisim_hresult mapisim_disconnect(const char *client);

/* Makes a call of a client fail on purpose: the nth call of that function which the client of that
 * name makes from now on, counted from 1, returns that HRESULT, and nothing else then happens
 * (FAIL-1). call is the name of the function or method: "Advise". E_INVALIDARG: a name is null or
 * unknown, nth is 0, or returns is neither documented for the call nor an answer that any COM call
 * may give (E_OUTOFMEMORY, E_FAIL). */
mapisim_hresult mapisim_fail(const char *client, const char *call, uint32_t nth,
                             mapisim_hresult returns);

/* Declares that the test itself holds references on a callback (an IUnknown*) on purpose, so that
 * they are no leaked-callback. E_NOINTERFACE: it has no IMAPIOfflineNotify. */
mapisim_hresult mapisim_declare_held(void *callback, uint32_t references);

/* ---- What was found: while it runs, and after. ---- */

/* A finding. The strings stay until mapisim_begin or mapisim_clear. */
typedef struct mapisim_finding {
    uint64_t time_us;   /* when, in virtual time since the start */
    const char *id;     /* what kind: "leaked-reference" ... */
    const char *client; /* whom it is about, or null */
    const char *rule;   /* the rule it rests on: "LIFE-4" ... */
    const char *detail; /* what happened, in words */
    uint32_t severity;  /* 0 note, 1 warning, 2 error */
} mapisim_finding;

/* How many findings there are. */
mapisim_hresult mapisim_finding_count(uint32_t *count);

/* One of them; the first is 0. MAPI_E_NOT_FOUND: there are not so many. */
mapisim_hresult mapisim_finding_at(uint32_t index, mapisim_finding *finding);

/* Which thing it is about, in which call it was found, and which calls it goes back to, by their numbers in
 * the trace: "IMAPIOfflineMgr of Work, advise token 7, in call 12 (Unadvise)". Empty where nothing is known; the
 * calls are known where there is a trace. The string stays as those of mapisim_finding_at do.
 * MAPI_E_NOT_FOUND: there are not so many findings. */
mapisim_hresult mapisim_finding_where(uint32_t index, const char **where);

/* ---- The end. ---- */

/* Quits, reports what leaked, and ends the emulation; count (or null) gets the number of findings.
 * E_UNEXPECTED: none is running, or a callback is. E_FAIL: the trace could not be written. */
mapisim_hresult mapisim_shut_down(uint32_t *count);

/* Forgets what was found or described, and frees what this thread still holds, so that another
 * thread may begin. E_UNEXPECTED: it is still running. */
mapisim_hresult mapisim_clear(void);

/* ---- Scenarios. ---- */

/* Runs a scenario file to its end, with clients of this program among its scripted ones. In place of
 * mapisim_start: starts an Outlook as the file says (of the description the trace and mapisim_zombies
 * count), runs connect(context), if it is not null, which opens and advises; plays the scenario, whose
 * end has the clients of mapisim_on_disconnect disconnect; and shuts down. A client that is entered
 * under a name that the file has for a client is that client: what the file expects of its
 * notifications, findings and belief is expected of it. unmet (or null) gets the number of
 * expectations that did not hold. mapisim_finding_at has all findings, those that the file expects
 * included. MAPI_E_NOT_FOUND: the file cannot be read. MAPI_E_INVALID_PARAMETER: it is not a scenario.
 * After these two the description stays, and the report says what is wrong. E_UNEXPECTED: nothing is
 * described, or connect has shut it down. */
mapisim_hresult mapisim_run_scenario(const char *path, void (*connect)(void *context),
                                     void *context, uint32_t *unmet);

/* What came of the last mapisim_run_scenario, as text: each expectation that did not hold, with its
 * line, and each finding. It stays until the next, mapisim_begin or mapisim_clear; null: there is none.
 * Allowed at any time on the thread that ran it. */
const char *mapisim_scenario_report(void);

/* ---- More. ---- */

/* Checks whether a program reacts to what it has to ignore. In place of mapisim_start: starts what
 * was described, runs program(context), and shuts down; once without noise and once with the noise of
 * the policy (all of it, if the policy has none). If a client then calls or concludes (mapisim_observe)
 * something else, that is the finding reacts-to-noise; with several kinds of noise the program is then run
 * with each alone, to name the rule of the one that causes it. The report is that of the run without noise, and these findings. */
mapisim_hresult mapisim_check_noise(void (*program)(void *context), void *context,
                                    uint32_t *count);

/* The name of an HRESULT, such as "MAPI_E_NOT_FOUND"; null for one that has none here. Always
 * allowed, on any thread. */
const char *mapisim_hresult_name(mapisim_hresult hr);

#ifdef __cplusplus
}
#endif

#endif
