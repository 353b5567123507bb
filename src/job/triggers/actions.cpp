#include "job/triggers/actions.hpp"

#include <fmt/format.h>

#include "job/context.hpp"
#include "job/locks/attempts.hpp"
#include "job/observe.hpp"
#include "job/replacement.hpp"
#include "job/triggers/own_triggers.hpp"
#include "job/verify/verify.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

void tell_altered(Session& server, const State& state, const std::vector<std::string>& altered,
                  std::string_view consequence) {
    server.reporter().warning(
        "swap.altered", fmt::format("changes of {} may be missing from its log, {}:\n  {}", sql::quoted(state.table),
                                    consequence, fmt::join(altered, "\n  ")));
}

bool run_trigger_action(Session& server, const db::TableInfo& table, Action action, const Observation& seen,
                        State& state) {
    if (action == Action::compare) {
        require_no_difference(server, state);
        return true;
    }
    if (action != Action::record_triggers && action != Action::renew_triggers)
        return false;
    if (action == Action::renew_triggers)
        tell_altered(server, state, seen.altered, "and everything is loaded again");
    const WorkContext context{build_replacement(table, state), state, server.state_schema()};
    run_step(server, action == Action::renew_triggers ? renew_triggers(context) : record_triggers(context));
    state.edit_load().must_compare = state.load().must_compare || action == Action::record_triggers;
    return true;
}

bool was_truncated(Session& server, const db::TableInfo& table, const State& state, const Error& error) {
    if ((error.code() != ExitCode::refused && error.code() != ExitCode::verification_difference) || state.is_cut_over())
        return false;
    const bool is_altered = !read_own_changes(server.session(), state, server.state_schema()).changes.empty();
    if (!is_altered && !must_reload(server.session(), table, state, server.state_schema()))
        return false;
    if (!is_altered)  // the next step says what
        server.reporter().info("swap.truncated",
                               fmt::format("{} was truncated meanwhile: it is loaded again", sql::quoted(state.table)));
    return true;
}

}  // namespace tripmig::job
