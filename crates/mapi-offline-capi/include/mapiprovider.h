/*
 * The interfaces of MAPI's providers, for a provider that follows the connection state: what
 * MAPI's own mapispi.h declares. Include it instead of that.
 *
 * The emulation calls nothing of a provider but IMAPIProviderShutdown (HOST-5), and has no IMAPISupport: a
 * test plays MAPI's part. Structures
 * that only pass through are named by their tags, and stay incomplete.
 */
#ifndef MAPIPROVIDER_H
#define MAPIPROVIDER_H

#include "mapisession.h"

#ifndef MAPISTORE_UNKNOWN_METHODS
#ifdef __cplusplus
#define MAPISTORE_UNKNOWN_METHODS
#else
#define MAPISTORE_UNKNOWN_METHODS                                                                  \
    STDMETHOD(QueryInterface)(THIS_ REFIID riid, void **ppvObject);                                \
    STDMETHOD_(ULONG, AddRef)(THIS);                                                               \
    STDMETHOD_(ULONG, Release)(THIS);
#endif
#endif

#ifndef MAPISPI_H

#ifndef CURRENT_SPI_VERSION
#define CURRENT_SPI_VERSION ((ULONG)0x00010010)
#endif
#ifndef LOGON_NO_DIALOG
#define LOGON_NO_DIALOG ((ULONG)0x1)
#endif
#ifndef LOGON_NO_CONNECT
#define LOGON_NO_CONNECT ((ULONG)0x4)
#endif
#ifndef NOTIFY_NEWMAIL
#define NOTIFY_NEWMAIL ((ULONG)0x1)
#endif

#ifndef STDMAPIINITCALLTYPE
#ifdef _WIN32
#define STDMAPIINITCALLTYPE __cdecl
#else
#define STDMAPIINITCALLTYPE
#endif
#define STDINITMETHODIMP HRESULT STDMAPIINITCALLTYPE
#define STDINITMETHODIMP_(type) type STDMAPIINITCALLTYPE
#endif

struct _ADRLIST;
struct _ADRPARM;
struct _NOTIFICATION;
struct _SBinaryArray;
struct IMalloc;
struct IMAPIStatus;
struct IMAPISupport;
struct IABLogon;
struct IMSLogon;
struct IStorage;
struct IXPLogon;
typedef struct IMAPISupport *LPMAPISUP;
typedef struct IABProvider *LPABPROVIDER;
typedef struct IABLogon *LPABLOGON;
typedef struct IMSProvider *LPMSPROVIDER;
typedef struct IMSLogon *LPMSLOGON;
typedef struct IXPProvider *LPXPPROVIDER;
typedef struct IXPLogon *LPXPLOGON;

typedef struct {
    ULONG cb;
    BYTE ab[1];
} NOTIFKEY, *LPNOTIFKEY;

typedef struct _OPTIONDATA {
    ULONG ulFlags;
    LPGUID lpRecipGUID;
    LPTSTR lpszAdrType;
    LPTSTR lpszDLLName;
    ULONG ulOrdinal;
    ULONG cbOptionsData;
    BYTE *lpbOptionsData;
    ULONG cOptionsProps;
    LPSPropValue lpOptionsProps;
} OPTIONDATA, *LPOPTIONDATA;

/* What Details calls back: its dialog box was closed; its button was pressed. */
typedef void(STDMETHODCALLTYPE *MAPIPROVIDER_DISMISS)(ULONG_PTR ulUIParam, LPVOID lpvContext);
typedef SCODE(STDMETHODCALLTYPE *MAPIPROVIDER_BUTTON)(ULONG_PTR ulUIParam, LPVOID lpvContext,
                                                      ULONG cbEntryID, LPENTRYID lpSelection,
                                                      ULONG ulFlags);

