// What others have prepared for us: rights, objects, functions. docs/decisions/0014.
#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"
#include "support/migration_project.hpp"

using namespace tripmig::test;

namespace {

/// A swap of orders in a database whose default privileges let another role into everything that is made.
class OpenRoom : public SwapFixture {
  public:
    OpenRoom() : app("app_" + database.name()) {
        Connection(database.superuser_url()).exec("CREATE ROLE " + app + " LOGIN");
        database.exec("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO " + app +
                      "; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO " + app +
                      "; ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO " + app +
                      "; ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO " + app);
        database.exec(orders_and_lines);
    }
    ~OpenRoom() { Connection(database.superuser_url()).exec("DROP OWNED BY " + app); }
    OpenRoom(const OpenRoom&) = delete;
    OpenRoom& operator=(const OpenRoom&) = delete;

    /// What others may do with what is ours, but for reading it.
    [[nodiscard]] std::string open_rights() const {
        return database.scalar(R"(
            SELECT coalesce(string_agg(name || ' ' || item.grantee::regrole || ' ' || item.privilege_type, ', '), '')
            FROM (SELECT relname::text AS name, relowner AS owner, relacl AS acl FROM pg_class
                  WHERE relnamespace = 'tripmig'::regnamespace OR relname = 'orders_ids'
                  UNION ALL
                  SELECT nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = 'tripmig'
                  UNION ALL
                  SELECT proname, proowner, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc
                  WHERE pronamespace IN ('tripmig'::regnamespace, 'public'::regnamespace)) AS own,
                 aclexplode(acl) AS item
            WHERE item.grantee <> owner AND (item.privilege_type NOT IN ('SELECT', 'USAGE') OR name = 'orders_ids'))");
    }
    [[nodiscard]] std::string functions_without_path() const {
        return database.scalar(
            "SELECT count(*) FROM pg_proc WHERE pronamespace IN ('tripmig'::regnamespace, 'public'::regnamespace) AND "
            "array_position(proconfig, 'search_path=pg_catalog, pg_temp') IS NULL");
    }

    const std::string app;
};

/// Each with what it is called in the refusal, and what takes it back.
struct Fault {
    std::string sql;
    std::string message;
    std::string undo;
};

std::vector<Fault> faults_of(const std::string& role) {
    return {
        {"CREATE TRIGGER peep BEFORE INSERT ON tripmig.migrations FOR EACH ROW EXECUTE FUNCTION peep()",
         "tripmig.migrations has the trigger peep", "DROP TRIGGER peep ON tripmig.migrations"},
        {"CREATE RULE peep AS ON INSERT TO tripmig.jobs DO ALSO SELECT 1", "tripmig.jobs has the rule peep",
         "DROP RULE peep ON tripmig.jobs"},
        {"CREATE POLICY peep ON tripmig.statements USING (true)", "tripmig.statements has the policy peep",
         "DROP POLICY peep ON tripmig.statements"},
        {"ALTER TABLE tripmig.meta ENABLE ROW LEVEL SECURITY", "tripmig.meta has row security",
         "ALTER TABLE tripmig.meta DISABLE ROW LEVEL SECURITY"},
        {"ALTER TABLE tripmig.jobs ALTER created_at SET DEFAULT peeped()", "tripmig.jobs has a default of created_at",
         "ALTER TABLE tripmig.jobs ALTER created_at SET DEFAULT pg_catalog.clock_timestamp()"},
        {"ALTER TABLE tripmig.migrations ADD CONSTRAINT peep CHECK (peeped() IS NOT NULL) NOT VALID",
         "tripmig.migrations has the constraint peep", "ALTER TABLE tripmig.migrations DROP CONSTRAINT peep"},
        {"CREATE INDEX peep ON tripmig.migrations (upper(file))", "tripmig.migrations has the index tripmig.peep",
         "DROP INDEX tripmig.peep"},
        {"CREATE TABLE peep () INHERITS (tripmig.statements)", "tripmig.statements has the child table public.peep",
         "DROP TABLE peep"},
        {"GRANT INSERT, SELECT ON tripmig.jobs TO " + role, role + " has INSERT on tripmig.jobs",
         "REVOKE INSERT ON tripmig.jobs FROM " + role},
        {"GRANT UPDATE (state) ON tripmig.jobs TO PUBLIC", "PUBLIC has UPDATE on tripmig.jobs",
         "REVOKE UPDATE (state) ON tripmig.jobs FROM PUBLIC"},
        {"GRANT USAGE ON SEQUENCE tripmig.migrations_id_seq TO " + role,
         role + " has USAGE on tripmig.migrations_id_seq",
         "REVOKE USAGE ON SEQUENCE tripmig.migrations_id_seq FROM " + role},
    };
}

}  // namespace

