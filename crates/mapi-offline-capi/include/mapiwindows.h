/*
 * For a program that was written for Windows: what a client of the MAPI Offline State API uses of
 * windows.h, tchar.h, strsafe.h and, in C++, atlbase.h. Include it instead of them, before
 * MAPI's own headers.
 *
 * On Windows it is those headers. Elsewhere the parts beside this one stand for them:
 *
 *     mapiwindows_text.h      _T, MultiByteToWideChar and its opposite, StringCchPrintf
 *     mapiwindows_sync.h      CRITICAL_SECTION, Interlocked*
 *     mapiwindows_registry.h  the registry of a machine that has the emulated Outlook
 *     mapiwindows_atl.h       CComPtr, CComQIPtr
 *
 * and LoadLibrary and its family are dlopen and its family: "msmapi32.dll", "mapi32.dll",
 * "olmapi32.dll" and "mapistub.dll", with or without a path, mean this library, and
 * GetProcAddress finds "HrOpenOfflineObj@20" under "HrOpenOfflineObj" (OPEN-8); a client of 64 bits
 * that asks for the first alone is reported (decorated-name). Set the
 * environment variable MAPIOFFLINE_LIBRARY to load the library from a certain file.
 *
 * Functions are defined here, static and inline. Wine's headers declare the same names as
 * functions of Winelib; with them a program uses those here, under names of their own.
 */
#ifndef MAPIWINDOWS_H
#define MAPIWINDOWS_H

#include "mapioffline_com.h"

#ifdef _WIN32

#include <windows.h>

#include <tchar.h>

#ifndef STRSAFE_NO_DEPRECATE
#define STRSAFE_NO_DEPRECATE
#endif
#include <strsafe.h>

#include "mapiwindows_atl.h"

#else

#include <dlfcn.h>
#include <stdlib.h>

#ifdef MAPIOFFLINE_WINE_COM

#if defined(__STRICT_ANSI__) && !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#undef WIN32_LEAN_AND_MEAN
#else
#include <windows.h>
#endif

#define LoadLibraryA mapiwindows_LoadLibraryA
#define LoadLibraryW mapiwindows_LoadLibraryW
#define FreeLibrary mapiwindows_FreeLibrary
#define GetModuleHandleA mapiwindows_GetModuleHandleA
#define GetModuleHandleW mapiwindows_GetModuleHandleW
#define GetModuleHandleExA mapiwindows_GetModuleHandleExA
#define GetModuleHandleExW mapiwindows_GetModuleHandleExW
#define GetProcAddress mapiwindows_GetProcAddress
#define GetSystemDirectoryA mapiwindows_GetSystemDirectoryA
#define GetSystemDirectoryW mapiwindows_GetSystemDirectoryW
#define GetLastError mapiwindows_GetLastError
#define SetLastError mapiwindows_SetLastError

#else

/* What the compilers of Windows have built in. */
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __declspec
#define __declspec(attribute) MAPIWINDOWS_DECLSPEC_##attribute
#define MAPIWINDOWS_DECLSPEC_align(bytes) __attribute__((aligned(bytes)))
#define MAPIWINDOWS_DECLSPEC_dllexport __attribute__((visibility("default")))
#define MAPIWINDOWS_DECLSPEC_dllimport
#define MAPIWINDOWS_DECLSPEC_noinline __attribute__((noinline))
#define MAPIWINDOWS_DECLSPEC_noreturn __attribute__((noreturn))
#define MAPIWINDOWS_DECLSPEC_nothrow
#define MAPIWINDOWS_DECLSPEC_novtable
#define MAPIWINDOWS_DECLSPEC_selectany __attribute__((weak))
#define MAPIWINDOWS_DECLSPEC_thread __thread
#define MAPIWINDOWS_DECLSPEC_uuid(text)
#endif

#ifndef __OBJC__
#define interface struct
#endif
#define MIDL_INTERFACE(uuid) struct
#define DECLSPEC_UUID(uuid)
#define DECLSPEC_NOVTABLE

typedef void *HANDLE;
typedef void *HMODULE;
typedef void *HINSTANCE;
typedef void *HWND;
typedef void (*FARPROC)(void);

#define MAX_PATH 260
#define ERROR_SUCCESS 0
#define ERROR_FILE_NOT_FOUND 2
#define ERROR_INVALID_HANDLE 6
#define ERROR_INVALID_PARAMETER 87
#define ERROR_INSUFFICIENT_BUFFER 122
#define ERROR_MOD_NOT_FOUND 126
#define ERROR_PROC_NOT_FOUND 127
#define ERROR_MORE_DATA 234
#define HRESULT_FROM_WIN32(error)                                                                  \
    ((HRESULT)(error) <= 0 ? (HRESULT)(error) : (HRESULT)(((error) & 0xffff) | 0x80070000))

#define GET_MODULE_HANDLE_EX_FLAG_PIN 0x1
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 0x2
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 0x4

#define ZeroMemory(place, length) memset((place), 0, (length))
#define CopyMemory(to, from, length) memcpy((to), (from), (length))
#define UNREFERENCED_PARAMETER(parameter) (void)(parameter)

#ifdef UNICODE
#define LoadLibrary LoadLibraryW
#define GetModuleHandle GetModuleHandleW
#define GetModuleHandleEx GetModuleHandleExW
#define GetSystemDirectory GetSystemDirectoryW
#else
#define LoadLibrary LoadLibraryA
#define GetModuleHandle GetModuleHandleA
#define GetModuleHandleEx GetModuleHandleExA
#define GetSystemDirectory GetSystemDirectoryA
#endif

#endif /* MAPIOFFLINE_WINE_COM */

#ifdef __APPLE__
#define MAPIOFFLINE_LIBRARY_NAME "libmsmapi32.dylib"
#else
#define MAPIOFFLINE_LIBRARY_NAME "libmsmapi32.so"
#endif

/* The file to load for a name that is one on Windows. */
static inline const char *mapioffline_library(const char *name) {
    static const char *const known[] = {"msmapi32", "mapi32", "olmapi32", "mapistub"};
    const char *file = name;
    const char *at;
    size_t i;
    for (at = name; *at != '\0'; ++at) {
        if (*at == '\\' || *at == '/') {
            file = at + 1;
        }
    }
    for (i = 0; i < sizeof known / sizeof known[0]; ++i) {
        const char *letter = known[i];
        for (at = file; *letter != '\0' && (*at == *letter || *at == *letter - 32); ++at) {
            ++letter;
        }
        if (*letter == '\0' && (*at == '\0' || *at == '.')) {
            const char *from = getenv("MAPIOFFLINE_LIBRARY");
            return from != NULL ? from : MAPIOFFLINE_LIBRARY_NAME;
        }
    }
    return name;
}

/* The error of the latest function that failed, on this thread and in this source file. */
static inline DWORD *mapiwindows_error(void) {
    static __thread DWORD error;
    return &error;
}

static inline DWORD GetLastError(void) { return *mapiwindows_error(); }

static inline void SetLastError(DWORD error) { *mapiwindows_error() = error; }

#include "mapiwindows_text.h"

#include "mapiwindows_sync.h"

#include "mapiwindows_registry.h"

#include "mapiwindows_loader.h"

#include "mapiwindows_atl.h"

#endif /* _WIN32 */

#endif
