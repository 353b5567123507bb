#include <fmt/format.h>

#include <algorithm>

#include "db/table_catalog.hpp"
#include "ddl/registry.hpp"
#include "ddl/staged.hpp"
#include "sql/identifier.hpp"
#include "swap/attempts.hpp"
#include "swap/copy_cut_over.hpp"
#include "swap/observe.hpp"
#include "swap/own_triggers.hpp"
#include "swap/run.hpp"
#include "swap/run_copy.hpp"
#include "swap/shape.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"

namespace tripmig::swap {

namespace {

/// What is there now, looked at once more: what is made in the cut-over may have changed, what was copied may not.
AttachContext look_again(Server& server, const config::PartitionPolicy& policy, SwapState& state) {
    const db::TableInfo table = require_table(server, state.table);
    AttachContext context{succession_of(table, state), state, server.state_schema()};
    require_same_shape(context.succession.table, state.shape);
    require_same_fingerprint(table, state);
    require_own_unchanged(server, state);
    give_up_keys(context.succession.table, policy, state);
    context.state = state;
    context.succession = succession_of(table, state);  // with the keys as they are now
    Facts facts = read_facts(server.session(), state.table);
    read_beside(server.session(), facts, policy);
    facts.key.is_empty = true;  // its rows were looked at when the leaves were made
    if (context.succession.registry)
        facts.taken.erase(context.succession.registry->table.name);
    facts.leftovers.clear();  // the job's own by now
    refuse_if_any(preflight(context.succession.table, facts, as_begun(policy, state), server.config().swap),
                  state.table);
    return context;
}

CopyFacts read_copy(Server& server, const SwapState& state) {
    const QualifiedName staged = ddl::staged_name(state.table);
    CopyFacts facts{require_table(server, staged), leaves_of(server, staged)};
    std::sort(facts.leaves.begin(), facts.leaves.end());
    return facts;
}

}  // namespace

void run_copy_cut_over(Server& server, const config::PartitionPolicy& policy, SwapState& state) {
    const auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    const db::UnitOutcome outcome = run_attempts(server, [&](const Attempt& attempt) {
        const AttachContext context = look_again(server, policy, state);
        const move::Transfer transfer = transfer_of(context.succession, state, server.state_schema());
        const auto make_place = [&] { return make_copy_leaves(server, policy, context.succession.table, state); };
        const auto catch_up = [&] { run_last_catch_up(server, transfer, make_place, deadline); };
        catch_up();
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        return attempt(copy_cut_over_unit(context, read_copy(server, state), server.config().swap), catch_up);
    });
    if (const auto job = server.open_job(state.table))
        state = from_job(*job);
    store_cut_over(server, state, outcome);
}

}  // namespace tripmig::swap
