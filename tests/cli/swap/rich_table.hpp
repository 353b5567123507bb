#pragma once

#include <array>
#include <cstdlib>
#include <string>

#include "cli/swap/fixture.hpp"

namespace tripmig::test {

/// Roles are the whole server's: made when they are missing, and gone with the last database that names them.
class CarryRoles {
  public:
    CarryRoles() {
        for (const char* const name : names)
            m_server.exec("DO $$ BEGIN CREATE ROLE " + std::string(name) +
                          "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        m_server.exec("GRANT carry_owner TO CURRENT_USER");
    }
    ~CarryRoles() {
        for (const char* const name : names)
            (void)m_server.sqlstate_of("DROP ROLE " + std::string(name));  // 2BP01: a database that was kept
    }
    CarryRoles(const CarryRoles&) = delete;
    CarryRoles& operator=(const CarryRoles&) = delete;

  private:
    static constexpr std::array names{"carry_owner", "carry_reader", "carry_writer", "carry_default"};
    Connection m_server{std::getenv("DATABASE_URL")};
};

/// A table with everything that comes along.
inline const char* const rich = R"(
    CREATE FUNCTION names_of(relation oid, numbers int2[]) RETURNS text LANGUAGE sql AS
        $$ SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_attribute WHERE attrelid = relation AND attnum = ANY (numbers) $$;
    GRANT CREATE, USAGE ON SCHEMA public TO carry_owner;
    ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO carry_default;
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO carry_default;
    ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO carry_default;
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
    CREATE TABLE customers (id bigint PRIMARY KEY, name text);
    INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, 50) g;
    CREATE SEQUENCE "Odd Counter" START 7 INCREMENT 3;
    CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5 CACHE 2) PRIMARY KEY,
        at timestamptz DEFAULT now(),
        gone int,
        "Odd ""Name""" text COLLATE "C" NOT NULL DEFAULT 'it''s',
        customer_id bigint NOT NULL CONSTRAINT orders_customer REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        counter bigint NOT NULL DEFAULT nextval('"Odd Counter"'),
        amount numeric(10, 2) CONSTRAINT amount_positive CHECK (amount >= 0),
        twice numeric GENERATED ALWAYS AS (amount * 2) STORED,
        feeling mood DEFAULT 'good', done percent, tags text[], document jsonb, code varchar(10),
        CONSTRAINT "long check" CHECK (amount < 1000000 AND code <> 'x'),
        CONSTRAINT orders_code_at UNIQUE (code, at)
    ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_enabled = off);
    ALTER TABLE orders DROP COLUMN gone;
    ALTER SEQUENCE "Odd Counter" OWNED BY orders.counter;
    ALTER TABLE orders ALTER document SET STORAGE external, ALTER tags SET COMPRESSION pglz, ALTER customer_id SET STATISTICS 700;
    ALTER TABLE orders ALTER customer_id SET (n_distinct = 50);
    CREATE INDEX orders_expression ON orders (lower(code), (amount * 3)) WHERE amount > 5;
    ALTER INDEX orders_expression ALTER COLUMN 2 SET STATISTICS 200;
    CREATE INDEX orders_covering ON orders (customer_id DESC NULLS LAST) INCLUDE (amount) WITH (fillfactor = 70);
    CREATE INDEX orders_gin ON orders USING gin (tags);
    CREATE INDEX orders_brin ON orders USING brin (at);
    CREATE UNIQUE INDEX orders_unique ON orders (at, customer_id, id) WHERE code IS NOT NULL;
    CREATE STATISTICS orders_statistics (ndistinct, dependencies) ON customer_id, feeling FROM orders;
    ALTER STATISTICS orders_statistics SET STATISTICS 300;
    CREATE FUNCTION noticed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$;
    CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OF amount ON orders FOR EACH ROW WHEN (NEW.amount > 10) EXECUTE FUNCTION noticed('a', 'b');
    CREATE TRIGGER after_row AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION noticed();
    CREATE TRIGGER after_statement AFTER UPDATE ON orders REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION noticed();
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION noticed();
    ALTER TABLE orders DISABLE TRIGGER after_row;
    ALTER TABLE orders ENABLE ALWAYS TRIGGER before_row;
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    CREATE POLICY readers ON orders FOR SELECT TO carry_reader, carry_writer USING (customer_id > 0);
    CREATE POLICY writers ON orders AS RESTRICTIVE FOR UPDATE TO carry_writer USING (true) WITH CHECK (amount < 500);
    ALTER TABLE orders REPLICA IDENTITY FULL;
    GRANT SELECT ON orders TO carry_reader WITH GRANT OPTION;
    GRANT INSERT, UPDATE (amount, code) ON orders TO carry_writer;
    GRANT SELECT (id) ON orders TO PUBLIC;
    REVOKE TRUNCATE ON orders FROM CURRENT_USER;
    REVOKE ALL ON orders FROM carry_default;
    CREATE VIEW good_orders WITH (security_barrier = true) AS SELECT id, amount, customer_id FROM orders WHERE feeling = 'good' WITH LOCAL CHECK OPTION;
    CREATE VIEW view_of_view AS SELECT g.id, c.name FROM good_orders g JOIN customers c ON c.id = g.customer_id;
    CREATE VIEW counted AS SELECT o.customer_id, count(*) AS n FROM orders o JOIN good_orders USING (id) GROUP BY 1;
    ALTER VIEW good_orders ALTER COLUMN amount SET DEFAULT 5;
    GRANT SELECT ON good_orders TO carry_reader;
    CREATE FUNCTION newest() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT max(id) FROM orders; END;
    CREATE TABLE lines (n int, order_id bigint CONSTRAINT lines_orders REFERENCES orders (id) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (order_id) DEFERRABLE);
    CREATE PUBLICATION carry_feed FOR TABLE orders (id, at, amount, customer_id) WHERE (amount > 1), customers WITH (publish = 'insert', publish_via_partition_root = true);
    COMMENT ON TABLE orders IS 'Orders; "quoted" and it''s';
    COMMENT ON COLUMN orders.amount IS 'how much';
    COMMENT ON CONSTRAINT "long check" ON orders IS 'why';
    COMMENT ON CONSTRAINT orders_pkey ON orders IS 'the key';
    COMMENT ON CONSTRAINT orders_customer ON orders IS 'whose';
    COMMENT ON CONSTRAINT lines_orders ON lines IS 'of which';
    COMMENT ON INDEX orders_gin IS 'by tag';
    COMMENT ON INDEX orders_pkey IS 'by id';
    COMMENT ON TRIGGER before_row ON orders IS 'before';
    COMMENT ON POLICY readers ON orders IS 'who reads';
    COMMENT ON STATISTICS orders_statistics IS 'together';
    COMMENT ON VIEW good_orders IS 'good ones';
    COMMENT ON SEQUENCE orders_id_seq IS 'numbers';
    COMMENT ON COLUMN good_orders.amount IS 'of the view';
    GRANT SELECT ON SEQUENCE orders_id_seq TO carry_reader;
    INSERT INTO orders (at, customer_id, amount, code) SELECT now() - g * interval '1 hour', 1 + g % 50, g, 'c' || g FROM generate_series(1, 3000) g;
    INSERT INTO lines SELECT g, 100 + 5 * g FROM generate_series(0, 99) g;
)";

