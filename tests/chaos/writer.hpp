#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chaos/session.hpp"
#include "chaos/tally.hpp"
#include "chaos/world.hpp"

namespace tripmig::chaos {

/// What a statement may come to beside success.
struct Expectation {
    std::optional<long> own;    ///< this row of its own, and no other
    bool may_collide = false;   ///< 23505 is no surprise
    bool must_collide = false;  ///< and success is one
    std::string more;           ///< another SQLSTATE that is none
};

/// One session of the service: transactions of every kind and isolation over rows of its own and rows that all want. It
/// knows what its own rows must be, from what it was told was done, and minds each answer that says otherwise.
class Writer {
  public:
    Writer(const World& world, int number, Tally& tally);

    /// One transaction, to its end, whatever that is.
    void transact();

    /// What it was told about its transactions, for the judge: after the last.
    void testify();

  private:
    struct Order {
        std::string at;
        std::string note;
        std::string amount;
        std::string customer;
        friend bool operator==(const Order&, const Order&) = default;
    };
    struct Change {
        long id = 0;
        std::optional<Order> order;  ///< none: it is gone
    };
    // One statement each; false: the transaction is over.
    bool act();
    bool act_on_own(long kind);
    bool act_on_shared();
    bool act_in_savepoint();
    bool insert_new();
    bool rename(long id);
    bool upsert(long id);
    bool bulk();
    bool use_customer();
    bool add_line(long id);
    bool truncate();
    bool look(long id);

    bool change(const std::string& sql, const Expectation& expectation);
    bool erase(const std::string& where, const Expectation& expectation);
    bool record(const std::string& op, const std::vector<std::vector<std::string>>& rows);
    bool say(const std::string& sql, const Expectation& expectation = {});
    bool failed(const Answer& answer, const Expectation& expectation, const std::string& sql);
    bool has_straddled();
    void compare(long id, const std::optional<Order>& found, const std::string& sql);
    void end(bool commit);
    /// `how` it is known to be done or not, for the report of what is found otherwise.
    void settle(bool is_done, const std::string& how);

    /// Its last change by the transaction that is open; nullptr: none.
    [[nodiscard]] const Change* pending(long id) const;
    [[nodiscard]] std::optional<Order> known(long id) const;
    [[nodiscard]] bool is_own(long id) const;
    static constexpr long first_new = 1'000'000;  ///< about
    long fresh() { return (first_new / m_plan.writers + ++m_fresh) * m_plan.writers + m_number; }
    long any_own();
    std::string any_at();
    std::string any_note();

    const Plan m_plan;
    const std::string m_today;
    int m_number;
    Tally& m_tally;
    Random m_random;
    Session m_session;
    std::map<long, Order> m_orders;           ///< its own, as they were acknowledged
    std::map<long, std::string> m_last_word;  ///< the transaction that said so, of each
    std::vector<Change> m_pending;            ///< by the transaction that is open
    std::string m_isolation;
    std::size_t m_entries = 0;  ///< in the journal, by the transaction that is open
    bool m_may_straddle = false;
    bool m_can_upsert = true;  ///< on the id alone
    int m_tx = 0;
    long m_fresh = 0;
    std::vector<int> m_acknowledged;
    std::vector<int> m_refused;
};

}  // namespace tripmig::chaos
