/*
 * The MAPI parts behind MAPILogonEx and MAPIAdminProfiles: profile administration, the profile
 * table, the session and its profile section, and MAPI's memory.
 *
 * Where MAPI's own mapix.h was included before, its words are used, and only what it lacks is
 * defined here. It cannot come after this header: then the compiler says so, where mapidefs.h
 * uses MAPI_DIM. Every number is compared with the Rust side by tests/headers.
 */
#ifndef MAPISESSION_H
#define MAPISESSION_H

#include "mapioffline.h"

#if defined(MAPIDEFS_H) && !defined(MAPIX_H)
#error "MAPI's own mapidefs.h is here without mapix.h: include mapix.h before mapisession.h"
#endif

#ifndef MAPI_W_ERRORS_RETURNED
#define MAPI_W_ERRORS_RETURNED ((HRESULT)0x00040380)
#endif
#ifndef MAPI_E_NO_ACCESS
#define MAPI_E_NO_ACCESS ((HRESULT)0x80070005)
#endif
#ifndef MAPI_E_BAD_CHARWIDTH
#define MAPI_E_BAD_CHARWIDTH ((HRESULT)0x80040103)
#endif
#ifndef MAPI_E_UNKNOWN_FLAGS
#define MAPI_E_UNKNOWN_FLAGS ((HRESULT)0x80040106)
#endif
#ifndef MAPI_E_LOGON_FAILED
#define MAPI_E_LOGON_FAILED ((HRESULT)0x80040111)
#endif
#ifndef MAPI_E_USER_CANCEL
#define MAPI_E_USER_CANCEL ((HRESULT)0x80040113)
#endif
#ifndef MAPI_E_TIMEOUT
#define MAPI_E_TIMEOUT ((HRESULT)0x80040401)
#endif
#ifndef MAPI_E_TOO_COMPLEX
#define MAPI_E_TOO_COMPLEX ((HRESULT)0x80040117)
#endif
#ifndef MAPI_E_INVALID_BOOKMARK
#define MAPI_E_INVALID_BOOKMARK ((HRESULT)0x80040405)
#endif
#ifndef MAPI_E_NOT_ENOUGH_MEMORY
#define MAPI_E_NOT_ENOUGH_MEMORY ((HRESULT)0x8007000E)
#endif

