/* A mail provider as it is written for Outlook. It knows nothing of the emulation. */
#ifndef PROVIDER_H
#define PROVIDER_H

#include "mapioffline.h"

/* Follows whether Outlook is online. */
class Provider {
  public:
    /* Opens the profile's offline object, registers, and reads the state: in this order no change is missed. */
    HRESULT Connect(LPCWSTR profile);
    /* Outlook quits. */
    void Disconnect();
    bool IsOnline() const { return online_; }

  private:
    class Monitor;
    IMAPIOfflineMgr *manager_ = nullptr;
    ULONG token_ = 0;
    bool online_ = false;
};

#endif