/// What must be the same before and after, whatever the table is made of. The primary key is left out: it gets the
/// partition key.
inline const char* const portrait = R"(
    SELECT string_agg(fact, E'\n' ORDER BY fact) FROM (
        SELECT concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), attcollation::regcollation, attidentity, attgenerated,
                         attstorage, attcompression, attstattarget, attacl, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum),
                         (SELECT string_agg(o, ',') FROM unnest(attoptions) o WHERE o NOT LIKE 'pg\_%')) AS fact
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid = 'orders'::regclass AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, contype, convalidated, condeferrable, condeferred,
                         CASE WHEN contype <> 'p' AND confrelid = 0 THEN pg_get_constraintdef(oid) END, confupdtype, confdeltype, confmatchtype,
                         CASE WHEN contype <> 'p' THEN names_of(conrelid, conkey) END, names_of(conrelid, confdelsetcols), obj_description(oid, 'pg_constraint'))
        FROM pg_constraint WHERE conrelid IN ('orders'::regclass, 'lines'::regclass) AND contype NOT IN ('t', 'n')
        UNION ALL
        SELECT concat_ws(' ', 'index', i.relname, CASE WHEN NOT indisprimary THEN replace(pg_get_indexdef(indexrelid), 'ON ONLY ', 'ON ') END,
                         indisvalid, obj_description(indexrelid, 'pg_class'), (SELECT array_agg(attstattarget ORDER BY attnum) FROM pg_attribute WHERE attrelid = indexrelid AND NOT indisprimary))
        FROM pg_index JOIN pg_class i ON i.oid = indexrelid WHERE indrelid = 'orders'::regclass
        UNION ALL
        SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger'))
        FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal AND tgname !~ '^((00|zz)_)?orders_ids_'
        UNION ALL
        SELECT concat_ws(' ', 'policy', polname, polcmd, polpermissive, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),
                         obj_description(oid, 'pg_policy')) FROM pg_policy WHERE polrelid = 'orders'::regclass
        UNION ALL
        SELECT concat_ws(' ', 'relation', relname, relowner::regrole, relacl, relrowsecurity, relforcerowsecurity, relreplident,
                         CASE WHEN relkind = 'v' THEN reloptions END, obj_description(oid, 'pg_class'),
                         CASE WHEN relkind = 'v' THEN pg_get_viewdef(oid) END,
                         (SELECT string_agg(attname || coalesce(col_description(attrelid, attnum), '') || coalesce(pg_get_expr(adbin, adrelid), ''), ',' ORDER BY attnum)
                          FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = c.oid AND attnum > 0 AND relkind = 'v'))
        FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND (relname = 'orders' OR relkind IN ('v', 'S')) AND relname NOT LIKE 'orders\_past%'
        UNION ALL
        SELECT concat_ws(' ', 'sequence', s.*, pg_get_serial_sequence('orders', 'id'), pg_get_serial_sequence('orders', 'counter')) FROM pg_sequences s WHERE schemaname = 'public'
        UNION ALL
        SELECT concat_ws(' ', 'statistics', pg_get_statisticsobjdef(oid), stxowner::regrole, stxstattarget, obj_description(oid, 'pg_statistic_ext'))
        FROM pg_statistic_ext WHERE stxrelid = 'orders'::regclass
        UNION ALL
        SELECT concat_ws(' ', 'publication', pubname, prrelid::regclass, names_of(prrelid, prattrs::int2[]), pg_get_expr(prqual, prrelid))
        FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid
        UNION ALL
        SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'newest'
    ) AS facts
)";