/* Wine's mapiguid.h defines all of them, others those that a USES_ asks for. */
#if !defined(MAPIGUID_H) || !defined(MAPIOFFLINE_WINE_COM)
#ifdef __cplusplus
extern "C" {
#endif
#if !defined(MAPIGUID_H) || !defined(USES_IID_IMAPISession)
DEFINE_GUID(IID_IMAPISession, 0x00020300, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
#endif
#if !defined(MAPIGUID_H) || !defined(USES_IID_IMAPITable)
DEFINE_GUID(IID_IMAPITable, 0x00020301, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
#endif
#if !defined(MAPIGUID_H) || !defined(USES_IID_IMAPIProp)
DEFINE_GUID(IID_IMAPIProp, 0x00020303, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
#endif
#if !defined(MAPIGUID_H) || !defined(USES_IID_IProfSect)
DEFINE_GUID(IID_IProfSect, 0x00020304, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
#endif
#if !defined(MAPIGUID_H) || !defined(USES_IID_IProfAdmin)
DEFINE_GUID(IID_IProfAdmin, 0x0002031c, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
#endif
#if !defined(MAPIGUID_H) || !defined(USES_IID_IMsgStore)
DEFINE_GUID(IID_IMsgStore, 0x00020306, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
#endif
#ifdef __cplusplus
}
#endif
#endif

/* What the headers of MAPI that come with Wine and with mingw lack. */
#ifndef MAPI_APP_PROFILE
#define MAPI_APP_PROFILE ((ULONG)0x00000004)
#endif
#ifndef MAPI_DIALOG
#define MAPI_DIALOG ((ULONG)0x00000008)
#endif
#ifndef MAPI_NO_COINIT
#define MAPI_NO_COINIT ((ULONG)0x8)
#endif
#ifndef MAPI_LOGOFF_SHARED
#define MAPI_LOGOFF_SHARED ((ULONG)0x1)
#define MAPI_LOGOFF_UI ((ULONG)0x2)
#endif
#ifndef MAPI_BG_SESSION
#define MAPI_BG_SESSION ((ULONG)0x00200000)
#endif
#ifndef MAPI_DEFERRED_ERRORS
#define MAPI_DEFERRED_ERRORS ((ULONG)0x8)
#endif
#ifndef TBL_ALL_COLUMNS
#define TBL_ALL_COLUMNS ((ULONG)0x1)
#endif
#ifndef TBL_NOADVANCE
#define TBL_NOADVANCE ((ULONG)0x1)
#endif
#ifndef BMR_EQZ
#define BMR_EQZ ((ULONG)0)
#endif
#ifndef BMR_NEZ
#define BMR_NEZ ((ULONG)1)
#endif

/* The profile section that holds PR_PROFILE_NAME: the bytes of a MAPIUID. */
#ifndef pbGlobalProfileSectionGuid
#define pbGlobalProfileSectionGuid                                                                 \
    "\x13\xDB\xB0\xC8\xAA\x05\x10\x1A\x9B\xB0\x00\xAA\x00\x2F\xC4\x5A"
#endif

#ifndef MAPIDEFS_H

#ifndef MAPI_DIM
#define MAPI_DIM include_MAPIs_own_headers_before_mapisession_h
#endif

typedef ULONG BOOKMARK;

#define MAPI_UNICODE ((ULONG)0x80000000)
#define MAPI_USE_DEFAULT ((ULONG)0x00000040)
#define MAPI_INIT_VERSION ((ULONG)0)
#define MAPI_MULTITHREAD_NOTIFICATIONS ((ULONG)0x1)
#define MAPI_NT_SERVICE ((ULONG)0x00010000)
#define MAPI_LOGON_UI ((ULONG)0x1)
#define MAPI_NEW_SESSION ((ULONG)0x2)
#define MAPI_ALLOW_OTHERS ((ULONG)0x8)
#define MAPI_EXPLICIT_PROFILE ((ULONG)0x10)
#define MAPI_EXTENDED ((ULONG)0x20)
#define MAPI_FORCE_DOWNLOAD ((ULONG)0x1000)
#define MAPI_SERVICE_UI_ALWAYS ((ULONG)0x2000)
#define MAPI_NO_MAIL ((ULONG)0x8000)
#define MAPI_PASSWORD_UI ((ULONG)0x00020000)
#define MAPI_TIMEOUT_SHORT ((ULONG)0x00100000)
#define MAPI_MODIFY ((ULONG)0x1)
#define BOOKMARK_BEGINNING ((BOOKMARK)0)
#define BOOKMARK_CURRENT ((BOOKMARK)1)
#define BOOKMARK_END ((BOOKMARK)2)
#define TBLTYPE_SNAPSHOT ((ULONG)0)
#define TBLSTAT_COMPLETE ((ULONG)0)
#define TBL_ASYNC ((ULONG)0x1)
#define TBL_BATCH ((ULONG)0x2)
#define DIR_BACKWARD ((ULONG)0x1)
#define TABLE_SORT_ASCEND ((ULONG)0)
#define TABLE_SORT_DESCEND ((ULONG)1)
#define TABLE_SORT_COMBINE ((ULONG)2)
#define RES_AND ((ULONG)0)
#define RES_OR ((ULONG)1)
#define RES_NOT ((ULONG)2)
#define RES_CONTENT ((ULONG)3)
#define RES_PROPERTY ((ULONG)4)
#define RES_COMPAREPROPS ((ULONG)5)
#define RES_BITMASK ((ULONG)6)
#define RES_SIZE ((ULONG)7)
#define RES_EXIST ((ULONG)8)
#define RES_SUBRESTRICTION ((ULONG)9)
#define RES_COMMENT ((ULONG)10)
#define RELOP_LT ((ULONG)0)
#define RELOP_LE ((ULONG)1)
#define RELOP_GT ((ULONG)2)
#define RELOP_GE ((ULONG)3)
#define RELOP_EQ ((ULONG)4)
#define RELOP_NE ((ULONG)5)
#define RELOP_RE ((ULONG)6)
#define FL_FULLSTRING ((ULONG)0)
#define FL_SUBSTRING ((ULONG)1)
#define FL_PREFIX ((ULONG)2)
#define FL_IGNORECASE ((ULONG)0x00010000)
#define FL_IGNORENONSPACE ((ULONG)0x00020000)
#define FL_LOOSE ((ULONG)0x00040000)
#define PT_UNSPECIFIED ((ULONG)0)
#define PT_NULL ((ULONG)1)
#define PT_LONG ((ULONG)3)
#define PT_ERROR ((ULONG)10)
#define PT_BOOLEAN ((ULONG)11)
#define PT_STRING8 ((ULONG)0x1e)
#define PT_UNICODE ((ULONG)0x1f)
#define PT_BINARY ((ULONG)0x102)

#define PROP_TAG(type, id) ((((ULONG)(id)) << 16) | ((ULONG)(type)))
#define PROP_TYPE(tag) (((ULONG)(tag)) & 0xffff)
#define PROP_ID(tag) (((ULONG)(tag)) >> 16)

#define PR_NULL PROP_TAG(PT_NULL, 0x0000)
#define PR_INSTANCE_KEY PROP_TAG(PT_BINARY, 0x0ff6)
#define PR_DISPLAY_NAME_A PROP_TAG(PT_STRING8, 0x3001)
#define PR_DISPLAY_NAME_W PROP_TAG(PT_UNICODE, 0x3001)
#define PR_DEFAULT_PROFILE PROP_TAG(PT_BOOLEAN, 0x3d04)
#define PR_PROFILE_NAME_A PROP_TAG(PT_STRING8, 0x3d12)
#define PR_PROFILE_NAME_W PROP_TAG(PT_UNICODE, 0x3d12)
#ifdef UNICODE
#define PR_DISPLAY_NAME PR_DISPLAY_NAME_W
#define PR_PROFILE_NAME PR_PROFILE_NAME_W
#else
#define PR_DISPLAY_NAME PR_DISPLAY_NAME_A
#define PR_PROFILE_NAME PR_PROFILE_NAME_A
#endif

typedef struct _MAPIUID {
    BYTE ab[16];
} MAPIUID, *LPMAPIUID;

typedef struct {
    BYTE abFlags[4];
    BYTE ab[1];
} ENTRYID, *LPENTRYID;

typedef struct _SPropTagArray {
    ULONG cValues;
    ULONG aulPropTag[1];
} SPropTagArray, *LPSPropTagArray;

/* An array of a certain length; cast its address to LPSPropTagArray. */
#define SizedSPropTagArray(count, name)                                                            \
    struct _SPropTagArray_##name {                                                                 \
        ULONG cValues;                                                                             \
        ULONG aulPropTag[count];                                                                   \
    } name

typedef struct _SBinary {
    ULONG cb;
    BYTE *lpb;
} SBinary, *LPSBinary;

typedef union _PV {
    int16_t i;
    LONG l;
    ULONG ul;
    float flt;
    double dbl;
    uint16_t b;
    int64_t li;
    LPSTR lpszA;
    SBinary bin;
    LPWSTR lpszW;
    LPGUID lpguid;
    SCODE err;
    LONG x;
} __UPV;

typedef struct _SPropValue {
    ULONG ulPropTag;
    ULONG dwAlignPad;
    union _PV Value;
} SPropValue, *LPSPropValue;

typedef struct _SPropProblem {
    ULONG ulIndex;
    ULONG ulPropTag;
    SCODE scode;
} SPropProblem, *LPSPropProblem;

typedef struct _SPropProblemArray {
    ULONG cProblem;
    SPropProblem aProblem[1];
} SPropProblemArray, *LPSPropProblemArray;

/* A row; lpProps is memory of its own, freed with MAPIFreeBuffer. */
typedef struct _SRow {
    ULONG ulAdrEntryPad;
    ULONG cValues;
    LPSPropValue lpProps;
} SRow, *LPSRow;

/* Rows; freed with MAPIFreeBuffer after each row's lpProps. */
typedef struct _SRowSet {
    ULONG cRows;
    SRow aRow[1];
} SRowSet, *LPSRowSet;

typedef struct _SSortOrder {
    ULONG ulPropTag;
    ULONG ulOrder;
} SSortOrder, *LPSSortOrder;

typedef struct _SSortOrderSet {
    ULONG cSorts;
    ULONG cCategories;
    ULONG cExpanded;
    SSortOrder aSort[1];
} SSortOrderSet, *LPSSortOrderSet;

typedef struct _SRestriction *LPSRestriction;

typedef struct _SAndRestriction {
    ULONG cRes;
    LPSRestriction lpRes;
} SAndRestriction, SOrRestriction;

typedef struct _SNotRestriction {
    ULONG ulReserved;
    LPSRestriction lpRes;
} SNotRestriction;

typedef struct _SContentRestriction {
    ULONG ulFuzzyLevel;
    ULONG ulPropTag;
    LPSPropValue lpProp;
} SContentRestriction;

typedef struct _SPropertyRestriction {
    ULONG relop;
    ULONG ulPropTag;
    LPSPropValue lpProp;
} SPropertyRestriction;

typedef struct _SComparePropsRestriction {
    ULONG relop;
    ULONG ulPropTag1;
    ULONG ulPropTag2;
} SComparePropsRestriction;

typedef struct _SBitMaskRestriction {
    ULONG relBMR;
    ULONG ulPropTag;
    ULONG ulMask;
} SBitMaskRestriction;

typedef struct _SSizeRestriction {
    ULONG relop;
    ULONG ulPropTag;
    ULONG cb;
} SSizeRestriction;

typedef struct _SExistRestriction {
    ULONG ulReserved1;
    ULONG ulPropTag;
    ULONG ulReserved2;
} SExistRestriction;

typedef struct _SSubRestriction {
    ULONG ulSubObject;
    LPSRestriction lpRes;
} SSubRestriction;

typedef struct _SCommentRestriction {
    ULONG cValues;
    LPSRestriction lpRes;
    LPSPropValue lpProp;
} SCommentRestriction;

typedef struct _SRestriction {
    ULONG rt;
    union {
        SComparePropsRestriction resCompareProps;
        SAndRestriction resAnd;
        SOrRestriction resOr;
        SNotRestriction resNot;
        SContentRestriction resContent;
        SPropertyRestriction resProperty;
        SBitMaskRestriction resBitMask;
        SSizeRestriction resSize;
        SExistRestriction resExist;
        SSubRestriction resSub;
        SCommentRestriction resComment;
    } res;
} SRestriction;

typedef struct _MAPIERROR {
    ULONG ulVersion;
    LPTSTR lpszError;
    LPTSTR lpszComponent;
    ULONG ulLowLevelError;
    ULONG ulContext;
} MAPIERROR, *LPMAPIERROR;

/* Interfaces that are only pointed to. */
typedef struct _MAPINAMEID *LPMAPINAMEID;
typedef struct IMAPIAdviseSink *LPMAPIADVISESINK;
typedef struct IMAPIProgress *LPMAPIPROGRESS;
typedef struct IMsgStore *LPMDB;
typedef struct IMAPIFolder *LPMAPIFOLDER;
typedef struct IMessage *LPMESSAGE;
typedef struct IAddrBook *LPADRBOOK;

#ifdef __cplusplus
struct IMAPIProp;
struct IProfSect;
struct IMAPITable;
#else
typedef struct IMAPIProp IMAPIProp;
typedef struct IProfSect IProfSect;
typedef struct IMAPITable IMAPITable;
#endif
typedef IProfSect *LPPROFSECT;
typedef IMAPITable *LPMAPITABLE;

#ifdef __cplusplus

/* Properties. Slots 3 to 13. */
struct IMAPIProp : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetLastError(HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError) = 0;
    virtual HRESULT STDMETHODCALLTYPE SaveChanges(ULONG ulFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProps(LPSPropTagArray lpPropTagArray, ULONG ulFlags,
        ULONG *lpcValues, LPSPropValue *lppPropArray) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetPropList(ULONG ulFlags,
        LPSPropTagArray *lppPropTagArray) = 0;
    virtual HRESULT STDMETHODCALLTYPE OpenProperty(ULONG ulPropTag, const IID *lpiid,
        ULONG ulInterfaceOptions, ULONG ulFlags, LPUNKNOWN *lppUnk) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetProps(ULONG cValues, LPSPropValue lpPropArray,
        LPSPropProblemArray *lppProblems) = 0;
    virtual HRESULT STDMETHODCALLTYPE DeleteProps(LPSPropTagArray lpPropTagArray,
        LPSPropProblemArray *lppProblems) = 0;
    virtual HRESULT STDMETHODCALLTYPE CopyTo(ULONG ciidExclude, const IID *rgiidExclude,
        LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
        const IID *lpInterface, LPVOID lpDestObj, ULONG ulFlags,
        LPSPropProblemArray *lppProblems) = 0;
    virtual HRESULT STDMETHODCALLTYPE CopyProps(LPSPropTagArray lpIncludeProps, ULONG_PTR ulUIParam,
        LPMAPIPROGRESS lpProgress, const IID *lpInterface, LPVOID lpDestObj, ULONG ulFlags,
        LPSPropProblemArray *lppProblems) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetNamesFromIDs(LPSPropTagArray *lppPropTags,
        LPGUID lpPropSetGuid, ULONG ulFlags, ULONG *lpcPropNames, LPMAPINAMEID **lpppPropNames) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetIDsFromNames(ULONG cPropNames, LPMAPINAMEID *lppPropNames,
        ULONG ulFlags, LPSPropTagArray *lppPropTags) = 0;
};

#else

typedef struct IMAPIPropVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IMAPIProp *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IMAPIProp *This);
    ULONG(STDMETHODCALLTYPE *Release)(IMAPIProp *This);
    HRESULT(STDMETHODCALLTYPE *GetLastError)(IMAPIProp *This, HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError);
    HRESULT(STDMETHODCALLTYPE *SaveChanges)(IMAPIProp *This, ULONG ulFlags);
    HRESULT(STDMETHODCALLTYPE *GetProps)(IMAPIProp *This, LPSPropTagArray lpPropTagArray,
        ULONG ulFlags, ULONG *lpcValues, LPSPropValue *lppPropArray);
    HRESULT(STDMETHODCALLTYPE *GetPropList)(IMAPIProp *This, ULONG ulFlags,
        LPSPropTagArray *lppPropTagArray);
    HRESULT(STDMETHODCALLTYPE *OpenProperty)(IMAPIProp *This, ULONG ulPropTag, const IID *lpiid,
        ULONG ulInterfaceOptions, ULONG ulFlags, LPUNKNOWN *lppUnk);
    HRESULT(STDMETHODCALLTYPE *SetProps)(IMAPIProp *This, ULONG cValues, LPSPropValue lpPropArray,
        LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *DeleteProps)(IMAPIProp *This, LPSPropTagArray lpPropTagArray,
        LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *CopyTo)(IMAPIProp *This, ULONG ciidExclude, const IID *rgiidExclude,
        LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
        const IID *lpInterface, LPVOID lpDestObj, ULONG ulFlags, LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *CopyProps)(IMAPIProp *This, LPSPropTagArray lpIncludeProps,
        ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress, const IID *lpInterface, LPVOID lpDestObj,
        ULONG ulFlags, LPSPropProblemArray *lppProblems);
    HRESULT(STDMETHODCALLTYPE *GetNamesFromIDs)(IMAPIProp *This, LPSPropTagArray *lppPropTags,
        LPGUID lpPropSetGuid, ULONG ulFlags, ULONG *lpcPropNames, LPMAPINAMEID **lpppPropNames);
    HRESULT(STDMETHODCALLTYPE *GetIDsFromNames)(IMAPIProp *This, ULONG cPropNames,
        LPMAPINAMEID *lppPropNames, ULONG ulFlags, LPSPropTagArray *lppPropTags);
} IMAPIPropVtbl;
struct IMAPIProp {
    const struct IMAPIPropVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IMAPIProp_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IMAPIProp_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IMAPIProp_Release(This) (This)->lpVtbl->Release(This)
#define IMAPIProp_GetLastError(This, hResult, ulFlags, lppMAPIError) \
    (This)->lpVtbl->GetLastError(This, hResult, ulFlags, lppMAPIError)
#define IMAPIProp_SaveChanges(This, ulFlags) (This)->lpVtbl->SaveChanges(This, ulFlags)
#define IMAPIProp_GetProps(This, lpPropTagArray, ulFlags, lpcValues, lppPropArray) \
    (This)->lpVtbl->GetProps(This, lpPropTagArray, ulFlags, lpcValues, lppPropArray)
#define IMAPIProp_GetPropList(This, ulFlags, lppPropTagArray) \
    (This)->lpVtbl->GetPropList(This, ulFlags, lppPropTagArray)
#define IMAPIProp_OpenProperty(This, ulPropTag, lpiid, ulInterfaceOptions, ulFlags, lppUnk) \
    (This)->lpVtbl->OpenProperty(This, ulPropTag, lpiid, ulInterfaceOptions, ulFlags, lppUnk)
#define IMAPIProp_SetProps(This, cValues, lpPropArray, lppProblems) \
    (This)->lpVtbl->SetProps(This, cValues, lpPropArray, lppProblems)
#define IMAPIProp_DeleteProps(This, lpPropTagArray, lppProblems) \
    (This)->lpVtbl->DeleteProps(This, lpPropTagArray, lppProblems)
#define IMAPIProp_CopyTo(This, ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, \
    lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems) \
    (This)->lpVtbl->CopyTo(This, ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems)
#define IMAPIProp_CopyProps(This, lpIncludeProps, ulUIParam, lpProgress, lpInterface, \
    lpDestObj, ulFlags, lppProblems) \
    (This)->lpVtbl->CopyProps(This, lpIncludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems)
#define IMAPIProp_GetNamesFromIDs(This, lppPropTags, lpPropSetGuid, ulFlags, lpcPropNames, \
    lpppPropNames) \
    (This)->lpVtbl->GetNamesFromIDs(This, lppPropTags, lpPropSetGuid, ulFlags, lpcPropNames, lpppPropNames)
#define IMAPIProp_GetIDsFromNames(This, cPropNames, lppPropNames, ulFlags, lppPropTags) \
    (This)->lpVtbl->GetIDsFromNames(This, cPropNames, lppPropNames, ulFlags, lppPropTags)
#endif

#endif

typedef SCODE(STDMETHODCALLTYPE ALLOCATEBUFFER)(ULONG cbSize, LPVOID *lppBuffer);
typedef ALLOCATEBUFFER *LPALLOCATEBUFFER;
typedef SCODE(STDMETHODCALLTYPE ALLOCATEMORE)(ULONG cbSize, LPVOID lpObject, LPVOID *lppBuffer);
typedef ALLOCATEMORE *LPALLOCATEMORE;
typedef ULONG(STDMETHODCALLTYPE FREEBUFFER)(LPVOID lpBuffer);
typedef FREEBUFFER *LPFREEBUFFER;

#endif /* MAPIDEFS_H */

#ifndef MAPIX_H

typedef struct {
    ULONG ulVersion;
    ULONG ulFlags;
} MAPIINIT_0, *LPMAPIINIT_0;

typedef struct IMsgServiceAdmin *LPSERVICEADMIN;

#ifdef __cplusplus
struct IMAPISession;
struct IProfAdmin;
#else
typedef struct IMAPISession IMAPISession;
typedef struct IProfAdmin IProfAdmin;
#endif
typedef IMAPISession *LPMAPISESSION;
typedef IProfAdmin *LPPROFADMIN;

#ifdef __cplusplus

/* A session. Slots 3 to 21. */
struct IMAPISession : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetLastError(HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetMsgStoresTable(ULONG ulFlags, LPMAPITABLE *lppTable) = 0;
    virtual HRESULT STDMETHODCALLTYPE OpenMsgStore(ULONG_PTR ulUIParam, ULONG cbEntryID,
        LPENTRYID lpEntryID, const IID *lpInterface, ULONG ulFlags, LPMDB *lppMDB) = 0;
    virtual HRESULT STDMETHODCALLTYPE OpenAddressBook(ULONG_PTR ulUIParam, const IID *lpInterface,
        ULONG ulFlags, LPADRBOOK *lppAdrBook) = 0;
    virtual HRESULT STDMETHODCALLTYPE OpenProfileSection(LPMAPIUID lpUID, const IID *lpInterface,
        ULONG ulFlags, LPPROFSECT *lppProfSect) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetStatusTable(ULONG ulFlags, LPMAPITABLE *lppTable) = 0;
    virtual HRESULT STDMETHODCALLTYPE OpenEntry(ULONG cbEntryID, LPENTRYID lpEntryID,
        const IID *lpInterface, ULONG ulFlags, ULONG *lpulObjType, LPUNKNOWN *lppUnk) = 0;
    virtual HRESULT STDMETHODCALLTYPE CompareEntryIDs(ULONG cbEntryID1, LPENTRYID lpEntryID1,
        ULONG cbEntryID2, LPENTRYID lpEntryID2, ULONG ulFlags, ULONG *lpulResult) = 0;
    virtual HRESULT STDMETHODCALLTYPE Advise(ULONG cbEntryID, LPENTRYID lpEntryID,
        ULONG ulEventMask, LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection) = 0;
    virtual HRESULT STDMETHODCALLTYPE Unadvise(ULONG_PTR ulConnection) = 0;
    virtual HRESULT STDMETHODCALLTYPE MessageOptions(ULONG_PTR ulUIParam, ULONG ulFlags,
        LPTSTR lpszAdrType, LPMESSAGE lpMessage) = 0;
    virtual HRESULT STDMETHODCALLTYPE QueryDefaultMessageOpt(LPTSTR lpszAdrType, ULONG ulFlags,
        ULONG *lpcValues, LPSPropValue *lppOptions) = 0;
    virtual HRESULT STDMETHODCALLTYPE EnumAdrTypes(ULONG ulFlags, ULONG *lpcAdrTypes,
        LPTSTR **lpppszAdrTypes) = 0;
    virtual HRESULT STDMETHODCALLTYPE QueryIdentity(ULONG *lpcbEntryID, LPENTRYID *lppEntryID) = 0;
    virtual HRESULT STDMETHODCALLTYPE Logoff(ULONG_PTR ulUIParam, ULONG ulFlags,
        ULONG ulReserved) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetDefaultStore(ULONG ulFlags, ULONG cbEntryID,
        LPENTRYID lpEntryID) = 0;
    virtual HRESULT STDMETHODCALLTYPE AdminServices(ULONG ulFlags,
        LPSERVICEADMIN *lppServiceAdmin) = 0;
    virtual HRESULT STDMETHODCALLTYPE ShowForm(ULONG_PTR ulUIParam, LPMDB lpMsgStore,
        LPMAPIFOLDER lpParentFolder, const IID *lpInterface, ULONG ulMessageToken,
        LPMESSAGE lpMessageSent, ULONG ulFlags, ULONG ulMessageStatus, ULONG ulMessageFlags,
        ULONG ulAccess, LPSTR lpszMessageClass) = 0;
    virtual HRESULT STDMETHODCALLTYPE PrepareForm(const IID *lpInterface, LPMESSAGE lpMessage,
        ULONG *lpulMessageToken) = 0;
};

#else

typedef struct IMAPISessionVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IMAPISession *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IMAPISession *This);
    ULONG(STDMETHODCALLTYPE *Release)(IMAPISession *This);
    HRESULT(STDMETHODCALLTYPE *GetLastError)(IMAPISession *This, HRESULT hResult, ULONG ulFlags,
        LPMAPIERROR *lppMAPIError);
    HRESULT(STDMETHODCALLTYPE *GetMsgStoresTable)(IMAPISession *This, ULONG ulFlags,
        LPMAPITABLE *lppTable);
    HRESULT(STDMETHODCALLTYPE *OpenMsgStore)(IMAPISession *This, ULONG_PTR ulUIParam,
        ULONG cbEntryID, LPENTRYID lpEntryID, const IID *lpInterface, ULONG ulFlags, LPMDB *lppMDB);
    HRESULT(STDMETHODCALLTYPE *OpenAddressBook)(IMAPISession *This, ULONG_PTR ulUIParam,
        const IID *lpInterface, ULONG ulFlags, LPADRBOOK *lppAdrBook);
    HRESULT(STDMETHODCALLTYPE *OpenProfileSection)(IMAPISession *This, LPMAPIUID lpUID,
        const IID *lpInterface, ULONG ulFlags, LPPROFSECT *lppProfSect);
    HRESULT(STDMETHODCALLTYPE *GetStatusTable)(IMAPISession *This, ULONG ulFlags,
        LPMAPITABLE *lppTable);
    HRESULT(STDMETHODCALLTYPE *OpenEntry)(IMAPISession *This, ULONG cbEntryID, LPENTRYID lpEntryID,
        const IID *lpInterface, ULONG ulFlags, ULONG *lpulObjType, LPUNKNOWN *lppUnk);
    HRESULT(STDMETHODCALLTYPE *CompareEntryIDs)(IMAPISession *This, ULONG cbEntryID1,
        LPENTRYID lpEntryID1, ULONG cbEntryID2, LPENTRYID lpEntryID2, ULONG ulFlags,
        ULONG *lpulResult);
    HRESULT(STDMETHODCALLTYPE *Advise)(IMAPISession *This, ULONG cbEntryID, LPENTRYID lpEntryID,
        ULONG ulEventMask, LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection);
    HRESULT(STDMETHODCALLTYPE *Unadvise)(IMAPISession *This, ULONG_PTR ulConnection);
    HRESULT(STDMETHODCALLTYPE *MessageOptions)(IMAPISession *This, ULONG_PTR ulUIParam,
        ULONG ulFlags, LPTSTR lpszAdrType, LPMESSAGE lpMessage);
    HRESULT(STDMETHODCALLTYPE *QueryDefaultMessageOpt)(IMAPISession *This, LPTSTR lpszAdrType,
        ULONG ulFlags, ULONG *lpcValues, LPSPropValue *lppOptions);
    HRESULT(STDMETHODCALLTYPE *EnumAdrTypes)(IMAPISession *This, ULONG ulFlags, ULONG *lpcAdrTypes,
        LPTSTR **lpppszAdrTypes);
    HRESULT(STDMETHODCALLTYPE *QueryIdentity)(IMAPISession *This, ULONG *lpcbEntryID,
        LPENTRYID *lppEntryID);
    HRESULT(STDMETHODCALLTYPE *Logoff)(IMAPISession *This, ULONG_PTR ulUIParam, ULONG ulFlags,
        ULONG ulReserved);
    HRESULT(STDMETHODCALLTYPE *SetDefaultStore)(IMAPISession *This, ULONG ulFlags, ULONG cbEntryID,
        LPENTRYID lpEntryID);
    HRESULT(STDMETHODCALLTYPE *AdminServices)(IMAPISession *This, ULONG ulFlags,
        LPSERVICEADMIN *lppServiceAdmin);
    HRESULT(STDMETHODCALLTYPE *ShowForm)(IMAPISession *This, ULONG_PTR ulUIParam, LPMDB lpMsgStore,
        LPMAPIFOLDER lpParentFolder, const IID *lpInterface, ULONG ulMessageToken,
        LPMESSAGE lpMessageSent, ULONG ulFlags, ULONG ulMessageStatus, ULONG ulMessageFlags,
        ULONG ulAccess, LPSTR lpszMessageClass);
    HRESULT(STDMETHODCALLTYPE *PrepareForm)(IMAPISession *This, const IID *lpInterface,
        LPMESSAGE lpMessage, ULONG *lpulMessageToken);
} IMAPISessionVtbl;
struct IMAPISession {
    const struct IMAPISessionVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IMAPISession_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IMAPISession_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IMAPISession_Release(This) (This)->lpVtbl->Release(This)
#define IMAPISession_GetLastError(This, hResult, ulFlags, lppMAPIError) \
    (This)->lpVtbl->GetLastError(This, hResult, ulFlags, lppMAPIError)
#define IMAPISession_GetMsgStoresTable(This, ulFlags, lppTable) \
    (This)->lpVtbl->GetMsgStoresTable(This, ulFlags, lppTable)
#define IMAPISession_OpenMsgStore(This, ulUIParam, cbEntryID, lpEntryID, lpInterface, \
    ulFlags, lppMDB) \
    (This)->lpVtbl->OpenMsgStore(This, ulUIParam, cbEntryID, lpEntryID, lpInterface, ulFlags, lppMDB)
