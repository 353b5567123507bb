#include "swap/preflight/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "job/locks/blockers.hpp"
#include "sql/identifier.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

namespace chr = std::chrono;

namespace {

void read_server(db::Session& session, const std::string& state_schema, Environment& around) {
    const db::Row row = session.read(std::string(statements::server_facts), {state_schema}).row();
    around.block_size = row.number("block_size");
    around.max_locks_per_transaction = row.number("max_locks_per_transaction");
    around.max_connections = row.number("max_connections");
    around.max_prepared_transactions = row.number("max_prepared_transactions");
    around.database_bytes = row.number("database_bytes");
    around.sees_all_statistics = row.flag("sees_all_statistics");
    around.may_make_state = row.flag("may_make_state");
    for (const db::Row& follower : session.read(std::string(statements::wal_followers)))
        (follower.text("kind") == "slot" ? around.idle_slots : around.followers).push_back(follower.text("name"));
    for (const db::Row& slot : session.read(std::string(statements::logical_slots)))
        around.logical_slots.push_back(slot.text("slot"));
    around.event_triggers = db::read_event_triggers(session);
}

/// The extension may be there and not loaded, or its view not granted: then nothing is known.
void read_statements(db::Session& session, const QualifiedName& table, Environment& around) {
    const auto schema = session.read(std::string(statements::statement_statistics)).optional_text();
    if (!schema)
        return;
    const std::string from = fmt::format(
        "FROM {}.pg_stat_statements WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
        "pg_catalog.current_database())",
        *schema);
    try {
        around.hidden_statements =
            session.number("SELECT pg_catalog.count(*) " + from + " AND query = '<insufficient privilege>'");
        // Constants are $1 there: pg_total_relation_size($1) may mean the table.
        for (const db::Row& row :
             session.read("SELECT query, calls, mean_exec_time " + from +
                              " AND (pg_catalog.strpos(query, $1) > 0 OR query OPERATOR(pg_catalog.~*) "
                              "'pg_(total_relation|relation|table|indexes)_size') ORDER BY calls DESC LIMIT 1000",
                          {table.name}))
            around.statements.push_back({row.text("query"), row.number("calls"), row.decimal("mean_exec_time")});
        around.has_statement_statistics = true;
    } catch (const Error& error) {
        if (error.sqlstate().empty())
            throw;
    }
}

void read_functions(db::Session& session, const db::TableInfo& table, const std::string& state_schema,
                    Environment& around) {
    for (const db::Row& row : session.read(std::string(statements::functions_naming),
                                           {std::to_string(table.oid), table.name.name, state_schema})) {
        FunctionText function;
        function.description = row.text("description");
        function.language = row.text("language");
        function.source = row.text("source");
        function.triggers = row.list("triggers");
        function.calls = row.optional_number("calls");
        around.functions.push_back(std::move(function));
    }
}

double seconds_since(chr::steady_clock::time_point start) {
    return chr::duration<double>(chr::steady_clock::now() - start).count();
}

}  // namespace

std::optional<Sample> take_sample(db::Session& session, const db::TableInfo& table) {
    constexpr std::int64_t most_blocks = 1000;
    if (table.pages == 0)
        return std::nullopt;
    Sample sample;
    sample.blocks = std::min(table.pages, most_blocks);
    const std::int64_t first = (table.pages - sample.blocks) / 2;
    try {
        session.transact(db::Isolation::read_committed, [&](db::Work& work) {
            auto start = chr::steady_clock::now();
            work.change(
                fmt::format("CREATE TEMPORARY TABLE tripmig_sample ON COMMIT DROP AS SELECT * FROM ONLY {} WHERE "
                            "ctid >= '({},0)'::pg_catalog.tid AND ctid < '({},0)'::pg_catalog.tid",
                            sql::quoted(table.name), first, first + sample.blocks));
            sample.load_seconds = seconds_since(start);
            start = chr::steady_clock::now();
            for (const db::IndexInfo& index : table.indexes)
                work.change("CREATE INDEX ON pg_temp.tripmig_sample " + index.tail);
            sample.index_seconds = seconds_since(start);
            const db::Row sizes = work.read(
                                          "SELECT pg_catalog.pg_table_size('pg_temp.tripmig_sample') AS table_bytes, "
                                          "pg_catalog.pg_indexes_size('pg_temp.tripmig_sample') AS index_bytes, "
                                          "(SELECT pg_catalog.count(*) FROM pg_temp.tripmig_sample) AS rows")
                                      .row();
            sample.table_bytes = sizes.number("table_bytes");
            sample.index_bytes = sizes.number("index_bytes");
            sample.rows = sizes.number("rows");
        });
    } catch (const Error& error) {
        if (error.sqlstate().empty())
            throw;
        return std::nullopt;  // no right to temporary tables, or an index that needs what a sample has not
    }
    return sample;
}

Environment read_environment(db::Session& session, const db::TableInfo& table, const config::Config& config) {
    Environment around;
    read_server(session, config.state.schema, around);
    const job::Blockers blockers =
        job::find_blockers(session, {{table.name, LockMode::access_exclusive}}, config.swap.blocker_age);
    for (const job::Blockers::Transaction& each : blockers.who)
        around.blockers.push_back(each.text);
    read_statements(session, table.name, around);
    read_functions(session, table, config.state.schema, around);
    return around;
}

}  // namespace tripmig::swap
