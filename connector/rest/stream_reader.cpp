#include "connector/rest/stream_reader.hpp"

#include <algorithm>
#include <cstdlib>

#include "connector/rest/request.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

using Outcome = ExchangeResult::Outcome;

constexpr std::int64_t kLag = 60;             // seconds that the server's own clock is given to settle
constexpr std::int64_t kClockTolerance = 30;  // seconds by which a guessed end of a window may be off
constexpr int kMaxRestarts = 3;
constexpr std::size_t kMaxMembers = 300;
constexpr std::uint64_t kFewRecords = 20;  // that a field is blank in fewer says nothing

/// Two texts of the same preset are read the same way.
std::string digest_of(const Preset& preset, const StreamPlan& stream, std::string_view meaning) {
    std::string text = std::string(meaning) + '\0' + preset.name + '\0' + preset.connection.base_url + '\0' + stream.request.path + '\0' +
                       stream.id + '\0';
    const auto add = [&text](const StreamPlan& plan) {
        for (const std::string& name : plan.asked()) text += name + '\0';
        for (const RemoteField& field : plan.fields) text += field.name + '\0';
        text += json_text(plan.request.query) + json_text(plan.request.form) + json_text(plan.request.json);
    };
    add(stream);
    for (const StreamPlan& child : preset.streams)
        if (child.parent == stream.name) add(child);
    return to_hex(sha256(text)).substr(0, 16);
}

std::string member_name(std::string_view name) { return std::string(name.substr(0, 64)); }

void add_sheets(std::vector<RemoteSheet>& sheets, const StreamPlan& stream) {
    const auto headers = [](const std::vector<RemoteField>& fields) {
        std::vector<std::string> names;
        names.reserve(fields.size());
        for (const RemoteField& field : fields) names.push_back(field.name);
        return names;
    };
    sheets.push_back({stream.name, headers(stream.fields)});
    for (const DetailPlan& detail : stream.details) sheets.push_back({detail.name, headers(detail.fields)});
}

}  // namespace

StreamReader::StreamReader(const Preset& preset, const StreamPlan& stream, Exchange& exchange, const Clock& clock, std::string_view state,
                           std::string_view meaning)
    : preset_(preset),
      stream_(stream),
      exchange_(exchange),
      clock_(clock),
      fields_(preset.connection, Zone::find(preset.connection.zone).value_or(Zone::brussels())),
      state_(StreamState::parse(state)) {
    for (const StreamPlan& other : preset.streams)
        if (other.parent == stream.name) children_.push_back(&other);
    const std::string plan = digest_of(preset, stream, meaning);
    if (state_.plan != plan) {
        // Other fields are read now: what was read before lacks them.
        auto listed = std::move(state_.listed);
        state_ = StreamState();
        state_.listed = std::move(listed);
        state_.plan = plan;
    }
}

std::vector<RemoteSheet> StreamReader::sheets(const Preset& preset, const StreamPlan& stream) {
    std::vector<RemoteSheet> sheets;
    add_sheets(sheets, stream);
    for (const StreamPlan& child : preset.streams)
        if (child.parent == stream.name) add_sheets(sheets, child);
    return sheets;
}

ExchangeResult StreamReader::send(const HttpRequest& request, const std::string& path, bool optional) {
    ExchangeRequest ask;
    ask.http = request;
    ask.path = path;
    ask.optional = optional;
    return exchange_.send(ask);
}

std::int64_t StreamReader::server_now() const { return exchange_.server_now().value_or(clock_.now()); }

const IncrementalPlan* StreamReader::way() const {
    for (const IncrementalPlan& one : stream_.incremental)
        if (one.mode != IncrementalMode::DeltaLink || !state_.no_delta) return &one;
    return nullptr;
}

