#include <xlsxwriter.h>

#include <algorithm>
#include <span>
#include <stdexcept>

#include "tests/support/export_plan.hpp"
#include "tests/support/export_workbooks.hpp"

namespace brugwacht {
namespace {

struct Column {
    const char* category;  // "" = none
    const char* header;
};

constexpr Column kMembers[] = {
    {"", "ID"},
    {"", "Lidnummer"},
    {"", "Voornaam"},
    {"", "Achternaam"},
    {"", "Geboortedatum"},
    {"", "Leeftijd"},
    {"", "Geslacht"},
    {"", "Telefoonnummer"},
    {"", "E-mailadres"},
    {"", "Straat"},
    {"", "Nummer"},
    {"", "Postcode"},
    {"", "Stad"},
    {"", "Land"},
    {"", "Rijksregisternummer"},
    {"", "Notities"},
    {"Ouder 1", "Type"},
    {"Ouder 1", "Voornaam"},
    {"Ouder 1", "Achternaam"},
    {"Ouder 1", "Telefoonnummer"},
    {"Ouder 1", "E-mailadres"},
};

constexpr Column kRegistrations[] = {
    {"", "ID"},        {"", "Tarief"},          {"", "Inschrijvingsdatum"}, {"", "Startdatum"},
    {"", "Einddatum"}, {"", "Vereniging"},      {"", "Proefperiode"},       {"", "Type"},
    {"", "Lidnummer"}, {"", "Voornaam"},        {"", "Achternaam"},         {"", "Geboortedatum"},
    {"", "Geslacht"},  {"Ouder 1", "Voornaam"}, {"Ouder 1", "Achternaam"},  {"Ouder 1", "Telefoonnummer"},
};

double serial(Date date) { return static_cast<double>(date.days()) + 25569; }

class SheetWriter {
  public:
    SheetWriter(lxw_workbook* book, const char* name, std::span<const Column> columns)
        : sheet_(workbook_add_worksheet(book, name)), day_(workbook_add_format(book)) {
        format_set_num_format_index(day_, 14);
        lxw_format* bold = workbook_add_format(book);
        format_set_bold(bold);
        // The row of the categories comes first: memory holds one row at a time.
        for (std::size_t first = 0; first < columns.size();) {
            std::size_t last = first;
            while (last + 1 < columns.size() && std::string_view(columns[last + 1].category) == columns[first].category) ++last;
            if (*columns[first].category != '\0') worksheet_merge_range(sheet_, 0, col(first), 0, col(last), columns[first].category, bold);
            first = last + 1;
        }
        for (std::size_t i = 0; i < columns.size(); ++i) worksheet_write_string(sheet_, 1, col(i), columns[i].header, bold);
        row_ = 2;
    }
    SheetWriter& text(std::string_view value) {
        if (!value.empty()) worksheet_write_string(sheet_, row_, column_, std::string(value).c_str(), nullptr);
        ++column_;
        return *this;
    }
    SheetWriter& number(double value) {
        worksheet_write_number(sheet_, row_, column_++, value, nullptr);
        return *this;
    }
    /// A day with the time at which it was written down, in wall time.
    SheetWriter& moment(Date date, double part_of_day) {
        worksheet_write_number(sheet_, row_, column_++, serial(date) + part_of_day, day_);
        return *this;
    }
    SheetWriter& date(Date date) { return moment(date, 0); }
    SheetWriter& skip() {
        ++column_;
        return *this;
    }
    void end_row() {
        ++row_;
        column_ = 0;
    }

  private:
    static lxw_col_t col(std::size_t i) { return static_cast<lxw_col_t>(i); }
    lxw_worksheet* sheet_;
    lxw_format* day_;
    lxw_row_t row_ = 0;
    lxw_col_t column_ = 0;
};

/// A number with the right check digits that the register never gives out: its serial is above the highest one, 998.
std::string impossible_national_number(Date birth) {
    const std::string iso = birth.iso();
    const std::string nine = iso.substr(2, 2) + iso.substr(5, 2) + iso.substr(8, 2) + "999";
    const std::uint64_t base = std::stoull((birth.year() >= 2000 ? "2" : "") + nine);
    const std::string check = std::to_string(97 - base % 97);
    return iso.substr(2, 2) + "." + iso.substr(5, 2) + "." + iso.substr(8, 2) + "-999." + (check.size() < 2 ? "0" : "") + check;
}

std::string_view stamhoofd_gender(std::string_view gender) {
    return gender == "m" ? "Man" : gender == "f" ? "Vrouw" : gender == "x" ? "Andere" : "";
}

std::string identifier(std::uint64_t salt) {
    static constexpr char kHex[] = "0123456789abcdef";
    Rng rng(salt, 17);
    std::string id = "m";
    for (int i = 0; i < 23; ++i) id += i == 7 || i == 15 ? '-' : kHex[rng.below(16)];
    return id;
}

}  // namespace

void write_club_workbook(const SyntheticWorld& world, const std::filesystem::path& path) {
    const std::vector<Membership> all = memberships(world);
    std::string scratch = path.parent_path().string();
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;  // text stands in the cells, as in the real export
    options.tmpdir = scratch.data();
    lxw_workbook* book = workbook_new_opt(path.c_str(), &options);
    if (book == nullptr) throw std::runtime_error("cannot write " + path.string());
    lxw_doc_properties properties{};
    properties.created = 946684800;  // nothing depends on the clock
    workbook_set_properties(book, &properties);

    SheetWriter registrations(book, "Inschrijvingen", kRegistrations);
    for (const Membership& membership : all) {
        const SyntheticPerson& person = membership.person;
        const WrittenPerson w = written_by(person, kClubSource);
        const ClubKind type = world.clubs()[static_cast<std::size_t>(membership.club)].type;
        const double at = static_cast<double>(person.salt % 1400) / 1440.0;
        registrations.text(identifier(person.salt)).text("Lidgeld").moment(membership.registered, at);
        registrations.date(year_start(type, membership.year)).date(year_start(type, membership.year + 1).plus_days(-1));
        registrations.text(world.clubs()[static_cast<std::size_t>(membership.club)].name).skip().text(membership.type);
        registrations.text(membership_number(membership)).text(w.given).text(w.family).date(person.birth).text(stamhoofd_gender(w.gender));
        registrations.text(w.guardian_given).text(w.guardian_family).text(w.guardian_phone).end_row();
    }

    SheetWriter members(book, "Leden", kMembers);
    for (const Membership& membership : all) {
        const SyntheticPerson& person = membership.person;
        const WrittenPerson w = written_by(person, kClubSource);
        members.text(identifier(person.salt + 1)).text(membership_number(membership)).text(w.given).text(w.family).date(person.birth);
        members.number(completed_years(person.birth, world.options().as_of)).text(stamhoofd_gender(w.gender)).text(w.phone).skip();
        members.text(w.street).text(w.number).text(w.postcode).text(w.municipality).text("België");
        members.text(person.salt % 3 == 0 ? impossible_national_number(person.birth) : "")
            .text(person.salt % 7 == 0 ? "notenallergie" : "");
        members.text("Mama").text(w.guardian_given).text(w.guardian_family).text(w.guardian_phone).text(w.email).end_row();
    }
    if (workbook_close(book) != LXW_NO_ERROR) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace brugwacht
