/*
 * The registry of a machine on which the emulated Outlook is the mail client: the values by which
 * clients find the MAPI library and the default profile. mapiwindows.h includes it.
 *
 *     HKLM\Software\Clients\Mail                     default value, "Microsoft Outlook"
 *     HKLM\Software\Clients\Mail\Microsoft Outlook   DLLPathEx, MSIComponentID,
 *                                                    MSIApplicationLCID, MSIOfficeLCID
 *     HKLM\Software\Microsoft\Windows Messaging Subsystem     MAPI, MAPIX
 *     HKCU\Software\Microsoft\Office\<version>\Outlook        DefaultProfile
 *     HKCU\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem\Profiles
 *                                                             DefaultProfile
 *
 * DefaultProfile is the one of the emulation that runs. Everything else is not there, and nothing
 * can be written.
 */
#ifndef MAPIWINDOWS_REGISTRY_H
#define MAPIWINDOWS_REGISTRY_H

#include "mapiwindows.h"

#include <ctype.h>

/* The component id under which MAPI's library is installed. */
#define MAPIWINDOWS_COMPONENT "{FF1D0740-D227-11D1-A4B0-006008AF820E}"

#ifdef MAPIOFFLINE_WINE_COM
#define RegOpenKeyExA mapiwindows_RegOpenKeyExA
#define RegOpenKeyExW mapiwindows_RegOpenKeyExW
#define RegQueryValueExA mapiwindows_RegQueryValueExA
#define RegQueryValueExW mapiwindows_RegQueryValueExW
#define RegCloseKey mapiwindows_RegCloseKey
#else
typedef struct HKEY__ *HKEY, **PHKEY;
typedef DWORD REGSAM;
#define HKEY_CURRENT_USER ((HKEY)(uintptr_t)0x80000001)
#define HKEY_LOCAL_MACHINE ((HKEY)(uintptr_t)0x80000002)
#define KEY_QUERY_VALUE 0x00001
#define KEY_READ 0x20019
#define KEY_WOW64_64KEY 0x00100
#define KEY_WOW64_32KEY 0x00200
#define REG_SZ 1
#define REG_EXPAND_SZ 2
#define REG_DWORD 4
#define REG_MULTI_SZ 7
#ifdef UNICODE
#define RegOpenKeyEx RegOpenKeyExW
#define RegQueryValueEx RegQueryValueExW
#else
#define RegOpenKeyEx RegOpenKeyExA
#define RegQueryValueEx RegQueryValueExA
#endif
#endif

struct mapiwindows_value {
    const char *key;
    const char *name;
    DWORD type;
    const char *text;
};

static inline const struct mapiwindows_value *mapiwindows_value_at(size_t i) {
    static const char mail[] = "HKLM\\Software\\Clients\\Mail";
    static const char outlook[] = "HKLM\\Software\\Clients\\Mail\\Microsoft Outlook";
    static const char messaging[] = "HKLM\\Software\\Microsoft\\Windows Messaging Subsystem";
    static const char languages[] =
        "SOFTWARE\\Microsoft\\Office\\16.0\\Common\\LanguageResources\\UILanguage";
    static const struct mapiwindows_value values[] = {
        {mail, "", REG_SZ, "Microsoft Outlook"},
        {outlook, "", REG_SZ, "Microsoft Outlook"},
        {outlook, "DLLPathEx", REG_SZ, "C:\\Windows\\System32\\msmapi32.dll"},
        {outlook, "MSIComponentID", REG_SZ, MAPIWINDOWS_COMPONENT},
        {outlook, "MSIApplicationLCID", REG_MULTI_SZ, languages},
        {outlook, "MSIOfficeLCID", REG_MULTI_SZ, languages},
        {messaging, "MAPI", REG_SZ, "1"},
        {messaging, "MAPIX", REG_SZ, "1"},
        {"HKCU\\Software\\Microsoft\\Office\\14.0\\Outlook", "", REG_SZ, NULL},
        {"HKCU\\Software\\Microsoft\\Office\\15.0\\Outlook", "DefaultProfile", REG_SZ, NULL},
        {"HKCU\\Software\\Microsoft\\Office\\16.0\\Outlook", "DefaultProfile", REG_SZ, NULL},
        {"HKCU\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem"
         "\\Profiles",
         "DefaultProfile", REG_SZ, NULL},
    };
    return i < sizeof values / sizeof values[0] ? &values[i] : NULL;
}

/* Returns 1 when the first `length` characters of both texts are the same, whatever the case of letters. */
static inline int mapiwindows_begins(const char *text, const char *with, size_t length) {
    size_t i;
    for (i = 0; i < length; ++i) {
        if (tolower((unsigned char)text[i]) != tolower((unsigned char)with[i])) {
            return 0;
        }
    }
    return 1;
}

/* The path of a key: of a predefined one, or what RegOpenKeyEx has made of it. */
static inline const char *mapiwindows_path(HKEY key) {
    switch ((uint32_t)(uintptr_t)key) {
    case 0x80000001u:
        return "HKCU";
    case 0x80000002u:
        return "HKLM";
    default:
        return (const char *)key;
    }
}

