#include "connector/files/json_export.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "connector/files/json_table.hpp"
#include "connector/files/jsonl.hpp"
#include "connector/files/social_export.hpp"
#include "connector/files/text_input.hpp"
#include "connector/files/warning_list.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json_reader.hpp"

namespace brugwacht {

namespace {

using Event = JsonReader::Event;
using Trouble = JsonReader::Trouble;

constexpr std::size_t kMaxTables = 64;

struct Table {
    std::string path;
    JsonColumns columns;
    std::uint64_t strays = 0;
};

struct JsonFile {
    JsonFile(const Probe& probe, const ReadOptions& options) : input(probe.path, options) {}
    TextInput input;
    DocumentInfo info;
    bool single = false;  // the root object is the only record
    std::vector<Table> tables;
    WarningList warnings;
};

/// One way through the file.
class Reading {
  public:
    explicit Reading(const TextInput& input)
        : name_(input.file.name()),
          decoder_(input.open()),
          json_([this](char* out, std::size_t size) { return decoder_->read(out, size); }),
          tables_(json_) {}
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    JsonReader& json() { return json_; }
    JsonTables& tables() { return tables_; }
    std::uint64_t invalid() const { return decoder_->invalid(); }

    void check(JsonRow::Outcome outcome, std::uint64_t row) const {
        if (outcome == JsonRow::Outcome::Fault) check_end();
        if (outcome == JsonRow::Outcome::TooLarge)
            throw Error(Exit::Data, "JSN-003", {{"file", name_}, {"row", static_cast<std::int64_t>(row)}}, name_, std::to_string(row));
    }
    void check_end() const {
        if (json_.trouble() == Trouble::None) return;
        const auto offset = static_cast<std::int64_t>(json_.offset());
        throw Error(Exit::Data, json_.trouble() == Trouble::Deep ? "JSN-002" : "JSN-001", {{"file", name_}, {"offset", offset}}, name_,
                    std::to_string(offset));
    }

  private:
    std::string name_;
    std::unique_ptr<Decoder> decoder_;
    JsonReader json_;
    JsonTables tables_;
};

class JsonSource : public Source {
  public:
    JsonSource(JsonFile& file, std::uint32_t index) : file_(file), index_(index), table_(file.tables.at(index - 1)), reading_(file.input) {}

    bool next(RawRow& row) override {
        if (done_) return false;
        if (number_ == 0) {
            json_row_.take_names(table_.columns);
        } else {
            if (!to_next_record()) {
                done_ = true;
                reading_.check_end();
                if (reading_.invalid() > 0) file_.warnings.add("CSV-031", index_, 0, reading_.invalid());
                return false;
            }
            reading_.check(json_row_.read(reading_.json(), table_.columns), number_ + 1);
            if (json_row_.cut() > 0) file_.warnings.add("JSN-032", index_, number_ + 1, json_row_.cut());
        }
        row.tab = index_;
        row.row = ++number_;
        row.cells = json_row_.cells();
        return true;
    }
    std::string bookmark() const override { return number_ == 0 ? std::string() : std::to_string(number_); }

  private:
    bool to_next_record() {
        if (file_.single) return number_ == 1 && reading_.json().next() == Event::BeginObject;
        while (reading_.tables().next()) {
            if (reading_.tables().table() == table_.path) return true;
            if (!reading_.json().skip_container()) return false;
        }
        return false;
    }

    JsonFile& file_;
    std::uint32_t index_;
    const Table& table_;
    Reading reading_;
    JsonRow json_row_;
    std::uint64_t number_ = 0;
    bool done_ = false;
};

class JsonDocument : public Document {
  public:
    explicit JsonDocument(std::unique_ptr<JsonFile> file) : file_(std::move(file)) {}
    const DocumentInfo& info() const override { return file_->info; }
    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        file_->warnings.forget(index);
        return std::make_unique<JsonSource>(*file_, index);
    }
    std::vector<ReadWarning> warnings() const override { return file_->warnings.sorted(); }

