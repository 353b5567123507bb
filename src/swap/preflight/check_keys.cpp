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

void look_at_primary_key(const db::IndexInfo& index, const config::PartitionPolicy& policy, job::Report& report) {
    const std::string subject = fmt::format("primary key {}", sql::quote_ident(index.name.name));
    if (has(index.columns, policy.key)) {
        report.ok(subject, "has the partition key in it: comes along as it is");
        return;
    }
    if (index.has_included)
        report.refuse(subject, "has INCLUDE columns and lacks the partition key", "make it a plain primary key first");
    if (index.is_replica_identity)
        report.refuse(subject, "is the replica identity by name, and lacks the partition key",
                      "ALTER TABLE ... REPLICA IDENTITY DEFAULT first");
    if (index.is_clustered)
        report.note(subject, "is the index for CLUSTER; the leaf forgets that");
    report.note(subject,
                fmt::format("becomes ({}, {}). INSERT ... ON CONFLICT ({}) finds no constraint afterwards (42P10); "
                            "look-ups by {} alone ask every leaf",
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
        report.note(subject, "is the index for CLUSTER; new leaves do not know that");
    report.note(subject,
                fmt::format("each leaf keeps its own over {}, as told: {}. The table itself has none: ON CONFLICT over "
                            "it finds no constraint afterwards (42P10)",
                            unique_over(index),
                            is_kept ? "the registry keeps it unique over all leaves"
                                    : "UNIQUE WITHIN EACH LEAF ONLY, the same values may come again in another leaf"));
}

void look_at_unique_index(const db::IndexInfo& index, const db::TableInfo& table, const config::PartitionPolicy& policy,
                          job::Report& report) {
    const std::string subject = fmt::format("unique index {}", sql::quote_ident(index.name.name));
    const std::string key = sql::quote_ident(policy.key);
    if (has(index.columns, policy.key)) {
        report.ok(subject, "comes along");
        return;
    }
    if (policy.swap.unique_indexes == config::UniqueIndexes::refuse) {
        report.refuse(
            subject, fmt::format("lacks {}: a partitioned table can keep nothing unique without its key", key),
            fmt::format(
                "choose: --unique-indexes key ({} is added to it: the same values may come again under another {}) or "
                "leaf (each leaf has its own: they may come again in another leaf), or unique_indexes in the policy's "
                "[swap]; or drop it",
                key, key));
        return;
    }
    if (index.is_replica_identity)
        report.refuse(subject, fmt::format("is the replica identity by name, and lacks {}", key),
                      "ALTER TABLE ... REPLICA IDENTITY DEFAULT first");
    const db::IndexInfo* primary = table.primary_key();
    const bool is_kept =
        wants_registry(table, policy) && primary != nullptr && primary->columns == index.columns && !index.is_partial;
    if (policy.swap.unique_indexes == config::UniqueIndexes::leaf) {
        tell_of_leaves(subject, index, is_kept, report);
        return;
    }
    if (index.is_clustered)
        report.note(subject, "is the index for CLUSTER; the leaf forgets that");
    report.note(subject,
                fmt::format("{} is given {} as well, as told: {}. ON CONFLICT over it finds no constraint afterwards "
                            "(42P10)",
                            unique_over(index), key,
                            is_kept ? "the registry keeps it unique"
                                    : fmt::format("NOT UNIQUE ANY MORE WITHOUT {}, the same values may come again "
                                                  "under another one",
                                                  key)));
}

}  // namespace

void check_indexes(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report) {
    for (const db::IndexInfo& index : table.indexes) {
        if (!index.is_valid)
            report.refuse(fmt::format("index {}", sql::quote_ident(index.name.name)), "is invalid",
                          "REINDEX INDEX CONCURRENTLY it, or drop it");
        else if (index.is_primary)
            look_at_primary_key(index, policy, report);
        else if (index.is_unique)
            look_at_unique_index(index, table, policy, report);
        else
            report.ok(fmt::format("index {}", sql::quote_ident(index.name.name)), "comes along under its name");
    }
    if (table.primary_key() == nullptr)
        report.note("primary key", "there is none, and there will be none");
}

namespace {

void look_at_constraint(const db::ConstraintInfo& constraint, const QualifiedName& table, job::Report& report) {
    const std::string subject = fmt::format("constraint {}", sql::quote_ident(constraint.name));
    if (constraint.kind == 'x')
        report.refuse(subject, "exclusion constraints cannot be on a partitioned table", "drop it first");
    else if (constraint.is_deferrable && constraint.kind != 'f' && constraint.kind != 't')
        report.refuse(subject, "deferrable unique constraints are not carried in this version",
                      "make it NOT DEFERRABLE");
    else if (constraint.no_inherit && constraint.kind == 'c')
        report.refuse(subject, "NO INHERIT cannot be on a partitioned table", "add it again without NO INHERIT");
    else if (!constraint.is_valid && constraint.kind == 'c')
        report.ok(subject,
                  "comes along NOT VALID, as it is: rows that violate it stay; leaves to come have it for all rows");
    else if (!constraint.is_valid)
        report.refuse(subject, "is NOT VALID", "ALTER TABLE ... VALIDATE CONSTRAINT it first");
    else if (constraint.kind == 'f' && constraint.references != table && !constraint.can_lock)
        report.refuse(
            subject, fmt::format("the role may not lock {}", sql::quoted(constraint.references)),
            fmt::format("GRANT UPDATE ON {} to it for the time of the swap", sql::quoted(constraint.references)),
            ExitCode::no_privilege);
    else
        report.ok(subject, "comes along");
}

}  // namespace

void check_constraints(const db::TableInfo& table, job::Report& report) {
    for (const db::ConstraintInfo& constraint : table.constraints)
        look_at_constraint(constraint, table.name, report);
}

namespace {

void look_at_incoming_key(const db::IncomingKey& key, const db::TableInfo& table, job::Report& report) {
    const std::string subject = fmt::format("foreign key {}", described(key));
    const db::IndexInfo* primary = table.primary_key();
    if (key.is_self)
        report.refuse(subject, "points from the table to itself, which is not carried in this version",
                      "drop it first");
    else if (key.is_partitioned)
        report.refuse(subject, "comes from a partitioned table, where no foreign key can be NOT VALID",
                      "drop it, and add it to the registry after the swap");
    else if (!key.can_alter)
        report.refuse(subject, fmt::format("the role does not own {}", sql::quoted(key.table)),
                      "run as a role that is a member of both owners", ExitCode::no_privilege);
    else if (primary == nullptr || key.referenced != primary->columns)
        report.refuse(subject, "points to other columns than the primary key's, in its order",
                      "let it point to the primary key first");
}

/// What the policy makes of the key is validated after the cut-over.
void look_at_validity(const db::IncomingKey& key, job::Report& report) {
    if (!key.is_valid)
        report.refuse(fmt::format("foreign key {}", described(key)), "is NOT VALID: its rows may point nowhere",
                      fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {} first, which names a row that points nowhere; "
                                  "or drop it",
                                  sql::quoted(key.table), sql::quote_ident(key.name)));
}

}  // namespace

