#include "job/triggers/own_triggers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/capture.hpp"
#include "base/error.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/statement_step.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

ddl::Registry registry_names(const QualifiedName& table) {
    ddl::Registry registry;
    registry.table = ddl::registry_name(table);
    registry.parent = table;
    return registry;
}

bool has_capture(const State& state) {
    if (state.stage < Stage::capturing || state.stage > Stage::complete)
        return false;
    return state.is_cut_over() ? state.is<CopyJob>() : state.captures();
}

bool has_registry(const State& state) {
    return state.swap().has_registry && state.stage >= Stage::capturing && state.stage <= Stage::complete &&
           (state.is_cut_over() || !state.is<EmptyJob>());
}

Unit make_again(const WorkContext& context) {
    const State& state = context.state;
    Unit unit;
    unit.name = fmt::format("recreate the triggers on {}", sql::quoted(state.table));
    for (const QualifiedName& source : state.sources())
        unit.lock_first.push_back({source, LockMode::access_exclusive});
    unit.steps = backfill::renew_capture(build_transfer(context.replacement, state, context.state_schema).capture);
    if (context.replacement.registry) {
        ddl::Registry registry = *context.replacement.registry;
        registry.replaces_functions = true;  // triggers of the copy's leaves call them
        ddl::append(unit.steps, ddl::create_registry_functions(registry));
    }
    unit.steps.push_back(journal(state, context.state_schema));
    ddl::append(unit.steps, record_own(state, context.state_schema));
    return unit;
}

}  // namespace

db::OwnTriggers own_capture(const State& state, const std::string& state_schema) {
    const backfill::Capture capture = backfill::capture_for(state.table, {}, state_schema, state.job);
    std::vector<QualifiedName> more = state.sources();
    more.erase(more.begin());
    return {"own_capture", state.table, {capture.function, capture.old_function, capture.truncate_function},
            true,          true,        std::move(more)};
}

db::OwnTriggers own_registry(const State& state) {
    return {"own_registry", state.table, registry_names(state.table).functions(), false, false};
}

std::vector<db::OwnTriggers> own_triggers(const State& state, const std::string& state_schema) {
    std::vector<db::OwnTriggers> own;
    if (has_capture(state))
        own.push_back(own_capture(state, state_schema));
    if (has_registry(state))
        own.push_back(own_registry(state));
    return own;
}

std::vector<Step> record_own(const State& state, const std::string& state_schema) {
    std::vector<Step> steps;
    for (const db::OwnTriggers& own : own_triggers(state, state_schema))
        steps.push_back(db::record_own_triggers(own, state_schema, state.job));
    return steps;
}

std::vector<Step> require_own(State state, const std::string& state_schema) {
    state.stage = std::max(state.stage, Stage::capturing);  // of a plan, which is made before anything is
    std::vector<Step> steps;
    for (const db::OwnTriggers& own : own_triggers(state, state_schema))
        steps.push_back(db::require_own_triggers(own, state_schema, state.job));
    return steps;
}

db::OwnTriggerChanges read_own_changes(db::Session& session, const State& state, const std::string& state_schema) {
    db::OwnTriggerChanges all;
    all.is_recorded = true;
    for (const db::OwnTriggers& own : own_triggers(state, state_schema)) {
        const db::OwnTriggerChanges some = db::read_own_trigger_changes(session, own, state_schema, state.job);
        all.is_recorded = all.is_recorded && some.is_recorded;
        all.changes.insert(all.changes.end(), some.changes.begin(), some.changes.end());
    }
    return all;
}

void require_own_unchanged(Session& server, const State& state) {
    const db::OwnTriggerChanges found = read_own_changes(server.session(), state, server.state_schema());
    if (found.is_recorded && found.changes.empty())
        return;
    const std::string what = found.is_recorded ? fmt::format("{}", fmt::join(found.changes, "\n  "))
                                               : "there is no record of the triggers of this job";
    throw Error(ExitCode::refused,
                fmt::format("changes of {} may be missing from its log:\n  {}", sql::quoted(state.table), what),
                fmt::format("`tripmig {} {}` recreates the triggers and loads everything again", state.command(),
                            sql::quoted(state.table)));
}

Unit renew_triggers(const WorkContext& context) {
    Unit unit = make_again(context);
    unit.steps.insert(
        unit.steps.begin(),
        backfill::mark_incomplete(build_transfer(context.replacement, context.state, context.state_schema).capture));
    return unit;
}

Unit record_triggers(WorkContext context) {
    context.state.edit_load().must_compare = true;
    return make_again(context);
}

std::vector<std::string> registry_problems(db::Session& session, const QualifiedName& table) {
    const ddl::Registry registry = registry_names(table);
    return db::read_trigger_problems(session, table, registry.table, registry.triggers());
}

}  // namespace tripmig::job
