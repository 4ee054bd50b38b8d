// synthesise OUTDIR --children N --seed S [--as-of DATE] [--canonical-only | --exports-only]: made-up data for demonstrations, tests and
// measurements.
#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>

#include "engine/core/error.hpp"
#include "tests/support/synthetic.hpp"

namespace {

constexpr int kMostChildrenWithExports = 20000;

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

int usage() {
    std::fputs(
        "synthesise OUTDIR [--children N] [--seed S] [--as-of YYYY-MM-DD] [--canonical-only | --exports-only]\n"
        "Writes synthetic exports, the same data as canonical CSV files, and the known outcomes. 160 children unless told otherwise.\n",
        stderr);
    return static_cast<int>(brugwacht::Exit::Usage);
}

}  // namespace

int main(int argc, char** argv) try {
    using namespace brugwacht;
    SyntheticOptions options;
    std::filesystem::path folder;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--canonical-only") {
            options.exports = false;
        } else if (word == "--exports-only") {
            options.canonical = false;
        } else if (word.starts_with("--")) {
            if (++i == argc) return usage();
            const std::string_view value = argv[i];
            const std::optional<Date> date = Date::parse_iso(value);
            if (word == "--as-of" && date)
                options.as_of = *date;
            else if (!(word == "--children" && parse_number(value, options.children) && options.children > 0) &&
                     !(word == "--seed" && parse_number(value, options.seed)))
                return usage();
        } else {
            folder = word;
        }
    }
    if (folder.empty() || (!options.canonical && !options.exports)) return usage();
    if (options.canonical && options.children > kMostChildrenWithExports) options.exports = false;
    write_synthetic(SyntheticWorld(options), folder);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "synthesise: %s\n", error.what());
    return static_cast<int>(brugwacht::Exit::CannotCreate);
}
