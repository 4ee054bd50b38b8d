#include "tests/support/export_plan.hpp"

#include <algorithm>

#include "engine/core/text.hpp"

namespace brugwacht {
namespace {

struct Word {
    std::string_view list, code, dutch;
};

constexpr Word kWords[] = {
    {"gender", "m", "M"},
    {"gender", "f", "V"},
    {"gender", "x", "X"},
    {"strategy", "bottom_up", "bottom-up werken"},
    {"strategy", "laagdrempelige_jeugdwerking", "laagdrempelige werking"},
    {"strategy", "individuele_toeleiding", "individuele toeleiding"},
    {"strategy", "verenigingsondersteuning", "verenigingsondersteuning"},
    {"strategy", "samenwerking_netwerk", "samenwerking en netwerkvorming"},
    {"strategy", "structureel", "structureel werken"},
    {"referrer", "ocmw", "OCMW"},
    {"referrer", "huis_van_het_kind", "Huis van het Kind"},
    {"referrer", "school", "zorgcoördinator"},
    {"referrer", "okan", "OKAN"},
    {"referrer", "bibliotheek", "bib"},
    {"referrer", "familie", "ouders"},
    {"club_type", "jeugdbeweging_proefinschrijving", "chiro"},
    {"reason", "moved", "verhuisd"},
    {"reason", "aged_out", "te oud"},
    {"reason", "deceased", "overleden"},
    {"reason", "price", "te duur"},
    {"reason", "distance", "afstand"},
    {"reason", "time", "geen tijd"},
    {"reason", "no_places", "volzet"},
    {"reason", "no_match", "geen klik"},
    {"reason", "family", "gezinssituatie"},
    {"reason", "choice", "andere hobby"},
    {"reason", "not_interested", "geen interesse"},
    {"reason", "other", "andere"},
    {"answer", "yes", "ja"},
    {"answer", "no", "nee"},
    {"event_type", "trial", "proefsessie"},
    {"event_type", "attend", "aanwezig"},
    {"event_type", "absent", "afwezig"},
    {"event_type", "enrol", "inschrijving"},
    {"event_type", "check", "navraag"},
    {"event_type", "stop", "stopzetting"},
    {"event_type", "pause", "pauze"},
    {"event_type", "support", "ondersteuning"},
    {"event_type", "lost", "contact verloren"},
    {"event_type", "close", "traject afgesloten"},
    {"event_type", "list", "ledenlijst bevestigd"},
    {"event_kind", "definitive", "definitief"},
    {"event_kind", "provisional", "proefinschrijving"},
    {"criterion", "in_contact_brengen", "in contact brengen"},
    {"criterion", "bevragen_informeren", "bevragen en informeren"},
    {"counterpart_kind", "lokaal_bestuur", "lokaal bestuur"},
    {"side", "demand", "vraag"},
    {"side", "supply", "aanbod"},
    {"side", "both", "beide"},
    {"signal_status", "given", "gegeven"},
    {"signal_status", "answered", "beantwoord"},
    {"signal_status", "acted_on", "mee aan de slag"},
    {"result_status", "concept", "in ontwerp"},
    {"result_status", "agreed", "afgesproken"},
    {"result_status", "in_force", "in uitvoering"},
};

/// Stories in which the new enrolment may stand in the club's list alone: nothing else asks where the child is placed.
bool club_may_tell(std::string_view story) {
    static constexpr std::string_view kStories[] = {"two_trials_window_again", "last_trial_on_enrolment_day", "silent_again", "seen_later"};
    return std::find(std::begin(kStories), std::end(kStories), story) != std::end(kStories);
}

/// Every register writes the name so that it folds alike: the child is recognised by name and birth date.
bool same_name_everywhere(const SyntheticPerson& person) {
    const auto name = [&](unsigned source) {
        const WrittenPerson written = written_by(person, source);
        return fold_name(written.given) + " " + fold_name(written.family);
    };
    return name(kOneRowSource) == name(kClubSource) && name(kTemplateSource) == name(kClubSource);
}

std::optional<std::size_t> told_by_club(const SyntheticWorld& world, const SyntheticChild& child, const SyntheticTrajectory& trajectory) {
    const SyntheticPerson& person = child.person;
    if (child.trajectories.size() != 1 || person.birth_written != BirthWritten::Exactly || person.twin) return std::nullopt;
    if (!club_may_tell(trajectory.course.story) || person.salt % 100 >= 70 || !same_name_everywhere(person)) return std::nullopt;
    const auto& events = trajectory.course.events;
    for (std::size_t i = events.size(); i-- > 0;)
        if (events[i].type == "enrol" && !events[i].noise) {
            const SyntheticClub& club = world.clubs()[static_cast<std::size_t>(events[i].club)];
            // Written down twice, it would be told by both.
            const auto enrolments = std::count_if(events.begin(), events.end(), [](const SyntheticEvent& e) { return e.type == "enrol"; });
            return club.uses_stamhoofd && enrolments == 2 ? std::optional(i) : std::nullopt;
        }
    return std::nullopt;
}

}  // namespace

void each_registration(const SyntheticWorld& world, const std::function<void(const Registration&)>& visit) {
    world.each_child([&](const SyntheticChild& child) {
        for (const SyntheticTrajectory& trajectory : child.trajectories) {
            Registration registration{&child.person, &trajectory, Register::OneRowAChild, told_by_club(world, child, trajectory)};
            const bool fits = in_one_row(trajectory.course, registration.club_tells).has_value();
            // Confirmed lists stand in the template only.
            const bool needs_lists = trajectory.course.verdicts[2].reason == "absent_from_confirmed_list";
            const bool second = trajectory.number == 2;
            if (!fits || needs_lists || second || (child.person.salt >> 20) % 100 < 30) registration.place = Register::Template;
            visit(registration);
        }
    });
}

std::optional<OneRow> in_one_row(const Course& course, std::optional<std::size_t> leave_out) {
    OneRow row;
    for (std::size_t i = 0; i < course.events.size(); ++i) {
        const SyntheticEvent& event = course.events[i];
        const bool support = event.type == "support";
        if (i == leave_out || (event.noise && !support)) continue;
        if (event.club >= 0) {
            if (row.club != kNoClub && row.club != event.club) return std::nullopt;
            row.club = event.club;
        }
        const auto once = [&](std::optional<Date>& place) {
            if (place) return false;
            place = event.date;
            return true;
        };
        bool fits = true;
        if (event.type == "trial" || (event.type == "attend" && !row.enrolled)) {
            row.trials.push_back(event.date);
        } else if (event.type == "attend") {
            row.checks.emplace_back(event.date, "yes");
        } else if (event.type == "check") {
            row.checks.emplace_back(event.date, event.answer);
        } else if (event.type == "enrol") {
            fits = row.enrolled ? once(row.enrolled_again) : once(row.enrolled);
            (row.enrolled_again ? row.year_again : row.year) = event.year;
        } else if (support) {
            fits = once(row.support_from);
            if (event.has_to) row.support_to = event.to;
            row.support_kind = event.kind;
        } else if (event.type == "stop" || event.type == "close") {
            fits = row.reason.empty() && once(event.type == "stop" ? row.stopped : row.closed);
            row.reason = event.reason;
        } else if (event.type == "lost") {
            fits = once(row.lost);
        } else {
            return std::nullopt;
        }
        if (!fits) return std::nullopt;
    }
    if (row.trials.size() > 3 || row.checks.size() > 2) return std::nullopt;
    return row;
}

std::vector<Membership> memberships(const SyntheticWorld& world) {
    std::vector<Membership> found;
    each_registration(world, [&](const Registration& registration) {
        if (!registration.club_tells) return;
        const SyntheticEvent& event = registration.trajectory->course.events[*registration.club_tells];
        Membership membership;
        membership.person = *registration.person;
        membership.known = true;
        membership.club = event.club;
        membership.registered = event.date;
        membership.year = event.year != 0 ? event.year : working_year(world.clubs()[static_cast<std::size_t>(event.club)].type, event.date);
        found.push_back(membership);
    });
    // The club's other members: from another municipality, as it were.
    std::vector<int> clubs;
    for (std::size_t i = 0; i < world.clubs().size(); ++i)
        if (world.clubs()[i].uses_stamhoofd) clubs.push_back(static_cast<int>(i));
    if (clubs.empty()) return found;
    SyntheticOptions others = world.options();
    others.seed = ~others.seed;
    others.children = std::max<std::uint32_t>(20, others.children / 2);
    SyntheticWorld(others).each_child([&](const SyntheticChild& child) {
        static constexpr std::string_view kTypes[] = {"Inschrijvingsgroep", "Inschrijvingsgroep", "Inschrijvingsgroep", "Wachtlijst",
                                                      "Activiteit"};
        Rng rng(child.person.salt, 99);
        Membership membership;
        membership.person = child.person;
        membership.person.number += 5000000U;
        membership.person.household += 5000000U;
        membership.club = rng.pick(std::span<const int>(clubs));
        membership.year = world.options().as_of.year() - rng.between(0, 1);
        membership.registered = registration_opens(world.clubs()[static_cast<std::size_t>(membership.club)].type, membership.year)
                                    .plus_days(rng.between(0, 80));
        membership.type = rng.pick(kTypes);
        found.push_back(membership);
    });
    std::sort(found.begin(), found.end(), [](const Membership& a, const Membership& b) { return a.person.salt < b.person.salt; });
    return found;
}

std::string_view dutch(std::string_view list, std::string_view code) {
    for (const Word& word : kWords)
        if (word.list == list && word.code == code) return word.dutch;
    return code;
}

std::string belgian_date(Date date) {
    const std::string iso = date.iso();
    return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

std::string membership_number(const Membership& membership) { return "L" + std::to_string(10000 + membership.person.number); }

}  // namespace brugwacht
