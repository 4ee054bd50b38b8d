#include "connector/files/ods.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "connector/files/sheet_row.hpp"
#include "connector/files/text_encoding.hpp"
#include "connector/files/warning_list.hpp"
#include "connector/files/xml.hpp"
#include "connector/files/zip.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

using Token = XmlScanner::Token;

constexpr std::uint64_t kMaxContent = 64ULL << 30;
constexpr std::uint64_t kMaxRepeatedCells = 16ULL << 20;  // filled cells that only a repeat count names, of all tabs together
constexpr std::uint64_t kMaxBlanks = 32767;               // the longest text a cell can hold
constexpr std::size_t kMaxName = 1024;                    // bytes of the name of a tab or style
constexpr std::uint64_t kFar = 1ULL << 40;                // beyond every sheet, and adding to it stays sound

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Inside a paragraph, but no part of what the cell says.
constexpr std::array<std::string_view, 24> kNoText{
    "annotation", "frame",  "custom-shape", "rect",      "line",      "polyline", "polygon",        "regular-polygon",
    "path",       "circle", "ellipse",      "g",         "connector", "measure",  "caption",        "control",
    "scene",      "note",   "script",       "ruby-text", "table",     "shapes",   "page-thumbnail", "tracked-changes"};

constexpr std::array<std::string_view, 7> kErrorNames{"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"};

/// What a formula shows when it failed.
bool is_error_text(std::string_view text) {
    if (is_one_of(text, kErrorNames)) return true;
    return text.size() == 7 && text.starts_with("Err:") && text.find_first_not_of("0123456789", 4) == std::string_view::npos;
}

std::uint64_t repeat_count(std::string_view text) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range) return kFar;
    return std::clamp<std::uint64_t>(error == std::errc() ? count : 1, 1, kFar);
}

/// One pass over the tables of the document, from the first to the last.
class TableWalk {
  public:
    explicit TableWalk(std::unique_ptr<XmlScanner> xml) : xml_(std::move(xml)) {}

    XmlScanner& xml() { return *xml_; }
    /// Tables begun so far.
    std::uint32_t seen() const { return seen_; }
    bool in_table() const { return in_table_; }
    bool in_spreadsheet() const { return in_spreadsheet_ || was_spreadsheet_; }
    const std::set<std::string>& hidden_styles() const { return hidden_styles_; }

    /// Reads on behind the start of the next table; the scanner stands at its attributes. False at the end.
    bool next_table() {
        skip_rest();
        while (true) {
            const Token token = xml_->next();
            if (token == Token::Eof) return false;
            if (token == Token::Text) continue;
            if (token == Token::End) {
                if (xml_->name() == "spreadsheet") in_spreadsheet_ = false;
                continue;
            }
            if (!in_spreadsheet_) {
                outside();
            } else if (xml_->name() == "table") {
                ++seen_;
                in_table_ = !xml_->self_closing();
                return true;
            } else if (!xml_->self_closing()) {
                xml_->skip_element();
            }
        }
    }
    void end_table() { in_table_ = false; }
    void skip_rest() {
        if (!in_table_) return;
        xml_->skip_element();
        in_table_ = false;
    }

  private:
    void outside() {
        const std::string_view name = xml_->name();
        if (name == "spreadsheet") {
            in_spreadsheet_ = !xml_->self_closing();
            was_spreadsheet_ = true;
        } else if (name == "style") {
            style_ = xml_->attribute("family").value_or("") == "table" ? xml_->attribute("name").value_or("") : std::string();
        } else if (name == "table-properties" && !style_.empty()) {
            if (xml_->attribute("display").value_or("true") == "false" && hidden_styles_.size() < kMaxSheetTabs &&
                style_.size() <= kMaxName)
                hidden_styles_.insert(style_);
        }
    }

