// The sheets by theme, each a few released tables with what they count and what they do not say; and the catalogue of all indicators.
#include "exporters/steering/layout.hpp"

namespace brugwacht::steering {

namespace {

struct Section {
    const char* criterion = "";  // code of the heading, "" = no heading
    std::vector<const char*> tables;
};

struct Theme {
    const char* key;
    std::vector<Section> sections;
};

const std::vector<Theme>& themes() {
    static const std::vector<Theme> kThemes = {{"flow", {{"", {"status", "child_status", "enrolled", "cohort", "variants", "stops"}}}},
                                               {"todo", {{"", {"pending"}}}},
                                               {"strategies", {{"", {"strategies", "hours", "kinds"}}}},
                                               {"process",
                                                {{"", {"criteria", "criterion_hours", "counterparts"}},
                                                 {"relaties", {"partners", "new_partners", "families", "new_families", "named_contacts"}},
                                                 {"bevragen_informeren", {"sessions", "reached"}},
                                                 {"in_contact_brengen", {"introductions", "introduced"}},
                                                 {"ondersteunen", {"support", "support_at_proof"}},
                                                 {"signaleren", {"signals"}},
                                                 {"structuur", {"structure"}}}},
                                               {"results", {{"", {"results", "result_status", "structure"}}}},
                                               {"signals", {{"", {"signals", "signal_themes", "signal_days"}}}},
                                               {"supply", {{"", {"clubs", "engagements", "places", "support", "referrers"}}}}};
    return kThemes;
}

/// Labels of code lists begin small; a heading does not.
std::string heading(std::string label) {
    if (!label.empty() && label.front() >= 'a' && label.front() <= 'z') label.front() = static_cast<char>(label.front() - 'a' + 'A');
    return label;
}

std::uint32_t write_lessons(const Book& book, Sheet& sheet, std::uint32_t row) {
    row = book.section(sheet, row, book.text("lessons.heading"));
    if (book.report.lessons.empty()) sheet.text(row++, 0, book.text("lessons.empty"), styles::body());
    for (const std::string& lesson : book.report.lessons) sheet.text(row++, 0, lesson, styles::body());
    return row + 1;
}

}  // namespace

void Book::write_themes() {
    for (const Theme& theme : themes()) {
        const std::string key = theme.key;
        Sheet& sheet = page(key);
        sheet.column_width(0, 0, 52);
        sheet.column_width(1, 9, 13);
        sheet.text(3, 0, text("theme." + key + ".intro"), styles::quiet());
        std::uint32_t row = 5;
        for (const Section& part : theme.sections) {
            if (*part.criterion != '\0') row = section(sheet, row, heading(lists.label("criterion", part.criterion, texts.language())));
            for (const char* id : part.tables) row = block_or_empty(sheet, row, id);
        }
        if (key == "results") row = write_lessons(*this, sheet, row);
        sheet.text(row, 0, text("note.withheld"), styles::quiet());
    }
}

void Book::write_indicators() {
    Sheet& sheet = page("indicators", {.repeat_rows = std::pair{std::uint32_t{0}, std::uint32_t{5}}});
    sheet.text(3, 0, text("indicators.intro"), styles::quiet());
    std::vector<std::vector<std::string>> rows;
    for (const Indicator& indicator : indicators().all()) {
        std::string group = plain("indicators.group." + std::string(name(indicator.group)));
        if (!indicator.criterion.empty()) group += ": " + lists.label("criterion", indicator.criterion, texts.language());
        std::string of = plain(indicator.denominator_key(), {{"definition", std::string()}});
        rows.push_back({title_of(indicator), group, plain("tally.unit." + indicator.unit), plain(indicator.definition_key()), of,
                        plain(indicator.trap_key())});
    }
    text_table(sheet, 5, "tabel_indicatoren",
               {text("indicators.name"), text("indicators.group"), text("indicators.unit"), text("indicators.definition"),
                text("indicators.denominator"), text("indicators.trap")},
               {27, 19, 13, 40, 36, 36}, rows, {false, false, false, false, false, false});
    sheet.freeze(6, 1);
}

}  // namespace brugwacht::steering
