#include "support/generated_table.hpp"

#include <algorithm>

namespace tripmig::test {

namespace {

struct Type {
    const char* name;
    const char* value;  ///< for row g
    bool is_btree;
    bool is_number;
};

constexpr Type types[] = {
    {"int", "g % 97", true, true},
    {"bigint", "g * 1000003", true, true},
    {"smallint", "g % 100", true, true},
    {"numeric(12,2)", "g / 7.0", true, true},
    {"numeric", "g / 10.0", true, true},
    {"double precision", "g / 3.0", true, true},
    {"text", "'text ' || g", true, false},
    {"text COLLATE \"C\"", "'c' || g % 13", true, false},
    {"varchar(20)", "'v' || g", true, false},
    {"character(3)", "chr(97 + g % 26)", true, false},
    {"boolean", "g % 2 = 0", true, false},
    {"uuid", "md5(g::text)::uuid", true, false},
    {"date", "current_date - g", true, false},
    {"interval", "g * interval '1 minute'", true, false},
    {"time", "'00:00'::time + g * interval '1 second'", true, false},
    {"inet", "'10.0.0.0'::inet + g", true, false},
    {"bytea", "g::text::bytea", true, false},
    {"mood", "(ARRAY['good', 'bad'])[1 + g % 2]::mood", true, false},
    {"percent", "g % 101", true, false},
    {"bit varying(8)", "(g % 200)::bit(8)", true, false},
    {"jsonb", "jsonb_build_object('g', g)", true, false},
    {"json", "json_build_object('g', g)", false, false},
    {"text[]", "ARRAY['a' || g % 5, 'b']", true, false},
    {"int4range", "int4range(g, g + 5)", true, false},
    {"point", "point(g, g)", false, false},
    {"tsvector", "to_tsvector('simple', 'word' || g)", false, false},
    {"money", "g::money", true, false},
    {"pair", "ROW(g, 'x')::pair", false, false},
    {"\"char\"", "'x'", true, false},
};

std::string joined(const std::vector<std::string>& items, const std::string& between = ", ") {
    std::string text;
    for (const std::string& item : items)
        text += (text.empty() ? "" : between) + item;
    return text;
}

std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char letter : name)
        text += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return text + '"';
}

}  // namespace

GeneratedTable::GeneratedTable(std::uint64_t seed, bool for_copy, int server)
    : m_random(seed), m_for_copy(for_copy), m_server(server) {
    draw_surroundings();
    draw_key();
    draw_ids();
    draw_columns();
    draw_table();
    draw_column_settings();
    draw_indexes();
    draw_unique();
    draw_narrow();
    draw_outgoing();
    draw_rows();
    draw_unvalidated_check();
    draw_incoming();
    draw_triggers();
    draw_row_security();
    draw_rights();
    draw_views();
    draw_rules();
    draw_row_functions();
    draw_followers();
    draw_matview();
    draw_comments();
}

/// A name that may need quotes, or is as long as names get.
std::string GeneratedTable::name(const std::string& what) {
    const std::string number = std::to_string(++m_names);
    switch (below(7)) {
        case 0:
            return quoted(what + " " + number + " \"Odd\" it's");
        case 1:
            return quoted(what + number + std::string(63 - what.size() - number.size(), 'x'));
        case 2:
            return quoted("Größe " + what + number);
        default:
            return what + "_" + number;
    }
}

const GeneratedTable::Column& GeneratedTable::btree_column() {
    for (int i = 0; i < 20; ++i)
        if (const Column& each = column(); each.is_btree)
            return each;
    return m_columns.front();  // a number
}

