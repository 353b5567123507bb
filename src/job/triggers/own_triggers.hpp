#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/catalog/own_triggers.hpp"
#include "job/context.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

// A job relies on its own triggers: those that log the changes, and those that keep the registry. Whoever switches them
// off, for a moment only, makes the copy or the registry wrong. What they are is recorded where they are made, and
// compared before each step and under the locks of the cut-over and of revert.

/// What of its own the job relies on at this stage.
std::vector<db::OwnTriggers> own_triggers(const State& state, const std::string& state_schema);
/// Those that write the log alone.
db::OwnTriggers own_capture(const State& state, const std::string& state_schema);
/// The registry's functions and, once the table is partitioned, its triggers.
db::OwnTriggers own_registry(const State& state);

/// Records them as they are then, for the end of the transaction that makes them. `state`: with the stage that this
/// transaction leads to.
std::vector<Step> record_own(const State& state, const std::string& state_schema);
/// Refuses when they are not as recorded.
std::vector<Step> require_own(State state, const std::string& state_schema);

/// What was altered of them since. Not recorded: the job of an older version.
db::OwnTriggerChanges read_own_changes(db::Session& session, const State& state, const std::string& state_schema);

/// Throws Error{refused} naming what was altered.
void require_own_unchanged(Session& server, const State& state);

/// Before the cut-over: makes triggers and functions again, records them, and marks that everything is to be loaded
/// again.
Unit renew_triggers(const WorkContext& context);
/// The same without that mark, for the job of an older version, of which nothing is recorded: what was before shows in
/// the next comparison, which the state asks for.
Unit record_triggers(WorkContext context);

/// Triggers of the registry that are missing, off, or call something else, a sentence each. Of any partitioned table,
/// with a job or without; nothing when it has no registry.
std::vector<std::string> registry_problems(db::Session& session, const QualifiedName& table);

}  // namespace tripmig::job
