#include "swap/progress.hpp"

#include <fmt/format.h>

#include "db/cells.hpp"
#include "db/state_schema.hpp"
#include "ddl/registry.hpp"
#include "ddl/staged.hpp"
#include "move/capture.hpp"
#include "move/load.hpp"
#include "sql/identifier.hpp"
#include "swap/own_triggers.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

namespace {

bool exists(Server& server, const QualifiedName& table) {
    return db::flag_of(
        server.session().read("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {sql::quoted(table)}).at(0).at(0));
}

void read_load(Server& server, const QualifiedName& chunks, JobProgress& progress) {
    const db::Row row = server.session().read(move::load_progress_sql(chunks)).at(0);
    db::Cells cells(row);
    progress.blocks_done = cells.number();
    progress.block_size = cells.number();
    if (row.at(2))
        progress.blocks_a_second = cells.decimal();
}

void read_note(Server& server, const SwapState& state, JobProgress& progress) {
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
    progress.rests_for = others;
}

void read_leaves(Server& server, const SwapState& state, JobProgress& progress) {
    const db::Row row = server.session()
                            .read(std::string(statements::indexed_leaves), {sql::quoted(ddl::staged_name(state.table))})
                            .at(0);
    progress.leaves = db::number_of(row.at(0));
    progress.leaves_indexed = db::number_of(row.at(1));
}

void read_keys(Server& server, const SwapState& state, JobProgress& progress) {
    for (const db::Row& row :
         server.session().read(std::string(statements::keys_not_valid),
                               {sql::quoted(state.whole()), sql::quoted(ddl::registry_name(state.whole()))}))
        progress.keys_not_valid.push_back(db::text_of(row.at(0)));
}

}  // namespace

JobProgress read_progress(Server& server, const SwapState& state) {
    JobProgress progress;
    progress.worker = server.worker_of(state.table);
    read_note(server, state, progress);
    const move::Capture capture = move::capture_for(state.table, {}, server.state_schema(), state.job);
    const QualifiedName chunks{capture.log.schema, fmt::format("chunks_{}", state.job)};
    if (exists(server, chunks))
        read_load(server, chunks, progress);
    if (state.is_copy() && state.stage == Stage::loaded)
        read_leaves(server, state, progress);
    if (exists(server, capture.log))
        progress.backlog = db::number_of(server.session().read(move::backlog_sql(capture), {"1000000"}).at(0).at(0));
    progress.altered = read_own_changes(server.session(), state, server.state_schema()).changes;
    progress.registry_problems = registry_problems(server.session(), state.table);
    if (state.is_cut())
        read_keys(server, state, progress);
    return progress;
}

std::optional<double> time_left(const SwapState& state, const JobProgress& progress) {
    if (state.stage != Stage::capturing || !progress.blocks_a_second || *progress.blocks_a_second <= 0)
        return std::nullopt;
    return static_cast<double>(state.blocks - progress.blocks_done) / *progress.blocks_a_second;
}

}  // namespace tripmig::swap
