// The parts of the policy `composite` that are more than one unit.

#include <fmt/format.h>

#include <algorithm>

#include "backfill/chunk_size.hpp"
#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/composite_steps.hpp"
#include "ddl/statement_step.hpp"
#include "job/context.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/session.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "job/verify/orphans.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"
#include "swap/preflight/read_dependents.hpp"

namespace tripmig::swap {

namespace chr = std::chrono;

namespace {

constexpr std::int64_t first_chunk = 8;       // blocks
constexpr std::int64_t largest_chunk = 4096;  // blocks
constexpr int impatient_passes = 20;
constexpr int most_passes = impatient_passes + 3;
constexpr chr::milliseconds between_passes{100};
/// A chunk locks the rows that it fills until it commits, and their writers wait for it.
constexpr chr::milliseconds longest_chunk{100};

void fill_chunk(job::Session& server, const ddl::CompositeKey& composite, std::int64_t to, bool waits, std::size_t part,
                job::State& state) {
    const std::int64_t from = state.swap().composite.at(part).next_block;
    state.edit_swap().composite.at(part).next_block = to;
    Unit unit;
    unit.name =
        fmt::format("fill column {} of {}", sql::quote_ident(composite.column), sql::quoted(composite.key.table));
    unit.steps = {ddl::fill_composite(composite, from, to, waits), job::journal(state, server.state_schema())};
    server.executor().run(unit);
}

/// Once through the table, from where the last run stood.
void fill_pass(job::Session& server, const ddl::CompositeKey& composite, bool waits, std::size_t part,
               job::State& state) {
    const std::int64_t blocks = job::require_table(server, composite.key.table).pages;
    backfill::ChunkSize chunk(first_chunk, {1, largest_chunk},
                              std::min(longest_chunk, server.config().swap.chunk_target));
    std::int64_t& next = state.edit_swap().composite.at(part).next_block;
    while (next < blocks) {
        server.stop().check();
        server.throttle().wait();
        const auto started = server.clock().steady();
        fill_chunk(server, composite, std::min(next + chunk.size(), blocks), waits, part, state);
        chunk.took(chr::duration_cast<chr::milliseconds>(server.clock().steady() - started));
        server.reporter().debug("swap.filled",
                                fmt::format("{}: {} of {} blocks", sql::quoted(composite.key.table), next, blocks));
    }
}

/// The trigger refuses a row that points to no row.
void fill_pass_or_name_rows(job::Session& server, const ddl::CompositeKey& composite, bool waits, std::size_t part,
                            job::State& state) {
    try {
        fill_pass(server, composite, waits, part, state);
    } catch (const Error& error) {
        if (error.sqlstate() != "23503")
            throw;
        const QualifiedName& table = composite.key.table;
        if (const auto orphans = job::find_orphans(server, {table, composite.key.name, table}))
            throw job::orphans_error({*orphans});
        throw;
    }
}

/// Rows that were waited for, and that lack the column all the same.
Error unfillable(const ddl::CompositeKey& composite) {
    return Error(ExitCode::refused,
                 fmt::format("{} has rows whose {} stays NULL although it was filled", sql::quoted(composite.key.table),
                             sql::quote_ident(composite.column)),
                 "a trigger of the table may undo or skip the UPDATE (suppress_redundant_updates_trigger does): "
                 "disable it until the column is filled, and run this again");
}

/// Those of which something was added.
std::vector<ddl::CompositeKey> begun_keys(const db::TableInfo& table, job::State state) {
    std::vector<job::CompositePart>& parts = state.edit_swap().composite;
    parts.erase(std::remove_if(parts.begin(), parts.end(),
                               [](const job::CompositePart& part) {
                                   return part.column.empty() || part.next_block == job::CompositePart::not_begun;
                               }),
                parts.end());
    return job::composite_keys(table, state);
}

/// What the parts added goes, in one transaction with the state that no more has them.
void take_away(job::Session& server, const db::TableInfo& table, const std::vector<ddl::CompositeKey>& composites,
               const job::State& state) {
    Unit unit;
    unit.name = fmt::format("drop the columns that were added for {}", sql::quoted(state.table));
    if (table.oid != 0)
        unit.lock_first.push_back({state.table, LockMode::access_exclusive});
    std::vector<LockRequest> children;
    for (const ddl::CompositeKey& composite : composites) {
        if (!db::read_table(server.session(), composite.key.table))
            continue;
        children.push_back({composite.key.table, LockMode::access_exclusive});
        unit.steps.push_back(ddl::drop_interim_key(composite));
        ddl::append(unit.steps, ddl::end_composite(composite));
    }
    std::sort(children.begin(), children.end(),
              [](const LockRequest& left, const LockRequest& right) { return left.relation < right.relation; });
    unit.lock_first.insert(unit.lock_first.end(), children.begin(), children.end());
    unit.steps.push_back(job::journal(state, server.state_schema()));
    server.reporter().info("swap.step", unit.name);
    job::run_protected(server, unit);
}

}  // namespace

void fill_composite(job::Session& server, const db::TableInfo& table, std::size_t part, job::State& state) {
    const ddl::CompositeKey composite = job::composite_keys(table, state).at(part);
    server.reporter().info("swap.step", fmt::format("fill column {} of {}", sql::quote_ident(composite.column),
                                                    sql::quoted(composite.key.table)));
    // Rows that others hold are left out, so that nobody waits for a chunk that waits itself: their writing fills them,
    // or a later pass. Whoever holds one for long is waited for in the end, and named.
    for (int pass = 1;; ++pass) {
        fill_pass_or_name_rows(server, composite, pass > impatient_passes, part, state);
        if (!server.session().flag(ddl::is_unfilled_sql(composite)))
            break;
        if (pass >= most_passes)
            throw unfillable(composite);
        state.edit_swap().composite.at(part).next_block = 0;
        server.stop().wait_for(between_passes);
    }
    state.edit_swap().composite.at(part).next_block = -1;
    Unit unit;
    unit.name =
        fmt::format("column {} of {} is filled", sql::quote_ident(composite.column), sql::quoted(composite.key.table));
    unit.steps = {job::journal(state, server.state_schema())};
    server.executor().run(unit);
}

void validate_composite(job::Session& server, const db::TableInfo& table, std::size_t part, const job::State& state) {
    const job::WorkContext context{job::build_replacement(table, state), state, server.state_schema(), {}, part};
    try {
        job::run_step(server, validate_composite_unit(context));
    } catch (const Error& error) {
        if (error.sqlstate() != "23503")
            throw;
        const ddl::CompositeKey& composite = context.replacement.composite.at(part);
        throw Error(ExitCode::refused,
                    fmt::format("{} has rows whose {} is not the {} of the row that they reference",
                                sql::quoted(composite.key.table), sql::quote_ident(composite.column),
                                sql::quote_ident(composite.partition_key)),
                    fmt::format("set {} to NULL in these rows, which fills it again, and run this again",
                                sql::quote_ident(composite.column)))
            .with_sqlstate(error.sqlstate())
            .with_detail(error.detail());
    }
}

void undo_composite(job::Session& server, const db::TableInfo& table, job::State& state) {
    if (state.swap().composite.empty())
        return;
    const std::vector<ddl::CompositeKey> begun = begun_keys(table, state);
    state.edit_swap().composite.clear();
    take_away(server, table, begun, state);
}

void follow_incoming(job::Session& server, const db::TableInfo& table, job::State& state) {
    if (state.swap().incoming != config::IncomingForeignKeys::composite)
        return;
    const db::TableInfo own = job::without_own(table, state);
    const auto is_known = [&](const db::IncomingKey& key) {
        return std::any_of(state.swap().composite.begin(), state.swap().composite.end(),
                           [&](const job::CompositePart& part) { return key.is_called(part.table, part.name); });
    };
    if (own.incoming.size() == state.swap().composite.size() &&
        std::all_of(own.incoming.begin(), own.incoming.end(), is_known))
        return;
    std::vector<ddl::CompositeKey> gone;
    for (const ddl::CompositeKey& composite : begun_keys(own, state))
        if (std::none_of(own.incoming.begin(), own.incoming.end(),
                         [&](const db::IncomingKey& key) { return key.is_same_as(composite.key); }))
            gone.push_back(composite);
    job::Facts facts;
    facts.table = own;
    config::PartitionPolicy policy;
    policy.swap.incoming_foreign_keys = state.swap().incoming;
    read_children(server.session(), facts, policy);
    state.edit_swap().composite = composite_parts(own, state.key, facts.children, state.swap().composite);
    state.edit_swap().dropped = own.incoming;
    take_away(server, table, gone, state);
}

}  // namespace tripmig::swap
