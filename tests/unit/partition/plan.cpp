#include "partition/plan.hpp"

#include <doctest/doctest.h>

#include "ddl/leaf.hpp"
#include "partition/outcome.hpp"
#include "partition/retention/retention.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace {

ddl::Bounds month(std::string_view first) {
    return ddl::bounds_containing(ddl::KeyType::timestamp, CalendarInterval{1, 0, 0},
                                  ddl::Bound::at(parse_timestamp(first).value()));
}

config::PartitionPolicy monthly(int premake = 1) {
    config::PartitionPolicy policy;
    policy.table = {"shop", "orders"};
    policy.key = "at";
    policy.premake = premake;
    return policy;
}

/// shop.orders on 2024-03-15 with a leaf for each of these months.
Snapshot table_with(const std::vector<std::string>& months) {
    Snapshot snapshot;
    snapshot.now = parse_timestamp("2024-03-15").value();
    snapshot.parent.table = {"shop", "orders"};
    snapshot.parent.key = "at";
    snapshot.parent.key_type = "timestamp without time zone";
    snapshot.parent.owner = snapshot.parent.creator = "clerk";
    for (const std::string& first : months) {
        LeafSnapshot leaf;
        leaf.leaf = {{"shop", "orders_" + first.substr(0, 4) + "_" + first.substr(5, 2)}, month(first)};
        leaf.info.name = leaf.leaf.name;
        snapshot.leaves.push_back(leaf);
        snapshot.coverage.leaves.push_back(leaf.leaf.bounds);
    }
    return snapshot;
}

void add_default(Snapshot& snapshot) {
    snapshot.default_partition.emplace();
    snapshot.default_partition->name = {"shop", "orders_rest"};
    snapshot.parent.default_partition = snapshot.default_partition->name;
}

std::string unit_names(const MaintenancePlan& plan) {
    std::string text;
    for (const Act& act : plan.acts)
        for (const Unit& unit : act.units)
            text += unit.name + "\n";
    return text;
}

std::string statements(const Unit& unit) {
    std::string text;
    for (const Step& step : unit.steps)
        text += step.sql + "\n";
    return text;
}

config::PartitionPolicy keeping_a_month() {
    config::PartitionPolicy policy = monthly();
    policy.retention = config::RetentionPolicy{};
    policy.retention->keep = CalendarInterval{1, 0, 0};
    return policy;
}

}  // namespace

TEST_CASE("nothing to do is an empty plan, without ANALYZE") {
    CHECK(plan_maintenance(table_with({"2024-03-01", "2024-04-01"}), monthly(), {}).acts.empty());
}

TEST_CASE("a partition is one transaction in few round trips, and nothing empty is analyzed") {
    const MaintenancePlan plan = plan_maintenance(table_with({"2024-03-01"}), monthly(), {});
    CHECK(unit_names(plan) == "create partition shop.orders_2024_04\n");
    const Unit& create = plan.acts.front().units.front();
    CHECK(create.transaction == Transaction::inside);
    CHECK(create.in_few_trips);
    CHECK(create.lock_first.empty());
    Unit changes = create;
    changes.steps.pop_back();  // a check
    CHECK(statements(changes) ==
          "CREATE TABLE shop.orders_2024_04 (LIKE shop.orders INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING "
          "CONSTRAINTS "
          "INCLUDING COMMENTS INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING STATISTICS, CONSTRAINT tripmig_bounds "
          "CHECK (at "
          "IS NOT NULL AND at >= '2024-04-01 00:00:00'::pg_catalog.timestamp AND at < '2024-05-01 "
          "00:00:00'::pg_catalog.timestamp))\n"
          "ALTER TABLE shop.orders_2024_04 OWNER TO clerk, DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY\n"
          "ALTER TABLE shop.orders ATTACH PARTITION shop.orders_2024_04 FOR VALUES FROM ('2024-04-01 00:00:00') TO "
          "('2024-05-01 "
          "00:00:00')\n"
          "ALTER TABLE shop.orders_2024_04 DROP CONSTRAINT tripmig_bounds\n");
    for (const Act& act : plan.acts)
        for (const Unit& unit : act.units)
            for (const Step& step : unit.steps)
                CHECK_FALSE(step.why.empty());
}

TEST_CASE("a new partition is compared with its parent before COMMIT") {
    const MaintenancePlan plan = plan_maintenance(table_with({"2024-03-01"}), monthly(), {});
    const Step& last = plan.acts.front().units.front().steps.back();
    CHECK_FALSE(last.refusal.empty());
    CHECK(last.sql.find("c.relrowsecurity <> false") != std::string::npos);
    CHECK(last.sql.find("pg_catalog.pg_get_userbyid(c.relowner) <> 'clerk'") != std::string::npos);
}

