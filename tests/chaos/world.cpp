#include "chaos/world.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>

namespace tripmig::chaos {

namespace {

const char* const service_tables = R"(
CREATE TABLE customers (id bigint PRIMARY KEY);
INSERT INTO customers SELECT generate_series(0, 99);
CREATE TABLE orders (
    id bigint PRIMARY KEY, at timestamp NOT NULL, note text NOT NULL DEFAULT '', amount int NOT NULL CHECK (amount >= 0),
    customer bigint NOT NULL CONSTRAINT orders_customer REFERENCES customers, twice int GENERATED ALWAYS AS (amount * 2) STORED,
    filler text NOT NULL DEFAULT repeat('x', 2400));
ALTER TABLE orders ALTER filler SET STORAGE PLAIN;  -- three rows a block: blocks enough for many chunks

CREATE INDEX orders_note ON orders (note) WHERE note <> '';
CREATE INDEX orders_customer_at ON orders (customer, at);
)";

const char* const lines_table = R"(
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint NOT NULL
                        CONSTRAINT lines_order REFERENCES orders ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX ON lines (order_id);
)";

/// What the writers write about themselves, each entry in the transaction that it is about, after the change and before
/// its end: whoever changes the same row next has waited for that, so the entries of a row are in order.
const char* const journal_tables = R"(
CREATE TABLE before (id bigint PRIMARY KEY, at timestamp, note text, amount int, customer bigint);
CREATE TABLE journal (seq bigserial PRIMARY KEY, writer int NOT NULL, tx int NOT NULL, op text NOT NULL,
                      id bigint, at timestamp, note text, amount int, customer bigint, order_id bigint);
CREATE TABLE acknowledged (writer int, tx int, PRIMARY KEY (writer, tx));
CREATE TABLE refused (writer int, tx int, PRIMARY KEY (writer, tx));
)";

}  // namespace

std::string to_string(Kind kind) {
    switch (kind) {
        case Kind::attach:
            return "attach";
        case Kind::copy:
            return "copy";
        case Kind::split:
            return "split";
        case Kind::merge:
            return "merge";
        case Kind::drain:
            return "drain";
    }
    return {};
}

std::string Plan::text() const {
    return to_string(kind) + (has_lines ? ", incoming key" : ", unique ids") + (has_truncate ? ", TRUNCATE" : "") +
           (has_switcher ? ", triggers switched off" : "") + ", " + std::to_string(rows) + " rows, " +
           std::to_string(writers) + " writers";
}

World::World(const Plan& plan) : m_plan(plan), m_role("service_" + database.name()) {
    const test::Connection superuser(database.superuser_url());
    superuser.exec("CREATE ROLE " + m_role + " LOGIN");
    m_today = database.scalar("SELECT date_trunc('day', now() AT TIME ZONE 'utc')");
    const std::string rows = std::to_string(plan.rows);
    // The last id, which nobody touches, is the oldest row: each month has its leaf.
    database.exec(
        std::string(service_tables) + (plan.has_lines ? lines_table : "") + journal_tables +
        "INSERT INTO orders (id, at, note, amount, customer) SELECT g, timestamp '" + m_today +
        "' - abs(g) * interval '110 days' / " + rows +
        ", CASE g % 3 WHEN 0 THEN 'note ' || g ELSE '' END, abs(g), abs(g) % 50 "
        "FROM (SELECT g FROM generate_series(1, " +
        rows + ") AS g UNION ALL SELECT -g FROM generate_series(1, " + rows + ") AS g WHERE g % CASE WHEN g < " + rows +
        " / 5 THEN " + (plan.is_slow() ? rows : "8") + " WHEN g < " + rows + " / 2 THEN " + rows +
        " ELSE 2 END = 0) AS numbers (g) "
        "ORDER BY abs(g);" +
        (plan.has_lines
             ? "INSERT INTO lines SELECT id, id FROM orders WHERE id > " + std::to_string(plan.untouched()) + ";"
             : "") +
        "DELETE FROM orders WHERE id < 0; INSERT INTO before SELECT id, at, note, amount, customer FROM "
        "orders; ANALYZE;"
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO " +
        m_role + "; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + m_role);
    // Little room in the first blocks, or none, none in the next, much in the last: a row that is updated moves forth,
    // and is loaded twice, or back, and is missed.
    database.exec("VACUUM orders");
    Random random(plan.seed);
    const long target = 1 + pick(random, 20);
    // Not rest_when_busy, which looks every two seconds: a round that rests does so from its first chunk on, which it
    // then loads in small pieces.
    const std::string rest = once_in(random, 3) ? "50" : "0";
    folder.write("tripmig.toml",
                 "[swap]\ncutover_deadline = \"60s\"\nrest_when_busy = 0\nrest = " + rest +
                     "\nworkers = " + std::to_string(1 + pick(random, 2)) +
                     "\nfinal_keys = " + std::to_string(20 + pick(random, 100)) + "\n" +
                     (plan.is_slow() ? "chunk_target = \"1ms\"\nprobe = \"SELECT pg_sleep(0.1) IS NOT NULL\"\n"
                                     : "chunk_target = \"" + std::to_string(target) + "ms\"\n"));
    folder.write("partitions/orders.toml",
                 "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 1\n[swap]\nstrategy = \"" +
                     std::string(plan.kind == Kind::copy || plan.kind == Kind::merge ? "copy" : "attach") + "\"\n" +
                     (plan.has_lines ? "incoming_foreign_keys = \"registry\"\n" : "unique_ids = true\n"));
}

World::~World() {
    try {
        // From another database: this session would be in the way itself.
        test::Connection(std::getenv("TRIPMIG_SANDBOX_SUPERUSER_URL"))
            .exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + database.name() +
                  "'");
    } catch (const std::exception& problem) {
        std::cerr << m_role << ": " << problem.what() << "\n";
    }
}

}  // namespace tripmig::chaos
