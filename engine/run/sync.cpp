#include "engine/run/sync.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "connector/rest/request.hpp"
#include "connector/rest/stream_reader.hpp"
#include "engine/identity/sealed_state.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/run/drift.hpp"
#include "engine/run/dropped.hpp"
#include "engine/run/import_file.hpp"
#include "engine/run/lawful.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kMostOpen = 100'000;  // rejected rows of a source that are looked for

/// Rows of one stream on their way through the mapping, within one part.
class StreamFile {
  public:
    StreamFile(const Mapping& mapping, const std::vector<RemoteSheet>& sheets, const std::string& stream, std::uint32_t number,
               Intake& intake)
        : stream_(stream), number_(number), intake_(intake) {
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            Sheet& sheet = sheets_.emplace_back();
            sheet.mapper.emplace(mapping, sheets[i].name, stream);
            if (!sheet.mapper->selected()) {
                sheet.mapper.reset();
                continue;
            }
            sheet.tab = static_cast<std::uint32_t>(i + 1);
            intake.sheet(number, sheets[i].name);
            map(sheet, sheets[i].headers);
        }
    }

    /// True when this record has been here before: what came later in a file may only fill blanks, so it belongs to the next one.
    bool has(std::int64_t row) const { return seen_.contains(row); }

    /// False when something of it was rejected.
    bool take(const RemoteRecord& record, std::int64_t row, ImportedFile& entry) {
        seen_.insert(row);
        row_ = row;
        bool whole = true;
        intake_.begin_row(stream_, record.id);
        for (const SheetRow& made : record.rows) {
            Sheet& sheet = sheets_[made.sheet];
            if (sheet.mapper) whole = put(sheet, made.cells, entry) && whole;
        }
        intake_.end_row();
        return whole;
    }

  private:
    struct Sheet {
        std::optional<SheetMapper> mapper;
        std::uint32_t tab = 0;
        std::uint64_t rows = 0;
    };

    RowOutcome map(Sheet& sheet, const std::vector<std::string>& texts) {
        cells_.clear();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (texts[i].empty()) continue;
            Cell cell;
            cell.column = static_cast<std::uint32_t>(i);
            cell.kind = CellKind::Text;
            cell.text = texts[i];
            cells_.push_back(cell);
        }
        return sheet.mapper->map({sheet.tab, ++sheet.rows, cells_}, mapped_);
    }

    bool put(Sheet& sheet, const std::vector<std::string>& texts, ImportedFile& entry) {
        const RowOutcome outcome = map(sheet, texts);
        const Origin origin{number_, sheet.tab, sheet.rows};
        count_dropped(mapped_.findings, intake_);
        for (const Finding& finding : mapped_.findings) {
            if (finding.rejects) continue;
            intake_.warn(finding.code);
            ++entry.warnings[finding.code];
            if (!finding.column.empty()) ++entry.columns[finding.code][finding.column];
        }
        switch (outcome) {
            case RowOutcome::Mapped:
                if (intake_.put({mapped_.records.data(), mapped_.count}, origin)) return true;
                sheet.mapper->take_back();
                return false;
            case RowOutcome::Rejected:
                for (const Finding& finding : mapped_.findings) {
                    if (!finding.rejects) continue;
                    intake_.reject(origin, finding.code, finding.cell ? *finding.cell + 1 : 0, row_);
                    ++entry.columns[finding.code][finding.column];
                    break;
                }
                return false;
            case RowOutcome::Skipped:
            case RowOutcome::Preamble:
                intake_.skip();
                break;
        }
        return true;
    }

    std::string stream_;
    std::uint32_t number_;
    Intake& intake_;
    std::vector<Sheet> sheets_;
    std::unordered_set<std::int64_t> seen_;
    std::int64_t row_ = 0;
    std::vector<Cell> cells_;
    MappedRow mapped_;
};

void add_counts(FileCounts& sum, const FileCounts& part) {
    sum.read += part.read;
    sum.fresh += part.fresh;
    sum.changed += part.changed;
    sum.unchanged += part.unchanged;
    sum.duplicate += part.duplicate;
    sum.rejected += part.rejected;
    sum.skipped += part.skipped;
}

