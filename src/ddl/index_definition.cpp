#include "ddl/index_definition.hpp"

#include <fmt/format.h>

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
                      "where new leaves' indexes go"));
    for (const std::string& target : index.statistics) {
        const std::size_t equals = target.find('=');
        steps.push_back(statement(fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}", quoted,
                                              target.substr(0, equals), target.substr(equals + 1)),
                                  "statistics target of an expression"));
    }
    if (index.comment)
        steps.push_back(statement(fmt::format("COMMENT ON INDEX {} IS {}", quoted, sql::quote_literal(*index.comment)),
                                  "comments come along"));
    return steps;
}

Unit build_unique_index(const QualifiedName& table, const std::string& name, const std::vector<std::string>& columns) {
    return alone(fmt::format("build unique index {}", sql::quote_ident(name)),
                 statement(fmt::format("CREATE UNIQUE INDEX CONCURRENTLY {} ON {} ({})", sql::quote_ident(name),
                                       sql::quoted(table), column_list(columns)),
                           "a unique index of a partitioned table must have the partition key in it (manual 5.11.2.3)",
                           {{table, LockMode::share_update_exclusive}}));
}

Unit drop_index_concurrently(const QualifiedName& table, const QualifiedName& index, const std::string& why) {
    return alone(fmt::format("drop index {}", sql::quoted(index)),
                 statement(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", sql::quoted(index)), why,
                           {{table, LockMode::share_update_exclusive}}));
}

}  // namespace tripmig::ddl