static inline LONG RegOpenKeyExA(HKEY key, LPCSTR name, DWORD options, REGSAM access,
                                 PHKEY opened) {
    const char *parent = mapiwindows_path(key);
    const char *rest = name == NULL ? "" : name;
    size_t length = strlen(parent) + strlen(rest) + 2;
    char *path = (char *)malloc(length);
    const struct mapiwindows_value *value;
    size_t i;
    (void)options;
    (void)access;
    *opened = NULL;
    if (path == NULL) {
        return ERROR_INVALID_PARAMETER;
    }
    strcpy(path, parent);
    if (*rest != '\0') {
        strcat(path, "\\");
        strcat(path, rest);
    }
    length = strlen(path);
    for (i = 0; (value = mapiwindows_value_at(i)) != NULL; ++i) {
        if (strlen(value->key) >= length && mapiwindows_begins(value->key, path, length) &&
            (value->key[length] == '\0' || value->key[length] == '\\')) {
            *opened = (HKEY)(void *)path;
            return ERROR_SUCCESS;
        }
    }
    free(path);
    return ERROR_FILE_NOT_FOUND;
}

static inline LONG RegCloseKey(HKEY key) {
    if (mapiwindows_path(key) == (const char *)key) {
        free((void *)key);
    }
    return ERROR_SUCCESS;
}

/* The default profile of the emulation that runs in the library; 0 if there is none. */
static inline int mapiwindows_default_profile(char *name, uint32_t size) {
    void *library;
    void *found = NULL;
    int32_t (*function)(char *, uint32_t);
    library = dlopen(mapioffline_library("msmapi32"), RTLD_NOW | RTLD_LOCAL);
    if (library != NULL) {
        found = dlsym(library, "mapisim_default_profile");
        dlclose(library);
    }
    if (found == NULL) {
        return 0;
    }
    memcpy(&function, &found, sizeof function);
    return function(name, size) == 0;
}

/* Finds a value, and copies it as UTF-8 with the zero that ends it (two, if there are many). The
 * number of bytes, or 0 if there is no such value. */
static inline size_t mapiwindows_read(HKEY key, const char *name, DWORD *type, char *text,
                                      size_t size) {
    const char *path = mapiwindows_path(key);
    const struct mapiwindows_value *value;
    size_t i, length;
    for (i = 0; (value = mapiwindows_value_at(i)) != NULL; ++i) {
        if (strlen(value->key) != strlen(path) || strlen(value->name) != strlen(name) ||
            !mapiwindows_begins(value->key, path, strlen(path)) ||
            !mapiwindows_begins(value->name, name, strlen(name))) {
            continue;
        }
        *type = value->type;
        if (value->text != NULL) {
            strcpy(text, value->text);
        } else if (*name == '\0' || !mapiwindows_default_profile(text, (uint32_t)size)) {
            return 0;
        }
        length = strlen(text) + 1;
        if (value->type == REG_MULTI_SZ) {
            text[length++] = '\0';
        }
        return length;
    }
    return 0;
}

/* Gives the bytes of a value as RegQueryValueEx does. */
static inline LONG mapiwindows_give(const void *bytes, DWORD length, LPBYTE data, LPDWORD size) {
    DWORD room = size == NULL ? 0 : *size;
    if (size != NULL) {
        *size = length;
    }
    if (data == NULL) {
        return ERROR_SUCCESS;
    }
    if (room < length) {
        return ERROR_MORE_DATA;
    }
    memcpy(data, bytes, length);
    return ERROR_SUCCESS;
}

static inline LONG RegQueryValueExA(HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD type,
                                    LPBYTE data, LPDWORD size) {
    char text[512];
    DWORD kind = 0;
    size_t length = mapiwindows_read(key, name == NULL ? "" : name, &kind, text, sizeof text - 1);
    (void)reserved;
    if (length == 0) {
        return ERROR_FILE_NOT_FOUND;
    }
    if (type != NULL) {
        *type = kind;
    }
    return mapiwindows_give(text, (DWORD)length, data, size);
}

static inline LONG RegOpenKeyExW(HKEY key, LPCWSTR name, DWORD options, REGSAM access,
                                 PHKEY opened) {
    char narrow[512];
    *opened = NULL;
    if (name == NULL) {
        return RegOpenKeyExA(key, NULL, options, access, opened);
    }
    if (WideCharToMultiByte(CP_UTF8, 0, name, -1, narrow, sizeof narrow, NULL, NULL) == 0) {
        return ERROR_FILE_NOT_FOUND;
    }
    return RegOpenKeyExA(key, narrow, options, access, opened);
}

static inline LONG RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD type,
                                    LPBYTE data, LPDWORD size) {
    char narrow[256] = "";
    char text[512];
    WCHAR wide[512];
    DWORD kind = 0;
    size_t length;
    int units;
    (void)reserved;
    if (name != NULL) {
        WideCharToMultiByte(CP_UTF8, 0, name, -1, narrow, sizeof narrow, NULL, NULL);
    }
    length = mapiwindows_read(key, narrow, &kind, text, sizeof text - 1);
    if (length == 0) {
        return ERROR_FILE_NOT_FOUND;
    }
    if (type != NULL) {
        *type = kind;
    }
    units = MultiByteToWideChar(CP_UTF8, 0, text, (int)length, wide, 512);
    return mapiwindows_give(wide, (DWORD)units * (DWORD)sizeof(WCHAR), data, size);
}

#endif