/// The roles outlive the database.
struct CarryRoom {
    CarryRoles roles;
    SwapFixture room;

    CarryRoom() { room.database.exec(of_version(rich)); }
    [[nodiscard]] std::string scalar(const std::string& sql) const { return room.database.scalar(of_version(sql)); }

  private:
    /// PostgreSQL 14 has neither lists of columns for SET NULL nor what publications say of columns and rows.
    [[nodiscard]] std::string of_version(std::string sql) const {
        if (std::stoi(room.database.scalar("SHOW server_version_num")) >= 150000)
            return sql;
        for (const char* const younger : {" (order_id) DEFERRABLE", " (id, at, amount, customer_id) WHERE (amount > 1)",
                                          ", names_of(conrelid, confdelsetcols)",
                                          ", names_of(prrelid, prattrs::int2[]), pg_get_expr(prqual, prrelid)"})
            if (const std::size_t at = sql.find(younger); at != std::string::npos)
                sql.erase(at, std::string(younger).size());
        return sql;
    }
};

/// Orders and lines with what a test adds to them, and how they looked before the swap.
struct CarriedOrders {
    CarryRoles roles;
    SwapFixture room;
    std::string dump, catalog;
    SwappedTable swapped{"orders", "at", "orders_ids", false};

    explicit CarriedOrders(const std::string& what) {
        room.database.exec(orders_and_lines);
        room.database.exec(what);
        dump = room.dump();
        catalog = now();
    }
    /// Without what only a swapped table has.
    [[nodiscard]] std::string now() const {
        return catalog_text(room.database.url(), {"orders_2*", "orders_past", "orders_before", "orders_ids"}, swapped);
    }
    [[nodiscard]] std::string scalar(const std::string& sql) const { return room.database.scalar(sql); }
};

}  // namespace tripmig::test
