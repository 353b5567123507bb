#include "ddl/registry/registry.hpp"

#include <doctest/doctest.h>
#include <libpq-fe.h>

#include <thread>

#include "ddl/registry/registry_steps.hpp"
#include "support/workbench.hpp"

using namespace tripmig;
using namespace tripmig::test;

namespace {

/// Orders in two months with their registry, and lines that point to it. `reference` is what follows REFERENCES.
class Shop {
  public:
    explicit Shop(const std::string& reference = "ON DELETE CASCADE ON UPDATE CASCADE") {
        const std::string sql = R"(
            CREATE TABLE orders (id bigint NOT NULL, at timestamp NOT NULL, note text, CONSTRAINT orders_pkey PRIMARY KEY (id, at))
                PARTITION BY RANGE (at);
            CREATE TABLE orders_01 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
            CREATE TABLE orders_02 PARTITION OF orders FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');)";
        bench.database.exec(sql);
        registry = ddl::registry_of(bench.table("orders"), "at");
        std::vector<Step> steps = ddl::create_registry_table(registry);
        for (auto more : {ddl::index_registry(registry), ddl::create_registry_functions(registry),
                          ddl::create_registry_triggers(registry),
                          ddl::create_leaf_truncate_trigger(registry, {"public", "orders_01"}),
                          ddl::create_leaf_truncate_trigger(registry, {"public", "orders_02"})})
            steps.insert(steps.end(), more.begin(), more.end());
        bench.run(steps);
        bench.database.exec("CREATE TABLE lines (n int, order_id bigint REFERENCES orders_ids (id) " + reference + ")");
        bench.database.exec("INSERT INTO orders VALUES (1, '2026-01-10'), (2, '2026-01-11'), (3, '2026-02-12')");
        bench.database.exec("INSERT INTO lines VALUES (1, 1), (2, 1), (3, 2), (4, 3)");
    }

    /// "1@01-10 2@01-11": what the registry holds.
    std::string registered() const {
        return bench.database.scalar(
            "SELECT coalesce(string_agg(id || '@' || to_char(at, 'MM-DD'), ' ' ORDER BY id), '') FROM orders_ids");
    }
    std::string lines() const {
        return bench.database.scalar(
            "SELECT coalesce(string_agg(n || ':' || order_id, ' ' ORDER BY n), '') FROM lines");
    }
    /// The registry holds exactly the rows of the table.
    bool agrees() const {
        return bench.database.scalar(
                   "SELECT count(*) FROM (SELECT id, at FROM orders) a FULL JOIN orders_ids b USING (id, at) "
                   "WHERE a.id IS NULL OR b.id IS NULL") == "0";
    }
    void exec(const std::string& sql) const { bench.database.exec(sql); }
    std::string fails(const std::string& sql) const { return bench.database.sqlstate_of(sql); }

    Workbench bench;
    ddl::Registry registry;
};

}  // namespace

TEST_CASE("insert, update and delete are followed") {
    const Shop shop;
    CHECK(shop.registered() == "1@01-10 2@01-11 3@02-12");
    shop.exec("UPDATE orders SET note = 'x'");
    CHECK(shop.agrees());
    shop.exec("UPDATE orders SET at = '2026-01-20' WHERE id = 1");
    CHECK(shop.registered() == "1@01-20 2@01-11 3@02-12");
    shop.exec("DELETE FROM orders WHERE id = 2");
    CHECK(shop.registered() == "1@01-20 3@02-12");
    CHECK(shop.lines() == "1:1 2:1 4:3");
}

TEST_CASE("a row that moves to another month keeps its children") {
    const Shop shop;
    shop.exec("UPDATE orders SET at = '2026-02-20' WHERE id = 1");
    CHECK(shop.registered() == "1@02-20 2@01-11 3@02-12");
    CHECK(shop.lines() == "1:1 2:1 3:2 4:3");
    shop.exec("UPDATE orders SET at = at + interval '1 day'");
    shop.exec(
        "UPDATE orders SET at = CASE WHEN at < '2026-02-01' THEN at + interval '31 days' ELSE at - interval '31 days' "
        "END");
    CHECK(shop.agrees());
    CHECK(shop.lines() == "1:1 2:1 3:2 4:3");
    shop.exec("BEGIN; UPDATE orders SET at = '2026-01-05' WHERE id = 3; ROLLBACK");
    CHECK(shop.agrees());
}

TEST_CASE("an id that changes takes its children along, in place and across months") {
    const Shop shop;
    shop.exec("UPDATE orders SET id = 10 WHERE id = 1");
    CHECK(shop.lines() == "1:10 2:10 3:2 4:3");
    shop.exec("UPDATE orders SET id = 11, at = '2026-02-28' WHERE id = 10");
    CHECK(shop.lines() == "1:11 2:11 3:2 4:3");
    CHECK(shop.agrees());
}

