#include "db/catalog/table_catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

TableInfo read_facts(const Row& row, const QualifiedName& name) {
    TableInfo table;
    table.name = name;
    table.oid = row.oid("oid");
    table.kind = row.letter("kind");
    table.persistence = row.letter("persistence");
    table.owner = row.text("owner");
    table.current_role = row.text("current_role");
    table.can_alter = row.flag("can_alter");
    table.can_create_in_schema = row.flag("can_create_in_schema");
    table.bypasses_row_security = row.flag("bypasses_row_security");
    table.has_acl = row.flag("has_acl");
    table.comment = row.optional_text("comment");
    table.row_security = row.flag("row_security");
    table.force_row_security = row.flag("force_row_security");
    table.replica_identity = row.letter("replica_identity");
    table.options = row.list("options");
    table.tablespace = row.text_or_empty("tablespace");
    table.access_method = row.text_or_empty("access_method");
    table.partition_key = row.text_or_empty("partition_key");
    table.partition_bound = row.text_or_empty("partition_bound");
    table.is_leaf = row.flag("is_leaf");
    table.has_children = row.flag("has_children");
    table.has_parents = row.flag("has_parents");
    table.is_typed = row.flag("is_typed");
    table.filenode = row.number("filenode");
    table.pages = row.number("pages");
    table.bytes = row.number("bytes");
    table.rows = row.decimal("rows");
    table.default_statistics = static_cast<int>(row.number("default_statistics"));
    return table;
}

ColumnInfo read_column(const Row& row) {
    ColumnInfo column;
    column.name = row.text("name");
    column.type = row.text("type");
    column.not_null = row.flag("not_null");
    column.default_sql = row.text("default_sql");
    column.generated = row.letter("generated");
    column.identity = row.letter("identity");
    column.statistics = static_cast<int>(row.number("statistics"));
    column.options = row.list("options");
    column.comment = row.optional_text("comment");
    return column;
}

Grant read_grant(const Row& row) {
    Grant grant;
    grant.grantee = row.text("grantee");
    grant.privilege = row.text("privilege");
    grant.column = row.text("column");
    grant.grantable = row.flag("grantable");
    return grant;
}

ConstraintInfo read_constraint(const Row& row) {
    ConstraintInfo constraint;
    constraint.name = row.text("name");
    constraint.kind = row.letter("kind");
    constraint.definition = row.text("definition");
    constraint.columns = row.list("columns");
    constraint.is_valid = row.flag("is_valid");
    constraint.is_deferrable = row.flag("is_deferrable");
    constraint.no_inherit = row.flag("no_inherit");
    constraint.references = row.name("references_schema", "references_name");
    constraint.is_inherited = row.flag("is_inherited");
    constraint.can_lock = row.flag("can_lock");
    constraint.comment = row.optional_text("comment");
    constraint.references_partitioned = row.flag("references_partitioned");
    return constraint;
}

IndexInfo read_index(const Row& row) {
    IndexInfo index;
    index.name = row.name();
    index.tail = row.text("tail");
    index.columns = row.list("columns");
    if (index.columns.empty())
        index.columns.emplace_back();  // one expression: a list of one empty name
    index.is_unique = row.flag("is_unique");
    index.is_primary = row.flag("is_primary");
    index.is_valid = row.flag("is_valid");
    index.is_constraint = row.flag("is_constraint");
    index.is_partial = row.flag("is_partial");
    index.has_included = row.flag("has_included");
    index.is_replica_identity = row.flag("is_replica_identity");
    index.is_clustered = row.flag("is_clustered");
    index.tablespace = row.text("tablespace");
    index.statistics = row.list("statistics");
    index.comment = row.optional_text("comment");
    return index;
}

