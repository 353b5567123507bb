#include "partition/split/split.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/state/job_store.hpp"
#include "job/choices.hpp"
#include "job/copy/outside_keys.hpp"
#include "job/copy/run.hpp"
#include "job/replacement.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/journal.hpp"
#include "partition/split/checks.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

job::State described(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf,
                     job::PartitionJob job) {
    job::State state;
    state.table = leaf;
    state.kind = std::move(job);
    const std::optional<job::LeafOf> place = job::find_parent(server.session(), leaf);
    if (!place)
        throw refused(state, "it is not a partition of a partitioned table",
                      "tripmig swap run TABLE partitions a plain table");
    state.edit_partition().parent = place->parent;
    state.edit_partition().bound = place->bound;
    state.key = place->key;
    state.unique_indexes = config::UniqueIndexes::leaf;  // those of the leaf itself: the parent has none
    const db::TableInfo table = job::source_of(server, state);
    state.key_type = job::key_type_name(*table.column(state.key));
    state.interval = job::interval_text(policy.interval);
    state.policy = job::kept_policy(policy);
    if (state.is_default())
        state.old_name = sql::truncated_name(leaf.name, state.partition().keeps_old ? "_before" : "_drained");
    state.fingerprint = job::fingerprint_of(table, state);
    return state;
}

/// What the rows say: throws Error{refused} for what no partition can hold, and too many partitions.
void add_targets(job::Session& server, const config::PartitionPolicy& policy, const job::Facts& facts,
                 PartitionPlan& plan, job::Report& report) {
    const job::State& state = plan.state;
    const bool is_drain = state.does(job::PartitionVerb::drain);
    if (facts.key.is_empty && !is_drain)
        report.refuse(sql::quoted(state.table), "it is empty",
                      "detach it, and let `tripmig partition maintain` create its partitions");
    if (plan.is_refused())
        return;
    const auto bounds = job::needed_bounds(server, state, facts, policy);
    if (bounds.size() < 2 && !state.is_default())
        report.refuse(sql::quoted(state.table), "all its rows belong in one partition of that width",
                      "choose a smaller --interval");
    else
        plan.targets = ddl::name_leaves(policy.name, state.parent(), job::key_type_of(state), bounds, facts.taken);
}

}  // namespace

PartitionPlan plan_by_width(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf,
                            job::PartitionJob job) {
    PartitionPlan plan;
    job::Report report(plan.findings);
    plan.state = described(server, policy, leaf, std::move(job));
    const job::State& state = plan.state;
    const db::TableInfo parent = job::require_table(server, state.parent());
    check_sources(server, parent, state, report);
    if (!plan.is_refused())
        choose_row_key(server, parent, plan.state, report);
    job::Facts facts = job::read_facts(server, leaf, state.key, policy.interval);
    add_targets(server, policy, facts, plan, report);
    if (!plan.targets.empty() && facts.taken.count(state.old_name) != 0)
        report.refuse(sql::quoted(leaf),
                      fmt::format("its rows would stay in {}, but a relation of that name exists",
                                  sql::quote_ident(state.old_name)),
                      "rename or drop it");
    plan.sources = {{leaf, state.bound(), facts.table->bytes}};
    server.keep_keys(std::move(facts.key));
    return plan;
}

PartitionPlan plan_split(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf) {
    return plan_by_width(server, policy, leaf, {});
}

std::optional<job::State> finished_split(job::Session& server, const QualifiedName& leaf) {
    const std::optional<db::Job> job = db::find_last_job(server.session(), server.state_schema(), leaf);
    if (!job || !job->is_finished)
        return std::nullopt;
    job::State state = job::from_job(*job);
    if (!state.does(job::PartitionVerb::split) || state.stage != job::Stage::finished)
        return std::nullopt;
    if (!job::find_parent(server.session(), leaf))
        return state;
    if (!state.is_default() || server.session().flag(fmt::format("SELECT EXISTS (SELECT FROM {})", sql::quoted(leaf))))
        return std::nullopt;
    return state;
}

}  // namespace tripmig::partition
