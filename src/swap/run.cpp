#include "swap/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/table_catalog.hpp"
#include "ddl/registry.hpp"
#include "ddl/statement_step.hpp"
#include "move/load.hpp"
#include "sql/identifier.hpp"
#include "swap/attach_units.hpp"
#include "swap/attempts.hpp"
#include "swap/composite.hpp"
#include "swap/disk_full.hpp"
#include "swap/dropped_keys.hpp"
#include "swap/new_job.hpp"
#include "swap/next_step.hpp"
#include "swap/observe.hpp"
#include "swap/orphans.hpp"
#include "swap/preflight.hpp"
#include "swap/revert.hpp"
#include "swap/run_copy.hpp"
#include "swap/shape.hpp"
#include "swap/split.hpp"
#include "swap/step_guard.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"
#include "swap/validate_keys.hpp"
#include "swap/verify.hpp"

namespace tripmig::swap {

namespace {

SwapState begin_job(Server& server, const Facts& facts, const config::PartitionPolicy& policy) {
    const std::vector<Finding> findings = preflight(*facts.table, facts, policy, server.config().swap);
    refuse_if_any(findings, facts.table->name);
    require_named(facts.table->incoming, {}, policy);
    tell_notes(server.reporter(), findings);
    SwapState state = new_state(facts, policy, server.config().swap);
    state.fingerprint = fingerprint_of(*facts.table, state);
    require_leaf_names(state, policy, facts, server.config().partitions.max_create);
    Unit unit;
    unit.name = fmt::format("begin the swap of {}", sql::quoted(state.table));
    unit.steps = {db::begin_job_step(server.state_schema(), to_job(state))};
    state.job = server.executor().run(unit).results.front().number(0, 0);
    return state;
}

/// Copy makes partitions for the rows that are there; attach has one for all of them.
std::optional<config::PartitionInterval> counted_interval(const config::PartitionPolicy& policy) {
    return policy.swap.strategy == config::SwapStrategy::copy ? std::optional(policy.interval) : std::nullopt;
}

/// The cut is too near, or rows came into a table that was empty: the past ends elsewhere.
void choose_past_again(Server& server, const config::PartitionPolicy& policy, SwapState& state) {
    const Facts facts = read_facts(server, state.table, state.key, counted_interval(policy));
    choose_past(state, facts.key, facts.now, policy, server.config().swap);
    Unit unit;
    unit.name = "choose another cut";
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
    server.keep_keys(facts.key);
    server.reporter().info("swap.cut", fmt::format("the cut is now {}", state.cut));
}

bool has_rows(Server& server, const QualifiedName& table) {
    return db::flag_of(
        server.session().read(fmt::format("SELECT EXISTS (SELECT FROM ONLY {})", sql::quoted(table))).at(0).at(0));
}

Stage stage_after(Action action, Stage now) {
    switch (action) {
        case Action::begin_registry:
        case Action::reload_registry:
            return Stage::capturing;
        case Action::index_registry:
            return Stage::registered;
        case Action::note_ready:
            return Stage::ready;
        case Action::drop_bound:
            return std::min(now, Stage::ready);
        case Action::add_bound:
            return Stage::bounded;
        default:
            return now;
    }
}

void run_unit(Server& server, const db::TableInfo& table, Action action, const Observation& seen, SwapState& state) {
    if (action == Action::reload_registry)
        state.blocks = state.filenode = 0;
    const std::string& index = action == Action::drop_broken_unique ? seen.broken_unique : seen.missing_unique;
    run_step(server,
             unit_of(action, {succession_of(table, state), state, server.state_schema(), index, seen.composite}));
    if (action == Action::begin_composite)
        state.composite.at(seen.composite).next_block = 0;
    state.stage = stage_after(action, state.stage);
}

void perform(Server& server, const config::PartitionPolicy& policy, const db::TableInfo& table, Action action,
             const Observation& seen, SwapState& state) {
    if (run_trigger_action(server, table, action, seen, state))
        return;
    switch (action) {
        case Action::load_registry:
            run_load(server, table, state);
            return;
        case Action::fill_composite:
            fill_composite(server, table, seen.composite, state);
            return;
        case Action::validate_composite:
            validate_composite(server, table, seen.composite, state);
            return;
        case Action::cut_over:
            if (state.is_copy() && !state.was_empty)
                run_copy_cut_over(server, policy, state);
            else
                run_cut_over(server, policy, state);
            return;
        case Action::begin_copy:
        case Action::capture_copy:
        case Action::reload_copy:
        case Action::load_copy:
        case Action::index_copy:
        case Action::prepare_cut_over:
            run_copy_action(server, policy, table, action, state);
            return;
        case Action::follow_up:
            run_follow_up(server, policy, state);
            return;
        case Action::note_ready:
            require_no_orphans(server, table, state);
            if (state.has_registry && !state.is_copy() && !state.was_empty)
                require_no_difference(server, state);
            run_unit(server, table, action, seen, state);
            return;
        case Action::index_registry:
            vacuum_registry(server, ddl::registry_name(state.table));
            run_unit(server, table, action, seen, state);
            return;
        default:
            run_unit(server, table, action, seen, state);
    }
}

/// Rows beyond the cut came since it was chosen, or while the keys were read: the bound's CHECK has met one. Chooses
/// the past again, which throws Error{refused} with the key when it is too far ahead. False: it was another failure.
bool passed_bound(Server& server, const config::PartitionPolicy& policy, const db::TableInfo& table, Action action,
                  SwapState& state, const Error& error) {
    if (action != Action::validate_bound || error.sqlstate() != "23514")
        return false;
    run_unit(server, table, Action::drop_bound, {}, state);
    const std::string cut = state.cut;
    choose_past_again(server, policy, state);
    return state.cut != cut;
}

/// A complete swap that is run again: foreign keys that could not be validated are tried again; of a copy, what came
/// since goes into the old table, and out of the log.
void run_complete(Server& server, const db::TableInfo& table, const SwapState& state) {
    if (state.stage != Stage::complete)
        return;
    validate_keys(server, state);
    if (!state.is_copy() || state.was_empty)
        return;
    const move::Transfer back = transfer_back(table, state, server.state_schema());
    renew_reverse_capture(server, state, back);
    bring_old_table_up(server, back);
}

void advance(Server& server, const config::PartitionPolicy& policy, SwapState& state, bool until_ready) {
    for (StepGuard guard;;) {
        server.stop().check();
        const db::TableInfo table = require_table(server, state.table);
        if (!state.is_cut()) {
            require_same_fingerprint(table, state);
            follow_incoming(server, table, state);
        }
        const Observation seen = observe(server, table, state);
        const bool has_wrong_past =
            !state.is_cut() && (state.was_empty ? has_rows(server, state.table)
                                                : seen.is_late && seen.bound_check == Observation::Build::missing);
        if (has_wrong_past) {
            guard.require_progress(state, seen, "choose another cut");
            choose_past_again(server, policy, state);
            continue;
        }
        const Action action = next_step(state, seen, until_ready);
        if (action == Action::nothing) {
            run_complete(server, table, state);
            return;
        }
        guard.require_progress(state, seen, to_string(action));
        server.throttle().wait();
        try {
            perform(server, policy, table, action, seen, state);
        } catch (const Error& error) {
            if (!passed_bound(server, policy, table, action, state, error) &&
                !was_truncated(server, table, state, error))
                throw;
        }
    }
}

/// What was nobody's choice when the job began may be made later.
void keep_choice(const config::PartitionPolicy& policy, SwapState& state) {
    if (!state.is_split() && state.stage < Stage::cut && state.unique_indexes == config::UniqueIndexes::refuse)
        state.unique_indexes = policy.swap.unique_indexes;
}

}  // namespace

config::PartitionPolicy as_begun(config::PartitionPolicy policy, const SwapState& state) {
    policy.swap.unique_indexes = state.unique_indexes;
    return policy;
}

db::TableInfo require_table(Server& server, const QualifiedName& name) {
    std::optional<db::TableInfo> table = db::read_table(server.session(), name);
    if (!table)
        throw Error(ExitCode::refused, fmt::format("there is no table {}", sql::quoted(name)),
                    "check the name and the schema: TABLE is [schema.]table, public when none is given");
    return std::move(*table);
}

void accept_changes(Server& server, const QualifiedName& table) {
    const std::optional<db::Job> job = server.open_job(table);
    if (!job)
        return;
    SwapState state = from_job(*job);
    if (state.is_cut())
        return;
    const db::TableInfo now = source_of(server, state);
    const std::vector<std::string> changes = shape_changes(state.fingerprint, fingerprint_of(now, state));
    for (const std::string& change : changes)
        server.reporter().info("swap.accepted", fmt::format("comes along: {}", change));
    if (changes.empty())
        return;
    state.fingerprint = fingerprint_of(now, state);
    Unit unit;
    unit.name = "accept what was altered";
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
}

RunResult run(Server& server, const config::PartitionPolicy& policy, bool until_ready) {
    RunResult result;
    const std::optional<db::Job> job = server.open_job(policy.table);
    if (job) {
        result.state = from_job(*job);
        keep_choice(policy, *result.state);
        if (result.state->is_split())
            throw Error(ExitCode::refused, fmt::format("a split of {} is under way", sql::quoted(policy.table)),
                        "tripmig partition split LEAF goes on, tripmig swap abort LEAF gives it up");
    } else {
        const db::TableInfo table = require_table(server, policy.table);
        if (table.is_partitioned())
            return result;
        Facts facts = read_facts(server, policy.table, policy.key, counted_interval(policy));
        read_beside(server.session(), facts, policy);
        result.state = begin_job(server, facts, policy);
        server.keep_keys(std::move(facts.key));
    }
    if (result.state->stage < Stage::cut)
        server.wait_for_orphans();
    try {
        advance(server, policy, *result.state, until_ready);
    } catch (const Error& error) {
        remove_bound_quietly(server, policy.table);
        if (is_disk_full(error))
            throw disk_full_error(error, *result.state);
        throw;
    } catch (...) {
        remove_bound_quietly(server, policy.table);
        throw;
    }
    return result;
}

}  // namespace tripmig::swap
