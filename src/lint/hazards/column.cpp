#include <fmt/format.h>

#include "lint/default.hpp"
#include "lint/hazards/hazards.hpp"
#include "lint/type_change.hpp"

namespace tripmig::lint::hazards {

using sql::AlterAction;
using AlterKind = sql::AlterAction::Kind;
using Constraint = sql::ConstraintFacts::Kind;

namespace {

void json(LintContext& context, const sql::ColumnFacts& column, std::size_t offset) {
    if (column.type.name == "json")
        context.add("json-column",
                    fmt::format("column {} is json, which has no equality: SELECT DISTINCT fails on it", column.name),
                    "use jsonb", offset);
}

void volatile_default(LintContext& context, const std::string& table, const AlterAction& action) {
    const Volatility volatility = volatility_of(action.column.default_expression, context.schema);
    if (volatility.kind == Volatility::Kind::not_volatile)
        return;
    const bool is_certain = volatility.kind == Volatility::Kind::is_volatile;
    const std::string how = is_certain ? "computes" : "computes, unless the function is immutable or stable,";
    context.add(
        "volatile-default",
        fmt::format("DEFAULT {}() {} a value for every row of {}: the table is rewritten under ACCESS EXCLUSIVE",
                    volatility.function, how, table),
        "add the column without a default, then ALTER COLUMN ... SET DEFAULT for new rows, then fill the old "
        "ones in batches",
        action.offset, is_certain ? Level::error : Level::warning);
}

/// A column that PostgreSQL can't add by noting one value in the catalog.
void computed_column(LintContext& context, const std::string& table, const AlterAction& action) {
    const sql::ColumnFacts& column = action.column;
    if (column.is_identity || column.type.is_serial())
        context.add("add-identity-column",
                    fmt::format("{} gives every row of {} a number: the table is rewritten under ACCESS EXCLUSIVE",
                                column.name, table),
                    "add a plain integer column, set its default to a sequence, fill the old rows in batches",
                    action.offset);
    else if (column.is_generated)
        context.add("add-generated-column",
                    fmt::format("{} is computed for every row of {}: the table is rewritten under ACCESS EXCLUSIVE",
                                column.name, table),
                    "add a plain column, maintain it with a trigger, fill the old rows in batches", action.offset);
    else if (is_constrained_domain(column.type.name, context.schema))
        context.add("table-rewrite",
                    fmt::format("the type of {} is a domain with constraints: {} is rewritten to check every row",
                                column.name, table),
                    "use the domain's base type and a CHECK ... NOT VALID that is validated later", action.offset);
    else if (column.has_default)
        volatile_default(context, table, action);
    else if (column.is_not_null)
        context.add(
            "add-required-column",
            fmt::format("{} is NOT NULL without a default: this fails as soon as {} has a row", column.name, table),
            "give it a constant default, or add it without NOT NULL, fill it, and set NOT NULL by a validated "
            "CHECK",
            action.offset);
}

void add_column(LintContext& context, const std::string& table, const AlterAction& action) {
    json(context, action.column, action.offset);
    computed_column(context, table, action);
    for (const sql::ConstraintFacts& constraint : action.column.constraints)
        if (constraint.kind != Constraint::foreign_key || action.column.has_default)
            hazards::check_constraint(context, table, constraint, action.offset);
}

void set_type(LintContext& context, const std::string& table, const AlterAction& action) {
    std::string why;
    bool is_certain = false;
    for (const TablePass& pass : context.effects.rewrites) {
        if (why.empty() || pass.is_certain)
            why = pass.why;
        is_certain = is_certain || pass.is_certain;
    }
    if (!why.empty())
        context.add("alter-column-type",
                    fmt::format("{}: {} {} rewritten with its indexes under ACCESS EXCLUSIVE", why, table,
                                is_certain ? "is" : "may be"),
                    "add a column of the new type, keep both in step with a trigger, fill it in batches, and switch "
                    "over in a later release",
                    action.offset, is_certain ? Level::error : Level::warning);
    else if (!context.effects.scans.empty())
        context.add("check-rescan",
                    fmt::format("{}: {} is read under ACCESS EXCLUSIVE", context.effects.scans.front().why, table),
                    "drop the CHECK first, add it again NOT VALID, and VALIDATE it in a later file", action.offset);
}

void set_not_null(LintContext& context, const std::string& table, const AlterAction& action) {
    if (context.effects.scans.empty())
        return;
    context.add("set-not-null",
                fmt::format("SET NOT NULL checks {} in every row of {} under ACCESS EXCLUSIVE", action.name, table),
                fmt::format("before it, in files of their own: ADD CONSTRAINT c CHECK ({} IS NOT NULL) NOT VALID, then "
                            "VALIDATE CONSTRAINT c; PostgreSQL 12 and newer accept that as proof",
                            action.name),
                action.offset);
}

void drop_column(LintContext& context, const std::string& table, const AlterAction& action) {
    if (!context.is_undone(table, action.name))
        context.add("drop-column", fmt::format("the running version may still use {}.{}", table, action.name),
                    "first release a version that does not use the column, not even by SELECT *", action.offset);
    if (action.is_cascade)
        context.add("drop-cascade",
                    fmt::format("CASCADE also drops everything that depends on {}.{}", table, action.name),
                    "drop the dependent objects first, by name", action.offset);
}

}  // namespace

bool check_alter_column(LintContext& context, const std::string& table, const AlterAction& action) {
    switch (action.kind) {
        case AlterKind::add_column:
            add_column(context, table, action);
            return true;
        case AlterKind::set_type:
            set_type(context, table, action);
            return true;
        case AlterKind::set_not_null:
            set_not_null(context, table, action);
            return true;
        case AlterKind::drop_column:
            drop_column(context, table, action);
            return true;
        case AlterKind::rename_column:
            if (context.file.kind != FileKind::undo)
                context.add("rename-column",
                            fmt::format("{}.{} has another name as soon as this commits: the running version fails",
                                        table, action.name),
                            "add a column with the new name, keep both in step with a trigger, and drop the old one in "
                            "a later release",
                            action.offset);
            return true;
        default:
            return false;
    }
}

}  // namespace tripmig::lint::hazards
