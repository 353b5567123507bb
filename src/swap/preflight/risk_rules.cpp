#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "ddl/index_definition.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/risk_rules.hpp"

namespace tripmig::swap {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// A unique index that is there today and cannot be without the key afterwards.
bool is_lost(const db::IndexInfo& index, const std::string& key) {
    return index.is_unique && !contains(index.columns, key);
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
Risk check_conflict(sql::TokenCursor& cursor, const db::TableInfo& table, const config::PartitionPolicy& policy) {
    using RiskKind = StatementRisk::Kind;
    const std::string& key = policy.key;
    const bool is_per_leaf = policy.swap.unique_indexes == config::UniqueIndexes::leaf;
    if (cursor.peek().is_punctuation('(')) {
        std::vector<std::string> columns = conflict_columns(cursor);
        for (const db::IndexInfo& index : table.indexes)
            if (is_lost(index, key) &&
                std::is_permutation(columns.begin(), columns.end(), index.columns.begin(), index.columns.end()))
                return StatementRisk{
                    RiskKind::breaks,
                    fmt::format("ON CONFLICT ({}) finds no constraint (42P10)", ddl::column_list(columns)),
                    fmt::format("write ON CONFLICT ({}, {})", ddl::column_list(columns), sql::quote_ident(key))};
        return std::nullopt;
    }
    if (cursor.take_words("on", "constraint")) {
        const std::vector<std::string> name = cursor.take_name();
        for (const db::IndexInfo& index : table.indexes)
            if (!name.empty() && index.name.name == name.back() && is_lost(index, key)) {
                if (is_per_leaf && !index.is_primary)
                    return StatementRisk{
                        RiskKind::breaks,
                        fmt::format("ON CONSTRAINT {} exists on the partitions only (42704)", name.back()),
                        "write ON CONFLICT DO NOTHING, or create a unique constraint that includes the partition key"};
                return StatementRisk{RiskKind::changes,
                                     fmt::format("constraint {} will cover ({}, {})", name.back(),
                                                 ddl::column_list(index.columns), sql::quote_ident(key)),
                                     "check that a conflict in these columns is what you mean"};
            }
        return std::nullopt;
    }
    const auto lost = std::find_if(table.indexes.begin(), table.indexes.end(),
                                   [&](const db::IndexInfo& index) { return is_lost(index, key); });
    if (lost != table.indexes.end() && cursor.peek().is_word("do"))
        return StatementRisk{
            RiskKind::changes,
            fmt::format("ON CONFLICT DO NOTHING will see a duplicate of ({}) in the same partition only",
                        ddl::column_list(lost->columns)),
            "look for the row first, or keep the ids unique with unique_ids = true in the policy"};
    return std::nullopt;
}

/// The names between GROUP BY and what follows it.
std::set<std::string> grouped_names(const StatementText& statement, std::size_t group) {
    std::set<std::string> names;
    for (std::size_t i = group + 2; i < statement.tokens.size(); ++i) {
        const sql::Token& token = statement.tokens[i];
        if (token.is_word("having") || token.is_word("order") || token.is_word("limit") || token.is_word("union") ||
            token.is_punctuation(')') || token.is_punctuation(';'))
            break;
        if (token.is_name())
            names.insert(token.value());
    }
    return names;
}

bool is_aggregate(const sql::Token& token) {
    static constexpr std::array<std::string_view, 16> known{
        "count",    "sum",       "avg",      "min",     "max",   "array_agg",       "string_agg",
        "json_agg", "jsonb_agg", "bool_and", "bool_or", "every", "json_object_agg", "jsonb_object_agg",
        "stddev",   "variance"};
    return std::any_of(known.begin(), known.end(), [&](std::string_view word) { return token.is_word(word); });
}

/// The behind of the ( at `open`.
std::size_t behind_parentheses(const StatementText& statement, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < statement.tokens.size(); ++i) {
        if (statement.tokens[i].is_punctuation('('))
            ++depth;
        else if (statement.tokens[i].is_punctuation(')') && --depth == 0)
            return i + 1;
    }
    return statement.tokens.size();
}

/// A column of the table in the select list before `group`, outside of aggregates and of what is grouped.
std::string ungrouped_column(const StatementText& statement, std::size_t group, const std::set<std::string>& grouped) {
    std::size_t select = group;
    while (select > 0 && !statement.tokens[select].is_word("select"))
        --select;
    for (std::size_t i = select + 1; i < group && !statement.tokens[i].is_word("from");) {
        const sql::Token& token = statement.tokens[i];
        if (is_aggregate(token) && statement.token(i + 1).is_punctuation('(')) {
            i = behind_parentheses(statement, i + 1);
            continue;
        }
        if (token.is_punctuation('*') || token.text == "*")
            return "*";
        const bool is_column = std::any_of(statement.table.columns.begin(), statement.table.columns.end(),
                                           [&](const db::ColumnInfo& column) { return column.name == token.value(); });
        if (token.is_name() && is_column && grouped.count(token.value()) == 0)
            return token.value();
        ++i;
    }
    return {};
}

}  // namespace

