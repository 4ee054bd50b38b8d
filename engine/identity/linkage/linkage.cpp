#include "engine/identity/linkage/linkage.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "engine/identity/linkage/blocking.hpp"
#include "engine/identity/linkage/clusters.hpp"
#include "engine/identity/linkage/explain.hpp"
#include "engine/identity/linkage/judge.hpp"
#include "engine/identity/linkage/model.hpp"

namespace brugwacht {
namespace {

/// Pairs from which the model is learnt.
constexpr std::uint64_t kStrangerPairs = 200000, kCandidatePairs = 300000;
/// Pairs to compare at most, about: the size of blocks follows from it.
constexpr double kPairsPerPass = 1e7;
constexpr std::size_t kSmallestBlock = 32, kLargestBlock = 1000;
/// Two partners of one record, who are not one person, must differ so much in weight for the better one to be taken.
constexpr double kAmbiguousWithin = 4.0;
constexpr std::size_t kMostPartners = 64;
/// Shares are summed as whole numbers, so that the sum does not depend on the order.
constexpr double kFine = 1U << 20;

struct Pair {
    std::uint32_t a = 0, b = 0;  // positions; a before b in the order of source_key
    friend auto operator<=>(const Pair&, const Pair&) = default;
};

struct Candidate {
    std::uint32_t rank_a = 0, rank_b = 0;
    float weight = 0;
    LinkZone zone = LinkZone::Different;
    bool vetoed = false, decided = false;
    bool before(const Candidate& other) const { return rank_a != other.rank_a ? rank_a < other.rank_a : rank_b < other.rank_b; }
};

std::uint64_t key_of(std::uint32_t a, std::uint32_t b) { return std::uint64_t{std::min(a, b)} << 32 | std::max(a, b); }

double share_of(double weight) { return 1 / (1 + std::exp2(-weight)); }

/// Runs `work(i)` for every i below `count` on so many threads; each thread takes the next one that is free.
template <typename Work>
void in_parallel(unsigned threads, std::size_t count, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&](unsigned thread) {
        for (std::size_t i = next++; i < count; i = next++) work(i, thread);
    };
    std::vector<std::jthread> helpers;
    for (unsigned t = 1; t < threads; ++t) helpers.emplace_back(run, t);
    run(0);
}

}  // namespace

struct Linkage::Impl {
    explicit Impl(LinkSettings given) : settings(std::move(given)) { settings.threads = std::clamp(settings.threads, 1U, 64U); }

    struct Known {
        std::int64_t id = 0;
        std::size_t key_end = 0;  // in `keys`
        std::uint64_t cluster = 0;
    };

    LinkSettings settings;
    FeatureTable features;
    std::string keys;
    std::vector<Known> known;
    std::vector<std::uint32_t> order, ranks;  // positions by source_key, and back
    std::vector<bool> fresh;                  // empty = all
    Model model_;

    // Decisions by positions.
    std::unordered_map<std::uint64_t, LinkAnswer> decided;
    std::uint64_t stale = 0;

    std::string_view key(std::uint32_t position) const {
        const std::size_t begin = position == 0 ? 0 : known[position - 1].key_end;
        return std::string_view(keys).substr(begin, known[position].key_end - begin);
    }

