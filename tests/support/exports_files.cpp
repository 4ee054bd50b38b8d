#include <vector>

#include "tests/support/csv_writer.hpp"
#include "tests/support/export_plan.hpp"
#include "tests/support/export_workbooks.hpp"
#include "tests/support/synthetic_files.hpp"

namespace brugwacht {
namespace {

std::string belgian(const std::optional<Date>& date) { return date ? belgian_date(*date) : std::string(); }

std::string commas(std::string_view codes) {
    std::string out;
    for (const char c : codes) out += c == '|' ? std::string(", ") : std::string(1, c);
    return out;
}

/// The ambassador's own list: one row a child, as her office program saved it, with remarks that nobody should store.
void write_one_row_a_child(const SyntheticWorld& world, const std::filesystem::path& path) {
    CsvWriter out(path, {CsvDialect::Encoding::Windows1252, ';', "\r\n"});
    out.row({"Nr",
             "Voornaam",
             "Naam",
             "Geslacht",
             "Geboortedatum",
             "Straat",
             "Huisnummer",
             "Postcode",
             "Gemeente",
             "Taal",
             "Telefoon",
             "E-mail ouder",
             "Ouder",
             "Telefoon ouder",
             "Toeleider",
             "Doorverwijzer",
             "Strategie",
             "Noden",
             "Drempels",
             "Start traject",
             "Proef 1",
             "Proef 2",
             "Proef 3",
             "Ingeschreven op",
             "Club",
             "Soort club",
             "Werkjaar",
             "Ondersteuning van",
             "Ondersteuning tot",
             "Soort ondersteuning",
             "Navraag op",
             "Neemt nog deel",
             "Navraag 2 op",
             "Neemt nog deel 2",
             "Heringeschreven op",
             "Werkjaar 2",
             "Gestopt op",
             "Reden",
             "Contact verloren op",
             "Afgesloten op",
             "Opmerkingen"});
    each_registration(world, [&](const Registration& registration) {
        if (registration.place != Register::OneRowAChild) return;
        const SyntheticTrajectory& trajectory = *registration.trajectory;
        const OneRow row = *in_one_row(trajectory.course, registration.club_tells);
        const WrittenPerson w = written_by(*registration.person, kOneRowSource);
        const SyntheticClub* club = row.club >= 0 ? &world.clubs()[static_cast<std::size_t>(row.club)] : nullptr;
        const auto year = [&](int y) { return y != 0 && club != nullptr ? year_label(club->type, y) : std::string(); };
        const auto trial = [&](std::size_t i) { return i < row.trials.size() ? belgian_date(row.trials[i]) : std::string(); };
        const auto check = [&](std::size_t i) { return i < row.checks.size() ? belgian_date(row.checks[i].first) : std::string(); };
        const auto answer = [&](std::size_t i) {
            return i < row.checks.size() ? dutch("answer", row.checks[i].second) : std::string_view();
        };
        static constexpr std::string_view kRemarks[] = {"", "", "mama belt zelf terug", "broer komt misschien ook; eens vragen",
                                                        "zie mail van de \"zorgjuf\""};
        out.row({trajectory_key(registration.person->number, trajectory.number),
                 w.given,
                 w.family,
                 dutch("gender", w.gender),
                 w.birth,
                 w.street,
                 w.number,
                 w.postcode,
                 w.municipality,
                 registration.person->language,
                 w.phone,
                 w.email,
                 w.guardian,
                 w.guardian_phone,
                 world.workers()[static_cast<std::size_t>(trajectory.worker)].name,
                 dutch("referrer", trajectory.referrer_kind),
                 dutch("strategy", trajectory.strategy),
                 commas(trajectory.needs),
                 commas(trajectory.barriers),
                 belgian_date(trajectory.course.start),
                 trial(0),
                 trial(1),
                 trial(2),
                 belgian(row.enrolled),
                 club != nullptr ? std::string_view(club->name) : std::string_view(),
                 club != nullptr ? dutch("club_type", calendar_of(club->type).code) : std::string_view(),
                 year(row.year),
                 belgian(row.support_from),
                 belgian(row.support_to),
                 row.support_kind,
                 check(0),
                 answer(0),
                 check(1),
                 answer(1),
                 belgian(row.enrolled_again),
                 year(row.year_again),
                 belgian(row.stopped),
                 dutch("reason", row.reason),
                 belgian(row.lost),
                 belgian(row.closed),
                 kRemarks[registration.person->salt % std::size(kRemarks)]});
    });
    out.close();
}

void write_activity_log(const SyntheticWorld& world, const std::filesystem::path& path) {
    CsvWriter out(path, {CsvDialect::Encoding::Utf8WithMark, ';', "\r\n"});
    out.row({"Nr", "Datum", "Duur", "Soort", "Strategie", "Criterium", "Met wie", "Organisatie", "Zijde", "Aantal deelnemers",
             "Eerste contact", "Traject", "Medewerker"});
    std::uint32_t number = 0;
    world.each_activity([&](const SyntheticActivity& activity) {
        const std::string partner = activity.counterpart.starts_with("C-")
                                        ? world.clubs()[static_cast<std::size_t>(std::stoi(activity.counterpart.substr(2)) - 1)].name
                                        : activity.counterpart;
        out.row({std::to_string(++number), belgian_date(activity.date), std::to_string(activity.minutes), activity.kind,
                 dutch("strategy", activity.strategy), dutch("criterion", activity.criterion),
                 dutch("counterpart_kind", activity.counterpart_kind), partner, dutch("side", activity.side),
                 activity.participants < 0 ? "" : std::to_string(activity.participants), activity.first_contact ? "ja" : "nee", "",
                 world.workers()[static_cast<std::size_t>(activity.worker)].name});
    });
    out.close();
}

}  // namespace

void write_exports(const SyntheticWorld& world, const std::filesystem::path& folder) {
    write_one_row_a_child(world, folder / "toeleidingen.csv");
    write_activity_log(world, folder / "activiteiten.csv");
    write_registration_workbook(world, folder / "registratie.xlsx");
    write_club_workbook(world, folder / "stamhoofd-leden.xlsx");
}

void write_export_truth(const SyntheticWorld& world, const std::filesystem::path& folder) {
    static constexpr std::string_view kDefinitions[] = {"D1", "D2", "D3"};
    CsvWriter truth(folder / "truth_exports.csv");
    CsvWriter persons(folder / "truth_persons.csv");
    truth.row({"source", "trajectory", "definition", "status", "reason"});
    persons.row({"source", "record", "person"});
    std::uint32_t last_template_person = 0;
    each_registration(world, [&](const Registration& registration) {
        const std::string key = trajectory_key(registration.person->number, registration.trajectory->number);
        const std::string person = person_key(registration.person->number);
        const bool one_row = registration.place == Register::OneRowAChild;
        for (std::size_t i = 0; i < 3; ++i) {
            const Verdict& verdict = registration.trajectory->course.verdicts[i];
            truth.row({one_row ? "toeleidingen" : "registratie", key, kDefinitions[i], verdict.status, verdict.reason});
        }
        if (one_row) {
            persons.row({"toeleidingen", key, person});
        } else if (registration.person->number != last_template_person) {
            last_template_person = registration.person->number;
            persons.row({"registratie", person, person});
        }
    });
    for (const Membership& membership : memberships(world))
        persons.row({"stamhoofd", membership_number(membership), person_key(membership.person.number)});
    truth.close();
    persons.close();
}

}  // namespace brugwacht