TEST_CASE("never CREATE TABLE ... PARTITION OF") {
    const MaintenancePlan plan = plan_maintenance(table_with({}), monthly(12), {});
    for (const Act& act : plan.acts)
        for (const Unit& unit : act.units)
            CHECK(statements(unit).find("PARTITION OF") == std::string::npos);
}

TEST_CASE("settings of parent and sibling become statements on the partition, in its own transaction") {
    Snapshot snapshot = table_with({"2024-03-01"});
    snapshot.parent.creator = "deployer";
    snapshot.shape.shape.options = {"fillfactor=70", "toast.autovacuum_enabled=off"};
    snapshot.shape.shape.tablespace = "Fast Disks";
    snapshot.shape.shape.persistence = 'u';
    snapshot.parent.default_grantees = {"", "Reader"};
    snapshot.parent.replica_identity = 'f';
    snapshot.parent.force_row_security = true;
    snapshot.parent.column_grants = {{"Reader", "SELECT", "note", false}};
    const std::string sql = statements(plan_maintenance(snapshot, monthly(), {}).acts.front().units.front());
    CAPTURE(sql);
    const auto has = [&](const char* text) { return sql.find(text) != std::string::npos; };
    CHECK(has("CREATE UNLOGGED TABLE shop.orders_2024_04 "));
    CHECK(has("WITH (fillfactor = '70', toast.autovacuum_enabled = 'off') TABLESPACE \"Fast Disks\"\n"));
    CHECK(has("OWNER TO clerk"));
    CHECK(has("REVOKE ALL ON TABLE shop.orders_2024_04 FROM PUBLIC\n"));
    CHECK(has("REVOKE ALL ON TABLE shop.orders_2024_04 FROM \"Reader\"\n"));
    CHECK(has("GRANT ALL ON TABLE shop.orders_2024_04 TO clerk\n"));
    CHECK(has("GRANT SELECT (note) ON TABLE shop.orders_2024_04 TO \"Reader\"\n"));
    CHECK(has("REPLICA IDENTITY FULL"));
    CHECK(has("FORCE ROW LEVEL SECURITY"));
    CHECK_FALSE(has("ENABLE ROW LEVEL SECURITY"));
}

TEST_CASE(
    "beside DEFAULT several are one transaction: tables before the locks, one reading of DEFAULT, no CHECK left") {
    Snapshot snapshot = table_with({"2024-03-01"});
    add_default(snapshot);
    snapshot.default_scan = DefaultScan{};
    const MaintenancePlan plan = plan_maintenance(snapshot, monthly(2), {});
    CHECK(unit_names(plan) == "create partitions shop.orders_2024_04, shop.orders_2024_05\n");
    const Unit& create = plan.acts[0].units.front();
    REQUIRE(create.lock_first.size() == 2);
    CHECK(create.lock_first[0].mode == LockMode::share_row_exclusive);
    CHECK(create.lock_first[1].relation.name == "orders_rest");
    CHECK(create.lock_first[1].mode == LockMode::access_exclusive);
    CHECK(create.lock_budget == Limits{}.lock_budget);
    CHECK(create.max_hold == Limits{}.max_lock_hold);
    CHECK(create.before_locks.front().sql.find("CREATE TABLE shop.orders_2024_04 ") == 0);
    const std::string sql = statements(create);
    CAPTURE(sql);
    const auto place = [&](const char* text) { return sql.find(text); };
    CHECK(place("CREATE TABLE") == std::string::npos);
    CHECK(place("ADD CONSTRAINT tripmig_default_guard CHECK") < place("ATTACH PARTITION shop.orders_2024_04"));
    CHECK(place("ATTACH PARTITION shop.orders_2024_05") < place("DROP CONSTRAINT IF EXISTS tripmig_default_guard"));
    CHECK(place("NOT VALID") == std::string::npos);
    // One partition is one ATTACH, which reads DEFAULT itself.
    CHECK(statements(plan_maintenance(snapshot, monthly(1), {}).acts[0].units.front()).find("tripmig_default_guard") ==
          std::string::npos);
}

TEST_CASE("tables at the other end of foreign keys are locked first, under the budget") {
    Snapshot snapshot = table_with({"2024-03-01"});
    snapshot.parent.references = {{"shop", "customers"}};
    const Unit create = plan_maintenance(snapshot, monthly(), {}).acts.front().units.front();
    REQUIRE(create.lock_first.size() == 2);
    CHECK(create.lock_first[1].relation.name == "customers");
    CHECK(create.lock_first[1].mode == LockMode::share_row_exclusive);
    CHECK_FALSE(create.in_few_trips);
}

