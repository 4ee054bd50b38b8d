#include "tests/support/stand_in/odata_query.hpp"

#include <map>
#include <utility>

#include "tests/support/stand_in/cloud.hpp"

namespace brugwacht::stand_in::cloud {

namespace {

using Op = Condition::Operator;

class FilterParser {
  public:
    explicit FilterParser(std::string_view text) : scanner_(text, Scanner::Quotes::Doubled) {}

    Condition parse() {
        Condition condition = alternatives();
        if (!scanner_.at_end()) throw QueryFault("Syntax error at '" + scanner_.next().text + "'.");
        return condition;
    }

  private:
    Condition alternatives() {
        std::vector<Condition> parts;
        do parts.push_back(conjunction());
        while (scanner_.accept("or"));
        return any_of(std::move(parts));
    }

    Condition conjunction() {
        std::vector<Condition> parts;
        do parts.push_back(single());
        while (scanner_.accept("and"));
        return all_of(std::move(parts));
    }

    Condition single() {
        if (scanner_.accept("not")) return negation(single());
        if (scanner_.accept("(")) {
            Condition inner = alternatives();
            scanner_.expect(")");
            return inner;
        }
        const std::string name = word();
        if (scanner_.accept("(")) return function(name);
        return comparison_of(name);
    }

    Condition function(const std::string& name) {
        static const std::map<std::string, Op> kFunctions = {{"contains", Op::Contains}, {"startswith", Op::StartsWith}};
        const auto known = kFunctions.find(name);
        if (known == kFunctions.end()) throw QueryFault("An unknown function with name '" + name + "' was found.");
        const std::string field = word();
        scanner_.expect(",");
        Condition condition = comparison(field, known->second, literal());
        scanner_.expect(")");
        return condition;
    }

    Condition comparison_of(const std::string& field) {
        static const std::map<std::string, Op> kOperators = {{"eq", Op::Equal},       {"ne", Op::NotEqual}, {"lt", Op::Less},
                                                             {"le", Op::LessOrEqual}, {"gt", Op::Greater},  {"ge", Op::GreaterOrEqual},
                                                             {"in", Op::In}};
        const auto known = kOperators.find(word());
        if (known == kOperators.end()) throw QueryFault("Syntax error after '" + field + "'.");
        if (known->second != Op::In) return comparison(field, known->second, literal());
        scanner_.expect("(");
        Condition condition = comparison(field, Op::In, literal());
        while (scanner_.accept(",")) condition.literals.push_back(literal());
        scanner_.expect(")");
        return condition;
    }

    std::string word() {
        if (scanner_.next().kind != Token::Kind::Word) throw QueryFault("Syntax error: a name is expected.");
        return scanner_.take().text;
    }

    Literal literal() {
        const Token token = scanner_.take();
        if (token.kind == Token::Kind::Text) return text_literal(token.text);
        if (token.kind != Token::Kind::Word) throw QueryFault("Syntax error: a value is expected.");
        return word_literal(token.text);
    }

    Scanner scanner_;
};

}  // namespace

Condition parse_odata_filter(std::string_view text) { return FilterParser(text).parse(); }

std::vector<Order> parse_odata_order(std::string_view text) {
    Scanner scanner(text, Scanner::Quotes::Doubled);
    std::vector<Order> orders;
    do {
        if (scanner.next().kind != Token::Kind::Word) throw QueryFault("Syntax error in $orderby.");
        Order order;
        order.field = scanner.take().text;
        order.descending = scanner.accept("desc");
        if (!order.descending) scanner.accept("asc");
        orders.push_back(std::move(order));
    } while (scanner.accept(","));
    if (!scanner.at_end()) throw QueryFault("Syntax error in $orderby.");
    return orders;
}

}  // namespace brugwacht::stand_in::cloud
