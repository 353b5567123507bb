#include "swap/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::swap {

namespace {

std::string joined(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items)
        text += (text.empty() ? "" : ", ") + item;
    return text;
}

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
        line += fmt::format(" ({})", joined(column.options));
    if (column.comment)
        line += fmt::format(" COMMENT {}", *column.comment);
    for (const db::Grant& grant : column.grants)
        line += fmt::format(" GRANT {}", text_of(grant));
    return line;
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
        lines.push_back(fmt::format("{}index {} {}{}{}", index.is_unique ? "unique " : "",
                                    sql::quote_ident(index.name.name), index.tail,
                                    index.statistics.empty() ? "" : " STATISTICS " + joined(index.statistics),
                                    index.comment ? " COMMENT " + *index.comment : ""));
    for (const db::Grant& grant : table.grants)
        lines.push_back(fmt::format("grant {}", text_of(grant)));
    for (const db::StatisticsInfo& statistics : table.statistics)
        lines.push_back(fmt::format("statistics {}", statistics.definition));
    if (!table.options.empty())
        lines.push_back(fmt::format("storage parameters {}", joined(table.options)));
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

void require_same_shape(const db::TableInfo& table, const std::vector<std::string>& then) {
    const std::vector<std::string> changes = shape_changes(then, shape_of(table));
    if (changes.empty())
        return;
    throw Error(
        ExitCode::refused,
        fmt::format("{} was altered since its copy began:\n  {}", sql::quoted(table.name), fmt::join(changes, "\n  ")),
        "take the change back and run this again, or `tripmig swap abort` and begin anew with the table as it "
        "is now");
}

}  // namespace tripmig::swap
