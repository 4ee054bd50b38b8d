#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/lib/node.hpp"
#include "tests/support/stand_in/odoo.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::int64_t at(const char* time) { return parse_moment(time)->us; }

class StandInOdoo : public ::testing::Test {
  protected:
    StandInOdoo() {
        system.now_us = at("2026-11-24 12:00:00");
        partner("9", "An", at("2026-11-23 21:46:34.123456"));
        partner("10", "Bo", at("2026-11-23 21:46:34.654321"));
        partner("11", "Che", at("2026-11-24 08:00:00"));
        partner("12", "Dé", at("2026-11-24 09:00:00")).state = State::Trashed;
    }
    Record& partner(const std::string& id, const std::string& name, std::int64_t modified_us) {
        Record record{id, modified_us, 0, State::Live, {}};
        record.fields = {{"name", json_text(name)},
                         {"email", "null"},
                         {"parent_id", R"([6,"Testschool, Gent"])"},
                         {"category_id", "[3,9]"},
                         {"is_company", "false"}};
        return system.tables["res.partner"].add(record);
    }
    Answer rpc(const std::string& args, const std::string& service = "object", const std::string& method = "execute_kw") {
        return odoo(json_call("/jsonrpc", R"({"jsonrpc":"2.0","method":"call","id":7,"params":{"service":")" + service + R"(","method":")" +
                                              method + R"(","args":)" + args + "}}"));
    }
    Answer execute(const std::string& method, const std::string& args, const std::string& keywords = "{}") {
        return rpc("[\"" + odoo.database + "\",2,\"" + system.secret + "\",\"res.partner\",\"" + method + "\"," + args + "," + keywords +
                   "]");
    }
    Answer json2(const std::string& method, const std::string& body) {
        return odoo(json_call("/json/2/res.partner/" + method, body, {{"authorization", "bearer " + system.secret}}));
    }
    static std::vector<std::int64_t> numbers(const Node& list) {
        std::vector<std::int64_t> ids;
        for (const Node& item : list.items) ids.push_back(item.integer);
        return ids;
    }
    /// Ids under either protocol, by id.
    std::vector<std::int64_t> search(const std::string& domain) {
        if (odoo.version >= 19) return numbers(parse_json(json2("search", R"({"domain":)" + domain + R"(,"order":"id"})").body, ""));
        const Node answer = parse_json(execute("search", "[" + domain + "]", R"({"order":"id"})").body, "");
        return answer.find("result") != nullptr ? numbers(*answer.find("result")) : std::vector<std::int64_t>{-1};
    }

    System system;
    Odoo odoo{system};
};

TEST_F(StandInOdoo, BeforeVersion19MomentsCompareInMicrosecondsAndShowSeconds) {
    const Node answer = parse_json(execute("search_read", R"([[["id","=",9]]])", R"({"fields":["write_date"]})").body, "");
    EXPECT_EQ(text_of(answer.find("result")->items.at(0), "write_date"), "2026-11-23 21:46:34");
    EXPECT_THAT(search(R"([["write_date","=","2026-11-23 21:46:34"]])"), IsEmpty());
    EXPECT_THAT(search(R"([["write_date",">","2026-11-23 21:46:34"]])"), ElementsAre(9, 10, 11));
    EXPECT_THAT(search(R"([["write_date","<=","2026-11-23 21:46:34"]])"), IsEmpty());
    EXPECT_THAT(search(R"([["write_date",">=","2026-11-23T21:46:35Z"]])"), ElementsAre(11));
}

TEST_F(StandInOdoo, FromVersion19OnMomentsCompareInWholeSecondsAndHaveNoZone) {
    odoo.version = 19;
    EXPECT_THAT(search(R"([["write_date","=","2026-11-23 21:46:34"]])"), ElementsAre(9, 10));
    EXPECT_THAT(search(R"([["write_date",">","2026-11-23 21:46:34"]])"), ElementsAre(11));
    EXPECT_THAT(search(R"([["write_date","<=","2026-11-23 21:46:34"]])"), ElementsAre(9, 10));
    const Answer refused = json2("search", R"({"domain":[["write_date",">","2026-11-23T21:46:34Z"]]})");
    EXPECT_EQ(refused.status, 500);
    EXPECT_THAT(refused.body, HasSubstr("expecting only datetimes with no timezone"));
}

