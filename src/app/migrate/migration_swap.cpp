#include "app/migrate/migration_swap.hpp"

#include <fmt/format.h>

#include "app/job_watch.hpp"
#include "app/swap/policy.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "job/session.hpp"
#include "job/source/source_table.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "sql/identifier.hpp"
#include "swap/close.hpp"
#include "swap/run.hpp"

namespace tripmig::app {

namespace {

SwapOutlook look(job::Session& server, const QualifiedName& name) {
    SwapOutlook outlook;
    outlook.table = name;
    outlook.most_rows = server.config().migrations.inline_swap_rows;
    if (job::require_table(server, name).is_partitioned()) {
        outlook.kind = SwapOutlook::Kind::partitioned;
        return outlook;
    }
    outlook.rows =
        server.session().number(fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM ONLY {} LIMIT {}) "
                                            "AS counted",
                                            sql::quoted(name), outlook.most_rows + 1));
    outlook.kind = outlook.rows > outlook.most_rows ? SwapOutlook::Kind::big : SwapOutlook::Kind::small;
    return outlook;
}

/// A swap that went on by itself up to its cut-over is under way: it goes on by itself after it as well.
bool is_cut_over(job::Session& server, const QualifiedName& name) {
    const auto job = server.open_job(name);
    return job && job::from_job(*job).is_cut_over();
}

std::string swap_now(const Context& context, const QualifiedName& name) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    const SwapOutlook outlook = look(server, name);
    if (outlook.kind == SwapOutlook::Kind::partitioned && !is_cut_over(server, name))
        return outlook.text();
    if (outlook.kind == SwapOutlook::Kind::big)
        throw Error(ExitCode::refused, outlook.text(),
                    fmt::format("run `tripmig swap run {}` first: it copies nothing under a lock, and can be stopped "
                                "and resumed; then run this command again",
                                sql::quoted(name)));
    SwapOptions options;
    options.table = sql::quoted(name);
    const JobWatch watch(context, server);
    server.take_job(name);
    const config::PartitionPolicy policy = job_policy(context.config, options, server);
    const swap::RunResult result = swap::run(server, policy, false);
    if (!result.state)  // somebody else's work of a moment ago
        return look(server, name).text();
    // An empty table has no past to go back to; of another one `swap finish` gives the way back up.
    if (result.state->is<job::EmptyJob>() && result.state->stage == job::Stage::complete)
        swap::finish(server, name);
    return fmt::format("{} is now partitioned", sql::quoted(name));
}

}  // namespace

std::string SwapOutlook::text() const {
    const std::string name = sql::quoted(table);
    switch (kind) {
        case Kind::partitioned:
            return name + " is already partitioned: nothing to do";
        case Kind::small:
            return fmt::format("{} has {}: it is swapped within this run", name, counted(rows, "row"));
        case Kind::big:
            return fmt::format("{} has more than {} rows (inline_swap_rows): swap it first, while it is in use", name,
                               most_rows);
    }
    return {};
}

QualifiedName swapped_table(const std::vector<std::string>& parts) {
    return parts.size() == 1 ? QualifiedName{"public", parts[0]} : QualifiedName{parts[0], parts[1]};
}

SwapOutlook look_at_swap(const Context& context, const QualifiedName& table) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    return look(server, table);
}

migrate::SwapTable swap_within_migration(const Context& context) {
    return [&context](const std::vector<std::string>& table) { return swap_now(context, swapped_table(table)); };
}

}  // namespace tripmig::app
