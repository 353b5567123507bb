#include "backfill/throttle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/statements.hpp"
#include "base/counted.hpp"
#include "base/duration.hpp"
#include "base/error.hpp"

namespace tripmig::backfill {

namespace chr = std::chrono;

namespace {

/// Chunks of a few milliseconds need no look each.
constexpr chr::milliseconds look_is_good_for{200};
constexpr chr::milliseconds pause_between_looks{250};
/// Transactions that a chunk ends with all that comes with it: its own, what the next look reads, notes of progress.
constexpr std::int64_t transactions_of_a_chunk = 8;
/// A probe that hangs must not hang the work unseen.
constexpr chr::seconds probe_timeout{10};

Error bad_probe(const std::string& what) {
    return {ExitCode::usage, fmt::format("the probe {}", what),
            "`probe` in [swap] must be a SELECT that returns one boolean: true to continue"};
}

Follower follower_in(const db::Row& row) {
    Follower follower;
    follower.name = row.text("name");
    follower.is_slot = row.text("kind") == "slot";
    follower.is_active = row.flag("is_active");
    follower.is_visible = row.flag("is_visible");
    follower.position = row.optional_number("position");
    if (const auto lag = row.optional_number("lag"))
        follower.reported_lag = chr::milliseconds(*lag);
    return follower;
}

}  // namespace

std::string_view kind_name(Hold::Kind kind) {
    switch (kind) {
        case Hold::Kind::paused:
            return "paused";
        case Hold::Kind::replica_lag:
            return "replica_lag";
        case Hold::Kind::slot_lag:
            return "slot_lag";
        case Hold::Kind::active_backends:
            return "active_backends";
        case Hold::Kind::probe:
            return "probe";
    }
    return "";
}

Throttle::Throttle(const config::DatabaseConfig& database, const config::SwapConfig& limits, Reporter& reporter,
                   const Clock& clock, const StopSignal& stop, std::function<bool()> is_paused)
    : m_database(database),
      m_limits(limits),
      m_reporter(reporter),
      m_clock(clock),
      m_stop(stop),
      m_is_paused(std::move(is_paused)),
      m_wal(2 * limits.max_replica_lag),
      m_made(clock.steady()) {
}

void Throttle::wait() {
    m_stop.check();
    count_traffic();
    pause_in_proportion();
    wait_for_limits();
    reset_work_timer();
}

/// Of this thread: a worker's ends with its piece of work, and another that gets its number has not worked yet.
Throttle::WorkBegan& Throttle::work_began() {
    thread_local WorkBegan began;
    return began;
}

chr::microseconds Throttle::pause_in_proportion() {
    const WorkBegan& began = work_began();
    chr::microseconds worked{0};
    if (began.of == this && began.at >= m_made)
        worked = chr::duration_cast<chr::microseconds>(m_clock.steady() - began.at);
    const chr::microseconds duration = rest_after(worked, rest_percent(), m_limits.chunk_target);
    if (duration.count() > 0)
        m_stop.wait_for(chr::ceil<chr::milliseconds>(duration));
    m_stop.check();
    reset_work_timer();
    return duration;
}

int Throttle::rest_percent() const {
    const std::lock_guard guard(m_state_guard);
    const bool is_busy = m_state.busy_tps || (m_careful > 0 && !m_knows_traffic);
    return is_busy ? std::max(m_limits.rest, m_limits.rest_when_busy) : m_limits.rest;
}

void Throttle::count_careful(int change) {
    const std::lock_guard guard(m_state_guard);
    m_careful += change;
}

void Throttle::count_traffic() {
    if (m_limits.rest_when_busy <= m_limits.rest)
        return;
    const std::lock_guard gate(m_gate);
    m_own_transactions += transactions_of_a_chunk;
    if (m_traffic.wants_look(m_clock.steady()))
        look_at_traffic();
}

void Throttle::look_at_traffic() {
    const std::int64_t ended = connection().execute(std::string(statements::transactions)).number();
    m_traffic.add(m_clock.steady(), ended, m_own_transactions);
    const std::optional<int> others = m_traffic.of_others();
    bool is_news = false;
    {
        const std::lock_guard guard(m_state_guard);
        is_news = m_state.busy_tps.has_value() != others.has_value();
        m_state.busy_tps = others;
        m_knows_traffic = m_traffic.is_known();
    }
    if (m_on_change && (is_news || others))  // a step's record may have taken the place of what was noted before
        m_on_change(state());
    if (!is_news)
        return;
    Event event{Severity::info, others ? "throttle.resting" : "throttle.full_speed", {}, {}, {}};
    event.message = others ? fmt::format(
                                 "server busy ({} transactions a second by others): pausing for {} % of the time "
                                 "worked (swap.rest_when_busy)",
                                 *others, m_limits.rest_when_busy)
                           : "server no longer busy: no pauses for other sessions";
    if (others)
        event.fields = {{"others_per_second", fmt::format("{}", *others)}};
    m_reporter.emit(event);
}

void Throttle::wait_for_limits() {
    const std::lock_guard gate(m_gate);
    if (m_looked && m_clock.steady() - *m_looked < look_is_good_for)
        return;
    while (const std::optional<Hold> hold = look()) {
        begin_hold(*hold);
        m_stop.wait_for(pause_between_looks);
        m_stop.check();
    }
    end_hold();
    m_looked = m_clock.steady();
}

ThrottleState Throttle::state() const {
    const std::lock_guard guard(m_state_guard);
    return m_state;
}

db::Connection& Throttle::connection() {
    if (!m_connection || m_connection->is_broken()) {
        m_connection =
            std::make_unique<db::Connection>(m_database, "throttle", m_reporter, m_stop, db::SessionSettings::own);
    }
    return *m_connection;
}

namespace {

std::string_view remedy(const Hold& hold) {
    return hold.kind == Hold::Kind::paused ? "; `tripmig swap resume TABLE` continues it" : "";
}

}  // namespace

std::optional<Hold> Throttle::look() {
    m_stop.check();
    if (m_is_paused && m_is_paused())
        return Hold{Hold::Kind::paused, "it is paused"};
    const ServerLoad load = read_load();
    const auto now = m_clock.steady();
    m_wal.add(now, load.wal_position);
    const LoadLimits limits{m_limits.max_replica_lag, m_limits.max_active_backends};
    tell_blind_spots(load);
    if (auto hold = hold_for(load, limits, m_wal, now))
        return hold;
    return m_limits.probe.empty() ? std::nullopt : ask_probe();
}

ServerLoad Throttle::read_load() {
    ServerLoad load;
    for (const db::Row& row : connection().execute(std::string(statements::replicas))) {
        if (row.text("kind") == "server")
            load.wal_position = row.number("position");
        else
            load.followers.push_back(follower_in(row));
    }
    if (m_limits.max_active_backends > 0) {
        const db::Row backends = m_connection->execute(std::string(statements::active_backends)).row();
        load.active_backends = static_cast<int>(backends.number("active"));
        load.hidden_backends = static_cast<int>(backends.number("hidden"));
    }
    return load;
}

/// Read only and under the search_path of the role and database, as the user would try it in psql.
std::optional<Hold> Throttle::ask_probe() {
    m_connection->execute(
        fmt::format("BEGIN READ ONLY; SET LOCAL search_path TO DEFAULT; SET LOCAL statement_timeout = {}",
                    chr::milliseconds(probe_timeout).count()));
    try {
        const db::Result answer = m_connection->execute(m_limits.probe);
        m_connection->execute("ROLLBACK");
        if (answer.size() != 1 || answer.columns() != 1)
            throw bad_probe(
                fmt::format("answered {} of {}", counted(answer.size(), "row"), counted(answer.columns(), "column")));
        const std::optional<std::string> said = answer.optional_text();
        if (said == "t")
            return std::nullopt;
        if (said && said != "f")
            throw bad_probe(fmt::format("answered \"{}\"", *said));
        return Hold{Hold::Kind::probe, fmt::format("the probe answers {}", said ? "false" : "NULL")};
    } catch (const Error& error) {
        m_connection->rollback_quietly();
        if (m_stop.is_raised() || m_connection->is_broken() || error.sqlstate().empty())
            throw;
        if (error.sqlstate() == "57014")
            return Hold{Hold::Kind::probe,
                        fmt::format("the probe does not answer within {}", to_string(probe_timeout))};
        throw bad_probe(fmt::format("failed: {}", error.message())).with_sqlstate(error.sqlstate());
    }
}

void Throttle::tell_blind_spots(const ServerLoad& load) {
    for (const std::string& spot : blind_spots(load, {m_limits.max_replica_lag, m_limits.max_active_backends})) {
        // The numbers in it change from look to look; what it is about does not.
        if (m_told.insert(spot.substr(0, spot.find(':'))).second)
            m_reporter.warning("throttle.blind", spot);
    }
}

void Throttle::begin_hold(const Hold& hold) {
    std::optional<Hold> before;
    {
        const std::lock_guard guard(m_state_guard);
        before = m_state.hold;
        if (!before) {
            m_state.since = m_clock.now();
            m_held_from = m_clock.steady();
        }
        m_state.hold = hold;
    }
    if (before && before->kind == hold.kind)
        return;
    if (m_on_change)
        m_on_change(state());
    Event event{Severity::info, "throttle.holding", fmt::format("holding: {}{}", hold.reason, remedy(hold)), {}, {}};
    event.fields = {{"kind", std::string(kind_name(hold.kind))}};
    m_reporter.emit(event);
}

void Throttle::end_hold() {
    chr::milliseconds held{0};
    {
        const std::lock_guard guard(m_state_guard);
        if (!m_state.hold)
            return;
        held = chr::duration_cast<chr::milliseconds>(m_clock.steady() - m_held_from);
        m_state.hold.reset();
        m_state.since.reset();
        m_state.held += held;
    }
    if (m_on_change)
        m_on_change(state());
    Event event{Severity::info, "throttle.released", {}, {}, {}};
    event.message = fmt::format("resuming after {:.1f} s", static_cast<double>(held.count()) / 1000);
    event.fields = {{"held_ms", fmt::format("{}", held.count())}};
    m_reporter.emit(event);
}

}  // namespace tripmig::backfill
