#include "swap/pause.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/cells.hpp"
#include "db/state_schema.hpp"
#include "move/capture.hpp"
#include "sql/identifier.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

void set_paused(Server& server, const QualifiedName& table, bool is_paused) {
    const auto job = server.open_job(table);
    if (!job)
        throw Error(ExitCode::refused, fmt::format("no swap of {} is under way", sql::quoted(table)),
                    "tripmig swap status TABLE says what was");
    server.session().transact(db::Isolation::read_committed, [&](db::Work& work) {
        work.change(db::with_state(statement::pause_job, server.state_schema()),
                    {fmt::format("{}", job->id), is_paused ? "true" : "false"});
    });
}

namespace {

bool exists(Server& server, const QualifiedName& table) {
    return db::flag_of(
        server.session().read("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {sql::quoted(table)}).at(0).at(0));
}

void read_load(Server& server, const QualifiedName& chunks, JobProgress& progress) {
    const db::Row row =
        server.session()
            .read(fmt::format("SELECT COALESCE(pg_catalog.sum(past_block - first_block), 0)::pg_catalog.int8, "
                              "(pg_catalog.sum(past_block - first_block) / NULLIF(EXTRACT(epoch FROM "
                              "pg_catalog.max(loaded_at) - pg_catalog.min(loaded_at)), 0))::pg_catalog.float8 FROM {}",
                              sql::quoted(chunks)))
            .at(0);
    db::Cells cells(row);
    progress.blocks_done = cells.number();
    if (row.at(1))
        progress.blocks_a_second = cells.decimal();
}

}  // namespace

JobProgress read_progress(Server& server, const SwapState& state) {
    JobProgress progress;
    const db::Rows rows = server.session().read(db::with_state(statement::job_is_paused, server.state_schema()),
                                                {state.table.schema, state.table.name});
    progress.is_paused = !rows.empty() && db::flag_of(rows.at(0).at(0));
    const move::Capture capture = move::capture_for(state.table, {}, server.state_schema(), state.job);
    const QualifiedName chunks{capture.log.schema, fmt::format("chunks_{}", state.job)};
    if (exists(server, chunks))
        read_load(server, chunks, progress);
    if (exists(server, capture.log))
        progress.backlog = db::number_of(server.session().read(move::backlog_sql(capture), {"1000000"}).at(0).at(0));
    return progress;
}

}  // namespace tripmig::swap
