#include "engine/core/model.hpp"

#include <cassert>

namespace brugwacht {
namespace {

using enum FieldType;
using enum Place;

constexpr FieldDef kPerson[] = {{"key", Key, Vault, {}, true},   {"given_name", Text, Vault},        {"family_name", Text, Vault},
                                {"call_name", Text, Vault},      {"birth_date", PartialDate, Vault}, {"gender", Code, Both, "gender"},
                                {"street", Text, Vault},         {"house_number", Text, Vault},      {"postcode", Text, Vault},
                                {"municipality", Text, Vault},   {"language", Text, Vault},          {"phone", Text, Vault},
                                {"email", Text, Vault},          {"guardian_name", Text, Vault},     {"guardian_phone", Text, Vault},
                                {"guardian_email", Text, Vault}, {"household", Text, Vault},         {"member_number", Text, Vault}};
constexpr FieldDef kClub[] = {{"key", Key, Store, {}, true},
                              {"name", Label, Store},
                              {"kind", Code, Store, "club_type"},
                              {"side", Code, Store, "side_of_club"},
                              {"vcode", Code, Store},
                              {"municipality", Label, Store},
                              {"places", Integer, Store},
                              {"engagement_signed_on", Date, Store},
                              {"naming_agreed_on", Date, Store}};
constexpr FieldDef kWorker[] = {{"key", Key, Store, {}, true}, {"name", Text, Vault}, {"employer", Label, Store}};
constexpr FieldDef kEmployment[] = {{"key", Key, Store, {}, true},
                                    {"worker", Reference, Store, "worker", true},
                                    {"from", Date, Store},
                                    {"to", Date, Store},
                                    {"percent", Decimal, Store}};
constexpr FieldDef kTrajectory[] = {{"key", Key, Store, {}, true},          {"person", Reference, Store, "person", true},
                                    {"worker", Reference, Store, "worker"}, {"start", Date, Store, {}, true},
                                    {"strategy", Code, Store, "strategy"},  {"referrer_kind", Code, Store, "referrer_kind"},
                                    {"needs", Codes, Store, "needs"},       {"barriers", Codes, Store, "barriers"}};
constexpr FieldDef kEvent[] = {{"key", Key, Store, {}, true},
                               {"trajectory", Reference, Store, "trajectory"},
                               {"person", Reference, Store, "person"},
                               {"date", Date, Store, {}, true},
                               {"to", Date, Store},
                               {"type", Code, Store, "event_type", true},
                               {"club", Reference, Store, "club"},
                               {"year", Year, Store},
                               {"reason", Code, Store, "reason"},
                               {"answer", Code, Store, "answer"},
                               {"kind", Code, Store, "event_kind"},
                               {"recorded_on", Date, Store}};
constexpr FieldDef kActivity[] = {{"key", Key, Store, {}, true},
                                  {"date", Date, Store, {}, true},
                                  {"minutes", Integer, Store},
                                  {"kind", Code, Store, "activity_kind"},
                                  {"strategy", Code, Store, "strategy"},
                                  {"criterion", Code, Store, "criterion"},
                                  {"counterpart_kind", Code, Store, "counterpart_kind"},
                                  {"counterpart", Key, Store},
                                  {"side", Code, Store, "side"},
                                  {"participants", Integer, Store},
                                  {"first_contact", Boolean, Store},
                                  {"trajectory", Reference, Store, "trajectory"},
                                  {"worker", Reference, Store, "worker"}};
constexpr FieldDef kResult[] = {
    {"key", Key, Store, {}, true}, {"date", Date, Store}, {"kind", Code, Store, "result_kind"}, {"status", Code, Store, "result_status"}};
constexpr FieldDef kSignal[] = {{"key", Key, Store, {}, true},
                                {"date", Date, Store},
                                {"theme", Code, Store, "theme"},
                                {"addressee", Code, Store, "addressee"},
                                {"status", Code, Store, "signal_status"},
                                {"answered_on", Date, Store}};
constexpr FieldDef kFactor[] = {{"key", Key, Store, {}, true},     {"date", Date, Store},     {"side", Code, Store, "side"},
                                {"factor", Code, Store, "factor"}, {"score", Decimal, Store}, {"worker", Reference, Store, "worker"}};
constexpr FieldDef kGoal[] = {{"key", Key, Store, {}, true},
                              {"indicator", Code, Store, "indicator"},
                              {"target", Decimal, Store},
                              {"period", Label, Store},
                              {"agreed_on", Date, Store}};

constexpr EntityDef kEntityTable[] = {
    {Entity::Person, "person", "people", kPerson},
    {Entity::Club, "club", "clubs", kClub},
    {Entity::Worker, "worker", "workers", kWorker},
    {Entity::Employment, "employment", "employments", kEmployment},
    {Entity::Trajectory, "trajectory", "trajectories", kTrajectory},
    {Entity::Event, "event", "events", kEvent},
    {Entity::Activity, "activity", "activities", kActivity},
    {Entity::Result, "result", "results", kResult},
    {Entity::Signal, "signal", "signals", kSignal},
    {Entity::Factor, "factor", "factors", kFactor},
    {Entity::Goal, "goal", "goals", kGoal},
};
static_assert(std::size(kEntityTable) == kEntities);
static_assert(std::size(kPerson) <= kMaxFields);

}  // namespace

const EntityDef& entity_def(Entity entity) { return kEntityTable[static_cast<std::size_t>(entity)]; }

std::optional<Entity> entity_by_name(std::string_view name) {
    for (const EntityDef& def : kEntityTable)
        if (def.name == name) return def.entity;
    return std::nullopt;
}

std::optional<Entity> entity_by_sheet(std::string_view sheet) {
    for (const EntityDef& def : kEntityTable)
        if (def.sheet == sheet) return def.entity;
    return std::nullopt;
}

std::optional<std::size_t> field_index(Entity entity, std::string_view name) {
    const auto fields = entity_def(entity).fields;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == name) return i;
    return std::nullopt;
}

const std::string& Record::get(std::string_view field) const {
    const auto index = field_index(entity, field);
    assert(index);
    return values[*index];
}

void Record::set(std::string_view field, std::string value) {
    const auto index = field_index(entity, field);
    assert(index);
    values[*index] = std::move(value);
}

}  // namespace brugwacht
