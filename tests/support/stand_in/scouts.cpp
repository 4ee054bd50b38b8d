#include "tests/support/stand_in/scouts.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr const char* kRoot = "/groepsadmin/rest-ga";
constexpr const char* kFirstFilter = R"({"kolommen":["be.vvksm.groepsadmin.model.column.VoornaamColumn",
    "be.vvksm.groepsadmin.model.column.AchternaamColumn"],"criteria":{},"sortering":[]})";

const Node& member_of(const Node& node, const std::string& name) {
    static const Node kNull;
    const Node* found = node.find(name);
    return found == nullptr ? kNull : *found;
}

std::string section_value(const Record& member, const std::string& section, const std::string& name) {
    return plain_text(member_of(field_of(member, section), name));
}

bool is_running(const Node& function) { return plain_text(member_of(function, "einde")).empty(); }

/// An absent or empty list asks for nothing.
bool lists(const Node& list, const std::string& text) {
    return list.items.empty() || std::any_of(list.items.begin(), list.items.end(), [&](const Node& item) { return item.text == text; });
}

std::string belgian_day(const std::string& iso) {
    const auto day = Date::parse_iso(iso);
    return day ? format_time(std::int64_t{day->days()} * 86'400'000'000, "%d/%m/%Y") : std::string();
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
}

bool is_sex(const std::string& have, const std::string& wanted) {
    const bool female = wanted == "vrouw" || wanted == "meisje";
    return have == (female ? "vrouw" : "man") || have == (female ? "v" : "m");
}

void write_link(JsonWriter& json, const std::string& rel, const std::string& href) {
    json.begin_object()
        .member("rel", rel)
        .member("href", kRoot + href)
        .member("method", "GET")
        .key("secties")
        .begin_array()
        .end_array()
        .end_object();
}

void write_fields(JsonWriter& json, const Record& record) {
    for (const auto& [name, text] : record.fields) {
        json.key(name);
        write(json, field_of(record, name));
    }
}

}  // namespace

Scouts::Scouts(System& system) : office(system), system_(system), current_(parse_json(kFirstFilter, "filter")) {}

Answer Scouts::operator()(const Call& call) {
    if (call.method == "POST" && ends_with(call.path, "/protocol/openid-connect/token"))
        return keycloak_token(system_, office, call, token_lifetime_s);
    if (!office.knows(call)) return fault(401, "Unauthorized");
    if (!starts_with(call.path, kRoot)) return fault(404, "Not found");
    const std::string path = call.path.substr(std::string(kRoot).size());
    if (!system_.reads_allowed) return fault(403, "Forbidden");
    try {
        if (path == "/ledenlijst") return member_list(call);
        if (path == "/ledenlijst/filter/huidige") return filter(call);
        if (path == "/ledenlijst/filter/stateless" && call.method == "POST") return stateless(call);
        if (path == "/groep") return table("groepen");
        if (path == "/functie") return table("functies");
        if (starts_with(path, "/lid/")) return member(call, path.substr(5));
    } catch (const Error&) {
        return fault(400, "Bad request");
    }
    return fault(404, "Not found");
}

Answer Scouts::member_list(const Call& call) const {
    const std::vector<Row> all = rows();
    const auto offset = std::min(all.size(), static_cast<std::size_t>(number_parameter(call, "offset").value_or(0)));
    const auto asked = static_cast<std::size_t>(number_parameter(call, "aantal").value_or(static_cast<std::int64_t>(page_rows)));
    const std::size_t end = std::min(all.size(), offset + std::min(asked, page_rows));
    JsonWriter json;
    json.begin_object().member("aantal", static_cast<std::uint64_t>(end - offset)).member("totaal", static_cast<std::uint64_t>(all.size()));
    json.member("offset", static_cast<std::uint64_t>(offset)).key("leden").begin_array();
    for (std::size_t i = offset; i < end; ++i) {
        json.begin_object().member("id", all[i].member->id).key("waarden").begin_object();
        for (const Node& id : member_of(current_, "kolommen").items) json.member(id.text, column(*all[i].member, id.text));
        json.end_object().key("links").begin_array();
        write_link(json, "self", "/lid/" + all[i].member->id + "?positie=" + std::to_string(i));
        json.end_array().end_object();
    }
    json.end_array().key("links").begin_array();
    write_link(json, "self", "/ledenlijst?offset=" + std::to_string(offset));
    if (end < all.size()) write_link(json, "next", "/ledenlijst?offset=" + std::to_string(end));
    write_link(json, "filter", "/ledenlijst/filter/huidige");
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

Answer Scouts::member(const Call& call, const std::string& id) {
    const auto other = merged.find(id);
    const Record* found = system_.tables["leden"].find(other == merged.end() ? id : other->second);
    if (found == nullptr || found->state != State::Live || found->visible_us > system_.now_us) return fault(404, "Not found");
    const std::string tag = "\"" + std::to_string(found->modified_us) + "\"";
    JsonWriter json;
    json.begin_object().member("id", found->id).member("aangepast", format_time(found->modified_us, "%Y-%m-%dT%H:%M:%S+00:00"));
    write_fields(json, *found);
    json.key("links").begin_array();
    write_link(json, "self", "/lid/" + found->id);
    json.end_array().end_object();
    Answer answer = call.header("if-none-match") == tag ? json_answer(system_, 304, "") : json_answer(system_, 200, json.take());
    answer.headers.emplace_back("ETag", tag);
    return answer;
}

Answer Scouts::table(const std::string& name) const {
    JsonWriter json;
    json.begin_object().key(name).begin_array();
    for (const Record* record : records_in(system_, name, {State::Live})) {
        json.begin_object().member("id", record->id);
        write_fields(json, *record);
        json.end_object();
    }
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

/// The list under a filter that comes with the request; the one that is kept stays as it is.
Answer Scouts::stateless(const Call& call) {
    const Node kept = std::exchange(current_, parse_json(call.body, "filter"));
    Answer answer = member_list(call);
    current_ = kept;
    return answer;
}

/// PATCH replaces the sections it has.
Answer Scouts::filter(const Call& call) {
    if (call.method == "PATCH") {
        const Node change = parse_json(call.body, "filter");
        for (std::size_t i = 0; i < current_.keys.size(); ++i)
            if (const Node* section = change.find(current_.keys[i])) current_.items[i] = *section;
    }
    JsonWriter json;
    write(json, current_);
    return json_answer(system_, 200, json.take());
}

std::vector<Scouts::Row> Scouts::rows() const {
    std::vector<Row> rows;
    for (const Record* member : records_in(system_, "leden", {State::Live})) {
        if (!fits(*member)) continue;
        for (const std::string& group : groups_of(*member)) rows.push_back({member, group});
    }
    const Node& order = member_of(current_, "sortering");
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        for (const Node& id : order.items) {
            const int compared = column(*a.member, id.text).compare(column(*b.member, id.text));
            if (compared != 0) return compared < 0;
        }
        return false;
    });
    return rows;
}

