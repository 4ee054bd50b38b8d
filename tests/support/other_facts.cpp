#include "tests/support/other_facts.hpp"

namespace brugwacht {

OtherFacts other_facts(const SyntheticWorld& world) {
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
    OtherFacts facts;
    for (int i = 0; i < 110; ++i)
        facts.results.push_back({as_of.plus_days(-rng.between(0, 1000)), rng.pick(kResults), rng.pick(kResultStatus)});
    for (int i = 0; i < 64; ++i) {
        SyntheticSignal signal{
            as_of.plus_days(-rng.between(10, 1000)), rng.pick(kThemes), rng.pick(kAddressees), rng.pick(kSignalStatus), {}};
        const Date answered = signal.date.plus_days(rng.between(3, 120));
        if (signal.status != "given" && answered <= as_of)
            signal.answered_on = answered;
        else
            signal.status = "given";
        facts.signals.push_back(signal);
    }
    for (int i = 0; i < 20; ++i) {
        const bool supply = i % 2 == 0;
        const Date date = as_of.plus_days(-rng.between(0, 700));
        facts.factors.push_back({date, supply ? "supply" : "demand", supply ? rng.pick(kSupply) : rng.pick(kDemand), rng.between(1, 5)});
    }
    const int year = as_of.year() - 1;
    const std::string period = std::to_string(year) + "-" + std::to_string(year + 1);
    facts.goals.push_back({"activities", 200, period, as_of.plus_days(-460)});
    facts.goals.push_back({"signals", 10, period, as_of.plus_days(-460)});
    return facts;
}

}  // namespace brugwacht
