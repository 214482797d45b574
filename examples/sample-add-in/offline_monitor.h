/*
 * A sample add-in's offline monitor, written as for Windows: this file and offline_monitor.cpp are
 * what would ship. Only the includes differ from Windows' own: mapiwindows.h is windows.h there,
 * and mapioffline.h and mapisession.h stand for headers that the platform does not have.
 */
#ifndef OFFLINE_MONITOR_H
#define OFFLINE_MONITOR_H

#include "mapiwindows.h"

#include "mapioffline.h"
#include "mapisession.h"

/* Where the add-in writes what happens: a line at a time. */
typedef void (*LOGLINE)(const char *line);

/* Hears of changes of the connection state, and logs every field of what it hears. */
class CMyOfflineNotify : public IMAPIOfflineNotify {
  public:
    explicit CMyOfflineNotify(LOGLINE log);
    virtual ~CMyOfflineNotify();

    STDMETHODIMP QueryInterface(REFIID riid, LPVOID *ppvObj);
    STDMETHODIMP_(ULONG) AddRef();
    STDMETHODIMP_(ULONG) Release();
    STDMETHODIMP_(void) Notify(const MAPIOFFLINE_NOTIFY *pNotifyInfo);

  private:
    LONG m_cRef;
    LOGLINE m_log;
};

/* What the add-in does with the offline object of the session's profile. */
class COfflineMonitor {
  public:
    explicit COfflineMonitor(LOGLINE log);
    ~COfflineMonitor();

    /* Remembers the name of the session's profile. */
    HRESULT CacheProfileName(LPMAPISESSION pSession);

    /* Loads the MAPI library and finds HrOpenOfflineObj in it. */
    HRESULT LoadMAPI(const char *szLibrary);

    /* Opens the offline object, and registers for changes. */
    HRESULT InitMonitor();

    HRESULT GetState(ULONG *pulState);
    HRESULT SetState(ULONG ulFlags, ULONG ulState);

    /* Undoes InitMonitor. */
    void DeinitMonitor();

  private:
    LPWSTR m_pwszProfile;
    HMODULE m_hMAPI;
    HROPENOFFLINEOBJ *m_pfnHrOpenOfflineObj;
    FREEBUFFER *m_pfnFreeBuffer;
    IMAPIOfflineMgr *m_pOfflineMgr;
    IMAPIOffline *m_pOffline;
    ULONG m_ulAdviseToken;
    LPSPropValue m_pName;
    LOGLINE m_log;
};

#endif
