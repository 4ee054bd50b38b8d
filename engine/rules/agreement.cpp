#include "engine/rules/agreement.hpp"

#include <algorithm>
#include <set>

#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "engine/lib/node_json.hpp"

namespace brugwacht {
namespace {

using Names = std::vector<std::string>;

const Names kStatusNames{"achieved", "not_achieved", "pending", "unknown", "excluded"};
const Names kEventNames{"trial", "attend", "absent", "enrol", "check_yes", "check_no", "stop", "pause", "support", "lost", "close"};
constexpr int kDeepest = 8;  // groups of conditions inside each other

std::string joined(const Names& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

/// `base` with the members of `changes` put over it, without the keys in `dropped`.
Node overlaid(const Node& base, const Node& changes, const Names& dropped) {
    Node out = base;
    const auto drop = [&](const std::string& key) { return std::find(dropped.begin(), dropped.end(), key) != dropped.end(); };
    out.keys.clear();
    out.items.clear();
    for (std::size_t i = 0; i < base.keys.size(); ++i) {
        if (drop(base.keys[i]) || changes.find(base.keys[i]) != nullptr) continue;
        out.keys.push_back(base.keys[i]);
        out.items.push_back(base.items[i]);
    }
    for (std::size_t i = 0; i < changes.keys.size(); ++i) {
        if (drop(changes.keys[i])) continue;
        out.keys.push_back(changes.keys[i]);
        out.items.push_back(changes.items[i]);
    }
    return out;
}

class Parser {
  public:
    Parser(const Node& root, std::string file) : root_(root), file_(std::move(file)) {}

    Agreement parse() {
        TableReader top(root_, file_, "", faults_);
        if (top.required_text("schema") != "toeleiding/1" && top.node("schema") != nullptr)
            top.fault("AGR-001", {{"value", top.text("schema")}}, top.node("schema"));
        agreement_.file = file_;
        head(top);
        calendar(top);
        scope(top);
        competing(top);
        counting(top);
        club_types(top);
        definitions(top);
        reporting(top);
        top.finish();
        if (!faults_.empty()) throw Error(Exit::Config, without_repeats());
        JsonWriter json;
        write_json(json, root_, MemberOrder::ByName);
        agreement_.canonical_json = json.take();
        agreement_.rules_hash = to_hex(sha256(agreement_.canonical_json));
        return std::move(agreement_);
    }

  private:
    using Reader = TableReader;

    /// A definition is read again for each of its variants: the same fault counts once.
    std::vector<Fault> without_repeats() const {
        std::vector<Fault> out;
        for (const Fault& fault : faults_) {
            const bool seen = std::any_of(out.begin(), out.end(), [&](const Fault& other) {
                return other.code == fault.code && other.where == fault.where && !fault.where.empty();
            });
            if (!seen) out.push_back(fault);
        }
        return out;
    }

    static std::string dotted(const Reader& reader, std::string_view key) {
        return reader.path().empty() ? std::string(key) : reader.path() + "." + std::string(key);
    }

    // ---- single values

    std::int64_t integer(Reader& reader, std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) {
        const std::int64_t value = reader.integer(key, fallback);
        if (value >= low && value <= high) return value;
        reader.fault("AGR-007", {{"key", dotted(reader, key)}, {"value", value}, {"low", low}, {"high", high}}, reader.node(key));
        return fallback;
    }

    int number(Reader& reader, std::string_view key, int fallback, int low, int high) {
        return static_cast<int>(integer(reader, key, fallback, low, high));
    }

    Status status(Reader& reader, std::string_view key, Status fallback, const Names& allowed) {
        return status_by_name(reader.choice(key, allowed, std::string(name(fallback)))).value_or(fallback);
    }

    std::optional<Period> period(Reader& reader, std::string_view key) {
        const Node* node = reader.node(key);
        if (node == nullptr) return std::nullopt;
        return period_of(reader, key, *node);
    }

    std::optional<Period> period_of(Reader& reader, std::string_view key, const Node& node) {
        if (node.is(Node::Kind::Text))
            if (const auto parsed = parse_period(node.text)) return parsed;
        reader.fault("AGR-002", {{"key", dotted(reader, key)}, {"value", node.text}}, &node);
        return std::nullopt;
    }

    std::optional<MonthDay> month_day(Reader& reader, std::string_view key) {
        const Node* node = reader.node(key);
        if (node == nullptr) return std::nullopt;
        return month_day_of(reader, key, *node, node->text);
    }

    std::optional<MonthDay> month_day_of(Reader& reader, std::string_view key, const Node& node, std::string_view text) {
        if (node.is(Node::Kind::Text))
            if (const auto parsed = parse_month_day(text)) return parsed;
        reader.fault("AGR-003", {{"key", dotted(reader, key)}, {"value", node.text}}, &node);
        return std::nullopt;
    }

    std::optional<Date> required_date(Reader& reader, std::string_view key) {
        if (reader.node(key) == nullptr) reader.fault("CFG-002", {{"key", dotted(reader, key)}}, nullptr);
        return reader.date(key);
    }

    std::vector<FactType> events(Reader& reader, std::string_view key, std::vector<FactType> fallback) {
        const Node* node = reader.node(key);
        if (node == nullptr) return fallback;
        std::vector<FactType> out;
        for (const std::string& text : reader.texts(key)) {
            const auto type = fact_type_by_name(text);
            if (type && std::find(kEventNames.begin(), kEventNames.end(), text) != kEventNames.end()) {
                out.push_back(*type);
            } else {
                reader.fault("CFG-004", {{"key", dotted(reader, key)}, {"value", text}, {"allowed", joined(kEventNames)}}, node);
            }
        }
        return out;
    }

    std::string identifier(Reader& reader, std::string_view key) {
        std::string text = reader.required_text(key);
        const bool good = !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        });
        const Node* node = reader.node(key);
        if (node != nullptr && node->is(Node::Kind::Text) && !good)
            reader.fault("AGR-011", {{"key", dotted(reader, key)}, {"value", text}}, node);
        return text;
    }

