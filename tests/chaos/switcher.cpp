#include "chaos/switcher.hpp"

namespace tripmig::chaos {

namespace {

constexpr long first_id = 50'000'000;  // no writer comes that far
constexpr int writer = 99;

std::string number(long value) {
    return std::to_string(value);
}

}  // namespace

Switcher::Switcher(const World& world)
    : m_table(world.plan().kind == Kind::split || world.plan().kind == Kind::drain ? "orders_past" : "orders"),
      m_today(world.today()),
      m_session(world.database.url(), "switcher") {
}

/// The change and its entry are one statement: `change` without its RETURNING.
void Switcher::journal(const std::string& change, const std::string& op) {
    (void)m_session.ask("WITH changed AS (" + change +
                        " RETURNING id, at, note, amount, customer) INSERT INTO journal " +
                        "(writer, tx, op, id, at, note, amount, customer) SELECT " + number(writer) + ", " +
                        number(m_tx) + ", '" + op + "', id, at, note, amount, customer FROM changed");
}

void Switcher::add_rows() {
    m_session.mend();
    ++m_tx;
    constexpr long count = 12;
    journal("INSERT INTO orders (id, at, note, amount, customer) SELECT g, timestamp '" + m_today +
                "' - g % 50 * interval '1 day', 'seen', 1, 1 FROM generate_series(" + number(first_id + m_rows) + ", " +
                number(first_id + m_rows + count - 1) + ") AS g",
            "set");
    m_rows += count;
}

void Switcher::change_unseen() {
    m_session.mend();
    ++m_tx;
    (void)m_session.ask("BEGIN");
    (void)m_session.ask("SET LOCAL lock_timeout = '300ms'");
    (void)m_session.ask("LOCK TABLE " + m_table + " IN ACCESS EXCLUSIVE MODE");
    const Answer triggers = m_session.ask(
        "SELECT string_agg(format('ALTER TABLE " + m_table +
        " %s TRIGGER %I', c.word, tgname), ';' ORDER BY c.word, tgname) FROM pg_trigger, (VALUES ('DISABLE'), "
        "('ENABLE')) "
        "AS c (word) WHERE tgrelid = to_regclass('" +
        m_table +
        "') AND NOT tgisinternal AND tgparentid = 0 AND (SELECT relkind FROM pg_class WHERE oid = tgrelid) = 'r' "
        "GROUP BY c.word ORDER BY c.word");
    if (!triggers.is_ok() || triggers.rows.size() != 2) {
        (void)m_session.ask("ROLLBACK");
        return;
    }
    const std::string first = number(first_id + m_rows - 12);
    (void)m_session.ask(triggers.rows[0][0]);
    journal("UPDATE orders SET note = 'unseen', amount = amount + 1 WHERE id >= " + first + " AND id % 3 = 0", "set");
    journal("DELETE FROM orders WHERE id >= " + first + " AND id % 3 = 1", "delete");
    journal("INSERT INTO orders (id, at, note, amount, customer) VALUES (" + number(first_id + m_rows++) +
                ", timestamp '" + m_today + "' - interval '3 days', 'unseen', 1, 1)",
            "set");
    (void)m_session.ask(triggers.rows[1][0]);
    (void)m_session.ask("COMMIT");
}

}  // namespace tripmig::chaos
