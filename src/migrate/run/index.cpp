// The part of Runner that makes and drops indexes concurrently: look at the catalog, plan, run, look again.

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/index_catalog.hpp"
#include "db/server_error.hpp"
#include "ddl/concurrent_index.hpp"
#include "migrate/dotted_name.hpp"
#include "migrate/run/run.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

ddl::ConcurrentIndex taken_apart(const ScriptStatement& statement) {
    const sql::IndexDefinition& definition = *statement.facts->index;
    ddl::ConcurrentIndex index;
    index.name = definition.name;
    index.is_unique = definition.is_unique;
    index.if_not_exists = definition.if_not_exists;
    index.is_only = definition.is_only;
    index.tail = std::string(definition.tail);
    index.original = std::string(statement.sql);
    return index;
}

/// Errors point at the statement in the file, also those of statements that tripmig made of it.
void point_at(std::vector<Unit>& units, const ScriptStatement& statement) {
    for (Unit& unit : units)
        for (Step& step : unit.steps) {
            if (step.sql == statement.sql)
                step.source = source_of(statement);
            if (unit.transaction == Transaction::none)
                step.retry = Retry::never;  // what a failed attempt left must be cleared first
            unit.user_sql = true;
            unit.keeps_session = true;
        }
}

bool is_invalid_remains(const db::IndexState& index) {
    return !index.is_valid && index.parent == 0;
}

}  // namespace

void Runner::run_index_plan(const std::vector<Unit>& units, const ScriptStatement& statement) {
    for (const Unit& unit : units) {
        Event event{Severity::info, "index.step", unit.name, {{"sql", unit.steps.front().sql}}, {}};
        m_reporter.emit(event);
        try {
            run_alone(unit);
        } catch (Error& error) {
            if (!error.position())
                error.at(position_of(statement));
            throw;
        }
    }
}

void Runner::create_index(const ScriptStatement& statement, Unit unit, bool was_started) {
    const ddl::ConcurrentIndex index = taken_apart(statement);
    const std::string table = dotted_name(statement.facts->index->table);
    const auto deadline = m_clock.steady() + m_executor.policy().concurrently_timeout;
    std::string told;
    for (int attempts = 0;;) {
        const auto tree = db::read_index_tree(m_connection, table);
        if (tree.empty() || (tree.front().kind != 'p' && index.name.empty())) {
            unit.steps.front().retry = Retry::never;
            run_alone(unit);  // no such table, or no name to find again: the server has the word
            return;
        }
        ddl::IndexPlan plan = tree.front().kind == 'p' ? ddl::plan_partitioned_index(index, tree, was_started)
                                                       : ddl::plan_plain_index(index, tree.front(), was_started);
        if (plan.is_done)
            return;
        if (!plan.wait_for.empty()) {
            if (told != plan.wait_for)
                m_reporter.info("index.waiting", plan.wait_for + ": waiting for it");
            told = plan.wait_for;
            m_stop.wait_for(chr::milliseconds(500));
            m_stop.check();
            if (m_clock.steady() >= deadline)
                throw Error(ExitCode::lock_deadline, plan.wait_for,
                            "wait until it has ended, then run the same command again")
                    .at(position_of(statement));
            continue;
        }
        point_at(plan.units, statement);
        try {
            run_index_plan(plan.units, statement);
        } catch (const Error& error) {
            if (m_connection.is_broken() || m_stop.is_raised())
                throw;
            drop_invalid(index, table);
            if (!db::is_transient(error.sqlstate()) || ++attempts >= 10)
                throw;
            m_reporter.info("index.retry", fmt::format("{}: {}; once more", index.name, error.message()));
            m_stop.wait_for(chr::milliseconds(500) * attempts);
        }
        was_started = true;
    }
}

void Runner::drop_invalid(const ddl::ConcurrentIndex& index, const std::string& table) {
    for (const db::TreeMember& member : db::read_index_tree(m_connection, table)) {
        const std::string leaf_name = ddl::leaf_index_name(index.name, member.name.name);
        for (const db::IndexState& found : member.indexes)
            if (is_invalid_remains(found) && member.kind == 'r' &&
                (found.name.name == index.name || found.name.name == leaf_name))
                m_connection.execute(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", sql::quoted(found.name)));
    }
}

void Runner::drop_index(const ScriptStatement& statement, Unit unit, bool was_started) {
    const sql::DropIndex& drop = *statement.facts->drop_index;
    const std::string name = drop.names.empty() ? std::string() : dotted_name(drop.names.front());
    const auto found = name.empty() ? std::nullopt : db::find_index(m_connection, name);
    if (!found && was_started)
        return;
    if (found && found->is_partitioned) {
        // PostgreSQL has no DROP INDEX CONCURRENTLY for a partitioned index: catalog only, ACCESS EXCLUSIVE on parent
        // and leaves.
        unit.transaction = Transaction::inside;
        unit.steps.front().sql =
            fmt::format("DROP INDEX {}{}", sql::quoted(found->name), drop.is_cascade ? " CASCADE" : "");
        unit.steps.front().locks = {{found->table, LockMode::access_exclusive}};
        m_connection.execute(fmt::format("SET lock_timeout = {}", m_executor.policy().lock_timeout.count()));
        m_reporter.info("index.drop",
                        fmt::format("{} is an index of a partitioned table, which PostgreSQL can't drop concurrently: "
                                    "dropped under a short ACCESS EXCLUSIVE lock instead",
                                    sql::quoted(found->name)));
    } else {
        unit.steps.front().retry = Retry::never;
    }
    run_alone(unit);
}

}  // namespace tripmig::migrate