/* What MAPI gives to a provider. Slots 3 to 43. */
#undef INTERFACE
#define INTERFACE IMAPISupport
DECLARE_INTERFACE_(IMAPISupport, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR *lppMAPIError) PURE;
    STDMETHOD(GetMemAllocRoutines)(THIS_ LPALLOCATEBUFFER *lpAllocateBuffer,
                                   LPALLOCATEMORE *lpAllocateMore,
                                   LPFREEBUFFER *lpFreeBuffer) PURE;
    STDMETHOD(Subscribe)(THIS_ LPNOTIFKEY lpKey, ULONG ulEventMask, ULONG ulFlags,
                         LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection) PURE;
    STDMETHOD(Unsubscribe)(THIS_ ULONG_PTR ulConnection) PURE;
    STDMETHOD(Notify)(THIS_ LPNOTIFKEY lpKey, ULONG cNotification,
                      struct _NOTIFICATION *lpNotifications, ULONG *lpulFlags) PURE;
    STDMETHOD(ModifyStatusRow)(THIS_ ULONG cValues, LPSPropValue lpColumnVals,
                               ULONG ulFlags) PURE;
    STDMETHOD(OpenProfileSection)(THIS_ LPMAPIUID lpUid, ULONG ulFlags,
                                  LPPROFSECT *lppProfileObj) PURE;
    STDMETHOD(RegisterPreprocessor)(THIS_ LPMAPIUID lpMuid, LPTSTR lpszAdrType, LPTSTR lpszDLLName,
                                    LPSTR lpszPreprocess, LPSTR lpszRemovePreprocessInfo,
                                    ULONG ulFlags) PURE;
    STDMETHOD(NewUID)(THIS_ LPMAPIUID lpMuid) PURE;
    STDMETHOD(MakeInvalid)(THIS_ ULONG ulFlags, LPVOID lpObject, ULONG ulRefCount,
                           ULONG cMethods) PURE;
    STDMETHOD(SpoolerYield)(THIS_ ULONG ulFlags) PURE;
    STDMETHOD(SpoolerNotify)(THIS_ ULONG ulFlags, LPVOID lpvData) PURE;
    STDMETHOD(CreateOneOff)(THIS_ LPTSTR lpszName, LPTSTR lpszAdrType, LPTSTR lpszAddress,
                            ULONG ulFlags, ULONG *lpcbEntryID, LPENTRYID *lppEntryID) PURE;
    STDMETHOD(SetProviderUID)(THIS_ LPMAPIUID lpProviderID, ULONG ulFlags) PURE;
    STDMETHOD(CompareEntryIDs)(THIS_ ULONG cbEntry1, LPENTRYID lpEntry1, ULONG cbEntry2,
                               LPENTRYID lpEntry2, ULONG ulCompareFlags,
                               ULONG *lpulResult) PURE;
    STDMETHOD(OpenTemplateID)(THIS_ ULONG cbTemplateID, LPENTRYID lpTemplateID,
                              ULONG ulTemplateFlags, IMAPIProp *lpMAPIPropData,
                              const IID *lpInterface, IMAPIProp **lppMAPIPropNew,
                              IMAPIProp *lpMAPIPropSibling) PURE;
    STDMETHOD(OpenEntry)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, const IID *lpInterface,
                         ULONG ulOpenFlags, ULONG *lpulObjType, LPUNKNOWN *lppUnk) PURE;
    STDMETHOD(GetOneOffTable)(THIS_ ULONG ulFlags, LPMAPITABLE *lppTable) PURE;
    STDMETHOD(Address)(THIS_ ULONG_PTR *lpulUIParam, struct _ADRPARM *lpAdrParms,
                       struct _ADRLIST **lppAdrList) PURE;
    STDMETHOD(Details)(THIS_ ULONG_PTR *lpulUIParam, MAPIPROVIDER_DISMISS lpfnDismiss,
                       LPVOID lpvDismissContext, ULONG cbEntryID, LPENTRYID lpEntryID,
                       MAPIPROVIDER_BUTTON lpfButtonCallback, LPVOID lpvButtonContext,
                       LPTSTR lpszButtonText, ULONG ulFlags) PURE;
    STDMETHOD(NewEntry)(THIS_ ULONG_PTR ulUIParam, ULONG ulFlags, ULONG cbEIDContainer,
                        LPENTRYID lpEIDContainer, ULONG cbEIDNewEntryTpl,
                        LPENTRYID lpEIDNewEntryTpl, ULONG *lpcbEIDNewEntry,
                        LPENTRYID *lppEIDNewEntry) PURE;
    STDMETHOD(DoConfigPropsheet)(THIS_ ULONG_PTR ulUIParam, ULONG ulFlags, LPTSTR lpszTitle,
                                 LPMAPITABLE lpDisplayTable, IMAPIProp *lpCOnfigData,
                                 ULONG ulTopPage) PURE;
    STDMETHOD(CopyMessages)(THIS_ const IID *lpSrcInterface, LPVOID lpSrcFolder,
                            struct _SBinaryArray *lpMsgList, const IID *lpDestInterface,
                            LPVOID lpDestFolder, ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
                            ULONG ulFlags) PURE;
    STDMETHOD(CopyFolder)(THIS_ const IID *lpSrcInterface, LPVOID lpSrcFolder, ULONG cbEntryID,
                          LPENTRYID lpEntryID, const IID *lpDestInterface, LPVOID lpDestFolder,
                          LPTSTR lpszNewFolderName, ULONG_PTR ulUIParam,
                          LPMAPIPROGRESS lpProgress, ULONG ulFlags) PURE;
    STDMETHOD(DoCopyTo)(THIS_ const IID *lpSrcInterface, LPVOID lpSrcObj, ULONG ciidExclude,
                        const IID *rgiidExclude, LPSPropTagArray lpExcludeProps,
                        ULONG_PTR ulUIParam, LPMAPIPROGRESS lpProgress,
                        const IID *lpDestInterface, LPVOID lpDestObj, ULONG ulFlags,
                        LPSPropProblemArray *lppProblems) PURE;
    STDMETHOD(DoCopyProps)(THIS_ const IID *lpSrcInterface, LPVOID lpSrcObj,
                           LPSPropTagArray lpIncludeProps, ULONG_PTR ulUIParam,
                           LPMAPIPROGRESS lpProgress, const IID *lpDestInterface,
                           LPVOID lpDestObj, ULONG ulFlags,
                           LPSPropProblemArray *lppProblems) PURE;
    STDMETHOD(DoProgressDialog)(THIS_ ULONG_PTR ulUIParam, ULONG ulFlags,
                                LPMAPIPROGRESS *lppProgress) PURE;
    STDMETHOD(ReadReceipt)(THIS_ ULONG ulFlags, LPMESSAGE lpReadMessage,
                           LPMESSAGE *lppEmptyMessage) PURE;
    STDMETHOD(PrepareSubmit)(THIS_ LPMESSAGE lpMessage, ULONG *lpulFlags) PURE;
    STDMETHOD(ExpandRecips)(THIS_ LPMESSAGE lpMessage, ULONG *lpulFlags) PURE;
    STDMETHOD(UpdatePAB)(THIS_ ULONG ulFlags, LPMESSAGE lpMessage) PURE;
    STDMETHOD(DoSentMail)(THIS_ ULONG ulFlags, LPMESSAGE lpMessage) PURE;
    STDMETHOD(OpenAddressBook)(THIS_ const IID *lpInterface, ULONG ulFlags,
                               LPADRBOOK *lppAdrBook) PURE;
    STDMETHOD(Preprocess)(THIS_ ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) PURE;
    STDMETHOD(CompleteMsg)(THIS_ ULONG ulFlags, ULONG cbEntryID, LPENTRYID lpEntryID) PURE;
    STDMETHOD(StoreLogoffTransports)(THIS_ ULONG *lpulFlags) PURE;
    STDMETHOD(StatusRecips)(THIS_ LPMESSAGE lpMessage, struct _ADRLIST *lpRecipList) PURE;
    STDMETHOD(WrapStoreEntryID)(THIS_ ULONG cbOrigEntry, LPENTRYID lpOrigEntry,
                                ULONG *lpcbWrappedEntry, LPENTRYID *lppWrappedEntry) PURE;
    STDMETHOD(ModifyProfile)(THIS_ ULONG ulFlags) PURE;
    STDMETHOD(IStorageFromStream)(THIS_ LPUNKNOWN lpUnkIn, const IID *lpInterface, ULONG ulFlags,
                                  struct IStorage **lppStorageOut) PURE;
    STDMETHOD(GetSvcConfigSupportObj)(THIS_ ULONG ulFlags, LPMAPISUP *lppSvcSupport) PURE;
};

