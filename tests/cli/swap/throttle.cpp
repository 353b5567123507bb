// What holds a swap and what ends it, from outside: active backends, signals, the size of its chunks. The probe, pause
// and replicas have files of their own: swap_status, swap_pause, swap_replica.
#include <doctest/doctest.h>

#include <csignal>

#include "cli/swap/writers.hpp"

using namespace tripmig::test;

TEST_CASE("too many active backends: the work holds until they are fewer") {
    const SwapFixture room;
    fill_for_writers(room);
    room.folder.write("tripmig.toml", "[swap]\nmax_active_backends = 1\n");
    const Connection holder = room.database.connect();
    holder.exec("SELECT pg_advisory_lock(1), pg_advisory_lock(2)");
    BackgroundCommand first({"psql", "-Xqc", "SELECT pg_advisory_lock(1)", room.database.url()});
    BackgroundCommand second({"psql", "-Xqc", "SELECT pg_advisory_lock(2)", room.database.url()});
    wait_until(room.database,
               "SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'");
    BackgroundCommand work(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    work.wait_for_text("backends are active, more than max_active_backends = 1");
    CHECK(room.swap({"status", "orders"})["holding"]["kind"] == "active_backends");
    CHECK(work.is_running());
    holder.exec("SELECT pg_advisory_unlock_all()");
    CHECK(first.wait().exit_code == 0);
    CHECK(second.wait().exit_code == 0);
    const CommandResult result = work.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("resuming after ") != std::string::npos);
}

TEST_CASE("SIGINT and SIGTERM end it cleanly while it holds and while it works; the next run goes on") {
    for (const int signal_number : {SIGINT, SIGTERM}) {
        const int exit_code = 128 + signal_number;
        CAPTURE(signal_number);
        const SwapFixture room;
        fill_for_writers(room);
        room.database.exec("CREATE TABLE gate (is_open bool); INSERT INTO gate VALUES (false)");
        room.folder.write("tripmig.toml", "[swap]\nprobe = \"SELECT is_open FROM public.gate\"\n");
        const std::vector<std::string> run = tripmig_command({"swap", "run", "orders", "--strategy", "copy"});
        BackgroundCommand holding(run, room.surroundings());
        holding.wait_for_text("holding");
        holding.kill(signal_number);
        CHECK(holding.wait().exit_code == exit_code);
        room.database.exec("UPDATE gate SET is_open = true");
        BackgroundCommand working(run, room.surroundings());
        working.wait_for_text("load the copy");
        working.kill(signal_number);
        const CommandResult stopped = working.wait();
        CHECK((stopped.exit_code == exit_code || stopped.exit_code == 0));
        CHECK(room.swap({"status", "orders"})["worker"].is_null());
        CHECK(room.database.scalar(
                  "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'tripmig%' AND state <> 'idle'") ==
              "0");
        CHECK(room.tripmig({"swap", "run", "orders"}).exit_code == 0);
        CHECK(room.swap({"status", "orders"})["stage"] == "complete");
        CHECK(room.database.scalar("SELECT count(*) FROM orders") == "20000");
    }
}

TEST_CASE("chunks size themselves to chunk_target") {
    const auto chunks = [](const std::string& target) {
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec("ALTER TABLE orders SET (fillfactor = 10)");
        Connection(room.database.superuser_url()).exec("VACUUM FULL orders");
        room.folder.write("tripmig.toml", "[swap]\nworkers = 1\nchunk_target = \"" + target + "\"\n");
        (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
        return std::stoi(room.database.scalar("SELECT count(*) FROM tripmig.chunks_1"));
    };
    CHECK(chunks("1ms") > 20);
    CHECK(chunks("10s") < 6);
}
