#include "ddl/leaf_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ddl/index_definition.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

std::optional<db::ConstraintInfo> constraint_of(const db::TableInfo& table, const db::IndexInfo& index) {
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (index.is_constraint && constraint.name == index.name.name)
            return constraint;
    return std::nullopt;
}

/// The name before leaf_object_name(). A name that was cut keeps its hash: it is the same for every leaf from then on.
std::string without_leaf(const std::string& name, const QualifiedName& leaf) {
    const std::string prefix = leaf.name + "_";
    return name.size() > prefix.size() && name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size())
                                                                                      : name;
}

/// By its index: a constraint's definition does not say its storage parameters.
std::vector<Step> add_constraint(const db::ConstraintInfo& constraint, const QualifiedName& leaf,
                                 const std::string& name) {
    const std::string& definition = constraint.definition;
    const std::string when = constraint.is_deferrable
                                 ? definition.substr(std::min(definition.rfind(" DEFERRABLE"), definition.size()))
                                 : std::string();
    std::vector<Step> steps{
        statement(fmt::format("ALTER TABLE {0} ADD CONSTRAINT {1} {3} USING INDEX {1}{2}", sql::quoted(leaf),
                              sql::quote_ident(name), when, constraint.kind == 'p' ? "PRIMARY KEY" : "UNIQUE"),
                  "a constraint, as it was", {{leaf, LockMode::access_exclusive}})};
    if (constraint.comment)
        steps.push_back(comment_on_constraint(leaf, name, *constraint.comment));
    return steps;
}

}  // namespace

std::vector<db::LeafIndex> leaf_indexes(const db::TableInfo& table, const std::string& key) {
    std::vector<db::LeafIndex> indexes;
    for (const db::IndexInfo& index : table.indexes)
        if (!index.is_primary && index.is_valid && lacks_key(index, key))
            indexes.push_back({index, constraint_of(table, index)});
    return indexes;
}

namespace {

std::vector<db::LeafIndex> named_without_leaf(std::vector<db::LeafIndex> indexes, const QualifiedName& leaf) {
    for (db::LeafIndex& each : indexes) {
        each.index.name.name = without_leaf(each.index.name.name, leaf);
        if (each.constraint)
            each.constraint->name = each.index.name.name;
    }
    return indexes;
}

}  // namespace

std::vector<db::LeafIndex> leaf_indexes_of(const db::TableInfo& leaf, const std::string& key) {
    return named_without_leaf(leaf_indexes(leaf, key), leaf.name);
}

std::vector<db::LeafIndex> own_indexes_of(const db::TableInfo& leaf, const std::vector<std::string>& names) {
    std::vector<db::LeafIndex> indexes;
    for (const db::IndexInfo& index : leaf.indexes) {
        const auto constraint = constraint_of(leaf, index);
        const bool is_own = std::find(names.begin(), names.end(), index.name.name) != names.end();
        if (is_own && (!constraint || constraint->kind != 'x'))
            indexes.push_back({index, constraint});
    }
    return named_without_leaf(std::move(indexes), leaf.name);
}

std::string name_on(const QualifiedName& leaf, const db::LeafIndex& index) {
    return leaf_object_name(index.index.name.name, leaf);
}

std::vector<Step> leaf_index_steps(const db::LeafIndex& index, const QualifiedName& leaf) {
    const QualifiedName name{leaf.schema, name_on(leaf, index)};
    db::IndexInfo definition = index.index;
    definition.tail = with_tablespace(definition.tail, std::exchange(definition.tablespace, {}));
    std::vector<Step> steps{statement(create_index(definition, name.name, leaf),
                                      "an index that only partitions have, as the other ones have it",
                                      {{leaf, LockMode::share}})};
    if (index.constraint)
        append(steps, add_constraint(*index.constraint, leaf, name.name));
    append(steps, index_settings(definition, name));
    return steps;
}

}  // namespace tripmig::ddl
