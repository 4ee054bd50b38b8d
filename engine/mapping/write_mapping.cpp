// A proposal as a mapping file. What is unsure, and what is not taken, stands there as a comment.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/core/text.hpp"
#include "engine/mapping/propose.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out.push_back(c);
        if (c == '\t') out += "\\t";
    }
    return out + "\"";
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (std::size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ", ") + toml_text(texts[i]);
    return out + "]";
}

std::string column_letters(std::uint32_t column) {
    std::string out;
    for (std::uint32_t n = column + 1; n > 0; n = (n - 1) / 26) out.insert(out.begin(), static_cast<char>('A' + (n - 1) % 26));
    return out;
}

std::string hundredths(double confidence) {
    const int n = static_cast<int>(confidence * 100 + 0.5);
    return n >= 100 ? "1.00" : "0." + std::string(n < 10 ? "0" : "") + std::to_string(n);
}

/// A column that the mapping uses, under the name by which its fields call it.
struct Used {
    const ProposedColumn* column = nullptr;
    std::string name;
    int nth = 1;  // of several with the same meaning
};

std::string name_of(const Candidate& use, int nth) {
    const std::string number = "_" + std::to_string(nth);
    if (!use.special.empty()) return use.special;
    if (use.entity == "event" && !use.type.empty()) {
        if (use.field == "date") return use.type + number;
        return use.type + number + "_" + use.field;
    }
    if (use.entity == "worker") return "worker";
    if (use.entity == "club") return use.field == "name" ? "club" : "club_" + use.field;
    if (use.field == "key") return use.entity == "trajectory" ? "trajectory_number" : "number";
    return use.field;
}

class SheetWriter {
  public:
    SheetWriter(const ProposedSheet& sheet, const std::string& file_order, const MappingText& options, const Texts& texts)
        : sheet_(sheet), file_order_(file_order), options_(options), t_(texts) {
        std::map<std::string, int> counted;
        for (const ProposedColumn& column : sheet.columns) {
            if (!column.sure || !may_repeat(column)) continue;
            const int nth = ++counted[column.use->entity + "." + column.use->field + "." + column.use->type + "." + column.use->special];
            std::string own = name_of(*column.use, nth);
            while (std::any_of(used_.begin(), used_.end(), [&](const Used& used) { return used.name == own; })) own += "_x";
            used_.push_back({&column, std::move(own), nth});
        }
    }

    /// False when the columns that may be written make no record.
    bool usable() const {
        switch (sheet_.layout) {
            case Layout::People:
                return !person_names().empty();
            case Layout::Trajectories:
                return !name("trajectory", "start").empty() && !name("trajectory", "person").empty();
            case Layout::Events:
                return !name("event", "date").empty() && !name("event", "type").empty() &&
                       !(name("event", "person") + name("event", "trajectory") + name("club", "name")).empty();
            case Layout::Activities:
                return !name("activity", "date").empty();
            case Layout::Clubs:
                return !name("club", "name").empty();
            case Layout::None:
                break;
        }
        return false;
    }

    std::vector<std::string> required_headers() const {
        std::vector<std::string> out;
        for (const Used& used : used_)
            if (is_required(used)) out.push_back(used.column->header);
        return out;
    }

    std::string write() {
        out_ = "[[sheet]]\nmatch = \"headers\"\n\n[sheet.columns]\n";
        for (const Used& used : used_) write_column(used);
        write_comments();
        write_fingerprint();
        switch (sheet_.layout) {
            case Layout::People:
                write_people();
                break;
            case Layout::Trajectories:
                write_trajectories();
                break;
            case Layout::Events:
                write_events();
                break;
            case Layout::Activities:
                write_activities();
                break;
            case Layout::Clubs:
                write_club();
                break;
            case Layout::None:
                break;
        }
        return out_;
    }

    /// For a sheet that makes no records: what was found, as comments.
    std::string comments_only() {
        out_.clear();
        for (const ProposedColumn& column : sheet_.columns) comment(column);
        return out_;
    }

  private:
    bool may_repeat(const ProposedColumn& column) const {
        return !column.header.empty() && (options_.repeat_all_headers || column.nameless);
    }

    const Used* find(std::string_view entity, std::string_view field, const std::string& type = "", int nth = 1,
                     const std::string& special = "") const {
        for (const Used& used : used_) {
            const Candidate& use = *used.column->use;
            if (use.entity == entity && use.field == field && use.type == type && use.special == special && used.nth == nth) return &used;
        }
        return nullptr;
    }
    std::string name(std::string_view entity, std::string_view field, const std::string& type = "", int nth = 1,
                     const std::string& special = "") const {
        const Used* used = find(entity, field, type, nth, special);
        return used == nullptr ? std::string() : used->name;
    }
    bool any(std::string_view entity) const {
        return std::any_of(used_.begin(), used_.end(), [&](const Used& used) { return used.column->use->entity == entity; });
    }