/* An address book provider, and its logon. Slots 3 and 4; 3 to 12. */
#undef INTERFACE
#define INTERFACE IABProvider
DECLARE_INTERFACE_(IABProvider, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(Shutdown)(THIS_ ULONG *lpulFlags) PURE;
    STDMETHOD(Logon)(THIS_ LPMAPISUP lpMAPISup, ULONG_PTR ulUIParam, LPTSTR lpszProfileName,
                     ULONG ulFlags, ULONG *lpulpcbSecurity, BYTE **lppbSecurity,
                     LPMAPIERROR *lppMAPIError, LPABLOGON *lppABLogon) PURE;
};

#undef INTERFACE
#define INTERFACE IABLogon
DECLARE_INTERFACE_(IABLogon, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR *lppMAPIError) PURE;
    STDMETHOD(Logoff)(THIS_ ULONG ulFlags) PURE;
    STDMETHOD(OpenEntry)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, const IID *lpInterface,
                         ULONG ulFlags, ULONG *lpulObjType, LPUNKNOWN *lppUnk) PURE;
    STDMETHOD(CompareEntryIDs)(THIS_ ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2,
                               LPENTRYID lpEntryID2, ULONG ulFlags, ULONG *lpulResult) PURE;
    STDMETHOD(Advise)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulEventMask,
                      LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection) PURE;
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR ulConnection) PURE;
    STDMETHOD(OpenStatusEntry)(THIS_ const IID *lpInterface, ULONG ulFlags, ULONG *lpulObjType,
                               struct IMAPIStatus **lppEntry) PURE;
    STDMETHOD(OpenTemplateID)(THIS_ ULONG cbTemplateID, LPENTRYID lpTemplateID,
                              ULONG ulTemplateFlags, IMAPIProp *lpMAPIPropData,
                              const IID *lpInterface, IMAPIProp **lppMAPIPropNew,
                              IMAPIProp *lpMAPIPropSibling) PURE;
    STDMETHOD(GetOneOffTable)(THIS_ ULONG ulFlags, LPMAPITABLE *lppTable) PURE;
    STDMETHOD(PrepareRecips)(THIS_ ULONG ulFlags, LPSPropTagArray lpPropTagArray,
                             struct _ADRLIST *lpRecipList) PURE;
};

