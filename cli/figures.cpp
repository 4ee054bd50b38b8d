#include "engine/run/figures.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <functional>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"
#include "engine/rules/explain.hpp"

namespace brugwacht {
namespace {

constexpr std::array kStatusOrder{Status::Achieved, Status::NotAchieved, Status::Pending, Status::Unknown, Status::Excluded};

/// The rates of one population, by the names they have in JSON and in text keys.
struct NamedRate {
    const char* name;
    Rate Rates::*rate;
};
constexpr std::array<NamedRate, 4> kRates{{{"conservative", &Rates::conservative},
                                           {"complete_case", &Rates::complete_case},
                                           {"optimistic", &Rates::optimistic},
                                           {"follow_up", &Rates::follow_up}}};

double rounded(double share, int decimals) {
    const double scale = decimals == 0 ? 100 : 1000;
    return std::round(share * scale) / scale;
}

// ---------------------------------------------------------------- JSON

class FiguresJson {
  public:
    std::string write(const Figures& figures) {
        json_.begin_object().member("exit", 0).member("as_of", figures.as_of.iso()).key("known_at");
        figures.known_at ? json_.value(figures.known_at->iso()) : json_.null();
        json_.key("agreement").begin_array();
        for (const std::string& agreement : figures.agreements) json_.value(agreement);
        json_.end_array().member("rules_hash", figures.rules_hash);
        context(figures.context);
        json_.key("definitions").begin_array();
        for (const DefinitionFigures& one : figures.definitions) definition(one);
        json_.end_array().key("curves").begin_array();
        for (const CurveFigures& one : figures.curves) curve(one);
        json_.end_array().end_object();
        return json_.take();
    }

  private:
    void context(const ProjectContext& from) {
        json_.key("context").begin_object().key("situation").begin_array();
        for (const std::string& line : from.situation) json_.value(line);
        json_.end_array().key("expectations").begin_array();
        for (const std::string& line : from.expectations) json_.value(line);
        json_.end_array().key("appointments").begin_array();
        for (const Appointment& appointment : from.appointments) {
            json_.begin_object().member("percent", appointment.percent).key("from");
            appointment.from ? json_.value(appointment.from->iso()) : json_.null();
            json_.key("to");
            appointment.to ? json_.value(appointment.to->iso()) : json_.null();
            json_.end_object();
        }
        json_.end_array().end_object();
    }

    void definition(const DefinitionFigures& one) {
        json_.begin_object()
            .member("id", one.id)
            .member("label", one.label)
            .member("agreement", one.agreement)
            .member("unit", one.unit_person ? "person" : "trajectory");
        population(one.counted());
        json_.member("not_yet", one.counted().not_yet());
        json_.key("notices").begin_array();
        for (const FigureNotice notice : one.notices) json_.value(notice_code(notice));
        json_.end_array().key("by_trajectory").begin_object();
        population(one.trajectories);
        json_.end_object().key("by_child").begin_object();
        population(one.children);
        json_.end_object().key("by_enrolled_child");
        if (one.enrolled) {
            json_.begin_object();
            population(*one.enrolled);
            json_.end_object();
        } else {
            json_.null();
        }
        json_.end_object();
    }

    void population(const Population& population) {
        json_.key("counts").begin_object();
        for (const Status status : kStatusOrder) json_.member(name(status), population.counts.total(status));
        json_.end_object().key("mature").begin_object();
        for (const Status status : kStatusOrder) json_.member(name(status), population.counts.mature_of(status));
        json_.end_object().key("rates").begin_object();
        const Rates rates = population.rates();
        for (const NamedRate& named : kRates) rate(named.name, rates.*named.rate);
        json_.end_object().key("bracket_points");
        share_band(rates.conservative.n, true).percentage ? json_.value(std::round(rates.bracket_points() * 10) / 10) : json_.null();
    }