    std::vector<std::string> person_names() const {
        std::vector<std::string> out;
        for (const std::string& part :
             {name("person", "given_name"), name("person", "family_name"), name("person", "family_name", "", 1, "full_name")})
            if (!part.empty()) out.push_back(part);
        return out;
    }

    bool is_required(const Used& used) const {
        const Candidate& use = *used.column->use;
        if (use.entity == "person") return sheet_.layout == Layout::People && (use.field == "given_name" || use.field == "family_name");
        if (use.entity == "trajectory") return use.field == "start" || (sheet_.layout == Layout::Trajectories && use.field == "person");
        if (use.entity == "activity") return use.field == "date";
        if (use.entity == "event")
            return sheet_.layout == Layout::Events && use.type.empty() && (use.field == "date" || use.field == "type");
        return use.entity == "club" && use.field == "name" && sheet_.layout == Layout::Clubs;
    }

    void write_column(const Used& used) {
        const ProposedColumn& column = *used.column;
        const bool required = is_required(used);
        out_ += used.name + " = ";
        if (required || !column.category.empty()) {
            out_ += "{ headers = " + list_of({column.header});
            if (!column.category.empty()) out_ += ", category = " + list_of({column.category});
            if (required) out_ += ", required = true";
            out_ += " }";
        } else {
            out_ += list_of({column.header});
        }
        out_ += "  # " + column_letters(column.column) + ", " + hundredths(column.use->confidence) + "\n";
    }

    void comment(const ProposedColumn& column) {
        // Of a column that may be of use the user needs the title; one that stays behind could be called after a child.
        const bool repeated = column.nameless || (column.use && options_.repeat_all_headers);
        const std::string title = repeated ? column.header : std::string();
        const std::string letters = column_letters(column.column);
        if (column.use) {
            out_ += "# " +
                    t_(title.empty() ? "map.file.unsure_nameless" : "map.file.unsure",
                       {{"column", letters},
                        {"header", title},
                        {"field",
                         column.use->entity + "." + column.use->field + (column.use->type.empty() ? "" : " (" + column.use->type + ")")},
                        {"confidence", hundredths(column.use->confidence)}}) +
                    "\n";
        } else {
            const std::string why = column.reasons.empty() ? "unknown" : column.reasons.front().detail;
            out_ += "# " +
                    t_(title.empty() ? "map.file.not_taken_nameless" : "map.file.not_taken",
                       {{"column", letters}, {"header", title}, {"why", t_("map.why." + why)}}) +
                    "\n";
        }
    }

    void write_comments() {
        for (const ProposedColumn& column : sheet_.columns) {
            const bool used = std::any_of(used_.begin(), used_.end(), [&](const Used& u) { return u.column == &column; });
            if (!used) comment(column);
        }
    }

    // Titles of columns that are not taken are repeated only when they are made of words that stand in titles: a title can be a name.
    void write_fingerprint() {
        std::vector<std::string> headers;
        std::int64_t other = 0;
        for (const ProposedColumn& column : sheet_.columns) {
            if (column.header.empty()) continue;
            const bool used = std::any_of(used_.begin(), used_.end(), [&](const Used& u) { return u.column == &column; });
            if (used || column.nameless) {
                headers.push_back(column.header);
            } else {
                ++other;
            }
        }
        out_ += "\n# " + t_("map.file.fingerprint") + "\n[sheet.fingerprint]\nheaders = " + list_of(headers) + "\n";
        if (other > 0) out_ += "other = " + std::to_string(other) + "  # " + t_("map.file.other") + "\n";
    }

    // ------------------------------------------------------------ records

    void record(const std::string& entity, const std::string& record_name, const std::string& when, const std::string& key) {
        out_ += "\n[[sheet.record]]\nentity = " + toml_text(entity) + "\n";
        if (!record_name.empty()) out_ += "name = " + toml_text(record_name) + "\n";
        if (!when.empty()) out_ += "when = " + toml_text(when) + "\n";
        out_ += "key = " + key + "\n[sheet.record.fields]\n";
    }
    void field(const std::string& field_name, const std::string& value) { out_ += field_name + " = " + value + "\n"; }

    // The plain fields of an entity: each takes its column, dates in the order that their cells prove.
    void plain_fields(std::string_view entity, const std::set<std::string>& without = {}) {
        for (const Used& used : used_) {
            const Candidate& use = *used.column->use;
            if (use.entity != entity || !use.type.empty() || !use.special.empty() || use.field == "key" || without.count(use.field) != 0)
                continue;
            field(use.field, column_value(used));
        }
    }