TEST_CASE("a DEFAULT that takes too long to read under its lock is left alone, and no row is refused") {
    Snapshot snapshot = table_with({"2024-03-01"});
    add_default(snapshot);
    snapshot.default_scan = DefaultScan{300'000, std::chrono::milliseconds(900), {}};
    const MaintenancePlan plan = plan_maintenance(snapshot, monthly(2), {});
    CHECK(plan.acts.empty());
    REQUIRE(plan.refusals.size() == 1);
    CHECK(plan.refusals[0].code() == ExitCode::refused);
    CHECK(
        plan.refusals[0].message() ==
        "shop.orders: no partition is attached for [2024-04-01, 2024-06-01): PostgreSQL would read all of the DEFAULT "
        "partition shop.orders_rest under ACCESS EXCLUSIVE, about 900 ms for 300000 pages, and max_lock_hold is 1000 "
        "ms");
    CHECK(plan.refusals[0].hint().find("`tripmig partition split shop.orders_rest`") != std::string::npos);
    Limits patient;
    patient.max_lock_hold = std::chrono::seconds(2);
    CHECK_FALSE(plan_maintenance(snapshot, monthly(2), patient).acts.empty());
}

TEST_CASE("a CHECK that an older version left on DEFAULT goes first") {
    Snapshot snapshot = table_with({"2024-03-01", "2024-04-01"});
    add_default(snapshot);
    snapshot.has_guard = true;
    const MaintenancePlan plan = plan_maintenance(snapshot, monthly(), {});
    REQUIRE(plan.acts.size() == 1);
    CHECK(plan.acts[0].kind == Act::Kind::drop_check);
    CHECK(statements(plan.acts[0].units[0]) ==
          "ALTER TABLE shop.orders_rest DROP CONSTRAINT IF EXISTS tripmig_default_guard\n");
    CHECK(may_have_work(snapshot, monthly(), {}));
}

TEST_CASE("a name that is taken is no obstacle") {
    Snapshot snapshot = table_with({"2024-03-01"});
    snapshot.taken = {"orders_2024_04", "orders_2024_04_2"};
    CHECK(unit_names(plan_maintenance(snapshot, monthly(), {})) == "create partition shop.orders_2024_04_3\n");
}

TEST_CASE("a start in the future is waited for, and said") {
    Snapshot snapshot = table_with({});
    config::PartitionPolicy policy = monthly();
    policy.start = "2024-06-10";
    MaintenancePlan plan = plan_maintenance(snapshot, policy, {});
    CHECK(plan.acts.empty());
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0].find("the first partition begins at 2024-06-01 (start)") != std::string::npos);
    policy.premake = 3;
    CHECK(unit_names(plan_maintenance(snapshot, policy, {})) == "create partition shop.orders_2024_06\n");
}

TEST_CASE("what cannot be done is a refusal beside what can") {
    Snapshot snapshot = table_with({"2024-01-01", "2024-02-01"});
    add_default(snapshot);
    snapshot.default_scan = DefaultScan{};
    snapshot.default_scan->rows[month("2024-03-01").lower] = 7;
    const MaintenancePlan plan = plan_maintenance(snapshot, keeping_a_month(), {});
    CHECK(unit_names(plan).find("create partition shop.orders_2024_04") != std::string::npos);
    CHECK(unit_names(plan).find("orders_2024_03") == std::string::npos);
    REQUIRE(plan.refusals.size() == 1);
    CHECK(plan.refusals[0].message().substr(0, 44) == "7 rows of [2024-03-01, 2024-04-01) are in th");
}

TEST_CASE("a DEFAULT partition is reported: one that the policy does not know, and rows in one that it watches") {
    Snapshot snapshot = table_with({"2024-03-01", "2024-04-01"});
    config::PartitionPolicy policy = monthly();
    CHECK(plan_maintenance(snapshot, policy, {}).notes.empty());
    policy.default_partition = config::PartitionPolicy::Default::watch;
    CHECK(plan_maintenance(snapshot, policy, {}).notes.at(0) == "shop.orders has no DEFAULT partition to watch");
    add_default(snapshot);
    CHECK(plan_maintenance(snapshot, policy, {}).notes.empty());
    snapshot.default_rows = DefaultRows{5, true};
    CHECK(plan_maintenance(snapshot, policy, {}).notes.at(0) ==
          "5 rows of shop.orders have no other partition and are in shop.orders_rest");
    policy.default_partition = config::PartitionPolicy::Default::none;
    CHECK(plan_maintenance(snapshot, policy, {})
              .notes.at(0)
              .find("has a DEFAULT partition that its policy does not watch") != std::string::npos);
}

