/*
 * The rest of what MAPI's own mapidefs.h, mapicode.h and mapix.h give to a client: short names for
 * success, properties and buffers, and the interface of a message store. mapisession.h includes it.
 *
 * The emulation has no message stores: IMsgStore is here for clients that hold one, or are one.
 * Where MAPI's own headers were included before, only what they lack is defined.
 */
#ifndef MAPISTORE_H
#define MAPISTORE_H

#include "mapisession.h"

#ifndef hrSuccess
#define hrSuccess 0
#endif
#ifndef HR_SUCCEEDED
#define HR_SUCCEEDED(hr) SUCCEEDED((SCODE)(hr))
#endif
#ifndef HR_FAILED
#define HR_FAILED(hr) FAILED((SCODE)(hr))
#endif

#ifndef MAPI_W_POSITION_CHANGED
#define MAPI_W_POSITION_CHANGED ((HRESULT)0x00040481)
#endif
#ifndef MAPI_E_NETWORK_ERROR
#define MAPI_E_NETWORK_ERROR ((HRESULT)0x80040115)
#endif
#ifndef MAPI_E_TABLE_TOO_BIG
#define MAPI_E_TABLE_TOO_BIG ((HRESULT)0x80040403)
#endif

#ifndef MAPI_DEFAULT_SERVICES
#define MAPI_DEFAULT_SERVICES ((ULONG)0x1)
#endif
#ifndef MAPI_BEST_ACCESS
#define MAPI_BEST_ACCESS ((ULONG)0x10)
#endif
#ifndef fMapiUnicode
#ifdef UNICODE
#define fMapiUnicode MAPI_UNICODE
#else
#define fMapiUnicode 0
#endif
#endif
#ifndef PT_TSTRING
#ifdef UNICODE
#define PT_TSTRING PT_UNICODE
#else
#define PT_TSTRING PT_STRING8
#endif
#endif

/* The tag of the same property with another type. */
#ifndef CHANGE_PROP_TYPE
#define CHANGE_PROP_TYPE(tag, type) (((ULONG)0xffff0000 & (tag)) | (type))
#endif

/* A sort order of a certain length; cast its address to LPSSortOrderSet. */
#ifndef SizedSSortOrderSet
#define SizedSSortOrderSet(count, name)                                                            \
    struct _SSortOrderSet_##name {                                                                 \
        ULONG cSorts;                                                                              \
        ULONG cCategories;                                                                         \
        ULONG cExpanded;                                                                           \
        SSortOrder aSort[count];                                                                   \
    } name
#endif

#ifndef MAPIX_H

typedef MAPIINIT_0 MAPIINIT, *LPMAPIINIT;
typedef ALLOCATEBUFFER MAPIALLOCATEBUFFER, *LPMAPIALLOCATEBUFFER;
typedef ALLOCATEMORE MAPIALLOCATEMORE, *LPMAPIALLOCATEMORE;
typedef FREEBUFFER MAPIFREEBUFFER, *LPMAPIFREEBUFFER;

#endif

#ifndef MAPIDEFS_H

typedef IMAPIProp *LPMAPIPROP;

/* What a vtable in C repeats of the interface it inherits from. */
#ifdef __cplusplus
#define MAPISTORE_UNKNOWN_METHODS
#define MAPISTORE_PROP_METHODS
#else
#define MAPISTORE_UNKNOWN_METHODS                                                                  \
    STDMETHOD(QueryInterface)(THIS_ REFIID riid, void **ppvObject);                                \
    STDMETHOD_(ULONG, AddRef)(THIS);                                                               \
    STDMETHOD_(ULONG, Release)(THIS);
