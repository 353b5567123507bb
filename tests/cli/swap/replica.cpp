// A streaming standby that falls behind: swaps and batches hold until it has caught up.
#include <doctest/doctest.h>

#include "cli/swap/standby.hpp"
#include "cli/swap/writers.hpp"

using namespace tripmig::test;

namespace {

/// A server with a standby that this role sees, and a gate that the work waits at.
struct ReplicaRoom : SwapFixture {
    ReplicaRoom() {
        fill_for_writers(*this);
        database.exec("CREATE TABLE gate (is_open bool); INSERT INTO gate VALUES (false)");
        folder.write("tripmig.toml",
                     "[migrations]\ndir = \"migrations\"\n[swap]\nchunk_target = \"5ms\"\nworkers = 1\nmax_replica_lag "
                     "= \"400ms\"\n"
                     "probe = \"SELECT is_open FROM public.gate\"\n");
        Connection(database.superuser_url())
            .exec("GRANT pg_read_all_stats TO " + database.scalar("SELECT current_user"));
    }

    /// The standby falls behind while the work waits at the gate; the gate opens, and the work waits on: for it.
    void fall_behind(BackgroundCommand& work) const {
        work.wait_for_text("the probe answers false");
        standby.pause();
        database.exec("INSERT INTO lines (order_id, what) SELECT id, 'behind' FROM orders LIMIT 100");
        work.wait_for_text("standby replica1 is");
        database.exec("UPDATE gate SET is_open = true");
    }

    Standby& standby = standby_of(database);

    /// One for all test cases: it takes seconds to make.
    static Standby& standby_of(const TestDatabase& any) {
        static Standby standby(any);
        return standby;
    }
};

bool is_possible() {
    if (!Standby::is_possible())
        MESSAGE("skipped: this server comes without pg_basebackup");
    return Standby::is_possible();
}

}  // namespace

TEST_CASE("a swap holds while the standby is behind, says so, and goes on when it has caught up") {
    if (!is_possible())
        return;
    const ReplicaRoom room;
    BackgroundCommand work(tripmig_command({"swap", "run", "orders", "--strategy", "copy"}), room.surroundings());
    room.fall_behind(work);
    const auto status = room.swap({"status", "orders"});
    CHECK(status["holding"]["kind"] == "replica_lag");
    CHECK(status["holding"]["reason"].get<std::string>().find("more than max_replica_lag = 400ms") !=
          std::string::npos);
    CHECK(work.is_running());
    CHECK(room.database.scalar("SELECT relkind FROM pg_class WHERE oid = 'orders'::regclass") == "r");
    room.standby.resume();
    const CommandResult result = work.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("resuming after ") != std::string::npos);
    CHECK(room.swap({"status", "orders"})["stage"] == "complete");
}

TEST_CASE("up holds between its batches in the same way") {
    if (!is_possible())
        return;
    const ReplicaRoom room;
    room.folder.write("migrations/V1__batches.sql",
                      "-- tripmig: batch by=id size=1000\nUPDATE orders SET note = 'new';\n");
    BackgroundCommand work(tripmig_command({"up"}), room.surroundings());
    room.fall_behind(work);
    CHECK(work.is_running());
    const std::string done = "SELECT count(*) FROM orders WHERE note = 'new'";
    const std::string count = room.database.scalar(done);
    CHECK(std::stoi(count) < 20000);
    CHECK(room.database.scalar(done) == count);
    room.standby.resume();
    const CommandResult result = work.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(room.database.scalar(done) == "20000");
}

TEST_CASE("without pg_read_all_stats it says that it cannot see the standby, and plan names it") {
    if (!is_possible())
        return;
    const ReplicaRoom room;
    CHECK(room.tripmig({"swap", "plan", "orders"}).out.find("replicas: replica1: the swap pauses") !=
          std::string::npos);
    Connection(room.database.superuser_url())
        .exec("REVOKE pg_read_all_stats FROM " + room.database.scalar("SELECT current_user"));
    room.database.exec("UPDATE gate SET is_open = true");
    room.standby.pause();
    const CommandResult result = room.tripmig({"swap", "run", "orders", "--strategy", "copy"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.err.find("GRANT pg_read_all_stats") != std::string::npos);
    room.standby.resume();
}