TEST_CASE("an id that changes under ON UPDATE NO ACTION is refused when it has children") {
    const Shop shop("");
    CHECK(shop.fails("UPDATE orders SET id = 10 WHERE id = 1") == "23503");
    CHECK(shop.fails("UPDATE orders SET id = 10, at = '2026-02-28' WHERE id = 1") == "23503");
    CHECK(shop.fails("DELETE FROM orders WHERE id = 1") == "23503");
    shop.exec("UPDATE orders SET at = '2026-02-28' WHERE id = 1");
    CHECK(shop.agrees());
    CHECK(shop.lines() == "1:1 2:1 3:2 4:3");
}

TEST_CASE("a duplicate id is 23505 in any month, under the name of the old primary key") {
    const Shop shop;
    CHECK(shop.fails("INSERT INTO orders VALUES (1, '2026-02-10')") == "23505");
    CHECK(shop.fails("INSERT INTO orders VALUES (1, '2026-01-10')") == "23505");
    CHECK(shop.fails("INSERT INTO orders VALUES (1, '2026-01-12')") == "23505");
    CHECK(shop.fails("UPDATE orders SET id = 3 WHERE id = 1") == "23505");
    CHECK(shop.fails("INSERT INTO orders VALUES (7, '2026-01-10'), (7, '2026-02-10')") == "23505");
    CHECK(shop.agrees());
    const Connection other = shop.bench.database.connect();
    PGresult* result = PQexec(other.raw(), "INSERT INTO orders VALUES (1, '2026-02-10')");
    CHECK(std::string(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)) == "orders_pkey");
    CHECK(std::string(PQresultErrorField(result, PG_DIAG_TABLE_NAME)) == "orders");
    CHECK(std::string(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL)) == "Key (id)=(1) already exists.");
    PQclear(result);
}

