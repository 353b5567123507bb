#include "swap/split.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/partition_catalog.hpp"
#include "db/table_catalog.hpp"
#include "ddl/column_text.hpp"
#include "ddl/leaf_index.hpp"
#include "ddl/staged.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"
#include "swap/attempts.hpp"
#include "swap/choices.hpp"
#include "swap/copy_units.hpp"
#include "swap/disk_full.hpp"
#include "swap/newest_leaf.hpp"
#include "swap/observe.hpp"
#include "swap/outside_keys.hpp"
#include "swap/own_triggers.hpp"
#include "swap/preflight_parts.hpp"
#include "swap/run.hpp"
#include "swap/run_copy.hpp"
#include "swap/shape.hpp"
#include "swap/split_cut_over.hpp"
#include "swap/split_guard.hpp"
#include "swap/statements.hpp"
#include "swap/step_guard.hpp"
#include "swap/succession_of.hpp"
#include "swap/transfer_of.hpp"
#include "swap/validate_keys.hpp"

namespace tripmig::swap {

namespace {

Error refused(const QualifiedName& leaf, const std::string& why, std::string hint) {
    return Error(ExitCode::refused, fmt::format("{} cannot be split: {}", sql::quoted(leaf), why), std::move(hint));
}

/// An index that the parent's table gets for the months' sake: of what the leaf does with it they do nothing.
void add_leaf_index(db::TableInfo& table, db::LeafIndex added) {
    const auto is_same = [&](const db::IndexInfo& each) {
        return each.is_unique && each.tail == added.index.tail && each.is_constraint == added.index.is_constraint;
    };
    if (std::any_of(table.indexes.begin(), table.indexes.end(), is_same))
        return;
    added.index.is_replica_identity = added.index.is_clustered = false;
    table.indexes.push_back(std::move(added.index));
    if (added.constraint)
        table.constraints.push_back(std::move(*added.constraint));
}

/// The parent's table as the leaf's: what the months are to be like.
db::TableInfo as_leaf(db::TableInfo parent, const db::TableInfo& leaf) {
    parent.name = leaf.name;
    parent.oid = leaf.oid;
    parent.kind = leaf.kind;
    parent.filenode = leaf.filenode;
    parent.pages = leaf.pages;
    parent.bytes = leaf.bytes;
    parent.options = leaf.options;
    parent.tablespace = leaf.tablespace;
    return parent;
}

/// DETACH takes no row away that another table's row points to, as foreign keys of the policy composite do: better said
/// before the copy than after it.
void require_unreferenced(Server& server, const db::TableInfo& table, const SwapState& state) {
    for (const db::IncomingKey& key : table.incoming) {
        const std::string sql =
            fmt::format("SELECT EXISTS (SELECT FROM {} AS referencing JOIN {} AS leaf ON {})", sql::quoted(key.table),
                        sql::quoted(state.table), ddl::all_equal("leaf", key.referenced, "referencing", key.columns));
        if (db::flag_of(server.session().read(sql).at(0).at(0)))
            throw refused(state.table,
                          fmt::format("rows of {} point to its rows (foreign key {}), which cannot leave {} even for "
                                      "a moment",
                                      sql::quoted(key.table), sql::quote_ident(key.name), sql::quoted(state.parent)),
                          "tripmig swap run TABLE --strategy copy splits the past of a table from the start");
    }
}

/// What is bound to the leaf by OID, or is its own alone, would stay with the table that is no leaf any more.
void require_nothing_bound(const db::TableInfo& leaf, const SwapState& state) {
    std::vector<std::string> bound;
    for (const db::DependentInfo& dependent : leaf.dependents)
        bound.push_back(dependent.description);
    for (const db::RuleInfo& rule : leaf.rules)
        bound.push_back(fmt::format("its rule {}", sql::quote_ident(rule.name)));
    for (const db::PublicationInfo& publication : leaf.publications)
        if (publication.names_table)
            bound.push_back(fmt::format("publication {}", sql::quote_ident(publication.name)));
    if (!bound.empty())
        throw refused(state.table,
                      fmt::format("what is bound to it would stay with it when it is no leaf any more: {}",
                                  fmt::join(bound, ", ")),
                      fmt::format("bind it to {}, which has the same rows, or drop it", sql::quoted(state.parent)));
}

void require_splittable(Server& server, const db::TableInfo& table, const SwapState& state, const Facts& facts) {
    if (server.open_job(state.parent))
        throw refused(state.table, fmt::format("a swap of {} is not finished", sql::quoted(state.parent)),
                      "tripmig swap finish TABLE gives its way back up");
    if (!table.can_alter)
        throw Error(ExitCode::no_privilege, fmt::format("the role does not own {}", sql::quoted(state.parent)),
                    "connect as its owner, or as a member of it");
    require_partitions_possible(state, facts.key);
    if (facts.key.is_empty)
        throw refused(state.table, "it is empty", "detach it, and let `tripmig partition maintain` make its leaves");
    if (row_keys(table).empty())
        throw refused(state.table, "nothing tells its rows apart", "add a primary key first");
    require_nothing_bound(require_table(server, state.table), state);
    require_unreferenced(server, table, state);
    std::vector<Finding> findings;
    Report report(findings);
    for (const db::PublicationInfo& publication : table.publications)
        look_at_publication(publication, table, state.key, true, report);
    refuse_if_any(findings, state.table);
    tell_notes(server.reporter(), findings);
}

SwapState begin(Server& server, const config::PartitionPolicy& policy, const QualifiedName& leaf) {
    const std::optional<LeafOf> place = find_parent(server.session(), leaf);
    if (!place)
        throw refused(leaf, "it is no leaf of a partitioned table", "tripmig swap run TABLE partitions a plain table");
    SwapState state;
    state.table = leaf;
    state.parent = place->parent;
    state.bound = place->bound;
    state.strategy = config::SwapStrategy::copy;
    state.key = place->key;
    state.unique_indexes = config::UniqueIndexes::leaf;  // those of the leaf itself: the parent has none
    const db::TableInfo table = source_of(server, state);
    state.key_type = key_type_name(*table.column(state.key));
    state.interval = interval_text(policy.interval);
    state.policy = kept_policy(policy);
    state.primary_key = row_keys(table);
    if (state.is_default())
        state.leaf = sql::truncated_name(leaf.name, "_before");
    state.fingerprint = fingerprint_of(table, state);
    Facts facts = read_facts(server, leaf, state.key, policy.interval);
    require_splittable(server, table, state, facts);
    const auto bounds = needed_bounds(server, state, facts, policy);
    if (bounds.size() < 2 && !state.is_default())
        throw refused(leaf, "all its rows lie in one leaf of that width", "choose a smaller --interval");
    ddl::name_leaves(policy.name, state.parent, key_type_of(state), bounds, facts.taken);
    if (facts.taken.count(state.leaf) != 0)
        throw refused(leaf,
                      fmt::format("its rows would stay in {}, and there is a relation of that name",
                                  sql::quote_ident(state.leaf)),
                      "rename or drop it");
    Unit unit;
    unit.name = fmt::format("begin the split of {}", sql::quoted(leaf));
    unit.steps = {db::begin_job_step(server.state_schema(), to_job(state))};
    state.job = server.executor().run(unit).results.front().number(0, 0);
    server.keep_keys(std::move(facts.key));
    return state;
}

SplitFacts read_split(Server& server, const SwapState& state) {
    const QualifiedName staged = ddl::staged_name(state.table);
    SplitFacts facts{require_table(server, state.parent),
                     require_table(server, state.table),
                     require_table(server, staged),
                     {},
                     {},
                     {}};
    if (const auto partitioning = db::read_partitioning(server.session(), staged))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(key_type_of(state), partition.bound))
                facts.months.push_back({partition.name, *bounds});
    for (const QualifiedName& leaf : leaves_of(server, state.parent))
        if (!(leaf == state.table))
            facts.others.push_back(leaf);
    std::sort(facts.others.begin(), facts.others.end());
    if (const auto partition = default_beside(server.session(), state); partition && has_split_guard(*partition))
        facts.guarded = partition->name;
    return facts;
}

void cut_over(Server& server, const config::PartitionPolicy& policy, SwapState& state) {
    guard_default_beside(server, state);
    const auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    const db::UnitOutcome outcome = run_attempts(server, [&](const Attempt& attempt) {
        const db::TableInfo table = source_of(server, state);
        const AttachContext context{succession_of(table, state), state, server.state_schema()};
        require_same_shape(context.succession.table, state.shape);
        require_same_fingerprint(table, state);
        require_own_unchanged(server, state);
        const move::Transfer transfer = transfer_of(context.succession, state, server.state_schema());
        const auto catch_up = [&] {
            run_last_catch_up(
                server, transfer, [&] { return make_copy_leaves(server, policy, table, state); }, deadline);
        };
        catch_up();
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        const SplitFacts facts = read_split(server, state);
        require_nothing_bound(facts.leaf, state);
        return attempt(split_cut_over_unit(context, facts, server.config().swap), catch_up);
    });
    if (const auto job = server.open_job(state.table))
        state = from_job(*job);
    store_cut_over(server, state, outcome);
}

/// Up to the cut-over and through it, or to the moment before.
void advance(Server& server, const config::PartitionPolicy& policy, SwapState& state, bool until_ready) {
    StepGuard guard;
    while (state.stage < Stage::cut) {
        server.stop().check();
        const db::TableInfo table = source_of(server, state);
        require_same_fingerprint(table, state);
        const Observation seen = observe(server, table, state);
        const Action action = next_step(state, seen, until_ready);
        if (action == Action::nothing)
            return;
        guard.require_progress(state, seen, to_string(action));
        server.throttle().wait();
        try {
            if (action == Action::cut_over)
                cut_over(server, policy, state);
            else if (!run_trigger_action(server, table, action, seen, state))
                run_copy_action(server, policy, table, action, state);
        } catch (const Error& error) {
            if (!was_truncated(server, table, state, error))
                throw;
        }
    }
}

void follow_up(Server& server, SwapState& state) {
    if (!validate_outgoing(server, state))
        throw Error(ExitCode::refused,
                    fmt::format("{} is split, but foreign keys of {} are still NOT VALID", sql::quoted(state.table),
                                sql::quoted(state.parent)),
                    "delete or correct the rows that the warnings name, then run this again");
    Unit unit;
    unit.name = fmt::format("analyze {}", sql::quoted(state.parent));
    state.stage = Stage::finished;
    unit.steps = {ddl::statement(fmt::format("ANALYZE {}", sql::quoted(state.parent)),
                                 "autovacuum never analyzes a partitioned table as a whole"),
                  db::finish_job_step(server.state_schema(), to_job(state))};
    run_step(server, unit);
}

}  // namespace

