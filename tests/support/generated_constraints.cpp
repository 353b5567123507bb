#include "support/generated_table.hpp"

// Its indexes, and its constraints that are no part of CREATE TABLE.

namespace tripmig::test {

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

}  // namespace tripmig::test