    std::string column_value(const Used& used) const {
        const std::string& order = used.column->dates;
        if (order.empty() || order == file_order_) return toml_text(used.name);
        return "{ column = " + toml_text(used.name) + ", dates = " + list_of({order, "yyyy-mm-dd"}) + " }";
    }

    static std::string key_of(const std::string& column, const std::vector<std::string>& generate, const std::string& more = "") {
        std::string out = "{ ";
        if (!column.empty()) out += "columns = " + list_of({column}) + (generate.empty() ? "" : ", ");
        if (!generate.empty()) out += "generate = " + list_of(generate);
        return out + more + " }";
    }

    std::vector<std::string> person_parts() const {
        std::vector<std::string> parts = person_names();
        if (const std::string born = name("person", "birth_date"); !born.empty()) parts.push_back(born);
        return parts;
    }

    void write_worker() {
        const std::string worker = name("worker", "name");
        if (worker.empty()) return;
        record("worker", "worker", worker, "{ generate = " + list_of({worker}) + " }");
        field("name", toml_text(worker));
    }

    void write_club() {
        const std::string club = name("club", "name");
        if (club.empty()) return;
        record("club", "club", sheet_.layout == Layout::Clubs ? "" : club, "{ columns = " + list_of({club}) + ", slug = true }");
        plain_fields("club");
    }

    void write_people() {
        const std::string number = name("person", "key");
        const std::string member = name("person", "member_number");
        record("person", "child", "", key_of(number.empty() ? member : number, person_parts()));
        plain_fields("person");
        if (const Used* full = find("person", "family_name", "", 1, "full_name")) {
            if (full->column->comma) {
                field("family_name", "{ column = \"full_name\", split = \",\", part = 1 }");
                field("given_name", "{ column = \"full_name\", split = \",\", part = 2 }");
            } else {
                field("family_name", "\"full_name\"  # " + t_("map.file.full_name"));
            }
        }
        std::vector<std::string> guardian;
        for (const char* part : {"guardian_given_name", "guardian_family_name"})
            if (const std::string column = name("person", "guardian_name", "", 1, part); !column.empty()) guardian.push_back(column);
        if (!guardian.empty() && name("person", "guardian_name").empty()) field("guardian_name", "{ join = " + list_of(guardian) + " }");

        const std::string start = name("trajectory", "start");
        if (!start.empty()) write_worker();
        const bool events = any("event");
        if (events) write_club();
        if (!start.empty()) {
            std::vector<std::string> parts = person_parts();
            parts.push_back(start);
            const std::string own = name("trajectory", "key");
            record("trajectory", "trajectory", "", key_of(own.empty() ? number : own, parts));
            field("person", "{ record = \"child\" }");
            if (!name("worker", "name").empty()) field("worker", "{ record = \"worker\" }");
            trajectory_fields();
        }
        write_steps(start.empty() ? "child" : "trajectory");
    }

    void trajectory_fields() {
        for (const Used& used : used_) {
            const Candidate& use = *used.column->use;
            if (use.entity != "trajectory" || use.field == "key") continue;
            const bool several = use.field == "needs" || use.field == "barriers";
            field(use.field, several ? "{ column = " + toml_text(used.name) + ", split = \",;/\" }" : column_value(used));
        }
    }

    // Each column with the date of a step makes an event; what hangs on it (answer, reason, year) goes along.
    void write_steps(const std::string& of) {
        for (const Used& used : used_) {
            const Candidate& use = *used.column->use;
            if (use.entity != "event" || use.field != "date") continue;
            const bool logged = use.type.empty();
            const std::string type_column = logged ? name("event", "type") : std::string();
            if (logged && type_column.empty()) continue;
            std::string key = "{ record = " + toml_text(of);
            if (logged) key += ", columns = " + list_of({used.name, type_column});
            key += logged ? " }" : ", suffix = " + toml_text(use.type + std::to_string(used.nth)) + " }";
            record("event", "", used.name, key);
            field(of == "child" ? "person" : "trajectory", "{ record = " + toml_text(of) + " }");
            field("type", logged ? toml_text(type_column) : "{ constant = " + toml_text(use.type) + " }");
            field("date", column_value(used));
            const bool at_a_club = logged || use.type == "trial" || use.type == "enrol" || use.type == "check" || use.type == "stop";
            if (at_a_club && !name("club", "name").empty()) field("club", "{ record = \"club\" }");
            for (const char* more : {"to", "kind", "answer", "reason", "year"})
                if (const Used* other = find("event", more, use.type, used.nth)) field(more, column_value(*other));
        }
    }

