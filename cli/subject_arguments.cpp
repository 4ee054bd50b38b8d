#include "cli/subject_arguments.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/arguments.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {
namespace {

bool on_a_terminal(const Session& session) {
    return !session.options.no_input && !session.options.json && ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
}

/// "crm:17  Amina Benali  2014-05-03": enough to see whether two records are one child.
std::string line_of(const Identity& identity) {
    const auto value = [&](std::string_view field) { return identity.values[field_index(Entity::Person, field).value()]; };
    return identity.source + ":" + identity.values[0] + "  " + std::string(trim(value("given_name") + " " + value("family_name"))) + "  " +
           value("birth_date");
}

bool answered_yes(const Session& session) {
    session.out << session.texts("subject.confirm.question") << ' ' << std::flush;
    std::string line;
    std::getline(std::cin, line);
    return fold(line) == fold(session.texts("subject.confirm.yes"));
}

}  // namespace

void SubjectArguments::declare(CLI::App& part, const Texts& texts) {
    part.add_option("WHO", who_, texts("opt.subject.who"))->required()->option_text(" ");
    part.add_option("--reason", request_.reason, texts("opt.subject.reason"))->option_text("TEXT");
    part.add_option("--requested-by", request_.requested_by, texts("opt.subject.requested_by"))->option_text("WHO");
    part.add_option("--identity-checked", request_.identity_checked, texts("opt.subject.identity_checked"))->option_text("TEXT");
    part.add_option("--second", request_.second, texts("opt.subject.second"))->option_text("NAME");
    part.add_option("--received", received_, texts("opt.subject.received"))->option_text("DATE");
}

SubjectRequest SubjectArguments::request(const Session& session) const {
    SubjectRequest request = request_;
    request.received = date_argument("--received", received_);
    check_request(request, session.clock.today());
    return request;
}

void ConfirmedPerson::declare(CLI::App& part, const Texts& texts) {
    part.add_flag("--confirmed", confirmed_, texts("opt.subject.confirmed"));
}

void ConfirmedPerson::require(const Session& session, const Project& project, Vault& vault, const Subject& subject,
                              const std::string& reason, Ports& ports) const {
    const auto records = static_cast<std::int64_t>(subject.records.size());
    if (records < 2 || confirmed_) return;
    if (!on_a_terminal(session)) throw Error(Exit::Refused, "SUB-006", {{"records", records}});
    say_rate(session, note_look_up(project, vault, "lookup", "person", "", subject.records.front(), reason, ports));
    session.out << session.texts("subject.confirm.records", {{"records", records}}) << '\n';
    for (const std::int64_t record : subject.records)
        if (const auto identity = vault.person(record)) session.out << "  " << line_of(*identity) << '\n';
    if (!answered_yes(session)) throw Error(Exit::Refused, "SUB-006", {{"records", records}});
}

void say_opened(const Session& session, const OpenedRequest& opened) {
    session.say("subject.opened", {{"request", opened.entry.id}, {"due", session.texts.date(opened.entry.due)}});
    say_rate(session, opened.rate);
}

void say_rate(const Session& session, const LookUpRate& rate) {
    if (!rate.is_high()) return;
    session.say("subject.many_look_ups",
                {{"persons", static_cast<std::int64_t>(rate.persons)}, {"at_most", static_cast<std::int64_t>(rate.at_most)}});
}

}  // namespace brugwacht