#define IMAPISession_OpenAddressBook(This, ulUIParam, lpInterface, ulFlags, lppAdrBook) \
    (This)->lpVtbl->OpenAddressBook(This, ulUIParam, lpInterface, ulFlags, lppAdrBook)
#define IMAPISession_OpenProfileSection(This, lpUID, lpInterface, ulFlags, lppProfSect) \
    (This)->lpVtbl->OpenProfileSection(This, lpUID, lpInterface, ulFlags, lppProfSect)
#define IMAPISession_GetStatusTable(This, ulFlags, lppTable) \
    (This)->lpVtbl->GetStatusTable(This, ulFlags, lppTable)
#define IMAPISession_OpenEntry(This, cbEntryID, lpEntryID, lpInterface, ulFlags, \
    lpulObjType, lppUnk) \
    (This)->lpVtbl->OpenEntry(This, cbEntryID, lpEntryID, lpInterface, ulFlags, lpulObjType, lppUnk)
#define IMAPISession_CompareEntryIDs(This, cbEntryID1, lpEntryID1, cbEntryID2, lpEntryID2, \
    ulFlags, lpulResult) \
    (This)->lpVtbl->CompareEntryIDs(This, cbEntryID1, lpEntryID1, cbEntryID2, lpEntryID2, ulFlags, lpulResult)
