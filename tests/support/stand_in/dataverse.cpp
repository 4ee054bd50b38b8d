#include "tests/support/stand_in/dataverse.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/core/zone.hpp"
#include "tests/support/stand_in/odata_query.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr const char* kRoot = "/api/data/v9.2/";
constexpr const char* kFormatted = "OData.Community.Display.V1.FormattedValue";
constexpr const char* kLookup = "Microsoft.Dynamics.CRM.lookuplogicalname";
constexpr const char* kExpired = "Version stamp associated with the client has expired. Please perform a full sync";

/// An answer other than 200.
struct Refusal {
    int status = 400;
    std::string code;
    std::string message;
};

std::string logical_name(const std::string& set) {
    if (ends_with(set, "ies")) return set.substr(0, set.size() - 3) + "y";
    return ends_with(set, "s") ? set.substr(0, set.size() - 1) : set;
}

std::string key_of(const std::string& set) {
    static const std::set<std::string> kActivities = {"activitypointers", "appointments", "tasks",
                                                      "phonecalls",       "emails",       "incidentresolutions"};
    return kActivities.count(set) != 0 ? "activityid" : logical_name(set) + "id";
}

const std::set<std::string>& standard_columns(const std::string& set) {
    static const std::set<std::string> kNone;
    static const std::map<std::string, std::set<std::string>> kColumns = {
        {"contacts",
         {"firstname",
          "middlename",
          "lastname",
          "fullname",
          "birthdate",
          "gendercode",
          "emailaddress1",
          "emailaddress2",
          "emailaddress3",
          "telephone1",
          "mobilephone",
          "address1_line1",
          "address1_line2",
          "address1_city",
          "address1_postalcode",
          "address1_country",
          "familystatuscode",
          "merged",
          "_parentcustomerid_value",
          "_masterid_value"}},
        {"accounts",
         {"name", "accountnumber", "address1_line1", "address1_line2", "address1_city", "address1_postalcode", "address1_country",
          "emailaddress1", "telephone1", "_parentaccountid_value", "_primarycontactid_value"}},
        {"activitypointers",
         {"activitytypecode", "subject", "scheduledstart", "scheduledend", "actualstart", "actualend", "scheduleddurationminutes",
          "actualdurationminutes", "_regardingobjectid_value"}},
        {"appointments",
         {"subject", "scheduledstart", "scheduledend", "actualstart", "actualend", "scheduleddurationminutes", "actualdurationminutes",
          "_regardingobjectid_value"}},
        {"activityparties", {"_activityid_value", "_partyid_value", "participationtypemask"}},
        {"incidents", {"ticketnumber", "title", "casetypecode", "_customerid_value", "_parentcaseid_value"}},
        {"incidentresolutions", {"_incidentid_value", "actualend", "subject"}}};
    const auto known = kColumns.find(set);
    return known == kColumns.end() ? kNone : known->second;
}

/// Parties of activities have no moment of change, state or owner of their own.
bool has_common_columns(const std::string& set) { return set != "activityparties"; }

/// The preferences of a Prefer header; commas in quotes do not separate.
std::map<std::string, std::string> preferences(const std::string& header) {
    std::map<std::string, std::string> found;
    std::string name;
    std::string value;
    bool quoted = false;
    bool in_value = false;
    for (const char c : header + ",") {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            if (!name.empty()) found[name] = value;
            name.clear();
            value.clear();
            in_value = false;
        } else if (c == '=' && !in_value) {
            in_value = true;
        } else if (c != ' ' || quoted) {
            (in_value ? value : name) += c;
        }
    }
    return found;
}

std::string fingerprint(const Record& record) {
    std::string print = std::to_string(static_cast<int>(record.state)) + "|" + std::to_string(record.modified_us);
    for (const auto& [name, value] : record.fields) print += "|" + name + "=" + value;
    return print;
}

/// As a Dutch-speaking user sees a moment, in Belgian time.
std::string local_text(const std::string& text, std::int64_t moment_us) {
    if (text.size() == 10) return format_time(moment_us, "%-d-%-m-%Y");
    return format_time(Zone::brussels().to_civil(moment_us / 1'000'000) * 1'000'000, "%-d-%-m-%Y %H:%M");
}

std::string attribute_type(const std::string& column, const Node& value) {
    if (column.front() == '_') return "Lookup";
    if (ends_with(column, "code") && !value.is(Node::Kind::Text)) return "Picklist";
    if (value.is(Node::Kind::Integer)) return "Integer";
    if (value.is(Node::Kind::Boolean)) return "Boolean";
    return value.is(Node::Kind::Text) && parse_moment(value.text) ? "DateTime" : "String";
}

