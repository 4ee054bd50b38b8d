#include "engine/rules/classify.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <numeric>
#include <thread>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/rules/evaluator.hpp"

namespace brugwacht {
namespace {

/// What one thread made of its share of the trajectories.
struct Part {
    std::vector<Classification> results;
    std::vector<Evidence> evidence;
    std::vector<NearMiss> near_misses;
    std::vector<Ignored> ignored;
};

class Worker {
  public:
    Worker(const FactBase& base, const ClassificationSet& set, const std::vector<PreparedAgreement>& prepared,
           const std::vector<char>& wanted)
        : base_(base),
          set_(set),
          prepared_(prepared),
          wanted_(wanted),
          histories_(prepared.size()),
          built_(prepared.size()),
          ignored_(prepared.size()) {
        const std::int32_t known_at = set.known_at ? set.known_at->days() : kOpenEnd;
        for (const PreparedAgreement& one : prepared) {
            evaluators_.emplace_back(base, one, set.as_of, known_at);
            std::vector<const Definition*> row;
            for (const std::string& id : set.definition_ids) row.push_back(one.agreement->definition(id));
            definitions_.push_back(std::move(row));
        }
    }

    /// Trajectories from..to - 1. With `traces`, one more for each result.
    void run(std::uint32_t from, std::uint32_t to, Part& part, std::vector<Trace>* traces = nullptr) {
        traces_ = traces;
        part.results.reserve(static_cast<std::size_t>(to - from) * set_.definition_ids.size());
        for (std::uint32_t trajectory = from; trajectory < to; ++trajectory) {
            std::fill(built_.begin(), built_.end(), false);
            for (std::size_t definition = 0; definition < set_.definition_ids.size(); ++definition)
                if (wanted_[definition] != 0) one(trajectory, definition, part);
        }
    }

  private:
    const History& history(std::size_t version, std::uint32_t trajectory) {
        if (!built_[version]) {
            const std::int32_t known_at = set_.known_at ? set_.known_at->days() : kOpenEnd;
            histories_[version].build(base_, prepared_[version], trajectory, set_.as_of.days(), known_at);
            built_[version] = true;
            ignored_[version] = {};
        }
        return histories_[version];
    }

    /// S38.
    std::optional<std::size_t> version_for(std::uint32_t trajectory, std::size_t definition) {
        for (std::size_t version = 0; version < prepared_.size(); ++version) {
            const Agreement& agreement = *prepared_[version].agreement;
            Date date = Date::from_days(base_.trajectories()[trajectory].start);
            if (agreement.applies_by == AppliesBy::ReportDate) date = set_.as_of;
            const Definition* d = definitions_[version][definition];
            const bool by_anchor = d != nullptr && (d->kind == DefinitionKind::StillParticipating ||
                                                    d->kind == DefinitionKind::ReEnrolment || d->anchor == "first_effective_enrolment");
            if (agreement.applies_by == AppliesBy::IndexEvent && by_anchor)
                if (const Enrolment* anchor = history(version, trajectory).anchor()) date = Date::from_days(anchor->effective);
            if (agreement.effective_from <= date && (!agreement.effective_to || date <= *agreement.effective_to)) return version;
        }
        return std::nullopt;
    }

    void one(std::uint32_t trajectory, std::size_t definition, Part& part) {
        const auto version = version_for(trajectory, definition);
        if (!version) {
            Classification none;
            none.trajectory = trajectory;
            none.definition = static_cast<std::uint16_t>(definition);
            none.status = Status::Excluded;
            none.reason = Reason::NoAgreement;
            none.rule = 38;
            none.started = base_.trajectories()[trajectory].start <= set_.as_of.days();
            part.results.push_back(none);
            if (traces_ != nullptr) traces_->push_back({{38, Mark::Cross, 0, "no_agreement", {}, {}}});
            return;
        }
        const Definition* d = definitions_[*version][definition];
        if (d == nullptr) return;  // the version in force does not have this definition
        const History& facts = history(*version, trajectory);
        Trace* trace = traces_ == nullptr ? nullptr : &traces_->emplace_back();
        evaluators_[*version].evaluate(facts, trajectory, *d, verdict_, trace);
        Classification& head = verdict_.head;
        head.definition = static_cast<std::uint16_t>(definition);
        head.agreement = static_cast<std::uint16_t>(*version);
        head.evidence = append(part.evidence, verdict_.evidence);
        head.near_misses = append(part.near_misses, verdict_.near_misses);
        if (ignored_[*version].count == 0) ignored_[*version] = append(part.ignored, facts.ignored());
        head.ignored = ignored_[*version];
        part.results.push_back(head);
    }

