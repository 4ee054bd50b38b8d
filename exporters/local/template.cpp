#include "exporters/local/template.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/model.hpp"
#include "engine/core/ports.hpp"
#include "engine/lib/workbook.hpp"
#include "exporters/local/styles.hpp"

namespace brugwacht {
namespace {

constexpr Colour kQuiet = 0x5B6770;
constexpr Colour kPaper = 0xEEF3F6;
constexpr std::uint32_t kHelpRow = 2;
constexpr std::uint32_t kHeaderRow = 3;
constexpr std::uint32_t kFirstRow = 4;
constexpr std::uint32_t kListHeaderRow = 3;

struct SheetSpec {
    std::string_view sheet;   // of the model
    std::string_view prefix;  // of the numbers that are there already; "" = none
    std::uint32_t rows;
    std::vector<std::string_view> fields;
};

// Which fields the workbook asks for, in the order of its columns. The names are those of the model.
const std::vector<SheetSpec>& sheet_specs() {
    static const std::vector<SheetSpec> kSpecs{
        {"people",
         "K",
         400,
         {"key", "given_name", "family_name", "birth_date", "gender", "postcode", "municipality", "street", "house_number", "guardian_name",
          "guardian_phone", "guardian_email", "household"}},
        {"trajectories", "T", 400, {"key", "person", "start", "strategy", "referrer_kind", "needs", "barriers", "worker"}},
        {"events", "G", 1500, {"key", "trajectory", "date", "type", "club", "year", "answer", "to", "kind", "reason", "recorded_on"}},
        {"activities",
         "A",
         1000,
         {"key", "date", "minutes", "kind", "strategy", "criterion", "counterpart_kind", "counterpart", "side", "participants",
          "first_contact", "trajectory", "worker"}},
        {"clubs", "", 200, {"name", "kind", "side", "municipality", "places", "engagement_signed_on", "naming_agreed_on"}},
        {"workers", "M", 30, {"key", "name", "employer"}},
        {"employments", "D", 60, {"key", "worker", "from", "to", "percent"}},
        {"signals", "S", 100, {"key", "date", "theme", "addressee", "status", "answered_on"}},
        {"results", "R", 100, {"key", "date", "kind", "status"}},
        {"factors", "F", 100, {"key", "date", "side", "factor", "score", "worker"}},
        {"goals", "O", 50, {"key", "indicator", "target", "period", "agreed_on"}},
    };
    return kSpecs;
}

const FieldDef& field_def(std::string_view sheet, std::string_view field) {
    const EntityDef& def = entity_def(*entity_by_sheet(sheet));
    return def.fields[*field_index(def.entity, field)];
}

std::string number_text(std::string_view prefix, std::uint32_t number) {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%03u", number);
    return std::string(prefix) + digits.data();
}

class Template {
  public:
    Template(Workbook& workbook, const Texts& texts, const CodeLists& lists) : workbook_(workbook), texts_(texts), lists_(lists) {}

    void write() {
        write_instructions();
        for (const SheetSpec& spec : sheet_specs()) add_sheet(spec);
        write_lists();
        for (const SheetSpec& spec : sheet_specs()) add_rules(spec);
    }

  private:
    std::string text(const std::string& key) const { return texts_("template." + key); }
    std::string sheet_name(std::string_view sheet) const { return text("sheet." + std::string(sheet) + ".sheet_name"); }
    std::string field_text(const SheetSpec& spec, std::string_view field, const char* what = "") const {
        return text("sheet." + std::string(spec.sheet) + "." + std::string(field) + what);
    }
    bool is_required(const SheetSpec& spec, std::string_view field) const {
        if (spec.sheet == "events" && field == "trajectory") return true;
        return field != "key" && (field_def(spec.sheet, field).required || (spec.sheet == "clubs" && field == "name"));
    }

