#include "partition/split/partition_job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/close.hpp"
#include "job/context.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/run.hpp"
#include "job/cut_over_times.hpp"
#include "job/locks/attempts.hpp"
#include "job/next_step.hpp"
#include "job/observe.hpp"
#include "job/open_job.hpp"
#include "job/replacement.hpp"
#include "job/run_job.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "job/triggers/actions.hpp"
#include "job/triggers/own_triggers.hpp"
#include "job/verify/validate_keys.hpp"
#include "partition/split/checks.hpp"
#include "partition/split/cut_over.hpp"
#include "partition/split/drain.hpp"
#include "partition/split/guard.hpp"
#include "partition/split/plan.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

CutOverFacts read_cut_over(job::Session& server, const job::State& state) {
    const QualifiedName staged = ddl::staged_name(state.table);
    CutOverFacts facts;
    facts.parent = job::require_table(server, state.parent());
    facts.staged = job::require_table(server, staged);
    const std::vector<QualifiedName> sources = state.sources();
    for (const QualifiedName& source : sources)
        facts.sources.push_back(job::require_table(server, source));
    if (const auto partitioning = db::read_partitioning(server.session(), staged))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(job::key_type_of(state), partition.bound))
                facts.target_partitions.push_back({partition.name, *bounds});
    if (state.does(job::PartitionVerb::drain))
        facts.rest = job::without_own(job::require_table(server, state.rest_name()), state);
    for (const QualifiedName& leaf : job::leaves_of(server, state.parent()))
        if (std::find(sources.begin(), sources.end(), leaf) == sources.end())
            facts.others.push_back(leaf);
    std::sort(facts.others.begin(), facts.others.end());
    if (const auto partition = default_beside(server.session(), state); partition && has_split_guard(*partition))
        facts.guarded = partition->name;
    return facts;
}

/// What came to be bound to a source since the job began.
void require_no_dependents(const CutOverFacts& facts, const job::State& state) {
    PartitionPlan plan;
    job::Report report(plan.findings);
    for (const db::TableInfo& source : facts.sources)
        check_dependents(source, state, report);
    for (const job::Finding& finding : plan.findings)
        throw refused(state, finding.message, finding.hint);
}

void cut_over(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    guard_default_beside(server, state);
    const auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    std::vector<QualifiedName> checked_beside;  // the partitions that the replacement DEFAULT's CHECK knows
    const db::UnitOutcome outcome = job::run_attempts(server, [&](const job::Attempt& attempt) {
        require_sources(server, state);
        const db::TableInfo table = job::source_of(server, state);
        const job::WorkContext context{job::build_replacement(table, state), state, server.state_schema()};
        job::require_same_shape(context.replacement.table, state.copy().shape);
        job::require_same_fingerprint(table, state);
        job::require_own_unchanged(server, state);
        const backfill::Transfer transfer = job::build_transfer(context.replacement, state, server.state_schema());
        const auto catch_up = [&] {
            job::run_last_catch_up(
                server, transfer, [&] { return job::make_copy_leaves(server, policy, table, state); }, deadline);
        };
        catch_up();
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        CutOverFacts facts = read_cut_over(server, state);
        require_no_dependents(facts, state);
        if (facts.rest && (checked_beside.empty() || checked_beside != facts.others)) {
            check_rest(server, state, facts.target_partitions);
            checked_beside = facts.others;
            facts = read_cut_over(server, state);
        }
        return attempt(partition_cut_over(context, facts, server.config().swap), catch_up);
    });
    job::store_cut_over_times(server, state, outcome);
}

/// The old partitions have no row that the new ones lack.
void drop_old(job::Session& server, const job::State& state, Unit& unit) {
    if (state.partition().keeps_old)
        return;
    std::vector<QualifiedName> old = state.sources();
    if (!state.old_name.empty())
        old.front().name = state.old_name;
    for (const QualifiedName& table : old)
        if (db::read_table(server.session(), table)) {
            unit.lock_first.push_back({table, LockMode::access_exclusive});
            unit.steps.push_back(ddl::statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(table)),
                                                "its rows are all in the new partitions"));
        }
}

