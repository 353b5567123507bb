#include <fmt/format.h>

#include <algorithm>
#include <regex>

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

void check_attachments(const db::TableInfo& table, const config::PartitionPolicy& policy, job::Report& report) {
    for (const db::PublicationInfo& publication : table.publications) {
        job::check_publication(publication, table, policy.key, policy.swap.strategy == config::SwapStrategy::copy,
                               report);
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
