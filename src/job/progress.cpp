#include "job/progress.hpp"

#include <fmt/format.h>

#include "backfill/capture.hpp"
#include "backfill/load.hpp"
#include "db/state/with_state.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/replacement/staged.hpp"
#include "job/statements.hpp"
#include "job/triggers/own_triggers.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

bool exists(Session& server, const QualifiedName& table) {
    return server.session().flag("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {sql::quoted(table)});
}

void read_load(Session& server, const QualifiedName& chunks, JobProgress& progress) {
    const db::Row row = server.session().read(backfill::load_progress_sql(chunks)).row();
    progress.blocks_done = row.number("blocks_done");
    progress.block_size = row.number("block_size");
    progress.blocks_a_second = row.optional_decimal("blocks_a_second");
}

void read_note(Session& server, const State& state, JobProgress& progress) {
    const db::Result found = server.session().read(db::with_state(statements::job_live, server.state_schema()),
                                                   {state.table.schema, state.table.name});
    if (found.empty())
        return;
    const db::Row row = found.row();
    progress.is_paused = row.flag("is_paused");
    progress.attempts = static_cast<int>(row.number("attempts"));
    if (progress.worker.empty())
        return;  // a note of a process that is gone
    progress.hold_kind = row.text_or_empty("kind");
    progress.hold_reason = row.text_or_empty("reason");
    progress.hold_since = row.text_or_empty("since");
    progress.waits_for = row.text_or_empty("waits_for");
    progress.busy_tps = static_cast<int>(row.number("rests_for"));
}

void read_leaves(Session& server, const State& state, JobProgress& progress) {
    const db::Row row = server.session()
                            .read(std::string(statements::indexed_leaves), {sql::quoted(ddl::staged_name(state.table))})
                            .row();
    progress.leaves = row.number("leaves");
    progress.leaves_indexed = row.number("indexed");
}

void read_keys(Session& server, const State& state, JobProgress& progress) {
    for (const db::Row& row :
         server.session().read(std::string(statements::keys_not_valid),
                               {sql::quoted(state.root_table()), sql::quoted(ddl::registry_name(state.root_table()))}))
        progress.keys_not_valid.push_back(row.text("key"));
}

}  // namespace

JobProgress read_progress(Session& server, const State& state) {
    JobProgress progress;
    progress.worker = server.worker_of(state.table);
    read_note(server, state, progress);
    const backfill::Capture capture = backfill::capture_for(state.table, {}, server.state_schema(), state.job);
    const QualifiedName chunks{capture.log.schema, fmt::format("chunks_{}", state.job)};
    if (exists(server, chunks))
        read_load(server, chunks, progress);
    if (state.copies() && state.stage == Stage::loaded)
        read_leaves(server, state, progress);
    if (exists(server, capture.log))
        progress.backlog = server.session().read(backfill::backlog_sql(capture), {"1000000"}).row().number("entries");
    progress.altered = read_own_changes(server.session(), state, server.state_schema()).changes;
    if (state.is_cut_over()) {  // before that the registry has no triggers: the log keeps it
        progress.registry_problems = registry_problems(server.session(), state.table);
        read_keys(server, state, progress);
    }
    return progress;
}

std::optional<double> time_left(const State& state, const JobProgress& progress) {
    if (state.stage != Stage::capturing || !progress.blocks_a_second || *progress.blocks_a_second <= 0)
        return std::nullopt;
    return static_cast<double>(state.blocks_to_load() - progress.blocks_done) / *progress.blocks_a_second;
}

}  // namespace tripmig::job