/// A server that is away, that refuses the key or wants to be left alone is so for the other streams too. That it stumbles over one of
/// them says nothing of the others.
bool stops_the_source(const Error& error) {
    const std::string& code = error.first().code;
    const bool of_one_stream = code == "REST-019" || code == "REST-025" || code == "REST-031";
    return !of_one_stream && (error.exit() == Exit::TryLater || error.exit() == Exit::NoPermission);
}

/// The reading of one source from its first stream to its last.
class Sync {
  public:
    Sync(const Project& project, const SourceSettings& source, const ImportRequest& request, RemotePorts& remote, Ports& ports,
         ImportSummary& summary)
        : project_(project),
          source_(source),
          request_(request),
          remote_(remote),
          ports_(ports),
          summary_(summary),
          accepted_(std::count(request.accept.begin(), request.accept.end(), source.name) > 0),
          opened_(project, source, remote, ports),
          stores_(project, ports),
          states_(stores_.keys) {
        // A part is small: what it touches fits, and all of a synchronisation stays within 128 MB.
        stores_.store.limit_cache(16);
        stores_.vault.limit_cache(8);
        for (const OpenReject& reject : stores_.store.open_rejects(source.name, kMostOpen))
            open_rejects_[reject.row_id].push_back(reject.id);
    }

    /// False for a preset that keeps files only.
    bool has_rows() const { return opened_.mapping() != nullptr; }

    void run() {
        begin_part();
        for (const StreamPlan& stream : opened_.preset().streams) {
            if (!stream.parent.empty() || stream.response != AnswerKind::Json || stopped_) continue;
            read_stream(stream);
        }
        end_part(true);
        ports_.log.write(LogLevel::Info, "source_read",
                         {{"source", source_.name}, {"requests", static_cast<std::int64_t>(opened_.exchange().requests())}});
    }

  private:
    ImportedFile& entry() { return summary_.files[entry_]; }

    void begin_part() {
        IntakeSettings settings = intake_settings(project_, stores_);
        intake_.emplace(stores_.store, stores_.vault, stores_.keys, settings, ports_.clock.now(), "sync");
        rows_in_part_ = 0;
        taken_ = false;
        files_of_part_.clear();
    }

    /// Keeps what the part brought, with the place that the reading has come to.
    void end_part(bool last) {
        close_file();
        // A synchronisation that was killed may have left what it brought unlinked.
        const bool link = last && request_.link && (changed_ || stores_.store.link_due());
        if (!taken_ && !link) {
            intake_.reset();  // nothing came: no run
            return;
        }
        count_withdrawn();
        if (link) summary_.link = intake_->link();
        if (last) summary_.waiting = intake_->waiting();
        summary_.run = intake_->run();
        if (request_.dry_run) {
            intake_->rollback();
        } else {
            intake_->commit();
        }
        intake_.reset();
    }

    void count_withdrawn() {
        for (const auto& [file, entities] : intake_->withdrawn()) {
            const auto place = files_of_part_.find(file);
            ImportedFile& gone = place != files_of_part_.end() ? summary_.files[place->second] : entry();
            for (const auto& [entity, count] : entities) {
                gone.vanished += count;
                gone.vanished_by_entity[entity] += count;
                changed_ = true;
            }
        }
    }

    void open_file() {
        if (file_) return;
        FileToRead facts;
        facts.source = source_.name;
        facts.role = !source_.role.empty() ? source_.role : opened_.mapping()->role();
        // No two readings are the same file: each has its own part of what changed.
        facts.sha256 =
            sha256(source_.name + '\0' + stream_->name + '\0' + std::to_string(intake_->run()) + '\0' + std::to_string(++opened_files_));
        facts.name = stream_->name;
        facts.mapping = opened_.preset().name;
        facts.mapping_digest = opened_.mapping()->digest();
        facts.filter = field_filter(project_.settings(), &source_);
        facts.compared = false;
        const FileTicket ticket = intake_->begin_file(facts);
        file_.emplace(*opened_.mapping(), sheets_, stream_->name, ticket.number, *intake_);
        entry().file = ticket.file;
        files_of_part_[ticket.file] = entry_;
    }

    void close_file() {
        if (!file_) return;
        file_.reset();
        const FileCounts counts = intake_->end_file();
        add_counts(entry().counts, counts);
        changed_ = changed_ || counts.fresh + counts.changed > 0;
        check_rejected(source_.limits, entry(), *intake_, stores_.store);
        if (entry().report.contested > 0) entry().warnings["COR-001"] += entry().report.contested;
    }

