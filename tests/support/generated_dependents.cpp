// What stands on a drawn table and is bound to it, or to its row type, by OID.
#include "support/generated_table.hpp"

namespace tripmig::test {

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
