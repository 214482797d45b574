/*
 * Text of Windows: _T and TCHAR, UTF-16 from and to UTF-8, StringCchPrintf. mapiwindows.h includes
 * it.
 */
#ifndef MAPIWINDOWS_TEXT_H
#define MAPIWINDOWS_TEXT_H

#include "mapiwindows.h"

#include <stdarg.h>
#include <stdio.h>

#ifdef MAPIOFFLINE_WINE_COM
#define MultiByteToWideChar mapiwindows_MultiByteToWideChar
#define WideCharToMultiByte mapiwindows_WideCharToMultiByte
#ifdef UNICODE
#define MAPIWINDOWS_T(text) OLESTR(text)
#else
#define MAPIWINDOWS_T(text) text
#endif
#else
#define CP_ACP 0
#define CP_UTF8 65001
#define MB_PRECOMPOSED 0x1
#define MB_ERR_INVALID_CHARS 0x8
#define WC_ERR_INVALID_CHARS 0x80
#define MAPIWINDOWS_T(text) TEXT(text)
#endif
#ifndef _T
#define _T(text) MAPIWINDOWS_T(text)
#define _TEXT(text) MAPIWINDOWS_T(text)
#endif

#ifdef UNICODE
#define StringCchPrintf StringCchPrintfW
#else
#define StringCchPrintf StringCchPrintfA
#endif
#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)

/* Where text goes to: what does not fit is only counted. */
struct mapiwindows_wide {
    WCHAR *at;
    size_t size, length;
};
struct mapiwindows_narrow {
    char *at;
    size_t size, length;
};

static inline void mapiwindows_unit(struct mapiwindows_wide *to, uint32_t unit) {
    if (to->length < to->size) {
        to->at[to->length] = (WCHAR)unit;
    }
    ++to->length;
}

static inline void mapiwindows_byte(struct mapiwindows_narrow *to, uint32_t byte) {
    if (to->length < to->size) {
        to->at[to->length] = (char)(unsigned char)byte;
    }
    ++to->length;
}

/* One character of UTF-8, from which the text moves on; U+FFFD for what is none. */
static inline uint32_t mapiwindows_decode(const char **text, const char *end) {
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *at = (const unsigned char *)*text;
    uint32_t code = *at;
    int more = code < 0x80   ? 0
               : code < 0xc2 ? -1
               : code < 0xe0 ? 1
               : code < 0xf0 ? 2
               : code < 0xf5 ? 3
                             : -1;
    int i;
    ++*text;
    if (more <= 0) {
        return more == 0 ? code : 0xfffd;
    }
    code &= 0x3fu >> more;
    for (i = 0; i < more; ++i) {
        if (*text == end || (*(const unsigned char *)*text & 0xc0) != 0x80) {
            return 0xfffd;
        }
        code = code << 6 | (*(const unsigned char *)*text & 0x3fu);
        ++*text;
    }
    return code < least[more] || code > 0x10ffff || (code & 0xfffff800u) == 0xd800 ? 0xfffd : code;
}

