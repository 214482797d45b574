/*
 * The definitions of the MAPI Offline State API as a project has them that wrote them down from the
 * reference, before there was a header: with names of its own for the placeholders, and a function
 * type that is a pointer.
 */
#pragma once

#define MAPIOFFLINE_ADVISE_DEFAULT (ULONG)0
#define MAPIOFFLINE_UNADVISE_DEFAULT (ULONG)0
#define MAPIOFFLINE_ADVISE_TYPE_STATECHANGE 1
#define MAPIOFFLINE_CAPABILITY_OFFLINE 0x1
#define MAPIOFFLINE_CAPABILITY_ONLINE 0x2
#define MAPIOFFLINE_FLAG_BLOCK 0x00002000
#define MAPIOFFLINE_FLAG_DEFAULT 0x00000000
#define MAPIOFFLINE_STATE_ALL 0x003f037f
#define MAPIOFFLINE_STATE_OFFLINE_MASK 0x00000003
#define MAPIOFFLINE_STATE_OFFLINE 0x00000001
#define MAPIOFFLINE_STATE_ONLINE 0x00000002

typedef enum { MAPIOFFLINE_CALLBACK_TYPE_NOTIFY = 0 } MAPIOFFLINE_CALLBACK_TYPE;

typedef enum {
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_START = 1,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE = 2,
    MAPIOFFLINE_NOTIFY_TYPE_STATECHANGE_DONE = 3
} MAPIOFFLINE_NOTIFY_TYPE;

typedef struct {
    ULONG ulSize;
    ULONG ulClientToken;
    MAPIOFFLINE_CALLBACK_TYPE CallbackType;
    IUnknown *pCallback;
    ULONG ulAdviseTypes;
    ULONG ulStateMask;
} MAPIOFFLINE_ADVISEINFO;

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

DEFINE_GUID(GUID_GlobalState, 0xfbeffd93, 0xb11f, 0x4094, 0x84, 0x2b, 0x96, 0xdc, 0xd3, 0x1e, 0x63, 0xd1);
DEFINE_GUID(IID_IMAPIOfflineNotify, 0x0317bde5, 0xfc29, 0x44cd, 0x8d, 0xcd, 0x36, 0x12, 0x5a, 0x3b, 0xe9, 0xec);

interface __declspec(uuid("{000672B5-0000-0000-c000-000000000046}")) IMAPIOffline : public IUnknown {
    STDMETHOD(SetCurrentState)(ULONG ulFlags, ULONG ulMask, ULONG ulState, void *pReserved) PURE;
    STDMETHOD(GetCapabilities)(ULONG * pulCapabilities) PURE;
    STDMETHOD(GetCurrentState)(ULONG * pulState) PURE;
    STDMETHOD(Reserved1)() PURE;
};

interface __declspec(uuid("{42175607-ff3e-4790-bc18-66c8643e6424}")) IMAPIOfflineMgr : public IMAPIOffline {
    STDMETHOD(Advise)(ULONG ulFlags, MAPIOFFLINE_ADVISEINFO * pAdviseInfo, ULONG * pulAdviseToken) PURE;
    STDMETHOD(Unadvise)(ULONG ulFlags, ULONG ulAdviseToken) PURE;
    STDMETHOD(Reserved2)() PURE;
    STDMETHOD(Reserved3)() PURE;
    STDMETHOD(Reserved4)() PURE;
    STDMETHOD(Reserved5)() PURE;
    STDMETHOD(Reserved6)() PURE;
    STDMETHOD(Reserved7)() PURE;
    STDMETHOD(Reserved8)() PURE;
};

interface __declspec(uuid("{0317bde5-fc29-44cd-8dcd-36125a3be9ec}")) IMAPIOfflineNotify : public IUnknown {
    STDMETHOD_(VOID, Notify)(const MAPIOFFLINE_NOTIFY *pNotifyInfo) PURE;
};

typedef HRESULT(STDMETHODCALLTYPE *HROPENOFFLINEOBJ)(ULONG ulReserved, LPCWSTR pwszProfileName,
                                                     const GUID *pGUID, const GUID *pReserved,
                                                     IMAPIOfflineMgr **ppOfflineObj);
