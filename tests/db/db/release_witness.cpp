#include "db/executor/release_witness.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "support/workbench.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace chr = std::chrono;

namespace {

/// A transaction's session, and who looks at it.
struct Watched {
    Workbench bench;
    db::StepConnection& connection = bench.executor.connection();
    db::ReleaseWitness witness{connection, bench.clock()};
};

Unit locked_unit() {
    Unit unit;
    unit.name = "under the lock";
    unit.lock_first = {{{"public", "orders"}, LockMode::access_exclusive}};
    unit.lock_budget = chr::milliseconds(100);
    unit.max_hold = chr::seconds(5);
    Step step;
    step.sql = "SELECT pg_sleep(0.05)";
    unit.steps = {step};
    return unit;
}

}  // namespace

TEST_CASE("the locks are seen to go with the COMMIT, not before it") {
    Watched watched;
    for (int round = 0; round < 2; ++round) {
        watched.connection.execute("BEGIN; " + watched.witness.mark_sql());
        watched.witness.watch();
        std::this_thread::sleep_for(chr::milliseconds(20));
        const auto before = watched.bench.clock().steady();
        watched.connection.execute("COMMIT");
        const auto released = watched.witness.released();
        REQUIRE(released.has_value());
        CHECK(*released >= before);
        CHECK_FALSE(watched.witness.is_spent());
    }
}

TEST_CASE("locks that stay are not waited for") {
    Watched watched;
    watched.connection.execute("BEGIN; " + watched.witness.mark_sql());
    watched.witness.watch();
    CHECK_FALSE(watched.witness.released().has_value());
    CHECK(watched.witness.is_spent());
    watched.connection.execute("ROLLBACK");
}

TEST_CASE("the time under the locks is measured by a witness, which leaves nothing behind") {
    Workbench bench;
    bench.database.exec("CREATE TABLE orders (id int)");
    CHECK(bench.executor.run(locked_unit()).held >= chr::milliseconds(50));
    CHECK(bench.database.scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tripmig witness' AND "
                                "datname = current_database()") == "1");
    CHECK(bench.database.scalar("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0");
}

TEST_CASE("where there is no room for a witness the unit runs all the same, and COMMIT's answer counts") {
    Workbench bench;
    bench.database.exec("CREATE TABLE orders (id int); ALTER DATABASE " + bench.database.name() +
                        " CONNECTION LIMIT 1");
    CHECK(bench.executor.run(locked_unit()).held >= chr::milliseconds(50));
    CHECK(bench.database.scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tripmig witness' AND "
                                "datname = current_database()") == "0");
}
