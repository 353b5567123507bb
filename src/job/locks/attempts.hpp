#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "base/step.hpp"
#include "db/executor.hpp"
#include "job/session.hpp"

namespace tripmig::job {

/// Runs one unit of the cut-over protocol under the budgets of the configuration: looks before it leaps, tries, and
/// between attempts looks again and does `between`. nullopt: a check under the locks failed, so the plan is out of
/// date.
using Attempt = std::function<std::optional<db::UnitOutcome>(Unit unit, const std::function<void()>& between)>;

/// Makes plans until one succeeds or `cutover_deadline` passes. `plan` reads what it needs, makes the unit and hands it
/// to the attempt. A check that fails is thrown when two plans in a row meet it, or another after the deadline. The
/// outcome counts the attempts of all plans. `latest`: no attempt after that either.
db::UnitOutcome run_attempts(Session& server,
                             const std::function<std::optional<db::UnitOutcome>(const Attempt& attempt)>& plan,
                             std::optional<std::chrono::steady_clock::time_point> latest = std::nullopt);

/// One unit of fixed steps in the same way.
db::UnitOutcome run_protected(Session& server, const Unit& unit);

/// Tells that the unit begins and runs it, protected when it takes locks before its steps.
void run_step(Session& server, const Unit& unit);

/// backfill::vacuum_loaded(), which rests as much as the throttle wants, but within itself.
void run_vacuum(Session& server, db::Executor& executor, const QualifiedName& target, bool is_analyzed);
/// The same of a registry that is loaded, with a plan for a full table, and told.
void vacuum_registry(Session& server, const QualifiedName& registry);

}  // namespace tripmig::job
