#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "config/policy.hpp"
#include "ddl/bounds.hpp"

namespace tripmig::job {

/// The first key of the months to come: all that is there now lies before it. The next bound of the grid after `now`,
/// or the one after that when less than `margin` is left; further when rows are there that lie beyond, at most one
/// interval ahead of now. Throws Error{refused} for keys later than that. Of numbers: the next bound after the newest,
/// or the one after that when less than a quarter of an interval is left.
ddl::Bound choose_boundary(ddl::KeyType key, const config::PartitionInterval& interval, Instant now,
                           std::chrono::hours margin, const std::optional<ddl::Bound>& newest);

/// How near a cut may be. One rule for both, so that a cut that was just chosen can be reached: `to_choose` is always
/// three times `to_try` at least.
struct BoundaryMargin {
    std::chrono::seconds to_choose;  ///< with less left the next cut is chosen: as configured
    std::chrono::seconds to_try;  ///< with less left no cut-over is tried, so that no row of the service's comes near
                                  ///< the CHECK: 24 hours for months, in proportion for shorter intervals, and never
                                  ///< more than a third of `to_choose`
};
BoundaryMargin boundary_margin(const config::PartitionInterval& interval, std::chrono::hours configured);

/// Until when a cut-over at this cut may be tried.
Instant boundary_deadline(const ddl::Bound& cut, const config::PartitionInterval& interval, std::chrono::hours margin);

/// The same for numbers: the newest key at which it is too late, an eighth of an interval before the cut.
ddl::Bound latest_number(const ddl::Bound& cut, const config::PartitionInterval& interval);

/// A bound as its type spells it, and back.
std::string boundary_text(ddl::KeyType key, const ddl::Bound& cut);
ddl::Bound parse_boundary(ddl::KeyType key, const std::string& text);

}  // namespace tripmig::job