    std::unique_ptr<XmlScanner> xml_;
    std::uint32_t seen_ = 0;
    bool in_table_ = false;
    bool in_spreadsheet_ = false;
    bool was_spreadsheet_ = false;
    std::string style_;
    std::set<std::string> hidden_styles_;
};

/// The document, in a zip or flat.
struct OdsBook {
    explicit OdsBook(File opened) : file(std::move(opened)) {}

    File file;
    std::optional<Zip> zip;
    TextEncoding encoding;  // of a flat file
    DocumentInfo info;
    WarningList warnings;
    std::unique_ptr<TableWalk> parked;  // behind the table that was read last
    std::uint64_t repeats_of_tab = 0;

    std::unique_ptr<TableWalk> walk() const {
        std::unique_ptr<ByteStream> stream;
        if (zip)
            stream = zip->open(*zip->find("content.xml"), kMaxContent);
        else
            stream = open_decoder(file, encoding);
        const std::string part = zip ? "content.xml" : std::filesystem::path(file.name()).filename().string();
        return std::make_unique<TableWalk>(std::make_unique<XmlScanner>(std::move(stream), file.name(), part));
    }
    [[noreturn]] void refuse(const char* code, TextArgs more = {}) const {
        more.emplace_back("file", file.name());
        throw Error(Exit::Data, code, std::move(more), file.name());
    }
};

/// Whether reading stopped because the document ends too early, not because it is no XML.
bool breaks_off(const Error& error, const XmlScanner& xml) { return std::string_view(error.what()) == "XLS-004" && xml.at_end(); }

class TableSource : public Source {
  public:
    TableSource(OdsBook& book, std::uint32_t tab, std::unique_ptr<TableWalk> walk)
        : book_(book), tab_(tab), walk_(std::move(walk)), repeats_left_(book.repeats_of_tab) {}

    bool next(RawRow& row) override {
        if (row_repeats_ > 0) {
            --row_repeats_;
            ++given_row_;
        } else if (!read_next_row()) {
            return false;
        }
        row.tab = tab_;
        row.row = given_row_;
        row.cells = cells_;
        return true;
    }

    std::string bookmark() const override { return given_row_ == 0 ? std::string() : std::to_string(given_row_); }

  private:
    enum class Type : std::uint8_t { None, Number, Date, Time, Boolean, Text };

    XmlScanner& xml() { return walk_->xml(); }

    bool read_next_row() {
        if (!walk_) return false;
        row_.clear();
        try {
            while (walk_->in_table()) {
                const Token token = xml().next();
                if (token == Token::Eof) {
                    broken_off();
                    return false;
                }
                if (token == Token::Text) continue;
                if (token == Token::End) {
                    if (xml().name() == "table") walk_->end_table();
                } else if (xml().name() == "table-row") {
                    if (read_row()) return true;
                } else if (!is_one_of(xml().name(), kRowGroups) && !xml().self_closing()) {
                    xml().skip_element();
                }
            }
        } catch (const Error& error) {
            if (!breaks_off(error, xml())) throw;
            // The cells of the row that was being read are whole, but for the last one.
            const bool filled = !row_.empty() && next_row_ <= kMaxSheetRow;
            if (filled) give_row(1);
            broken_off();
            return filled;
        }
        book_.parked = std::move(walk_);
        return false;
    }

    void broken_off() {
        book_.warnings.add("ODS-031", tab_, given_row_);
        walk_.reset();
    }

    bool read_row() {
        row_.clear();
        std::uint64_t repeats = 1;
        xml().attributes([&](std::string_view name, std::string_view value) {
            if (name == "number-rows-repeated") repeats = repeat_count(value);
        });
        column_ = 0;
        bool open = !xml().self_closing();
        while (open) {
            const Token token = xml().next();
            if (token == Token::Eof) throw Error(Exit::Data, "XLS-004", {{"file", book_.file.name()}, {"part", xml().part()}});
            if (token == Token::Text) continue;
            if (token == Token::End) {
                open = xml().name() != "table-row";
            } else if (xml().name() == "table-cell" || xml().name() == "covered-table-cell") {
                read_cell();
            } else if (!xml().self_closing()) {
                xml().skip_element();
            }
        }
        return give_row(repeats);
    }

