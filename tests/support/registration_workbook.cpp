#include <map>

#include "engine/lib/workbook.hpp"
#include "tests/support/export_plan.hpp"
#include "tests/support/export_workbooks.hpp"
#include "tests/support/other_facts.hpp"

namespace brugwacht {
namespace {

/// One sheet that is filled in row by row, by header.
class Form {
  public:
    Form(Workbook& book, const std::string& name, const std::vector<std::string>& headers) : sheet_(book.add_sheet(name)) {
        for (std::size_t i = 0; i < headers.size(); ++i) {
            columns_[headers[i]] = static_cast<std::uint16_t>(i);
            sheet_.text(0, static_cast<std::uint16_t>(i), headers[i], {.bold = true});
        }
    }
    Form& put(const std::string& header, std::string_view text) {
        if (!text.empty()) sheet_.text(row_, columns_.at(header), text);
        return *this;
    }
    Form& put(const std::string& header, Date date) {
        sheet_.date(row_, columns_.at(header), date);
        return *this;
    }
    void end_row() { ++row_; }

  private:
    Sheet& sheet_;
    std::map<std::string, std::uint16_t> columns_;
    std::uint32_t row_ = 1;
};

void fill_children(Workbook& book, const SyntheticWorld& world) {
    Form form(book, "Kinderen",
              {"Nummer", "Voornaam", "Familienaam", "Geboortedatum", "Gender", "Straat", "Huisnummer", "Postcode", "Gemeente", "Naam ouder",
               "Telefoon ouder", "E-mail ouder", "Gezin"});
    std::uint32_t last = 0;
    each_registration(world, [&](const Registration& registration) {
        const SyntheticPerson& person = *registration.person;
        if (registration.place != Register::Template || person.number == last) return;
        last = person.number;
        const WrittenPerson w = written_by(person, kTemplateSource);
        form.put("Nummer", person_key(person.number)).put("Voornaam", w.given).put("Familienaam", w.family);
        if (person.birth_written == BirthWritten::Exactly || person.birth_written == BirthWritten::FirstOfJanuary)
            form.put("Geboortedatum", person.birth);
        else
            form.put("Geboortedatum", w.birth);
        form.put("Gender", dutch("gender", w.gender)).put("Straat", w.street).put("Huisnummer", w.number).put("Postcode", w.postcode);
        form.put("Gemeente", w.municipality)
            .put("Naam ouder", w.guardian)
            .put("Telefoon ouder", w.guardian_phone)
            .put("E-mail ouder", w.email);
        form.put("Gezin", "H" + std::to_string(person.household)).end_row();
    });
}

void fill_trajectories(Workbook& book, const SyntheticWorld& world) {
    Form form(book, "Trajecten", {"Nummer", "Kind", "Start", "Strategie", "Doorverwijzer", "Noden", "Drempels", "Medewerker"});
    each_registration(world, [&](const Registration& registration) {
        if (registration.place != Register::Template) return;
        const SyntheticTrajectory& trajectory = *registration.trajectory;
        form.put("Nummer", trajectory_key(registration.person->number, trajectory.number))
            .put("Kind", person_key(registration.person->number));
        form.put("Start", trajectory.course.start).put("Strategie", dutch("strategy", trajectory.strategy));
        form.put("Doorverwijzer", dutch("referrer", trajectory.referrer_kind))
            .put("Noden", trajectory.needs)
            .put("Drempels", trajectory.barriers);
        form.put("Medewerker", worker_key(trajectory.worker)).end_row();
    });
}

void fill_events(Workbook& book, const SyntheticWorld& world) {
    Form form(book, "Gebeurtenissen",
              {"Nummer", "Traject", "Datum", "Soort", "Vereniging", "Werkjaar", "Neemt nog deel", "Tot", "Aard", "Reden", "Genoteerd op"});
    each_registration(world, [&](const Registration& registration) {
        if (registration.place != Register::Template) return;
        const std::string trajectory = trajectory_key(registration.person->number, registration.trajectory->number);
        const std::vector<SyntheticEvent>& events = registration.trajectory->course.events;
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (registration.club_tells == i) continue;
            const SyntheticEvent& event = events[i];
            form.put("Nummer", trajectory + "-E" + std::to_string(i + 1)).put("Traject", trajectory).put("Datum", event.date);
            form.put("Soort", dutch("event_type", event.type)).put("Neemt nog deel", dutch("answer", event.answer));
            if (event.club >= 0) {
                const SyntheticClub& club = world.clubs()[static_cast<std::size_t>(event.club)];
                form.put("Vereniging", club.name).put("Werkjaar", event.year == 0 ? "" : year_label(club.type, event.year));
            }
            if (event.has_to) form.put("Tot", event.to);
            form.put("Aard", dutch("event_kind", event.kind)).put("Reden", dutch("reason", event.reason));
            if (event.recorded_after >= 0) form.put("Genoteerd op", event.date.plus_days(event.recorded_after));
            form.end_row();
        }
    });
    const Date as_of = world.options().as_of;
    for (std::size_t i = 0; i < world.clubs().size(); ++i) {
        const SyntheticClub& club = world.clubs()[i];
        for (int year = as_of.year() - 4; club.confirms_list && year <= as_of.year(); ++year) {
            const Date date = decision_date(club.type, year).plus_days(club.list_delay_days);
            if (date > as_of) continue;
            form.put("Nummer", "L" + club_key(static_cast<int>(i)) + "-" + std::to_string(year)).put("Datum", date);
            form.put("Soort", dutch("event_type", "list"))
                .put("Vereniging", club.name)
                .put("Werkjaar", year_label(club.type, year))
                .end_row();
        }
    }
}

void fill_clubs_and_workers(Workbook& book, const SyntheticWorld& world) {
    Form clubs(
        book, "Verenigingen",
        {"Naam vereniging", "Soort vereniging", "Rol", "Gemeente", "Vrije plaatsen", "Engagement getekend op", "Naam in rapport sinds"});
    for (std::size_t i = 0; i < world.clubs().size(); ++i) {
        const SyntheticClub& club = world.clubs()[i];
        clubs.put("Naam vereniging", club.name)
            .put("Soort vereniging", dutch("club_type", calendar_of(club.type).code))
            .put("Rol", "aanbieder");
        clubs.put("Gemeente", club.municipality).put("Vrije plaatsen", std::to_string(i * 7 % 40));
        if (i % 3 != 2) clubs.put("Engagement getekend op", world.options().as_of.plus_days(-static_cast<int>(i * 61 % 700)));
        if (i % 5 == 0) clubs.put("Naam in rapport sinds", world.options().as_of.plus_days(-600));
        clubs.end_row();
    }
    Form workers(book, "Medewerkers", {"Nummer", "Naam medewerker", "Werkgever"});
    Form employments(book, "Aanstellingen", {"Nummer", "Medewerker", "Van", "Tot en met", "Percentage"});
    for (std::size_t i = 0; i < world.workers().size(); ++i) {
        const SyntheticWorker& worker = world.workers()[i];
        const std::string key = worker_key(static_cast<int>(i));
        workers.put("Nummer", key).put("Naam medewerker", worker.name).put("Werkgever", worker.employer).end_row();
        for (std::size_t e = 0; e < worker.employments.size(); ++e) {
            const SyntheticEmployment& employment = worker.employments[e];
            employments.put("Nummer", key + "-" + std::to_string(e + 1)).put("Medewerker", key).put("Van", employment.from);
            if (!employment.open) employments.put("Tot en met", employment.to);
            employments.put("Percentage", std::to_string(employment.percent)).end_row();
        }
    }
}

// Most children are taken along to a club before anything else; the log of activities tells nothing of trajectories.
void fill_introductions(Workbook& book, const SyntheticWorld& world) {
    Form form(
        book, "Activiteiten",
        {"Nummer", "Datum", "Minuten", "Soort activiteit", "Strategie", "Criterium", "Met wie", "Zijde", "Eerste contact", "Traject"});
    each_registration(world, [&](const Registration& registration) {
        if (registration.place != Register::Template || registration.person->number % 4 == 0) return;
        const std::string trajectory = trajectory_key(registration.person->number, registration.trajectory->number);
        const Date date = registration.trajectory->course.start.plus_days(2);
        if (date > world.options().as_of) return;
        form.put("Nummer", "I-" + trajectory)
            .put("Datum", date)
            .put("Minuten", "90")
            .put("Soort activiteit", dutch("activity_kind", "bezoek"));
        form.put("Strategie", dutch("strategy", "individuele_toeleiding")).put("Criterium", dutch("criterion", "in_contact_brengen"));
        form.put("Met wie", dutch("counterpart_kind", "gezin")).put("Zijde", dutch("side", "both"));
        form.put("Eerste contact", "nee").put("Traject", trajectory).end_row();
    });
}

void fill_the_rest(Workbook& book, const SyntheticWorld& world) {
    const OtherFacts facts = other_facts(world);
    int number = 0;
    Form signals(book, "Signalen", {"Nummer", "Datum", "Thema", "Gericht aan", "Stand signaal", "Beantwoord op"});
    for (const SyntheticSignal& signal : facts.signals) {
        signals.put("Nummer", "S" + std::to_string(++number))
            .put("Datum", signal.date)
            .put("Thema", signal.theme)
            .put("Gericht aan", signal.addressee);
        signals.put("Stand signaal", dutch("signal_status", signal.status));
        if (signal.answered_on) signals.put("Beantwoord op", *signal.answered_on);
        signals.end_row();
    }
    Form results(book, "Resultaten", {"Nummer", "Datum", "Soort resultaat", "Stand resultaat"});
    for (const SyntheticResult& result : facts.results) {
        results.put("Nummer", "R" + std::to_string(++number)).put("Datum", result.date).put("Soort resultaat", result.kind);
        results.put("Stand resultaat", dutch("result_status", result.status)).end_row();
    }
    Form factors(book, "Factoren", {"Nummer", "Datum", "Zijde", "Factor", "Score", "Medewerker"});
    for (const SyntheticFactor& factor : facts.factors) {
        factors.put("Nummer", "F" + std::to_string(++number)).put("Datum", factor.date).put("Zijde", dutch("side", factor.side));
        factors.put("Factor", factor.factor).put("Score", std::to_string(factor.score)).put("Medewerker", worker_key(0)).end_row();
    }
    Form goals(book, "Doelen", {"Nummer", "Indicator", "Doel", "Periode", "Afgesproken op"});
    for (const SyntheticGoal& goal : facts.goals) {
        goals.put("Nummer", "G" + std::to_string(++number)).put("Indicator", goal.indicator).put("Doel", std::to_string(goal.target));
        goals.put("Periode", goal.period).put("Afgesproken op", goal.agreed_on).end_row();
    }
}

}  // namespace

void write_registration_workbook(const SyntheticWorld& world, const std::filesystem::path& path) {
    Workbook book(path, {.title = "Registratie"});
    fill_children(book, world);
    fill_trajectories(book, world);
    fill_events(book, world);
    fill_clubs_and_workers(book, world);
    fill_introductions(book, world);
    fill_the_rest(book, world);
    book.close();
}

}  // namespace brugwacht
