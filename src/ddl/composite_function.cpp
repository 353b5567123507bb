#include "ddl/composite_function.hpp"

#include <fmt/format.h>

#include "ddl/registry_functions.hpp"
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

std::string differs(const CompositeKey& composite) {
    std::string text;
    for (const std::string& column : composite.key.columns)
        text +=
            fmt::format("{0}NEW.{1} IS DISTINCT FROM OLD.{1}", text.empty() ? "" : " OR ", sql::quote_ident(column));
    return text;
}

/// `referenced.id = NEW.order_id AND ...`.
std::string same_row(const CompositeKey& composite) {
    std::string text;
    for (std::size_t i = 0; i < composite.key.columns.size(); ++i)
        text += fmt::format("{}referenced.{} = NEW.{}", text.empty() ? "" : " AND ",
                            sql::quote_ident(composite.key.referenced[i]), sql::quote_ident(composite.key.columns[i]));
    return text;
}

std::string same_id(const CompositeKey& composite) {
    std::string text;
    for (const std::string& column : composite.key.columns)
        text += fmt::format("{0}referencing.{1} = NEW.{1}", text.empty() ? "" : " AND ", sql::quote_ident(column));
    return text;
}

/// "SCHEMA = ..., TABLE = ..., CONSTRAINT = ..." of the foreign key.
std::string whose(const CompositeKey& composite) {
    return fmt::format("SCHEMA = {}, TABLE = {}, CONSTRAINT = {}", sql::quote_literal(composite.key.table.schema),
                       sql::quote_literal(composite.key.table.name), sql::quote_literal(composite.key.name));
}

/// "Key (order_id)=(7)" and what follows, as an expression.
std::string detail(const CompositeKey& composite, const std::string& verdict) {
    std::string names;
    std::string places;
    std::string values;
    for (const std::string& column : composite.key.columns) {
        names += (names.empty() ? "" : ", ") + without_placeholders(column);
        places += places.empty() ? "%s" : ", %s";
        values += ", NEW." + sql::quote_ident(column);
    }
    return fmt::format(
        "pg_catalog.format({}{})",
        sql::quote_literal(fmt::format("Key ({})=({}) {}", names, places, without_placeholders(verdict))), values);
}

std::string violation(const CompositeKey& composite) {
    return fmt::format(
        "RAISE foreign_key_violation USING\n            MESSAGE = {},\n            DETAIL = {},\n"
        "            {};",
        sql::quote_literal(fmt::format("insert or update on table \"{}\" violates foreign key constraint \"{}\"",
                                       composite.key.table.name, composite.key.name)),
        detail(composite, fmt::format("is not present in table \"{}\".", composite.parent.name)), whose(composite));
}

std::string ambiguity(const CompositeKey& composite) {
    return fmt::format(
        "RAISE cardinality_violation USING\n                MESSAGE = {},\n                DETAIL = {},\n"
        "                HINT = {},\n                {};",
        sql::quote_literal(
            fmt::format("\"{}\" of table \"{}\" is not clear", composite.column, composite.key.table.name)),
        detail(composite, fmt::format("is present more than once in table \"{}\".", composite.parent.name)),
        sql::quote_literal(fmt::format("Give \"{}\" as well.", composite.column)), whose(composite));
}

}  // namespace

std::string composite_body(const CompositeKey& composite) {
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
        fmt::arg("column", sql::quote_ident(composite.column)), fmt::arg("differs", differs(composite)),
        fmt::arg("key", sql::quote_ident(composite.partition_key)), fmt::arg("parent", sql::quoted(composite.parent)),
        fmt::arg("same_row", same_row(composite)), fmt::arg("ambiguity", ambiguity(composite)),
        fmt::arg("child", sql::quoted(composite.key.table)), fmt::arg("same_id", same_id(composite)),
        fmt::arg("violation", violation(composite))));
}

}  // namespace tripmig::ddl
