#include "partition/table_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/backoff.hpp"
#include "base/duration.hpp"
#include "ddl/statement_step.hpp"
#include "job/locks/blockers.hpp"
#include "partition/archive/retire.hpp"
#include "partition/create.hpp"
#include "partition/health.hpp"
#include "partition/inspect.hpp"
#include "partition/plan.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace chr = std::chrono;

namespace {

/// While a lock that writers wait behind is asked for, they wait too: briefly at first, longer when that was not
/// enough, and with pauses so long that few of a minute's writers meet an attempt.
constexpr std::array budgets{chr::milliseconds(10), chr::milliseconds(25), chr::milliseconds(50),
                             chr::milliseconds(100)};
constexpr int pause_of_budget = 200;

chr::milliseconds budget_of(int attempt, chr::milliseconds most) {
    const auto place = static_cast<std::size_t>(attempt - 1);
    return place < budgets.size() ? std::min(budgets.at(place), most) : most;
}

enum class Attachment { attached, pending, detached };

Attachment attachment_of(db::StepConnection& connection, const QualifiedName& partition) {
    Step look;
    look.sql =
        "SELECT i.inhdetachpending FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = "
        "i.inhrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND "
        "c.relname = $2";
    look.parameters = {partition.schema, partition.name};
    const auto is_pending = connection.execute(look).optional_flag();
    if (!is_pending)
        return Attachment::detached;
    return *is_pending ? Attachment::pending : Attachment::attached;
}

}  // namespace

TableRun::TableRun(Server& server, const config::PartitionPolicy& policy, const Limits& limits, TableOverview overview)
    : m_server(server), m_policy(policy), m_limits(limits), m_snapshot(std::move(overview.snapshot)) {
    m_outcome.table = policy.table;
    m_outcome.file = policy.file;
    if (m_snapshot)
        m_outcome.key = m_snapshot->coverage.key;
    if (overview.error)
        fail(*overview.error);
}

void TableRun::fail(const Error& error) {
    m_has_failed = true;
    m_not_before.reset();
    m_outcome.errors.push_back(of_table(error));
}

void TableRun::plan_stage(MaintenancePlan& plan) {
    Snapshot& snapshot = *m_snapshot;
    switch (m_stage) {
        case Stage::ahead:
            if (ddl::is_number(snapshot.coverage.key))
                inspect_newest_number(m_server.session.get(), snapshot);
            if (!may_have_work(snapshot, m_policy, m_limits))
                break;
            inspect_missing(m_server.session.get(), m_policy, m_limits, snapshot);
            plan_ahead(snapshot, m_policy, m_limits, plan);
            break;
        case Stage::gaps:
            if (!may_have_work(snapshot, m_policy, m_limits))
                break;
            inspect_gaps(m_server.session.get(), m_policy, m_limits, snapshot);
            plan_gaps(snapshot, m_policy, m_limits, plan);
            break;
        case Stage::expired:
            inspect_sizes(m_server.session.get(), m_policy, snapshot);
            if (may_have_work(snapshot, m_policy, m_limits))
                inspect_expired(m_server.session.get(), m_policy, m_limits, snapshot);
            plan_expired(snapshot, m_policy, m_limits, plan);
            require_state(plan);
            if (snapshot.default_partition || snapshot.has_registry)
                inspect_surroundings(m_server.session.get(), m_policy, snapshot);
            plan_notes(snapshot, m_policy, plan);
            break;
        case Stage::finished:
            break;
    }
}

/// What can't be recorded is not done.
void TableRun::require_state(const MaintenancePlan& plan) const {
    const bool is_recorded = std::any_of(plan.acts.begin(), plan.acts.end(), [](const Act& act) {
        return act.kind != Act::Kind::analyze && act.kind != Act::Kind::finish_detach;
    });
    if (is_recorded && m_server.state_error)
        throw m_server.state_error->rewrapped(m_server.state_error->code(), "no partition is detached: ");
}

