#include "engine/identity/convert.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include "engine/core/text.hpp"
#include "engine/identity/linkage/names.hpp"
#include "engine/lib/code_lists.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/policy/policy.hpp"
#include "engine/store/schema.hpp"

namespace brugwacht {
namespace {

template <class T>
std::optional<T> parsed(std::string_view text) {
    T value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A code of several words among which a given name: somebody may have been named where a code was asked for.
bool may_name_somebody(std::string_view code) {
    std::size_t words = 0;
    bool name = false;
    for (std::size_t from = 0; from <= code.size(); ++words) {
        const std::size_t to = std::min(code.find('_', from), code.size());
        name = name || given_name_class(code.substr(from, to - from)) != 0;
        from = to + 1;
    }
    return name && words > 1;
}

bool is_shipped_code(std::string_view text) {
    static const std::set<std::string, std::less<>> kShipped = [] {
        std::set<std::string, std::less<>> codes;
        for (const CodeList& list : code_lists().all())
            for (const Code& code : list.codes) codes.insert(code.code);
        return codes;
    }();
    return kShipped.contains(text);
}

bool may_be_kept(std::string_view code) { return is_shipped_code(code) || (is_code(code) && !may_name_somebody(code)); }

std::optional<std::int64_t> year(std::string_view text) { return parsed<std::int64_t>(text.substr(0, 4)); }

}  // namespace

std::int64_t Converter::code(std::string_view text) {
    const auto known = codes_.find(text);
    if (known != codes_.end()) return known->second;
    const std::int64_t id = may_be_kept(text) ? store_.code(text) : 0;
    codes_.emplace(text, id);
    return id;
}

std::int64_t Converter::codes(std::string_view text) {
    const auto known = lists_.find(text);
    if (known != lists_.end()) return known->second;
    std::vector<std::string_view> parts;
    bool good = true;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find('|', from), text.size());
        const std::string_view part = text.substr(from, to - from);
        if (!part.empty()) {
            good = good && may_be_kept(part);
            parts.push_back(part);
        }
        from = to + 1;
    }
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    std::string joined;
    for (const std::string_view part : parts) joined.append(joined.empty() ? "" : "|").append(part);
    const std::int64_t id = good && !joined.empty() ? store_.code(joined) : 0;
    lists_.emplace(text, id);
    return id;
}

bool Converter::is_label(std::string_view text) {
    const auto known = labels_.find(text);
    if (known != labels_.end()) return known->second;
    const bool good = alarm_in_label(text) == Alarm::None;
    labels_.emplace(text, good);
    return good;
}

bool Converter::append(const Record& record, std::string_view source, FactRow row, FactBatch& batch,
                       std::unordered_map<std::string, std::uint64_t>& warnings) {
    if (record.key().empty()) return false;
    const auto& columns = fact_columns(record.entity);
    const auto fields = entity_def(record.entity).fields;
    const std::size_t texts_before = batch.texts.size();
    row.cells_at = static_cast<std::uint32_t>(batch.cells.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const FactColumn& column = columns[i];
        std::string_view value = record.values[column.field];
        if (value.empty()) continue;
        std::optional<std::int64_t> cell;
        const char* fault = "IDN-002";
        switch (column.kind) {
            case ColumnKind::Integer:
                cell = fields[column.field].type == FieldType::Year ? year(value) : parsed<std::int64_t>(value);
                break;
            case ColumnKind::Real:
                if (const auto real = parsed<double>(value)) cell = std::bit_cast<std::int64_t>(*real);
                break;
            case ColumnKind::Boolean:
                if (column.name == "any_club") {
                    if (value != "*") continue;
                    cell = 1;
                } else if (value == "true" || value == "false") {
                    cell = value == "true" ? 1 : 0;
                }
                break;
            case ColumnKind::Date:
                if (const auto date = Date::parse_iso(value)) cell = date->days();
                break;
            case ColumnKind::Code:
                fault = "IDN-003";
                if (const std::int64_t id = code(value); id != 0) cell = id;
                break;
            case ColumnKind::Codes:
                fault = "IDN-003";
                if (const std::int64_t id = codes(value); id != 0) cell = id;
                break;
            case ColumnKind::Reference:
                if (value == "*") continue;  // any club, or no trajectory: any_club says the rest
                cell = ids_.id(source, column.target, value);
                break;
            case ColumnKind::Text:
                fault = "IDN-004";
                if (fields[column.field].type == FieldType::Key)
                    cell = batch.add_text(ids_.hashed_key(source, fields[column.field].name, value));
                else if (is_label(value))
                    cell = batch.add_text(value);
                break;
        }
        if (cell) {
            batch.cells.push_back(*cell);
            row.present |= 1U << i;
        } else if (!column.required) {
            ++warnings[fault];
        }
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].required && (row.present >> i & 1) == 0) {
            batch.texts.resize(texts_before);
            batch.cells.resize(row.cells_at);
            return false;
        }
    }
    row.id = ids_.id(source, record.entity, record.key());
    if (is_plain_key(record.key()))
        row.key = batch.add_text(record.key());
    else
        row.key = batch.add_text(ids_.hashed_key(source, entity_def(record.entity).name, record.key()));
    batch.rows.push_back(row);
    return true;
}

Birth read_birth(std::string_view text) {
    std::string full(text);
    bool partial = true;
    if (text.size() == 4)
        full += "-01-01";
    else if (text.size() == 7)
        full += "-01";
    else
        partial = false;
    const auto date = Date::parse_iso(full);
    if (!date) return {};
    return {true, partial || (date->month() == 1 && date->day() == 1), *date};
}

bool set_age(Store& store, const Store::Start& start, const Birth& birth) {
    std::optional<int> age;
    if (birth.known) {
        const int years = completed_years(birth.date, Date::from_days(static_cast<std::int32_t>(start.start)));
        if (years >= 0 && years < 120) age = years;
    }
    const bool uncertain = age && birth.uncertain;
    const bool stands = start.age_uncertain == uncertain && start.age == (age ? std::optional<std::int64_t>(*age) : std::nullopt);
    if (!stands) store.set_age(start.id, age, uncertain);
    return age.has_value();
}

std::string match_token(const Hmac& link, std::string_view given_name, std::string_view family_name, std::string_view birth_date) {
    if (!Date::parse_iso(birth_date)) return {};
    std::string first = fold_name(given_name);
    std::string second = fold_name(family_name);
    if (first.empty() || second.empty()) return {};
    if (second < first) std::swap(first, second);
    std::string message = "match|";
    message.append(first).append("|").append(second).append("|").append(birth_date);
    return link(message);
}

}  // namespace brugwacht