    /// Hands out the row that was read `repeats` times. False when there is nothing to give.
    bool give_row(std::uint64_t repeats) {
        const std::uint64_t first = next_row_;
        next_row_ = std::min(next_row_ + repeats, kFar);
        if (row_.empty()) return false;
        const std::uint64_t room = first > kMaxSheetRow ? 0 : std::min(repeats, kMaxSheetRow - first + 1);
        if (room < repeats) book_.warnings.add("XLS-034", tab_, 0, (repeats - room) * row_.size());
        if (room == 0) return false;
        cells_ = row_.finish();
        given_row_ = first;
        row_repeats_ = std::min(room - 1, repeats_left_ / cells_.size());
        repeats_left_ -= row_repeats_ * cells_.size();
        if (row_repeats_ < room - 1) book_.warnings.add("ODS-030", tab_, first, (room - 1 - row_repeats_) * cells_.size());
        return true;
    }

    void read_cell() {
        Type type = Type::None;
        bool has_error = false;
        bool has_formula = false;
        unsigned types = 0;
        std::uint64_t repeats = 1;
        bool has_value = false;
        value_.clear();
        text_.clear();
        const auto keep_value = [&](std::string_view raw) {
            value_.clear();
            append_xml_text(raw, false, value_);
            has_value = true;
        };
        xml().attributes([&](std::string_view name, std::string_view raw) {
            if (name == "style-name") return;
            if (name == "value-type") {
                // Twice in newer files: office:value-type, and calcext:value-type, which alone knows errors.
                ++types;
                if (raw == "error")
                    has_error = true;
                else
                    type = type_of(raw);
            } else if (name == "value") {
                if (type == Type::None || type == Type::Number) keep_value(raw);
            } else if (name == "date-value" || name == "time-value" || name == "boolean-value" || name == "string-value") {
                keep_value(raw);
            } else if (name == "number-columns-repeated") {
                repeats = repeat_count(raw);
            } else if (name == "formula") {
                has_formula = true;
            }
        });
        const std::uint64_t first = column_;
        column_ = std::min(column_ + repeats, kFar);
        const std::size_t before = row_.size();
        const bool inside = first < kMaxSheetColumn;
        const auto at = static_cast<std::uint32_t>(std::min<std::uint64_t>(first, kMaxSheetColumn));
        // What a value shows need not be read, but for a formula that may have failed.
        if (inside && has_value && !has_error && !has_formula && type != Type::Text && add_typed(at, type)) {
            if (!xml().self_closing()) xml().skip_element();
        } else {
            if (!xml().self_closing()) read_content();
            if (!inside) {
                if (has_value ? !value_.empty() : !text_.empty()) book_.warnings.add("XLS-034", tab_, 0, repeats);
            } else if (has_error || (has_formula && types < 2 && is_error_text(text_))) {
                row_.add_error(at, !text_.empty() ? std::string_view(text_) : !value_.empty() ? std::string_view(value_) : "#VALUE!");
            } else if (!add_typed(at, type)) {
                add_as_text(at, type, has_value);
            }
        }
        if (row_.text_size() > kMaxSheetRowText) too_large();
        if (row_.size() > before && repeats > 1) repeat_cell(first, repeats);
    }

    void repeat_cell(std::uint64_t first, std::uint64_t repeats) {
        const std::uint64_t room = std::min<std::uint64_t>(repeats, kMaxSheetColumn - first);
        if (room < repeats) book_.warnings.add("XLS-034", tab_, 0, repeats - room);
        const std::uint64_t times = std::min(room - 1, repeats_left_);
        repeats_left_ -= times;
        if (times < room - 1) book_.warnings.add("ODS-030", tab_, next_row_, room - 1 - times);
        row_.repeat_last(static_cast<std::uint32_t>(times));
    }