void TableRun::prepare() {
    MaintenancePlan plan;
    plan.table = m_policy.table;
    plan.key = m_outcome.key;
    try {
        plan_stage(plan);
    } catch (const Error& error) {
        if (m_server.concerns_every_table(error))
            throw;
        fail(error);
        return;
    }
    for (const std::string& note : plan.notes) {
        m_server.reporter.warning("maintain.note", note);
        m_outcome.notes.push_back(note);
    }
    m_outcome.errors.insert(m_outcome.errors.end(), plan.refusals.begin(), plan.refusals.end());
    m_acts = std::move(plan.acts);
    m_act = 0;
    m_unit = 0;
    m_attempts = 0;
    m_is_prepared = true;
}

void TableRun::advance(Stage until) {
    m_not_before.reset();
    while (!m_has_failed && m_stage <= until && m_stage != Stage::finished) {
        if (!m_is_prepared)
            prepare();
        if (!m_has_failed)
            perform();
        if (m_has_failed || is_blocked())
            return;
        m_stage = static_cast<Stage>(static_cast<int>(m_stage) + 1);
        m_is_prepared = false;
    }
}

/// The file comes before any lock; then the table goes, when it still has what is in the file.
TableRun::Done TableRun::write_file(Act& act) {
    const auto partition =
        std::find_if(m_snapshot->detached.begin(), m_snapshot->detached.end(),
                     [&](const DetachedPartition& each) { return each.leaf.name == act.leaves.front().name; });
    try {
        const Archived archived = write_archive(*m_server.database, archive_order(*partition, m_policy.archive),
                                                m_server.reporter, m_server.stop);
        act.units = {drop_archived(*partition, archived, true, m_limits)};
        return Done::yes;
    } catch (const Error& error) {
        if (m_server.concerns_every_table(error))
            throw;
        m_outcome.errors.push_back(of_table(error));
        return Done::without;
    }
}

void TableRun::perform() {
    for (; m_act < m_acts.size(); ++m_act, m_unit = 0) {
        Done done = Done::yes;
        if (m_acts[m_act].kind == Act::Kind::archive && m_unit == 0 && m_attempts == 0)
            done = write_file(m_acts[m_act]);
        const Act act = m_acts[m_act];
        for (; m_unit < act.units.size() && done == Done::yes; ++m_unit) {
            m_server.stop.check();
            done = perform_unit(act, act.units[m_unit]);
            if (done == Done::later)
                return;
            m_attempts = 0;
            m_deadline.reset();
        }
        if (done == Done::yes)
            complete(act);
    }
}

/// Rows of a new partition came to DEFAULT after they were counted: the others are created without it.
TableRun::Done TableRun::without_default_rows(const Act& act, const Error& error) {
    m_deed = Deed{};
    if (act.leaves.size() == 1) {
        m_outcome.errors.push_back(taken_by_default(*m_snapshot, act.leaves.front(), error));
        return Done::without;
    }
    std::vector<Act> single = one_by_one(*m_snapshot, act, m_limits);
    m_acts.insert(m_acts.begin() + static_cast<std::ptrdiff_t>(m_act + 1), std::make_move_iterator(single.begin()),
                  std::make_move_iterator(single.end()));
    return Done::without;
}

TableRun::Done TableRun::perform_unit(const Act& act, Unit unit) {
    ++m_attempts;
    if (unit.lock_budget.count() > 0)
        unit.lock_budget = budget_of(m_attempts, unit.lock_budget);
    const auto started = m_server.clock.steady();
    try {
        const auto outcome = unit.transaction == Transaction::none ? std::optional(m_server.executor.run(unit))
                                                                   : m_server.executor.try_once(unit, m_attempts);
        if (!outcome) {
            wait_for_lock(act, unit);
            return Done::later;
        }
        const auto took = chr::duration_cast<chr::microseconds>(m_server.clock.steady() - started);
        m_deed.took += took;
        m_deed.held += outcome->held.count() > 0 ? outcome->held : took;
        m_deed.attempts = std::max(m_deed.attempts, outcome->attempts);
        return Done::yes;
    } catch (const Error& error) {
        if (m_server.concerns_every_table(error))
            throw;
        if (act.kind == Act::Kind::create && m_snapshot->default_partition && error.sqlstate() == "23514")
            return without_default_rows(act, error);
        if (act.kind == Act::Kind::drop || act.kind == Act::Kind::archive) {
            m_outcome.errors.push_back(of_table(error));
            return Done::without;
        }
        if (act.kind != Act::Kind::analyze) {
            fail(half_way(act, error));
            return Done::later;
        }
        m_server.reporter.warning("maintain.analyze", fmt::format("{}: {}", unit.name, error.message()));
        return Done::yes;
    }
}