void check_incoming(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                    job::Report& report) {
    using config::IncomingForeignKeys;
    std::string names;
    for (const db::IncomingKey& key : table.incoming) {
        look_at_incoming_key(key, table, report);
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
                          fmt::format("{} cannot point to {} once it is partitioned", names, sql::quoted(table.name)),
                          "choose: --incoming-foreign-keys registry (they point to a small table of all ids, kept by "
                          "triggers), composite (their tables carry the partition key too, in a column that triggers "
                          "fill) or drop (they are given up); or incoming_foreign_keys in the policy's [swap]");
            return;
        case IncomingForeignKeys::composite:
            for (const db::IncomingKey& key : table.incoming)
                check_composite(key, table, facts, policy, report);
            if (facts.server_version < 150'000)
                report.refuse(subject,
                              "composite needs PostgreSQL 15: before it, a row that moves to another leaf counts as "
                              "deleted for foreign keys that point to the table",
                              "choose registry");
            return;
        case IncomingForeignKeys::drop:
            report.note(subject,
                        fmt::format("GIVEN UP, as told{}: {}. Nothing will keep their rows from pointing nowhere{}",
                                    is_said_twice ? " twice" : "", names,
                                    is_said_twice ? std::string()
                                                  : fmt::format(". To be said once more: {}",
                                                                command_naming(table.incoming, policy))));
            return;
        case IncomingForeignKeys::registry:
            report.ok(subject, fmt::format("{} will point to {}, with the same names and actions", names,
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
        report.refuse(subject, "there is no primary key whose values it could keep", "add a primary key first");
        return;
    }
    const db::IndexInfo* primary = table.primary_key();
    if (primary != nullptr && has(primary->columns, policy.key))
        report.refuse(subject, "the primary key has the partition key in it: no registry is needed",
                      "let the foreign keys point to the whole key");
    for (const ddl::Registry::Column& id : registry.ids)
        if (id.type.find('.') != std::string::npos)
            report.refuse(subject, fmt::format("ids of type {} are not carried in this version", id.type),
                          "use a built-in type");
    if (facts.taken.count(registry.table.name) != 0)
        report.refuse(subject, "there is a relation of that name already", "rename or drop it");
    report.ok(subject, fmt::format("keeps {} unique across leaves; a duplicate is refused as a violation of {}",
                                   ddl::column_list(registry.id_names()), sql::quote_ident(registry.unique_name)));
}

bool wants_registry(const db::TableInfo& table, const config::PartitionPolicy& policy) {
    return policy.swap.unique_ids ||
           (policy.swap.incoming_foreign_keys == config::IncomingForeignKeys::registry && !table.incoming.empty());
}

}  // namespace tripmig::swap