bool StatementText::names_table(std::size_t at) const {
    if (!token(at).is_name())
        return false;
    if (token(at + 1).is_punctuation('.') && token(at + 2).is_name())
        return token(at).value() == table.name.schema && token(at + 2).value() == table.name.name;
    return token(at).value() == table.name.name;
}

Risk check_conflict_target(const StatementText& statement) {
    if (!statement.is_written)
        return std::nullopt;
    sql::TokenCursor cursor(statement.text);
    while (cursor.peek().kind != sql::TokenKind::end) {
        if (cursor.take_words("on", "conflict"))
            return check_conflict(cursor, statement.table, statement.policy);
        cursor.take();
    }
    return std::nullopt;
}

/// With its primary key in GROUP BY a table's other columns may be selected (manual 7.2.3): the key is a longer one
/// then.
Risk check_group_by_key(const StatementText& statement) {
    const db::IndexInfo* primary = statement.table.primary_key();
    if (!statement.is_read || primary == nullptr || contains(primary->columns, statement.policy.key))
        return std::nullopt;
    for (std::size_t i = 0; i + 1 < statement.tokens.size(); ++i) {
        if (!statement.tokens[i].is_word("group") || !statement.tokens[i + 1].is_word("by"))
            continue;
        const std::set<std::string> grouped = grouped_names(statement, i);
        const bool has_primary = std::all_of(primary->columns.begin(), primary->columns.end(),
                                             [&](const std::string& column) { return grouped.count(column) > 0; });
        if (!has_primary || grouped.count(statement.policy.key) > 0)
            continue;
        if (const std::string column = ungrouped_column(statement, i, grouped); !column.empty())
            return StatementRisk{
                StatementRisk::Kind::breaks,
                fmt::format("GROUP BY ({}) no longer decides column {} (42803): the primary key has one more column",
                            ddl::column_list(primary->columns), column),
                fmt::format("add {} to GROUP BY", sql::quote_ident(statement.policy.key))};
    }
    return std::nullopt;
}

/// Looked up by the primary key, and nothing in it says which partition.
Risk check_lookup_without_key(const StatementText& statement) {
    const db::IndexInfo* primary = statement.table.primary_key();
    if ((!statement.is_read && !statement.is_written) || primary == nullptr ||
        contains(primary->columns, statement.policy.key))
        return std::nullopt;
    std::vector<std::string> missing = primary->columns;
    bool is_behind_where = false;
    for (const sql::Token& token : statement.tokens) {
        is_behind_where = is_behind_where || token.is_word("where");
        if (!token.is_name() || !is_behind_where)
            continue;
        const std::string name = token.value();
        if (name == statement.policy.key)
            return std::nullopt;
        missing.erase(std::remove(missing.begin(), missing.end(), name), missing.end());
    }
    if (!missing.empty())
        return std::nullopt;
    return StatementRisk{
        StatementRisk::Kind::slows,
        fmt::format("looks up by ({}) alone: it reads every partition", ddl::column_list(primary->columns)),
        fmt::format("add a condition on {} where the caller knows its value", sql::quote_ident(statement.policy.key))};
}

}  // namespace tripmig::swap