/// Who holds what the unit wants, when the attempt was too short to see it.
std::string TableRun::blockers(const Unit& unit) {
    if (unit.lock_first.empty())
        return {};
    const job::Blockers found = job::find_blockers(m_server.session.get(), unit.lock_first, chr::milliseconds(0));
    if (!found.who.empty() && found.is_only_autovacuum()) {
        // It leaves for whoever waits longer than deadlock_timeout, which no attempt of ours does. Nobody waits behind
        // this lock.
        Unit wait;
        wait.name = "let autovacuum leave " + sql::quoted(m_policy.table);
        wait.steps.push_back(ddl::statement("SET LOCAL lock_timeout = 3000", "longer than deadlock_timeout"));
        for (const LockRequest& lock : unit.lock_first)
            wait.steps.push_back(ddl::statement(
                fmt::format("LOCK TABLE ONLY {} IN SHARE UPDATE EXCLUSIVE MODE", sql::quoted(lock.relation)),
                "nobody else waits behind this lock"));
        m_server.executor.try_once(wait, 1);
    }
    return found.text();
}

void TableRun::wait_for_lock(const Act& act, const Unit& unit) {
    const db::Executor::Obstacle obstacle = m_server.executor.obstacle().value();
    const std::string seen = obstacle.blockers.empty() ? blockers(unit) : obstacle.blockers;
    const std::string whom = seen.empty() ? std::string() : "; it waited for " + seen;
    const auto now = m_server.clock.steady();
    const auto patience = m_server.executor.policy().lock_deadline;
    if (!m_deadline)
        m_deadline = now + patience;
    if (now >= *m_deadline) {
        const Error late =
            Error(ExitCode::lock_deadline,
                  fmt::format("{}: no lock within {} s in {} attempts{}", unit.name,
                              chr::duration_cast<chr::seconds>(patience).count(), m_attempts, whom),
                  "it was rolled back; run it again at a quieter time, end what holds the lock, or raise lock_deadline")
                .with_sqlstate(obstacle.error.sqlstate())
                .with_detail(obstacle.error.message());
        fail(half_way(act, late));
        return;
    }
    const auto pause = std::max(retry_pause(m_attempts, any_fraction), unit.lock_budget * pause_of_budget);
    m_not_before = std::min(now + pause, std::max(*m_deadline, now + chr::milliseconds(50)));
    Event event{Severity::info, "lock.retry", {}, {}, {}};
    event.message =
        fmt::format("{}: {}{}; attempt {} in {}, other tables first", unit.name,
                    obstacle.error.sqlstate() == "55P03" ? "lock timeout" : obstacle.error.message(), whom,
                    m_attempts + 1, elapsed_text(chr::duration_cast<chr::microseconds>(*m_not_before - now)));
    event.fields = {{"table", sql::quoted(m_policy.table)},
                    {"unit", unit.name},
                    {"sqlstate", obstacle.error.sqlstate()},
                    {"attempt", fmt::format("{}", m_attempts)},
                    {"blockers", seen}};
    m_server.reporter.emit(event);
}

std::vector<ddl::Leaf>* TableRun::list_of(Act::Kind kind) {
    switch (kind) {
        case Act::Kind::create:
            return &m_outcome.created;
        case Act::Kind::detach:
        case Act::Kind::finish_detach:
            return &m_outcome.detached;
        case Act::Kind::drop:
        case Act::Kind::archive:
            return &m_outcome.dropped;
        case Act::Kind::clean_up:
        case Act::Kind::drop_check:
        case Act::Kind::analyze:
            break;
    }
    return nullptr;
}

