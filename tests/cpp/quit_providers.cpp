/* A fast quit asks the providers: real objects with IMAPIProviderShutdown (HOST-5). */
#define INITGUID
#include "check.h"
#include "mapiprovider.h"

static std::string calls;

/* A provider object, which need not have IMAPIProviderShutdown. */
class Provider : public IMAPIProviderShutdown {
  public:
    Provider(char name, bool has_interface, HRESULT answer)
        : name_(name), has_interface_(has_interface), answer_(answer) {}

    STDMETHODIMP QueryInterface(REFIID iid, void **out) override {
        if (iid == IID_IUnknown || (has_interface_ && iid == IID_IMAPIProviderShutdown)) {
            AddRef();
            *out = this;
            return S_OK;
        }
        *out = nullptr;
        return E_NOINTERFACE;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return ++references_; }
    STDMETHODIMP_(ULONG) Release() override { return --references_; }
    STDMETHODIMP QueryFastShutdown() override { return called('Q', answer_); }
    STDMETHODIMP NotifyProcessShutdown() override { return called('N', S_OK); }
    STDMETHODIMP DoFastShutdown() override { return called('D', S_OK); }

    ULONG references() const { return references_; }

  private:
    HRESULT called(char method, HRESULT hr) {
        calls += name_;
        calls += method;
        calls += ' ';
        return hr;
    }

    char name_;
    bool has_interface_;
    HRESULT answer_;
    ULONG references_ = 1;
};

/* Quits, with a store that answers so and a transport without the interface. */
static Ids quit(HRESULT answer, uint32_t behavior) {
    calls.clear();
    describe({"quit", "fast"});
    CHECK_HR(mapisim_fast_shutdown_behavior(3), E_INVALIDARG);
    CHECK_HR(mapisim_fast_shutdown_behavior(behavior), S_OK);
    CHECK_HR(mapisim_start(), S_OK);
    Provider store('s', true, answer), book('b', true, S_OK), transport('t', false, S_OK);
    CHECK_HR(mapisim_add_provider("store", MAPISIM_PROVIDER_STORE, &store), S_OK);
    CHECK_HR(mapisim_add_provider("book", MAPISIM_PROVIDER_ADDRESS_BOOK, &book), S_OK);
    CHECK_HR(mapisim_add_provider("transport", MAPISIM_PROVIDER_TRANSPORT, &transport), S_OK);
    CHECK_HR(mapisim_add_provider("nothing", MAPISIM_PROVIDER_TRANSPORT, nullptr), S_OK);
    CHECK_HR(mapisim_add_provider("", MAPISIM_PROVIDER_STORE, &store), E_INVALIDARG);
    CHECK_HR(mapisim_add_provider("store", 0, &store), E_INVALIDARG);
    CHECK(store.references() == 2 && transport.references() == 1);

    /* A reference that is left over. */
    IMAPIOfflineMgr *manager = open_work();
    CHECK_HR(mapisim_quit(), S_OK);
    manager->Release();
    Ids found = finish();
    CHECK(store.references() == 1 && book.references() == 1);
    return found;
}

int main() {
    CHECK(quit(S_OK, 0) == Ids());
    CHECK(calls == "bQ sQ bN sN bD sD ");

    /* One refuses, or has to agree and cannot: Outlook waits for the reference. */
    CHECK(quit(MAPI_E_NO_SUPPORT, 0) == Ids({"keeps-host-alive"}));
    CHECK(calls == "bQ sQ ");
    CHECK(quit(S_OK, 1) == Ids({"keeps-host-alive"}));
    CHECK(calls == "bQ sQ ");
    CHECK(quit(S_OK, 2) == Ids({"keeps-host-alive"}));
    CHECK(calls.empty());
    return 0;
}