    template <typename T, typename From>
    static Slice append(std::vector<T>& all, const From& some) {
        const Slice slice{static_cast<std::uint32_t>(all.size()), static_cast<std::uint32_t>(some.size())};
        all.insert(all.end(), some.begin(), some.end());
        return slice;
    }

    const FactBase& base_;
    const ClassificationSet& set_;
    const std::vector<PreparedAgreement>& prepared_;
    const std::vector<char>& wanted_;
    std::vector<Evaluator> evaluators_;                        // by version
    std::vector<std::vector<const Definition*>> definitions_;  // by version, definition
    std::vector<History> histories_;                           // by version, of the trajectory at hand
    std::vector<char> built_;
    std::vector<Slice> ignored_;
    Verdict verdict_;
    std::vector<Trace>* traces_ = nullptr;
};

void take_over(ClassificationSet& set, Part& part) {
    if (set.results.empty()) {
        set.results = std::move(part.results);
        set.evidence = std::move(part.evidence);
        set.near_misses = std::move(part.near_misses);
        set.ignored = std::move(part.ignored);
        return;
    }
    const auto moved = [](Slice& slice, std::size_t by) { slice.begin += static_cast<std::uint32_t>(by); };
    for (Classification& result : part.results) {
        moved(result.evidence, set.evidence.size());
        moved(result.near_misses, set.near_misses.size());
        moved(result.ignored, set.ignored.size());
    }
    set.results.insert(set.results.end(), part.results.begin(), part.results.end());
    set.evidence.insert(set.evidence.end(), part.evidence.begin(), part.evidence.end());
    set.near_misses.insert(set.near_misses.end(), part.near_misses.begin(), part.near_misses.end());
    set.ignored.insert(set.ignored.end(), part.ignored.begin(), part.ignored.end());
    part = Part();
}

std::vector<char> wanted_definitions(const ClassificationSet& set, const std::vector<std::string>& filter) {
    std::vector<char> wanted(set.definition_ids.size(), filter.empty());
    for (const std::string& id : filter) {
        const auto found = std::find(set.definition_ids.begin(), set.definition_ids.end(), id);
        if (found == set.definition_ids.end()) {
            std::string known;
            for (const std::string& other : set.definition_ids) known += (known.empty() ? "" : ", ") + other;
            throw Error(Exit::Usage, "RUL-001", {{"value", id}, {"known", known}});
        }
        wanted[static_cast<std::size_t>(found - set.definition_ids.begin())] = 1;
    }
    return wanted;
}

}  // namespace

namespace {

/// The answer before anything was judged: dates, versions in order, definitions in the order of the first version that has them.
ClassificationSet empty_set(std::span<const Agreement> agreements, const ClassifyRequest& request) {
    ClassificationSet set;
    set.as_of = request.as_of;
    set.known_at = request.known_at;
    set.agreements = order_versions({agreements.begin(), agreements.end()});
    for (const Agreement& agreement : set.agreements)
        for (const Definition& definition : agreement.definitions)
            if (std::find(set.definition_ids.begin(), set.definition_ids.end(), definition.id) == set.definition_ids.end())
                set.definition_ids.push_back(definition.id);
    return set;
}

std::vector<PreparedAgreement> prepare(const FactBase& base, const ClassificationSet& set) {
    std::vector<PreparedAgreement> prepared;
    for (const Agreement& agreement : set.agreements) prepared.emplace_back(base, agreement);
    return prepared;
}

}  // namespace

ClassificationSet classify_traced(const FactBase& base, std::span<const Agreement> agreements, const ClassifyRequest& request,
                                  std::uint32_t trajectory, std::vector<Trace>& traces) {
    ClassificationSet set = empty_set(agreements, request);
    const std::vector<char> wanted = wanted_definitions(set, request.definitions);
    const std::vector<PreparedAgreement> prepared = prepare(base, set);
    Part part;
    Worker(base, set, prepared, wanted).run(trajectory, trajectory + 1, part, &traces);
    take_over(set, part);
    return set;
}

ClassificationSet classify(const FactBase& base, std::span<const Agreement> agreements, const ClassifyRequest& request) {
    ClassificationSet set = empty_set(agreements, request);
    const std::vector<char> wanted = wanted_definitions(set, request.definitions);
    const std::vector<PreparedAgreement> prepared = prepare(base, set);

    const auto total = static_cast<std::uint32_t>(base.trajectories().size());
    const std::uint32_t shares = total < 2000 ? 1 : std::clamp(request.threads, 1U, 64U);
    std::vector<Part> parts(shares);
    std::vector<std::exception_ptr> failures(shares);
    const auto share = [&](std::uint32_t i) {
        try {
            Worker worker(base, set, prepared, wanted);
            const auto at = [&](std::uint64_t n) { return static_cast<std::uint32_t>(total * n / shares); };
            worker.run(at(i), at(i + 1), parts[i]);
        } catch (...) {
            failures[i] = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::uint32_t i = 1; i < shares; ++i) threads.emplace_back(share, i);
        share(0);
    }
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
    std::size_t results = 0;
    for (const Part& part : parts) results += part.results.size();
    parts[0].results.reserve(results);
    for (Part& part : parts) take_over(set, part);
    return set;
}

std::string Classification::first_failed_rule() const {
    if (rule == 0 || status == Status::Achieved || status == Status::Pending) return {};
    return "S" + std::to_string(rule);
}

const Definition* ClassificationSet::definition_of(const Classification& c) const {
    const Agreement* agreement = agreement_of(c);
    return agreement == nullptr ? nullptr : agreement->definition(definition_ids[c.definition]);
}

std::string ClassificationSet::rules_hash() const {
    if (agreements.size() == 1) return agreements.front().rules_hash;
    std::string joined;
    for (const Agreement& agreement : agreements) joined += agreement.rules_hash + "\n";
    return to_hex(sha256(joined));
}

std::string_view reason_code(const FactBase& base, const Classification& c) {
    return c.reason == Reason::Competing ? base.code(c.competing) : name(c.reason);
}

std::vector<PersonResult> rollup_by_person(const FactBase& base, const ClassificationSet& set) {
    // The newest version tells the order; without any version the reference's order.
    std::vector<Status> order{Status::Achieved, Status::Pending, Status::Unknown, Status::NotAchieved, Status::Excluded};
    if (!set.agreements.empty()) order = set.agreements.back().child_rollup;
    const auto rank = [&](Status status) { return std::find(order.begin(), order.end(), status) - order.begin(); };
    std::vector<std::uint32_t> by_person(set.results.size());
    std::iota(by_person.begin(), by_person.end(), 0U);
    const auto key = [&](std::uint32_t i) {
        const Classification& c = set.results[i];
        const std::uint32_t person = base.trajectories()[c.trajectory].person;
        return std::tuple(person, person == kNone ? c.trajectory : 0U, c.definition, i);
    };
    std::sort(by_person.begin(), by_person.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    std::vector<PersonResult> people;
    std::uint32_t last_trajectory = kNone;
    for (const std::uint32_t i : by_person) {
        const Classification& c = set.results[i];
        const std::uint32_t person = base.trajectories()[c.trajectory].person;
        const bool same = !people.empty() && people.back().person == person && people.back().definition == c.definition &&
                          (person != kNone || last_trajectory == c.trajectory);
        last_trajectory = c.trajectory;
        if (!same) people.push_back({person, c.definition, i, {}});
        PersonResult& result = people.back();
        result.results.push_back(i);
        if (rank(c.status) < rank(set.results[result.deciding].status)) result.deciding = i;
    }
    return people;
}

}  // namespace brugwacht