TEST_F(StandInOdoo, DomainsReadOperatorsBeforeTheirTerms) {
    EXPECT_THAT(search(R"(["|",["name","=","An"],["name","=","Che"]])"), ElementsAre(9, 11));
    EXPECT_THAT(search(R"(["|","&",["id",">",9],["name","ilike","B"],"!",["id","in",[10,11]]])"), ElementsAre(9, 10));
    EXPECT_THAT(search(R"([["id",">",9],["category_id","in",[3]],["parent_id","=",6]])"), ElementsAre(10, 11));
    EXPECT_THAT(search(R"([["email","=",false],["name","!=","An"],["name","=like","_o"]])"), ElementsAre(10));
    EXPECT_THAT(search(R"([["is_company","=",true]])"), IsEmpty());
    EXPECT_THAT(search(R"(["|",["id","=",9]])"), ElementsAre(-1));
}

TEST_F(StandInOdoo, ArchivedRowsHideUnlessAskedFor) {
    EXPECT_THAT(search(R"([["id",">",10]])"), ElementsAre(11));
    EXPECT_THAT(search(R"([["id",">",10],["active","in",[true,false]]])"), ElementsAre(11, 12));
    EXPECT_THAT(search(R"([["active","=",false]])"), ElementsAre(12));
    const Node answer = parse_json(execute("search_count", "[[]]", R"({"context":{"active_test":false}})").body, "");
    EXPECT_EQ(answer.find("result")->integer, 4);
}

TEST_F(StandInOdoo, EmptyIsFalseAndReferencesCarryNames) {
    const Node answer =
        parse_json(execute("search_read", "[[]]", R"({"fields":["email","parent_id","category_id"],"order":"id","limit":1})").body, "");
    const Node& row = answer.find("result")->items.at(0);
    EXPECT_TRUE(row.find("email")->is(Node::Kind::Boolean));
    EXPECT_EQ(row.find("parent_id")->items.at(1).text, "Testschool, Gent");
    const Node bare =
        parse_json(execute("search_read", "[[]]", R"({"fields":["parent_id","category_id"],"order":"id","limit":1,"load":null})").body, "");
    EXPECT_EQ(bare.find("result")->items.at(0).find("parent_id")->integer, 6);
    EXPECT_THAT(bare.find("result")->items.at(0).find("category_id")->items, SizeIs(2));
}

