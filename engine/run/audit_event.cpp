#include "engine/run/audit_event.hpp"

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {

void record_event(const Project& project, const AuditEntry& entry, Ports& ports) {
    AuditEntry event = entry;
    if (event.role.empty()) event.role = "data_officer";
    Ledger::open(project.ledger_file()).append(event, ports.secrets, ports.clock);
}

std::string new_request() { return to_hex(random_bytes(8)); }

}  // namespace brugwacht
