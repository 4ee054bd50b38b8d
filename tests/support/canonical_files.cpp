#include "engine/core/model.hpp"
#include "tests/support/csv_writer.hpp"
#include "tests/support/synthetic_files.hpp"

namespace brugwacht {
namespace {

/// One canonical file: its headers are the fields of the model, in that order.
class EntityFile {
  public:
    EntityFile(Entity entity, const std::filesystem::path& folder)
        : def_(entity_def(entity)), out_(folder / (std::string(def_.sheet) + ".csv")) {
        for (const FieldDef& field : def_.fields) out_.field(field.name);
        out_.end_row();
    }
    /// As many values as the model has fields.
    void row(std::initializer_list<std::string_view> values) {
        if (values.size() != def_.fields.size()) throw std::logic_error("wrong number of values for " + std::string(def_.name));
        out_.row(values);
    }
    void close() { out_.close(); }

  private:
    const EntityDef& def_;
    CsvWriter out_;
};

std::string iso_or_empty(bool present, Date date) { return present ? date.iso() : std::string(); }

void write_clubs(const SyntheticWorld& world, const std::filesystem::path& folder) {
    EntityFile out(Entity::Club, folder);
    for (std::size_t i = 0; i < world.clubs().size(); ++i) {
        const SyntheticClub& club = world.clubs()[i];
        const int places = static_cast<int>(i * 7 % 40);
        out.row({club_key(static_cast<int>(i)), club.name, calendar_of(club.type).code, "provider", "", club.municipality,
                 i % 3 == 0 ? "" : std::to_string(places), iso_or_empty(i % 4 == 0, world.options().as_of.plus_days(-700)),
                 iso_or_empty(i % 5 == 0, world.options().as_of.plus_days(-600))});
    }
    out.close();
}

void write_workers(const SyntheticWorld& world, const std::filesystem::path& folder) {
    EntityFile workers(Entity::Worker, folder);
    EntityFile employments(Entity::Employment, folder);
    for (std::size_t i = 0; i < world.workers().size(); ++i) {
        const SyntheticWorker& worker = world.workers()[i];
        const std::string key = worker_key(static_cast<int>(i));
        workers.row({key, worker.name, worker.employer});
        for (std::size_t e = 0; e < worker.employments.size(); ++e) {
            const SyntheticEmployment& employment = worker.employments[e];
            employments.row({key + "-" + std::to_string(e + 1), key, employment.from.iso(), iso_or_empty(!employment.open, employment.to),
                             std::to_string(employment.percent)});
        }
    }
    workers.close();
    employments.close();
}

void write_activities(const SyntheticWorld& world, const std::filesystem::path& folder) {
    EntityFile out(Entity::Activity, folder);
    std::uint32_t number = 0;
    world.each_activity([&](const SyntheticActivity& activity) {
        out.row({"A" + std::to_string(++number), activity.date.iso(), std::to_string(activity.minutes), activity.kind, activity.strategy,
                 activity.criterion, activity.counterpart_kind, activity.counterpart, activity.side,
                 activity.participants < 0 ? "" : std::to_string(activity.participants), activity.first_contact ? "true" : "false", "",
                 worker_key(activity.worker)});
    });
    out.close();
}

/// What an ambassador's work gives beside counts; a few rows, whatever the number of children.
void write_the_rest(const SyntheticWorld& world, const std::filesystem::path& folder) {
    static constexpr std::string_view kResults[] = {"ontmoeting", "voorwaarde", "drempel_verlaagd", "nieuw_initiatief", "tekst_of_plan"};
    static constexpr std::string_view kResultStatus[] = {"concept", "agreed", "in_force"};
    static constexpr std::string_view kThemes[] = {"bereikbaarheid", "betaalbaarheid", "beschikbaarheid", "infrastructuur", "bekendheid"};
    static constexpr std::string_view kAddressees[] = {"jeugddienst", "sportdienst", "schepen", "ocmw"};
    static constexpr std::string_view kSignalStatus[] = {"given", "answered", "acted_on"};
    static constexpr std::string_view kSupply[] = {"band_jeugdwerkers", "volle_agenda", "extra_inspanning", "aantal_plaatsen",
                                                   "verloop_vrijwilligers"};
    static constexpr std::string_view kDemand[] = {"netwerk", "toegang_gezinnen", "afstand_aanbod", "vragen_gezin", "handelingsruimte"};
    const Date as_of = world.options().as_of;
    Rng rng(world.options().seed, 5ULL << 40);

    EntityFile results(Entity::Result, folder);
    for (int i = 1; i <= 34; ++i)
        results.row({"R" + std::to_string(i), as_of.plus_days(-rng.between(0, 1000)).iso(), rng.pick(kResults), rng.pick(kResultStatus)});
    results.close();

    EntityFile signals(Entity::Signal, folder);
    for (int i = 1; i <= 28; ++i) {
        const Date given = as_of.plus_days(-rng.between(10, 1000));
        const std::string_view status = rng.pick(kSignalStatus);
        const Date answered = given.plus_days(rng.between(3, 120));
        const bool known = status != "given" && answered <= as_of;
        signals.row({"S" + std::to_string(i), given.iso(), rng.pick(kThemes), rng.pick(kAddressees), known ? status : "given",
                     iso_or_empty(known, answered)});
    }
    signals.close();

    EntityFile factors(Entity::Factor, folder);
    for (int i = 1; i <= 20; ++i) {
        const bool supply = i % 2 == 0;
        factors.row({"F" + std::to_string(i), as_of.plus_days(-rng.between(0, 700)).iso(), supply ? "supply" : "demand",
                     supply ? rng.pick(kSupply) : rng.pick(kDemand), std::to_string(rng.between(1, 5)), worker_key(0)});
    }
    factors.close();

    EntityFile goals(Entity::Goal, folder);
    goals.row({"G1", "activities", "200", "2025-2026", as_of.plus_days(-460).iso()});
    goals.row({"G2", "signals", "10", "2025-2026", as_of.plus_days(-460).iso()});
    goals.close();
}

void write_lists(const SyntheticWorld& world, EntityFile& events) {
    const Date as_of = world.options().as_of;
    for (std::size_t i = 0; i < world.clubs().size(); ++i) {
        const SyntheticClub& club = world.clubs()[i];
        if (!club.confirms_list) continue;
        for (int year = as_of.year() - 4; year <= as_of.year() + 1; ++year) {
            const Date date = decision_date(club.type, year).plus_days(club.list_delay_days);
            if (date > as_of.plus_days(30)) continue;
            const std::string key = club_key(static_cast<int>(i));
            events.row({"L" + key + "-" + std::to_string(year), "*", "", date.iso(), "", "list", key, year_label(club.type, year), "", "",
                        "", ""});
        }
    }
}

}  // namespace

void write_canonical(const SyntheticWorld& world, const std::filesystem::path& folder) {
    const std::filesystem::path place = folder / "canonical";
    write_clubs(world, place);
    write_workers(world, place);
    write_activities(world, place);
    write_the_rest(world, place);

    EntityFile people(Entity::Person, place);
    EntityFile trajectories(Entity::Trajectory, place);
    EntityFile events(Entity::Event, place);
    CsvWriter truth(folder / "truth.csv");
    truth.row({"source", "trajectory", "definition", "status", "reason"});
    world.each_child([&](const SyntheticChild& child) {
        const SyntheticPerson& person = child.person;
        const std::string key = person_key(person.number);
        const WrittenPerson w = written_by(person, 0);
        people.row({key, w.given, w.family, "", w.birth, w.gender, w.street, w.number, w.postcode, w.municipality, person.language, w.phone,
                    w.email, w.guardian, w.guardian_phone, "", "H" + std::to_string(person.household), ""});
        for (const SyntheticTrajectory& trajectory : child.trajectories) {
            const std::string name = trajectory_key(person.number, trajectory.number);
            trajectories.row({name, key, worker_key(trajectory.worker), trajectory.course.start.iso(), trajectory.strategy,
                              trajectory.referrer_kind, trajectory.needs, trajectory.barriers});
            int number = 0;
            for (const SyntheticEvent& event : trajectory.course.events) {
                const std::string club = event.club == kAllClubs ? "*" : event.club == kNoClub ? "" : club_key(event.club);
                const std::string year =
                    event.year == 0 ? "" : year_label(world.clubs()[static_cast<std::size_t>(event.club)].type, event.year);
                events.row({name + "-E" + std::to_string(++number), event.by_person ? "" : name, event.by_person ? key : "",
                            event.date.iso(), iso_or_empty(event.has_to, event.to), event.type, club, year, event.reason, event.answer,
                            event.kind, iso_or_empty(event.recorded_after >= 0, event.date.plus_days(event.recorded_after))});
            }
            static constexpr std::string_view kDefinitions[] = {"D1", "D2", "D3"};
            for (std::size_t i = 0; i < 3; ++i)
                truth.row({"canonical", name, kDefinitions[i], trajectory.course.verdicts[i].status, trajectory.course.verdicts[i].reason});
        }
    });
    write_lists(world, events);
    people.close();
    trajectories.close();
    events.close();
    truth.close();
}

void write_synthetic(const SyntheticWorld& world, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const SyntheticOptions& options = world.options();
    if (options.canonical) write_canonical(world, folder);
    if (options.exports) write_exports(world, folder);
    if (options.canonical && options.exports) write_export_truth(world, folder);
}

}  // namespace brugwacht