    /// The table of that name, read by `body`; nothing happens when it is absent.
    template <typename Body>
    void table(Reader& top, const std::string& key, Body&& body) {
        const Node* node = top.node(key);
        if (node == nullptr) return;
        if (!node->is(Node::Kind::Table)) {
            top.fault("CFG-003", {{"key", dotted(top, key)}, {"expected", std::string("table")}}, node);
            return;
        }
        Reader reader(*node, file_, dotted(top, key), faults_);
        body(reader);
        reader.finish();
    }

    // ---- parts of the file

    void head(Reader& top) {
        if (top.node("agreement") == nullptr) top.fault("CFG-002", {{"key", std::string("agreement")}}, nullptr);
        table(top, "agreement", [&](Reader& r) {
            Agreement& a = agreement_;
            a.id = identifier(r, "id");
            if (r.node("version") == nullptr) r.fault("CFG-002", {{"key", std::string("agreement.version")}}, nullptr);
            a.version = number(r, "version", 1, 1, 1'000'000);
            a.title = r.text("title");
            a.agreed_by = r.texts("agreed_by");
            a.agreed_on = required_date(r, "agreed_on").value_or(Date());
            a.effective_from = required_date(r, "effective_from").value_or(Date());
            a.effective_to = r.date("effective_to");
            const auto to = r.date("to");
            if (!a.effective_to) a.effective_to = to;
            if (a.effective_to && *a.effective_to < a.effective_from)
                r.fault("AGR-008", {{"first", std::string("effective_from")}, {"second", std::string("to")}}, r.node("effective_from"));
            const std::string by = r.choice("applies_by", {"trajectory_start", "index_event", "report_date"}, "trajectory_start");
            a.applies_by = by == "index_event"   ? AppliesBy::IndexEvent
                           : by == "report_date" ? AppliesBy::ReportDate
                                                 : AppliesBy::TrajectoryStart;
            if (r.node("supersedes") != nullptr) a.supersedes = number(r, "supersedes", 1, 1, 1'000'000);
            a.change_note = r.text("change_note");
        });
    }

    void calendar(Reader& top) {
        table(top, "calendar", [&](Reader& r) {
            const std::string rule = r.choice("month_rule", {"clamp", "next_month", "reject"}, "clamp");
            agreement_.month_rule = rule == "next_month" ? MonthRule::NextMonth : rule == "reject" ? MonthRule::Reject : MonthRule::Clamp;
            r.choice("edges", {"inclusive"}, "inclusive");
            const Node* holidays = r.node("school_holidays");
            if (holidays != nullptr && holidays->is(Node::Kind::Array)) {
                for (const Node& item : holidays->items) holiday(r, item);
            } else {
                agreement_.holidays_computed = r.choice("school_holidays", {"besluit-1991"}, "") == "besluit-1991";
            }
        });
    }

