// tripmig doctor: schema, partitions, tripmig's own state, --fix, --checklist, exit codes.
#include <doctest/doctest.h>

#include "clinic.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

const std::string indexed_table =
    "CREATE TABLE a (id int PRIMARY KEY, b int); INSERT INTO a VALUES (1, 7), (2, 7), (3, 8);";

/// A unique index over duplicates: CONCURRENTLY leaves it behind.
void leave_invalid_index(const Clinic& clinic, const std::string& name) {
    CHECK(clinic.database.sqlstate_of("CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON a (b)") == "23505");
}

void detach_half(const Clinic& clinic, const std::string& partition) {
    const Connection reader = clinic.database.connect();
    reader.exec("BEGIN; SELECT * FROM orders");
    const Connection other = clinic.database.connect();
    other.exec("SET statement_timeout = '200ms'");
    CHECK(other.sqlstate_of("ALTER TABLE orders DETACH PARTITION " + partition + " CONCURRENTLY") == "57014");
    reader.exec("COMMIT");
}

std::string line_state(const json& document, const std::string& title) {
    for (const json& line : document["checklist"]["lines"])
        if (line["title"] == title)
            return line["state"];
    return "no such line";
}

}  // namespace

TEST_CASE("an empty database has no error, and every check is in the document") {
    const Clinic clinic;
    const json document = clinic.look({});
    CHECK(document["checks"].size() == 55);
    CHECK(document["errors"] == 0);
    CHECK(document["error"].is_null());
    const CommandResult text = clinic.doctor({"--only", "schema", "--only", "partitions"});
    CHECK(text.exit_code == 0);
    CHECK(has(text.out, "schema: 8 of 8 checks well\n"));
    CHECK(has(text.out, "0 errors, 0 warnings, 0 notes in 20 checks\n"));
    CHECK_FALSE(has(text.out, "health"));
    CHECK(clinic.doctor({"--only", "everything"}).exit_code == 2);
    CHECK(clinic.doctor({"--dry-run"}).exit_code == 2);
}

TEST_CASE("what is wrong with a schema is named, and --fix does what is safe") {
    const Clinic clinic;
    clinic.database.exec(indexed_table +
                         "CREATE TABLE c (x int, a_id int REFERENCES a, b int);"
                         "INSERT INTO c SELECT 1, 1, i FROM generate_series(1, 2000) AS i;"
                         "ALTER TABLE c ADD CONSTRAINT positive CHECK (b > 0) NOT VALID;"
                         "CREATE SEQUENCE full_ AS int; SELECT setval('full_', 2000000000)");
    leave_invalid_index(clinic, "a_b");
    clinic.database.exec("DELETE FROM a WHERE id = 2");
    wait_until(clinic.database, "SELECT pg_stat_get_live_tuples('c'::regclass) >= 1000");
    json document = clinic.look({"--only", "schema", "--only", "health"}, 4);
    CHECK(told(document, "schema.invalid_indexes") == "warning");
    CHECK(told(document, "schema.unvalidated_constraints") == "warning");
    CHECK(told(document, "schema.foreign_keys") == "note");
    CHECK(has(words(document, "schema.foreign_keys"), "CREATE INDEX CONCURRENTLY ON public.c (a_id)"));
    CHECK(told(document, "schema.sequences") == "error");
    CHECK(told(document, "schema.primary_keys") == "note");
    CHECK(told(document, "health.never_analyzed") == "warning");

    const CommandResult preview = clinic.doctor({"--fix", "--dry-run", "--only", "schema"});
    CHECK(has(preview.out, "REINDEX INDEX CONCURRENTLY public.a_b;"));
    CHECK(has(preview.out, "SHARE UPDATE EXCLUSIVE on public.c"));
    CHECK(clinic.database.scalar("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_b'::regclass") == "f");

    document = clinic.look({"--fix", "--only", "schema", "--only", "health"}, 4);
    CHECK(document["fixes"].size() == 3);
    for (const json& fix : document["fixes"])
        CHECK_MESSAGE(fix["error"].is_null(), fix.dump());
    CHECK(told(document, "schema.invalid_indexes") == "");
    CHECK(told(document, "schema.unvalidated_constraints") == "");
    CHECK(told(document, "health.never_analyzed") == "");
    CHECK(told(document, "schema.sequences") == "error");
    clinic.database.exec(
        "SELECT setval('full_', 5); CREATE INDEX ON c (a_id); ALTER TABLE c ADD id int GENERATED ALWAYS AS IDENTITY "
        "PRIMARY KEY");
    document = clinic.look({"--only", "schema", "--strict"});
    CHECK(document["notes"] == 0);
}

