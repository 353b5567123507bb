#include <fmt/format.h>

#include "base/error.hpp"
#include "ddl/statement_step.hpp"
#include "move/catch_up.hpp"
#include "move/load.hpp"
#include "swap/run.hpp"
#include "swap/succession_of.hpp"

namespace tripmig::swap {

namespace {

void record(Server& server, const SwapState& state, const std::string& name) {
    Unit unit;
    unit.name = name;
    unit.steps = {journal(state, server.state_schema())};
    server.executor().run(unit);
}

}  // namespace

void run_load(Server& server, const db::TableInfo& table, SwapState& state) {
    const ddl::Registry registry = *succession_of(table, state).registry;
    if (state.filenode == 0) {
        // Read after capture began: whatever a block is given later is in the log as well.
        state.filenode = table.filenode;
        state.blocks = table.pages;
        state.next_block = 0;
        record(server, state, "measure the table");
    }
    server.reporter().info("swap.step", fmt::format("load the registry, {} blocks", state.blocks));
    try {
        move::load(projection_of(registry), {state.next_block, state.blocks, state.filenode},
                   server.config().swap.chunk_target, server.executor(), server.stop(), server.reporter(),
                   [&](std::int64_t next_block) {
                       state.next_block = next_block;
                       return journal(state, server.state_schema());
                   });
    } catch (const Error& error) {
        if (error.message() != move::rewritten_meanwhile)
            throw;
        server.reporter().warning("swap.rewritten", fmt::format("{}: it is loaded again", error.message()));
        return;  // the next look at the table says so too
    }
    state.stage = Stage::loaded;
    record(server, state, "the registry is loaded");
}

void run_catch_up(Server& server, const db::TableInfo& table, const SwapState& state) {
    if (!state.has_registry || state.was_empty)
        return;
    const ddl::Registry registry = *succession_of(table, state).registry;
    const move::Capture capture = capture_of(registry, state, server.state_schema());
    const auto limit = static_cast<std::int64_t>(server.config().swap.final_keys);
    for (;;) {
        server.stop().check();
        const db::Row backlog =
            server.session().read(move::backlog_sql(capture), {fmt::format("{}", limit * 100)}).at(0);
        const std::int64_t entries = db::number_of(backlog.at(0));
        if (db::flag_of(backlog.at(1)) || entries == 0)
            return;
        server.executor().run(move::catch_up_round(projection_of(registry), capture));
        server.executor().run(move::vacuum_log(capture));
        if (entries <= limit)
            return;
    }
}

}  // namespace tripmig::swap
