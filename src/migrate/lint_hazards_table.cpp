#include <fmt/format.h>

#include "migrate/lint_hazards.hpp"
#include "sql/alter_table.hpp"

namespace tripmig::migrate::hazards {

using sql::AlterAction;
using AlterKind = sql::AlterAction::Kind;

namespace {

void validate(Sight& sight, const std::string& table, const AlterAction& action) {
    if (sight.file.transaction.not_valid.count(table + " " + action.name) > 0)
        sight.add("validate-same-transaction",
                  fmt::format("{} was added in this transaction: its strong lock is held while {} is read", action.name,
                              table),
                  "VALIDATE in a file of its own, behind the one that adds the constraint", action.offset);
}

void attach(Sight& sight, const std::string& table, const AlterAction& action) {
    const std::string child = sight.schema.key(action.other);
    for (const TablePass& pass : sight.effects.scans) {
        const bool is_default = pass.table != child;
        if (sight.schema.is_new(pass.table))
            continue;
        sight.add("attach-partition",
                  fmt::format("ATTACH to {} reads {} under ACCESS EXCLUSIVE: {}", table, pass.table, pass.why),
                  is_default ? "add a CHECK to the default partition that leaves the new bounds out, NOT VALID, and "
                               "validate it before"
                             : "add a CHECK that says what the bounds say (and NOT NULL), NOT VALID, validate it, then "
                               "attach",
                  action.offset);
    }
}

void rename(Sight& sight, const std::string& table, const AlterAction& action) {
    if (sight.file.kind == migrate::Kind::undo)
        return;
    if (action.kind == AlterKind::rename_table)
        sight.add("rename-table",
                  fmt::format("{} is called {} from this moment on: the running version fails", table, action.new_name),
                  "leave a view of the old name in the same transaction, or make a new table and move over",
                  action.offset);
    else
        sight.add("rename-schema",
                  fmt::format("{} moves to schema {}: the running version fails", table, action.new_name),
                  "leave a view in the old schema in the same transaction", action.offset);
}

void table_action(Sight& sight, const std::string& table, const AlterAction& action) {
    switch (action.kind) {
        case AlterKind::add_constraint:
            return constraint(sight, table, action.constraint, action.offset);
        case AlterKind::validate_constraint:
            return validate(sight, table, action);
        case AlterKind::set_logged:
        case AlterKind::set_access_method:
        case AlterKind::set_tablespace:
            return sight.add("table-rewrite",
                             fmt::format("{} is written anew with its indexes under ACCESS EXCLUSIVE", table),
                             "run it in a maintenance window, or swap to a new table (tripmig swap)", action.offset);
        case AlterKind::rename_table:
        case AlterKind::set_schema:
            return rename(sight, table, action);
        case AlterKind::attach_partition:
            return attach(sight, table, action);
        case AlterKind::detach_partition:
            if (!action.is_concurrent && !action.is_finalize)
                sight.add("detach-partition",
                          fmt::format("DETACH takes ACCESS EXCLUSIVE on {}: all queries of all partitions wait", table),
                          "DETACH PARTITION ... CONCURRENTLY, in a file of its own", action.offset);
            return;
        case AlterKind::switch_trigger:
            if (action.is_disabled)
                sight.add("disable-trigger", fmt::format("trigger {} of {} is off for everybody", action.name, table),
                          "change the trigger's function to do nothing for your own session, or ENABLE it in the same "
                          "transaction",
                          action.offset);
            return;
        case AlterKind::drop_constraint:
            if (action.is_cascade)
                sight.add("drop-cascade", fmt::format("CASCADE drops whatever hangs on {}", action.name),
                          "name what is to go, and drop it before", action.offset);
            return;
        default:
            return;
    }
}

void create_table(Sight& sight) {
    const auto table = sql::table_definition(sight.statement.sql);
    if (!table || table->partition_of.empty())
        return;
    const std::string parent = sight.schema.key(table->partition_of);
    if (sight.is_existing(parent))
        sight.add("create-partition",
                  fmt::format("PARTITION OF takes ACCESS EXCLUSIVE on {}: all its queries wait", parent),
                  "CREATE TABLE ... (LIKE parent INCLUDING ALL), then ATTACH PARTITION: that blocks nobody");
}

void alter_domain(Sight& sight) {
    for (const TablePass& pass : sight.effects.scans)
        if (sight.is_existing(pass.table))
            return sight.add("domain-constraint", fmt::format("{} is read while it refuses writes (SHARE)", pass.table),
                             "ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in a later file");
}

void alter_schema(Sight& sight) {
    sql::TokenCursor cursor(sight.statement.sql);
    cursor.take_words("alter", "schema");
    cursor.take_name();
    if (cursor.peek().is_word("rename") && sight.file.kind != migrate::Kind::undo)
        sight.add("rename-schema", "the running version may name the schema", "make a new one and move over");
}

}  // namespace

void alter_table(Sight& sight) {
    const std::string& kind = sight.kind();
    if (kind == "create table")
        return create_table(sight);
    if (kind == "alter domain")
        return alter_domain(sight);
    if (kind == "alter schema")
        return alter_schema(sight);
    if (kind != "alter table" && kind != "alter view" && kind != "alter materialized view")
        return;
    sql::TokenCursor cursor(sight.statement.sql);
    cursor.take();
    for (const std::string_view word : {"materialized", "view", "table"})
        cursor.take_word(word);
    const sql::AlterTable alter = sql::take_alter_table(sight.statement.sql, cursor);
    const std::string table = sight.schema.key(alter.name);
    if (!sight.is_existing(table))
        return;
    for (const AlterAction& action : alter.actions)
        if (!alter_column(sight, table, action))
            table_action(sight, table, action);
}

}  // namespace tripmig::migrate::hazards
