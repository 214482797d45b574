// Boost.Signals2, libsigc++ and a bare loop of virtual calls, measured on request, so that a
// benchmark in another language can have them take turns with its own contenders.
//
// Commands on standard input, an answer each:
//   contenders      names, one a line, and an empty line
//   make N NAME     ready          N receivers; what was there before is gone
//   run CALLS       nanoseconds    so many notifications, each to all receivers

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <boost/signals2/signal.hpp>
#include <sigc++/sigc++.h>

// As MAPIOFFLINE_NOTIFY.
struct Notification {
    std::uint32_t size = sizeof(Notification);
    std::uint32_t type = 1;
    std::uint32_t client_token = 0;
    std::uint32_t mask = 1;
    std::uint32_t old_state = 0;
    std::uint32_t new_state = 1;
};

// A receiver that adds its client token to a field, as the sinks of the emulation do.
struct Sink {
    virtual ~Sink() = default;
    virtual void notify(const Notification *notification) { sum += notification->client_token; }

    std::uint32_t references = 1;
    std::uint32_t sum = 0;
};

// Ways to tell n receivers of one notification.
struct Contender {
    virtual ~Contender() = default;
    virtual void deliver() = 0;
};

using Sinks = std::vector<std::unique_ptr<Sink>>;

// The same loop as in Rust: the client token into the notification, and one virtual call.
class Bare : public Contender {
public:
    explicit Bare(const Sinks &sinks)
    {
        std::uint32_t token = 0;
        for (const auto &sink : sinks)
            entries.push_back({sink.get(), ++token});
    }

    void deliver() override
    {
        for (const Entry &entry : entries) {
            notification.client_token = entry.client_token;
            entry.sink->notify(&notification);
        }
    }

private:
    struct Entry {
        Sink *sink;
        std::uint32_t client_token;
    };
    std::vector<Entry> entries;
    Notification notification;
};

// A signal to which each receiver connects a function object that knows its client token.
template <typename Signal>
class Signals : public Contender {
public:
    explicit Signals(const Sinks &sinks)
    {
        std::uint32_t token = 0;
        for (const auto &sink : sinks) {
            Sink *receiver = sink.get();
            ++token;
            signal.connect([receiver, token](const Notification &) { receiver->sum += token; });
        }
    }

    void deliver() override { signal(notification); }

private:
    Signal signal;
    Notification notification;
};

using Boost = Signals<boost::signals2::signal<void(const Notification &)>>;
using Sigc = Signals<sigc::signal<void(const Notification &)>>;

static const char BARE[] = "bare loop, C++";
static const char BOOST[] = "Boost.Signals2";
static const char SIGC[] = "libsigc++";

static std::unique_ptr<Contender> make(const std::string &name, const Sinks &sinks)
{
    if (name == BARE)
        return std::make_unique<Bare>(sinks);
    if (name == BOOST)
        return std::make_unique<Boost>(sinks);
    if (name == SIGC)
        return std::make_unique<Sigc>(sinks);
    return nullptr;
}

int main()
{
    Sinks sinks;
    std::unique_ptr<Contender> contender;
    std::string command;
    while (std::cin >> command) {
        if (command == "contenders") {
            for (const char *name : {BARE, BOOST, SIGC})
                std::cout << name << '\n';
            std::cout << std::endl;
        } else if (command == "make") {
            std::size_t receivers = 0;
            std::string name;
            std::cin >> receivers;
            std::getline(std::cin >> std::ws, name);
            contender.reset();
            sinks.clear();
            for (std::size_t i = 0; i < receivers; ++i)
                sinks.push_back(std::make_unique<Sink>());
            contender = make(name, sinks);
            if (!contender)
                return 2;
            std::cout << "ready" << std::endl;
        } else if (command == "run" && contender) {
            std::uint64_t calls = 0;
            std::cin >> calls;
            const auto start = std::chrono::steady_clock::now();
            for (std::uint64_t i = 0; i < calls; ++i)
                contender->deliver();
            const auto took = std::chrono::steady_clock::now() - start;
            const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(took);
            std::cout << ns.count() << std::endl;
        } else {
            return 2;
        }
    }
}
