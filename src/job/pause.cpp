#include "job/pause.hpp"

#include <fmt/format.h>

#include "db/state/with_state.hpp"
#include "job/open_job.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

void set_paused(Session& server, const QualifiedName& table, bool is_paused) {
    server.require_usable();
    const auto job = server.open_job(table);
    if (!job)
        throw no_open_job(server, table);
    server.session().transact(db::Isolation::read_committed, [&](db::Work& work) {
        work.change(db::with_state(statements::pause_job, server.state_schema()),
                    {fmt::format("{}", job->id), is_paused ? "true" : "false"});
    });
}

}  // namespace tripmig::job
