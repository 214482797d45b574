/*
 * The two functions of a client library that mapisim can explore:
 *
 *     mapisim explore --client libprovider.so
 *
 * The client is compiled as it is, with one file that has these two functions more, and linked as
 * a shared library. It finds MAPI as ever, linked with msmapi32 or with LoadLibrary; mapisim has
 * loaded the library before, so that both have the same one.
 *
 * mapisim plays many executions. In each it makes a new emulated Outlook, initializes MAPI, calls
 * mapisim_client_connect once, then mapisim_client_disconnect once, and checks what is left. The
 * order in which the client's calls, the notifications and what the user does follow each other
 * is another each time: others may go first before each call that the two functions make, and
 * between the two. A SetCurrentState that blocks waits; the rest goes on meanwhile, on the same
 * thread. What that means for the client:
 *
 *   - Between two executions the library stays loaded. mapisim_client_disconnect leaves it as it
 *     was before mapisim_client_connect.
 *   - The two functions run on a stack of 1 MiB of their own. No exception may leave them, and
 *     none may be in the middle of being handled (in a catch block) when a call is made.
 *   - A lock that is held across a call, and taken in a callback, is a deadlock here as it is in
 *     Outlook: after ten seconds (--timeout) it is the finding `stuck`, and ends the exploration.
 *   - What the client stores is not seen. It says so with mapisim_believes (mapisim.h), where it
 *     stores it; mapisim_client_disconnect may come in the middle of a transition.
 *   - The only source of chance is mapisim: no threads, no clock. A client that behaves differently
 *     on the same schedule is the finding `not-deterministic`.
 *   - A client that crashes, or that ends the process, is the finding `crashed`. It is played in a
 *     process of its own, and mapisim goes on.
 *
 * In C++ the functions need C linkage, which this header gives them.
 */
#ifndef MAPISIM_CLIENT_H
#define MAPISIM_CLIENT_H

#include "mapioffline.h"

#ifdef _WIN32
#define MAPISIM_CLIENT_EXPORT __declspec(dllexport)
#else
#define MAPISIM_CLIENT_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Outlook loads the client: it opens the offline object of that profile, advises, and so on, as
 * its OnConnection or its logon does. profile: UTF-16 up to a zero, which stays until
 * mapisim_client_disconnect has returned. A failure ends the execution, and is reported, unless a
 * call of the client was made to fail on purpose (--faults); mapisim_client_disconnect is not
 * called then, so what it has done is undone here. */
MAPISIM_CLIENT_EXPORT HRESULT mapisim_client_connect(LPCWSTR profile);

/* Outlook unloads it: it unadvises and releases what it has, as its OnDisconnection or its logoff
 * does. A failure is reported. */
MAPISIM_CLIENT_EXPORT HRESULT mapisim_client_disconnect(void);

#ifdef __cplusplus
}
#endif

#endif