    void sort_records() {
        order.resize(known.size());
        ranks.resize(known.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            const int c = key(a).compare(key(b));
            return c != 0 ? c < 0 : known[a].id < known[b].id;
        });
        for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
    }

    bool comparable(std::uint32_t a, std::uint32_t b) const {
        return a != b && features[a].linkable && features[b].linkable && features[a].island == features[b].island;
    }

    void read_decisions(const std::vector<LinkDecision>& decisions) {
        std::unordered_map<std::int64_t, std::uint32_t> position_of;
        for (const LinkDecision& d : decisions) position_of.emplace(d.a, UINT32_MAX), position_of.emplace(d.b, UINT32_MAX);
        if (!position_of.empty())
            for (std::uint32_t p = 0; p < known.size(); ++p)
                if (const auto found = position_of.find(known[p].id); found != position_of.end()) found->second = p;
        std::map<std::pair<std::int64_t, std::int64_t>, LinkAnswer> last;
        for (const LinkDecision& d : decisions) last[std::minmax(d.a, d.b)] = d.answer;
        for (const auto& [pair, answer] : last) {
            const std::uint32_t a = position_of[pair.first], b = position_of[pair.second];
            if (a == UINT32_MAX || b == UINT32_MAX || !comparable(a, b))
                ++stale;
            else
                decided[key_of(a, b)] = answer;
        }
    }

    std::optional<LinkAnswer> answer(std::uint32_t a, std::uint32_t b) const {
        const auto found = decided.find(key_of(a, b));
        return found == decided.end() ? std::nullopt : std::optional(found->second);
    }

    /// Records without a cluster, and those of clusters that a decision touches.
    void find_fresh() {
        if (settings.whole) return;
        std::unordered_set<std::uint64_t> touched;
        for (const auto& [pair, answer] : decided) {
            touched.insert(known[pair >> 32].cluster);
            touched.insert(known[pair & UINT32_MAX].cluster);
        }
        fresh.resize(known.size());
        for (std::size_t p = 0; p < known.size(); ++p) fresh[p] = known[p].cluster == 0 || touched.contains(known[p].cluster);
    }

    /// The same for (a, b) and (b, a).
    Comparison comparison(std::uint32_t a, std::uint32_t b) const {
        if (ranks[b] < ranks[a]) std::swap(a, b);
        return compare(features, features[a], features[b]);
    }

    /// False for records of one generation, as children are.
    bool of_all_ages() const {
        constexpr int kGeneration = 30;
        constexpr double kMost = 0.7;
        std::vector<std::size_t> born(10001, 0);  // by year, then of all years up to and including it
        std::size_t known_years = 0;
        for (std::size_t p = 0; p < features.size(); ++p)
            if (features[p].birth.year != 0) ++born[std::min<std::size_t>(features[p].birth.year, born.size() - 1)], ++known_years;
        std::partial_sum(born.begin(), born.end(), born.begin());
        std::size_t most = 0;
        for (std::size_t year = kGeneration; year < born.size(); ++year) most = std::max(most, born[year] - born[year - kGeneration]);
        return known_years > 0 && static_cast<double>(most) < kMost * static_cast<double>(known_years);
    }

    /// Pairs at random, the same for the same records.
    std::vector<Comparison> strangers() const {
        std::vector<std::uint32_t> linkable;
        for (const std::uint32_t p : order)
            if (features[p].linkable) linkable.push_back(p);
        const std::uint64_t n = linkable.size();
        std::vector<Comparison> out;
        if (n < 2) return out;
        if (n * (n - 1) / 2 <= kStrangerPairs) {
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i + 1; j < n; ++j) out.push_back(comparison(linkable[i], linkable[j]));
            return out;
        }
        for (std::uint64_t i = 0; i < kStrangerPairs; ++i) {
            const std::uint64_t random = mixed(i, n);
            const std::uint64_t a = (random >> 32) * n >> 32, b = (random & UINT32_MAX) * n >> 32;
            if (a != b) out.push_back(comparison(linkable[a], linkable[b]));
        }
        return out;
    }

    /// Calls visit(a, b, thread) for each pair that blocking proposes and `wanted` accepts; a before b.
    template <typename Wanted, typename Visit>
    void each_pair(const Blocks& blocks, const Wanted& wanted, const Visit& visit) const {
        in_parallel(settings.threads, blocks.blocks().size(), [&](std::size_t i, unsigned thread) {
            const Block& block = blocks.blocks()[i];
            const auto members = blocks.members(block);
            for (std::size_t x = 0; x < members.size(); ++x) {
                const std::size_t end = block.window == 0 ? members.size() : std::min<std::size_t>(members.size(), x + 1 + block.window);
                for (std::size_t y = x + 1; y < end; ++y) {
                    std::uint32_t a = members[x], b = members[y];
                    if (a == b || (!fresh.empty() && !fresh[a] && !fresh[b])) continue;
                    if (ranks[b] < ranks[a]) std::swap(a, b);
                    if (!wanted(a, b) || blocks.met_before(block, a, b)) continue;
                    visit(a, b, thread);
                }
            }
        });
    }

    Setting setting() const { return {model_.twins_occur(), model_.same_from()}; }

    /// The lowest weight from which all pairs that no rule keeps apart may be joined with few enough wrong ones among them.
    double lowest_same_from(std::span<const Comparison> sample) const {
        if (model_.twins_occur()) return kSameFrom;
        std::vector<double> weights;
        for (const Comparison& c : sample)
            if (const double weight = model_.weight(c); judge(c, weight, {false, kSameFromAtLeast}).zone == LinkZone::Same)
                weights.push_back(weight);
        std::sort(weights.begin(), weights.end(), std::greater<>());
        double lowest = kSameFrom, wrong = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            wrong += 1 - share_of(weights[i]);
            if (wrong > kMostExpectedFalse * static_cast<double>(i + 1)) break;
            lowest = std::min(lowest, weights[i]);
        }
        return lowest;
    }

    void learn(const Blocks& blocks) {
        model_ = Model();
        model_.set_records(known.size());
        model_.learn_strangers(strangers());
        const double share = std::min(1.0, static_cast<double>(kCandidatePairs) / std::max<double>(1, static_cast<double>(blocks.pairs())));
        const auto limit = static_cast<std::uint64_t>(share * static_cast<double>(UINT32_MAX));
        std::vector<std::vector<Pair>> found(settings.threads);
        each_pair(
            blocks, [&](std::uint32_t a, std::uint32_t b) { return (mixed(ranks[a], ranks[b]) >> 32) <= limit; },
            [&](std::uint32_t a, std::uint32_t b, unsigned thread) {
                found[thread].push_back({ranks[a], ranks[b]});
            });
        std::vector<Pair> sample;
        for (const std::vector<Pair>& part : found) sample.insert(sample.end(), part.begin(), part.end());
        std::sort(sample.begin(), sample.end());
        sample.erase(std::unique(sample.begin(), sample.end()), sample.end());
        std::vector<Comparison> comparisons;
        comparisons.reserve(sample.size());
        for (const Pair& pair : sample) comparisons.push_back(comparison(order[pair.a], order[pair.b]));
        model_.learn_same(comparisons, share, known.size());
        model_.judge_twins(of_all_ages());
        model_.set_same_from(lowest_same_from(comparisons));
    }

    struct Scored {
        std::vector<Candidate> candidates;
        std::uint64_t compared = 0;
        std::uint64_t matches = 0, missed = 0;  // expected, times kFine
    };

    Candidate judged(std::uint32_t a, std::uint32_t b, const Comparison& c, double weight) const {
        const Verdict verdict = judge(c, weight, setting());
        return {ranks[a], ranks[b], static_cast<float>(weight), verdict.zone, verdict.rule != Rule::None && weight >= model_.same_from(),
                false};
    }

    Scored score(const Blocks& blocks) const {
        std::vector<Scored> parts(settings.threads);
        const auto all_pairs = [](std::uint32_t, std::uint32_t) { return true; };
        each_pair(blocks, all_pairs, [&](std::uint32_t a, std::uint32_t b, unsigned thread) {
            Scored& part = parts[thread];
            ++part.compared;
            const Comparison c = comparison(a, b);
            const double weight = model_.weight(c);
            const auto fine = static_cast<std::uint64_t>(share_of(weight) * kFine);
            part.matches += fine;
            const Candidate candidate = judged(a, b, c, weight);
            if (candidate.zone == LinkZone::Different)
                part.missed += fine;
            else
                part.candidates.push_back(candidate);
        });
        Scored all;
        for (Scored& part : parts) {
            all.candidates.insert(all.candidates.end(), part.candidates.begin(), part.candidates.end());
            all.compared += part.compared;
            all.matches += part.matches;
            all.missed += part.missed;
            part.candidates = {};
        }
        std::sort(all.candidates.begin(), all.candidates.end(), [](const Candidate& x, const Candidate& y) { return x.before(y); });
        const auto twice = [](const Candidate& x, const Candidate& y) { return x.rank_a == y.rank_a && x.rank_b == y.rank_b; };
        all.candidates.erase(std::unique(all.candidates.begin(), all.candidates.end(), twice), all.candidates.end());
        return all;
    }

    /// Decisions take the place of what the model says; decided pairs that blocking did not propose are added.
    void apply_decisions(std::vector<Candidate>& candidates) const {
        if (decided.empty()) return;
        const auto zone_of = [](LinkAnswer answer, LinkZone otherwise) {
            return answer == LinkAnswer::Same        ? LinkZone::Same
                   : answer == LinkAnswer::Different ? LinkZone::Different
                                                     : std::min(otherwise, LinkZone::Review);
        };
        std::unordered_set<std::uint64_t> seen;
        for (Candidate& c : candidates) {
            const std::uint32_t a = order[c.rank_a], b = order[c.rank_b];
            const auto said = answer(a, b);
            if (!said) continue;
            seen.insert(key_of(a, b));
            c.decided = true;
            c.vetoed = false;
            c.zone = zone_of(*said, c.zone);
        }
        for (const auto& [pair, said] : decided) {
            if (seen.contains(pair)) continue;
            auto a = static_cast<std::uint32_t>(pair >> 32), b = static_cast<std::uint32_t>(pair & UINT32_MAX);
            if (ranks[b] < ranks[a]) std::swap(a, b);
            const Comparison c = comparison(a, b);
            Candidate candidate = judged(a, b, c, model_.weight(c));
            candidate.decided = true;
            candidate.vetoed = false;
            candidate.zone = zone_of(said, candidate.zone);
            candidates.push_back(candidate);
        }
        std::sort(candidates.begin(), candidates.end(), [](const Candidate& x, const Candidate& y) { return x.before(y); });
    }

    bool apart(std::uint32_t a, std::uint32_t b) const {
        if (const auto said = answer(a, b); said && *said != LinkAnswer::Unsure) return *said == LinkAnswer::Different;
        const Comparison c = comparison(a, b);
        return must_stay_apart(c, model_.weight(c), model_.twins_occur());
    }

    /// A record with two partners who cannot both be right, and about as good: neither is taken without a person looking.
    void find_ambiguous(std::vector<Candidate>& candidates) const {
        std::vector<std::vector<std::uint32_t>> partners;
        std::unordered_map<std::uint32_t, std::uint32_t> number;  // by rank
        const auto note = [&](std::uint32_t rank, std::uint32_t candidate) {
            const auto [found, added] = number.emplace(rank, static_cast<std::uint32_t>(partners.size()));
            if (added) partners.emplace_back();
            partners[found->second].push_back(candidate);
        };
        for (std::uint32_t i = 0; i < candidates.size(); ++i)
            if (candidates[i].zone == LinkZone::Same && !candidates[i].decided)
                note(candidates[i].rank_a, i), note(candidates[i].rank_b, i);
        std::vector<std::uint32_t> doubtful;
        for (const auto& [rank, index] : number) {
            const std::vector<std::uint32_t>& edges = partners[index];
            if (edges.size() < 2 || edges.size() > kMostPartners) continue;
            const auto other = [&, own = rank](std::uint32_t i) {
                return order[candidates[i].rank_a == own ? candidates[i].rank_b : candidates[i].rank_a];
            };
            for (std::size_t x = 0; x < edges.size(); ++x)
                for (std::size_t y = x + 1; y < edges.size(); ++y)
                    if (std::abs(candidates[edges[x]].weight - candidates[edges[y]].weight) < kAmbiguousWithin &&
                        apart(other(edges[x]), other(edges[y]))) {
                        doubtful.push_back(edges[x]);
                        doubtful.push_back(edges[y]);
                    }
        }
        for (const std::uint32_t i : doubtful) {
            candidates[i].zone = LinkZone::Review;
            candidates[i].vetoed = true;
        }
    }

    /// Equal for records that no comparison tells apart.
    std::vector<std::uint64_t> alike() const {
        std::vector<std::uint64_t> out(known.size());
        for (std::size_t p = 0; p < out.size(); ++p) {
            const Features& f = features[p];
            std::uint64_t h = mixed(mixed(f.given, f.family), mixed(f.call, f.birth_text));
            for (const std::uint32_t value :
                 {f.street, f.house, f.postcode, f.municipality, f.phone, f.guardian_phone, f.email, f.guardian_email, f.guardian,
                  f.household, f.member, f.source, static_cast<std::uint32_t>(f.gender)})
                h = mixed(h, value);
            out[p] = h;
        }
        for (const auto& [pair, said] : decided) {
            out[pair >> 32] = mixed(pair >> 32, 1);
            out[pair & UINT32_MAX] = mixed(pair & UINT32_MAX, 1);
        }
        return out;
    }

    std::vector<Pair> said(LinkAnswer answer) const {
        std::vector<Pair> out;  // ranks
        for (const auto& [pair, given] : decided)
            if (given == answer) {
                const auto [a, b] = std::minmax(ranks[pair >> 32], ranks[pair & UINT32_MAX]);
                out.push_back({a, b});
            }
        std::sort(out.begin(), out.end());
        return out;
    }

    /// Pairs said to be different that decisions of "same" make one person.
    std::vector<Contradiction> contradictions() const {
        Clusters said_same(known.size(), std::vector<std::uint64_t>(known.size(), 0), nullptr);
        for (const Pair& pair : said(LinkAnswer::Same)) said_same.join(pair.a, pair.b);
        std::vector<Contradiction> out;
        for (const Pair& pair : said(LinkAnswer::Different))
            if (said_same.together(pair.a, pair.b)) out.push_back({order[pair.a], order[pair.b]});
        return out;
    }

    /// Decisions first, then the clusters that stand, then pairs, strongest first. A pair that is refused goes to review.
    Clusters cluster(std::vector<Candidate>& candidates) const {
        Clusters forbidden(known.size(), alike(), [this](std::uint32_t a, std::uint32_t b) {
            const auto found = answer(a, b);
            return found && *found == LinkAnswer::Different;
        });
        for (const Pair& pair : said(LinkAnswer::Same)) forbidden.try_join(order[pair.a], order[pair.b]);
        Clusters clusters(known.size(), alike(), [this](std::uint32_t a, std::uint32_t b) { return apart(a, b); });
        for (const Pair& pair : said(LinkAnswer::Same))
            if (forbidden.together(order[pair.a], order[pair.b])) clusters.join(order[pair.a], order[pair.b]);
        if (!fresh.empty()) join_standing(clusters);
        std::vector<std::uint32_t> strongest;
        for (std::uint32_t i = 0; i < candidates.size(); ++i)
            if (candidates[i].zone == LinkZone::Same) strongest.push_back(i);
        std::sort(strongest.begin(), strongest.end(), [&](std::uint32_t x, std::uint32_t y) {
            return candidates[x].weight != candidates[y].weight ? candidates[x].weight > candidates[y].weight : x < y;
        });
        for (const std::uint32_t i : strongest) {
            Candidate& c = candidates[i];
            if (c.decided || clusters.try_join(order[c.rank_a], order[c.rank_b])) continue;
            c.zone = LinkZone::Review;
            c.vetoed = true;
        }
        return clusters;
    }

    void join_standing(Clusters& clusters) const {
        std::unordered_map<std::uint64_t, std::uint32_t> first;
        for (const std::uint32_t p : order) {
            if (fresh[p]) continue;
            const auto [found, added] = first.emplace(known[p].cluster, p);
            if (!added) clusters.join(found->second, p);
        }
    }

    LinkOutcome outcome(const Scored& scored, Clusters& clusters) const {
        LinkOutcome out;
        out.first.resize(known.size());
        std::vector<std::uint32_t> first_of(known.size(), UINT32_MAX), sizes(known.size(), 0);
        for (const std::uint32_t p : order) {
            const std::uint32_t root = clusters.root(p);
            if (first_of[root] == UINT32_MAX) {
                first_of[root] = p;
                ++out.statistics.persons;
            }
            out.first[p] = first_of[root];
            out.statistics.largest = std::max<std::uint64_t>(out.statistics.largest, ++sizes[root]);
        }
        LinkStatistics& s = out.statistics;
        s.records = known.size();
        s.compared = scored.compared;
        s.decided = decided.size();
        s.stale = stale;
        double wrong = 0;
        for (const Candidate& c : scored.candidates) {
            const bool answered = c.zone == LinkZone::Review && out.first[order[c.rank_a]] == out.first[order[c.rank_b]];
            if ((c.zone == LinkZone::Different || answered) && !c.decided) continue;  // others have made the two one person
            out.pairs.push_back({order[c.rank_a], order[c.rank_b], c.zone, c.decided, c.weight});
            if (c.zone == LinkZone::Same && !c.decided) wrong += 1 - share_of(c.weight);
            s.same += c.zone == LinkZone::Same;
            s.review += c.zone == LinkZone::Review;
            s.vetoed += c.vetoed;
        }
        if (s.same > 0) s.expected_false = wrong / static_cast<double>(s.same);
        if (scored.matches > 0) s.expected_missed = static_cast<double>(scored.missed) / static_cast<double>(scored.matches);
        return out;
    }

    LinkOutcome link(const std::vector<LinkDecision>& decisions) {
        sort_records();
        read_decisions(decisions);
        find_fresh();
        BlockingSettings blocking;
        blocking.threads = settings.threads;
        const double fits = kPairsPerPass / std::max<double>(1, static_cast<double>(known.size()));
        blocking.largest = std::clamp(static_cast<std::size_t>(fits), kSmallestBlock, kLargestBlock);
        const Blocks blocks(features, order, ranks, fresh, blocking);
        if (settings.model.empty() || !Model::parse(settings.model, model_)) learn(blocks);
        model_.set_records(known.size());
        Scored scored = score(blocks);
        apply_decisions(scored.candidates);
        find_ambiguous(scored.candidates);
        Clusters clusters = cluster(scored.candidates);
        LinkOutcome out = outcome(scored, clusters);
        out.contradictions = contradictions();
        return out;
    }
};

