/*
 * What Outlook does for an add-in, with the emulation behind it: it looks into the registry for the add-ins of this user,
 * makes each through COM, connects it, completes the startup, and ends. The user is played too: whatever a dialog of
 * mapirecord asks is answered with yes, and Work Offline is switched when it is asked for.
 *
 *     add_in_host.exe [KNOB=VALUE]...
 *
 * It needs msmapi32.dll beside it. It ends with 2 if no add-in is registered.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <objbase.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "mapisim.h"

namespace {

const char PROFILE[] = "Work";

/* What an add-in of Office is told: the reference of IDTExtensibility2. */
struct Extensibility : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetTypeInfoCount(UINT *count) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetTypeInfo(UINT, LCID, void **info) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetIDsOfNames(REFIID, LPOLESTR *, UINT, LCID, LONG *) = 0;
    virtual HRESULT STDMETHODCALLTYPE Invoke(LONG, REFIID, LCID, WORD, void *, void *, void *,
                                             UINT *) = 0;
    virtual HRESULT STDMETHODCALLTYPE OnConnection(IUnknown *application, int mode,
                                                   IUnknown *add_in, void **custom) = 0;
    virtual HRESULT STDMETHODCALLTYPE OnDisconnection(int mode, void **custom) = 0;
    virtual HRESULT STDMETHODCALLTYPE OnAddInsUpdate(void **custom) = 0;
    virtual HRESULT STDMETHODCALLTYPE OnStartupComplete(void **custom) = 0;
    virtual HRESULT STDMETHODCALLTYPE OnBeginShutdown(void **custom) = 0;
};

const IID IID_Extensibility = {
    0xB65AD801, 0xABAF, 0x11D0, {0xBB, 0x8B, 0x00, 0xA0, 0xC9, 0x0F, 0x27, 0x44}};

/* ext_ConnectMode and ext_DisconnectMode. */
const int AT_STARTUP = 1;
const int HOST_SHUTS_DOWN = 0;

void check(bool holds, const char *what) {
    if (!holds) {
        std::printf("add_in_host: %s\n", what);
        std::fflush(stdout);
        ExitProcess(1);
    }
}

/* The emulated Outlook of the library beside this program, which the add-in then finds too. */
template <typename Function> Function emulation(const char *name) {
    static const HMODULE library = LoadLibraryA("msmapi32.dll");
    check(library != nullptr, "there is no msmapi32.dll");
    const FARPROC found = GetProcAddress(library, name);
    check(found != nullptr, name);
    return reinterpret_cast<Function>(reinterpret_cast<void *>(found));
}

#define EMULATION(name) emulation<decltype(&name)>(#name)

/* The text of a dialog. */
std::wstring text_of(HWND dialog) {
    wchar_t text[1024] = L"";
    GetDlgItemTextW(dialog, 0xFFFF, text, 1024);
    return text;
}

bool has(const std::wstring &text, const wchar_t *part) {
    return text.find(part) != std::wstring::npos;
}

/* Time passes: what is due happens, and the user answers. On the thread of everything else, since it comes with messages. */
void CALLBACK time_passes(HWND, UINT, UINT_PTR, DWORD) {
    EMULATION(mapisim_run_until_idle)();
    const HWND dialog = FindWindowW(L"#32770", L"mapirecord");
    if (dialog == nullptr) {
        return;
    }
    const std::wstring text = text_of(dialog);
    std::printf("dialog: %ls\n", text.c_str());
    std::fflush(stdout);
    int answer = IDYES;
    if (has(text, L"switch Work Offline off")) {
        EMULATION(mapisim_work_online)(PROFILE);
        answer = IDOK;
    } else if (has(text, L"switch Work Offline on")) {
        EMULATION(mapisim_work_offline)(PROFILE);
        answer = IDOK;
    } else if (has(text, L"is done") || !has(text, L"?")) {
        answer = IDOK;
    }
    EndDialog(dialog, answer);
}

struct AddIn {
    Extensibility *object;
    bool is_told_of_the_end;
};

DWORD number(HKEY key, const char *name) {
    DWORD value = 0, size = sizeof value;
    RegGetValueA(key, nullptr, name, RRF_RT_REG_DWORD, nullptr, &value, &size);
    return value;
}

/* A default value under the classes of this user. */
std::string of_class(const std::string &key) {
    char value[1024] = "";
    DWORD size = sizeof value;
    RegGetValueA(HKEY_CURRENT_USER, ("Software\\Classes\\" + key).c_str(), nullptr, RRF_RT_REG_SZ,
                 nullptr, value, &size);
    return value;
}

/* The object of a class that only this user has. COM finds it on Windows; Wine 8 looks at the classes of all users alone,
 * so this does what COM does. */
