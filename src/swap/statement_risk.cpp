#include "swap/statement_risk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "ddl/index_definition.hpp"
#include "sql/relations_used.hpp"
#include "sql/tokens.hpp"

namespace tripmig::swap {

namespace {

bool names_table(const std::vector<sql::NameParts>& names, const QualifiedName& table) {
    return std::any_of(names.begin(), names.end(), [&](const sql::NameParts& name) {
        return name.back() == table.name && (name.size() < 2 || name[name.size() - 2] == table.schema);
    });
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// A unique index that is there today and cannot be without the key afterwards.
bool is_lost(const db::IndexInfo& index, const std::string& key) {
    return index.is_unique && !has(index.columns, key);
}

std::vector<std::string> conflict_columns(sql::TokenCursor& cursor) {
    std::vector<std::string> columns;
    for (cursor.take(); cursor.peek().kind != sql::TokenKind::end && !cursor.peek().is_punctuation(')');) {
        const sql::Token token = cursor.take();
        if (token.is_name())
            columns.push_back(token.value());
    }
    return columns;
}

/// What follows ON CONFLICT.
std::optional<StatementRisk> risk_of_conflict(sql::TokenCursor& cursor, const db::TableInfo& table,
                                              const config::PartitionPolicy& policy) {
    using Kind = StatementRisk::Kind;
    const std::string& key = policy.key;
    const bool is_per_leaf = policy.swap.unique_indexes == config::UniqueIndexes::leaf;
    if (cursor.peek().is_punctuation('(')) {
        std::vector<std::string> columns = conflict_columns(cursor);
        for (const db::IndexInfo& index : table.indexes)
            if (is_lost(index, key) &&
                std::is_permutation(columns.begin(), columns.end(), index.columns.begin(), index.columns.end()))
                return StatementRisk{Kind::breaks, fmt::format("ON CONFLICT ({}) finds no constraint (42P10)",
                                                               ddl::column_list(columns))};
        return std::nullopt;
    }
    if (cursor.take_words("on", "constraint")) {
        const std::vector<std::string> name = cursor.take_name();
        for (const db::IndexInfo& index : table.indexes)
            if (!name.empty() && index.name.name == name.back() && is_lost(index, key)) {
                if (is_per_leaf && !index.is_primary)
                    return StatementRisk{
                        Kind::breaks, fmt::format("ON CONSTRAINT {} is on the leaves alone then (42704)", name.back())};
                return StatementRisk{Kind::changes, fmt::format("ON CONSTRAINT {} then is ({}, {})", name.back(),
                                                                ddl::column_list(index.columns), key)};
            }
        return std::nullopt;
    }
    const auto lost = std::find_if(table.indexes.begin(), table.indexes.end(),
                                   [&](const db::IndexInfo& index) { return is_lost(index, key); });
    if (lost != table.indexes.end() && cursor.peek().is_word("do"))
        return StatementRisk{Kind::changes,
                             fmt::format("ON CONFLICT DO NOTHING sees a duplicate of ({}) in the same leaf "
                                         "only",
                                         ddl::column_list(lost->columns))};
    return std::nullopt;
}

/// Looked up by the primary key, and nothing in it says which leaf.
bool asks_every_leaf(std::string_view query, const db::TableInfo& table, const std::string& key) {
    const db::IndexInfo* primary = table.primary_key();
    if (primary == nullptr || has(primary->columns, key))
        return false;
    std::vector<std::string> missing = primary->columns;
    bool is_behind_where = false;
    for (const sql::Token& token : sql::tokenize(query)) {
        is_behind_where = is_behind_where || token.is_word("where");
        if (!token.is_name())
            continue;
        const std::string name = token.value();
        if (name == key && is_behind_where)
            return false;
        if (is_behind_where)
            missing.erase(std::remove(missing.begin(), missing.end(), name), missing.end());
    }
    return missing.empty();
}

}  // namespace

std::optional<StatementRisk> risk_of(std::string_view query, const db::TableInfo& table,
                                     const config::PartitionPolicy& policy) {
    const sql::RelationsUsed used = sql::relations_used(query);
    if (names_table(used.written, table.name)) {
        sql::TokenCursor cursor(query);
        while (cursor.peek().kind != sql::TokenKind::end) {
            if (cursor.take_words("on", "conflict"))
                return risk_of_conflict(cursor, table, policy);
            cursor.take();
        }
    } else if (!names_table(used.read, table.name)) {
        return std::nullopt;
    }
    if (asks_every_leaf(query, table, policy.key))
        return StatementRisk{StatementRisk::Kind::slows, fmt::format("looks up by ({}) alone: it asks every leaf",
                                                                     ddl::column_list(table.primary_key()->columns))};
    return std::nullopt;
}

}  // namespace tripmig::swap
