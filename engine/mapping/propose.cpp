#include "engine/mapping/propose.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/mapping/column_facts.hpp"
#include "engine/mapping/header_knowledge.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

constexpr double kSure = 0.5;  // below it a guess is told, not used
constexpr double kWorthTelling = 0.2;
constexpr double kContentAlone = 0.45;
constexpr std::size_t kHeaderSearch = 50;    // rows
constexpr std::size_t kCellsToSearch = 400;  // of one row
constexpr std::size_t kLongestHeader = 200;  // bytes, as the mapper reads them
constexpr std::size_t kMostAlternatives = 3;

// Nothing that could steer a terminal or break a line of a file.
std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7F) {
            out.push_back(' ');
        } else if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
            ++i;
        } else if (c == 0xE2 && i + 2 < text.size() && (text.substr(i, 2) == "\xE2\x80" || text.substr(i, 2) == "\xE2\x81") &&
                   static_cast<unsigned char>(text[i + 2]) >= 0xA6 && static_cast<unsigned char>(text[i + 2]) <= 0xAE) {
            i += 2;  // marks that turn the direction of writing
        } else {
            out.push_back(text[i]);
        }
    }
    return std::string(trim(out));
}

// A text of a header row; numbers count too, as the mapper has them.
std::string header_text(const SampleCell& cell) {
    if (cell.kind == CellKind::Text && !cell.cut) {
        const std::string_view text = trim(cell.text);
        return text.size() <= kLongestHeader && is_valid_utf8(text) ? std::string(text) : std::string();
    }
    if (cell.kind == CellKind::Number && cell.number == std::floor(cell.number) && std::abs(cell.number) < 1e15)
        return std::to_string(static_cast<std::int64_t>(cell.number));
    return {};
}

bool is_blank(const SampleCell& cell) { return cell.kind == CellKind::Empty || (cell.kind == CellKind::Text && trim(cell.text).empty()); }

bool is_label(const SampleCell& cell) {
    const std::string text = header_text(cell);
    if (text.empty() || alarm_in_label(text) != Alarm::None) return false;
    if (text.find_first_not_of("0123456789.,-+/: %") == std::string::npos) return false;
    return !has_date(text);
}

struct HeaderRow {
    std::size_t at = 0;  // position in the rows of the sample
    std::optional<std::size_t> category;
};

class HeaderFinder {
  public:
    HeaderFinder(const SheetSample& sheet, const HeaderKnowledge& knowledge, const std::string& folded_name)
        : sheet_(sheet), knowledge_(knowledge), name_(folded_name) {}

    std::optional<HeaderRow> find() {
        std::optional<std::size_t> best;
        std::size_t best_known = 0;
        const std::size_t rows = std::min(sheet_.rows.size(), kHeaderSearch);
        for (std::size_t r = 0; r < rows; ++r) {
            std::size_t filled = 0;
            std::size_t labels = 0;
            std::size_t known = 0;
            for (const SampleCell& cell : sheet_.rows[r].cells) {
                if (is_blank(cell)) continue;
                if (++filled > kCellsToSearch) break;
                if (!is_label(cell)) continue;
                ++labels;
                known += is_known(header_text(cell)) ? 1U : 0U;
            }
            if (labels * 10 < std::min(filled, kCellsToSearch) * 7) continue;
            if ((known >= 2 || (known == 1 && filled <= 2)) && known > best_known) {
                best = r;
                best_known = known;
            }
        }
        if (!best) best = by_shape();
        if (!best) return std::nullopt;
        HeaderRow found{*best, std::nullopt};
        if (*best > 0 && is_category_row(*best - 1, *best)) found.category = *best - 1;
        return found;
    }

  private:
    bool is_known(const std::string& header) {
        const auto cached = known_.find(header);
        if (cached != known_.end()) return cached->second;
        const std::vector<HeaderHit> hits = knowledge_.hits(header, "", name_);
        const bool known = std::any_of(hits.begin(), hits.end(), [](const HeaderHit& hit) { return hit.confidence >= 0.6; });
        return known_[header] = known;
    }

