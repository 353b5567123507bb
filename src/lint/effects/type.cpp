#include <fmt/format.h>

#include <algorithm>

#include "lint/effects/parts.hpp"
#include "lint/type_change.hpp"
#include "sql/identifier.hpp"

namespace tripmig::lint::effects {

using sql::AlterAction;
using Constraint = sql::ConstraintFacts::Kind;

bool names_column(std::string_view expression, const std::string& column) {
    const std::vector<sql::Token> tokens = sql::tokenize(expression);
    return std::any_of(tokens.begin(), tokens.end(),
                       [&](const sql::Token& token) { return token.is_name() && token.value() == column; });
}

namespace {

/// A constraint that leans on the column is checked again under its new type; a partitioned index is built anew.
void recheck(const Target& target, const std::string& column) {
    if (target.known == nullptr)
        return;
    for (const KnownIndex* index : target.schema.indexes_of(target.known->parent))
        if (std::find(index->columns.begin(), index->columns.end(), column) != index->columns.end())
            target.effects.scan(target.key, "the index of the partitioned table is rebuilt");
    for (const auto& [name, constraint] : target.known->constraints) {
        if (constraint.kind == Constraint::check && names_column(constraint.expression, column))
            target.effects.scan(target.key, fmt::format("CHECK {} is verified again", name));
        const auto& columns = constraint.columns;
        if (!constraint.references.empty() && std::find(columns.begin(), columns.end(), column) != columns.end())
            target.effects.lock(constraint.references, LockMode::access_exclusive);
    }
}

}  // namespace

void set_type(const Target& target, const AlterAction& action) {
    const KnownColumn* column = nullptr;
    if (target.known != nullptr)
        if (const auto found = target.known->columns.find(action.name); found != target.known->columns.end())
            column = &found->second;
    const std::string to = to_string(action.type);
    const bool is_converted = !action.expression.empty();
    if (column == nullptr) {
        target.effects.rewrite(
            target.key, fmt::format("{} becomes {}, from a type that the files do not show", action.name, to), false);
        return;
    }
    const Rewrite rewrite = rewrite_of(column->type, action.type, target.schema);
    const std::string change = fmt::format("{} changes from {} to {}", action.name, to_string(column->type), to);
    // USING with the very cast that would be made anyway is no other than none
    const std::string trivial = sql::quote_ident(action.name) + "::";
    const bool is_plain = !is_converted || action.expression == action.name ||
                          action.expression.rfind(trivial, 0) == 0 ||
                          action.expression.rfind(action.name + "::", 0) == 0;
    if (!is_plain || rewrite == Rewrite::yes)
        target.effects.rewrite(target.key, change);
    else if (rewrite == Rewrite::depends_on_time_zone)
        target.effects.rewrite(target.key, change + ", under a TimeZone other than UTC", false);
    if (!target.effects.has_rewrite(target.key))
        recheck(target, action.name);
}

}  // namespace tripmig::lint::effects
