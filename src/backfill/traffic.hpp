#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tripmig::backfill {

/// How busy others keep a server, by the transactions that have ended on it: pg_stat_database tells everybody (manual
/// 28.2.17), each session within about a second of their end.
class Traffic {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// Whether the last look is so long ago that another one tells something.
    [[nodiscard]] bool wants_look(TimePoint now) const;
    /// A look: `ended` counts the transactions of all databases, of which about `own` of ours, both since any fixed
    /// moment. A count that fell, as after pg_stat_reset(), starts anew and leaves what is known.
    void add(TimePoint now, std::int64_t ended, std::int64_t own);
    /// What others end in a second while that counts as busy: more than 50; nullopt: less, or nothing known yet.
    [[nodiscard]] std::optional<int> of_others() const { return m_of_others; }

    /// Whether two looks have told how busy others keep it.
    [[nodiscard]] bool is_known() const { return m_is_known; }

  private:
    struct Look {
        TimePoint at;
        std::int64_t ended = 0;
        std::int64_t own = 0;
    };
    std::optional<Look> m_last;
    std::optional<int> m_of_others;
    bool m_is_known = false;
};

}  // namespace tripmig::backfill
