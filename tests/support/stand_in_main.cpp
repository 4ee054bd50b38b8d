// stand_in DIALECT [--people N] [--activities M] [--seed S] [--port P] [--latency MS] [--faults SHARE]: a CRM full of people who do not
// exist, on 127.0.0.1, for benchmarks and for tests that kill the reader. The first line it prints is its address, the others are what is
// needed to sign in; it stops when its standard input closes.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/civicrm.hpp"
#include "tests/support/stand_in/espocrm.hpp"
#include "tests/support/stand_in/odoo.hpp"
#include "tests/support/stand_in/people.hpp"
#include "tests/support/stand_in/suitecrm.hpp"

namespace {

using namespace brugwacht;
using namespace brugwacht::stand_in;

struct Options {
    std::string dialect;
    PeopleOptions people;
    std::uint16_t port = 0;
    int latency_ms = 0;
    double faults = 0;
};

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() && end == text.data() + text.size();
}

bool parse(int argc, char** argv, Options& options) {
    options.people.on_demand = true;
    if (argc < 2 || argc % 2 != 0) return false;
    options.dialect = argv[1];
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::string_view value = argv[i + 1];
        const bool known =
            (name == "--people" && parse_number(value, options.people.people)) ||
            (name == "--activities" && parse_number(value, options.people.activities)) ||
            (name == "--seed" && parse_number(value, options.people.seed)) || (name == "--port" && parse_number(value, options.port)) ||
            (name == "--latency" && parse_number(value, options.latency_ms)) || (name == "--faults" && parse_number(value, options.faults));
        if (!known) return false;
    }
    return true;
}

/// The dialect of a name over a system that it fills; nothing for a name that nobody knows. `hint` becomes what is needed to sign in.
Responder dialect_of(const Options& options, System& system, std::string& hint) {
    const auto with = [&](auto dialect, LayoutOf layout) -> Responder {
        fill(system, options.people, layout);
        return [dialect](const Call& call) { return (*dialect)(call); };
    };
    hint = "key " + system.secret + "\n";
    if (options.dialect == "civicrm") return with(std::make_shared<CiviCrm>(system), civicrm_layout);
    if (options.dialect == "espocrm") return with(std::make_shared<EspoCrm>(system), espocrm_layout);
    if (options.dialect == "suitecrm") {
        const auto suite = std::make_shared<SuiteCrm>(system);
        hint += "client " + suite->client_id + "\nuser " + suite->user + "\npassword " + suite->password + "\n";
        return with(suite, suitecrm_layout);
    }
    if (options.dialect != "odoo16" && options.dialect != "odoo19") return {};
    const auto odoo = std::make_shared<Odoo>(system);
    odoo->version = options.dialect == "odoo16" ? 16 : 19;
    hint += "database " + odoo->database + "\nlogin " + odoo->login + "\n";
    return with(odoo, odoo_layout);
}

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int usage() {
    std::fputs(
        "stand_in civicrm|espocrm|suitecrm|odoo16|odoo19 [--people N] [--activities M] [--seed S] [--port P] [--latency MS] [--faults "
        "SHARE]\n"
        "Serves made-up people on 127.0.0.1 until its standard input closes. 100 people and 500 activities unless told otherwise.\n",
        stderr);
    return static_cast<int>(Exit::Usage);
}

}  // namespace

int main(int argc, char** argv) try {
    Options options;
    if (!parse(argc, argv, options)) return usage();
    System system;
    std::string hint;
    const Responder dialect = dialect_of(options, system, hint);
    if (!dialect) return usage();
    Responder respond = [&](const Call& call) {
        system.now_us = now_us();
        Answer answer = dialect(call);
        answer.delay_ms = options.latency_ms;
        return answer;
    };
    if (options.faults > 0) respond = Faults(respond).by_chance(options.faults, options.people.seed);
    const LocalServer server(respond, options.port);
    std::printf("%s\n%s", server.address().c_str(), hint.c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
} catch (const std::exception& fault) {
    std::fprintf(stderr, "stand_in: %s\n", fault.what());
    return 1;
}
