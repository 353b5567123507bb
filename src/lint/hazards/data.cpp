#include <fmt/format.h>

#include <algorithm>

#include "lint/hazards/hazards.hpp"
#include "sql/tokens.hpp"

namespace tripmig::lint::hazards {

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

void change(LintContext& context) {
    const std::string table = context.target();
    if (!context.is_existing(table) || context.statement.directives->batch)
        return;
    if (context.kind() != "merge" && !has_where(context.statement.sql))
        context.add("delete-all",
                    fmt::format("{} without WHERE changes every row of {} in one transaction", context.kind(), table),
                    "add a WHERE, or write `-- tripmig: batch by=id` above it in a file of its own");
    const auto& strong = context.file.transaction.strong;
    if (!strong.empty())
        context.add("update-beside-ddl",
                    fmt::format("{} has been locked ({}) since line {}, and stays locked while rows of {} are changed",
                                strong.front().table, to_string(strong.front().mode), strong.front().line, table),
                    "change the rows in a file of its own");
}

void truncate(LintContext& context) {
    for (const std::string& table : context.effects.emptied)
        if (context.is_existing(table))
            return context.add("truncate", fmt::format("all rows of {} are removed, under ACCESS EXCLUSIVE", table),
                               "DELETE in batches blocks nobody; if TRUNCATE is intended, say why in an ignore");
}

void json_columns(LintContext& context) {
    const auto table = sql::table_definition(context.statement.sql);
    if (!table)
        return;
    for (const sql::ColumnFacts& column : table->columns)
        if (column.type.name == "json")
            context.add(
                "json-column",
                fmt::format("column {} is json, which has no equality: SELECT DISTINCT fails on it", column.name),
                "use jsonb");
}

/// 'value' of ALTER TYPE ... ADD VALUE [IF NOT EXISTS] 'value'.
void add_enum_value(LintContext& context) {
    sql::TokenCursor cursor(context.statement.sql);
    while (cursor.peek().kind != sql::TokenKind::end && !cursor.take_words("add", "value"))
        cursor.take();
    cursor.take_words("if", "not", "exists");
    if (cursor.peek().kind == sql::TokenKind::string && !context.schema.is_new_enum(context.target()))
        context.file.transaction.enum_values.insert(cursor.peek().value());
}

void enum_use(LintContext& context) {
    const auto& values = context.file.transaction.enum_values;
    if (values.empty() || context.kind() == "alter type" || context.kind() == "comment")
        return;
    constexpr std::size_t enough = std::size_t{64} * 1024;
    for (const sql::Token& token : sql::tokenize(context.statement.sql.substr(0, enough)))
        if (token.lexeme == sql::LexemeKind::string && values.count(token.value()) > 0)
            return context.add("enum-value-used",
                               fmt::format("'{}' was added to an enum in this transaction, and can't be used before it "
                                           "has committed (55P04)",
                                           token.value()),
                               "use it in a later file", token.offset);
}

}  // namespace

void check_data(LintContext& context) {
    const std::string& kind = context.kind();
    enum_use(context);
    if (kind == "update" || kind == "delete" || kind == "merge")
        change(context);
    else if (kind == "truncate")
        truncate(context);
    else if (kind == "create table")
        json_columns(context);
    else if (kind == "alter type")
        add_enum_value(context);
}

}  // namespace tripmig::lint::hazards