/// What an earlier run left half read is read on; otherwise a new window, list or set of changes begins.
void StreamReader::begin_rows() {
    const IncrementalPlan* way = this->way();
    const bool window = way != nullptr && way->mode == IncrementalMode::Window;
    const bool delta = way != nullptr && !window;
    const bool by_id = stream_.paging.type == PagingType::WindowId;
    // Page numbers and offsets shift when rows come and go: such a list begins anew.
    const bool has_place = by_id ? !state_.last_id.empty() : !state_.link.empty();
    whole_ = !(has_place && (!window || state_.hi > 0));
    if (whole_) {
        state_.last_id.clear();
        state_.link.clear();
        clock_guessed_ = !exchange_.server_now();
        state_.hi = server_now() - kLag;
        state_.reading_all = way == nullptr || (delta ? state_.delta.empty() : state_.lo < 0);
    }
    since_ = state_.lo >= 0 ? state_.lo : (way != nullptr ? way->start : 0);
    static const PagingPlan kLinks = [] {
        PagingPlan plan;
        plan.type = PagingType::NextLink;
        return plan;
    }();
    pages_.emplace(delta && stream_.paging.type != PagingType::NextLink ? kLinks : stream_.paging, preset_.connection, stream_.name);
    if (!whole_) pages_->resume(state_.last_id, state_.link);
    first_page_ = true;
    listed_ = 0;
    total_.reset();
}

/// The list begins anew, and when its changes cannot be told any more, from the very first record.
void StreamReader::restart(ReadStep& step, bool from_scratch) {
    if (++restarts_ > kMaxRestarts) throw Error(Exit::TryLater, "REST-031", {{"stream", stream_.name}});
    if (from_scratch) {
        state_.delta.clear();
        state_.lo = -1;
        step.notices.push_back({"REST-044", 1, ""});
    }
    state_.hi = 0;
    state_.link.clear();
    state_.last_id.clear();
    pages_.reset();
}

/// The server does not keep changes: they are asked for in the next way that the preset knows, from now on.
void StreamReader::next_way() {
    state_.no_delta = true;
    state_.hi = 0;
    state_.link.clear();
    state_.last_id.clear();
    pages_.reset();
}

Placeholders StreamReader::values(const StreamPlan& stream) const {
    Placeholders values;
    const IncrementalPlan* way = this->way();
    const TimeFormat format = way != nullptr ? way->format : TimeFormat::IsoZ;
    const std::optional<Zone> zone = way != nullptr && !way->zone.empty() ? Zone::find(way->zone) : std::nullopt;
    const auto moment = [&](std::int64_t seconds) { return format_moment(seconds, format, zone ? &*zone : nullptr); };
    values.set("since", moment(since_));
    values.set("until", moment(state_.hi));
    values.set("now", format_moment(server_now(), TimeFormat::IsoZ, nullptr));
    values.set("page_size", std::to_string(preset_.connection.page_size));
    values.set("fields", stream.asked());
    if (std::string token = exchange_.token(); !token.empty()) values.set("auth.token", std::move(token));
    return values;
}

HttpRequest StreamReader::request(const IncrementalPlan* way, std::string& path) const {
    Placeholders values = this->values(stream_);
    pages_->set_values(values);
    RequestPlan whole = stream_.request;
    const auto merge = [](Node& into, const Node& from) {
        into.kind = Node::Kind::Table;
        for (std::size_t i = 0; i < from.items.size(); ++i) {
            into.keys.push_back(from.keys[i]);
            into.items.push_back(from.items[i]);
        }
    };
    if (way != nullptr) {
        merge(whole.query, way->query);
        merge(whole.headers, way->headers);
    }
    HttpRequest request = make_request(preset_.connection, whole, values, path);
    std::string address = pages_->address();
    if (address.empty() && way != nullptr && way->mode == IncrementalMode::DeltaLink) address = state_.delta;
    if (!address.empty()) {
        request.method = "GET";
        request.url = std::move(address);
        request.body.clear();
    }
    return request;
}

JsonView StreamReader::records_of(const JsonTree& answer, const std::string& path, const std::string& request_path) const {
    const JsonView records = value_at(answer.root(), path);
    if (!records.is(JsonView::Kind::Array) && !records.is(JsonView::Kind::Object))
        throw Error(Exit::Data, "REST-030", {{"stream", stream_.name}, {"path", request_path}, {"member", path.empty() ? "[]" : path}});
    return records;
}

bool StreamReader::is_tombstone(JsonView record) const {
    const IncrementalPlan* way = this->way();
    if (way == nullptr || !way->tombstone) return false;
    const JsonView mark = value_at(record, way->tombstone->path);
    return mark && (way->tombstone->equals.empty() || plain_value(mark) == way->tombstone->equals);
}

