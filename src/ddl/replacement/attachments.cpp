#include <fmt/format.h>

#include "ddl/registry/registry_steps.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

std::string state_words(char enabled) {
    switch (enabled) {
        case 'D':
            return "DISABLE";
        case 'R':
            return "ENABLE REPLICA";
        case 'A':
            return "ENABLE ALWAYS";
        default:
            return {};
    }
}

std::vector<Step> state_and_comment(const std::string& kind, const QualifiedName& table, const std::string& name,
                                    char enabled, const std::optional<std::string>& comment) {
    const std::string on = sql::quoted(table);
    const std::string quoted = sql::quote_ident(name);
    std::vector<Step> steps;
    if (const std::string words = state_words(enabled); !words.empty())
        steps.push_back(statement(fmt::format("ALTER TABLE {} {} {} {}", on, words, kind, quoted), "as before"));
    if (comment)
        steps.push_back(
            statement(fmt::format("COMMENT ON {} {} ON {} IS {}", kind, quoted, on, sql::quote_literal(*comment)),
                      "comments are preserved"));
    return steps;
}

std::vector<Step> create_trigger(const QualifiedName& table, const db::TriggerInfo& trigger) {
    std::vector<Step> steps{statement(trigger.definition, "fires for every partition")};
    append(steps, state_and_comment("TRIGGER", table, trigger.name, trigger.enabled, trigger.comment));
    return steps;
}

std::vector<Step> parent_triggers(const Replacement& replacement) {
    std::vector<Step> steps;
    for (const db::TriggerInfo& trigger : replacement.table.triggers)
        append(steps, create_trigger(replacement.table.name, trigger));
    if (replacement.registry)
        append(steps, create_registry_triggers(*replacement.registry));
    return steps;
}

std::vector<Step> statistics_settings(const db::StatisticsInfo& statistics, const std::string& current_role) {
    const std::string name = sql::quoted(statistics.name);
    std::vector<Step> steps;
    if (statistics.target >= 0)
        steps.push_back(
            statement(fmt::format("ALTER STATISTICS {} SET STATISTICS {}", name, statistics.target), "as before"));
    if (statistics.comment)
        steps.push_back(
            statement(fmt::format("COMMENT ON STATISTICS {} IS {}", name, sql::quote_literal(*statistics.comment)),
                      "comments are preserved"));
    if (statistics.owner != current_role)
        steps.push_back(statement(
            fmt::format("ALTER STATISTICS {} OWNER TO {}", name, sql::quote_ident(statistics.owner)), "as before"));
    return steps;
}

std::vector<Step> parent_statistics(const Replacement& replacement) {
    std::vector<Step> steps;
    for (const db::StatisticsInfo& statistics : replacement.table.statistics) {
        steps.push_back(statement(statistics.definition, "extended statistics belong to one table"));
        append(steps, statistics_settings(statistics, replacement.table.current_role));
    }
    return steps;
}

std::vector<Step> parent_publications(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const std::string name = sql::quoted(table.name);
    std::vector<Step> steps;
    for (const db::PublicationInfo& publication : table.publications) {
        if (!publication.names_table)
            continue;
        const std::string alter = fmt::format("ALTER PUBLICATION {}", sql::quote_ident(publication.name));
        steps.push_back(statement(fmt::format("{} DROP TABLE {}", alter, sql::quoted(replacement.leaf)),
                                  "published through its parent from now on"));
        steps.push_back(statement(fmt::format("{} ADD TABLE {}{}", alter, name, publication.tail), "as before"));
    }
    return steps;
}

std::vector<Step> parent_replica_identity(const Replacement& replacement) {
    const db::TableInfo& table = replacement.table;
    const std::string alter = fmt::format("ALTER TABLE {} REPLICA IDENTITY", sql::quoted(table.name));
    if (table.replica_identity == 'f' || table.replica_identity == 'n')
        return {
            statement(fmt::format("{} {}", alter, table.replica_identity == 'f' ? "FULL" : "NOTHING"), "as before")};
    for (const db::IndexInfo& index : table.indexes)
        if (table.replica_identity == 'i' && index.is_replica_identity)
            return {statement(fmt::format("{} USING INDEX {}", alter, sql::quote_ident(index.name.name)), "as before")};
    return {};
}

}  // namespace tripmig::ddl
