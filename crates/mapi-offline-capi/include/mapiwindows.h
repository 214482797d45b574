/*
 * For a program that was written for Windows: the few functions of windows.h that a client of the
 * MAPI Offline State API uses to find the library. Include it instead of windows.h.
 *
 * On Windows it is windows.h. Elsewhere LoadLibrary and its family are dlopen and its family:
 * "msmapi32.dll", "mapi32.dll" and "olmapi32.dll", with or without a path, mean this library, and
 * GetProcAddress finds "HrOpenOfflineObj@20" under "HrOpenOfflineObj" (OPEN-8). Set the
 * environment variable MAPIOFFLINE_LIBRARY to load the library from a certain file.
 */
#ifndef MAPIWINDOWS_H
#define MAPIWINDOWS_H

#include "mapioffline_com.h"

#if !defined(_WIN32) && !defined(MAPIOFFLINE_WINE_COM)

#include <dlfcn.h>
#include <stdlib.h>

typedef void *HANDLE;
typedef void *HMODULE;
typedef void *HINSTANCE;
typedef void *HWND;
typedef void (*FARPROC)(void);

#ifdef __APPLE__
#define MAPIOFFLINE_LIBRARY_NAME "libmsmapi32.dylib"
#else
#define MAPIOFFLINE_LIBRARY_NAME "libmsmapi32.so"
#endif

/* The file to load for a name that is one on Windows. */
static inline const char *mapioffline_library(const char *name) {
    static const char *const known[] = {"msmapi32", "mapi32", "olmapi32"};
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

static inline HMODULE LoadLibraryA(LPCSTR name) {
    return dlopen(mapioffline_library(name), RTLD_NOW | RTLD_LOCAL);
}

/* A name of more than 259 characters, or of others than ASCII, is not found. */
static inline HMODULE LoadLibraryW(LPCWSTR name) {
    char narrow[260];
    size_t i;
    for (i = 0; i < sizeof narrow && name[i] < 0x80; ++i) {
        narrow[i] = (char)name[i];
        if (name[i] == 0) {
            return LoadLibraryA(narrow);
        }
    }
    return NULL;
}

static inline BOOL FreeLibrary(HMODULE module) { return dlclose(module) == 0; }

static inline FARPROC GetProcAddress(HMODULE module, LPCSTR name) {
    char plain[260];
    void *found = dlsym(module, name);
    FARPROC function;
    size_t i;
    for (i = 0; found == NULL && name[i] != '\0' && i < sizeof plain; ++i) {
        plain[i] = name[i];
        if (name[i] == '@') {
            plain[i] = '\0';
            found = dlsym(module, plain);
            break;
        }
    }
    memcpy(&function, &found, sizeof function);
    return function;
}

#ifdef UNICODE
#define LoadLibrary LoadLibraryW
#else
#define LoadLibrary LoadLibraryA
#endif

static inline LONG InterlockedIncrement(volatile LONG *value) {
    return __sync_add_and_fetch(value, 1);
}

static inline LONG InterlockedDecrement(volatile LONG *value) {
    return __sync_sub_and_fetch(value, 1);
}

#define ZeroMemory(place, length) memset((place), 0, (length))
#define UNREFERENCED_PARAMETER(parameter) (void)(parameter)

#elif defined(_WIN32)
#include <windows.h>
#endif

#endif