void follow_up(job::Session& server, job::State& state) {
    if (!job::validate_outgoing(server, state))
        throw Error(
            ExitCode::refused,
            fmt::format("the {} of {} is done, but foreign keys of {} are still NOT VALID",
                        job::to_string(state.partition().verb), sql::quoted(state.table), sql::quoted(state.parent())),
            "delete or correct the rows that the warnings name, then run this again");
    Unit unit;
    unit.name = fmt::format("analyze {}", sql::quoted(state.parent()));
    unit.steps = {ddl::statement(fmt::format("ANALYZE {}", sql::quoted(state.parent())),
                                 "autovacuum never analyzes a partitioned table as a whole")};
    job::run_step(server, unit);
    Unit closing;
    closing.name = fmt::format("close the {} of {}", job::to_string(state.partition().verb), sql::quoted(state.table));
    drop_old(server, state, closing);
    state.stage = job::Stage::finished;
    closing.steps.push_back(db::finish_job_step(server.state_schema(), job::to_job(state)));
    job::run_step(server, closing);
}

/// Up to the cut-over and through it, or to the moment before.
class PartitionMachine : public job::Machine {
  public:
    PartitionMachine(job::Session& server, const config::PartitionPolicy& policy, job::State state, bool until_ready)
        : Machine(std::move(state)), m_server(server), m_policy(policy), m_until_ready(until_ready) {}

    job::Observation observe() override {
        if (m_state.stage >= job::Stage::cut_over)
            return {};
        require_sources(m_server, m_state);
        m_table = job::source_of(m_server, m_state);
        job::require_same_fingerprint(m_table, m_state);
        return job::observe(m_server, m_table, m_state);
    }

    [[nodiscard]] job::Action next_step(const job::Observation& seen) const override {
        return job::next_step(m_state, seen, m_until_ready);
    }

    void perform(job::Action action, const job::Observation& seen) override {
        if (action == job::Action::follow_up)
            follow_up(m_server, m_state);
        else if (action == job::Action::cut_over)
            cut_over(m_server, m_policy, m_state);
        else if (!job::run_trigger_action(m_server, m_table, action, seen, m_state))
            job::run_copy_action(m_server, m_policy, m_table, action, m_state);
    }

    std::optional<job::Observation> observe_failure(job::Action /*action*/, const Error& error) override {
        if (m_state.stage >= job::Stage::cut_over || !job::was_truncated(m_server, m_table, m_state, error))
            return std::nullopt;
        return observe();
    }

    [[nodiscard]] bool holds_for_others() const noexcept override { return m_state.stage < job::Stage::cut_over; }

    void clean_up() noexcept override { drop_split_guard_quietly(m_server, m_state); }

  private:
    job::Session& m_server;
    const config::PartitionPolicy& m_policy;
    bool m_until_ready;
    db::TableInfo m_table;
};

}  // namespace

job::State run_partition_job(job::Session& server, const config::PartitionPolicy& policy, job::State state,
                             bool until_ready) {
    if (!state.is<job::PartitionJob>())
        throw Error(ExitCode::refused, fmt::format("a swap of {} is in progress", sql::quoted(state.table)),
                    fmt::format("tripmig swap status {}", sql::quoted(state.table)));
    if (state.stage < job::Stage::cut_over)
        server.wait_for_orphans();
    PartitionMachine machine(server, policy, std::move(state), until_ready);
    job::run_job(server, machine);
    if (machine.state().stage < job::Stage::cut_over)
        drop_split_guard_quietly(server, machine.state());  // of a run that was killed
    return machine.state();
}

job::State abort_partition_job(job::Session& server, const QualifiedName& table) {
    const job::State state = job::require_job(server, table);
    job::AbortExtras extras;
    if (const auto partition = default_beside(server.session(), state); partition && has_split_guard(*partition)) {
        extras.steps = ddl::drop_default_guard(partition->name, split_guard_name).steps;
        extras.locks.push_back({partition->name, LockMode::access_exclusive});
    }
    return job::abort_job(server, state, extras);
}

}  // namespace tripmig::partition
