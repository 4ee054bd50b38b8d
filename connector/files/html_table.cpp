#include "connector/files/html_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <unordered_map>
#include <utility>

#include "connector/files/html_scanner.hpp"
#include "connector/files/mhtml.hpp"
#include "connector/files/number_format.hpp"
#include "connector/files/sheet_row.hpp"
#include "connector/files/text_encoding.hpp"
#include "connector/files/utf8.hpp"
#include "connector/files/warning_list.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

using Token = HtmlScanner::Token;

constexpr std::size_t kMaxDepth = 200;       // of tables in tables; deeper ones are text
constexpr std::size_t kMaxTables = 100000;   // of a page, nested ones counted
constexpr std::size_t kMaxStyles = 1 << 20;  // bytes of style sheets that are looked at
constexpr std::size_t kMaxFormats = 65536;
constexpr std::size_t kMaxHeading = 400;  // bytes that are kept of a heading
constexpr std::size_t kMaxNameLength = 100;
constexpr std::uint64_t kMaxColumnSpan = 1000;  // as browsers have it
constexpr std::uint64_t kMaxRowSpan = 65534;
constexpr std::uint64_t kMaxSpanSteps = 1ULL << 29;  // columns looked at for spans, in one reading of a table

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What starts on a line of its own.
constexpr std::array<std::string_view, 30> kBlocks{"p",       "div",    "li",   "ul",   "ol",         "dl",      "dt",      "dd",
                                                   "h1",      "h2",     "h3",   "h4",   "h5",         "h6",      "pre",     "hr",
                                                   "address", "center", "form", "main", "blockquote", "section", "article", "header",
                                                   "footer",  "aside",  "nav",  "menu", "fieldset",   "figure"};
constexpr std::array<std::string_view, 14> kVoid{"br",   "hr",   "img",   "input", "col",    "area",  "base",
                                                 "link", "meta", "embed", "param", "source", "track", "wbr"};
constexpr std::array<std::string_view, 8> kTextInputs{"", "text", "number", "date", "email", "tel", "url", "search"};

bool is_heading(std::string_view name) { return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'; }

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

std::string without_blanks(std::string_view text) {
    std::string result;
    for (const char c : text)
        if (!is_blank(c)) result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return result;
}

/// Nothing but blanks, also no-break ones: how pages write an empty cell.
bool is_empty_text(std::string_view text) { return trim(text).empty(); }

std::uint64_t span_of(std::string_view text, std::uint64_t limit) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    std::uint64_t value = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return limit;
    return error == std::errc() && end != text.data() ? std::min(value, limit) : 1;
}

/// Text as a browser lays it out: runs of blanks become one, blocks start on a line of their own.
class CellText {
  public:
    void clear() {
        text_.clear();
        blank_ = break_ = false;
    }
    void add(std::string_view piece, bool as_it_is) {
        if (as_it_is) {
            if (piece.empty()) return;
            settle();
            for (const char c : piece)
                if (c != '\r') text_ += c;
            return;
        }
        for (std::size_t at = 0; at < piece.size();) {
            if (is_blank(piece[at])) {
                blank_ = true;
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < piece.size() && !is_blank(piece[end])) ++end;
            settle();
            text_ += piece.substr(at, end - at);
            at = end;
        }
    }
    void line_break() {
        if (break_) text_ += '\n';
        text_ += '\n';
        blank_ = break_ = false;
    }
    void block() { break_ = break_ || !(text_.empty() || text_.back() == '\n'); }
    std::size_t size() const { return text_.size(); }
    /// Without blanks around it, no-break ones too: so pages write empty cells.
    std::string_view shown() const { return trim(text_); }

  private:
    void settle() {
        if (break_)
            text_ += '\n';
        else if (blank_ && !text_.empty() && text_.back() != '\n')
            text_ += ' ';
        blank_ = break_ = false;
    }

    std::string text_;
    bool blank_ = false;
    bool break_ = false;
};

