#include "job/open_job.hpp"
#include "job/state/journal.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

State require_job(Session& server, const QualifiedName& table) {
    const std::optional<db::Job> job = server.open_job(table);
    if (!job)
        throw Error(ExitCode::refused, fmt::format("no swap of {} is in progress", sql::quoted(table)),
                    fmt::format("tripmig swap status {} shows the last one", sql::quoted(table)));
    return from_job(*job);
}

}  // namespace tripmig::job
