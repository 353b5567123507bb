#include "app/swap_status.hpp"

#include "db/state/job_store.hpp"
#include "job/state/journal.hpp"
#include "job/triggers/own_triggers.hpp"

namespace tripmig::app {

SwapStatus read_swap_status(job::Session& server, const QualifiedName& table) {
    SwapStatus found;
    if (const auto job = db::find_last_job(server.session(), server.state_schema(), table)) {
        found.state = job::from_job(*job);
        found.is_open = !job->is_finished;
        if (found.is_open)
            found.progress = job::read_progress(server, *found.state);
    }
    if (!found.is_open)
        found.problems = job::registry_problems(server.session(), table);
    return found;
}

}  // namespace tripmig::app