void GeneratedTable::draw_surroundings() {
    std::string schema = "public";
    if (one_in(3)) {
        schema = pick({"shop", "\"Shop One\""});
        say("CREATE SCHEMA " + schema);
    }
    say("GRANT CREATE, USAGE ON SCHEMA public, " + schema + " TO carry_owner");
    if (one_in(3))
        say("ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO carry_default");
    if (one_in(3))
        say("ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO carry_default");
    if (one_in(3))
        say("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
    say("CREATE TYPE mood AS ENUM ('good', 'bad')");
    say("CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100)");
    say("CREATE TYPE pair AS (a int, b text)");
    say("CREATE TABLE customers (id bigint PRIMARY KEY, part int, name text, UNIQUE (id, part))");
    say("INSERT INTO customers SELECT g, g % 5, 'c' || g FROM generate_series(0, 50) g");
    say("CREATE FUNCTION noticed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$");
    table = schema + "." +
            pick({"orders", "orders", "\"Order s\"", "\"it's \"\"one\"\"\"",
                  "a_table_of_a_name_as_long_as_names_of_tables_can_get_some_chars"});
}

void GeneratedTable::draw_key() {
    key = pick({"at", "at", "At Time", "created_at"});
    m_key = quoted(key);
    const std::size_t kind = below(6);
    const std::string ago = " - g * interval '7 hours'";
    if (kind == 0) {
        m_key_type = "date";
        m_key_value = "current_date - g / 4";
    } else if (kind == 1) {
        m_key_type = "uuid";
        m_key_value = "(lpad(to_hex((extract(epoch FROM now()" + ago +
                      ") * 1000)::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(g), 4, '0'))::uuid";
    } else if (kind <= 3) {
        m_key_type = pick({"timestamptz", "timestamptz(3)"});
        m_key_value = "now()" + ago;
    } else {
        m_key_type = pick({"timestamp", "timestamp(0)"});
        m_key_value = "localtimestamp" + ago;
    }
    std::string definition = m_key + " " + m_key_type;
    if (!one_in(3))
        definition += " NOT NULL";
    if (kind != 1 && one_in(2))
        definition += " DEFAULT now()";
    m_definitions.push_back(definition);
    m_inserted.push_back(m_key);
    m_values.push_back(m_key_value);
}

void GeneratedTable::draw_ids() {
    const std::string id = pick({"id", "id", "\"Id\""});
    m_ids = {id};
    switch (below(6)) {
        case 0:
            m_definitions.push_back(id + " uuid NOT NULL DEFAULT gen_random_uuid()");
            break;
        case 1:
            m_definitions.push_back(id + (one_in(2) ? " text COLLATE \"C\" NOT NULL" : " text NOT NULL"));
            m_inserted.push_back(id);
            m_values.emplace_back("'id ' || g");
            break;
        case 2:
            m_definitions.emplace_back("tenant int NOT NULL");
            m_definitions.push_back(id + " bigserial");
            m_ids = {"tenant", id};
            m_inserted.emplace_back("tenant");
            m_values.emplace_back("g % 3");
            break;
        case 3:
            m_definitions.push_back(id + " numeric(20,0) NOT NULL");
            m_inserted.push_back(id);
            m_values.emplace_back("g");
            break;
        default:
            m_definitions.push_back(id + " bigint GENERATED " + pick({"ALWAYS", "BY DEFAULT"}) + " AS IDENTITY" +
                                    pick({"", " (START WITH 100 INCREMENT BY 5)", " (CACHE 3 MAXVALUE 100000 CYCLE)"}));
    }
}

void GeneratedTable::draw_columns() {
    m_columns.push_back({"amount", "int", "g", true, true, false});
    m_definitions.emplace_back("amount int");
    if (one_in(2))
        m_definitions.emplace_back("gone int");
    for (std::size_t left = 1 + below(6); left > 0; --left) {
        const Type& type = types[below(std::size(types))];
        Column column{name("c"), type.name, type.value, type.is_btree, type.is_number, one_in(3)};
        std::string definition = column.name + " " + column.type;
        if (column.not_null)
            definition += " NOT NULL";
        if (one_in(3))
            definition += " DEFAULT " + std::string(type.is_number ? "1 + 2" : "NULL");
        else if (type.is_number && one_in(3))
            definition += " CONSTRAINT " + name("check") + " CHECK (" + column.name + " IS DISTINCT FROM -1)";
        m_definitions.push_back(definition);
        m_columns.push_back(column);
    }
    for (const Column& column : m_columns) {
        m_inserted.push_back(column.name);
        m_values.push_back(column.value);
    }
    if (one_in(2))
        m_definitions.push_back(name("g") + " numeric GENERATED ALWAYS AS (amount * 2 + 1) STORED");
    if (m_server >= 18 && one_in(2))
        m_definitions.push_back(name("v") + " int GENERATED ALWAYS AS (amount + 1) VIRTUAL");
    if (one_in(4))
        m_definitions.push_back(name("n") + " serial");
}

void GeneratedTable::draw_table() {
    std::vector<std::string> order = m_definitions;
    std::shuffle(order.begin(), order.end(), m_random);
    m_has_primary = !one_in(6);
    if (m_has_primary) {
        std::vector<std::string> ids = m_ids;
        if (one_in(5))
            ids.push_back(m_key);  // it has the partition key in it already
        if (ids.size() > m_ids.size())
            m_ids = ids;
        const std::string constraint = one_in(2) ? "CONSTRAINT " + name("pk") + " " : "";
        order.push_back(constraint + "PRIMARY KEY (" + joined(m_ids) + ")");
    }
    if (one_in(2)) {
        const std::string check = name("check");
        order.push_back("CONSTRAINT " + check + " CHECK (amount >= 0 AND " + m_key + " IS NOT NULL)");
        m_commented.emplace_back("CONSTRAINT " + check + " ON " + table, "why it's so");
    }
    const std::string options =
        one_in(3) ? pick({" WITH (fillfactor = 70)", " WITH (autovacuum_vacuum_scale_factor = 0.03, fillfactor = 85)",
                          " WITH (toast.autovacuum_enabled = off, parallel_workers = 2)"})
                  : "";
    say("CREATE TABLE " + table + " (" + joined(order, ",\n  ") + ")" + options);
    for (const std::string& definition : m_definitions)
        if (definition == "gone int")
            say("ALTER TABLE " + table + " DROP COLUMN gone");
}

void GeneratedTable::draw_column_settings() {
    const std::string alter = "ALTER TABLE " + table + " ALTER COLUMN ";
    for (const Column& each : m_columns) {
        if (each.type == "text" && one_in(2))
            say(alter + each.name + " SET STORAGE " + pick({"EXTERNAL", "MAIN"}));
        if (each.type == "text" && one_in(2))
            say(alter + each.name + " SET COMPRESSION pglz");
        if (one_in(5))
            say(alter + each.name + " SET STATISTICS " + pick({"0", "17", "500"}));
        if (each.is_btree && one_in(6))
            say(alter + each.name + " SET (n_distinct = -0.25, n_distinct_inherited = 12)");
        if (one_in(4))
            m_commented.emplace_back("COLUMN " + table + "." + each.name, "a column's \\ comment");
    }
}

void GeneratedTable::draw_index(const std::string& index) {
    const std::string create = "CREATE INDEX " + index + " ON " + table + " ";
    const Column& one = btree_column();
    switch (below(9)) {
        case 0:
            say(create + "((amount * 3), " + one.name + ") WHERE amount > 5");
            if (one_in(2))
                m_commented.emplace_back("INDEX " + table.substr(0, table.find('.') + 1) + index, "an index");
            break;
        case 1:
            say(create + "(" + one.name + " DESC NULLS LAST) INCLUDE (amount) WITH (fillfactor = 60)");
            break;
        case 2:
            say(create + "USING brin (" + m_key + ") WITH (pages_per_range = 16)");
            break;
        case 3:
            say(create + "USING hash (amount)");
            break;
        case 4:
            say(create + "(lower(amount::text) text_pattern_ops, " + m_key + ")");
            break;
        case 5:
            say(create + "((amount::text || 'x') COLLATE \"C\")");
            say("ALTER INDEX " + table.substr(0, table.find('.') + 1) + index + " ALTER COLUMN 1 SET STATISTICS 321");
            break;
        case 6:
            say(create + "(" + one.name + ") WHERE " + one.name + " IS NOT NULL");
            break;
        default:
            say(create + "(" + m_key + ", " + one.name + ")");
            if (one_in(3))
                say("ALTER TABLE " + table + " CLUSTER ON " + index);
    }
}

void GeneratedTable::draw_indexes() {
    for (std::size_t left = below(4); left > 0; --left)
        draw_index(name("i"));
    if (one_in(3))
        say("CREATE INDEX ON " + table + " (amount)");
}

void GeneratedTable::draw_unique() {
    const std::string schema = table.substr(0, table.find('.') + 1);
    const bool needs_one = m_for_copy && !m_has_primary;
    if (needs_one || one_in(3)) {
        const std::string index = name("u");
        say("ALTER TABLE " + table + " ALTER COLUMN " + m_key + " SET NOT NULL");
        say("CREATE UNIQUE INDEX " + index + " ON " + table + " (" + m_ids.front() + ", " + m_key +
            (m_ids.size() > 1 && m_ids.back() != m_key ? ", " + m_ids.back() : "") + ")");
        m_identity_indexes.push_back(index);
    }
    if (one_in(4)) {
        const std::string constraint = name("uc");
        say("ALTER TABLE " + table + " ADD CONSTRAINT " + constraint + " UNIQUE " +
            (m_server >= 15 && one_in(2) ? "NULLS NOT DISTINCT " : "") + "(" + m_key + ", " +
            joined(m_ids.back() == m_key ? std::vector<std::string>{m_ids.front()} : m_ids) + ")");
        m_commented.emplace_back("CONSTRAINT " + constraint + " ON " + table, "unique");
    }
}

void GeneratedTable::draw_narrow() {
    if (one_in(2))
        return;
    unique_indexes = "leaf";
    const std::string column = name("own");
    const std::string index = name("narrow");
    say("ALTER TABLE " + table + " ADD COLUMN " + column + " bigint");
    m_inserted.push_back(column);
    m_values.emplace_back("g");
    say(pick({"ALTER TABLE " + table + " ADD CONSTRAINT " + index + " UNIQUE (" + column + ") INCLUDE (amount)",
              "CREATE UNIQUE INDEX " + index + " ON " + table + " ((" + column + " * 2)) WHERE " + column + " > 5"}));
}

void GeneratedTable::draw_outgoing() {
    for (std::size_t left = below(3); left > 0; --left) {
        const std::string constraint = name("fk");
        std::string actions = pick({"", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE SET NULL"});
        actions += pick({"", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"});
        const std::string column = name("customer");
        say("ALTER TABLE " + table + " ADD COLUMN " + column + " bigint, ADD CONSTRAINT " + constraint +
            " FOREIGN KEY (" + column + ") REFERENCES customers" + actions);
        m_inserted.push_back(column);
        m_values.emplace_back("g % 50");
        if (one_in(2))
            m_commented.emplace_back("CONSTRAINT " + constraint + " ON " + table, "whose");
    }
}

void GeneratedTable::draw_rows() {
    is_empty = one_in(8);
    if (!is_empty)
        say("INSERT INTO " + table + " (" + joined(m_inserted) + ") SELECT " + joined(m_values) +
            " FROM generate_series(1, " + pick({"1", "90", "400"}) + ") g");
}

/// The first row violates it.
void GeneratedTable::draw_unvalidated_check() {
    if (!one_in(3))
        return;
    const std::string check = name("later");
    say("ALTER TABLE " + table + " ADD CONSTRAINT " + check + " CHECK (amount <> 1 OR amount IS NULL) NOT VALID");
    if (one_in(2))
        m_commented.emplace_back("CONSTRAINT " + check + " ON " + table, "for those that come");
}

void GeneratedTable::draw_incoming() {
    if (!m_has_primary || m_ids.back() == m_key || one_in(2))
        return;
    incoming = pick({"registry", "registry", "drop"});
    for (std::size_t left = 1 + below(2); left > 0; --left) {
        const std::string child = name("lines");
        const std::string constraint = name("points");
        std::vector<std::string> columns;
        for (const std::string& id : m_ids)
            columns.push_back(id == "tenant" ? "t" : id);
        say("CREATE TABLE " + child + " AS SELECT " + joined(m_ids) + " FROM " + table + " LIMIT 20");
        std::string tail = pick({"", " MATCH FULL"});
        tail += pick({"", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE RESTRICT", " ON DELETE SET NULL"});
        tail += pick({"", " DEFERRABLE INITIALLY DEFERRED"});
        say("ALTER TABLE " + child + " ADD CONSTRAINT " + constraint + " FOREIGN KEY (" + joined(m_ids) +
            ") REFERENCES " + table + tail);
        m_commented.emplace_back("CONSTRAINT " + constraint + " ON " + child, "of which");
    }
}

void GeneratedTable::draw_row_security() {
    if (!one_in(3))
        return;
    say("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
    const std::string policy = name("p");
    say("CREATE POLICY " + policy + " ON " + table + " FOR SELECT TO carry_reader, PUBLIC USING (amount > 0)");
    m_commented.emplace_back("POLICY " + policy + " ON " + table, "who reads");
    if (one_in(2))
        say("CREATE POLICY " + name("p") + " ON " + table +
            " AS RESTRICTIVE FOR UPDATE TO carry_writer USING (true) WITH CHECK (amount < (SELECT count(*) + 100 FROM "
            "customers))");
    if (one_in(3))
        say("CREATE POLICY " + name("p") + " ON " + table + " USING (EXISTS (SELECT FROM " + table +
            " AS other WHERE other.amount = 1))");
}

void GeneratedTable::draw_rights() {
    if (one_in(2))
        say("GRANT SELECT, DELETE ON " + table + " TO carry_reader WITH GRANT OPTION");
    if (one_in(2))
        say("GRANT INSERT, UPDATE (amount, " + column().name + ") ON " + table + " TO carry_writer");
    if (one_in(3))
        say("GRANT SELECT (" + m_key + ") ON " + table + " TO PUBLIC");
    if (one_in(4))
        say("REVOKE ALL ON " + table + " FROM carry_default");
    if (one_in(4))
        say("REVOKE TRUNCATE ON " + table + " FROM CURRENT_USER");
}

void GeneratedTable::draw_comments() {
    if (one_in(2))
        m_commented.emplace_back("TABLE " + table, "it's the table; \"quoted\"");
    for (const auto& [what, comment] : m_commented) {
        std::string text;
        for (const char letter : comment)
            text += letter == '\'' ? std::string("''") : std::string(1, letter);
        say("COMMENT ON " + what + " IS '" + text + "'");
    }
    if (!one_in(4))
        return;
    say("ALTER TABLE " + table + " OWNER TO carry_owner");
    say("GRANT SELECT, REFERENCES ON customers TO carry_owner");
    for (const std::string& view : views)
        say("ALTER VIEW " + view + " OWNER TO carry_owner");
    if (!matview.empty() && one_in(2))
        say("ALTER MATERIALIZED VIEW " + matview + " OWNER TO carry_owner");
}

}  // namespace tripmig::test