    /// As precise as it may be shown; nothing but the counts under 5.
    void rate(const char* key, const Rate& rate) {
        const ShareBand band = share_band(rate.n, true);
        const auto number_or_null = [&](const char* member, const std::optional<double>& share) {
            json_.key(member);
            share&& band.percentage ? json_.value(rounded(*share, band.decimals)) : json_.null();
        };
        const auto interval = rate.interval();
        json_.key(key).begin_object().member("k", rate.k).member("n", rate.n);
        number_or_null("share", rate.share());
        number_or_null("low", interval ? std::optional(interval->low) : std::nullopt);
        number_or_null("high", interval ? std::optional(interval->high) : std::nullopt);
        json_.end_object();
    }

    void curve(const CurveFigures& one) {
        json_.begin_object()
            .member("agreement", one.agreement)
            .member("enrolled", static_cast<std::uint64_t>(one.curve.spells.size()))
            .member("unwatched", one.curve.unwatched)
            .member("smallest", one.curve.smallest)
            .member("cut", one.curve.cut)
            .key("median_days");
        one.curve.taking_part.median ? json_.value(*one.curve.taking_part.median) : json_.null();
        json_.key("months").begin_array();
        for (const CurveMonth& month : one.months) {
            const int decimals = share_band(month.at_risk, true).decimals;
            const std::array<double, 3> states = rounded_states(month, decimals);
            json_.begin_object()
                .member("month", month.month)
                .member("at_risk", month.at_risk)
                .member("taking_part", states[0])
                .member("stopped", states[1])
                .member("competing", states[2])
                .key("low");
            month.limits ? json_.value(rounded(month.limits->low, decimals)) : json_.null();
            json_.key("high");
            month.limits ? json_.value(rounded(month.limits->high, decimals)) : json_.null();
            json_.end_object();
        }
        json_.end_array().end_object();
    }

    JsonWriter json_;
};

// ---------------------------------------------------------------- for people

/// Columns side by side: the first to the left, the others to the right.
class Columns {
  public:
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void print(std::ostream& out) const {
        std::vector<std::size_t> widths;
        for (const auto& cells : rows_) {
            widths.resize(std::max(widths.size(), cells.size()));
            for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], length(cells[i]));
        }
        for (const auto& cells : rows_) {
            std::string line = "  ";
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const std::string fill(widths[i] - length(cells[i]), ' ');
                line += i == 0 ? cells[i] + fill : "   " + fill + cells[i];
            }
            line.erase(line.find_last_not_of(' ') + 1);
            out << line << '\n';
        }
    }

  private:
    static std::size_t length(const std::string& text) {
        return static_cast<std::size_t>(
            std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    }
    std::vector<std::vector<std::string>> rows_;
};

class FiguresText {
  public:
    FiguresText(const Figures& figures, const Texts& texts, std::ostream& out, bool intervals)
        : figures_(figures), texts_(texts), out_(out), intervals_(intervals) {}

    void print() {
        line("title", {{"date", texts_.date(figures_.as_of)}});
        if (figures_.known_at) line("known_at", {{"date", texts_.date(*figures_.known_at)}});
        line("for_you");
        context();
        if (figures_.agreements.size() > 1) {
            out_ << '\n';
            line("two_versions");
        }
        for (std::size_t i = 0; i < figures_.definitions.size();) {
            std::vector<const DefinitionFigures*> versions;
            const std::string& id = figures_.definitions[i].id;
            for (; i < figures_.definitions.size() && figures_.definitions[i].id == id; ++i) versions.push_back(&figures_.definitions[i]);
            definition(versions);
        }
        if (figures_.definitions.empty()) line("nothing");
        for (const CurveFigures& one : figures_.curves) curve(one);
        out_ << '\n';
        line("no_norm");
    }

  private:
    std::string text(const std::string& key, const TextArgs& args = {}) const { return texts_("figures." + key, args); }
    void line(const std::string& key, const TextArgs& args = {}) { out_ << text(key, args) << '\n'; }
    std::string number(std::uint64_t n) const { return texts_.number(static_cast<std::int64_t>(n)); }

    std::string percent(double share, int decimals) const {
        if (decimals == 0) return texts_("steering.percent.whole", {{"value", std::to_string(std::lround(share * 100))}});
        const long tenths = std::lround(share * 1000);
        return texts_("steering.percent.decimal", {{"value", std::to_string(tenths / 10)}, {"tenth", std::to_string(tenths % 10)}});
    }

