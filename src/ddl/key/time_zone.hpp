#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace tripmig::ddl {

/// A zone's local time against UTC, as a server told it for a range of time. Before and after that range its first and
/// last offsets count.
class TimeZone {
  public:
    struct Offset {
        Instant from;
        std::chrono::seconds east{0};

        friend bool operator==(const Offset&, const Offset&) = default;
    };

    /// `offsets`: in order, at least one.
    TimeZone(std::string name, std::vector<Offset> offsets);

    [[nodiscard]] const std::string& name() const noexcept { return m_name; }
    [[nodiscard]] const std::vector<Offset>& offsets() const noexcept { return m_offsets; }

    /// What clocks show there.
    [[nodiscard]] Instant local(Instant utc) const;
    /// When they show that. As AT TIME ZONE: a time that they show twice is the later one. A time that they skip is the
    /// moment at which they skip it, so that the order of times is kept.
    [[nodiscard]] Instant utc(Instant local) const;

  private:
    std::string m_name;
    std::vector<Offset> m_offsets;
};

/// Where weeks begin, and days and months of keys that are moments.
struct Calendar {
    std::shared_ptr<const TimeZone> zone;  ///< nullptr: UTC
    int week_start = 1;                    ///< ISO 8601: 1 is Monday

    [[nodiscard]] Instant local(Instant utc) const { return zone ? zone->local(utc) : utc; }
    [[nodiscard]] Instant utc(Instant local) const { return zone ? zone->utc(local) : local; }
};

}  // namespace tripmig::ddl
