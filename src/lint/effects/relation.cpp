#include <algorithm>

#include "lint/effects/parts.hpp"

namespace tripmig::lint::effects {

using Constraint = sql::ConstraintFacts::Kind;

namespace {

void create_partition(const std::string& parent, const Subject& subject, Effects& effects) {
    effects.lock(parent, LockMode::access_exclusive);
    const KnownTable* known = subject.schema.table(parent);
    if (known == nullptr)
        return;
    if (!known->default_partition.empty()) {
        effects.lock(known->default_partition, LockMode::access_exclusive);
        effects.scan(known->default_partition, "the default partition may hold rows of the new one");
    }
    for (const auto& [name, constraint] : known->constraints)
        effects.lock(constraint.references, LockMode::share_row_exclusive);
    for (const std::string& other : subject.schema.referencing(parent))
        effects.lock(other, LockMode::share_row_exclusive);
}

}  // namespace

void create_table(const Subject& subject, Effects& effects) {
    const auto table = sql::table_definition(subject.statement, subject.standard_conforming_strings);
    if (!table)
        return;
    const std::string own = subject.schema.key(table->name);
    if (table->if_not_exists && subject.schema.table(own) != nullptr)
        return;
    if (!table->partition_of.empty())
        create_partition(subject.schema.key(table->partition_of), subject, effects);
    for (const sql::NameParts& parent : table->inherits)
        effects.lock(subject.schema.key(parent), LockMode::share_update_exclusive);
    for (const sql::NameParts& like : table->like)
        effects.lock(subject.schema.key(like), LockMode::access_share);
    const auto reference = [&](const sql::ConstraintFacts& constraint) {
        const std::string other = subject.schema.key(constraint.references);
        if (other != own)
            effects.lock(other, LockMode::share_row_exclusive);
    };
    for (const sql::ConstraintFacts& constraint : table->constraints)
        reference(constraint);
    for (const sql::ColumnFacts& column : table->columns)
        for (const sql::ConstraintFacts& constraint : column.constraints)
            reference(constraint);
    if (table->query != std::string_view::npos)
        query(subject.statement.substr(table->query), true, subject, effects);
}

namespace {

void create_index(const sql::IndexDefinition& index, const Subject& subject, Effects& effects) {
    const std::string table = subject.schema.key(index.table);
    const LockMode mode = index.is_concurrent ? LockMode::share_update_exclusive : LockMode::share;
    const KnownTable* known = subject.schema.table(table);
    const bool is_partitioned = known != nullptr && known->is_partitioned;
    effects.lock(table, mode);
    if (!is_partitioned)
        return effects.scan(table, "the index is built");
    if (index.is_only)
        return;
    for (const std::string& leaf : subject.schema.descendants(table)) {
        effects.lock(leaf, mode);
        effects.scan(leaf, "the index is built");
    }
}

void drop_index(const sql::DropIndex& drop, const Subject& subject, Effects& effects) {
    const LockMode mode = drop.is_concurrent ? LockMode::share_update_exclusive : LockMode::access_exclusive;
    for (const sql::NameParts& name : drop.names) {
        const std::string key = subject.schema.key(name);
        effects.lock(key, mode);
        if (const KnownIndex* index = subject.schema.index(key))
            lock_tree(index->table, drop.is_concurrent, mode, subject.schema, effects);
    }
}

void reindex(const Subject& subject, Effects& effects) {
    sql::TokenCursor cursor(subject.statement);
    cursor.take_word("reindex");
    if (cursor.peek().is_punctuation('('))
        cursor.skip_parentheses();
    const bool is_index = cursor.peek().is_word("index");
    if (!is_index && !cursor.peek().is_word("table"))
        return;
    const std::string key = subject.schema.key(subject.facts.target);
    const bool is_concurrent = subject.facts.is_concurrent;
    const KnownIndex* index = is_index ? subject.schema.index(key) : nullptr;
    const std::string table = is_index ? (index != nullptr ? index->table : "") : key;
    effects.lock(table, is_concurrent ? LockMode::share_update_exclusive : LockMode::share);
    if (is_index)
        effects.lock(key, is_concurrent ? LockMode::share_update_exclusive : LockMode::access_exclusive);
    effects.scan(table, "its indexes are rebuilt");
}

}  // namespace

void index(const Subject& subject, Effects& effects) {
    if (subject.facts.index)
        create_index(*subject.facts.index, subject, effects);
    else if (subject.facts.drop_index)
        drop_index(*subject.facts.drop_index, subject, effects);
    else if (subject.facts.kind == "reindex")
        reindex(subject, effects);
}

namespace {

void drop_table(const std::string& key, bool is_cascade, const Subject& subject, Effects& effects) {
    const KnownSchema& schema = subject.schema;
    lock_tree(key, false, LockMode::access_exclusive, schema, effects);
    const KnownTable* known = schema.table(key);
    if (known == nullptr)
        return;
    effects.lock(known->parent, LockMode::access_exclusive);
    if (const KnownTable* parent = schema.table(known->parent))
        effects.lock(parent->default_partition, LockMode::access_exclusive);
    for (const auto& [name, constraint] : known->constraints)
        if (!constraint.is_inherited)
            effects.lock(constraint.references, LockMode::access_exclusive);
    if (is_cascade)
        for (const std::string& other : schema.referencing(key))
            effects.lock(other, LockMode::access_exclusive);
}

}  // namespace

void drop(const Subject& subject, Effects& effects) {
    const std::string& kind = subject.facts.kind;
    const NameList list = drop_list(subject.statement, subject.facts);
    if (kind == "drop trigger" || kind == "drop rule" || kind == "drop policy")
        return effects.lock(subject.schema.key(list.on), LockMode::access_exclusive);
    for (const sql::NameParts& name : list.names) {
        const std::string key = subject.schema.key(name);
        if (kind == "drop table" || kind == "drop foreign table")
            drop_table(key, list.is_cascade, subject, effects);
        else if (kind == "drop view" || kind == "drop materialized view" || kind == "drop sequence")
            effects.lock(key, LockMode::access_exclusive);
        else if (kind == "drop statistics")
            effects.lock(subject.schema.statistics_table(key), LockMode::share_update_exclusive);
        else if (kind == "drop schema" && list.is_cascade)
            for (const std::string& table : subject.schema.in_schema(name.back()))
                drop_table(table, true, subject, effects);
        else if ((kind == "drop type" || kind == "drop domain") && list.is_cascade)
            for (const std::string& table : subject.schema.using_type(key))
                effects.lock(table, LockMode::access_exclusive);
    }
}

}  // namespace tripmig::lint::effects
