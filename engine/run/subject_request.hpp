// Requests of data subjects (GDPR art. 12, 15-22): who asked, why, how it was checked who that is, and the month in which an answer is
// due. The words stand sealed in the vault, an entry without any name in the audit log, both before anything is shown or changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/identity/subject.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// What every right asks of the one who carries it out. Free texts are sealed and never logged.
struct SubjectRequest {
    std::string reason;
    std::string requested_by;      // "child", "parent", "guardian", "counsel", "other"; "" = not said
    std::string identity_checked;  // how; "" = not said
    std::string second;            // the second person who looked along; "" = nobody
    std::optional<Date> received;  // the day on which the question came in; default: today
};

/// Throws Error (64): SUB-003 when the reason is blank, SUB-004 for an unknown word in requested_by, SUB-009 when it came in after
/// `today`.
void check_request(const SubjectRequest& request, Date today);

/// A request as it stands in the vault.
struct RequestEntry {
    std::string id;     // 16 random hex digits
    std::string right;  // "access", "export", "rectify", "restrict", "object", "erase"
    Date received, due;
    std::optional<Date> closed;
    std::int64_t noted_at = 0;  // UTC seconds
    std::int64_t record = 0;    // person record
    std::string reason, requested_by, identity_checked, second;

    bool is_overdue(Date today) const { return !closed && due < today; }
};

/// Looking at persons, counted so that it shows when somebody looks around.
struct LookUpRate {
    std::uint64_t persons = 0;  // looked up in the last 24 hours, this one included
    std::uint64_t at_most = 0;  // what the project finds usual
    bool is_high() const { return persons > at_most; }
};

struct OpenedRequest {
    RequestEntry entry;
    LookUpRate rate;
};

/// The vault, for a right that cannot do without it. Throws Error SUB-005 (77) when it or its key is not here, RUN-008 (66) when nothing
/// was imported yet, and as Vault::open().
Vault open_subject_vault(const Project& project, const Secrets& secrets);

/// Seals the request, then writes the audit entry "subject.RIGHT". After check_request().
OpenedRequest open_request(const Project& project, Vault& vault, std::string_view right, const Subject& subject,
                           const SubjectRequest& request, Ports& ports);
/// The same for a look at somebody that is no request of hers; `action` is the audit entry's, `object` a class of objects.
LookUpRate note_look_up(const Project& project, Vault& vault, std::string_view action, std::string_view object, std::string_view config,
                        std::int64_t record, std::string_view reason, Ports& ports);

/// The day on which a note of kind LookUp was written.
Date look_up_day(const Note& note);

/// All requests, in the order in which they were noted.
std::vector<RequestEntry> read_requests(Vault& vault);
/// Those about a person, by her records.
std::vector<RequestEntry> read_requests(Vault& vault, const std::vector<std::int64_t>& records);
/// Requests without an answer, and how many of them are late.
struct OpenRequests {
    std::int64_t open = 0, overdue = 0;
};
/// Nothing is open for who has no vault at hand.
OpenRequests count_open_requests(const Project& project, const Secrets& secrets, Date today);

/// Throws Error SUB-007 (66) when there is no such request.
RequestEntry find_request(Vault& vault, std::string_view id);
/// Says that the answer was given; audit entry "subject.close". Throws Error SUB-007 (66) when there is no such request, SUB-008 (64) when
/// it is closed already.
RequestEntry close_request(const Project& project, Vault& vault, std::string_view id, Ports& ports, bool dry_run = false);

}  // namespace brugwacht
