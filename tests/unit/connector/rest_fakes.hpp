// Doubles of the outside world for tests of REST sources: time that passes without waiting, and a clock to set.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "connector/rest/retry.hpp"
#include "engine/core/error.hpp"
#include "engine/core/ports.hpp"
#include "engine/lib/catalogue.hpp"
#include "tests/support/local_server.hpp"

namespace brugwacht {

class FakePause : public Pause {
  public:
    double now() const override { return now_; }
    void wait(double seconds) override {
        waits.push_back(seconds);
        now_ += seconds;
    }
    std::vector<double> waits;

  private:
    double now_ = 1000;
};

class SetClock : public Clock {
  public:
    std::int64_t now() const override { return at; }
    Date today() const override { return Date::from_days(static_cast<std::int32_t>(at / 86400)); }
    std::int64_t at = 1'795'651'200;  // 2026-11-26T00:00:00Z
};

/// Everything that a person could read of an error, in the three languages, and what stands in its arguments.
inline std::string readable(const Fault& fault) {
    static const std::vector<Texts> kTexts = [] {
        std::vector<Texts> all;
        for (const char* language : {"nl", "fr", "en"}) all.push_back(load_texts(language));
        return all;
    }();
    std::string all = fault.code + " " + fault.file + " " + fault.where;
    for (const Texts& texts : kTexts)
        all += "\n" + texts(fault.code + ".message", fault.args) + "\n" + texts(fault.code + ".remedy", fault.args);
    for (const auto& [name, value] : fault.args)
        if (const auto* text = std::get_if<std::string>(&value)) all += "\n" + name + "=" + *text;
    return all;
}

/// Everything that reached a server.
inline std::string heard(const LocalServer& server) {
    std::string all;
    for (const Call& call : server.calls()) {
        all += call.method + " " + call.target + "\n";
        for (const auto& [name, value] : call.headers) all += name + ": " + value + "\n";
        all += call.body + "\n";
    }
    return all;
}

}  // namespace brugwacht
