#include "swap/revert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "job/close.hpp"
#include "job/copy/catch_up.hpp"
#include "job/locks/attempts.hpp"
#include "job/locks/blockers.hpp"
#include "job/open_job.hpp"
#include "job/run_job.hpp"
#include "job/source/source_table.hpp"
#include "job/transfer.hpp"
#include "job/verify/validate_keys.hpp"
#include "sql/identifier.hpp"
#include "swap/copy/sync_old_table.hpp"
#include "swap/matviews.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

namespace {

Error too_far(const job::State& state) {
    return Error(
        ExitCode::refused,
        fmt::format("{} has rows from {} on: it can no longer be reverted", sql::quoted(state.table), state.boundary()),
        fmt::format("give these rows an earlier key, or delete them, and revert then; to keep the partitions: tripmig "
                    "swap finish {}",
                    sql::quoted(state.table)));
}

void require_revertible(const job::State& state) {
    if (!state.is_cut_over())
        throw Error(
            ExitCode::refused,
            fmt::format("the swap of {} is not cut over yet ({})", sql::quoted(state.table), to_string(state.stage)),
            fmt::format("to give it up: tripmig swap abort {}", sql::quoted(state.table)));
    if (state.is<job::EmptyJob>())
        throw Error(
            ExitCode::refused,
            fmt::format("{} was empty and was partitioned directly: there is no old table", sql::quoted(state.table)),
            "`tripmig swap finish` keeps it as it is; for a plain table, copy its rows into a new one and rename both "
            "in one transaction");
}

/// Of several indexes with one definition ATTACH pairs any with any: each gets the name back that it came from.
void pair_by_name(RevertFacts& facts) {
    for (auto& [whole, part] : facts.index_names) {
        const std::string own = ddl::leaf_object_name(whole, facts.past.name);
        for (auto& [other_whole, other_part] : facts.index_names)
            if (part != own && other_part == own)
                std::swap(part, other_part);
    }
}

/// A key that is not valid on every partition yet is on these alone: the old table gets it back all the same. On none
/// of them: somebody dropped it.
void add_pending_keys(job::Session& server, const job::State& state, db::TableInfo& parent) {
    for (const db::ConstraintInfo& key : state.copy().outgoing) {
        const bool is_there = std::any_of(parent.constraints.begin(), parent.constraints.end(),
                                          [&](const db::ConstraintInfo& each) { return each.name == key.name; });
        if (!is_there && server.session().flag(std::string(statements::partitions_have_key),
                                               {fmt::format("{}", parent.oid), key.name}))
            parent.constraints.push_back(key);
    }
}

RevertFacts read_revert_facts(job::Session& server, const job::State& state) {
    RevertFacts facts;
    facts.parent = job::require_table(server, state.table);
    add_pending_keys(server, state, facts.parent);
    facts.past = job::require_table(server, {state.table.schema, state.old_name});
    if (state.swap().has_registry)
        facts.registry = job::require_table(server, ddl::registry_name(state.table));
    if (const auto partitioning = db::read_partitioning(server.session(), state.table))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (partition.oid != facts.past.oid)
                facts.other_leaves.push_back(partition.name);
    std::sort(facts.other_leaves.begin(), facts.other_leaves.end());
    for (const db::Row& row :
         server.session().read(std::string(statements::attached_indexes),
                               {fmt::format("{}", facts.parent.oid), fmt::format("{}", facts.past.oid)}))
        facts.index_names.emplace(row.text("of_parent"), row.text("of_leaf"));
    pair_by_name(facts);
    return facts;
}

void refuse_rows_beyond(job::Session& server, const RevertFacts& facts, const job::State& state) {
    for (const QualifiedName& leaf : facts.other_leaves)
        if (server.session().flag(fmt::format("SELECT EXISTS (SELECT FROM {})", sql::quoted(leaf))))
            throw too_far(state);
}

/// A key comes back NOT VALID and is validated afterwards, which a partitioned table does not take before
/// PostgreSQL 18.
void refuse_partitioned_since(job::Session& server, const RevertFacts& facts, const job::State& state) {
    for (const db::IncomingKey& key : incoming_to_restore(facts, state)) {
        const std::string table = sql::quoted(key.table);
        if (server.session().flag("SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = "
                                  "pg_catalog.to_regclass($1) AND (relkind = 'p' OR relispartition))",
                                  {table}))
            throw Error(
                ExitCode::refused,
                fmt::format("{} was partitioned after the cut-over of {}: its foreign key {} cannot be restored "
                            "without a scan under locks",
                            table, sql::quoted(state.table), sql::quote_ident(key.name)),
                fmt::format("revert that one first: `tripmig swap revert {}`; or keep both: `tripmig swap finish {}`",
                            table, sql::quoted(state.table)));
    }
}

void drop_former_indexes(job::Session& server, const RevertFacts& facts, const job::State& state) {
    std::vector<std::string> names{state.former_key_index()};
    for (const job::UniqueWithoutKey& narrow : state.swap().unique_without_key)
        names.push_back(job::State::former_index(narrow.name));
    for (const std::string& name : names)
        server.executor().run(
            ddl::drop_index_concurrently(facts.past.name, {facts.past.name.schema, name},
                                         "it can no longer be reverted, and this index refuses rows"));
}

/// An index that the old table had, built beside the writers. The remains of an interrupted build go first.
void build_former(job::Session& server, const RevertFacts& facts, const job::State& state, const std::string& name,
                  const std::string& former, const Unit& build) {
    const Unit drop = ddl::drop_index_concurrently(facts.past.name, {facts.past.name.schema, name},
                                                   "remains of an interrupted build");
    for (const db::IndexInfo& index : facts.past.indexes) {
        if (index.name.name != name)
            continue;
        if (index.is_valid)
            return;
        server.executor().run(drop);
    }
    server.reporter().info("swap.step", fmt::format("build {} on {}", former, sql::quoted(facts.past.name)));
    try {
        server.executor().run(build);
    } catch (const Error& error) {
        if (error.sqlstate() != "23505")
            throw;
        drop_former_indexes(server, facts, state);  // even an invalid one may refuse rows
        throw not_unique(state.table, former, error);
    }
}

void build_former_indexes(job::Session& server, const RevertFacts& facts, const job::State& state) {
    const db::IndexInfo* primary = facts.parent.primary_key();
    if (primary != nullptr && primary->columns != state.primary_key)
        build_former(server, facts, state, state.former_key_index(), "the old primary key",
                     ddl::build_unique_index(facts.past.name, state.former_key_index(), state.primary_key));
    if (state.is_unique_per_leaf())
        return;  // the past has them all along
    for (const job::UniqueWithoutKey& narrow : state.swap().unique_without_key) {
        if (facts.index_names.count(narrow.name) == 0)
            continue;  // dropped since
        db::IndexInfo index;
        index.tail = narrow.tail;
        for (const db::IndexInfo& each : facts.parent.indexes)
            if (each.name.name == narrow.name)
                index.tablespace = each.tablespace;
        const std::string name = job::State::former_index(narrow.name);
        build_former(server, facts, state, name, fmt::format("the old {}", sql::quote_ident(narrow.name)),
                     ddl::build_unique_index_like(facts.past.name, name, index));
    }
}

/// copy: the old table follows until the last moment.
void put_copy_back(job::Session& server, job::State& state) {
    const auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    job::run_attempts(server, [&](const auto& attempt) {
        const RevertFacts before = read_revert_facts(server, state);
        require_same_parts(before, state);
        refuse_partitioned_since(server, before, state);
        require_nothing_in_the_way(before.parent);
        const backfill::Transfer back = job::transfer_back(before.parent, state, server.state_schema());
        follow_to_old_table(server, state, back);
        const RevertFacts facts = read_revert_facts(server, state);  // triggers may have been made again
        require_same_parts(facts, state);
        state.edit_swap().matviews = dependent_matviews(facts.parent);
        const auto follow = [&] {
            sync_old_table(server, back);
            job::run_last_catch_up(server, back, {}, deadline);
        };
        job::run_last_catch_up(server, back, {}, deadline);
        server.reporter().info("swap.step", fmt::format("put {} back", sql::quoted(state.table)));
        return attempt(copy_revert_unit(facts, state, server.state_schema(), server.config().swap), follow);
    });
}

void put_back(job::Session& server, job::State& state) {
    job::run_attempts(server, [&](const auto& attempt) {
        const RevertFacts facts = read_revert_facts(server, state);
        refuse_rows_beyond(server, facts, state);
        refuse_partitioned_since(server, facts, state);
        require_nothing_in_the_way(facts.parent);
        state.edit_swap().matviews = dependent_matviews(facts.parent);
        build_former_indexes(server, facts, state);
        const RevertFacts now = read_revert_facts(server, state);
        server.reporter().info("swap.step", fmt::format("put {} back", sql::quoted(state.table)));
        return attempt(revert_unit(now, state, server.state_schema()), [] {});
    });
}

void validate_restored(job::Session& server, const job::State& state) {
    const db::TableInfo table = job::require_table(server, state.table);
    const auto validate = [&](const QualifiedName& of, const std::string& name, const QualifiedName& references) {
        job::validate_key(
            server, of, name, references,
            fmt::format("run ALTER TABLE {} VALIDATE CONSTRAINT {}", sql::quoted(of), sql::quote_ident(name)));
    };
    for (const db::IncomingKey& key : table.incoming)
        if (!key.is_valid)
            validate(key.table, key.name, table.name);
    for (const db::ConstraintInfo& key : table.constraints)
        if (key.kind == 'f' && !key.is_valid)
            validate(table.name, key.name, key.references);
}

class RevertMachine : public job::Machine {
  public:
    RevertMachine(job::Session& server, job::State state) : Machine(std::move(state)), m_server(server) {}

