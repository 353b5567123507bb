#include "db/catalog/table_catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/cells.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

TableInfo facts_of(const Row& row, const QualifiedName& name) {
    Cells cells(row);
    TableInfo table;
    table.name = name;
    table.oid = static_cast<std::uint32_t>(cells.number());
    table.kind = cells.letter();
    table.persistence = cells.letter();
    table.owner = cells.text();
    table.current_role = cells.text();
    table.can_alter = cells.flag();
    table.can_create_in_schema = cells.flag();
    table.bypasses_row_security = cells.flag();
    table.has_acl = cells.flag();
    table.comment = cells.optional_text();
    table.row_security = cells.flag();
    table.force_row_security = cells.flag();
    table.replica_identity = cells.letter();
    table.options = cells.list();
    table.tablespace = cells.text_or_empty();
    table.access_method = cells.text_or_empty();
    table.partition_key = cells.text_or_empty();
    table.partition_bound = cells.text_or_empty();
    table.is_leaf = cells.flag();
    table.has_children = cells.flag();
    table.has_parents = cells.flag();
    table.is_typed = cells.flag();
    table.filenode = cells.number();
    table.pages = cells.number();
    table.bytes = cells.number();
    table.rows = cells.decimal();
    table.default_statistics = static_cast<int>(cells.number());
    return table;
}

ColumnInfo column_of(Cells cells) {
    ColumnInfo column;
    column.name = cells.text();
    column.type = cells.text();
    column.not_null = cells.flag();
    column.default_sql = cells.text();
    column.generated = cells.letter();
    column.identity = cells.letter();
    column.statistics = static_cast<int>(cells.number());
    column.options = cells.list();
    column.comment = cells.optional_text();
    return column;
}

Grant grant_of(Cells cells) {
    Grant grant;
    grant.grantee = cells.text();
    grant.privilege = cells.text();
    grant.column = cells.text();
    grant.grantable = cells.flag();
    return grant;
}

ConstraintInfo constraint_of(Cells cells) {
    ConstraintInfo constraint;
    constraint.name = cells.text();
    constraint.kind = cells.letter();
    constraint.definition = cells.text();
    constraint.columns = cells.list();
    constraint.is_valid = cells.flag();
    constraint.is_deferrable = cells.flag();
    constraint.no_inherit = cells.flag();
    constraint.references = cells.name();
    constraint.is_inherited = cells.flag();
    constraint.can_lock = cells.flag();
    constraint.comment = cells.optional_text();
    constraint.references_partitioned = cells.flag();
    return constraint;
}

IndexInfo index_of(Cells cells) {
    IndexInfo index;
    index.name = cells.name();
    index.tail = cells.text();
    index.columns = cells.list();
    if (index.columns.empty())
        index.columns.emplace_back();  // one expression: a list of one empty name
    index.is_unique = cells.flag();
    index.is_primary = cells.flag();
    index.is_valid = cells.flag();
    index.is_constraint = cells.flag();
    index.is_partial = cells.flag();
    index.has_included = cells.flag();
    index.is_replica_identity = cells.flag();
    index.is_clustered = cells.flag();
    index.tablespace = cells.text();
    index.statistics = cells.list();
    index.comment = cells.optional_text();
    return index;
}

IncomingKey incoming_key_of(Cells cells) {
    IncomingKey key;
    key.table = cells.name();
    key.name = cells.text();
    key.columns = cells.list();
    key.referenced = cells.list();
    key.tail = cells.text();
    key.is_valid = cells.flag();
    key.is_self = cells.flag();
    key.is_partitioned = cells.flag();
    key.can_alter = cells.flag();
    key.comment = cells.optional_text();
    return key;
}

TriggerInfo trigger_of(Cells cells) {
    TriggerInfo trigger;
    trigger.name = cells.text();
    trigger.definition = cells.text();
    trigger.enabled = cells.letter();
    trigger.is_row = cells.flag();
    trigger.is_before = cells.flag();
    trigger.on_insert = cells.flag();
    trigger.on_delete = cells.flag();
    trigger.on_update = cells.flag();
    trigger.on_truncate = cells.flag();
    trigger.has_transition_tables = cells.flag();
    trigger.function = cells.text();
    trigger.function_source = cells.text();
    trigger.is_inherited = cells.flag();
    trigger.comment = cells.optional_text();
    return trigger;
}

PolicyInfo policy_of(Cells cells) {
    PolicyInfo policy;
    policy.name = cells.text();
    policy.tail = cells.text();
    policy.comment = cells.optional_text();
    return policy;
}