/// One line, and no name at all when it is more of a sentence.
std::string name_of(std::string_view text) {
    CellText line;
    line.add(text, false);
    const std::string_view shown = line.shown();
    const auto length = std::count_if(shown.begin(), shown.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    return static_cast<std::size_t>(length) <= kMaxNameLength ? std::string(shown) : std::string();
}

/// Number formats that a style gives: by class from style sheets, or in the attribute of a cell.
class Formats {
  public:
    /// A piece of a style sheet.
    void add(std::string_view css) { css_.append(css.substr(0, kMaxStyles - std::min(kMaxStyles, css_.size()))); }

    void finish() {
        for (std::size_t at = 0; (at = css_.find(kProperty, at)) != std::string::npos; at += kProperty.size()) {
            const std::size_t open = css_.rfind('{', at);
            if (open == std::string::npos || css_.find('}', open) < at) continue;
            const std::size_t before = css_.find_last_of("{}", open == 0 ? 0 : open - 1);
            const std::size_t start = before == std::string::npos || before >= open ? 0 : before + 1;
            const NumberMeaning meaning = meaning_at(css_, at);
            if (meaning == NumberMeaning::Plain) continue;
            const std::string_view selector = std::string_view(css_).substr(start, std::min<std::size_t>(open - start, 4096));
            for (std::size_t dot = 0; (dot = selector.find('.', dot)) != std::string_view::npos;) {
                const std::size_t end = std::min(selector.find_first_of(" \t\r\n,.:>{", dot + 1), selector.size());
                if (classes_.size() < kMaxFormats) classes_[std::string(selector.substr(dot + 1, end - dot - 1))] = meaning;
                dot = end;
            }
        }
        css_.clear();
        css_.shrink_to_fit();
    }

    NumberMeaning of(std::string_view style, std::string_view classes) const {
        if (const std::size_t at = style.find(kProperty); at != std::string_view::npos) return meaning_at(style, at);
        while (!classes.empty() && !classes_.empty()) {
            const std::size_t end = std::min(classes.find_first_of(" \t\r\n"), classes.size());
            const auto found = classes_.find(std::string(classes.substr(0, end)));
            if (found != classes_.end()) return found->second;
            classes.remove_prefix(std::min(end + 1, classes.size()));
        }
        return NumberMeaning::Plain;
    }

  private:
    static constexpr std::string_view kProperty = "mso-number-format:";

    /// The value of the property: a CSS string with escapes, or bare with them.
    static NumberMeaning meaning_at(std::string_view css, std::size_t at) {
        at += kProperty.size();
        while (at < css.size() && is_blank(css[at])) ++at;
        const char quote = at < css.size() && (css[at] == '"' || css[at] == '\'') ? css[at++] : '\0';
        std::string code;
        for (; at < css.size() && code.size() < 256; ++at) {
            const char c = css[at];
            if (c == '\\' && at + 1 < css.size()) {
                std::uint32_t value = 0;
                const char* const digits = css.data() + at + 1;
                const bool hex = at + 5 <= css.size() && std::from_chars(digits, digits + 4, value, 16).ptr == digits + 4;
                if (hex)
                    append_utf8(code, value);
                else
                    code += css[at + 1];
                at += hex ? 4 : 1;
            } else if (quote != 0 ? c == quote : c == ';' || c == '}') {
                break;
            } else {
                code += c;
            }
        }
        return meaning_of_code(trim(code));
    }

    std::string css_;
    std::unordered_map<std::string, NumberMeaning> classes_;
};

/// What a first reading learns about each table of the page, in the order of their start tags.
struct TableFacts {
    std::size_t parent = 0;         // ordinal from 1; 0 = none
    std::size_t nested = 0;         // tables directly in its cells
    std::uint64_t filled = 0;       // cells with something of their own
    std::uint64_t data_rows = 0;    // rows with at least two of them
    std::uint64_t most_nested = 0;  // filled cells of the fullest table inside
    std::string name;
    bool is_text = false;    // inside a cell of a table with data
    bool is_layout = false;  // only holds other tables together
};

struct Page {
    explicit Page(File opened) : file(std::move(opened)) {}

    File file;
    TextEncoding encoding;
    bool is_mhtml = false;
    DocumentInfo info;
    WarningList warnings;
    std::vector<TableFacts> tables;
    std::vector<std::size_t> ordinals;     // of the tabs
    std::vector<std::string> sheet_names;  // as Excel noted them
    Formats formats;
    std::unique_ptr<class PageWalk> parked;  // behind the table that was read last
};

/// One pass over the page. Without a target it gathers facts and style sheets; with one it builds that table's rows.
class PageWalk {
  public:
    PageWalk(Page& page, std::unique_ptr<HtmlScanner> scanner, const Decoder& decoder)
        : page_(page), scanner_(std::move(scanner)), decoder_(decoder) {}

    /// Tables begun so far.
    std::size_t seen() const { return seen_; }
    std::uint64_t invalid_bytes() const { return decoder_.invalid(); }

    void gather() {
        while (read_token()) handle();
        close_all();
    }

    /// `ordinal` has not begun yet.
    void aim(std::size_t ordinal, std::uint32_t tab) {
        target_ = ordinal;
        tab_ = tab;
        done_ = false;
        row_number_ = 0;
        span_steps_ = 0;
        spans_.clear();
        row_.clear();
    }

    /// The next row of the target that has cells.
    bool next_row() {
        row_.clear();
        while (!done_ && (held_ || read_token())) {
            held_ = false;
            if (ends_row()) {
                close_cell(stack_.back());
                stack_.back().in_row = false;
                held_ = true;
                if (!row_.empty()) return true;
                continue;
            }
            handle();
        }
        const bool rest = !done_ && !row_.empty();
        if (!done_) close_all();
        done_ = true;
        return rest || !row_.empty();
    }
    bool at_end() const { return done_; }
    std::uint64_t row_number() const { return row_number_; }
    std::span<const Cell> cells() { return row_.finish(); }

  private:
    struct Frame {
        std::size_t ordinal = 0;
        bool in_row = false;
        bool in_cell = false;
        bool in_caption = false;
        bool filled = false;         // the cell at hand has something of its own
        std::size_t filled_row = 0;  // cells of the row at hand
    };

    bool read_token() {
        token_ = scanner_->next();
        return token_ != Token::Eof;
    }

    bool gathering() const { return target_ == 0; }
    bool collecting() const { return target_ != 0 && target_depth_ > 0; }
    /// Whether the innermost open table is the target itself.
    bool at_target() const { return collecting() && stack_.size() == target_depth_; }

    /// Whether the token ends a row of the target that is still open.
    bool ends_row() const {
        if (!at_target() || !stack_.back().in_row || ignored_ > 0 || token_ == Token::Text) return false;
        const std::string& name = scanner_->name();
        const bool group = name == "thead" || name == "tbody" || name == "tfoot";
        if (token_ == Token::Start) return name == "tr" || group || name == "caption" || (name == "table" && !stack_.back().in_cell);
        return name == "tr" || group || name == "table" || name == "html" || name == "body";
    }

    void handle() {
        switch (token_) {
            case Token::Start:
                return start();
            case Token::End:
                return end();
            case Token::Text:
                return text();
            case Token::Eof:
                return;
        }
    }

    void start() {
        const std::string& name = scanner_->name();
        if (name == "table") return open_table();
        if (!stack_.empty() && ignored_ == 0) {
            Frame& frame = stack_.back();
            if (name == "tr") {
                close_row(frame);
                return open_row(frame);
            }
            if (name == "td" || name == "th") {
                close_cell(frame);
                if (!frame.in_row) open_row(frame);
                return open_cell(frame);
            }
            if (name == "thead" || name == "tbody" || name == "tfoot") return end_group(frame);
            if (name == "caption") {
                close_row(frame);
                frame.in_caption = true;
                caption_.clear();
                return;
            }
        }
        if (name == "style") {
            in_style_ = !scanner_->self_closing();
            return;
        }
        if (gathering()) {
            if (name == "x:excelworksheet") at_sheet_name_ = true;
            in_sheet_name_ = at_sheet_name_ && name == "x:name";
            if (in_sheet_name_) {
                at_sheet_name_ = false;
                if (page_.sheet_names.size() < kMaxSheetTabs) page_.sheet_names.emplace_back();
            }
        }
        if (gathering() && is_heading(name) && (stack_.empty() || stack_.back().in_cell)) {
            in_heading_ = true;
            heading_.clear();
        }
        inside(name);
    }

    void open_table() {
        if (!stack_.empty() && ignored_ == 0 && !stack_.back().in_cell && !stack_.back().in_caption) close_table();
        if (ignored_ > 0 || stack_.size() >= kMaxDepth) {
            ++ignored_;
            return;
        }
        if (collecting()) content_.block();
        Frame frame;
        frame.ordinal = ++seen_;
        if (gathering()) {
            if (page_.tables.size() >= kMaxTables) too_many();
            TableFacts facts;
            facts.parent = stack_.empty() ? 0 : stack_.back().ordinal;
            if (facts.parent > 0) ++page_.tables[facts.parent - 1].nested;
            facts.name = name_of(std::exchange(heading_, {}));
            in_heading_ = false;
            page_.tables.push_back(std::move(facts));
        }
        stack_.push_back(frame);
        if (frame.ordinal == target_) target_depth_ = stack_.size();
    }

    void close_table() {
        if (stack_.empty()) return;
        close_row(stack_.back());
        if (stack_.back().in_caption) end_caption(stack_.back());
        if (at_target()) {
            target_depth_ = 0;
            done_ = true;
        }
        stack_.pop_back();
        if (collecting()) content_.block();
    }

    void close_all() {
        while (!stack_.empty()) close_table();
    }

    void open_row(Frame& frame) {
        frame.in_row = true;
        frame.filled_row = 0;
        if (!at_target()) {
            if (collecting()) content_.block();
            return;
        }
        ++row_number_;
        column_ = 0;
        row_.clear();
    }

    void close_row(Frame& frame) {
        close_cell(frame);
        if (!frame.in_row) return;
        frame.in_row = false;
        if (gathering() && frame.filled_row >= 2) ++page_.tables[frame.ordinal - 1].data_rows;
    }

    /// Cells do not reach out of their group of rows.
    void end_group(Frame& frame) {
        close_row(frame);
        if (at_target()) spans_.clear();
    }

    void open_cell(Frame& frame) {
        frame.in_cell = true;
        frame.in_caption = false;
        frame.filled = false;
        if (!at_target()) {
            if (collecting()) content_.add(" ", false);
            return;
        }
        content_.clear();
        hidden_.clear();
        as_it_is_ = 0;
        in_select_ = space_run_ = false;
        keep_attributes();
        place_cell();
    }

    void keep_attributes() {
        attributes_ = {};
        scanner_->attributes([&](std::string_view name, std::string_view raw) {
            const auto keep = [&](std::optional<std::string>& place) {
                place.emplace();
                append_html_text(raw, *place);
            };
            if (name == "colspan")
                attributes_.columns = std::max<std::uint64_t>(span_of(raw, kMaxColumnSpan), 1);
            else if (name == "rowspan")
                attributes_.rows = span_of(raw, kMaxRowSpan);
            else if (name == "x:num")
                keep(attributes_.number);
            else if (name == "x:str")
                keep(attributes_.string);
            else if (name == "x:bool")
                keep(attributes_.boolean);
            else if (name == "x:err")
                keep(attributes_.error);
            else if (name == "sdval")
                keep(attributes_.value);
            else if (name == "sdnum")
                keep(attributes_.format);
            else if (name == "class")
                keep(attributes_.classes);
            else if (name == "style")
                keep(attributes_.style);
        });
    }

    /// The first column that no cell of an earlier row reaches into; the cell's own spans are noted.
    void place_cell() {
        const std::uint64_t row = row_number_;
        while (column_ < spans_.size() && spans_[column_] > row) {
            ++column_;
            ++span_steps_;
        }
        at_ = column_;
        column_ = std::min<std::uint64_t>(column_ + attributes_.columns, kMaxSheetColumn + 1);
        if (attributes_.rows != 1) {
            const std::uint64_t end = std::min<std::uint64_t>(column_, kMaxSheetColumn);
            if (spans_.size() < end) spans_.resize(end, 0);
            // None = down to the end of the group.
            const std::uint64_t until = attributes_.rows == 0 ? ~0ULL : row + attributes_.rows;
            for (std::uint64_t c = at_; c < end; ++c) spans_[c] = std::max(spans_[c], until);
            span_steps_ += attributes_.columns;
        }
        if (span_steps_ > kMaxSpanSteps) refuse("HTM-002", {{"row", static_cast<std::int64_t>(row)}});
    }

    void close_cell(Frame& frame) {
        if (!frame.in_cell) return;
        frame.in_cell = false;
        if (gathering()) {
            if (!frame.filled) return;
            ++frame.filled_row;
            ++page_.tables[frame.ordinal - 1].filled;
            return;
        }
        if (!at_target()) return;
        const std::string_view shown = content_.shown();
        if (at_ >= kMaxSheetColumn) {
            if (!shown.empty()) page_.warnings.add("XLS-034", tab_, 0);
            return;
        }
        add_value(static_cast<std::uint32_t>(at_), shown);
        if (row_.text_size() > kMaxSheetRowText) too_large();
    }

    /// What a spreadsheet program noted beside the text goes before the text.
    void add_value(std::uint32_t column, std::string_view shown) {
        if (attributes_.error) return row_.add_error(column, attributes_.error->empty() ? shown : std::string_view(*attributes_.error));
        if (attributes_.boolean) {
            const std::string value = without_blanks(attributes_.boolean->empty() ? shown : std::string_view(*attributes_.boolean));
            if (value == "true" || value == "1" || value == "false" || value == "0")
                return row_.add_boolean(column, value == "true" || value == "1");
        }
        if (attributes_.string && !attributes_.string->empty()) shown = *attributes_.string;
        if (attributes_.number && !attributes_.string) {
            const std::string_view digits = attributes_.number->empty() ? shown : std::string_view(*attributes_.number);
            const NumberMeaning meaning = page_.formats.of(attributes_.style.value_or(""), attributes_.classes.value_or(""));
            if (add_number(column, digits, attributes_.number->empty() ? NumberMeaning::Plain : meaning)) return;
        }
        if (attributes_.value && add_noted(column, shown)) return;
        if (!shown.empty()) row_.add_text(column, shown);
    }

    bool add_number(std::uint32_t column, std::string_view digits, NumberMeaning meaning) {
        const auto number = parse_xml_number(digits);
        if (!number) return false;
        if (!row_.add_serial(column, *number, meaning, false, trim(digits))) page_.warnings.add("XLS-031", tab_, row_number_);
        return true;
    }

    /// LibreOffice: sdval="45901" sdnum="1033;0;YYYY-MM-DD", a value and two languages with a format.
    bool add_noted(std::uint32_t column, std::string_view shown) {
        const std::string format = attributes_.format.value_or("");
        const std::size_t first = format.find(';');
        const std::size_t second = first == std::string::npos ? first : format.find(';', first + 1);
        const std::string_view code = second == std::string::npos ? std::string_view() : std::string_view(format).substr(second + 1);
        if (code == "BOOLEAN") {
            const auto number = parse_xml_number(*attributes_.value);
            if (number) row_.add_boolean(column, *number != 0);
            return number.has_value();
        }
        if (shown.starts_with('#') || shown.starts_with("Err:")) {
            row_.add_error(column, shown);
            return true;
        }
        return add_number(column, *attributes_.value, code.empty() ? NumberMeaning::Plain : meaning_of_code(code));
    }

    void end() {
        const std::string& name = scanner_->name();
        if (name == "table") {
            if (ignored_ > 0)
                --ignored_;
            else
                close_table();
            return;
        }
        if (!stack_.empty() && ignored_ == 0) {
            Frame& frame = stack_.back();
            if (name == "tr") return close_row(frame);
            if (name == "td" || name == "th") return close_cell(frame);
            if (name == "thead" || name == "tbody" || name == "tfoot") return end_group(frame);
            if (name == "caption") return end_caption(frame);
        }
        if (name == "style" && in_style_) {
            in_style_ = false;
            return;
        }
        if (in_heading_ && is_heading(name)) in_heading_ = false;
        in_sheet_name_ = false;
        if (!collecting()) return;
        if (!hidden_.empty()) {
            if (name == hidden_ && --hidden_depth_ == 0) hidden_.clear();
            return;
        }
        if (name == "select") in_select_ = false;
        if (name == "span") space_run_ = false;
        if ((name == "pre" || name == "textarea") && as_it_is_ > 0) --as_it_is_;
        if (is_one_of(name, kBlocks)) content_.block();
    }

    void end_caption(Frame& frame) {
        if (!frame.in_caption) return;
        frame.in_caption = false;
        if (gathering() && !caption_.empty()) page_.tables[frame.ordinal - 1].name = name_of(std::exchange(caption_, {}));
    }

    /// A tag inside a cell.
    void inside(const std::string& name) {
        const bool in_cell = !stack_.empty() && stack_.back().in_cell;
        if (!in_cell) return;
        if (gathering()) {
            if (name == "input") stack_.back().filled = stack_.back().filled || !input_text().empty();
            return;
        }
        if (!collecting()) return;
        const bool is_void = is_one_of(name, kVoid);
        if (!hidden_.empty()) {
            if (name == hidden_ && !is_void && !scanner_->self_closing()) ++hidden_depth_;
            return;
        }
        if (is_hidden()) {
            if (!is_void && !scanner_->self_closing()) {
                hidden_ = name;
                hidden_depth_ = 1;
            }
            return;
        }
        if (name == "br") return content_.line_break();
        if (name == "input") return content_.add(input_text(), true);
        if (name == "select") in_select_ = true;
        if (name == "option") {
            in_select_ = true;
            option_chosen_ = scanner_->attribute("selected").has_value();
            content_.block();
        }
        if ((name == "pre" || name == "textarea") && !scanner_->self_closing()) ++as_it_is_;
        // How Excel writes blanks that count.
        if (name == "span") space_run_ = scanner_->attribute("style").value_or("").find("mso-spacerun:yes") != std::string::npos;
        if (is_one_of(name, kBlocks)) content_.block();
    }

    bool is_hidden() const {
        bool hidden = scanner_->name() == "comment";  // notes, in pages of LibreOffice
        scanner_->attributes([&](std::string_view name, std::string_view value) {
            if (name == "hidden") hidden = true;
            if (name == "style" && without_blanks(value).find("display:none") != std::string::npos) hidden = true;
        });
        return hidden;
    }

    /// A tick box is shown as a box with or without its tick, which the mapping reads as yes or no.
    std::string input_text() const {
        const std::string type = without_blanks(scanner_->attribute("type").value_or(""));
        if (type == "checkbox" || type == "radio") return scanner_->attribute("checked") ? "\u2611" : "\u2610";
        return is_one_of(std::string_view(type), kTextInputs) ? scanner_->attribute("value").value_or("") : std::string();
    }

    void text() {
        if (in_style_) {
            if (gathering()) {
                piece_.clear();
                scanner_->append_text(piece_);
                page_.formats.add(piece_);
            }
            return;
        }
        const bool in_cell = !stack_.empty() && stack_.back().in_cell;
        if (gathering()) return gather_text(in_cell);
        if (!in_cell || !collecting() || !hidden_.empty() || (in_select_ && !option_chosen_)) return;
        piece_.clear();
        scanner_->append_text(piece_);
        if (space_run_)
            for (std::size_t at = 0; (at = piece_.find("\u00a0", at)) != std::string::npos;) piece_.replace(at, 2, " ");
        content_.add(piece_, as_it_is_ > 0 || space_run_);
        if (content_.size() > kMaxSheetRowText) too_large();
    }

    void gather_text(bool in_cell) {
        const bool in_caption = !stack_.empty() && stack_.back().in_caption;
        if (in_sheet_name_ && page_.sheet_names.back().size() < kMaxHeading) scanner_->append_text(page_.sheet_names.back());
        const bool wanted = (in_cell && !stack_.back().filled) || in_caption || in_heading_;
        if (!wanted) return;
        piece_.clear();
        scanner_->append_text(piece_);
        if (in_cell && !is_empty_text(piece_)) stack_.back().filled = true;
        for (auto [in, name] : {std::pair(in_caption, &caption_), std::pair(in_heading_, &heading_)})
            if (in && name->size() < kMaxHeading) name->append(piece_, 0, kMaxHeading);
    }

    [[noreturn]] void refuse(const char* code, TextArgs more = {}) const {
        more.emplace_back("file", page_.file.name());
        throw Error(Exit::Data, code, std::move(more), page_.file.name());
    }
    [[noreturn]] void too_many() const { refuse("XLS-008"); }
    [[noreturn]] void too_large() const { refuse("XLS-010", {{"part", scanner_->part()}}); }

    /// What the tag of the cell at hand says.
    struct CellAttributes {
        std::uint64_t columns = 1;
        std::uint64_t rows = 1;
        std::optional<std::string> number, string, boolean, error, value, format, classes, style;
    };

    Page& page_;
    std::unique_ptr<HtmlScanner> scanner_;
    const Decoder& decoder_;
    Token token_ = Token::Eof;
    std::vector<Frame> stack_;
    std::size_t ignored_ = 0;  // tables too deep to be tables
    std::size_t seen_ = 0;
    bool in_style_ = false;
    std::string piece_;
    // Gathering.
    bool in_heading_ = false;
    std::string heading_;
    std::string caption_;
    bool at_sheet_name_ = false;
    bool in_sheet_name_ = false;
    // Reading the target.
    std::size_t target_ = 0;
    std::size_t target_depth_ = 0;  // of the stack when the target is on top; 0 = it is not open
    std::uint32_t tab_ = 0;
    bool done_ = false;
    bool held_ = false;  // the token has yet to be handled
    std::uint64_t row_number_ = 0;
    std::uint64_t column_ = 0;
    std::uint64_t at_ = 0;              // column of the cell at hand
    std::vector<std::uint64_t> spans_;  // by column: the first row that no earlier cell reaches into
    std::uint64_t span_steps_ = 0;
    CellAttributes attributes_;
    CellText content_;
    std::string hidden_;  // the element that is not shown; "" = none
    std::size_t hidden_depth_ = 0;
    std::size_t as_it_is_ = 0;
    bool space_run_ = false;
    bool in_select_ = false;
    bool option_chosen_ = false;
    SheetRow row_;
};

std::unique_ptr<PageWalk> walk(Page& page) {
    auto decoder = page.is_mhtml ? open_mhtml(page.file) : open_decoder(page.file, page.encoding);
    const Decoder& decoded = *decoder;
    const std::string part = std::filesystem::path(page.file.name()).filename().string();
    return std::make_unique<PageWalk>(page, std::make_unique<HtmlScanner>(std::move(decoder), page.file.name(), part), decoded);
}

class TableSource : public Source {
  public:
    TableSource(Page& page, std::uint32_t tab, std::unique_ptr<PageWalk> walk) : page_(page), tab_(tab), walk_(std::move(walk)) {}

    bool next(RawRow& row) override {
        if (!walk_) return false;
        if (!walk_->next_row()) {
            if (walk_->invalid_bytes() > 0) {
                page_.warnings.forget(0);
                page_.warnings.add("CSV-031", 0, 0, walk_->invalid_bytes());
            }
            page_.parked = std::move(walk_);
            return false;
        }
        row.tab = tab_;
        row.row = row_number_ = walk_->row_number();
        row.cells = walk_->cells();
        return true;
    }

    std::string bookmark() const override { return row_number_ == 0 ? std::string() : std::to_string(row_number_); }

  private:
    Page& page_;
    std::uint32_t tab_;
    std::unique_ptr<PageWalk> walk_;
    std::uint64_t row_number_ = 0;
};

class HtmlDocument : public Document {
  public:
    explicit HtmlDocument(std::unique_ptr<Page> page) : page_(std::move(page)) {}

    const DocumentInfo& info() const override { return page_->info; }

    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        page_->warnings.forget(index);
        const std::size_t ordinal = page_->ordinals.at(index - 1);
        std::unique_ptr<PageWalk> reading = std::move(page_->parked);
        if (!reading || reading->seen() >= ordinal) reading = walk(*page_);
        reading->aim(ordinal, index);
        return std::make_unique<TableSource>(*page_, index, std::move(reading));
    }

    std::vector<ReadWarning> warnings() const override { return page_->warnings.sorted(); }

  private:
    std::unique_ptr<Page> page_;
};

