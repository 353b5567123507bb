#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ddl/composite_steps.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

constexpr const char* new_tables_name = "its name is the new table's";

void sort_by_name(std::vector<QualifiedName>& names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

std::vector<QualifiedName> referencing(const db::TableInfo& table) {
    std::vector<QualifiedName> names;
    for (const db::IncomingKey& key : table.incoming)
        if (!key.is_self)
            names.push_back(key.table);
    sort_by_name(names);
    return names;
}

/// Those that the table references and that are not locked as referencing ones.
std::vector<QualifiedName> referenced(const db::TableInfo& table, const std::vector<QualifiedName>& locked) {
    std::vector<QualifiedName> names;
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f' && std::find(locked.begin(), locked.end(), constraint.references) == locked.end() &&
            constraint.references != table.name)
            names.push_back(constraint.references);
    sort_by_name(names);
    return names;
}

/// The old table's primary key, widened by the partition key when it lacks that, under the leaf's name.
std::vector<Step> pass_on_primary_key(const Replacement& replacement, const db::IndexInfo& primary) {
    const std::string leaf = sql::quoted(replacement.leaf);
    const std::string name = sql::quote_ident(sql::truncated_name(replacement.leaf.name, "_pkey"));
    const std::string former = sql::quote_ident(primary.name.name);
    if (replacement.leaf_index.empty())
        return {statement(fmt::format("ALTER TABLE {} RENAME CONSTRAINT {} TO {}", leaf, former, name),
                          "its name is the new table's")};
    return {statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", leaf, former),
                      "the partition key must be in every unique index"),
            statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY USING INDEX {}", leaf, name,
                                  sql::quote_ident(replacement.leaf_index)),
                      "built before, so no scan")};
}

/// A unique index or constraint that lacks the partition key gives way to the one that has it.
std::vector<Step> pass_on_unique(const Replacement& replacement, const db::IndexInfo& index, const std::string& wider) {
    const std::string leaf = sql::quoted(replacement.leaf);
    const std::string former = sql::quote_ident(index.name.name);
    const std::string name = leaf_object_name(index.name.name, replacement.leaf);
    const std::string why = "the partition key must be in every unique index";
    if (!index.is_constraint)
        return {statement(fmt::format("DROP INDEX {}", sql::quoted(index.name)), why),
                rename_index({index.name.schema, wider}, name, new_tables_name)};
    return {statement(fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", leaf, former), why),
            statement(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} UNIQUE USING INDEX {}", leaf,
                                  sql::quote_ident(name), sql::quote_ident(wider)),
                      "built before, so no scan")};
}

}  // namespace

std::string leaf_object_name(const std::string& name, const QualifiedName& leaf) {
    return sql::truncated_name(leaf.name + "_" + name);
}

namespace {

/// Views that are bound to the table, and those that have a rule which is.
std::vector<const db::DependentInfo*> bound_views(const db::TableInfo& table) {
    std::vector<const db::DependentInfo*> views;
    for (const db::DependentInfo& dependent : table.dependents)
        if (dependent.is_on_view() && dependent.kind != db::DependentInfo::Kind::other)
            views.push_back(&dependent);
    std::sort(views.begin(), views.end(), [](const auto* left, const auto* right) { return left->name < right->name; });
    views.erase(std::unique(views.begin(), views.end(),
                            [](const auto* left, const auto* right) { return left->name == right->name; }),
                views.end());
    return views;
}

/// Other tables that have a rule which is bound to this one.
std::vector<QualifiedName> ruled(const db::TableInfo& table, const std::vector<LockRequest>& locked) {
    std::vector<QualifiedName> names;
    for (const db::DependentInfo& dependent : table.dependents)
        if (dependent.kind == db::DependentInfo::Kind::rule && !dependent.is_on_view() &&
            std::none_of(locked.begin(), locked.end(),
                         [&](const LockRequest& lock) { return lock.relation == dependent.name; }))
            names.push_back(dependent.name);
    sort_by_name(names);
    return names;
}

}  // namespace

