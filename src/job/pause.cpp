#include "job/pause.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/state/with_state.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

void set_paused(Session& server, const QualifiedName& table, bool is_paused) {
    server.require_usable();
    const auto job = server.open_job(table);
    if (!job)
        throw Error(ExitCode::refused, fmt::format("no swap of {} is in progress", sql::quoted(table)),
                    fmt::format("tripmig swap status {} shows the last one", sql::quoted(table)));
    server.session().transact(db::Isolation::read_committed, [&](db::Work& work) {
        work.change(db::with_state(statements::pause_job, server.state_schema()),
                    {fmt::format("{}", job->id), is_paused ? "true" : "false"});
    });
}

}  // namespace tripmig::job
