#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "job/boundary.hpp"
#include "job/choices.hpp"
#include "job/copy/bounds.hpp"
#include "job/copy/outside_keys.hpp"
#include "job/finding.hpp"
#include "job/replacement.hpp"
#include "job/source/table_facts.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

void check_relation(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report) {
    const std::string subject = fmt::format("table {}", sql::quoted(table.name));
    if (table.kind != 'r') {
        report.refuse(subject, "is not a plain table", "only plain tables can be swapped");
        return;
    }
    if (table.persistence == 't')
        report.refuse(subject, "is temporary", "only permanent tables can be swapped");
    else if (table.persistence != 'p')
        report.refuse(subject, "is unlogged",
                      fmt::format("ALTER TABLE {} SET LOGGED first; it rewrites the table under a lock",
                                  sql::quoted(table.name)));
    if (table.is_leaf)
        report.refuse(subject, "is a partition of another table",
                      fmt::format("swap its parent table, or split this partition: tripmig partition split {}",
                                  sql::quoted(table.name)));
    if (table.has_children || table.has_parents)
        report.refuse(subject, "is part of an inheritance tree", "ALTER TABLE ... NO INHERIT ... first");
    if (table.is_typed)
        report.refuse(subject, "is a typed table (CREATE TABLE ... OF), which cannot be a partition",
                      fmt::format("ALTER TABLE {} NOT OF first", sql::quoted(table.name)));
    for (const std::string& label : table.labels)
        report.refuse(fmt::format("security label of {}", label), "security labels are not supported in this version",
                      "remove it, and set it again after the swap");
    if (!table.options.empty())
        report.note("storage parameters", "a partitioned table has none: its partitions have them");
    const bool is_copy = policy.swap.strategy == config::SwapStrategy::copy;
    report.ok(
        subject,
        fmt::format("{}, {} with indexes; {}", counted(table.columns.size(), "column"), bytes_text(table.bytes),
                    is_copy ? "about as much again is written, and kept until `swap finish`" : "no row is moved"));
    if (is_copy && job::row_keys(table).empty())
        report.refuse(subject, "nothing identifies its rows: copy follows changes by a key",
                      "add a primary key, or a unique index over columns that are NOT NULL; or use --strategy attach");
}

void check_privileges(const db::TableInfo& table, job::Report& report) {
    const std::string role = sql::quote_ident(table.current_role);
    if (!table.can_alter)
        report.refuse(
            fmt::format("role {}", role),
            fmt::format("is not the owner of {} ({})", sql::quoted(table.name), sql::quote_ident(table.owner)),
            fmt::format("connect as {0}, or GRANT {0} TO {1}", sql::quote_ident(table.owner), role),
            ExitCode::no_privilege);
    if (!table.can_create_in_schema)
        report.refuse(fmt::format("role {}", role),
                      fmt::format("may not create tables in schema {}", sql::quote_ident(table.name.schema)),
                      fmt::format("GRANT CREATE ON SCHEMA {} TO {}", sql::quote_ident(table.name.schema), role),
                      ExitCode::no_privilege);
    if (table.force_row_security && !table.bypasses_row_security)
        report.refuse(
            "row security",
            fmt::format("FORCE ROW LEVEL SECURITY hides rows from {} too: the rows it sees would be taken for all rows",
                        role),
            fmt::format("ALTER ROLE {} BYPASSRLS, or ALTER TABLE {} NO FORCE ROW LEVEL SECURITY during the swap", role,
                        sql::quoted(table.name)));
}