IncomingKey read_incoming_key(const Row& row) {
    IncomingKey key;
    key.table = row.name("table_schema", "table_name");
    key.name = row.text("name");
    key.columns = row.list("columns");
    key.referenced = row.list("referenced");
    key.tail = row.text("tail");
    key.is_valid = row.flag("is_valid");
    key.is_self = row.flag("is_self");
    key.is_partitioned = row.flag("is_partitioned");
    key.can_alter = row.flag("can_alter");
    key.comment = row.optional_text("comment");
    return key;
}

TriggerInfo read_trigger(const Row& row) {
    TriggerInfo trigger;
    trigger.name = row.text("name");
    trigger.definition = row.text("definition");
    trigger.enabled = row.letter("enabled");
    trigger.is_row = row.flag("is_row");
    trigger.is_before = row.flag("is_before");
    trigger.on_insert = row.flag("on_insert");
    trigger.on_delete = row.flag("on_delete");
    trigger.on_update = row.flag("on_update");
    trigger.on_truncate = row.flag("on_truncate");
    trigger.has_transition_tables = row.flag("has_transition_tables");
    trigger.function = row.text("function");
    trigger.function_source = row.text("function_source");
    trigger.is_inherited = row.flag("is_inherited");
    trigger.comment = row.optional_text("comment");
    return trigger;
}

PolicyInfo read_policy(const Row& row) {
    PolicyInfo policy;
    policy.name = row.text("name");
    policy.tail = row.text("tail");
    policy.comment = row.optional_text("comment");
    return policy;
}

StatisticsInfo read_statistics(const Row& row) {
    StatisticsInfo statistics;
    statistics.name = row.name();
    statistics.definition = row.text("definition");
    statistics.owner = row.text("owner");
    statistics.target = static_cast<int>(row.number("target"));
    statistics.comment = row.optional_text("comment");
    return statistics;
}

PublicationInfo read_publication(const Row& row) {
    PublicationInfo publication;
    publication.name = row.text("name");
    publication.names_table = row.flag("names_table");
    publication.via_root = row.flag("via_root");
    publication.tail = row.text("tail");
    publication.can_alter = row.flag("can_alter");
    publication.columns = row.list("columns");
    publication.row_filter = row.text("row_filter");
    return publication;
}

RuleInfo read_rule(const Row& row) {
    RuleInfo rule;
    rule.name = row.text("name");
    rule.definition = row.text("definition");
    rule.enabled = row.letter("enabled");
    rule.groups_by_key = row.flag("groups_by_key");
    rule.comment = row.optional_text("comment");
    return rule;
}

DependentInfo::Kind dependent_kind(std::string_view word) {
    using Kind = DependentInfo::Kind;
    if (word == "view")
        return Kind::view;
    if (word == "materialized_view")
        return Kind::materialized_view;
    if (word == "rule")
        return Kind::rule;
    if (word == "sql_function")
        return Kind::sql_function;
    return word == "row_function" ? Kind::row_function : Kind::other;
}

DependentInfo read_dependent(const Row& row) {
    DependentInfo dependent;
    dependent.kind = dependent_kind(row.text("kind"));
    dependent.description = row.text("description");
    dependent.name = row.name();
    dependent.relation_kind = row.letter("relation_kind");
    dependent.oid = row.oid("oid");
    dependent.rebind = row.text("rebind");
    dependent.owner = row.text("owner");
    dependent.can_alter = row.flag("can_alter");
    dependent.in_the_way = row.text("in_the_way");
    dependent.has_acl = row.flag("has_acl");
    dependent.signature = row.text_or_empty("signature");
    dependent.grants = row.list("grants");
    dependent.grantees = row.list("grantees");
    dependent.comment = row.optional_text("comment");
    return dependent;
}

template <typename Item>
std::vector<Item> list(Work& work, std::string_view statement, const std::string& oid, Item (*read_item)(const Row&)) {
    std::vector<Item> items;
    for (const Row& row : work.read_often(statement, {oid}))
        items.push_back(read_item(row));
    return items;
}

