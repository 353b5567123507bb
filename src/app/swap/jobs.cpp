#include "app/swap/jobs.hpp"

#include <utility>

#include "base/error.hpp"
#include "db/state/job_store.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"

namespace tripmig::app {

namespace {

constexpr int most_jobs = 20;

JobStatus job_status(job::Session& server, const db::Job& job) {
    JobStatus found;
    found.status.table = job.table;
    found.status.is_open = !job.is_finished;
    found.stage = job.stage;
    found.begun_at = job.created_at;
    found.moved_at = job.updated_at;
    found.ended_at = job.finished_at;
    try {
        found.status.state = job::from_job(job);
    } catch (const Error& error) {
        if (error.code() != ExitCode::refused)
            throw;
    }
    if (found.status.is_open && found.status.state)
        found.status.progress = job::read_progress(server, *found.status.state);
    return found;
}

}  // namespace

std::vector<JobStatus> recent_jobs(const Context& context) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    std::vector<JobStatus> found;
    for (const db::Job& job : db::read_recent_jobs(server.session(), server.state_schema(), most_jobs)) {
        context.stop.check();
        found.push_back(job_status(server, job));
    }
    return found;
}

}  // namespace tripmig::app