namespace {

/// DEFAULT has its price, and maintain must know of it.
void note_default(const QualifiedName& table, const config::PartitionPolicy& policy, job::Report& report) {
    if (policy.swap.outliers != config::Outliers::default_partition)
        return;
    const bool is_copy = policy.swap.strategy == config::SwapStrategy::copy;
    report.note("DEFAULT partition",
                fmt::format("{} is created {}{}",
                            sql::quoted(QualifiedName{table.schema, sql::truncated_name(table.name, "_default")}),
                            is_copy ? "for rows that lie far from the others"
                                    : "after the cut-over for keys that have no other partition; rows that are there "
                                      "now are all in the partition of the past",
                            policy.default_partition == config::PartitionPolicy::Default::watch
                                ? ""
                                : "; set partition = \"watch\" in [default] of the policy: `partition maintain` then "
                                  "reports its rows (\"drain\" would create a partition for each of them)"));
}

void look_at_copied_rows(const std::string& subject, ddl::KeyType type, const job::Facts& facts,
                         const config::PartitionPolicy& policy, job::Report& report) {
    if (policy.swap.outliers == config::Outliers::own) {
        if (facts.key.has_infinity || facts.key.has_minus_infinity)
            report.note(subject, "is infinite in some rows: they get their own partition");
        report.ok(subject, "each row is copied into the partition for its key");
        return;
    }
    const auto main = job::main_range(type, facts.key, facts.now, policy);
    if (!main)
        return;
    report.ok(subject, fmt::format("rows from {} to {} are copied into partitions of {}; rows that lie far from these "
                                   "go into {}",
                                   ddl::describe(type, main->first), ddl::describe(type, main->last),
                                   job::interval_text(policy.interval),
                                   policy.swap.outliers == config::Outliers::first
                                       ? "one partition before them and one after them"
                                       : "DEFAULT"));
}

/// Some keys have a place with the flag alone.
std::string with_outliers_flag(const std::string& hint, bool is_copy) {
    return fmt::format("{}; or {}--outliers default, which puts such rows into a DEFAULT partition", hint,
                       is_copy ? "" : "--strategy copy ");
}

void look_at_rows(const std::string& subject, const QualifiedName& table, ddl::KeyType type,
                  const db::ColumnInfo& column, const job::Facts& facts, const config::PartitionPolicy& policy,
                  const config::SwapConfig& config, job::Report& report) {
    if (facts.key.nulls > 0)
        report.refuse(subject,
                      fmt::format("is NULL in {}, which belong to no partition", ddl::rows_text(facts.key.nulls)),
                      "give these rows a value first");
    else if (!column.not_null)
        report.note(subject, "is nullable, but no row has NULL. It becomes NOT NULL, checked without blocking writers");
    if (facts.key.is_empty) {
        report.ok(subject, fmt::format("the table is empty and is partitioned directly, from {} on",
                                       policy.start ? *policy.start : std::string("the current interval")));
        return;
    }
    const bool is_copy = policy.swap.strategy == config::SwapStrategy::copy;
    const bool has_place = is_copy && policy.swap.outliers != config::Outliers::own;
    const auto found = job::find_outside_keys(table, column.name, type, facts.key, !is_copy);
    if (found && !has_place) {
        report.refuse(subject, found->message, with_outliers_flag(found->hint, is_copy));
        return;
    }
    if (is_copy) {
        look_at_copied_rows(subject, type, facts, policy, report);
        return;
    }
    if (facts.key.early.rows > 0)
        report.note(
            subject,
            fmt::format(
                "is before year 1 in {} ({}): they stay in the partition of the past; correct them before you split it",
                ddl::rows_text(facts.key.early.rows), facts.key.early.example));
    if (facts.key.has_infinity)
        report.refuse(subject, "is infinity in some rows: they cannot be in the partition of the past",
                      "give these rows a finite key, or use --strategy copy --outliers default");
    try {
        const ddl::Bound cut = job::choose_boundary(type, policy.interval, facts.now, config.margin, facts.key.newest);
        report.ok(subject,
                  fmt::format("all rows are before {}: they become the partition of the past; new partitions follow",
                              ddl::describe(type, cut)));
    } catch (const Error& error) {
        report.refuse(subject, error.message(), error.hint());
    }
}

}  // namespace

void check_key(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
               const config::SwapConfig& config, job::Report& report) {
    const std::string subject = fmt::format("key {}", sql::quote_ident(policy.key));
    const db::ColumnInfo* column = table.column(policy.key);
    if (column == nullptr) {
        report.refuse(subject, fmt::format("{} has no such column", sql::quoted(table.name)),
                      "name the partition key in the policy or with --key");
        return;
    }
    const auto type = ddl::key_type(job::key_type_name(*column));
    if (!type || *type == ddl::KeyType::numeric) {
        report.refuse(
            subject, fmt::format("has type {}, which cannot be a partition key here", column->type),
            "use a column of type date, timestamp, timestamptz, smallint, integer, bigint or uuid (version 7)");
        return;
    }
    if (column->generated != '\0')
        report.refuse(subject, "is a generated column, which cannot be a partition key", "choose another key");
    try {
        ddl::check_interval(*type, policy.interval);
    } catch (const Error& error) {
        report.refuse(subject, error.message(), error.hint());
        return;
    }
    note_default(table.name, policy, report);
    look_at_rows(subject, table.name, *type, *column, facts, policy, config, report);
}

}  // namespace tripmig::swap