bool StreamReader::is_deleted(JsonView record) const {
    for (const DeletesPlan& deletes : stream_.deletes) {
        if (deletes.mode != DeletesMode::Flag) continue;
        const std::string flag = plain_value(value_at(record, deletes.field));
        if (std::find(deletes.equals.begin(), deletes.equals.end(), flag) != deletes.equals.end()) return true;
    }
    return false;
}

void StreamReader::watch_members(JsonView record) {
    ++watched_;
    if (members_.size() < kMaxMembers)
        for (JsonView member = record.first(); member && members_.size() < kMaxMembers; member = member.next())
            members_.insert(member_name(member.key()));
    for (const RemoteField& field : stream_.fields)
        if (field.from == FieldFrom::Path && !present_.contains(field.name) && value_at(record, field.paths[0]))
            present_.insert(field.name);
}

/// New members, and fields that were there before and are not any more, by name.
void StreamReader::tell_drift(ReadStep& step) {
    if (watched_ == 0) return;
    const auto tell = [&](const char* code, const std::set<std::string>& those, const std::set<std::string>& known) {
        RemoteNotice notice{code, 0, ""};
        for (const std::string& name : those) {
            if (known.contains(name)) continue;
            ++notice.count;
            if (notice.count <= 20) notice.names += (notice.names.empty() ? "" : ", ") + name;
        }
        if (notice.count > 0) step.notices.push_back(std::move(notice));
    };
    if (!state_.members.empty()) tell("REST-042", members_, state_.members);
    if (watched_ >= kFewRecords) tell("REST-043", state_.present, present_);
    if (state_.members.size() < kMaxMembers) state_.members.insert(members_.begin(), members_.end());
    if (watched_ >= kFewRecords)
        state_.present = present_;
    else
        state_.present.insert(present_.begin(), present_.end());
}

void StreamReader::add_rows(const StreamPlan& stream, std::uint32_t sheet, FieldContext context, RemoteRecord& out) const {
    const auto add = [&](std::uint32_t at, const std::vector<RemoteField>& fields, JsonView item) {
        SheetRow row{at, {}};
        row.cells.reserve(fields.size());
        context.item = item;
        for (const RemoteField& field : fields) row.cells.push_back(fields_.read(field, context));
        out.rows.push_back(std::move(row));
    };
    add(sheet, stream.fields, {});
    for (const DetailPlan& detail : stream.details) {
        ++sheet;
        for (JsonView item = value_at(context.record, detail.each).first(); item; item = item.next()) add(sheet, detail.fields, item);
    }
}

void StreamReader::take_record(JsonView record, RemoteRecord& out) {
    out.deleted = is_deleted(record);
    if (out.deleted) return;
    add_rows(stream_, 0, {record}, out);
    if (!children_.empty()) read_children(record, out);
}

void StreamReader::read_children(JsonView parent, RemoteRecord& out) {
    auto sheet = static_cast<std::uint32_t>(1 + stream_.details.size());
    for (const StreamPlan* child : children_) {
        Placeholders values = this->values(*child);
        values.set("parent.id", out.id);
        for (const RemoteField& field : stream_.fields) values.set("parent." + field.name, fields_.read(field, {parent}));
        read_child(*child, parent, std::move(values), sheet, out);
        sheet += static_cast<std::uint32_t>(1 + child->details.size());
    }
}

void StreamReader::read_child(const StreamPlan& child, JsonView parent, Placeholders values, std::uint32_t sheet, RemoteRecord& out) {
    Paginator pages(child.paging, preset_.connection, child.name);
    for (bool ended = false; !ended;) {
        pages.set_values(values);
        std::string path;
        HttpRequest ask = make_request(preset_.connection, child.request, values, path);
        if (!pages.address().empty()) ask.url = pages.address();
        const ExchangeResult reply = send(ask, path, child.optional);
        if (reply.outcome == Outcome::SkipStream) return;
        if (reply.outcome != Outcome::Accepted) throw Error(Exit::TryLater, "REST-031", {{"stream", child.name}});
        const JsonView records = records_of(*reply.json, child.records, path);
        std::vector<std::string> ids;
        for (JsonView record = records.first(); record; record = record.next()) {
            ids.push_back(plain_value(value_at(record, child.id)));
            add_rows(child, sheet, {record, {}, parent, out.id}, out);
        }
        ended = pages.advance({reply.json->root(), reply.response, ask.url, ids, records.size(), std::nullopt});
    }
}

