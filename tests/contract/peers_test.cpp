// REST sources against servers that others made (tests/peers), on this machine: the real program, a real network, the shipped presets.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <ostream>
#include <regex>
#include <string>
#include <vector>

#include "connector/rest/http.hpp"
#include "engine/core/ports.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/run/import.hpp"
#include "engine/run/project.hpp"
#include "engine/run/remote.hpp"
#include "engine/store/reader.hpp"
#include "tests/support/child_server.hpp"
#include "tests/support/scratch_project.hpp"
#include "tests/unit/connector/rest_fakes.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

// Tryton wants some variety in a password.
const std::string kSecret = "vN8-kruisbes-41-Zomer";
const std::string kWrongSecret = "qT3-frambozen-57-Winter";
constexpr std::uint64_t kPeople = 60;
constexpr std::uint64_t kPage = 25;
// The end of a window is a minute ago by the clock of the server, so that no change is still under way.
constexpr std::int64_t kSettled_s = 90;

const fs::path kScripts = BRUGWACHT_SOURCE_DIR "/tests/peers";
const fs::path kInstalled = BRUGWACHT_SOURCE_DIR "/build/peers";

std::string shipped_preset(const std::string& name) {
    return read_bytes(fs::path(BRUGWACHT_SOURCE_DIR) / "mappings" / "rest" / (name + ".toml"));
}

/// The text between two others, the first included and the second not, replaced.
std::string replaced(std::string text, const std::string& from, const std::string& until, const std::string& by) {
    const std::size_t begin = text.find(from);
    const std::size_t end = text.find(until, begin);
    if (begin == std::string::npos || end == std::string::npos) throw std::runtime_error("no " + from);
    return text.replace(begin, end - begin, by);
}

/// What a municipality with such a service would make of the shipped preset: a token for a client's secret; and here the ids are compared
/// at each run, for a test cannot wait a week.
std::string odata_behind_oauth() {
    std::string text = replaced(shipped_preset("odata"), "preset = ", "\n", "preset = \"odata-oauth\"");
    text = replaced(text, "[connection.auth]", "[[connection.error]]", R"([connection.auth]
type = "oauth2_client_credentials"
token_url = "{params.token_url}"
client_id = "brugwacht"
client_secret = "{params.key}"

)");
    text = replaced(text, "[params.key_header]", "[params.key_prefix]", "[params.token_url]\nrequired = true\nurl = true\n");
    return replaced(text, "mode = \"ids\"", "query", "mode = \"ids\"\nevery = \"PT0S\"\n");
}

/// Tryton: parties over JSON-RPC. There is no null in TOML, so a party that never was changed is found by when it was made.
std::string tryton() {
    return R"(preset = "tryton"
version = 1
label = "Tryton"
[params.site]
required = true
url = true
[params.user]
required = true
[params.key]
required = true
secret = true

[connection]
base_url = "{params.site}/tryton/"
page_size = 25
[connection.auth]
type = "basic"
user = "{params.user}"
password = "{params.key}"
[[connection.error]]
path = "error"
present = true
action = "fail"
code = "error.0"

[[stream]]
name = "parties"
method = "POST"
path = ""
json = { id = 1, method = "model.party.party.search_read", params = [
    [["OR", [["write_date", ">=", "{since}"], ["write_date", "<", "{until}"]], [["create_date", ">=", "{since}"], ["create_date", "<", "{until}"]]], ["id", ">", "{last_id:number}"]],
    0, "{page_size:number}", [["id", "ASC"]], "{fields:list}", {}] }
records = "result"
id = "id"
fields = ["id", "name"]
[stream.paging]
type = "window_id"
[[stream.incremental]]
mode = "window"
field = "write_date"
format = "space"
[[stream.deletes]]
mode = "ids"
every = "PT0S"
json = { id = 1, method = "model.party.party.search", params = [[["id", ">", "{last_id:number}"]], 0, "{page_size:number}", [["id", "ASC"]], {}] }

[map]
role = "evidence"
[[map.sheet]]
names = ["parties"]
match = "name"
[map.sheet.columns]
id = { headers = ["id"], required = true }
name = "name"
[[map.sheet.record]]
entity = "person"
key = "id"
[map.sheet.record.fields]
given_name = { column = "name", split = " ", part = 1 }
family_name = { column = "name", split = " ", part = 2 }
)";
}

