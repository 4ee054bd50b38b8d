// Every word that may stand as the action of an entry of the audit log. A closed list: the ledger refuses any other, and a sentence for
// each stands in the texts (audit.action.*). Who adds a command that writes, adds its word here.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace brugwacht {

namespace audit_action {

// What came in, and what was made of it.
inline constexpr std::string_view kImport = "import";                   // counts: rows, by what became of them
inline constexpr std::string_view kImportRefused = "import.refused";    // nothing of a file was taken in
inline constexpr std::string_view kImportAccepted = "import.accepted";  // doubts about an import were set aside
inline constexpr std::string_view kSync = "sync";                       // a source on a server was read
inline constexpr std::string_view kLink = "link";                       // persons were recognised
inline constexpr std::string_view kLinkDecisions = "link.decisions";    // answers of a review workbook were read back
inline constexpr std::string_view kReview = "review";                   // a review workbook with names was written
inline constexpr std::string_view kUndo = "undo";                       // a run was taken back
inline constexpr std::string_view kRun = "run";                         // any other run that changed the store
inline constexpr std::string_view kRejects = "rejects";                 // rejected rows were written into a workbook

// What it is judged and published by.
inline constexpr std::string_view kMapChanged = "map.changed";            // a mapping was saved or edited
inline constexpr std::string_view kConfigChanged = "config.changed";      // settings, agreement or thresholds are not those of before
inline constexpr std::string_view kAgreementSigned = "agreement.signed";  // a signed copy was registered

// Who looked at persons.
inline constexpr std::string_view kExplain = "explain";
inline constexpr std::string_view kWorklist = "worklist";
inline constexpr std::string_view kLookup = "lookup";

// The rights of a person.
inline constexpr std::string_view kSubjectAccess = "subject.access";
inline constexpr std::string_view kSubjectExport = "subject.export";
inline constexpr std::string_view kSubjectRectify = "subject.rectify";
inline constexpr std::string_view kSubjectRestrict = "subject.restrict";
inline constexpr std::string_view kSubjectObject = "subject.object";
inline constexpr std::string_view kSubjectErase = "subject.erase";
inline constexpr std::string_view kSubjectClose = "subject.close";            // a request was answered
inline constexpr std::string_view kErased = "subject.erased";                 // what an erasure took out
inline constexpr std::string_view kErasuresApplied = "erasures.applied";      // to an older copy, or after an interruption
inline constexpr std::string_view kReturnSettled = "return.settled";          // somebody said whether an erased person came back
inline constexpr std::string_view kRestricted = "subject.restricted";         // nothing of a person is processed any more
inline constexpr std::string_view kRestrictionLifted = "restriction.lifted";  // it is again

// Duties and keys.
inline constexpr std::string_view kRetention = "retention";
inline constexpr std::string_view kRegister = "register";
inline constexpr std::string_view kKeyRotate = "key.rotate";
inline constexpr std::string_view kKeyRekey = "key.rekey";
inline constexpr std::string_view kKeyPassphrase = "key.passphrase";
inline constexpr std::string_view kKeyDestroy = "key.destroy";

// What left the project, or came back into it.
inline constexpr std::string_view kRelease = "release";
inline constexpr std::string_view kReleaseRefused = "release.refused";  // the guard found no safe workbook
inline constexpr std::string_view kWriteBackBegin = "write_back.begin";
inline constexpr std::string_view kWriteBack = "write_back";
inline constexpr std::string_view kShare = "share";
inline constexpr std::string_view kBackup = "backup";
inline constexpr std::string_view kRestore = "restore";
inline constexpr std::string_view kRestoreUnannounced =
    "restore.unannounced";  // the store turned out to be another copy than the last time
inline constexpr std::string_view kMigrate = "migrate";
inline constexpr std::string_view kInit = "init";

}  // namespace audit_action

inline constexpr std::array kAuditActions = {
    audit_action::kImport,
    audit_action::kImportRefused,
    audit_action::kImportAccepted,
    audit_action::kSync,
    audit_action::kLink,
    audit_action::kLinkDecisions,
    audit_action::kReview,
    audit_action::kUndo,
    audit_action::kRun,
    audit_action::kRejects,
    audit_action::kMapChanged,
    audit_action::kConfigChanged,
    audit_action::kAgreementSigned,
    audit_action::kExplain,
    audit_action::kWorklist,
    audit_action::kLookup,
    audit_action::kSubjectAccess,
    audit_action::kSubjectExport,
    audit_action::kSubjectRectify,
    audit_action::kSubjectRestrict,
    audit_action::kSubjectClose,
    audit_action::kErased,
    audit_action::kErasuresApplied,
    audit_action::kReturnSettled,
    audit_action::kRestricted,
    audit_action::kRestrictionLifted,
    audit_action::kSubjectObject,
    audit_action::kSubjectErase,
    audit_action::kRetention,
    audit_action::kRegister,
    audit_action::kKeyRotate,
    audit_action::kKeyRekey,
    audit_action::kKeyPassphrase,
    audit_action::kKeyDestroy,
    audit_action::kRelease,
    audit_action::kReleaseRefused,
    audit_action::kWriteBackBegin,
    audit_action::kWriteBack,
    audit_action::kShare,
    audit_action::kBackup,
    audit_action::kRestore,
    audit_action::kMigrate,
    audit_action::kRestoreUnannounced,
    audit_action::kInit,
};

inline constexpr bool is_audit_action(std::string_view word) {
    return std::find(kAuditActions.begin(), kAuditActions.end(), word) != kAuditActions.end();
}

}  // namespace brugwacht
