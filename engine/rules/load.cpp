#include "engine/rules/load.hpp"

#include <bit>
#include <vector>

namespace brugwacht {
namespace {

/// From the store's ids (keyed hashes, never 0) to indices of the builder. Open addressing: the ids are spread already.
class IdMap {
  public:
    explicit IdMap(std::uint64_t expected) : slots_(std::bit_ceil(expected * 2 + 16)) {}

    void put(std::int64_t id, std::uint32_t index) {
        if ((used_ + 1) * 2 > slots_.size()) grow();
        place(id, index);
    }
    /// Asks for the memory that find() will look at.
    void prefetch(std::int64_t id) const { __builtin_prefetch(&slots_[start(id)]); }
    std::uint32_t find(std::int64_t id) const {
        if (id == 0) return kNone;
        for (std::size_t at = start(id);; at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].id == id) return slots_[at].index;
            if (slots_[at].id == 0) return kNone;
        }
    }

  private:
    struct Slot {
        std::int64_t id = 0;
        std::uint32_t index = kNone;
    };
    std::size_t start(std::int64_t id) const {
        return static_cast<std::size_t>((static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15ULL) >> 20) & (slots_.size() - 1);
    }
    void place(std::int64_t id, std::uint32_t index) {
        std::size_t at = start(id);
        while (slots_[at].id != 0 && slots_[at].id != id) at = (at + 1) & (slots_.size() - 1);
        if (slots_[at].id == 0) ++used_;
        slots_[at] = {id, index};
    }
    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        used_ = 0;
        for (const Slot& slot : old)
            if (slot.id != 0) place(slot.id, slot.index);
    }
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

/// Hands events to the builder, some hundreds at a time: what they refer to lies all over memory, and is fetched while others wait.
class EventLoader {
  public:
    EventLoader(FactBaseBuilder& builder, IdMap& clubs, const IdMap& persons, const IdMap& trajectories)
        : builder_(builder), clubs_(clubs), persons_(persons), trajectories_(trajectories) {
        waiting_.reserve(kBatch);
    }

    void add(const EventRow& event) {
        if (event.trajectory != 0) trajectories_.prefetch(event.trajectory);
        if (event.person != 0) persons_.prefetch(event.person);
        waiting_.push_back({event, keys_.size(), event.key.size()});
        keys_ += event.key;  // lives until the next row only
        if (waiting_.size() == kBatch) flush();
    }

    void flush() {
        for (Waiting& one : waiting_) {
            one.event.key = std::string_view(keys_).substr(one.key_at, one.key_size);
            hand_over(one.event);
        }
        waiting_.clear();
        keys_.clear();
    }

  private:
    static constexpr std::size_t kBatch = 512;
    struct Waiting {
        EventRow event;
        std::size_t key_at, key_size;
    };

    void hand_over(const EventRow& event) {
        EventInput input;
        input.source = event.source;
        input.key = event.key;
        input.type = event.type;
        input.answer = event.answer;
        input.kind = event.kind;
        input.reason = event.reason;
        input.trajectory = trajectories_.find(event.trajectory);
        if (event.trajectory != 0 && input.trajectory == kNone) return;
        if (input.trajectory == kNone) input.person = persons_.find(event.person);
        if (event.trajectory == 0 && event.person != 0 && input.person == kNone) return;
        input.club = clubs_.find(event.club);
        if (event.club != 0 && input.club == kNone) {
            // The club's own row has not been read: it still is one club, of no known kind.
            input.club = builder_.add_club(event.source, trajectory_id_text(event.club), {});
            clubs_.put(event.club, input.club);
        }
        input.date = event.date;
        input.to = event.to;
        input.recorded_on = event.recorded_on;
        input.year = event.year;
        builder_.add_event(input);
    }

    FactBaseBuilder& builder_;
    IdMap& clubs_;
    const IdMap& persons_;
    const IdMap& trajectories_;
    std::vector<Waiting> waiting_;
    std::string keys_;
};

}  // namespace

std::string trajectory_id_text(std::int64_t id) {
    static constexpr char kDigits[] = "0123456789abcdef";
    auto bits = static_cast<std::uint64_t>(id);
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; bits >>= 4) text[i] = kDigits[bits & 15];
    return text;
}

FactBase load_facts(const StoreReader& reader) {
    const std::uint64_t trajectory_count = reader.count("trajectory");
    FactBaseBuilder builder;
    builder.reserve(trajectory_count, reader.count("event"));

    IdMap clubs(reader.count("club"));
    ClubRow club;
    for (auto rows = reader.clubs(); rows.next(club);)
        clubs.put(club.id, builder.add_club(club.source, club.key, club.kind, club.name, club.vcode));

    IdMap persons(reader.count("person"));
    PersonRow person;
    for (auto rows = reader.persons(); rows.next(person);) persons.put(person.id, builder.add_person(person.person_id));

    IdMap trajectories(trajectory_count);
    TrajectoryRow trajectory;
    for (auto rows = reader.trajectories(); rows.next(trajectory);) {
        TrajectoryInput input;
        const std::string id = trajectory_id_text(trajectory.id);
        input.id = id;
        input.source = trajectory.source;
        input.key = trajectory.key;
        input.strategy = trajectory.strategy;
        input.person = persons.find(trajectory.person);
        input.start = trajectory.start;
        input.age = trajectory.age;
        input.age_uncertain = trajectory.age_uncertain;
        trajectories.put(trajectory.id, builder.add_trajectory(input));
    }

    EventLoader events(builder, clubs, persons, trajectories);
    EventRow event;
    for (auto rows = reader.events(); rows.next(event);) events.add(event);
    events.flush();
    return builder.build();
}

}  // namespace brugwacht
