#include "migrate/rehearse/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "migrate/statements.hpp"

namespace tripmig::migrate {

namespace {

std::optional<LockMode> mode_of(std::string_view name) {
    constexpr std::array<std::string_view, 8> names{
        "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
        "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
    const auto* const found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        return std::nullopt;
    return static_cast<LockMode>(found - names.begin());
}

struct SeenRelation {
    std::string name;
    std::string filenode;
    bool is_table = false;
};

/// One look: rehearse_observe.sql.
struct Observation {
    std::set<std::pair<std::string, std::string>> locks;  ///< OID and mode
    std::map<std::string, SeenRelation> relations;        ///< by OID
    std::map<std::string, std::string> scans;             ///< OID and count

    void add(const std::string& kind, const std::string& oid, std::string what, std::string filenode) {
        if (kind == "lock")
            locks.emplace(oid, std::move(what));
        else if (kind == "scan")
            scans[oid] = std::move(what);
        else
            relations[oid] = {std::move(what), std::move(filenode), kind == "table"};
    }
};

Observation observation_in(const db::Result& result) {
    Observation observation;
    for (const db::Row& row : result)
        observation.add(row.text("kind"), row.text("oid"), row.text_or_empty("what"), row.text_or_empty("filenode"));
    return observation;
}

void add_lock(const std::map<std::string, SeenRelation>& relations, const std::string& oid, std::string_view mode_name,
              lint::Effects& effects) {
    const auto relation = relations.find(oid);
    const auto mode = mode_of(mode_name);
    if (relation != relations.end() && mode)
        effects.lock(relation->second.name, *mode);
}

/// What changed between two looks, of relations that were there when the transaction began.
void compare(const Observation& first, const Observation& before, const Observation& after, SeenStatement& seen) {
    lint::Effects effects;
    for (const auto& [oid, mode] : after.locks)
        if (before.locks.count({oid, mode}) == 0)
            add_lock(first.relations, oid, mode, effects);
    seen.locks = std::move(effects.locks);
    for (const auto& [oid, relation] : after.relations) {
        const auto former = before.relations.find(oid);
        if (first.relations.count(oid) > 0 && former != before.relations.end() &&
            former->second.filenode != relation.filenode)
            seen.rewritten.push_back(relation.name);
    }
    for (const auto& [oid, count] : after.scans) {
        const auto former = before.scans.find(oid);
        const auto relation = first.relations.find(oid);
        if (relation != first.relations.end() && (former == before.scans.end() || former->second != count))
            seen.scanned.push_back(relation->second.name);
    }
}

/// A user's statement, or a step that says itself what it locks.
bool is_watched(const Step& step) {
    return step.source.has_value() || !step.locks.empty();
}

SeenStatement seen_of(const Unit& unit, const Step& step) {
    SeenStatement seen;
    seen.where = step.source ? fmt::format("{}:{}", step.source->file, step.source->line) : unit.name;
    seen.sql = step.sql;
    return seen;
}

Step observe_step(const std::string& state_schema) {
    Step step;
    step.sql = statements::rehearse_observe;
    step.parameters = {state_schema};
    step.why = "what the statement before it locked and read";
    return step;
}

}  // namespace

RehearseWatch::RehearseWatch(const config::DatabaseConfig& database, std::string state_schema, Reporter& reporter,
                             const StopSignal& stop)
    : m_database(database),
      m_state_schema(std::move(state_schema)),
      m_reporter(reporter),
      m_stop(stop),
      m_session(database, "rehearse") {
}

std::vector<SeenStatement> RehearseWatch::take() {
    return std::exchange(m_seen, {});
}

db::UnitOutcome RehearseWatch::run(db::Executor& executor, const Unit& unit) {
    const auto watched = std::find_if(unit.steps.begin(), unit.steps.end(), is_watched);
    if (watched == unit.steps.end())
        return executor.run(unit);
    return unit.transaction == Transaction::inside ? run_inside(executor, unit) : run_alone(executor, unit, *watched);
}

/// A look before the first statement and one behind each; they are no results of the unit's own.
db::UnitOutcome RehearseWatch::run_inside(db::Executor& executor, const Unit& unit) {
    Unit watched = unit;
    watched.steps = {observe_step(m_state_schema)};
    for (const Step& step : unit.steps) {
        watched.steps.push_back(step);
        if (is_watched(step))
            watched.steps.push_back(observe_step(m_state_schema));
    }
    db::UnitOutcome outcome = executor.run(watched);
    const Observation first = observation_in(outcome.results.at(0));
    Observation before = first;
    std::vector<db::Result> own;
    std::size_t at = 1;
    for (const Step& step : unit.steps) {
        own.push_back(outcome.results.at(at++));
        if (!is_watched(step))
            continue;
        Observation after = observation_in(outcome.results.at(at++));
        SeenStatement seen = seen_of(unit, step);
        compare(first, before, after, seen);
        m_seen.push_back(std::move(seen));
        before = std::move(after);
    }
    outcome.results = std::move(own);
    return outcome;
}

namespace {

/// Holds all tables in a mode that lets readers and writers through and makes every statement of the kind wait that
/// can't be in a transaction: until it waits, so that the lock it wants is seen, or has ended without. Then goes on
/// looking.
class Sampler {
  public:
    Sampler(db::Session& session, std::unique_ptr<db::Connection> holder, const Observation& before, int pid)
        : m_session(session), m_holder(std::move(holder)), m_before(before), m_pid(pid) {
        hold();
        m_thread = std::thread([this] { look(); });
    }
    ~Sampler() { finish(); }
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    std::vector<lint::TableLock> finish() {
        m_is_done = true;
        if (m_thread.joinable())
            m_thread.join();
        return m_effects.locks;
    }