    // No word of it is known: a row of names above cells that are none.
    std::optional<std::size_t> by_shape() const {
        std::size_t widest = 0;
        for (const RowSample& row : sheet_.rows) widest = std::max(widest, row.cells.size());
        for (std::size_t r = 0; r < std::min(sheet_.rows.size(), kHeaderSearch); ++r) {
            const RowSample& row = sheet_.rows[r];
            const auto filled = static_cast<std::size_t>(
                std::count_if(row.cells.begin(), row.cells.end(), [](const SampleCell& cell) { return !is_blank(cell); }));
            if (filled < 2 || filled * 2 < widest) continue;
            if (!std::all_of(row.cells.begin(), row.cells.end(), [](const SampleCell& cell) { return is_blank(cell) || is_label(cell); }))
                return std::nullopt;  // the table begins without a header
            return has_other_cells_below(r) ? std::optional(r) : std::nullopt;
        }
        return std::nullopt;
    }

    bool has_other_cells_below(std::size_t header) const {
        std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> columns;  // filled, no label
        for (std::size_t r = header + 1; r < sheet_.rows.size(); ++r)
            for (const SampleCell& cell : sheet_.rows[r].cells) {
                if (is_blank(cell)) continue;
                auto& [filled, others] = columns[cell.column];
                ++filled;
                others += is_label(cell) ? 0U : 1U;
            }
        return std::any_of(columns.begin(), columns.end(),
                           [](const auto& entry) { return entry.second.first >= 2 && entry.second.second * 10 >= entry.second.first * 7; });
    }

    // Merged cells that say whose the columns below are; a title is one cell at the left.
    bool is_category_row(std::size_t above, std::size_t header) const {
        std::size_t filled = 0;
        bool whose = false;
        for (const SampleCell& cell : sheet_.rows[above].cells) {
            if (is_blank(cell)) continue;
            if (!is_label(cell)) return false;
            ++filled;
            whose = whose || (cell.column > 0 && knowledge_.is_category(header_text(cell)));
        }
        return filled > 0 && filled < sheet_.rows[header].cells.size() && whose;
    }

    const SheetSample& sheet_;
    const HeaderKnowledge& knowledge_;
    std::string name_;
    std::map<std::string, bool> known_;
};

struct Column {
    std::uint32_t column = 0;
    std::string header, category;  // as written
    bool alarming = false;         // the header itself is a number or address of a person
    bool again = false;            // the same header stands further to the left
    ColumnFacts facts;
    std::vector<HeaderHit> hits;
};

struct Scored {
    std::size_t column = 0;
    std::size_t meaning = 0;
    double confidence = 0;
    std::vector<Why> reasons;
};

bool stands_in(const Meaning& meaning, Layout layout) {
    const std::string& e = meaning.entity;
    const bool typed = !meaning.type.empty();
    switch (layout) {
        case Layout::People:
            return (e == "person") || (e == "trajectory" && meaning.field != "person" && meaning.field != "worker") ||
                   (e == "worker" && meaning.field == "name") || (e == "club" && (meaning.field == "name" || meaning.field == "kind")) ||
                   (e == "event" && (typed || meaning.field == "date" || meaning.field == "type"));
        case Layout::Trajectories:
            return e == "trajectory" || (e == "worker" && meaning.field == "name");
        case Layout::Events:
            return (e == "event" && meaning.field != "club") || (e == "club" && (meaning.field == "name" || meaning.field == "kind"));
        case Layout::Activities:
            return e == "activity" || (e == "worker" && meaning.field == "name");
        case Layout::Clubs:
            return e == "club" && meaning.field != "key";
        case Layout::None:
            break;
    }
    return false;
}

class SheetProposer {
  public:
    SheetProposer(const SheetSample& sheet, const std::string& file_name, const HeaderKnowledge& knowledge, const CodeLists& lists)
        : sheet_(sheet), knowledge_(knowledge), lists_(lists) {
        name_ = fold(sheet.name);
        if (sheet.name.empty()) {
            const std::size_t slash = file_name.find_last_of("/\\");
            std::string stem = slash == std::string::npos ? file_name : file_name.substr(slash + 1);
            if (const std::size_t dot = stem.find('.'); dot != std::string::npos && dot > 0) stem.resize(dot);
            name_ = fold(stem);
            title_ = stem;
        } else {
            title_ = sheet.name;
        }
    }

