#include "partition/split/split.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "ddl/column_text.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/choices.hpp"
#include "job/close.hpp"
#include "job/context.hpp"
#include "job/copy/catch_up.hpp"
#include "job/copy/outside_keys.hpp"
#include "job/copy/run.hpp"
#include "job/cut_over_times.hpp"
#include "job/finding.hpp"
#include "job/locks/attempts.hpp"
#include "job/next_step.hpp"
#include "job/observe.hpp"
#include "job/open_job.hpp"
#include "job/replacement.hpp"
#include "job/run_job.hpp"
#include "job/source/fingerprint.hpp"
#include "job/source/publication_check.hpp"
#include "job/source/source_table.hpp"
#include "job/source/table_facts.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "job/triggers/actions.hpp"
#include "job/triggers/own_triggers.hpp"
#include "job/verify/validate_keys.hpp"
#include "partition/split/cut_over.hpp"
#include "partition/split/guard.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

Error refused(const QualifiedName& leaf, const std::string& why, std::string hint) {
    return Error(ExitCode::refused, fmt::format("{} cannot be split: {}", sql::quoted(leaf), why), std::move(hint));
}

/// DETACH takes no row away that another table's row points to, as foreign keys of the policy composite do: better said
/// before the copy than after it.
void require_unreferenced(job::Session& server, const db::TableInfo& table, const job::State& state) {
    for (const db::IncomingKey& key : table.incoming) {
        const std::string sql =
            fmt::format("SELECT EXISTS (SELECT FROM {} AS referencing JOIN {} AS leaf ON {})", sql::quoted(key.table),
                        sql::quoted(state.table), ddl::all_equal("leaf", key.referenced, "referencing", key.columns));
        if (server.session().flag(sql))
            throw refused(state.table,
                          fmt::format("rows of {} point to its rows (foreign key {}), which cannot leave {} even for "
                                      "a moment",
                                      sql::quoted(key.table), sql::quote_ident(key.name), sql::quoted(state.parent())),
                          "tripmig swap run TABLE --strategy copy splits the past of a table from the start");
    }
}

/// What is bound to the leaf by OID, or is its own alone, would stay with the table that is no leaf any more.
void require_no_dependents(const db::TableInfo& leaf, const job::State& state) {
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
                      fmt::format("bind it to {}, which has the same rows, or drop it", sql::quoted(state.parent())));
}

void require_splittable(job::Session& server, const db::TableInfo& table, const job::State& state,
                        const job::Facts& facts) {
    if (server.open_job(state.parent()))
        throw refused(state.table, fmt::format("a swap of {} is not finished", sql::quoted(state.parent())),
                      "tripmig swap finish TABLE gives its way back up");
    if (!table.can_alter)
        throw Error(ExitCode::no_privilege, fmt::format("the role does not own {}", sql::quoted(state.parent())),
                    "connect as its owner, or as a member of it");
    job::require_partitions_possible(state, facts.key);
    if (facts.key.is_empty)
        throw refused(state.table, "it is empty", "detach it, and let `tripmig partition maintain` make its leaves");
    if (job::row_keys(table).empty())
        throw refused(state.table, "nothing tells its rows apart", "add a primary key first");
    require_no_dependents(job::require_table(server, state.table), state);
    require_unreferenced(server, table, state);
    std::vector<job::Finding> findings;
    job::Report report(findings);
    for (const db::PublicationInfo& publication : table.publications)
        job::check_publication(publication, table, state.key, true, report);
    job::refuse_if_any(findings, state.table);
    job::tell_notes(server.reporter(), findings);
}

