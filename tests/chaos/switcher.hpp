#pragma once

#include <string>

#include "chaos/session.hpp"
#include "chaos/world.hpp"

namespace tripmig::chaos {

/// The table's owner, who switches tripmig's triggers off, changes rows that only it touches, and switches them on
/// again, all in one transaction. Its changes are in the journal as the writers' are.
class Switcher {
  public:
    explicit Switcher(const World& world);

    /// Rows of its own, while the triggers are on.
    void add_rows();
    /// Updates, deletes and inserts that no trigger sees. Nothing, when the table is partitioned by now or busy.
    void change_unseen();

  private:
    void journal(const std::string& change, const std::string& op);

    std::string m_table;  ///< whose triggers they are: of a split, the partition's
    std::string m_today;
    Session m_session;
    int m_tx = 0;
    long m_rows = 0;
};

}  // namespace tripmig::chaos