std::string with_digits(std::int64_t us, int digits) {
    std::string text = format_time(us, "%Y-%m-%dT%H:%M:%S");
    if (digits > 0) {
        const std::string micros = std::to_string(1'000'000 + us % 1'000'000).substr(1);
        text += "." + micros.substr(0, static_cast<std::size_t>(digits));
    }
    return text + "Z";
}

/// The whole query but for its $skiptoken, as the caller wrote it.
std::string query_without_skiptoken(const Call& call) {
    std::string kept;
    for (const std::string& part : split(raw_query(call), '&')) {
        if (starts_with(part, "$skiptoken=")) continue;
        kept += (kept.empty() ? "" : "&") + part;
    }
    return kept;
}

}  // namespace

struct Dataverse::Query {
    std::string set;
    std::vector<std::string> select;
    Condition filter;
    std::vector<Order> orders;
    std::size_t size = 0;  // rows of a page
    std::optional<std::size_t> top;
    bool tracks = false;
    bool formatted = false;
    bool lookups = false;
    bool counts = false;
    std::vector<std::string> applied;  // preferences that are honoured
};

Dataverse::Dataverse(System& system) : office(system), system_(system) {
    labels["gendercode"] = {{1, "Man"}, {2, "Vrouw"}};
    labels["statecode"] = {{0, "Actief"}, {1, "Inactief"}};
    rate.window_us = 300'000'000;
}

Answer Dataverse::operator()(const Call& call) {
    if (call.method == "POST" && ends_with(call.path, "/oauth2/v2.0/token")) return entra_token(system_, office, call, token_lifetime_s);
    if (!starts_with(call.path, kRoot)) return fault(404, "0x8006088a", "Resource not found.");
    if (!office.knows(call)) {
        Answer answer = json_answer(system_, 401, "");
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
        return answer;
    }
    if (!rate.allows(system_.now_us)) {
        ++refused_;
        return throttled(rate.wait_s(system_.now_us) + refused_);
    }
    refused_ = 0;
    try {
        return service(call, call.path.substr(std::string(kRoot).size()));
    } catch (const Refusal& refusal) {
        return fault(refusal.status, refusal.code, refusal.message);
    } catch (const QueryFault& query) {
        return fault(400, "", query.what());
    }
}

Answer Dataverse::service(const Call& call, const std::string& path) {
    if (path == "WhoAmI" || path == "WhoAmI()")
        return json_answer(system_, 200,
                           R"({"UserId":"00000000-0000-0000-0000-0000000000aa","OrganizationId":"00000000-0000-0000-0000-0000000000bb"})");
    if (path == "RetrieveVersion()") return json_answer(system_, 200, R"({"Version":"9.2.24081.00197"})");
    if (path == "EntityDefinitions") return definitions(call);
    const std::string before = "EntityDefinitions(LogicalName='";
    if (starts_with(path, before)) return attributes(path.substr(before.size(), path.find('\'', before.size()) - before.size()));
    const std::string set = path.substr(0, path.find('/'));
    if (system_.tables.count(set) == 0 && standard_columns(set).empty())
        throw Refusal{404, "0x8006088a", "Resource not found for the segment '" + set + "'."};
    if (!may_read(system_, set)) throw Refusal{403, "0x80040220", "Principal user is missing prvRead" + logical_name(set) + " privilege."};
    return path == set + "/$count" ? count(call, set) : list(call, set);
}

Answer Dataverse::fault(int status, const std::string& code, const std::string& message) const {
    JsonWriter json;
    json.begin_object().key("error").begin_object().member("code", code).member("message", message).end_object().end_object();
    return json_answer(system_, status, json.take());
}

Answer Dataverse::throttled(std::int64_t retry_after_s) const {
    Answer answer = fault(429, "0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds.");
    answer.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
    return answer;
}