std::optional<LeafOf> find_parent(db::Session& session, const QualifiedName& leaf) {
    const db::Rows rows = session.read(std::string(statements::parent_of_leaf), {leaf.schema, leaf.name});
    if (rows.empty())
        return std::nullopt;
    LeafOf place{{db::text_of(rows[0].at(0)), db::text_of(rows[0].at(1))}, {}, db::text_of(rows[0].at(2))};
    const auto partitioning = db::read_partitioning(session, place.parent);
    if (!partitioning || partitioning->strategy != 'r' || partitioning->key_columns != 1 || partitioning->key.empty())
        throw refused(leaf, fmt::format("{} is not partitioned by the range of one column", sql::quoted(place.parent)),
                      "only such leaves are split");
    place.key = partitioning->key;
    return place;
}

db::TableInfo source_of(Server& server, const SwapState& state) {
    db::TableInfo table = require_table(server, state.table);
    if (!state.is_split())
        return table;
    const db::TableInfo parent = require_table(server, state.parent);
    db::TableInfo source = as_leaf(parent, table);
    if (!state.is_unique_per_leaf())
        return source;  // the job of an older version
    for (db::LeafIndex& index : ddl::leaf_indexes_of(table, state.key))
        add_leaf_index(source, std::move(index));
    if (state.is_default())  // made by hand, it may lack what the leaves have
        for (db::LeafIndex& index : leaf_indexes_of_newest(server.session(), parent, state.key))
            add_leaf_index(source, std::move(index));
    return source;
}

