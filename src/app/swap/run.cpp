#include "app/swap/run.hpp"

#include <fmt/format.h>

#include "app/job_watch.hpp"
#include "base/error.hpp"
#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "sql/identifier.hpp"
#include "swap/run.hpp"

namespace tripmig::app {

SwapResult run_swap(const Context& context, const SwapOptions& options, const CutOverTime& time) {
    const QualifiedName table = config::parse_table_name(options.table);
    time.check();
    const config::Config config = with_workers(context.config, options);
    job::Session server(config, context.reporter, context.clock, context.stop);
    (void)job_policy(config, options, server);  // what is wrong with it is said before anything is waited for
    const JobWatch watch(context, server);
    server.take_job(table);
    const config::PartitionPolicy policy = job_policy(config, options, server);
    if (options.accepts_changes)
        swap::accept_changes(server, table);
    if (time.is_postponed()) {
        (void)swap::run(server, policy, true);
        time.wait(context);
    }
    return {table, swap::run(server, policy, time.is_until_ready).state, {}};
}

SwapResult cut_over_swap(const Context& context, const SwapOptions& options) {
    const QualifiedName table = config::parse_table_name(options.table);
    const config::Config config = with_workers(context.config, options);
    job::Session server(config, context.reporter, context.clock, context.stop);
    const JobWatch watch(context, server);
    server.take_job(table);
    if (options.accepts_changes)
        swap::accept_changes(server, table);
    if (const auto job = server.open_job(table); !job || job::from_job(*job).stage < job::Stage::ready)
        throw Error(ExitCode::refused, fmt::format("no swap of {} is ready for its cut-over", sql::quoted(table)),
                    fmt::format("tripmig swap run {} --until ready", sql::quoted(table)));
    return {table, swap::run(server, job_policy(config, options, server), false).state, {}};
}

}  // namespace tripmig::app