Linkage::Linkage(LinkSettings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
Linkage::~Linkage() = default;
Linkage::Linkage(Linkage&&) noexcept = default;
Linkage& Linkage::operator=(Linkage&&) noexcept = default;

std::uint32_t Linkage::add(const RecordToLink& record) {
    impl_->features.add(record.source, record.island, record.linkable, *record.values);
    impl_->keys.append(record.source_key);
    impl_->known.push_back({record.id, impl_->keys.size(), record.cluster});
    return static_cast<std::uint32_t>(impl_->known.size() - 1);
}

LinkOutcome Linkage::link(const std::vector<LinkDecision>& decisions) { return impl_->link(decisions); }

PairExplanation Linkage::explain(std::uint32_t a, std::uint32_t b) const {
    const Comparison c = impl_->comparison(a, b);
    const Score score = impl_->model_.explain(c);
    PairExplanation out = explain_comparison(c, score, judge(c, score.weight, impl_->setting()));
    if (const auto said = impl_->answer(a, b); said) {
        out.decided = true;
        out.zone = *said == LinkAnswer::Same        ? LinkZone::Same
                   : *said == LinkAnswer::Different ? LinkZone::Different
                                                    : std::min(out.zone, LinkZone::Review);
    }
    return out;
}

std::string Linkage::model() const { return impl_->model_.text(); }

}  // namespace brugwacht
