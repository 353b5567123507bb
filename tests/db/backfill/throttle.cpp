#include "backfill/throttle.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "config/connection_string.hpp"
#include "support/command.hpp"
#include "support/test_database.hpp"

using namespace tripmig;
using namespace tripmig::test;
using namespace std::chrono_literals;

namespace {

/// Remembers what it was told, and does something when a text comes by: that is how a test waits.
class Listener final : public Reporter {
  public:
    void emit(const Event& event) override {
        std::function<void()> act;
        {
            const std::lock_guard guard(m_guard);
            m_text += event.kind + " " + event.message + "\n";
            if (event.kind == "throttle.holding")
                act = on_hold;
        }
        if (act)
            act();
    }
    std::string text() {
        const std::lock_guard guard(m_guard);
        return m_text;
    }
    std::size_t count(const std::string& part) {
        const std::string all = text();
        std::size_t found = 0;
        for (std::size_t at = all.find(part); at != std::string::npos; at = all.find(part, at + 1))
            ++found;
        return found;
    }
    std::function<void()> on_hold;

  private:
    std::mutex m_guard;
    std::string m_text;
};

/// Goes on when the test says so.
class HandClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override { return Instant(std::chrono::microseconds(m_passed.load())); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(std::chrono::hours(1) +
                                                     std::chrono::microseconds(m_passed.load()));
    }
    void advance(std::chrono::microseconds duration) { m_passed += duration.count(); }

  private:
    std::atomic<std::chrono::microseconds::rep> m_passed{0};
};

struct Bench {
    Bench() { database.parameters = config::parse_connection_string(server.url()); }

    backfill::Throttle throttle(std::function<bool()> is_paused = {}) {
        return {database, limits, listener, clock, stop, std::move(is_paused)};
    }

    TestDatabase server;
    config::DatabaseConfig database;
    config::SwapConfig limits;
    Listener listener;
    HandClock clock;
    StopSignal stop;
};

ExitCode code_of(backfill::Throttle& throttle, std::string& message) {
    try {
        throttle.wait();
    } catch (const Error& error) {
        message = error.message();
        return error.code();
    }
    return ExitCode::ok;
}

}  // namespace

TEST_CASE("an idle server holds nothing up and is told of nothing") {
    Bench bench;
    backfill::Throttle throttle = bench.throttle();
    throttle.wait();
    CHECK(bench.listener.text().find("throttle.holding") == std::string::npos);
    CHECK_FALSE(throttle.state().hold);
    CHECK(throttle.state().held == 0ms);
}

TEST_CASE("paused until somebody resumes: told once each, and counted") {
    Bench bench;
    std::atomic<int> asked{0};
    backfill::Throttle throttle = bench.throttle([&] {
        bench.clock.advance(100ms);
        return ++asked < 4;
    });
    throttle.wait();
    CHECK(asked == 4);
    CHECK(bench.listener.count("throttle.holding holding: it is paused") == 1);
    CHECK(bench.listener.count("throttle.released resuming after") == 1);
    CHECK_FALSE(throttle.state().hold);
    CHECK(throttle.state().held == 300ms);
    throttle.wait();  // the look of a moment ago still counts
    CHECK(asked == 4);
}

TEST_CASE("the state can be read while it holds, and the stop signal ends the wait") {
    Bench bench;
    std::string during;
    backfill::Throttle throttle = bench.throttle([] { return true; });
    bench.listener.on_hold = [&] {
        during = throttle.state().hold.value_or(backfill::Hold{}).reason;
        bench.stop.raise(SIGTERM);
    };
    std::string message;
    CHECK(code_of(throttle, message) == ExitCode::terminated);
    CHECK(during == "it is paused");
}

TEST_CASE("the probe is the user's own SQL: true goes on, anything else holds") {
    Bench bench;
    bench.server.exec("CREATE TABLE gate (open boolean); INSERT INTO gate VALUES (false)");
    bench.limits.probe = "SELECT open FROM gate";  // under the role's own search_path
    bench.listener.on_hold = [&] { bench.server.exec("UPDATE gate SET open = true"); };
    backfill::Throttle throttle = bench.throttle();
    throttle.wait();
    CHECK(bench.listener.count("holding: the probe answers false") == 1);
    CHECK(bench.listener.count("throttle.released") == 1);
}

