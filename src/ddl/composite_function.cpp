#include "ddl/composite_function.hpp"

#include <fmt/format.h>

#include "ddl/column_text.hpp"
#include "ddl/function_text.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

/// `a IS NULL OR b IS NULL`, of the new row.
std::string points_nowhere(const CompositeKey& composite) {
    std::string text;
    for (const std::string& column : composite.key.columns)
        text += fmt::format("{}NEW.{} IS NULL", text.empty() ? "" : " OR ", sql::quote_ident(column));
    return text;
}

/// "SCHEMA = ..., TABLE = ..., CONSTRAINT = ..." of the foreign key.
std::string whose(const CompositeKey& composite) {
    return fmt::format("SCHEMA = {}, TABLE = {}, CONSTRAINT = {}", sql::quote_literal(composite.key.table.schema),
                       sql::quote_literal(composite.key.table.name), sql::quote_literal(composite.key.name));
}

std::string violation(const CompositeKey& composite) {
    return fmt::format(
        "RAISE foreign_key_violation USING\n            MESSAGE = {},\n            DETAIL = {},\n"
        "            {};",
        sql::quote_literal(fmt::format("insert or update on table \"{}\" violates foreign key constraint \"{}\"",
                                       composite.key.table.name, composite.key.name)),
        key_detail(composite.key.columns, fmt::format("is not present in table \"{}\".", composite.parent.name)),
        whose(composite));
}

std::string ambiguity(const CompositeKey& composite) {
    return fmt::format(
        "RAISE cardinality_violation USING\n                MESSAGE = {},\n                DETAIL = {},\n"
        "                HINT = {},\n                {};",
        sql::quote_literal(
            fmt::format("\"{}\" of table \"{}\" is ambiguous", composite.column, composite.key.table.name)),
        key_detail(composite.key.columns,
                   fmt::format("is present more than once in table \"{}\".", composite.parent.name)),
        sql::quote_literal(fmt::format("Give \"{}\" as well.", composite.column)), whose(composite));
}

}  // namespace

std::string composite_body(const CompositeKey& composite) {
    const std::vector<std::string>& columns = composite.key.columns;
    return dollar_quoted(fmt::format(
        R"(
#variable_conflict use_variable
DECLARE
    candidate {type};
    is_found boolean := false;
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        IF {nowhere} THEN
            NEW.{column} := NULL;
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF ({differs}) AND NEW.{column} IS NOT DISTINCT FROM OLD.{column} THEN
                NEW.{column} := NULL;
            END IF;
        END IF;
        IF NEW.{column} IS NOT NULL THEN
            RETURN NEW;
        END IF;
    END IF;
    FOR candidate IN SELECT referenced.{key} FROM {parent} AS referenced WHERE {same_row} FOR KEY SHARE LOOP
        IF is_found THEN
            {ambiguity}
        END IF;
        is_found := true;
        IF TG_WHEN = 'BEFORE' THEN
            NEW.{column} := candidate;
        END IF;
    END LOOP;
    IF TG_WHEN = 'BEFORE' THEN
        RETURN NEW;
    END IF;
    -- The row itself may have been written again since, or be gone: all that still lack it count.
    IF NOT is_found THEN
        PERFORM FROM {child} AS referencing WHERE {same_id} AND referencing.{column} IS NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        {violation}
    END IF;
    UPDATE {child} AS referencing SET {column} = candidate WHERE {same_id} AND referencing.{column} IS NULL;
    RETURN NULL;
END
)",
        fmt::arg("type", composite.type), fmt::arg("nowhere", points_nowhere(composite)),
        fmt::arg("column", sql::quote_ident(composite.column)), fmt::arg("differs", any_differs(columns)),
        fmt::arg("key", sql::quote_ident(composite.partition_key)), fmt::arg("parent", sql::quoted(composite.parent)),
        fmt::arg("same_row", all_equal("referenced", composite.key.referenced, "NEW", columns)),
        fmt::arg("ambiguity", ambiguity(composite)), fmt::arg("child", sql::quoted(composite.key.table)),
        fmt::arg("same_id", all_equal("referencing", columns, "NEW", columns)),
        fmt::arg("violation", violation(composite))));
}

}  // namespace tripmig::ddl
