// What others alter while a job is under way is found before its cut-over, and named: for attach, copy and split.
#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

namespace {

const char* const rich = R"(
    CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE POLICY own ON orders USING (true);
    CREATE VIEW some_orders AS SELECT id FROM orders;
    GRANT SELECT (note) ON orders TO PUBLIC;
)";

/// A change, what is told of it, and how it is taken back.
struct Change {
    std::string sql, told, back;
};

const std::vector<Change> changes{
    {"ALTER TABLE orders ADD more int", "new: column more integer", "ALTER TABLE orders DROP more"},
    {"ALTER TABLE orders ALTER note SET DEFAULT 'x'", "gone: column note text NOT NULL DEFAULT ''",
     "ALTER TABLE orders ALTER note SET DEFAULT ''"},
    {"ALTER TABLE orders ADD CONSTRAINT more CHECK (id > 0)", "new: constraint more CHECK ((id > 0))",
     "ALTER TABLE orders DROP CONSTRAINT more"},
    {"CREATE INDEX more ON orders (at)", "new: index more USING btree (at)", "DROP INDEX more"},
    {"CREATE TRIGGER more BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touched()", "new: trigger more",
     "DROP TRIGGER more ON orders"},
    {"GRANT SELECT ON orders TO PUBLIC", "new: grant SELECT to PUBLIC",
     "REVOKE SELECT ON orders FROM PUBLIC; GRANT SELECT (note) ON orders TO PUBLIC"},
    {"CREATE POLICY more ON orders USING (id > 1)", "new: policy more", "DROP POLICY more ON orders"},
    {"CREATE VIEW more AS SELECT at FROM orders", "new: view more", "DROP VIEW more"},
    {"CREATE OR REPLACE VIEW some_orders AS SELECT id, at FROM orders", "gone: view some_orders",
     "DROP VIEW some_orders; CREATE VIEW some_orders AS SELECT id FROM orders"},
    {"CREATE TABLE more (o bigint REFERENCES orders)", "new: foreign key more_o_fkey of public.more (o) to (id)",
     "DROP TABLE more"},
};

void check_all(const SwapFixture& room, const std::vector<std::string>& command, const std::vector<Change>& all) {
    for (const Change& change : all) {
        CAPTURE(change.sql);
        room.database.exec(change.sql);
        const CommandResult refused = room.tripmig(command);
        CHECK(refused.exit_code == 12);
        std::string told = refused.err;
        // pg_describe_object() names the schema where it is not on the search_path.
        for (std::size_t at = told.find("view public."); at != std::string::npos; at = told.find("view public."))
            told.replace(at, 12, "view ");
        CHECK_MESSAGE(told.find(change.told) != std::string::npos, told);
        room.database.exec(change.back);
    }
    const CommandResult done = room.tripmig(command);
    CHECK_MESSAGE(done.exit_code == 0, done.err);
}

}  // namespace

TEST_CASE("attach and copy: columns, constraints, indexes, triggers, grants, policies, dependents, incoming keys") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        room.database.exec(orders_and_lines);
        room.database.exec(rich);
        (void)room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        check_all(room, {"swap", "cutover", "orders", "--strategy", strategy}, changes);
        CHECK(room.swap({"status", "orders"})["stage"] == "complete");
    }
}

TEST_CASE("what a copy makes in its cut-over may come along when told so; what it was made like may not") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(rich);
    (void)room.swap({"run", "orders", "--strategy", "copy", "--until", "ready"});
    room.database.exec("CREATE POLICY more ON orders USING (id > 1); ALTER TABLE orders ADD extra int");
    const std::vector<std::string> command{"swap", "cutover", "orders", "--strategy", "copy", "--accept-changes"};
    const CommandResult refused = room.tripmig(command);
    CHECK(refused.exit_code == 12);
    CHECK(refused.err.find("accepted: new: policy more") != std::string::npos);
    CHECK(refused.err.find("new: column extra integer") != std::string::npos);
    room.database.exec("ALTER TABLE orders DROP extra");
    CHECK(room.tripmig(command).exit_code == 0);
    CHECK(room.database.scalar("SELECT count(*) FROM pg_policy WHERE polrelid = 'orders'::regclass") == "2");
}

TEST_CASE("split: what is altered on the parent is found") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(rich);
    (void)room.swap({"run", "orders"});
    (void)room.swap({"finish", "orders", "--yes"});
    CHECK(room.tripmig({"partition", "split", "orders_past", "--until", "ready"}).exit_code == 0);
    check_all(
        room, {"partition", "split", "orders_past"},
        {{"ALTER TABLE orders ADD more int", "new: column more integer", "ALTER TABLE orders DROP more"},
         {"ALTER TABLE orders ADD CONSTRAINT more CHECK (id > 0)", "new: constraint more",
          "ALTER TABLE orders DROP CONSTRAINT more"},
         {"CREATE TRIGGER more AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touched()", "new: trigger more",
          "DROP TRIGGER more ON orders"},
         {"CREATE POLICY more ON orders USING (id > 1)", "new: policy more", "DROP POLICY more ON orders"},
         {"GRANT INSERT ON orders TO PUBLIC", "new: grant INSERT to PUBLIC", "REVOKE INSERT ON orders FROM PUBLIC"}});
}
