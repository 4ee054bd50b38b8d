#include "engine/run/signing.hpp"

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/rules/lint.hpp"
#include "engine/run/audit_event.hpp"

namespace brugwacht {

SignedCopy record_signature(const Project& project, const std::filesystem::path& agreement, const std::filesystem::path& copy, bool dry_run,
                            Ports& ports) {
    const Agreement agreed = parse_agreement(ports.files.read(agreement), agreement.string());
    const std::string bytes = ports.files.read(copy);
    if (bytes.empty()) throw Error(Exit::Data, "AGS-001", {{"file", copy.string()}}, copy.string());
    if (agreed.agreed_by.empty()) throw Error(Exit::Data, "AGS-002", {}, agreement.string(), "agreement.agreed_by");
    try {
        refuse_errors(lint({&agreed, 1}));
    } catch (const Error& error) {
        throw Error(Exit::Data, error.faults());
    }
    SignedCopy made{agreed.name(), agreed.rules_hash, to_hex(sha256(bytes))};
    if (dry_run) return made;
    const ProjectLock lock(project);
    AuditEntry entry{
        .action = std::string(audit_action::kAgreementSigned), .object = "agreement", .request = made.copy_hash, .config = made.rules_hash};
    entry.counts["version"] = agreed.version;
    record_event(project, entry, ports);
    return made;
}

}  // namespace brugwacht