/* A transport provider, and its logon. Slots 3 and 4; 3 to 14. */
#undef INTERFACE
#define INTERFACE IXPProvider
DECLARE_INTERFACE_(IXPProvider, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(Shutdown)(THIS_ ULONG *lpulFlags) PURE;
    STDMETHOD(TransportLogon)(THIS_ LPMAPISUP lpMAPISup, ULONG_PTR ulUIParam,
                              LPTSTR lpszProfileName, ULONG *lpulFlags,
                              LPMAPIERROR *lppMAPIError, LPXPLOGON *lppXPLogon) PURE;
};

#undef INTERFACE
#define INTERFACE IXPLogon
DECLARE_INTERFACE_(IXPLogon, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(AddressTypes)(THIS_ ULONG *lpulFlags, ULONG *lpcAdrType, LPTSTR **lpppAdrTypeArray,
                            ULONG *lpcMAPIUID, LPMAPIUID **lpppUIDArray) PURE;
    STDMETHOD(RegisterOptions)(THIS_ ULONG *lpulFlags, ULONG *lpcOptions,
                               LPOPTIONDATA *lppOptions) PURE;
    STDMETHOD(TransportNotify)(THIS_ ULONG *lpulFlags, LPVOID *lppvData) PURE;
    STDMETHOD(Idle)(THIS_ ULONG ulFlags) PURE;
    STDMETHOD(TransportLogoff)(THIS_ ULONG ulFlags) PURE;
    STDMETHOD(SubmitMessage)(THIS_ ULONG ulFlags, LPMESSAGE lpMessage, ULONG_PTR *lpulMsgRef,
                             ULONG_PTR *lpulReturnParm) PURE;
    STDMETHOD(EndMessage)(THIS_ ULONG_PTR ulMsgRef, ULONG *lpulFlags) PURE;
    STDMETHOD(Poll)(THIS_ ULONG *lpulIncoming) PURE;
    STDMETHOD(StartMessage)(THIS_ ULONG ulFlags, LPMESSAGE lpMessage,
                            ULONG_PTR *lpulMsgRef) PURE;
    STDMETHOD(OpenStatusEntry)(THIS_ const IID *lpInterface, ULONG ulFlags, ULONG *lpulObjType,
                               struct IMAPIStatus **lppEntry) PURE;
    STDMETHOD(ValidateState)(THIS_ ULONG_PTR ulUIParam, ULONG ulFlags) PURE;
    STDMETHOD(FlushQueues)(THIS_ ULONG_PTR ulUIParam, ULONG cbTargetTransport,
                           LPENTRYID lpTargetTransport, ULONG ulFlags) PURE;
};