/// False when this machine's clock turned out to be wrong: the window then ends by the server's, and the page is asked for again.
bool StreamReader::settle_clock(const IncrementalPlan* way) {
    if (!std::exchange(clock_guessed_, false)) return true;
    const std::int64_t right = server_now() - kLag;
    if (std::abs(right - state_.hi) <= kClockTolerance) return true;
    state_.hi = right;
    return way == nullptr || way->mode != IncrementalMode::Window;
}

std::vector<std::string> StreamReader::take_records(JsonView records, ReadStep& step) {
    std::vector<std::string> ids;
    for (JsonView record = records.first(); record; record = record.next()) {
        const bool tombstone = is_tombstone(record);
        RemoteRecord taken;
        taken.id = plain_value(value_at(record, tombstone ? way()->tombstone->id : stream_.id));
        if (taken.id.empty()) {
            ++without_id_;
            continue;
        }
        if (tombstone) {
            taken.deleted = true;
        } else {
            watch_members(record);
            ids.push_back(taken.id);
            take_record(record, taken);
        }
        step.records.push_back(std::move(taken));
    }
    return ids;
}

void StreamReader::read_page(ReadStep& step) {
    if (!pages_) begin_rows();
    const IncrementalPlan* way = this->way();
    const bool delta = way != nullptr && way->mode == IncrementalMode::DeltaLink;
    std::string path;
    const HttpRequest ask = request(way, path);
    const bool asks_for_changes = delta && first_page_ && whole_ && state_.delta.empty();
    const ExchangeResult reply = send(ask, path, stream_.optional);
    switch (reply.outcome) {
        case Outcome::Accepted:
            break;
        case Outcome::Resync:
            if (asks_for_changes) {
                next_way();
            } else {
                restart(step, true);
            }
            return;
        case Outcome::RestartWindow:
            restart(step, false);
            return;
        case Outcome::SkipStream:
            step.notices.push_back({"REST-045", 1, ""});
            step.refused = !stream_.optional;
            step.why = reply.why;
            phase_ = Phase::Done;
            return;
        case Outcome::Stop:
            step.stopped = true;
            step.why = reply.why;
            phase_ = Phase::Done;
            return;
    }
    if (!settle_clock(way)) return;
    if (asks_for_changes && !way->ack_header.empty() && !reply.response.header(way->ack_header)) return next_way();

    const JsonTree& answer = *reply.json;
    const JsonView records = records_of(answer, stream_.records, path);
    if (!stream_.total.empty() && !total_) total_ = whole_number(plain_value(value_at(answer.root(), stream_.total)));
    const std::vector<std::string> ids = take_records(records, step);
    rows_read_ += ids.size();
    listed_ += ids.size();
    const bool ended = pages_->advance({answer.root(), reply.response, ask.url, ids, records.size(), total_});
    state_.last_id = pages_->last_id();
    state_.link = pages_->link();
    // A list that is read from beginning to end says what there is.
    for (const DeletesPlan& deletes : stream_.deletes)
        if (deletes.mode == DeletesMode::Absence && state_.reading_all && whole_)
            step.listing = Listing{first_page_, ended, deletes.max_share, ids};
    first_page_ = false;
    if (!ended) return;
    if (delta) {
        const std::string link = plain_value(value_at(answer.root(), way->path));
        // It said that it keeps changes and gives no way to ask for them: some other wish of the same request was granted.
        if (link.empty() && state_.delta.empty()) return next_way();
        if (link.empty()) throw Error(Exit::Data, "REST-035", {{"stream", stream_.name}});
        state_.delta = same_server_link(preset_.connection, ask.url, link, stream_.name);
    }
    end_rows(step);
}