    void warn(const std::string& code, std::uint64_t count, const std::string& names = {}) {
        open_file();
        intake_->warn(code, count);
        entry().warnings[code] += count;
        if (!names.empty()) entry().columns[code][names] += count;
    }

    void read_stream(const StreamPlan& stream) {
        stream_ = &stream;
        sheets_ = StreamReader::sheets(opened_.preset(), stream);
        listed_.clear();
        entry_ = summary_.files.size();
        summary_.files.push_back(fresh(source_.name + "/" + stream.name));
        entry().source = source_.name;
        entry().mapping = opened_.preset().name;
        entry().compared = false;
        const SyncState state = states_.load(stores_.store, source_.name, stream.name);
        if (state.unreadable) warn("SYN-002", 1);
        try {
            StreamReader reader(opened_.preset(), stream, opened_.exchange(), ports_.clock, state.text, opened_.mapping()->digest());
            if (accepted_) reader.list_deletions_now();
            for (ReadStep step; reader.next(step);) {
                take(step, reader);
                if (step.stopped) {
                    stopped_ = true;
                    entry().error =
                        step.why ? Error(Exit::TryLater, {*step.why}) : Error(Exit::TryLater, "SYN-001", {{"source", source_.name}});
                }
                if (step.refused && step.why) entry().error = Error(Exit::NoPermission, {*step.why});
                tell(reader);
                if (rows_in_part_ < request_.rows_per_part || request_.dry_run) continue;
                end_part(false);
                begin_part();
            }
            tell(reader, true);
        } catch (Error& error) {
            if (error.first().code.starts_with("DB-") || error.exit() == Exit::Software) throw;
            entry().error = error;
            stopped_ = stops_the_source(error);
            ports_.log.write(LogLevel::Warning, "stream_refused", {{"code", error.first().code}});
        }
        close_file();
        ports_.log.write(LogLevel::Info, "stream_read",
                         {{"source", source_.name},
                          {"stream", stream.name},
                          {"rows", static_cast<std::int64_t>(entry().counts.read)},
                          {"gone", static_cast<std::int64_t>(entry().vanished)}});
    }

    void take(const ReadStep& step, StreamReader& reader) {
        for (const RemoteRecord& record : step.records) {
            const std::int64_t row = intake_->row_hash(source_.name, stream_->name, record.id);
            if (file_ && (record.deleted || file_->has(row))) close_file();
            open_file();
            if (record.deleted) {
                intake_->withdraw_row(stream_->name, record.id);
            } else {
                const bool whole = file_->take(record, row, entry());
                settle(row, whole ? RejectState::Resolved : RejectState::Replaced);
            }
            rows_in_part_ += 1 + record.rows.size();
        }
        if (step.listing) take_listing(*step.listing, reader);
        for (const RemoteNotice& notice : step.notices) warn(notice.code, notice.count, notice.names);
        taken_ = true;
        states_.save(*intake_, source_.name, stream_->name, reader.state());
    }

    /// What was rejected of a row before is settled when the row is read again.
    void settle(std::int64_t row, RejectState state) {
        const auto open = open_rejects_.find(row);
        if (open == open_rejects_.end()) return;
        for (const std::int64_t reject : open->second) stores_.store.settle_reject(reject, state);
        open_rejects_.erase(open);
    }

    void take_listing(const Listing& listing, StreamReader& reader) {
        if (listing.begins) listed_.clear();
        for (const std::string& id : listing.ids) listed_.push_back(intake_->row_hash(source_.name, stream_->name, id));
        if (!listing.ends) return;
        open_file();
        Sweep sweep = intake_->sweep(source_.name, stream_->name, listed_, listing.max_share);
        if (sweep.refused && accepted_) {
            // Somebody looked and says that they are gone: then missing once is enough.
            intake_->sweep(source_.name, stream_->name, listed_, 1.0);
            sweep = intake_->sweep(source_.name, stream_->name, listed_, 1.0);
        }
        listed_ = {};
        reader.note_unseen(sweep.unknown);
        if (sweep.refused) {
            warn("SYN-004", sweep.missing);
            stores_.store.hold(source_.name, opened_.preset().name, stream_->name, "SYN-004");
            entry().held.insert("SYN-004");
        } else if (sweep.missing > sweep.gone) {
            warn("SYN-003", sweep.missing - sweep.gone);
        }
    }