StatisticsInfo statistics_of(Cells cells) {
    StatisticsInfo statistics;
    statistics.name = cells.name();
    statistics.definition = cells.text();
    statistics.owner = cells.text();
    statistics.target = static_cast<int>(cells.number());
    statistics.comment = cells.optional_text();
    return statistics;
}

PublicationInfo publication_of(Cells cells) {
    PublicationInfo publication;
    publication.name = cells.text();
    publication.names_table = cells.flag();
    publication.via_root = cells.flag();
    publication.tail = cells.text();
    publication.can_alter = cells.flag();
    publication.columns = cells.list();
    publication.row_filter = cells.text();
    return publication;
}

RuleInfo rule_of(Cells cells) {
    RuleInfo rule;
    rule.name = cells.text();
    rule.definition = cells.text();
    rule.enabled = cells.letter();
    rule.groups_by_key = cells.flag();
    rule.comment = cells.optional_text();
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

DependentInfo dependent_of(Cells cells) {
    DependentInfo dependent;
    dependent.kind = dependent_kind(cells.text());
    dependent.description = cells.text();
    dependent.name = cells.name();
    dependent.relation_kind = cells.letter();
    dependent.oid = static_cast<std::uint32_t>(cells.number());
    dependent.rebind = cells.text();
    dependent.owner = cells.text();
    dependent.can_alter = cells.flag();
    dependent.in_the_way = cells.text();
    dependent.has_acl = cells.flag();
    dependent.signature = cells.text_or_empty();
    dependent.grants = cells.list();
    dependent.grantees = cells.list();
    dependent.comment = cells.optional_text();
    return dependent;
}

template <typename Item>
std::vector<Item> list(Work& work, std::string_view statement, const std::string& oid, Item (*item_of)(Cells)) {
    std::vector<Item> items;
    for (const Row& row : work.read_often(statement, {oid}))
        items.push_back(item_of(Cells(row)));
    return items;
}

void read_grants(Work& work, TableInfo& table, const std::string& oid) {
    for (Grant& grant : list(work, statements::table_grants, oid, grant_of)) {
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
        Cells cells(row);
        const char kind = cells.letter();
        auto& grantees = kind == 'S' ? table.default_sequence_grantees : table.default_table_grantees;
        grantees.push_back(cells.text());
    }
}

void read_sequences(Work& work, TableInfo& table, const std::string& oid) {
    for (const Row& row : work.read_often(statements::table_sequences, {oid})) {
        Cells cells(row);
        SequenceInfo sequence;
        sequence.name = cells.name();
        sequence.column = cells.text();
        sequence.is_identity = cells.flag();
        sequence.options = cells.text();
        sequence.has_acl = cells.flag();
        sequence.comment = cells.optional_text();
        sequence.grants = list(work, statements::table_grants, cells.text(), grant_of);
        table.sequences.push_back(std::move(sequence));
    }
}

void read_hangers_on(Work& work, TableInfo& table, const std::string& oid, int server_version) {
    table.rules = list(work, statements::table_rules, oid, rule_of);
    for (const Row& row : work.read_often(statements::table_labels, {oid}))
        table.labels.push_back(text_of(row.at(0)));
    table.statistics = list(work, statements::table_statistics, oid, statistics_of);
    table.publications =
        list(work, server_version < 150000 ? statements::table_publications_14 : statements::table_publications, oid,
             publication_of);
    table.dependents = list(work, statements::table_dependents, oid, dependent_of);
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
        const Rows facts = work.read_often(statements::table_facts, {name.schema, name.name});
        if (facts.empty())
            return;
        table = facts_of(facts.front(), name);
        const std::string oid = fmt::format("{}", table->oid);
        table->columns = list(work, statements::table_columns, oid, column_of);
        read_grants(work, *table, oid);
        table->constraints = list(work, statements::table_constraints, oid, constraint_of);
        table->indexes = list(work, statements::table_indexes, oid, index_of);
        table->incoming = list(work, statements::table_incoming_keys, oid, incoming_key_of);
        table->triggers = list(work, statements::table_triggers, oid, trigger_of);
        if (parts == TableParts::own)
            return;
        table->policies = list(work, statements::table_policies, oid, policy_of);
        read_sequences(work, *table, oid);
        read_hangers_on(work, *table, oid, session.server_version());
        table->fingerprint = text_of(work.read_often(statements::table_fingerprint, {oid}).at(0).at(0));
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
