#include "engine/run/signing.hpp"

#include <gtest/gtest.h>

#include "engine/audit/ledger.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/resources.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

class Signing : public testing::Test {
  protected:
    Signing()
        : secrets_(key_files(dir_ / "p/keys")),
          clock_(fixed_clock(1790000000)),
          files_(disk_files()),
          log_(no_log()),
          ports_{*clock_, *files_, *secrets_, *log_} {
        create_project(dir_ / "p", "nl", {}, ports_);
        write_bytes(dir_ / "agreement.toml", resource("config/agreements/voorbeeldstad.toml").value());
        write_bytes(dir_ / "copy.pdf", "signed");
    }
    Project project() { return Project::load(dir_ / "p", *files_); }
    AuditCheck ledger() {
        const Secret anchor = audit_anchor(*secrets_);
        return Ledger::open(project().ledger_file()).verify(*secrets_, &anchor);
    }

    TempDir dir_;
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<Log> log_;
    Ports ports_;
};

TEST_F(Signing, AddsOneEntryThatTheChainHolds) {
    const AuditCheck before = ledger();
    const SignedCopy made = record_signature(project(), dir_ / "agreement.toml", dir_ / "copy.pdf", false, ports_);
    EXPECT_EQ(made.agreement, "voorbeeldstad@3");
    EXPECT_EQ(made.copy_hash, to_hex(sha256("signed")));
    const AuditCheck after = ledger();
    EXPECT_GT(after.entries, before.entries);  // what was changed by hand since the last entry is told first
    EXPECT_NE(after.head, before.head);
    EXPECT_TRUE(after.macs_checked);
    EXPECT_FALSE(after.problem);
    // The log holds both digests, and nothing of the copy.
    const std::string bytes = read_bytes(project().ledger_file());
    EXPECT_NE(bytes.find("\"action\":\"agreement.signed\""), std::string::npos);
    EXPECT_NE(bytes.find(made.copy_hash), std::string::npos);
    EXPECT_NE(bytes.find(made.rules_hash), std::string::npos);
}

TEST_F(Signing, ATrialRecordsNothing) {
    const AuditCheck before = ledger();
    record_signature(project(), dir_ / "agreement.toml", dir_ / "copy.pdf", true, ports_);
    EXPECT_EQ(ledger().head, before.head);
}

TEST_F(Signing, WaitsForAnotherRun) {
    const ProjectLock lock(project());
    try {
        record_signature(project(), dir_ / "agreement.toml", dir_ / "copy.pdf", false, ports_);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "RUN-001");
    }
}

}  // namespace
}  // namespace brugwacht