    static Style title_style() {
        Style style;
        style.size = 18;
        style.bold = true;
        style.colour = kHead;
        return style;
    }
    static Style quiet_style() {
        Style style;
        style.size = 9;
        style.colour = kQuiet;
        style.wrap = true;
        style.vertical = VerticalAlign::Bottom;
        return style;
    }
    static Style link_style() {
        Style style;
        style.colour = kHead;
        style.underline = true;
        return style;
    }
    static Style header_style() {
        Style style;
        style.bold = true;
        style.colour = 0xFFFFFF;
        style.fill = kHead;
        style.vertical = VerticalAlign::Centre;
        return style;
    }
    static Style cell_style(const FieldDef& field) {
        Style style;
        style.colour = kInk;
        style.line_below = kLine;
        style.box = true;
        if (field.type == FieldType::Date || field.type == FieldType::PartialDate) {
            style.number_format = "dd/mm/yyyy";
            style.align = Align::Left;
        } else if (field.type != FieldType::Integer && field.type != FieldType::Decimal) {
            style.number_format = "@";  // keeps leading zeros of postcodes and phone numbers
        }
        return style;
    }

    void write_instructions() {
        Sheet& sheet = workbook_.add_sheet(text("instructions"));
        sheet.hide_gridlines();
        sheet.tab_colour(kHead);
        sheet.column_width(0, 0, 24);
        sheet.column_width(1, 1, 100);
        sheet.text(0, 0, text("title"), title_style());
        sheet.row_height(0, 30);
        Style body;
        body.wrap = true;
        std::uint32_t row = 2;
        int step = 1;
        for (const char* key : {"intro1", "order", "intro2", "intro3", "intro4"}) {
            Style number;
            number.bold = true;
            number.colour = kHead;
            number.align = Align::Left;
            sheet.integer(row, 0, step++, number);
            sheet.text(row, 1, text(key), body);
            sheet.row_height(row, 34);
            ++row;
        }
        ++row;
        Style heading;
        heading.bold = true;
        heading.size = 13;
        heading.colour = kHead;
        sheet.text(row++, 0, text("sheets"), heading);
        for (const SheetSpec& spec : sheet_specs()) {
            sheet.link(row, 0, sheet_name(spec.sheet), "A1", sheet_name(spec.sheet), link_style());
            sheet.text(row, 1, text("sheet." + std::string(spec.sheet) + ".sheet_help"), body);
            sheet.row_height(row, 18);
            ++row;
        }
        sheet.link(row, 0, text("lists"), "A1", text("lists"), link_style());
        sheet.text(row, 1, text("lists_intro"), body);
        set_page(sheet);
    }

    void set_page(Sheet& sheet, std::optional<std::pair<std::uint32_t, std::uint32_t>> repeat_rows = std::nullopt) const {
        PageSetup page;
        page.repeat_rows = repeat_rows;
        page.page_of = texts_("template.page", {{"page", std::string("{page}")}, {"pages", std::string("{pages}")}});
        sheet.page(page);
    }

    static double width_of(const SheetSpec& spec, std::string_view field, const std::string& header) {
        const FieldDef& def = field_def(spec.sheet, field);
        double width = 16;
        if (def.type == FieldType::Key || def.type == FieldType::Reference) width = 12;
        if (def.type == FieldType::Date || def.type == FieldType::PartialDate) width = 14;
        if (def.type == FieldType::Integer || def.type == FieldType::Decimal || def.type == FieldType::Boolean) width = 12;
        if (def.type == FieldType::Code || def.type == FieldType::Codes) width = 24;
        if (def.name == "club" || def.name == "guardian_email" || def.name == "counterpart" || def.type == FieldType::Label) width = 26;
        if (def.name == "factor" || def.name == "criterion" || def.name == "strategy") width = 32;
        return std::max(width, static_cast<double>(header.size()) + 5);
    }

