#include <fmt/format.h>

#include <algorithm>

#include "ddl/composite_steps.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/leaf_index.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

std::string add_constraint(const QualifiedName& table, const std::string& name, const std::string& definition) {
    return fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", sql::quoted(table), sql::quote_ident(name), definition);
}

}  // namespace

Step comment_on_constraint(const QualifiedName& table, const std::string& name, const std::string& comment) {
    return statement(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS {}", sql::quote_ident(name), sql::quoted(table),
                                 sql::quote_literal(comment)),
                     "comments are preserved");
}

std::string widened_key(const Replacement& replacement, const db::ConstraintInfo& constraint) {
    std::vector<std::string> columns = constraint.columns;
    if (std::find(columns.begin(), columns.end(), replacement.key) != columns.end())
        return constraint.definition;
    if (constraint.kind != 'p')
        return with_key(constraint.definition, replacement.key);
    columns.push_back(replacement.key);
    return fmt::format("PRIMARY KEY ({})", column_list(columns));
}

bool is_per_leaf(const Replacement& replacement, const db::IndexInfo& index) {
    return replacement.unique_per_leaf && !index.is_primary && lacks_key(index, replacement.key);
}

std::vector<db::LeafIndex> per_leaf_indexes(const Replacement& replacement) {
    return replacement.unique_per_leaf ? leaf_indexes(replacement.table, replacement.key)
                                       : std::vector<db::LeafIndex>();
}

namespace {

/// The same of the constraint that such an index belongs to.
bool is_per_leaf(const Replacement& replacement, const db::ConstraintInfo& constraint) {
    const std::vector<db::IndexInfo>& indexes = replacement.table.indexes;
    return std::any_of(indexes.begin(), indexes.end(), [&](const db::IndexInfo& index) {
        return index.is_constraint && index.name.name == constraint.name && is_per_leaf(replacement, index);
    });
}

std::vector<Step> constraint_steps(const Replacement& replacement, const db::ConstraintInfo& constraint) {
    const QualifiedName& table = replacement.table.name;
    std::vector<Step> steps;
    const bool is_unique = constraint.kind == 'p' || constraint.kind == 'u';
    std::vector<LockRequest> locks;
    if (constraint.kind == 'f')
        locks = {{constraint.references, LockMode::share_row_exclusive}};
    steps.push_back(statement(add_constraint(table, constraint.name,
                                             is_unique ? widened_key(replacement, constraint) : constraint.definition),
                              constraint.kind == 'f'
                                  ? "the partition's own foreign key is adopted when it is attached: no scan"
                                  : "the partition's own index is adopted when it is attached",
                              locks));
    if (constraint.comment)
        steps.push_back(comment_on_constraint(table, constraint.name, *constraint.comment));
    return steps;
}

}  // namespace

std::vector<Step> parent_keys(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    std::vector<Step> steps;
    for (const char kind : {'p', 'u'})
        for (const db::ConstraintInfo& constraint : table.constraints)
            if (constraint.kind == kind && !is_per_leaf(replacement, constraint))
                append(steps, constraint_steps(replacement, constraint));
    for (const db::IndexInfo& index : table.indexes) {
        if (is_per_leaf(replacement, index))
            continue;
        if (!index.is_constraint)
            steps.push_back(statement(create_index(widened(index, replacement.key), index.name.name, table.name),
                                      "under its old name"));
        append(steps, index_settings(index, index.name));
    }
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f')
            append(steps, constraint_steps(replacement, constraint));
    return steps;
}

Step add_incoming_key(const db::IncomingKey& key, const QualifiedName& target,
                      const std::vector<std::string>& target_columns) {
    return statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){} NOT VALID",
                                 sql::quoted(key.table), sql::quote_ident(key.name), column_list(key.columns),
                                 sql::quoted(target), column_list(target_columns), key.tail),
                     "same name, actions and deferrability; existing rows are checked afterwards",
                     {{key.table, LockMode::share_row_exclusive}, {target, LockMode::share_row_exclusive}});
}

namespace {

/// A foreign key from the cut-over on, and what it points to.
struct Redirected {
    db::IncomingKey key;
    QualifiedName target;
};

std::vector<Redirected> redirected(const Replacement& replacement) {
    std::vector<Redirected> keys;
    for (const CompositeKey& composite : replacement.composite)
        keys.push_back({with_companion(composite), replacement.table.name});
    if (replacement.composite.empty() && replacement.registry)
        for (const db::IncomingKey& key : replacement.table.incoming)
            keys.push_back({key, replacement.registry->table});
    return keys;
}

}  // namespace

std::vector<Step> redirect_incoming(const Replacement& replacement) {
    std::vector<Step> steps;
    for (const auto& [key, target] : redirected(replacement)) {
        steps.push_back(add_incoming_key(key, target, key.referenced));
        if (key.comment)
            steps.push_back(comment_on_constraint(key.table, key.name, *key.comment));
    }
    return steps;
}

std::vector<Unit> validate_incoming(const Replacement& replacement) {
    std::vector<Unit> units;
    for (const auto& [key, target] : redirected(replacement)) {
        units.push_back(
            validate_foreign_key(key.table, key.name, target,
                                 "scans the rows from before the cut-over; readers and writers are not blocked"));
    }
    return units;
}

}  // namespace tripmig::ddl
