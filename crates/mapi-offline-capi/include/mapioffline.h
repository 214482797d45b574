/*
 * The MAPI Offline State API: constants, structures, GUIDs and interfaces.
 *
 * Everything has the name it has in the Outlook MAPI reference. The interfaces are abstract classes
 * in C++, and vtables in C, with macros if COBJMACROS is defined. A Placeholder is a slot that
 * Outlook keeps for itself, named after its number.
 *
 * Every number here is compared with the Rust side by tests/headers.
 */
#ifndef MAPIOFFLINE_H
#define MAPIOFFLINE_H

#include "mapioffline_com.h"

#ifndef MAPI_E_CALL_FAILED
#define MAPI_E_CALL_FAILED ((HRESULT)0x80004005)
#endif
#ifndef MAPI_E_INVALID_PARAMETER
#define MAPI_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#endif
#ifndef MAPI_E_NOT_FOUND
#define MAPI_E_NOT_FOUND ((HRESULT)0x8004010F)
#endif
#ifndef MAPI_E_NO_SUPPORT
#define MAPI_E_NO_SUPPORT ((HRESULT)0x80040102)
#endif
#ifndef MAPI_E_NOT_INITIALIZED
#define MAPI_E_NOT_INITIALIZED ((HRESULT)0x80040605)
#endif

/* A program that has copied the definitions from the reference includes its copy first. */
#ifndef MAPIOFFLINE_STATE_ALL

#define MAPIOFFLINE_ADVISE_DEFAULT 0x00000000
#define MAPIOFFLINE_ADVISE_TYPE_STATECHANGE 0x00000001
#define MAPIOFFLINE_UNADVISE_DEFAULT 0x00000000

#define MAPIOFFLINE_CAPABILITY_OFFLINE 0x00000001
#define MAPIOFFLINE_CAPABILITY_ONLINE 0x00000002

#define MAPIOFFLINE_FLAG_BLOCK 0x00002000
#define MAPIOFFLINE_FLAG_DEFAULT 0x00000000

#define MAPIOFFLINE_STATE_ALL 0x003f037f
#define MAPIOFFLINE_STATE_OFFLINE_MASK 0x00000003
#define MAPIOFFLINE_STATE_OFFLINE 0x00000001
#define MAPIOFFLINE_STATE_ONLINE 0x00000002

#ifdef __cplusplus
extern "C" {
#endif

/* The global offline object of a profile: pGUID of HrOpenOfflineObj. */
DEFINE_GUID(GUID_GlobalState, 0xfbeffd93, 0xb11f, 0x4094, 0x84, 0x2b, 0x96, 0xdc, 0xd3, 0x1e, 0x63,
            0xd1);
DEFINE_GUID(IID_IMAPIOffline, 0x000672b5, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x46);
DEFINE_GUID(IID_IMAPIOfflineMgr, 0x42175607, 0xff3e, 0x4790, 0xbc, 0x18, 0x66, 0xc8, 0x64, 0x3e,
            0x64, 0x24);
DEFINE_GUID(IID_IMAPIOfflineNotify, 0x0317bde5, 0xfc29, 0x44cd, 0x8d, 0xcd, 0x36, 0x12, 0x5a, 0x3b,
            0xe9, 0xec);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
struct IMAPIOffline;
struct IMAPIOfflineMgr;
struct IMAPIOfflineNotify;
#else
typedef struct IMAPIOffline IMAPIOffline;
typedef struct IMAPIOfflineMgr IMAPIOfflineMgr;
typedef struct IMAPIOfflineNotify IMAPIOfflineNotify;
#endif

/* How a registration wants to be called back. */
typedef enum { MAPIOFFLINE_CALLBACK_TYPE_NOTIFY = 0 } MAPIOFFLINE_CALLBACK_TYPE;

/* Which phase of a transition a notification tells of. */
typedef enum {
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START = 1,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE = 2,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE = 3
} MAPIOFFLINE_NOTIFY_TYPE;

/* What a client tells Advise. ulSize is the size of the structure. */
typedef struct {
    ULONG ulSize;
    ULONG ulClientToken;
    MAPIOFFLINE_CALLBACK_TYPE CallbackType;
    IUnknown *pCallback;
    ULONG ulAdviseTypes;
    ULONG ulStateMask;
} MAPIOFFLINE_ADVISEINFO;

/* What a notification says; valid only during the call. */
typedef struct {
    ULONG ulSize;
    MAPIOFFLINE_NOTIFY_TYPE NotifyType;
    ULONG ulClientToken;
    union {
        struct {
            ULONG ulMask;
            ULONG ulStateOld;
            ULONG ulStateNew;
        } StateChange;
    } Info;
} MAPIOFFLINE_NOTIFY;

/* Onto what a new offline object is aggregated. pRefTrackRoot is null. */
typedef struct {
    ULONG ulSize;
    IUnknown *pOuterObj;
    IUnknown *pRefTrackRoot;
} MAPIOFFLINE_AGGREGATEINFO;

/* Not described by the reference; a pointer to one is null. */
typedef struct _MAPIOFFLINE_CONNECTINFO MAPIOFFLINE_CONNECTINFO;

/* What a client tells HrCreateOfflineObj. ulSize is the size of the structure. */
typedef struct {
    ULONG ulSize;
    ULONG ulCreateFlags;
    LPCWSTR pwszProfileName;
    ULONG ulCapabilities;
    const GUID *pGUID;
    const GUID *pInstance;
    IMAPIOfflineMgr *pParent;
    IUnknown *pMAPISupport;
    MAPIOFFLINE_AGGREGATEINFO *pAggregateInfo;
    MAPIOFFLINE_CONNECTINFO *pConnectInfo;
} MAPIOFFLINE_CREATEINFO;

#ifdef __cplusplus

/* An offline object: its state and what it notifies of. Slots 3 to 6. */
struct IMAPIOffline : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE SetCurrentState(ULONG ulFlags, ULONG ulMask, ULONG ulState,
        void *pReserved) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCapabilities(ULONG *pulCapabilities) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCurrentState(ULONG *pulState) = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder6() = 0;
};

