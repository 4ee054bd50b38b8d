// What has to be followed up before which day: every trajectory on which a definition has not decided yet, or of which nothing is known.
// For the ambassador who does it; nobody is ranked. Names come from the vault, only into the workbook, and are logged before it is there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"
#include "engine/rules/status.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// What to do about an open question. The codes of action_code() stand in JSON and in text keys.
enum class FollowUpAction : std::uint8_t {
    LookEnrolled,       // is the child enrolled?
    LookProvisional,    // did the provisional enrolment hold?
    LookTrials,         // are trial sessions missing?
    SeekContact,        // the family was lost sight of
    AskParticipation,   // does the child still take part?
    AskWithoutSupport,  // also without support?
    LookReEnrolled,     // is the child enrolled for the next working year?
    CompleteRecords,    // what an agreement of one's own asks
};
std::string_view action_code(FollowUpAction action);

/// One definition that has not decided. Status is Pending or Unknown.
struct OpenQuestion {
    std::string definition;
    Status status = Status::Pending;
    std::string reason;
    std::optional<Date> until;  // last day on which pending is possible; passed when unknown
    std::string explanation;
};

/// One thing to do for one trajectory; it may answer several definitions at once.
struct FollowUpItem {
    std::string worker;  // key; "" = nobody
    std::string source, trajectory;
    Date started;
    std::vector<std::string> clubs;
    FollowUpAction action = FollowUpAction::LookEnrolled;
    std::string action_text;
    std::vector<OpenQuestion> questions;  // in the order of the agreement; never empty
    std::optional<Date> until;            // the earliest of its questions
    std::optional<Date> last_known;       // last trial, attendance or check answered yes
    std::int64_t worker_id = 0;           // in the store; 0 = nobody
    std::int64_t person_record = 0;       // in the store and the vault

    bool unknown() const { return questions.front().status == Status::Unknown; }
};

/// A day that the partners agreed on.
struct AgreedMoment {
    Date date;
    std::string with, topic;
};

struct WorklistRequest {
    std::optional<Date> as_of;          // default: today
    std::optional<Date> until;          // how far to look ahead; default: 90 days after as_of
    std::optional<std::string> worker;  // only the trajectories of this key
    std::filesystem::path out;          // "" = in worklists/
    bool names = true;                  // false: the vault stays closed
    bool dry_run = false;               // no workbook, and the vault stays closed
};

struct Worklist {
    Date as_of, until;
    std::vector<FollowUpItem> items;     // by worker key, day, source, trajectory, action
    std::vector<AgreedMoment> calendar;  // by date
    std::filesystem::path workbook;      // "" for a dry run
    bool names = false;                  // the workbook names children
    bool vault_closed = false;           // names were wanted, and vault or key are not here
};

/// Classifies as of that day and writes the workbook, mode 0600 in a folder of mode 0700; on failure the last one stays. Trajectories of
/// evidence sources are not in it. When names are read, that is in the audit log before the workbook is handed over.
/// Throws Error RUN-008 (66) when nothing was imported, WRK-001 (64) no such worker, WRK-002 (64) until lies before as_of, FIL-005 (73),
/// KEY-xxx, and as load_agreements() and classify().
Worklist make_worklist(const Project& project, const WorklistRequest& request, const Texts& texts, Ports& ports);

}  // namespace brugwacht
