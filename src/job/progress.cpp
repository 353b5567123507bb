#include "job/progress.hpp"

#include <fmt/format.h>

#include "backfill/capture.hpp"
#include "backfill/load.hpp"
#include "db/cells.hpp"
#include "db/state/state_schema.hpp"
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
    const db::Row row = server.session().read(backfill::load_progress_sql(chunks)).at(0);
    db::Cells cells(row);
    progress.blocks_done = cells.number();
    progress.block_size = cells.number();
    if (row.at(2))
        progress.blocks_a_second = cells.decimal();
}

void read_note(Session& server, const State& state, JobProgress& progress) {
    const db::Rows rows = server.session().read(db::with_state(statements::job_live, server.state_schema()),
                                                {state.table.schema, state.table.name});
    if (rows.empty())
        return;
    db::Cells cells(rows.front());
    progress.is_paused = cells.flag();
    const std::string kind = cells.text_or_empty();
    const std::string reason = cells.text_or_empty();
    const std::string since = cells.text_or_empty();
    progress.attempts = static_cast<int>(cells.number());
    const std::string whom = cells.text_or_empty();
    const auto others = static_cast<int>(cells.number());
    if (progress.worker.empty())
        return;  // a note of a process that is gone
    progress.hold_kind = kind;
    progress.hold_reason = reason;
    progress.hold_since = since;
    progress.waits_for = whom;
    progress.busy_tps = others;
}

void read_leaves(Session& server, const State& state, JobProgress& progress) {
    const db::Row row = server.session()
                            .read(std::string(statements::indexed_leaves), {sql::quoted(ddl::staged_name(state.table))})
                            .at(0);
    progress.leaves = db::number_of(row.at(0));
    progress.leaves_indexed = db::number_of(row.at(1));
}

void read_keys(Session& server, const State& state, JobProgress& progress) {
    for (const db::Row& row :
         server.session().read(std::string(statements::keys_not_valid),
                               {sql::quoted(state.root_table()), sql::quoted(ddl::registry_name(state.root_table()))}))
        progress.keys_not_valid.push_back(db::text_of(row.at(0)));
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
        progress.backlog = server.session().number(backfill::backlog_sql(capture), {"1000000"});
    progress.altered = read_own_changes(server.session(), state, server.state_schema()).changes;
    progress.registry_problems = registry_problems(server.session(), state.table);
    if (state.is_cut_over())
        read_keys(server, state, progress);
    return progress;
}

std::optional<double> time_left(const State& state, const JobProgress& progress) {
    if (state.stage != Stage::capturing || !progress.blocks_a_second || *progress.blocks_a_second <= 0)
        return std::nullopt;
    return static_cast<double>(state.load().blocks - progress.blocks_done) / *progress.blocks_a_second;
}

}  // namespace tripmig::job
