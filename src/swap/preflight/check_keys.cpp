#include <fmt/format.h>

#include <algorithm>

#include "ddl/index_definition.hpp"
#include "ddl/registry/registry.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "sql/identifier.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

namespace {

bool has(const std::vector<std::string>& columns, const std::string& column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

void look_at_primary_key(const db::IndexInfo& index, const db::TableInfo& table, const config::PartitionPolicy& policy,
                         job::Report& report) {
    const std::string subject = fmt::format("primary key {}", sql::quote_ident(index.name.name));
    if (has(index.columns, policy.key)) {
        report.ok(subject, "includes the partition key: is preserved as it is");
        return;
    }
    if (index.has_included)
        report.refuse(subject, "has INCLUDE columns and lacks the partition key",
                      "first replace it by a primary key without INCLUDE: CREATE UNIQUE INDEX CONCURRENTLY, then ADD "
                      "PRIMARY KEY USING INDEX");
    if (index.is_replica_identity)
        report.refuse(subject, "is the replica identity by name, and lacks the partition key",
                      fmt::format("ALTER TABLE {} REPLICA IDENTITY DEFAULT first", sql::quoted(table.name)));
    if (index.is_clustered)
        report.note(subject, "is the index for CLUSTER; that mark is lost");
    report.note(subject, fmt::format("becomes ({}, {}). INSERT ... ON CONFLICT ({}) finds no constraint afterwards "
                                     "(42P10); look-ups by {} alone read every partition",
                                     ddl::column_list(index.columns), sql::quote_ident(policy.key),
                                     ddl::column_list(index.columns), ddl::column_list(index.columns)));
}

/// What the index is unique over: "(a, b)", or all of its definition when there are expressions in it.
std::string unique_over(const db::IndexInfo& index) {
    return has(index.columns, "") ? index.tail : fmt::format("({})", ddl::column_list(index.columns));
}

/// What is given up when each leaf keeps the index for itself.
void tell_of_leaves(const std::string& subject, const db::IndexInfo& index, bool is_kept, job::Report& report) {
    if (index.is_clustered)
        report.note(subject, "is the index for CLUSTER; new partitions do not have that mark");
    report.note(subject,
                fmt::format("each partition keeps its own over {} (your choice): {}. The table itself has none: ON "
                            "CONFLICT over it finds no constraint afterwards (42P10)",
                            unique_over(index),
                            is_kept ? "the registry keeps it unique in all partitions"
                                    : "unique within each partition only, another partition may have the same values"));
}

void look_at_unique_index(const db::IndexInfo& index, const db::TableInfo& table, const config::PartitionPolicy& policy,
                          job::Report& report) {
    const std::string subject = fmt::format("unique index {}", sql::quote_ident(index.name.name));
    const std::string key = sql::quote_ident(policy.key);
    if (has(index.columns, policy.key)) {
        report.ok(subject, "is preserved");
        return;
    }
    if (policy.swap.unique_indexes == config::UniqueIndexes::refuse) {
        report.refuse(
            subject, fmt::format("lacks {}: a unique index of a partitioned table must include the partition key", key),
            fmt::format("choose --unique-indexes key ({} is added to it: the same values may occur again with another "
                        "{}) or --unique-indexes leaf (each partition keeps its own: another partition may have the "
                        "same values), or set unique_indexes in the policy's [swap]; or drop the index",
                        key, key));
        return;
    }
    if (index.is_replica_identity)
        report.refuse(subject, fmt::format("is the replica identity by name, and lacks {}", key),
                      fmt::format("ALTER TABLE {} REPLICA IDENTITY DEFAULT first", sql::quoted(table.name)));
    const db::IndexInfo* primary = table.primary_key();
    const bool is_kept =
        wants_registry(table, policy) && primary != nullptr && primary->columns == index.columns && !index.is_partial;
    if (policy.swap.unique_indexes == config::UniqueIndexes::leaf) {
        tell_of_leaves(subject, index, is_kept, report);
        return;
    }
    if (index.is_clustered)
        report.note(subject, "is the index for CLUSTER; that mark is lost");
    report.note(
        subject,
        fmt::format(
            "{} gets {} too (your choice): {}. ON CONFLICT over it finds no constraint afterwards (42P10)",
            unique_over(index), key,
            is_kept
                ? "the registry keeps it unique"
                : fmt::format("no longer unique without {}, the same values may occur again with another one", key)));
}

}  // namespace

void check_indexes(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report) {
    for (const db::IndexInfo& index : table.indexes) {
        if (!index.is_valid)
            report.refuse(
                fmt::format("index {}", sql::quote_ident(index.name.name)), "is invalid",
                fmt::format("REINDEX INDEX CONCURRENTLY {0}, or DROP INDEX CONCURRENTLY {0}", sql::quoted(index.name)));
        else if (index.is_primary)
            look_at_primary_key(index, table, policy, report);
        else if (index.is_unique)
            look_at_unique_index(index, table, policy, report);
        else
            report.ok(fmt::format("index {}", sql::quote_ident(index.name.name)), "is preserved under its name");
    }
    if (table.primary_key() == nullptr)
        report.note("primary key", "the table has none, and gets none");
}

namespace {

/// A constraint on an index keeps its deferrability for good (manual, ALTER TABLE): another one replaces it.
std::string instead_of_deferrable(const db::ConstraintInfo& constraint, const std::string& table) {
    return fmt::format(
        "replace it: CREATE UNIQUE INDEX CONCURRENTLY, then ALTER TABLE {0} DROP CONSTRAINT {1}, ADD CONSTRAINT {1} "
        "{2} "
        "USING INDEX",
        table, sql::quote_ident(constraint.name), constraint.kind == 'p' ? "PRIMARY KEY" : "UNIQUE");
}

void look_at_constraint(const db::ConstraintInfo& constraint, const db::TableInfo& table, job::Report& report) {
    const std::string subject = fmt::format("constraint {}", sql::quote_ident(constraint.name));
    const std::string name = sql::quoted(table.name);
    if (constraint.kind == 'x')
        report.refuse(subject, "a partitioned table cannot have exclusion constraints", "drop it first");
    else if (constraint.is_deferrable && constraint.kind != 'f' && constraint.kind != 't')
        report.refuse(subject, "deferrable unique constraints are not supported in this version",
                      instead_of_deferrable(constraint, name));
    else if (constraint.no_inherit && constraint.kind == 'c')
        report.refuse(subject, "a partitioned table cannot have NO INHERIT constraints",
                      "drop it, and add it again without NO INHERIT");
    else if (!constraint.is_valid && constraint.kind == 'c')
        report.ok(subject, "is preserved NOT VALID: rows that violate it stay; new partitions have it for all rows");
    else if (!constraint.is_valid)
        report.refuse(
            subject, "is NOT VALID",
            fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {} first", name, sql::quote_ident(constraint.name)));
    else if (constraint.kind == 'f' && constraint.references != table.name && !constraint.can_lock)
        report.refuse(subject, fmt::format("the role may not lock {}", sql::quoted(constraint.references)),
                      fmt::format("GRANT UPDATE ON {} TO {} during the swap", sql::quoted(constraint.references),
                                  sql::quote_ident(table.current_role)),
                      ExitCode::no_privilege);
    else if (constraint.kind != 'p' && constraint.kind != 'u')  // their indexes tell what becomes of those
        report.ok(subject, "is preserved");
}

}  // namespace

void check_constraints(const db::TableInfo& table, job::Report& report) {
    for (const db::ConstraintInfo& constraint : table.constraints)
        look_at_constraint(constraint, table, report);
}

namespace {

void look_at_incoming_key(const db::IncomingKey& key, const db::TableInfo& table, job::Report& report) {
    const std::string subject = fmt::format("foreign key {}", described(key));
    const db::IndexInfo* primary = table.primary_key();
    if (key.is_self)
        report.refuse(subject, "references its own table, which is not supported in this version", "drop it first");
    else if (key.is_partitioned)
        report.refuse(
            subject, "is on a partitioned table, which cannot have NOT VALID foreign keys",
            "drop it before the swap, and add it again afterwards, with a reference to the registry or the new "
            "table");
    else if (!key.can_alter)
        report.refuse(subject, fmt::format("the role does not own {}", sql::quoted(key.table)),
                      "run as a role that is a member of both owners", ExitCode::no_privilege);
    else if (primary == nullptr || key.referenced != primary->columns)
        report.refuse(subject, "does not reference the columns of the primary key in their order",
                      "drop it, and add it again so that it references the primary key");
}

/// What the policy makes of the key is validated after the cut-over.
void look_at_validity(const db::IncomingKey& key, job::Report& report) {
    if (!key.is_valid)
        report.refuse(
            fmt::format("foreign key {}", described(key)),
            "is NOT VALID: its rows may reference rows that do not exist",
            fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {} first (its error names such a row), or drop it",
                        sql::quoted(key.table), sql::quote_ident(key.name)));
}

}  // namespace

void check_incoming(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                    job::Report& report) {
    using config::IncomingForeignKeys;
    std::string names;
    for (const db::IncomingKey& key : table.incoming) {
        look_at_incoming_key(key, table, report);
        if (!key.is_self)  // no policy helps it
            names += (names.empty() ? "" : ", ") + described(key);
    }
    if (names.empty())
        return;
    if (policy.swap.incoming_foreign_keys == IncomingForeignKeys::registry ||
        policy.swap.incoming_foreign_keys == IncomingForeignKeys::composite)
        for (const db::IncomingKey& key : table.incoming)
            look_at_validity(key, report);
    const std::string subject = "incoming foreign keys";
    const bool is_said_twice = unnamed_keys(table.incoming, {}, policy).empty();
    switch (policy.swap.incoming_foreign_keys) {
        case IncomingForeignKeys::refuse:
            report.refuse(subject,
                          fmt::format("{} cannot reference {} once it is partitioned", names, sql::quoted(table.name)),
                          "choose --incoming-foreign-keys registry (they reference a small table of all ids, kept by "
                          "triggers), composite (their tables get the partition key too, filled by triggers) or drop "
                          "(they are dropped), or set incoming_foreign_keys in the policy's [swap]");
            return;
        case IncomingForeignKeys::composite:
            for (const db::IncomingKey& key : table.incoming)
                check_composite(key, table, facts, policy, report);
            if (facts.server_version < 150'000)
                report.refuse(subject,
                              "composite needs PostgreSQL 15: before it, a row that moves to another partition counts "
                              "as deleted for foreign keys that reference the table",
                              "use --incoming-foreign-keys registry");
            return;
        case IncomingForeignKeys::drop:
            report.note(
                subject,
                fmt::format("will be dropped (your choice{}): {}. Nothing will check their rows any more{}",
                            is_said_twice ? ", confirmed" : "", names,
                            is_said_twice ? std::string()
                                          : fmt::format(". To confirm: {}", command_naming(table.incoming, policy))));
            return;
        case IncomingForeignKeys::registry:
            report.ok(subject, fmt::format("{} will reference {}, with the same names and actions", names,
                                           sql::quoted(ddl::registry_name(table.name))));
    }
}

void check_registry(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                    job::Report& report) {
    if (!wants_registry(table, policy))
        return;
    const ddl::Registry registry = ddl::registry_of(table, policy.key);
    const std::string subject = fmt::format("registry {}", sql::quoted(registry.table));
    if (registry.ids.empty()) {
        report.refuse(subject, "the table has no primary key", "add a primary key first");
        return;
    }
    const db::IndexInfo* primary = table.primary_key();
    if (primary != nullptr && has(primary->columns, policy.key))
        report.refuse(subject, "the primary key includes the partition key: no registry is needed",
                      "use --incoming-foreign-keys composite, and no unique_ids in the policy: the foreign keys then "
                      "reference the new table");
    for (const ddl::Registry::Column& id : registry.ids)
        if (id.type.find('.') != std::string::npos)
            report.refuse(subject, fmt::format("ids of type {} are not supported in this version", id.type),
                          "use a built-in type");
    if (facts.taken.count(registry.table.name) != 0)
        report.refuse(subject, "a relation of that name exists", "rename or drop it");
    report.ok(subject, fmt::format("keeps {} unique in all partitions; a duplicate violates {}",
                                   ddl::column_list(registry.id_names()), sql::quote_ident(registry.unique_name)));
}

bool wants_registry(const db::TableInfo& table, const config::PartitionPolicy& policy) {
    return policy.swap.unique_ids ||
           (policy.swap.incoming_foreign_keys == config::IncomingForeignKeys::registry && !table.incoming.empty());
}

}  // namespace tripmig::swap