    void add_sheet(const SheetSpec& spec) {
        Sheet& sheet = workbook_.add_sheet(sheet_name(spec.sheet));
        sheets_[spec.sheet] = &sheet;
        sheet.hide_gridlines();
        sheet.text(0, 0, sheet_name(spec.sheet), title_style());
        sheet.row_height(0, 28);
        Style help;
        help.colour = kQuiet;
        sheet.text(1, 0, text("sheet." + std::string(spec.sheet) + ".sheet_help"), help);
        sheet.row_height(kHelpRow, 38);
        sheet.row_height(kHeaderRow, 22);
        std::vector<std::string> headers;
        for (std::size_t i = 0; i < spec.fields.size(); ++i) {
            const auto column = static_cast<std::uint16_t>(i);
            const FieldDef& def = field_def(spec.sheet, spec.fields[i]);
            headers.push_back(field_text(spec, spec.fields[i]) + (is_required(spec, spec.fields[i]) ? " *" : ""));
            sheet.column_width(column, column, width_of(spec, spec.fields[i], headers.back()));
            sheet.text(kHelpRow, column, field_text(spec, spec.fields[i], "_help"), quiet_style());
            const Style style = cell_style(def);
            for (std::uint32_t row = 0; row < spec.rows; ++row) sheet.blank(kFirstRow + row, column, style);
        }
        write_numbers(sheet, spec);
        const CellRange range{kHeaderRow, 0, kFirstRow + spec.rows - 1, static_cast<std::uint16_t>(spec.fields.size() - 1)};
        sheet.table("t_" + std::string(spec.sheet), range, headers, header_style());
        sheet.freeze(kFirstRow, 1);
        set_page(sheet, std::pair<std::uint32_t, std::uint32_t>{kHeaderRow, kHeaderRow});
    }

    static void write_numbers(Sheet& sheet, const SheetSpec& spec) {
        if (spec.prefix.empty()) return;
        Style style;
        style.colour = kQuiet;
        style.fill = kPaper;
        style.line_below = kLine;
        style.box = true;
        style.number_format = "@";
        for (std::uint32_t row = 0; row < spec.rows; ++row) sheet.text(kFirstRow + row, 0, number_text(spec.prefix, row + 1), style);
    }

    // Every list that a column asks for, each once, in the order of the sheets.
    std::vector<const CodeList*> used_lists() const {
        std::vector<const CodeList*> used;
        for (const SheetSpec& spec : sheet_specs()) {
            for (const std::string_view field : spec.fields) {
                const FieldDef& def = field_def(spec.sheet, field);
                const CodeList* list = def.type == FieldType::Code || def.type == FieldType::Codes ? lists_.find(def.list) : nullptr;
                if (list != nullptr && std::find(used.begin(), used.end(), list) == used.end()) used.push_back(list);
            }
        }
        return used;
    }

    // Side by side, under their own titles, eight to a band.
    void write_lists() {
        constexpr std::size_t kInBand = 8;
        Sheet& sheet = workbook_.add_sheet(text("lists"));
        sheet.hide_gridlines();
        sheet.text(0, 0, text("lists"), title_style());
        sheet.row_height(0, 28);
        Style help;
        help.colour = kQuiet;
        sheet.text(1, 0, text("lists_intro"), help);
        Style cell;
        cell.line_below = kLine;
        const std::vector<const CodeList*> lists = used_lists();
        std::array<double, kInBand> widths{};
        std::uint32_t top = kListHeaderRow;
        for (std::size_t first = 0; first < lists.size(); first += kInBand) {
            std::uint32_t bottom = top;
            for (std::size_t i = first; i < std::min(first + kInBand, lists.size()); ++i) {
                const auto column = static_cast<std::uint16_t>(i - first);
                sheet.text(top, column, text("list." + lists[i]->name), header_style());
                std::uint32_t row = top;
                for (const Code& code : lists[i]->codes) {
                    const std::string label = lists_.label(lists[i]->name, code.code, texts_.language());
                    sheet.text(++row, column, label, cell);
                    widths[column] = std::max(widths[column], static_cast<double>(label.size()) * 0.95 + 3);
                }
                list_at_[lists[i]->name] = CellRange{top + 1, column, row, column};
                bottom = std::max(bottom, row);
            }
            top = bottom + 3;
        }
        for (std::size_t column = 0; column < kInBand; ++column)
            sheet.column_width(static_cast<std::uint16_t>(column), static_cast<std::uint16_t>(column), std::max(18.0, widths[column]));
        set_page(sheet);
    }

