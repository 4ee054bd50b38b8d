#include "tests/support/stand_in/conditions.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "tests/support/stand_in/cloud.hpp"

namespace brugwacht::stand_in::cloud {

namespace {

std::optional<double> whole_number(const std::string& text) {
    double number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

template <typename T>
int sign_of(const T& a, const T& b) {
    return a < b ? -1 : (b < a ? 1 : 0);
}

std::optional<int> compare_number(const Node& value, double number) {
    if (value.is(Node::Kind::Integer) || value.is(Node::Kind::Real)) return sign_of(value.real, number);
    if (!value.is(Node::Kind::Text)) return std::nullopt;
    const auto read = whole_number(value.text);
    return read ? std::optional(sign_of(*read, number)) : std::nullopt;
}

bool equals_one_of(const Node& value, const std::vector<Literal>& literals) {
    return std::any_of(literals.begin(), literals.end(), [&](const Literal& literal) {
        return literal.kind == Literal::Kind::Null ? value.is(Node::Kind::Null) : compare(value, literal) == 0;
    });
}

bool compares(const Condition& condition, const Node& value) {
    using Op = Condition::Operator;
    const Literal& literal = condition.literals.front();
    switch (condition.op) {
        case Op::Equal:
        case Op::In:
            return equals_one_of(value, condition.literals);
        case Op::NotEqual:
        case Op::NotIn:
            return !equals_one_of(value, condition.literals);
        case Op::Contains:
            return value.is(Node::Kind::Text) && value.text.find(literal.text) != std::string::npos;
        case Op::StartsWith:
            return value.is(Node::Kind::Text) && starts_with(value.text, literal.text);
        default:
            break;
    }
    const auto order = compare(value, literal);
    if (!order) return false;
    switch (condition.op) {
        case Op::Less:
            return *order < 0;
        case Op::LessOrEqual:
            return *order <= 0;
        case Op::Greater:
            return *order > 0;
        default:
            return *order >= 0;
    }
}

Condition join(Condition::Kind kind, std::vector<Condition> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    Condition condition;
    condition.kind = kind;
    condition.parts = std::move(parts);
    return condition;
}

int rank_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::Null:
            return 0;
        case Node::Kind::Boolean:
            return 1;
        case Node::Kind::Integer:
        case Node::Kind::Real:
            return 2;
        default:
            return 3;
    }
}

}  // namespace

Literal text_literal(std::string text) {
    Literal literal;
    literal.kind = Literal::Kind::Text;
    literal.text = std::move(text);
    return literal;
}

Literal moment_literal(std::int64_t moment_us) {
    Literal literal;
    literal.kind = Literal::Kind::Moment;
    literal.moment_us = moment_us;
    return literal;
}

Literal word_literal(const std::string& word) {
    Literal literal;
    const std::string lower = to_lower(word);
    if (lower == "null") return literal;
    if (lower == "true" || lower == "false") {
        literal.kind = Literal::Kind::Boolean;
        literal.truth = lower == "true";
        return literal;
    }
    if (const auto moment = parse_moment(word)) return moment_literal(*moment);
    if (const auto number = whole_number(word)) {
        literal.kind = Literal::Kind::Number;
        literal.number = *number;
        return literal;
    }
    return text_literal(lower);
}

Literal node_literal(const Node& node) {
    Literal literal;
    switch (node.kind) {
        case Node::Kind::Null:
            return literal;
        case Node::Kind::Boolean:
            literal.kind = Literal::Kind::Boolean;
            literal.truth = node.boolean;
            return literal;
        case Node::Kind::Integer:
        case Node::Kind::Real:
            literal.kind = Literal::Kind::Number;
            literal.number = node.real;
            return literal;
        default:
            return text_literal(node.text);
    }
}

Condition comparison(std::string field, Condition::Operator op, Literal literal) {
    Condition condition;
    condition.kind = Condition::Kind::Compare;
    condition.field = std::move(field);
    condition.op = op;
    condition.literals.push_back(std::move(literal));
    return condition;
}

