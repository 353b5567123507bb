#include "swap/preflight/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "db/cells.hpp"
#include "job/locks/blockers.hpp"
#include "sql/identifier.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

namespace chr = std::chrono;

namespace {

void read_server(db::Session& session, const std::string& state_schema, Environment& around) {
    const db::Row row = session.read(std::string(statements::server_facts), {state_schema}).at(0);
    db::Cells cells(row);
    around.block_size = cells.number();
    around.max_locks_per_transaction = cells.number();
    around.max_connections = cells.number();
    around.max_prepared_transactions = cells.number();
    around.database_bytes = cells.number();
    around.sees_all_statistics = cells.flag();
    around.may_make_state = cells.flag();
    for (const db::Row& follower : session.read(std::string(statements::wal_followers)))
        (db::text_of(follower.at(0)) == "slot" ? around.idle_slots : around.followers)
            .push_back(db::text_of(follower.at(1)));
    for (const db::Row& slot : session.read(std::string(statements::logical_slots)))
        around.logical_slots.push_back(db::text_of(slot.at(0)));
    around.event_triggers = db::read_event_triggers(session);
}

/// The extension may be there and not loaded, or its view not granted: then nothing is known.
void read_statements(db::Session& session, const QualifiedName& table, Environment& around) {
    const db::Rows place = session.read(std::string(statements::statement_statistics));
    if (place.empty())
        return;
    const std::string from = fmt::format(
        "FROM {}.pg_stat_statements WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
        "pg_catalog.current_database())",
        db::text_of(place.at(0).at(0)));
    try {
        around.hidden_statements =
            session.number("SELECT pg_catalog.count(*) " + from + " AND query = '<insufficient privilege>'");
        // Constants are $1 there: pg_total_relation_size($1) may mean the table.
        for (const db::Row& row :
             session.read("SELECT query, calls, mean_exec_time::pg_catalog.text " + from +
                              " AND (pg_catalog.strpos(query, $1) > 0 OR query OPERATOR(pg_catalog.~*) "
                              "'pg_(total_relation|relation|table|indexes)_size') ORDER BY calls DESC LIMIT 1000",
                          {table.name}))
            around.statements.push_back(
                {db::text_of(row.at(0)), db::number_of(row.at(1)), std::stod(db::text_of(row.at(2)))});
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
        db::Cells cells(row);
        FunctionText function;
        function.description = cells.text();
        function.language = cells.text();
        function.source = cells.text();
        function.triggers = cells.list();
        if (const auto& calls = cells.next())
            function.calls = db::number_of(calls);
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
            const db::Rows sizes = work.read(
                "SELECT pg_catalog.pg_table_size('pg_temp.tripmig_sample'), "
                "pg_catalog.pg_indexes_size('pg_temp.tripmig_sample'), "
                "(SELECT pg_catalog.count(*) FROM pg_temp.tripmig_sample)");
            sample.table_bytes = db::number_of(sizes.at(0).at(0));
            sample.index_bytes = db::number_of(sizes.at(0).at(1));
            sample.rows = db::number_of(sizes.at(0).at(2));
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
