#include "engine/run/review.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "connector/source.hpp"
#include "engine/core/text.hpp"
#include "engine/identity/decisions.hpp"
#include "engine/identity/intake.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/import.hpp"
#include "engine/run/import_file.hpp"
#include "engine/run/link.hpp"
#include "exporters/local/review.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecondsPerPair = 20;
constexpr std::string_view kChoices[] = {"different", "same", "unsure"};  // by LinkAnswer

std::size_t person_field(std::string_view name) { return field_index(Entity::Person, name).value(); }

/// Names a pair and the state in which its records are: an answer about records that have changed since is not taken over.
std::string pair_code(const HashKey& key, std::int64_t a, std::int64_t b, std::uint64_t print_a, std::uint64_t print_b) {
    if (b < a) {
        std::swap(a, b);
        std::swap(print_a, print_b);
    }
    std::string text = "pair";
    for (const std::uint64_t part : {static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b), print_a, print_b})
        text += '|' + std::to_string(part);
    std::string digits;
    for (std::uint64_t rest = siphash128(key, text).low, i = 0; i < 12; ++i, rest >>= 4) digits += "0123456789abcdef"[rest & 15];
    return "P" + digits;
}

bool is_pair_code(std::string_view text) {
    return text.size() == 13 && text[0] == 'P' && text.substr(1).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string joined(const Identity& identity, std::initializer_list<std::string_view> fields, std::string_view between = " ") {
    std::string text;
    for (const std::string_view field : fields) {
        const std::string& value = identity.values[person_field(field)];
        if (value.empty()) continue;
        if (!text.empty()) text += between;
        text += value;
    }
    return text;
}

std::string name_of(const Identity& identity) {
    std::string name = joined(identity, {"given_name", "family_name"});
    if (const std::string& call = identity.values[person_field("call_name")]; !call.empty()) name += " (" + call + ")";
    return name;
}

std::string address_of(const Identity& identity) {
    std::string street = joined(identity, {"street", "house_number"});
    const std::string place = joined(identity, {"postcode", "municipality"});
    if (!street.empty() && !place.empty()) street += ", ";
    return street + place;
}

struct Shown {
    const char* label;                  // text key review.field.LABEL
    std::vector<std::string> evidence;  // fields of the comparison that speak of it
    std::string (*value)(const Identity&);
};

const std::vector<Shown>& shown_fields() {
    static const std::vector<Shown> kFields{
        {"name", {"given_name", "family_name", "names"}, name_of},
        {"birth_date", {"birth_date"}, [](const Identity& i) { return joined(i, {"birth_date"}); }},
        {"gender", {"gender"}, [](const Identity& i) { return joined(i, {"gender"}); }},
        {"address", {"address"}, address_of},
        {"phone", {"phone"}, [](const Identity& i) { return joined(i, {"phone"}); }},
        {"email", {"email"}, [](const Identity& i) { return joined(i, {"email"}); }},
        {"guardian",
         {"guardian"},
         [](const Identity& i) {
             return joined(i, {"guardian_name", "guardian_phone", "guardian_email"}, " · ");
         }},
        {"household", {"household"}, [](const Identity& i) { return joined(i, {"household"}); }},
        {"member_number", {"member_number"}, [](const Identity& i) { return joined(i, {"member_number"}); }},
    };
    return kFields;
}

/// How unsure a pair is, from 0 to 1: most of all where both outcomes are as likely.
double doubt(const PairExplanation& found) {
    const bool ruled = std::any_of(found.evidence.begin(), found.evidence.end(), [](const LinkEvidence& e) { return e.field == "rule"; });
    if (ruled) return 0.5;
    const double chance = 1 / (1 + std::exp2(-std::clamp(found.weight, -60.0, 60.0)));
    return 4 * chance * (1 - chance);
}

/// What answering can change on the dashboard: two trajectories that become one child, one that finds its membership, or nothing.
double stake(const LinkReport::Record& a, const LinkReport::Record& b) {
    if (a.guided && b.guided) return 2;
    return a.guided || b.guided ? 1 : 0.25;
}

class BookMaker {
  public:
    BookMaker(Stores& stores, const LinkReport& report, const Texts& texts) : stores_(stores), report_(report), texts_(texts) {
        for (Decision& decision : standing_decisions(stores_.vault)) {
            const std::pair pair(decision.a, decision.b);
            decisions_.emplace(pair, std::move(decision));
        }
        for (std::uint32_t i = 0; i < report.records.size(); ++i) places_.emplace(report.records[i].id, i);
    }

    /// Pairs in the zone of review that nobody decided, the most valuable first; those that somebody was unsure of come last.
    std::vector<const ScoredPair*> open() const {
        struct Ranked {
            const ScoredPair* pair;
            bool unsure;
            double value;
        };
        std::vector<Ranked> ranked;
        for (const ScoredPair& pair : report_.pairs) {
            const LinkReport::Record &a = report_.records[pair.a], &b = report_.records[pair.b];
            if (pair.zone != LinkZone::Review || pair.decided || !a.stays || !b.stays) continue;
            ranked.push_back({&pair, decision(a.id, b.id) != nullptr, stake(a, b) * doubt(report_.explain(pair.a, pair.b))});
        }
        std::stable_sort(ranked.begin(), ranked.end(),
                         [](const Ranked& a, const Ranked& b) { return a.unsure != b.unsure ? b.unsure : a.value > b.value; });
        std::vector<const ScoredPair*> pairs;
        for (const Ranked& one : ranked) pairs.push_back(one.pair);
        return pairs;
    }

    ReviewBlock block(std::uint32_t a, std::uint32_t b) {
        const LinkReport::Record &left = report_.records[a], &right = report_.records[b];
        const Identity one = stores_.vault.person(left.id).value();
        const Identity other = stores_.vault.person(right.id).value();
        const PairExplanation found = report_.explain(a, b);
        ReviewBlock block;
        block.code = pair_code(stores_.keys.record_id, left.id, right.id, print(left.id), print(right.id));
        block.a = left.source_key;
        block.b = right.source_key;
        block.summary = summary(found);
        if (const Decision* known = decision(left.id, right.id)) {
            block.answer = texts_("review.choice." + std::string(kChoices[static_cast<std::size_t>(known->answer)]));
            block.note = known->why;
        }
        for (const Shown& field : shown_fields()) add_line(block, field, one, other, found);
        return block;
    }

    std::vector<ReviewBlock> decided() {
        std::vector<ReviewBlock> blocks;
        for (const auto& [pair, decision] : decisions_) {
            const auto a = places_.find(pair.first), b = places_.find(pair.second);
            if (decision.answer == LinkAnswer::Unsure || a == places_.end() || b == places_.end()) continue;
            if (!report_.records[a->second].stays || !report_.records[b->second].stays) continue;
            blocks.push_back(block(a->second, b->second));
        }
        return blocks;
    }

    std::vector<ReviewBlock> conflicts(const LinkSummary& link) {
        std::vector<ReviewBlock> blocks;
        for (const auto& [a, b] : link.contradictions) blocks.push_back(block(places_.at(a), places_.at(b)));
        return blocks;
    }

  private:
    const Decision* decision(std::int64_t a, std::int64_t b) const {
        const auto at = decisions_.find({std::min(a, b), std::max(a, b)});
        return at == decisions_.end() ? nullptr : &at->second;
    }
    std::uint64_t print(std::int64_t id) { return stores_.vault.fingerprint(id).value_or(0); }

    std::string summary(const PairExplanation& found) const {
        std::string text;
        for (const LinkEvidence& evidence : found.evidence)
            if (evidence.field == "rule") text += (text.empty() ? "" : " ") + evidence_text(evidence, texts_);
        return text.empty() ? texts_("review.unsure_weight") : text;
    }

    void add_line(ReviewBlock& block, const Shown& field, const Identity& a, const Identity& b, const PairExplanation& found) const {
        ReviewLine line{texts_(std::string("review.field.") + field.label), field.value(a), field.value(b), false, {}};
        if (line.a.empty() && line.b.empty()) return;
        line.equal = fold_words(line.a) == fold_words(line.b);
        for (const LinkEvidence& evidence : found.evidence)
            if (evidence.level != "missing" && evidence.level != "order" &&
                std::find(field.evidence.begin(), field.evidence.end(), evidence.field) != field.evidence.end())
                line.seen += (line.seen.empty() ? "" : "; ") + evidence_text(evidence, texts_);
        block.lines.push_back(std::move(line));
    }

    Stores& stores_;
    const LinkReport& report_;
    const Texts& texts_;
    std::map<std::pair<std::int64_t, std::int64_t>, Decision> decisions_;
    std::map<std::int64_t, std::uint32_t> places_;
};

void publish(const Project& project, const ReviewRequest& request, const ReviewBook& book, const Texts& texts, Ports& ports,
             ReviewResult& result) {
    const TemporaryFolder temporary(project);
    const fs::path draft = temporary.path() / "review.xlsx";
    write_review_workbook(book, texts, draft);
    const bool own_folder = request.out.empty();
    result.workbook = own_folder ? project.review() / ("review-" + book.made_on.iso() + ".xlsx") : request.out;
    if (own_folder) make_private_folder(project.review());
    AuditEntry entry{.action = std::string(audit_action::kReview), .object = "person"};
    entry.counts["pairs"] = static_cast<std::int64_t>(book.open.size() + book.decided.size() + book.conflicts.size());
    record_event(project, entry, ports);
    if (own_folder) {
        ports.files.publish(draft, result.workbook);
    } else {
        ports.files.write(result.workbook, ports.files.read(draft), 0600);  // not renamed: it may go to another disk
    }
}

}  // namespace