    /// The starting point before any figure.
    void context() {
        const ProjectContext& context = figures_.context;
        out_ << '\n';
        if (context.situation.empty() && context.expectations.empty() && context.appointments.empty()) {
            line("context_empty");
            return;
        }
        line("context");
        for (const std::string& sentence : context.situation) out_ << "  " << sentence << '\n';
        for (const std::string& sentence : context.expectations) line("expectation", {{"text", sentence}});
        for (const Appointment& a : context.appointments)
            line("appointment", {{"percent", percent(a.percent / 100, 0)},
                                 {"has_from", std::string(a.from ? "yes" : "no")},
                                 {"from", a.from ? texts_.date(*a.from) : std::string()},
                                 {"has_to", std::string(a.to ? "yes" : "no")},
                                 {"to", a.to ? texts_.date(*a.to) : std::string()}});
    }

    /// One definition, its versions next to each other.
    void definition(const std::vector<const DefinitionFigures*>& versions) {
        const bool several = figures_.agreements.size() > 1;
        out_ << '\n';
        const DefinitionFigures& first = *versions.front();
        line("definition", {{"id", first.id},
                            {"label", first.variant_of.empty() ? first.label : first.variant_of + ", " + first.label},
                            {"unit", unit_of(first)}});
        for (const DefinitionFigures* one : versions)
            for (const FigureNotice notice : one->notices) say(notice, *one, several);
        counts(versions, several);
        shares(versions, several);
        line("denominator", {{"unit", unit_of(first)}});
        if (first.enrolled) line("denominator_enrolled");
        for (const DefinitionFigures* one : versions)
            line("not_yet",
                 {{"amount", amount(*one, one->counted().not_yet())}, {"version", several ? " (" + one->agreement + ")" : std::string()}});
    }

    static std::string unit_of(const DefinitionFigures& one) { return one.unit_person ? "person" : "trajectory"; }
    /// "1 traject", "12 kinderen".
    std::string amount(const DefinitionFigures& one, std::uint64_t count) const {
        return text("amount", {{"unit", unit_of(one)}, {"count", static_cast<std::int64_t>(count)}});
    }

    void say(FigureNotice notice, const DefinitionFigures& one, bool several) {
        const Rates rates = one.counted().rates();
        const std::string said =
            text("notice." + std::string(notice_code(notice)), {{"points", static_cast<std::int64_t>(std::lround(rates.bracket_points()))},
                                                                {"target", percent(one.follow_up_target, 0)},
                                                                {"unknown", amount(one, rates.follow_up.n - rates.follow_up.k)},
                                                                {"count", static_cast<std::int64_t>(one.scope_unknown)}});
        line("said", {{"text", several ? one.agreement + ": " + said : said}});
    }

    void counts(const std::vector<const DefinitionFigures*>& versions, bool several) {
        Columns columns;
        if (several) {
            std::vector<std::string> heads{""};
            for (const DefinitionFigures* one : versions) heads.insert(heads.end(), {one->agreement, ""});
            columns.row(std::move(heads));
        }
        std::vector<std::string> heads{text("counted", {{"unit", unit_of(*versions.front())}})};
        for (std::size_t i = 0; i < versions.size(); ++i) heads.insert(heads.end(), {text("all"), text("mature")});
        columns.row(std::move(heads));
        for (const Status status : kStatusOrder) {
            std::vector<std::string> cells{status_text(status, texts_)};
            for (const DefinitionFigures* one : versions)
                cells.insert(cells.end(), {number(one->counted().counts.total(status)), number(one->counted().counts.mature_of(status))});
            columns.row(std::move(cells));
        }
        columns.print(out_);
    }

    void shares(const std::vector<const DefinitionFigures*>& versions, bool several) {
        Columns columns;
        if (several) {
            std::vector<std::string> heads{""};
            for (const DefinitionFigures* one : versions) heads.push_back(one->agreement);
            columns.row(std::move(heads));
        }
        const auto add = [&](const std::string& key, const std::function<Rate(const DefinitionFigures&)>& rate) {
            std::vector<std::string> cells{text("rate." + key)};
            for (const DefinitionFigures* one : versions) cells.push_back(share(rate(*one)));
            columns.row(std::move(cells));
        };
        for (const NamedRate& named : kRates)
            add(named.name, [&](const DefinitionFigures& one) { return one.counted().rates().*named.rate; });
        if (versions.front()->unit_person) {
            add("by_trajectory", [](const DefinitionFigures& one) { return one.trajectories.rates().conservative; });
        } else {
            add("by_child", [](const DefinitionFigures& one) { return one.children.rates().conservative; });
        }
        if (versions.front()->enrolled)
            add("by_enrolled_child", [](const DefinitionFigures& one) { return one.enrolled.value_or(Population()).rates().conservative; });
        columns.print(out_);
    }