void read_grants(Work& work, TableInfo& table, const std::string& oid) {
    for (Grant& grant : list(work, statements::table_grants, oid, read_grant)) {
        if (grant.column.empty()) {
            table.grants.push_back(std::move(grant));
            continue;
        }
        const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                         [&](const ColumnInfo& each) { return each.name == grant.column; });
        if (column != table.columns.end())
            column->grants.push_back(std::move(grant));
    }
    for (const Row& row : work.read_often(statements::table_default_grantees, {table.name.schema})) {
        auto& grantees = row.letter("kind") == 'S' ? table.default_sequence_grantees : table.default_table_grantees;
        grantees.push_back(row.text("grantee"));
    }
}

void read_sequences(Work& work, TableInfo& table, const std::string& oid) {
    for (const Row& row : work.read_often(statements::table_sequences, {oid})) {
        SequenceInfo sequence;
        sequence.name = row.name();
        sequence.column = row.text("column");
        sequence.is_identity = row.flag("is_identity");
        sequence.options = row.text("options");
        sequence.has_acl = row.flag("has_acl");
        sequence.comment = row.optional_text("comment");
        sequence.grants = list(work, statements::table_grants, row.text("oid"), read_grant);
        table.sequences.push_back(std::move(sequence));
    }
}

void read_hangers_on(Work& work, TableInfo& table, const std::string& oid, int server_version) {
    table.rules = list(work, statements::table_rules, oid, read_rule);
    for (const Row& row : work.read_often(statements::table_labels, {oid}))
        table.labels.push_back(row.text("provider"));
    table.statistics = list(work, statements::table_statistics, oid, read_statistics);
    table.publications =
        list(work, server_version < 150000 ? statements::table_publications_14 : statements::table_publications, oid,
             read_publication);
    table.dependents = list(work, statements::table_dependents, oid, read_dependent);
}

}  // namespace

const ColumnInfo* TableInfo::column(std::string_view column_name) const {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& each) { return each.name == column_name; });
    return found == columns.end() ? nullptr : &*found;
}

const IndexInfo* TableInfo::primary_key() const {
    const auto found =
        std::find_if(indexes.begin(), indexes.end(), [](const IndexInfo& each) { return each.is_primary; });
    return found == indexes.end() ? nullptr : &*found;
}

std::optional<TableInfo> read_table(Session& session, const QualifiedName& name, TableParts parts) {
    std::optional<TableInfo> table;
    session.transact(Isolation::repeatable_read, [&](Work& work) {
        const Result facts = work.read_often(statements::table_facts, {name.schema, name.name});
        if (facts.empty())
            return;
        table = read_facts(facts.row(), name);
        const std::string oid = fmt::format("{}", table->oid);
        table->columns = list(work, statements::table_columns, oid, read_column);
        read_grants(work, *table, oid);
        table->constraints = list(work, statements::table_constraints, oid, read_constraint);
        table->indexes = list(work, statements::table_indexes, oid, read_index);
        table->incoming = list(work, statements::table_incoming_keys, oid, read_incoming_key);
        table->triggers = list(work, statements::table_triggers, oid, read_trigger);
        if (parts == TableParts::own)
            return;
        table->policies = list(work, statements::table_policies, oid, read_policy);
        read_sequences(work, *table, oid);
        read_hangers_on(work, *table, oid, session.server_version());
        table->fingerprint = work.read_often(statements::table_fingerprint, {oid}).text();
    });
    return table;
}

Step unchanged_since(const TableInfo& table) {
    Step step;
    step.sql = fmt::format("SELECT (\n{}) = $2", statements::table_fingerprint);
    step.parameters = {fmt::format("{}", table.oid), table.fingerprint};
    step.prepare_as = "tripmig_unchanged";
    step.why = "nothing was altered since the plan was made";
    step.refusal = fmt::format("{} was altered meanwhile", sql::quoted(table.name));
    return step;
}

}  // namespace tripmig::db
