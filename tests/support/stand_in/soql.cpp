#include "tests/support/stand_in/soql.hpp"

#include <map>
#include <utility>

#include "tests/support/stand_in/cloud.hpp"

namespace brugwacht::stand_in::cloud {

namespace {

using Op = Condition::Operator;

class SoqlParser {
  public:
    explicit SoqlParser(std::string_view text) : scanner_(text, Scanner::Quotes::Backslash) {}

    SoqlQuery parse() {
        SoqlQuery query;
        scanner_.expect("SELECT");
        if (scanner_.accept("COUNT")) {
            scanner_.expect("(");
            scanner_.expect(")");
        } else {
            do query.fields.push_back(name());
            while (scanner_.accept(","));
        }
        scanner_.expect("FROM");
        query.object = name();
        if (scanner_.accept("WHERE")) query.where = alternatives();
        if (scanner_.accept("ORDER")) query.orders = orders();
        if (scanner_.accept("LIMIT")) query.limit = number();
        if (scanner_.accept("OFFSET")) query.offset = number();
        if (!scanner_.at_end()) unexpected(scanner_.next());
        return query;
    }

  private:
    [[noreturn]] static void unexpected(const Token& token) { throw QueryFault("unexpected token: '" + token.text + "'"); }

    /// One kind of connective at a level: the other one is an unexpected token to the caller.
    Condition alternatives() {
        std::vector<Condition> parts;
        parts.push_back(single());
        const bool conjunction = to_lower(scanner_.next().text) == "and";
        while (scanner_.accept(conjunction ? "AND" : "OR")) parts.push_back(single());
        return conjunction ? all_of(std::move(parts)) : any_of(std::move(parts));
    }

    Condition single() {
        if (scanner_.accept("NOT")) return negation(single());
        if (scanner_.accept("(")) {
            Condition inner = alternatives();
            scanner_.expect(")");
            return inner;
        }
        const std::string field = name();
        if (scanner_.accept("LIKE")) return like(field);
        if (scanner_.accept("IN")) return membership(field, Op::In);
        if (scanner_.accept("NOT")) {
            scanner_.expect("IN");
            return membership(field, Op::NotIn);
        }
        const Op op = comparator();
        return comparison(field, op, literal());
    }

    Op comparator() {
        static const std::map<std::string, Op> kOperators = {{"=", Op::Equal},          {"!=", Op::NotEqual}, {"<>", Op::NotEqual},
                                                             {"<", Op::Less},           {">", Op::Greater},   {"<=", Op::LessOrEqual},
                                                             {">=", Op::GreaterOrEqual}};
        const Token token = scanner_.take();
        const auto known = kOperators.find(token.text);
        if (token.kind != Token::Kind::Mark || known == kOperators.end()) unexpected(token);
        return known->second;
    }

    Condition like(const std::string& field) {
        std::string pattern = literal().text;
        const bool open_start = starts_with(pattern, "%");
        const bool open_end = pattern.size() > 1 && ends_with(pattern, "%");
        pattern = pattern.substr(open_start ? 1 : 0, pattern.size() - (open_start ? 1 : 0) - (open_end ? 1 : 0));
        return comparison(field, open_start ? Op::Contains : (open_end ? Op::StartsWith : Op::Equal), text_literal(pattern));
    }

    Condition membership(const std::string& field, Op op) {
        scanner_.expect("(");
        Condition condition = comparison(field, op, literal());
        while (scanner_.accept(",")) condition.literals.push_back(literal());
        scanner_.expect(")");
        return condition;
    }

    std::vector<Order> orders() {
        scanner_.expect("BY");
        std::vector<Order> orders;
        do {
            Order order;
            order.field = name();
            order.descending = scanner_.accept("DESC");
            if (!order.descending) scanner_.accept("ASC");
            if (scanner_.accept("NULLS")) scanner_.expect(order.descending ? "LAST" : "FIRST");
            orders.push_back(std::move(order));
        } while (scanner_.accept(","));
        return orders;
    }

    std::string name() {
        if (scanner_.next().kind != Token::Kind::Word) unexpected(scanner_.next());
        return scanner_.take().text;
    }

    std::size_t number() {
        const Token token = scanner_.take();
        const Literal read = word_literal(token.text);
        if (token.kind != Token::Kind::Word || read.kind != Literal::Kind::Number || read.number < 0) unexpected(token);
        return static_cast<std::size_t>(read.number);
    }

    Literal literal() {
        const Token token = scanner_.take();
        if (token.kind == Token::Kind::Text) return text_literal(token.text);
        Literal read = word_literal(token.text);
        if (token.kind != Token::Kind::Word || read.kind == Literal::Kind::Text) unexpected(token);
        return read;
    }

    Scanner scanner_;
};

}  // namespace

SoqlQuery parse_soql(std::string_view text) { return SoqlParser(text).parse(); }

}  // namespace brugwacht::stand_in::cloud
