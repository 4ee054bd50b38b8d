#include "tests/support/stand_in/salesforce.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <utility>

#include "engine/core/error.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr std::int64_t kCursorLife = 2 * 86'400'000'000;
constexpr std::size_t kLongestAddress = 16'384;

struct Refusal {
    int status = 400;
    std::string code;
    std::string message;
};

/// Errors of the service are an ARRAY ...
Answer fault(const System& system, const Refusal& refusal) {
    JsonWriter json;
    json.begin_array().begin_object().member("message", refusal.message).member("errorCode", refusal.code).end_object().end_array();
    return json_answer(system, refusal.status, json.take());
}

/// ... those of the login an OBJECT.
Answer login_fault(const System& system, const std::string& error, const std::string& description) {
    JsonWriter json;
    json.begin_object().member("error", error).member("error_description", description).end_object();
    return json_answer(system, 400, json.take());
}

const std::set<std::string>& standard_fields(const std::string& object) {
    static const std::set<std::string> kNone;
    static const std::map<std::string, std::set<std::string>> kFields = {
        {"Contact",
         {"AccountId", "FirstName", "LastName", "Name", "Birthdate", "Email", "Phone", "MobilePhone", "HomePhone", "MailingStreet",
          "MailingCity", "MailingPostalCode", "MailingCountry", "MasterRecordId", "npe01__Preferred_Email__c", "npe01__HomeEmail__c",
          "npe01__WorkEmail__c"}},
        {"Account",
         {"Name", "Type", "ParentId", "Phone", "BillingStreet", "BillingCity", "BillingPostalCode", "BillingCountry", "RecordTypeId",
          "MasterRecordId", "RecordType.DeveloperName", "npe01__SYSTEM_AccountType__c"}},
        {"Case", {"CaseNumber", "Status", "Subject", "ContactId", "AccountId", "ParentId", "ClosedDate", "IsClosed"}},
        {"Task", {"WhoId", "WhatId", "Subject", "Status", "ActivityDate", "IsArchived"}},
        {"Event", {"WhoId", "WhatId", "Subject", "ActivityDate", "StartDateTime", "EndDateTime", "DurationInMinutes", "IsArchived"}},
        {"Campaign", {"Name", "Type", "Status", "StartDate", "EndDate"}},
        {"CampaignMember", {"CampaignId", "ContactId", "Status", "HasResponded"}},
        {"npe5__Affiliation__c",
         {"npe5__Contact__c", "npe5__Organization__c", "npe5__Role__c", "npe5__StartDate__c", "npe5__EndDate__c", "npe5__Primary__c",
          "npe5__Status__c"}},
        {"npe4__Relationship__c", {"npe4__Contact__c", "npe4__RelatedContact__c", "npe4__Type__c", "npe4__ReciprocalRelationship__c"}},
        {"pmdm__Program__c",
         {"Name", "pmdm__Status__c", "pmdm__ProgramIssueArea__c", "pmdm__StartDate__c", "pmdm__EndDate__c", "pmdm__TargetPopulation__c"}},
        {"pmdm__ProgramCohort__c", {"Name", "pmdm__Program__c", "pmdm__Status__c", "pmdm__StartDate__c", "pmdm__EndDate__c"}},
        {"pmdm__ProgramEngagement__c",
         {"Name", "pmdm__Contact__c", "pmdm__Account__c", "pmdm__Program__c", "pmdm__ProgramCohort__c", "pmdm__Stage__c", "pmdm__Role__c",
          "pmdm__ApplicationDate__c", "pmdm__StartDate__c", "pmdm__EndDate__c"}},
        {"pmdm__Service__c", {"Name", "pmdm__Program__c", "pmdm__Status__c", "pmdm__UnitOfMeasurement__c"}},
        {"pmdm__ServiceSchedule__c",
         {"Name", "pmdm__Service__c", "pmdm__Frequency__c", "pmdm__FirstSessionStart__c", "pmdm__FirstSessionEnd__c", "pmdm__DaysOfWeek__c",
          "pmdm__PrimaryServiceProvider__c", "pmdm__ParticipantCapacity__c"}},
        {"pmdm__ServiceSession__c",
         {"Name", "pmdm__ServiceSchedule__c", "pmdm__SessionStart__c", "pmdm__SessionEnd__c", "pmdm__Status__c"}},
        {"pmdm__ServiceParticipant__c",
         {"Name", "pmdm__Contact__c", "pmdm__ProgramEngagement__c", "pmdm__ServiceSchedule__c", "pmdm__Service__c", "pmdm__Status__c",
          "pmdm__SignUpDate__c"}},
        {"pmdm__ServiceDelivery__c",
         {"Name", "pmdm__Contact__c", "pmdm__Account__c", "pmdm__ProgramEngagement__c", "pmdm__Service__c", "pmdm__ServiceSession__c",
          "pmdm__DeliveryDate__c", "pmdm__Quantity__c", "pmdm__AttendanceStatus__c"}}};
    const auto known = kFields.find(object);
    return known == kFields.end() ? kNone : known->second;
}