std::string evidence_text(const LinkEvidence& evidence, const Texts& texts) {
    const std::string key = "evidence." + evidence.field + "." + evidence.level;
    return texts(texts.has(key) ? key : "evidence.level." + evidence.level);
}

ReviewResult write_review(const Project& project, const ReviewRequest& request, const Texts& texts, Ports& ports) {
    LinkReport report;
    const LinkResult linked = weigh_persons(project, ports, report);
    Stores stores(project, ports);
    BookMaker maker(stores, report, texts);
    const std::vector<const ScoredPair*> open = maker.open();
    ReviewBook book;
    book.made_on = ports.clock.today();
    ReviewResult result;
    result.open = open.size();
    result.shown = std::min<std::uint64_t>(open.size(), request.at_most);
    result.minutes = (static_cast<std::int64_t>(result.shown) * kSecondsPerPair + 59) / 60;
    book.minutes = result.minutes;
    book.all = static_cast<std::int64_t>(result.open);
    for (std::size_t i = 0; i < result.shown; ++i) book.open.push_back(maker.block(open[i]->a, open[i]->b));
    book.decided = maker.decided();
    book.conflicts = maker.conflicts(linked.link);
    result.decided = book.decided.size();
    result.conflicts = book.conflicts.size();
    if (!request.dry_run && result.open + result.decided + result.conflicts > 0) publish(project, request, book, texts, ports, result);
    return result;
}

