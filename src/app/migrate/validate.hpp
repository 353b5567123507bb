#pragma once

#include <cstddef>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "migrate/comparison.hpp"
#include "migrate/half_way.hpp"

namespace tripmig::app {

/// Whether files and history agree.
struct Validation {
    std::size_t applied = 0;
    std::size_t pending = 0;
    std::vector<migrate::HalfWay> stopped;  ///< half way
    std::vector<migrate::Finding> findings;
    std::size_t policies = 0;  ///< in [partitions] dir, all of which can be read

    [[nodiscard]] bool is_valid() const;
    [[nodiscard]] ExitCode exit_code() const { return is_valid() ? ExitCode::ok : ExitCode::disagreement; }
};

/// Changes nothing. Throws Error{usage} for a pending file that can't be taken apart, and for a policy that is wrong.
Validation validate_migrations(const Context& context, bool is_strict);

/// For people: throws Error{disagreement} that lists the errors among the findings, and tells those that are none.
void require_valid(const Context& context, const Validation& validation);

}  // namespace tripmig::app
