#include "app/swap/status.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "db/state/job_store.hpp"
#include "job/open_job.hpp"
#include "job/pause.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

SwapStatus read_swap_status(job::Session& server, const QualifiedName& table) {
    SwapStatus found;
    found.table = table;
    if (const auto job = db::find_last_job(server.session(), server.state_schema(), table)) {
        found.state = job::from_job(*job);
        found.is_open = !job->is_finished;
    }
    if (found.is_open)
        found.progress = job::read_progress(server, *found.state);
    else
        found.problems = job::registry_problems(server.session(), table);
    if (!found.state) {
        const auto info = db::read_table(server.session(), table);
        if (!info)
            throw Error(ExitCode::refused, fmt::format("table {} does not exist", sql::quoted(table)),
                        "check the name");
        found.is_partitioned = info->is_partitioned();
    }
    return found;
}

}  // namespace

SwapStatus swap_status(const Context& context, const QualifiedName& table) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    return read_swap_status(server, table);
}

void watch_swap(const Context& context, const QualifiedName& table,
                const std::function<void(const SwapStatus&)>& show) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    for (;;) {
        const SwapStatus found = read_swap_status(server, table);
        show(found);
        if (!found.is_open || found.state->stage == job::Stage::complete)
            return;
        context.stop.wait_for(std::chrono::milliseconds(500));
        context.stop.check();
    }
}

SwapStatus set_swap_paused(const Context& context, const QualifiedName& table, bool is_paused) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    job::set_paused(server, table, is_paused);
    SwapStatus found;
    found.table = table;
    found.state = job::require_job(server, table);
    found.is_open = true;
    found.progress = job::read_progress(server, *found.state);
    return found;
}

}  // namespace tripmig::app
