#include "connector/files/xlsx.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "connector/files/number_format.hpp"
#include "connector/files/shared_strings.hpp"
#include "connector/files/warning_list.hpp"
#include "connector/files/xml.hpp"
#include "connector/files/zip.hpp"
#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

using Token = XmlScanner::Token;

constexpr std::uint64_t kMaxSmallPart = 64ULL << 20;
constexpr std::uint64_t kMaxSharedStrings = 1ULL << 30;
constexpr std::uint64_t kMaxSheet = 64ULL << 30;
constexpr std::size_t kMaxTabs = 10000;
constexpr std::size_t kMaxRowText = 64 << 20;
constexpr std::uint64_t kMaxRow = 1048576;
constexpr std::uint32_t kMaxColumn = 16384;

struct Relation {
    std::string type;    // last part of its URI: "worksheet"
    std::string target;  // normalised part name
};
using Relations = std::map<std::string, Relation>;

std::string folder_of(const std::string& part) {
    const std::size_t slash = part.rfind('/');
    return slash == std::string::npos ? std::string() : part.substr(0, slash + 1);
}

std::string percent_decoded(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
            result += static_cast<char>(value);
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

bool is_true(const std::optional<std::string>& text) { return text && (*text == "1" || *text == "true" || *text == "on"); }

std::string_view stripped(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// What the sheets of one workbook share.
struct Workbook {
    explicit Workbook(File opened) : file(std::move(opened)), zip(file) {}

    File file;
    Zip zip;
    DocumentInfo info;
    std::vector<std::string> parts;  // of the tabs; "" = none
    std::string styles_part;
    std::string strings_part;
    bool date1904 = false;
    bool loaded = false;
    SharedStrings strings;
    std::vector<NumberMeaning> meanings;  // by cell style
    WarningList warnings;

    std::unique_ptr<XmlScanner> scan(const ZipEntry& entry, std::uint64_t limit) const {
        return std::make_unique<XmlScanner>(zip.open(entry, limit), file.name(), entry.name);
    }
    const ZipEntry* find(const std::string& part) const {
        const ZipEntry* entry = zip.find(part);
        return entry != nullptr ? entry : zip.find(percent_decoded(part));
    }
    NumberMeaning meaning(std::size_t style) const { return style < meanings.size() ? meanings[style] : NumberMeaning::Plain; }
    void load_shared();
    void load_styles(XmlScanner& xml);
};

void Workbook::load_styles(XmlScanner& xml) {
    std::map<std::uint32_t, NumberMeaning> own;
    bool in_formats = false;
    bool in_cells = false;
    const auto number_of = [](const std::optional<std::string>& text) {
        std::uint32_t value = 0;
        if (text) std::from_chars(text->data(), text->data() + text->size(), value);
        return value;
    };
    while (true) {
        const Token token = xml.next();
        if (token == Token::Eof) return;
        if (token == Token::Text) continue;
        const bool opens = token == Token::Start && !xml.self_closing();
        if (xml.name() == "numFmts") in_formats = opens;
        if (xml.name() == "cellXfs") in_cells = opens;
        if (token != Token::Start) continue;
        if (in_formats && xml.name() == "numFmt") {
            const auto code = xml.attribute("formatCode");
            if (code) own[number_of(xml.attribute("numFmtId"))] = meaning_of_code(*code);
        } else if (in_cells && xml.name() == "xf") {
            const std::uint32_t id = number_of(xml.attribute("numFmtId"));
            const auto found = own.find(id);
            meanings.push_back(found != own.end() ? found->second : meaning_of_builtin(id));
        }
    }
}

void Workbook::load_shared() {
    if (loaded) return;
    loaded = true;
    if (const ZipEntry* entry = find(styles_part); entry != nullptr) {
        try {
            load_styles(*scan(*entry, kMaxSmallPart));
        } catch (const Error&) {
            warnings.add("XLS-036", 0, 0);  // dates will look like numbers; the sheets themselves may well be sound
        }
    }
    if (const ZipEntry* entry = find(strings_part); entry != nullptr) strings.load(*scan(*entry, kMaxSharedStrings));
}

Relations read_relations(const Workbook& book, const std::string& part) {
    Relations relations;
    const std::string folder = folder_of(part);
    const ZipEntry* entry = book.find(folder + "_rels/" + part.substr(folder.size()) + ".rels");
    if (entry == nullptr) return relations;
    const auto xml = book.scan(*entry, kMaxSmallPart);
    while (true) {
        const Token token = xml->next();
        if (token == Token::Eof) return relations;
        if (token != Token::Start || xml->name() != "Relationship") continue;
        const std::string type = xml->attribute("Type").value_or("");
        const std::string target = xml->attribute("Target").value_or("");
        const bool absolute = !target.empty() && (target[0] == '/' || target[0] == '\\');
        relations[xml->attribute("Id").value_or("")] = {type.substr(type.rfind('/') + 1),
                                                        normalise_part_name(absolute ? target : folder + target)};
    }
}

/// The workbook part, by relation or by its usual name. Throws for archives that hold something else.
std::string find_workbook(const Workbook& book) {
    for (const auto& [id, relation] : read_relations(book, ""))
        if (relation.type == "officeDocument" && book.find(relation.target) != nullptr) return relation.target;
    for (const ZipEntry& entry : book.zip.entries())
        if (entry.name == "xl/workbook.xml" || entry.name.ends_with("/workbook.xml") || entry.name == "workbook.xml") return entry.name;
    return {};
}

[[noreturn]] void refuse(const Workbook& book, const char* code, TextArgs more = {}) {
    more.emplace_back("file", book.file.name());
    throw Error(Exit::Data, code, std::move(more), book.file.name());
}

void refuse_other_archive(const Workbook& book) {
    for (const ZipEntry& entry : book.zip.entries()) {
        if (entry.name == "encryptedpackage") refuse(book, "FIL-013");
        if (entry.name == "xl/workbook.bin") refuse(book, "FIL-015");
    }
    refuse(book, "FIL-017");
}

std::string part_of_tab(const Workbook& book, const Relations& relations, const std::string& id, std::size_t index, TabInfo& tab) {
    const auto found = relations.find(id);
    if (found != relations.end()) {
        tab.is_sheet =
            found->second.type != "chartsheet" && found->second.type != "dialogsheet" && !found->second.type.ends_with("acrosheet");
        if (book.find(found->second.target) != nullptr) return found->second.target;
    }
    std::string usual = "xl/worksheets/sheet" + std::to_string(index) + ".xml";
    return found == relations.end() && book.find(usual) != nullptr ? usual : std::string();
}

void read_workbook(Workbook& book) {
    const std::string part = find_workbook(book);
    if (part.empty()) refuse_other_archive(book);
    if (part.ends_with(".bin")) refuse(book, "FIL-015");
    if (!part.ends_with(".xml") && part.starts_with("word/")) refuse(book, "FIL-017");
    const Relations relations = read_relations(book, part);
    for (const auto& [id, relation] : relations) {
        if (relation.type == "sharedStrings") book.strings_part = relation.target;
        if (relation.type == "styles") book.styles_part = relation.target;
    }
    const std::string folder = folder_of(part);
    if (book.strings_part.empty()) book.strings_part = folder + "sharedstrings.xml";
    if (book.styles_part.empty()) book.styles_part = folder + "styles.xml";
    const auto xml = book.scan(*book.find(part), kMaxSmallPart);
    bool is_workbook = false;
    bool in_sheets = false;
    while (true) {
        const Token token = xml->next();
        if (token == Token::Eof) break;
        if (token == Token::Text) continue;
        if (xml->name() == "sheets") in_sheets = token == Token::Start && !xml->self_closing();
        if (token != Token::Start) continue;
        if (xml->name() == "workbook") is_workbook = true;
        if (xml->name() == "workbookPr") book.date1904 = is_true(xml->attribute("date1904"));
        if (!in_sheets || xml->name() != "sheet") continue;
        TabInfo tab;
        tab.index = static_cast<std::uint32_t>(book.info.tabs.size() + 1);
        tab.name = xml->attribute("name").value_or("");
        const std::string state = xml->attribute("state").value_or("visible");
        tab.hidden = state == "hidden" || state == "veryHidden";
        book.parts.push_back(part_of_tab(book, relations, xml->attribute("id").value_or(""), tab.index, tab));
        book.info.tabs.push_back(std::move(tab));
        if (book.info.tabs.size() > kMaxTabs) refuse(book, "XLS-008");
    }
    if (!is_workbook) refuse(book, "FIL-017");
    if (book.info.tabs.empty()) refuse(book, "XLS-009");
    book.info.kind = "xlsx";
}

/// "BC17" -> column 54, row 17. Nothing when it is no reference.
struct Reference {
    std::uint64_t column = 0;  // from 1
    std::uint64_t row = 0;     // from 1; 0 = not given
};

std::optional<Reference> parse_reference(std::string_view text) {
    Reference result;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = static_cast<char>(text[i] & ~0x20);
        if (c < 'A' || c > 'Z') break;
        if (i >= 7) return std::nullopt;
        result.column = result.column * 26 + static_cast<std::uint64_t>(c - 'A' + 1);
    }
    if (i == 0 || text.size() - i > 18) return std::nullopt;
    for (; i < text.size(); ++i) {
        const auto digit = static_cast<unsigned>(text[i] - '0');
        if (digit > 9) return std::nullopt;
        result.row = result.row * 10 + digit;
    }
    return result;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::optional<double> parse_number(std::string_view text) {
    text = stripped(text);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range && end == text.data() + text.size()) return std::strtod(std::string(text).c_str(), nullptr);
    if (error != std::errc() || end != text.data() + text.size() || text.empty() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// hh:mm or hh:mm:ss with an optional fraction and Z, as seconds.
std::optional<double> parse_clock(std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    const auto two = [&](std::size_t at) -> int {
        if (at + 2 > text.size() || text[at] < '0' || text[at] > '9' || text[at + 1] < '0' || text[at + 1] > '9') return -1;
        return (text[at] - '0') * 10 + (text[at + 1] - '0');
    };
    const int hours = two(0);
    const int minutes = two(3);
    if (hours < 0 || hours > 24 || minutes < 0 || minutes > 59 || text[2] != ':') return std::nullopt;
    int seconds = 0;
    if (text.size() > 5) {
        seconds = two(6);
        if (text[5] != ':' || seconds < 0 || seconds > 59) return std::nullopt;
        if (text.size() > 8 && text[8] == '.' && text.size() > 9 && text[9] >= '5') ++seconds;
    }
    return hours * 3600 + minutes * 60 + seconds;
}

class EmptySource : public Source {
  public:
    bool next(RawRow&) override { return false; }
    std::string bookmark() const override { return {}; }
};

class SheetSource : public Source {
  public:
    SheetSource(Workbook& book, std::uint32_t tab, std::unique_ptr<XmlScanner> xml) : book_(book), tab_(tab), xml_(std::move(xml)) {}

    bool next(RawRow& row) override {
        while (!done_) {
            const Token token = xml_->next();
            if (token == Token::Eof) {
                done_ = true;
                if (in_data_) refuse(book_, "XLS-011", {{"part", xml_->part()}, {"row", static_cast<std::int64_t>(row_number_)}});
            } else if (token == Token::Start && xml_->name() == "sheetData") {
                in_data_ = !xml_->self_closing();
                done_ = !in_data_;
            } else if (token == Token::End && xml_->name() == "sheetData") {
                done_ = true;
                in_data_ = false;
            } else if (token == Token::Start && !in_data_ && xml_->name() == "col") {
                note_hidden_columns();
            } else if (token == Token::Start && in_data_ && xml_->name() == "row" && read_row()) {
                row.tab = tab_;
                row.row = row_number_;
                row.cells = cells_;
                return true;
            }
        }
        return false;
    }

    std::string bookmark() const override { return row_number_ == 0 ? std::string() : std::to_string(row_number_); }

  private:
    enum class Shown : std::uint8_t { Visible, Hidden, Told };
    enum class Type : std::uint8_t { Number, Shared, Text, Inline, Boolean, Error, Date };

    struct Head {
        std::uint64_t column = 0;  // from 1
        std::uint64_t row = 0;     // from 1; 0 = not given
        std::size_t style = 0;
        Type type = Type::Number;
    };

    struct Pending {
        std::size_t cell;
        std::size_t offset;
        std::size_t length;
    };

    bool read_row() {
        cells_.clear();
        pending_.clear();
        text_.clear();
        std::uint64_t given_row = 0;
        bool hidden = false;
        xml_->attributes([&](std::string_view name, std::string_view value) {
            if (name == "r") given_row = parse_count(value).value_or(0);
            if (name == "hidden") hidden = value == "1" || value == "true";
        });
        last_column_ = 0;
        const bool empty = xml_->self_closing();
        XmlScanner::PlainCell plain;
        while (!empty) {
            if (xml_->plain_cell(plain)) {
                const Head head = head_of(plain);
                if (given_row == 0) given_row = head.row;
                add_cell(head, plain.value);
                continue;
            }
            const Token token = xml_->next();
            if (token == Token::Eof) break;
            if (token == Token::End && xml_->name() == "row") break;
            if (token == Token::Start && xml_->name() == "c") {
                const Head head = read_head();
                if (given_row == 0) given_row = head.row;
                if (!xml_->self_closing()) read_cell(head);
            }
        }
        if (given_row == 0) given_row = previous_row_ + 1;
        if (given_row > kMaxRow) {
            if (!cells_.empty()) book_.warnings.add("XLS-034", tab_, 0, cells_.size());
            return false;
        }
        if (given_row <= previous_row_ && !cells_.empty()) book_.warnings.add("XLS-032", tab_, given_row);
        previous_row_ = given_row;
        if (cells_.empty()) return false;
        row_number_ = given_row;
        finish_row();
        if (hidden) book_.warnings.add("XLS-037", tab_, row_number_);
        if (!hidden_columns_.empty()) count_hidden_columns();
        return true;
    }

    /// Hidden columns are read like others; which ones are hidden stands before the rows.
    void note_hidden_columns() {
        if (!is_true(xml_->attribute("hidden"))) return;
        const auto first = parse_count(xml_->attribute("min").value_or("")).value_or(0);
        const auto last = std::min<std::uint64_t>(parse_count(xml_->attribute("max").value_or("")).value_or(0), kMaxColumn);
        if (first == 0 || first > last) return;
        hidden_columns_.resize(std::max<std::size_t>(hidden_columns_.size(), last), Shown::Visible);
        std::fill(hidden_columns_.begin() + static_cast<std::ptrdiff_t>(first - 1),
                  hidden_columns_.begin() + static_cast<std::ptrdiff_t>(last), Shown::Hidden);
    }
    /// One with a cell in it counts once.
    void count_hidden_columns() {
        for (const Cell& cell : cells_) {
            if (cell.column >= hidden_columns_.size() || hidden_columns_[cell.column] != Shown::Hidden) continue;
            hidden_columns_[cell.column] = Shown::Told;
            book_.warnings.add("XLS-038", tab_, row_number_);
        }
    }

    /// Text of the row does not move any more: point the cells at it, and put them in order.
    void finish_row() {
        for (const Pending& p : pending_) cells_[p.cell].text = {text_.data() + p.offset, p.length};
        if (unreal_dates_ > 0) {
            book_.warnings.add("XLS-031", tab_, row_number_, unreal_dates_);
            unreal_dates_ = 0;
        }
        const auto before = [](const Cell& a, const Cell& b) { return a.column < b.column; };
        if (std::adjacent_find(cells_.begin(), cells_.end(), [](const Cell& a, const Cell& b) { return a.column >= b.column; }) ==
            cells_.end())
            return;
        std::stable_sort(cells_.begin(), cells_.end(), before);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (i + 1 < cells_.size() && cells_[i + 1].column == cells_[i].column) continue;  // the last one of a column counts
            cells_[kept++] = cells_[i];
        }
        cells_.resize(kept);
    }

    Head read_head() {
        Head head;
        xml_->attributes([&](std::string_view name, std::string_view value) {
            if (name == "r") {
                if (const auto reference = parse_reference(value)) {
                    head.column = reference->column;
                    head.row = reference->row;
                }
            } else if (name == "s") {
                head.style = static_cast<std::size_t>(parse_count(value).value_or(0));
            } else if (name == "t") {
                head.type = type_of(value);
            }
        });
        place(head);
        return head;
    }

    /// Without a reference a cell stands beside the one before it.
    void place(Head& head) {
        if (head.column == 0) head.column = last_column_ + 1;
        last_column_ = head.column;
    }

    Head head_of(const XmlScanner::PlainCell& plain) {
        Head head;
        if (const auto reference = parse_reference(plain.reference)) {
            head.column = reference->column;
            head.row = reference->row;
        }
        for (const char c : plain.style.substr(0, 9))
            head.style = head.style * 10 + static_cast<std::size_t>(static_cast<unsigned char>(c - '0'));
        if (!plain.type.empty()) head.type = plain.type[0] == 's' ? Type::Shared : plain.type[0] == 'b' ? Type::Boolean : Type::Number;
        place(head);
        return head;
    }

    void add_cell(const Head& head, std::string_view value) {
        if (value.empty()) return;
        if (head.column > kMaxColumn) {
            book_.warnings.add("XLS-034", tab_, 0);
            return;
        }
        Cell cell;
        cell.column = static_cast<std::uint32_t>(head.column - 1);
        set_value(cell, head, value);
    }

    static Type type_of(std::string_view text) {
        if (text == "s") return Type::Shared;
        if (text == "str") return Type::Text;
        if (text == "inlineStr") return Type::Inline;
        if (text == "b") return Type::Boolean;
        if (text == "e") return Type::Error;
        if (text == "d") return Type::Date;
        return Type::Number;
    }

    /// Up to and including the End of the cell.
    void read_cell(const Head& head) {
        value_.clear();
        bool has_inline = false;
        const std::size_t inline_start = text_.size();
        bool in_value = false;
        bool formula = false;
        while (true) {
            const Token token = xml_->next();
            if (token == Token::Eof) break;
            if (token == Token::Start && xml_->name() == "f") formula = true;
            if (token == Token::Text) {
                if (in_value) xml_->append_text(value_, head.type == Type::Text || head.type == Type::Inline);
            } else if (token == Token::End) {
                if (xml_->name() == "c") break;
                in_value = false;
            } else if (!xml_->self_closing()) {
                if (xml_->name() == "v") {
                    in_value = true;
                } else if (xml_->name() == "is") {
                    read_rich_text(*xml_, "is", text_);
                    has_inline = true;
                } else {
                    xml_->skip_element();
                }
            }
        }
        if (text_.size() > kMaxRowText) refuse(book_, "XLS-010", {{"part", xml_->part()}});
        if (head.column > kMaxColumn) {
            book_.warnings.add("XLS-034", tab_, 0);
            return;
        }
        Cell cell;
        cell.column = static_cast<std::uint32_t>(head.column - 1);
        if (has_inline && (head.type == Type::Inline || value_.empty())) {
            if (text_.size() > inline_start) {
                cell.kind = CellKind::Text;
                pending_.push_back({cells_.size(), inline_start, text_.size() - inline_start});
                cells_.push_back(cell);
            }
            return;
        }
        if (!value_.empty()) return set_value(cell, head, value_);
        // An empty text is a result, nothing at all is none: the program that wrote the file never calculated.
        if (formula && head.type != Type::Text) book_.warnings.add("XLS-046", tab_, previous_row_ + 1);
    }

    void keep(Cell& cell, CellKind kind, std::string_view text) {
        cell.kind = kind;
        pending_.push_back({cells_.size(), text_.size(), text.size()});
        text_ += text;
        cells_.push_back(cell);
    }

    void set_value(Cell& cell, const Head& head, std::string_view value) {
        switch (head.type) {
            case Type::Shared:
                return set_shared(cell, value);
            case Type::Text:
            case Type::Inline:
                return keep(cell, CellKind::Text, value);
            case Type::Error:
                return keep(cell, CellKind::Error, value);
            case Type::Boolean: {
                const std::string_view text = stripped(value);
                cell.kind = CellKind::Boolean;
                cell.number = text == "1" || text == "true" || text == "TRUE" ? 1 : 0;
                cells_.push_back(cell);
                return;
            }
            case Type::Date:
                return set_iso_date(cell, value);
            case Type::Number:
                return set_number(cell, head, value);
        }
    }

    void set_shared(Cell& cell, std::string_view value) {
        const auto index = parse_count(stripped(value));
        const auto text = index ? book_.strings.get(*index) : std::nullopt;
        if (!text) {
            book_.warnings.add("XLS-030", tab_, previous_row_ + 1);
            return;
        }
        if (text->empty()) return;
        cell.kind = CellKind::Text;
        cell.text = *text;
        cells_.push_back(cell);
    }

    void set_iso_date(Cell& cell, std::string_view value) {
        const std::string_view text = stripped(value);
        const auto date = Date::parse_iso(text.substr(0, 10));
        const auto clock = parse_clock(!date ? text.substr(text.starts_with('T') ? 1 : 0) : text.size() > 11 ? text.substr(11) : "00:00");
        if (!clock) return keep(cell, CellKind::Text, text);
        cell.kind = date ? CellKind::DateTime : CellKind::Time;
        cell.number = (date ? date->days() * 86400.0 : 0.0) + *clock;
        cell.has_time = date && *clock != 0;
        cells_.push_back(cell);
    }

    void set_number(Cell& cell, const Head& head, std::string_view value) {
        const auto number = parse_number(value);
        if (!number) {
            const std::string_view text = stripped(value);
            if (text.empty()) return;
            book_.warnings.add("XLS-033", tab_, previous_row_ + 1);
            return keep(cell, CellKind::Text, value);
        }
        const NumberMeaning meaning = book_.meaning(head.style);
        std::string unreal;
        if (meaning == NumberMeaning::Plain || !set_moment(cell, *number, meaning, book_.date1904, unreal)) {
            cell.number = *number;
            return keep(cell, CellKind::Number, stripped(value));
        }
        if (cell.kind == CellKind::Text) {
            ++unreal_dates_;
            return keep(cell, CellKind::Text, unreal);
        }
        cells_.push_back(cell);
    }

    Workbook& book_;
    std::uint32_t tab_;
    std::unique_ptr<XmlScanner> xml_;
    bool in_data_ = false;
    bool done_ = false;
    std::uint64_t row_number_ = 0;    // of the last row given
    std::uint64_t previous_row_ = 0;  // of the last row seen
    std::uint64_t last_column_ = 0;
    std::uint64_t unreal_dates_ = 0;
    std::vector<Shown> hidden_columns_;  // empty when none is
    std::vector<Cell> cells_;
    std::vector<Pending> pending_;
    std::string text_;   // of this row's cells
    std::string value_;  // of the cell at hand
};

class XlsxDocument : public Document {
  public:
    explicit XlsxDocument(std::unique_ptr<Workbook> book) : book_(std::move(book)) {}

    const DocumentInfo& info() const override { return book_->info; }

    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        const TabInfo& tab = book_->info.tabs.at(index - 1);
        const std::string& part = book_->parts[index - 1];
        book_->load_shared();
        book_->warnings.forget(index);
        if (!tab.is_sheet) return std::make_unique<EmptySource>();
        if (part.empty()) {
            book_->warnings.add("XLS-035", index, 0);
            return std::make_unique<EmptySource>();
        }
        if (tab.hidden) book_->warnings.add("XLS-039", index, 0);
        return std::make_unique<SheetSource>(*book_, index, book_->scan(*book_->find(part), kMaxSheet));
    }

    std::vector<ReadWarning> warnings() const override { return book_->warnings.sorted(); }

  private:
    std::unique_ptr<Workbook> book_;
};

}  // namespace

bool identify_zip(const Probe& probe) { return probe.head.starts_with("PK\x03\x04") || probe.head.starts_with("PK\x05\x06"); }

std::unique_ptr<Document> open_xlsx(const Probe& probe, const ReadOptions&) {
    auto book = std::make_unique<Workbook>(File::open(probe.path));
    read_workbook(*book);
    return std::make_unique<XlsxDocument>(std::move(book));
}

}  // namespace brugwacht
