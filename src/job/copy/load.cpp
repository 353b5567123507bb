#include "job/copy/load.hpp"

#include <fmt/format.h>

#include <limits>

#include "backfill/load.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "job/context.hpp"
#include "job/copy/units.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/source/source_table.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"

namespace tripmig::job {

namespace {

void record(Session& server, const State& state, Stage stage, const std::string& name) {
    Unit unit;
    unit.name = name;
    unit.steps = {journal(state, stage, server.state_schema())};
    server.executor().run(unit);
}

void measure_more(Session& server, State& state) {
    if (state.partition().more.empty())
        return;
    for (SourcePartition& source : state.edit_partition().more) {
        const SourceFile file = read_file(server.session(), source.name);
        source.blocks = file.blocks;
        source.filenode = file.filenode;
    }
}

std::vector<backfill::LoadedTable> loaded_tables(const State& state) {
    std::vector<backfill::LoadedTable> tables{{state.table, state.load().blocks, state.load().filenode}};
    for (const SourcePartition& source : state.partition().more)
        tables.push_back({source.name, source.blocks, source.filenode});
    return tables;
}

}  // namespace

void run_load(Session& server, const db::TableInfo& table, State& state, const std::function<bool()>& make_place) {
    if (state.load().filenode == 0) {
        // Read after capture began: whatever a block is given later is in the log as well.
        state.edit_load().filenode = table.filenode;
        state.edit_load().blocks = table.pages;
        measure_more(server, state);
        record(server, state, state.stage, "measure the table");
    }
    const WorkContext context{build_replacement(table, state), state, server.state_schema()};
    const backfill::Transfer transfer = build_transfer(context.replacement, state, server.state_schema());
    server.reporter().info("swap.step", fmt::format("load {}: {}", state.copies() ? "the copy" : "the registry",
                                                    counted(state.blocks_to_load(), "block")));
    try {
        const auto workers = server.workers();
        backfill::load(transfer, {loaded_tables(state), server.config().swap.chunk_target, make_place},
                       server.session(), *workers, server.throttle(), server.stop(), server.reporter());
    } catch (const backfill::TableRewritten& error) {
        server.reporter().warning("swap.rewritten", fmt::format("{}: it is loaded again", error.message()));
        return;  // the next look at the table says so too
    }
    if (state.copies())
        run_step(server, mark_copy_loaded(context));
    else
        record(server, state, Stage::loaded, "the registry is loaded");
}

}  // namespace tripmig::job