TEST_CASE("a probe that is no question is a mistake of the configuration, and can't change anything") {
    Bench bench;
    bench.server.exec("CREATE TABLE gate (open boolean)");
    const auto message_of = [&bench](const std::string& probe) {
        bench.limits.probe = probe;
        backfill::Throttle throttle = bench.throttle();
        std::string message;
        CHECK(code_of(throttle, message) == ExitCode::usage);
        return message;
    };
    CHECK(message_of("SELECT opne FROM gate") == "the probe failed: column \"opne\" does not exist");
    CHECK(message_of("SELECT open FROM gate") == "the probe answered 0 rows of 1 column");
    CHECK(message_of("SELECT 5") == "the probe answered \"5\"");
    CHECK(message_of("INSERT INTO gate VALUES (true) RETURNING open").find("read-only transaction") !=
          std::string::npos);
}

TEST_CASE("it rests in proportion to the work since its last call, and a signal ends the rest") {
    Bench bench;
    bench.limits.rest = 300;
    bench.limits.chunk_target = 1h;
    backfill::Throttle throttle = bench.throttle();
    throttle.wait();
    bench.clock.advance(50ms);
    CHECK(throttle.pause_in_proportion() == 150ms);
    bench.clock.advance(20ms);
    const auto began = std::chrono::steady_clock::now();
    throttle.wait();
    CHECK(std::chrono::steady_clock::now() - began >= 60ms);
    bench.limits.rest = 10'000'000;
    bench.clock.advance(10ms);
    std::thread other([&bench] { bench.stop.raise(SIGTERM); });
    CHECK_THROWS_AS(throttle.wait(), Error);
    other.join();
}

TEST_CASE("what was rested for within a piece of work is not rested for after it") {
    Bench bench;
    backfill::Throttle throttle = bench.throttle();
    CHECK_FALSE(throttle.is_resting());
    throttle.wait();
    bench.clock.advance(20ms);
    CHECK(throttle.pause_in_proportion() == 0ms);
    bench.limits.rest = 500;
    bench.limits.chunk_target = 1h;
    CHECK(throttle.is_resting());
    bench.clock.advance(100ms);
    CHECK(throttle.pause_in_proportion() == 500ms);
    CHECK(throttle.pause_in_proportion() == 0ms);
    throttle.wait();
    bench.stop.raise(SIGTERM);
    CHECK_THROWS_AS(throttle.pause_in_proportion(), Error);
}

TEST_CASE("nobody rests for what came before the work") {
    Bench bench;
    bench.limits.rest = 10'000;
    bench.limits.chunk_target = 1h;
    const auto made_anew = [&bench](std::optional<backfill::Throttle>& throttle) -> backfill::Throttle& {
        return throttle.emplace(bench.database, bench.limits, bench.listener, bench.clock, bench.stop);
    };
    std::optional<backfill::Throttle> throttle;
    made_anew(throttle).wait();
    bench.clock.advance(200ms);
    CHECK(made_anew(throttle).pause_in_proportion() == 0ms);  // at the same place in memory, by the same thread
    for (int worker = 0; worker < 2; ++worker) {
        std::chrono::microseconds rested{1};
        std::thread([&] {
            rested = throttle->pause_in_proportion();
            throttle->wait();
        }).join();  // the second often has the first one's number
        CHECK(rested == 0ms);
        bench.clock.advance(200ms);
    }
}

TEST_CASE("it rests for others while they keep the server busy, and tells when that begins and ends") {
    Bench bench;
    bench.limits.rest_when_busy = 300;
    bench.limits.chunk_target = 10ms;
    backfill::Throttle throttle = bench.throttle();
    const Connection service = bench.server.connect();
    const bool can_flush = std::stoi(service.scalar("SHOW server_version_num")) >= 150000;  // else within a second
    const auto work_until = [&](const std::string& kind, bool is_busy) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (bench.listener.count(kind) == 0 && std::chrono::steady_clock::now() < deadline) {
            for (int i = 0; is_busy && i < 1000; ++i)
                service.exec("SELECT 1");
            if (can_flush)
                service.exec("SELECT pg_stat_force_next_flush() FROM pg_class LIMIT 1");  // without a relation there is
                                                                                          // nothing to flush
            bench.clock.advance(2s);
            throttle.reset_work_timer();
            throttle.wait();
        }
        return bench.listener.count(kind);
    };
    CHECK(work_until("throttle.resting ", true) == 1);
    CHECK(throttle.state().busy_tps.value_or(0) > 50);
    bench.clock.advance(50ms);
    CHECK(throttle.pause_in_proportion() == 150ms);
    CHECK(work_until("throttle.full_speed ", false) == 1);
    CHECK_FALSE(throttle.state().busy_tps);
    CHECK(bench.listener.count("throttle.resting ") == 1);
}