TEST_F(StandInOdoo, WithoutFieldsEverythingComesImagesToo) {
    EXPECT_GT(execute("search_read", "[[]]").body.size(), 150'000U);
    EXPECT_LT(execute("search_read", "[[]]", R"({"fields":["name"]})").body.size(), 1'000U);
}

TEST_F(StandInOdoo, WithoutAnOrderTheOrderIsNotStable) {
    for (int n = 100; n < 140; ++n) partner(std::to_string(n), "X", system.now_us);
    EXPECT_NE(execute("search", "[[]]").body, execute("search", "[[]]").body);
    EXPECT_NE(execute("search", "[[]]", R"({"order":"name"})").body, execute("search", "[[]]", R"({"order":"name"})").body);
    EXPECT_EQ(execute("search", "[[]]", R"({"order":"write_date desc, id"})").body,
              execute("search", "[[]]", R"({"order":"write_date desc, id"})").body);
}

TEST_F(StandInOdoo, ErrorsOfJsonRpcHaveStatus200AndATracebackWithTheKey) {
    const Answer answer = execute("search", R"([[["nofield","=",1]]])");
    EXPECT_EQ(answer.status, 200);
    const Node body = parse_json(answer.body, "");
    EXPECT_EQ(body.find("error")->find("code")->integer, 200);
    EXPECT_EQ(body.find("id")->integer, 7);
    EXPECT_EQ(text_of(*body.find("error")->find("data"), "name"), "builtins.ValueError");
    EXPECT_THAT(text_of(*body.find("error")->find("data"), "debug"), HasSubstr(system.secret));
    system.denied = {"res.partner"};
    EXPECT_THAT(execute("search", "[[]]").body, HasSubstr("odoo.exceptions.AccessError"));
    EXPECT_EQ(odoo(get_call("/jsonrpc")).status, 400);
    EXPECT_EQ(odoo(json_call("/jsonrpc", "{")).status, 400);
    EXPECT_EQ(odoo(json_call("/json/2/res.partner/search", "{}")).status, 404);
}

TEST_F(StandInOdoo, SigningInGivesANumberOrFalse) {
    const std::string right = "[\"" + odoo.database + "\",\"" + odoo.login + "\",\"" + system.secret + "\",{}]";
    EXPECT_EQ(parse_json(rpc(right, "common", "authenticate").body, "").find("result")->integer, 2);
    const std::string wrong = "[\"" + odoo.database + "\",\"" + odoo.login + "\",\"fout\",{}]";
    EXPECT_TRUE(parse_json(rpc(wrong, "common", "authenticate").body, "").find("result")->is(Node::Kind::Boolean));
    EXPECT_THAT(rpc("[\"elders\",\"x\",\"y\",{}]", "common", "authenticate").body, HasSubstr("psycopg2.OperationalError"));
    EXPECT_THAT(rpc("[\"" + odoo.database + "\",2,\"fout\",\"res.partner\",\"search\",[[]]]").body,
                HasSubstr("odoo.exceptions.AccessDenied"));
    EXPECT_THAT(rpc("[]", "common", "version").body, HasSubstr(R"("server_version":"16.0")"));
}

TEST_F(StandInOdoo, Json2TellsErrorsByStatus) {
    odoo.version = 19;
    EXPECT_EQ(odoo(json_call("/json/2/res.partner/search", "{}")).status, 401);
    EXPECT_EQ(odoo(json_call("/json/2/res.partner/search/", "{}", {{"authorization", "bearer " + system.secret}})).status, 200);
    Call form = form_call("/json/2/res.partner/search", {}, {{"authorization", "bearer " + system.secret}});
    EXPECT_EQ(odoo(form).status, 415);
    EXPECT_EQ(json2("search", "{").status, 400);
    EXPECT_EQ(json2("search", R"({"domain":[["nofield","=",1]]})").status, 500);
    EXPECT_EQ(json2("search", R"({"filter":[]})").status, 500);
    EXPECT_EQ(json2("nomethod", "{}").status, 404);
    EXPECT_EQ(json2("exists", R"({"ids":[9]})").status, 403);
    system.denied = {"res.partner"};
    EXPECT_EQ(json2("search", "{}").status, 403);
    EXPECT_THAT(odoo(get_call("/web/version")).body, HasSubstr(R"({"version":"19.0")"));
}

TEST_F(StandInOdoo, SeveralDatabasesAskForTheirName) {
    odoo.version = 19;
    odoo.many_databases = true;
    EXPECT_EQ(json2("search", "{}").status, 404);
    const Pairs headers{{"authorization", "bearer " + system.secret}, {"x-odoo-database", odoo.database}};
    EXPECT_EQ(odoo(json_call("/json/2/res.partner/search", "{}", headers)).status, 200);
}

TEST_F(StandInOdoo, WhatIsUnlinkedLeavesNothing) {
    execute("unlink", "[[10]]");
    EXPECT_THAT(search(R"([["active","in",[true,false]]])"), ElementsAre(9, 11, 12));
    const Node answer = parse_json(execute("read", "[[9,10,11]]", R"({"fields":["name"]})").body, "");
    EXPECT_THAT(answer.find("result")->items, SizeIs(2));
    EXPECT_THAT(execute("write", R"([[10],{"name":"X"}])").body, HasSubstr("odoo.exceptions.MissingError"));
    execute("write", R"([[9],{"name":"Anna"}])");
    EXPECT_THAT(search(R"([["write_date",">=","2026-11-24 12:00:00"]])"), ElementsAre(9));
}

TEST_F(StandInOdoo, RecordRulesHideRowsWithoutAWord) {
    odoo.row_seen = [](const std::string&, const Record& r) { return r.id != "9"; };
    EXPECT_THAT(search("[]"), ElementsAre(10, 11));
    system.reads_allowed = false;
    EXPECT_THAT(search("[]"), IsEmpty());
}

TEST_F(StandInOdoo, TellsFields) {
    system.tables["res.partner"].find("9")->fields["x_thuistaal"] = "\"Farsi\"";
    const Node body = parse_json(execute("fields_get", "[]").body, "");
    EXPECT_EQ(text_of(*body.find("result")->find("write_date"), "type"), "datetime");
    EXPECT_TRUE(body.find("result")->find("x_thuistaal")->find("manual")->boolean);
}

}  // namespace
}  // namespace brugwacht::stand_in
