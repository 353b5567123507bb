#include "job/copy/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "backfill/load.hpp"
#include "base/counted.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/context.hpp"
#include "job/copy/bounds.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/default_bounds.hpp"
#include "job/copy/load.hpp"
#include "job/copy/outside_keys.hpp"
#include "job/copy/row_hash.hpp"
#include "job/copy/units.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/transfer.hpp"
#include "job/verify/orphans.hpp"
#include "job/verify/verify.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

WorkContext context_of(Session& server, const db::TableInfo& table, const State& state) {
    return {build_replacement(table, state), state, server.state_schema()};
}

/// A table that is loaded again has other rows than preflight saw.
std::vector<ddl::Leaf> first_leaves(Session& server, const config::PartitionPolicy& policy, Action action,
                                    const State& state) {
    if (state.does(PartitionVerb::merge))
        return {{state.partition().into, merged_bounds(state)}};
    Facts facts = read_facts(server.session(), state.table);
    std::optional<ddl::KeyFacts> keys = server.take_keys();
    if (!keys || action != Action::begin_copy)
        keys = read_facts(server, state.table, state.key, policy.interval).key;
    facts.key = std::move(*keys);
    std::set<std::string> taken = facts.taken;
    for (const QualifiedName& own : leaves_of(server, ddl::staged_name(state.table)))
        taken.erase(own.name);
    return name_copy_leaves(state, policy, needed_bounds(server, state, facts, policy), taken);
}

void begin(Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table, Action action,
           State& state) {
    const WorkContext context = context_of(server, table, state);
    const std::vector<ddl::Leaf> leaves = first_leaves(server, policy, action, state);
    if (action == Action::begin_copy) {
        state.edit_copy().shape = shape_of(context.replacement.table);
        run_step(server, begin_copy(context_of(server, table, state), leaves));
        return;
    }
    state.edit_load().blocks = state.edit_load().filenode = 0;
    run_step(server, reload_copy(context_of(server, table, state), leaves));
}

/// The largest first: two workers end at about the same time.
std::vector<QualifiedName> leaves_to_index(Session& server, const WorkContext& context) {
    const QualifiedName staged = ddl::staged_name(context.state.table);
    const auto partitioning = db::read_partitioning(server.session(), staged);
    if (!partitioning)
        throw Error(ExitCode::refused, fmt::format("the copy {} no longer exists", sql::quoted(staged)),
                    fmt::format("to give it up: tripmig swap abort {}", sql::quoted(context.state.table)));
    std::vector<db::PartitionSize> sizes = db::read_partition_sizes(server.session(), partitioning->partitions);
    std::stable_sort(sizes.begin(), sizes.end(), [](const db::PartitionSize& left, const db::PartitionSize& right) {
        return left.pages > right.pages;
    });
    std::vector<QualifiedName> leaves;
    for (const db::PartitionSize& size : sizes)
        for (const db::PartitionInfo& leaf : partitioning->partitions) {
            const std::string last = goes_by_hash(context.state) ? backfill::row_hash_index(leaf.name).name
                                                                 : ddl::last_leaf_index(context.replacement, leaf.name);
            if (leaf.oid == size.oid &&
                db::taken_names(server.session(), leaf.name.schema, {last}).empty())  // in one transaction with all
                leaves.push_back(leaf.name);
        }
    return leaves;
}

void index_all(Session& server, const db::TableInfo& table, State& state) {
    if (goes_by_hash(state))
        index_sources(server, table, state);
    const WorkContext context = context_of(server, table, state);
    const std::vector<QualifiedName> leaves = leaves_to_index(server, context);
    server.reporter().info("swap.step", fmt::format("index the copy: {}", counted(leaves.size(), "partition")));
    const auto workers = server.workers();
    std::atomic<std::uint64_t> indexed = 0;
    const auto tell = [&](const QualifiedName& leaf) {
        Event event{Severity::debug, "swap.indexed", fmt::format("indexed {}", sql::quoted(leaf)), {}, {}};
        event.progress =
            Progress{fmt::format("index {}", sql::quoted(state.table)), ++indexed, leaves.size(), "partitions"};
        server.reporter().emit(event);
    };
    workers->for_each(leaves.size(), [&](db::Executor& executor, std::size_t item) {
        server.stop().check();
        server.throttle().wait();
        run_vacuum(server, executor, leaves[item], false);
        executor.run(index_copy_leaf(context, leaves[item]));
        tell(leaves[item]);
    });
    if (const auto& registry = context.replacement.registry)
        vacuum_registry(server, registry->table);
    run_step(server, index_copy(context));
}

void prepare_cut_over(Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table,
                      State& state) {
    require_no_orphans(server, table, state);
    const WorkContext context = context_of(server, table, state);
    server.reporter().info("swap.step", fmt::format("catch up {}", sql::quoted(state.table)));
    run_catch_up(server, build_transfer(context.replacement, state, server.state_schema()),
                 [&] { return make_copy_leaves(server, policy, table, state); });
    require_no_difference(server, state);
    run_step(server,
             mark_copy_ready(context_of(server, table, state), leaves_of(server, ddl::staged_name(state.table))));
}

}  // namespace

std::vector<ddl::Bounds> needed_bounds(Session& server, const State& state, const Facts& facts,
                                       const config::PartitionPolicy& policy) {
    require_partitions_possible(state, facts.key);
    return state.is_default() ? default_bounds(server, state, policy, facts.key)
                              : copy_bounds(state, facts.key, facts.now, policy, server.config().partitions.max_create);
}

bool make_copy_leaves(Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table,
                      const State& state) {
    if (state.does(PartitionVerb::merge) || state.does(PartitionVerb::drain) || state.makes_default())
        return false;  // each row has its place from the start
    const WorkContext context = context_of(server, table, state);
    const ddl::KeyType type = key_type_of(state);
    std::vector<ddl::Bounds> present;
    if (const auto partitioning = db::read_partitioning(server.session(), ddl::staged_name(state.table)))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(type, partition.bound))
                present.push_back(*bounds);
    const Facts facts = read_facts(server, state.table, state.key, policy.interval);
    const std::vector<ddl::Bounds> missing = without_present(needed_bounds(server, state, facts, policy), present);
    for (const ddl::Leaf& leaf : name_copy_leaves(state, policy, missing, facts.taken)) {
        server.executor().run(add_copy_leaf(context, leaf));
        server.reporter().info("swap.leaf", fmt::format("created partition {} for {}", sql::quoted(leaf.name),
                                                        ddl::describe(type, leaf.bounds)));
    }
    return !missing.empty();
}

void run_copy_action(Session& server, const config::PartitionPolicy& policy, const db::TableInfo& table, Action action,
                     State& state) {
    if (action != Action::begin_copy)
        require_same_shape(without_own(table, state), state.copy().shape);
    switch (action) {
        case Action::begin_copy:
        case Action::reload_copy:
            begin(server, policy, table, action, state);
            return;
        case Action::capture_copy:
            run_step(server, capture_copy(context_of(server, table, state)));
            return;
        case Action::load_copy:
            run_load(server, table, state, [&] { return make_copy_leaves(server, policy, table, state); });
            return;
        case Action::index_copy:
            index_all(server, table, state);
            return;
        case Action::prepare_cut_over:
            prepare_cut_over(server, policy, table, state);
            return;
        default:
            throw Error(ExitCode::unexpected, fmt::format("\"{}\" is not an action of copy", to_string(action)));
    }
}

}  // namespace tripmig::job
