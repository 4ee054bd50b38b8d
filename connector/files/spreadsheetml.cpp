#include "connector/files/spreadsheetml.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "connector/files/number_format.hpp"
#include "connector/files/sheet_row.hpp"
#include "connector/files/text_encoding.hpp"
#include "connector/files/warning_list.hpp"
#include "connector/files/xml.hpp"
#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

using Token = XmlScanner::Token;

constexpr std::size_t kMaxStyles = 65536;   // as many as a workbook can have
constexpr std::uint64_t kFar = 1ULL << 40;  // beyond every sheet, and adding to it stays sound

/// Places and counts; 0 for what is no number.
std::uint64_t count_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return kFar;
    return error == std::errc() ? std::min(value, kFar) : 0;
}

/// One pass over the worksheets, from the first to the last.
class SheetWalk {
  public:
    SheetWalk(std::unique_ptr<XmlScanner> xml, const Decoder& decoder) : xml_(std::move(xml)), decoder_(decoder) {}

    XmlScanner& xml() { return *xml_; }
    std::uint64_t invalid_bytes() const { return decoder_.invalid(); }
    std::uint32_t seen() const { return seen_; }
    bool in_sheet() const { return in_sheet_; }
    void end_sheet() { in_sheet_ = false; }

    /// Reads on behind the start of the next worksheet. `use` sees every other start of an element on the way. False at the end.
    template <typename Use>
    bool next_sheet(Use&& use) {
        if (in_sheet_) xml_->skip_element();
        in_sheet_ = false;
        while (true) {
            const Token token = xml_->next();
            if (token == Token::Eof) return false;
            if (token != Token::Start) continue;
            if (xml_->name() == "Worksheet") {
                ++seen_;
                in_sheet_ = !xml_->self_closing();
                return true;
            }
            use();
        }
    }

  private:
    std::unique_ptr<XmlScanner> xml_;
    const Decoder& decoder_;
    std::uint32_t seen_ = 0;
    bool in_sheet_ = false;
};

struct SmlBook {
    explicit SmlBook(File opened) : file(std::move(opened)) {}

    File file;
    TextEncoding encoding;
    DocumentInfo info;
    WarningList warnings;
    std::unordered_map<std::string, NumberMeaning> meanings;  // by style; plain ones left out
    bool date1904 = false;
    std::unique_ptr<SheetWalk> parked;  // behind the sheet that was read last

    std::unique_ptr<SheetWalk> walk() const {
        auto decoder = open_decoder(file, encoding);
        const Decoder& decoded = *decoder;
        const std::string part = std::filesystem::path(file.name()).filename().string();
        return std::make_unique<SheetWalk>(std::make_unique<XmlScanner>(std::move(decoder), file.name(), part), decoded);
    }
    [[noreturn]] void refuse(const char* code, TextArgs more = {}) const {
        more.emplace_back("file", file.name());
        throw Error(Exit::Data, code, std::move(more), file.name());
    }
    [[noreturn]] void break_off(const XmlScanner& xml) const { refuse("XLS-004", {{"part", xml.part()}}); }
    NumberMeaning meaning(const std::string& style) const {
        const auto found = meanings.find(style);
        return found == meanings.end() ? NumberMeaning::Plain : found->second;
    }
};

bool breaks_off(const Error& error, const XmlScanner& xml) { return std::string_view(error.what()) == "XLS-004" && xml.at_end(); }

class SheetSource : public Source {
  public:
    SheetSource(SmlBook& book, std::uint32_t tab, std::unique_ptr<SheetWalk> walk) : book_(book), tab_(tab), walk_(std::move(walk)) {}

    bool next(RawRow& row) override {
        if (!read_next_row()) return false;
        row.tab = tab_;
        row.row = row_number_;
        row.cells = cells_;
        return true;
    }

    std::string bookmark() const override { return row_number_ == 0 ? std::string() : std::to_string(row_number_); }

  private:
    enum class Type : std::uint8_t { Text, Number, Moment, Boolean, Error };

    XmlScanner& xml() { return walk_->xml(); }

    bool read_next_row() {
        if (!walk_) return false;
        row_.clear();
        try {
            while (walk_->in_sheet()) {
                const Token token = xml().next();
                if (token == Token::Eof) book_.break_off(xml());
                if (token == Token::Text) continue;
                if (token == Token::End) {
                    if (xml().name() == "Worksheet") walk_->end_sheet();
                } else if (xml().name() == "Row") {
                    if (read_row()) return true;
                } else if (xml().name() != "Table" && !xml().self_closing()) {
                    xml().skip_element();
                }
            }
        } catch (const Error& error) {
            if (!breaks_off(error, xml())) throw;
            // The cells of the row that was being read are whole, but for the last one.
            const bool filled = give_row();
            book_.warnings.add("SML-030", tab_, row_number_);
            finish();
            walk_.reset();
            return filled;
        }
        finish();
        book_.parked = std::move(walk_);
        return false;
    }

    void finish() {
        if (walk_->invalid_bytes() > 0) {
            book_.warnings.forget(0);
            book_.warnings.add("CSV-031", 0, 0, walk_->invalid_bytes());
        }
    }

