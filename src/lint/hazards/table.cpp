#include <fmt/format.h>

#include "lint/hazards/hazards.hpp"
#include "sql/facts/alter_table.hpp"

namespace tripmig::lint::hazards {

using sql::AlterAction;
using AlterKind = sql::AlterAction::Kind;

namespace {

void validate(LintContext& context, const std::string& table, const AlterAction& action) {
    if (context.file.transaction.not_valid.count(table + " " + action.name) > 0)
        context.add("validate-same-transaction",
                    fmt::format("{} was added in this transaction: its strong lock is held while {} is read",
                                action.name, table),
                    "put VALIDATE CONSTRAINT into a later file of its own", action.offset);
}

void attach(LintContext& context, const std::string& table, const AlterAction& action) {
    const std::string child = context.schema.key(action.other);
    for (const TablePass& pass : context.effects.scans) {
        const bool is_default = pass.table != child;
        if (context.schema.is_new(pass.table))
            continue;
        context.add(
            "attach-partition",
            fmt::format("ATTACH to {} reads {} under ACCESS EXCLUSIVE: {}", table, pass.table, pass.why),
            is_default
                ? "first add a CHECK to the default partition that excludes the new bounds, NOT VALID, and validate it"
                : "first add a CHECK with the same bounds (and NOT NULL), NOT VALID, and validate it",
            action.offset);
    }
}

void rename(LintContext& context, const std::string& table, const AlterAction& action) {
    if (context.file.kind == FileKind::undo)
        return;
    if (action.kind == AlterKind::rename_table)
        context.add(
            "rename-table",
            fmt::format("{} is named {} as soon as this commits: the running version fails", table, action.new_name),
            "create a view with the old name in the same transaction, or create a new table and migrate to it",
            action.offset);
    else
        context.add("rename-schema",
                    fmt::format("{} moves to schema {}: the running version fails", table, action.new_name),
                    "create a view in the old schema in the same transaction", action.offset);
}

void table_action(LintContext& context, const std::string& table, const AlterAction& action) {
    switch (action.kind) {
        case AlterKind::add_constraint:
            return check_constraint(context, table, action.constraint, action.offset);
        case AlterKind::validate_constraint:
            return validate(context, table, action);
        case AlterKind::set_logged:
        case AlterKind::set_access_method:
        case AlterKind::set_tablespace:
            return context.add("table-rewrite",
                               fmt::format("{} and its indexes are rewritten under ACCESS EXCLUSIVE", table),
                               "run it in a maintenance window, or swap to a new table (tripmig swap)", action.offset);
        case AlterKind::rename_table:
        case AlterKind::set_schema:
            return rename(context, table, action);
        case AlterKind::attach_partition:
            return attach(context, table, action);
        case AlterKind::detach_partition:
            if (!action.is_concurrent && !action.is_finalize)
                context.add(
                    "detach-partition",
                    fmt::format("DETACH takes ACCESS EXCLUSIVE on {}: all queries of all partitions wait", table),
                    "DETACH PARTITION ... CONCURRENTLY, in a file of its own", action.offset);
            return;
        case AlterKind::switch_trigger:
            if (action.is_disabled)
                context.add(
                    "disable-trigger", fmt::format("trigger {} of {} is disabled for all sessions", action.name, table),
                    "let the trigger's function do nothing for your own session, or ENABLE it in the same transaction",
                    action.offset);
            return;
        case AlterKind::drop_constraint:
            if (action.is_cascade)
                context.add("drop-cascade",
                            fmt::format("CASCADE also drops everything that depends on {}", action.name),
                            "drop the dependent objects first, by name", action.offset);
            return;
        default:
            return;
    }
}

void create_table(LintContext& context) {
    const auto table = sql::table_definition(context.statement.sql);
    if (!table || table->partition_of.empty())
        return;
    const std::string parent = context.schema.key(table->partition_of);
    if (context.is_existing(parent))
        context.add("create-partition",
                    fmt::format("PARTITION OF takes ACCESS EXCLUSIVE on {}: all its queries wait", parent),
                    "CREATE TABLE ... (LIKE parent INCLUDING ALL), then ATTACH PARTITION: that blocks nobody");
}

void alter_domain(LintContext& context) {
    for (const TablePass& pass : context.effects.scans)
        if (context.is_existing(pass.table))
            return context.add("domain-constraint",
                               fmt::format("{} is read while writes to it are blocked (SHARE)", pass.table),
                               "ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in a later file");
}

void alter_schema(LintContext& context) {
    sql::TokenCursor cursor(context.statement.sql);
    cursor.take_words("alter", "schema");
    cursor.take_name();
    if (cursor.peek().is_word("rename") && context.file.kind != FileKind::undo)
        context.add("rename-schema", "the running version may use the schema's name",
                    "create a new schema and migrate to it");
}

}  // namespace

void check_alter_table(LintContext& context) {
    const std::string& kind = context.kind();
    if (kind == "create table")
        return create_table(context);
    if (kind == "alter domain")
        return alter_domain(context);
    if (kind == "alter schema")
        return alter_schema(context);
    if (kind != "alter table" && kind != "alter view" && kind != "alter materialized view")
        return;
    sql::TokenCursor cursor(context.statement.sql);
    cursor.take();
    for (const std::string_view word : {"materialized", "view", "table"})
        cursor.take_word(word);
    const sql::AlterTable alter = sql::take_alter_table(context.statement.sql, cursor);
    const std::string table = context.schema.key(alter.name);
    if (!context.is_existing(table))
        return;
    for (const AlterAction& action : alter.actions)
        if (!check_alter_column(context, table, action))
            table_action(context, table, action);
}

}  // namespace tripmig::lint::hazards