    ProposedSheet run() {
        ProposedSheet out;
        out.index = sheet_.index;
        out.name = printable(sheet_.name);
        const auto header = HeaderFinder(sheet_, knowledge_, name_).find();
        if (!header) return out;
        out.header_row = sheet_.rows[header->at].row;
        read_columns(*header);

        Layout best = Layout::None;
        double best_score = 0;
        std::vector<std::optional<Scored>> chosen(columns_.size());
        double loose_score = 0;
        for (const Layout layout : {Layout::People, Layout::Trajectories, Layout::Events, Layout::Activities, Layout::Clubs}) {
            std::vector<std::optional<Scored>> uses = assign(layout);
            drop_what_hangs_loose(layout, uses);
            double score = 0;
            for (const auto& use : uses)
                if (use && use->confidence >= kSure) score += use->confidence;
            const bool valid = makes_records(layout, uses);
            // "Naam, Type, Gemeente" on a sheet that calls itself a list of clubs, with nobody's birth date in it.
            if (valid && layout == Layout::Clubs && is_list_of_clubs()) score += best_score;
            if (valid && score > best_score) {
                best = layout;
                best_score = score;
                chosen = std::move(uses);
            } else if (best == Layout::None && score > loose_score) {
                loose_score = score;
                chosen = std::move(uses);
            }
        }
        out.layout = best;
        describe(out, chosen);
        return out;
    }

  private:
    bool is_list_of_clubs() const {
        return knowledge_.is_category(title_) && std::none_of(columns_.begin(), columns_.end(), [&](const Column& column) {
                   return means(column, "person", "given_name") || means(column, "person", "birth_date");
               });
    }

    const Meaning& meaning(std::size_t at) const { return knowledge_.meanings()[at]; }

    void read_columns(const HeaderRow& header) {
        std::map<std::uint32_t, std::size_t> by_column;
        std::set<std::pair<std::string, std::string>> seen;
        const RowSample* above = header.category ? &sheet_.rows[*header.category] : nullptr;
        std::size_t next_above = 0;
        std::string category;
        for (const SampleCell& cell : sheet_.rows[header.at].cells) {
            while (above != nullptr && next_above < above->cells.size() && above->cells[next_above].column <= cell.column) {
                if (!is_blank(above->cells[next_above])) category = header_text(above->cells[next_above]);
                ++next_above;
            }
            if (is_blank(cell)) continue;
            Column column;
            column.column = cell.column;
            column.header = header_text(cell);
            column.category = category;
            column.alarming = column.header.empty() || alarm_in_label(column.header) != Alarm::None;
            column.again = !column.header.empty() && !seen.insert({fold(category), fold(column.header)}).second;
            by_column[cell.column] = columns_.size();
            columns_.push_back(std::move(column));
        }
        for (std::size_t r = header.at + 1; r < sheet_.rows.size(); ++r)
            for (const SampleCell& cell : sheet_.rows[r].cells)
                if (const auto at = by_column.find(cell.column); at != by_column.end()) columns_[at->second].facts.add(cell);
        for (Column& column : columns_)
            if (!column.alarming) column.hits = knowledge_.hits(column.header, column.category, name_);
    }

    // What the header and the cells say together.
    Scored score(std::size_t c, const HeaderHit& hit) const {
        const Column& column = columns_[c];
        const Meaning& what = meaning(hit.meaning);
        Scored scored{c, hit.meaning, hit.confidence, {{hit.reason, hit.detail}}};
        const auto fit = column.facts.fit(what.expect, lists_);
        if (fit == ColumnFacts::Fit::Agrees) {
            scored.confidence += (1 - scored.confidence) * 0.4;
            scored.reasons.push_back({"content", what.expect.starts_with("list:") ? "list" : what.expect});
        } else if (fit == ColumnFacts::Fit::Contradicts) {
            scored.confidence *= 0.45;
            scored.reasons.push_back({"content_differs", what.expect.starts_with("list:") ? "list" : what.expect});
        }
        if (!what.follows.empty()) {
            if (right_of(c, what.follows)) {
                scored.confidence += (1 - scored.confidence) * 0.5;
                scored.reasons.push_back({"follows", what.follows});
            } else if (ambiguous(column, hit)) {
                scored.confidence *= 0.5;
            }
        } else if (what.field == "key" && right_of(c, "person.street") && means(column, "person", "house_number")) {
            scored.confidence *= 0.5;
        }
        return scored;
    }

    static bool ambiguous(const Column& column, const HeaderHit& hit) { return hit.reason == "header_same" && column.hits.size() > 1; }