void TableRun::tell(const ddl::Leaf& leaf, std::string_view verb) {
    Event event{Severity::info, fmt::format("partition.{}", verb), {}, {}, {}};
    event.message = fmt::format("{} {} {}", verb, sql::quoted(leaf.name), ddl::describe(m_outcome.key, leaf.bounds));
    event.fields = {{"table", sql::quoted(m_policy.table)},
                    {"partition", sql::quoted(leaf.name)},
                    {"from", ddl::describe(m_outcome.key, leaf.bounds.lower)},
                    {"to", ddl::describe(m_outcome.key, leaf.bounds.upper)}};
    m_server.reporter.emit(event);
}

void TableRun::complete(const Act& act) {
    m_deed.kind = act.kind;
    m_deed.leaves = act.leaves;
    m_deed.locks = strongest_locks(act);
    if (std::vector<ddl::Leaf>* list = list_of(act.kind); list != nullptr) {
        list->insert(list->end(), act.leaves.begin(), act.leaves.end());
        const std::string_view verb = list == &m_outcome.created    ? "created"
                                      : list == &m_outcome.detached ? "detached"
                                                                    : "dropped";
        for (const ddl::Leaf& leaf : act.leaves)
            tell(leaf, verb);
    }
    if (act.kind == Act::Kind::drop_check)
        m_server.reporter.warning(
            "maintain.check",
            fmt::format("dropped a CHECK of {} that refused rows; an older version of tripmig had left it",
                        sql::quoted(m_snapshot->default_partition->name)));
    m_outcome.deeds.push_back(std::exchange(m_deed, Deed{}));
}

std::string TableRun::changed_before() const {
    std::string text;
    for (const auto& [verb, leaves] :
         {std::pair("created", &m_outcome.created), std::pair("detached", &m_outcome.detached),
          std::pair("dropped", &m_outcome.dropped)})
        for (const ddl::Leaf& leaf : *leaves)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", verb, sql::quoted(leaf.name));
    return text;
}

/// A lock that did not come in time leaves the table as it was only when nothing was done before it.
Error TableRun::half_way(const Act& act, const Error& error) const {
    if (error.code() != ExitCode::lock_deadline)
        return error;
    const std::string name = act.leaves.empty() ? sql::quoted(m_policy.table) : sql::quoted(act.leaves.front().name);
    const bool detaches = act.kind == Act::Kind::detach || act.kind == Act::Kind::finish_detach;
    const Attachment attachment =
        detaches ? attachment_of(m_server.executor.connection(), act.leaves.front().name) : Attachment::attached;
    if (attachment == Attachment::pending)
        return error.rewrapped(ExitCode::stopped_half_way, fmt::format("the detach of {} is pending: ", name))
            .with_hint(fmt::format("{} no longer shows the rows of {}; run `tripmig partition maintain` again when the "
                                   "transaction that it waits for has ended: it finishes the detach",
                                   sql::quoted(m_policy.table), name));
    if (attachment == Attachment::detached)
        return error.rewrapped(ExitCode::stopped_half_way)
            .with_hint(fmt::format("{} is detached; run `tripmig partition maintain` again: it does the rest", name));
    const std::string before = changed_before();
    if (before.empty() && m_unit == 0)
        return error;
    return error.rewrapped(ExitCode::stopped_half_way)
        .with_hint(fmt::format("this run already {}; to do the rest, run `tripmig partition maintain` again at a "
                               "quieter time, or end what "
                               "holds the lock first",
                               before.empty() ? "started with " + name : before));
}

TableOutcome TableRun::finish() {
    if (m_snapshot)
        m_outcome.health = health_after(std::move(*m_snapshot), m_policy, m_limits, m_outcome.created,
                                        m_outcome.detached, m_outcome.dropped);
    return std::move(m_outcome);
}

}  // namespace tripmig::partition
