#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "ddl/index_definition.hpp"
#include "ddl/registry.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight_parts.hpp"
#include "swap/replica_identity.hpp"

namespace tripmig::swap {

namespace {

std::string escaped(const std::string& text) {
    static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
    return std::regex_replace(text, special, R"(\$&)");
}

/// Whether a PL/pgSQL body assigns NEW.<key>: after the swap a BEFORE trigger must not move a row to another leaf.
bool assigns_key(const std::string& source, const std::string& key) {
    const std::regex assignment(
        "(^|;|begin|then|else|loop|into)\\s*new\\s*\\.\\s*\"?" + escaped(key) + "\"?\\s*(:?=|;|,|from)",
        std::regex::icase);
    return std::regex_search(source, assignment);
}

/// Whether it has a way to leave out what it was called for (manual 43.10.1).
bool returns_null(const std::string& source) {
    static const std::regex null("\\breturn\\s+null\\b", std::regex::icase);
    return std::regex_search(source, null);
}

}  // namespace

void look_at_triggers(const db::TableInfo& table, const config::PartitionPolicy& policy, Report& report) {
    const std::string move = ddl::registry_of(table, policy.key).move_trigger();
    for (const db::TriggerInfo& trigger : table.triggers) {
        const std::string subject = fmt::format("trigger {}", sql::quote_ident(trigger.name));
        if (trigger.is_row && trigger.has_transition_tables)
            report.refuse(subject, "a row trigger with transition tables cannot be on a partition",
                          "make it a statement trigger, or drop it");
        else if (trigger.is_row && trigger.is_before && assigns_key(trigger.function_source, policy.key))
            report.refuse(subject,
                          fmt::format("{} assigns NEW.{}: a BEFORE trigger may not move a row to another leaf",
                                      trigger.function, policy.key),
                          "use a default for the key instead");
        else if (wants_registry(table, policy) && trigger.is_row && trigger.is_before && trigger.on_update &&
                 trigger.name > move)
            report.refuse(subject, fmt::format("sorts after the registry's {}, which must see the row last", move),
                          "rename it: ALTER TRIGGER ... RENAME TO");
        else if (wants_registry(table, policy) && trigger.is_row && trigger.is_before && trigger.on_delete &&
                 returns_null(trigger.function_source))
            report.refuse(subject,
                          fmt::format("{} may return NULL before a DELETE, and fires for rows that an UPDATE moves to "
                                      "another leaf as well: the row would stay where it is, and the registry would "
                                      "have it elsewhere",
                                      trigger.function),
                          "let it return OLD, or mark rows by an UPDATE of the service instead");
        else if (trigger.is_row && (trigger.on_insert || trigger.on_delete))
            report.note(subject,
                        fmt::format("comes along; it fires for rows that an UPDATE moves to another leaf as well "
                                    "(DELETE, INSERT){}",
                                    trigger.is_before && returns_null(trigger.function_source)
                                        ? ": where it returns NULL for one, that UPDATE is lost, or the row"
                                        : ""));
        else
            report.ok(subject, "comes along");
    }
}

namespace {

/// Whether a publication of every table lets the table's rows be updated and deleted.
bool has_replica_identity(const db::TableInfo& table) {
    return table.replica_identity == 'd' ? table.primary_key() != nullptr : table.replica_identity != 'n';
}

/// What the replica identity will have, and the publication's list of columns has not: PostgreSQL then refuses every
/// UPDATE and DELETE (manual 31.4).
std::vector<std::string> unpublished_identity(const db::PublicationInfo& publication, const db::TableInfo& table,
                                              const std::string& key) {
    std::vector<std::string> lacking;
    if (publication.columns.empty())
        return lacking;
    for (const std::string& column : identity_columns(table, key).after)
        if (std::find(publication.columns.begin(), publication.columns.end(), column) == publication.columns.end())
            lacking.push_back(column);
    return lacking;
}

void refuse_column_list(const db::PublicationInfo& publication, const db::TableInfo& table, const std::string& key,
                        const std::vector<std::string>& lacking, Report& report) {
    const std::string name = sql::quote_ident(publication.name);
    const std::string relation = sql::quoted(table.name);
    std::vector<std::string> columns = publication.columns;
    columns.insert(columns.end(), lacking.begin(), lacking.end());
    report.refuse(
        fmt::format("publication {}", name),
        fmt::format(
            "publishes the columns ({}) alone, and the replica identity will be ({}): every UPDATE and DELETE of "
            "{} would fail",
            ddl::column_list(publication.columns), ddl::column_list(identity_columns(table, key).after), relation),
        fmt::format("BEGIN; ALTER PUBLICATION {0} DROP TABLE {1}; ALTER PUBLICATION {0} ADD TABLE {1} ({2}){3}; COMMIT",
                    name, relation, ddl::column_list(columns), publication.row_filter));
}

}  // namespace

void look_at_publication(const db::PublicationInfo& publication, const db::TableInfo& table, const std::string& key,
                         bool is_copied, Report& report) {
    const std::string subject = fmt::format("publication {}", sql::quote_ident(publication.name));
    if (!publication.via_root)
        report.refuse(subject, "publishes leaves under their own names, which its subscribers do not know",
                      fmt::format("ALTER PUBLICATION {} SET (publish_via_partition_root = true)",
                                  sql::quote_ident(publication.name)));
    else if (const auto lacking = unpublished_identity(publication, table, key); !lacking.empty())
        refuse_column_list(publication, table, key, lacking, report);
    else if (publication.names_table)
        report.ok(subject, "goes on under the table's name");
    else if (is_copied && !has_replica_identity(table))
        report.refuse(subject, "publishes every table, and rows of this one have no replica identity to delete them by",
                      "ALTER TABLE ... REPLICA IDENTITY FULL, or add a primary key first");
    else
        report.note(subject,
                    "publishes every table, of the database or of the schema, those that the work makes too: a "
                    "subscriber stops at a change of a table that it lacks. Make them there, empty, or let it follow a "
                    "publication FOR TABLE, which names its tables");
}

void look_at_followers(const db::TableInfo& table, const config::PartitionPolicy& policy, Report& report) {
    for (const db::PublicationInfo& publication : table.publications) {
        look_at_publication(publication, table, policy.key, policy.swap.strategy == config::SwapStrategy::copy, report);
        if (publication.names_table && !publication.can_alter)
            report.refuse(fmt::format("publication {}", sql::quote_ident(publication.name)), "the role does not own it",
                          "run as a member of its owner too", ExitCode::no_privilege);
    }
    if (table.row_security)
        report.ok("row security", fmt::format("{} policies come along", table.policies.size()));
    for (const db::SequenceInfo& sequence : table.sequences)
        report.ok(fmt::format("sequence {}", sql::quoted(sequence.name)), "goes on where it stands");
}

}  // namespace tripmig::swap