void StreamReader::end_rows(ReadStep& step) {
    const IncrementalPlan* way = this->way();
    if (total_ && *total_ != listed_ && whole_)
        step.notices.push_back({"REST-041", *total_ > listed_ ? *total_ - listed_ : listed_ - *total_, ""});
    if (without_id_ > 0) step.notices.push_back({"REST-046", without_id_, ""});
    tell_drift(step);
    state_.lo = std::max<std::int64_t>(0, state_.hi - (way != nullptr ? way->overlap : 0));
    state_.hi = 0;
    state_.last_id.clear();
    state_.link.clear();
    state_.reading_all = false;
    phase_ = Phase::Deletes;
}

/// One page of the list that is at hand.
void StreamReader::list_deleted(const DeletesPlan& plan, ReadStep& step) {
    const bool begins = !deletes_pages_;
    if (begins) deletes_pages_.emplace(plan.paging, preset_.connection, stream_.name);
    Placeholders values = this->values(stream_);
    deletes_pages_->set_values(values);
    std::string path;
    HttpRequest ask = make_request(preset_.connection, plan.request, values, path);
    if (!deletes_pages_->address().empty()) ask.url = deletes_pages_->address();
    const ExchangeResult reply = send(ask, path, stream_.optional);
    if (reply.outcome == Outcome::Stop) {
        step.stopped = true;
        step.why = reply.why;
        phase_ = Phase::Done;
        return;
    }
    if (reply.outcome != Outcome::Accepted) {
        // A listing that fails half-way says nothing; the next run begins it anew.
        step.notices.push_back({"REST-047", 1, ""});
        deletes_pages_.reset();
        ++deletes_at_;
        return;
    }
    const JsonView records = records_of(*reply.json, plan.records, path);
    std::vector<std::string> ids;
    for (JsonView record = records.first(); record; record = record.next()) {
        // Some listings are plain ids.
        const bool plain = !record.is(JsonView::Kind::Object) && !record.is(JsonView::Kind::Array);
        std::string id = plain ? plain_value(record) : plain_value(value_at(record, plan.id));
        if (!id.empty()) ids.push_back(std::move(id));
    }
    const bool ended = deletes_pages_->advance({reply.json->root(), reply.response, ask.url, ids, records.size(), std::nullopt});
    if (plan.mode == DeletesMode::Ids) {
        step.listing = Listing{begins, ended, plan.max_share, std::move(ids)};
    } else {
        for (std::string& id : ids) step.records.push_back({std::move(id), true, {}});
    }
    if (!ended) return;
    state_.listed[std::to_string(deletes_at_)] = server_now();
    deletes_pages_.reset();
    ++deletes_at_;
}

bool StreamReader::read_deletes(ReadStep& step) {
    for (; deletes_at_ < stream_.deletes.size(); ++deletes_at_) {
        const DeletesPlan& plan = stream_.deletes[deletes_at_];
        if (plan.mode == DeletesMode::Flag || plan.mode == DeletesMode::Absence) continue;
        const auto done = state_.listed.find(std::to_string(deletes_at_));
        const bool due = done == state_.listed.end() || server_now() - done->second >= plan.every;
        if (!deletes_pages_ && !due) continue;
        list_deleted(plan, step);
        return true;
    }
    phase_ = Phase::Done;
    return false;
}

void StreamReader::note_unseen(const std::vector<std::int64_t>& rows) {
    std::map<std::string, std::int64_t> unseen;
    bool again = false;
    for (const std::int64_t row : rows) {
        const std::string number = std::to_string(row);
        const auto before = state_.unseen.find(number);
        const std::int64_t times = before == state_.unseen.end() ? 1 : std::min<std::int64_t>(before->second + 1, 3);
        again = again || times == 2;
        unseen[number] = times;
    }
    state_.unseen = std::move(unseen);
    if (!again) return;
    state_.lo = -1;
    state_.delta.clear();
}

bool StreamReader::next(ReadStep& step) {
    step = ReadStep();
    bool more = phase_ != Phase::Done;
    if (phase_ == Phase::Rows) {
        read_page(step);
    } else if (phase_ == Phase::Deletes) {
        more = read_deletes(step);
    }
    return more;
}

}  // namespace brugwacht