    bool means(const Column& column, std::string_view entity, std::string_view field) const {
        return std::any_of(column.hits.begin(), column.hits.end(), [&](const HeaderHit& hit) {
            return hit.confidence >= 0.6 && meaning(hit.meaning).entity == entity && meaning(hit.meaning).field == field;
        });
    }

    bool right_of(std::size_t c, const std::string& field) const {
        const std::size_t dot = field.find('.');
        return c > 0 && columns_[c - 1].column + 1 == columns_[c].column &&
               means(columns_[c - 1], field.substr(0, dot), field.substr(dot + 1));
    }

    bool taken_at_all(const Column& column, double header_confidence) const {
        if (column.alarming || column.again || !column.facts.forbidden().empty()) return false;
        return std::none_of(column.hits.begin(), column.hits.end(), [&](const HeaderHit& hit) {
            return !meaning(hit.meaning).ignore.empty() && hit.confidence >= header_confidence;
        });
    }

    std::vector<Scored> candidates(Layout layout) const {
        bool given_name = false;
        for (std::size_t c = 0; c < columns_.size(); ++c)
            for (const HeaderHit& hit : columns_[c].hits)
                given_name = given_name || (meaning(hit.meaning).entity == "person" && meaning(hit.meaning).field == "given_name" &&
                                            score(c, hit).confidence >= kSure);
        std::string about = knowledge_.is_category(title_) ? title_ : std::string();
        for (const Column& column : columns_)
            if (about.empty() && means(column, "club", "name") && knowledge_.is_category(column.header)) about = column.header;
        std::vector<Scored> out;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const Column& column = columns_[c];
            std::vector<HeaderHit> hits = column.hits;
            // In a list of clubs the sheet, or the column with their names, says whose kind and municipality it is.
            if (layout == Layout::Clubs && column.category.empty() && !column.alarming && !about.empty())
                for (HeaderHit& hit : knowledge_.hits(column.header, about, name_)) hits.push_back(std::move(hit));
            const bool several = column.facts.several_words() || column.facts.with_comma();
            const bool either_name = means(column, "person", "family_name") && means(column, "person", "full_name");
            for (const HeaderHit& hit : hits) {
                const Meaning& what = meaning(hit.meaning);
                if (!what.ignore.empty() || !stands_in(what, layout) || !taken_at_all(column, hit.confidence)) continue;
                Scored scored = score(c, hit);
                if (what.entity == "person" && what.field == "full_name" && (given_name || (either_name && !several)))
                    scored.confidence *= 0.4;
                if (what.entity == "person" && what.field == "family_name" && either_name && !given_name && several)
                    scored.confidence *= 0.5;
                if (scored.confidence >= kWorthTelling) out.push_back(std::move(scored));
            }
            if (!hits.empty() || !taken_at_all(column, 1) || column.facts.filled() < 3 ||
                knowledge_.about_someone_else(column.header, column.category))
                continue;
            for (std::size_t m = 0; m < knowledge_.meanings().size(); ++m) {
                const Meaning& what = meaning(m);
                if (!what.by_type || !stands_in(what, layout)) continue;
                const bool list = what.expect.starts_with("list:");
                if (list && (column.facts.different() < 2 || column.facts.share_in_list(what.expect.substr(5), lists_) < 0.8)) continue;
                if (column.facts.fit(what.expect, lists_) == ColumnFacts::Fit::Agrees)
                    out.push_back({c, m, kContentAlone, {{"content", list ? "list" : what.expect}}});
            }
        }
        std::stable_sort(out.begin(), out.end(), [](const Scored& a, const Scored& b) { return a.confidence > b.confidence; });
        return out;
    }

    // The surest pair first; a field is filled once, but for steps that may come several times.
    std::vector<std::optional<Scored>> assign(Layout layout) {
        std::vector<std::optional<Scored>> uses(columns_.size());
        std::set<std::size_t> filled;
        for (const Scored& scored : candidates(layout)) {
            const bool once = !meaning(scored.meaning).repeats;
            if (uses[scored.column] || (once && filled.count(scored.meaning) != 0)) continue;
            uses[scored.column] = scored;
            filled.insert(scored.meaning);
        }
        return uses;
    }

    bool sure(const std::vector<std::optional<Scored>>& uses, std::string_view entity, std::string_view field,
              const std::string* type = nullptr) const {
        return std::any_of(uses.begin(), uses.end(), [&](const std::optional<Scored>& use) {
            return use && use->confidence >= kSure && meaning(use->meaning).entity == entity && meaning(use->meaning).field == field &&
                   (type == nullptr || meaning(use->meaning).type == *type);
        });
    }

    bool makes_records(Layout layout, const std::vector<std::optional<Scored>>& uses) const {
        const auto has = [&](const char* entity, const char* field) { return sure(uses, entity, field); };
        switch (layout) {
            case Layout::People:
                return has("person", "family_name") || has("person", "given_name") || has("person", "full_name");
            case Layout::Trajectories:
                return has("trajectory", "start") && has("trajectory", "person");
            case Layout::Events: {
                const std::string any;
                return sure(uses, "event", "date", &any) && has("event", "type") &&
                       (has("event", "person") || has("event", "trajectory") || has("club", "name"));
            }
            case Layout::Activities:
                return has("activity", "date") && (has("activity", "kind") || has("activity", "minutes") ||
                                                   has("activity", "participants") || has("activity", "counterpart_kind"));
            case Layout::Clubs:
                return has("club", "name") && (has("club", "kind") || has("club", "municipality") || has("club", "vcode"));
            case Layout::None:
                break;
        }
        return false;
    }

    void drop_what_hangs_loose(Layout layout, std::vector<std::optional<Scored>>& uses) {
        loose_.assign(columns_.size(), "");
        const auto drop = [&](std::size_t c, const char* why) {
            loose_[c] = why;
            uses[c].reset();
        };
        if (layout == Layout::People) {
            const bool start = sure(uses, "trajectory", "start");
            const std::string any;
            const bool logged = sure(uses, "event", "date", &any) && sure(uses, "event", "type", &any);
            for (std::size_t c = 0; c < uses.size(); ++c) {
                if (!uses[c]) continue;
                const Meaning& what = meaning(uses[c]->meaning);
                if (!start && (what.entity == "worker" || (what.entity == "trajectory" && what.field != "start"))) drop(c, "no_trajectory");
            }
            for (std::size_t c = 0; c < uses.size(); ++c) {
                if (!uses[c]) continue;
                const Meaning& what = meaning(uses[c]->meaning);
                if (what.entity != "event") continue;
                if (what.type.empty() && !logged) drop(c, "no_event");
                if (uses[c] && !what.type.empty() && what.field != "date" && !sure(uses, "event", "date", &what.type)) drop(c, "no_event");
            }
            const bool events = sure(uses, "event", "date");
            for (std::size_t c = 0; c < uses.size(); ++c)
                if (uses[c] && meaning(uses[c]->meaning).entity == "club" && !events) drop(c, "no_event");
        }
        loose_by_layout_[layout] = loose_;
    }

    void describe(ProposedSheet& out, std::vector<std::optional<Scored>>& uses) const {
        const Layout layout = out.layout == Layout::None ? Layout::People : out.layout;
        std::map<std::size_t, std::vector<Scored>> all;
        for (Scored& scored : candidates(layout)) all[scored.column].push_back(std::move(scored));
        const auto loose = loose_by_layout_.find(layout);
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const Column& column = columns_[c];
            ProposedColumn shown;
            shown.column = column.column;
            if (!column.alarming) shown.header = printable(column.header);
            if (alarm_in_label(column.category) == Alarm::None) shown.category = printable(column.category);
            shown.nameless =
                knowledge_.only_known_words(column.header) && (column.category.empty() || knowledge_.only_known_words(column.category));
            if (uses[c]) {
                shown.use = candidate(*uses[c]);
                shown.reasons = uses[c]->reasons;
                shown.sure = out.layout != Layout::None && uses[c]->confidence >= kSure;
                shown.comma = column.facts.with_comma();
                shown.dates = column.facts.date_order();
                if (shown.dates == "?") {
                    if (shown.sure && is_date(*shown.use)) out.date_order_unknown = true;
                    shown.dates.clear();
                }
                if (!is_date(*shown.use)) shown.dates.clear();
            } else {
                shown.reasons.push_back({"not_taken", why_not(c, all[c], loose == loose_by_layout_.end() ? "" : loose->second[c])});
            }
            for (const Scored& other : all[c]) {
                const Candidate option = candidate(other);
                const bool told = (shown.use && same_field(*shown.use, option)) ||
                                  std::any_of(shown.alternatives.begin(), shown.alternatives.end(),
                                              [&](const Candidate& earlier) { return same_field(earlier, option); });
                if (!told && shown.alternatives.size() < kMostAlternatives) shown.alternatives.push_back(option);
            }
            out.columns.push_back(std::move(shown));
        }
    }

    static bool same_field(const Candidate& a, const Candidate& b) {
        return a.entity == b.entity && a.field == b.field && a.type == b.type;
    }

    static bool is_date(const Candidate& use) {
        return use.field == "date" || use.field == "start" || use.field == "to" || use.field == "birth_date" || use.field == "from" ||
               use.field.ends_with("_on");
    }

    Candidate candidate(const Scored& scored) const {
        const Meaning& what = meaning(scored.meaning);
        Candidate out{what.entity, what.field, what.type, "", scored.confidence};
        if (what.field == "full_name") {
            out.field = "family_name";
            out.special = what.field;
        } else if (what.field == "guardian_given_name" || what.field == "guardian_family_name") {
            out.field = "guardian_name";
            out.special = what.field;
        }
        return out;
    }

    std::string why_not(std::size_t c, const std::vector<Scored>& all, const std::string& loose) const {
        const Column& column = columns_[c];
        if (column.alarming) return "header_unusable";
        if (const std::string what = column.facts.forbidden(); !what.empty()) return what;
        const HeaderHit* ignore = nullptr;
        for (const HeaderHit& hit : column.hits)
            if (!meaning(hit.meaning).ignore.empty() && (ignore == nullptr || hit.confidence > ignore->confidence)) ignore = &hit;
        if (ignore != nullptr && all.empty()) return meaning(ignore->meaning).ignore;
        if (knowledge_.about_someone_else(column.header, column.category)) return "other_person";
        if (column.again) return "same_header";
        if (!loose.empty()) return loose;
        if (!all.empty()) return "other_column";
        if (!column.hits.empty()) return "other_layout";
        return column.facts.filled() == 0 ? "empty" : "unknown";
    }

    const SheetSample& sheet_;
    const HeaderKnowledge& knowledge_;
    const CodeLists& lists_;
    std::string name_;   // folded
    std::string title_;  // of the sheet, or the file without its ending
    std::vector<Column> columns_;
    std::vector<std::string> loose_;
    std::map<Layout, std::vector<std::string>> loose_by_layout_;
};