    job::Observation observe() override { return {}; }

    [[nodiscard]] job::Action next_step(const job::Observation& seen) const override {
        return job::next_revert_step(m_state, seen);
    }

    void perform(job::Action action, const job::Observation& /*seen*/) override {
        const QualifiedName& table = m_state.table;
        switch (action) {
            case job::Action::drop_staged_matviews:
                return drop_staged_matviews(m_server, m_state);
            case job::Action::put_back:
                return m_state.copies() ? put_copy_back(m_server, m_state) : put_back(m_server, m_state);
            case job::Action::restore_matviews:
                return carry_matviews(m_server, m_state, parked_name(table));
            case job::Action::drop_parked:
                m_server.reporter().info("swap.step", fmt::format("drop {}", sql::quoted(parked_name(table))));
                job::run_protected(m_server,
                                   drop_parked(job::require_table(m_server, table), m_state, m_server.state_schema()));
                return;
            case job::Action::validate_restored:
                return validate_restored(m_server, m_state);
            default:
                break;
        }
        m_state.stage = job::Stage::reverted;
        m_server.executor().run(job::closing_unit(m_server, m_state, {}));
    }

  private:
    job::Session& m_server;
};

}  // namespace

job::State revert(job::Session& server, const QualifiedName& table) {
    job::State state = job::require_job(server, table);
    require_revertible(state);
    RevertMachine machine(server, std::move(state));
    job::run_job(server, machine);
    return machine.state();
}

}  // namespace tripmig::swap
