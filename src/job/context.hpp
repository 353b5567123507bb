#pragma once

#include <cstddef>
#include <string>
#include "ddl/replacement/replacement.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What the steps before and after the cut-over need to know.
struct WorkContext {
    ddl::Replacement replacement;
    State state;
    std::string state_schema;
    std::string index = {};     ///< of drop_broken_unique and build_unique: which
    std::size_t composite = 0;  ///< of begin_composite and validate_composite: which of the state's
};

}  // namespace tripmig::job
