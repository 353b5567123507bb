#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/counted.hpp"
#include "ddl/registry/registry.hpp"
#include "job/finding.hpp"
#include "job/source/publication_check.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/checks.hpp"

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

void check_triggers(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report) {
    const std::string move = ddl::registry_of(table, policy.key).move_trigger();
    for (const db::TriggerInfo& trigger : table.triggers) {
        const std::string subject = fmt::format("trigger {}", sql::quote_ident(trigger.name));
        if (trigger.is_row && trigger.has_transition_tables)
            report.refuse(subject, "a row trigger with transition tables cannot be on a partition",
                          "recreate it as a statement trigger, or drop it");
        else if (trigger.is_row && trigger.is_before && assigns_key(trigger.function_source, policy.key))
            report.refuse(
                subject,
                fmt::format("{} assigns NEW.{}: a BEFORE trigger may not move a row to another partition",
                            trigger.function, policy.key),
                "set the key in the application or by a column default, and take the assignment out of the function");
        else if (wants_registry(table, policy) && trigger.is_row && trigger.is_before && trigger.on_update &&
                 trigger.name > move)
            report.refuse(subject,
                          fmt::format("fires after the registry's trigger {}, which must be the last one (triggers "
                                      "fire in the order of their names)",
                                      move),
                          fmt::format("rename it: ALTER TRIGGER {} ON {} RENAME TO a name before that",
                                      sql::quote_ident(trigger.name), sql::quoted(table.name)));
        else if (wants_registry(table, policy) && trigger.is_row && trigger.is_before && trigger.on_delete &&
                 returns_null(trigger.function_source))
            report.refuse(
                subject,
                fmt::format(
                    "{} can return NULL before a DELETE, and it also fires for rows that an UPDATE moves to another "
                    "partition: the row would stay where it is, and the registry would say that it moved",
                    trigger.function),
                "let the function return OLD; to mark rows as deleted, use an UPDATE in the application");
        else if (trigger.is_row && (trigger.on_insert || trigger.on_delete))
            report.note(
                subject,
                fmt::format(
                    "is preserved; it also fires (DELETE, INSERT) for rows that an UPDATE moves to another partition{}",
                    trigger.is_before && returns_null(trigger.function_source)
                        ? ". If it returns NULL for such a row, the UPDATE or the row is lost"
                        : ""));
        else
            report.ok(subject, "is preserved");
    }
}

void check_attachments(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report) {
    for (const db::PublicationInfo& publication : table.publications) {
        job::check_publication(publication, table, policy.key, policy.swap.strategy == config::SwapStrategy::copy,
                               report);
        if (publication.names_table && !publication.can_alter)
            report.refuse(fmt::format("publication {}", sql::quote_ident(publication.name)), "the role does not own it",
                          "run as a role that is also a member of its owner", ExitCode::no_privilege);
    }
    if (table.row_security)
        report.ok("row security", counted(table.policies.size(), "policy is preserved", "policies are preserved"));
    for (const db::SequenceInfo& sequence : table.sequences)
        report.ok(fmt::format("sequence {}", sql::quoted(sequence.name)), "keeps its next value");
}

}  // namespace tripmig::swap
