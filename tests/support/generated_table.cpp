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

std::string in_quotes(const std::string& name) {
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

std::string GeneratedTable::joined(const std::vector<std::string>& items, const std::string& between) {
    std::string text;
    for (const std::string& item : items)
        text += (text.empty() ? "" : between) + item;
    return text;
}

/// A name that may need quotes, or is as long as names get.
std::string GeneratedTable::name(const std::string& what) {
    const std::string number = std::to_string(++m_names);
    switch (below(7)) {
        case 0:
            return in_quotes(what + " " + number + " \"Odd\" it's");
        case 1:
            return in_quotes(what + number + std::string(63 - what.size() - number.size(), 'x'));
        case 2:
            return in_quotes("Größe " + what + number);
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
    m_key = in_quotes(key);
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

void GeneratedTable::draw_rows() {
    is_empty = one_in(8);
    if (!is_empty)
        say("INSERT INTO " + table + " (" + joined(m_inserted) + ") SELECT " + joined(m_values) +
            " FROM generate_series(1, " + pick({"1", "90", "400"}) + ") g");
}

}  // namespace tripmig::test
