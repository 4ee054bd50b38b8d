#include "engine/rules/history.hpp"

#include <algorithm>
#include <tuple>

namespace brugwacht {

PreparedAgreement::PreparedAgreement(const FactBase& base, const Agreement& from) : agreement(&from) {
    const std::size_t codes = base.code_count();
    type_by_code.resize(codes);
    competing_by_code.resize(codes);
    strategy_in_scope.resize(codes);
    for (std::size_t i = 0; i < codes; ++i) {
        const std::string_view code = base.code(static_cast<std::uint16_t>(i));
        type_by_code[i] = &from.club_type(code);
        competing_by_code[i] = i != 0 && std::find(from.competing.begin(), from.competing.end(), code) != from.competing.end();
        strategy_in_scope[i] =
            i == 0 || from.strategies.empty() || std::find(from.strategies.begin(), from.strategies.end(), code) != from.strategies.end();
    }
}

std::int32_t days_within(std::span<const DaySpan> spans, std::int32_t from, std::int32_t to) {
    std::int32_t days = 0;
    for (const DaySpan& span : spans) {
        const std::int32_t first = std::max(span.from, from);
        const std::int32_t last = std::min(span.to, to);
        if (first <= last) days += last - first + 1;
    }
    return days;
}

std::int32_t year_of(const FactBase& base, const PreparedAgreement& agreement, const Fact& fact) {
    return fact.year != kNoYear ? fact.year : agreement.type_of(base, fact.club).year_of(Date::from_days(fact.date));
}

void join_spans(std::vector<DaySpan>& spans) {
    std::sort(spans.begin(), spans.end(),
              [](const DaySpan& a, const DaySpan& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
    std::size_t kept = 0;
    for (const DaySpan& span : spans) {
        if (kept != 0 && (spans[kept - 1].to == kOpenEnd || span.from <= spans[kept - 1].to + 1)) {
            spans[kept - 1].to = std::max(spans[kept - 1].to, span.to);
        } else {
            spans[kept++] = span;
        }
    }
    spans.resize(kept);
}

bool covers(std::span<const DaySpan> spans, std::int32_t day) {
    return std::any_of(spans.begin(), spans.end(), [&](const DaySpan& span) { return span.from <= day && day <= span.to; });
}

void History::build(const FactBase& base, const PreparedAgreement& agreement, std::uint32_t trajectory, std::int32_t as_of,
                    std::int32_t known_at) {
    facts_.clear();
    enrolments_.clear();
    stops_.clear();
    enrol_facts_.clear();
    stop_facts_.clear();
    closes_.clear();
    given_.clear();
    pauses_.clear();
    supports_.clear();
    ignored_.clear();
    cancelled_.clear();
    undone_.clear();
    untouched_.clear();
    lost_ = nullptr;
    anchor_ = nullptr;
    provisional_runs_ = false;

    gather(base, trajectory, as_of, known_at);
    weigh_stops(base, agreement);
    group_enrolments(base, agreement, as_of);
    for (const Enrolment& enrolment : enrolments_) {
        if (enrolment.state == Enrolment::State::Effective && anchor_ == nullptr) anchor_ = &enrolment;
        if (enrolment.state == Enrolment::State::Provisional) provisional_runs_ = true;
    }
}

namespace {

/// Two facts of one type, day and club that say different things; which of two reasons counts is weighed later.
bool differ(const Fact& a, const Fact& b) {
    switch (a.type) {
        case FactType::Pause:
        case FactType::Support:
            return a.to != b.to || a.kind != b.kind;
        case FactType::Enrol:
            return a.year != kNoYear && b.year != kNoYear && a.year != b.year;
        case FactType::Stop:
        case FactType::Close:
            return a.reason != 0 && b.reason != 0 && a.reason != b.reason;
        default:
            return a.type == FactType::Other;
    }
}

}  // namespace

/// S4: the same type, day and club is one fact; what one source left blank, the other fills in.
void History::add_existing(const Fact& fact) {
    for (auto at = facts_.rbegin(); at != facts_.rend() && at->date == fact.date && at->type == fact.type; ++at) {
        if (at->club != fact.club || differ(*at, fact)) continue;
        if (at->year == kNoYear) at->year = fact.year;
        if (at->reason == 0) at->reason = fact.reason;
        if (at->enrol_kind == EnrolKind::Unstated) at->enrol_kind = fact.enrol_kind;
        return;
    }
    facts_.push_back(fact);
}

void History::gather(const FactBase& base, std::uint32_t trajectory, std::int32_t as_of, std::int32_t known_at) {
    for (const Fact& fact : base.unused(trajectory)) {
        const IgnoredWhy why = fact.date > as_of          ? IgnoredWhy::AfterAsOf
                               : fact.recorded > known_at ? IgnoredWhy::AfterKnownAt
                                                          : IgnoredWhy::NoTrajectory;
        ignored_.push_back({fact.key, why});
    }
    for (const Fact& fact : base.facts(trajectory)) {
        if (fact.date > as_of) {
            ignored_.push_back({fact.key, IgnoredWhy::AfterAsOf});
        } else if (fact.recorded > known_at) {
            ignored_.push_back({fact.key, IgnoredWhy::AfterKnownAt});
        } else if ((fact.type == FactType::Pause || fact.type == FactType::Support) && fact.to < fact.date) {
            ignored_.push_back({fact.key, IgnoredWhy::ImpossibleDate});
        } else {
            add_existing(fact);
        }
    }
    for (const Fact& fact : facts_) {
        switch (fact.type) {
            case FactType::Enrol:
                enrol_facts_.push_back(&fact);
                break;
            case FactType::Stop:
                stop_facts_.push_back(&fact);
                break;
            case FactType::Close:
                closes_.push_back(&fact);
                break;
            case FactType::Pause:
                pauses_.push_back({fact.date, fact.to});
                break;
            case FactType::Support:
                supports_.push_back({fact.date, fact.to});
                break;
            case FactType::Lost:
                if (lost_ == nullptr) lost_ = &fact;
                break;
            default:
                break;
        }
    }
    if (pauses_.size() > 1) join_spans(pauses_);
    if (supports_.size() > 1) join_spans(supports_);
}

/// S8: which stops count. A stop without a club is a stop of everything.
void History::weigh_stops(const FactBase& base, const PreparedAgreement& agreement) {
    for (const Fact* stop : stop_facts_) {
        const bool all = stop->club == kNone;
        bool same_day = false;   // a provisional enrolment on that day, at a club without an earlier one
        bool cancelled = false;  // an enrolment on that day, at a club with an earlier one
        bool hits = false;       // a club with an earlier enrolment and none on that day
        const auto has_earlier = [&](std::uint32_t club) {
            return std::any_of(enrol_facts_.begin(), enrol_facts_.end(),
                               [&](const Fact* e) { return e->club == club && e->date < stop->date; });
        };
        const auto has_same_day = [&](std::uint32_t club) {
            return std::any_of(enrol_facts_.begin(), enrol_facts_.end(),
                               [&](const Fact* e) { return e->club == club && e->date == stop->date; });
        };
        for (const Fact* enrol : enrol_facts_) {
            if (enrol->date > stop->date || (!all && enrol->club != stop->club)) continue;
            if (enrol->date == stop->date) {
                if (has_earlier(enrol->club)) {
                    cancelled = true;
                    cancel(*stop, enrol->club);
                } else if (effective_on(base, agreement, *enrol, year_of(base, agreement, *enrol)) > enrol->date) {
                    same_day = true;
                } else {
                    untouched_.push_back({enrol->date, enrol->club});
                }
            } else if (!has_same_day(enrol->club)) {
                hits = true;
            }
        }
        if (hits || (all && !cancelled)) {
            stops_.push_back({stop, all, hits});
        } else if (cancelled) {
            ignored_.push_back({stop->key, IgnoredWhy::CancelledOut});
        } else if (same_day && !all) {
            stops_.push_back({stop, all, false});  // voids a provisional enrolment of that day
        } else {
            ignored_.push_back({stop->key, IgnoredWhy::StopWithoutEnrolment});
        }
    }
}

bool History::stop_hits(const ValidStop& stop, std::uint32_t club) const {
    if (!stop.all && stop.fact->club != club) return false;
    const DayAndClub at{stop.fact->date, club};
    return std::find(cancelled_.begin(), cancelled_.end(), at) == cancelled_.end() &&
           std::find(undone_.begin(), undone_.end(), at) == undone_.end() &&
           std::find(untouched_.begin(), untouched_.end(), at) == untouched_.end();
}

/// A stop at the club in from..before - 1. A stop of everything that ends another club spares an enrolment of the same day.
bool History::stop_between(std::uint32_t club, std::int32_t from, std::int32_t before) const {
    return std::any_of(stops_.begin(), stops_.end(), [&](const ValidStop& stop) {
        const std::int32_t day = stop.fact->date;
        return day >= from && day < before && !(day == from && stop.all && stop.ends_earlier) && stop_hits(stop, club);
    });
}

bool History::runs_before(std::uint32_t club, std::int32_t day) const {
    return std::any_of(enrol_facts_.begin(), enrol_facts_.end(), [&](const Fact* enrol) {
        return enrol->club == club && enrol->date < day && !stop_between(club, enrol->date, day) &&
               std::find(undone_.begin(), undone_.end(), DayAndClub{enrol->date, club}) == undone_.end();
    });
}

void History::cancel(const Fact& stop, std::uint32_t club) {
    const DayAndClub at{stop.date, club};
    std::vector<DayAndClub>& list = runs_before(club, stop.date) ? cancelled_ : undone_;
    if (std::find(list.begin(), list.end(), at) == list.end()) list.push_back(at);
}

/// S7.
std::int32_t History::effective_on(const FactBase& base, const PreparedAgreement& agreement, const Fact& enrol, std::int32_t year) const {
    const ClubType& type = agreement.type_of(base, enrol.club);
    const bool provisional = enrol.enrol_kind == EnrolKind::Unstated ? type.provisional : enrol.enrol_kind == EnrolKind::Provisional;
    return provisional ? std::max(enrol.date, type.provisional_until(Date::from_days(enrol.date), year).days()) : enrol.date;
}

void History::group_enrolments(const FactBase& base, const PreparedAgreement& agreement, std::int32_t as_of) {
    for (const Fact* fact : enrol_facts_) {
        if (std::find(undone_.begin(), undone_.end(), DayAndClub{fact->date, fact->club}) != undone_.end()) {
            ignored_.push_back({fact->key, IgnoredWhy::CancelledOut});
            continue;
        }
        given_.push_back({fact, year_of(base, agreement, *fact)});
    }
    // By club and year, in order of date.
    std::stable_sort(given_.begin(), given_.end(),
                     [](const Given& a, const Given& b) { return std::tie(a.fact->club, a.year) < std::tie(b.fact->club, b.year); });
    for (std::size_t i = 0; i < given_.size();) {
        const Fact& first = *given_[i].fact;
        const std::int32_t year = given_[i].year;
        Enrolment enrolment{first.club, year, first.date, kOpenEnd, kOpenEnd, &first, Enrolment::State::Effective};
        std::size_t j = i;
        for (; j < given_.size() && given_[j].fact->club == first.club && given_[j].year == year; ++j) {
            const Fact& member = *given_[j].fact;
            if (j > i && stop_between(first.club, given_[j - 1].fact->date, member.date)) break;
            if (j > i && std::find(cancelled_.begin(), cancelled_.end(), DayAndClub{member.date, member.club}) != cancelled_.end())
                ignored_.push_back({member.key, IgnoredWhy::CancelledOut});
            const std::int32_t effective = effective_on(base, agreement, member, year);
            if (effective < enrolment.effective) {
                enrolment.effective = effective;
                enrolment.fact = &member;
            }
        }
        if (stop_between(enrolment.club, enrolment.date, enrolment.effective)) {
            enrolment.state = Enrolment::State::Voided;
        } else if (enrolment.effective > as_of) {
            enrolment.state = Enrolment::State::Provisional;
        }
        enrolments_.push_back(enrolment);
        i = j;
    }
    std::sort(enrolments_.begin(), enrolments_.end(), [](const Enrolment& a, const Enrolment& b) {
        return std::tie(a.effective, a.date, a.club, a.year) < std::tie(b.effective, b.date, b.club, b.year);
    });
    for (Enrolment& enrolment : enrolments_) {
        if (enrolment.state != Enrolment::State::Effective) continue;
        for (const ValidStop& stop : stops_) {
            if (stop.fact->date < enrolment.effective || stop.fact->date == enrolment.date || !stop_hits(stop, enrolment.club)) continue;
            enrolment.ended = stop.fact->date;
            break;
        }
    }
}

}  // namespace brugwacht
