#include "job/copy/row_hash.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/keys.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/locks/attempts.hpp"
#include "job/source/source_table.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// Of a B-tree on int8 that was just built, with its share of the pages.
constexpr double index_bytes_a_row = 23;

std::string index_sql(const QualifiedName& table, const db::TableInfo& like, std::string_view how) {
    return fmt::format("CREATE INDEX {}{} ON {} ({})", how, sql::quote_ident(backfill::row_hash_index(table).name),
                       sql::quoted(table), backfill::row_hash_value({}, backfill::hashable_columns(like)));
}

Step drop_index(const QualifiedName& table) {
    return ddl::statement(fmt::format("DROP INDEX IF EXISTS {}", sql::quoted(backfill::row_hash_index(table))),
                          "it served the catch-up alone");
}

double estimated_rows(Session& server, const State& state) {
    double rows = 0;
    for (const QualifiedName& source : state.sources())
        rows += static_cast<double>(
            server.session().number(fmt::format("SELECT GREATEST(reltuples, 0)::pg_catalog.int8 FROM "
                                                "pg_catalog.pg_class WHERE oid = {}::pg_catalog.regclass",
                                                sql::quote_literal(sql::quoted(source)))));
    return rows;
}

}  // namespace

void report_row_hash(Session& server, const db::TableInfo& table, const State& state, Report& report) {
    const std::vector<std::string> hashed = backfill::hashable_columns(table);
    std::string others;
    for (const std::string& name : copied_columns(table))
        if (std::find(hashed.begin(), hashed.end(), name) == hashed.end())
            others +=
                fmt::format("{}{} {}", others.empty() ? "" : ", ", sql::quote_ident(name), table.column(name)->type);
    report.note(
        sql::quoted(state.table),
        fmt::format("nothing identifies its rows: they are followed by a hash of their values. Writes to it compute it "
                    "once or twice a row; from the end of the load to the cut-over it and its copy have an index on it "
                    "(about {:.1f} MB together), which every new version of a row is entered into{}",
                    2 * index_bytes_a_row * estimated_rows(server, state) / 1e6,
                    others.empty() ? ""
                                   : fmt::format(". The hash leaves out {}: rows that differ there alone are "
                                                 "copied again together",
                                                 others)),
        "with a primary key, or a unique index over NOT NULL columns, it would be followed by that");
}

Step index_row_hash(const QualifiedName& table, const db::TableInfo& like) {
    return ddl::statement(index_sql(table, like, ""), "the catch-up finds rows by it", {{table, LockMode::share}});
}

void index_sources(Session& server, const db::TableInfo& like, const State& state) {
    for (const QualifiedName& source : state.sources()) {
        const db::TableInfo table = require_table(server, source);
        const QualifiedName name = backfill::row_hash_index(source);
        const auto found = std::find_if(table.indexes.begin(), table.indexes.end(),
                                        [&](const db::IndexInfo& index) { return index.name == name; });
        if (found != table.indexes.end() && found->is_valid)
            continue;
        if (found != table.indexes.end())
            run_step(server, ddl::drop_index_concurrently(source, name, "left by a build that was interrupted"));
        run_step(server,
                 ddl::alone(fmt::format("index the row hash of {}", sql::quoted(source)),
                            ddl::statement(index_sql(source, like, "CONCURRENTLY "), "the catch-up finds rows by it",
                                           {{source, LockMode::share_update_exclusive}})));
        Unit analyze;
        analyze.name = fmt::format("analyze {}", sql::quoted(source));
        analyze.steps = {ddl::statement(fmt::format("ANALYZE {}", sql::quoted(source)),
                                        "else the planner does not know how few rows share a hash",
                                        {{source, LockMode::share_update_exclusive}})};
        run_step(server, analyze);
    }
}

std::vector<Step> drop_source_indexes(const State& state) {
    std::vector<Step> steps;
    if (goes_by_hash(state))
        for (const QualifiedName& source : state.sources())
            steps.push_back(drop_index(source));
    return steps;
}

std::vector<Step> drop_row_hash_indexes(const State& state) {
    std::vector<Step> steps = drop_source_indexes(state);
    if (!steps.empty())
        steps.push_back(drop_index(ddl::staged_name(state.table)));
    return steps;
}

}  // namespace tripmig::job