    static Type type_of(std::string_view text) {
        if (text == "float" || text == "percentage" || text == "currency") return Type::Number;
        if (text == "string") return Type::Text;
        if (text == "date") return Type::Date;
        if (text == "time") return Type::Time;
        if (text == "boolean") return Type::Boolean;
        return Type::None;
    }

    /// The stored value of a number, date, time or boolean. False for text and for what is none of these.
    bool add_typed(std::uint32_t column, Type type) {
        switch (type) {
            case Type::Number: {
                const auto number = parse_xml_number(value_);
                if (number) row_.add_number(column, *number, value_);
                return number.has_value();
            }
            case Type::Date: {
                const auto moment = parse_xml_moment(value_);
                if (moment) row_.add_moment(column, moment->days * 86400.0 + moment->seconds, std::fmod(moment->seconds, 86400) != 0);
                return moment.has_value();
            }
            case Type::Time: {
                const auto seconds = parse_xml_duration(value_);
                if (seconds) row_.add_time(column, *seconds);
                return seconds.has_value();
            }
            case Type::Boolean:
                if (value_ != "true" && value_ != "false") return false;
                row_.add_boolean(column, value_ == "true");
                return true;
            case Type::None:
            case Type::Text:
                break;
        }
        return false;
    }

    void add_as_text(std::uint32_t column, Type type, bool has_value) {
        const bool is_text = type == Type::Text || type == Type::None;
        const std::string& text = (type == Type::Text && has_value) || (!is_text && text_.empty()) ? value_ : text_;
        if (text.empty()) return;
        if (!is_text) book_.warnings.add("XLS-033", tab_, next_row_);
        row_.add_text(column, text);
    }

    /// The paragraphs of the cell, joined with LF, up to and including the End of the cell.
    void read_content() {
        std::size_t depth = 0;
        std::size_t paragraph = 0;  // depth of the paragraph we are in; 0 = none
        bool first = true;
        while (true) {
            const Token token = xml().next();
            if (token == Token::Eof) throw Error(Exit::Data, "XLS-004", {{"file", book_.file.name()}, {"part", xml().part()}});
            const std::string_view name = xml().name();
            if (token == Token::Text) {
                if (paragraph > 0) xml().append_text(text_, false);
                if (text_.size() > kMaxSheetRowText) too_large();
            } else if (token == Token::End) {
                if (depth == 0 || name == "table-cell" || name == "covered-table-cell") return;
                if (depth == paragraph) paragraph = 0;
                --depth;
            } else {
                if (paragraph > 0 ? is_one_of(name, kNoText) : !is_one_of(name, kTextBlocks)) {
                    if (!xml().self_closing()) xml().skip_element();
                    continue;
                }
                if (paragraph > 0) {
                    add_mark(name);
                } else if (name == "p" || name == "h") {
                    if (!first) text_ += '\n';
                    first = false;
                    if (!xml().self_closing()) paragraph = depth + 1;
                }
                if (!xml().self_closing()) ++depth;
            }
        }
    }

    /// Blanks, tabs and line ends that are elements.
    void add_mark(std::string_view name) {
        if (name == "s") {
            const auto count = xml().attribute("c");
            text_.append(count ? std::min(repeat_count(*count), kMaxBlanks) : 1, ' ');
        } else if (name == "tab") {
            text_ += '\t';
        } else if (name == "line-break") {
            text_ += '\n';
        }
    }

    [[noreturn]] void too_large() { book_.refuse("XLS-010", {{"part", xml().part()}}); }

    static constexpr std::array<std::string_view, 3> kRowGroups{"table-row-group", "table-header-rows", "table-rows"};
    static constexpr std::array<std::string_view, 6> kTextBlocks{"p", "h", "list", "list-item", "list-header", "section"};

