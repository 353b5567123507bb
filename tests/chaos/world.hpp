#pragma once

#include <random>
#include <string>

#include "support/command.hpp"
#include "support/test_database.hpp"

namespace tripmig::chaos {

enum class Kind { attach, copy, split, merge, drain };
std::string to_string(Kind kind);

using Random = std::mt19937_64;

/// A number of [0, below).
inline long pick(Random& random, long below) {
    return static_cast<long>(random() % static_cast<unsigned long>(below));
}
/// True once in so many.
inline bool once_in(Random& random, long times) {
    return pick(random, times) == 0;
}

/// What a round plays on, all of it from its seed.
struct Plan {
    Kind kind = Kind::attach;
    unsigned long seed = 1;
    int writers = 4;
    int rows = 6000;
    bool has_lines = true;        ///< another table's foreign key points here; else the policy asks for unique ids
    bool ends_in_months = false;  ///< attach: and then a split
    bool has_truncate = false;    ///< then what is lost at once is no fault
    bool has_switcher = false;  ///< somebody switches tripmig's triggers off, changes rows, and switches them on again
    int most_disturbances = 14;
    bool is_gentle = false;  ///< few writers that pause: what is under test are the steps

    /// Ids up to here are everybody's; up to `untouched` each writer's own; then nobody's.
    static constexpr int shared = 40;
    /// It begins with a table that is partitioned already.
    [[nodiscard]] bool is_of_partitions() const { return kind != Kind::attach && kind != Kind::copy; }
    /// Rows move: an old snapshot may see the last of them as they were (docs/swap.md).
    [[nodiscard]] bool copies() const { return kind != Kind::attach || ends_in_months; }
    /// Loads in small chunks at leisure: much is changed before the load, behind it and beside it.
    [[nodiscard]] bool is_slow() const { return !is_gentle && seed % 2 == 1; }
    [[nodiscard]] int untouched() const { return rows * 4 / 5; }
    [[nodiscard]] std::string text() const;
};

/// A database with a service's tables, the writers' journal, a role for them, and a folder with the policy.
class World {
  public:
    explicit World(const Plan& plan);
    /// Ends the sessions that are left: those of the service's role the database's owner may not.
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] const Plan& plan() const { return m_plan; }
    /// As the service's role: it owns nothing.
    [[nodiscard]] std::string service_url() const { return database.url_as(m_role); }
    /// The midnight that all keys are reckoned back from.
    [[nodiscard]] const std::string& today() const { return m_today; }

    test::TestDatabase database;
    test::TemporaryFolder folder;

  private:
    Plan m_plan;
    std::string m_role;
    std::string m_today;
};

}  // namespace tripmig::chaos
