// A preset file (docs/presets.md), checked and ready to run: what is asked of a server, and how its answers are read. The part [map] is
// left to engine/mapping. Parameters are filled in when a preset is built; other placeholders stay for each request.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/node.hpp"

namespace brugwacht {

/// [params.NAME].
struct ParameterDef {
    std::string name;
    bool required = false;
    bool secret = false;
    bool url = false;
    std::string fallback;  // default
    std::vector<std::string> choices;
};

/// A request as the preset words it; texts hold placeholders.
struct RequestPlan {
    std::string method = "GET";
    std::string path;
    Node query, form, headers;  // tables
    Node json;                  // Null = no body
};

enum class FieldAs : std::uint8_t { Text, Instant, Civil, Date, Boolean };
enum class FieldFrom : std::uint8_t { Path, Between, Minutes, Count, Join };

struct RemoteField {
    std::string name;
    FieldFrom from = FieldFrom::Path;
    FieldAs as = FieldAs::Text;
    std::vector<std::string> paths;  // Path, Count: one; Between: from and to; Minutes: hours, minutes, seconds, milliseconds ("" = none)
    std::vector<std::string> ask;    // what {fields} names
};

enum class PagingType : std::uint8_t { None, WindowId, NextLink, Token, Offset, Page };

struct PagingPlan {
    PagingType type = PagingType::None;
    std::string path;    // of the next link or token, in the answer
    std::string header;  // "link"
    std::vector<std::string> strip;
    std::string id_start = "0";
    bool ends_short = false;  // a page with fewer rows than asked for is the last one
    int first_page = 1;
    std::string pages;  // path of the number of pages
};

struct TombstonePlan {
    std::string path, equals, id;
};

enum class IncrementalMode : std::uint8_t { Window, DeltaLink };
enum class TimeFormat : std::uint8_t { IsoZ, IsoMsZ, Space, EpochMs, EpochS, Date };

struct IncrementalPlan {
    IncrementalMode mode = IncrementalMode::Window;
    std::string field;
    TimeFormat format = TimeFormat::IsoZ;
    std::string zone;            // of {since} and {until}; "" = UTC
    std::int64_t overlap = 900;  // seconds
    std::int64_t start = 0;      // seconds since 1970
    Node query, headers;         // added to the request
    std::string path, ack_header;
    std::optional<TombstonePlan> tombstone;
};

enum class DeletesMode : std::uint8_t { Flag, List, Ids, Absence };

struct DeletesPlan {
    DeletesMode mode = DeletesMode::Flag;
    std::string field;
    std::vector<std::string> equals;
    RequestPlan request;  // List, Ids
    PagingPlan paging;
    std::string records, id;
    std::int64_t every = std::int64_t{7} * 86400;  // seconds
    double max_share = 0.1;
};

struct DetailPlan {
    std::string name, each;
    std::vector<RemoteField> fields;
};

/// A request that gives one value.
struct ProbePlan {
    RequestPlan request;
    std::string value;
};

/// A request that lists the fields a stream could have.
struct MetadataPlan {
    RequestPlan request;
    std::string records, field, type, label, custom;
};

enum class AnswerKind : std::uint8_t { Json, File };

struct StreamPlan {
    std::string name;
    RequestPlan request;
    std::string records, id, total, parent, file_name;
    AnswerKind response = AnswerKind::Json;
    bool optional = false;
    std::vector<RemoteField> fields;
    PagingPlan paging;
    std::vector<IncrementalPlan> incremental;
    std::vector<DeletesPlan> deletes;
    std::vector<DetailPlan> details;
    std::optional<ProbePlan> count;
    std::optional<MetadataPlan> metadata;

    /// What {fields} stands for: of its own fields and those of its details, each once.
    std::vector<std::string> asked() const;
};

enum class ErrorAction : std::uint8_t { Retry, Wait, Refresh, Resync, RestartWindow, SkipStream, Stop, Fail };

struct ErrorRulePlan {
    int status_from = 0, status_to = 999;  // with `statuses` empty
    std::vector<int> statuses;
    std::string path;
    bool present = false;
    std::vector<std::string> equals, contains;
    std::string header;
    std::vector<std::string> header_contains;
    ErrorAction action = ErrorAction::Fail;
    int max = 6, wait_s = 0, max_wait_s = 900;
    std::string code;
};

struct AuthPlan {
    std::string type = "none";
    std::map<std::string, std::string> texts;  // user, password, token, header, value, prefix, token_url, ...
    Node headers, extra;
    int lifetime_s = 180;
    std::optional<RequestPlan> login;
};

struct BudgetPlan {
    double per_second = 0;      // 0 = no limit
    std::uint64_t per_run = 0;  // 0 = no limit
    std::string quota_header;
    double max_share = 0.8;
};

/// What an answer must hold, besides having been accepted.
struct AnswerCondition {
    std::string path;
    std::string equals;  // may hold placeholders of the request
};

/// How fields of a record are set in the source's own system.
struct WriteBackPlan {
    RequestPlan request;
    std::string stream;                   // whose ids are {person.id}
    bool empties_with_null = true;        // otherwise with the empty text
    std::optional<AnswerCondition> done;  // without it no such record was changed
    std::vector<std::string> gone;        // the server's codes for "there is no such record"
    std::optional<MetadataPlan> fields;   // how to ask which fields there are
};

struct ConnectionPlan {
    std::string base_url;
    Node headers;
    std::string zone = "UTC";
    bool false_is_empty = false;
    std::vector<std::string> empty;
    int page_size = 200;
    std::string reason_header;
    std::size_t max_answer = std::size_t{16} << 20;
    int timeout_s = 120;
    BudgetPlan budget;
    AuthPlan auth;
    std::vector<ErrorRulePlan> errors;
};

/// A preset whose parameters are filled in. Holds secrets: not to be shown or kept longer than needed.
struct Preset {
    std::string name, label;
    int version = 1;
    ConnectionPlan connection;
    std::vector<StreamPlan> streams;
    std::optional<ProbePlan> version_probe, user_probe;
    std::optional<WriteBackPlan> write_back;

    const StreamPlan* stream(std::string_view name) const;
};

/// A preset file of which only the parameters are known yet.
class PresetFile {
  public:
    /// Throws Error (78): TOM-001, CFG-xxx, PST-001 and on.
    static PresetFile parse(std::string_view text, const std::string& file);

    const std::string& name() const { return name_; }
    const std::string& label() const { return label_; }
    const std::vector<ParameterDef>& parameters() const { return parameters_; }

    /// With values for the parameters: those left out get their default. Throws Error (78) with every fault of the file and of the values.
    Preset build(const std::map<std::string, std::string>& values) const;

  private:
    std::string name_, label_, file_;
    Node root_;
    std::vector<ParameterDef> parameters_;
};

}  // namespace brugwacht
