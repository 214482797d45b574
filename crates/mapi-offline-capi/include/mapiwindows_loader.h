/*
 * LoadLibrary and its family, where they are dlopen and its family. mapiwindows.h includes it.
 */
#ifndef MAPIWINDOWS_LOADER_H
#define MAPIWINDOWS_LOADER_H

#include "mapiwindows.h"

static inline HMODULE mapiwindows_opened(void *module) {
    if (module == NULL) {
        SetLastError(ERROR_MOD_NOT_FOUND);
    }
    return (HMODULE)module;
}

static inline HMODULE LoadLibraryA(LPCSTR name) {
    return mapiwindows_opened(dlopen(mapioffline_library(name), RTLD_NOW | RTLD_LOCAL));
}

/* A name of more than MAX_PATH bytes is not found. */
static inline HMODULE LoadLibraryW(LPCWSTR name) {
    char narrow[MAX_PATH];
    if (WideCharToMultiByte(CP_UTF8, 0, name, -1, narrow, MAX_PATH, NULL, NULL) == 0) {
        return mapiwindows_opened(NULL);
    }
    return LoadLibraryA(narrow);
}

static inline BOOL FreeLibrary(HMODULE module) { return dlclose((void *)module) == 0; }

/* The address is that of the module with GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, which strictly
 * standard C cannot ask for; else a name, or null for the program. */
static inline BOOL GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE *module) {
    const char *file = name == NULL ? NULL : name;
    int mode = RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD;
    void *found = NULL;
    if ((flags & GET_MODULE_HANDLE_EX_FLAG_PIN) != 0) {
        mode |= RTLD_NODELETE;
    }
    if ((flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0) {
#if defined(_GNU_SOURCE) || defined(__APPLE__)
        Dl_info info;
        if (dladdr((const void *)name, &info) != 0) {
            found = dlopen(info.dli_fname, mode);
        }
#endif
    } else {
        found = dlopen(file == NULL ? NULL : mapioffline_library(file), mode);
    }
    if (found != NULL && (flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT) != 0) {
        dlclose(found);
    }
    *module = mapiwindows_opened(found);
    return found != NULL;
}

static inline BOOL GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE *module) {
    char narrow[MAX_PATH];
    if (name == NULL || (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) != 0) {
        return GetModuleHandleExA(flags, (LPCSTR)name, module);
    }
    if (WideCharToMultiByte(CP_UTF8, 0, name, -1, narrow, MAX_PATH, NULL, NULL) == 0) {
        *module = mapiwindows_opened(NULL);
        return FALSE;
    }
    return GetModuleHandleExA(flags, narrow, module);
}

static inline HMODULE GetModuleHandleA(LPCSTR name) {
    HMODULE module;
    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, name, &module);
    return module;
}

static inline HMODULE GetModuleHandleW(LPCWSTR name) {
    HMODULE module;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, name, &module);
    return module;
}

/* FGetComponentPath of mapistub.dll, as a machine has it where the emulated Outlook is installed:
 * the path of msmapi32.dll, for its component id in every language. */
static inline BOOL __stdcall mapiwindows_component_path(LPCSTR component, LPCSTR qualifier,
                                                        LPSTR path, DWORD size, BOOL install) {
    static const char file[] = "msmapi32.dll";
    (void)qualifier;
    (void)install;
    if (component == NULL || strcmp(component, MAPIWINDOWS_COMPONENT) != 0 || size < sizeof file) {
        return FALSE;
    }
    memcpy(path, file, sizeof file);
    return TRUE;
}

/* Tells the emulation by which of its names HrOpenOfflineObj was asked for (finding decorated-name, OPEN-8). */
static inline void mapiwindows_asked_for(HMODULE module, LPCSTR name) {
    void (*asked_for)(const char *);
    void *found = dlsym((void *)module, "mapisim_asked_for");
    if (found != NULL && strncmp(name, "HrOpenOfflineObj", 16) == 0) {
        memcpy(&asked_for, &found, sizeof asked_for);
        asked_for(name);
    }
}

static inline FARPROC GetProcAddress(HMODULE module, LPCSTR name) {
    char plain[MAX_PATH];
    void *found = dlsym((void *)module, name);
    FARPROC function;
    size_t i;
    if (found == NULL && strncmp(name, "FGetComponentPath", 17) == 0) {
        BOOL(__stdcall * here)(LPCSTR, LPCSTR, LPSTR, DWORD, BOOL) = mapiwindows_component_path;
        memcpy(&function, &here, sizeof function);
        return function;
    }
    for (i = 0; found == NULL && name[i] != '\0' && i < sizeof plain; ++i) {
        plain[i] = name[i];
        if (name[i] == '@') {
            plain[i] = '\0';
            found = dlsym((void *)module, plain);
            break;
        }
    }
    if (found == NULL) {
        SetLastError(ERROR_PROC_NOT_FOUND);
    } else {
        mapiwindows_asked_for(module, name);
    }
    memcpy(&function, &found, sizeof function);
    return function;
}

/* Where LoadLibrary finds the library by its name alone. The length without the zero, or the
 * size that is needed with it. */
static inline UINT GetSystemDirectoryA(LPSTR path, UINT size) {
    static const char folder[] = "C:\\Windows\\System32";
    if (path == NULL || size < sizeof folder) {
        return (UINT)sizeof folder;
    }
    memcpy(path, folder, sizeof folder);
    return (UINT)sizeof folder - 1;
}

static inline UINT GetSystemDirectoryW(LPWSTR path, UINT size) {
    char narrow[MAX_PATH];
    UINT length = GetSystemDirectoryA(narrow, MAX_PATH);
    if (path == NULL || size <= length) {
        return length + 1;
    }
    MultiByteToWideChar(CP_UTF8, 0, narrow, -1, path, (int)size);
    return length;
}

#endif