#define MAPISTORE_PROP_METHODS                                                                     \
    STDMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR *lppMAPIError);      \
    STDMETHOD(SaveChanges)(THIS_ ULONG ulFlags);                                                   \
    STDMETHOD(GetProps)(THIS_ LPSPropTagArray lpPropTagArray, ULONG ulFlags, ULONG *lpcValues,     \
                        LPSPropValue *lppPropArray);                                               \
    STDMETHOD(GetPropList)(THIS_ ULONG ulFlags, LPSPropTagArray *lppPropTagArray);                 \
    STDMETHOD(OpenProperty)(THIS_ ULONG ulPropTag, const IID *lpiid, ULONG ulInterfaceOptions,     \
                            ULONG ulFlags, LPUNKNOWN *lppUnk);                                     \
    STDMETHOD(SetProps)(THIS_ ULONG cValues, LPSPropValue lpPropArray,                             \
                        LPSPropProblemArray *lppProblems);                                         \
    STDMETHOD(DeleteProps)(THIS_ LPSPropTagArray lpPropTagArray,                                   \
                           LPSPropProblemArray *lppProblems);                                      \
    STDMETHOD(CopyTo)(THIS_ ULONG ciidExclude, const IID *rgiidExclude,                            \
                      LPSPropTagArray lpExcludeProps, ULONG_PTR ulUIParam,                         \
                      LPMAPIPROGRESS lpProgress, const IID *lpInterface, LPVOID lpDestObj,         \
                      ULONG ulFlags, LPSPropProblemArray *lppProblems);                            \
    STDMETHOD(CopyProps)(THIS_ LPSPropTagArray lpIncludeProps, ULONG_PTR ulUIParam,                \
                         LPMAPIPROGRESS lpProgress, const IID *lpInterface, LPVOID lpDestObj,      \
                         ULONG ulFlags, LPSPropProblemArray *lppProblems);                         \
    STDMETHOD(GetNamesFromIDs)(THIS_ LPSPropTagArray *lppPropTags, LPGUID lpPropSetGuid,           \
                               ULONG ulFlags, ULONG *lpcPropNames, LPMAPINAMEID **lpppPropNames);  \
    STDMETHOD(GetIDsFromNames)(THIS_ ULONG cPropNames, LPMAPINAMEID *lppPropNames, ULONG ulFlags,  \
                               LPSPropTagArray *lppPropTags);
#endif

/* Named by its tag, as MAPI's own headers name it. */
struct _NOTIFICATION;

/* A message store. Slots 14 to 26. */
#undef INTERFACE
#define INTERFACE IMsgStore
DECLARE_INTERFACE_(IMsgStore, IMAPIProp) {
    MAPISTORE_UNKNOWN_METHODS
    MAPISTORE_PROP_METHODS
    STDMETHOD(Advise)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulEventMask,
                      LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection) PURE;
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR ulConnection) PURE;
    STDMETHOD(CompareEntryIDs)(THIS_ ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2,
                               LPENTRYID lpEntryID2, ULONG ulFlags, ULONG *lpulResult) PURE;
    STDMETHOD(OpenEntry)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, const IID *lpInterface,
                         ULONG ulFlags, ULONG *lpulObjType, LPUNKNOWN *lppUnk) PURE;
    STDMETHOD(SetReceiveFolder)(THIS_ LPTSTR lpszMessageClass, ULONG ulFlags, ULONG cbEntryID,
                                LPENTRYID lpEntryID) PURE;
    STDMETHOD(GetReceiveFolder)(THIS_ LPTSTR lpszMessageClass, ULONG ulFlags, ULONG *lpcbEntryID,
                                LPENTRYID *lppEntryID, LPTSTR *lppszExplicitClass) PURE;
    STDMETHOD(GetReceiveFolderTable)(THIS_ ULONG ulFlags, LPMAPITABLE *lppTable) PURE;
    STDMETHOD(StoreLogoff)(THIS_ ULONG *lpulFlags) PURE;
    STDMETHOD(AbortSubmit)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulFlags) PURE;
    STDMETHOD(GetOutgoingQueue)(THIS_ ULONG ulFlags, LPMAPITABLE *lppTable) PURE;
    STDMETHOD(SetLockState)(THIS_ LPMESSAGE lpMessage, ULONG ulLockState) PURE;
    STDMETHOD(FinishedMsg)(THIS_ ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) PURE;
    STDMETHOD(NotifyNewMail)(THIS_ struct _NOTIFICATION *lpNotification) PURE;
};
#undef INTERFACE

#endif /* MAPIDEFS_H */

#endif
