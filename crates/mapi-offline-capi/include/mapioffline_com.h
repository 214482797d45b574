/*
 * The COM words that the other headers are made of.
 *
 * Windows:        those of the SDK (unknwn.h).
 * Wine's headers: those, where a project has them in its include path. Wine gives COM methods
 *                 Windows' calling convention; a program for Linux or macOS, and this library,
 *                 use the platform's. So __stdcall is made empty here, before IUnknown is
 *                 declared: include this header before Wine's unknwn.h, objbase.h or windows.h.
 *                 MAPIOFFLINE_OWN_COM chooses the definitions below instead.
 * Elsewhere:      the few definitions that are needed, below.
 *
 * ULONG and HRESULT have 32 bits, and WCHAR has 16: it is wchar_t where that has 16 bits (as with
 * -fshort-wchar), else char16_t. OLESTR("...") makes a string of it.
 */
#ifndef MAPIOFFLINE_COM_H
#define MAPIOFFLINE_COM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !defined(_WIN32) && !defined(MAPIOFFLINE_OWN_COM)
#  if defined(_WINDEF_)
#    define MAPIOFFLINE_WINE_COM 1
#  elif defined(__has_include)
#    if __has_include(<unknwn.h>) && __has_include(<windef.h>)
#      define MAPIOFFLINE_WINE_COM 1
#    endif
#  endif
#endif

#if defined(_WIN32)

#  include <windows.h>
#  include <unknwn.h>

#elif defined(MAPIOFFLINE_WINE_COM)

#  include <windef.h>
#  ifndef __IUnknown_INTERFACE_DEFINED__
#    undef __stdcall
#    define __stdcall
#    undef __cdecl
#    define __cdecl
#  endif
/* Strictly standard C lacks words that Wine's network headers are made of. */
#  if defined(__STRICT_ANSI__) && !defined(WIN32_LEAN_AND_MEAN)
#    define WIN32_LEAN_AND_MEAN
#    include <unknwn.h>
#    undef WIN32_LEAN_AND_MEAN
#  else
#    include <unknwn.h>
#  endif
#  if defined(__cplusplus) && __cplusplus >= 201103L
namespace mapioffline_check {
template <class A, class B> struct same { static const bool value = false; };
template <class A> struct same<A, A> { static const bool value = true; };
}
static_assert(
    mapioffline_check::same<decltype(&IUnknown::AddRef), ULONG (IUnknown::*)()>::value,
    "IUnknown has Windows' calling convention: include mapioffline.h before Wine's headers");
#  elif !defined(__cplusplus) && defined(__GNUC__) && __STDC_VERSION__ >= 201112L
_Static_assert(
    __builtin_types_compatible_p(__typeof__(((struct IUnknownVtbl *)0)->AddRef),
                                 ULONG (*)(IUnknown *)),
    "IUnknown has Windows' calling convention: include mapioffline.h before Wine's headers");
#  endif
#  ifndef OLESTR
#    define OLESTR(text) u##text
#  endif

#else

