#include "swap/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/load.hpp"
#include "base/error.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/load.hpp"
#include "job/copy/run.hpp"
#include "job/finding.hpp"
#include "job/locks/attempts.hpp"
#include "job/next_step.hpp"
#include "job/observe.hpp"
#include "job/replacement.hpp"
#include "job/run_job.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "job/triggers/actions.hpp"
#include "job/verify/orphans.hpp"
#include "job/verify/validate_keys.hpp"
#include "job/verify/verify.hpp"
#include "sql/identifier.hpp"
#include "swap/attach/remove_range_check.hpp"
#include "swap/attach/run_cut_over.hpp"
#include "swap/attach/units.hpp"
#include "swap/composite/composite.hpp"
#include "swap/copy/run_cut_over.hpp"
#include "swap/copy/sync_old_table.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/follow_up.hpp"
#include "swap/new_job.hpp"
#include "swap/preflight/preflight.hpp"
#include "swap/preflight/read_dependents.hpp"

namespace tripmig::swap {

namespace {

job::State begin_job(job::Session& server, const job::Facts& facts, const config::PartitionPolicy& policy) {
    std::vector<job::Finding> findings = preflight(*facts.table, facts, policy, server.config().swap);
    check_names(facts, policy, server.config(), findings);
    job::refuse_if_any(findings, facts.table->name);
    require_named(facts.table->incoming, {}, policy);
    job::tell_notes(server.reporter(), findings);
    job::State state = new_state(facts, policy, server.config().swap);
    state.fingerprint = job::fingerprint_of(*facts.table, state);
    Unit unit;
    unit.name = fmt::format("begin the swap of {}", sql::quoted(state.table));
    unit.steps = {db::begin_job_step(server.state_schema(), job::to_job(state))};
    state.job = server.executor().run(unit).results.front().number();
    return state;
}

/// Copy makes partitions for the rows that are there; attach has one for all of them.
std::optional<config::PartitionInterval> counted_interval(const config::PartitionPolicy& policy) {
    return policy.swap.strategy == config::SwapStrategy::copy ? std::optional(policy.interval) : std::nullopt;
}

/// The cut is too near, or rows came into a table that was empty: the past ends elsewhere.
void choose_past_again(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    const job::Facts facts = job::read_facts(server, state.table, state.key, counted_interval(policy));
    choose_past(state, facts, policy, server.config().swap);
    Unit unit;
    unit.name = "choose another boundary";
    unit.steps = {job::journal(state, server.state_schema())};
    server.executor().run(unit);
    server.keep_keys(facts.key);
    server.reporter().info("swap.cut", fmt::format("the boundary is now {}", state.boundary()));
}

bool has_rows(job::Session& server, const QualifiedName& table) {
    return server.session().flag(fmt::format("SELECT EXISTS (SELECT FROM ONLY {})", sql::quoted(table)));
}

void run_unit(job::Session& server, const db::TableInfo& table, job::Action action, const job::Observation& seen,
              job::State& state) {
    if (action == job::Action::reload_registry)
        state.edit_load().blocks = state.edit_load().filenode = 0;
    std::string index = seen.broken_unique;
    if (action == job::Action::build_unique)
        index = seen.missing_unique.front();
    job::run_step(server, unit_of(action, {job::build_replacement(table, state), state, server.state_schema(), index,
                                           seen.composite}));
}

void perform(job::Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table,
             job::Action action, const job::Observation& seen, job::State& state) {
    if (job::run_trigger_action(server, table, action, seen, state))
        return;
    switch (action) {
        case job::Action::load_registry:
            job::run_load(server, table, state);
            return;
        case job::Action::fill_composite:
            fill_composite(server, table, seen.composite, state);
            return;
        case job::Action::validate_composite:
            validate_composite(server, table, seen.composite, state);
            return;
        case job::Action::cut_over:
            if (state.copies())
                run_copy_cut_over(server, policy, state);
            else
                run_cut_over(server, policy, state);
            return;
        case job::Action::begin_copy:
        case job::Action::capture_copy:
        case job::Action::reload_copy:
        case job::Action::load_copy:
        case job::Action::index_copy:
        case job::Action::prepare_cut_over:
            job::run_copy_action(server, policy, table, action, state);
            return;
        case job::Action::follow_up:
            run_follow_up(server, policy, state);
            return;
        case job::Action::note_ready:
            job::require_no_orphans(server, table, state);
            if (state.swap().has_registry && state.is<job::AttachJob>())
                job::require_no_difference(server, state);
            run_unit(server, table, action, seen, state);
            return;
        case job::Action::index_registry:
            job::vacuum_registry(server, ddl::registry_name(state.table));
            run_unit(server, table, action, seen, state);
            return;
        default:
            run_unit(server, table, action, seen, state);
    }
}

/// A complete swap that is run again: foreign keys that could not be validated are tried again; of a copy, what came
/// since goes into the old table, and out of the log.
void sync_complete(job::Session& server, const db::TableInfo& table, job::State& state) {
    job::validate_keys(server, state);
    if (!state.copies())
        return;
    follow_to_old_table(server, state, job::transfer_back(table, state, server.state_schema()));
}

/// Attach or copy, up to the cut-over or through it.
class SwapMachine : public job::Machine {
  public:
    SwapMachine(job::Session& server, const config::PartitionPolicy& policy, job::State state, bool until_ready)
        : Machine(std::move(state)), m_server(server), m_policy(policy), m_until_ready(until_ready) {}