    void holiday(Reader& reader, const Node& item) {
        if (item.is(Node::Kind::Text) && item.text.size() == 21 && item.text[10] == '/') {
            const auto from = Date::parse_iso(std::string_view(item.text).substr(0, 10));
            const auto to = Date::parse_iso(std::string_view(item.text).substr(11));
            if (from && to && *from <= *to) {
                agreement_.holidays.push_back({*from, *to});
                return;
            }
        }
        reader.fault("AGR-004", {{"key", dotted(reader, "school_holidays")}, {"value", item.text}}, &item);
    }

    void scope(Reader& top) {
        table(top, "scope", [&](Reader& r) {
            agreement_.strategies = r.texts("strategies");
            r.choice("age_at", {"trajectory_start"}, "trajectory_start");
            if (r.node("age_min") != nullptr) agreement_.age_min = number(r, "age_min", 0, 0, 150);
            if (r.node("age_max") != nullptr) agreement_.age_max = number(r, "age_max", 150, 0, 150);
            if (agreement_.age_min && agreement_.age_max && *agreement_.age_min > *agreement_.age_max)
                r.fault("AGR-008", {{"first", std::string("age_min")}, {"second", std::string("age_max")}}, r.node("age_min"));
        });
    }

    void competing(Reader& top) {
        table(top, "competing", [&](Reader& r) {
            agreement_.competing = r.texts("reasons");
            agreement_.competing_as = status(r, "treat_as", Status::Excluded, {"excluded", "not_achieved"});
        });
    }

    void counting(Reader& top) {
        agreement_.child_rollup = {Status::Achieved, Status::Pending, Status::Unknown, Status::NotAchieved, Status::Excluded};
        agreement_.interval = "wilson95";
        table(top, "counting", [&](Reader& r) {
            agreement_.unit_person = r.choice("unit", {"trajectory", "child", "person"}, "trajectory") != "trajectory";
            const Node* order = r.node("child_rollup");
            if (order != nullptr) rollup(r, *order);
            agreement_.small_n = number(r, "small_n", 5, 0, 1000);
            agreement_.publish_n = number(r, "publish_n", 10, 0, 1000);
            agreement_.interval = r.choice("interval", {"wilson95", "none"}, "wilson95");
            agreement_.follow_up_target = r.real("follow_up_target", 0.80);
            if (agreement_.follow_up_target < 0 || agreement_.follow_up_target > 1)
                r.fault("AGR-007",
                        {{"key", std::string("counting.follow_up_target")},
                         {"value", agreement_.follow_up_target},
                         {"low", std::int64_t{0}},
                         {"high", std::int64_t{1}}},
                        r.node("follow_up_target"));
        });
    }

    void rollup(Reader& r, const Node& node) {
        std::vector<Status> order;
        for (const std::string& text : r.texts("child_rollup"))
            if (const auto found = status_by_name(text)) order.push_back(*found);
        const std::set<Status> each(order.begin(), order.end());
        if (each.size() == kStatuses && order.size() == kStatuses) {
            agreement_.child_rollup = order;
        } else {
            r.fault("AGR-012", {{"key", std::string("counting.child_rollup")}, {"allowed", joined(kStatusNames)}}, &node);
        }
    }

    void club_types(Reader& top) {
        const Node* node = top.node("club_type");
        if (node == nullptr) return;
        if (!node->is(Node::Kind::Table)) {
            top.fault("CFG-003", {{"key", std::string("club_type")}, {"expected", std::string("table")}}, node);
            return;
        }
        for (std::size_t i = 0; i < node->keys.size(); ++i) {
            const std::string path = "club_type." + node->keys[i];
            if (!node->items[i].is(Node::Kind::Table)) {
                top.fault("CFG-003", {{"key", path}, {"expected", std::string("table")}}, &node->items[i]);
                continue;
            }
            const std::optional<Node> whole = like_resolved(*node, i, path);
            if (whole) agreement_.club_types.push_back(club_type(*whole, node->keys[i], path));
        }
    }