    /// "12 van 20 (60 %, 39 % tot 78 %)", as far as the numbers allow.
    std::string share(const Rate& rate) const {
        const ShareBand band = share_band(rate.n, intervals_);
        std::string of = text("of", {{"k", number(rate.k)}, {"n", number(rate.n)}});
        if (!band.percentage) return of;
        const std::string whole = percent(rate.share().value_or(0), band.decimals);
        if (!band.interval) return text("share", {{"of", of}, {"share", whole}});
        const Interval limits = rate.interval().value_or(Interval());
        return text(
            "share_interval",
            {{"of", of}, {"share", whole}, {"low", percent(limits.low, band.decimals)}, {"high", percent(limits.high, band.decimals)}});
    }

    void curve(const CurveFigures& one) {
        out_ << '\n';
        line("curve.title", {{"version", one.agreement}, {"count", static_cast<std::int64_t>(one.curve.spells.size())}});
        if (one.months.empty()) {
            line("curve.too_few", {{"smallest", static_cast<std::int64_t>(one.curve.smallest)}});
            return;
        }
        Columns columns;
        columns.row(
            {text("curve.month"), text("curve.at_risk"), text("curve.taking_part"), text("curve.stopped"), text("curve.competing")});
        for (const CurveMonth& month : one.months) {
            const ShareBand band = share_band(month.at_risk, intervals_);
            const std::array<double, 3> states = rounded_states(month, band.decimals);
            std::string taking_part = percent(states[0], band.decimals);
            if (band.interval && month.limits)
                taking_part = text("curve.interval", {{"share", taking_part},
                                                      {"low", percent(month.limits->low, band.decimals)},
                                                      {"high", percent(month.limits->high, band.decimals)}});
            columns.row({std::to_string(month.month), number(month.at_risk), taking_part, percent(states[1], band.decimals),
                         percent(states[2], band.decimals)});
        }
        columns.print(out_);
        if (one.curve.cut) line("curve.cut", {{"smallest", static_cast<std::int64_t>(one.curve.smallest)}});
        if (one.curve.taking_part.median) line("curve.median", {{"days", std::int64_t{*one.curve.taking_part.median}}});
        line("curve.end");
    }

    const Figures& figures_;
    const Texts& texts_;
    std::ostream& out_;
    bool intervals_;
};

class FiguresCommand : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("--as-of", as_of_, texts("opt.figures.as_of"))->option_text("DATE");
        app.add_option("--known-at", known_at_, texts("opt.classify.known_at"))->option_text("DATE");
        app.add_option("--period", period_, texts("opt.figures.period"))->option_text("YEAR");
        app.add_option("--definition", request_.definitions, texts("opt.classify.definition"))->option_text("ID");
        app.add_flag("--intervals", intervals_, texts("opt.figures.intervals"));
    }

    Exit run(Session& session) override {
        const Project project = session.project();
        ProjectPorts ports(session, project);
        request_.as_of = date_argument("--as-of", as_of_);
        request_.known_at = date_argument("--known-at", known_at_);
        request_.period = working_year_argument(period_);
        const Figures figures = make_figures(project, request_, ports.ports());
        if (session.options.json) {
            session.out << FiguresJson().write(figures) << '\n';
        } else {
            FiguresText(figures, session.texts, session.out, intervals_).print();
        }
        return Exit::Ok;
    }

  private:
    std::string as_of_, known_at_, period_;
    bool intervals_ = false;
    FiguresRequest request_;
};

}  // namespace

std::unique_ptr<Command> make_figures_command() { return std::make_unique<FiguresCommand>(); }

}  // namespace brugwacht