TEST_CASE("careful work counts an unknown server as busy; what is known by two looks counts from then on") {
    Bench bench;
    backfill::Throttle throttle = bench.throttle();
    CHECK(throttle.rest_percent() == 0);
    {
        const backfill::Throttle::Careful careful(throttle);
        CHECK(throttle.rest_percent() == bench.limits.rest_when_busy);
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (throttle.is_resting() && std::chrono::steady_clock::now() < deadline) {
            bench.clock.advance(2s);
            throttle.wait();  // nobody else is at work here
        }
        CHECK_FALSE(throttle.is_resting());
    }
}

TEST_CASE("active backends of others hold it up, until there are fewer") {
    Bench bench;
    bench.limits.max_active_backends = 1;
    const Connection keeper = bench.server.connect();
    keeper.exec("SELECT pg_advisory_lock(7)");
    std::vector<std::thread> busy;
    for (int i = 0; i < 3; ++i)
        busy.emplace_back([&bench] { bench.server.connect().exec("SELECT pg_advisory_lock_shared(7)"); });
    wait_until(bench.server, "SELECT count(*) = 3 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
    bench.listener.on_hold = [&keeper] { keeper.exec("SELECT pg_advisory_unlock(7)"); };
    backfill::Throttle throttle = bench.throttle();
    throttle.wait();
    CHECK(bench.listener.count("backends are active, more than max_active_backends = 1") == 1);
    CHECK(bench.listener.count("throttle.released") == 1);
    for (std::thread& thread : busy)
        thread.join();
}

TEST_CASE("sessions of other roles are hidden from an ordinary role, and that is said once") {
    Bench bench;
    bench.limits.max_active_backends = 100;
    const Connection other(bench.server.superuser_url());
    backfill::Throttle throttle = bench.throttle();
    throttle.wait();
    bench.clock.advance(250ms);  // longer than one look is good for
    throttle.wait();
    CHECK(bench.listener.count("throttle.blind this role cannot see which sessions of other roles are active") == 1);
}

TEST_CASE("a slot whose reader stands still holds the work up; a slot without reader is told of") {
    Bench bench;
    const Connection root(bench.server.superuser_url());
    const TemporaryFolder folder;
    const std::string slot = "slot_" + bench.server.name();
    root.exec("SELECT pg_create_physical_replication_slot('" + slot + "', true)");
    {
        backfill::Throttle throttle = bench.throttle();
        throttle.wait();
        CHECK(bench.listener.count("nobody reads from replication slot " + slot) == 1);
    }
    {
        BackgroundCommand reader({"pg_receivewal", "-D", folder.path().string(), "-S", slot, "--synchronous",
                                  "--dbname", bench.server.superuser_url()});
        const auto beginning = std::chrono::steady_clock::now() + 30s;
        while (reader.is_running() && std::chrono::steady_clock::now() < beginning &&
               root.scalar("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'") != "t")
            std::this_thread::sleep_for(1ms);
        if (!reader.is_running() && reader.err().find("incompatible server version") != std::string::npos) {
            MESSAGE("skipped: ", reader.err());
            root.exec("SELECT pg_drop_replication_slot('" + slot + "')");
            return;
        }
        reader.kill(SIGSTOP);
        bench.limits.max_replica_lag = 50ms;
        bench.listener.on_hold = [&reader] { reader.kill(SIGCONT); };
        backfill::Throttle throttle = bench.throttle();
        bench.server.exec("CREATE TABLE rows AS SELECT generate_series(1, 100000) AS n");
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (bench.listener.count("throttle.released") == 0 && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(10ms);  // the slot falls behind as time passes on the server
            bench.clock.advance(250ms);
            throttle.wait();
        }
        CHECK(bench.listener.count("holding: replication slot " + slot + " is") == 1);
        CHECK(bench.listener.count("throttle.released") == 1);
    }
    wait_until(bench.server, "SELECT NOT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
    root.exec("SELECT pg_drop_replication_slot('" + slot + "')");
}