    /// The club type with everything it takes over through `like`, which may be a chain.
    std::optional<Node> like_resolved(const Node& all, std::size_t at, const std::string& path) {
        Node whole = all.items[at];
        std::set<std::string> seen{all.keys[at]};
        const Node* like = whole.find("like");
        while (like != nullptr) {
            const Node like_node = *like;
            const Node* base = like_node.is(Node::Kind::Text) ? all.find(like_node.text) : nullptr;
            if (base == nullptr || !base->is(Node::Kind::Table)) {
                const std::string guess = nearest(like_node.text, all.keys).value_or("");
                faults_.push_back({"AGR-005",
                                   {{"key", path + ".like"},
                                    {"value", like_node.text},
                                    {"suggested", std::string(guess.empty() ? "no" : "yes")},
                                    {"nearest", guess}},
                                   file_,
                                   like_node.position()});
                return std::nullopt;
            }
            if (!seen.insert(like_node.text).second) {
                faults_.push_back({"AGR-006", {{"key", path + ".like"}, {"value", like_node.text}}, file_, like_node.position()});
                return std::nullopt;
            }
            whole = overlaid(*base, whole, {"like"});
            like = base->find("like");
        }
        return whole;
    }

    ClubType club_type(const Node& node, const std::string& id, const std::string& path) {
        Reader r(node, file_, path, faults_);
        ClubType type;
        type.id = id;
        for (const auto& [key, member] :
             {std::pair{"year_start", &ClubType::year_start}, std::pair{"registration_opens", &ClubType::registration_opens},
              std::pair{"decision", &ClubType::decision}}) {
            if (r.node(key) == nullptr) r.fault("CFG-002", {{"key", path + "." + key}}, &node);
            type.*member = month_day(r, key).value_or(type.*member);
        }
        const Node* closed = r.node("closed");
        for (const std::string& text : r.texts("closed")) {
            const std::size_t slash = text.find('/');
            const auto from = parse_month_day(std::string_view(text).substr(0, slash));
            const auto to = slash == std::string::npos ? std::nullopt : parse_month_day(std::string_view(text).substr(slash + 1));
            if (from && to) {
                type.closed.push_back({*from, *to});
            } else {
                r.fault("AGR-013", {{"key", path + ".closed"}, {"value", text}}, closed);
            }
        }
        type.provisional = r.choice("trial_model", {"before", "provisional"}, "before") == "provisional";
        type.provisional_days = number(r, "provisional_days", 0, 0, 366);
        type.provisional_floor = month_day(r, "provisional_floor");
        r.node("like");
        r.finish();
        return type;
    }

    void definitions(Reader& top) {
        std::vector<const Node*> bases = top.tables("definition");
        if (bases.empty()) top.fault("AGR-009", {}, nullptr);
        for (const Node* node : bases) add_definition(*node, "definition", "");
        for (const Node* node : top.tables("variant")) {
            Reader r(*node, file_, "variant", faults_);
            const std::string of = r.required_text("of");
            const Node* base = nullptr;
            Names ids;
            for (const Node* candidate : bases) {
                const Node* id = candidate->find("id");
                if (id == nullptr) continue;
                ids.push_back(id->text);
                if (id->text == of) base = candidate;
            }
            if (base == nullptr) {
                if (!of.empty()) {
                    const std::string guess = nearest(of, ids).value_or("");
                    r.fault("AGR-005",
                            {{"key", std::string("variant.of")},
                             {"value", of},
                             {"suggested", std::string(guess.empty() ? "no" : "yes")},
                             {"nearest", guess}},
                            r.node("of"));
                }
                continue;
            }
            Node whole = overlaid(*base, *node, {"of"});
            whole.line = node->line;
            whole.column = node->column;
            if (node->find("id") == nullptr) {
                r.fault("CFG-002", {{"key", std::string("variant.id")}}, node);
                continue;
            }
            add_definition(whole, "variant", of);
        }
        check_references();
    }

    void add_definition(const Node& node, const std::string& path, const std::string& of) {
        Definition definition = read_definition(node, path, true);
        definition.variant_of = of;
        const bool taken = agreement_.definition(definition.id) != nullptr;
        if (taken)
            faults_.push_back(
                {"AGR-014", {{"value", definition.id}}, file_, node.find("id") != nullptr ? node.find("id")->position() : node.position()});
        agreement_.definitions.push_back(std::move(definition));
    }