    job::Observation observe() override {
        m_table = job::require_table(m_server, m_state.table);
        if (!m_state.is_cut_over()) {
            job::require_same_fingerprint(m_table, m_state);
            follow_incoming(m_server, m_table, m_state);
        }
        job::Observation seen = job::observe(m_server, m_table, m_state);
        seen.has_rows = m_state.is<job::EmptyJob>() && !m_state.is_cut_over() && has_rows(m_server, m_state.table);
        return seen;
    }

    [[nodiscard]] job::Action next_step(const job::Observation& seen) const override {
        return job::next_step(m_state, seen, m_until_ready);
    }

    void perform(job::Action action, const job::Observation& seen) override {
        if (action == job::Action::choose_boundary)
            choose_boundary(seen);
        else if (action == job::Action::sync_old_table)
            sync_complete(m_server, m_table, m_state);
        else
            swap::perform(m_server, m_policy, m_table, action, seen, m_state);
    }

    std::optional<job::Observation> observe_failure(job::Action action, const Error& error) override {
        const bool is_beyond = action == job::Action::validate_range_check && error.sqlstate() == "23514";
        if (!is_beyond && !job::was_truncated(m_server, m_table, m_state, error))
            return std::nullopt;
        job::Observation seen = observe();
        seen.is_beyond_boundary = is_beyond;
        m_failure = error;
        return seen;
    }

    [[nodiscard]] bool holds_for_others() const noexcept override { return m_state.stage < job::Stage::complete; }

    void clean_up() noexcept override { remove_range_check_quietly(m_server, m_state.table); }

  private:
    /// Throws Error{refused} with the key when rows lie too far ahead; the failure that led here when there is no other
    /// boundary for them.
    void choose_boundary(const job::Observation& seen) {
        if (seen.range_check != job::Observation::Build::missing)
            run_unit(m_server, m_table, job::Action::drop_range_check, {}, m_state);
        m_state.stage = std::min(m_state.stage, job::Stage::ready);
        const std::string before = m_state.boundary();
        choose_past_again(m_server, m_policy, m_state);
        if (seen.is_beyond_boundary && m_state.boundary() == before)
            throw *m_failure;
    }

    job::Session& m_server;
    const config::PartitionPolicy& m_policy;
    bool m_until_ready;
    db::TableInfo m_table;
    std::optional<Error> m_failure;
};

/// What was nobody's choice when the job began may be made later.
void keep_choice(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    if (state.stage >= job::Stage::cut_over || state.unique_indexes == policy.swap.unique_indexes ||
        state.unique_indexes != config::UniqueIndexes::refuse)
        return;
    state.unique_indexes = policy.swap.unique_indexes;
    Unit unit;
    unit.name = "record the choice for unique indexes";
    unit.steps = {job::journal(state, server.state_schema())};
    server.executor().run(unit);
}

}  // namespace

void accept_changes(job::Session& server, const QualifiedName& table) {
    const std::optional<db::Job> job = server.open_job(table);
    if (!job)
        return;
    job::State state = job::from_job(*job);
    if (state.is_cut_over())
        return;
    const db::TableInfo now = job::source_of(server, state);
    const std::vector<std::string> changes = job::shape_changes(state.fingerprint, job::fingerprint_of(now, state));
    for (const std::string& change : changes)
        server.reporter().info("swap.accepted", fmt::format("accepted: {}", change));
    if (changes.empty())
        return;
    state.fingerprint = job::fingerprint_of(now, state);
    Unit unit;
    unit.name = "accept the changes to the table";
    unit.steps = {job::journal(state, server.state_schema())};
    server.executor().run(unit);
}

RunResult run(job::Session& server, const config::PartitionPolicy& policy, bool until_ready) {
    RunResult result;
    const std::optional<db::Job> job = server.open_job(policy.table);
    if (job) {
        result.state = job::from_job(*job);
        if (result.state->is<job::PartitionJob>())
            throw Error(ExitCode::refused,
                        fmt::format("a {} of {} is in progress", job::to_string(result.state->partition().verb),
                                    sql::quoted(policy.table)),
                        fmt::format("to resume: tripmig {0} {1}; to give up: tripmig swap abort {1}",
                                    result.state->command(), sql::quoted(policy.table)));
        if (result.state->stage == job::Stage::reverting)
            throw Error(ExitCode::refused, fmt::format("the swap of {} is being reverted", sql::quoted(policy.table)),
                        fmt::format("to resume: tripmig swap revert {}", sql::quoted(policy.table)));
        keep_choice(server, policy, *result.state);
    } else {
        const db::TableInfo table = job::require_table(server, policy.table);
        if (table.is_partitioned())
            return result;
        job::Facts facts = job::read_facts(server, policy.table, policy.key, counted_interval(policy));
        read_dependents(server.session(), facts, policy);
        result.state = begin_job(server, facts, policy);
        server.keep_keys(std::move(facts.key));
    }
    if (result.state->stage < job::Stage::cut_over)
        server.wait_for_orphans();
    SwapMachine machine(server, policy, std::move(*result.state), until_ready);
    job::run_job(server, machine);
    result.state = machine.state();
    return result;
}

}  // namespace tripmig::swap