    bool read_row() {
        row_.clear();
        std::uint64_t index = 0;
        xml().attributes([&](std::string_view name, std::string_view value) {
            if (name == "Index") index = count_of(value);
        });
        next_row_ = index > 0 ? index : next_row_ + 1;
        column_ = 1;
        bool open = !xml().self_closing();
        while (open) {
            const Token token = xml().next();
            if (token == Token::Eof) book_.break_off(xml());
            if (token == Token::Text) continue;
            if (token == Token::End) {
                open = xml().name() != "Row";
            } else if (xml().name() == "Cell") {
                read_cell();
            } else if (!xml().self_closing()) {
                xml().skip_element();
            }
        }
        return give_row();
    }

    bool give_row() {
        if (row_.empty()) return false;
        if (next_row_ > kMaxSheetRow) {
            book_.warnings.add("XLS-034", tab_, 0, row_.size());
            row_.clear();
            return false;
        }
        if (next_row_ <= row_number_) book_.warnings.add("XLS-032", tab_, next_row_);
        row_number_ = next_row_;
        if (unreal_dates_ > 0) book_.warnings.add("XLS-031", tab_, row_number_, std::exchange(unreal_dates_, 0));
        cells_ = row_.finish();
        return true;
    }

    /// Up to and including the End of the cell.
    void read_cell() {
        std::uint64_t across = 0;
        style_.clear();
        xml().attributes([&](std::string_view name, std::string_view value) {
            if (name == "Index")
                column_ = std::max<std::uint64_t>(count_of(value), 1);
            else if (name == "MergeAcross")
                across = count_of(value);
            else if (name == "StyleID")
                style_ = value;
        });
        const std::uint64_t column = column_;
        column_ = std::min(column_ + 1 + across, kFar);
        if (xml().self_closing()) return;
        bool has_data = false;
        Type type = Type::Text;
        text_.clear();
        while (true) {
            const Token token = xml().next();
            if (token == Token::Eof) book_.break_off(xml());
            if (token == Token::Text) continue;
            if (token == Token::End) {
                if (xml().name() == "Cell") break;
            } else if (xml().name() == "Data" && !has_data) {
                has_data = true;
                xml().attributes([&](std::string_view name, std::string_view value) {
                    if (name == "Type") type = type_of(value);
                });
                if (!xml().self_closing()) read_data();
            } else if (!xml().self_closing()) {
                xml().skip_element();
            }
        }
        if (text_.empty()) return;
        if (column > kMaxSheetColumn) {
            book_.warnings.add("XLS-034", tab_, 0);
            return;
        }
        add_value(static_cast<std::uint32_t>(column - 1), type);
        if (row_.text_size() > kMaxSheetRowText) too_large();
    }

    /// The text, also within the marks of rich text, up to and including the End of the data.
    void read_data() {
        std::size_t depth = 0;
        while (true) {
            const Token token = xml().next();
            if (token == Token::Eof) book_.break_off(xml());
            if (token == Token::Text) {
                xml().append_text(text_, false);
                if (text_.size() > kMaxSheetRowText) too_large();
            } else if (token == Token::Start) {
                if (!xml().self_closing()) ++depth;
                if (xml().name() == "BR" || xml().name() == "br") text_ += '\n';
            } else {
                if (depth == 0 || xml().name() == "Data") return;
                --depth;
            }
        }
    }

    static Type type_of(std::string_view text) {
        if (text == "Number") return Type::Number;
        if (text == "DateTime") return Type::Moment;
        if (text == "Boolean") return Type::Boolean;
        if (text == "Error") return Type::Error;
        return Type::Text;
    }

    void add_value(std::uint32_t column, Type type) {
        switch (type) {
            case Type::Text:
                return row_.add_text(column, text_);
            case Type::Error:
                return row_.add_error(column, text_);
            case Type::Boolean:
                if (text_ == "1" || text_ == "0" || text_ == "true" || text_ == "false")
                    return row_.add_boolean(column, text_ == "1" || text_ == "true");
                break;
            case Type::Number:
                if (const auto number = parse_xml_number(text_)) {
                    if (!row_.add_serial(column, *number, book_.meaning(style_), book_.date1904, text_)) ++unreal_dates_;
                    return;
                }
                break;
            case Type::Moment:
                if (add_moment(column)) return;
                break;
        }
        book_.warnings.add("XLS-033", tab_, next_row_);
        row_.add_text(column, text_);
    }

    /// A time of day is written as a moment of the day that counts as zero, a duration as a moment of some days later.
    bool add_moment(std::uint32_t column) {
        const auto moment = parse_xml_moment(text_);
        if (!moment) return false;
        static const std::int32_t zero1900 = Date::from_ymd(1899, 12, 31)->days();
        static const std::int32_t zero1904 = Date::from_ymd(1904, 1, 1)->days();
        const std::int32_t zero = book_.date1904 ? zero1904 : zero1900;
        const NumberMeaning meaning = book_.meaning(style_);
        const bool duration = meaning == NumberMeaning::Duration && moment->days >= zero - 1 && moment->days < zero + 3650;
        if (duration || (moment->days == zero && (moment->seconds > 0 || meaning == NumberMeaning::Time))) {
            // From March 1900 on the system is a day ahead of the calendar.
            const bool ahead = !book_.date1904 && moment->days > zero + 59;
            row_.add_time(column, (moment->days - zero + (ahead ? 1 : 0)) * 86400.0 + moment->seconds);
            return true;
        }
        row_.add_moment(column, moment->days * 86400.0 + moment->seconds, std::fmod(moment->seconds, 86400) != 0);
        return true;
    }

