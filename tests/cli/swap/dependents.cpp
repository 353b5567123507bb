// What is bound to the table by OID, or to its row type: rules of its own and of others, functions with the row type.
#include <doctest/doctest.h>

#include "cli/swap/rich_table.hpp"

using namespace tripmig::test;

namespace {

const char* const rules = R"(
    CREATE TABLE noted (what text, id bigint, at timestamp DEFAULT now());
    CREATE TABLE inbox (id bigint, note text);
    CREATE RULE note_insert AS ON INSERT TO orders WHERE NEW.amount > 19990 DO ALSO INSERT INTO noted (what, id) VALUES ('insert', NEW.amount);
    CREATE RULE "Keep; it's" AS ON DELETE TO orders WHERE OLD.note = 'kept' DO INSTEAD (INSERT INTO noted (what, id) VALUES ('kept', OLD.id); DELETE FROM noted WHERE noted.what = 'nothing');
    CREATE RULE not_now AS ON UPDATE TO orders DO INSTEAD NOTHING;
    ALTER TABLE orders DISABLE RULE not_now;
    ALTER TABLE orders ENABLE ALWAYS RULE note_insert;
    COMMENT ON RULE note_insert ON orders IS 'who came';
    COMMENT ON RULE "Keep; it's" ON orders IS 'it''s kept';
    CREATE RULE to_orders AS ON INSERT TO inbox DO INSTEAD INSERT INTO orders (note, amount) VALUES (NEW.note, 1) RETURNING orders.id, orders.note;
    COMMENT ON RULE to_orders ON inbox IS 'passed on';
    CREATE VIEW writable AS SELECT id, note FROM orders WHERE amount < 5;
    CREATE RULE write_through AS ON INSERT TO writable DO INSTEAD INSERT INTO orders (note, amount) VALUES (NEW.note, 2);
    CREATE RULE read_elsewhere AS ON DELETE TO writable DO INSTEAD DELETE FROM orders WHERE orders.id = OLD.id;
)";

const char* const functions = R"(
    GRANT CREATE, USAGE ON SCHEMA public TO carry_owner;
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO carry_default;
    CREATE FUNCTION label(o orders) RETURNS text LANGUAGE plpgsql STABLE COST 7 SET work_mem = '5MB' AS 'BEGIN RETURN o.note || ''!''; END';
    CREATE FUNCTION label(o orders, times int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT repeat(o.note, times)';
    CREATE FUNCTION twice(o orders) RETURNS int LANGUAGE sql STABLE RETURN (o).amount * 2;
    CREATE FUNCTION last_ones(n int) RETURNS SETOF orders LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM orders ORDER BY at DESC LIMIT n; END;
    CREATE FUNCTION total(all_of orders[], OUT sum bigint, OUT one orders) LANGUAGE sql AS 'SELECT 1, all_of[1]';
    CREATE PROCEDURE save(o orders) LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.orders (note, amount) VALUES (o.note, o.amount); END';
    CREATE FUNCTION over_them() RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT max(twice(o)) FROM orders o; END;
    CREATE FUNCTION reads_notes() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM last_ones(3); END;
    CREATE FUNCTION walks() RETURNS bigint LANGUAGE plpgsql AS 'DECLARE o public.orders%ROWTYPE; n bigint = 0; BEGIN FOR o IN SELECT * FROM public.orders LIMIT 5 LOOP n := n + 1; END LOOP; RETURN n; END';
    CREATE VIEW labels AS SELECT o.id, label(o) AS label, o.twice FROM orders o;
    CREATE VIEW last_three AS SELECT l.id, l.amount FROM last_ones(3) l;
    CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER watched BEFORE UPDATE ON orders FOR EACH ROW WHEN (label(NEW.*) <> 'x') EXECUTE FUNCTION seen();
    CREATE RULE labelled AS ON DELETE TO orders WHERE label(OLD) = 'never!' DO INSTEAD NOTHING;
    COMMENT ON FUNCTION label(orders) IS 'its label';
    COMMENT ON PROCEDURE save(orders) IS 'saves';
    GRANT EXECUTE ON FUNCTION label(orders) TO carry_reader WITH GRANT OPTION;
    REVOKE EXECUTE ON FUNCTION twice(orders) FROM PUBLIC;
    REVOKE ALL ON FUNCTION last_ones(int) FROM carry_default;
    ALTER FUNCTION last_ones(int) OWNER TO carry_owner;
    GRANT SELECT ON orders TO carry_owner;
)";

