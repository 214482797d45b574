/* Aggregation (CREATE-5, CREATE-13), under both values of the knob. */
#define INITGUID
#include "check.h"

/* An object that has an offline object inside. */
class Outer : public IUnknown {
  public:
    Outer() : inner(nullptr), references(1) {}
    virtual ~Outer() {}
    IUnknown *inner;
    ULONG references;

    STDMETHODIMP QueryInterface(REFIID iid, void **out) override {
        if (iid == IID_IUnknown) {
            AddRef();
            *out = this;
            return S_OK;
        }
        return inner->QueryInterface(iid, out);
    }
    STDMETHODIMP_(ULONG) AddRef() override { return ++references; }
    STDMETHODIMP_(ULONG) Release() override { return --references; }
};

static HRESULT create(IUnknown *outer, const GUID *kind, const GUID *instance,
                      IMAPIOfflineMgr **out) {
    MAPIOFFLINE_AGGREGATEINFO aggregate = {sizeof aggregate, outer, nullptr};
    MAPIOFFLINE_CREATEINFO info;
    std::memset(&info, 0, sizeof info);
    info.ulSize = sizeof info;
    info.pwszProfileName = OLESTR("Work");
    info.ulCapabilities = MAPIOFFLINE_CAPABILITY_OFFLINE | MAPIOFFLINE_CAPABILITY_ONLINE;
    info.pGUID = kind;
    info.pInstance = instance;
    info.pAggregateInfo = &aggregate;
    return HrCreateOfflineObj(0, &info, out);
}

/* Every interface leads to the outer identity, and to the inner one's methods. */
static void walk(Outer &outer) {
    ULONG before = outer.references;
    IMAPIOffline *offline = nullptr;
    IMAPIOfflineMgr *manager = nullptr;
    IUnknown *unknown = nullptr;
    CHECK_HR(outer.QueryInterface(IID_IMAPIOffline, reinterpret_cast<void **>(&offline)), S_OK);
    CHECK(outer.references == before + 1);
    CHECK_HR(offline->QueryInterface(IID_IMAPIOfflineMgr, reinterpret_cast<void **>(&manager)),
             S_OK);
    CHECK_HR(manager->QueryInterface(IID_IUnknown, reinterpret_cast<void **>(&unknown)), S_OK);
    CHECK(unknown == &outer);
    ULONG capabilities = 0;
    CHECK_HR(manager->GetCapabilities(&capabilities), S_OK);
    CHECK(capabilities == 3);
    CHECK_HR(manager->QueryInterface(IID_IMAPITable, reinterpret_cast<void **>(&unknown)),
             E_NOINTERFACE);
    CHECK(unknown == nullptr);
    CHECK(manager->AddRef() == outer.references);
    manager->Release();
    manager->Release();
    offline->Release();
    outer.Release(); /* the IUnknown */
    CHECK(outer.references == before);
}

static const GUID STORE = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};

int main() {
    /* The default: the inner pointer, with no lasting reference on the outer object. */
    start();
    Outer outer;
    IMAPIOfflineMgr *inner = nullptr;
    CHECK_HR(create(&outer, &STORE, &STORE, &inner), S_OK);
    CHECK(outer.references == 1);
    outer.inner = inner;
    IUnknown *unknown = nullptr;
    CHECK_HR(inner->QueryInterface(IID_IUnknown, reinterpret_cast<void **>(&unknown)), S_OK);
    CHECK(unknown == inner);
    unknown->Release();
    walk(outer);
    IMAPIOfflineMgr *again = inner;
    CHECK_HR(create(&outer, &STORE, &STORE, &again), E_INVALIDARG);
    CHECK(again == nullptr);
    CHECK_HR(create(&outer, &GUID_GlobalState, nullptr, &again), E_INVALIDARG);
    CHECK_HR(create(nullptr, nullptr, nullptr, &again), E_INVALIDARG);
    CHECK(inner->Release() == 0);
    CHECK(outer.references == 1);
    CHECK(finish() == Ids({"bad-argument", "bad-argument", "bad-argument"}));

    /* The other value: one that delegates, and holds a reference as any interface does. */
    start({"aggregate", "delegating"});
    Outer other;
    IMAPIOfflineMgr *manager = nullptr;
    CHECK_HR(create(&other, &STORE, &STORE, &manager), S_OK);
    CHECK(other.references == 2);
    other.inner = manager;
    CHECK_HR(manager->QueryInterface(IID_IUnknown, reinterpret_cast<void **>(&unknown)), S_OK);
    CHECK(unknown == &other);
    unknown->Release();
    walk(other);
    CHECK(manager->Release() == 1);
    CHECK(finish() == Ids());
    return 0;
}
