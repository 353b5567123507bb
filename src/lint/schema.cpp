#include "lint/schema.hpp"

#include <algorithm>
#include <utility>

#include "sql/tokens.hpp"

namespace tripmig::lint {

void KnownSchema::begin_file(std::size_t file) {
    m_file = file;
    m_default_schema.clear();
}

std::string KnownSchema::key(const sql::NameParts& name) const {
    if (name.empty())
        return {};
    const std::string schema = name.size() > 1 ? name[name.size() - 2] : m_default_schema;
    return schema.empty() || schema == "public" ? name.back() : schema + "." + name.back();
}

const KnownTable* KnownSchema::table(const std::string& key) const {
    const auto found = m_tables.find(key);
    return found == m_tables.end() ? nullptr : &found->second;
}

const KnownIndex* KnownSchema::index(const std::string& key) const {
    const auto found = m_indexes.find(key);
    return found == m_indexes.end() ? nullptr : &found->second;
}

const KnownFunction* KnownSchema::function(const std::string& key) const {
    const auto found = m_functions.find(key);
    return found == m_functions.end() ? nullptr : &found->second;
}

bool KnownSchema::is_new(const std::string& key) const {
    const KnownTable* known = table(key);
    return known != nullptr && (known->is_temporary || known->made_in == m_file);
}

std::vector<std::string> KnownSchema::descendants(const std::string& key) const {
    std::vector<std::string> found;
    std::set<std::string> seen{key};  // a circle is text that no server would take
    std::vector<std::string> parents{key};
    while (!parents.empty()) {
        const std::string parent = parents.back();
        parents.pop_back();
        for (const auto& [name, table] : m_tables) {
            if ((table.parent != parent && table.parents.count(parent) == 0) || !seen.insert(name).second)
                continue;
            found.push_back(name);
            parents.push_back(name);
        }
    }
    return found;
}

std::vector<std::string> KnownSchema::referencing(const std::string& key) const {
    std::vector<std::string> found;
    for (const auto& [name, table] : m_tables)
        for (const auto& [constraint_name, constraint] : table.constraints)
            if (constraint.references == key && name != key && (found.empty() || found.back() != name))
                found.push_back(name);
    return found;
}

std::vector<std::string> KnownSchema::using_type(const std::string& type) const {
    std::vector<std::string> found;
    for (const auto& [name, table] : m_tables)
        if (std::any_of(table.columns.begin(), table.columns.end(),
                        [&](const auto& column) { return column.second.type.name == type; }))
            found.push_back(name);
    return found;
}

std::vector<std::string> KnownSchema::in_schema(const std::string& schema) const {
    std::vector<std::string> found;
    for (const auto& [name, table] : m_tables)
        if (schema == "public" ? name.find('.') == std::string::npos : name.rfind(schema + ".", 0) == 0)
            found.push_back(name);
    return found;
}

const KnownDomain* KnownSchema::domain(const std::string& key) const {
    const auto found = m_domains.find(key);
    return found == m_domains.end() ? nullptr : &found->second;
}

bool KnownSchema::is_new_enum(const std::string& key) const {
    const auto found = m_enums.find(key);
    return found != m_enums.end() && found->second == m_file;
}

std::vector<const KnownIndex*> KnownSchema::indexes_of(const std::string& table) const {
    std::vector<const KnownIndex*> found;
    for (const auto& [name, index] : m_indexes)
        if (index.table == table)
            found.push_back(&index);
    return found;
}

std::string KnownSchema::statistics_table(const std::string& key) const {
    const auto found = m_statistics.find(key);
    return found == m_statistics.end() ? std::string() : found->second;
}

void KnownSchema::copy_parent(KnownTable& table, const std::string& parent, bool is_partition) const {
    const KnownTable* known = this->table(parent);
    if (known == nullptr)
        return;
    table.columns.insert(known->columns.begin(), known->columns.end());
    for (const auto& [name, constraint] : known->constraints) {
        const bool is_check = constraint.kind == sql::ConstraintFacts::Kind::check;
        if (!is_check && !(is_partition && constraint.kind == sql::ConstraintFacts::Kind::foreign_key))
            continue;
        KnownConstraint copy = constraint;
        copy.is_inherited = is_partition;
        table.constraints.emplace(name, std::move(copy));
    }
}

void KnownSchema::create_table(const sql::TableDefinition& definition) {
    const std::string name = definition.is_temporary ? definition.name.back() : key(definition.name);
    if (m_tables.count(name) > 0 && definition.if_not_exists)
        return;
    KnownTable table;
    table.made_in = m_file;
    table.is_temporary = definition.is_temporary;
    table.is_partitioned = definition.is_partitioned;
    table.partition_key = definition.partition_key;
    if (!definition.partition_of.empty()) {
        table.parent = key(definition.partition_of);
        copy_parent(table, table.parent, true);
        const auto parent = m_tables.find(table.parent);
        if (definition.is_default && parent != m_tables.end())
            parent->second.default_partition = name;
    }
    for (const sql::NameParts& parent : definition.inherits) {
        table.parents.insert(key(parent));
        copy_parent(table, key(parent), false);
    }
    for (const sql::NameParts& like : definition.like)
        copy_parent(table, key(like), false);
    for (const sql::ColumnFacts& column : definition.columns)
        add_column(name, table, column);
    for (const sql::ConstraintFacts& constraint : definition.constraints)
        add_constraint(name, table, constraint);
    for (auto& [constraint_name, constraint] : table.constraints)
        constraint.is_valid = true;  // NOT VALID says nothing of a table without rows
    m_tables[name] = std::move(table);
}

void KnownSchema::add_column(const std::string& key, KnownTable& table, const sql::ColumnFacts& column) {
    KnownColumn known{column.type, column.is_not_null || column.is_identity || column.type.is_serial(), m_file};
    table.columns[column.name] = std::move(known);
    for (const sql::ConstraintFacts& constraint : column.constraints) {
        sql::ConstraintFacts named = constraint;
        if (named.columns.empty())
            named.columns = {column.name};  // whose name a CHECK gets
        add_constraint(key, table, named);
    }
}

namespace {

/// The name that the server makes (ChooseConstraintName), but for the number that a second one gets.
std::string chosen_name(const std::string& key, const sql::ConstraintFacts& constraint) {
    using ConstraintKind = sql::ConstraintFacts::Kind;
    std::string name = key.substr(key.find('.') + 1);  // npos + 1 is 0
    if (constraint.kind != ConstraintKind::primary_key)
        for (const std::string& column : constraint.columns)
            name += "_" + column;
    switch (constraint.kind) {
        case ConstraintKind::primary_key:
            return name + "_pkey";
        case ConstraintKind::foreign_key:
            return name + "_fkey";
        case ConstraintKind::unique:
            return name + "_key";
        case ConstraintKind::exclude:
            return name + "_excl";
        default:
            return name + "_check";
    }
}

}  // namespace

void KnownSchema::add_constraint(const std::string& key, KnownTable& table, const sql::ConstraintFacts& constraint) {
    using ConstraintKind = sql::ConstraintFacts::Kind;
    KnownConstraint known;
    known.kind = constraint.kind;
    known.columns = constraint.columns;
    known.expression = constraint.expression;
    known.is_valid = !constraint.is_not_valid;
    if (constraint.kind == ConstraintKind::foreign_key)
        known.references = this->key(constraint.references);
    const std::string name = constraint.name.empty() ? chosen_name(key, constraint) : constraint.name;
    if (constraint.kind == ConstraintKind::primary_key)
        for (const std::string& column : constraint.columns)
            if (const auto found = table.columns.find(column); found != table.columns.end())
                found->second.is_not_null = true;
    if (constraint.kind == ConstraintKind::primary_key || constraint.kind == ConstraintKind::unique ||
        constraint.kind == ConstraintKind::exclude) {
        const std::size_t dot = key.find('.');
        const std::string schema = dot == std::string::npos ? "" : key.substr(0, dot + 1);
        if (!constraint.using_index.empty())
            m_indexes.erase(schema + constraint.using_index);
        m_indexes[schema + name] = {key, constraint.columns, m_file};
    }
    table.constraints[name] = std::move(known);
}

void KnownSchema::create_index(const sql::IndexDefinition& index) {
    if (index.name.empty())
        return;
    const std::string table = key(index.table);
    const std::size_t dot = table.find('.');
    sql::TokenCursor cursor(index.tail);
    if (cursor.take_word("using"))
        cursor.take();
    const std::string schema = dot == std::string::npos ? "" : table.substr(0, dot + 1);
    m_indexes[schema + index.name] = {table, sql::take_name_list(cursor), m_file};
}

}  // namespace tripmig::lint
