#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/leaf.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

/// "timestamp(3) without time zone" is bounded as "timestamp without time zone" is.
std::string without_modifier(std::string type) {
    const std::size_t open = type.find('(');
    const std::size_t close = type.find(')', open);
    if (open != std::string::npos && close != std::string::npos)
        type.erase(open, close - open + 1);
    return type;
}

db::TruncateTrigger truncate_trigger(const db::TriggerInfo& trigger) {
    // "CREATE TRIGGER name AFTER INSERT OR TRUNCATE ON schema.table FOR EACH STATEMENT ...": on a leaf only TRUNCATE
    // counts.
    constexpr std::string_view head = "CREATE TRIGGER ";
    const std::size_t tail = trigger.definition.find("FOR EACH STATEMENT", head.size() + trigger.name.size());
    if (tail == std::string::npos)
        throw Error(ExitCode::unexpected, fmt::format("the trigger {} has an unknown form: {}",
                                                      sql::quote_ident(trigger.name), trigger.definition));
    return {trigger.name, trigger.is_before ? "BEFORE" : "AFTER", trigger.definition.substr(tail), trigger.enabled};
}

/// The other ends of foreign keys. Keys that point to a plain table cannot point to a partitioned one in its place.
std::vector<QualifiedName> referenced_tables(const db::TableInfo& table) {
    std::vector<QualifiedName> names;
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f' && constraint.references != table.name)
            names.push_back(constraint.references);
    for (const db::IncomingKey& key : table.incoming)
        if (table.is_partitioned() && !key.is_self)
            names.push_back(key.table);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace

std::optional<db::ReplicaIdentityIndex> replica_identity_index(const db::TableInfo& table) {
    for (const db::IndexInfo& index : table.indexes) {
        if (!index.is_replica_identity || index.is_primary)
            continue;
        if (!index.is_constraint)
            return db::ReplicaIdentityIndex{false, index.tail};
        for (const db::ConstraintInfo& constraint : table.constraints)
            if (constraint.name == index.name.name)
                return db::ReplicaIdentityIndex{true, constraint.definition};
    }
    return std::nullopt;
}

ParentFacts parent_facts(const db::TableInfo& table, std::string_view key) {
    const db::ColumnInfo* column = table.column(key);
    if (column == nullptr)
        throw Error(ExitCode::refused,
                    fmt::format("{} has no column {}", sql::quoted(table.name), sql::quote_ident(key)),
                    "write the partition key's column in the policy's key");
    ParentFacts facts;
    facts.table = table.name;
    facts.key = column->name;
    facts.key_type = without_modifier(column->type);
    facts.owner = table.owner;
    facts.creator = table.current_role;
    facts.has_acl = table.has_acl;
    facts.grants = table.grants;
    facts.default_grantees = table.default_table_grantees;
    facts.tablespace = table.tablespace;
    facts.options = table.options;
    facts.row_security = table.row_security;
    facts.force_row_security = table.force_row_security;
    facts.replica_identity = table.replica_identity;
    facts.replica_identity_index = replica_identity_index(table);
    facts.comment = table.comment;
    facts.references = referenced_tables(table);
    for (const db::TriggerInfo& trigger : table.triggers)
        if (trigger.on_truncate)
            facts.truncate_triggers.push_back(truncate_trigger(trigger));
    for (const db::ColumnInfo& each : table.columns) {
        facts.column_grants.insert(facts.column_grants.end(), each.grants.begin(), each.grants.end());
        if (each.statistics >= 0 || !each.options.empty())
            facts.columns.push_back({each.name, each.statistics, each.options});
    }
    return facts;
}

}  // namespace tripmig::ddl