Answer Dataverse::definitions(const Call& call) const {
    const Condition filter = parse_odata_filter(call.parameter("$filter").value_or("LogicalName ne null"));
    JsonWriter json;
    json.begin_object().key("value").begin_array();
    for (const auto& [set, table] : system_.tables) {
        const FieldOf field = [&, set = set](const std::string& name) {
            Node node = text_node(name == "LogicalName" ? logical_name(set) : set);
            if (name == "ChangeTrackingEnabled") {
                node.kind = Node::Kind::Boolean;
                node.boolean = untracked.count(set) == 0;
            }
            return node;
        };
        if (!holds(filter, field)) continue;
        json.begin_object();
        for (const char* name : {"LogicalName", "EntitySetName", "ChangeTrackingEnabled"}) {
            json.key(name);
            write(json, field(name));
        }
        json.end_object();
    }
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

Answer Dataverse::attributes(const std::string& name) const {
    for (const auto& [set, table] : system_.tables) {
        if (logical_name(set) != name) continue;
        const Record empty;
        const Record& example = table.records.empty() ? empty : table.records.front();
        JsonWriter json;
        json.begin_object().key("value").begin_array();
        for (const std::string& column : columns_of(set)) {
            json.begin_object()
                .member("LogicalName", column)
                .member("AttributeType", attribute_type(column, value_of(set, example, column)));
            json.member("IsCustomAttribute",
                        column.front() != '_' && column.find('_') != std::string::npos && !starts_with(column, "address1_"));
            json.key("DisplayName")
                .begin_object()
                .key("UserLocalizedLabel")
                .begin_object()
                .member("Label", column)
                .end_object()
                .end_object();
            json.end_object();
        }
        json.end_array().end_object();
        return json_answer(system_, 200, json.take());
    }
    throw Refusal{404, "0x80060888", "Could not find an entity with name '" + name + "'."};
}

Answer Dataverse::count(const Call& call, const std::string& set) const {
    const std::size_t rows = matching(read_query(call, set)).size();
    Answer answer = json_answer(system_, 200, std::to_string(std::min<std::size_t>(rows, 5000)));
    answer.headers.front().second = "text/plain";
    return answer;
}

Answer Dataverse::list(const Call& call, const std::string& set) {
    for (const char* option : {"$skip", "$expand", "$apply"})
        if (call.parameter(option)) throw Refusal{400, "0x80060888", std::string("The query option ") + option + " is not supported."};
    const Query query = read_query(call, set);
    if (call.parameter("$skiptoken")) {
        const Position position = continue_from(call);
        return position.tracking.empty() ? listed_page(call, query, position) : tracked_page(call, query, position);
    }
    if (query.tracks || call.parameter("$deltatoken")) return tracked_page(call, query, begin_tracking(call, set));
    return listed_page(call, query, Position());
}

Dataverse::Query Dataverse::read_query(const Call& call, const std::string& set) const {
    Query query;
    query.set = set;
    query.select = split(call.parameter("$select").value_or(""), ',');
    if (const auto filter = call.parameter("$filter")) query.filter = parse_odata_filter(*filter);
    if (const auto order = call.parameter("$orderby")) query.orders = parse_odata_order(*order);
    query.orders.push_back({key_of(set), false});
    query.counts = call.parameter("$count") == "true";
    query.size = page_size;
    check_columns(set, query.select);
    check_columns(set, fields_in(query.filter));
    for (const Order& order : query.orders) check_columns(set, {order.field});
    if (query.select.empty())
        for (const std::string& column : columns_of(set)) query.select.push_back(column);
    if (const auto top = number_parameter(call, "$top")) query.top = static_cast<std::size_t>(*top);

    const auto wanted = preferences(call.header("prefer"));
    if (const auto annotations = wanted.find("odata.include-annotations"); annotations != wanted.end()) {
        const bool all = annotations->second == "*";
        query.formatted = all || annotations->second.find(kFormatted) != std::string::npos;
        query.lookups = all || annotations->second.find(kLookup) != std::string::npos;
        query.applied.push_back("odata.include-annotations=\"" + annotations->second + "\"");
    }
    if (ignores_preferences) return query;
    if (const auto size = wanted.find("odata.maxpagesize"); size != wanted.end()) {
        query.size = std::min<std::size_t>(std::stoul(size->second), page_size);
        query.top.reset();
        query.applied.push_back("odata.maxpagesize=" + size->second);
    }
    query.tracks = wanted.count("odata.track-changes") != 0;
    if (query.tracks) query.applied.emplace_back("odata.track-changes");
    return query;
}

Dataverse::Position Dataverse::continue_from(const Call& call) const {
    const auto issued = issued_.find(call.target);
    if (issued == issued_.end()) throw Refusal{400, "0x80041103", "Malformed XML in the Paging Cookie."};
    return issued->second;
}

std::vector<const Record*> Dataverse::matching(const Query& query) const {
    return arranged(records_in(system_, query.set, {State::Live, State::Trashed}), query.filter, query.orders,
                    [&](const Record& record, const std::string& column) { return value_of(query.set, record, column); });
}

Answer Dataverse::listed_page(const Call& call, const Query& query, const Position& from) {
    std::vector<const Record*> records = matching(query);
    const std::size_t all = records.size();
    if (!from.after.empty()) {
        const FieldOf last = [&](const std::string& column) {
            for (std::size_t i = 0; i < query.orders.size(); ++i)
                if (query.orders[i].field == column) return from.after[i];
            return Node();
        };
        const auto passed = [&](const Record* record) {
            return !stands_before(query.orders, last, [&](const std::string& column) { return value_of(query.set, *record, column); });
        };
        records.erase(std::remove_if(records.begin(), records.end(), passed), records.end());
    }
    const bool more = records.size() > query.size && !(query.top && *query.top <= query.size);
    records.resize(std::min({records.size(), query.size, query.top.value_or(query.size)}));

    JsonWriter json;
    json.begin_object().member("@odata.context", origin(call) + kRoot + "$metadata#" + query.set);
    if (query.counts) json.member("@odata.count", static_cast<std::uint64_t>(std::min<std::size_t>(all, 5000)));
    json.key("value").begin_array();
    for (const Record* record : records) write_row(json, query, *record);
    json.end_array();
    if (more) {
        Position next;
        next.page = from.page + 1;
        for (const Order& order : query.orders) next.after.push_back(value_of(query.set, *records.back(), order.field));
        json.member("@odata.nextLink", next_link(call, query, next, records.back()->id));
    }
    json.end_object();
    return page_answer(query, json.take());
}

Dataverse::Position Dataverse::begin_tracking(const Call& call, const std::string& set) {
    for (const char* option : {"$filter", "$orderby", "$expand", "$top"})
        if (call.parameter(option))
            throw Refusal{400, "0x80060888", std::string("The ") + option + " query option is not supported with change tracking."};
    if (untracked.count(set) != 0) throw Refusal{400, "0x80072491", "Change tracking is not enabled for entity " + logical_name(set) + "."};
    const Tracking* before = nullptr;
    if (const auto token = call.parameter("$deltatoken")) {
        const auto known = trackings_.find(token->substr(0, token->find('!')));
        if (known == trackings_.end() || known->second.set != set) throw Refusal{400, "0x80044351", "Invalid version stamp."};
        before = &known->second;
        if (system_.now_us - before->at_us > tracking_days * 86'400'000'000) throw Refusal{400, "0x80044352", kExpired};
    }
    Tracking tracking;
    tracking.set = set;
    tracking.at_us = system_.now_us;
    for (const Record* record : records_in(system_, set, {State::Live, State::Trashed, State::Gone})) {
        const std::string print = fingerprint(*record);
        tracking.seen[record->id] = print;
        if (before != nullptr) {
            const auto seen = before->seen.find(record->id);
            if (seen != before->seen.end() && seen->second == print) continue;
        } else if (record->state == State::Gone) {
            continue;
        }
        (record->state == State::Gone ? tracking.gone : tracking.changed).push_back(record->id);
    }
    Position position;
    position.tracking = std::to_string(9058 + trackings_.size());
    trackings_[position.tracking] = std::move(tracking);
    return position;
}

Answer Dataverse::tracked_page(const Call& call, const Query& query, const Position& from) {
    const Tracking& tracking = trackings_.at(from.tracking);
    const std::string context = origin(call) + kRoot + "$metadata#" + query.set;
    const std::size_t all = tracking.changed.size() + tracking.gone.size();
    const std::size_t end = std::min(from.index + query.size, all);
    std::string last_id;
    JsonWriter json;
    json.begin_object().member("@odata.context", context + "/$delta").key("value").begin_array();
    for (std::size_t i = from.index; i < end; ++i) {
        const bool changed = i < tracking.changed.size();
        last_id = changed ? tracking.changed[i] : tracking.gone[i - tracking.changed.size()];
        const Record* record = system_.tables.at(query.set).find(last_id);
        if (!changed) {
            json.begin_object().member("@odata.context", context + "/$deletedEntity");
            json.member("id", last_id).member("reason", "deleted").end_object();
        } else if (record != nullptr && record->state != State::Gone) {
            write_row(json, query, *record);
        }
    }
    json.end_array();
    if (end < all) {
        Position next = from;
        next.index = end;
        ++next.page;
        json.member("@odata.nextLink", next_link(call, query, next, last_id));
    } else {
        std::string select;
        for (const std::string& part : split(raw_query(call), '&'))
            if (starts_with(part, "$select=") || starts_with(part, "%24select=")) select = part + "&";
        json.member("@odata.deltaLink", origin(call) + raw_path(call) + "?" + select + "$deltatoken=" + from.tracking + "%21" +
                                            format_time(tracking.at_us, "%m%%2f%d%%2f%Y"));
    }
    json.end_object();
    return page_answer(query, json.take());
}

Answer Dataverse::page_answer(const Query& query, std::string body) const {
    Answer answer = json_answer(system_, 200, std::move(body));
    answer.headers.emplace_back("OData-Version", "4.0");
    std::string applied;
    for (const std::string& preference : query.applied) applied += (applied.empty() ? "" : ", ") + preference;
    if (!applied.empty()) answer.headers.emplace_back("Preference-Applied", applied);
    return answer;
}

/// The paging cookie is XML inside XML, percent-encoded twice with small letters, while "=" and "/" of the outer one stay as they are.
std::string Dataverse::next_link(const Call& call, const Query& query, Position next, const std::string& last_id) {
    const std::string inner =
        "<cookie page=\"" + std::to_string(next.page - 1) + "\"><" + key_of(query.set) + " last=\"{" + last_id + "}\" /></cookie>";
    const std::string outer = "<cookie pagenumber=\"" + std::to_string(next.page) + "\" pagingcookie=\"" + to_lower(encode(inner)) +
                              "\" istracking=\"" + (next.tracking.empty() ? "False" : "True") + "\" />";
    std::string token;
    for (const char c : outer) token += c == '=' || c == '/' ? std::string(1, c) : encode(std::string(1, c));
    const std::string kept = query_without_skiptoken(call);
    const std::string target = raw_path(call) + "?" + kept + (kept.empty() ? "" : "&") + "$skiptoken=" + token;
    issued_[target] = std::move(next);
    return origin(call) + target;
}

void Dataverse::write_row(JsonWriter& json, const Query& query, const Record& record) const {
    std::vector<std::string> columns = query.select;
    const std::string key = key_of(query.set);
    if (std::find(columns.begin(), columns.end(), key) == columns.end()) columns.push_back(key);
    json.begin_object().member("@odata.etag", "W/\"" + std::to_string(record.modified_us) + "\"");
    for (const std::string& column : columns) {
        write_annotations(json, query, record, column);
        json.key(column);
        write(json, value_of(query.set, record, column));
    }
    json.end_object();
}

void Dataverse::write_annotations(JsonWriter& json, const Query& query, const Record& record, const std::string& column) const {
    if (query.lookups) {
        const Node kind = field_of(record, column + "@" + kLookup);
        if (kind.is(Node::Kind::Text)) json.member(column + "@" + kLookup, kind.text);
    }
    if (!query.formatted) return;
    const Node given = field_of(record, column + "@" + kFormatted);
    const std::string label = given.is(Node::Kind::Text) ? given.text : label_of(column, value_of(query.set, record, column));
    if (!label.empty()) json.member(column + "@" + kFormatted, label);
}

std::string Dataverse::label_of(const std::string& column, const Node& value) const {
    if (value.is(Node::Kind::Integer)) {
        const auto known = labels.find(column);
        if (known == labels.end() || known->second.count(value.integer) == 0) return std::to_string(value.integer);
        return known->second.at(value.integer);
    }
    const auto moment = value.is(Node::Kind::Text) ? parse_moment(value.text) : std::nullopt;
    return moment ? local_text(value.text, *moment) : std::string();
}

Node Dataverse::value_of(const std::string& set, const Record& record, const std::string& column) const {
    if (column == key_of(set)) return text_node(record.id);
    if (column == "modifiedon") return text_node(with_digits(record.modified_us, fraction_digits));
    if (column == "statecode" && record.state == State::Trashed) return number_node(1);
    if (column == "statecode" && record.fields.count(column) == 0) return number_node(0);
    return field_of(record, column);
}

std::set<std::string> Dataverse::columns_of(const std::string& set) const {
    std::set<std::string> columns = standard_columns(set);
    columns.insert(key_of(set));
    if (has_common_columns(set)) columns.insert({"createdon", "modifiedon", "statecode", "statuscode", "_ownerid_value"});
    const auto table = system_.tables.find(set);
    if (table != system_.tables.end())
        for (const Record& record : table->second.records)
            for (const auto& [name, value] : record.fields)
                if (name.find('@') == std::string::npos) columns.insert(name);
    for (const std::string& gone : dropped)
        if (starts_with(gone, set + ".")) columns.erase(gone.substr(set.size() + 1));
    return columns;
}

void Dataverse::check_columns(const std::string& set, const std::vector<std::string>& columns) const {
    const std::set<std::string> known = columns_of(set);
    for (const std::string& column : columns)
        if (known.count(column) == 0)
            throw Refusal{400, "0x80060888",
                          "Could not find a property named '" + column + "' on type 'Microsoft.Dynamics.CRM." + logical_name(set) + "'."};
}

}  // namespace brugwacht::stand_in