std::optional<SwapState> finished_split(Server& server, const QualifiedName& leaf) {
    const std::optional<db::Job> job = db::find_last_job(server.session(), server.state_schema(), leaf);
    if (!job || !job->is_finished)
        return std::nullopt;
    SwapState state = from_job(*job);
    if (!state.is_split() || state.stage != Stage::finished)
        return std::nullopt;
    if (!find_parent(server.session(), leaf))
        return state;
    if (!state.is_default() ||
        db::flag_of(
            server.session().read(fmt::format("SELECT EXISTS (SELECT FROM {})", sql::quoted(leaf))).at(0).at(0)))
        return std::nullopt;
    return state;
}

SwapState split(Server& server, const config::PartitionPolicy& policy, const QualifiedName& leaf, bool until_ready) {
    const std::optional<db::Job> job = server.open_job(leaf);
    SwapState state = job ? from_job(*job) : begin(server, policy, leaf);
    if (!state.is_split())
        throw refused(leaf, "a swap of it is under way", "tripmig swap status TABLE");
    if (state.stage < Stage::cut)
        server.wait_for_orphans();
    try {
        advance(server, policy, state, until_ready);
    } catch (const Error& error) {
        drop_split_guard_quietly(server, state);
        if (is_disk_full(error))
            throw disk_full_error(error, state);
        throw;
    } catch (...) {
        drop_split_guard_quietly(server, state);
        throw;
    }
    if (state.stage < Stage::cut) {
        drop_split_guard_quietly(server, state);  // of a run that was killed
        return state;
    }
    follow_up(server, state);
    return state;
}

}  // namespace tripmig::swap