struct DependentsCase : CarriedOrders {
    using CarriedOrders::CarriedOrders;
    void run(const std::string& strategy) const {
        CHECK(room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
    }
    void revert() const {
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == dump);
    }
};

void check_rules(const DependentsCase& test) {
    test.room.database.exec(
        "DELETE FROM noted; INSERT INTO orders (note, amount) VALUES ('kept', 20001); DELETE FROM orders WHERE note = "
        "'kept'; INSERT INTO inbox (note) VALUES ('from the inbox'); INSERT INTO writable (note) VALUES ('by the "
        "view')");
    CHECK(test.scalar("SELECT string_agg(what, ' ' ORDER BY what) FROM noted") == "insert kept");
    CHECK(test.scalar("SELECT string_agg(note, ', ' ORDER BY note) FROM orders WHERE id > 20000") ==
          "by the view, from the inbox, kept");
    test.room.database.exec(
        "DELETE FROM writable WHERE note = 'by the view'; UPDATE orders SET note = '' WHERE note = "
        "'kept'; DELETE FROM orders WHERE id > 20000");
    CHECK(test.scalar("SELECT count(*) FROM orders") == "20000");
}

void check_functions(const DependentsCase& test) {
    test.room.database.exec(
        "SELECT setval('orders_id_seq', 20000); DO $$ DECLARE o orders; BEGIN SELECT * INTO o FROM orders WHERE amount "
        "= 7; CALL save(o); END $$");
    CHECK(test.scalar("SELECT label(o) || ' ' || label(o, 2) || o.twice FROM orders o WHERE id = 20001") ==
          "order 7! order 7order 714");
    CHECK(test.scalar("SELECT label || twice FROM labels WHERE id = 20001") == "order 7!14");
    CHECK(test.scalar("SELECT max(id) FROM last_three") == "20001");
    CHECK(test.scalar("SELECT over_them() || ' ' || reads_notes() || ' ' || walks()") == "40000 3 5");
    CHECK(test.scalar("SELECT (total(ARRAY(SELECT o FROM orders o LIMIT 2))).sum") == "1");
    test.room.database.exec("UPDATE orders SET note = 'y' WHERE id = 20001; DELETE FROM orders WHERE id = 20001");
}

}  // namespace

TEST_CASE("rules of the table, and rules of others that write into it, come along and back") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const DependentsCase test(rules);
        check_rules(test);
        test.room.database.exec("SELECT setval('orders_id_seq', 20000)");
        test.run(strategy);
        CHECK(test.now() == test.catalog);
        CHECK(test.scalar("SELECT count(*) FROM pg_rules WHERE tablename ~ '_past|_before'") == "0");
        check_rules(test);
        test.revert();
        test.room.database.exec("SELECT setval('orders_id_seq', 20000)");
        check_rules(test);
    }
}

TEST_CASE("functions with the row type come along and back, with what stands on them") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const DependentsCase test(functions);
        test.run(strategy);
        CHECK(test.now() == test.catalog);
        CHECK(test.scalar("SELECT count(*) FROM pg_proc WHERE proname ~ '^tripmig_former'") == "0");
        check_functions(test);
        test.revert();
        check_functions(test);
    }
}

