#include "support/generated_table.hpp"

// Who may do what with it, and what is said of it.

namespace tripmig::test {

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