#define IMAPISession_Advise(This, cbEntryID, lpEntryID, ulEventMask, lpAdviseSink, lpulConnection) \
    (This)->lpVtbl->Advise(This, cbEntryID, lpEntryID, ulEventMask, lpAdviseSink, lpulConnection)
#define IMAPISession_Unadvise(This, ulConnection) (This)->lpVtbl->Unadvise(This, ulConnection)
#define IMAPISession_MessageOptions(This, ulUIParam, ulFlags, lpszAdrType, lpMessage) \
    (This)->lpVtbl->MessageOptions(This, ulUIParam, ulFlags, lpszAdrType, lpMessage)
#define IMAPISession_QueryDefaultMessageOpt(This, lpszAdrType, ulFlags, lpcValues, lppOptions) \
    (This)->lpVtbl->QueryDefaultMessageOpt(This, lpszAdrType, ulFlags, lpcValues, lppOptions)
#define IMAPISession_EnumAdrTypes(This, ulFlags, lpcAdrTypes, lpppszAdrTypes) \
    (This)->lpVtbl->EnumAdrTypes(This, ulFlags, lpcAdrTypes, lpppszAdrTypes)
#define IMAPISession_QueryIdentity(This, lpcbEntryID, lppEntryID) \
    (This)->lpVtbl->QueryIdentity(This, lpcbEntryID, lppEntryID)
