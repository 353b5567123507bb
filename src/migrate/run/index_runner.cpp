#include "migrate/run/index_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "db/catalog/index_catalog.hpp"
#include "db/server_error.hpp"
#include "ddl/statement_step.hpp"
#include "migrate/dotted_name.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

namespace chr = std::chrono;

namespace {

constexpr int most_attempts = 10;

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

/// The statement itself, between the timeouts that it may have.
template <typename Steps>
auto own_step(Steps& steps) {
    return std::find_if(steps.begin(), steps.end(), [](const Step& step) { return step.source.has_value(); });
}

}  // namespace

/// One CREATE INDEX CONCURRENTLY, until the index is there.
class IndexRunner::Building {
  public:
    Building(IndexRunner& runner, const ScriptStatement& statement, const Unit& whole, SampledRun& sampled)
        : m_runner(runner),
          m_statement(statement),
          m_whole(whole),
          m_sampled(sampled),
          m_index(taken_apart(statement)),
          m_table(dotted_name(statement.facts->index->table)),
          m_deadline(runner.m_clock.steady() + runner.m_session.policy().concurrently_timeout) {}

    void run(bool was_begun) {
        const auto own = own_step(m_whole.steps);
        run_settings({m_whole.steps.begin(), own});
        build(*own, was_begun);
        run_settings({own + 1, m_whole.steps.end()});
    }

  private:
    void build(const Step& whole, bool was_begun) {
        for (;;) {
            const std::vector<db::TreeMember> tree = read_tree();
            if (tree.empty() || (tree.front().kind != 'p' && m_index.name.empty())) {
                m_sampled.run(alone(whole));  // no such table, or no name to find again: the server has the word
                return;
            }
            const ddl::IndexPlan plan = tree.front().kind == 'p'
                                            ? ddl::plan_partitioned_index(m_index, tree, was_begun)
                                            : ddl::plan_plain_index(m_index, tree.front(), was_begun);
            if (plan.is_done)
                return;
            if (!plan.wait_for.empty()) {
                wait_for(plan.wait_for);
                continue;
            }
            run_units(plan.units);
            was_begun = true;
        }
    }

    /// The timeouts that the statement has for itself, and those of before: for all that is made of it.
    void run_settings(std::vector<Step> settings) {
        if (settings.empty())
            return;
        Unit unit = m_whole;
        unit.steps = std::move(settings);
        m_runner.m_session.run(unit);
    }

    [[nodiscard]] Unit alone(Step step) const { return as_of_statement(ddl::alone(m_whole.name, std::move(step))); }

    [[nodiscard]] std::vector<db::TreeMember> read_tree() const {
        return db::read_index_tree(m_runner.m_session.connection(), m_table);
    }

    void wait_for(const std::string& whom) {
        if (m_told != whom)
            m_runner.m_reporter.info("index.waiting", whom + ": waiting for it");
        m_told = whom;
        m_runner.m_clock.wait_for(chr::milliseconds(500), m_runner.m_stop);
        m_runner.m_stop.check();
        if (m_runner.m_clock.steady() >= m_deadline)
            throw Error(ExitCode::lock_deadline, whom, "wait until it has ended, then run the same command again")
                .at(position_of(m_statement));
    }

    /// As the statement that it was made of: in its session, and errors point at the statement in the file.
    [[nodiscard]] Unit as_of_statement(Unit unit) const {
        unit.user_sql = true;
        unit.keeps_session = true;
        unit.is_patient = m_whole.is_patient && unit.transaction == Transaction::none;
        for (Step& step : unit.steps) {
            if (step.sql == m_statement.sql)
                step.source = source_of(m_statement);
            if (unit.transaction == Transaction::none)
                step.retry = Retry::never;  // what a failed attempt left must be cleared first
        }
        return unit;
    }

    /// Ends at the first one that fails and may be planned again.
    void run_units(const std::vector<Unit>& units) {
        for (const Unit& planned : units) {
            const Unit unit = as_of_statement(planned);
            m_runner.m_reporter.emit({Severity::info, "index.step", unit.name, {{"sql", unit.steps.front().sql}}, {}});
            try {
                m_sampled.run(unit);
            } catch (Error& error) {
                if (!error.position())
                    error.at(position_of(m_statement));
                if (m_runner.m_session.is_over())
                    throw;
                drop_invalid();
                // A transaction had its attempts already.
                if (unit.transaction == Transaction::inside || !db::is_transient(error.sqlstate()) ||
                    ++m_attempts >= most_attempts)
                    throw;
                m_runner.m_reporter.info("index.retry",
                                         fmt::format("{}: {}; trying again", m_index.name, error.message()));
                m_runner.m_clock.wait_for(chr::milliseconds(500) * m_attempts, m_runner.m_stop);
                return;
            }
        }
    }

    /// What a failed attempt left behind. When that fails too, the first failure is the one to tell.
    void drop_invalid() {
        try {
            for (const db::TreeMember& member : read_tree())
                for (const db::IndexState& found : member.indexes)
                    if (is_remains(found, member))
                        drop(found.name);
        } catch (const Error& error) {
            if (m_runner.m_session.is_over())
                throw;
            m_runner.m_reporter.warning(
                "index.remains", fmt::format("{}: what is left of it was not dropped: {}; the next run will drop it",
                                             m_index.name, error.message()));
        }
    }

    [[nodiscard]] bool is_remains(const db::IndexState& found, const db::TreeMember& member) const {
        return !found.is_valid && found.parent == 0 && member.kind == 'r' &&
               (found.name.name == m_index.name ||
                found.name.name == ddl::leaf_index_name(m_index.name, member.name.name));
    }

    void drop(const QualifiedName& index) {
        m_runner.m_session.run(
            alone(ddl::statement(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", sql::quoted(index)),
                                 "an attempt that failed left it invalid")));
    }

    IndexRunner& m_runner;
    const ScriptStatement& m_statement;
    const Unit& m_whole;
    SampledRun& m_sampled;
    ddl::ConcurrentIndex m_index;
    std::string m_table;
    chr::steady_clock::time_point m_deadline;
    std::string m_told;
    int m_attempts = 0;
};

void IndexRunner::create(const ScriptStatement& statement, const Unit& whole, bool was_begun, SampledRun& sampled) {
    Building(*this, statement, whole, sampled).run(was_begun);
}

void IndexRunner::drop(const ScriptStatement& statement, Unit whole, bool was_begun, SampledRun& sampled) {
    const sql::DropIndex& drop = *statement.facts->drop_index;
    const std::string name = drop.names.empty() ? std::string() : dotted_name(drop.names.front());
    const auto found = name.empty() ? std::nullopt : db::find_index(m_session.connection(), name);
    if (!found && was_begun)
        return;
    Step& own = *own_step(whole.steps);
    if (found && found->is_partitioned) {
        // PostgreSQL has no DROP INDEX CONCURRENTLY for a partitioned index: catalog only, ACCESS EXCLUSIVE on parent
        // and leaves.
        whole.transaction = Transaction::inside;
        whole.is_patient = false;
        own.sql = fmt::format("DROP INDEX {}{}", sql::quoted(found->name), drop.is_cascade ? " CASCADE" : "");
        own.locks = {{found->table, LockMode::access_exclusive}};
        m_reporter.info("index.drop",
                        fmt::format("{} is an index of a partitioned table, which PostgreSQL can't drop concurrently: "
                                    "dropped under a short ACCESS EXCLUSIVE lock instead",
                                    sql::quoted(found->name)));
    } else {
        own.retry = Retry::never;
    }
    sampled.run(whole);
}

}  // namespace tripmig::migrate