TEST_CASE("two sessions insert one id into two months: one waits, then fails") {
    const Shop shop;
    for (const std::string isolation : {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"}) {
        const std::string id = std::to_string(100 + isolation.size());
        const Connection first = shop.bench.database.connect();
        const Connection second = shop.bench.database.connect();
        first.exec("BEGIN");
        first.exec("INSERT INTO orders VALUES (" + id + ", '2026-01-15')");
        second.exec("BEGIN ISOLATION LEVEL " + isolation + "; SELECT count(*) FROM orders");
        std::string state;
        std::thread waiter([&] { state = second.sqlstate_of("INSERT INTO orders VALUES (" + id + ", '2026-02-15')"); });
        const std::string pid = std::to_string(PQbackendPID(second.raw()));
        wait_until(shop.bench.database, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pid = " + pid);
        first.exec("COMMIT");
        waiter.join();
        CHECK(state == (isolation == "READ COMMITTED" ? "23505" : "40001"));
        second.exec("ROLLBACK");
        CHECK(shop.bench.database.scalar("SELECT count(*) FROM orders WHERE id = " + id) == "1");
    }
    CHECK(shop.agrees());
}

TEST_CASE("an id that another session deletes can be inserted as soon as that commits") {
    const Shop shop;
    const Connection first = shop.bench.database.connect();
    const Connection second = shop.bench.database.connect();
    first.exec("BEGIN; DELETE FROM orders WHERE id = 3");
    std::string state = "?";
    std::thread waiter([&] { state = second.sqlstate_of("INSERT INTO orders VALUES (3, '2026-01-15')"); });
    const std::string pid = std::to_string(PQbackendPID(second.raw()));
    wait_until(shop.bench.database, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pid = " + pid);
    first.exec("COMMIT");
    waiter.join();
    CHECK(state.empty());
    CHECK(shop.registered() == "1@01-10 2@01-11 3@01-15");
}

TEST_CASE("a child cannot point to a row that is not there, and holds the row that it points to") {
    const Shop shop("");
    CHECK(shop.fails("INSERT INTO lines VALUES (9, 99)") == "23503");
    const Connection child = shop.bench.database.connect();
    const Connection parent = shop.bench.database.connect();
    shop.exec("INSERT INTO orders VALUES (5, '2026-01-20')");
    child.exec("BEGIN; INSERT INTO lines VALUES (5, 5)");
    parent.exec("SET lock_timeout = 100");
    CHECK(parent.sqlstate_of("DELETE FROM orders WHERE id = 5") == "55P03");
    // A row that only moves is not held up by its children.
    CHECK(parent.sqlstate_of("UPDATE orders SET at = '2026-02-20' WHERE id = 5").empty());
    child.exec("COMMIT");
    CHECK(shop.agrees());
}

TEST_CASE("deferred keys are checked at the end: delete and insert again in one transaction") {
    const Shop shop("DEFERRABLE INITIALLY DEFERRED");
    shop.exec("BEGIN; DELETE FROM orders WHERE id = 1; INSERT INTO orders VALUES (1, '2026-02-02'); COMMIT");
    CHECK(shop.agrees());
    CHECK(shop.lines() == "1:1 2:1 3:2 4:3");
    CHECK(shop.fails("BEGIN; DELETE FROM orders WHERE id = 1; COMMIT") == "23503");
}

TEST_CASE("ON DELETE SET NULL and SET DEFAULT work through the registry") {
    const Shop shop("ON DELETE SET NULL");
    shop.exec("DELETE FROM orders WHERE id = 1");
    CHECK(shop.lines() == "3:2 4:3");
    CHECK(shop.bench.database.scalar("SELECT count(*) FROM lines WHERE order_id IS NULL") == "2");
}

TEST_CASE("TRUNCATE of the table and of one month: never behind the children's back") {
    const Shop shop;
    CHECK(shop.fails("TRUNCATE orders") == "23503");
    CHECK(shop.fails("TRUNCATE orders_01") == "23503");
    CHECK(shop.registered() == "1@01-10 2@01-11 3@02-12");
    shop.exec("DELETE FROM lines WHERE order_id IN (1, 2)");
    shop.exec("TRUNCATE orders_01");
    CHECK(shop.registered() == "3@02-12");
    shop.exec("TRUNCATE orders, lines");
    CHECK(shop.registered().empty());
    shop.exec("INSERT INTO orders VALUES (1, '2026-02-10')");
    CHECK(shop.agrees());
}

TEST_CASE("bulk statements and rows that go in and out of a month in one of them") {
    const Shop shop;
    shop.exec("DELETE FROM lines");
    shop.exec(
        "INSERT INTO orders SELECT g, timestamp '2026-01-01' + g * interval '1 minute' FROM generate_series(1000, "
        "50000) g");
    shop.exec("UPDATE orders SET at = at + interval '3 days' WHERE id >= 1000");
    shop.exec("DELETE FROM orders WHERE id % 3 = 0");
    shop.exec(
        "WITH gone AS (DELETE FROM orders WHERE id BETWEEN 1000 AND 1010 RETURNING id) "
        "INSERT INTO orders SELECT id + 100000, '2026-02-11' FROM gone");
    CHECK(shop.agrees());
}

TEST_CASE("a role without any right on the registry writes through the table, and cannot write the registry") {
    const Shop shop;
    shop.exec(
        "CREATE ROLE registry_writer; GRANT SELECT, INSERT, UPDATE, DELETE ON orders, lines TO registry_writer; GRANT "
        "registry_writer TO CURRENT_USER");
    shop.exec("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO registry_writer");
    const Connection writer = shop.bench.database.connect();
    writer.exec("SET ROLE registry_writer; SET search_path = public");
    CHECK(writer.sqlstate_of("INSERT INTO orders VALUES (50, '2026-01-15')").empty());
    CHECK(writer.sqlstate_of("UPDATE orders SET at = '2026-02-15' WHERE id = 50").empty());
    CHECK(writer.sqlstate_of("INSERT INTO lines VALUES (50, 50)").empty());
    CHECK(writer.sqlstate_of("DELETE FROM orders WHERE id = 50").empty());
    CHECK(writer.sqlstate_of("DELETE FROM orders_ids") == "42501");
    CHECK(writer.sqlstate_of("SELECT orders_ids_keep()") == "42501");
    shop.exec("ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM registry_writer");
    shop.exec("DROP OWNED BY registry_writer; DROP ROLE registry_writer");
}

TEST_CASE("a trigger of the service that changes the key of the row just inserted finds it in the registry") {
    const Shop shop;
    shop.exec(
        "CREATE FUNCTION set_back() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN UPDATE orders SET at = at - NEW.id * interval ''1 hour'', note = ''set back'' WHERE id = NEW.id AND "
        "note IS NULL; RETURN NULL; END'; "
        "CREATE TRIGGER a_set_back AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION set_back()");
    shop.exec("INSERT INTO orders VALUES (70, '2026-01-15'), (700, '2026-02-15')");  // one of them into another month
    CHECK(shop.agrees());
    shop.exec("DELETE FROM orders WHERE id IN (70, 700)");
    CHECK(shop.agrees());
}

TEST_CASE("a hostile search_path changes nothing") {
    const Shop shop;
    const Connection writer = shop.bench.database.connect();
    writer.exec(
        "CREATE TEMP TABLE orders_ids (id bigint, at timestamp); "
        "CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE sql AS 'select ''hi''';");
    writer.exec("SET search_path = pg_temp, public; INSERT INTO public.orders VALUES (60, '2026-01-15')");
    CHECK(writer.scalar("SELECT count(*) FROM pg_temp.orders_ids") == "0");
    CHECK(shop.agrees());
}

TEST_CASE("dropped, nothing of it is left") {
    Shop shop;
    shop.exec("DROP TABLE lines");
    Workbench& bench = shop.bench;
    bench.database.exec(
        "DROP TRIGGER \"00_orders_ids_keep\" ON orders; DROP TRIGGER zz_orders_ids_move ON orders; "
        "DROP TRIGGER orders_ids_truncate ON orders; DROP TRIGGER orders_ids_truncate ON orders_01; "
        "DROP TRIGGER orders_ids_truncate ON orders_02");
    bench.run(ddl::drop_registry(shop.registry));
    CHECK(bench.database.scalar("SELECT count(*) FROM pg_proc WHERE proname LIKE 'orders_ids%'") == "0");
    CHECK(bench.database.scalar("SELECT to_regclass('orders_ids') IS NULL") == "t");
}
