#include <fmt/format.h>

#include "ddl/composite_key.hpp"
#include "ddl/composite_steps.hpp"
#include "ddl/index_definition.hpp"
#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "sql/identifier.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

namespace {

void look_at_column(const db::ColumnInfo& column, const std::string& type, const std::string& subject,
                    const QualifiedName& child, job::Report& report) {
    const std::string name = fmt::format("{}.{}", sql::quoted(child), sql::quote_ident(column.name));
    if (column.type != type)
        report.refuse(subject, fmt::format("{} has type {}, but must have type {}", name, column.type, type),
                      fmt::format("rename {}, or use --incoming-foreign-keys registry", name));
    else if (column.generated != '\0' || column.identity != '\0')
        report.refuse(subject, fmt::format("{} is a generated or identity column, but triggers have to fill it", name),
                      fmt::format("rename {}, or use --incoming-foreign-keys registry", name));
    else if (column.not_null)
        report.refuse(subject, fmt::format("{} is NOT NULL, but is filled by triggers", name),
                      fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL, or rename it, or use "
                                  "--incoming-foreign-keys registry",
                                  sql::quoted(child), sql::quote_ident(column.name)));
}

void look_at_child(const db::TableInfo& child, const db::TableInfo& table, const std::string& subject,
                   job::Report& report) {
    if (child.owner != table.owner)
        report.refuse(subject,
                      fmt::format("{} is owned by {}, and {} by {}: the triggers that fill the column need one owner",
                                  sql::quoted(child.name), sql::quote_ident(child.owner), sql::quoted(table.name),
                                  sql::quote_ident(table.owner)),
                      "give both tables the same owner, or use --incoming-foreign-keys registry");
    for (const db::TableInfo* each : {&child, &table})
        if (each->force_row_security)
            report.refuse(
                subject,
                fmt::format("{} has FORCE ROW LEVEL SECURITY: its owner, who fills the column, does "
                            "not see all rows",
                            sql::quoted(each->name)),
                fmt::format("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY, or use --incoming-foreign-keys registry",
                            sql::quoted(each->name)));
    std::string triggers;
    for (const db::TriggerInfo& trigger : child.triggers)
        if (trigger.is_row && trigger.on_update && trigger.enabled != 'D' && trigger.enabled != 'R' &&
            trigger.name.compare(0, 3, "zz_") != 0)
            triggers += (triggers.empty() ? "" : ", ") + sql::quote_ident(trigger.name);
    if (!triggers.empty())
        report.note(subject, fmt::format("filling the column updates every row of {}: its triggers fire ({})",
                                         sql::quoted(child.name), triggers));
}

void look_at_actions(const db::IncomingKey& key, const std::string& subject, job::Report& report) {
    if (key.tail.find(" ON UPDATE SET ") != std::string::npos)
        report.refuse(
            subject,
            "is ON UPDATE SET NULL or SET DEFAULT: when the partition key of a row changes, the rows that reference it "
            "would lose their reference",
            "drop it and add it again with ON UPDATE CASCADE or NO ACTION, or use --incoming-foreign-keys registry");
}

}  // namespace

void check_composite(const db::IncomingKey& key, const db::TableInfo& table, const job::Facts& facts,
                     const config::PartitionPolicy& policy, job::Report& report) {
    const std::string subject = fmt::format("foreign key {}", described(key));
    const std::string column = ddl::companion_column(key, policy.key);
    if (column.empty()) {
        report.ok(subject, "includes the partition key: references the new table, with the same name and actions");
        return;
    }
    look_at_actions(key, subject, report);
    const db::ColumnInfo* partition_key = table.column(policy.key);
    const auto child = facts.children.find(key.table);
    const db::ColumnInfo* present = nullptr;
    if (child != facts.children.end() && partition_key != nullptr) {
        look_at_child(child->second, table, subject, report);
        present = child->second.column(column);
        if (present != nullptr)
            look_at_column(*present, partition_key->type, subject, key.table, report);
    }
    ddl::CompositeKey composite;
    composite.key = key;
    composite.column = column;
    composite.partition_key = policy.key;
    const db::IncomingKey later = ddl::with_companion(composite);
    report.note(subject, fmt::format("becomes ({}) REFERENCES {} ({}){}. {} {} {}, and triggers fill it from the "
                                     "referenced row; each row written without it costs a look-up in all partitions",
                                     ddl::column_list(later.columns), sql::quoted(table.name),
                                     ddl::column_list(later.referenced), later.tail, sql::quoted(key.table),
                                     present != nullptr ? "already has the column" : "gets the column",
                                     sql::quote_ident(column)));
    if (later.tail != key.tail)
        report.note(subject,
                    "is ON UPDATE CASCADE afterwards, so that a changed partition key follows; so does a changed id");
}

}  // namespace tripmig::swap
