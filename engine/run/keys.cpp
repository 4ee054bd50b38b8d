#include "engine/run/keys.hpp"

#include <cstdlib>

#include "connector/rest/secret.hpp"
#include "engine/core/error.hpp"
#include "engine/core/process.hpp"
#include "engine/identity/pseudonyms.hpp"
#include "engine/identity/sealed_state.hpp"
#include "engine/run/audit_event.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

[[noreturn]] void nobody_to_ask() { throw Error(Exit::NoPermission, "KEY-013", {{"credential", std::string(kPassphraseCredential)}}); }

std::optional<Secret> passphrase_of_machine() {
    const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || !is_there(fs::path(folder) / kPassphraseCredential)) return std::nullopt;
    return load_secret({"", std::string(kPassphraseCredential), false}, std::string(kPassphraseCredential), "");
}

std::int64_t total(const std::map<int, std::uint64_t>& counts, int without) {
    std::uint64_t sum = 0;
    for (const auto& [version, count] : counts)
        if (version != without) sum += count;
    return static_cast<std::int64_t>(sum);
}

/// The anchor of the audit log; one that a rotation moved before it was cut off stays where it is.
void move_anchor(Ledger& ledger, const SealKeys& from, const SealKeys& to) {
    try {
        ledger.move_anchor(from.audit_anchor, to.audit_anchor);
    } catch (const Error& error) {
        if (error.first().code != "CRY-002") throw;
        ledger.move_anchor(to.audit_anchor, to.audit_anchor);
    }
}

void tell(const Project& project, std::string_view action, std::map<std::string, std::int64_t> counts, Ports& ports) {
    AuditEntry entry;
    entry.action = action;
    entry.object = "key";
    entry.request = new_request();
    entry.counts = std::move(counts);
    if (is_there(project.ledger_file())) record_event(project, entry, ports);
}

}  // namespace

Secret ask_for_passphrase(const std::string& prompt) {
    try {
        return load_secret({"", "", true}, prompt, "");
    } catch (const Error& error) {
        if (error.first().code == "REST-012") return Secret();  // nothing typed: a wrong passphrase like any other
        nobody_to_ask();
    }
}

std::unique_ptr<HeldSecrets> project_secrets(const fs::path& keys, const std::string& prompt, bool may_ask) {
    return std::make_unique<HeldSecrets>(keys, [prompt, may_ask] {
        if (auto given = passphrase_of_machine()) return std::move(*given);
        if (!may_ask) nobody_to_ask();
        return ask_for_passphrase(prompt);
    });
}

KeyStatus key_status(const Project& project, HeldSecrets& secrets) {
    const Keys keys = load_keys_to_rekey(secrets);
    KeyStatus status;
    status.holding = secrets.holding();
    status.version = keys.version;
    status.link_version = keys.link_version;
    status.rotating = is_rotating(secrets);
    status.rekeying = keys.next_link.has_value();
    status.memory_locked = secrets_are_locked();
    if (is_there(project.vault_file())) status.vault = Vault::open(project.vault_file(), keys).key_versions();
    return status;
}

KeyRotation rotate_key(const Project& project, HeldSecrets& secrets, Ports& ports, bool dry_run) {
    KeyRotation done;
    if (dry_run) {
        const KeyStatus status = key_status(project, secrets);
        done.version = status.version + 1;
        done.sealed = static_cast<std::uint64_t>(total(status.vault, done.version));
        return done;
    }
    const Keys keys = begin_rotation(secrets);
    const SealKeys& next = keys.next.value();
    done.version = next.version;
    if (is_there(project.vault_file())) {
        Vault vault = Vault::open(project.vault_file(), keys);
        done.sealed = vault.reseal();
        vault.compact();
    }
    if (is_there(project.store_file())) {
        Store store = Store::open(project.store_file());
        const SealedState states(keys);
        done.states = store.renew_bookmarks([&states](std::string_view source, std::string_view name, const std::string& value) {
            return states.resealed(source, name, value);
        });
        store.compact();
    }
    if (is_there(project.ledger_file())) {
        Ledger ledger = Ledger::open(project.ledger_file());
        move_anchor(ledger, keys, next);
    }
    commit_rotation(secrets);
    const std::int64_t old = keys.version;
    tell(
        project, audit_action::kKeyRotate,
        {{"version", next.version}, {"sealed", static_cast<std::int64_t>(done.sealed)}, {"states", static_cast<std::int64_t>(done.states)}},
        ports);
    finish_rotation(secrets);
    tell(project, audit_action::kKeyDestroy, {{"version", old}}, ports);
    ports.log.write(LogLevel::Info, "key_rotated", {{"version", std::int64_t{next.version}}});
    return done;
}

KeyRekey rekey_persons(const Project& project, HeldSecrets& secrets, Ports& ports, bool dry_run) {
    KeyRekey done;
    if (dry_run) {
        const Keys keys = load_keys_to_rekey(secrets);
        done.link_version = keys.link_version + 1;
        if (is_there(project.vault_file())) done.persons = Vault::open(project.vault_file(), keys).size();
        return done;
    }
    const Keys keys = begin_rekey(secrets);
    done.link_version = keys.link_version + 1;
    if (is_there(project.vault_file()) && is_there(project.store_file())) {
        Vault vault = Vault::open(project.vault_file(), keys);
        Store store = Store::open(project.store_file());
        done.persons = renew_pseudonyms(store, vault, keys);
        vault.compact();
        store.compact();
    }
    finish_rekey(secrets);
    tell(project, audit_action::kKeyRekey, {{"version", done.link_version}, {"persons", static_cast<std::int64_t>(done.persons)}}, ports);
    ports.log.write(LogLevel::Info, "key_rekeyed", {{"version", std::int64_t{done.link_version}}});
    return done;
}

void set_passphrase(const Project& project, HeldSecrets& secrets, const Secret& passphrase, Ports& ports) {
    secrets.hold_by_passphrase(passphrase);
    tell(project, audit_action::kKeyPassphrase, {{"set", 1}}, ports);
}

void remove_passphrase(const Project& project, HeldSecrets& secrets, Ports& ports) {
    secrets.hold_by_key_file();
    tell(project, audit_action::kKeyPassphrase, {{"set", 0}}, ports);
}

}  // namespace brugwacht