    void tell(const StreamReader& reader, bool ended = false) {
        if (!remote_.progress) return;
        remote_.progress({source_.name, stream_->name, reader.rows_read(), opened_.exchange().requests(), reader.total(), ended});
    }

    const Project& project_;
    const SourceSettings& source_;
    const ImportRequest& request_;
    RemotePorts& remote_;
    Ports& ports_;
    ImportSummary& summary_;
    bool accepted_;  // many may be missing
    RemoteSource opened_;
    Stores stores_;
    SealedState states_;
    std::optional<Intake> intake_;
    std::uint64_t rows_in_part_ = 0, opened_files_ = 0;
    std::map<std::int64_t, std::size_t> files_of_part_;                         // file in the store -> entry of the summary
    std::unordered_map<std::int64_t, std::vector<std::int64_t>> open_rejects_;  // by row
    bool taken_ = false;                                                        // something in this part
    bool changed_ = false;                                                      // something in this source
    bool stopped_ = false;

    // the stream at hand
    const StreamPlan* stream_ = nullptr;
    std::size_t entry_ = 0;
    std::vector<RemoteSheet> sheets_;
    std::optional<StreamFile> file_;
    std::vector<std::int64_t> listed_;
};

/// Asks for a file, with the mark of the one that is known. Nothing when it is still that one.
std::optional<HttpResponse> fetch(RemoteSource& opened, const StreamPlan& stream, const std::string& known_mark) {
    ExchangeRequest ask;
    ask.http = make_request(opened.preset().connection, stream.request, Placeholders(), ask.path);
    ask.expect = ExchangeRequest::Expect::Bytes;
    ask.leave_origin = true;
    ask.optional = stream.optional;
    if (!known_mark.empty()) ask.http.headers.emplace_back("If-None-Match", known_mark);
    ExchangeResult answer = opened.exchange().send(ask);
    if (answer.outcome == ExchangeResult::Outcome::Stop) throw Error(Exit::TryLater, {*answer.why});
    if (answer.outcome != ExchangeResult::Outcome::Accepted || answer.response.status == 304) return std::nullopt;
    return std::move(answer.response);
}

void fetch_file(const Project& project, const SourceSettings& source, RemoteSource& opened, const StreamPlan& stream,
                const std::filesystem::path& file, Ports& ports) {
    Stores stores(project, ports);
    const SealedState states(stores.keys);
    const std::string known = states.load(stores.store, source.name, stream.name).text;
    const auto answer = fetch(opened, stream, known);
    if (!answer) return;
    ports.files.write(file, answer->body, 0600);
    // The file is there before its mark is: a crash in between fetches it once more.
    Intake intake(stores.store, stores.vault, stores.keys, intake_settings(project, stores), ports.clock.now(), "sync");
    states.save(intake, source.name, stream.name, std::string(answer->header("etag").value_or("")));
    intake.commit();
    ports.log.write(LogLevel::Info, "file_fetched", {{"source", source.name}, {"bytes", static_cast<std::int64_t>(answer->body.size())}});
}

}  // namespace

std::vector<std::filesystem::path> fetch_files(const Project& project, const SourceSettings& source, bool dry_run, RemotePorts& remote,
                                               Ports& ports) {
    // Most presets have no files; to see that takes no connection.
    const PresetText text = load_preset_text(source.preset, project.mappings());
    if (text.text.find("\"file\"") == std::string::npos || dry_run) return {};
    require_lawful(project.settings(), source, ports.clock.today());
    RemoteSource opened(project, source, remote, ports);
    std::vector<std::filesystem::path> waiting;
    for (const StreamPlan& stream : opened.preset().streams) {
        if (stream.response != AnswerKind::File) continue;
        const std::filesystem::path file = project.inbox() / std::filesystem::path(stream.file_name).filename();
        fetch_file(project, source, opened, stream, file, ports);
        if (std::filesystem::exists(file)) waiting.push_back(file);
    }
    return waiting;
}

void sync_source(const Project& project, const SourceSettings& source, const ImportRequest& request, RemotePorts& remote, Ports& ports,
                 ImportSummary& summary) {
    require_lawful(project.settings(), source, ports.clock.today());
    Sync sync(project, source, request, remote, ports, summary);
    if (sync.has_rows()) sync.run();
}

}  // namespace brugwacht