  private:
    std::unique_ptr<JsonFile> file_;
};

/// Finds the tables and their columns. False when the file turns out to be one object a line.
bool survey(JsonFile& file) {
    Reading reading(file.input);
    JsonRow row;
    std::uint64_t records = 0;
    std::uint64_t tables_left_out = 0;
    std::uint64_t strays = 0;
    while (reading.tables().next()) {
        ++records;
        const std::string& path = reading.tables().table();
        auto table = std::find_if(file.tables.begin(), file.tables.end(), [&](const Table& known) { return known.path == path; });
        if (table == file.tables.end()) {
            if (file.tables.size() == kMaxTables) {
                ++tables_left_out;
                if (!reading.json().skip_container()) break;
                continue;
            }
            table = file.tables.insert(file.tables.end(), Table{path, {}, 0});
        }
        reading.check(row.survey(reading.json(), table->columns), records);
        row.keep_columns(table->columns);
        table->strays += reading.tables().strays() - strays;
        strays = reading.tables().strays();
    }
    if (reading.json().trouble() == Trouble::More && reading.json().following() == '{') return false;
    reading.check_end();
    for (std::size_t i = 0; i < file.tables.size(); ++i) {
        const auto index = static_cast<std::uint32_t>(i + 1);
        if (file.tables[i].columns.refused() > 0) file.warnings.add("JSN-031", 0, 0, file.tables[i].columns.refused());
        if (file.tables[i].strays > 0) file.warnings.add("JSN-033", 0, 0, file.tables[i].strays);
        TabInfo tab;
        tab.index = index;
        tab.name = file.tables[i].path;
        file.info.tabs.push_back(std::move(tab));
    }
    if (tables_left_out > 0) file.warnings.add("JSN-031", 0, 0, tables_left_out);
    return true;
}

/// The root object as the only record.
void survey_single(JsonFile& file) {
    Reading reading(file.input);
    JsonRow row;
    file.tables.emplace_back();
    if (reading.json().next() == Event::BeginObject) reading.check(row.survey(reading.json(), file.tables[0].columns), 1);
    row.keep_columns(file.tables[0].columns);
    if (file.tables[0].columns.names().empty())
        throw Error(Exit::Data, "JSN-005", {{"file", file.input.file.name()}}, file.input.file.name());
    if (file.tables[0].columns.refused() > 0) file.warnings.add("JSN-031", 0, 0, file.tables[0].columns.refused());
    file.single = true;
    TabInfo tab;
    tab.index = 1;
    file.info.tabs.push_back(tab);
}

}  // namespace

bool identify_json_export(const Probe& probe) {
    const std::string text = decoded_head(probe);
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string::npos || (text[start] != '{' && text[start] != '[')) return false;
    std::size_t at = 0;
    JsonReader json([&](char* out, std::size_t size) {
        const std::size_t n = std::min(size, text.size() - at);
        std::memcpy(out, text.data() + at, n);
        at += n;
        return n;
    });
    // An object, or an array that begins with one; a name inside, so that a text that merely begins with a bracket is none.
    Event event = json.next();
    if (event == Event::BeginArray) event = json.next();
    if (event != Event::BeginObject) return false;
    event = json.next();
    if (event == Event::Fault) return false;
    while (event != Event::Fault && event != Event::End) event = json.next();
    return event == Event::End || json.trouble() == Trouble::CutShort || json.trouble() == Trouble::Deep ||
           (json.trouble() == Trouble::More && json.following() == '{');
}

std::unique_ptr<Document> open_json_export(const Probe& probe, const ReadOptions& options) {
    if (auto social = open_social_file(probe, options)) return social;
    auto file = std::make_unique<JsonFile>(probe, options);
    if (!survey(*file)) return open_jsonl(probe, options);
    if (file->tables.empty()) survey_single(*file);
    file->info.kind = "json_export";
    file->info.encoding = file->input.encoding;
    return std::make_unique<JsonDocument>(std::move(file));
}

}  // namespace brugwacht