#  ifdef __cplusplus
extern "C" {
#  endif

typedef uint8_t BYTE, *LPBYTE;
typedef uint16_t WORD;
typedef uint16_t USHORT;
typedef uint32_t ULONG, *LPULONG, *PULONG;
typedef uint32_t DWORD, *LPDWORD;
typedef uint32_t UINT;
typedef int32_t LONG;
typedef int32_t INT;
typedef int16_t SHORT;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG;
#  ifndef __OBJC__
typedef int BOOL;
#  endif
typedef int32_t HRESULT;
typedef int32_t SCODE;
typedef uintptr_t ULONG_PTR, DWORD_PTR;
typedef void *LPVOID;
typedef const void *LPCVOID;
typedef void *PVOID;
typedef void VOID;

#  if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#    define MAPIOFFLINE_TEXT(text) L##text
#  elif defined(__cplusplus)
typedef char16_t WCHAR;
#    define MAPIOFFLINE_TEXT(text) u##text
#  else
/* What C11 calls char16_t; its u"..." has this type. */
typedef uint_least16_t WCHAR;
#    define MAPIOFFLINE_TEXT(text) u##text
#  endif
#  define OLESTR(text) MAPIOFFLINE_TEXT(text)
typedef WCHAR OLECHAR;
typedef WCHAR *LPWSTR, *PWSTR, *LPOLESTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *LPCOLESTR;
typedef char CHAR;
typedef char *LPSTR;
typedef const char *LPCSTR;
#  ifdef UNICODE
typedef WCHAR TCHAR;
#    define TEXT(text) MAPIOFFLINE_TEXT(text)
#  else
typedef char TCHAR;
#    define TEXT(text) text
#  endif
typedef TCHAR *LPTSTR;
typedef const TCHAR *LPCTSTR;

#  ifndef TRUE
#    define TRUE 1
#  endif
#  ifndef FALSE
#    define FALSE 0
#  endif

#  define STDMETHODCALLTYPE
#  define STDAPICALLTYPE
#  define WINAPI
#  define APIENTRY
#  define CALLBACK
#  define FAR
#  ifdef __cplusplus
#    define EXTERN_C extern "C"
#  else
#    define EXTERN_C extern
#  endif
#  define STDAPI EXTERN_C HRESULT STDAPICALLTYPE
#  define STDAPI_(type) EXTERN_C type STDAPICALLTYPE
#  define STDMETHODIMP HRESULT STDMETHODCALLTYPE
#  define STDMETHODIMP_(type) type STDMETHODCALLTYPE
#  ifdef __cplusplus
#    define STDMETHOD(method) virtual HRESULT STDMETHODCALLTYPE method
#    define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#    define PURE = 0
#    define THIS_
#    define THIS void
#    define DECLARE_INTERFACE(name) struct name
#    define DECLARE_INTERFACE_(name, base) struct name : public base
#  else
#    define STDMETHOD(method) HRESULT(STDMETHODCALLTYPE *method)
#    define STDMETHOD_(type, method) type(STDMETHODCALLTYPE *method)
#    define PURE
#    define THIS_ INTERFACE *This,
#    define THIS INTERFACE *This
#    define DECLARE_INTERFACE(name)                                                                \
        typedef struct name {                                                                      \
            const struct name##Vtbl *lpVtbl;                                                       \
        } name;                                                                                    \
        typedef struct name##Vtbl name##Vtbl;                                                      \
        struct name##Vtbl
#    define DECLARE_INTERFACE_(name, base) DECLARE_INTERFACE(name)
#  endif

typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;

typedef GUID IID;
typedef GUID CLSID;
typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef IID *LPIID;
typedef const IID *LPCIID;

#  ifdef __cplusplus
}
#    define REFGUID const GUID &
#    define REFIID const IID &
#    define REFCLSID const IID &
inline bool IsEqualGUID(REFGUID one, REFGUID two) { return memcmp(&one, &two, sizeof(GUID)) == 0; }
inline bool operator==(REFGUID one, REFGUID two) { return IsEqualGUID(one, two); }
inline bool operator!=(REFGUID one, REFGUID two) { return !IsEqualGUID(one, two); }
#  else
#    define REFGUID const GUID *
#    define REFIID const IID *
#    define REFCLSID const IID *
#    define IsEqualGUID(one, two) (memcmp((one), (two), sizeof(GUID)) == 0)
#  endif
#  define IsEqualIID(one, two) IsEqualGUID(one, two)

/* With INITGUID defined, the GUIDs are defined here; without it, by the library or elsewhere. */
#  ifdef INITGUID
#    ifdef __cplusplus
#      define MAPIOFFLINE_GUID EXTERN_C const GUID
#    else
#      define MAPIOFFLINE_GUID const GUID
#    endif
#    define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                           \
        EXTERN_C const GUID name;                                                                  \
        MAPIOFFLINE_GUID name __attribute__((weak)) = {                                            \
            l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#  else
#    define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#  endif
#  define DEFINE_OLEGUID(name, l, w1, w2) DEFINE_GUID(name, l, w1, w2, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

#  define SUCCEEDED(hr) (((HRESULT)(hr)) >= 0)
#  define FAILED(hr) (((HRESULT)(hr)) < 0)
#  define S_OK ((HRESULT)0)
#  define S_FALSE ((HRESULT)1)
#  define E_PENDING ((HRESULT)0x8000000A)
#  define E_NOTIMPL ((HRESULT)0x80004001)
#  define E_NOINTERFACE ((HRESULT)0x80004002)
#  define E_POINTER ((HRESULT)0x80004003)
#  define E_FAIL ((HRESULT)0x80004005)
#  define E_UNEXPECTED ((HRESULT)0x8000FFFF)
#  define E_ACCESSDENIED ((HRESULT)0x80070005)
#  define E_OUTOFMEMORY ((HRESULT)0x8007000E)
#  define E_INVALIDARG ((HRESULT)0x80070057)
#  define RPC_E_WRONG_THREAD ((HRESULT)0x8001010E)

DEFINE_OLEGUID(IID_IUnknown, 0x00000000, 0, 0);

#  ifndef __IUnknown_INTERFACE_DEFINED__
#    define __IUnknown_INTERFACE_DEFINED__
#    ifdef __cplusplus
struct IUnknown {
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void **ppvObject) = 0;
    virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
    virtual ULONG STDMETHODCALLTYPE Release() = 0;
};
#    else
typedef struct IUnknown IUnknown;
typedef struct IUnknownVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IUnknown *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IUnknown *This);
    ULONG(STDMETHODCALLTYPE *Release)(IUnknown *This);
} IUnknownVtbl;
struct IUnknown {
    const struct IUnknownVtbl *lpVtbl;
};
#    endif
#  endif
typedef IUnknown *LPUNKNOWN;

#endif /* own definitions */

#endif