TEST_CASE("a fix that fails stops no other one, and its finding stays") {
    const Clinic clinic;
    clinic.database.exec(indexed_table +
                         "ALTER TABLE a ADD CONSTRAINT few CHECK (id < 2) NOT VALID;"
                         "ALTER TABLE a ADD CONSTRAINT many CHECK (id > 0) NOT VALID");
    leave_invalid_index(clinic, "a_b");
    const json document = clinic.look({"--fix", "--only", "schema"});
    CHECK(document["fixes"].size() == 3);
    CHECK(told(document, "schema.invalid_indexes") == "warning warning");  // REINDEX leaves its own
    CHECK(told(document, "schema.unvalidated_constraints") == "warning");
    CHECK(has(words(document, "schema.unvalidated_constraints"), "constraint few of public.a"));
    clinic.database.exec("DROP INDEX a_b; ALTER TABLE a DROP CONSTRAINT few");
    CHECK(told(clinic.look({"--fix", "--only", "schema"}), "schema.invalid_indexes") == "");  // the leftover is dropped
}

TEST_CASE("partitions: the present, gaps, DEFAULT, a pending detach, siblings, detached tables") {
    const Clinic clinic;
    clinic.database.exec(make_orders);
    json document = clinic.look({"--only", "partitions"});
    CHECK(told(document, "partitions.without_policy") == "");  // no partition yet, nothing to maintain
    clinic.database.exec(
        "CREATE TABLE orders_2020_01 PARTITION OF orders FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');"
        "CREATE TABLE orders_2020_03 PARTITION OF orders FOR VALUES FROM ('2020-03-01') TO ('2020-04-01')");
    CHECK(told(clinic.look({"--only", "partitions"}), "partitions.without_policy") == "note");

    clinic.policy("orders", "orders", "max_create = 600\n");
    document = clinic.look({"--only", "partitions"}, 4);
    CHECK(told(document, "partitions.present") == "error");
    CHECK(told(document, "partitions.gaps") != "");
    CHECK(told(document, "partitions.without_policy") == "");
    CHECK(clinic.run({"maintain"}).exit_code == 0);
    document = clinic.look({"--only", "partitions", "--strict"});
    CHECK(told(document, "partitions.siblings") == "");

    clinic.database.exec(
        "CREATE INDEX ON orders_2020_01 (id); GRANT SELECT ON orders_2020_03 TO PUBLIC;"
        "ALTER TABLE orders_2020_03 SET (fillfactor = 50)");
    document = clinic.look({"--only", "partitions"});
    CHECK(told(document, "partitions.siblings") == "warning warning warning");
    CHECK(has(words(document, "partitions.siblings"), "alone have \"SELECT to PUBLIC\": orders_2020_03"));
    CHECK(has(words(document, "partitions.siblings"), "\"fillfactor=50\""));

    detach_half(clinic, "orders_2020_01");
    CHECK(told(clinic.look({"--only", "partitions"}), "partitions.pending_detach") == "warning");
    document = clinic.look({"--only", "partitions", "--fix"});
    CHECK(told(document, "partitions.pending_detach") == "");
    CHECK(told(document, "partitions.detached") == "");  // tripmig did not detach it, and has no plans for it
    clinic.database.exec(
        "INSERT INTO tripmig.detached VALUES ('orders_2020_01'::regclass, 'public', 'orders_2020_01', 'public', "
        "'orders', "
        "'FOR VALUES FROM (''2020-01-01'') TO (''2020-02-01'')', 'drop', now() - interval '9 days', "
        "now() - interval '3 days', true)");
    clinic.policy(
        "orders", "orders",
        "max_create = 600\n[retention]\nkeep = \"100 years\"\naction = \"drop\"\ngrace = \"1 day\"\nidle = true\n");
    document = clinic.look({"--only", "partitions"});
    CHECK(told(document, "partitions.detached") == "note warning");
    CHECK(has(words(document, "partitions.detached"), "public.orders_2020_01"));
}

TEST_CASE("a policy that can't be read, a table that is not partitioned yet, rows in DEFAULT") {
    const Clinic clinic;
    clinic.write_policy("broken", "tabel = 1\n");
    CHECK(told(clinic.look({"--only", "partitions"}, 4), "partitions.policies") == "error");
    clinic.database.exec("CREATE TABLE carts (id int PRIMARY KEY, at timestamptz NOT NULL)");
    clinic.policy("broken", "carts");
    CHECK(told(clinic.look({"--only", "partitions"}), "partitions.policies") == "warning");
    clinic.database.exec(
        "DROP TABLE carts;" + make_orders +
        "CREATE TABLE orders_rest PARTITION OF orders DEFAULT; INSERT INTO orders (at) VALUES (now())");
    clinic.policy("broken", "orders", "[default]\npartition = \"watch\"\n");
    CHECK(told(clinic.look({"--only", "partitions"}, 4), "partitions.default_rows") == "warning");
}

