// tripmig doctor: connection, server, health, what a role may not see, a standby.
#include <doctest/doctest.h>

#include "cli/swap/standby.hpp"
#include "clinic.hpp"

using namespace tripmig::test;
using nlohmann::json;

namespace {

/// Ends the objects of a whole server that a test made.
class AtEnd {
  public:
    AtEnd(const Clinic& clinic, std::string sql) : m_clinic(clinic), m_sql(std::move(sql)) {}
    ~AtEnd() {
        try {
            m_clinic.as_superuser(m_sql);
        } catch (const std::exception& error) {
            MESSAGE(error.what());
        }
    }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

  private:
    const Clinic& m_clinic;
    std::string m_sql;
};

std::string run_with_statistics(const TemporaryFolder& folder, const std::string& sql) {
    const std::string script =
        "set -eu\npsql -Xq \"$TRIPMIG_SANDBOX_SUPERUSER_URL\" -c 'CREATE EXTENSION "
        "pg_stat_statements'\npsql -Xq <<'SQL' >/dev/null\n" +
        sql + "\nSQL\n\"$TRIPMIG_BINARY\" doctor --only queries";
    const CommandResult result =
        run_command(tripmig_command({"sandbox", "run", "--setting", "shared_preload_libraries=pg_stat_statements", "--",
                                     "sh", "-c", script}),
                    {{}, folder.path(), {}});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    return result.out;
}

}  // namespace

TEST_CASE("a server that can't be reached is a finding, and exit code 6") {
    const Clinic clinic;
    const json document =
        clinic.look({"--only", "health"}, 6, "postgresql://somebody@127.0.0.1:1/nowhere?connect_timeout=1");
    CHECK(told(document, "connection.reachable") == "error");
    CHECK(document["error"]["code"] == 6);
    CHECK(document["errors"] == 1);
    const CommandResult text = clinic.doctor({}, "postgresql://somebody@127.0.0.1:1/nowhere?connect_timeout=1");
    CHECK(text.exit_code == 6);
    CHECK(has(text.out, "error    connection.reachable"));
}

TEST_CASE("the role: an owner without pg_monitor, and a superuser") {
    const Clinic clinic;
    const std::string role = "doctor_owner";
    const AtEnd end(clinic, "DROP OWNED BY doctor_owner; DROP ROLE doctor_owner");
    clinic.as_superuser("CREATE ROLE doctor_owner LOGIN; CREATE SCHEMA mine AUTHORIZATION doctor_owner");
    clinic.folder.write("tripmig.toml", "[state]\nschema = \"mine\"\n");
    json document = clinic.look({}, 0, clinic.database.url_as(role));
    CHECK(document["errors"] == 0);
    CHECK(told(document, "connection.role") == "note");
    CHECK(has(words(document, "connection.role"), "GRANT pg_monitor TO doctor_owner"));
    clinic.as_superuser("GRANT pg_monitor TO doctor_owner");
    CHECK(told(clinic.look({"--only", "connection"}, 0, clinic.database.url_as(role)), "connection.role") == "");
    clinic.folder.write("tripmig.toml", "[state]\nschema = \"other\"\n");
    document = clinic.look({"--only", "connection"}, 4, clinic.database.url_as(role));
    CHECK(has(words(document, "connection.role"), "can't create the state schema"));
    document = clinic.look({"--only", "connection"}, 0, clinic.database.superuser_url());
    CHECK(told(document, "connection.role") == "warning");
}

TEST_CASE("a read-only default is told, and nothing else changes") {
    const Clinic clinic;
    clinic.database.exec("ALTER DATABASE " + clinic.database.name() + " SET default_transaction_read_only = on");
    const json document = clinic.look({});
    CHECK(told(document, "connection.writable") == "warning");
    CHECK(document["checks"].size() == 55);
    CHECK(clinic.doctor({"--fix"}).exit_code == 0);  // nothing to fix
}