std::string layout_key(const ProposedSheet& sheet) {
    std::string key;
    for (const ProposedColumn& column : sheet.columns)
        if (column.sure)
            key += fold(column.category) + '>' + fold(column.header) + '=' + column.use->entity + '.' + column.use->field + '.' +
                   column.use->type + '.' + column.use->special + '\n';
    return key;
}

bool has(const ProposedSheet& sheet, std::string_view entity, std::string_view field) {
    return std::any_of(sheet.columns.begin(), sheet.columns.end(), [&](const ProposedColumn& column) {
        return column.sure && column.use->entity == entity && column.use->field == field;
    });
}

// One column that proves an order speaks for the columns that prove none.
void decide_date_order(Proposal& proposal) {
    bool day_first = false;
    bool month_first = false;
    bool open = false;
    for (const ProposedSheet& sheet : proposal.sheets) {
        open = open || sheet.date_order_unknown;
        for (const ProposedColumn& column : sheet.columns) {
            day_first = day_first || (column.sure && column.dates == "dd/mm/yyyy");
            month_first = month_first || (column.sure && column.dates == "mm/dd/yyyy");
        }
    }
    if (month_first && !day_first) proposal.dates = "mm/dd/yyyy";
    proposal.date_order_proved = day_first || month_first;
    proposal.date_order_unknown = open && !proposal.date_order_proved;
}

}  // namespace