static inline void mapiwindows_encode(struct mapiwindows_narrow *to, uint32_t code) {
    if (code < 0x80) {
        mapiwindows_byte(to, code);
    } else if (code < 0x800) {
        mapiwindows_byte(to, 0xc0 | code >> 6);
        mapiwindows_byte(to, 0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        mapiwindows_byte(to, 0xe0 | code >> 12);
        mapiwindows_byte(to, 0x80 | (code >> 6 & 0x3f));
        mapiwindows_byte(to, 0x80 | (code & 0x3f));
    } else {
        mapiwindows_byte(to, 0xf0 | code >> 18);
        mapiwindows_byte(to, 0x80 | (code >> 12 & 0x3f));
        mapiwindows_byte(to, 0x80 | (code >> 6 & 0x3f));
        mapiwindows_byte(to, 0x80 | (code & 0x3f));
    }
}

static inline void mapiwindows_widen(struct mapiwindows_wide *to, const char *text, size_t length) {
    const char *end = text + length;
    while (text != end) {
        uint32_t code = mapiwindows_decode(&text, end);
        if (code < 0x10000) {
            mapiwindows_unit(to, code);
        } else {
            mapiwindows_unit(to, 0xd800 + ((code - 0x10000) >> 10));
            mapiwindows_unit(to, 0xdc00 + ((code - 0x10000) & 0x3ff));
        }
    }
}

static inline void mapiwindows_narrowed(struct mapiwindows_narrow *to, const WCHAR *text,
                                        size_t length) {
    size_t i;
    for (i = 0; i < length; ++i) {
        uint32_t code = (uint32_t)text[i] & 0xffff;
        if ((code & 0xfc00) == 0xd800 && i + 1 < length &&
            ((uint32_t)text[i + 1] & 0xfc00) == 0xdc00) {
            code = 0x10000 + ((code & 0x3ff) << 10) + ((uint32_t)text[++i] & 0x3ff);
        }
        mapiwindows_encode(to, (code & 0xf800) == 0xd800 ? 0xfffd : code);
    }
}

static inline size_t mapiwindows_length(const WCHAR *text) {
    size_t length = 0;
    while (text[length] != 0) {
        ++length;
    }
    return length;
}

/* What both conversions give: the number of units, or 0 if they do not fit. */
static inline int mapiwindows_converted(size_t length, int size) {
    if (size != 0 && length > (size_t)size) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    return (int)length;
}

/* Narrow text is UTF-8 in every code page. A length of -1 is up to the zero, and with it. */
static inline int MultiByteToWideChar(UINT page, DWORD flags, LPCSTR text, int length, LPWSTR to,
                                      int size) {
    struct mapiwindows_wide out = {to, (size_t)size, 0};
    (void)page;
    (void)flags;
    if (text == NULL || length == 0 || size < 0 || (size != 0 && to == NULL)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    mapiwindows_widen(&out, text, length < 0 ? strlen(text) + 1 : (size_t)length);
    return mapiwindows_converted(out.length, size);
}

static inline int WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR text, int length, LPSTR to,
                                      int size, LPCSTR fallback, BOOL *used) {
    struct mapiwindows_narrow out = {to, (size_t)size, 0};
    (void)page;
    (void)flags;
    (void)fallback;
    if (text == NULL || length == 0 || size < 0 || (size != 0 && to == NULL)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    if (used != NULL) {
        *used = FALSE;
    }
    mapiwindows_narrowed(&out, text, length < 0 ? mapiwindows_length(text) + 1 : (size_t)length);
    return mapiwindows_converted(out.length, size);
}

/* A conversion specification of printf, as Windows' runtime library reads it. */
struct mapiwindows_spec {
    char standard[40]; /* for snprintf: flags, width and precision */
    int precision;     /* or -1 */
    int width;
    int left;
    int is_wide; /* 1: h was given; 2: l or w */
    int is_long; /* a number of 64 bits */
    char kind;
};

/* Reads one after its percent sign, with the arguments that its stars stand for. */
static inline const char *mapiwindows_spec(const char *at, struct mapiwindows_spec *spec,
                                           va_list *arguments) {
    size_t length = 1;
    memset(spec, 0, sizeof *spec);
    spec->standard[0] = '%';
    spec->precision = -1;
    for (; *at != '\0' && strchr("-+ #0", *at) != NULL && length < 8; ++at) {
        spec->left |= *at == '-';
        spec->standard[length++] = *at;
    }
    spec->width = *at == '*' ? va_arg(*arguments, int) : (int)strtol(at, NULL, 10);
    while (*at == '*' || (*at >= '0' && *at <= '9')) {
        ++at;
    }
    if (*at == '.') {
        ++at;
        spec->precision = *at == '*' ? va_arg(*arguments, int) : (int)strtol(at, NULL, 10);
        while (*at == '*' || (*at >= '0' && *at <= '9')) {
            ++at;
        }
    }
    if (spec->width != 0) {
        length += (size_t)sprintf(spec->standard + length, "%d", spec->width);
    }
    if (spec->precision >= 0) {
        length += (size_t)sprintf(spec->standard + length, ".%d", spec->precision);
    }
    for (; *at != '\0' && strchr("hlwIjzt", *at) != NULL; ++at) {
        spec->is_wide = *at == 'h' ? 1 : 2;
        if (*at == 'I' && at[1] == '3') {
            at += 2;
        } else if (*at == 'I' && at[1] == '6') {
            spec->is_long = 1;
            at += 2;
        } else {
            spec->is_long |= (*at == 'l' && at[1] == 'l') || *at == 'j' ||
                             (strchr("Izt", *at) != NULL && sizeof(void *) == 8);
        }
    }
    spec->kind = *at;
    return *at == '\0' ? at : at + 1;
}

/* Adds a string of WCHAR, or of char, up to the precision, and padded to the width. */
static inline void mapiwindows_string(struct mapiwindows_narrow *to, const void *text, int is_wide,
                                      const struct mapiwindows_spec *spec) {
    const WCHAR *wide = (const WCHAR *)text;
    const char *narrow = (const char *)text;
    size_t most = spec->precision < 0 ? (size_t)-1 : (size_t)spec->precision;
    size_t width = spec->width < 0 ? 0 : (size_t)spec->width;
    size_t length = 0, i;
    while (length < most && (is_wide ? wide[length] != 0 : narrow[length] != '\0')) {
        ++length;
    }
    for (i = length; i < width && !spec->left; ++i) {
        mapiwindows_byte(to, ' ');
    }
    if (is_wide) {
        mapiwindows_narrowed(to, wide, length);
    }
    for (i = 0; i < length && !is_wide; ++i) {
        mapiwindows_byte(to, (unsigned char)narrow[i]);
    }
    for (i = length; i < width && spec->left; ++i) {
        mapiwindows_byte(to, ' ');
    }
}

/* Adds a number, which snprintf pads. */
static inline void mapiwindows_number(struct mapiwindows_narrow *to, struct mapiwindows_spec *spec,
                                      va_list *arguments) {
    char text[128];
    size_t end = strlen(spec->standard);
    size_t i;
    if (strchr("diouxX", spec->kind) != NULL) {
        long long value;
        if (spec->is_long) {
            value = va_arg(*arguments, long long);
        } else if (spec->kind == 'd' || spec->kind == 'i') {
            value = va_arg(*arguments, int);
        } else {
            value = va_arg(*arguments, unsigned);
        }
        memcpy(spec->standard + end, "ll", 2);
        spec->standard[end + 2] = spec->kind;
        snprintf(text, sizeof text, spec->standard, value);
    } else if (spec->kind == 'p') {
        snprintf(text, sizeof text, "%0*llX", (int)sizeof(void *) * 2,
                 (unsigned long long)(uintptr_t)va_arg(*arguments, void *));
    } else {
        spec->standard[end] = spec->kind;
        snprintf(text, sizeof text, spec->standard, va_arg(*arguments, double));
    }
    for (i = 0; text[i] != '\0'; ++i) {
        mapiwindows_byte(to, (unsigned char)text[i]);
    }
}

/* Formats as Windows' runtime library does: %s is of the width of the format, %S of the other, and
 * %ld has 32 bits. The length of the whole text in UTF-8, of which what fits is in `out`. */
static inline size_t mapiwindows_format(char *out, size_t size, int is_wide, const char *format,
                                        va_list *arguments) {
    struct mapiwindows_narrow to = {NULL, 0, 0};
    struct mapiwindows_spec spec;
    to.at = out;
    to.size = size;
    while (*format != '\0') {
        if (*format != '%') {
            mapiwindows_byte(&to, (unsigned char)*format++);
            continue;
        }
        format = mapiwindows_spec(format + 1, &spec, arguments);
        if (spec.kind == 's' || spec.kind == 'S') {
            int wide = spec.is_wide != 0 ? spec.is_wide == 2 : is_wide == (spec.kind == 's');
            const void *text = va_arg(*arguments, const void *);
            mapiwindows_string(&to, text == NULL ? "(null)" : text, text != NULL && wide, &spec);
        } else if (spec.kind == 'c' || spec.kind == 'C') {
            WCHAR unit[2] = {0, 0};
            unit[0] = (WCHAR)va_arg(*arguments, int);
            mapiwindows_string(&to, unit, 1, &spec);
        } else if (spec.kind != '\0' && strchr("diouxXpeEfFgGaA", spec.kind) != NULL) {
            mapiwindows_number(&to, &spec, arguments);
        } else {
            mapiwindows_byte(&to, '%');
        }
    }
    return to.length;
}

static inline HRESULT StringCchVPrintfA(LPSTR to, size_t size, LPCSTR format, va_list arguments) {
    size_t length;
    va_list copy;
    if (size == 0 || size > STRSAFE_MAX_CCH) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    va_copy(copy, arguments);
    length = mapiwindows_format(to, size - 1, 0, format, &copy);
    va_end(copy);
    to[length < size ? length : size - 1] = '\0';
    return length < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

static inline HRESULT StringCchVPrintfW(LPWSTR to, size_t size, LPCWSTR format, va_list arguments) {
    int units = WideCharToMultiByte(CP_UTF8, 0, format, -1, NULL, 0, NULL, NULL);
    struct mapiwindows_wide out = {NULL, 0, 0};
    char *narrow, *text;
    size_t length;
    va_list copy;
    if (size == 0 || size > STRSAFE_MAX_CCH) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    narrow = (char *)malloc((size_t)units);
    if (narrow == NULL) {
        return E_OUTOFMEMORY;
    }
    WideCharToMultiByte(CP_UTF8, 0, format, -1, narrow, units, NULL, NULL);
    va_copy(copy, arguments);
    length = mapiwindows_format(NULL, 0, 1, narrow, &copy);
    va_end(copy);
    text = (char *)malloc(length + 1);
    if (text == NULL) {
        free(narrow);
        return E_OUTOFMEMORY;
    }
    va_copy(copy, arguments);
    mapiwindows_format(text, length, 1, narrow, &copy);
    va_end(copy);
    out.at = to;
    out.size = size - 1;
    mapiwindows_widen(&out, text, length);
    to[out.length < size ? out.length : size - 1] = 0;
    free(text);
    free(narrow);
    return out.length < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

/* What does not fit is cut off, and STRSAFE_E_INSUFFICIENT_BUFFER given. */
static inline HRESULT StringCchPrintfA(LPSTR to, size_t size, LPCSTR format, ...) {
    va_list arguments;
    HRESULT hr;
    va_start(arguments, format);
    hr = StringCchVPrintfA(to, size, format, arguments);
    va_end(arguments);
    return hr;
}

static inline HRESULT StringCchPrintfW(LPWSTR to, size_t size, LPCWSTR format, ...) {
    va_list arguments;
    HRESULT hr;
    va_start(arguments, format);
    hr = StringCchVPrintfW(to, size, format, arguments);
    va_end(arguments);
    return hr;
}

#endif