    void check_references() {
        for (const Definition& definition : agreement_.definitions) {
            if (definition.no_anchor_inherit.empty()) continue;
            const Definition* target = agreement_.definition(definition.no_anchor_inherit);
            if (target != nullptr && target->kind == DefinitionKind::Enrolment) continue;
            Names ids;
            for (const Definition& other : agreement_.definitions)
                if (other.kind == DefinitionKind::Enrolment) ids.push_back(other.id);
            const std::string guess = nearest(definition.no_anchor_inherit, ids).value_or("");
            faults_.push_back({"AGR-005",
                               {{"key", definition.id + ".no_anchor"},
                                {"value", definition.no_anchor_inherit},
                                {"suggested", std::string(guess.empty() ? "no" : "yes")},
                                {"nearest", guess}},
                               file_,
                               no_anchor_at_[definition.id]});
        }
    }

    Definition read_definition(const Node& node, const std::string& path, bool with_types) {
        Reader r(node, file_, path, faults_);
        Definition d;
        d.id = identifier(r, "id");
        d.label = r.text("label");
        const std::string kind = r.choice("kind", {"enrolment", "still_participating", "re_enrolment", "composed"}, "");
        if (r.node("kind") == nullptr) r.fault("CFG-002", {{"key", path + ".kind"}}, &node);
        if (kind == "enrolment") {
            enrolment(r, d);
        } else if (kind == "still_participating") {
            still_participating(r, d);
        } else if (kind == "re_enrolment") {
            re_enrolment(r, d);
        } else if (kind == "composed") {
            composed(r, d);
        } else {
            return d;  // without a kind no key can be judged
        }
        if (with_types) by_club_type(r, d, node, path);
        r.finish();
        return d;
    }

    void by_club_type(Reader& r, Definition& d, const Node& node, const std::string& path) {
        const Node* overrides = r.node("by_club_type");
        if (overrides == nullptr) return;
        if (!overrides->is(Node::Kind::Table)) {
            r.fault("CFG-003", {{"key", path + ".by_club_type"}, {"expected", std::string("table")}}, overrides);
            return;
        }
        Names types;
        for (const ClubType& type : agreement_.club_types) types.push_back(type.id);
        for (std::size_t i = 0; i < overrides->keys.size(); ++i) {
            const std::string& type = overrides->keys[i];
            const Node& changes = overrides->items[i];
            std::string inner = path;
            inner += ".by_club_type." + type;
            if (std::find(types.begin(), types.end(), type) == types.end()) {
                const std::string guess = nearest(type, types).value_or("");
                r.fault("AGR-005",
                        {{"key", path + ".by_club_type"},
                         {"value", type},
                         {"suggested", std::string(guess.empty() ? "no" : "yes")},
                         {"nearest", guess}},
                        &changes);
                continue;
            }
            if (!changes.is(Node::Kind::Table)) {
                r.fault("CFG-003", {{"key", inner}, {"expected", std::string("table")}}, &changes);
                continue;
            }
            for (const char* fixed : {"id", "kind", "anchor", "no_anchor", "by_club_type"})
                if (const Node* found = changes.find(fixed)) r.fault("AGR-015", {{"key", inner + "." + fixed}}, found);
            Node whole = overlaid(node, changes, {"by_club_type"});
            d.by_club_type.emplace(type, read_definition(whole, inner, false));
        }
    }

    void enrolment(Reader& r, Definition& d) {
        d.kind = DefinitionKind::Enrolment;
        d.min_trials = number(r, "min_trials", 0, 0, 100);
        d.missing_trials_wait = r.choice("missing_trials", {"not_achieved", "wait"}, "not_achieved") == "wait";
        d.trial_events = events(r, "trial_events", {FactType::Trial, FactType::Attend});
        d.distinct_days = r.choice("distinct", {"day", "event"}, "day") == "day";
        d.trial_club_same = r.choice("trial_club", {"same", "any"}, "same") == "same";
        d.decide_after = period(r, "decide_after").value_or(Period{6, 0});
        r.choice("decide_from", {"trajectory_start"}, "trajectory_start");
        d.late_counts = r.boolean("late_counts", true);
        d.absence_means = status(r, "absence_means", Status::NotAchieved, {"not_achieved", "unknown"});
        d.lost_contact_means = status(r, "lost_contact_means", Status::Unknown, {"unknown", "not_achieved", "excluded"});
    }

    void no_anchor(Reader& r, Definition& d) {
        const std::string text = r.text("no_anchor", "unknown");
        const Node* node = r.node("no_anchor");
        if (node != nullptr) no_anchor_at_[d.id] = node->position();
        if (text.starts_with("inherit:")) {
            d.no_anchor_inherit = text.substr(8);
        } else {
            d.no_anchor_status = status(r, "no_anchor", Status::Unknown, {"inherit:D1", "unknown", "not_achieved", "excluded", "pending"});
        }
    }

