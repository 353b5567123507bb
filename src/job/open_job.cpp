#include "job/open_job.hpp"
#include "job/state/journal.hpp"

#include <fmt/format.h>

#include "db/state/job_store.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

Error no_open_job(Session& server, const QualifiedName& table) {
    const std::string name = sql::quoted(table);
    const std::optional<db::Job> last = db::find_last_job(server.session(), server.state_schema(), table);
    if (!last)
        return {ExitCode::refused, fmt::format("no swap of {} is in progress", name),
                fmt::format("to see what one would do: tripmig swap plan {}", name)};
    return {ExitCode::refused,
            fmt::format("no swap of {} is in progress: the last one is {}", name, to_string(from_job(*last).stage)),
            fmt::format("to see it: tripmig swap status {}", name)};
}

State require_job(Session& server, const QualifiedName& table) {
    const std::optional<db::Job> job = server.open_job(table);
    if (!job)
        throw no_open_job(server, table);
    return from_job(*job);
}

}  // namespace tripmig::job
