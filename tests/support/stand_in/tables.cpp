#include "tests/support/stand_in/tables.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace brugwacht::stand_in {

Record* Table::find(const std::string& id) {
    const auto known = places.find(id);
    if (known != places.end() && known->second < records.size() && records[known->second].id == id) return &records[known->second];
    for (std::size_t i = 0; i < records.size(); ++i) {
        places[records[i].id] = i;
        if (records[i].id == id) return &records[i];
    }
    const auto number = made ? made->find(id) : std::nullopt;
    return number ? &add(made->make(*number)) : nullptr;
}

Record& Table::add(Record record) {
    places[record.id] = records.size();
    return records.emplace_back(std::move(record));
}

std::string http_date(std::int64_t now_us) { return format_time(now_us, "%a, %d %b %Y %H:%M:%S GMT"); }

std::string format_time(std::int64_t us, const char* pattern) {
    const std::int64_t whole = us / 1'000'000 - (us % 1'000'000 < 0 ? 1 : 0);
    const std::time_t seconds = static_cast<std::time_t>(whole);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 128> text{};
    return {text.data(), std::strftime(text.data(), text.size(), pattern, &parts)};
}

}  // namespace brugwacht::stand_in
