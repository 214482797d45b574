/*
 * CComPtr and CComQIPtr of ATL, for compilers that do not have ATL. mapiwindows.h includes it.
 *
 * CComQIPtr<I> knows the interfaces of the MAPI Offline State API and of the session, also where a
 * program has copied definitions of them; for others it is CComQIPtr<I, &IID_I>. Where __uuidof is
 * no word of the compiler's, it is one for the same interfaces.
 */
#ifndef MAPIWINDOWS_ATL_H
#define MAPIWINDOWS_ATL_H

#include "mapiwindows.h"

#if defined(_MSC_VER) && defined(__has_include)
#if __has_include(<atlcomcli.h>)
#define MAPIWINDOWS_HAS_ATL 1
#endif
#endif

#if defined(__cplusplus) && defined(MAPIWINDOWS_HAS_ATL)

#include <atlcomcli.h>

#elif defined(__cplusplus)

struct IMAPIOffline;
struct IMAPIOfflineMgr;
struct IMAPIOfflineNotify;
struct IMAPIProp;
struct IMAPISession;
struct IMAPITable;
struct IMsgStore;
struct IProfAdmin;
struct IProfSect;

namespace mapiwindows {

/* The identifier of an interface. */
template <class I> struct interface_id;

#define MAPIWINDOWS_ID(name, first, second, third, ...)                                            \
    template <> struct interface_id<name> {                                                        \
        static const IID &value() {                                                                \
            static const IID id = {first, second, third, {__VA_ARGS__}};                           \
            return id;                                                                             \
        }                                                                                          \
    }
#define MAPIWINDOWS_OLE_ID(name, first)                                                            \
    MAPIWINDOWS_ID(name, first, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46)

MAPIWINDOWS_OLE_ID(IUnknown, 0);
MAPIWINDOWS_OLE_ID(IMAPIOffline, 0x000672b5);
MAPIWINDOWS_ID(IMAPIOfflineMgr, 0x42175607, 0xff3e, 0x4790, 0xbc, 0x18, 0x66, 0xc8, 0x64, 0x3e, 0x64,
               0x24);
MAPIWINDOWS_ID(IMAPIOfflineNotify, 0x0317bde5, 0xfc29, 0x44cd, 0x8d, 0xcd, 0x36, 0x12, 0x5a, 0x3b,
               0xe9, 0xec);
MAPIWINDOWS_OLE_ID(IMAPISession, 0x00020300);
MAPIWINDOWS_OLE_ID(IMAPITable, 0x00020301);
MAPIWINDOWS_OLE_ID(IMAPIProp, 0x00020303);
MAPIWINDOWS_OLE_ID(IProfSect, 0x00020304);
MAPIWINDOWS_OLE_ID(IMsgStore, 0x00020306);
MAPIWINDOWS_OLE_ID(IProfAdmin, 0x0002031c);

/* What CComQIPtr asks for: the identifier that it is given, or that of its interface. */
template <class T, const IID *id> struct asked_id {
    static const IID &value() { return *id; }
};
template <class T> struct asked_id<T, nullptr> {
    static const IID &value() { return interface_id<T>::value(); }
};

} // namespace mapiwindows

#if !defined(_WIN32) && !defined(__uuidof)
#define __uuidof(type) (mapiwindows::interface_id<type>::value())
#endif

/* A pointer to an interface that holds a reference. */
template <class T> class CComPtr {
  public:
    CComPtr() : p(nullptr) {}
    CComPtr(T *other) : p(other) {
        if (p != nullptr) {
            p->AddRef();
        }
    }
    CComPtr(const CComPtr &other) : CComPtr(other.p) {}
    CComPtr(CComPtr &&other) : p(other.Detach()) {}
    ~CComPtr() { Release(); }

    CComPtr &operator=(T *other) {
        CComPtr(other).Swap(*this);
        return *this;
    }
    CComPtr &operator=(const CComPtr &other) { return *this = other.p; }
    CComPtr &operator=(CComPtr &&other) {
        CComPtr(static_cast<CComPtr &&>(other)).Swap(*this);
        return *this;
    }

    operator T *() const { return p; }
    T &operator*() const { return *p; }
    T *operator->() const { return p; }
    bool operator!() const { return p == nullptr; }
    /* For a function that gives a pointer: this one holds none before. */
    T **operator&() { return &p; }

    void Release() {
        if (T *before = Detach()) {
            before->Release();
        }
    }
    void Attach(T *other) {
        Release();
        p = other;
    }
    T *Detach() {
        T *before = p;
        p = nullptr;
        return before;
    }
    HRESULT CopyTo(T **other) const {
        if (other == nullptr) {
            return E_POINTER;
        }
        *other = p;
        if (p != nullptr) {
            p->AddRef();
        }
        return S_OK;
    }
    template <class Q> HRESULT QueryInterface(Q **other) const {
        return p->QueryInterface(mapiwindows::interface_id<Q>::value(),
                                 reinterpret_cast<void **>(other));
    }
    bool IsEqualObject(IUnknown *other) const {
        CComPtr<IUnknown> one, two;
        if (p != nullptr) {
            p->QueryInterface(mapiwindows::interface_id<IUnknown>::value(),
                              reinterpret_cast<void **>(&one));
        }
        if (other != nullptr) {
            other->QueryInterface(mapiwindows::interface_id<IUnknown>::value(),
                                  reinterpret_cast<void **>(&two));
        }
        return one.p == two.p;
    }

    T *p;

  private:
    void Swap(CComPtr &other) {
        T *mine = p;
        p = other.p;
        other.p = mine;
    }
};

/* One that asks what it is given for its interface. */
template <class T, const IID *piid = nullptr> class CComQIPtr : public CComPtr<T> {
  public:
    CComQIPtr() {}
    CComQIPtr(T *other) : CComPtr<T>(other) {}
    CComQIPtr(const CComQIPtr &other) : CComPtr<T>(other.p) {}
    CComQIPtr(IUnknown *other) { Ask(other); }

    CComQIPtr &operator=(T *other) {
        CComPtr<T>::operator=(other);
        return *this;
    }
    CComQIPtr &operator=(const CComQIPtr &other) { return *this = other.p; }
    CComQIPtr &operator=(IUnknown *other) {
        CComPtr<T> before;
        before.Attach(this->Detach());
        Ask(other);
        return *this;
    }

  private:
    void Ask(IUnknown *other) {
        const IID &id = mapiwindows::asked_id<T, piid>::value();
        if (other != nullptr && FAILED(other->QueryInterface(id, reinterpret_cast<void **>(&this->p)))) {
            this->p = nullptr;
        }
    }
};

#endif

#endif