bool Proposal::usable() const {
    return std::any_of(sheets.begin(), sheets.end(), [](const ProposedSheet& sheet) { return sheet.layout != Layout::None; });
}

Proposal propose_mapping(const FileSample& sample, const HeaderKnowledge& knowledge, const CodeLists& lists) {
    Proposal proposal;
    std::set<std::string> layouts;
    bool own = false;
    bool members = false;
    for (const SheetSample& sheet : sample.sheets) {
        ProposedSheet proposed = SheetProposer(sheet, sample.file_name, knowledge, lists).run();
        if (proposed.layout != Layout::None) {
            proposed.same_as_before = !layouts.insert(layout_key(proposed)).second;
            const bool people = proposed.layout == Layout::People;
            own = own || (!people && proposed.layout != Layout::Clubs) || (people && has(proposed, "trajectory", "start"));
            members = members || (people && (has(proposed, "person", "member_number") || has(proposed, "event", "date")));
        }
        proposal.sheets.push_back(std::move(proposed));
    }
    proposal.role = !own && members ? "evidence" : "caseload";
    decide_date_order(proposal);
    return proposal;
}

Proposal propose_mapping(const FileSample& sample, const std::filesystem::path& project_mappings_dir) {
    return propose_mapping(sample, HeaderKnowledge::load(project_mappings_dir), load_code_lists(project_mappings_dir));
}