TEST_CASE("parameters, in their units") {
    const Clinic clinic;
    const auto expect = [&](const std::string& value) {
        clinic.folder.write("tripmig.toml", "[doctor.parameters]\nwork_mem = \"" + value + "\"\n");
        return told(clinic.look({"--only", "server"}), "server.parameters");
    };
    const std::string kilobytes = clinic.database.scalar("SELECT setting FROM pg_settings WHERE name = 'work_mem'");
    CHECK(expect(kilobytes + "kB") == "");
    CHECK(expect(kilobytes) == "");
    CHECK(expect("123MB") == "warning");
    clinic.folder.write("tripmig.toml", "[doctor]\nmemory = \"1 MB\"\n");
    CHECK(told(clinic.look({"--only", "server"}), "server.work_mem") == "warning");
    clinic.folder.write("tripmig.toml", "[doctor.roles]\napp = \"EVERYTHING\"\n");
    CHECK(clinic.doctor({"--only", "schema"}).exit_code == 2);
}

TEST_CASE("the lock table, an event trigger, a slot that nobody reads") {
    const Clinic clinic;
    json document = clinic.look({"--only", "server", "--only", "health"});
    CHECK(told(document, "server.event_triggers") == "");
    CHECK(told(document, "server.slot_wal") == "");
    CHECK(told(document, "server.max_locks") == "");
    clinic.database.exec(
        make_orders +
        "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE orders_%s PARTITION OF orders "
        "FOR VALUES FROM (%L) TO (%L)', i, date '2020-01-01' + i, date '2020-01-02' + i); END LOOP; "
        "END $$; CREATE INDEX ON orders (id); CREATE INDEX ON orders (at); CREATE INDEX ON orders (id, at)");
    CHECK(told(clinic.look({"--only", "server"}), "server.max_locks") == "warning");
    const AtEnd end(clinic, "DROP EVENT TRIGGER doctor_guard; SELECT pg_drop_replication_slot('doctor_slot')");
    clinic.as_superuser(
        "CREATE FUNCTION doctor_guard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER doctor_guard ON ddl_command_end EXECUTE FUNCTION doctor_guard()");
    const Connection superuser(clinic.database.superuser_url());
    superuser.exec("SELECT pg_create_physical_replication_slot('doctor_slot', true)");
    for (int i = 0; i < 6; ++i) {
        superuser.exec("SELECT pg_switch_wal()");
        superuser.exec("CREATE TEMPORARY TABLE t" + std::to_string(i) + " AS SELECT 1");
    }
    document = clinic.look({"--only", "server", "--only", "health"});
    CHECK(told(document, "server.event_triggers") == "note");
    CHECK(told(document, "server.slot_wal") == "warning");
    CHECK(told(document, "health.slots") == "warning");
    CHECK(has(words(document, "health.slots"), "pg_drop_replication_slot('doctor_slot')"));
}

TEST_CASE("a session that waits for a lock, and whom it waits for") {
    const Clinic clinic;
    clinic.database.exec("CREATE TABLE a (id int PRIMARY KEY)");
    CHECK(told(clinic.look({"--only", "health"}), "health.blocked") == "");
    const Connection owner = clinic.database.connect();
    owner.exec("BEGIN; LOCK TABLE a");
    const std::string pid = owner.scalar("SELECT pg_backend_pid()");
    const BackgroundCommand waiter({"psql", "-Xq", clinic.database.url(), "-c", "SELECT * FROM a"});
    wait_until(
        clinic.database,
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND waitstart < clock_timestamp() - interval '6 s')");
    const json document = clinic.look({"--only", "health", "--only", "schema"});
    CHECK(told(document, "health.blocked") == "warning");
    CHECK(has(words(document, "health.blocked"), "pg_terminate_backend(" + pid + ")"));
    CHECK(told(document, "schema.invalid_indexes") == "");  // a locked table keeps no check waiting
    owner.exec("COMMIT");
}

TEST_CASE("dead rows, and autovacuum that is off") {
    const Clinic clinic;
    clinic.database.exec("CREATE TABLE a (id int PRIMARY KEY) WITH (autovacuum_enabled = off)");
    CHECK(told(clinic.look({"--only", "health"}), "health.dead_rows") == "");
    clinic.database.exec("INSERT INTO a SELECT generate_series(1, 20000)");
    clinic.database.exec("DELETE FROM a WHERE id > 100");
    wait_until(clinic.database, "SELECT pg_stat_get_dead_tuples('a'::regclass) > 10000");
    const json document = clinic.look({"--only", "health"});
    CHECK(told(document, "health.dead_rows") == "warning");
    CHECK(has(words(document, "health.dead_rows"), "RESET (autovacuum_enabled)"));
}