Step rename_index(const QualifiedName& index, const std::string& name, std::string why) {
    return statement(fmt::format("ALTER INDEX {} RENAME TO {}", sql::quoted(index), sql::quote_ident(name)),
                     std::move(why));
}

LockRequest view_lock(const db::DependentInfo& view) {
    return {view.name, LockMode::access_exclusive,
            fmt::format("ALTER VIEW {} OWNER TO {}", sql::quoted(view.name), sql::quote_ident(view.owner))};
}

std::vector<LockRequest> replacement_locks(const Replacement& replacement) {
    std::vector<LockRequest> locks;
    for (const db::DependentInfo* view : bound_views(replacement.table))
        locks.push_back(view_lock(*view));
    locks.push_back({replacement.table.name, LockMode::access_exclusive});
    const std::vector<QualifiedName> children = referencing(replacement.table);
    for (const QualifiedName& name : children)
        locks.push_back({name, LockMode::access_exclusive});
    for (const QualifiedName& name : referenced(replacement.table, children))
        locks.push_back({name, LockMode::access_exclusive});
    for (const QualifiedName& name : ruled(replacement.table, locks))
        locks.push_back({name, LockMode::access_exclusive});
    for (const db::SequenceInfo& sequence : replacement.table.sequences)
        if (sequence.is_identity)
            locks.push_back({sequence.name, LockMode::share_row_exclusive,
                             fmt::format("ALTER SEQUENCE {} {}", sql::quoted(sequence.name),
                                         sequence.options.substr(sequence.options.find("CACHE")))});
    if (replacement.registry && replacement.keeps_old)
        locks.push_back({replacement.registry->table, LockMode::share_row_exclusive});
    return locks;
}

Step drop_incoming_key(const db::IncomingKey& key) {
    return statement(
        fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", sql::quoted(key.table), sql::quote_ident(key.name)),
        "it would reference one partition", {{key.table, LockMode::access_exclusive}});
}

std::vector<Step> step_aside(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const std::string former = sql::quoted(table.name);
    std::vector<Step> steps;
    for (const CompositeKey& composite : replacement.composite)
        if (!composite.column.empty() && replacement.keeps_old)
            steps.push_back(drop_interim_key(composite));
    for (const db::IncomingKey& key : table.incoming)
        steps.push_back(drop_incoming_key(key));
    for (const db::TriggerInfo& trigger : table.triggers)
        steps.push_back(statement(fmt::format("DROP TRIGGER {} ON {}", sql::quote_ident(trigger.name), former),
                                  "the new table has it, and clones row triggers to its partitions"));
    append(steps, drop_rules(table));
    append(steps, set_functions_aside(table));
    steps.push_back(
        statement(fmt::format("ALTER TABLE {} RENAME TO {}", former, sql::quote_ident(replacement.leaf.name)),
                  "its name is the new table's", {{table.name, LockMode::access_exclusive}}));
    for (const db::IndexInfo& index : table.indexes) {
        if (index.is_primary)
            append(steps, pass_on_primary_key(replacement, index));
        else if (const auto wider = replacement.unique_with_key.find(index.name.name);
                 wider != replacement.unique_with_key.end())
            append(steps, pass_on_unique(replacement, index, wider->second));
        else
            steps.push_back(
                rename_index(index.name, leaf_object_name(index.name.name, replacement.leaf), new_tables_name));
    }
    for (const db::StatisticsInfo& statistics : table.statistics)
        steps.push_back(
            statement(fmt::format("ALTER STATISTICS {} RENAME TO {}", sql::quoted(statistics.name),
                                  sql::quote_ident(leaf_object_name(statistics.name.name, replacement.leaf))),
                      new_tables_name));
    return steps;
}

}  // namespace tripmig::ddl