FileShape shape_of(const FileSample& sample) {
    constexpr std::size_t kRows = 30;
    constexpr std::uint32_t kColumns = 500;
    FileShape shape;
    shape.file_name = sample.file_name;
    for (const SheetSample& sheet : sample.sheets) {
        SheetShape texts;
        texts.name = sheet.name;
        for (std::size_t r = 0; r < sheet.rows.size() && r < kRows; ++r) {
            std::vector<std::string> row;
            for (const SampleCell& cell : sheet.rows[r].cells) {
                if (cell.column >= kColumns) break;
                row.resize(cell.column + 1);
                const bool known = cell.kind == CellKind::Text || !cell.text.empty();
                row.back() = known ? cell.text : cell.kind == CellKind::Empty ? "" : "#";
            }
            texts.rows.push_back(std::move(row));
        }
        shape.sheets.push_back(std::move(texts));
    }
    return shape;
}

namespace {

RawRow raw_row(const SheetSample& sheet, const RowSample& row, std::vector<Cell>& cells) {
    cells.clear();
    for (const SampleCell& from : row.cells) {
        Cell cell;
        cell.column = from.column;
        cell.kind = from.kind;
        cell.number = from.number;
        cell.text = from.text;
        cells.push_back(cell);
    }
    return RawRow{sheet.index, row.row, cells};
}

}  // namespace

std::vector<PreviewRow> preview_rows(const Mapping& mapping, const SheetSample& sheet, const std::string& file_name, std::size_t most) {
    std::vector<PreviewRow> out;
    SheetMapper mapper(mapping, sheet.name, file_name);
    if (!mapper.selected()) return out;
    MappedRow mapped;
    std::vector<Cell> cells;
    try {
        for (const RowSample& row : sheet.rows) {
            if (out.size() >= most) break;
            const RowOutcome outcome = mapper.map(raw_row(sheet, row, cells), mapped);
            if (outcome == RowOutcome::Preamble) continue;
            PreviewRow shown;
            shown.row = row.row;
            shown.outcome = outcome;
            shown.records.assign(mapped.records.begin(), mapped.records.begin() + static_cast<std::ptrdiff_t>(mapped.count));
            shown.findings = mapped.findings;
            out.push_back(std::move(shown));
        }
    } catch (const Error&) {
        out.clear();  // a required header is missing on this sheet
    }
    return out;
}

Coverage coverage_of(const Mapping& mapping, const FileSample& sample) {
    Coverage coverage;
    for (const SheetSample& sheet : sample.sheets) {
        SheetMapper mapper(mapping, sheet.name, sample.file_name);
        if (!mapper.selected()) continue;
        MappedRow mapped;
        std::vector<Cell> cells;
        try {
            for (const RowSample& row : sheet.rows) {
                if (mapper.matched()) break;
                mapper.map(raw_row(sheet, row, cells), mapped);
            }
        } catch (const Error&) {
            continue;
        }
        for (const ColumnUse& use : mapper.columns()) {
            ++coverage.columns;
            coverage.taken += use.mapped ? 1 : 0;
            if (!use.mapped && alarm_in_label(use.header) == Alarm::None) coverage.left.push_back(printable(use.header));
        }
    }
    return coverage;
}

std::string layout_id(const Proposal& proposal) {
    std::string all;
    for (const ProposedSheet& sheet : proposal.sheets) {
        for (const ProposedColumn& column : sheet.columns) all += fold(column.category) + '>' + fold(column.header) + '\n';
        all += '\f';
    }
    constexpr HashKey kFixed{2};
    const std::uint64_t hash = siphash128(kFixed, all).low;
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id;
    for (int shift = 60; shift >= 0; shift -= 4) id.push_back(kDigits[(hash >> shift) & 15]);
    return id;
}

}  // namespace brugwacht