    void write_trajectories() {
        write_worker();
        record("trajectory", "", "", key_of(name("trajectory", "key"), {name("trajectory", "person"), name("trajectory", "start")}));
        if (!name("worker", "name").empty()) field("worker", "{ record = \"worker\" }");
        trajectory_fields();
    }

    void write_events() {
        write_club();
        const std::string number = name("event", "key");
        record("event", "", "", number.empty() ? "{ generate = [\"*\"] }" : key_of(number, {}));
        if (!name("club", "name").empty()) field("club", "{ record = \"club\" }");
        plain_fields("event");
        // Under a header of its own type the column holds for the rows of that type; the others leave it blank.
        std::set<std::string> done;
        for (const Used& used : used_) {
            const Candidate& use = *used.column->use;
            if (use.entity == "event" && !use.type.empty() && use.field != "date" && done.insert(use.field).second)
                field(use.field, column_value(used));
        }
    }

    void write_activities() {
        write_worker();
        const std::string number = name("activity", "key");
        record("activity", "", "",
               number.empty() ? "{ generate = [\"*\"], repeats = true }"
                              : "{ columns = " + list_of({number}) + ", generate = [\"*\"], repeats = true }");
        for (const Used& used : used_) {
            const Candidate& use = *used.column->use;
            if (use.entity != "activity" || use.field == "key") continue;
            if (use.field == "minutes") {
                const std::string folded = fold(used.column->header);
                const bool hours = folded.find("uren") != std::string::npos || folded == "uur" ||
                                   folded.find("heures") != std::string::npos || folded.find("hours") != std::string::npos;
                field("minutes", "{ column = " + toml_text(used.name) + ", as = " + (hours ? "\"hours\"" : "\"minutes\"") + " }");
            } else if (use.field == "counterpart") {
                field("counterpart", "{ column = " + toml_text(used.name) + ", as = \"slug\" }");
            } else {
                field(use.field, column_value(used));
            }
        }
        if (!name("worker", "name").empty()) field("worker", "{ record = \"worker\" }");
    }

    const ProposedSheet& sheet_;
    std::string file_order_;
    const MappingText& options_;
    const Texts& t_;
    std::vector<Used> used_;
    std::string out_;
};

// Settings of a text file: fixed when the user gave them, else a line to switch on.
void write_read(std::string& out, const FileSample& sample, const Texts& t) {
    if (sample.encoding.empty() && sample.delimiter.empty()) return;
    const std::string off = sample.dialect_given ? "" : "# ";
    out += "\n# " + t(sample.dialect_given ? "map.file.read_given" : "map.file.read_found") + "\n";
    out += off + "[read]\n" + off + "encoding = " + toml_text(sample.encoding) + "\n" + off + "delimiter = " + toml_text(sample.delimiter) +
           "\n";
}

}  // namespace

std::string write_mapping(const Proposal& proposal, const FileSample& sample, const MappingText& options, const Texts& texts) {
    std::vector<SheetWriter> writers;
    std::string left;  // sheets that make no records
    for (const ProposedSheet& sheet : proposal.sheets) {
        SheetWriter writer(sheet, proposal.dates, options, texts);
        if (sheet.same_as_before) continue;
        if (writer.usable()) {
            writers.push_back(std::move(writer));
        } else if (std::string comments = writer.comments_only(); !comments.empty()) {
            left += "\n# " + texts("map.file.sheet_left", {{"index", static_cast<std::int64_t>(sheet.index)}}) + "\n" + comments;
        }
    }
    std::string out = "# " + texts("map.file.title") + "\n# " + texts("map.file.edit") +
                      "\nschema = \"mapping/1\"\nlabel = " + toml_text(options.label) + "\nrole = " + toml_text(proposal.role) + "  # " +
                      texts("map.file.role_" + proposal.role) + "\n";
    // What is written counts as declared. What nothing proves stays a comment, so that each column decides at each import, and says so.
    out += (proposal.date_order_proved ? "dates = " : "# dates = ") + list_of({proposal.dates, "yyyy-mm-dd"}) +
           (proposal.date_order_unknown ? "  # " + texts("map.file.order_unknown") : std::string()) + "\n# decimal = \"comma\"\n";
    write_read(out, sample, texts);
    if (writers.empty()) {
        out += "\n# " + texts("map.file.nothing") + "\n";
    } else {
        out += "\n[recognise]\nheaders = " + list_of(writers.front().required_headers()) + "\n";
    }
    for (SheetWriter& writer : writers) out += "\n" + writer.write();
    return out + left;
}

}  // namespace brugwacht