  private:
    void hold() {
        std::vector<std::string> tables;
        for (const auto& [oid, relation] : m_before.relations)
            if (relation.is_table)
                tables.push_back("ONLY " + relation.name);
        if (tables.empty())
            return;
        try {
            m_holder->execute("BEGIN; SET LOCAL search_path = public");
            m_holder->execute(fmt::format("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE", fmt::join(tables, ", ")));
        } catch (const Error&) {  // a table of somebody else's: then only what luck shows is seen
            m_holder->rollback_quietly();
        }
    }

    void look() {
        try {
            while (!m_is_done) {
                sample();
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        } catch (const Error&) {  // the locks seen until then are right; the statement tells its own failure
        }
        m_holder->rollback_quietly();
    }

    void sample() {
        bool waits = false;
        for (const db::Row& row :
             m_session.read(std::string(statements::rehearse_sample), {fmt::format("{}", m_pid)})) {
            add_lock(m_before.relations, row.text("oid"), row.text("mode"), m_effects);
            waits = waits || !row.flag("granted");
        }
        if (waits)
            m_holder->rollback_quietly();
    }

    db::Session& m_session;
    std::unique_ptr<db::Connection> m_holder;
    const Observation& m_before;
    int m_pid;
    lint::Effects m_effects;
    std::atomic<bool> m_is_done{false};
    std::thread m_thread;
};

}  // namespace

db::UnitOutcome RehearseWatch::run_alone(db::Executor& executor, const Unit& unit, const Step& watched) {
    const auto look = [&] {
        return observation_in(m_session.read(std::string(statements::rehearse_observe), {m_state_schema}));
    };
    const Observation before = look();
    SeenStatement seen = seen_of(unit, watched);
    seen.is_sampled = true;
    Sampler sampler(
        m_session,
        std::make_unique<db::Connection>(m_database, "rehearse", m_reporter, m_stop, db::SessionSettings::own), before,
        executor.connection().protocol_backend_pid());
    db::UnitOutcome outcome = executor.run(unit);
    std::vector<lint::TableLock> locks = sampler.finish();
    compare(before, before, look(), seen);
    seen.locks = std::move(locks);
    seen.scanned.clear();
    m_seen.push_back(std::move(seen));
    return outcome;
}

}  // namespace tripmig::migrate
