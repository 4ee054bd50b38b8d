#include "tests/support/synthetic.hpp"

#include <algorithm>
#include <array>

#include "tests/support/names.hpp"

namespace brugwacht {
namespace {

// Streams of random numbers, one for each kind of thing.
constexpr std::uint64_t kClubStream = 1ULL << 40;
constexpr std::uint64_t kWorkerStream = 2ULL << 40;
constexpr std::uint64_t kHouseholdStream = 3ULL << 40;
constexpr std::uint64_t kActivityStream = 4ULL << 40;

std::string padded(std::uint32_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

constexpr std::string_view kClubWords[] = {"De Vuurvlieg",  "Sint-Jozef",   "De Wegwijzer", "Akela",     "De Zwaluw",    "Ten Berg",
                                           "De Kompasroos", "Sint-Lutgart", "De Brug",      "Het Anker", "Kameleon",     "De Heide",
                                           "Sparrendal",    "Noordster",    "De Molenwiek", "Heikrekel", "De Eik",       "Rietveld",
                                           "De Toren",      "Zonnewijzer",  "De Bever",     "Ravelijn",  "Wijde Wereld", "De Springveer"};

std::string_view club_prefix(ClubKind type, Rng& rng) {
    static constexpr std::string_view kMovements[] = {"Scouts", "KSA", "FOS"};
    static constexpr std::string_view kSports[] = {"Voetbalclub", "Judoclub", "Basketclub", "Turnkring"};
    switch (type) {
        case ClubKind::Jeugdbeweging:
            return rng.pick(kMovements);
        case ClubKind::Proefinschrijving:
            return "Chiro";
        case ClubKind::Sportclub:
            return rng.pick(kSports);
        case ClubKind::Jeugdhuis:
            break;
    }
    return "Jeugdhuis";
}

std::vector<SyntheticClub> make_clubs(const SyntheticOptions& options) {
    // The first eight hold every type with and without confirmed lists, so that every story can be told.
    static constexpr ClubKind kFirst[] = {ClubKind::Jeugdbeweging, ClubKind::Proefinschrijving, ClubKind::Sportclub, ClubKind::Jeugdhuis};
    const std::uint32_t count = std::clamp<std::uint32_t>(options.children / 15, 10, 400);
    std::vector<SyntheticClub> clubs;
    for (std::uint32_t i = 0; i < count; ++i) {
        Rng rng(options.seed, kClubStream + i);
        SyntheticClub club;
        club.type = i < 8 ? kFirst[i % 4] : rng.pick(kFirst);
        club.confirms_list = i < 8 ? i >= 4 : rng.chance(40);
        club.list_delay_days = rng.between(0, 20);
        club.uses_stamhoofd = club.type == ClubKind::Jeugdbeweging && rng.chance(70);
        club.name = std::string(club_prefix(club.type, rng)) + " " + std::string(kClubWords[(i * 5 + 3) % std::size(kClubWords)]);
        if (i >= std::size(kClubWords)) club.name += " " + std::to_string(i / std::size(kClubWords) + 1);
        club.municipality = rng.pick(towns()).name;
        clubs.push_back(club);
    }
    return clubs;
}

std::vector<SyntheticWorker> make_workers(const SyntheticOptions& options) {
    static constexpr int kPercent[] = {50, 80, 100};
    Rng rng(options.seed, kWorkerStream);
    const NameStock& stock = name_stocks()[0];
    std::vector<SyntheticWorker> workers;
    const int count = rng.between(2, 4);
    for (int i = 0; i < count; ++i) {
        SyntheticWorker worker;
        worker.name = std::string(spelling(rng.pick(stock.girls), 0)) + " " + std::string(spelling(rng.pick(stock.families), 0));
        worker.employer = rng.chance(60) ? "Gemeente Voorbeeldstad" : "Vrije Tijd Voorbeeld vzw";
        SyntheticEmployment first;
        first.from = options.as_of.plus_days(-rng.between(900, 1500));
        first.percent = rng.pick(kPercent);
        if (i == 1) {  // works more from some day on
            first.open = false;
            first.percent = 50;
            first.to = options.as_of.plus_days(-rng.between(200, 500));
            SyntheticEmployment second;
            second.from = first.to.plus_days(1);
            second.percent = 80;
            worker.employments = {first, second};
        } else {
            worker.employments = {first};
        }
        workers.push_back(worker);
    }
    return workers;
}

std::string_view some_codes(Rng& rng, std::span<const std::string_view> codes) {
    return rng.chance(25) ? std::string_view() : rng.pick(codes);
}

void fill_trajectory(SyntheticTrajectory& trajectory, Rng& rng, std::size_t workers) {
    static constexpr std::string_view kOther[] = {"bottom_up", "laagdrempelige_jeugdwerking", "verenigingsondersteuning",
                                                  "samenwerking_netwerk", "structureel"};
    static constexpr std::string_view kReferrers[] = {"ocmw",      "huis_van_het_kind", "school",       "school",  "okan",   "bibliotheek",
                                                      "buurtwerk", "zelforganisatie",   "asielcentrum", "familie", "andere", "politie"};
    static constexpr std::string_view kNeeds[] = {"taal",  "vervoer",         "bijdrage",  "vervoer|bijdrage",
                                                  "buddy", "informatie|taal", "materiaal", "zorg"};
    static constexpr std::string_view kBarriers[] = {
        "betaalbaarheid",  "bereikbaarheid",  "bekendheid",    "beschikbaarheid",           "betaalbaarheid|bereikbaarheid",
        "begrijpbaarheid", "betrouwbaarheid", "bruikbaarheid", "bekendheid|begrijpbaarheid"};
    trajectory.worker = static_cast<int>(rng.below(static_cast<std::uint32_t>(workers)));
    trajectory.strategy = trajectory.course.scope == Scope::OtherStrategy ? rng.pick(kOther)
                          : rng.chance(3)                                 ? ""
                                                                          : "individuele_toeleiding";
    trajectory.referrer_kind = rng.chance(5) ? std::string_view() : rng.pick(kReferrers);
    trajectory.needs = some_codes(rng, kNeeds);
    trajectory.barriers = some_codes(rng, kBarriers);
}

Date years_before(Date date, int years) { return add_months(date, -12 * years); }

/// Moves the birth date so that the age at the start is what the story needs; sometimes to the very edge of the agreed ages.
void settle_birth(SyntheticChild& child, Rng& rng) {
    SyntheticPerson& person = child.person;
    const auto at_start = [&child](Date birth) { return completed_years(birth, child.trajectories.front().course.start); };
    const Date start = child.trajectories.front().course.start;
    const Scope scope = child.trajectories.front().course.scope;
    Date birth = person.birth;
    if (scope == Scope::TooYoung) birth = years_before(start, 2).plus_days(-rng.between(0, 364));
    if (scope == Scope::TooOld) birth = years_before(start, 26).plus_days(-rng.between(0, 300));
    if (scope == Scope::In && !person.twin && child.trajectories.size() == 1 && rng.chance(3))
        birth = rng.chance(50) ? years_before(start, 3) : years_before(start, 26).plus_days(1);
    const bool wanted = scope == Scope::TooYoung ? at_start(birth) == 2
                        : scope == Scope::TooOld ? at_start(birth) >= 26
                                                 : at_start(birth) >= 3 && at_start(birth) <= 25;
    if (!wanted || birth == person.birth) return;
    person.birth = birth;
    person.birth_written = BirthWritten::Exactly;
}

}  // namespace

SyntheticWorld::SyntheticWorld(const SyntheticOptions& options)
    : options_(options), clubs_(make_clubs(options)), workers_(make_workers(options)) {}

std::vector<SyntheticChild> SyntheticWorld::household(std::uint32_t number, std::uint32_t first_child) const {
    Rng rng(options_.seed, kHouseholdStream + number);
    unsigned at = rng.below(100);
    const NameStock* stock = name_stocks().data();
    while (at >= stock->weight) at -= (stock++)->weight;

    const unsigned size_draw = rng.below(100);
    const int size = size_draw < 45 ? 1 : size_draw < 80 ? 2 : size_draw < 95 ? 3 : 4;
    const std::string_view family = rng.pick(stock->families);
    const std::string_view guardian = rng.chance(60) ? rng.pick(stock->girls) : rng.pick(stock->boys);
    const std::string_view street = rng.pick(streets());
    const Town& town = rng.pick(towns());
    const int house_number = rng.between(1, 210);
    static constexpr std::string_view kBus[] = {"", "", "", "", "bus 1", "bus 2", "bus 12", "bus 3"};
    const std::string_view bus = rng.pick(kBus);
    const std::string_view language = rng.chance(80) ? stock->language : std::string_view("Nederlands");

    std::vector<SyntheticChild> children;
    Date birth = options_.as_of.plus_days(-rng.between(7 * 366, 19 * 365));
    for (int i = 0; i < size; ++i) {
        SyntheticChild child;
        SyntheticPerson& person = child.person;
        person.number = first_child + static_cast<std::uint32_t>(i);
        person.household = number;
        person.language = language;
        person.street = street;
        person.postcode = town.postcode;
        person.municipality = town.name;
        person.house_number = house_number;
        person.bus = bus;
        person.guardian_given = guardian;
        const unsigned gender = rng.below(100);
        person.gender = gender < 48 ? "m" : gender < 96 ? "f" : gender < 97 ? "x" : "";
        // Siblings do not share a given name; three families in a hundred use another family name for one child.
        for (int tries = 0; tries < 20; ++tries) {
            person.given = person.gender == "m" ? rng.pick(stock->boys) : rng.pick(stock->girls);
            if (std::none_of(children.begin(), children.end(), [&](const SyntheticChild& c) { return c.person.given == person.given; }))
                break;
        }
        person.family = rng.chance(3) ? rng.pick(stock->families) : family;
        person.twin = i > 0 && rng.chance(7);
        if (person.twin) {
            children.back().person.twin = true;
        } else if (i > 0) {
            birth = birth.plus_days(-rng.between(400, 1500));
            if (completed_years(birth, options_.as_of) > 24) birth = options_.as_of.plus_days(-rng.between(7 * 366, 24 * 365));
        }
        person.birth = birth;
        person.salt = rng.next();
        children.push_back(child);
    }
    for (SyntheticChild& child : children) {
        SyntheticPerson& person = child.person;
        const unsigned draw = rng.below(100);
        const bool adult = completed_years(person.birth, options_.as_of) > 22 || completed_years(person.birth, options_.as_of) < 9;
        if (stock->newcomers && draw < 35 && !person.twin) {
            person.birth = *Date::from_ymd(person.birth.year(), 1, 1);
            person.birth_written = BirthWritten::FirstOfJanuary;
        } else if (draw < 37 && !adult && !person.twin) {
            person.birth_written = draw < 36 ? BirthWritten::YearOnly : BirthWritten::Missing;
        }
        const bool known = person.birth_written == BirthWritten::Exactly || person.birth_written == BirthWritten::FirstOfJanuary;
        const int count = rng.chance(3) ? 0 : rng.chance(5) ? 2 : 1;
        for (int i = 0; i < count; ++i) {
            SyntheticTrajectory trajectory;
            for (;;) {
                trajectory.course = play_story(rng, options_.as_of, clubs_);
                const bool age_matters = trajectory.course.scope == Scope::TooYoung || trajectory.course.scope == Scope::TooOld;
                const Date start = trajectory.course.start;
                if (age_matters && (count > 1 || person.twin || !known)) continue;
                const int age = completed_years(person.birth, start);
                if (!age_matters && (age < 3 || age > 25)) continue;
                if (i > 0 && std::abs(start.days() - child.trajectories.front().course.start.days()) < 30) continue;
                break;
            }
            fill_trajectory(trajectory, rng, workers_.size());
            if (count > 1)
                for (SyntheticEvent& event : trajectory.course.events) event.by_person = false;
            child.trajectories.push_back(std::move(trajectory));
        }
        std::sort(child.trajectories.begin(), child.trajectories.end(),
                  [](const SyntheticTrajectory& a, const SyntheticTrajectory& b) { return a.course.start < b.course.start; });
        for (std::size_t i = 0; i < child.trajectories.size(); ++i) child.trajectories[i].number = static_cast<std::uint32_t>(i + 1);
        if (known && child.trajectories.size() == 1) settle_birth(child, rng);
    }
    return children;
}

void SyntheticWorld::each_child(const std::function<void(const SyntheticChild&)>& visit) const {
    std::uint32_t made = 0;
    for (std::uint32_t number = 1; made < options_.children; ++number)
        for (const SyntheticChild& child : household(number, made + 1)) {
            if (made == options_.children) break;
            ++made;
            visit(child);
        }
}

void SyntheticWorld::each_activity(const std::function<void(const SyntheticActivity&)>& visit) const {
    static constexpr std::string_view kStrategies[] = {
        "bottom_up",  "laagdrempelige_jeugdwerking", "individuele_toeleiding", "verenigingsondersteuning", "samenwerking_netwerk",
        "structureel"};
    static constexpr std::string_view kCriteria[] = {"relaties",     "bevragen_informeren", "in_contact_brengen",
                                                     "ondersteunen", "signaleren",          "structuur"};
    static constexpr std::string_view kKinds[] = {"bezoek",  "overleg",    "ontmoeting", "uitwisseling",
                                                  "vorming", "intervisie", "bericht",    "ondersteuning"};
    static constexpr std::string_view kCounterparts[] = {"kind",          "gezin",          "vrijetijdswerking",
                                                         "tussenpersoon", "lokaal_bestuur", "collega"};
    const std::uint32_t count = std::max<std::uint32_t>(options_.children * 3, 60);
    for (std::uint32_t i = 0; i < count; ++i) {
        Rng rng(options_.seed, kActivityStream + i);
        SyntheticActivity activity;
        activity.date = options_.as_of.plus_days(-rng.between(0, 1095));
        activity.minutes = rng.between(1, 24) * 15;
        activity.kind = rng.pick(kKinds);
        activity.strategy = i < 6 ? kStrategies[i] : rng.chance(45) ? "individuele_toeleiding" : rng.pick(kStrategies);
        activity.criterion = i < 6 ? kCriteria[i] : rng.pick(kCriteria);
        activity.counterpart_kind = i < 6 ? kCounterparts[i] : rng.pick(kCounterparts);
        activity.side = activity.counterpart_kind == "kind" || activity.counterpart_kind == "gezin" ? "demand"
                        : rng.chance(50)                                                            ? "supply"
                                                                                                    : "both";
        if (activity.counterpart_kind == "vrijetijdswerking")
            activity.counterpart = club_key(static_cast<int>(rng.below(static_cast<std::uint32_t>(clubs_.size()))));
        if (activity.counterpart_kind == "tussenpersoon") activity.counterpart = "partner-" + std::to_string(rng.between(1, 14));
        if (rng.chance(70)) activity.participants = rng.between(1, 22);
        activity.first_contact = rng.chance(18);
        activity.worker = static_cast<int>(rng.below(static_cast<std::uint32_t>(workers_.size())));
        // Some counterparts come and go over the years; many families stay nameless.
        const int since = 1095 - (options_.as_of.days() - activity.date.days());
        const auto one_of = [&](const char* what, int days, int at_once) {
            return std::string(what) + std::to_string(1 + since / days + rng.between(0, at_once - 1));
        };
        if (activity.side == "demand" && rng.chance(60)) activity.counterpart = one_of("gezin-", 12, 12);
        if (activity.counterpart_kind == "lokaal_bestuur") activity.counterpart = one_of("dienst-", 60, 8);
        if (activity.counterpart_kind == "collega") activity.counterpart = one_of("collega-", 45, 9);
        visit(activity);
    }
}

std::string person_key(std::uint32_t person) { return "P" + padded(person, 7); }
std::string trajectory_key(std::uint32_t person, std::uint32_t trajectory) {
    return "T" + padded(person, 7) + "-" + std::to_string(trajectory);
}
std::string club_key(int club) { return "C-" + padded(static_cast<std::uint32_t>(club + 1), 3); }
std::string worker_key(int worker) { return "W-" + std::to_string(worker + 1); }

namespace {

std::string ascii_letters(std::string_view text) {
    std::string out;
    for (const char c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) out.push_back(static_cast<char>(c | 0x20));
    return out;
}

std::string phone_of(std::uint32_t household, unsigned form) {
    // Nine digits from 470000000 on; neighbours get numbers far apart, no two households the same.
    const std::string digits = std::to_string(470000000ULL + (household * 7919ULL) % 29999999ULL);
    const std::string_view d = digits;
    const auto part = [d](std::size_t from, std::size_t count) { return std::string(d.substr(from, count)); };
    switch (form % 6) {
        case 1:
            return "+32 " + part(0, 3) + " " + part(3, 2) + " " + part(5, 2) + " " + part(7, 2);
        case 2:
            return "0" + part(0, 3) + "/" + part(3, 2) + "." + part(5, 2) + "." + part(7, 2);
        case 3:
            return "0" + digits;
        case 4:
            return digits;  // a spreadsheet took the leading zero
        case 5:
            return "0032" + digits;
        default:
            return "0" + part(0, 3) + " " + part(3, 2) + " " + part(5, 2) + " " + part(7, 2);
    }
}

std::string slip(std::string text, Rng& rng) {
    if (text.size() < 5) return text;
    const std::size_t at = 1 + rng.below(static_cast<std::uint32_t>(text.size() - 3));
    if (static_cast<unsigned char>(text[at]) < 0x80 && static_cast<unsigned char>(text[at + 1]) < 0x80 && text[at] != ' ' &&
        text[at + 1] != ' ')
        std::swap(text[at], text[at + 1]);
    return text;
}

std::string belgian(Date date) {
    const std::string iso = date.iso();
    return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

}  // namespace

WrittenPerson written_by(const SyntheticPerson& person, unsigned source) {
    Rng rng(person.salt, source);
    const bool canonical = source == 0;
    WrittenPerson written;
    written.given = spelling(person.given, canonical || rng.chance(65) ? 0 : rng.below(4));
    written.family = spelling(person.family, canonical || rng.chance(65) ? 0 : rng.below(4));
    if ((source == 1 || source == 2) && rng.chance(2)) written.family = slip(written.family, rng);
    switch (person.birth_written) {
        case BirthWritten::Missing:
            break;
        case BirthWritten::YearOnly:
            written.birth = std::to_string(person.birth.year());
            break;
        default:
            written.birth = canonical ? person.birth.iso() : belgian(person.birth);
    }
    written.gender = person.gender;
    written.street = person.street;
    written.number = std::to_string(person.house_number);
    if (!person.bus.empty()) written.number += (canonical ? " " : rng.chance(50) ? " " : "/") + std::string(person.bus);
    written.postcode = person.postcode;
    written.municipality = person.municipality;
    written.phone = completed_years(person.birth, Date::from_days(20000)) >= 12 && rng.chance(30)
                        ? phone_of(person.household + 3000000U, canonical ? 0 : rng.below(6))
                        : "";
    written.guardian_given = spelling(person.guardian_given, canonical ? 0 : rng.below(4));
    written.guardian_family = spelling(person.family, 0);
    written.guardian = written.guardian_given + " " + written.guardian_family;
    written.guardian_phone = phone_of(person.household, canonical ? 0 : rng.below(6));
    if (rng.chance(70))
        written.email = ascii_letters(spelling(person.guardian_given, 0)) + "." + ascii_letters(spelling(person.family, 0)) +
                        std::to_string(person.household) + "@post.example";
    return written;
}

}  // namespace brugwacht
