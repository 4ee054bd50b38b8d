#include "engine/audit/verification.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kNotMet = -1;
constexpr std::int64_t kMostAdded = 1024;  // looked for behind the last sealed entry

}  // namespace

Verification::Verification(Database& database, std::optional<EntryKey> first, const std::vector<PrintedHead>& outside)
    : database_(database),
      key_(std::move(first)),
      outside_(outside),
      met_(outside.size(), kNotMet),
      roots_from_(database.integer("SELECT roots_from FROM ledger").value_or(0)),
      roots_(database.prepare("SELECT size, root, mac FROM root ORDER BY size")) {
    out_.head = kNoHead;
    out_.macs_checked = key_.has_value();
    Statement heads = database_.prepare("SELECT audit_head FROM release");
    while (heads.step()) released_[std::string(heads.text(0))] = kNotMet;
}

AuditCheck Verification::run(const KeyThat& key_that) {
    meet_heads();
    more_roots_ = roots_.step();
    read_entries();
    out_.root = to_hex(tree_.root());
    if (out_.problem) {
        if (!key_) find_false_side(key_that);
        return out_;
    }
    check_end(key_that);
    if (!out_.problem) check_frontier();
    if (!out_.problem) check_releases();
    if (!out_.problem) check_outside();
    return out_;
}

void Verification::read_entries() {
    Statement row = database_.prepare("SELECT sequence, content, hash, mac FROM entry ORDER BY sequence");
    while (row.step()) {
        const std::string content(row.text(1));
        if (const char* what = fault_of(row.integer(0), content, row.text(2), row.blob(3))) return found(out_.entries + 1, what);
        accept(content, row.text(2), covered(content, row.blob(3)));
        if (out_.entries % kEntriesPerRoot == 0 && out_.entries > roots_from_ && !root_is_kept()) return found(out_.entries, "merkle");
    }
}

const char* Verification::fault_of(std::int64_t stored_sequence, std::string_view content, std::string_view hash,
                                   std::string_view mac) const {
    const std::int64_t sequence = out_.entries + 1;
    if (stored_sequence != sequence || !has_sequence(content, sequence)) return "order";
    if (previous_of(content) != out_.head || to_hex(sha256(covered(content, mac))) != hash) return "chain";
    if (key_ && key_->mac(content) != mac) return "mac";
    return nullptr;
}

void Verification::accept(const std::string& content, std::string_view hash, const std::string& record) {
    ++out_.entries;
    out_.head = hash;
    tree_.add(merkle_leaf(record));
    if (key_) key_ = key_->next();
    meet_heads();
    if (!announces_release(content)) return;
    if (const auto entry = read_entry(content))
        announced_[entry->entry.release] = {out_.entries, entry->entry.request, entry->entry.config};
}

bool Verification::root_is_kept() {
    const std::string root = tree_.root();
    const bool kept = more_roots_ && roots_.integer(0) == out_.entries && roots_.blob(1) == root &&
                      (!key_ || roots_.blob(2) == key_->sign_root(out_.entries, root));
    if (kept) ++out_.signed_roots;
    more_roots_ = more_roots_ && roots_.step();
    return kept;
}

void Verification::meet_heads() {
    if (const auto head = released_.find(out_.head); head != released_.end()) head->second = out_.entries;
    for (std::size_t i = 0; i < outside_.size(); ++i)
        if (met_[i] == kNotMet && meets(outside_[i])) met_[i] = out_.entries;
}

bool Verification::meets(const PrintedHead& head) const {
    if (head.size && *head.size != out_.entries) return false;
    if (out_.head.starts_with(head.digits)) return true;
    // A root is worked out only where somebody can have read it.
    return (head.size || out_.entries % kEntriesPerRoot == 0) && to_hex(tree_.root()).starts_with(head.digits);
}

void Verification::find_false_side(const KeyThat& key_that) {
    if (out_.problem->what != "order" && out_.problem->what != "chain") return;
    const std::int64_t intact = out_.entries;  // entries that fit together, from the first on
    Statement row = database_.prepare("SELECT content, hash, mac FROM entry ORDER BY sequence DESC");
    std::string vouched;  // hash of the entry before, as a genuine entry says
    std::int64_t genuine = 0;
    bool broken = false;
    while (row.step()) {
        const std::string content(row.text(0));
        if (genuine == 0) {
            vouched = row.text(1);
            if (!sealer_of(vouched, key_that)) return;
        }
        const auto entry = read_entry(content);
        broken = !entry || to_hex(sha256(covered(content, row.blob(2)))) != vouched;
        if (broken) break;
        genuine = entry->sequence;
        vouched = previous_of(content);
    }
    // All from `genuine` on, by its own number, is as it was written. What stands before it in its place is false or was put in between.
    if (broken && genuine > 0 && genuine - 1 <= intact) out_.problem->sequence = genuine - 1 < intact ? genuine : intact;
}

