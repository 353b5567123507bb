#include "job/source/fingerprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/error.hpp"
#include "job/replacement.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

std::string text_of(const db::Grant& grant) {
    return fmt::format("{} to {}{}", grant.privilege, grant.grantee.empty() ? "PUBLIC" : grant.grantee,
                       grant.grantable ? " with grant option" : "");
}

std::string line_of(const db::ColumnInfo& column) {
    std::string line = fmt::format("column {} {}", sql::quote_ident(column.name), column.type);
    if (column.not_null)
        line += " NOT NULL";
    if (!column.default_sql.empty())
        line += fmt::format(" {} {}", column.generated == '\0' ? "DEFAULT" : "GENERATED AS", column.default_sql);
    if (column.identity != '\0')
        line += fmt::format(" IDENTITY {}", column.identity);
    if (column.statistics >= 0)
        line += fmt::format(" STATISTICS {}", column.statistics);
    if (!column.options.empty())
        line += fmt::format(" ({})", fmt::join(column.options, ", "));
    if (column.comment)
        line += fmt::format(" COMMENT {}", *column.comment);
    for (const db::Grant& grant : column.grants)
        line += fmt::format(" GRANT {}", text_of(grant));
    return line;
}

/// As an owner has without any GRANT: a GRANT that was taken back writes it out (manual 5.7).
bool has_all_rights(const db::TableInfo& table, const std::string& role) {
    constexpr std::array<std::string_view, 7> rights{"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                                     "TRUNCATE", "REFERENCES", "TRIGGER"};
    return std::all_of(rights.begin(), rights.end(), [&](std::string_view right) {
        return std::any_of(table.grants.begin(), table.grants.end(),
                           [&](const db::Grant& grant) { return grant.grantee == role && grant.privilege == right; });
    });
}

}  // namespace

std::vector<std::string> shape_of(const db::TableInfo& table) {
    std::vector<std::string> lines;
    for (const db::ColumnInfo& column : table.columns)
        lines.push_back(line_of(column));
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind != 'f' && constraint.kind != 't')
            lines.push_back(fmt::format("constraint {} {}{}", sql::quote_ident(constraint.name), constraint.definition,
                                        constraint.comment ? " COMMENT " + *constraint.comment : ""));
    for (const db::IndexInfo& index : table.indexes)
        lines.push_back(fmt::format(
            "{}index {} {}{}{}", index.is_unique ? "unique " : "", sql::quote_ident(index.name.name), index.tail,
            index.statistics.empty() ? "" : fmt::format(" STATISTICS {}", fmt::join(index.statistics, ", ")),
            index.comment ? " COMMENT " + *index.comment : ""));
    const bool owner_has_all = has_all_rights(table, table.owner);
    for (const db::Grant& grant : table.grants)
        if (!owner_has_all || grant.grantee != table.owner)
            lines.push_back(fmt::format("grant {}", text_of(grant)));
    for (const db::StatisticsInfo& statistics : table.statistics)
        lines.push_back(fmt::format("statistics {}", statistics.definition));
    if (!table.options.empty())
        lines.push_back(fmt::format("storage parameters {}", fmt::join(table.options, ", ")));
    lines.push_back(fmt::format("owner {}, row security {}{}, replica identity {}{}", sql::quote_ident(table.owner),
                                table.row_security ? "on" : "off", table.force_row_security ? ", forced" : "",
                                table.replica_identity,
                                table.tablespace.empty() ? "" : ", tablespace " + sql::quote_ident(table.tablespace)));
    if (table.comment)
        lines.push_back(fmt::format("comment {}", *table.comment));
    return lines;
}

std::vector<std::string> shape_changes(const std::vector<std::string>& then, const std::vector<std::string>& now) {
    std::vector<std::string> changes;
    const auto compare = [&](const std::vector<std::string>& from, const std::vector<std::string>& in,
                             std::string_view word) {
        for (const std::string& line : from)
            if (std::find(in.begin(), in.end(), line) == in.end())
                changes.push_back(fmt::format("{}: {}", word, line));
    };
    compare(then, now, "gone");
    compare(now, then, "new");
    // Attribute numbers are no matter, the order of the columns is.
    if (changes.empty() && then != now && std::is_permutation(then.begin(), then.end(), now.begin(), now.end()))
        changes.emplace_back("the order of its columns");
    return changes;
}

namespace {

void add_followers(const db::TableInfo& table, std::vector<std::string>& lines) {
    for (const db::PolicyInfo& policy : table.policies)
        lines.push_back(fmt::format("policy {} {}", sql::quote_ident(policy.name), policy.tail));
    for (const db::RuleInfo& rule : table.rules)
        lines.push_back(fmt::format("rule {} ({}) {}", sql::quote_ident(rule.name), rule.enabled, rule.definition));
    for (const db::DependentInfo& dependent : table.dependents)
        lines.push_back(fmt::format("{} {}", dependent.description, dependent.rebind));
    for (const db::SequenceInfo& sequence : table.sequences)
        lines.push_back(fmt::format("sequence {} of {}", sql::quoted(sequence.name), sequence.column));
    for (const db::PublicationInfo& publication : table.publications)
        lines.push_back(fmt::format("publication {} {}{}", sql::quote_ident(publication.name), publication.tail,
                                    publication.via_root ? ", via root" : ""));
}

}  // namespace

std::vector<std::string> fingerprint_of(db::TableInfo table, const State& state) {
    table = without_own(std::move(table), state);
    std::vector<std::string> lines;
    if (state.strategy() == config::SwapStrategy::attach) {
        for (db::ColumnInfo& column : table.columns)
            column.not_null = column.not_null || column.name == state.key;  // the job itself sets the key NOT NULL
        lines = shape_of(table);
    }
    for (const db::TriggerInfo& trigger : table.triggers)
        lines.push_back(
            fmt::format("trigger {} ({}) {}", sql::quote_ident(trigger.name), trigger.enabled, trigger.definition));
    for (const db::ConstraintInfo& constraint : table.constraints)
        if (constraint.kind == 'f')
            lines.push_back(fmt::format("foreign key {} {}", sql::quote_ident(constraint.name), constraint.definition));
    for (const db::IncomingKey& key : table.incoming)
        lines.push_back(fmt::format("foreign key {} of {} ({}) to ({}){}", sql::quote_ident(key.name),
                                    sql::quoted(key.table), fmt::join(key.columns, ", "),
                                    fmt::join(key.referenced, ", "), key.tail));
    add_followers(table, lines);
    return lines;
}

void require_same_fingerprint(const db::TableInfo& table, const State& state) {
    if (state.fingerprint.empty())
        return;  // the job of an older version
    const std::vector<std::string> changes = shape_changes(state.fingerprint, fingerprint_of(table, state));
    if (changes.empty())
        return;
    throw Error(
        ExitCode::refused,
        fmt::format("{} was altered after its swap began:\n  {}", sql::quoted(table.name), fmt::join(changes, "\n  ")),
        "undo the change and run this again, or accept it: the same command with --accept-changes");
}

void require_same_shape(const db::TableInfo& table, const std::vector<std::string>& then) {
    const std::vector<std::string> changes = shape_changes(then, shape_of(table));
    if (changes.empty())
        return;
    throw Error(
        ExitCode::refused,
        fmt::format("{} was altered after its copy began:\n  {}", sql::quoted(table.name), fmt::join(changes, "\n  ")),
        fmt::format("undo the change and run this again, or `tripmig swap abort {}` and start again",
                    sql::quoted(table.name)));
}

}  // namespace tripmig::job