struct Peer {
    std::string name;
    fs::path program, script;
    fs::path needs;  // without it the server was not installed
    std::string preset;
    std::function<std::string()> own_preset = {};  // empty: the shipped one
    std::string connection;                        // of the source, besides the key; * stands for the server's address
    std::string id_prefix = {};                    // how it numbers its records
    bool incremental = false;                      // it is asked for changes; otherwise for everything each time
    bool pages = true;
};

std::ostream& operator<<(std::ostream& out, const Peer& peer) { return out << peer.name; }

constexpr const char* kODataConnection = R"(
site = "*/odata"
token_url = "*/oauth/token"
entity_set = "Members"
id = "MemberId"
modified = "ModifiedOn"
given_name = "FirstName"
family_name = "LastName"
birth_date = "BirthDate"
start = "IntakeOn"
club = "ClubName"
enrolled_on = "MemberSince"
)";

constexpr const char* kJsonApiConnection = R"(
site = "*/api"
collection = "members"
page_size = ""
page_limit = "25"
given_name = "given_name"
family_name = "family_name"
birth_date = "born_on"
start = "intake_on"
club = "club"
enrolled_on = "member_since"
)";

constexpr const char* kJsonConnection = R"(
site = "*"
path = "members"
records = "."
given_name = "name.first"
family_name = "name.last"
birth_date = "born"
start = "intake"
club = "club"
enrolled_on = "since"
)";

constexpr const char* kTrytonConnection = R"(
site = "*"
user = "admin"
)";

std::vector<Peer> peers() {
    const fs::path node = find_program("node"), packages = kInstalled / "installed.json";
    const fs::path python = "/usr/bin/python3";  // the one that Debian's tryton-server is for
    return {{.name = "OData",
             .program = node,
             .script = "odata.js",
             .needs = packages,
             .preset = "odata-oauth",
             .own_preset = odata_behind_oauth,
             .connection = kODataConnection,
             .id_prefix = "M-",
             .incremental = true},
            {.name = "JsonApi",
             .program = node,
             .script = "jsonapi.js",
             .needs = packages,
             .preset = "jsonapi",
             .connection = kJsonApiConnection},
            {.name = "Json",
             .program = node,
             .script = "json.js",
             .needs = packages,
             .preset = "json",
             .connection = kJsonConnection,
             .pages = false},
            {.name = "Tryton",
             .program = python,
             .script = "tryton.py",
             .needs = kInstalled / "tryton.sqlite",
             .preset = "tryton",
             .own_preset = tryton,
             .connection = kTrytonConnection,
             .incremental = true}};
}

void skip_when_absent(const Peer& peer) {
    if (peer.program.empty() || !fs::exists(peer.program) || !fs::exists(peer.needs))
        GTEST_SKIP() << "The server " << peer.name << " is not installed: tests/peers/install says why.";
}

class RestPeers : public testing::TestWithParam<Peer> {
  protected:
    void SetUp() override { skip_when_absent(peer()); }

    static const Peer& peer() { return GetParam(); }
};

std::unique_ptr<ChildServer> start(const Peer& peer, const std::string& port = "0") {
    return std::make_unique<ChildServer>(
        peer.program, std::vector<std::string>{kScripts / peer.script, kSecret, port},
        std::vector<std::pair<std::string, std::string>>{{"NODE_PATH", kInstalled / "node_modules"}, {"BRUGWACHT_PEERS", kInstalled}});
}

/// What happens at the server: the control routes of tests/peers/peer.js.
void control(const ChildServer& server, const std::string& what, const std::string& body = {}) {
    HttpRequest request;
    request.method = "POST";
    request.url = server.address() + "/control/" + what;
    request.body = body;
    HttpResponse response;
    if (curl_transport({})->send(request, response) || response.status != 200) throw std::runtime_error(what + ": " + response.body);
}