#define IMAPISession_Logoff(This, ulUIParam, ulFlags, ulReserved) \
    (This)->lpVtbl->Logoff(This, ulUIParam, ulFlags, ulReserved)
#define IMAPISession_SetDefaultStore(This, ulFlags, cbEntryID, lpEntryID) \
    (This)->lpVtbl->SetDefaultStore(This, ulFlags, cbEntryID, lpEntryID)
#define IMAPISession_AdminServices(This, ulFlags, lppServiceAdmin) \
    (This)->lpVtbl->AdminServices(This, ulFlags, lppServiceAdmin)
#define IMAPISession_ShowForm(This, ulUIParam, lpMsgStore, lpParentFolder, lpInterface, \
    ulMessageToken, lpMessageSent, ulFlags, ulMessageStatus, ulMessageFlags, ulAccess, lpszMessageClass) \
    (This)->lpVtbl->ShowForm(This, ulUIParam, lpMsgStore, lpParentFolder, lpInterface, ulMessageToken, lpMessageSent, ulFlags, ulMessageStatus, ulMessageFlags, ulAccess, lpszMessageClass)
#define IMAPISession_PrepareForm(This, lpInterface, lpMessage, lpulMessageToken) \
    (This)->lpVtbl->PrepareForm(This, lpInterface, lpMessage, lpulMessageToken)
