#include "engine/core/model.hpp"
#include "tests/support/csv_writer.hpp"
#include "tests/support/other_facts.hpp"
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

void write_the_rest(const SyntheticWorld& world, const std::filesystem::path& folder) {
    const OtherFacts facts = other_facts(world);
    const auto numbered = [](const char* letter, int& number) { return letter + std::to_string(++number); };

    EntityFile results(Entity::Result, folder);
    int number = 0;
    for (const SyntheticResult& result : facts.results) results.row({numbered("R", number), result.date.iso(), result.kind, result.status});
    results.close();

    EntityFile signals(Entity::Signal, folder);
    number = 0;
    for (const SyntheticSignal& signal : facts.signals)
        signals.row({numbered("S", number), signal.date.iso(), signal.theme, signal.addressee, signal.status,
                     iso_or_empty(signal.answered_on.has_value(), signal.answered_on.value_or(Date()))});
    signals.close();

    EntityFile factors(Entity::Factor, folder);
    number = 0;
    for (const SyntheticFactor& factor : facts.factors)
        factors.row({numbered("F", number), factor.date.iso(), factor.side, factor.factor, std::to_string(factor.score), worker_key(0)});
    factors.close();

    EntityFile goals(Entity::Goal, folder);
    number = 0;
    for (const SyntheticGoal& goal : facts.goals)
        goals.row({numbered("G", number), goal.indicator, std::to_string(goal.target), goal.period, goal.agreed_on.iso()});
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
