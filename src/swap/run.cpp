#include "swap/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/load.hpp"
#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/load.hpp"
#include "job/copy/run.hpp"
#include "job/disk_full.hpp"
#include "job/finding.hpp"
#include "job/locks/attempts.hpp"
#include "job/next_step.hpp"
#include "job/observe.hpp"
#include "job/replacement.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/step_guard.hpp"
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
#include "swap/revert.hpp"

namespace tripmig::swap {

namespace {

job::State begin_job(job::Session& server, const job::Facts& facts, const config::PartitionPolicy& policy) {
    const std::vector<job::Finding> findings = preflight(*facts.table, facts, policy, server.config().swap);
    job::refuse_if_any(findings, facts.table->name);
    require_named(facts.table->incoming, {}, policy);
    job::tell_notes(server.reporter(), findings);
    job::State state = new_state(facts, policy, server.config().swap);
    state.fingerprint = job::fingerprint_of(*facts.table, state);
    require_leaf_names(state, policy, facts, server.config().partitions.max_create);
    Unit unit;
    unit.name = fmt::format("begin the swap of {}", sql::quoted(state.table));
    unit.steps = {db::begin_job_step(server.state_schema(), job::to_job(state))};
    state.job = server.executor().run(unit).results.front().number(0, 0);
    return state;
}

/// Copy makes partitions for the rows that are there; attach has one for all of them.
std::optional<config::PartitionInterval> counted_interval(const config::PartitionPolicy& policy) {
    return policy.swap.strategy == config::SwapStrategy::copy ? std::optional(policy.interval) : std::nullopt;
}

/// The cut is too near, or rows came into a table that was empty: the past ends elsewhere.
void choose_past_again(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    const job::Facts facts = job::read_facts(server, state.table, state.key, counted_interval(policy));
    choose_past(state, facts.key, facts.now, policy, server.config().swap);
    Unit unit;
    unit.name = "choose another cut";
    unit.steps = {job::journal(state, server.state_schema())};
    server.executor().run(unit);
    server.keep_keys(facts.key);
    server.reporter().info("swap.cut", fmt::format("the cut is now {}", state.boundary));
}

bool has_rows(job::Session& server, const QualifiedName& table) {
    return db::flag_of(
        server.session().read(fmt::format("SELECT EXISTS (SELECT FROM ONLY {})", sql::quoted(table))).at(0).at(0));
}

job::Stage stage_after(job::Action action, job::Stage now) {
    switch (action) {
        case job::Action::begin_registry:
        case job::Action::reload_registry:
            return job::Stage::capturing;
        case job::Action::index_registry:
            return job::Stage::registered;
        case job::Action::note_ready:
            return job::Stage::ready;
        case job::Action::drop_range_check:
            return std::min(now, job::Stage::ready);
        case job::Action::add_range_check:
            return job::Stage::range_checked;
        default:
            return now;
    }
}

void run_unit(job::Session& server, const db::TableInfo& table, job::Action action, const job::Observation& seen,
              job::State& state) {
    if (action == job::Action::reload_registry)
        state.blocks = state.filenode = 0;
    const std::string& index = action == job::Action::drop_broken_unique ? seen.broken_unique : seen.missing_unique;
    job::run_step(server, unit_of(action, {job::build_replacement(table, state), state, server.state_schema(), index,
                                           seen.composite}));
    if (action == job::Action::begin_composite)
        state.composite.at(seen.composite).next_block = 0;
    state.stage = stage_after(action, state.stage);
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
            if (state.is_copy() && !state.was_empty)
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
            if (state.has_registry && !state.is_copy() && !state.was_empty)
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

/// Rows beyond the cut came since it was chosen, or while the keys were read: the bound's CHECK has met one. Chooses
/// the past again, which throws Error{refused} with the key when it is too far ahead. False: it was another failure.
bool passed_boundary(job::Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table,
                     job::Action action, job::State& state, const Error& error) {
    if (action != job::Action::validate_range_check || error.sqlstate() != "23514")
        return false;
    run_unit(server, table, job::Action::drop_range_check, {}, state);
    const std::string cut = state.boundary;
    choose_past_again(server, policy, state);
    return state.boundary != cut;
}

/// A complete swap that is run again: foreign keys that could not be validated are tried again; of a copy, what came
/// since goes into the old table, and out of the log.
void run_complete(job::Session& server, const db::TableInfo& table, const job::State& state) {
    if (state.stage != job::Stage::complete)
        return;
    job::validate_keys(server, state);
    if (!state.is_copy() || state.was_empty)
        return;
    const backfill::Transfer back = job::transfer_back(table, state, server.state_schema());
    renew_reverse_capture(server, state, back);
    sync_old_table(server, back);
}

void advance(job::Session& server, const config::PartitionPolicy& policy, job::State& state, bool until_ready) {
    for (job::StepGuard guard;;) {
        server.stop().check();
        const db::TableInfo table = job::require_table(server, state.table);
        if (!state.is_cut_over()) {
            job::require_same_fingerprint(table, state);
            follow_incoming(server, table, state);
        }
        const job::Observation seen = job::observe(server, table, state);
        const bool has_wrong_past =
            !state.is_cut_over() &&
            (state.was_empty ? has_rows(server, state.table)
                             : seen.is_late && seen.range_check == job::Observation::Build::missing);
        if (has_wrong_past) {
            guard.require_progress(state, seen, "choose another cut");
            choose_past_again(server, policy, state);
            continue;
        }
        const job::Action action = job::next_step(state, seen, until_ready);
        if (action == job::Action::nothing) {
            run_complete(server, table, state);
            return;
        }
        guard.require_progress(state, seen, to_string(action));
        server.throttle().wait();
        try {
            perform(server, policy, table, action, seen, state);
        } catch (const Error& error) {
            if (!passed_boundary(server, policy, table, action, state, error) &&
                !job::was_truncated(server, table, state, error))
                throw;
        }
    }
}

/// What was nobody's choice when the job began may be made later.
void keep_choice(const config::PartitionPolicy& policy, job::State& state) {
    if (!state.is_split() && state.stage < job::Stage::cut_over &&
        state.unique_indexes == config::UniqueIndexes::refuse)
        state.unique_indexes = policy.swap.unique_indexes;
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
        server.reporter().info("swap.accepted", fmt::format("comes along: {}", change));
    if (changes.empty())
        return;
    state.fingerprint = job::fingerprint_of(now, state);
    Unit unit;
    unit.name = "accept what was altered";
    unit.steps = {job::journal(state, server.state_schema())};
    server.executor().run(unit);
}

RunResult run(job::Session& server, const config::PartitionPolicy& policy, bool until_ready) {
    RunResult result;
    const std::optional<db::Job> job = server.open_job(policy.table);
    if (job) {
        result.state = job::from_job(*job);
        keep_choice(policy, *result.state);
        if (result.state->is_split())
            throw Error(ExitCode::refused, fmt::format("a split of {} is under way", sql::quoted(policy.table)),
                        "tripmig partition split LEAF goes on, tripmig swap abort LEAF gives it up");
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
    try {
        advance(server, policy, *result.state, until_ready);
    } catch (const Error& error) {
        remove_range_check_quietly(server, policy.table);
        if (job::is_disk_full(error))
            throw job::disk_full_error(error, *result.state);
        throw;
    } catch (...) {
        remove_range_check_quietly(server, policy.table);
        throw;
    }
    return result;
}

}  // namespace tripmig::swap