HRESULT create_of_user(const std::string &program, void **object) {
    const std::string class_name = of_class(program + "\\CLSID");
    const std::string server = of_class("CLSID\\" + class_name + "\\InprocServer32");
    check(of_class("CLSID\\" + class_name) == program.substr(0, program.find('.')), "its class has its name");
    CLSID class_id;
    check(CLSIDFromString(std::wstring(class_name.begin(), class_name.end()).c_str(), &class_id) == S_OK,
          "its class is registered");
    const HMODULE library = LoadLibraryA(server.c_str());
    check(library != nullptr, "its library is there");
    typedef HRESULT(STDAPICALLTYPE * GET_CLASS)(REFCLSID, REFIID, void **);
    const GET_CLASS get_class = reinterpret_cast<GET_CLASS>(
        reinterpret_cast<void *>(GetProcAddress(library, "DllGetClassObject")));
    check(get_class != nullptr, "it has DllGetClassObject");
    IClassFactory *factory = nullptr;
    HRESULT hr = get_class(class_id, IID_IClassFactory, reinterpret_cast<void **>(&factory));
    if (hr == S_OK) {
        hr = factory->CreateInstance(nullptr, IID_Extensibility, object);
        factory->Release();
    }
    return hr;
}

/* The object of a program id. */
HRESULT create(const std::string &program, void **object) {
    CLSID class_id;
    if (CLSIDFromProgID(std::wstring(program.begin(), program.end()).c_str(), &class_id) != S_OK) {
        return create_of_user(program, object);
    }
    return CoCreateInstance(class_id, nullptr, CLSCTX_INPROC_SERVER, IID_Extensibility, object);
}

/* The add-ins that are registered for this user and loaded at startup, as Outlook finds them. */
std::vector<AddIn> add_ins() {
    std::vector<AddIn> found;
    HKEY all = nullptr;
    if (RegOpenKeyExA(HKEY_CURRENT_USER, "Software\\Microsoft\\Office\\Outlook\\Addins", 0,
                      KEY_READ, &all) != ERROR_SUCCESS) {
        return found;
    }
    char name[256];
    for (DWORD index = 0; RegEnumKeyA(all, index, name, sizeof name) == ERROR_SUCCESS; index++) {
        HKEY key = nullptr;
        check(RegOpenKeyExA(all, name, 0, KEY_READ, &key) == ERROR_SUCCESS, name);
        if (number(key, "LoadBehavior") == 3) {
            AddIn add_in = {nullptr, number(key, "RequireShutdownNotification") == 1};
            const HRESULT hr = create(name, reinterpret_cast<void **>(&add_in.object));
            check(hr == S_OK, "its class makes it");
            found.push_back(add_in);
        }
        RegCloseKey(key);
    }
    RegCloseKey(all);
    return found;
}

void connect(void *add_in) {
    static_cast<AddIn *>(add_in)->object->OnConnection(nullptr, AT_STARTUP, nullptr, nullptr);
}

void started(void *add_in) {
    static_cast<AddIn *>(add_in)->object->OnStartupComplete(nullptr);
}

void disconnect(void *add_in) {
    AddIn *it = static_cast<AddIn *>(add_in);
    it->object->OnBeginShutdown(nullptr);
    it->object->OnDisconnection(HOST_SHUTS_DOWN, nullptr);
    it->object->Release();
}

} // namespace

int main(int count, char **arguments) {
    CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED);
    EMULATION(mapisim_begin)();
    EMULATION(mapisim_profile)(PROFILE, MAPISIM_ONLINE, MAPISIM_CAPABILITIES_ALL, MAPISIM_PROFILE_DEFAULT);
    for (int index = 1; index < count; index++) {
        const std::string setting = arguments[index];
        const size_t sign = setting.find('=');
        const std::string knob = setting.substr(0, sign), value = setting.substr(sign + 1);
        check(EMULATION(mapisim_policy)(knob.c_str(), value.c_str()) == S_OK, "a knob and its value");
    }
    check(EMULATION(mapisim_start)() == S_OK, "the emulation starts");
    std::vector<AddIn> all = add_ins();
    if (all.empty()) {
        std::printf("add_in_host: no add-in is registered\n");
        return 2;
    }
    SetTimer(nullptr, 0, 20, time_passes);
    for (AddIn &add_in : all) {
        EMULATION(mapisim_connect)("client", connect, &add_in);
    }
    for (AddIn &add_in : all) {
        EMULATION(mapisim_started)("client", started, &add_in);
        EMULATION(mapisim_on_disconnect)("client", disconnect, &add_in);
        if (add_in.is_told_of_the_end) {
            EMULATION(mapisim_require_shutdown_notification)("client");
        }
    }
    EMULATION(mapisim_run_until_idle)();
    EMULATION(mapisim_quit)();
    EMULATION(mapisim_shut_down)(nullptr);
    return 0;
}
