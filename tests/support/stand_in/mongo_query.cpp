#include "tests/support/stand_in/mongo_query.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace brugwacht::stand_in::cloud {

namespace {

using Op = Condition::Operator;
using ReadLiteral = std::function<Literal(const Node&)>;

std::vector<Condition> each_filter(const Node& list, const ReadLiteral& literal) {
    if (!list.is(Node::Kind::Array) || list.items.empty()) throw QueryFault("a list of filters is expected");
    std::vector<Condition> parts;
    for (const Node& item : list.items) parts.push_back(parse_mongo_filter(item, literal));
    return parts;
}

Condition membership(const std::string& field, Op op, const Node& list, const ReadLiteral& literal) {
    Condition condition = comparison(field, op, Literal());
    condition.literals.clear();
    for (const Node& item : list.items) condition.literals.push_back(literal(item));
    return condition;
}

Condition operator_on(const std::string& field, const std::string& name, const Node& value, const ReadLiteral& literal) {
    static const std::map<std::string, Op> kOperators = {
        {"$eq", Op::Equal},           {"$ne", Op::NotEqual},     {"$neq", Op::NotEqual}, {"$gt", Op::Greater}, {"$lt", Op::Less},
        {"$gte", Op::GreaterOrEqual}, {"$lte", Op::LessOrEqual}, {"$in", Op::In},        {"$nin", Op::NotIn},  {"$contains", Op::Contains}};
    const auto known = kOperators.find(name);
    if (known == kOperators.end()) throw QueryFault("unknown operator " + name);
    if (known->second == Op::In || known->second == Op::NotIn) return membership(field, known->second, value, literal);
    return comparison(field, known->second, literal(value));
}

bool holds_operators(const Node& value) {
    return value.is(Node::Kind::Table) && !value.keys.empty() && value.keys.front().size() > 1 && value.keys.front().front() == '$';
}

Condition on_field(const std::string& field, const Node& value, const ReadLiteral& literal) {
    if (!holds_operators(value)) return comparison(field, Op::Equal, literal(value));
    std::vector<Condition> parts;
    for (std::size_t i = 0; i < value.items.size(); ++i) parts.push_back(operator_on(field, value.keys[i], value.items[i], literal));
    return all_of(std::move(parts));
}

}  // namespace

Condition parse_mongo_filter(const Node& filter, const ReadLiteral& literal) {
    if (filter.is(Node::Kind::Array)) return all_of(each_filter(filter, literal));
    if (!filter.is(Node::Kind::Table)) throw QueryFault("a filter is an object");
    std::vector<Condition> parts;
    for (std::size_t i = 0; i < filter.items.size(); ++i) {
        const std::string& name = filter.keys[i];
        const Node& value = filter.items[i];
        if (name == "$and") {
            parts.push_back(all_of(each_filter(value, literal)));
        } else if (name == "$or") {
            parts.push_back(any_of(each_filter(value, literal)));
        } else if (name == "$not") {
            parts.push_back(negation(parse_mongo_filter(value, literal)));
        } else {
            parts.push_back(on_field(name, value, literal));
        }
    }
    return parts.empty() ? Condition() : all_of(std::move(parts));
}

}  // namespace brugwacht::stand_in::cloud
