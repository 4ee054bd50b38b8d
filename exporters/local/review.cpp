#include "exporters/local/review.hpp"

#include <algorithm>
#include <initializer_list>

#include "engine/lib/workbook.hpp"
#include "exporters/local/cell_text.hpp"
#include "exporters/local/styles.hpp"

namespace brugwacht {
namespace {

constexpr Colour kQuiet = 0x5B6770;
constexpr Colour kDiffers = 0xFDECC8;
constexpr Colour kBlock = 0xE4EDF3;
constexpr Colour kHeadAnswer = 0x2F6B4F;
constexpr Colour kAnswer = 0xDFF0E5;
constexpr std::size_t kLongestText = 500;

constexpr std::uint16_t kCode = kReviewCode, kField = 1, kA = kReviewA, kB = kReviewB, kSeen = 4, kAnswerAt = kReviewAnswer,
                        kNote = kReviewNote;
constexpr std::uint16_t kColumns = 7;
constexpr double kWidths[kColumns] = {16, 18, 30, 30, 40, 18, 26};
constexpr const char* kHeaders[kColumns] = {"code", "field", "a", "b", "seen", "answer", "note"};

Style plain() {
    Style style;
    style.colour = kInk;
    style.wrap = true;
    style.align = Align::Left;
    return style;
}

Style quiet() {
    Style style = plain();
    style.colour = kQuiet;
    return style;
}

class ReviewWriter {
  public:
    ReviewWriter(const ReviewBook& book, const Texts& texts, const std::filesystem::path& path)
        : book_(book), texts_(texts), workbook_(path, properties(book, texts)) {}

    void write() {
        write_help();
        write_pairs("open", book_.open, kHead);
        if (!book_.conflicts.empty()) write_pairs("conflicts", book_.conflicts, 0x9A3B26);
        if (!book_.decided.empty()) write_pairs("decided", book_.decided, kQuiet);
        workbook_.close();
    }

  private:
    static WorkbookProperties properties(const ReviewBook& book, const Texts& texts) {
        WorkbookProperties properties;
        properties.title = texts("review.title");
        properties.created = book.made_on;
        return properties;
    }

    std::string text(const std::string& key, const TextArgs& args = {}) const { return texts_("review." + key, args); }
    static std::string cell(const std::string& value) { return shortened(clean(value), kLongestText); }

    /// Points that the longest of these texts needs in its column.
    static double height(std::initializer_list<std::pair<std::uint16_t, std::string>> cells) {
        std::size_t lines = 1;
        for (const auto& [column, text] : cells) lines = std::max(lines, lines_of(cell(text), kWidths[column] - 2));
        return kLinePoints * static_cast<double>(lines) + 1;
    }

    PageSetup page() const {
        PageSetup setup;
        setup.header = text("title") + " · " + texts_.date(book_.made_on);
        setup.page_of = text("page", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
        return setup;
    }

    void write_help() {
        Sheet& sheet = workbook_.add_sheet(text("sheet.help"));
        sheet.column_width(0, 0, 100);
        Style title;
        title.size = 18;
        title.bold = true;
        title.colour = kHead;
        sheet.row_height(0, 28);
        sheet.text(0, 0, text("title"), title);
        Style amount = plain();
        amount.size = 13;
        amount.bold = true;
        sheet.text(
            1, 0, text("amount", {{"pairs", static_cast<std::int64_t>(book_.open.size())}, {"minutes", book_.minutes}, {"all", book_.all}}),
            amount);
        std::uint32_t row = 3;
        for (const char* line : {"help.question", "help.answer", "help.unsure", "help.twins", "help.family", "help.back", "help.delete"}) {
            sheet.text(row, 0, text(line), plain());
            sheet.row_height(row, kLinePoints * static_cast<double>(lines_of(text(line), 96)) + 2);
            ++row;
        }
        sheet.page(page());
        sheet.hide_gridlines();
        sheet.tab_colour(kHeadAnswer);
    }

    void write_pairs(const std::string& name, const std::vector<ReviewBlock>& blocks, Colour head) {
        Sheet& sheet = workbook_.add_sheet(text("sheet." + name));
        for (std::uint16_t c = 0; c < kColumns; ++c) {
            sheet.column_width(c, c, kWidths[c]);
            sheet.text(0, c, text(std::string("header.") + kHeaders[c]), header_style(c >= kAnswerAt ? kHeadAnswer : head));
        }
        sheet.row_height(0, 22);
        std::uint32_t row = 1;
        if (blocks.empty()) sheet.text(row, kField, text("nothing"), quiet());
        for (const ReviewBlock& block : blocks) row = write_block(sheet, row, block);
        sheet.freeze(1, 0);
        PageSetup setup = page();
        setup.repeat_rows = std::pair<std::uint32_t, std::uint32_t>{0, 0};
        sheet.page(setup);
        sheet.tab_colour(head);
    }

    std::uint32_t write_block(Sheet& sheet, std::uint32_t row, const ReviewBlock& block) {
        Style head = plain();
        head.fill = kBlock;
        head.line_above = kHead;
        head.bold = true;
        Style code = head;
        code.bold = false;
        code.size = 9;
        code.colour = kQuiet;
        Style answer = head;
        answer.fill = kAnswer;
        Style note = answer;
        note.bold = false;
        sheet.row_height(row, height({{kA, block.a}, {kB, block.b}, {kSeen, block.summary}, {kNote, block.note}}) + 4);
        sheet.text(row, kCode, block.code, code);
        sheet.text(row, kField, text("record"), head);
        sheet.text(row, kA, cell(block.a), head);
        sheet.text(row, kB, cell(block.b), head);
        sheet.text(row, kSeen, cell(block.summary), head);
        sheet.text(row, kAnswerAt, block.answer, answer);
        sheet.text(row, kNote, cell(block.note), note);
        InputRule rule;
        rule.error_title = text("choice.error_title");
        rule.error = text("choice.error");
        sheet.choice({row, kAnswerAt, row, kAnswerAt}, {text("choice.same"), text("choice.different"), text("choice.unsure")}, rule);
        for (const ReviewLine& line : block.lines) {
            ++row;
            sheet.row_height(row, height({{kA, line.a}, {kB, line.b}, {kSeen, line.seen}}));
            Style value = plain();
            value.line_below = kLine;
            if (!line.equal && !line.a.empty() && !line.b.empty()) value.fill = kDiffers;
            Style label = quiet();
            label.line_below = kLine;
            sheet.text(row, kField, line.label, label);
            sheet.text(row, kA, cell(line.a), value);
            sheet.text(row, kB, cell(line.b), value);
            sheet.text(row, kSeen, cell(line.seen), label);
        }
        return row + 2;
    }

    const ReviewBook& book_;
    const Texts& texts_;
    Workbook workbook_;
};

}  // namespace

void write_review_workbook(const ReviewBook& book, const Texts& texts, const std::filesystem::path& path) {
    ReviewWriter(book, texts, path).write();
}

}  // namespace brugwacht