#endif

#endif

typedef HRESULT(STDMETHODCALLTYPE MAPIINITIALIZE)(LPVOID lpMapiInit);
typedef MAPIINITIALIZE *LPMAPIINITIALIZE;
typedef void(STDMETHODCALLTYPE MAPIUNINITIALIZE)(void);
typedef MAPIUNINITIALIZE *LPMAPIUNINITIALIZE;
typedef HRESULT(STDMETHODCALLTYPE MAPIADMINPROFILES)(ULONG ulFlags, LPPROFADMIN *lppProfAdmin);
typedef MAPIADMINPROFILES *LPMAPIADMINPROFILES;
typedef HRESULT(STDMETHODCALLTYPE MAPILOGONEX)(ULONG_PTR ulUIParam, LPTSTR lpszProfileName,
                                               LPTSTR lpszPassword, ULONG flFlags,
                                               LPMAPISESSION *lppSession);
typedef MAPILOGONEX *LPMAPILOGONEX;

#ifdef __cplusplus
extern "C" {
#endif

/* Each call is undone by one of MAPIUninitialize (PROF-10). With initialized = client every other
 * function gives MAPI_E_NOT_INITIALIZED while none is in force; with host, the default, Outlook has
 * initialised MAPI itself (PROF-15). lpMapiInit is null or a MAPIINIT_0. */
HRESULT STDMETHODCALLTYPE MAPIInitialize(LPVOID lpMapiInit);
void STDMETHODCALLTYPE MAPIUninitialize(void);

HRESULT STDMETHODCALLTYPE MAPIAdminProfiles(ULONG ulFlags, LPPROFADMIN *lppProfAdmin);
HRESULT STDMETHODCALLTYPE MAPILogonEx(ULONG_PTR ulUIParam, LPTSTR lpszProfileName,
                                      LPTSTR lpszPassword, ULONG flFlags,
                                      LPMAPISESSION *lppSession);

/* Memory: what MAPIAllocateMore gives is freed together with lpObject. */
SCODE STDMETHODCALLTYPE MAPIAllocateBuffer(ULONG cbSize, LPVOID *lppBuffer);
SCODE STDMETHODCALLTYPE MAPIAllocateMore(ULONG cbSize, LPVOID lpObject, LPVOID *lppBuffer);
ULONG STDMETHODCALLTYPE MAPIFreeBuffer(LPVOID lpBuffer);

#ifdef __cplusplus
}
#endif

#endif /* MAPIX_H */

#include "mapiprofiles.h"
#include "mapistore.h"
#include "mapitable.h"

#endif