TEST_CASE("migrations and the state schema") {
    const Clinic clinic;
    clinic.folder.write("migrations/V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    json document = clinic.look({"--only", "tripmig"});
    CHECK(told(document, "tripmig.migrations") == "warning");
    CHECK(clinic.look({"--only", "tripmig", "--strict"}, 4)["warnings"] == 1);
    CHECK(run_tripmig({"up"}, clinic.surroundings()).exit_code == 0);
    document = clinic.look({"--only", "tripmig", "--strict"});
    CHECK(told(document, "tripmig.state") == "");

    clinic.database.exec("GRANT INSERT ON tripmig.migrations TO PUBLIC");
    document = clinic.look({"--only", "tripmig"}, 4);
    CHECK(told(document, "tripmig.state") == "error");
    CHECK(has(words(document, "tripmig.state"), "REVOKE"));
    clinic.database.exec("REVOKE INSERT ON tripmig.migrations FROM PUBLIC");

    clinic.folder.write("migrations/V1__a.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n");
    CHECK(told(clinic.look({"--only", "tripmig"}, 4), "tripmig.migrations") == "error");
    clinic.folder.write("migrations/V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");

    clinic.folder.write("migrations/V2__b.sql",
                        "CREATE INDEX CONCURRENTLY a_2 ON a (id);\nCREATE INDEX CONCURRENTLY a_3 ON nothing (id);\n");
    CHECK(run_tripmig({"up"}, clinic.surroundings()).exit_code == 8);
    CHECK(told(clinic.look({"--only", "tripmig"}, 4), "tripmig.half_applied") == "error");
}

TEST_CASE("a job that is half done, and who altered its triggers") {
    const Clinic clinic;
    clinic.database.exec(
        "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL);"
        "INSERT INTO orders SELECT i, now() FROM generate_series(1, 100) AS i");
    clinic.policy("orders", "orders", "[swap]\nstrategy = \"copy\"\nunique_indexes = \"key\"\n");
    CHECK(told(clinic.look({"--only", "tripmig"}), "tripmig.jobs") == "");
    const CommandResult swap = run_tripmig({"swap", "run", "orders", "--until", "ready"}, clinic.surroundings());
    REQUIRE_MESSAGE(swap.exit_code == 0, swap.err);
    json document = clinic.look({"--only", "tripmig"});
    CHECK(told(document, "tripmig.jobs") == "warning");
    CHECK(has(words(document, "tripmig.jobs"), "tripmig swap run public.orders resumes it"));
    CHECK(told(document, "tripmig.triggers") == "");
    clinic.database.exec("ALTER TABLE orders DISABLE TRIGGER ALL; ALTER TABLE orders ENABLE TRIGGER ALL");
    CHECK(told(clinic.look({"--only", "tripmig"}, 4), "tripmig.triggers") != "");
    CHECK(run_tripmig({"swap", "abort", "orders"}, clinic.surroundings()).exit_code == 0);
    CHECK(told(clinic.look({"--only", "tripmig"}), "tripmig.jobs") == "");
}

TEST_CASE("the schema against its dump") {
    const Clinic clinic;
    clinic.database.exec(indexed_table);
    clinic.folder.write("tripmig.toml", "[doctor]\nschema_file = \"schema.sql\"\n");
    CHECK(run_tripmig({"dump", "schema.sql"}, clinic.surroundings()).exit_code == 0);
    CHECK(told(clinic.look({"--only", "schema"}), "schema.drift") == "");
    clinic.database.exec("ALTER TABLE a ADD c int");
    const json document = clinic.look({"--only", "schema"});
    CHECK(told(document, "schema.drift") == "warning");
    CHECK(has(words(document, "schema.drift"), "b integer,"));
}

TEST_CASE("checklists: results, and lines that somebody must look at") {
    const Clinic clinic;
    json document = clinic.look({"--checklist", "before-deploy"});
    CHECK(document["checklist"]["lines"].size() == 6);
    CHECK(line_state(document, "Disk space planned") == "ok");
    CHECK(line_state(document, "Terraform's version (1.0 or newer)") == "look");
    CHECK(document["checks"].size() == 1);
    clinic.folder.write("tripmig.toml", "[doctor]\ndisk_size = \"1 MB\"\n");
    document = clinic.look({"--checklist", "before-deploy"}, 4);
    CHECK(line_state(document, "Disk space planned") == "error");
    clinic.folder.write("tripmig.toml",
                        "[doctor]\ndisk_size = \"100 TB\"\nbackup_age = \"1h\"\nbackup_file = \"last\"\n");
    document = clinic.look({"--checklist", "in-operation"}, 4);
    CHECK(line_state(document, "Daily backup") == "error");
    clinic.folder.write("last", "");
    CHECK(line_state(clinic.look({"--checklist", "in-operation"}), "Daily backup") == "ok");
    const CommandResult text = clinic.doctor({"--checklist", "after-deploy"});
    CHECK(has(text.out, "  look     Alerts reach somebody\n"));
    CHECK(clinic.doctor({"--checklist", "never"}).exit_code == 2);
}