TEST_CASE("whatever default privileges say, nobody else may write our tables or call our functions") {
    for (const std::string strategy : {"copy", "attach"}) {
        CAPTURE(strategy);
        const OpenRoom room;
        (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        CHECK(room.open_rights().empty());
        CHECK(room.functions_without_path() == "0");
        CHECK(room.database.scalar("SELECT has_table_privilege('" + room.app + "', 'tripmig.jobs', 'SELECT')") == "t");
        (void)room.swap({"cutover", "orders"});
        CHECK(room.open_rights().empty());
        CHECK(room.functions_without_path() == "0");
        CHECK(room.differing_ids() == "0");
    }
}

TEST_CASE("a capture function works for the table that it was made for, before and after the cut-over") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    const auto misuse = [&] {
        room.database.exec(
            "CREATE TABLE another (id bigint, at timestamp); CREATE TRIGGER capture AFTER INSERT ON another FOR EACH "
            "ROW EXECUTE FUNCTION tripmig.capture_1()");
        CHECK(room.database.sqlstate_of("INSERT INTO another VALUES (1, now())") == "42501");
        room.database.exec("DROP TABLE another");
    };
    misuse();
    room.database.exec("INSERT INTO orders (note) VALUES ('before')");
    (void)room.swap({"cutover", "orders"});
    misuse();
    room.database.exec("INSERT INTO orders (note) VALUES ('after'); UPDATE orders SET note = 'changed' WHERE id = 5");
    CHECK(room.database.scalar("SELECT count(*) FROM tripmig.log_1") == "2");
    (void)room.swap({"revert", "orders"});
    CHECK(room.database.scalar("SELECT string_agg(note, ' ' ORDER BY id) FROM orders WHERE id = 5 OR id > 20000") ==
          "changed before after");
}

TEST_CASE("the capture functions run as the table's owner, with no more rights than they need") {
    const SwapFixture room;
    const std::string owner = "owner_" + room.database.name();
    const Connection superuser(room.database.superuser_url());
    superuser.exec("CREATE ROLE " + owner + "; GRANT " + owner + " TO " + room.database.scalar("SELECT current_user") +
                   "; GRANT CREATE ON SCHEMA public TO " + owner);
    room.database.exec(orders_and_lines);
    room.database.exec("ALTER TABLE lines OWNER TO " + owner + "; ALTER TABLE orders OWNER TO " + owner);
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    CHECK(room.database.scalar("SELECT string_agg(DISTINCT proowner::regrole::text, ',') FROM pg_proc WHERE "
                               "pronamespace = 'tripmig'::regnamespace") == owner);
    const auto may = [&](const std::string& check) {
        return room.database.scalar("SELECT has_" + check.substr(0, check.find(' ')) + "_privilege('" + owner + "', " +
                                    check.substr(check.find(' ')) + ")");
    };
    CHECK(may("schema 'tripmig', 'USAGE'") == "t");
    CHECK(may("schema 'tripmig', 'CREATE'") == "f");
    CHECK(may("table 'tripmig.log_1', 'INSERT'") == "t");
    CHECK(may("table 'tripmig.log_1', 'SELECT, UPDATE, DELETE, TRUNCATE'") == "f");
    CHECK(may("table 'tripmig.jobs', 'SELECT, INSERT, UPDATE, DELETE'") == "f");
    room.database.exec("UPDATE orders SET note = 'changed' WHERE id = 5; DELETE FROM orders WHERE id = 7");
    (void)room.swap({"cutover", "orders"});
    CHECK(room.database.scalar("SELECT count(*) || ' ' || max(note) FILTER (WHERE id = 5) FROM orders") ==
          "19999 changed");
    (void)room.swap({"finish", "orders", "--yes"});
    superuser.exec("REASSIGN OWNED BY " + owner + " TO " + room.database.scalar("SELECT current_user") +
                   "; DROP OWNED BY " + owner + "; DROP ROLE " + owner);
}