TEST_CASE("what says ONLY of the table reads and writes the new one, and the plan says so") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(R"(
        CREATE VIEW v_only AS SELECT id FROM ONLY orders;
        CREATE MATERIALIZED VIEW mv_only AS SELECT count(*) AS n FROM ONLY orders;
        CREATE FUNCTION f_only() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM ONLY orders; END;
        CREATE TABLE gone (id bigint);
        CREATE RULE r_only AS ON INSERT TO gone DO ALSO DELETE FROM ONLY orders WHERE orders.id = NEW.id;
        CREATE RULE own_only AS ON DELETE TO orders WHERE OLD.note = 'all' DO ALSO UPDATE ONLY orders SET note = 'seen' WHERE orders.id = 20;
        CREATE POLICY p_only ON orders USING (true) WITH CHECK (EXISTS (SELECT FROM ONLY orders o WHERE o.id = 1)))");
    std::string strategy;
    SUBCASE("attach") {
        strategy = "attach";
    }
    SUBCASE("copy") {
        strategy = "copy";
    }
    const CommandResult plan = room.tripmig({"swap", "plan", "orders", "--strategy", strategy});
    CHECK(plan.exit_code == 0);
    for (const char* const subject :
         {"view public.v_only", "materialized view public.mv_only", "function public.f_only()",
          "rule r_only on table public.gone", "rule own_only", "policy p_only"})
        CHECK_MESSAGE(
            plan.out.find(std::string("note   ") + subject + ": says ONLY public.orders: ") != std::string::npos,
            plan.out);
    CHECK(room.swap({"run", "orders", "--strategy", strategy})["stage"] == "complete");
    CHECK(room.database.scalar("SELECT count(*) || ' ' || f_only() || ' ' || (SELECT n FROM mv_only) FROM v_only") ==
          "20000 20000 20000");
    room.database.exec(
        "INSERT INTO gone VALUES (10); UPDATE orders SET note = 'all' WHERE id = 11; DELETE FROM orders WHERE id = 11");
    CHECK(room.database.scalar("SELECT count(*) FROM orders WHERE id IN (10, 11)") == "0");
    CHECK(room.database.scalar("SELECT note FROM orders WHERE id = 20") == "seen");
    room.database.exec("ALTER TABLE orders ENABLE ROW LEVEL SECURITY");
    CHECK(
        room.database.scalar(
            "SELECT pg_get_expr(polwithcheck, polrelid) ~ 'ONLY' FROM pg_policy WHERE polrelid = 'orders'::regclass") ==
        "f");
    room.database.exec("ALTER TABLE orders DISABLE ROW LEVEL SECURITY");
    CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
    CHECK(room.database.scalar("SELECT count(*) || ' ' || f_only() FROM v_only") == "19998 19998");
}

TEST_CASE("an empty table's rules and functions") {
    const DependentsCase test(std::string("TRUNCATE orders, lines;") + rules + functions);
    test.run("attach");
    CHECK(test.now() == test.catalog);
    CHECK(test.scalar("SELECT count(*) FROM pg_proc WHERE proname ~ 'tripmig_former'") == "0");
}

TEST_CASE("what cannot be bound anew is refused by name") {
    const SwapFixture room;
    room.database.exec(orders_and_lines);
    room.database.exec(R"(
        CREATE FUNCTION label(o orders) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT o.note';
        CREATE FUNCTION first_one(o orders[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT o[1].note';
        CREATE POLICY labelled ON orders USING (label(orders) <> 'x');
        CREATE TABLE holds (o orders);
        CREATE TABLE checked (o text CHECK (first_one(NULL) IS NULL));
        CREATE VIEW whole AS SELECT o FROM orders o;
        CREATE VIEW grouped AS SELECT id, note FROM orders GROUP BY id;
        CREATE RULE grouping AS ON DELETE TO orders DO ALSO (SELECT id, note FROM orders GROUP BY id);)");
    const CommandResult refused = room.tripmig({"swap", "run", "orders"});
    CHECK(refused.exit_code == 12);
    for (const char* const told :
         {"function public.label(public.orders): uses the table's row type, which will be a new one, and policy "
          "labelled on table public.orders depends on it",
          "function public.first_one(public.orders[]): uses the table's row type, which will be a new one, and "
          "constraint checked_check on table public.checked depends on it",
          "table public.holds (uses the row type)", "view public.whole",
          "view public.grouped (groups by the primary key)", "rule \"grouping\": groups by the primary key"})
        CHECK_MESSAGE(refused.err.find(told) != std::string::npos, refused.err);
}

TEST_CASE("rules and functions that others alter meanwhile are found before the cut-over") {
    for (const char* const strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const DependentsCase test(std::string(rules) + functions);
        (void)test.room.swap({"run", "orders", "--strategy", strategy, "--until", "ready"});
        const std::vector<std::string> command{"swap", "cutover", "orders", "--strategy", strategy};
        for (const auto& [sql, told, back] : std::vector<std::array<std::string, 3>>{
                 {"ALTER TABLE orders ENABLE RULE not_now", "new: rule not_now (O)",
                  "ALTER TABLE orders DISABLE RULE not_now"},
                 {"CREATE RULE more AS ON DELETE TO orders DO ALSO NOTHING", "new: rule more",
                  "DROP RULE more ON orders"},
                 {"CREATE FUNCTION more(orders) RETURNS int LANGUAGE sql AS 'SELECT 1'", "new: function",
                  "DROP FUNCTION more(orders)"}}) {
            test.room.database.exec(sql);
            const CommandResult refused = test.room.tripmig(command);
            CHECK(refused.exit_code == 12);
            CHECK_MESSAGE(refused.err.find(told) != std::string::npos, refused.err);
            test.room.database.exec(back);
        }
        CHECK(test.room.tripmig(command).exit_code == 0);
        test.revert();
    }
}