/// A project that reads that server and nothing else.
class PeerProject : public ScratchProject {
  public:
    PeerProject(const Peer& peer, const std::string& address) {
        std::string text = replaced(read_bytes(path() / "brugwacht.toml"), "[[source]]", "[import]", "");
        text += "\n[[source]]\nname = \"leden\"\npreset = \"" + peer.preset + "\"\nrole = \"caseload\"\n[source.connection]\n";
        text += "key = { file = \"keys/leden.secret\" }\n";
        text += std::regex_replace(peer.connection, std::regex("\\*"), address);
        write_bytes(path() / "brugwacht.toml", text);
        fs::create_directories(path() / "mappings" / "rest");
        if (peer.own_preset) write_bytes(path() / "mappings" / "rest" / (peer.preset + ".toml"), peer.own_preset());
        set_secret(kSecret);
    }

    void set_secret(const std::string& secret) const { disk_files()->write(path() / "keys" / "leden.secret", secret + "\n", 0600); }
    Node import() const { return json({"import", "leden"}); }
    std::uint64_t count(const char* entity) const { return StoreReader::open(path() / "store.db").count(entity); }
};

/// How many persons of the import are `what` ("new", "changed", "vanished").
std::int64_t persons(const Node& import, const char* what) {
    std::int64_t sum = 0;
    for (const Node& file : at(import, "files").items)
        for (const Node& record : at(file, "records").items)
            if (at(record, "entity").text == "person") sum += at(record, what).integer;
    return sum;
}

std::uint64_t rows_read(const Node& import) {
    std::uint64_t sum = 0;
    for (const Node& file : at(import, "files").items) sum += static_cast<std::uint64_t>(at(file, "read").integer);
    return sum;
}

TEST_P(RestPeers, EverybodyArrivesOnceAndASecondRunChangesNothing) {
    const auto server = start(peer());
    const PeerProject project(peer(), server->address());
    EXPECT_EQ(persons(project.import(), "new"), kPeople);
    EXPECT_EQ(project.count("person"), kPeople);
    const Node again = project.import();
    for (const char* what : {"new", "changed", "vanished"}) EXPECT_EQ(persons(again, what), 0) << what;
    EXPECT_EQ(project.count("person"), kPeople);
}

TEST_P(RestPeers, AChangeArrives) {
    const auto server = start(peer());
    const PeerProject project(peer(), server->address());
    project.import();
    const std::string changed = utc_timestamp(system_clock()->now() - kSettled_s);
    control(*server, "change/" + peer().id_prefix + "7", R"({"given":"Gaël","family":"Anders","changed":")" + changed + "\"}");
    const Node import = project.import();
    EXPECT_EQ(persons(import, "changed"), 1);
    EXPECT_EQ(persons(import, "new"), 0);
    EXPECT_EQ(rows_read(import), peer().incremental ? 1U : kPeople);
}

TEST_P(RestPeers, ADeletionArrivesWhenItIsSeenTwice) {
    const auto server = start(peer());
    const PeerProject project(peer(), server->address());
    project.import();
    control(*server, "delete/" + peer().id_prefix + "7");
    EXPECT_EQ(persons(project.import(), "vanished"), 0);
    EXPECT_EQ(persons(project.import(), "vanished"), 1);
    EXPECT_EQ(project.count("person"), kPeople - 1);
}

/// Every file of the project but the one that holds the secret, and what the program said, free of all these.
void expect_nowhere(const std::vector<std::string>& secrets, const PeerProject& project, const RunResult& run) {
    for (const std::string& secret : secrets) {
        EXPECT_EQ(run.out.find(secret), std::string::npos) << run.out;
        EXPECT_EQ(run.err.find(secret), std::string::npos) << run.err;
        for (const auto& entry : fs::recursive_directory_iterator(project.path())) {
            if (!entry.is_regular_file() || entry.path().filename() == "leden.secret") continue;
            EXPECT_EQ(read_bytes(entry.path()).find(secret), std::string::npos) << entry.path();
        }
    }
}