bool is_stamp(const std::string& field) {
    return field == "SystemModstamp" || field == "LastModifiedDate" || field == "CreatedDate" || ends_with(field, "DateTime");
}

bool is_id(const std::string& field) { return ends_with(field, "Id"); }

std::string type_of(const std::string& field, const Node& value) {
    if (field == "Id") return "id";
    if (is_id(field)) return "reference";
    if (is_stamp(field)) return "datetime";
    if (value.is(Node::Kind::Boolean) || field == "IsDeleted") return "boolean";
    if (value.is(Node::Kind::Integer) || value.is(Node::Kind::Real)) return "double";
    return value.is(Node::Kind::Text) && value.text.size() == 10 && parse_moment(value.text) ? "date" : "string";
}

std::string stamp(std::int64_t us) { return format_time(us, "%Y-%m-%dT%H:%M:%S.000+0000"); }

/// RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518).
bool is_signed_by(const std::string& public_key, const std::string& input, const std::string& signature) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> pem(BIO_new_mem_buf(public_key.data(), static_cast<int>(public_key.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(PEM_read_bio_PUBKEY(pem.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!key || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1) return false;
    const auto bytes = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(input), input.size()) == 1;
}

std::string claim(const Node& claims, const std::string& name) {
    const Node* found = claims.find(name);
    return found == nullptr ? std::string() : found->text;
}

}  // namespace

std::string salesforce_id(const std::string& id15) {
    if (id15.size() != 15) return id15;
    std::string id = id15;
    for (std::size_t part = 0; part < 15; part += 5) {
        unsigned bits = 0;
        for (std::size_t i = 0; i < 5; ++i)
            if (std::isupper(static_cast<unsigned char>(id15[part + i])) != 0) bits |= 1U << i;
        id += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits];
    }
    return id;
}