    void still_participating(Reader& r, Definition& d) {
        d.kind = DefinitionKind::StillParticipating;
        d.anchor = r.choice("anchor", {"first_effective_enrolment"}, "first_effective_enrolment");
        if (const Node* window = r.node("window")) {
            if (window->is(Node::Kind::Array) && window->items.size() == 2) {
                d.window_from = period_of(r, "window", window->items[0]).value_or(d.window_from);
                d.window_to = period_of(r, "window", window->items[1]).value_or(d.window_to);
            } else {
                r.fault("CFG-003", {{"key", dotted(r, "window")}, {"expected", std::string("list")}}, window);
            }
        }
        table(r, "proof", [&](Reader& p) {
            d.proof_events = events(p, "events", d.proof_events);
            d.proof_min = number(p, "min", 1, 1, 1000);
            d.min_days_per_month = number(p, "min_days_per_month", 0, 0, 31);
        });
        d.club_same = r.choice("club", {"any", "same"}, "any") == "same";
        d.support = support(r);
        d.max_gap_days = number(r, "max_gap_days", 0, 0, 10'000);
        for (const std::string& text : r.texts("gap_excludes")) {
            if (text == "closed")
                d.gap_excludes_closed = true;
            else if (text == "pause")
                d.gap_excludes_pause = true;
            else if (text == "school_holidays")
                d.gap_excludes_holidays = true;
            else
                r.fault("CFG-004",
                        {{"key", dotted(r, "gap_excludes")}, {"value", text}, {"allowed", std::string("closed, pause, school_holidays")}},
                        r.node("gap_excludes"));
        }
        const std::string pause = r.choice("pause", {"ignore", "extend_end", "shift"}, "ignore");
        d.pause = pause == "extend_end" ? PauseRule::ExtendEnd : pause == "shift" ? PauseRule::Shift : PauseRule::Ignore;
        d.closed_at_end = period(r, "closed_at_end");
        d.later_participation_counts = r.boolean("later_participation_counts", true);
        d.early_negative = r.boolean("early_negative", true);
        d.absent_registers_min = number(r, "absent_registers_min", 0, 0, 1000);
        d.absence_means = status(r, "absence_means", Status::Unknown, {"unknown", "not_achieved"});
        no_anchor(r, d);
    }

    SupportRule support(Reader& r) {
        const std::string text = r.choice("support", {"any", "none", "with"}, "any");
        return text == "none" ? SupportRule::None : text == "with" ? SupportRule::With : SupportRule::Any;
    }

    void re_enrolment(Reader& r, Definition& d) {
        d.kind = DefinitionKind::ReEnrolment;
        d.anchor = r.choice("anchor", {"first_effective_enrolment"}, "first_effective_enrolment");
        d.club_same = r.choice("club", {"any", "same"}, "any") == "same";
        r.choice("cross_calendar", {"nearest_start"}, "nearest_start");
        d.late_counts = r.boolean("late_counts", true);
        d.absence_means = status(r, "absence_means", Status::Unknown, {"unknown", "not_achieved"});
        d.confirmed_list_absence = status(r, "confirmed_list_absence", Status::NotAchieved, {"not_achieved", "unknown"});
        no_anchor(r, d);
    }

    void composed(Reader& r, Definition& d) {
        d.kind = DefinitionKind::Composed;
        d.anchor = r.text("anchor", "trajectory_start");
        const bool first_of =
            d.anchor.starts_with("first:") && std::find(kEventNames.begin(), kEventNames.end(), d.anchor.substr(6)) != kEventNames.end();
        if (d.anchor != "trajectory_start" && d.anchor != "first_effective_enrolment" && !first_of)
            r.fault("CFG-004",
                    {{"key", dotted(r, "anchor")},
                     {"value", d.anchor},
                     {"allowed", std::string("trajectory_start, first_effective_enrolment, first:EVENT_TYPE")}},
                    r.node("anchor"));
        if (r.node("achieved") == nullptr) r.fault("CFG-002", {{"key", dotted(r, "achieved")}}, nullptr);
        if (const Node* node = r.node("achieved")) d.achieved = condition(r, "achieved", *node, 0);
        if (const Node* node = r.node("not_achieved")) d.not_achieved = condition(r, "not_achieved", *node, 0);
        d.decide_after = period(r, "decide_after").value_or(Period{6, 0});
        d.absence_means = status(r, "absence_means", Status::Unknown, {"unknown", "not_achieved"});
        no_anchor(r, d);
    }

    Condition condition(Reader& outer, const std::string& key, const Node& node, int depth) {
        Condition c;
        const std::string path = dotted(outer, key);
        if (!node.is(Node::Kind::Table)) {
            outer.fault("CFG-003", {{"key", path}, {"expected", std::string("table")}}, &node);
            return c;
        }
        Reader r(node, file_, path, faults_);
        int kinds = 0;
        for (const char* what : {"all_of", "any_of", "happened", "never", "at_least"}) kinds += node.find(what) != nullptr ? 1 : 0;
        if (kinds != 1 || depth > kDeepest) {
            r.fault("AGR-010", {{"key", path}}, &node);
            return c;
        }
        if (node.find("all_of") != nullptr || node.find("any_of") != nullptr) {
            const std::string what = node.find("all_of") != nullptr ? "all_of" : "any_of";
            c.what = what == "all_of" ? Condition::What::AllOf : Condition::What::AnyOf;
            for (const Node* part : r.tables(what)) c.parts.push_back(condition(r, what, *part, depth + 1));
            r.finish();
            return c;
        }
        if (node.find("at_least") != nullptr) {
            c.what = Condition::What::AtLeast;
            c.at_least = number(r, "at_least", 1, 1, 10'000);
            c.events = events(r, "events", {FactType::Attend});
            c.distinct_days = r.choice("distinct", {"day", "event"}, "day") == "day";
        } else {
            const char* what = node.find("happened") != nullptr ? "happened" : "never";
            c.what = node.find("happened") != nullptr ? Condition::What::Happened : Condition::What::Never;
            c.events = events(r, what, {});
        }
        c.within = period(r, "within");
        bound(r, "before", c.before_period, c.before_date);
        bound(r, "after", c.after_period, c.after_date);
        c.club_type = r.text("club_type");
        if (!c.club_type.empty()) known_club_type(r, c.club_type);
        c.club = r.text("club");
        c.kind = r.text("kind");
        c.reason = r.text("reason");
        c.support = support(r);
        r.finish();
        return c;
    }

    void known_club_type(Reader& r, const std::string& type) {
        Names types;
        for (const ClubType& known : agreement_.club_types) types.push_back(known.id);
        if (std::find(types.begin(), types.end(), type) != types.end()) return;
        const std::string guess = nearest(type, types).value_or("");
        r.fault("AGR-005",
                {{"key", dotted(r, "club_type")},
                 {"value", type},
                 {"suggested", std::string(guess.empty() ? "no" : "yes")},
                 {"nearest", guess}},
                r.node("club_type"));
    }

    void bound(Reader& r, const char* key, std::optional<Period>& as_period, std::optional<Date>& as_date) {
        const Node* node = r.node(key);
        if (node == nullptr) return;
        if (node->is(Node::Kind::Text) && node->text.starts_with("P")) {
            as_period = period_of(r, key, *node);
        } else {
            as_date = r.date(key);
        }
    }

    void reporting(Reader& top) {
        table(top, "reporting", [&](Reader& r) {
            const Node* dates = r.node("dates");
            for (const std::string& text : r.texts("dates")) {
                if (const auto day = parse_month_day(text)) {
                    agreement_.report_dates.push_back(*day);
                } else {
                    r.fault("AGR-003", {{"key", std::string("reporting.dates")}, {"value", text}}, dates);
                }
            }
            std::sort(agreement_.report_dates.begin(), agreement_.report_dates.end());
            const auto last = std::unique(agreement_.report_dates.begin(), agreement_.report_dates.end());
            agreement_.report_dates.erase(last, agreement_.report_dates.end());
        });
        for (const Node* node : top.tables("follow_up")) {
            Reader r(*node, file_, "follow_up", faults_);
            FollowUp item;
            item.date = required_date(r, "date").value_or(Date());
            item.with = r.text("with");
            item.topic = r.text("topic");
            r.finish();
            agreement_.follow_ups.push_back(std::move(item));
        }
        for (const Node* node : top.tables("goal")) {
            Reader r(*node, file_, "goal", faults_);
            AgreedGoal item;
            item.indicator = r.required_text("indicator");
            item.target = r.real("target", 0);
            item.period = r.text("period");
            item.agreed_on = r.date("agreed_on");
            r.finish();
            agreement_.goals.push_back(std::move(item));
        }
    }

    const Node& root_;
    std::string file_;
    std::vector<Fault> faults_;
    Agreement agreement_;
    std::map<std::string, std::string> no_anchor_at_;
};

}  // namespace

const Definition& Definition::for_club_type(const std::string& type) const {
    if (by_club_type.empty()) return *this;
    const auto found = by_club_type.find(type);
    return found == by_club_type.end() ? *this : found->second;
}

bool same_rules(const Definition& a, const Definition& b, bool by_type) {
    const auto bare = [&](Definition d) {
        d.id.clear();
        d.label.clear();
        d.variant_of.clear();
        if (!by_type) d.by_club_type.clear();
        for (auto& [type, other] : d.by_club_type) other.id.clear(), other.label.clear();
        return d;
    };
    return bare(a) == bare(b);
}

bool differs_by_club_type(DefinitionKind kind, std::string_view key) {
    switch (kind) {
        case DefinitionKind::Enrolment:
            return key == "min_trials" || key == "trial_events" || key == "distinct" || key == "trial_club" || key == "missing_trials" ||
                   key == "late_counts";
        case DefinitionKind::Composed:
            return false;
        case DefinitionKind::StillParticipating:
        case DefinitionKind::ReEnrolment:
            return key != "label";
    }
    return true;
}

const Definition* Agreement::definition(std::string_view definition_id) const {
    for (const Definition& definition : definitions)
        if (definition.id == definition_id) return &definition;
    return nullptr;
}

const ClubType& Agreement::club_type(std::string_view type) const {
    static const ClubType fallback{};
    for (const ClubType& known : club_types)
        if (known.id == type) return known;
    return fallback;
}

Agreement parse_agreement(std::string_view toml, const std::string& file) {
    if (toml.size() > kLargestAgreement)
        throw Error(Exit::Config, "AGR-016", {{"bytes", static_cast<std::int64_t>(kLargestAgreement)}}, file);
    const Node root = parse_toml(toml, file);
    return Parser(root, file).parse();
}

Agreement always_in_force(Agreement agreement) {
    agreement.effective_from = Date::from_ymd(1, 1, 1).value_or(Date());
    agreement.effective_to.reset();
    agreement.supersedes.reset();
    agreement.applies_by = AppliesBy::TrajectoryStart;
    return agreement;
}

std::vector<Agreement> order_versions(std::vector<Agreement> agreements) {
    std::stable_sort(agreements.begin(), agreements.end(), [](const Agreement& a, const Agreement& b) {
        return std::pair(a.version, std::string_view(a.rules_hash)) < std::pair(b.version, std::string_view(b.rules_hash));
    });
    std::vector<Fault> faults;
    for (std::size_t i = 0; i + 1 < agreements.size(); ++i) {
        if (agreements[i].id != agreements[i + 1].id)
            faults.push_back(
                {"AGR-022", {{"first", agreements[i].name()}, {"second", agreements[i + 1].name()}}, agreements[i + 1].file, {}});
        else if (agreements[i].version == agreements[i + 1].version)
            faults.push_back({"AGR-021", {{"value", agreements[i].name()}}, agreements[i + 1].file, {}});
    }
    if (!faults.empty()) throw Error(Exit::Config, faults);
    for (Agreement& older : agreements) {
        if (older.effective_to) continue;
        for (const Agreement& newer : agreements)
            if (newer.supersedes == older.version && newer.effective_from > older.effective_from)
                older.effective_to =
                    std::min(older.effective_to.value_or(newer.effective_from.plus_days(-1)), newer.effective_from.plus_days(-1));
    }
    for (std::size_t i = 0; i < agreements.size(); ++i) {
        for (std::size_t j = i + 1; j < agreements.size(); ++j) {
            const bool first_ends = agreements[i].effective_to && *agreements[i].effective_to < agreements[j].effective_from;
            const bool second_ends = agreements[j].effective_to && *agreements[j].effective_to < agreements[i].effective_from;
            if (!first_ends && !second_ends)
                faults.push_back({"AGR-020", {{"first", agreements[i].name()}, {"second", agreements[j].name()}}, agreements[j].file, {}});
        }
    }
    if (!faults.empty()) throw Error(Exit::Config, faults);
    return agreements;
}

}  // namespace brugwacht
