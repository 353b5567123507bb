#include <algorithm>

#include "lint/effects/parts.hpp"

namespace tripmig::lint::effects {

using sql::AlterAction;
using Constraint = sql::ConstraintFacts::Kind;

namespace {

/// Whether a valid CHECK speaks of the parent's key: what proves the bounds, as far as text tells.
bool has_bounds_check(const KnownTable* child, const KnownTable* parent) {
    if (child == nullptr || parent == nullptr || parent->partition_key.empty())
        return false;
    for (const auto& each : child->constraints) {
        const KnownConstraint& constraint = each.second;
        if (constraint.kind != Constraint::check || !constraint.is_valid)
            continue;
        if (std::all_of(parent->partition_key.begin(), parent->partition_key.end(),
                        [&](const std::string& column) { return names_column(constraint.expression, column); }))
            return true;
    }
    return false;
}

/// Every index of the parent gets its like on the new partition: one that is there, or one that is built.
void build_indexes(const Target& target, const std::string& child) {
    const std::vector<const KnownIndex*> there = target.schema.indexes_of(child);
    for (const KnownIndex* wanted : target.schema.indexes_of(target.key)) {
        const bool is_there = std::any_of(there.begin(), there.end(),
                                          [&](const KnownIndex* index) { return index->columns == wanted->columns; });
        if (!is_there)
            target.effects.scan(child, "an index like the parent's is built");
    }
}

}  // namespace

void attach_partition(const Target& target, const AlterAction& action) {
    const std::string child = target.schema.key(action.other);
    lock_tree(child, false, LockMode::access_exclusive, target.schema, target.effects);
    if (!has_bounds_check(target.schema.table(child), target.known))
        target.effects.scan(child, "its rows are checked against the bounds");
    build_indexes(target, child);
    if (target.known == nullptr)
        return;
    const std::string& default_partition = target.known->default_partition;
    if (!default_partition.empty()) {
        target.effects.lock(default_partition, LockMode::access_exclusive);
        target.effects.scan(default_partition, "the default partition may hold rows of the new one");
    }
    for (const auto& [name, constraint] : target.known->constraints)
        target.effects.lock(constraint.references, LockMode::share_row_exclusive);
    for (const std::string& other : target.schema.referencing(target.key))
        target.effects.lock(other, LockMode::share_row_exclusive);
}

void detach_partition(const Target& target, const AlterAction& action) {
    target.effects.lock(target.schema.key(action.other),
                        action.is_concurrent ? LockMode::share_update_exclusive : LockMode::access_exclusive);
    if (target.known == nullptr)
        return;
    if (!action.is_concurrent)
        target.effects.lock(target.known->default_partition, LockMode::access_exclusive);
    for (const auto& [name, constraint] : target.known->constraints)
        target.effects.lock(constraint.references, LockMode::share_row_exclusive);
}

}  // namespace tripmig::lint::effects
