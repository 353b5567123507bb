#include "lint/type_change.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace tripmig::lint {

namespace {

/// A length or precision; -1 when there is none.
int modifier(const sql::TypeName& type, std::size_t at, int missing = -1) {
    if (at >= type.modifiers.size())
        return missing;
    int value = missing;
    const std::string& text = type.modifiers[at];
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    for (const std::string_view other : names)
        if (name == other)
            return true;
    return false;
}

/// A limit that only grows, or goes: -1 is none.
bool is_widened(int from, int to) {
    return to == -1 || (from != -1 && to >= from);
}

/// The same type with another modifier, whose support function drops the length coercion when it only widens.
bool keeps_values(const sql::TypeName& from, const sql::TypeName& to) {
    if (from.modifiers == to.modifiers)
        return true;
    if (is_one_of(to.name, {"varchar", "varbit"}))
        return is_widened(modifier(from, 0), modifier(to, 0));
    if (to.name == "numeric") {
        if (to.modifiers.empty())
            return true;
        return !from.modifiers.empty() && modifier(from, 1, 0) == modifier(to, 1, 0) &&
               modifier(to, 0) >= modifier(from, 0);
    }
    constexpr int microseconds = 6;  // what a time has without a precision
    if (is_one_of(to.name, {"timestamp", "timestamptz", "time", "timetz"}))
        return modifier(to, 0, microseconds) >= microseconds ||
               (!from.modifiers.empty() && modifier(to, 0) >= modifier(from, 0));
    if (to.name == "interval")
        return to.modifiers.empty();
    return false;  // bpchar, bit: padded
}

/// pg_cast.castmethod 'b' of PostgreSQL 15, the pairs that a column may have.
bool is_binary_coercible(std::string_view from, std::string_view to) {
    using Pair = std::pair<std::string_view, std::string_view>;
    constexpr std::array<Pair, 17> pairs{{{"varchar", "text"},
                                          {"text", "varchar"},
                                          {"citext", "text"},
                                          {"text", "citext"},
                                          {"citext", "varchar"},
                                          {"varchar", "citext"},
                                          {"cidr", "inet"},
                                          {"int4", "oid"},
                                          {"oid", "int4"},
                                          {"oid", "regclass"},
                                          {"regclass", "oid"},
                                          {"int4", "regclass"},
                                          {"regclass", "int4"},
                                          {"bit", "varbit"},
                                          {"varbit", "bit"},
                                          {"xml", "text"},
                                          {"xml", "varchar"}}};
    for (const Pair& pair : pairs)
        if (pair.first == from && pair.second == to)
            return true;
    return false;
}

}  // namespace

bool is_constrained_domain(const std::string& type, const KnownSchema& schema) {
    const KnownDomain* domain = schema.domain(type);
    return domain != nullptr && domain->is_constrained;
}

namespace {

Rewrite between_base_types(const sql::TypeName& from, const sql::TypeName& to) {
    if (from.name == to.name)
        return keeps_values(from, to) ? Rewrite::no : Rewrite::yes;
    if ((from.name == "timestamp" && to.name == "timestamptz") ||
        (from.name == "timestamptz" && to.name == "timestamp"))
        return Rewrite::depends_on_time_zone;
    if (!is_binary_coercible(from.name, to.name) || from.is_array)
        return Rewrite::yes;
    const bool is_length_kept =
        to.modifiers.empty() || (from.name == "varchar" && is_widened(modifier(from, 0), modifier(to, 0)));
    return is_length_kept ? Rewrite::no : Rewrite::yes;
}

}  // namespace

Rewrite rewrite_of(const sql::TypeName& from, const sql::TypeName& to, const KnownSchema& schema) {
    if (from == to)
        return Rewrite::no;
    if (from.is_array != to.is_array || is_constrained_domain(to.name, schema))
        return Rewrite::yes;
    const KnownDomain* from_domain = from.is_array ? nullptr : schema.domain(from.name);
    const KnownDomain* to_domain = to.is_array ? nullptr : schema.domain(to.name);
    return between_base_types(from_domain == nullptr ? from : from_domain->base,
                              to_domain == nullptr ? to : to_domain->base);
}

std::string to_string(const sql::TypeName& type) {
    std::string text = type.name;
    if (!type.modifiers.empty())
        text += fmt::format("({})", fmt::join(type.modifiers, ","));
    return type.is_array ? text + "[]" : text;
}

}  // namespace tripmig::lint