bool Scouts::fits(const Record& member) const {
    const std::string sex = plain_text(member_of(member_of(current_, "criteria"), "geslacht"));
    return (sex.empty() || is_sex(section_value(member, "persoonsgegevens", "geslacht"), sex)) && matches_age(member);
}

/// The groups for which a member is listed, each once; "" for somebody who used to be one.
std::vector<std::string> Scouts::groups_of(const Record& member) const {
    std::vector<std::string> groups;
    bool running = false;
    for (const Node& function : field_of(member, "functies").items) {
        running = running || is_running(function);
        const std::string group = plain_text(member_of(function, "groep"));
        if (matches_function(function) && std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    }
    const bool former = member_of(member_of(current_, "criteria"), "oudleden").boolean;
    if (!former) return groups;
    return running ? std::vector<std::string>() : std::vector<std::string>{""};
}

bool Scouts::matches_function(const Node& function) const {
    const Node& criteria = member_of(current_, "criteria");
    return is_running(function) && lists(member_of(criteria, "functies"), plain_text(member_of(function, "functie"))) &&
           lists(member_of(criteria, "groepen"), plain_text(member_of(function, "groep")));
}

bool Scouts::matches_age(const Record& member) const {
    const Node& wanted = member_of(member_of(current_, "criteria"), "leeftijd");
    if (!wanted.is(Node::Kind::Table)) return true;
    const auto birth = Date::parse_iso(section_value(member, "vgagegevens", "geboortedatum"));
    if (!birth) return false;
    const Date today = Date::from_days(static_cast<std::int32_t>(system_.now_us / 86'400'000'000));
    const bool at_year_end = member_of(wanted, "op31december").boolean;
    const int age = completed_years(*birth, at_year_end ? *Date::from_ymd(today.year(), 12, 31) : today);
    const Node& older = member_of(wanted, "ouderdan");
    const Node& younger = member_of(wanted, "jongerdan");
    return (!older.is(Node::Kind::Integer) || age > older.integer) && (!younger.is(Node::Kind::Integer) || age < younger.integer);
}

std::string Scouts::column(const Record& member, const std::string& id) const {
    const std::string name = id.substr(id.rfind('.') + 1);
    if (name == "VoornaamColumn") return section_value(member, "vgagegevens", "voornaam");
    if (name == "AchternaamColumn") return section_value(member, "vgagegevens", "achternaam");
    if (name == "VolledigeNaamColumn")
        return section_value(member, "vgagegevens", "voornaam") + " " + section_value(member, "vgagegevens", "achternaam");
    if (name == "GeboorteDatumColumn") return belgian_day(section_value(member, "vgagegevens", "geboortedatum"));
    if (name == "LidNummerColumn") return section_value(member, "verbondsgegevens", "lidnummer");
    if (name == "GeslachtColumn") return is_sex(section_value(member, "persoonsgegevens", "geslacht"), "vrouw") ? "vrouw" : "man";
    std::vector<std::string> found;
    const bool groups = name == "VVKSMGroepsNummersColumn";
    if (!groups && name != "VVKSMFunktiesColumn") return {};
    for (const Node& function : field_of(member, "functies").items)
        if (is_running(function)) found.push_back(plain_text(member_of(function, groups ? "groep" : "code")));
    return joined(found);
}

Answer Scouts::fault(int status, const std::string& title) const {
    JsonWriter json;
    json.begin_object().member("id", "fout-" + std::to_string(status)).member("titel", title).member("beschrijving", title).end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