Answer Salesforce::operator()(const Call& call) {
    if (call.method == "POST" && call.path == "/services/oauth2/token") return token(call);
    if (!office.knows(call)) return fault(system_, {401, "INVALID_SESSION_ID", "Session expired or invalid"});
    if (useless_session) return fault(system_, {401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"});
    if (used >= per_day) return fault(system_, {403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."});
    ++used;
    Answer answer;
    try {
        answer = service(call);
    } catch (const Refusal& refusal) {
        answer = fault(system_, refusal);
    } catch (const QueryFault& query) {
        answer = fault(system_, {400, "MALFORMED_QUERY", query.what()});
    }
    answer.headers.emplace_back("Sforce-Limit-Info", "api-usage=" + std::to_string(used) + "/" + std::to_string(per_day));
    return answer;
}

Answer Salesforce::token(const Call& call) {
    const std::string grant = form_field(call, "grant_type");
    if (grant == "client_credentials") {
        if (form_field(call, "client_id") != consumer_key) return login_fault(system_, "invalid_client_id", "client identifier invalid");
        if (form_field(call, "client_secret") != system_.secret)
            return login_fault(system_, "invalid_client", "invalid client credentials");
    } else if (grant == "urn:ietf:params:oauth:grant-type:jwt-bearer") {
        const std::string wrong = fault_of_assertion(form_field(call, "assertion"), origin(call));
        if (!wrong.empty()) return login_fault(system_, "invalid_grant", wrong);
    } else {
        return login_fault(system_, "unsupported_grant_type", "grant type not supported");
    }
    JsonWriter json;  // without expires_in
    json.begin_object().member("access_token", office.issue(session_s)).member("instance_url", origin(call)).member("token_type", "Bearer");
    json.member("id", origin(call) + "/id/00D000000000001AAA/005000000000001AAA").end_object();
    return json_answer(system_, 200, json.take());
}

std::string Salesforce::fault_of_assertion(const std::string& assertion, const std::string& here) const {
    const std::vector<std::string> parts = split(assertion, '.');
    if (parts.size() != 3) return "invalid assertion";
    try {
        const Node header = parse_json(from_base64(parts[0]), "header");
        const Node claims = parse_json(from_base64(parts[1]), "claims");
        if (claim(header, "alg") != "RS256" || !is_signed_by(public_key, parts[0] + "." + parts[1], from_base64(parts[2])))
            return "invalid assertion";
        if (claim(claims, "iss") != consumer_key) return "client identifier invalid";
        if (claim(claims, "sub") != user) return "user hasn't approved this consumer";
        if (audiences.count(claim(claims, "aud")) == 0 && claim(claims, "aud") != here) return "audience is invalid";
        const Node* expiry = claims.find("exp");
        const std::int64_t left_us = expiry == nullptr ? 0 : expiry->integer * 1'000'000 - system_.now_us;
        return left_us > 0 && left_us <= 300'000'000 ? "" : "expired authorization code";
    } catch (const Error&) {
        return "invalid assertion";
    }
}

Answer Salesforce::service(const Call& call) {
    if (call.target.size() > kLongestAddress) return fault(system_, {414, "URI_TOO_LONG", "The request address is too long."});
    if (call.path == "/services/data" || call.path == "/services/data/")
        return json_answer(system_, 200, R"([{"label":"Winter '25","url":"/services/data/v62.0","version":"62.0"}])");
    if (call.path == "/services/oauth2/userinfo") {
        JsonWriter json;
        json.begin_object().member("user_id", "005000000000001AAA").member("preferred_username", user).end_object();
        return json_answer(system_, 200, json.take());
    }
    const std::string root = "/services/data/";
    const auto slash = call.path.find('/', root.size());
    if (!starts_with(call.path, root + "v") || slash == std::string::npos)
        throw Refusal{404, "NOT_FOUND", "The requested resource does not exist"};
    const std::string version = call.path.substr(0, slash);
    const std::string rest = call.path.substr(slash + 1);
    if (rest == "query" || rest == "queryAll") return query(call, version, rest == "queryAll");
    if (starts_with(rest, "query/")) return more(version, rest.substr(6));
    if (starts_with(rest, "sobjects/") && ends_with(rest, "/describe")) return describe(rest.substr(9, rest.size() - 9 - 9));
    throw Refusal{404, "NOT_FOUND", "The requested resource does not exist"};
}

/// What may not be read is as if it were not there.
void Salesforce::require_object(const std::string& object) const {
    const bool known = system_.tables.count(object) != 0 || !standard_fields(object).empty();
    if (!known || !may_read(system_, object)) throw Refusal{400, "INVALID_TYPE", "sObject type '" + object + "' is not supported."};
}

Answer Salesforce::query(const Call& call, const std::string& version, bool all) {
    Cursor cursor;
    cursor.query = parse_soql(call.parameter("q").value_or(""));
    require_object(cursor.query.object);
    check(cursor.query);
    const std::vector<State> states = all ? std::vector{State::Live, State::Trashed} : std::vector{State::Live};
    const auto records = arranged(records_in(system_, cursor.query.object, states), cursor.query.where, cursor.query.orders,
                                  [this](const Record& record, const std::string& field) { return value_of(record, field); });
    const std::size_t from = std::min(cursor.query.offset, records.size());
    const std::size_t end = std::min(records.size(), from + cursor.query.limit.value_or(records.size()));
    for (std::size_t i = from; i < end; ++i) cursor.ids.push_back(records[i]->id);
    cursor.made_us = system_.now_us;
    const std::string hint = call.header("sforce-query-options");
    const auto asked = starts_with(hint, "batchSize=") ? std::strtoull(hint.c_str() + 10, nullptr, 10) : page_rows;
    cursor.rows = std::min(page_rows, std::clamp<std::size_t>(asked, 200, 2000));

    const std::string number = std::to_string(cursors_.size() + 1);
    const std::string id = "0r8xx" + std::string(10 - std::min<std::size_t>(number.size(), 10), '0') + number;
    cursors_[id] = std::move(cursor);
    return page(version, id, 0);
}

Answer Salesforce::more(const std::string& version, const std::string& locator) {
    const auto dash = locator.find('-');
    const auto known = cursors_.find(locator.substr(0, dash));
    if (known == cursors_.end() || dash == std::string::npos || system_.now_us - known->second.made_us >= kCursorLife)
        throw Refusal{400, "INVALID_QUERY_LOCATOR", "invalid query locator"};
    return page(version, known->first, std::strtoull(locator.c_str() + dash + 1, nullptr, 10));
}

/// Records that were purged since the query began are missing from its pages.
Answer Salesforce::page(const std::string& version, const std::string& cursor_id, std::size_t from) const {
    const Cursor& cursor = cursors_.at(cursor_id);
    const std::size_t all = cursor.ids.size();
    const std::size_t end = cursor.query.fields.empty() ? all : std::min(all, from + cursor.rows);
    JsonWriter json;
    json.begin_object().member("totalSize", static_cast<std::uint64_t>(all)).member("done", end == all);
    if (end < all) json.member("nextRecordsUrl", version + "/query/" + cursor_id + "-" + std::to_string(end));
    json.key("records").begin_array();
    for (std::size_t i = from; i < end && !cursor.query.fields.empty(); ++i) {
        const Record* record = system_.tables.at(cursor.query.object).find(cursor.ids[i]);
        if (record != nullptr && record->state != State::Gone) write_record(json, version, cursor.query, *record);
    }
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

/// Names every field as the object does, and refuses what cannot be asked.
void Salesforce::check(SoqlQuery& query) const {
    for (std::string& field : query.fields) field = known_field(query.object, field);
    for (Order& order : query.orders) order.field = known_field(query.object, order.field);
    for_each_comparison(query.where, [&](Condition& part) {
        part.field = known_field(query.object, part.field);
        if (part.field == "SystemModstamp" && without_stamp_filter.count(query.object) != 0)
            throw Refusal{400, "INVALID_FIELD", "field 'SystemModstamp' can not be filtered in a query call"};
        for (Literal& literal : part.literals) {
            if (literal.kind != Literal::Kind::Text) continue;
            if (is_stamp(part.field))
                throw Refusal{400, "INVALID_FIELD",
                              "value of filter criterion for field '" + part.field +
                                  "' must be of type dateTime and should not be enclosed in quotes"};
            if (is_id(part.field)) literal.text = salesforce_id(literal.text);
        }
    });
}

std::string Salesforce::known_field(const std::string& object, const std::string& name) const {
    for (const std::string& field : fields_of(object))
        if (to_lower(field) == to_lower(name)) return field;
    throw Refusal{400, "INVALID_FIELD", "No such column '" + name + "' on entity '" + object + "'."};
}

std::set<std::string> Salesforce::fields_of(const std::string& object) const {
    std::set<std::string> fields = standard_fields(object);
    fields.insert({"Id", "IsDeleted", "SystemModstamp", "LastModifiedDate", "CreatedDate"});
    const auto table = system_.tables.find(object);
    if (table != system_.tables.end())
        for (const Record& record : table->second.records)
            for (const auto& [name, value] : record.fields) fields.insert(name);
    for (const std::string& gone : dropped)
        if (starts_with(gone, object + ".")) fields.erase(gone.substr(object.size() + 1));
    return fields;
}

Node Salesforce::value_of(const Record& record, const std::string& field) const {
    if (field == "Id") return text_node(salesforce_id(record.id));
    if (field == "SystemModstamp") return text_node(stamp(record.modified_us));
    if (field == "IsDeleted") return parse_json(record.state == State::Trashed ? "true" : "false", field);
    const bool given = record.fields.count(field) != 0;
    if (!given && (field == "LastModifiedDate" || field == "CreatedDate")) return text_node(stamp(record.modified_us));
    const Node value = field_of(record, field);
    return is_id(field) && value.is(Node::Kind::Text) ? text_node(salesforce_id(value.text)) : value;
}

void Salesforce::write_record(JsonWriter& json, const std::string& version, const SoqlQuery& query, const Record& record) const {
    const std::string id = salesforce_id(record.id);
    std::set<std::string> relations;
    json.begin_object().key("attributes").begin_object().member("type", query.object);
    json.member("url", version + "/sobjects/" + query.object + "/" + id).end_object();
    for (const std::string& field : query.fields) {
        const auto dot = field.find('.');
        if (dot == std::string::npos) {
            json.key(field);
            write(json, value_of(record, field));
        } else if (relations.insert(field.substr(0, dot)).second) {
            json.key(field.substr(0, dot));
            write_related(json, query, record, field.substr(0, dot));
        }
    }
    json.end_object();
}

/// The fields of one related record; null when it has none of them.
void Salesforce::write_related(JsonWriter& json, const SoqlQuery& query, const Record& record, const std::string& relation) const {
    std::vector<std::string> fields = query.fields;
    fields.erase(
        std::remove_if(fields.begin(), fields.end(), [&](const std::string& field) { return !starts_with(field, relation + "."); }),
        fields.end());
    const auto empty = [&](const std::string& field) { return value_of(record, field).is(Node::Kind::Null); };
    if (std::all_of(fields.begin(), fields.end(), empty)) {
        json.null();
        return;
    }
    json.begin_object().key("attributes").begin_object().member("type", relation).end_object();
    for (const std::string& field : fields) {
        json.key(field.substr(relation.size() + 1));
        write(json, value_of(record, field));
    }
    json.end_object();
}

Answer Salesforce::describe(const std::string& object) const {
    require_object(object);
    const auto table = system_.tables.find(object);
    const Record empty;
    const Record& example = table == system_.tables.end() || table->second.records.empty() ? empty : table->second.records.front();
    JsonWriter json;
    json.begin_object().member("name", object).key("fields").begin_array();
    for (const std::string& field : fields_of(object)) {
        if (field.find('.') != std::string::npos) continue;
        json.begin_object().member("name", field).member("label", field).member("type", type_of(field, value_of(example, field)));
        json.member("custom", ends_with(field, "__c")).member("nillable", true).end_object();
    }
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

}  // namespace brugwacht::stand_in
