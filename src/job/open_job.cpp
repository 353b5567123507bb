#include "job/open_job.hpp"
#include "job/state/journal.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

State require_job(Session& server, const QualifiedName& table) {
    const std::optional<db::Job> job = server.open_job(table);
    if (!job)
        throw Error(ExitCode::refused, fmt::format("no swap of {} is under way", sql::quoted(table)),
                    "tripmig swap status TABLE says what was");
    return from_job(*job);
}

}  // namespace tripmig::job
