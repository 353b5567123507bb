#include "ddl/index_definition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

std::string column_list(const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns)
        text += (text.empty() ? "" : ", ") + sql::quote_ident(column);
    return text;
}

std::string create_index(const db::IndexInfo& index, const std::string& name, const QualifiedName& table) {
    return fmt::format("CREATE {}INDEX {} ON {} {}", index.is_unique ? "UNIQUE " : "", sql::quote_ident(name),
                       sql::quoted(table), index.tail);
}

std::vector<Step> index_settings(const db::IndexInfo& index, const QualifiedName& name) {
    std::vector<Step> steps;
    const std::string quoted = sql::quoted(name);
    if (!index.tablespace.empty())
        steps.push_back(
            statement(fmt::format("ALTER INDEX {} SET TABLESPACE {}", quoted, sql::quote_ident(index.tablespace)),
                      "for the indexes of new partitions"));
    for (const std::string& target : index.statistics) {
        const std::size_t equals = target.find('=');
        steps.push_back(statement(fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}", quoted,
                                              target.substr(0, equals), target.substr(equals + 1)),
                                  "statistics target of an expression"));
    }
    if (index.comment)
        steps.push_back(statement(fmt::format("COMMENT ON INDEX {} IS {}", quoted, sql::quote_literal(*index.comment)),
                                  "comments are preserved"));
    return steps;
}

Unit build_unique_index(const QualifiedName& table, const std::string& name, const std::vector<std::string>& columns) {
    return alone(fmt::format("build unique index {}", sql::quote_ident(name)),
                 statement(fmt::format("CREATE UNIQUE INDEX CONCURRENTLY {} ON {} ({})", sql::quote_ident(name),
                                       sql::quoted(table), column_list(columns)),
                           "a unique index of a partitioned table must include the partition key (manual 5.11.2.3)",
                           {{table, LockMode::share_update_exclusive}}));
}

bool lacks_key(const db::IndexInfo& index, const std::string& key) {
    return index.is_unique && std::find(index.columns.begin(), index.columns.end(), key) == index.columns.end();
}

namespace {

/// Where the parenthesis that opens at `open` is closed. What the server prints doubles quotes within quotes.
std::size_t closing(std::string_view text, std::size_t open) {
    int depth = 0;
    char quote = '\0';
    for (std::size_t at = open; at < text.size(); ++at) {
        const char each = text[at];
        if (quote != '\0') {
            if (each == quote)
                quote = '\0';
        } else if (each == '\'' || each == '"') {
            quote = each;
        } else if (each == '(') {
            ++depth;
        } else if (each == ')' && --depth == 0) {
            return at;
        }
    }
    throw Error(ExitCode::unexpected, fmt::format("an index definition of an unknown form: {}", text));
}

}  // namespace

std::string with_tablespace(const std::string& tail, const std::string& tablespace) {
    if (tablespace.empty())
        return tail;
    constexpr std::string_view where = " WHERE ";
    std::size_t at = 0;
    std::size_t open = tail.find('(');
    while (open != std::string::npos && open < tail.find(where, at)) {
        at = closing(tail, open) + 1;
        open = tail.find('(', at);
    }
    const std::size_t end = std::min(tail.find(where, at), tail.size());
    return fmt::format("{} TABLESPACE {}{}", tail.substr(0, end), sql::quote_ident(tablespace), tail.substr(end));
}

std::string with_key(std::string_view definition, const std::string& key) {
    const std::size_t end = closing(definition, std::min(definition.find('('), definition.size()));
    return fmt::format("{}, {}{}", definition.substr(0, end), sql::quote_ident(key), definition.substr(end));
}

db::IndexInfo widened(db::IndexInfo index, const std::string& key) {
    if (lacks_key(index, key)) {
        index.tail = with_key(index.tail, key);
        index.columns.push_back(key);
    }
    return index;
}

Unit build_unique_index_like(const QualifiedName& table, const std::string& name, const db::IndexInfo& index) {
    return alone(fmt::format("build unique index {}", sql::quote_ident(name)),
                 statement(fmt::format("CREATE UNIQUE INDEX CONCURRENTLY {} ON {} {}", sql::quote_ident(name),
                                       sql::quoted(table), with_tablespace(index.tail, index.tablespace)),
                           "built while the table is in use, so that the cut-over need not scan",
                           {{table, LockMode::share_update_exclusive}}));
}

Unit drop_index_concurrently(const QualifiedName& table, const QualifiedName& index, const std::string& why) {
    return alone(fmt::format("drop index {}", sql::quoted(index)),
                 statement(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", sql::quoted(index)), why,
                           {{table, LockMode::share_update_exclusive}}));
}

}  // namespace tripmig::ddl