TEST_CASE("what is not ours in the state schema is refused by name, by every command that would write there") {
    const MigrationProject project;
    const std::string role = "guest_" + project.database.name();
    Connection(project.database.superuser_url()).exec("CREATE ROLE " + role);
    project.write("V1__a.sql", "CREATE TABLE public.a (id int PRIMARY KEY);");
    project.write("U1__a.sql", "DROP TABLE public.a;");
    project.succeed({"up"});
    project.database.exec(
        "CREATE FUNCTION peep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE FUNCTION peeped() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS 'SELECT null::timestamptz'");
    project.write("V2__b.sql", "CREATE TABLE public.b (id int);");
    project.folder.write("partitions/a.toml", "table = \"public.a\"\nkey = \"id\"\ninterval = 1000\n");
    for (const Fault& fault : faults_of(role)) {
        CAPTURE(fault.sql);
        project.database.exec(fault.sql);
        project.fail({"up"}, 12, fault.message);
        project.database.exec(fault.undo);
    }
    const Fault fault = faults_of(role).front();
    project.database.exec(fault.sql);
    const std::vector<std::vector<std::string>> commands{
        {"down", "--yes"},        {"repair"},
        {"baseline", "2"},        {"swap", "run", "a", "--key", "id", "--interval", "1000"},
        {"swap", "pause", "a"},   {"swap", "verify", "a"},
        {"partition", "maintain"}};
    for (const auto& command : commands) {
        CAPTURE(command.front());
        project.fail(command, 12, fault.message);
    }
    project.succeed({"status"});
    project.database.exec(fault.undo);
    project.succeed({"up"});
    Connection(project.database.superuser_url()).exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("a state schema that another role prepared is refused, and left as it was") {
    const MigrationProject project;
    const std::string role = "guest_" + project.database.name();
    const std::string self = project.database.scalar("SELECT current_user");
    const Connection superuser(project.database.superuser_url());
    superuser.exec("CREATE ROLE " + role + " LOGIN; GRANT CREATE ON DATABASE " + project.database.name() + " TO " +
                   role);
    project.write("V1__a.sql", "CREATE TABLE a (id int);");
    {
        auto arguments = std::vector<std::string>{"baseline", "0", "--url", project.database.url_as(role)};
        const CommandResult prepared = run_tripmig(arguments, project.surroundings());
        REQUIRE_MESSAGE(prepared.exit_code == 0, prepared.err);
    }
    Connection(project.database.url_as(role))
        .exec("GRANT USAGE ON SCHEMA tripmig TO " + self + "; GRANT ALL ON ALL TABLES IN SCHEMA tripmig TO " + self);
    project.fail({"up"}, 12, "the schema tripmig belongs to " + role);
    project.fail({"up"}, 12, "tripmig.jobs belongs to " + role + ", and " + self + " is not a member of that role");
    superuser.exec("ALTER SCHEMA tripmig OWNER TO " + self);
    project.fail({"up"}, 12, "tripmig.jobs belongs to " + role);
    superuser.exec("GRANT " + role + " TO " + self);
    project.succeed({"up"});
    superuser.exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("tables that have the names of ours and are another program's: the reason, not a server's error") {
    for (const std::string table :
         {"migrations (id serial, name text)", "meta (key text, value text)", "jobs (id bigint, payload json)"}) {
        CAPTURE(table);
        const MigrationProject project;
        project.folder.write("tripmig.toml", "[state]\nschema = \"public\"\n");
        project.write("V1__a.sql", "CREATE TABLE a (id int);");
        project.database.exec("CREATE TABLE " + table);
        const std::string name = table.substr(0, table.find(' '));
        for (const std::string command : {"up", "status"})
            project.fail({command}, 12, "public." + name + " is not a table of tripmig's: it has no column");
        CHECK(project.database.scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1");
    }
}