TEST_CASE("a collation whose version changed") {
    const Clinic clinic;
    if (!clinic.database.sqlstate_of("CREATE COLLATION german (provider = icu, locale = 'de')").empty()) {
        MESSAGE("skipped: this server comes without ICU");
        return;
    }
    clinic.database.exec("CREATE TABLE a (x text COLLATE german PRIMARY KEY)");
    CHECK(told(clinic.look({"--only", "schema"}), "schema.collations") == "");
    clinic.as_superuser("UPDATE pg_collation SET collversion = '1' WHERE collname = 'german'");
    const json document = clinic.look({"--only", "schema"}, 4);
    CHECK(told(document, "schema.collations") == "error");
    CHECK(has(words(document, "schema.collations"), "ALTER COLLATION public.german REFRESH VERSION"));
}

TEST_CASE("the rights that roles must have") {
    const Clinic clinic;
    clinic.folder.write("tripmig.toml", "[doctor.roles]\ndoctor_app = \"SELECT, INSERT ON SCHEMA shop\"\n");
    clinic.database.exec("CREATE SCHEMA shop; CREATE TABLE shop.a (id serial PRIMARY KEY)");
    CHECK(has(words(clinic.look({"--only", "schema"}, 4), "schema.grants"), "there is no role doctor_app"));
    const AtEnd end(clinic, "DROP OWNED BY doctor_app; DROP ROLE doctor_app");
    clinic.as_superuser("CREATE ROLE doctor_app");
    const std::string missing = words(clinic.look({"--only", "schema"}, 4), "schema.grants");
    for (const char* grant : {"GRANT USAGE ON SCHEMA shop TO doctor_app", "GRANT INSERT, SELECT ON TABLE shop.a TO",
                              "GRANT USAGE ON SEQUENCE shop.a_id_seq TO"})
        CHECK_MESSAGE(has(missing, grant), missing);
    clinic.database.exec(
        "GRANT USAGE ON SCHEMA shop TO doctor_app; GRANT SELECT, INSERT ON shop.a TO doctor_app;"
        "GRANT USAGE ON SEQUENCE shop.a_id_seq TO doctor_app");
    CHECK(told(clinic.look({"--only", "schema"}), "schema.grants") == "");
}

TEST_CASE("statements that read every partition, by pg_stat_statements") {
    const Clinic clinic;
    CHECK(told(clinic.look({"--only", "queries"}), "queries.statistics") == "unseen note");
    if (clinic.database.scalar("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'") ==
        "0") {
        MESSAGE("skipped: this server comes without pg_stat_statements");
        return;
    }
    const std::string out = run_with_statistics(
        clinic.folder,
        make_orders +
            "CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');"
            "CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');\n"
            "SELECT format('SELECT * FROM orders WHERE id = %s', i) FROM generate_series(1, 10) AS i \\gexec\n"
            "SELECT format('SELECT id FROM orders WHERE at > %L', now()) FROM generate_series(1, 10) AS i "
            "\\gexec\n"
            "SELECT pg_sleep(1.2);");
    CHECK(has(out,
              "a statement reads public.orders without its partition key at, so each of 2 partitions: SELECT * FROM "
              "orders WHERE id = $1 (10 calls"));
    CHECK_FALSE(has(out, "SELECT id FROM orders WHERE at >"));
    CHECK(has(out, "warning  queries.slowest"));
}

TEST_CASE("a standby can be looked at") {
    const Clinic clinic;
    if (!Standby::is_possible()) {
        MESSAGE("skipped: no pg_basebackup");
        return;
    }
    clinic.database.exec("CREATE TABLE a (id int PRIMARY KEY); CREATE SEQUENCE s");
    const Standby standby(clinic.database);
    const json document = clinic.look({}, 0, standby.url(clinic.database.name()));
    CHECK(told(document, "connection.writable") == "note");
    for (const json& check : document["checks"])
        if (check["code"] != "queries.statistics" && check["group"] != "queries")
            CHECK_MESSAGE(check["seen"] == true, check.dump());
    CHECK(told(clinic.look({"--only", "health"}), "health.replication_lag") == "");
}