TEST_P(RestPeers, AWrongSecretIsRefusedAndStaysSecret) {
    const auto server = start(peer());
    const PeerProject project(peer(), server->address());
    project.set_secret(kWrongSecret);
    const RunResult refused = project.run({"import", "leden", "--json"});
    EXPECT_EQ(refused.status, 77) << refused.out << refused.err;
    expect_nowhere({kWrongSecret, base64("admin:" + kWrongSecret)}, project, refused);
    EXPECT_EQ(project.count("person"), 0U);

    project.set_secret(kSecret);
    const RunResult accepted = project.run({"import", "leden", "--json"});
    EXPECT_EQ(accepted.status, 0) << accepted.out << accepted.err;
    expect_nowhere({kSecret, base64("admin:" + kSecret)}, project, accepted);
    EXPECT_EQ(project.count("person"), kPeople);
}

TEST_P(RestPeers, AServerThatGoesAwayHalfWayIsReadOnLater) {
    const auto server = start(peer());
    const PeerProject project(peer(), server->address());
    control(*server, peer().pages ? "away?after=1" : "away?after=0");
    const RunResult broken_off = project.run({"import", "leden", "--json"});
    EXPECT_EQ(broken_off.status, 75) << broken_off.out << broken_off.err;
    EXPECT_EQ(project.count("person"), peer().pages ? kPage : 0U);
    control(*server, "heal");
    EXPECT_EQ(rows_read(project.import()), peer().pages ? kPeople - kPage : kPeople) << "it goes on where it was";
    EXPECT_EQ(project.count("person"), kPeople);
}

/// In this process, for the program would wait more than a minute for the server to come back.
ImportSummary import_without_waiting(const fs::path& path) {
    const auto clock = system_clock();
    const auto files = disk_files();
    const auto keys = key_files(path / "keys");
    const auto log = no_log();
    Ports ports{*clock, *files, *keys, *log};
    FakePause pause;
    RemotePorts remote{curl_transport, pause, {}};
    ImportRequest request;
    request.inputs = {"leden"};
    return import_files(Project::load(path, *files), request, remote, ports);
}

TEST_P(RestPeers, AServerThatDiesInAnAnswerIsReadOnWhenItStandsAgain) {
    auto server = start(peer());
    const std::string port = server->port();
    const PeerProject project(peer(), server->address());
    control(*server, peer().pages ? "break?after=1" : "break?after=0");
    try {
        EXPECT_EQ(import_without_waiting(project.path()).exit(), Exit::TryLater);
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::TryLater);
    }
    EXPECT_EQ(project.count("person"), peer().pages ? kPage : 0U);
    server.reset();
    server = start(peer(), port);
    project.import();
    EXPECT_EQ(project.count("person"), kPeople);
}

INSTANTIATE_TEST_SUITE_P(All, RestPeers, testing::ValuesIn(peers()), [](const auto& peer) { return peer.param.name; });

/// The OAuth2 server in front of the OData service.
class RestPeersOAuth : public testing::Test {
  protected:
    void SetUp() override { skip_when_absent(peer); }
    Peer peer = peers().front();
};

TEST_F(RestPeersOAuth, ATokenThatIsWithdrawnHalfWayIsRenewed) {
    const auto server = start(peer);
    const PeerProject project(peer, server->address());
    control(*server, "withdraw?after=1");
    project.import();
    EXPECT_EQ(project.count("person"), kPeople);
}

TEST_F(RestPeersOAuth, TheSecretMayTravelInAHeader) {
    peer.own_preset = [] { return replaced(odata_behind_oauth(), "client_id", "client_id", "send = \"basic\"\n"); };
    const auto server = start(peer);
    const PeerProject project(peer, server->address());
    project.import();
    EXPECT_EQ(project.count("person"), kPeople);
    project.set_secret(kWrongSecret);
    EXPECT_EQ(project.run({"import", "leden"}).status, 77);
}

}  // namespace
}  // namespace brugwacht