job::State begin(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf) {
    const std::optional<job::LeafOf> place = job::find_parent(server.session(), leaf);
    if (!place)
        throw refused(leaf, "it is no leaf of a partitioned table", "tripmig swap run TABLE partitions a plain table");
    job::State state;
    state.table = leaf;
    state.kind = job::SplitJob{{}, place->parent, place->bound};
    state.key = place->key;
    state.unique_indexes = config::UniqueIndexes::leaf;  // those of the leaf itself: the parent has none
    const db::TableInfo table = job::source_of(server, state);
    state.key_type = job::key_type_name(*table.column(state.key));
    state.interval = job::interval_text(policy.interval);
    state.policy = job::kept_policy(policy);
    state.primary_key = job::row_keys(table);
    if (state.is_default())
        state.old_name = sql::truncated_name(leaf.name, "_before");
    state.fingerprint = job::fingerprint_of(table, state);
    job::Facts facts = job::read_facts(server, leaf, state.key, policy.interval);
    require_splittable(server, table, state, facts);
    const auto bounds = job::needed_bounds(server, state, facts, policy);
    if (bounds.size() < 2 && !state.is_default())
        throw refused(leaf, "all its rows lie in one leaf of that width", "choose a smaller --interval");
    ddl::name_leaves(policy.name, state.parent(), job::key_type_of(state), bounds, facts.taken);
    if (facts.taken.count(state.old_name) != 0)
        throw refused(leaf,
                      fmt::format("its rows would stay in {}, and there is a relation of that name",
                                  sql::quote_ident(state.old_name)),
                      "rename or drop it");
    Unit unit;
    unit.name = fmt::format("begin the split of {}", sql::quoted(leaf));
    unit.steps = {db::begin_job_step(server.state_schema(), job::to_job(state))};
    state.job = server.executor().run(unit).results.front().number();
    server.keep_keys(std::move(facts.key));
    return state;
}

SplitFacts read_split(job::Session& server, const job::State& state) {
    const QualifiedName staged = ddl::staged_name(state.table);
    SplitFacts facts{job::require_table(server, state.parent()),
                     job::require_table(server, state.table),
                     job::require_table(server, staged),
                     {},
                     {},
                     {}};
    if (const auto partitioning = db::read_partitioning(server.session(), staged))
        for (const db::PartitionInfo& partition : partitioning->partitions)
            if (const auto bounds = ddl::parse_bounds(job::key_type_of(state), partition.bound))
                facts.target_partitions.push_back({partition.name, *bounds});
    for (const QualifiedName& leaf : job::leaves_of(server, state.parent()))
        if (!(leaf == state.table))
            facts.others.push_back(leaf);
    std::sort(facts.others.begin(), facts.others.end());
    if (const auto partition = default_beside(server.session(), state); partition && has_split_guard(*partition))
        facts.guarded = partition->name;
    return facts;
}

/// Whoever detaches the leaf by hand makes the split's plan void.
void require_leaf(job::Session& server, const job::State& state) {
    const std::optional<job::LeafOf> place = job::find_parent(server.session(), state.table);
    if (place && place->parent == state.parent() && place->bound == state.bound())
        return;
    const std::string leaf = sql::quoted(state.table);
    throw refused(state.table,
                  fmt::format("it is not the partition {} of {} any more", state.bound(), sql::quoted(state.parent())),
                  fmt::format("attach it again: ALTER TABLE {} ATTACH PARTITION {} {}; or give the split up: `tripmig "
                              "swap abort {}`",
                              sql::quoted(state.parent()), leaf, state.bound(), leaf));
}

void cut_over(job::Session& server, const config::PartitionPolicy& policy, job::State& state) {
    guard_default_beside(server, state);
    const auto deadline = server.clock().steady() + server.config().swap.cutover_deadline;
    const db::UnitOutcome outcome = job::run_attempts(server, [&](const job::Attempt& attempt) {
        require_leaf(server, state);
        const db::TableInfo table = job::source_of(server, state);
        const job::WorkContext context{job::build_replacement(table, state), state, server.state_schema()};
        job::require_same_shape(context.replacement.table, state.copy().shape);
        job::require_same_fingerprint(table, state);
        job::require_own_unchanged(server, state);
        const backfill::Transfer transfer = job::build_transfer(context.replacement, state, server.state_schema());
        const auto catch_up = [&] {
            job::run_last_catch_up(
                server, transfer, [&] { return job::make_copy_leaves(server, policy, table, state); }, deadline);
        };
        catch_up();
        server.reporter().info("swap.step", fmt::format("cut over {}", sql::quoted(state.table)));
        const SplitFacts facts = read_split(server, state);
        require_no_dependents(facts.leaf, state);
        return attempt(split_cut_over_unit(context, facts, server.config().swap), catch_up);
    });
    job::store_cut_over_times(server, state, outcome);
}