namespace {

struct ReadAnswer {
    std::string code, a, b, answer, note;
    std::uint64_t row = 0;
};

/// Every row that begins a pair, on any sheet; columns may have been put before it.
std::vector<ReadAnswer> read_answers(const fs::path& file) {
    std::vector<ReadAnswer> answers;
    const auto document = open_document(file);
    for (const TabInfo& tab : document->info().tabs) {
        const auto rows = document->open_tab(tab.index);
        RawRow row;
        while (rows->next(row)) {
            const auto code =
                std::find_if(row.cells.begin(), row.cells.end(), [](const Cell& cell) { return is_pair_code(trim(cell.text)); });
            if (code == row.cells.end()) continue;
            const auto cell = [&](std::size_t column) {
                const std::size_t wanted = code->column + column - kReviewCode;
                const auto found = std::find_if(code, row.cells.end(), [&](const Cell& c) { return c.column == wanted; });
                return found == row.cells.end() ? std::string() : std::string(trim(found->text));
            };
            answers.push_back({cell(kReviewCode), cell(kReviewA), cell(kReviewB), cell(kReviewAnswer), cell(kReviewNote), row.row});
        }
    }
    return answers;
}

/// The words of the choice in every language, whole or their first one.
std::optional<LinkAnswer> answer_of(const std::string& text) {
    static const std::map<std::string, LinkAnswer> kWords = [] {
        std::map<std::string, LinkAnswer> words;
        for (const char* language : {"nl", "fr", "en"}) {
            const Texts texts = load_texts(language);
            for (std::size_t i = 0; i < std::size(kChoices); ++i)
                words.emplace(fold_words(texts("review.choice." + std::string(kChoices[i]))), static_cast<LinkAnswer>(i));
        }
        return words;
    }();
    const auto known = kWords.find(fold_words(text));
    return known == kWords.end() ? std::nullopt : std::optional(known->second);
}

std::optional<std::int64_t> record_of(const RecordIds& ids, const std::string& source_key) {
    const std::size_t colon = source_key.find(':');
    if (colon == std::string::npos) return std::nullopt;
    return ids.id(source_key.substr(0, colon), Entity::Person, source_key.substr(colon + 1));
}

/// What is to be decided, by pair; the rest is counted.
class Answers {
  public:
    Answers(Stores& stores, const std::string& who, std::int64_t now) : stores_(stores), who_(who), now_(now) {
        for (Decision& decision : standing_decisions(stores_.vault)) {
            const std::pair pair(decision.a, decision.b);
            standing_.emplace(pair, std::move(decision));
        }
    }