    void add_rules(const SheetSpec& spec) {
        Sheet& sheet = *sheets_.at(spec.sheet);
        for (std::size_t i = 0; i < spec.fields.size(); ++i) {
            const auto column = static_cast<std::uint16_t>(i);
            const CellRange cells{kFirstRow, column, kFirstRow + spec.rows - 1, column};
            add_rule(sheet, spec, field_def(spec.sheet, spec.fields[i]), cells);
        }
    }

    void add_rule(Sheet& sheet, const SheetSpec& spec, const FieldDef& field, const CellRange& cells) {
        InputRule rule;
        rule.prompt_title = field_text(spec, field.name);
        rule.prompt = field_text(spec, field.name, "_help");
        if (rule.prompt.empty()) rule.prompt_title.clear();
        rule.strict = false;
        if (field.type == FieldType::Code || field.type == FieldType::Codes) {
            const std::string name(field.list);
            if (list_at_.count(name) == 0) return;
            if (rule.prompt.empty()) {
                rule.prompt_title = field_text(spec, field.name);
                rule.prompt = text("choose");
            }
            rule.error_title = text("choose");
            rule.error = text("choice_error");
            rule.strict = !lists_.find(name)->open;
            sheet.choice_from(cells, text("lists"), list_at_[name], rule);
        } else if (field.type == FieldType::Reference) {
            add_reference(sheet, field, cells, rule);
        } else if (field.type == FieldType::Boolean) {
            sheet.choice(cells, {text("yes"), text("no")}, rule);
        } else if (field.type == FieldType::Date) {
            rule.prompt_title = text("date_title");
            if (rule.prompt.empty()) rule.prompt = text("date_prompt");
            rule.error_title = text("date_title");
            rule.error = text("date_error");
            rule.strict = true;
            sheet.date_between(cells, *Date::from_ymd(1990, 1, 1), *Date::from_ymd(2099, 12, 31), rule);
        } else if (field.type == FieldType::Integer) {
            rule.error_title = text("number_title");
            rule.error = text("number_error");
            rule.strict = true;
            sheet.whole_number_between(cells, 0, 100000, rule);
        }
    }

    void add_reference(Sheet& sheet, const FieldDef& field, const CellRange& cells, InputRule& rule) const {
        const Entity entity = *entity_by_name(field.list);
        const std::string_view target = entity_def(entity).sheet;
        for (const SheetSpec& spec : sheet_specs()) {
            if (spec.sheet != target) continue;
            rule.error_title = text("choose");
            rule.error = text("choice_error");
            sheet.choice_from(cells, sheet_name(target), CellRange{kFirstRow, 0, kFirstRow + spec.rows - 1, 0}, rule);
        }
    }

    Workbook& workbook_;
    const Texts& texts_;
    const CodeLists& lists_;
    std::map<std::string_view, Sheet*> sheets_;
    std::map<std::string, CellRange> list_at_;
};

// A folder of its own for the unfinished file, gone whatever happens.
class Scratch {
  public:
    explicit Scratch(const std::filesystem::path& beside) {
        std::random_device random;
        const std::filesystem::path parent = beside.parent_path().empty() ? "." : beside.parent_path();
        path_ = parent / (".template-" + std::to_string(random()));
        std::error_code error;
        std::filesystem::create_directory(path_, error);
        if (error) throw Error(Exit::CannotCreate, "FIL-005", {{"file", beside.string()}}, beside.string());
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all, error);
    }
    ~Scratch() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace

void write_template(const std::filesystem::path& path, const Texts& texts, const CodeLists& lists) {
    const Scratch scratch(path);
    const std::filesystem::path unfinished = scratch.path() / "template.xlsx";
    WorkbookProperties properties;
    properties.title = texts("template.title");
    Workbook workbook(unfinished, properties);
    Template(workbook, texts, lists).write();
    workbook.close();
    disk_files()->publish(unfinished, path);
}

}  // namespace brugwacht