TEST_CASE("the parent is analyzed when rows left it, or as the policy says") {
    Snapshot snapshot = table_with({"2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"});
    const auto analyzes = [&](const config::PartitionPolicy& policy) {
        return unit_names(plan_maintenance(snapshot, policy, {})).find("analyze shop.orders") != std::string::npos;
    };
    config::PartitionPolicy policy = keeping_a_month();
    CHECK_FALSE(analyzes(policy));
    snapshot.leaves[0].info.rows = 10;
    CHECK(analyzes(policy));
    policy.analyze = config::PartitionPolicy::Analyze::never;
    CHECK_FALSE(analyzes(policy));
    policy = monthly();
    policy.analyze = config::PartitionPolicy::Analyze::nightly;
    CHECK(analyzes(policy));
}

TEST_CASE("the registry is released before the detach, and looked through once more after it") {
    Snapshot snapshot = table_with({"2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"});
    snapshot.registry = RegistryFacts{{"shop", "orders_ids"}, {"id"}, "at"};
    snapshot.pages[{"shop", "orders_2024_01"}] = 2 * batch_blocks + 1;
    db::IncomingKey key;
    key.table = {"shop", "lines"};
    key.name = "lines_order";
    key.columns = {"order_id"};
    key.referenced = {"id"};
    snapshot.incoming = {key};
    const MaintenancePlan plan = plan_maintenance(snapshot, keeping_a_month(), {});
    CHECK(unit_names(plan) ==
          "delete references to shop.orders_2024_01, blocks from 0\ndelete references to shop.orders_2024_01, blocks "
          "from 1000\n"
          "delete references to shop.orders_2024_01, blocks from 2000\ndetach partition shop.orders_2024_01\n"
          "delete late references to shop.orders_2024_01\nanalyze shop.orders\n");
    CHECK(
        statements(plan.acts[0].units[1]) ==
        "WITH locked AS MATERIALIZED (SELECT 1 FROM shop.orders_ids AS registered JOIN shop.orders_2024_01 AS leaf ON "
        "registered.id = leaf.id AND registered.at = leaf.at AND leaf.ctid >= '(1000,0)'::pg_catalog.tid AND leaf.ctid "
        "< "
        "'(2000,0)'::pg_catalog.tid FOR UPDATE OF registered) SELECT pg_catalog.count(*) FROM locked\n"
        "SELECT NOT EXISTS (SELECT FROM shop.lines AS referencing JOIN shop.orders_2024_01 AS leaf ON "
        "referencing.order_id = "
        "leaf.id AND leaf.ctid >= '(1000,0)'::pg_catalog.tid AND leaf.ctid < '(2000,0)'::pg_catalog.tid)\n"
        "DELETE FROM shop.orders_ids AS registered USING shop.orders_2024_01 AS leaf WHERE registered.id = leaf.id AND "
        "registered.at = leaf.at AND leaf.ctid >= '(1000,0)'::pg_catalog.tid AND leaf.ctid < "
        "'(2000,0)'::pg_catalog.tid\n");
    // The last batch has no end: rows may have come since the pages were counted.
    CHECK(statements(plan.acts[0].units[2]).find("leaf.ctid <") == std::string::npos);
}

TEST_CASE("a referenced leaf is refused, or with cascade its references go first") {
    Snapshot snapshot = table_with({"2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"});
    db::IncomingKey key;
    key.table = {"shop", "lines"};
    key.name = "lines_order";
    key.columns = {"order_id", "order_at"};
    key.referenced = {"id", "at"};
    snapshot.incoming = {key};
    snapshot.references[{"shop", "orders_2024_01"}] = {{key.table, key.name}};
    config::PartitionPolicy policy = keeping_a_month();
    MaintenancePlan plan = plan_maintenance(snapshot, policy, {});
    CHECK(plan.acts.empty());
    REQUIRE(plan.refusals.size() == 1);
    policy.retention->cascade = true;
    plan = plan_maintenance(snapshot, policy, {});
    CHECK(plan.refusals.empty());
    CHECK(statements(plan.acts[0].units[0]).substr(0, 34) == "DELETE FROM shop.lines AS referenc");
}

TEST_CASE("the exit code: a failure's own when all failed alike, else some failed") {
    const auto outcome = [](std::vector<Error> errors) {
        TableOutcome one;
        one.errors = std::move(errors);
        return one;
    };
    const Error refused(ExitCode::refused, "no");
    const Error locked(ExitCode::lock_deadline, "no");
    CHECK(exit_code_of({}) == ExitCode::ok);
    CHECK(exit_code_of({outcome({}), outcome({})}) == ExitCode::ok);
    CHECK(exit_code_of({outcome({refused})}) == ExitCode::refused);
    CHECK(exit_code_of({outcome({refused}), outcome({refused})}) == ExitCode::refused);
    CHECK(exit_code_of({outcome({refused}), outcome({})}) == ExitCode::partly_failed);
    CHECK(exit_code_of({outcome({}), outcome({refused})}) == ExitCode::partly_failed);
    CHECK(exit_code_of({outcome({locked}), outcome({refused})}) == ExitCode::partly_failed);
}