/// A table lays out others when the fullest of them holds more than it does itself.
void classify(std::vector<TableFacts>& tables) {
    for (std::size_t i = tables.size(); i-- > 0;)
        if (tables[i].parent > 0) {
            TableFacts& parent = tables[tables[i].parent - 1];
            parent.most_nested = std::max({parent.most_nested, tables[i].filled, tables[i].most_nested});
        }
    for (TableFacts& table : tables) {
        TableFacts* const parent = table.parent > 0 ? &tables[table.parent - 1] : nullptr;
        table.is_text = parent != nullptr && !parent->is_layout;
        const bool has_data = table.data_rows >= 2 && table.filled >= table.most_nested;
        table.is_layout = !table.is_text && table.nested > 0 && table.most_nested > 0 && !has_data;
        if (parent != nullptr && table.name.empty()) table.name = std::exchange(parent->name, {});
    }
}

}  // namespace

std::unique_ptr<Document> open_html_table(const Probe& probe, const ReadOptions& options) {
    auto page = std::make_unique<Page>(File::open(probe.path));
    page->is_mhtml = identify_mhtml(probe);
    if (page->is_mhtml)
        page->encoding.name = mhtml_encoding(page->file);
    else
        page->encoding = find_html_encoding(page->file, options);
    page->info.kind = "html_table";
    page->info.encoding = page->encoding.name;
    walk(*page)->gather();
    page->formats.finish();
    classify(page->tables);
    for (std::size_t i = 0; i < page->tables.size(); ++i) {
        const TableFacts& table = page->tables[i];
        if (table.is_text || table.is_layout) continue;
        TabInfo tab;
        tab.index = static_cast<std::uint32_t>(page->info.tabs.size() + 1);
        tab.name = table.name;
        page->info.tabs.push_back(std::move(tab));
        page->ordinals.push_back(i + 1);
        if (page->info.tabs.size() > kMaxSheetTabs) throw Error(Exit::Data, "XLS-008", {{"file", page->file.name()}}, page->file.name());
    }
    page->tables.clear();
    page->tables.shrink_to_fit();
    if (page->sheet_names.size() == page->info.tabs.size())
        for (TabInfo& tab : page->info.tabs) tab.name = name_of(page->sheet_names[tab.index - 1]);
    if (page->info.tabs.empty()) throw Error(Exit::Data, "HTM-001", {{"file", page->file.name()}}, page->file.name());
    return std::make_unique<HtmlDocument>(std::move(page));
}

}  // namespace brugwacht
