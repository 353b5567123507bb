#include <fmt/format.h>

#include <algorithm>

#include "migrate/lint_hazards.hpp"
#include "sql/tokens.hpp"

namespace tripmig::migrate::hazards {

namespace {

/// WHERE outside of parentheses.
bool has_where(std::string_view statement) {
    sql::TokenCursor cursor(statement);
    while (cursor.peek().kind != sql::TokenKind::end) {
        if (cursor.peek().is_punctuation('('))
            cursor.skip_parentheses();
        else if (cursor.take().is_word("where"))
            return true;
    }
    return false;
}

void change(Sight& sight) {
    const std::string table = sight.target();
    if (!sight.is_existing(table) || sight.statement.directives->batch)
        return;
    if (sight.kind() != "merge" && !has_where(sight.statement.sql))
        sight.add("delete-all",
                  fmt::format("{} without WHERE touches every row of {} in one transaction", sight.kind(), table),
                  "a WHERE, or `-- tripmig: batch by=id` above it in a file of its own");
    const auto& strong = sight.file.transaction.strong;
    if (!strong.empty())
        sight.add("update-beside-ddl",
                  fmt::format("{} is locked ({}) since line {} and stays so while rows of {} are changed",
                              strong.front().table, to_string(strong.front().mode), strong.front().line, table),
                  "put the change of rows into a file of its own");
}

void truncate(Sight& sight) {
    for (const std::string& table : sight.effects.emptied)
        if (sight.is_existing(table))
            return sight.add("truncate", fmt::format("all rows of {} go, under ACCESS EXCLUSIVE", table),
                             "DELETE in batches keeps readers and snapshots alive; say in an ignore why TRUNCATE is "
                             "meant");
}

void json_columns(Sight& sight) {
    const auto table = sql::table_definition(sight.statement.sql);
    if (!table)
        return;
    for (const sql::ColumnFacts& column : table->columns)
        if (column.type.name == "json")
            sight.add("json-column",
                      fmt::format("column {} is json, which has no equality: SELECT DISTINCT fails on it", column.name),
                      "use jsonb");
}

/// 'value' of ALTER TYPE ... ADD VALUE [IF NOT EXISTS] 'value'.
void add_enum_value(Sight& sight) {
    sql::TokenCursor cursor(sight.statement.sql);
    while (cursor.peek().kind != sql::TokenKind::end && !cursor.take_words("add", "value"))
        cursor.take();
    cursor.take_words("if", "not", "exists");
    if (cursor.peek().kind == sql::TokenKind::string && !sight.schema.is_new_enum(sight.target()))
        sight.file.transaction.enum_values.insert(cursor.peek().value());
}

void enum_use(Sight& sight) {
    const auto& values = sight.file.transaction.enum_values;
    if (values.empty() || sight.kind() == "alter type" || sight.kind() == "comment")
        return;
    constexpr std::size_t enough = std::size_t{64} * 1024;
    for (const sql::Token& token : sql::tokenize(sight.statement.sql.substr(0, enough)))
        if (token.lexeme == sql::LexemeKind::string && values.count(token.value()) > 0)
            return sight.add("enum-value-used",
                             fmt::format("'{}' was added to an enum in this transaction, and can't be used before it "
                                         "has committed (55P04)",
                                         token.value()),
                             "use it in a later file", token.offset);
}

}  // namespace

void data(Sight& sight) {
    const std::string& kind = sight.kind();
    enum_use(sight);
    if (kind == "update" || kind == "delete" || kind == "merge")
        change(sight);
    else if (kind == "truncate")
        truncate(sight);
    else if (kind == "create table")
        json_columns(sight);
    else if (kind == "alter type")
        add_enum_value(sight);
}

}  // namespace tripmig::migrate::hazards
