#include "cli/dropped_summary.hpp"

#include "engine/run/project.hpp"

namespace brugwacht {

void write_dropped(JsonWriter& json, const std::string& field, const std::string& reason, std::uint64_t count) {
    json.begin_object().key("field");
    field.empty() ? json.null() : json.value(field);
    json.member("reason", reason).member("count", count).end_object();
}

TextArgs dropped_args(const Texts& texts, const std::string& field, const std::string& reason, std::uint64_t count) {
    return {{"field", field.empty() ? std::string("-") : field},
            {"reason", texts("legal.dropped." + reason)},
            {"count", static_cast<std::int64_t>(count)}};
}

void write_quasi_identifiers(JsonWriter& json, const Project& project) {
    json.key("quasi_identifiers");
    std::error_code ignored;
    if (!std::filesystem::exists(project.store_file(), ignored)) {
        json.null();
        return;
    }
    const QuasiIdentifiers found = quasi_identifiers(StoreReader::open(project.store_file()));
    json.begin_object()
        .member("records", found.records)
        .member("classes", found.classes)
        .member("smallest", found.smallest)
        .member("unique", found.unique)
        .member("unique_share", found.unique_share())
        .end_object();
}

}  // namespace brugwacht
