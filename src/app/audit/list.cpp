#include "app/audit/list.hpp"

#include <fmt/format.h>
#include <sys/types.h>

#include <cerrno>
#include <csignal>

#include "app/audit/this_process.hpp"
#include "base/error.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "db/state/state_trust.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

/// Of days with a run a second too.
constexpr std::size_t most_runs = 100'000;

AuditedRun::State state_of(const db::AuditEntry& entry) {
    using State = AuditedRun::State;
    if (entry.ended_at)
        return State::ended;
    if (entry.host != host_name())
        return State::unknown;
    return ::kill(static_cast<pid_t>(entry.pid), 0) == 0 || errno == EPERM ? State::running : State::killed;
}

}  // namespace

AuditResult list_audit(const Context& context, std::optional<Instant> since) {
    const std::string& schema = context.config.state.schema;
    db::Connection connection(db::direct_connection(context.config.database), "audit", context.reporter, context.stop,
                              db::SessionSettings::own);
    db::require_no_foreign_state(connection, schema);
    const auto entries = db::read_audit(connection, schema, since, most_runs);
    if (!entries)
        throw Error(ExitCode::refused,
                    fmt::format("there is no table {}.audit, or this role may not read it", sql::quote_ident(schema)),
                    "the first command that changes something creates it; another role needs USAGE on the schema and "
                    "SELECT on the table");
    AuditResult result;
    for (const db::AuditEntry& entry : *entries)
        result.runs.push_back({entry, state_of(entry)});
    return result;
}

}  // namespace tripmig::app