Condition all_of(std::vector<Condition> parts) { return join(Condition::Kind::And, std::move(parts)); }

Condition any_of(std::vector<Condition> parts) { return join(Condition::Kind::Or, std::move(parts)); }

Condition negation(Condition part) {
    Condition condition;
    condition.kind = Condition::Kind::Not;
    condition.parts.push_back(std::move(part));
    return condition;
}

std::optional<int> compare(const Node& value, const Literal& literal) {
    switch (literal.kind) {
        case Literal::Kind::Null:
            return std::nullopt;
        case Literal::Kind::Boolean:
            return value.is(Node::Kind::Boolean) ? std::optional(sign_of(value.boolean, literal.truth)) : std::nullopt;
        case Literal::Kind::Number:
            return compare_number(value, literal.number);
        case Literal::Kind::Text:
            return value.is(Node::Kind::Text) ? std::optional(sign_of(value.text, literal.text)) : std::nullopt;
        case Literal::Kind::Moment:
            break;
    }
    if (!value.is(Node::Kind::Text)) return std::nullopt;
    const auto moment = parse_moment(value.text);
    return moment ? std::optional(sign_of(*moment, literal.moment_us)) : std::nullopt;
}

bool holds(const Condition& condition, const FieldOf& field_of) {
    const auto part_holds = [&](const Condition& part) { return holds(part, field_of); };
    switch (condition.kind) {
        case Condition::Kind::Always:
            return true;
        case Condition::Kind::And:
            return std::all_of(condition.parts.begin(), condition.parts.end(), part_holds);
        case Condition::Kind::Or:
            return std::any_of(condition.parts.begin(), condition.parts.end(), part_holds);
        case Condition::Kind::Not:
            return !part_holds(condition.parts.front());
        case Condition::Kind::Compare:
            break;
    }
    return compares(condition, field_of(condition.field));
}

std::vector<std::string> fields_in(const Condition& condition) {
    std::vector<std::string> fields;
    if (condition.kind == Condition::Kind::Compare) fields.push_back(condition.field);
    for (const Condition& part : condition.parts)
        for (std::string& field : fields_in(part)) fields.push_back(std::move(field));
    return fields;
}

void for_each_comparison(Condition& condition, const std::function<void(Condition&)>& change) {
    if (condition.kind == Condition::Kind::Compare) change(condition);
    for (Condition& part : condition.parts) for_each_comparison(part, change);
}

int compare_values(const Node& a, const Node& b) {
    const int rank = sign_of(rank_of(a), rank_of(b));
    if (rank != 0) return rank;
    switch (a.kind) {
        case Node::Kind::Null:
            return 0;
        case Node::Kind::Boolean:
            return sign_of(a.boolean, b.boolean);
        case Node::Kind::Integer:
        case Node::Kind::Real:
            return sign_of(a.real, b.real);
        default:
            return sign_of(a.text, b.text);
    }
}

bool stands_before(const std::vector<Order>& orders, const FieldOf& a, const FieldOf& b) {
    for (const Order& order : orders) {
        const int compared = compare_values(a(order.field), b(order.field));
        if (compared != 0) return (compared < 0) != order.descending;
    }
    return false;
}

std::vector<const Record*> arranged(std::vector<const Record*> records, const Condition& condition, const std::vector<Order>& orders,
                                    const ValueOf& value_of) {
    const auto field_of = [&](const Record* record) -> FieldOf {
        return [&value_of, record](const std::string& name) { return value_of(*record, name); };
    };
    const auto fails = [&](const Record* record) { return !holds(condition, field_of(record)); };
    records.erase(std::remove_if(records.begin(), records.end(), fails), records.end());
    std::stable_sort(records.begin(), records.end(),
                     [&](const Record* a, const Record* b) { return stands_before(orders, field_of(a), field_of(b)); });
    return records;
}

}  // namespace brugwacht::stand_in::cloud
