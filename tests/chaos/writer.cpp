#include "chaos/writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <stdexcept>

namespace tripmig::chaos {

namespace {

/// What a service must live with: a conflict that it may try again, a session that was ended.
bool is_ordinary(const std::string& sqlstate) {
    static const std::set<std::string> ordinary{"40001", "40P01", "57P01", "lost", "25P02"};
    return ordinary.count(sqlstate) > 0;
}

std::string values_of(const std::vector<std::string>& row) {
    std::string text;
    for (const std::string& value : row)
        text += ", " + literal(value);
    return text;
}

}  // namespace

Writer::Writer(const World& world, int number, Tally& tally)
    : m_plan(world.plan()),
      m_today(world.today()),
      m_number(number),
      m_tally(tally),
      m_random(world.plan().seed * 1000 + static_cast<unsigned long>(number)),
      m_session(world.service_url(), "writer " + std::to_string(number)) {
    const Answer orders = m_session.insist("SELECT id, at, note, amount, customer FROM orders", "what it begins with");
    for (const auto& row : orders.rows)
        if (const long id = std::stol(row[0]); is_own(id))
            m_orders[id] = {row[1], row[2], row[3], row[4]};
}

bool Writer::is_own(long id) const {
    return id > Plan::shared && (id <= m_plan.untouched() || id > 900'000) && id % m_plan.writers == m_number;
}

const Writer::Change* Writer::pending(long id) const {
    const auto found =
        std::find_if(m_pending.rbegin(), m_pending.rend(), [id](const Change& change) { return change.id == id; });
    return found == m_pending.rend() ? nullptr : &*found;
}

std::optional<Writer::Order> Writer::known(long id) const {
    if (const Change* const change = pending(id))
        return change->order;
    const auto found = m_orders.find(id);
    return found == m_orders.end() ? std::nullopt : std::optional<Order>(found->second);
}

/// Whether another table or other leaves go by the name now than in this transaction's snapshot: SQL reads the catalog
/// by that, the functions read it as it is. An ended session tells nothing: true.
bool Writer::has_straddled() {
    const Answer answer = m_session.ask(
        "SELECT 'orders'::regclass::oid IS DISTINCT FROM (SELECT oid FROM pg_class WHERE relname = 'orders' AND "
        "relnamespace = 'public'::regnamespace) OR EXISTS (SELECT relid FROM pg_partition_tree('orders') WHERE level > "
        "0 EXCEPT SELECT inhrelid FROM pg_inherits WHERE inhparent = 'orders'::regclass)");
    return !answer.is_ok() || answer.rows.at(0).at(0) == "t";
}

void Writer::compare(long id, const std::optional<Order>& found, const std::string& sql) {
    if (m_plan.has_truncate || known(id) == found)
        return;
    if (m_may_straddle && has_straddled()) {
        m_tally.straddled();
        return;
    }
    const auto text = [](const std::optional<Order>& order) {
        return order ? order->at + "|" + order->note + "|" + order->amount + "|" + order->customer : "no row";
    };
    m_tally.wrong("writer " + std::to_string(m_number) + ", transaction " + std::to_string(m_tx) + " (" + m_isolation +
                  "): expected " + text(known(id)) + ", found " + text(found) + " by " + sql + "; last word: " +
                  (pending(id) != nullptr       ? "this transaction"
                   : m_last_word.count(id) != 0 ? m_last_word[id]
                                                : "none"));
}

bool Writer::failed(const Answer& answer, const Expectation& expectation, const std::string& sql) {
    m_tally.refused(m_isolation, answer.sqlstate);
    const bool is_expected = is_ordinary(answer.sqlstate) || answer.sqlstate == expectation.more ||
                             ((expectation.may_collide || expectation.must_collide) && answer.sqlstate == "23505") ||
                             // An empty table has but few leaves, and its children may be gone.
                             (m_plan.has_truncate && (answer.sqlstate == "23514" || answer.sqlstate == "23503")) ||
                             // An id that a registry got after the snapshot (docs/swap.md).
                             (m_isolation != "READ COMMITTED" && answer.sqlstate == "23503");
    if (!is_expected)
        m_tally.wrong("writer " + std::to_string(m_number) + " (" + m_isolation + "): " + answer.message + " in " +
                      sql.substr(0, 300));
    return false;
}

bool Writer::say(const std::string& sql, const Expectation& expectation) {
    const auto began = std::chrono::steady_clock::now();
    const Answer answer = m_session.ask(sql);
    m_tally.waited(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
    return answer.is_ok() || failed(answer, expectation, sql);
}

bool Writer::record(const std::string& op, const std::vector<std::vector<std::string>>& rows) {
    if (rows.empty())
        return true;
    std::string sql = op == "set" || op == "delete"
                          ? "INSERT INTO journal (writer, tx, op, id, at, note, amount, customer) VALUES "
                          : "INSERT INTO journal (writer, tx, op, id, order_id) VALUES ";
    for (std::size_t number = 0; number < rows.size(); ++number)
        sql += (number == 0 ? "(" : ", (") + std::to_string(m_number) + ", " + std::to_string(m_tx) + ", '" + op + "'" +
               values_of(rows[number]) + ")";
    m_entries += rows.size();
    return say(sql);
}

bool Writer::change(const std::string& sql, const Expectation& expectation) {
    const auto began = std::chrono::steady_clock::now();
    const Answer answer = m_session.ask(sql + " RETURNING id, at, note, amount, customer");
    m_tally.waited(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
    if (!answer.is_ok())
        return failed(answer, expectation, sql);
    if (expectation.must_collide && !m_plan.has_truncate)
        m_tally.wrong("a duplicate was accepted: " + sql);
    if (expectation.own && answer.rows.size() != (known(*expectation.own) ? 1U : 0U)) {
        std::optional<Order> found;
        if (!answer.rows.empty())
            found = Order{answer.rows[0][1], answer.rows[0][2], answer.rows[0][3], answer.rows[0][4]};
        compare(*expectation.own, found, sql + " (" + std::to_string(answer.rows.size()) + " rows)");
    }
    for (const auto& row : answer.rows)
        if (const long id = std::stol(row[0]); is_own(id))
            m_pending.push_back({id, Order{row[1], row[2], row[3], row[4]}});
    return record("set", answer.rows);
}

bool Writer::erase(const std::string& where, const Expectation& expectation) {
    const std::string sql = "DELETE FROM orders WHERE " + where + " RETURNING id, at, note, amount, customer";
    const Answer answer = m_session.ask(sql);
    if (!answer.is_ok())
        return failed(answer, expectation, sql);
    std::set<long> ids;
    for (const auto& row : answer.rows) {
        const long id = std::stol(row[0]);
        if (!ids.insert(id).second)
            m_tally.wrong("one statement deleted row " + row[0] + " twice: " + sql);
        if (is_own(id)) {
            compare(id, Order{row[1], row[2], row[3], row[4]}, sql);
            m_pending.push_back({id, std::nullopt});
        }
    }
    if (expectation.own && answer.rows.empty())
        compare(*expectation.own, std::nullopt, sql);
    return record("delete", answer.rows);
}

bool Writer::look(long id) {
    const std::string sql = "SELECT at, note, amount, customer FROM orders WHERE id = " + std::to_string(id);
    const Answer answer = m_session.ask(sql);
    if (!answer.is_ok())
        return failed(answer, {}, sql);
    if (answer.rows.size() > 1)
        m_tally.wrong("seen twice: " + sql);
    std::optional<Order> found;
    if (!answer.rows.empty())
        found = Order{answer.rows[0][0], answer.rows[0][1], answer.rows[0][2], answer.rows[0][3]};
    compare(id, found, sql);
    return true;
}

void Writer::settle(bool is_done, const std::string& how) {
    if (m_entries > 0)
        (is_done ? m_acknowledged : m_refused).push_back(m_tx);
    if (is_done)
        for (const Change& change : m_pending) {
            m_last_word[change.id] = "transaction " + std::to_string(m_tx) + " (" + m_isolation + "), " + how;
            if (change.order)
                m_orders[change.id] = *change.order;
            else
                m_orders.erase(change.id);
        }
}

void Writer::end(bool commit) {
    const Answer answer = m_session.ask(commit ? "COMMIT" : "ROLLBACK");
    if (commit && answer.is_lost()) {
        // Done or not: its own entries say so, once nobody is left who could still do it.
        const Answer entries =
            m_session.insist("SELECT count(*) > 0 FROM journal WHERE writer = " + std::to_string(m_number) +
                                 " AND tx = " + std::to_string(m_tx),
                             "its journal");
        settle(entries.rows[0][0] == "t", "as the journal says");
        return;
    }
    if (!answer.is_ok())
        m_tally.refused(m_isolation, answer.sqlstate);
    settle(commit && answer.is_ok(), "acknowledged");
    if (commit && answer.is_ok())
        m_tally.acknowledged();
}

void Writer::transact() {
    static const std::array<std::string, 3> levels{"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};
    // A new session looks for room where there is some; an old one goes on at the end of the table, out of the load's
    // way.
    if (m_plan.is_slow() && once_in(m_random, 2))
        m_session.renew();
    m_session.mend();
    ++m_tx;
    m_entries = 0;
    m_pending.clear();
    const long dice = pick(m_random, 10);
    m_isolation = levels.at(dice < 6 ? 0 : dice < 9 ? 1 : 2);
    m_may_straddle = m_plan.copies() && dice >= 6;
    bool goes_on = say("BEGIN ISOLATION LEVEL " + m_isolation);
    for (long left = 1 + pick(m_random, 4); goes_on && left > 0; --left)
        goes_on = act();
    // Transactions that stay open: one writer's for seconds, the others' now and then for a moment.
    if (goes_on && once_in(m_random, m_number == 0 ? 100 : 200))
        goes_on = say("SELECT pg_sleep(" +
                      std::to_string(m_number != 0      ? 50
                                     : m_plan.is_gentle ? 300
                                                        : 200 + pick(m_random, 1500)) +
                      " / 1000.0)");
    end(goes_on && !once_in(m_random, 15));
}

void Writer::testify() {
    const auto tell = [&](const std::string& table, const std::vector<int>& numbers) {
        std::string sql;
        for (const int tx : numbers)
            sql += (sql.empty() ? "INSERT INTO " + table + " VALUES (" : ", (") + std::to_string(m_number) + ", " +
                   std::to_string(tx) + ")";
        if (sql.empty())
            return;
        (void)m_session.insist(sql + " ON CONFLICT DO NOTHING", table);
    };
    tell("acknowledged", m_acknowledged);
    tell("refused", m_refused);
}

}  // namespace tripmig::chaos
