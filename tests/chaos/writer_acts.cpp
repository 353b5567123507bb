#include "chaos/writer.hpp"

namespace tripmig::chaos {

namespace {

std::string with_id(long id) {
    return " WHERE id = " + std::to_string(id);
}

}  // namespace

/// Of those that were there at first, wherever in the table; a third of the time of the new.
long Writer::any_own() {
    if (m_orders.empty())
        return fresh();
    const long last = m_orders.rbegin()->first;
    const bool is_new = last > first_new && once_in(m_random, 3);
    // While the load is slow, mostly of those that have no room where they are.
    const long most = m_plan.is_slow() && !once_in(m_random, 3) ? m_plan.rows / 2 : m_plan.untouched();
    const auto found =
        m_orders.lower_bound(is_new ? first_new + pick(m_random, last - first_new + 1) : pick(m_random, most + 1));
    return found == m_orders.end() ? m_orders.begin()->first : found->first;
}

std::string Writer::any_at() {
    return "timestamp '" + m_today + "' - interval '" + std::to_string(pick(m_random, 105L * 24 * 60)) + " minutes'";
}

std::string Writer::any_note() {
    return once_in(m_random, 3) ? "''" : "'" + std::to_string(m_random() % 1'000'000'007) + "'";
}

bool Writer::act() {
    const long kind = pick(m_random, 100);
    if (kind < 50)
        return act_on_own(kind);
    if (kind < 68)
        return act_on_shared();
    if (kind < 80)
        return act_in_savepoint();
    if (kind < 88)
        return look(any_own());
    if (kind < 92)
        return use_customer();
    if (kind < 94)
        return bulk();
    if (kind == 94 && m_plan.has_truncate && m_isolation == "READ COMMITTED" && once_in(m_random, 25))
        return truncate();
    return m_plan.has_lines ? add_line(any_own()) : look(any_own());
}

bool Writer::act_on_own(long kind) {
    const long id = any_own();
    const Expectation own{id, false, false, {}};
    if (kind < 8)
        return insert_new();
    if (kind < 18)
        return change("UPDATE orders SET note = " + any_note() + with_id(id), own);
    if (kind < 23)
        return change("UPDATE orders SET amount = amount + 1" + with_id(id), own);
    if (kind < 33)
        return change("UPDATE orders SET at = " + any_at() + with_id(id), own);
    if (kind < 38)
        return rename(id);
    if (kind < 43)
        return erase("id = " + std::to_string(id), own);
    return upsert(once_in(m_random, 2) ? id : fresh());
}

bool Writer::insert_new() {
    const long id = fresh();
    return change("INSERT INTO orders (id, at, note, amount, customer) VALUES (" + std::to_string(id) + ", " +
                      any_at() + ", " + any_note() + ", 1, " + std::to_string(pick(m_random, 50)) + ")",
                  {});
}

/// The id itself changes, and half the time the month with it.
bool Writer::rename(long id) {
    const long other = fresh();
    const bool was_there = known(id).has_value();
    const std::string sql = "UPDATE orders SET id = " + std::to_string(other) +
                            (once_in(m_random, 2) ? ", at = " + any_at() : "") + with_id(id) +
                            " RETURNING id, at, note, amount, customer";
    const Answer answer = m_session.ask(sql);
    if (!answer.is_ok())
        return failed(answer, {}, sql);
    if (answer.rows.size() != (was_there ? 1U : 0U))
        compare(id, std::nullopt, sql);
    if (answer.rows.empty())
        return true;
    const auto& row = answer.rows[0];
    m_pending.push_back({id, std::nullopt});
    m_pending.push_back({other, Order{row[1], row[2], row[3], row[4]}});
    std::vector<std::string> old = row;
    old[0] = std::to_string(id);
    if (!record("delete", {old}) || !record("set", {row}))
        return false;
    if (!m_plan.has_lines)
        return true;
    const Answer lines = m_session.ask("SELECT id, order_id FROM lines WHERE order_id = " + std::to_string(other));
    return lines.is_ok() ? record("line", lines.rows) : failed(lines, {}, "lines");
}

/// On the id alone, as the service does before the swap; else by hand.
bool Writer::upsert(long id) {
    const std::string note = any_note();
    const std::string insert = "INSERT INTO orders (id, at, note, amount, customer) VALUES (" + std::to_string(id) +
                               ", " + any_at() + ", " + note + ", 1, 1)";
    if (m_can_upsert || once_in(m_random, 10)) {
        m_can_upsert = change(insert +
                                  " ON CONFLICT (id) DO UPDATE SET note = 'upsert ' || excluded.note, amount = "
                                  "orders.amount + 1",
                              {{}, false, false, "42P10"});
        return m_can_upsert;
    }
    const bool is_there = known(id).has_value();
    return is_there || m_plan.has_truncate
               ? change("UPDATE orders SET note = 'upsert ' || " + note + ", amount = amount + 1" + with_id(id),
                        {id, false, false, {}})
               : change(insert, {});
}

/// Rows that all writers want.
bool Writer::act_on_shared() {
    const long id = 1 + pick(m_random, Plan::shared);
    switch (pick(m_random, 6)) {
        case 0:
        case 1:
            return change("UPDATE orders SET amount = amount + 1" + with_id(id), {});
        case 2:
            return change("UPDATE orders SET at = " + any_at() + ", note = " + any_note() + with_id(id), {});
        case 3:
            return erase("id = " + std::to_string(id), {});
        default:
            return change("INSERT INTO orders (id, at, note, amount, customer) VALUES (" + std::to_string(id) + ", " +
                              any_at() + ", " + any_note() + ", 0, 3)",
                          {{}, true, false, {}});
    }
}

bool Writer::act_in_savepoint() {
    if (!say("SAVEPOINT inner_one"))
        return false;
    const std::size_t pending = m_pending.size();
    const std::size_t entries = m_entries;
    const bool collides = once_in(m_random, 3) && !m_orders.empty();
    if (collides) {
        const long id = any_own();
        Expectation expectation;
        expectation.must_collide = known(id).has_value();
        if (!known(id))
            return say("RELEASE SAVEPOINT inner_one");
        (void)change("INSERT INTO orders (id, at, note, amount, customer) VALUES (" + std::to_string(id) + ", " +
                         any_at() + ", 'twice', 1, 1)",
                     expectation);
    } else if (!act_on_own(pick(m_random, 50))) {
        return false;
    }
    if (!collides && once_in(m_random, 2))
        return say("RELEASE SAVEPOINT inner_one");
    m_pending.resize(pending);
    m_entries = entries;
    return say("ROLLBACK TO SAVEPOINT inner_one");
}

/// Some hundred rows in one statement, across months.
bool Writer::bulk() {
    const long from = pick(m_random, m_plan.untouched());
    const std::string where = " WHERE id % " + std::to_string(m_plan.writers) + " = " + std::to_string(m_number) +
                              " AND id > " + std::to_string(Plan::shared) + " AND id BETWEEN " + std::to_string(from) +
                              " AND " + std::to_string(from + m_plan.rows / 6) +
                              " AND id <= " + std::to_string(m_plan.untouched());
    if (once_in(m_random, 6))
        return erase(where.substr(7) + " AND id % 7 = 0", {});
    return change(once_in(m_random, 2)
                      ? "UPDATE orders SET note = " + any_note() + where
                      : "UPDATE orders SET at = at - interval '1 month' * sign(extract(day FROM at) - 15) "
                        "WHERE at BETWEEN timestamp '" +
                            m_today + "' - interval '70 days' AND timestamp '" + m_today +
                            "' - interval '33 days' AND" + where.substr(6),
                  {});
}

/// What the table references comes and goes as well: a row that a copy still has, and the service has not, must not
/// keep it from going.
bool Writer::use_customer() {
    const std::string customer = std::to_string(1000 + m_number);
    const long id = any_own();
    const std::string other = std::to_string(pick(m_random, 50));
    return say("INSERT INTO customers VALUES (" + customer + ") ON CONFLICT DO NOTHING") &&
           change("UPDATE orders SET customer = " + customer + with_id(id), {id, false, false, {}}) &&
           change("UPDATE orders SET customer = " + other + " WHERE customer = " + customer, {}) &&
           say("DELETE FROM customers WHERE id = " + customer);
}

bool Writer::add_line(long id) {
    if (!known(id))
        return true;
    const std::string line = std::to_string(fresh());
    return say("INSERT INTO lines VALUES (" + line + ", " + std::to_string(id) + ")") &&
           record("line", {{line, std::to_string(id)}});
}

bool Writer::truncate() {
    if (!say(m_plan.has_lines ? "TRUNCATE orders, lines" : "TRUNCATE orders"))
        return false;
    return record("truncate", {{"\\N", "\\N"}});
}

}  // namespace tripmig::chaos
