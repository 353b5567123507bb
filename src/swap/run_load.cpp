#include <fmt/format.h>

#include <limits>

#include "base/error.hpp"
#include "move/catch_up.hpp"
#include "move/load.hpp"
#include "sql/identifier.hpp"
#include "swap/attempts.hpp"
#include "swap/copy_cut_over.hpp"
#include "swap/copy_units.hpp"
#include "swap/observe.hpp"
#include "swap/own_triggers.hpp"
#include "swap/run.hpp"
#include "swap/snapshots.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

void record(Server& server, const SwapState& state, Stage stage, const std::string& name) {
    Unit unit;
    unit.name = name;
    unit.steps = {journal(state, stage, server.state_schema())};
    server.executor().run(unit);
}

/// A row of this round may belong to a month that has no leaf yet.
void run_round(Server& server, const move::Transfer& transfer, const std::function<bool()>& make_place,
               std::int64_t limit = catch_up_batch) {
    const Unit round = move::catch_up_round(transfer, limit);
    try {
        server.executor().run(round);
    } catch (const Error& error) {
        if (error.sqlstate() == "23505" && limit == catch_up_batch) {
            // What one row gave up another may have taken since: part of the log can be what never was at once.
            run_round(server, transfer, make_place, std::numeric_limits<std::int64_t>::max());
            return;
        }
        if (error.sqlstate() != "23514" || !make_place || !make_place())
            throw;
        run_round(server, transfer, make_place, limit);
    }
}

}  // namespace

void run_load(Server& server, const db::TableInfo& table, SwapState& state, const std::function<bool()>& make_place) {
    if (state.filenode == 0) {
        // Read after capture began: whatever a block is given later is in the log as well.
        state.filenode = table.filenode;
        state.blocks = table.pages;
        record(server, state, state.stage, "measure the table");
    }
    const AttachContext context{succession_of(table, state), state, server.state_schema()};
    const move::Transfer transfer = transfer_of(context.succession, state, server.state_schema());
    server.reporter().info(
        "swap.step", fmt::format("load {}, {} blocks", state.is_copy() ? "the copy" : "the registry", state.blocks));
    try {
        const auto workers = server.workers();
        move::load(transfer, {state.blocks, state.filenode, server.config().swap.chunk_target, make_place},
                   server.session(), *workers, server.throttle(), server.stop(), server.reporter());
    } catch (const Error& error) {
        if (error.message() != move::rewritten_meanwhile)
            throw;
        server.reporter().warning("swap.rewritten", fmt::format("{}: it is loaded again", error.message()));
        return;  // the next look at the table says so too
    }
    if (state.is_copy())
        run_step(server, copy_is_loaded(context));
    else
        record(server, state, Stage::loaded, "the registry is loaded");
    state.stage = Stage::loaded;
}

void run_catch_up(Server& server, const move::Transfer& transfer, const std::function<bool()>& make_place) {
    const auto limit = static_cast<std::int64_t>(server.config().swap.final_keys);
    for (;;) {
        server.stop().check();
        const db::Row backlog =
            server.session().read(move::backlog_sql(transfer.capture), {fmt::format("{}", catch_up_batch)}).at(0);
        const std::int64_t entries = db::number_of(backlog.at(0));
        if (db::flag_of(backlog.at(1)) || entries == 0)
            return;
        if (entries >= catch_up_batch)
            server.throttle().wait();
        run_round(server, transfer, make_place);
        const std::int64_t log_bytes =
            db::number_of(server.session().read(move::log_size_sql(transfer), {}).at(0).at(0));
        server.executor().run(move::vacuum_log(transfer, log_bytes));
        if (entries <= limit)
            return;
    }
}

void run_last_catch_up(Server& server, const move::Transfer& transfer, const std::function<bool()>& make_place,
                       std::chrono::steady_clock::time_point deadline) {
    const std::int64_t most = most_left(server.config().swap.final_keys);
    for (;;) {
        run_catch_up(server, transfer, make_place);
        wait_for_old_snapshots(server, transaction_after_all(server), deadline);
        const db::Row backlog =
            server.session().read(move::backlog_sql(transfer.capture), {fmt::format("{}", most + 1)}).at(0);
        if (db::number_of(backlog.at(0)) <= most || db::flag_of(backlog.at(1)) || server.clock().steady() >= deadline)
            return;
    }
}

bool was_truncated(Server& server, const db::TableInfo& table, const SwapState& state, const Error& error) {
    if ((error.code() != ExitCode::refused && error.code() != ExitCode::verification_difference) || state.is_cut())
        return false;
    const bool is_altered = !read_own_changes(server.session(), state, server.state_schema()).changes.empty();
    if (!is_altered && !must_reload(server.session(), table, state, server.state_schema()))
        return false;
    if (!is_altered)  // the next step says what
        server.reporter().info("swap.truncated",
                               fmt::format("{} was truncated meanwhile: it is loaded again", sql::quoted(state.table)));
    return true;
}

}  // namespace tripmig::swap