    OdsBook& book_;
    std::uint32_t tab_;
    std::unique_ptr<TableWalk> walk_;
    std::uint64_t repeats_left_;
    std::uint64_t next_row_ = 1;
    std::uint64_t given_row_ = 0;
    std::uint64_t row_repeats_ = 0;
    std::uint64_t column_ = 0;
    SheetRow row_;
    std::span<const Cell> cells_;
    std::string value_;
    std::string text_;
};

class EmptySource : public Source {
  public:
    bool next(RawRow&) override { return false; }
    std::string bookmark() const override { return {}; }
};

class OdsDocument : public Document {
  public:
    explicit OdsDocument(std::unique_ptr<OdsBook> book) : book_(std::move(book)) {}

    const DocumentInfo& info() const override { return book_->info; }

    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        book_->warnings.forget(index);
        std::unique_ptr<TableWalk> walk = std::move(book_->parked);
        if (!walk || walk->seen() >= index) walk = book_->walk();
        while (walk->seen() < index)
            if (!walk->next_table()) return std::make_unique<EmptySource>();
        return std::make_unique<TableSource>(*book_, index, std::move(walk));
    }

    std::vector<ReadWarning> warnings() const override { return book_->warnings.sorted(); }

  private:
    std::unique_ptr<OdsBook> book_;
};

void list_tables(OdsBook& book) {
    const std::unique_ptr<TableWalk> walk = book.walk();
    try {
        while (walk->next_table()) {
            TabInfo tab;
            tab.index = walk->seen();
            tab.name = bounded_name(walk->xml().attribute("name").value_or(""));
            tab.hidden = walk->hidden_styles().count(walk->xml().attribute("style-name").value_or("")) > 0;
            book.info.tabs.push_back(std::move(tab));
            if (book.info.tabs.size() > kMaxSheetTabs) book.refuse("XLS-008");
        }
    } catch (const Error& error) {
        if (book.info.tabs.empty() || !breaks_off(error, walk->xml())) throw;
    }
    if (!walk->in_spreadsheet()) book.refuse("ODS-001");
    if (book.info.tabs.empty()) book.refuse("XLS-009");
    book.repeats_of_tab = kMaxRepeatedCells / book.info.tabs.size();
    book.info.kind = "ods";
}

bool stream_contains(ByteStream& stream, std::string_view word) {
    std::string text;
    std::array<char, 16384> block{};
    while (const std::size_t got = stream.read(block.data(), block.size())) {
        text.append(block.data(), got);
        if (text.find(word) != std::string::npos) return true;
        text.erase(0, text.size() - std::min(text.size(), word.size()));
    }
    return false;
}

/// The manifest says so; it may itself be damaged or absent.
bool is_encrypted(const OdsBook& book) {
    if (book.zip->find("encrypted-package") != nullptr) return true;
    const ZipEntry* manifest = book.zip->find("meta-inf/manifest.xml");
    if (manifest == nullptr) return false;
    try {
        return stream_contains(*book.zip->open(*manifest, 16 << 20), ":encryption-data");
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

std::unique_ptr<Document> open_ods(const Probe& probe, const ReadOptions&) {
    auto book = std::make_unique<OdsBook>(File::open(probe.path));
    book->zip.emplace(book->file);
    if (is_encrypted(*book)) book->refuse("FIL-013");
    if (book->zip->find("content.xml") == nullptr) book->refuse("ODS-001");
    list_tables(*book);
    return std::make_unique<OdsDocument>(std::move(book));
}

std::unique_ptr<Document> open_flat_ods(const Probe& probe, const ReadOptions& options) {
    auto book = std::make_unique<OdsBook>(File::open(probe.path));
    book->encoding = find_xml_encoding(book->file, options);
    book->info.encoding = book->encoding.name;
    list_tables(*book);
    return std::make_unique<OdsDocument>(std::move(book));
}

}  // namespace brugwacht