/* A message store provider, and its logon. Slots 3 to 6; 3 to 9. */
#undef INTERFACE
#define INTERFACE IMSProvider
DECLARE_INTERFACE_(IMSProvider, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(Shutdown)(THIS_ ULONG *lpulFlags) PURE;
    STDMETHOD(Logon)(THIS_ LPMAPISUP lpMAPISup, ULONG_PTR ulUIParam, LPTSTR lpszProfileName,
                     ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulFlags, const IID *lpInterface,
                     ULONG *lpcbSpoolSecurity, BYTE **lppbSpoolSecurity,
                     LPMAPIERROR *lppMAPIError, LPMSLOGON *lppMSLogon, LPMDB *lppMDB) PURE;
    STDMETHOD(SpoolerLogon)(THIS_ LPMAPISUP lpMAPISup, ULONG_PTR ulUIParam,
                            LPTSTR lpszProfileName, ULONG cbEntryID, LPENTRYID lpEntryID,
                            ULONG ulFlags, const IID *lpInterface, ULONG cbSpoolSecurity,
                            BYTE *lpbSpoolSecurity, LPMAPIERROR *lppMAPIError,
                            LPMSLOGON *lppMSLogon, LPMDB *lppMDB) PURE;
    STDMETHOD(CompareStoreIDs)(THIS_ ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2,
                               LPENTRYID lpEntryID2, ULONG ulFlags, ULONG *lpulResult) PURE;
};

#undef INTERFACE
#define INTERFACE IMSLogon
DECLARE_INTERFACE_(IMSLogon, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR *lppMAPIError) PURE;
    STDMETHOD(Logoff)(THIS_ ULONG *lpulFlags) PURE;
    STDMETHOD(OpenEntry)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, const IID *lpInterface,
                         ULONG ulFlags, ULONG *lpulObjType, LPUNKNOWN *lppUnk) PURE;
    STDMETHOD(CompareEntryIDs)(THIS_ ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2,
                               LPENTRYID lpEntryID2, ULONG ulFlags, ULONG *lpulResult) PURE;
    STDMETHOD(Advise)(THIS_ ULONG cbEntryID, LPENTRYID lpEntryID, ULONG ulEventMask,
                      LPMAPIADVISESINK lpAdviseSink, ULONG_PTR *lpulConnection) PURE;
    STDMETHOD(Unadvise)(THIS_ ULONG_PTR ulConnection) PURE;
    STDMETHOD(OpenStatusEntry)(THIS_ const IID *lpInterface, ULONG ulFlags, ULONG *lpulObjType,
                               LPVOID *lppEntry) PURE;
};
#undef INTERFACE

/* What a message store provider exports, and MAPI calls first. */
typedef HRESULT(STDMAPIINITCALLTYPE MSPROVIDERINIT)(
    void *hInstance, struct IMalloc *lpMalloc, LPALLOCATEBUFFER lpAllocateBuffer,
    LPALLOCATEMORE lpAllocateMore, LPFREEBUFFER lpFreeBuffer, ULONG ulFlags, ULONG ulMAPIVer,
    ULONG *lpulProviderVer, LPMSPROVIDER *lppMSProvider);

#endif /* MAPISPI_H */

/* What a provider object answers when its client shuts down fast (HOST-5). Slots 3 to 5. The headers of MAPI
 * that come with Wine and with mingw lack it; those of Outlook 2010 and later have it in mapidefs.h or
 * mapispi.h. */
#ifndef MAPI_IMAPIPROVIDERSHUTDOWN_METHODS
typedef struct IMAPIProviderShutdown *LPMAPIPROVIDERSHUTDOWN;
#undef INTERFACE
#define INTERFACE IMAPIProviderShutdown
DECLARE_INTERFACE_(IMAPIProviderShutdown, IUnknown) {
    MAPISTORE_UNKNOWN_METHODS
    STDMETHOD(QueryFastShutdown)(THIS) PURE;
    STDMETHOD(NotifyProcessShutdown)(THIS) PURE;
    STDMETHOD(DoFastShutdown)(THIS) PURE;
};
#undef INTERFACE
#endif

#if !defined(MAPIGUID_H) || !defined(USES_IID_IMAPIProviderShutdown)
#ifdef __cplusplus
extern "C" {
#endif
DEFINE_GUID(IID_IMAPIProviderShutdown, 0x00020398, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x46);
#ifdef __cplusplus
}
#endif
#endif

#endif
