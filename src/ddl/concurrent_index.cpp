#include "ddl/concurrent_index.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

const db::IndexState* find_index(const db::TreeMember& table, const std::string& name) {
    const auto found = std::find_if(table.indexes.begin(), table.indexes.end(),
                                    [&](const db::IndexState& index) { return index.name.name == name; });
    return found == table.indexes.end() ? nullptr : &*found;
}

Unit alone(std::string name, std::string sql, const QualifiedName& relation, std::string why) {
    Unit unit;
    unit.name = std::move(name);
    unit.transaction = Transaction::none;
    Step step;
    step.sql = std::move(sql);
    step.locks = {{relation, LockMode::share_update_exclusive}};
    step.why = std::move(why);
    unit.steps.push_back(std::move(step));
    return unit;
}

Unit inside(std::string name, std::string sql, LockRequest lock, std::string why) {
    Unit unit = alone(std::move(name), std::move(sql), lock.relation, std::move(why));
    unit.transaction = Transaction::inside;
    unit.steps.front().locks = {std::move(lock)};
    return unit;
}

Unit drop_remains(const db::IndexState& index, const QualifiedName& table) {
    return alone(fmt::format("drop invalid index {}", sql::quoted(index.name)),
                 fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", sql::quoted(index.name)), table,
                 "remains of an interrupted build: serves no query and slows every write");
}

std::string create_sql(const ConcurrentIndex& index, bool concurrently, bool if_not_exists, const std::string& name,
                       std::string_view only, const QualifiedName& table) {
    return fmt::format("CREATE {}INDEX {}{}{} ON {}{} {}", index.is_unique ? "UNIQUE " : "",
                       concurrently ? "CONCURRENTLY " : "", if_not_exists ? "IF NOT EXISTS " : "",
                       sql::quote_ident(name), only, sql::quoted(table), index.tail);
}

/// Makes one leaf's part and attaches it. False: somebody is at work on that leaf.
bool plan_leaf(const ConcurrentIndex& index, const QualifiedName& parent_index, const db::TreeMember& leaf,
               IndexPlan& plan) {
    const std::string name = leaf_index_name(index.name, leaf.name.name);
    const db::IndexState* existing = find_index(leaf, name);
    if (existing != nullptr && !existing->is_valid) {
        if (existing->may_be_under_construction)
            return false;
        plan.units.push_back(drop_remains(*existing, leaf.name));
        existing = nullptr;
    }
    if (existing == nullptr)
        plan.units.push_back(alone(fmt::format("index {} on {}", index.name, sql::quoted(leaf.name)),
                                   create_sql(index, true, false, name, "", leaf.name), leaf.name,
                                   "built while the partition is in use"));
    plan.units.push_back(inside(fmt::format("attach {} to {}", name, index.name),
                                fmt::format("ALTER INDEX {} ATTACH PARTITION {}", sql::quoted(parent_index),
                                            sql::quoted(QualifiedName{leaf.name.schema, name})),
                                {leaf.name, LockMode::access_share}, "catalog only"));
    return true;
}

bool is_attached(const db::TreeMember& member, std::uint32_t parent_index) {
    return std::any_of(member.indexes.begin(), member.indexes.end(),
                       [&](const db::IndexState& index) { return index.parent == parent_index; });
}

/// The index of a partitioned member that belongs to this one: the root's by name, a sub-partition's by being attached.
const db::IndexState* find_member_index(const db::TreeMember& member, const ConcurrentIndex& index, bool is_root) {
    return find_index(member, is_root ? index.name : leaf_index_name(index.name, member.name.name));
}

void plan_parent(const ConcurrentIndex& index, const db::TreeMember& member, const QualifiedName* above, bool is_root,
                 IndexPlan& plan) {
    const std::string name = is_root ? index.name : leaf_index_name(index.name, member.name.name);
    plan.units.push_back(inside(fmt::format("index {} on {}, the parent only", name, sql::quoted(member.name)),
                                create_sql(index, false, false, name, "ONLY ", member.name),
                                {member.name, LockMode::share},
                                "catalog only: a partitioned table has no rows of its own"));
    if (above != nullptr)
        plan.units.back().steps.push_back(inside({},
                                                 fmt::format("ALTER INDEX {} ATTACH PARTITION {}", sql::quoted(*above),
                                                             sql::quoted(QualifiedName{member.name.schema, name})),
                                                 {member.name, LockMode::access_share}, "catalog only")
                                              .steps.front());
}

}  // namespace

std::string leaf_index_name(const std::string& index, const std::string& leaf) {
    return sql::truncated_name(leaf, "_" + index);
}

IndexPlan plan_plain_index(const ConcurrentIndex& index, const db::TreeMember& table, bool was_started) {
    IndexPlan plan;
    const db::IndexState* existing = index.name.empty() ? nullptr : find_index(table, index.name);
    if (existing != nullptr && existing->is_valid && (was_started || index.if_not_exists)) {
        plan.is_done = true;
        return plan;
    }
    if (existing != nullptr && !existing->is_valid) {
        if (existing->may_be_under_construction) {
            plan.wait_for =
                fmt::format("index {} on {} is being built by another session", index.name, sql::quoted(table.name));
            return plan;
        }
        plan.units.push_back(drop_remains(*existing, table.name));
    }
    plan.units.push_back(alone(fmt::format("index {} on {}", index.name, sql::quoted(table.name)), index.original,
                               table.name, "built while the table is in use"));
    return plan;
}

IndexPlan plan_partitioned_index(const ConcurrentIndex& index, const std::vector<db::TreeMember>& tree,
                                 bool was_started) {
    if (index.name.empty())
        throw Error(ExitCode::usage,
                    fmt::format("an index on the partitioned table {} needs a name", sql::quoted(tree.front().name)),
                    "write CREATE INDEX CONCURRENTLY name ON ...: the indexes of the partitions are named after it, "
                    "and found again after an interruption");
    IndexPlan plan;
    const db::IndexState* root = find_member_index(tree.front(), index, true);
    if (root != nullptr && root->is_valid && (was_started || index.if_not_exists)) {
        plan.is_done = true;
        return plan;
    }
    if (root != nullptr && !was_started && !index.if_not_exists)
        throw Error(
            ExitCode::migration_failed,
            fmt::format("index {} exists already on {}", sql::quote_ident(index.name), sql::quoted(tree.front().name)),
            "drop it first, or write IF NOT EXISTS")
            .with_sqlstate("42P07");
    for (const db::TreeMember& member : tree) {
        const auto above = std::find_if(tree.begin(), tree.end(),
                                        [&](const db::TreeMember& other) { return other.oid == member.parent; });
        const bool is_root = above == tree.end();
        const db::IndexState* above_index = is_root ? nullptr : find_member_index(*above, index, above == tree.begin());
        const std::string above_name =
            is_root ? "" : (above == tree.begin() ? index.name : leaf_index_name(index.name, above->name.name));
        const QualifiedName above_qualified{is_root ? "" : above->name.schema, above_name};
        if (above_index != nullptr && is_attached(member, above_index->oid))
            continue;
        if (member.kind == 'p') {
            if (find_member_index(member, index, is_root) == nullptr)
                plan_parent(index, member, is_root ? nullptr : &above_qualified, is_root, plan);
        } else if (member.kind == 'r' && !index.is_only && !plan_leaf(index, above_qualified, member, plan)) {
            plan.wait_for = fmt::format("an index on {} is being built by another session", sql::quoted(member.name));
            plan.units.clear();
            return plan;
        }
    }
    plan.is_done = plan.units.empty();
    return plan;
}

}  // namespace tripmig::ddl