void follow_up(job::Session& server, job::State& state) {
    if (!job::validate_outgoing(server, state))
        throw Error(ExitCode::refused,
                    fmt::format("{} is split, but foreign keys of {} are still NOT VALID", sql::quoted(state.table),
                                sql::quoted(state.parent())),
                    "delete or correct the rows that the warnings name, then run this again");
    Unit unit;
    unit.name = fmt::format("analyze {}", sql::quoted(state.parent()));
    state.stage = job::Stage::finished;
    unit.steps = {ddl::statement(fmt::format("ANALYZE {}", sql::quoted(state.parent())),
                                 "autovacuum never analyzes a partitioned table as a whole"),
                  db::finish_job_step(server.state_schema(), job::to_job(state))};
    job::run_step(server, unit);
}

/// Up to the cut-over and through it, or to the moment before.
class SplitMachine : public job::Machine {
  public:
    SplitMachine(job::Session& server, const config::PartitionPolicy& policy, job::State state, bool until_ready)
        : Machine(std::move(state)), m_server(server), m_policy(policy), m_until_ready(until_ready) {}

    job::Observation observe() override {
        if (m_state.stage >= job::Stage::cut_over)
            return {};
        require_leaf(m_server, m_state);
        m_table = job::source_of(m_server, m_state);
        job::require_same_fingerprint(m_table, m_state);
        return job::observe(m_server, m_table, m_state);
    }

    [[nodiscard]] job::Action next_step(const job::Observation& seen) const override {
        return job::next_step(m_state, seen, m_until_ready);
    }

    void perform(job::Action action, const job::Observation& seen) override {
        if (action == job::Action::follow_up)
            follow_up(m_server, m_state);
        else if (action == job::Action::cut_over)
            cut_over(m_server, m_policy, m_state);
        else if (!job::run_trigger_action(m_server, m_table, action, seen, m_state))
            job::run_copy_action(m_server, m_policy, m_table, action, m_state);
    }

    std::optional<job::Observation> observe_failure(job::Action /*action*/, const Error& error) override {
        if (m_state.stage >= job::Stage::cut_over || !job::was_truncated(m_server, m_table, m_state, error))
            return std::nullopt;
        return observe();
    }

    [[nodiscard]] bool holds_for_others() const noexcept override { return m_state.stage < job::Stage::cut_over; }

    void clean_up() noexcept override { drop_split_guard_quietly(m_server, m_state); }

  private:
    job::Session& m_server;
    const config::PartitionPolicy& m_policy;
    bool m_until_ready;
    db::TableInfo m_table;
};

}  // namespace

std::optional<job::State> finished_split(job::Session& server, const QualifiedName& leaf) {
    const std::optional<db::Job> job = db::find_last_job(server.session(), server.state_schema(), leaf);
    if (!job || !job->is_finished)
        return std::nullopt;
    job::State state = job::from_job(*job);
    if (!state.is<job::SplitJob>() || state.stage != job::Stage::finished)
        return std::nullopt;
    if (!job::find_parent(server.session(), leaf))
        return state;
    if (!state.is_default() || server.session().flag(fmt::format("SELECT EXISTS (SELECT FROM {})", sql::quoted(leaf))))
        return std::nullopt;
    return state;
}

job::State split(job::Session& server, const config::PartitionPolicy& policy, const QualifiedName& leaf,
                 bool until_ready) {
    const std::optional<db::Job> job = server.open_job(leaf);
    job::State state = job ? job::from_job(*job) : begin(server, policy, leaf);
    if (!state.is<job::SplitJob>())
        throw refused(leaf, "a swap of it is under way", "tripmig swap status TABLE");
    if (state.stage < job::Stage::cut_over)
        server.wait_for_orphans();
    SplitMachine machine(server, policy, std::move(state), until_ready);
    job::run_job(server, machine);
    if (machine.state().stage < job::Stage::cut_over)
        drop_split_guard_quietly(server, machine.state());  // of a run that was killed
    return machine.state();
}

job::State abort_split(job::Session& server, const QualifiedName& leaf) {
    const job::State state = job::require_job(server, leaf);
    job::AbortExtras extras;
    if (const auto partition = default_beside(server.session(), state); partition && has_split_guard(*partition)) {
        extras.steps = ddl::drop_default_guard(partition->name, split_guard_name).steps;
        extras.locks.push_back({partition->name, LockMode::access_exclusive});
    }
    return job::abort_job(server, state, extras);
}

}  // namespace tripmig::partition
