#include "connector/files/jsonl.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "connector/files/json_table.hpp"
#include "connector/files/text_input.hpp"
#include "connector/files/utf8.hpp"
#include "connector/files/warning_list.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/json_reader.hpp"

namespace brugwacht {

namespace {

using Event = JsonReader::Event;

constexpr std::size_t kBlock = 64 << 10;

/// Gives the bytes of one line after another.
class Lines {
  public:
    explicit Lines(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)), buffer_(kBlock) {}

    /// Goes to the next line that is not blank, past what was left of this one. False at the end of the file.
    bool next() {
        if (number_ > 0) {
            while (!at_end_of_line()) ++at_;
            if (at_ < size_) ++at_;
        }
        ++number_;
        while (fill()) {
            const char c = buffer_[at_];
            if (c == '\n') ++number_;
            // Some writers put a record separator in front of each text.
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t' && c != '\x1e') return true;
            ++at_;
        }
        return false;
    }
    std::uint64_t number() const { return number_; }

    /// Bytes of this line; 0 at its end.
    std::size_t read(char* out, std::size_t size) {
        if (at_end_of_line()) return 0;
        const char* const from = buffer_.data() + at_;
        std::size_t n = std::min(size, size_ - at_);
        if (const void* end = std::memchr(from, '\n', n)) n = static_cast<std::size_t>(static_cast<const char*>(end) - from);
        std::memcpy(out, from, n);
        at_ += n;
        return n;
    }
    std::uint64_t invalid() const { return decoder_->invalid(); }

  private:
    bool fill() {
        if (at_ < size_) return true;
        at_ = 0;
        size_ = decoder_->read(buffer_.data(), buffer_.size());
        return size_ > 0;
    }
    bool at_end_of_line() { return !fill() || buffer_[at_] == '\n'; }

    std::unique_ptr<Decoder> decoder_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::uint64_t number_ = 0;
};

struct LinesFile {
    LinesFile(const Probe& probe, const ReadOptions& options) : input(probe.path, options) {}
    TextInput input;
    DocumentInfo info;
    JsonColumns columns;
    WarningList warnings;
};

/// The objects of the file, line by line; a line that is none is passed over.
class Objects {
  public:
    explicit Objects(const TextInput& input)
        : input_(input), lines_(input.open()), json_([this](char* out, std::size_t size) { return lines_.read(out, size); }) {}

    /// Calls read(json), which must read the object, for the next line that holds one and nothing else. False at the end.
    template <typename Read>
    bool next(Read read) {
        while (lines_.next()) {
            json_.restart();
            if (json_.next() == Event::BeginObject) {
                const JsonRow::Outcome outcome = read(json_);
                if (outcome == JsonRow::Outcome::TooLarge) {
                    const std::string line = std::to_string(lines_.number());
                    throw Error(Exit::Data, "JSN-003", {{"file", input_.file.name()}, {"row", static_cast<std::int64_t>(lines_.number())}},
                                input_.file.name(), line);
                }
                if (outcome == JsonRow::Outcome::Read && json_.next() == Event::End) return true;
            }
            ++broken_;
            if (first_broken_ == 0) first_broken_ = lines_.number();
        }
        return false;
    }
    std::uint64_t broken() const { return broken_; }
    std::uint64_t first_broken() const { return first_broken_; }
    std::uint64_t invalid() const { return lines_.invalid(); }

  private:
    const TextInput& input_;
    Lines lines_;
    JsonReader json_;
    std::uint64_t broken_ = 0;
    std::uint64_t first_broken_ = 0;
};

class LinesSource : public Source {
  public:
    explicit LinesSource(LinesFile& file) : file_(file), objects_(file.input) {}

    bool next(RawRow& row) override {
        if (done_) return false;
        if (number_ == 0) {
            json_row_.take_names(file_.columns);
        } else if (!objects_.next([&](JsonReader& json) { return json_row_.read(json, file_.columns); })) {
            done_ = true;
            if (objects_.broken() > 0) file_.warnings.add("JSN-030", 1, objects_.first_broken(), objects_.broken());
            if (objects_.invalid() > 0) file_.warnings.add("CSV-031", 1, 0, objects_.invalid());
            return false;
        }
        ++number_;
        if (number_ > 1 && json_row_.cut() > 0) file_.warnings.add("JSN-032", 1, number_, json_row_.cut());
        row.tab = 1;
        row.row = number_;
        row.cells = json_row_.cells();
        return true;
    }
    std::string bookmark() const override { return number_ == 0 ? std::string() : std::to_string(number_); }

  private:
    LinesFile& file_;
    Objects objects_;
    JsonRow json_row_;
    std::uint64_t number_ = 0;
    bool done_ = false;
};

class LinesDocument : public Document {
  public:
    explicit LinesDocument(std::unique_ptr<LinesFile> file) : file_(std::move(file)) {}
    const DocumentInfo& info() const override { return file_->info; }
    std::unique_ptr<Source> open_tab(std::uint32_t) override {
        file_->warnings.forget(1);
        return std::make_unique<LinesSource>(*file_);
    }
    std::vector<ReadWarning> warnings() const override { return file_->warnings.sorted(); }

  private:
    std::unique_ptr<LinesFile> file_;
};

/// Whether a line is one whole JSON object.
bool is_object(std::string_view line) {
    std::size_t at = 0;
    JsonReader json([&](char* out, std::size_t size) {
        const std::size_t n = std::min(size, line.size() - at);
        std::memcpy(out, line.data() + at, n);
        at += n;
        return n;
    });
    return json.next() == Event::BeginObject && json.skip_container() && json.next() == Event::End;
}

}  // namespace

bool identify_jsonl(const Probe& probe) {
    constexpr std::size_t kLines = 20;
    const bool whole = probe.size <= probe.head.size();
    const std::string text = decoded_head(probe);
    std::size_t lines = 0;
    std::size_t objects = 0;
    for (std::size_t at = 0; at < text.size() && lines < kLines;) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string::npos && !whole) break;
        std::string_view line = trim(std::string_view(text).substr(at, end == std::string::npos ? end : end - at));
        if (line.starts_with('\x1e')) line.remove_prefix(1);
        at = end == std::string::npos ? text.size() : end + 1;
        if (line.empty()) continue;
        if (lines == 0 && line.front() != '{') return false;
        ++lines;
        if (is_object(line)) ++objects;
    }
    return objects >= 2 && objects * 2 >= lines;
}

std::unique_ptr<Document> open_jsonl(const Probe& probe, const ReadOptions& options) {
    auto file = std::make_unique<LinesFile>(probe, options);
    Objects objects(file->input);
    JsonRow row;
    bool any = false;
    while (objects.next([&](JsonReader& json) { return row.survey(json, file->columns); })) {
        any = true;
        row.keep_columns(file->columns);
    }
    if (!any) throw Error(Exit::Data, "JSN-004", {{"file", file->input.file.name()}}, file->input.file.name());
    if (file->columns.refused() > 0) file->warnings.add("JSN-031", 0, 0, file->columns.refused());
    file->info.kind = "jsonl";
    file->info.encoding = file->input.encoding;
    TabInfo tab;
    tab.index = 1;
    file->info.tabs.push_back(tab);
    return std::make_unique<LinesDocument>(std::move(file));
}

}  // namespace brugwacht
