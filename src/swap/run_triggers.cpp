#include <fmt/format.h>

#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"
#include "swap/attempts.hpp"
#include "swap/own_triggers.hpp"
#include "swap/revert.hpp"
#include "swap/run.hpp"
#include "swap/run_copy.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"
#include "swap/verify.hpp"

namespace tripmig::swap {

namespace {

void tell_altered(Server& server, const SwapState& state, const std::vector<std::string>& altered,
                  std::string_view consequence) {
    server.reporter().warning(
        "swap.altered", fmt::format("changes of {} may be missing from its log, {}:\n  {}", sql::quoted(state.table),
                                    consequence, fmt::join(altered, "\n  ")));
}

/// The leaves' triggers on TRUNCATE, which no parent gives them.
std::vector<Step> renew_truncate_triggers(const move::Capture& capture, const std::vector<QualifiedName>& leaves) {
    std::vector<Step> steps;
    const std::string trigger = sql::quote_ident(capture.truncate_trigger);
    for (const QualifiedName& leaf : leaves) {
        const std::string table = sql::quoted(leaf);
        steps.push_back(ddl::statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", trigger, table), "made again"));
        steps.push_back(ddl::statement(
            fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()", trigger,
                        table, sql::quoted(capture.truncate_function)),
            "TRUNCATE of a partition counts as one of the table"));
        steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", table, trigger),
                                       "also for a replication worker"));
    }
    return steps;
}

Unit renew_reverse_unit(Server& server, const SwapState& state, const move::Capture& capture) {
    const std::vector<QualifiedName> leaves = leaves_of(server, state.table);
    Unit unit;
    unit.name = fmt::format("make the triggers on {} again", sql::quoted(state.table));
    unit.lock_first = {{state.table, LockMode::access_exclusive}};
    for (const QualifiedName& leaf : leaves)
        unit.lock_first.push_back({leaf, LockMode::access_exclusive});
    unit.steps = move::renew_capture(capture);
    ddl::append(unit.steps, renew_truncate_triggers(capture, leaves));
    unit.steps.push_back(
        db::record_own_triggers(own_capture(state, server.state_schema()), server.state_schema(), state.job));
    return unit;
}

/// Of the job of an older version: what the triggers were is not known, what the rows are is.
bool old_table_is_equal(Server& server, const SwapState& state, const move::Transfer& back) {
    run_step(server, renew_reverse_unit(server, state, back.capture));
    bring_old_table_up(server, back);
    return verify_copy(server, state).empty();
}

}  // namespace

bool run_trigger_action(Server& server, const db::TableInfo& table, Action action, const Observation& seen,
                        SwapState& state) {
    if (action == Action::compare) {
        require_no_difference(server, state);
        return true;
    }
    if (action != Action::record_triggers && action != Action::renew_triggers)
        return false;
    if (action == Action::renew_triggers)
        tell_altered(server, state, seen.altered, "and everything is loaded again");
    run_step(server, unit_of(action, {succession_of(table, state), state, server.state_schema()}));
    state.must_compare = state.must_compare || action == Action::record_triggers;
    return true;
}

void renew_reverse_capture(Server& server, const SwapState& state, const move::Transfer& back) {
    const db::OwnTriggers own = own_capture(state, server.state_schema());
    db::OwnTriggerChanges found = db::read_own_trigger_changes(server.session(), own, server.state_schema(), state.job);
    if (!found.is_recorded && !old_table_is_equal(server, state, back))
        found.changes = {"the old table differs from the new one"};
    if (found.changes.empty())
        return;
    tell_altered(server, state, found.changes, "and all rows are copied back again");
    Unit unit = renew_reverse_unit(server, state, back.capture);
    unit.steps.insert(unit.steps.begin(), move::mark_incomplete(back.capture));
    run_step(server, unit);
}

}  // namespace tripmig::swap
