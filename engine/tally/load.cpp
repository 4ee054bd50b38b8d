#include <set>

#include "engine/store/reader.hpp"
#include "engine/tally/tally.hpp"

namespace brugwacht {

namespace {

TallyFacts::Activity activity_of(const ActivityRow& row) {
    TallyFacts::Activity out;
    out.date = row.date;
    out.minutes = row.minutes;
    out.strategy = row.strategy;
    out.criterion = row.criterion;
    out.counterpart_kind = row.counterpart_kind;
    out.kind = row.kind;
    // A pseudonym means the same inside one source only.
    if (!row.counterpart.empty()) out.counterpart = std::string(row.source) + "\n" + std::string(row.counterpart);
    out.participants = row.participants;
    out.first_contact = row.first_contact.value_or(false);
    out.trajectory = row.trajectory;
    return out;
}

TallyFacts::Club club_of(const ClubRow& row) {
    TallyFacts::Club out;
    out.source = row.source;
    out.key = row.key;
    out.name = row.name;
    out.vcode = row.vcode;
    out.kind = row.kind;
    out.side = row.side;
    out.engagement_signed_on = row.engagement_signed_on;
    out.places = row.places;
    return out;
}

}  // namespace

TallyFacts load_tally_facts(const StoreReader& reader) {
    TallyFacts out;
    TrajectoryRow trajectory;
    for (auto rows = reader.trajectories(); rows.next(trajectory);)
        out.trajectories.push_back(
            {std::string(trajectory.source), std::string(trajectory.key), std::string(trajectory.referrer_kind), trajectory.id});
    ActivityRow activity;
    for (auto rows = reader.activities(); rows.next(activity);) out.activities.push_back(activity_of(activity));
    ResultRow result;
    for (auto rows = reader.results(); rows.next(result);)
        out.results.push_back({result.date, std::string(result.kind), std::string(result.status)});
    SignalRow signal;
    for (auto rows = reader.signals(); rows.next(signal);)
        out.signals.push_back({signal.date, signal.answered_on, std::string(signal.status), std::string(signal.theme)});
    ClubRow club;
    for (auto rows = reader.clubs(); rows.next(club);) out.clubs.push_back(club_of(club));
    std::set<std::int64_t> undone;
    for (const RunRow& run : reader.runs())
        if (run.undone_by) undone.insert(run.id);
    for (const FileRow& file : reader.files())
        if (undone.count(file.run) == 0) out.rejected_rows += file.counts.rejected;
    out.waiting_references = reader.waiting();
    return out;
}

}  // namespace brugwacht