    void take(const ReadAnswer& read, AppliedReview& result) {
        if (read.answer.empty()) {
            ++result.open;
            return;
        }
        const auto refuse = [&](const char* code) { result.refused.push_back({code, read.row}); };
        const auto answer = answer_of(read.answer);
        if (!answer) return refuse("REV-002");
        const auto a = record_of(stores_.ids, read.a), b = record_of(stores_.ids, read.b);
        if (!a || !b) return refuse("REV-004");
        const auto print_a = stores_.vault.fingerprint(*a), print_b = stores_.vault.fingerprint(*b);
        if (!print_a || !print_b || pair_code(stores_.keys.record_id, *a, *b, *print_a, *print_b) != read.code) return refuse("REV-004");
        const std::pair pair(std::min(*a, *b), std::max(*a, *b));
        const auto [known, made] = taken_.try_emplace(pair, Decision{0, 0, *a, *b, *answer, who_, read.note, now_, *print_a, *print_b});
        if (!made && known->second.answer != *answer) {
            torn_.insert(pair);
            refuse("REV-003");
        }
    }

    std::vector<Decision> to_write(AppliedReview& result) const {
        std::vector<Decision> decisions;
        for (const auto& [pair, decision] : taken_) {
            if (torn_.contains(pair)) continue;
            const auto standing = standing_.find(pair);
            const bool same =
                standing != standing_.end() && standing->second.answer == decision.answer && standing->second.why == decision.why;
            if (same) {
                ++result.unchanged;
            } else {
                decisions.push_back(decision);
            }
        }
        return decisions;
    }

  private:
    using Pair = std::pair<std::int64_t, std::int64_t>;
    Stores& stores_;
    std::string who_;
    std::int64_t now_;
    std::map<Pair, Decision> standing_, taken_;
    std::set<Pair> torn_;
};

}  // namespace

AppliedReview apply_review(const Project& project, const fs::path& file, const std::string& who, bool dry_run, Ports& ports) {
    const std::vector<ReadAnswer> read = read_answers(file);
    if (!dry_run) record_changes(project, ports);
    if (read.empty()) throw Error(Exit::Data, "REV-001", {}, file.filename().string());
    Stores stores(project, ports);
    AppliedReview result;
    Answers answers(stores, who, ports.clock.now());
    for (const ReadAnswer& answer : read) answers.take(answer, result);
    const std::vector<Decision> decisions = answers.to_write(result);
    result.applied = decisions.size();
    if (decisions.empty()) return result;
    Intake intake(stores.store, stores.vault, stores.keys, intake_settings(project, stores), ports.clock.now(), "review");
    for (const Decision& decision : decisions) intake.decide(decision);
    result.link = intake.link();
    if (dry_run) {
        intake.rollback();
        return result;
    }
    result.run = intake.run();
    intake.commit();
    AuditEntry entry{.action = std::string(audit_action::kLinkDecisions), .object = "person"};
    entry.run = result.run;
    entry.counts = {{"applied", static_cast<std::int64_t>(result.applied)}};
    record_event(project, entry, ports);
    return result;
}

}  // namespace brugwacht
