#include "engine/disclosure/problem.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <queue>

namespace brugwacht {

namespace {

constexpr std::size_t kLongestMove = 8;
constexpr int kMostSteps = 400;             // of one search; giving up is safe: what is not proven is not released
constexpr std::int64_t kAllSteps = 80'000;  // of all searches; then only proofs at hand count
constexpr std::array<std::int64_t, 4> kDeltas = {1, -1, 2, -2};

struct Path {
    std::int64_t cost = 0;
    std::size_t order = 0;  // of making, so that equal costs are always taken in the same order
    Move move;
};

struct Dearer {
    bool operator()(const Path& a, const Path& b) const {
        if (a.cost != b.cost) return a.cost > b.cost;
        if (a.move.size() != b.move.size()) return a.move.size() > b.move.size();
        return a.order > b.order;
    }
};

bool contains(const Move& move, std::size_t unknown) {
    return std::any_of(move.begin(), move.end(), [unknown](const auto& step) { return step.first == unknown; });
}

}  // namespace

std::size_t Problem::unknown(const std::string& population, std::int64_t value, bool& consistent) {
    const auto [at, fresh] = index_.try_emplace(population, unknowns_.size());
    if (fresh) {
        Unknown u;
        u.population = population;
        u.value = value;
        unknowns_.push_back(std::move(u));
    } else if (unknowns_[at->second].value != value) {
        consistent = false;
    }
    return at->second;
}

void Problem::add(Sum sum) { sums_.push_back(std::move(sum)); }

void Problem::link() {
    sums_of_.assign(unknowns_.size(), {});
    proofs_.assign(unknowns_.size(), {});
    for (std::size_t s = 0; s < sums_.size(); ++s) {
        sums_of_[sums_[s].total].push_back(s);
        for (const std::size_t part : sums_[s].parts) sums_of_[part].push_back(s);
    }
}

bool Problem::search(std::size_t unknown, std::int64_t delta, std::size_t insider, bool may_withhold, Move& move,
                     std::int64_t& cost) const {
    if (unknowns_[unknown].value + delta < 0 || unknowns_[unknown].shown || unknowns_[unknown].fixed) return false;
    std::priority_queue<Path, std::vector<Path>, Dearer> open;
    std::size_t made = 0;
    open.push({0, made++, {{unknown, delta}}});
    for (int step = 0; step < kMostSteps && steps_ < kAllSteps && !open.empty(); ++step, ++steps_) {
        const Path path = open.top();
        open.pop();
        // What every touched sum is now out by; the one with the fewest ways to mend it comes first.
        std::size_t broken = kNobody;
        std::int64_t out_by = 0;
        std::size_t fewest = std::numeric_limits<std::size_t>::max();
        for (const auto& [changed, by] : path.move) {
            static_cast<void>(by);
            for (const std::size_t s : sums_of_[changed]) {
                const Sum& sum = sums_[s];
                std::int64_t residual = 0;
                std::size_t free = 0;
                const auto look = [&](std::size_t v, std::int64_t sign) {
                    for (const auto& [w, d] : path.move)
                        if (w == v) {
                            residual += sign * d;
                            return;
                        }
                    const Unknown& u = unknowns_[v];
                    if (!u.fixed && v != insider && (!u.shown || (may_withhold && u.value > 0))) ++free;
                };
                look(sum.total, -1);
                for (const std::size_t part : sum.parts) look(part, 1);
                if (residual != 0 && free < fewest) {
                    broken = s;
                    out_by = residual;
                    fewest = free;
                }
            }
        }
        if (broken == kNobody) {
            move = path.move;
            cost = path.cost;
            return true;
        }
        if (path.move.size() >= kLongestMove) continue;
        const auto extend = [&](std::size_t v, std::int64_t by) {
            const Unknown& u = unknowns_[v];
            if (u.fixed || v == insider || contains(path.move, v) || u.value + by < 0) return;
            if (u.shown && (!may_withhold || u.value == 0)) return;  // a zero hides nothing
            Path longer = path;
            longer.move.emplace_back(v, by);
            longer.cost += u.shown ? u.weight : 0;
            longer.order = made++;
            open.push(std::move(longer));
        };
        const Sum& sum = sums_[broken];
        const std::int64_t half = out_by / 2;
        for (const std::size_t part : sum.parts) {
            extend(part, -out_by);
            if (half != 0) extend(part, -half);
        }
        extend(sum.total, out_by);
        if (half != 0) extend(sum.total, half);
    }
    return false;
}

bool Problem::proves(const Move& move, std::size_t insider) const {
    for (const auto& [v, by] : move) {
        const Unknown& u = unknowns_[v];
        if (u.shown || u.fixed || v == insider || u.value + by < 0) return false;
        for (const std::size_t s : sums_of_[v]) {
            std::int64_t residual = 0;
            for (const auto& [w, d] : move) {
                if (w == sums_[s].total) residual -= d;
                residual += d * std::count(sums_[s].parts.begin(), sums_[s].parts.end(), w);
            }
            if (residual != 0) return false;
        }
    }
    return true;
}

int Problem::alternatives(std::size_t unknown, int wanted, std::size_t insider) const {
    int found = 0;
    for (const std::int64_t delta : kDeltas) {
        std::vector<Move>& proofs = proofs_[unknown];
        const bool known =
            std::any_of(proofs.begin(), proofs.end(), [&](const Move& move) { return move[0].second == delta && proves(move, insider); });
        if (known && ++found >= wanted) return found;
    }
    for (const std::int64_t delta : kDeltas) {
        std::vector<Move>& proofs = proofs_[unknown];
        const bool known =
            std::any_of(proofs.begin(), proofs.end(), [&](const Move& move) { return move[0].second == delta && proves(move, insider); });
        if (known) continue;
        Move move;
        std::int64_t cost = 0;
        if (!search(unknown, delta, insider, false, move, cost) || !proves(move, insider)) continue;
        proofs.push_back(std::move(move));
        if (++found >= wanted) return found;
    }
    return found;
}

bool Problem::protect(std::size_t unknown, int wanted, std::size_t insider) {
    unknowns_[unknown].shown = false;
    while (alternatives(unknown, wanted, insider) < wanted) {
        Move best;
        std::int64_t best_cost = 0;
        for (const std::int64_t delta : kDeltas) {
            Move move;
            std::int64_t cost = 0;
            if (!search(unknown, delta, insider, true, move, cost) || cost == 0) continue;  // price 0: it is there already
            if (best.empty() || cost < best_cost) {
                best = move;
                best_cost = cost;
            }
        }
        if (best.empty()) return false;
        for (const auto& [v, by] : best) {
            static_cast<void>(by);
            unknowns_[v].shown = false;
        }
    }
    return true;
}

bool Problem::withhold_around(std::size_t unknown) {
    bool any = unknowns_[unknown].shown;
    unknowns_[unknown].shown = false;
    for (const std::size_t s : sums_of_[unknown]) {
        const auto hide = [&](std::size_t v) {
            any = any || unknowns_[v].shown;
            unknowns_[v].shown = false;
        };
        hide(sums_[s].total);
        for (const std::size_t part : sums_[s].parts) hide(part);
    }
    return any;
}

}  // namespace brugwacht