    [[noreturn]] void too_large() { book_.refuse("XLS-010", {{"part", xml().part()}}); }

    SmlBook& book_;
    std::uint32_t tab_;
    std::unique_ptr<SheetWalk> walk_;
    std::uint64_t next_row_ = 0;    // of the last row seen
    std::uint64_t row_number_ = 0;  // of the last row given
    std::uint64_t column_ = 1;
    std::uint64_t unreal_dates_ = 0;
    SheetRow row_;
    std::span<const Cell> cells_;
    std::string style_;
    std::string text_;
};

class EmptySource : public Source {
  public:
    bool next(RawRow&) override { return false; }
    std::string bookmark() const override { return {}; }
};

class SmlDocument : public Document {
  public:
    explicit SmlDocument(std::unique_ptr<SmlBook> book) : book_(std::move(book)) {}

    const DocumentInfo& info() const override { return book_->info; }

    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        book_->warnings.forget(index);
        std::unique_ptr<SheetWalk> walk = std::move(book_->parked);
        if (!walk || walk->seen() >= index) walk = book_->walk();
        while (walk->seen() < index)
            if (!walk->next_sheet([] {})) return std::make_unique<EmptySource>();
        return std::make_unique<SheetSource>(*book_, index, std::move(walk));
    }

    std::vector<ReadWarning> warnings() const override { return book_->warnings.sorted(); }

  private:
    std::unique_ptr<SmlBook> book_;
};

/// The styles in front of the sheets, as far as they make dates of numbers.
class StyleReader {
  public:
    explicit StyleReader(SmlBook& book) : book_(book) {}

    void see(XmlScanner& xml) {
        if (xml.name() == "Style") {
            id_ = xml.attribute("ID").value_or("");
            const auto parent = xml.attribute("Parent");
            if (parent) keep(book_.meaning(*parent));
        } else if (xml.name() == "NumberFormat") {
            keep(meaning_of_code(xml.attribute("Format").value_or("")));
        } else if (xml.name() == "Date1904") {
            book_.date1904 = true;
        }
    }

  private:
    void keep(NumberMeaning meaning) {
        if (meaning == NumberMeaning::Plain)
            book_.meanings.erase(id_);
        else if (book_.meanings.size() < kMaxStyles && id_.size() < 256)
            book_.meanings[id_] = meaning;
    }

    SmlBook& book_;
    std::string id_;
};

/// Behind the start of a worksheet: up to and including its End; whether it is hidden.
bool skip_sheet(SheetWalk& walk) {
    XmlScanner& xml = walk.xml();
    bool hidden = false;
    bool in_visible = false;
    std::string text;
    while (walk.in_sheet()) {
        const Token token = xml.next();
        if (token == Token::Eof) break;
        if (token == Token::Text) {
            if (in_visible && text.size() < 64) xml.append_text(text, false);
        } else if (token == Token::End) {
            if (xml.name() == "Worksheet") walk.end_sheet();
            if (in_visible) hidden = text.find("Hidden") != std::string::npos;
            in_visible = false;
        } else if (xml.name() == "Visible") {
            in_visible = !xml.self_closing();
        } else if (xml.name() != "WorksheetOptions" && !xml.self_closing()) {
            xml.skip_element();
        }
    }
    return hidden;
}

void list_sheets(SmlBook& book) {
    const std::unique_ptr<SheetWalk> walk = book.walk();
    StyleReader styles(book);
    try {
        while (walk->next_sheet([&] { styles.see(walk->xml()); })) {
            TabInfo tab;
            tab.index = walk->seen();
            tab.name = bounded_name(walk->xml().attribute("Name").value_or(""));
            book.info.tabs.push_back(std::move(tab));
            if (book.info.tabs.size() > kMaxSheetTabs) book.refuse("XLS-008");
            const bool hidden = skip_sheet(*walk);
            book.info.tabs.back().hidden = hidden;
        }
    } catch (const Error& error) {
        if (book.info.tabs.empty() || !breaks_off(error, walk->xml())) throw;
    }
    if (book.info.tabs.empty()) book.refuse("XLS-009");
    book.info.kind = "spreadsheetml";
    book.info.encoding = book.encoding.name;
}

}  // namespace

std::unique_ptr<Document> open_spreadsheetml(const Probe& probe, const ReadOptions& options) {
    auto book = std::make_unique<SmlBook>(File::open(probe.path));
    book->encoding = find_xml_encoding(book->file, options);
    list_sheets(*book);
    return std::make_unique<SmlDocument>(std::move(book));
}

}  // namespace brugwacht