std::optional<EntryKey> Verification::sealer_of(const std::string& head, const KeyThat& key_that) const {
    Statement kept = database_.prepare("SELECT seal FROM ledger");
    const std::string seal = kept.step() ? std::string(kept.blob(0)) : std::string();
    return key_that([&](const EntryKey& key) { return key.seal(head) == seal; });
}

void Verification::check_end(const KeyThat& key_that) {
    const std::optional<EntryKey> sealer = sealer_of(out_.head, key_that);
    // The ratchet must have arrived exactly where the key file leads, and no root may be left of entries that are no more.
    if (!more_roots_ && sealer && (!key_ || key_->secret().bytes() == sealer->secret().bytes())) return;
    if (key_) {
        // Every entry is genuine: either the seal itself is false, or the ratchet went on for entries that are no more.
        const std::optional<EntryKey> at_hand = key_that([](const EntryKey&) { return true; });
        return found(at_hand->secret().bytes() == key_->secret().bytes() ? out_.entries : out_.entries + 1, "seal");
    }
    // All that were sealed are there: then the last one was changed, or some were put behind it. Else the end is missing.
    const std::int64_t sealed = more_roots_ ? kNotMet : sealed_count(key_that);
    found(sealed == out_.entries ? out_.entries : sealed == kNotMet ? out_.entries + 1 : sealed + 1, "seal");
}

std::int64_t Verification::sealed_count(const KeyThat& key_that) const {
    Statement kept = database_.prepare("SELECT count_seal FROM ledger");
    const std::string count_seal = kept.step() ? std::string(kept.blob(0)) : std::string();
    std::int64_t sealed = kNotMet;
    key_that([&](const EntryKey& key) {
        for (std::int64_t n = out_.entries; n >= 0 && n > out_.entries - kMostAdded && sealed == kNotMet; --n)
            if (key.seal_count(n) == count_seal) sealed = n;
        return true;  // the key file's own only
    });
    return sealed;
}

void Verification::check_frontier() {
    Statement kept = database_.prepare("SELECT frontier FROM ledger");
    if (!kept.step() || kept.blob(0) != tree_.bytes()) found(out_.entries, "merkle");
}

/// Release rows and the entries that announced them must agree, both ways, and so must the heads that stand in the frozen workbooks.
void Verification::check_releases() {
    std::int64_t first_bad = 0;
    const auto bad = [&](std::int64_t sequence) { first_bad = first_bad == 0 ? sequence : std::min(first_bad, sequence); };
    Statement row = database_.prepare("SELECT id, tables, workbook, workbook_sha256, audit_head, sequence FROM release");
    while (row.step()) {
        const auto entry = announced_.find(std::string(row.text(0)));
        if (entry == announced_.end()) {
            bad(row.integer(5));
            continue;
        }
        const std::string digest = to_hex(sha256(row.blob(2)));
        const std::int64_t printed = released_[std::string(row.text(4))];
        if (entry->second.sequence != row.integer(5) || digest != row.text(3) || entry->second.workbook != digest ||
            entry->second.tables != to_hex(sha256(row.text(1))) || printed == kNotMet || printed >= entry->second.sequence)
            bad(entry->second.sequence);
        announced_.erase(entry);
    }
    for (const auto& [id, entry] : announced_) bad(entry.sequence);
    if (first_bad != 0) found(first_bad, "release");
}

void Verification::check_outside() {
    out_.heads_checked = static_cast<std::int64_t>(outside_.size());
    for (std::size_t i = 0; i < outside_.size(); ++i) {
        if (met_[i] != kNotMet) continue;
        const std::int64_t until = outside_[i].size.value_or(0);
        std::int64_t known = 0;  // up to the last head that still fits all is as it was
        for (const std::int64_t size : met_)
            if (until == 0 || size < until) known = std::max(known, size);
        if (!out_.problem || known + 1 < out_.problem->sequence) out_.problem = AuditProblem{known + 1, "head", until};
    }
}

}  // namespace brugwacht
