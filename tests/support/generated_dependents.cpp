// What hangs on a drawn table, or is bound to it or to its row type by OID.
#include "support/generated_table.hpp"

namespace tripmig::test {

void GeneratedTable::draw_triggers() {
    const std::vector<std::string> forms{
        "BEFORE INSERT OR UPDATE OF amount ON %s FOR EACH ROW WHEN (NEW.amount > 10) EXECUTE FUNCTION noticed('a')",
        "AFTER DELETE ON %s FOR EACH ROW EXECUTE FUNCTION noticed()",
        "AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION noticed()",
        "BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION noticed()",
        "AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION noticed('it''s')",
    };
    for (std::size_t left = below(3); left > 0; --left) {
        std::string form = pick(forms);
        form.replace(form.find("%s"), 2, table);
        const std::string trigger = "t" + std::to_string(++m_names);
        say("CREATE TRIGGER " + trigger + " " + form);
        if (one_in(2))
            say("ALTER TABLE " + table + " " + pick({"DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"}) + " TRIGGER " +
                trigger);
        m_commented.emplace_back("TRIGGER " + trigger + " ON " + table, "a trigger");
    }
    if (one_in(4))
        say("CREATE CONSTRAINT TRIGGER " + name("late") + " AFTER INSERT ON " + table +
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION noticed()");
}

void GeneratedTable::draw_views() {
    if (!one_in(2))
        return;
    const std::string first = name("view");
    say("CREATE VIEW " + first + pick({"", " WITH (security_barrier = true)"}) + " AS SELECT * FROM " + table +
        " WHERE amount >= 0" + pick({"", " WITH LOCAL CHECK OPTION", " WITH CASCADED CHECK OPTION"}));
    views.push_back(first);
    if (one_in(2))
        say("GRANT SELECT ON " + first + " TO carry_reader");
    if (one_in(2))
        m_commented.emplace_back("VIEW " + first, "a view");
    const std::string second = name("view");
    say("CREATE VIEW " + second + " AS SELECT v.amount, o." + m_key + " FROM " + first + " v JOIN " + table +
        " o USING (amount) LEFT JOIN customers c ON c.id = v.amount");
    views.push_back(second);
    if (one_in(2))
        say("ALTER VIEW " + second + " ALTER COLUMN amount SET DEFAULT 5");
    if (one_in(2))
        say("CREATE FUNCTION most() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT max(amount) FROM " + table +
            "; END");
}

void GeneratedTable::draw_followers() {
    const Column other = btree_column();
    if (other.name != "amount" && one_in(3)) {
        const std::string statistics = name("st");
        say("CREATE STATISTICS " + statistics + pick({"", " (ndistinct)", " (mcv, dependencies)"}) + " ON amount, " +
            other.name + ", " + m_key + " FROM " + table);
        m_commented.emplace_back("STATISTICS " + statistics, "together");
        if (one_in(2))
            say("ALTER STATISTICS " + statistics + " SET STATISTICS 99");
    }
    if (one_in(4))
        say("CREATE STATISTICS " + name("st") + " ON (amount * 2), (amount % 7) FROM " + table);
    if (!m_identity_indexes.empty() && one_in(2))
        say("ALTER TABLE " + table + " REPLICA IDENTITY USING INDEX " + m_identity_indexes.front());
    else if (one_in(3))
        say("ALTER TABLE " + table + " REPLICA IDENTITY " + pick({"FULL", "NOTHING"}));
    if (one_in(3))
        say("CREATE PUBLICATION " + name("pub") + " FOR TABLE " + table +
            (m_server >= 15 && one_in(2) ? " WHERE (amount > 1)" : "") +
            " WITH (publish = 'insert', publish_via_partition_root = true)");
}

void GeneratedTable::draw_rules() {
    if (one_in(2))
        return;
    say("CREATE TABLE written (what text, amount int)");
    const std::vector<std::string> forms{
        "INSERT TO %s WHERE NEW.amount > 500 DO ALSO INSERT INTO written VALUES ('it''s new', NEW.amount)",
        "DELETE TO %s WHERE OLD.amount = -1 DO INSTEAD (INSERT INTO written VALUES ('gone', OLD.amount); UPDATE "
        "written SET what = 'x' "
        "WHERE amount = OLD.amount)",
        "UPDATE TO %s DO ALSO NOTHING",
        "UPDATE TO %s WHERE OLD.amount < -5 DO INSTEAD UPDATE written SET amount = (SELECT max(amount) FROM %s)",
    };
    for (std::size_t left = 1 + below(2); left > 0; --left) {
        std::string form = pick(forms);
        for (std::size_t at = form.find("%s"); at != std::string::npos; at = form.find("%s"))
            form.replace(at, 2, table);
        const std::string rule = name("rule");
        say("CREATE RULE " + rule + " AS ON " + form);
        if (one_in(2))
            say("ALTER TABLE " + table + " " + pick({"DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"}) + " RULE " + rule);
        m_commented.emplace_back("RULE " + rule + " ON " + table, "a rule");
    }
    if (one_in(2))
        say("CREATE RULE " + name("over") + " AS ON INSERT TO written WHERE NEW.what = 'over' DO INSTEAD UPDATE " +
            table + " SET amount = NEW.amount WHERE amount = -1");
}

void GeneratedTable::draw_row_functions() {
    if (one_in(2))
        return;
    const std::string schema = table.substr(0, table.find('.') + 1);
    const std::string first = schema + name("of_row");
    say("CREATE FUNCTION " + first + "(o " + table + ", n int = 2) RETURNS bigint LANGUAGE " +
        pick({"plpgsql STABLE COST 9 AS 'BEGIN RETURN o.amount * n; END'", "sql IMMUTABLE AS 'SELECT o.amount * n'",
              "sql STABLE RETURN (o).amount + n"}));
    m_commented.emplace_back("FUNCTION " + first + "(" + table + ", int)", "it's of a row");
    if (one_in(2))
        say("GRANT EXECUTE ON FUNCTION " + first + " TO carry_reader WITH GRANT OPTION");
    if (one_in(3))
        say("REVOKE EXECUTE ON FUNCTION " + first + " FROM PUBLIC");
    const std::string second = name("rows");
    say("CREATE FUNCTION " + second + "() RETURNS SETOF " + table + " LANGUAGE sql STABLE " +
        pick({"AS $$SELECT * FROM " + table + "$$", "BEGIN ATOMIC SELECT * FROM " + table + " WHERE amount > 3; END"}));
    if (one_in(2)) {
        views.push_back(name("view"));
        say("CREATE VIEW " + views.back() + " AS SELECT o.amount, " + first + "(o) AS n FROM " + table + " o");
    }
    if (one_in(3)) {
        views.push_back(name("view"));
        say("CREATE VIEW " + views.back() + " AS SELECT r.amount FROM " + second + "() r");
    }
    if (one_in(3))
        say("CREATE TRIGGER t" + std::to_string(++m_names) + " AFTER UPDATE ON " + table + " FOR EACH ROW WHEN (" +
            first + "(NEW.*) = -7) EXECUTE FUNCTION noticed()");
}

void GeneratedTable::draw_matview() {
    if (!one_in(2))
        return;
    matview = name("sums");
    const std::string from =
        views.empty() || one_in(2) ? " FROM " + table : " FROM " + table + " JOIN " + views[0] + " USING (amount)";
    say("CREATE MATERIALIZED VIEW " + matview + pick({"", " WITH (fillfactor = 80)"}) +
        " AS SELECT amount % 7 AS \"Of seven\", count(*) AS n, 'it''s; ' || max(amount) AS most" + from +
        " GROUP BY 1" + pick({"", "", " WITH NO DATA"}));
    if (one_in(2))
        say("CREATE UNIQUE INDEX " + name("by") + " ON " + matview + " (\"Of seven\")");
    if (one_in(2))
        say("CREATE INDEX " + name("by") + " ON " + matview + " ((n * 2), most DESC) WHERE n > 1");
    if (one_in(2))
        say("ALTER MATERIALIZED VIEW " + matview + " ALTER n SET STATISTICS 77, ALTER most SET STORAGE external");
    if (one_in(2))
        say("GRANT SELECT ON " + matview + " TO carry_reader WITH GRANT OPTION");
    if (one_in(2))
        say("GRANT SELECT (n) ON " + matview + " TO carry_writer");
    if (one_in(2))
        m_commented.emplace_back("MATERIALIZED VIEW " + matview, "it's built anew");
    if (one_in(2))
        say("CREATE VIEW " + name("view") + " AS SELECT max(n) AS n FROM " + matview);
}

}  // namespace tripmig::test