/* An offline object that tells of changes. Slots 7 to 15. */
struct IMAPIOfflineMgr : public IMAPIOffline {
    virtual HRESULT STDMETHODCALLTYPE Advise(ULONG ulFlags, MAPIOFFLINE_ADVISEINFO *pAdviseInfo,
        ULONG *pulAdviseToken) = 0;
    virtual HRESULT STDMETHODCALLTYPE Unadvise(ULONG ulFlags, ULONG ulAdviseToken) = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder9() = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder10() = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder11() = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder12() = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder13() = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder14() = 0;
    virtual HRESULT STDMETHODCALLTYPE Placeholder15() = 0;
};

/* What a client implements to be told. Slot 3. */
struct IMAPIOfflineNotify : public IUnknown {
    virtual void STDMETHODCALLTYPE Notify(const MAPIOFFLINE_NOTIFY *pNotifyInfo) = 0;
};

#else

typedef struct IMAPIOfflineVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IMAPIOffline *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IMAPIOffline *This);
    ULONG(STDMETHODCALLTYPE *Release)(IMAPIOffline *This);
    HRESULT(STDMETHODCALLTYPE *SetCurrentState)(IMAPIOffline *This, ULONG ulFlags, ULONG ulMask,
        ULONG ulState, void *pReserved);
    HRESULT(STDMETHODCALLTYPE *GetCapabilities)(IMAPIOffline *This, ULONG *pulCapabilities);
    HRESULT(STDMETHODCALLTYPE *GetCurrentState)(IMAPIOffline *This, ULONG *pulState);
    HRESULT(STDMETHODCALLTYPE *Placeholder6)(IMAPIOffline *This);
} IMAPIOfflineVtbl;
struct IMAPIOffline {
    const struct IMAPIOfflineVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IMAPIOffline_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IMAPIOffline_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IMAPIOffline_Release(This) (This)->lpVtbl->Release(This)
#define IMAPIOffline_SetCurrentState(This, ulFlags, ulMask, ulState, pReserved) \
    (This)->lpVtbl->SetCurrentState(This, ulFlags, ulMask, ulState, pReserved)
#define IMAPIOffline_GetCapabilities(This, pulCapabilities) \
    (This)->lpVtbl->GetCapabilities(This, pulCapabilities)
#define IMAPIOffline_GetCurrentState(This, pulState) (This)->lpVtbl->GetCurrentState(This, pulState)
#define IMAPIOffline_Placeholder6(This) (This)->lpVtbl->Placeholder6(This)
#endif

typedef struct IMAPIOfflineMgrVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IMAPIOfflineMgr *This, REFIID riid,
        void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IMAPIOfflineMgr *This);
    ULONG(STDMETHODCALLTYPE *Release)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *SetCurrentState)(IMAPIOfflineMgr *This, ULONG ulFlags, ULONG ulMask,
        ULONG ulState, void *pReserved);
    HRESULT(STDMETHODCALLTYPE *GetCapabilities)(IMAPIOfflineMgr *This, ULONG *pulCapabilities);
    HRESULT(STDMETHODCALLTYPE *GetCurrentState)(IMAPIOfflineMgr *This, ULONG *pulState);
    HRESULT(STDMETHODCALLTYPE *Placeholder6)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Advise)(IMAPIOfflineMgr *This, ULONG ulFlags,
        MAPIOFFLINE_ADVISEINFO *pAdviseInfo, ULONG *pulAdviseToken);
    HRESULT(STDMETHODCALLTYPE *Unadvise)(IMAPIOfflineMgr *This, ULONG ulFlags, ULONG ulAdviseToken);
    HRESULT(STDMETHODCALLTYPE *Placeholder9)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Placeholder10)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Placeholder11)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Placeholder12)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Placeholder13)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Placeholder14)(IMAPIOfflineMgr *This);
    HRESULT(STDMETHODCALLTYPE *Placeholder15)(IMAPIOfflineMgr *This);
} IMAPIOfflineMgrVtbl;
struct IMAPIOfflineMgr {
    const struct IMAPIOfflineMgrVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IMAPIOfflineMgr_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IMAPIOfflineMgr_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IMAPIOfflineMgr_Release(This) (This)->lpVtbl->Release(This)
#define IMAPIOfflineMgr_SetCurrentState(This, ulFlags, ulMask, ulState, pReserved) \
    (This)->lpVtbl->SetCurrentState(This, ulFlags, ulMask, ulState, pReserved)
#define IMAPIOfflineMgr_GetCapabilities(This, pulCapabilities) \
    (This)->lpVtbl->GetCapabilities(This, pulCapabilities)
#define IMAPIOfflineMgr_GetCurrentState(This, pulState) \
    (This)->lpVtbl->GetCurrentState(This, pulState)
#define IMAPIOfflineMgr_Placeholder6(This) (This)->lpVtbl->Placeholder6(This)
#define IMAPIOfflineMgr_Advise(This, ulFlags, pAdviseInfo, pulAdviseToken) \
    (This)->lpVtbl->Advise(This, ulFlags, pAdviseInfo, pulAdviseToken)
#define IMAPIOfflineMgr_Unadvise(This, ulFlags, ulAdviseToken) \
    (This)->lpVtbl->Unadvise(This, ulFlags, ulAdviseToken)
#define IMAPIOfflineMgr_Placeholder9(This) (This)->lpVtbl->Placeholder9(This)
#define IMAPIOfflineMgr_Placeholder10(This) (This)->lpVtbl->Placeholder10(This)
#define IMAPIOfflineMgr_Placeholder11(This) (This)->lpVtbl->Placeholder11(This)
#define IMAPIOfflineMgr_Placeholder12(This) (This)->lpVtbl->Placeholder12(This)
#define IMAPIOfflineMgr_Placeholder13(This) (This)->lpVtbl->Placeholder13(This)
#define IMAPIOfflineMgr_Placeholder14(This) (This)->lpVtbl->Placeholder14(This)
#define IMAPIOfflineMgr_Placeholder15(This) (This)->lpVtbl->Placeholder15(This)
#endif

typedef struct IMAPIOfflineNotifyVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IMAPIOfflineNotify *This, REFIID riid,
        void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IMAPIOfflineNotify *This);
    ULONG(STDMETHODCALLTYPE *Release)(IMAPIOfflineNotify *This);
    void(STDMETHODCALLTYPE *Notify)(IMAPIOfflineNotify *This,
        const MAPIOFFLINE_NOTIFY *pNotifyInfo);
} IMAPIOfflineNotifyVtbl;
struct IMAPIOfflineNotify {
    const struct IMAPIOfflineNotifyVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IMAPIOfflineNotify_QueryInterface(This, riid, ppvObject) \
    (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IMAPIOfflineNotify_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IMAPIOfflineNotify_Release(This) (This)->lpVtbl->Release(This)
#define IMAPIOfflineNotify_Notify(This, pNotifyInfo) (This)->lpVtbl->Notify(This, pNotifyInfo)
#endif

#endif

/* The types of the two functions, for GetProcAddress and dlsym. */
typedef HRESULT(STDMETHODCALLTYPE HROPENOFFLINEOBJ)(ULONG ulReserved, LPCWSTR pwszProfileName,
                                                    const GUID *pGUID, const GUID *pReserved,
                                                    IMAPIOfflineMgr **ppOfflineObj);
typedef HROPENOFFLINEOBJ *LPHROPENOFFLINEOBJ;
typedef HRESULT(STDMETHODCALLTYPE HRCREATEOFFLINEOBJ)(ULONG ulFlags,
                                                      MAPIOFFLINE_CREATEINFO *pCreateInfo,
                                                      IMAPIOfflineMgr **ppOfflineObj);
typedef HRCREATEOFFLINEOBJ *LPHRCREATEOFFLINEOBJ;

#ifdef __cplusplus
extern "C" {
#endif

HRESULT STDMETHODCALLTYPE HrOpenOfflineObj(ULONG ulReserved, LPCWSTR pwszProfileName,
                                           const GUID *pGUID, const GUID *pReserved,
                                           IMAPIOfflineMgr **ppOfflineObj);
HRESULT STDMETHODCALLTYPE HrCreateOfflineObj(ULONG ulFlags, MAPIOFFLINE_CREATEINFO *pCreateInfo,
                                             IMAPIOfflineMgr **ppOfflineObj);

#ifdef __cplusplus
}
#endif

#endif /* MAPIOFFLINE_STATE_ALL */

#endif
